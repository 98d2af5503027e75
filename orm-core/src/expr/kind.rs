//! How many values an expression has in a row of its query, or whether it has one of many rows.

use crate::model::NoType;

/// [`OneRow`], [`ManyRows`] or [`Aggregated`].
pub trait Kind: 'static {
    /// The kind of an expression made of one of this kind and one of kind `K`.
    type With<K: Kind>: Kind;
    /// The kind of an expression made of one of this kind and one of many rows.
    type WithMany: Kind;
    /// The kind of a condition on an expression of this kind: of many rows it is true where it is of some.
    type Judged: Kind;
}

/// One value a row.
pub struct OneRow;

/// One value for each row of a to-many relation.
pub struct ManyRows;

/// One value a row, that depends on the rows around it.
pub struct Windowed;

/// One value of all rows together, or of those of a group.
pub struct Aggregated;

impl Kind for OneRow {
    type With<K: Kind> = K;
    type WithMany = ManyRows;
    type Judged = Self;
}

impl Kind for ManyRows {
    type With<K: Kind> = K::WithMany;
    type WithMany = Self;
    type Judged = OneRow;
}

impl Kind for Windowed {
    type With<K: Kind> = Self;
    type WithMany = Self;
    type Judged = Self;
}

impl Kind for Aggregated {
    type With<K: Kind> = Self;
    type WithMany = Self;
    type Judged = Self;
}

/// The kind of what has a value in each row, alone or one for each related row: anything but an aggregate.
#[diagnostic::on_unimplemented(
    message = "an aggregate or a window looks at many rows together, but here one row is asked",
    label = "this looks at many rows",
    note = "`Author::books.count()`, of a relation, is a value of one row; other aggregates belong to `aggregate`, or to \
            `annotate` behind `values_list`"
)]
pub trait PerRow<X = ()> {}

macro_rules! per_row {
    ($([$($generics:tt)*] $parameter:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> PerRow<$parameter> for OneRow {}
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> PerRow<$parameter> for ManyRows {}
    )+ };
}
per_row! {
    [] ();
    [X: NoType] X;
}
