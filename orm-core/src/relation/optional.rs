//! `Option<ForeignKey<T>>`: `id`, `get` and `fetch` with an `Option` inside.

use crate::error::Result;
use crate::model::Model;
use crate::query::Handle;
use crate::relation::{ForeignKey, OneToOne};

/// The methods of a key that may be NULL.
pub trait OptionalKey {
    /// The model it leads to.
    type Model: Model;

    /// The key, without a query.
    fn id(&self) -> Option<<Self::Model as Model>::Key>;

    /// The row, if a query has loaded it; `None` where the key is NULL.
    ///
    /// # Errors
    /// [`Error::NotLoaded`](crate::error::Error::NotLoaded) if there is a key, and no query has loaded its row.
    fn get(&self) -> Result<Option<&Self::Model>>;

    /// The row, loaded by one query if none has loaded it yet; `None`, without a query, where the key is NULL.
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
