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
    /// Of what is assigned and what is asked for the one that counts: where the kind itself cannot be assigned, nothing else is to
    /// be said of it.
    type Assigned<Own, Asked>;
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
    type Assigned<Own, Asked> = Own;
}

impl Kind for ManyRows {
    type With<K: Kind> = K::WithMany;
    type WithMany = Self;
    type Judged = OneRow;
    type Assigned<Own, Asked> = Asked;
}

impl Kind for Windowed {
    type With<K: Kind> = Self;
    type WithMany = Self;
    type Judged = Self;
    type Assigned<Own, Asked> = Asked;
}

impl Kind for Aggregated {
    type With<K: Kind> = Self;
    type WithMany = Self;
    type Judged = Self;
    type Assigned<Own, Asked> = Asked;
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

/// What kinds can be assigned: a trait for each that cannot, of all others.
macro_rules! assigned {
    ($($(#[$attribute:meta])+ $name:ident: $($kind:ident)+;)+) => { $(
        $(#[$attribute])+
        pub trait $name {}

        $(
            #[diagnostic::do_not_recommend]
            impl $name for $kind {}
        )+
    )+ };
}
assigned! {
    /// No aggregate.
    #[diagnostic::on_unimplemented(
        message = "an aggregate cannot be assigned: it is a value of many rows together",
        label = "use a subquery, as `Book::objects().values_list(Book::price.max())`"
    )]
    NoAggregate: OneRow ManyRows Windowed;

    /// No window function.
    #[diagnostic::on_unimplemented(
        message = "a window function cannot be assigned: it is about the rows around each row",
        label = "use a subquery, which finds the row by `filter`"
    )]
    NoWindow: OneRow ManyRows Aggregated;

    /// No path to many rows.
    #[diagnostic::on_unimplemented(
        message = "a path to many rows cannot be assigned: it has many values in each row",
        label = "take one of them, as `Author::books.max(Book::price)`"
    )]
    NoManyRows: OneRow Windowed Aggregated;
}
