//! Functions of numbers.

use super::{Combined, Of, With, call_with};
use crate::ast::builtin::math;
use crate::ast::{ArithmeticOp, Expr as Node, Function};
use crate::expr::{ArithmeticOperand, BaseOf, Expr, Expression, Kind, Lit, NullOf, Operand};
use crate::path::{About, Scope};
use crate::types::{Arithmetic, Nullness, Numeric, SqlType, WidensTo};
use crate::value::ColumnType;

/// The functions of numbers.
///
/// `abs`, `ceil`, `floor`, `round` and `sign` keep the type: exact of integers and decimals on both databases. The others compute with
/// doubles, of whatever they are asked. Outside of its domain a function is NULL, and so an `Option`; a result too large for a double, or so small
/// that it would be zero, is [`Error::OutOfRange`](crate::error::Error::OutOfRange). SQLite gets them as functions of Rust, since it is built without its
/// own; both follow the C library, so that the last digit of a double may depend on the machine.
pub trait MathFunctions: Expression {
    /// Without the sign. That of the smallest integer is out of range.
    ///
    /// SQL: `abs("price")`; on SQLite `orm_dec_abs(..)` of decimals, `orm_int(abs(..), 32)` of an `i32`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let off: Vec<Decimal> = Book::objects().order_by(Book::title).values_list((Book::price - 10).abs()).all(&db)?;
    /// assert_eq!(off, [dec!(9), dec!(2.1), dec!(32.5), dec!(0)]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn abs(&self) -> Expr<Self::Scope, Self::Type, Self::Kind>
    where
        BaseOf<Self>: Numeric,
    {
        Expr::new(Node::call(math::abs(Self::Type::COLUMN), vec![self.node()]))
    }

    /// The next whole number above, of the same type.
    ///
    /// SQL: `ceil("price")`; on SQLite `orm_ceil(..)`, `orm_dec_ceil(..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let prices: Vec<Decimal> = Book::objects().order_by(Book::price).values_list(Book::price.ceil()).all(&db)?;
    /// assert_eq!(prices, [dec!(1), dec!(8), dec!(10), dec!(43)]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn ceil(&self) -> Expr<Self::Scope, Self::Type, Self::Kind>
    where
        BaseOf<Self>: Numeric,
    {
        whole(self, math::ceil(Self::Type::COLUMN))
    }

    /// The next whole number below, of the same type.
    ///
    /// SQL: `floor("price")`; on SQLite `orm_floor(..)`, `orm_dec_floor(..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let prices: Vec<Decimal> = Book::objects().order_by(Book::price).values_list(Book::price.floor()).all(&db)?;
    /// assert_eq!(prices, [dec!(1), dec!(7), dec!(10), dec!(42)]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn floor(&self) -> Expr<Self::Scope, Self::Type, Self::Kind>
    where
        BaseOf<Self>: Numeric,
    {
        whole(self, math::floor(Self::Type::COLUMN))
    }

    /// Rounded to so many places behind the point, or before it where they are negative; halves away from zero. A double is rounded by
    /// its 15 significant digits, so that 1.005 becomes 1.01, as one would by hand. (Django rounds 2.5 to 2 on PostgreSQL and to 3 on SQLite.)
    ///
    /// SQL: `round("price", ?)`; on PostgreSQL by way of `numeric` where it is none, on SQLite `orm_round(..)`, `orm_dec_round(..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let prices: Vec<Decimal> = Book::objects().order_by(Book::price).values_list(Book::price.round(0)).all(&db)?;
    /// assert_eq!(prices, [dec!(1), dec!(8), dec!(10), dec!(43)]);
    /// assert_eq!(Book::objects().filter(Book::price.round(-1).eq(10)).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn round<A>(&self, places: A) -> With<Self, A::Null, A::Kind, BaseOf<Self>>
    where
        A: Operand<Self::Scope, i32, Base: WidensTo<i32>>,
        Scope: About<A::Scope, Self::Scope>,
        BaseOf<Self>: Numeric,
    {
        call_with(self, math::round(Self::Type::COLUMN), [places.into_node()])
    }

    /// -1, 0 or 1, of the same type.
    ///
    /// SQL: a `CASE`; of decimals `sign("price")` on PostgreSQL, `orm_dec_cmp("price", 0)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let left = (Book::stock_level - Book::sales_count).sign();
    /// assert_eq!(Book::objects().order_by(Book::title).values_list(left).all(&db)?, [0, -1, 0, 1]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn sign(&self) -> Expr<Self::Scope, Self::Type, Self::Kind>
    where
        BaseOf<Self>: Numeric,
    {
        Expr::new(Node::call(
            math::sign(Self::Type::COLUMN),
            vec![self.node()],
        ))
    }

    /// The square root; NULL of a negative number.
    ///
    /// SQL: `sqrt(..)` within a `CASE` on PostgreSQL, `orm_sqrt(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let x: Option<f64> = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::stock_level.sqrt()).one(&db)?;
    /// assert!((x.unwrap() - 5_f64.sqrt()).abs() < 1e-12);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn sqrt(&self) -> Expr<Self::Scope, Option<f64>, Self::Kind>
    where
        BaseOf<Self>: Numeric,
    {
        Expr::new(Node::call(&math::SQRT, vec![double(self.node())]))
    }

    /// To a power; NULL where that is no real number: a negative number to a broken power, zero to a negative one.
    ///
    /// SQL: `power(..)` within a `CASE` on PostgreSQL, `orm_power(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let x: Option<f64> = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::stock_level.power(3)).one(&db)?;
    /// assert!((x.unwrap() - 125.0).abs() < 1e-12);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn power<A>(
        &self,
        exponent: A,
    ) -> Expr<Self::Scope, Option<f64>, <Self::Kind as Kind>::With<A::Kind>>
    where
        A: Operand<Self::Scope, f64, Base: Numeric>,
        Scope: About<A::Scope, Self::Scope>,
        BaseOf<Self>: Numeric,
    {
        call_doubles(self, &math::POWER, exponent.into_node())
    }

    /// The remainder, with the sign of the dividend: the same as `%`.
    ///
    /// SQL: as `%`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let odd = Book::objects().filter(Book::stock_level.modulo(2).eq(1)).count(&db)?;
    /// assert_eq!(odd, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn modulo<R>(
        &self,
        divisor: R,
    ) -> Combined<
        Self,
        R::Base,
        <<NullOf<Self> as Nullness>::Or<R::Null> as Nullness>::Or<R::ZeroNull>,
        R::Kind,
    >
    where
        R: ArithmeticOperand<Self::Scope, BaseOf<Self>>,
        BaseOf<Self>: Arithmetic<R::Base>,
        BaseOf<Self>: Numeric,
    {
        let of = <<BaseOf<Self> as Arithmetic<R::Base>>::Output as SqlType>::COLUMN;
        Expr::new(Node::arithmetic(
            ArithmeticOp::Rem,
            self.node(),
            divisor.into_node(),
            of,
        ))
    }

    /// e to this power.
    ///
    /// SQL: `exp(..)` on PostgreSQL, `orm_exp(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let x: f64 = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::sales_count.exp()).one(&db)?;
    /// assert!((x - 1.0).abs() < 1e-12);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn exp(&self) -> Of<Self, f64>
    where
        BaseOf<Self>: Numeric,
    {
        Expr::new(Node::call(&math::EXP, vec![double(self.node())]))
    }

    /// The natural logarithm; NULL of what is not positive.
    ///
    /// SQL: `ln(..)` within a `CASE` on PostgreSQL, `orm_ln(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let x: Option<f64> = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::stock_level.ln()).one(&db)?;
    /// assert!((x.unwrap() - 5_f64.ln()).abs() < 1e-12);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn ln(&self) -> Expr<Self::Scope, Option<f64>, Self::Kind>
    where
        BaseOf<Self>: Numeric,
    {
        Expr::new(Node::call(&math::LN, vec![double(self.node())]))
    }

    /// The logarithm to a base; NULL where either is not positive, or the base is 1. (Django's `Log` has the base first.)
    ///
    /// SQL: `ln(..) / ln(?)`, or `log(..)` to the base 10, within a `CASE` on PostgreSQL, `orm_log(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let x: Option<f64> = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::price.log(10)).one(&db)?;
    /// assert!((x.unwrap() - 1.0).abs() < 1e-12);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn log<A>(&self, base: A) -> Expr<Self::Scope, Option<f64>, <Self::Kind as Kind>::With<A::Kind>>
    where
        A: Operand<Self::Scope, f64, Base: Numeric>,
        Scope: About<A::Scope, Self::Scope>,
        BaseOf<Self>: Numeric,
    {
        call_doubles(self, &math::LOG, base.into_node())
    }

    /// The sine of an angle in radians.
    ///
    /// SQL: `sin(..)` on PostgreSQL, `orm_sin(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let x: f64 = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::stock_level.sin()).one(&db)?;
    /// assert!((x - 5_f64.sin()).abs() < 1e-12);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn sin(&self) -> Of<Self, f64>
    where
        BaseOf<Self>: Numeric,
    {
        Expr::new(Node::call(&math::SIN, vec![double(self.node())]))
    }

    /// The cosine of an angle in radians.
    ///
    /// SQL: `cos(..)` on PostgreSQL, `orm_cos(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let x: f64 = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::stock_level.cos()).one(&db)?;
    /// assert!((x - 5_f64.cos()).abs() < 1e-12);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn cos(&self) -> Of<Self, f64>
    where
        BaseOf<Self>: Numeric,
    {
        Expr::new(Node::call(&math::COS, vec![double(self.node())]))
    }

    /// The tangent of an angle in radians.
    ///
    /// SQL: `tan(..)` on PostgreSQL, `orm_tan(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let x: f64 = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::stock_level.tan()).one(&db)?;
    /// assert!((x - 5_f64.tan()).abs() < 1e-12);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn tan(&self) -> Of<Self, f64>
    where
        BaseOf<Self>: Numeric,
    {
        Expr::new(Node::call(&math::TAN, vec![double(self.node())]))
    }

    /// The cotangent of an angle in radians; NULL of zero.
    ///
    /// SQL: `cot(..)` within a `CASE` on PostgreSQL, `orm_cot(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let x: Option<f64> = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::stock_level.cot()).one(&db)?;
    /// assert!((x.unwrap() - 1.0 / 5_f64.tan()).abs() < 1e-12);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn cot(&self) -> Expr<Self::Scope, Option<f64>, Self::Kind>
    where
        BaseOf<Self>: Numeric,
    {
        Expr::new(Node::call(&math::COT, vec![double(self.node())]))
    }

    /// The angle, in radians, whose sine this is; NULL outside of -1 to 1.
    ///
    /// SQL: `asin(..)` within a `CASE` on PostgreSQL, `orm_asin(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let x: Option<f64> = Book::objects().filter(Book::title.eq("SQL")).values_list((Book::stock_level * 0.1).asin()).one(&db)?;
    /// assert!((x.unwrap() - 0.5_f64.asin()).abs() < 1e-12);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn asin(&self) -> Expr<Self::Scope, Option<f64>, Self::Kind>
    where
        BaseOf<Self>: Numeric,
    {
        Expr::new(Node::call(&math::ASIN, vec![double(self.node())]))
    }

    /// The angle, in radians, whose cosine this is; NULL outside of -1 to 1.
    ///
    /// SQL: `acos(..)` within a `CASE` on PostgreSQL, `orm_acos(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let x: Option<f64> = Book::objects().filter(Book::title.eq("SQL")).values_list((Book::stock_level * 0.1).acos()).one(&db)?;
    /// assert!((x.unwrap() - 0.5_f64.acos()).abs() < 1e-12);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn acos(&self) -> Expr<Self::Scope, Option<f64>, Self::Kind>
    where
        BaseOf<Self>: Numeric,
    {
        Expr::new(Node::call(&math::ACOS, vec![double(self.node())]))
    }

    /// The angle, in radians, whose tangent this is.
    ///
    /// SQL: `atan(..)` on PostgreSQL, `orm_atan(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let x: f64 = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::stock_level.atan()).one(&db)?;
    /// assert!((x - 5_f64.atan()).abs() < 1e-12);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn atan(&self) -> Of<Self, f64>
    where
        BaseOf<Self>: Numeric,
    {
        Expr::new(Node::call(&math::ATAN, vec![double(self.node())]))
    }

    /// The angle, in radians, of the point with this ordinate and that abscissa.
    ///
    /// SQL: `atan2(.., ?)` on PostgreSQL, `orm_atan2(.., ?)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let x: f64 = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::stock_level.atan2(5)).one(&db)?;
    /// assert!((x - std::f64::consts::FRAC_PI_4).abs() < 1e-12);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn atan2<A>(&self, abscissa: A) -> With<Self, A::Null, A::Kind, f64>
    where
        A: Operand<Self::Scope, f64, Base: Numeric>,
        Scope: About<A::Scope, Self::Scope>,
        BaseOf<Self>: Numeric,
    {
        call_doubles(self, &math::ATAN2, abscissa.into_node())
    }

    /// From radians to degrees.
    ///
    /// SQL: `degrees(..)` on PostgreSQL, a division on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let x: f64 = Book::objects().filter(Book::title.eq("SQL")).values_list((Book::stock_level * 1.0).degrees()).one(&db)?;
    /// assert!((x - 5_f64.to_degrees()).abs() < 1e-12);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn degrees(&self) -> Of<Self, f64>
    where
        BaseOf<Self>: Numeric,
    {
        Expr::new(Node::call(&math::DEGREES, vec![double(self.node())]))
    }

    /// From degrees to radians.
    ///
    /// SQL: `radians(..)` on PostgreSQL, a product on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let x: f64 = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::stock_level.radians()).one(&db)?;
    /// assert!((x - 5_f64.to_radians()).abs() < 1e-12);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn radians(&self) -> Of<Self, f64>
    where
        BaseOf<Self>: Numeric,
    {
        Expr::new(Node::call(&math::RADIANS, vec![double(self.node())]))
    }
}

impl<E: Expression + ?Sized> MathFunctions for E {}

/// A number as a double, for the functions that know only those.
fn double(node: Node) -> Node {
    match node.column_type() {
        Some(ColumnType::F64) => node,
        _ => Node::Cast(Box::new((node, ColumnType::F64))),
    }
}

/// A function of two doubles; its type is that of the method.
fn call_doubles<E, S, T, K>(of: &E, function: &'static Function, other: Node) -> Expr<S, T, K>
where
    E: Expression + ?Sized,
{
    Expr::new(Node::call(function, vec![double(of.node()), double(other)]))
}

/// A number made whole; integers are.
fn whole<E>(of: &E, function: Option<&'static Function>) -> Expr<E::Scope, E::Type, E::Kind>
where
    E: Expression + ?Sized,
{
    Expr::new(match function {
        Some(function) => Node::call(function, vec![of.node()]),
        None => of.node(),
    })
}

/// The ratio of a circle's circumference to its diameter.
///
/// SQL: `pi()` on PostgreSQL, the number on SQLite
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let row: f64 = Book::objects().limit(1).values_list(pi()).one(&db)?;
/// assert_eq!(row, std::f64::consts::PI);
/// # Ok::<(), orm::Error>(())
/// ```
pub fn pi() -> Lit<f64> {
    Lit::new(Node::call(&math::PI, Vec::new()))
}

/// A number of chance from 0 to below 1, another in each row: rows in an order of chance, as Django's `order_by("?")`.
///
/// SQL: `random()`, divided to be a fraction on SQLite
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let any: Option<Book> = Book::objects().order_by(random()).first(&db)?;
/// assert!(any.is_some());
/// # Ok::<(), orm::Error>(())
/// ```
pub fn random() -> Lit<f64> {
    Lit::new(Node::call(&math::RANDOM, Vec::new()))
}
