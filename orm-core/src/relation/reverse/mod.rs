//! `HasMany<T>` and `HasOne<T>`: the other side of a key, seen from the row that is pointed at.

mod has_one;
mod writes;

pub use writes::HasOptionalKey;

use std::fmt;
use std::marker::PhantomData;

use crate::ast::{Column, CompareOp, Expr as Node};
use crate::draft::{Draft, DraftsThrough, TypedDraft};
use crate::error::Error;
use crate::model::Model;
use crate::path::{Loaded, RelationField};
use crate::query::QuerySet;
use crate::schema::RelationSchema;
use crate::value::Value;

/// The row whose other side it is.
#[derive(Clone)]
struct Owner {
    relation: &'static RelationSchema,
    key: Value,
}

impl Owner {
    /// A draft of a row that points at it.
    fn draft<T: Model>(owner: Option<&Self>) -> Draft<T> {
        match owner {
            Some(Self { relation, key }) => Draft::through(relation.key, Some(key.clone())),
            None => Draft::new(),
        }
    }
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
            pub(in crate::relation) loaded: Loaded,
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

            /// Whether nothing was loaded: for `#[serde(skip_serializing_if = "..")]`.
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
            /// assert!(bob.books.is_unloaded());
            /// # Ok::<(), orm::Error>(())
            /// ```
            pub fn is_unloaded(&self) -> bool {
                !self.loaded.is_loaded()
            }

            /// The table and the key of the row that it is a field of.
            #[cfg(feature = "serde")]
            pub(in crate::relation) fn owner_row(&self) -> Option<(&'static str, Vec<Value>)> {
                let owner = self.owner.as_ref()?;
                Some(((owner.relation.from)().table, vec![owner.key.clone()]))
            }

            /// Which relation it is, and of which row.
            pub(in crate::relation) fn belongs(&self) -> Option<(&'static RelationSchema, &Value)> {
                self.owner.as_ref().map(|owner| (owner.relation, &owner.key))
            }

            pub(in crate::relation) fn not_loaded(&self) -> Error {
                Error::NotLoaded { relation: self.belongs().map_or("relation", |(relation, _)| relation.name) }
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

            /// A new row of the relation, to be filled and saved: its key is set. `get_or_create` and its kin look for the row
            /// among the relation's.
            ///
            /// Which of several keys of `T` it is, the type of this field does not tell. So of several required keys the
            /// compiler takes one for set, whichever it is; that the right one is, `save` checks before it sends any SQL.
            ///
            /// SQL: none, until it is saved
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
            /// let book = bob.books.draft().title("Joins").price(dec!(12.50)).save(&db)?;
            /// assert_eq!(book.author.id(), bob.id);
            /// let (same, created) = bob.books.draft().title("Joins").price(0).get_or_create(&db, Book::title)?;
            /// assert!(same == book && !created);
            /// # Ok::<(), orm::Error>(())
            /// ```
            pub fn draft(&self) -> T::Draft
            where
                T: DraftsThrough,
            {
                TypedDraft::of_draft(Owner::draft(self.owner.as_ref()))
            }

            /// Those of some rows that are this side's.
            fn among(&self, mut rows: QuerySet<T>) -> QuerySet<T> {
                let Some(Owner { relation, key }) = &self.owner else {
                    return rows.none();
                };
                let field = relation.remote();
                let column = Node::Column(Column { path: None, field });
                rows.push_filter(Node::compare(CompareOp::Eq, column, Node::Bind(key.clone())));
                rows.of_relation(relation, key);
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
