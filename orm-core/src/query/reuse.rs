//! What the methods of `#[queryset]` can be called on.

use crate::expr::OneRow;
use crate::model::{Model, NoType};
use crate::query::{AnyDatabase, LocksNone, OrderAllowed, QuerySet, RowShape, Terms, Whole};

/// Something that a step of a query applies to: a query set of any rows, or what a relation leads to. What `#[queryset]`
/// makes is written for all of them.
pub trait Narrow: Sized {
    /// Whose rows they are.
    type Model: Model;
    /// As what they are returned.
    type Rows: AnyRows;
    /// Whether they are locked. For which database they are a step need not know.
    type Lock: Terms<Database = AnyDatabase>;
    /// What is there after the step: the same, or a query set.
    type Narrowed;

    /// Takes the step.
    fn narrow(
        self,
        step: impl FnOnce(
            QuerySet<Self::Model, Self::Rows, Self::Lock>,
        ) -> QuerySet<Self::Model, Self::Rows, Self::Lock>,
    ) -> Self::Narrowed;
}

impl<M: Model, R: AnyRows, L: Terms> Narrow for QuerySet<M, R, L> {
    type Model = M;
    type Rows = R;
    type Lock = L::Lock;
    type Narrowed = Self;

    fn narrow(self, step: impl FnOnce(QuerySet<M, R, L::Lock>) -> QuerySet<M, R, L::Lock>) -> Self {
        step(self.retyped()).retyped()
    }
}

/// Rows of any shape: what each can be is a step that leaves the shape as it is.
pub trait AnyRows: RowShape + OrderAllowed<OneRow> {}

impl<R: RowShape + OrderAllowed<OneRow>> AnyRows for R {}

/// Something that is, or makes, a query set of whole rows of `M`.
#[diagnostic::on_unimplemented(
    message = "these are not whole rows of `{M}`, for which this method is",
    label = "this method returns other rows, so it is for `{M}::objects()` and what is filtered from it",
    note = "a method of `#[queryset]` that returns `Self` is for rows of any shape"
)]
pub trait WholeQuery<M, X = ()> {
    /// The query set.
    fn whole_query(self) -> QuerySet<M>;
}

#[diagnostic::do_not_recommend]
impl<M: Model, L: LocksNone> WholeQuery<M> for QuerySet<M, Whole<M>, L> {
    fn whole_query(self) -> QuerySet<M> {
        self.retyped()
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, L: LocksNone, X: NoType> WholeQuery<M, X> for QuerySet<M, Whole<M>, L> {
    fn whole_query(self) -> QuerySet<M> {
        self.retyped()
    }
}
