//! `Option<ForeignKey<T>>`: `id`, `get` and `fetch` with an `Option` inside.

use crate::error::Result;
use crate::model::Model;
use crate::query::Handle;
use crate::relation::{ForeignKey, OneToOne};

/// The methods of a key that may be NULL: those of [`ForeignKey`], with an `Option` inside. The prelude has the trait.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let book = Book::objects().get(&db, Book::title.eq("Rust"))?;
/// assert_eq!(book.editor.fetch(&db)?.map(|editor| &*editor.name), Some("Eve"));
/// # Ok::<(), orm::Error>(())
/// ```
pub trait OptionalKey {
    /// The model it leads to.
    type Model: Model;

    /// The key, without a query.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let book = Book::objects().get(&db, Book::title.eq("SQL"))?;
    /// assert_eq!(book.editor.id(), None);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn id(&self) -> Option<<Self::Model as Model>::Key>;

    /// The row, if it was loaded; `None` where the key is NULL. Never runs a query.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let without = Book::objects().get(&db, Book::title.eq("SQL"))?;
    /// assert!(without.editor.get()?.is_none());
    /// let with = Book::objects().get(&db, Book::title.eq("Rust"))?;
    /// assert!(matches!(with.editor.get(), Err(Error::NotLoaded { .. })));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotLoaded`](crate::error::Error::NotLoaded) if there is a key, and its row was not loaded.
    fn get(&self) -> Result<Option<&Self::Model>>;

    /// The row, loaded by one query if it was not loaded before; `None`, without a query, where the key is NULL.
    ///
    /// SQL: `SELECT .. WHERE "id" = ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let book = Book::objects().get(&db, Book::title.eq("SQL"))?;
    /// assert_queries!(db, 0, { assert!(book.editor.fetch(&db)?.is_none()) });
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's, and [`Error::DoesNotExist`](crate::error::Error::DoesNotExist) if there is no such row.
    fn fetch<D: Handle + ?Sized>(&self, db: &D) -> Result<Option<&Self::Model>>;
}

macro_rules! optional {
    ($($name:ident)+) => { $(
        impl<T: Model> OptionalKey for Option<$name<T>> {
            type Model = T;

            fn id(&self) -> Option<T::Key> {
                self.as_ref().map($name::id)
            }

            fn get(&self) -> Result<Option<&T>> {
                self.as_ref().map($name::get).transpose()
            }

            #[track_caller]
            fn fetch<D: Handle + ?Sized>(&self, db: &D) -> Result<Option<&T>> {
                match self {
                    Some(key) => key.fetch(db).map(Some),
                    None => Ok(None),
                }
            }
        }
    )+ };
}
optional!(ForeignKey OneToOne);
