//! Functions of the database. A method or function each here, and a static row each in
//! [`builtin`](crate::ast::builtin) with the SQL.

mod bits;
mod general;
mod hashes;
mod json;
mod math;
mod moments;
mod text;

pub use bits::BitFunctions;
pub use general::{
    AllWidenTo, CoalesceArgs, GeneralFunctions, coalesce, greatest, least, now, null_if,
};
pub use hashes::HashFunctions;
pub use json::{IntoJson, JsonEntries, JsonFunctions, JsonItems, json_array, json_object};
pub use math::{MathFunctions, pi, random};
pub use moments::Truncations;
pub use text::{ConcatArgs, TextFunctions, concat};

use crate::ast::{Expr as Node, Function};
use crate::expr::{BaseOf, Expr, Expression, Kind, NullOf};
use crate::types::{Arithmetic, Nullness, SqlType};

/// The type of a function of one expression: `T`, with an `Option` if the expression may be NULL.
pub type Of<E, T> =
    Expr<<E as Expression>::Scope, <NullOf<E> as Nullness>::Apply<T>, <E as Expression>::Kind>;

/// The type of a function of an expression and an operand, of which it is told whether it may be NULL and how many values it
/// has in a row.
pub type With<E, N, K, T> = Expr<
    <E as Expression>::Scope,
    <<NullOf<E> as Nullness>::Or<N> as Nullness>::Apply<T>,
    <<E as Expression>::Kind as Kind>::With<K>,
>;

/// The type of a function of an expression and two operands.
pub type With2<E, N1, K1, N2, K2, T> = With<E, <N1 as Nullness>::Or<N2>, <K1 as Kind>::With<K2>, T>;

/// The type of `%` and of the bits of two integers.
pub type Combined<E, R, N, K> = Expr<
    <E as Expression>::Scope,
    <N as Nullness>::Apply<<BaseOf<E> as Arithmetic<R>>::Output>,
    <<E as Expression>::Kind as Kind>::With<K>,
>;

/// A function of one expression.
fn call<E, T>(of: &E, function: &'static Function) -> Of<E, T>
where
    E: Expression + ?Sized,
    T: SqlType,
{
    Expr::new(Node::call(function, vec![of.node()]))
}

/// A function of an expression and operands; its type is that of the method.
fn call_with<E, S, T, K, const N: usize>(
    of: &E,
    function: &'static Function,
    operands: [Node; N],
) -> Expr<S, T, K>
where
    E: Expression + ?Sized,
{
    let mut args = Vec::with_capacity(N + 1);
    args.push(of.node());
    args.extend(operands);
    Expr::new(Node::call(function, args))
}
