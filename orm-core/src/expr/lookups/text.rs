//! Lookups of texts.

use crate::ast::builtin::lookups;
use crate::ast::{Expr as Node, Lookup};
use crate::expr::{BaseOf, Condition, Expression, Operand};
use crate::path::{About, Scope};
use crate::types::Text;

/// The lookups of texts. `%`, `_` and `\` stand for themselves.
///
/// Those without `i` distinguish case, those with `i` ignore it by Unicode, on both databases.
pub trait TextLookups: Expression {
    /// Equal, whatever the case.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert!(Author::objects().filter(Author::name.iexact("BOB")).exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn iexact<R>(&self, text: R) -> Condition<Self::Scope>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::IEXACT, text)
    }

    /// Holds the text anywhere.
    ///
    /// SQL: PostgreSQL `LIKE '%..%'`, SQLite `instr(..) > 0`.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::title.contains("100%")).count(&db)?, 0);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn contains<R>(&self, text: R) -> Condition<Self::Scope>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::CONTAINS, text)
    }

    /// Holds the text anywhere, whatever the case.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert!(Book::objects().filter(Book::title.icontains("sql")).exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn icontains<R>(&self, text: R) -> Condition<Self::Scope>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::ICONTAINS, text)
    }

    /// Begins with the text. An index can serve it on both databases.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert!(Book::objects().filter(Book::title.startswith("SQL")).exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn startswith<R>(&self, text: R) -> Condition<Self::Scope>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::STARTSWITH, text)
    }

    /// Begins with the text, whatever the case.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert!(Book::objects().filter(Book::title.istartswith("sql")).exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn istartswith<R>(&self, text: R) -> Condition<Self::Scope>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::ISTARTSWITH, text)
    }

    /// Ends with the text.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert!(Book::objects().filter(Book::title.endswith("QL")).exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn endswith<R>(&self, text: R) -> Condition<Self::Scope>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::ENDSWITH, text)
    }

    /// Ends with the text, whatever the case.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert!(Book::objects().filter(Book::title.iendswith("ql")).exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn iendswith<R>(&self, text: R) -> Condition<Self::Scope>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::IENDSWITH, text)
    }

    /// Matches the regular expression anywhere. The syntax is that of the `regex` crate on both
    /// databases; it is translated for PostgreSQL, and what has no counterpart there is refused.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert!(Book::objects().filter(Book::title.regex("^S.L$")).exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn regex<R>(&self, pattern: R) -> Condition<Self::Scope>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::REGEX, pattern)
    }

    /// Matches the regular expression anywhere, whatever the case.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert!(Book::objects().filter(Book::title.iregex("^s.l$")).exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn iregex<R>(&self, pattern: R) -> Condition<Self::Scope>
    where
        R: Operand<Self::Scope, String, Base: Text>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Text,
    {
        lookup(self, &lookups::IREGEX, pattern)
    }
}

impl<E: Expression + ?Sized> TextLookups for E {}

fn lookup<E, R>(subject: &E, lookup: &'static Lookup, operand: R) -> Condition<E::Scope>
where
    E: Expression + ?Sized,
    R: Operand<E::Scope, String>,
{
    Condition::new(Node::lookup(lookup, subject.node(), operand.into_node()))
}
