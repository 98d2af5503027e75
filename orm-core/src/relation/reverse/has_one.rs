//! `HasOne`: its row, whether it was loaded or not.

use std::panic::Location;
use std::sync::Arc;

use super::HasOne;
use crate::error::Result;
use crate::model::Model;
use crate::query::{Handle, QuerySet};

impl<T: Model> HasOne<T> {
    /// The row, if it was loaded; `None` where there is none. Never runs a query.
    ///
    /// # Errors
    /// [`Error::NotLoaded`](crate::error::Error::NotLoaded) if it was not loaded.
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
