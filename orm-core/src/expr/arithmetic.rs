//! `+ - * / %` and unary `-`.

use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;

use crate::ast::builtin::moments;
use crate::ast::{ArithmeticOp, Expr as Node};
use crate::expr::{BaseOf, Case, Expr, Expression, Kind, Lit, NullOf, OneRow, OrderBy};
use crate::model::{Model, SingleKey};
use crate::path::{About, Field, FieldDef, Path, Relation, Scope, ToOne};
use crate::types::{Arithmetic, MaybeNull, Minus, NotNull, Nullness, Plus, SqlType, family};
use crate::value::ColumnType;

/// What can stand at the right of an arithmetic operator whose left side is an `L`.
///
/// | left and right | result of `+ - *` |
/// | --- | --- |
/// | integers | the wider of the two |
/// | an integer and a `Decimal` | `Decimal` |
/// | an integer and a float, two floats | `f64` (`f32` for two of those) |
/// | a `Decimal` and a float | does not compile |
/// | a date or a date with a time, `+` or `-` a `Duration`; a `Duration` `+` such | a date with a time |
/// | a time of day `+` or `-` a `Duration` | a time of day: past midnight it begins anew |
/// | two dates, two dates with a time or two times of day, `-` | `Duration` |
///
/// It is an `Option` if either side is. `/` and `%` also give an `Option` where the divisor is an expression, since it may
/// be zero, and division by zero is NULL. Integer division cuts towards zero, and `%` takes the sign of the dividend, as
/// in Rust. A result out of the range of its type is [`Error::OutOfRange`](crate::error::Error::OutOfRange). All this
/// holds on both databases; on SQLite integers and decimals are computed by registered functions.
///
/// A value may stand at the left as well: `1 - Book::discount`, `today - Book::printed`, `now() - Note::at`, and `value(x)` of any
/// type. Of integers the literal has the type of what is at its right.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let rows: Vec<(Decimal, Option<i32>)> = Book::objects()
///     .filter(Book::title.eq("SQL"))
///     .values_list((Book::price * Book::stock_level, 7 / Book::sales_count))
///     .all(&db)?;
/// assert_eq!(rows, [(dec!(50), None)]);
/// let overflow = Book::objects().values_list(Book::stock_level + i32::MAX).all(&db);
/// assert!(matches!(overflow, Err(Error::OutOfRange { .. })));
/// let new = Book::objects().filter((now() - Book::created_at).lt(Duration::days(1)));
/// assert_eq!(new.count(&db)?, 4);
/// # Ok::<(), orm::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "a `{L}` and `{Self}` cannot be combined by an arithmetic operator",
    label = "expected a number, or an expression of one, that goes with `{L}`"
)]
pub trait ArithmeticOperand<S, L> {
    /// Its type, without `Option`.
    type Base: SqlType<Base = Self::Base>;
    /// Whether it may be NULL.
    type Null: Nullness;
    /// Whether the result of dividing by it may be NULL although neither side is: a divisor that is
    /// an expression may be zero.
    type ZeroNull: Nullness;
    /// Whether it has one value a row.
    type Kind: Kind;

    /// The node of the query tree.
    fn into_node(self) -> Node;
}

macro_rules! literals {
    ($($left:ty { $($literal:ty => $base:ty, $convert:expr;)+ })+) => { $($(
        #[diagnostic::do_not_recommend]
        impl<S> ArithmeticOperand<S, $left> for $literal {
            type Base = $base;
            type Null = NotNull;
            type ZeroNull = NotNull;
            type Kind = OneRow;

            fn into_node(self) -> Node {
                let convert: fn(Self) -> $base = $convert;
                Node::Bind(convert(self).into_value())
            }
        }
    )+)+ };
}
literals! {
    i16 { i16 => i16, |v| v; Decimal => Decimal, |v| v; f64 => f64, |v| v; }
    i32 { i32 => i32, |v| v; Decimal => Decimal, |v| v; f64 => f64, |v| v; }
    i64 { i64 => i64, |v| v; Decimal => Decimal, |v| v; f64 => f64, |v| v; }
    f32 { f32 => f32, |v| v; }
    f64 { f64 => f64, |v| v; i64 => f64, |v| v as f64; }
    NaiveDate { TimeDelta => TimeDelta, |v| v; NaiveDate => NaiveDate, |v| v; }
    NaiveTime { TimeDelta => TimeDelta, |v| v; NaiveTime => NaiveTime, |v| v; }
    NaiveDateTime { TimeDelta => TimeDelta, |v| v; NaiveDateTime => NaiveDateTime, |v| v; }
    DateTime<Utc> { TimeDelta => TimeDelta, |v| v; DateTime<Utc> => DateTime<Utc>, |v| v; }
    TimeDelta { TimeDelta => TimeDelta, |v| v; }
    Decimal { Decimal => Decimal, |v| v; i64 => Decimal, Decimal::from; }
}

macro_rules! expressions {
    ($(($($generics:tt)*) $type:ty, $scope:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<S, L, $($generics)*> ArithmeticOperand<S, L> for $type
        where
            Scope: About<$scope, S>,
        {
            type Base = BaseOf<Self>;
            type Null = NullOf<Self>;
            type ZeroNull = MaybeNull;
            type Kind = <Self as Expression>::Kind;

            fn into_node(self) -> Node {
                self.node()
            }
        }
    )+ };
}
expressions! {
    (P: Path, F: FieldDef) Field<P, F>, P::Root;
    (P: Path, F: FieldDef) &Field<P, F>, P::Root;
    (S2: Model, T: SqlType, K: Kind) Expr<S2, T, K>, S2;
    (S2: Model, T: SqlType, K: Kind) &Expr<S2, T, K>, S2;
    (S2: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) Case<S2, T, N, K>, S2;
    (S2: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) &Case<S2, T, N, K>, S2;
}

#[diagnostic::do_not_recommend]
impl<S, L, T: SqlType> ArithmeticOperand<S, L> for Lit<T> {
    type Base = T::Base;
    type Null = T::Null;
    type ZeroNull = MaybeNull;
    type Kind = OneRow;

    fn into_node(self) -> Node {
        Self::into_node(self)
    }
}

type Or<A, B> = <A as Nullness>::Or<B>;
type With<A, B> = <A as Kind>::With<B>;

/// The node of an operator: a function for dates and times, else the operator at the type of the result.
fn combine(op: ArithmeticOp, sides: [(Node, ColumnType); 2], result: ColumnType) -> Node {
    let [(mut left, mut left_type), (mut right, mut right_type)] = sides;
    let add = matches!(op, ArithmeticOp::Add) && right_type != ColumnType::Duration;
    if add && left_type == ColumnType::Duration {
        // The functions have the length of time at the right.
        std::mem::swap(&mut left, &mut right);
        std::mem::swap(&mut left_type, &mut right_type);
    }
    match moments::combined(op, left_type, right_type) {
        Some(function) => Node::call(function, vec![left, right]),
        None => Node::arithmetic(op, left, right, result),
    }
}

macro_rules! operators {
    ($trait:ident $method:ident $op:ident $types:ident, $(($($generics:tt)*) $left:ty, $scope:ty, $base:ty;)+) => { $(
        impl<R, $($generics)*> $trait<R> for $left
        where
            R: ArithmeticOperand<$scope, $base>,
            $base: $types<R::Base>,
        {
            type Output = Expr<
                $scope,
                <operators!(@null $op, NullOf<Self>, R) as Nullness>::Apply<<$base as $types<R::Base>>::Output>,
                With<<Self as Expression>::Kind, R::Kind>,
            >;

            fn $method(self, right: R) -> Self::Output {
                let sides = [(self.node(), <$base as SqlType>::COLUMN), (right.into_node(), R::Base::COLUMN)];
                let result = <<$base as $types<R::Base>>::Output as SqlType>::COLUMN;
                Expr::new(combine(ArithmeticOp::$op, sides, result))
            }
        }
    )+ };
    (@null Div, $left:ty, $right:ident) => { Or<Or<$left, $right::Null>, $right::ZeroNull> };
    (@null Rem, $left:ty, $right:ident) => { Or<Or<$left, $right::Null>, $right::ZeroNull> };
    (@null $op:ident, $left:ty, $right:ident) => { Or<$left, $right::Null> };
    ($($trait:ident $method:ident $op:ident $types:ident;)+) => { $(
        operators! { $trait $method $op $types,
            (P: Path, F: FieldDef) Field<P, F>, P::Root, <F::Type as SqlType>::Base;
            (P: Path, F: FieldDef) &Field<P, F>, P::Root, <F::Type as SqlType>::Base;
            (S: Model, T: SqlType, K: Kind) Expr<S, T, K>, S, T::Base;
            (S: Model, T: SqlType, K: Kind) &Expr<S, T, K>, S, T::Base;
            (S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) Case<S, T, N, K>, S, T;
            (S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) &Case<S, T, N, K>, S, T;
        }
    )+ };
}
operators! {
    Add add Add Plus;
    Sub sub Sub Minus;
    Mul mul Mul Arithmetic;
    Div div Div Arithmetic;
    Rem rem Rem Arithmetic;
}

/// `now() - Duration::days(7)`: literals of any query stay so.
macro_rules! moving_literals {
    ($($trait:ident $method:ident $op:ident;)+) => { $(
        impl $trait<TimeDelta> for Lit<DateTime<Utc>> {
            type Output = Self;

            fn $method(self, right: TimeDelta) -> Self {
                let sides = [(self.into_node(), ColumnType::Timestamp), (Node::Bind(right.into_value()), ColumnType::Duration)];
                Self::new(combine(ArithmeticOp::$op, sides, ColumnType::Timestamp))
            }
        }
    )+ };
}
moving_literals! {
    Add add Add;
    Sub sub Sub;
}

/// The values that may stand at the left of an expression of type `R`: one integer type for each, so
/// that literals infer.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot stand at the left of a `{R}`",
    label = "give it another type, or use `value(..)`"
)]
pub trait LeftLiteral<R> {}

macro_rules! left_literals {
    ($($left:ty => $($right:ty)+;)+) => { $($(impl LeftLiteral<$right> for $left {})+)+ };
}
left_literals! {
    i16 => i16;
    i32 => i32;
    i64 => i64 f64 Decimal;
    f32 => f32;
    f64 => i16 i32 i64 f64;
    Decimal => i16 i32 i64 Decimal;
}

/// A value at the left: `1 - Book::discount`.
macro_rules! left_values {
    ($left:ty [$fits:ident], $trait:ident $method:ident $op:ident $types:ident, $(($($generics:tt)*) $right:ty, $scope:ty, $base:ty;)+) => { $(
        impl<$($generics)*> $trait<$right> for $left
        where
            $left: $types<$base> + $fits<$base>,
        {
            type Output = Expr<
                $scope,
                <left_values!(@null $op, NullOf<$right>) as Nullness>::Apply<<$left as $types<$base>>::Output>,
                <$right as Expression>::Kind,
            >;

            fn $method(self, right: $right) -> Self::Output {
                let left = (Node::Bind(self.into_value()), <$left as SqlType>::COLUMN);
                let result = <<$left as $types<$base>>::Output as SqlType>::COLUMN;
                Expr::new(combine(ArithmeticOp::$op, [left, (right.node(), <$base as SqlType>::COLUMN)], result))
            }
        }
    )+ };
    (@null Div, $right:ty) => { MaybeNull };
    (@null Rem, $right:ty) => { MaybeNull };
    (@null $op:ident, $right:ty) => { $right };
    (@rights $left:ty [$fits:ident], $($op:tt)+) => {
        left_values! { $left [$fits], $($op)+,
            (P: Path, F: FieldDef) Field<P, F>, P::Root, <F::Type as SqlType>::Base;
            ('r, P: Path, F: FieldDef) &'r Field<P, F>, P::Root, <F::Type as SqlType>::Base;
            (S: Model, T: SqlType, K: Kind) Expr<S, T, K>, S, T::Base;
            ('r, S: Model, T: SqlType, K: Kind) &'r Expr<S, T, K>, S, T::Base;
            (S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) Case<S, T, N, K>, S, T;
            ('r, S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) &'r Case<S, T, N, K>, S, T;
        }
    };
    (numbers: $($left:ty;)+) => { $(
        left_values! { @rights $left [LeftLiteral], Add add Add Plus }
        left_values! { @rights $left [LeftLiteral], Sub sub Sub Minus }
        left_values! { @rights $left [LeftLiteral], Mul mul Mul Arithmetic }
        left_values! { @rights $left [LeftLiteral], Div div Div Arithmetic }
        left_values! { @rights $left [LeftLiteral], Rem rem Rem Arithmetic }
    )+ };
    (times: $($left:ty;)+) => { $(
        left_values! { @rights $left [Plus], Add add Add Plus }
        left_values! { @rights $left [Minus], Sub sub Sub Minus }
    )+ };
}
left_values! { numbers:
    i16;
    i32;
    i64;
    f32;
    f64;
    Decimal;
}
left_values! { times:
    NaiveDate;
    NaiveTime;
    NaiveDateTime;
    DateTime<Utc>;
    TimeDelta;
}

/// `value(1) - Book::discount`, `now() - Note::at`.
macro_rules! literals_of_any_query {
    ($trait:ident $method:ident $op:ident $types:ident, $(($($generics:tt)*) $right:ty, $scope:ty, $base:ty;)+) => { $(
        impl<$($generics)*, L: SqlType> $trait<$right> for Lit<L>
        where
            L::Base: $types<$base>,
        {
            type Output = Expr<
                $scope,
                <Or<L::Null, left_values!(@null $op, NullOf<$right>)> as Nullness>::Apply<<L::Base as $types<$base>>::Output>,
                <$right as Expression>::Kind,
            >;

            fn $method(self, right: $right) -> Self::Output {
                let sides = [(self.into_node(), L::COLUMN), (right.node(), <$base as SqlType>::COLUMN)];
                let result = <<L::Base as $types<$base>>::Output as SqlType>::COLUMN;
                Expr::new(combine(ArithmeticOp::$op, sides, result))
            }
        }
    )+ };
    ($($trait:ident $method:ident $op:ident $types:ident;)+) => { $(
        literals_of_any_query! { $trait $method $op $types,
            (P: Path, F: FieldDef) Field<P, F>, P::Root, <F::Type as SqlType>::Base;
            ('r, P: Path, F: FieldDef) &'r Field<P, F>, P::Root, <F::Type as SqlType>::Base;
            (S: Model, T: SqlType, K: Kind) Expr<S, T, K>, S, T::Base;
            ('r, S: Model, T: SqlType, K: Kind) &'r Expr<S, T, K>, S, T::Base;
            (S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) Case<S, T, N, K>, S, T;
            ('r, S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) &'r Case<S, T, N, K>, S, T;
        }

        impl<L: SqlType, T: SqlType> $trait<Lit<T>> for Lit<L>
        where
            L::Base: $types<T::Base>,
        {
            type Output = Lit<
                <Or<L::Null, left_values!(@null $op, T::Null)> as Nullness>::Apply<<L::Base as $types<T::Base>>::Output>,
            >;

            fn $method(self, right: Lit<T>) -> Self::Output {
                let sides = [(self.into_node(), L::COLUMN), (right.into_node(), T::COLUMN)];
                let result = <<L::Base as $types<T::Base>>::Output as SqlType>::COLUMN;
                Lit::new(combine(ArithmeticOp::$op, sides, result))
            }
        }
    )+ };
}
literals_of_any_query! {
    Add add Add Plus;
    Sub sub Sub Minus;
    Mul mul Mul Arithmetic;
    Div div Div Arithmetic;
    Rem rem Rem Arithmetic;
}

/// What `-` makes of an expression: a number is negated. In an ordering `-Book::price` is the greatest first, and so it is for
/// what has no negative, as texts and dates.
pub trait Negated {
    /// The negative number, or the ordering.
    type Of<S, T, K>;

    /// `-` of a node of this type.
    fn negated<S, T, K>(node: Node, column: ColumnType) -> Self::Of<S, T, K>;
}

macro_rules! negated {
    ($($family:ident)+ => $of:ty, $make:expr;) => { $(
        impl Negated for family::$family {
            type Of<S, T, K> = $of;

            fn negated<S, T, K>(node: Node, column: ColumnType) -> Self::Of<S, T, K> {
                let make: fn(Node, ColumnType) -> Self::Of<S, T, K> = $make;
                make(node, column)
            }
        }
    )+ };
}
negated! {
    Integer Float Decimal => Expr<S, T, K>, |node, column| Expr::new(Node::Negate(Box::new((node, column))));
}
negated! {
    Bool Text Bytes Uuid Date Time DateTime Duration Json Other => OrderBy<S, K>, |node, _| OrderBy::new(node, true);
}

macro_rules! negation {
    ($(($($generics:tt)*) $type:ty, $scope:ty;)+) => { $(
        impl<$($generics)*> Neg for $type
        where
            <<Self as Expression>::Type as SqlType>::Family: Negated,
        {
            type Output = <<<Self as Expression>::Type as SqlType>::Family as Negated>::Of<
                $scope,
                <Self as Expression>::Type,
                <Self as Expression>::Kind,
            >;

            fn neg(self) -> Self::Output {
                <<<Self as Expression>::Type as SqlType>::Family>::negated(self.node(), BaseOf::<Self>::COLUMN)
            }
        }
    )+ };
}
negation! {
    (P: Path, F: FieldDef) Field<P, F>, P::Root;
    (P: Path, F: FieldDef) &Field<P, F>, P::Root;
    (S: Model, T: SqlType, K: Kind) Expr<S, T, K>, S;
    (S: Model, T: SqlType, K: Kind) &Expr<S, T, K>, S;
    (S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) Case<S, T, N, K>, S;
    (S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) &Case<S, T, N, K>, S;
    (P: Path, R: Relation<To: Model<Key: SingleKey>>) ToOne<P, R>, P::Root;
}
