//! Whether an expression may be NULL, as a type.

use super::SqlType;

/// [`NotNull`] or [`MaybeNull`].
pub trait Nullness: 'static {
    /// `T`, with an `Option` if NULL is possible.
    type Apply<T: SqlType>: SqlType<Base = T::Base>;
    /// Possible if either side may be.
    type Or<N: Nullness>: Nullness;
    /// Possible if both sides may be.
    type And<N: Nullness>: Nullness;
    /// As a plain bool.
    const NULLABLE: bool;
}

/// Never NULL.
pub struct NotNull;
/// NULL is possible.
pub struct MaybeNull;

impl Nullness for NotNull {
    type Apply<T: SqlType> = T;
    type Or<N: Nullness> = N;
    type And<N: Nullness> = Self;
    const NULLABLE: bool = false;
}

impl Nullness for MaybeNull {
    type Apply<T: SqlType> = T::Nullable;
    type Or<N: Nullness> = Self;
    type And<N: Nullness> = N;
    const NULLABLE: bool = true;
}

/// Whether a value of this nullness may stand where one of `Target` is needed.
#[diagnostic::on_unimplemented(
    message = "this may be NULL, but the field cannot be",
    label = "may be NULL: take the `Option` off by `.unwrap_or(..)`"
)]
pub trait FitsNull<Target> {}

#[diagnostic::do_not_recommend]
impl<Target> FitsNull<Target> for NotNull {}
// Not of `MaybeNull` itself: the compiler would say at length that this is another type.
#[diagnostic::do_not_recommend]
impl<Target: TakesNull> FitsNull<Target> for MaybeNull {}

/// The nullness of what may be set to NULL.
pub trait TakesNull {}

impl TakesNull for MaybeNull {}
