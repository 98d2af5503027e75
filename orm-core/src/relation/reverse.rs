//! `HasMany<T>` and `HasOne<T>`: the other side of a key, seen from the row that is pointed at.

use std::fmt;
use std::marker::PhantomData;

macro_rules! other_side {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// It has no column: its rows are those whose key is this row's. All are equal, so that comparing
        /// two instances compares their columns.
        pub struct $name<T> {
            model: PhantomData<fn() -> T>,
        }

        impl<T> $name<T> {
            /// The other side of a row that was just read.
            pub const fn unloaded() -> Self {
                Self { model: PhantomData }
            }
        }

        impl<T> Default for $name<T> {
            fn default() -> Self {
                Self::unloaded()
            }
        }

        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                Self::unloaded()
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
    /// In queries it is a path to many rows, `Author::books`.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let authors = Author::objects().filter(Author::books.any(Book::price.lt(5)));
    /// assert_eq!(authors.one(&db)?.name, "Eve");
    /// // The rows of one instance.
    /// let eve = Author::objects().get(&db, Author::name.eq("Eve"))?;
    /// assert_eq!(Book::objects().filter(Book::author.eq(&eve)).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    HasMany
}
other_side! {
    /// The one row of `T` whose key is this row, if there is one: the other side of a `OneToOne`. In queries it is a
    /// path to one row that may be absent; see [`OneToOne`](crate::relation::OneToOne) for an example.
    HasOne
}
