//! Functions of texts.

use super::{Of, With, With2, call, call_with};
use crate::ast::Expr as Node;
use crate::ast::builtin::text;
use crate::expr::{BaseOf, Condition, ConditionOf, Expr, Expression, Kind, Operand};
use crate::path::{About, Scope};
use crate::types::{Integer, Text, WidensTo};
use crate::value::Value;

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

    /// Without the blanks at both ends; other white space stays.
    ///
    /// SQL: `trim("title")`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let title = concat(("  ", Book::title, " ")).trim();
    /// assert_eq!(Book::objects().filter(title.eq(Book::title)).count(&db)?, 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trim(&self) -> Of<Self, String>
    where
        BaseOf<Self>: Text,
    {
        call(self, &text::TRIM)
    }

    /// Without the blanks at the start.
    ///
    /// SQL: `ltrim("title")`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let padded = concat((" ", Book::title, " ")).ltrim();
    /// let titles: Vec<String> = Book::objects().filter(Book::title.eq("SQL")).values_list(padded).all(&db)?;
    /// assert_eq!(titles, ["SQL "]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn ltrim(&self) -> Of<Self, String>
    where
        BaseOf<Self>: Text,
    {
        call(self, &text::LTRIM)
    }

    /// Without the blanks at the end.
    ///
    /// SQL: `rtrim("title")`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let padded = concat((" ", Book::title, " ")).rtrim();
    /// let titles: Vec<String> = Book::objects().filter(Book::title.eq("SQL")).values_list(padded).all(&db)?;
    /// assert_eq!(titles, [" SQL"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn rtrim(&self) -> Of<Self, String>
    where
        BaseOf<Self>: Text,
    {
        call(self, &text::RTRIM)
    }

    /// So many characters from a character on, which is counted from 1. Places before the first are empty, so `substr(0, 2)` is one
    /// character, as in the SQL standard; a negative number of characters is none. (Django refuses a start below 1.)
    ///
    /// SQL: `substr("title", ?, CASE WHEN ? < 0 THEN 0 ELSE ? END)` on PostgreSQL, `orm_substr("title", ?, ?)` on SQLite, whose own counts places before the
    /// first from the end
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let starts: Vec<String> = Book::objects().order_by(Book::title).values_list(Book::title.substr(1, 2)).all(&db)?;
    /// assert_eq!(starts, ["Dr", "Du", "Ru", "SQ"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn substr<A, B>(
        &self,
        from: A,
        characters: B,
    ) -> With2<Self, A::Null, A::Kind, B::Null, B::Kind, String>
    where
        A: Operand<Self::Scope, i32, Base: WidensTo<i32>>,
        Scope: About<A::Scope, Self::Scope>,
        B: Operand<Self::Scope, i32, Base: WidensTo<i32>>,
        Scope: About<B::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        call_with(
            self,
            &text::SUBSTR,
            [from.into_node(), characters.into_node()],
        )
    }

    /// All from a character on, which is counted from 1.
    ///
    /// SQL: `substr("title", ?)` on PostgreSQL, `orm_substr("title", ?)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let ends: Vec<String> = Book::objects().order_by(Book::title).values_list(Book::title.substr_from(3)).all(&db)?;
    /// assert_eq!(ends, ["aft", "nes", "st", "L"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn substr_from<A>(&self, from: A) -> With<Self, A::Null, A::Kind, String>
    where
        A: Operand<Self::Scope, i32, Base: WidensTo<i32>>,
        Scope: About<A::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        call_with(self, &text::SUBSTR_FROM, [from.into_node()])
    }

    /// So many characters of the start: "" for zero and less.
    ///
    /// SQL: `left("title", CASE WHEN ? < 0 THEN 0 ELSE ? END)` on PostgreSQL, `orm_substr("title", 1, ?)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::title.left(1).eq("D")).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn left<A>(&self, characters: A) -> With<Self, A::Null, A::Kind, String>
    where
        A: Operand<Self::Scope, i32, Base: WidensTo<i32>>,
        Scope: About<A::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        call_with(self, &text::LEFT, [characters.into_node()])
    }

    /// So many characters of the end: "" for zero and less.
    ///
    /// SQL: `right("title", CASE WHEN ? < 0 THEN 0 ELSE ? END)` on PostgreSQL, `orm_right("title", ?)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::title.right(2).eq("st")).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn right<A>(&self, characters: A) -> With<Self, A::Null, A::Kind, String>
    where
        A: Operand<Self::Scope, i32, Base: WidensTo<i32>>,
        Scope: About<A::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        call_with(self, &text::RIGHT, [characters.into_node()])
    }

    /// With each occurrence of one text replaced by another. An empty text occurs nowhere.
    ///
    /// SQL: `replace("title", ?, ?)`, on SQLite within a `CASE`, because its own forgets a NULL beside an empty text
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// Book::objects().update(&db, Book::title.set(Book::title.replace("u", "oo")))?;
    /// assert!(Book::objects().filter(Book::title.eq("Roost")).exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn replace<A, B>(
        &self,
        from: A,
        to: B,
    ) -> With2<Self, A::Null, A::Kind, B::Null, B::Kind, String>
    where
        A: Operand<Self::Scope, String, Base: Text>,
        Scope: About<A::Scope, Self::Scope>,
        B: Operand<Self::Scope, String, Base: Text>,
        Scope: About<B::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        call_with(self, &text::REPLACE, [from.into_node(), to.into_node()])
    }

    /// Filled at the start by a text, again and again, until it has so many characters; cut at its end where it has more.
    ///
    /// SQL: `lpad("title", ?, ?)` on PostgreSQL, `orm_lpad(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let titles: Vec<String> = Book::objects().order_by(Book::title).values_list(Book::title.lpad(4, ".")).all(&db)?;
    /// assert_eq!(titles, ["Draf", "Dune", "Rust", ".SQL"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn lpad<A, B>(
        &self,
        characters: A,
        fill: B,
    ) -> With2<Self, A::Null, A::Kind, B::Null, B::Kind, String>
    where
        A: Operand<Self::Scope, i32, Base: WidensTo<i32>>,
        Scope: About<A::Scope, Self::Scope>,
        B: Operand<Self::Scope, String, Base: Text>,
        Scope: About<B::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        call_with(
            self,
            &text::LPAD,
            [characters.into_node(), fill.into_node()],
        )
    }

    /// Filled at the end by a text, again and again, until it has so many characters; cut there where it has more.
    ///
    /// SQL: `rpad("title", ?, ?)` on PostgreSQL, `orm_rpad(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let titles: Vec<String> = Book::objects().order_by(Book::title).values_list(Book::title.rpad(4, ".")).all(&db)?;
    /// assert_eq!(titles, ["Draf", "Dune", "Rust", "SQL."]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn rpad<A, B>(
        &self,
        characters: A,
        fill: B,
    ) -> With2<Self, A::Null, A::Kind, B::Null, B::Kind, String>
    where
        A: Operand<Self::Scope, i32, Base: WidensTo<i32>>,
        Scope: About<A::Scope, Self::Scope>,
        B: Operand<Self::Scope, String, Base: Text>,
        Scope: About<B::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        call_with(
            self,
            &text::RPAD,
            [characters.into_node(), fill.into_node()],
        )
    }

    /// So many times, one behind the other: "" for zero and less. More than a thousand million bytes are an error.
    ///
    /// SQL: `repeat("title", ?)` on PostgreSQL, `orm_repeat(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let stars = Book::title.left(1).repeat(Book::sales_count);
    /// let rows: Vec<String> = Book::objects().order_by(Book::title).values_list(stars).all(&db)?;
    /// assert_eq!(rows, ["", "DDD", "", ""]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn repeat<A>(&self, times: A) -> With<Self, A::Null, A::Kind, String>
    where
        A: Operand<Self::Scope, i32, Base: WidensTo<i32>>,
        Scope: About<A::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        call_with(self, &text::REPEAT, [times.into_node()])
    }

    /// The characters from the last to the first.
    ///
    /// SQL: `reverse("title")` on PostgreSQL, `orm_reverse("title")` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert!(Book::objects().filter(Book::title.reverse().eq("tsuR")).exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn reverse(&self) -> Of<Self, String>
    where
        BaseOf<Self>: Text,
    {
        call(self, &text::REVERSE)
    }

    /// Where a text occurs first, counted from 1; 0 where it does not.
    ///
    /// SQL: `strpos("title", ?)` on PostgreSQL, `instr("title", ?)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let places: Vec<i32> = Book::objects().order_by(Book::title).values_list(Book::title.str_index("u")).all(&db)?;
    /// assert_eq!(places, [0, 2, 2, 0]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn str_index<A>(&self, text: A) -> With<Self, A::Null, A::Kind, i32>
    where
        A: Operand<Self::Scope, String, Base: Text>,
        Scope: About<A::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        call_with(self, &text::STR_INDEX, [text.into_node()])
    }

    /// The code point of the first character; 0 of the empty text.
    ///
    /// SQL: `ascii("title")` on PostgreSQL, `orm_ord("title")` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::title.ord().eq(68)).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn ord(&self) -> Of<Self, i32>
    where
        BaseOf<Self>: Text,
    {
        call(self, &text::ORD)
    }

    /// The character of a code point; NULL, and so an `Option`, where there is none or a text cannot hold it: 0, the surrogates and what
    /// is beyond 1114111.
    ///
    /// SQL: `chr(..)` within a `CASE` on PostgreSQL, `orm_chr(..)` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let letters: Vec<Option<String>> =
    ///     Book::objects().order_by(Book::title).values_list((Book::sales_count + 62).chr()).all(&db)?;
    /// assert_eq!(letters[1].as_deref(), Some("A"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn chr(&self) -> Expr<Self::Scope, Option<String>, Self::Kind>
    where
        BaseOf<Self>: Integer,
    {
        Expr::new(Node::call(&text::CHR, vec![self.node()]))
    }

    /// The empty text. NULL is not.
    ///
    /// SQL: `"title" = ''`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(!Book::title.is_empty()).count(&db)?, 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn is_empty(&self) -> ConditionOf<Self>
    where
        BaseOf<Self>: Text,
    {
        Condition::equal(self.node(), Node::Bind(Value::Text("".into())))
    }

    /// In the order, and with the equality, of a collation of the database. `"C"`, the order of code points, is one on both; every other
    /// name is that of the database: `NOCASE` on SQLite, `de-x-icu` on PostgreSQL.
    ///
    /// SQL: `"title" COLLATE "C"` on PostgreSQL, `"title" COLLATE "BINARY"` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let titles: Vec<String> = Book::objects().order_by(Book::title.collate("C")).values_list(Book::title).all(&db)?;
    /// assert_eq!(titles, ["Draft", "Dunes", "Rust", "SQL"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn collate(&self, collation: &'static str) -> Of<Self, String>
    where
        BaseOf<Self>: Text,
    {
        Expr::new(Node::Collate(Box::new((self.node(), collation))))
    }
}

impl<E: Expression + ?Sized> TextFunctions for E {}

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
    message = "`concat` takes a tuple of texts about one model",
    label = "expected a tuple such as `(Author::name, \" \", Author::email)`",
    note = "what is not text is cast: `Book::stock_level.cast::<String>()`, a number is written as a text: `\"5\"`"
)]
pub trait ConcatArgs<S>: Concatenated<S> {
    /// The arguments.
    fn into_nodes(self) -> Vec<Node>;
}

/// The kind of a tuple, whether or not its members are texts: so that a member that is none is one mistake, and one error.
pub trait Concatenated<S> {
    /// Whether it has one value a row.
    type Kind: Kind;
}

macro_rules! tuples {
    ($single:ident 0; $($first:ident $zero:tt $($name:ident $index:tt)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<S, $first: Operand<S, String>, $($name: Operand<S, String>),+> Concatenated<S> for ($first, $($name,)+) {
            type Kind = tuples!(@kind $first::Kind, $($name)+);
        }

        #[diagnostic::do_not_recommend]
        impl<S, $first, $($name),+> ConcatArgs<S> for ($first, $($name,)+)
        where
            $first: Operand<S, String, Base: Text>,
            Scope: About<$first::Scope, S>,
            $($name: Operand<S, String, Base: Text>, Scope: About<$name::Scope, S>,)+
        {
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
crate::tuples::for_each!(tuples);
