//! Functions of every type: `coalesce`, `unwrap_or`, `greatest`, `least`, `null_if`, `cast`, `now`.

use chrono::{DateTime, Utc};

use crate::ast::Expr as Node;
use crate::ast::builtin::general;
use crate::expr::{BaseOf, Expr, Expression, Kind, Lit, NullOf, Operand};
use crate::path::{About, Scope};
use crate::types::{CastTo, ComparableWith, MaybeNull, Nullness, SqlType, WidensTo};

/// The functions that every expression has.
pub trait GeneralFunctions: Expression {
    /// The value, or another where it is NULL: takes the `Option` off the type, unless the other may be NULL too. Of what is
    /// never NULL it does not compile.
    ///
    /// SQL: `COALESCE("subtitle", ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let subtitles: Vec<String> = Book::objects().values_list(Book::subtitle.unwrap_or("none")).all(&db)?;
    /// assert_eq!(subtitles.iter().filter(|subtitle| *subtitle == "none").count(), 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn unwrap_or<R>(
        &self,
        other: R,
    ) -> Expr<
        Self::Scope,
        <R::Null as Nullness>::Apply<BaseOf<Self>>,
        <Self::Kind as Kind>::With<R::Kind>,
    >
    where
        R: Operand<Self::Scope, BaseOf<Self>, Base: WidensTo<BaseOf<Self>>>,
        Scope: About<R::Scope, Self::Scope>,
        NullOf<Self>: CanBeNull,
    {
        Expr::new(Node::call(
            &general::COALESCE,
            vec![self.node(), other.into_node()],
        ))
    }

    /// The value, or NULL where it equals another: an `Option` always.
    ///
    /// SQL: `NULLIF("stock_level", ?)`; of decimals and documents on SQLite a `CASE` that compares by value
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let in_stock: Vec<Option<i32>> =
    ///     Book::objects().order_by(Book::title).values_list(Book::stock_level.null_if(0)).all(&db)?;
    /// assert_eq!(in_stock, [None, None, None, Some(5)]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn null_if<R>(
        &self,
        other: R,
    ) -> Expr<Self::Scope, <Self::Type as SqlType>::Nullable, <Self::Kind as Kind>::With<R::Kind>>
    where
        R: Operand<Self::Scope, BaseOf<Self>, Base: ComparableWith<BaseOf<Self>>>,
        Scope: About<R::Scope, Self::Scope>,
    {
        let function = general::null_if(Self::Type::COLUMN);
        Expr::new(Node::call(function, vec![self.node(), other.into_node()]))
    }

    /// The value as another type.
    ///
    /// A number cuts towards zero where the other type has no fraction, and is [`Error::OutOfRange`](crate::error::Error::OutOfRange)
    /// where that cannot hold it. A truth value is `true` and `false` as a text, 1 and 0 as an integer. Dates and times are written as
    /// `2020-02-29 12:30:01.500000`, without a fraction that is zero, moments in UTC. What is read from a text is an `Option`: NULL
    /// where the text, to its last character, is no value of the type, whatever either database would make of it. [`CastTo`]
    /// lists what can be cast. (Django's `Cast` leaves all this to the database.)
    ///
    /// SQL: `CAST("price" AS ..)`, or what has the meaning told above
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let rows: Vec<(i32, String)> = Book::objects()
    ///     .filter(Book::title.eq("Dunes"))
    ///     .values_list((Book::price.cast::<i32>(), Book::price.cast::<String>()))
    ///     .all(&db)?;
    /// assert_eq!(rows, [(7, "7.9".to_owned())]);
    /// assert_eq!(Book::objects().filter(Book::title.cast::<i32>().is_null()).count(&db)?, 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn cast<T>(
        &self,
    ) -> Expr<
        Self::Scope,
        <<NullOf<Self> as Nullness>::Or<<BaseOf<Self> as CastTo<T>>::Null> as Nullness>::Apply<T>,
        Self::Kind,
    >
    where
        T: SqlType,
        BaseOf<Self>: CastTo<T>,
    {
        Expr::new(Node::Cast(Box::new((self.node(), T::COLUMN))))
    }
}

impl<E: Expression + ?Sized> GeneralFunctions for E {}

/// An expression that may be NULL.
#[diagnostic::on_unimplemented(
    message = "this is never NULL, so there is nothing to unwrap",
    label = "not an `Option`"
)]
pub trait CanBeNull {}

impl CanBeNull for MaybeNull {}

/// The first of the arguments that is not NULL. NULL, and so an `Option`, only if all may be.
///
/// The first argument is an expression and tells the type, to which the others must widen: an `i32` beside a `Decimal`, but not
/// the other way round. The tuple has two to 16 arguments.
///
/// SQL: `COALESCE(a, b, ?)`, as in the SQL standard and as Django's `Coalesce`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let names: Vec<String> = Book::objects().order_by(Book::title).values_list(coalesce((Book::subtitle, Book::title))).all(&db)?;
/// assert_eq!(names, ["Draft", "A novel", "A guide", "SQL"]);
/// # Ok::<(), orm::Error>(())
/// ```
pub fn coalesce<S, A>(args: A) -> Expr<S, A::Type, A::Kind>
where
    A: CoalesceArgs<S, Rest: AllWidenTo<<A::Type as SqlType>::Base>>,
{
    Expr::new(Node::call(&general::COALESCE, args.into_nodes()))
}

/// The largest of the arguments, NULLs passed over: NULL, and so an `Option`, only if all may be.
///
/// The first argument is an expression and tells the type, to which the others must widen. Texts are compared in the order of
/// the database. (Django's `Greatest` is NULL on SQLite if any argument is.)
///
/// SQL: `greatest(a, b)` on PostgreSQL, `max(coalesce(a, a, b), coalesce(b, a, b))` on SQLite
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let most = greatest((Book::stock_level, Book::sales_count, 1));
/// assert_eq!(Book::objects().order_by(Book::title).values_list(most).all(&db)?, [1, 3, 1, 5]);
/// # Ok::<(), orm::Error>(())
/// ```
pub fn greatest<S, A>(args: A) -> Expr<S, A::Type, A::Kind>
where
    A: CoalesceArgs<S, Rest: AllWidenTo<<A::Type as SqlType>::Base>>,
{
    let function = general::greatest(A::Type::COLUMN);
    Expr::new(Node::call(function, args.into_nodes()))
}

/// The smallest of the arguments, NULLs passed over: NULL, and so an `Option`, only if all may be. As [`greatest`] otherwise.
///
/// SQL: `least(a, b)` on PostgreSQL, `min(coalesce(a, a, b), coalesce(b, a, b))` on SQLite
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let capped = least((Book::price, 10));
/// assert_eq!(Book::objects().order_by(-Book::price).values_list(capped).all(&db)?[..2], [dec!(10), dec!(10)]);
/// # Ok::<(), orm::Error>(())
/// ```
pub fn least<S, A>(args: A) -> Expr<S, A::Type, A::Kind>
where
    A: CoalesceArgs<S, Rest: AllWidenTo<<A::Type as SqlType>::Base>>,
{
    let function = general::least(A::Type::COLUMN);
    Expr::new(Node::call(function, args.into_nodes()))
}

/// The first, or NULL where it equals the second: an `Option` always. The same as the method
/// [`null_if`](GeneralFunctions::null_if).
///
/// SQL: `NULLIF(a, b)`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let sold: Vec<Option<i32>> = Book::objects().order_by(Book::title).values_list(null_if(Book::sales_count, 0)).all(&db)?;
/// assert_eq!(sold, [None, Some(3), None, None]);
/// # Ok::<(), orm::Error>(())
/// ```
pub fn null_if<A, B>(
    value: A,
    other: B,
) -> Expr<A::Scope, <A::Type as SqlType>::Nullable, <A::Kind as Kind>::With<B::Kind>>
where
    A: Expression,
    B: Operand<A::Scope, BaseOf<A>, Base: ComparableWith<BaseOf<A>>>,
    Scope: About<B::Scope, A::Scope>,
{
    value.null_if(other)
}

/// A tuple of two or more, the first of them an expression: what [`coalesce`], [`greatest`] and [`least`] take.
#[diagnostic::on_unimplemented(
    message = "this takes a tuple of two or more, the first of them an expression",
    label = "expected a tuple such as `(Book::subtitle, Book::title, \"none\")`"
)]
pub trait CoalesceArgs<S> {
    /// The type of the result.
    type Type: SqlType;
    /// The types of all arguments but the first, without `Option`: a pair of the second and the others, `()` behind the last.
    type Rest;
    /// Whether it has one value a row.
    type Kind: Kind;

    /// The arguments.
    fn into_nodes(self) -> Vec<Node>;
}

/// Types that all widen to `T`. Asked of the arguments apart from what the result is, so that a mistake is one error.
pub trait AllWidenTo<T> {}

#[diagnostic::do_not_recommend]
impl<T> AllWidenTo<T> for () {}

impl<T, First: WidensTo<T>, Rest: AllWidenTo<T>> AllWidenTo<T> for (First, Rest) {}

macro_rules! tuples {
    ($single:ident 0; $($first:ident $zero:tt $($name:ident $index:tt)+;)+) => { $(
        impl<$first, $($name),+> CoalesceArgs<$first::Scope> for ($first, $($name,)+)
        where
            $first: Expression,
            $(
                $name: Operand<$first::Scope, BaseOf<$first>>,
                Scope: About<$name::Scope, $first::Scope>,
            )+
        {
            type Rest = tuples!(@rest $($name)+);
            type Type = <tuples!(@null NullOf<$first>, $($name)+) as Nullness>::Apply<BaseOf<$first>>;
            type Kind = tuples!(@kind $first::Kind, $($name)+);

            #[allow(non_snake_case, reason = "a variable for each type parameter")]
            fn into_nodes(self) -> Vec<Node> {
                let (first, $($name,)+) = self;
                vec![first.node(), $($name.into_node()),+]
            }
        }
    )+ };
    (@rest) => { () };
    (@rest $first:ident $($rest:ident)*) => { ($first::Base, tuples!(@rest $($rest)*)) };
    (@null $first:ty, $last:ident) => { <$first as Nullness>::And<$last::Null> };
    (@null $first:ty, $next:ident $($rest:ident)+) => { tuples!(@null <$first as Nullness>::And<$next::Null>, $($rest)+) };
    (@kind $first:ty, $last:ident) => { <$first as Kind>::With<$last::Kind> };
    (@kind $first:ty, $next:ident $($rest:ident)+) => { tuples!(@kind <$first as Kind>::With<$next::Kind>, $($rest)+) };
}
crate::tuples::for_each!(tuples);

/// The time of the statement, to the microsecond, by the clock of the database. (Django's `Now` is, on PostgreSQL, that
/// of the statement too.)
///
/// SQL: `statement_timestamp()` on PostgreSQL, a registered function on SQLite; as a `db_default` there it is SQLite's
/// own, to the millisecond.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// assert_eq!(Book::objects().filter(Book::created_at.gt(now())).count(&db)?, 0);
/// Book::objects().filter(!Book::is_published).update(&db, Book::updated_at.set(now()))?;
/// # Ok::<(), orm::Error>(())
/// ```
pub fn now() -> Lit<DateTime<Utc>> {
    Lit::new(Node::call(&general::NOW, Vec::new()))
}
