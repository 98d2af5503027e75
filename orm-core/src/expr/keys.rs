//! What a foreign key compares with and is set to: instances, keys, expressions of the key's type.

use crate::ast::{Column, Expr as Node, In, Members};
use crate::expr::operand::members;
use crate::expr::{BaseOf, Expr, Expression, Kind, NullOf};
use crate::model::Model;
use crate::path::{
    About, Field, FieldDef, Level, Outer, OuterRoot, Path, Relation, Root, Scope, StandsIn, ToOne,
};
use crate::types::{AssignableTo, ComparableWith, FitsNull, MaybeNull, Nullness, SqlType};
use crate::value::Value;

/// What names one row of `M` in a query of `S`: an instance, a key, or an expression.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no `{M}`",
    label = "expected a `&{M}`, its key, or an expression of the key's type"
)]
pub trait KeyOperand<S, M> {
    /// The key.
    fn into_key_node(self) -> Node;
}

/// What a key to `M` may be set to; `N` tells whether NULL is allowed.
#[diagnostic::on_unimplemented(
    message = "a key to `{M}` cannot be set to `{Self}`",
    label = "expected a `&{M}`, its key, or `None` where the key may be NULL"
)]
pub trait IntoKeyValue<S, M, N> {
    /// The key.
    fn into_key_value(self) -> Node;
}

#[diagnostic::do_not_recommend]
impl<S, M: Model> KeyOperand<S, M> for &M {
    fn into_key_node(self) -> Node {
        Node::Bind(self.key().into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<S, M: Model, N> IntoKeyValue<S, M, N> for &M {
    fn into_key_value(self) -> Node {
        Node::Bind(self.key().into_value())
    }
}

/// `None` is NULL: no row. `Option<&M>` alone, so that `None` infers.
#[diagnostic::do_not_recommend]
impl<S, M: Model> KeyOperand<S, M> for Option<&M> {
    fn into_key_node(self) -> Node {
        self.map_or(Node::Bind(Value::Null), |row| {
            Node::Bind(row.key().into_value())
        })
    }
}

#[diagnostic::do_not_recommend]
impl<S, M: Model> IntoKeyValue<S, M, MaybeNull> for Option<&M> {
    fn into_key_value(self) -> Node {
        self.map_or(Node::Bind(Value::Null), |row| {
            Node::Bind(row.key().into_value())
        })
    }
}

#[diagnostic::do_not_recommend]
impl<S: Model, M: Model, L: Level> KeyOperand<S, M> for Outer<M, S, L> {
    fn into_key_node(self) -> Node {
        let node = Node::Column(Column {
            path: None,
            field: M::SCHEMA.key(),
        });
        OuterRoot::<M, S, L>::placed(node)
    }
}

#[diagnostic::do_not_recommend]
impl<S, M: Model<Key = i64>> KeyOperand<S, M> for &i64 {
    fn into_key_node(self) -> Node {
        Node::Bind(Value::I64(*self))
    }
}

macro_rules! expressions {
    ($(($($generics:tt)*) $type:ty, $scope:ty, [$($bound:tt)*];)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<S, M, $($generics)*> KeyOperand<S, M> for $type
        where
            M: Model,
            $($bound)*
            Scope: About<$scope, S>,
            BaseOf<Self>: ComparableWith<M::Key>,
        {
            fn into_key_node(self) -> Node {
                self.node()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, M, N: Nullness, $($generics)*> IntoKeyValue<S, M, N> for $type
        where
            M: Model,
            Scope: About<$scope, S>,
            BaseOf<Self>: AssignableTo<M::Key>,
            NullOf<Self>: FitsNull<N>,
        {
            fn into_key_value(self) -> Node {
                self.node()
            }
        }
    )+ };
}
expressions! {
    (P: Path, F: FieldDef) Field<P, F>, P::Root, [P: StandsIn<S>,];
    (P: Path, R: Relation<To = M>) ToOne<P, R>, P::Root, [P: StandsIn<S>,];
    (S2: Model, T: SqlType, K: Kind) Expr<S2, T, K>, S2, [];
}

/// What names several rows of `M`: a list of instances or keys, or a query set of `M`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no rows of `{M}`",
    label = "expected instances or keys of `{M}`, or a query set of `{M}`"
)]
pub trait KeyList<S, M> {
    /// `key IN list`.
    fn into_membership(self, key: Node) -> Node;
}

#[diagnostic::do_not_recommend]
impl<S, M, I> KeyList<S, M> for I
where
    M: Model,
    I: IntoIterator,
    I::Item: KeyOperand<S, M>,
{
    fn into_membership(self, key: Node) -> Node {
        let members = members(
            self.into_iter().map(KeyOperand::into_key_node),
            M::Key::COLUMN,
        );
        Node::In(Box::new(In {
            subject: key,
            members,
        }))
    }
}

/// The primary key of `M` as a column of a query of `M`.
pub(crate) fn primary_key<M: Model>() -> Node {
    Node::Column(Column {
        path: <Root<M> as Path>::NODE,
        field: M::SCHEMA.key(),
    })
}

/// Membership in the rows of a subquery.
pub(crate) fn in_select(subject: Node, select: crate::ast::Select) -> Node {
    Node::In(Box::new(In {
        subject,
        members: Members::Select(Box::new(select)),
    }))
}
