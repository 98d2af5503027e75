//! Query sets as the right side of `is_in`.

use crate::ast::{Expr as Node, Members, Output};
use crate::expr::{KeyList, MemberList, in_select, primary_key};
use crate::model::{Model, SingleKey};
use crate::query::{Flat, LocksNone, Proxied, Proxy, QuerySet, Whole};
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
