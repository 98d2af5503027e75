//! What `values_list` takes.

use crate::ast::Expr as Node;
use crate::expr::{Case, Condition, Expr, Expression, Kind, Lit, OneRow};
use crate::model::{KeyType, Model, SingleKey};
use crate::path::{About, Field, FieldDef, Path, PrimaryKey, Relation, Scope, ToOne};
use crate::query::{Flat, RowShape, Tuple};
use crate::types::{Nullness, SqlType};

/// One expression of the model's rows, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "this cannot be selected from `{M}`",
    label = "expected a field or expression of `{M}`, or a tuple of them",
    note = "a window function needs its window, `.over(..)`, and a value is written `value(..)`"
)]
pub trait Selection<M> {
    /// The model it is about.
    type Scope;
    /// The shape of the rows.
    type Rows: RowShape;

    /// What is selected.
    fn into_nodes(self) -> Vec<Node>;
}

/// One expression of the model's rows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected from `{M}`",
    label = "expected a field or expression of `{M}`"
)]
pub trait SelectItem<M> {
    /// The model it is about.
    type Scope;
    /// Its type.
    type Type: SqlType;
    /// Whether it has one value a row.
    type Kind: Kind;

    /// What is selected.
    fn into_item(self) -> Node;
}

macro_rules! items {
    ($(($($generics:tt)*) $type:ty, $scope:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M, $($generics)*> SelectItem<M> for $type {
            type Scope = $scope;
            type Type = <Self as Expression>::Type;
            type Kind = <Self as Expression>::Kind;

            fn into_item(self) -> Node {
                self.node()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M, $($generics)*> Selection<M> for $type {
            type Scope = $scope;
            type Rows = Flat<<Self as Expression>::Type>;

            fn into_nodes(self) -> Vec<Node> {
                vec![self.node()]
            }
        }
    )+ };
}
items! {
    (P: Path, F: FieldDef) Field<P, F>, P::Root;
    (P: Path, F: FieldDef) &Field<P, F>, P::Root;
    (P: Path, R: Relation<To: Model<Key: SingleKey>>) ToOne<P, R>, P::Root;
    (S: Model, T: SqlType, K: Kind) Expr<S, T, K>, S;
    (S: Model, T: SqlType, K: Kind) &Expr<S, T, K>, S;
    (S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) Case<S, T, N, K>, S;
    (S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) &Case<S, T, N, K>, S;
    (S: Model, K: Kind) Condition<S, K>, S;
    (S: Model, K: Kind) &Condition<S, K>, S;
}

#[diagnostic::do_not_recommend]
impl<M, T: SqlType> SelectItem<M> for Lit<T> {
    type Scope = M;
    type Type = T;
    type Kind = OneRow;

    fn into_item(self) -> Node {
        self.into_node()
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: SqlType> Selection<M> for Lit<T> {
    type Scope = M;
    type Rows = Flat<T>;

    fn into_nodes(self) -> Vec<Node> {
        vec![self.into_node()]
    }
}

#[diagnostic::do_not_recommend]
impl<M, N: Model> Selection<M> for PrimaryKey<N> {
    type Scope = N;
    type Rows = <N::Key as KeyType>::Rows;

    fn into_nodes(self) -> Vec<Node> {
        Node::key_of(N::SCHEMA).into_parts()
    }
}

/// Beside others, where it is one column.
#[diagnostic::do_not_recommend]
impl<M, N: Model<Key: SingleKey>> SelectItem<M> for PrimaryKey<N> {
    type Scope = N;
    type Type = N::Key;
    type Kind = OneRow;

    fn into_item(self) -> Node {
        Node::key_of(N::SCHEMA)
    }
}

macro_rules! tuples {
    ($($($name:ident $index:tt)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<Model_, $($name: SelectItem<Model_>),+> Selection<Model_> for ($($name,)+)
        where
            $(Scope: About<$name::Scope, Model_>,)+
        {
            type Scope = Model_;
            type Rows = Tuple<($($name::Type,)+)>;

            #[allow(non_snake_case, reason = "a variable for each type parameter")]
            fn into_nodes(self) -> Vec<Node> {
                let ($($name,)+) = self;
                vec![$($name.into_item()),+]
            }
        }
    )+ };
}
crate::tuples::for_each!(tuples);
