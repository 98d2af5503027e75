//! Lookups of texts.

use crate::ast::builtin::lookups;
use crate::ast::{Expr as Node, Lookup};
use crate::expr::{BaseOf, Condition, ConditionWith, Expression, Operand};
use crate::path::{About, Scope};
use crate::types::{Containing, PartOf, SqlType, Text};
use crate::value::ColumnType;

/// What an expression may contain.
type PartIn<E> = <BaseOf<E> as Containing>::Part;

/// The lookups of texts. `%`, `_` and `\` stand for themselves.
///
/// Those without `i` distinguish case, those with `i` ignore it by Unicode, on both databases: not so in Django, where
/// SQLite ignores the case of ASCII letters either way. Texts with the same [`upper`](crate::expr::functions::TextFunctions::upper)
/// are the same to them, as with Django on PostgreSQL. The argument is a value or an expression; the SQL told below is
/// that of a value. `orm_upper` and `orm_regexp` are functions that every SQLite connection gets. On PostgreSQL `upper`
/// is taken under a collation that knows all letters; see [`unicode_collation`](crate::dialect::SqlDialect::unicode_collation).
pub trait TextLookups: Expression {
    /// Equal, whatever the case.
    ///
    /// SQL: PostgreSQL `upper("name" COLLATE ..) = $1`, SQLite `orm_upper("name") = ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert!(Author::objects().filter(Author::name.iexact("BOB")).exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn iexact<R>(&self, text: R) -> ConditionWith<Self, R::Kind>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::IEXACT, text)
    }

    /// Of a text: holds another anywhere. Of a JSON document: contains another, as told at
    /// [`contained_by`](crate::expr::functions::JsonFunctions::contained_by).
    ///
    /// SQL: of a text PostgreSQL `"title" LIKE $1`, SQLite `instr("title", ?) > 0`; of a document PostgreSQL `"body" @> $1`, SQLite
    /// `orm_json_contains("body", ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::title.contains("u")).count(&db)?, 2);
    /// // `%` is a character like any other.
    /// assert_eq!(Book::objects().filter(Book::title.contains("%")).count(&db)?, 0);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn contains<R>(&self, part: R) -> ConditionWith<Self, R::Kind>
    where
        BaseOf<Self>: Containing,
        R: Operand<Self::Scope, PartIn<Self>, Base: PartOf<BaseOf<Self>>>,
        Scope: About<R::Scope, Self::Scope>,
    {
        let row = match Self::Type::COLUMN {
            ColumnType::Json => &lookups::JSON_CONTAINS,
            _ => &lookups::CONTAINS,
        };
        Condition::new(Node::lookup(row, self.node(), part.into_node()))
    }

    /// Holds the text anywhere, whatever the case.
    ///
    /// SQL: PostgreSQL `upper("title" COLLATE ..) LIKE $1`, SQLite `instr(orm_upper("title"), ?) > 0`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert!(Book::objects().filter(Book::title.icontains("sql")).exists(&db)?);
    /// // Another column may be looked for.
    /// let signed = Book::objects().filter(Book::title.icontains(Book::author.name));
    /// assert_eq!(signed.count(&db)?, 0);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn icontains<R>(&self, text: R) -> ConditionWith<Self, R::Kind>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::ICONTAINS, text)
    }

    /// Begins with the text. An index on the column serves it on SQLite, and on PostgreSQL where the column has the collation
    /// `C` or the index is one of `text_pattern_ops`.
    ///
    /// SQL: PostgreSQL `"title" LIKE $1`, SQLite `"title" >= ? AND "title" < ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::title.startswith("D")).count(&db)?, 2);
    /// assert_eq!(Book::objects().filter(Book::title.startswith("d")).count(&db)?, 0);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn startswith<R>(&self, text: R) -> ConditionWith<Self, R::Kind>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::STARTSWITH, text)
    }

    /// Begins with the text, whatever the case.
    ///
    /// SQL: PostgreSQL `upper("title" COLLATE ..) LIKE $1`, SQLite `instr(orm_upper("title"), ?) = 1`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::title.istartswith("d")).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn istartswith<R>(&self, text: R) -> ConditionWith<Self, R::Kind>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::ISTARTSWITH, text)
    }

    /// Ends with the text.
    ///
    /// SQL: PostgreSQL `"title" LIKE $1`, SQLite `orm_ends_with("title", ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::title.endswith("QL")).one(&db)?.title, "SQL");
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn endswith<R>(&self, text: R) -> ConditionWith<Self, R::Kind>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::ENDSWITH, text)
    }

    /// Ends with the text, whatever the case.
    ///
    /// SQL: PostgreSQL `upper("title" COLLATE ..) LIKE $1`, SQLite `orm_ends_with(orm_upper("title"), ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::title.iendswith("ql")).one(&db)?.title, "SQL");
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn iendswith<R>(&self, text: R) -> ConditionWith<Self, R::Kind>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::IENDSWITH, text)
    }

    /// Matches the regular expression anywhere. The syntax is that of the `regex` crate on both databases; it is translated
    /// for PostgreSQL.
    ///
    /// SQL: PostgreSQL `"title" ~ $1`, SQLite `orm_regexp(?, "title", 0)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::title.regex("^S.L$")).one(&db)?.title, "SQL");
    /// let broken = Book::objects().filter(Book::title.regex("(")).all(&db);
    /// assert!(matches!(broken, Err(Error::InvalidQuery { .. })));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidQuery`](crate::error::Error::InvalidQuery) when run, for a pattern that is not well-formed. On PostgreSQL
    /// [`Error::Unsupported`](crate::error::Error::Unsupported) before any SQL for what has no counterpart there, and for a pattern that is
    /// not a value but an expression.
    fn regex<R>(&self, pattern: R) -> ConditionWith<Self, R::Kind>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::REGEX, pattern)
    }

    /// Matches the regular expression anywhere, whatever the case.
    ///
    /// SQL: PostgreSQL `"title" ~ $1` with the case spelled out, SQLite `orm_regexp(?, "title", 1)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::title.iregex("^s.l$")).one(&db)?.title, "SQL");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`regex`](Self::regex).
    fn iregex<R>(&self, pattern: R) -> ConditionWith<Self, R::Kind>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::IREGEX, pattern)
    }
}

impl<E: Expression + ?Sized> TextLookups for E {}

fn lookup<E, R>(subject: &E, lookup: &'static Lookup, operand: R) -> ConditionWith<E, R::Kind>
where
    E: Expression + ?Sized,
    R: Operand<E::Scope, String>,
{
    Condition::new(Node::lookup(lookup, subject.node(), operand.into_node()))
}
