//! The methods of `#[queryset]` on the rows of a relation: `author.books.published()`.

use crate::model::Model;
use crate::query::{Narrow, QuerySet, Whole, WholeQuery};
use crate::relation::{HasMany, ManyToMany};

macro_rules! managers {
    ($($manager:ident)+) => { $(
        impl<M: Model> Narrow for &$manager<M> {
            type Model = M;
            type Rows = Whole<M>;
            type Lock = <QuerySet<M> as Narrow>::Lock;
            type Narrowed = QuerySet<M>;

            fn narrow(self, step: impl FnOnce(QuerySet<M>) -> QuerySet<M>) -> QuerySet<M> {
                step(self.objects())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model> WholeQuery<M> for &$manager<M> {
            fn whole_query(self) -> QuerySet<M> {
                self.objects()
            }
        }
    )+ };
}
managers!(HasMany ManyToMany);
