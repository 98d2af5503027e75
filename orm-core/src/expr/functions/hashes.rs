//! Hashes of texts, in hexadecimal digits.

use super::{Of, call};
use crate::ast::builtin::text;
use crate::expr::{BaseOf, Expression};
use crate::types::Text;

/// Hashes of texts, of their bytes in UTF-8: to compare with what another program computed, or to shorten what is compared.
/// None of them is fit for passwords.
pub trait HashFunctions: Expression {
    /// MD5 in hexadecimal digits.
    ///
    /// SQL: `md5("title")` on PostgreSQL, `orm_md5("title")` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let hash: Vec<String> = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::title.md5()).all(&db)?;
    /// assert!(hash[0].starts_with("9778840a0100cb30"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn md5(&self) -> Of<Self, String>
    where
        BaseOf<Self>: Text,
    {
        call(self, &text::MD5)
    }

    /// SHA-1 in hexadecimal digits.
    ///
    /// SQL: on PostgreSQL, which has it as an extension alone, a query that computes it and is slower by far: some 0.2 ms for each 64
    /// bytes; `orm_sha1("title")` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let hash: Vec<String> = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::title.sha1()).all(&db)?;
    /// assert!(hash[0].starts_with("2064cb643caa8d9e"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn sha1(&self) -> Of<Self, String>
    where
        BaseOf<Self>: Text,
    {
        call(self, &text::SHA1)
    }

    /// SHA-224 in hexadecimal digits.
    ///
    /// SQL: `encode(sha224(convert_to("title", 'UTF8')), 'hex')` on PostgreSQL, `orm_sha224("title")` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let hash: Vec<String> = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::title.sha224()).all(&db)?;
    /// assert!(hash[0].starts_with("907a4949f5328071"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn sha224(&self) -> Of<Self, String>
    where
        BaseOf<Self>: Text,
    {
        call(self, &text::SHA224)
    }

    /// SHA-256 in hexadecimal digits.
    ///
    /// SQL: `encode(sha256(convert_to("title", 'UTF8')), 'hex')` on PostgreSQL, `orm_sha256("title")` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let hash: Vec<String> = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::title.sha256()).all(&db)?;
    /// assert!(hash[0].starts_with("a7056a455639d1c7"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn sha256(&self) -> Of<Self, String>
    where
        BaseOf<Self>: Text,
    {
        call(self, &text::SHA256)
    }

    /// SHA-384 in hexadecimal digits.
    ///
    /// SQL: `encode(sha384(convert_to("title", 'UTF8')), 'hex')` on PostgreSQL, `orm_sha384("title")` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let hash: Vec<String> = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::title.sha384()).all(&db)?;
    /// assert!(hash[0].starts_with("521e2117c8323e89"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn sha384(&self) -> Of<Self, String>
    where
        BaseOf<Self>: Text,
    {
        call(self, &text::SHA384)
    }

    /// SHA-512 in hexadecimal digits.
    ///
    /// SQL: `encode(sha512(convert_to("title", 'UTF8')), 'hex')` on PostgreSQL, `orm_sha512("title")` on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let hash: Vec<String> = Book::objects().filter(Book::title.eq("SQL")).values_list(Book::title.sha512()).all(&db)?;
    /// assert!(hash[0].starts_with("73461cc279e0e1b0"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn sha512(&self) -> Of<Self, String>
    where
        BaseOf<Self>: Text,
    {
        call(self, &text::SHA512)
    }
}

impl<E: Expression + ?Sized> HashFunctions for E {}
