//! What a relation field keeps once its rows are loaded.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use crate::model::{AnyRow, Model, RemakeAny, remake_any};
use crate::value::Value;

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
        Some(rows.and_then(|rows| match rows.downcast_ref::<Later>() {
            Some(later) => later.row(),
            None => rows.downcast_ref(),
        }))
    }

    /// Whether anything was loaded, or that there is no row.
    pub(crate) fn is_loaded(&self) -> bool {
        self.0.get().is_some()
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

/// A row that is made of the values of its columns when somebody asks for it.
pub(crate) struct Later {
    values: Box<[Value]>,
    /// The columns that were not read.
    left_out: Box<[usize]>,
    remake: RemakeAny,
    row: OnceLock<Option<AnyRow>>,
}

impl Later {
    /// The same row again, without what is loaded for it.
    pub(crate) fn of<M: Model>(row: &M) -> Self {
        Self {
            values: (0..M::SCHEMA.fields.len())
                .map(|field| row.value(field))
                .collect(),
            left_out: M::DEFERRED
                .iter()
                .copied()
                .filter(|field| row.is_left_out(*field))
                .collect(),
            remake: remake_any::<M>,
            row: OnceLock::new(),
        }
    }

    fn row<T: 'static>(&self) -> Option<&T> {
        let row = self
            .row
            .get_or_init(|| (self.remake)(&self.values, &self.left_out));
        row.as_ref()?.downcast_ref()
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
