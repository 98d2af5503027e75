//! `ForeignKey<T>` and `OneToOne<T>`: the key, and the row once it is loaded.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::model::{Model, SingleKey};
use crate::path::{Loaded, RelationField};
use crate::query::{Handle, row_of};
use crate::relation::key::Key;
use crate::schema::RelationSchema;
use crate::value::Value;

macro_rules! key_field {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// The loaded row is kept without its type, so that models may refer to each other in chains and
        /// cycles without the compiler walking them. Equality, hashing and `Debug` are those of the key.
        pub struct $name<T> {
            key: Key,
            /// Which field it is; none for one that was made by hand.
            relation: Option<&'static RelationSchema>,
            loaded: Loaded,
            model: PhantomData<fn() -> T>,
        }

        impl<T: Model> $name<T> {
            /// A key to the row with this primary key; whether there is one, the database checks when it is saved.
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let mut book = Book::objects().get(&db, Book::title.eq("SQL"))?;
            /// book.author = ForeignKey::new(2);
            /// book.save(&db)?;
            /// book.author = ForeignKey::new(99);
            /// assert!(matches!(book.save(&db), Err(Error::ForeignKeyViolation { .. })));
            /// # Ok::<(), orm::Error>(())
            /// ```
            pub fn new(key: T::Key) -> Self
            where
                T::Key: SingleKey,
            {
                Self { key: Key::new(key), relation: None, loaded: Loaded::new(), model: PhantomData }
            }

            /// The key, without a query.
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let book = Book::objects().get(&db, Book::title.eq("SQL"))?;
            /// assert_eq!(book.author.id(), 1);
            /// # Ok::<(), orm::Error>(())
            /// ```
            pub fn id(&self) -> T::Key {
                self.key.get::<T::Key>().cloned().expect("made of a key of this type by `new`")
            }

            /// The row, if it was loaded; never runs a query.
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let book = Book::objects().get(&db, Book::title.eq("SQL"))?;
            /// assert!(matches!(book.author.get(), Err(Error::NotLoaded { relation: "author" })));
            /// book.author.fetch(&db)?;
            /// assert_eq!(book.author.get()?.name, "Bob");
            /// # Ok::<(), orm::Error>(())
            /// ```
            ///
            /// # Errors
            /// [`Error::NotLoaded`] if it was not.
            pub fn get(&self) -> Result<&T> {
                let name = || self.relation.map_or(T::SCHEMA.name, |relation| relation.name);
                self.loaded.get().flatten().ok_or_else(|| Error::NotLoaded { relation: name() })
            }

            /// The row, loaded by one query if it was not loaded before, and then kept. In a loop that is a query for each instance;
            /// `values_list` reads columns of both in one.
            ///
            /// SQL: `SELECT .. WHERE "id" = ?`, the first time
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let book = Book::objects().get(&db, Book::title.eq("SQL"))?;
            /// assert_queries!(db, 1, {
            ///     assert_eq!(book.author.fetch(&db)?.name, "Bob");
            ///     assert_eq!(book.author.fetch(&db)?.name, "Bob");
            /// });
            /// # Ok::<(), orm::Error>(())
            /// ```
            ///
            /// # Errors
            /// [`Error::DoesNotExist`] if there is no such row, and the database's.
            #[track_caller]
            pub fn fetch<D: Handle + ?Sized>(&self, db: &D) -> Result<&T> {
                if self.get().is_err() {
                    let row: T = row_of(&self.key.to_value(), self.relation, db.executor(), Location::caller())?;
                    self.loaded.keep(Some(Arc::new(row)));
                }
                self.get()
            }

            /// Points at another row, and keeps a copy of it as the loaded one. The database learns of it when the instance is saved.
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let eve = Author::objects().get(&db, Author::name.eq("Eve"))?;
            /// let mut book = Book::objects().get(&db, Book::title.eq("SQL"))?;
            /// book.author.set(&eve);
            /// book.save(&db)?;
            /// assert_eq!(book.author.get()?.name, "Eve");
            /// # Ok::<(), orm::Error>(())
            /// ```
            pub fn set(&mut self, row: &T)
            where
                T: Clone + Model<Key: SingleKey>,
            {
                *self = Self { relation: self.relation, ..Self::from(row) };
            }
        }

        impl<T: Model<Key: SingleKey> + Clone> From<&T> for $name<T> {
            fn from(row: &T) -> Self {
                let key = Self::new(row.key());
                key.loaded.keep(Some(Arc::new(row.clone())));
                key
            }
        }

        impl<T> RelationField for $name<T> {
            fn loaded_mut(&mut self) -> Option<&mut Loaded> {
                Some(&mut self.loaded)
            }
        }

        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                Self { key: self.key.clone(), relation: self.relation, loaded: self.loaded.clone(), model: PhantomData }
            }
        }

        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.key.fmt(f)
            }
        }

        impl<T> PartialEq for $name<T> {
            fn eq(&self, other: &Self) -> bool {
                self.key == other.key
            }
        }

        impl<T> Eq for $name<T> {}

        impl<T> Hash for $name<T> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.key.hash(state);
            }
        }

        impl<T> KeyField for $name<T> {
            type Model = T;

            #[inline]
            fn of<K: SingleKey>(relation: &'static RelationSchema, key: K) -> Self {
                Self { key: Key::new(key), relation: Some(relation), loaded: Loaded::new(), model: PhantomData }
            }

            fn key_value(&self) -> Value {
                self.key.to_value()
            }
        }
    };
}

key_field! {
    /// A key to one row of `T`, which many rows may share: Django's `ForeignKey`.
    ///
    /// The column is called as the field with `_id` behind it, refers to the other table's primary key, and has an index.
    /// `on_delete` says what becomes of the row when the other goes. `Option<ForeignKey<T>>` may be NULL.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let eve = Author::objects().get(&db, Author::name.eq("Eve"))?;
    /// let mut book = Book::objects().get(&db, Book::title.eq("SQL"))?;
    /// book.author = (&eve).into();
    /// book.editor = Some((&eve).into());
    /// book.save(&db)?;
    /// assert_eq!(book.author.id(), eve.id);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ForeignKey
}
key_field! {
    /// A key to one row of `T`, which no other row shares: Django's `OneToOneField`. It is a [`ForeignKey`] with a unique
    /// constraint, and its other side is a `HasOne`.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Model)]
    /// struct User {
    ///     id: i64,
    ///     name: String,
    ///     #[reverse(Profile::user)]
    ///     profile: HasOne<Profile>,
    /// }
    ///
    /// #[derive(Model)]
    /// struct Profile {
    ///     id: i64,
    ///     #[field(on_delete = cascade)]
    ///     user: OneToOne<User>,
    ///     motto: String,
    /// }
    ///
    /// # let db = Database::connect("sqlite::memory:")?;
    /// # db.create_tables()?;
    /// let ann = User::draft().name("Ann").save(&db)?;
    /// let profile = Profile::draft().user(&ann).motto("Onwards").save(&db)?;
    /// assert_eq!(profile.user.id(), ann.id);
    /// let second = Profile::draft().user(&ann).motto("Backwards").save(&db);
    /// assert!(matches!(second, Err(Error::UniqueViolation { .. })));
    /// // From the other side.
    /// assert_eq!(User::objects().filter(User::profile.motto.eq("Onwards")).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    OneToOne
}

/// A field that is a key: `ForeignKey<T>`, `OneToOne<T>` and `Option` of them.
pub trait KeyField: Sized {
    /// The model it leads to.
    type Model;

    /// The field of a row that was read, with a key whose type is that of the model's primary key: by the type alone, so that
    /// the compiler need not look at the model.
    fn of<K: SingleKey>(relation: &'static RelationSchema, key: K) -> Self;

    /// The key, to bind.
    fn key_value(&self) -> Value;
}
