//! `HasMany<T>` and `HasOne<T>`: the other side of a key, seen from the row that is pointed at.

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use crate::ast::{Column, CompareOp, Expr as Node};
use crate::error::{Error, Result};
use crate::expr::{IntoCondition, IntoOrder};
use crate::model::Model;
use crate::path::{About, Loaded, RelationField, Scope};
use crate::query::{Handle, OrderAllowed, QuerySet, Whole};
use crate::schema::RelationSchema;
use crate::types::Bool;
use crate::value::Value;

/// The row whose other side it is.
#[derive(Clone)]
struct Owner {
    relation: &'static RelationSchema,
    key: Value,
}

macro_rules! other_side {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// It has no column: its rows are those whose key is this row's. All are equal, so that comparing
        /// two instances compares their columns.
        pub struct $name<T> {
            /// None for an instance that was made by hand.
            owner: Option<Owner>,
            loaded: Loaded,
            model: PhantomData<fn() -> T>,
        }

        impl<T> $name<T> {
            /// The other side of a row that was just read, by its key.
            #[doc(hidden)]
            pub const fn of(relation: &'static RelationSchema, key: Value) -> Self {
                let owner = Some(Owner { relation, key });
                Self { owner, loaded: Loaded::new(), model: PhantomData }
            }

            /// The other side of no row: of an instance that was made by hand.
            const fn unlinked() -> Self {
                Self { owner: None, loaded: Loaded::new(), model: PhantomData }
            }

            fn not_loaded(&self) -> Error {
                Error::NotLoaded { relation: self.owner.as_ref().map_or("relation", |owner| owner.relation.name) }
            }
        }

        impl<T: Model> $name<T> {
            /// The query of these rows, for whatever a query set can do. It always asks the database, also where the relation
            /// was loaded before. An instance that was made by hand has no rows.
            ///
            /// SQL: `SELECT .. WHERE "author_id" = ?`
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
            /// let dearest = bob.books.objects().latest(&db, Book::price)?;
            /// assert_eq!(dearest.unwrap().title, "Rust");
            /// # Ok::<(), orm::Error>(())
            /// ```
            pub fn objects(&self) -> QuerySet<T> {
                self.among(QuerySet::objects())
            }

            /// Those of some rows that are this side's.
            fn among(&self, mut rows: QuerySet<T>) -> QuerySet<T> {
                let Some(Owner { relation, key }) = &self.owner else {
                    return rows.none();
                };
                let field = relation.remote();
                let column = Node::Column(Column { path: None, field });
                rows.push_filter(Node::compare(CompareOp::Eq, column, Node::Bind(key.clone())));
                rows
            }
        }

        impl<T> RelationField for $name<T> {
            fn loaded_mut(&mut self) -> Option<&mut Loaded> {
                Some(&mut self.loaded)
            }
        }

        impl<T> Default for $name<T> {
            fn default() -> Self {
                Self::unlinked()
            }
        }

        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                Self { owner: self.owner.clone(), loaded: self.loaded.clone(), model: PhantomData }
            }
        }

        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let path = std::any::type_name::<T>();
                let name = path.rsplit("::").next().unwrap_or(path);
                write!(f, "{}<{name}>", stringify!($name))
            }
        }

        impl<T> PartialEq for $name<T> {
            fn eq(&self, _: &Self) -> bool {
                true
            }
        }

        impl<T> Eq for $name<T> {}

        impl<T> std::hash::Hash for $name<T> {
            fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
        }
    };
}
other_side! {
    /// The rows of `T` whose key is this row: the other side of a `ForeignKey`, named by `#[reverse(Book::author)]`.
    /// In queries it is a path to many rows, `Author::books`; on an instance it is Django's related manager.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let authors = Author::objects().filter(Author::books.any(Book::price.lt(5)));
    /// let eve = authors.one(&db)?;
    /// // The rows of one instance.
    /// assert_eq!(eve.books.count(&db)?, 2);
    /// assert_eq!(eve.books.filter(Book::is_published).all(&db)?.len(), 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    HasMany
}
other_side! {
    /// The one row of `T` whose key is this row, if there is one: the other side of a `OneToOne`. In queries it is a
    /// path to one row that may be absent; see [`OneToOne`](crate::relation::OneToOne) for an example.
    HasOne
}

impl<T: Model> HasMany<T> {
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
    /// [`Error::NotLoaded`] if they were not.
    pub fn loaded(&self) -> Result<&[T]> {
        let rows = self.loaded.get::<Vec<T>>().flatten();
        rows.map(Vec::as_slice).ok_or_else(|| self.not_loaded())
    }

    /// The rows: copies of those that were loaded, or by a query, in the model's order.
    ///
    /// SQL: none, or `SELECT .. WHERE "author_id" = ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
    /// assert_eq!(bob.books.all(&db)?.len(), 2);
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
    /// SQL: none, or `SELECT count(*) .. WHERE "author_id" = ?`
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
    /// SQL: none, or `SELECT 1 .. WHERE "author_id" = ? LIMIT 1`
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

    /// Those of the rows that meet a condition: a query, also where the relation was loaded.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let eve = Author::objects().prefetch_related(Author::books).get(&db, Author::name.eq("Eve"))?;
    /// assert_queries!(db, 1, { assert_eq!(eve.books.filter(Book::is_published).count(&db)?, 1) });
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn filter<C>(&self, condition: C) -> QuerySet<T>
    where
        C: IntoCondition<T, Type: Bool>,
        Scope: About<C::Scope, T>,
    {
        self.objects().filter(condition)
    }

    /// Those of the rows that do not meet a condition: a query, also where the relation was loaded.
    pub fn exclude<C>(&self, condition: C) -> QuerySet<T>
    where
        C: IntoCondition<T, Type: Bool>,
        Scope: About<C::Scope, T>,
    {
        self.objects().exclude(condition)
    }

    /// The rows in an order: a query, also where the relation was loaded.
    pub fn order_by<O: IntoOrder<T>>(&self, order: O) -> QuerySet<T>
    where
        Scope: About<O::Scope, T>,
        Whole<T>: OrderAllowed<O::Kind>,
    {
        self.objects().order_by(order)
    }

    /// The one of the rows that meets a condition.
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] if none does, [`Error::MultipleObjects`] if several do, and the database's.
    #[track_caller]
    pub fn get<D, C>(&self, db: &D, condition: C) -> Result<T>
    where
        D: Handle + ?Sized,
        C: IntoCondition<T, Type: Bool>,
        Scope: About<C::Scope, T>,
    {
        self.objects().get(db, condition)
    }

    /// The first of the rows by the model's order, else by primary key.
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn first<D: Handle + ?Sized>(&self, db: &D) -> Result<Option<T>> {
        self.objects().first(db)
    }
}

impl<T: Model> HasOne<T> {
    /// The row, if it was loaded; `None` where there is none. Never runs a query.
    ///
    /// # Errors
    /// [`Error::NotLoaded`] if it was not loaded.
    pub fn get(&self) -> Result<Option<&T>> {
        self.loaded.get().ok_or_else(|| self.not_loaded())
    }

    /// The row, loaded by one query if it was not loaded before, and then kept; `None` where there is none.
    ///
    /// SQL: `SELECT .. WHERE "user_id" = ?`, the first time
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn fetch<D: Handle + ?Sized>(&self, db: &D) -> Result<Option<&T>> {
        if self.loaded.get::<T>().is_none() {
            let row = self.among(QuerySet::all_rows()).limit(1);
            let row = row.fetch_first(db.executor(), Location::caller())?;
            self.loaded.keep(row.map(|row| Arc::new(row) as _));
        }
        self.get()
    }
}
