//! What a foreign key compares with and is set to: instances, keys, expressions of the key's type.

use crate::ast::{Column, CompareOp, Expr as Node, In, Members};
use crate::expr::operand::members;
use crate::expr::{BaseOf, Expr, Expression, Kind, NoAggregate, NullOf, OneRow, Operand};
use crate::model::{KeyType as _, Model, NoType, SingleKey};
use crate::path::{
    About, Field, FieldDef, Level, Outer, OuterRoot, Path, Relation, Scope, StandsIn, ToOne,
};
use crate::schema::ModelSchema;
use crate::types::{AssignableTo, ComparableWith, FitsNull, MaybeNull, NotNull, Nullness, SqlType};
use crate::value::{ArrayValue, Value};

/// What names one row of `M` in a query of `S`: an instance, a key, or an expression.
#[diagnostic::on_unimplemented(
    message = "an instance of `{M}` is named by a `&{M}` or its key, and not by a `{Self}`",
    label = "expected a `&{M}`, its key, or an expression of the key's type"
)]
pub trait KeyOperand<S, M> {
    /// The key.
    fn into_key_node(self) -> Node;
}

/// What a key to `M` may be set to; `N` tells whether NULL is allowed.
#[diagnostic::on_unimplemented(
    message = "a key to `{M}` is set to a `&{M}` or its key, and not to a `{Self}`",
    label = "expected a `&{M}`, its key, or `None` where the key may be NULL"
)]
pub trait IntoKeyValue<S, M, N> {
    /// Whether it is a value of the row.
    type Kind;

    /// The key.
    fn into_key_value(self) -> Node;
}

#[diagnostic::do_not_recommend]
impl<S, M: Model<Key: SingleKey>> KeyOperand<S, M> for &M {
    fn into_key_node(self) -> Node {
        Node::Bind(self.key().into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<S, M: Model<Key: SingleKey>, N> IntoKeyValue<S, M, N> for &M {
    type Kind = OneRow;

    fn into_key_value(self) -> Node {
        Node::Bind(self.key().into_value())
    }
}

/// `None` is NULL: no row. `Option<&M>` alone, so that `None` infers.
#[diagnostic::do_not_recommend]
impl<S, M: Model<Key: SingleKey>> KeyOperand<S, M> for Option<&M> {
    fn into_key_node(self) -> Node {
        self.map_or(Node::Bind(Value::Null), |row| {
            Node::Bind(row.key().into_value())
        })
    }
}

#[diagnostic::do_not_recommend]
impl<S, M: Model<Key: SingleKey>> IntoKeyValue<S, M, MaybeNull> for Option<&M> {
    type Kind = OneRow;

    fn into_key_value(self) -> Node {
        self.map_or(Node::Bind(Value::Null), |row| {
            Node::Bind(row.key().into_value())
        })
    }
}

#[diagnostic::do_not_recommend]
impl<S: Model, M: Model<Key: SingleKey>, L: Level> KeyOperand<S, M> for Outer<M, S, L> {
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

/// The kind of an expression.
type KindOf<E> = <E as Expression>::Kind;

macro_rules! expressions {
    ($(($($generics:tt)*) $type:ty, $scope:ty, [$($bound:tt)*];)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<S, M, $($generics)*> KeyOperand<S, M> for $type
        where
            M: Model<Key: SingleKey>,
            $($bound)*
            Scope: About<$scope, S>,
            KindOf<Self>: NoAggregate,
            BaseOf<Self>: ComparableWith<M::Key>,
        {
            fn into_key_node(self) -> Node {
                self.node()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, M, N: Nullness, $($generics)*> IntoKeyValue<S, M, N> for $type
        where
            M: Model<Key: SingleKey>,
            Scope: About<$scope, S>,
            <KindOf<Self> as Kind>::Assigned<BaseOf<Self>, M::Key>: AssignableTo<M::Key>,
            <KindOf<Self> as Kind>::Assigned<NullOf<Self>, NotNull>: FitsNull<N>,
        {
            type Kind = KindOf<Self>;

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
    (S2: Model, T: SqlType, K: Kind) &Expr<S2, T, K>, S2, [];
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
    M: Model<Key: SingleKey>,
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

/// The primary key of `M` in a query of `M`: a column, or a row value.
pub(crate) fn primary_key<M: Model>() -> Node {
    Node::key_of(M::SCHEMA)
}

/// The conditions, one a column, that a row's primary key is this one.
pub(crate) fn key_is<M: Model>(key: M::Key) -> impl Iterator<Item = Node> {
    let columns = M::SCHEMA.keys().zip(key.into_values());
    columns.map(|(field, value)| {
        let column = Node::Column(Column { path: None, field });
        Node::compare(CompareOp::Eq, column, Node::Bind(value))
    })
}

/// The condition that a row's primary key is one of these.
fn key_is_in<M: Model>(keys: impl Iterator<Item = M::Key>) -> Node {
    let mut parts: Vec<Vec<Value>> = M::SCHEMA.keys().map(|_| Vec::new()).collect();
    for key in keys {
        for (part, value) in parts.iter_mut().zip(key.into_values()) {
            part.push(value);
        }
    }
    key_among(M::SCHEMA, parts)
}

/// The condition that a row's primary key is one of some, of which each field has a list.
pub(crate) fn key_among(model: &'static ModelSchema, keys: Vec<Vec<Value>>) -> Node {
    let columns = model.keys().zip(keys).map(|(field, values)| {
        let element = field.column_type;
        Value::Array(Box::new(ArrayValue { element, values }))
    });
    let mut arrays: Vec<_> = columns.collect();
    let members = if model.has_composite_key() {
        Members::Rows(arrays)
    } else {
        arrays
            .pop()
            .map_or(Members::Exprs(Vec::new()), Members::Values)
    };
    let subject = Node::key_of(model);
    Node::In(Box::new(In { subject, members }))
}

/// A value of the primary key of `M`, or what becomes one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a primary key of `{M}`",
    label = "expected a key of `{M}`: of several fields a tuple, in the order of the key"
)]
pub trait KeyValue<M: Model, X = ()> {
    /// The key.
    fn into_key(self) -> M::Key;
}

#[diagnostic::do_not_recommend]
impl<M: Model, V: Into<M::Key>> KeyValue<M> for V {
    fn into_key(self) -> M::Key {
        self.into()
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, V: Into<M::Key>, X: NoType> KeyValue<M, X> for V {
    fn into_key(self) -> M::Key {
        self.into()
    }
}

/// What [`PrimaryKey::is_in`](crate::path::PrimaryKey::is_in) takes: a list of keys, or a query set of them or of whole rows.
#[diagnostic::on_unimplemented(
    message = "this names no primary keys of `{M}`",
    label = "expected a list of keys of `{M}`, or a query set of `{M}` or of such keys"
)]
pub trait KeySet<M> {
    /// The condition that a row's key is one of these.
    fn into_membership(self) -> Node;
}

#[diagnostic::do_not_recommend]
impl<M: Model, I> KeySet<M> for I
where
    I: IntoIterator,
    I::Item: Into<M::Key>,
{
    fn into_membership(self) -> Node {
        key_is_in::<M>(self.into_iter().map(Into::into))
    }
}

/// What [`in_bulk`](crate::query::QuerySet::in_bulk) takes for a key of `M`: a value of its type; of a composite key a tuple.
#[diagnostic::on_unimplemented(
    message = "`{V}` is not a primary key of `{M}`",
    label = "the primary key of `{M}` is a `{Self}`"
)]
pub trait KeyFrom<M, V>: Sized {
    /// The condition that a row's key is one of these.
    fn among(keys: impl Iterator<Item = V>) -> Node;
}

#[diagnostic::do_not_recommend]
impl<M, K, V> KeyFrom<M, V> for K
where
    M: Model<Key = K>,
    K: SingleKey,
    V: Operand<M, K, Base: ComparableWith<K>>,
    Scope: About<V::Scope, M>,
{
    fn among(keys: impl Iterator<Item = V>) -> Node {
        let members = members(keys.map(Operand::into_node), K::COLUMN);
        let subject = primary_key::<M>();
        Node::In(Box::new(In { subject, members }))
    }
}

macro_rules! composite_keys {
    ($($($name:ident)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M, $($name: SingleKey),+> KeyFrom<M, Self> for ($($name,)+)
        where
            M: Model<Key = Self>,
        {
            fn among(keys: impl Iterator<Item = Self>) -> Node {
                key_is_in::<M>(keys)
            }
        }
    )+ };
}
composite_keys! {
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}

/// Membership in the rows of a subquery.
pub(crate) fn in_select(subject: Node, select: crate::ast::Select) -> Node {
    Node::In(Box::new(In {
        subject,
        members: Members::Select(Box::new(select)),
    }))
}
