//! What a relation field keeps once its rows are loaded.

use std::any::Any;
use std::sync::{Arc, OnceLock};

/// A row, or a list of rows, without its type.
pub type AnyRows = Arc<dyn Any + Send + Sync>;

/// The loaded side of a relation, kept without its type, so that models may refer to each other in chains and cycles
/// without the compiler walking them. Nothing inside: loaded, and there is no row.
#[derive(Clone, Default)]
pub struct Loaded(OnceLock<Option<AnyRows>>);

impl Loaded {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// What is there; `None` if nothing was loaded, `Some(None)` if there is no row.
    pub(crate) fn get<T: 'static>(&self) -> Option<Option<&T>> {
        let rows = self.0.get()?.as_ref();
        Some(rows.and_then(|rows| rows.downcast_ref()))
    }

    /// Keeps what was loaded, unless another thread was faster.
    pub(crate) fn keep(&self, rows: Option<AnyRows>) {
        // Either is the answer of the database.
        let _ = self.0.set(rows);
    }

    /// Keeps this in place of what was there.
    pub(crate) fn replace(&mut self, rows: Option<AnyRows>) {
        self.forget();
        self.keep(rows);
    }

    /// Nothing is loaded any more.
    pub(crate) fn forget(&mut self) {
        *self = Self::new();
    }
}

/// A field of a struct that is one side of a relation.
pub trait RelationField {
    /// Where its loaded rows go; none for a key that is NULL.
    fn loaded_mut(&mut self) -> Option<&mut Loaded>;
}

impl<F: RelationField> RelationField for Option<F> {
    fn loaded_mut(&mut self) -> Option<&mut Loaded> {
        self.as_mut()?.loaded_mut()
    }
}
