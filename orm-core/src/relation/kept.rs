//! The rows of one instance, of `HasMany` and `ManyToMany`: those that were loaded, or else by a query.

use std::panic::Location;

use crate::ast::{Column, CompareOp, Expr as Node};
use crate::error::Result;
use crate::model::{KeyType as _, Model};
use crate::query::Handle;
use crate::relation::{HasMany, ManyToMany, OneOf};

macro_rules! kept {
    ($($name:ident)+) => { $(
        /// Reading the rows: those that were loaded, or by a query.
        impl<T: Model> $name<T> {
            /// The rows, if `prefetch_related` or `prefetch` has loaded them; never runs a query.
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let bob = Author::objects().prefetch_related(Author::books).get(&db, Author::name.eq("Bob"))?;
            /// assert_eq!(bob.books.loaded()?.len(), 2);
            /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
            /// assert!(matches!(bob.books.loaded(), Err(Error::NotLoaded { relation: "books" })));
            /// # Ok::<(), orm::Error>(())
            /// ```
            ///
            /// # Errors
            /// [`Error::NotLoaded`](crate::error::Error::NotLoaded) if they were not.
            pub fn loaded(&self) -> Result<&[T]> {
                let rows = self.loaded.get::<Vec<T>>().flatten();
                rows.map(Vec::as_slice).ok_or_else(|| self.not_loaded())
            }

            /// The rows: copies of those that were loaded, or by a query, in the model's order.
            ///
            /// SQL: none, or `SELECT .. WHERE "author_id" = ?`, of a many-to-many `WHERE "id" IN (SELECT "tag_id" ..)`
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let rust = Book::objects().get(&db, Book::title.eq("Rust"))?;
            /// assert_eq!(rust.tags.all(&db)?.len(), 2);
            /// # Ok::<(), orm::Error>(())
            /// ```
            ///
            /// # Errors
            /// The database's.
            #[track_caller]
            pub fn all<D: Handle + ?Sized>(&self, db: &D) -> Result<Vec<T>>
            where
                T: Clone,
            {
                match self.loaded() {
                    Ok(rows) => Ok(rows.to_vec()),
                    Err(_) => self.objects().fetch(db.executor(), Location::caller()),
                }
            }

            /// The number of rows: of those that were loaded, or by a query.
            ///
            /// SQL: none, or `SELECT count(*) ..`
            ///
            /// # Errors
            /// The database's.
            #[track_caller]
            pub fn count<D: Handle + ?Sized>(&self, db: &D) -> Result<u64> {
                match self.loaded() {
                    Ok(rows) => Ok(rows.len() as u64),
                    Err(_) => self.objects().count(db),
                }
            }

            /// Whether there is a row, among those that were loaded or by a query.
            ///
            /// SQL: none, or `SELECT 1 .. LIMIT 1`
            ///
            /// # Errors
            /// The database's.
            #[track_caller]
            pub fn exists<D: Handle + ?Sized>(&self, db: &D) -> Result<bool> {
                match self.loaded() {
                    Ok(rows) => Ok(!rows.is_empty()),
                    Err(_) => self.objects().exists(db),
                }
            }

            /// Whether a row, an instance or a key, is one of these: of those that were loaded, or by a query.
            ///
            /// SQL: none, or `SELECT 1 .. WHERE .. AND "id" = ? LIMIT 1`
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
            /// let rust = Book::objects().get(&db, Book::title.eq("Rust"))?;
            /// assert!(bob.books.contains(&db, &rust)? && !bob.books.contains(&db, 99)?);
            /// # Ok::<(), orm::Error>(())
            /// ```
            ///
            /// # Errors
            /// The database's.
            #[track_caller]
            pub fn contains<D, K>(&self, db: &D, row: K) -> Result<bool>
            where
                D: Handle + ?Sized,
                K: OneOf<T, T::Key>,
            {
                let mut key = Vec::new();
                row.push_key(&mut key);
                if let Ok(rows) = self.loaded() {
                    return Ok(rows.iter().any(|row| row.key().into_values().as_ref() == key));
                }
                let mut rows = self.objects();
                for (field, part) in T::SCHEMA.keys().zip(key) {
                    let column = Node::Column(Column { path: None, field });
                    rows.push_filter(Node::compare(CompareOp::Eq, column, Node::Bind(part)));
                }
                if let Some((relation, owner)) = self.belongs() {
                    rows.of_relation(relation, owner);
                }
                rows.exists(db)
            }
        }
    )+ };
}
kept!(HasMany ManyToMany);
