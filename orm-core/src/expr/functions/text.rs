//! Functions of texts.

use crate::ast::builtin::text;
use crate::ast::{Expr as Node, Function};
use crate::expr::{BaseOf, Expr, Expression, Kind, NullOf, Operand};
use crate::path::{About, Scope};
use crate::types::{Nullness, SqlType, Text};

/// A function's type: `T`, with an `Option` if the text may be NULL.
type Of<E, T> =
    Expr<<E as Expression>::Scope, <NullOf<E> as Nullness>::Apply<T>, <E as Expression>::Kind>;

/// The functions of texts.
pub trait TextFunctions: Expression {
    /// In lower case, by Unicode, one character to one character.
    ///
    /// SQL: `lower("title" COLLATE ..)` on PostgreSQL, `orm_lower("title")` on SQLite, whose own knows ASCII alone
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::title.lower().eq("sql")).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn lower(&self) -> Of<Self, String>
    where
        BaseOf<Self>: Text,
    {
        call(self, &text::LOWER)
    }

    /// In upper case, by Unicode, one character to one character: "straße" gives "STRAßE".
    ///
    /// SQL: `upper("name" COLLATE ..)` on PostgreSQL, `orm_upper("name")` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let names = Author::objects().order_by(Author::name).values_list(Author::name.upper()).all(&db)?;
    /// assert_eq!(names, ["BOB", "EVE"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn upper(&self) -> Of<Self, String>
    where
        BaseOf<Self>: Text,
    {
        call(self, &text::UPPER)
    }

    /// The number of characters; not of bytes.
    ///
    /// SQL: `char_length("title")` on PostgreSQL, `length("title")` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let longest = Book::objects().order_by((Book::title.length().desc(), Book::title)).first(&db)?;
    /// assert_eq!(longest.unwrap().title, "Draft");
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn length(&self) -> Of<Self, i32>
    where
        BaseOf<Self>: Text,
    {
        call(self, &text::LENGTH)
    }
}

impl<E: Expression + ?Sized> TextFunctions for E {}

fn call<E, T>(of: &E, function: &'static Function) -> Of<E, T>
where
    E: Expression + ?Sized,
    T: SqlType,
{
    Expr::new(Node::call(function, vec![of.node()]))
}

/// The texts one behind the other. NULL counts as empty, as in Django's `Concat`, so the result is never an `Option`.
///
/// SQL: `coalesce(a, '') || coalesce(b, '')`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let full = concat((Book::title, " by ", Book::author.name));
/// let titles: Vec<String> = Book::objects().filter(Book::title.eq("SQL")).values_list(full).all(&db)?;
/// assert_eq!(titles, ["SQL by Bob"]);
/// # Ok::<(), orm::Error>(())
/// ```
pub fn concat<S, A: ConcatArgs<S>>(args: A) -> Expr<S, String, A::Kind> {
    Expr::new(Node::call(&text::CONCAT, args.into_nodes()))
}

/// A tuple of texts: fields, expressions and values.
#[diagnostic::on_unimplemented(
    message = "`concat` takes a tuple of texts",
    label = "expected a tuple such as `(Author::name, \" \", Author::email)`"
)]
pub trait ConcatArgs<S> {
    /// Whether it has one value a row.
    type Kind: Kind;

    /// The arguments.
    fn into_nodes(self) -> Vec<Node>;
}

macro_rules! tuples {
    ($($first:ident $($name:ident)+;)+) => { $(
        impl<S, $first, $($name),+> ConcatArgs<S> for ($first, $($name,)+)
        where
            $first: Operand<S, String, Base: Text>,
            Scope: About<$first::Scope, S>,
            $($name: Operand<S, String, Base: Text>, Scope: About<$name::Scope, S>,)+
        {
            type Kind = tuples!(@kind $first::Kind, $($name)+);

            #[allow(non_snake_case, reason = "a variable for each type parameter")]
            fn into_nodes(self) -> Vec<Node> {
                let ($first, $($name,)+) = self;
                vec![$first.into_node(), $($name.into_node()),+]
            }
        }
    )+ };
    (@kind $first:ty, $last:ident) => { <$first as Kind>::With<$last::Kind> };
    (@kind $first:ty, $next:ident $($rest:ident)+) => { tuples!(@kind <$first as Kind>::With<$next::Kind>, $($rest)+) };
}
tuples! {
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}
