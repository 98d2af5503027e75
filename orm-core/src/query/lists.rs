//! Query sets as the right side of `is_in`.

use crate::ast::{Expr as Node, Members, Output};
use crate::expr::{KeyList, KeySet, MemberList, in_select, primary_key};
use crate::model::{KeyType, Model, SingleKey};
use crate::query::{Combined, Flat, LocksNone, Proxied, Proxy, QuerySet, RowShape, Tuple, Whole};
use crate::types::{ComparableWith, SqlType};

#[diagnostic::do_not_recommend]
impl<S, T, M, U, L: LocksNone> MemberList<S, T> for QuerySet<M, Flat<U>, L>
where
    T: SqlType,
    M: Model,
    U: SqlType,
    U::Base: ComparableWith<T::Base>,
{
    fn into_members(self) -> Members {
        Members::Select(Box::new(self.select))
    }
}

#[diagnostic::do_not_recommend]
impl<S, T, M, U, L: LocksNone> MemberList<S, T> for &QuerySet<M, Flat<U>, L>
where
    T: SqlType,
    M: Model,
    U: SqlType,
    U::Base: ComparableWith<T::Base>,
{
    fn into_members(self) -> Members {
        Members::Select(Box::new(self.select.clone()))
    }
}

#[diagnostic::do_not_recommend]
impl<S, M: Model<Key: SingleKey>, L: LocksNone> KeyList<S, M> for QuerySet<M, Whole<M>, L> {
    fn into_membership(mut self, key: Node) -> Node {
        self.close_slice();
        self.select.output = Output::Exprs(vec![primary_key::<M>()]);
        in_select(key, self.select)
    }
}

#[diagnostic::do_not_recommend]
impl<S, M: Model<Key: SingleKey>, L: LocksNone> KeyList<S, M> for &QuerySet<M, Whole<M>, L> {
    fn into_membership(self, key: Node) -> Node {
        KeyList::<S, M>::into_membership(self.clone(), key)
    }
}

#[diagnostic::do_not_recommend]
impl<S, P, L: LocksNone> KeyList<S, P::Model> for QuerySet<P::Model, Proxied<P>, L>
where
    P: Proxy<Model: Model<Key: SingleKey>>,
{
    fn into_membership(self, key: Node) -> Node {
        KeyList::<S, P::Model>::into_membership(self.of_model(), key)
    }
}

#[diagnostic::do_not_recommend]
impl<S, P, L: LocksNone> KeyList<S, P::Model> for &QuerySet<P::Model, Proxied<P>, L>
where
    P: Proxy<Model: Model<Key: SingleKey>>,
{
    fn into_membership(self, key: Node) -> Node {
        KeyList::<S, P::Model>::into_membership(self.clone(), key)
    }
}

#[diagnostic::do_not_recommend]
impl<S, M: Model<Key: SingleKey>, N, U, L: LocksNone> KeyList<S, M> for QuerySet<N, Flat<U>, L>
where
    N: Model,
    U: SqlType,
    U::Base: ComparableWith<M::Key>,
{
    fn into_membership(self, key: Node) -> Node {
        in_select(key, self.select)
    }
}

/// The keys of the rows of a query.
fn keys_of<M: Model, L>(mut rows: QuerySet<M, Whole<M>, L>) -> Node {
    rows.close_slice();
    rows.select.output = Output::Exprs(primary_key::<M>().into_parts());
    in_select(primary_key::<M>(), rows.select)
}

macro_rules! key_sets {
    ($($type:ident $(, $lock:ident: $bound:ident)?: $query:expr;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M: Model $(, $lock: $bound)?> KeySet<M> for $type<M, Whole<M> $(, $lock)?> {
            fn into_membership(self) -> Node {
                let query: fn(Self) -> QuerySet<M, Whole<M> $(, $lock)?> = $query;
                keys_of(query(self))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model, N: Model, U $(, $lock: $bound)?> KeySet<M> for $type<N, Flat<U> $(, $lock)?>
        where
            M::Key: SingleKey,
            U: SqlType,
            U::Base: ComparableWith<M::Key>,
        {
            fn into_membership(self) -> Node {
                let query: fn(Self) -> QuerySet<N, Flat<U> $(, $lock)?> = $query;
                in_select(primary_key::<M>(), query(self).select)
            }
        }

        // The same types and no others, so that no part can be NULL.
        #[diagnostic::do_not_recommend]
        impl<M: Model, N: Model, U $(, $lock: $bound)?> KeySet<M> for $type<N, Tuple<U> $(, $lock)?>
        where
            M::Key: KeyType<Rows = Tuple<U>>,
            Tuple<U>: RowShape,
        {
            fn into_membership(self) -> Node {
                let query: fn(Self) -> QuerySet<N, Tuple<U> $(, $lock)?> = $query;
                in_select(primary_key::<M>(), query(self).select)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model, N: Model, R: RowShape $(, $lock: $bound)?> KeySet<M> for &$type<N, R $(, $lock)?>
        where
            $type<N, R $(, $lock)?>: KeySet<M>,
        {
            fn into_membership(self) -> Node {
                self.clone().into_membership()
            }
        }
    )+ };
}
key_sets! {
    QuerySet, L: LocksNone: |rows| rows;
    Combined: |rows| rows.closed().0;
}
