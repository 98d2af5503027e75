//! What a relation field keeps once its rows are loaded.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use crate::model::{AnyRow, Model, RemakeAny, remake_any};
use crate::path::Relation;
use crate::value::Value;

/// A row, or a list of rows, without its type.
pub type AnyRows = Arc<dyn Any + Send + Sync>;

/// The loaded side of a relation, kept without its type, so that models may refer to each other in chains and cycles
/// without the compiler walking them.
#[derive(Clone)]
pub struct Loaded(State);

#[derive(Clone)]
enum State {
    /// What somebody loads who asks for it, if anybody has. Nothing inside: there is no row. In a box, since of most instances
    /// nobody asks, and all are the smaller for it.
    Asked(OnceLock<Box<Option<AnyRows>>>),
    /// What was loaded beside the instance, before anybody else could see it: that takes no lock.
    Beside(Option<AnyRows>),
    /// The row of a number, of which all that point at it were told. Without the type of those rows, since the compiler looks into
    /// this for each key of each model.
    Told(Arc<dyn Rows>, u32),
}

impl Default for Loaded {
    fn default() -> Self {
        Self::new()
    }
}

impl Loaded {
    pub(crate) const fn new() -> Self {
        Self(State::Asked(OnceLock::new()))
    }

    /// What is there; `None` if nothing was loaded, `Some(None)` if there is no row.
    pub(crate) fn get<T: 'static>(&self) -> Option<Option<&T>> {
        let rows = match &self.0 {
            State::Asked(rows) => &**rows.get()?,
            State::Beside(rows) => rows,
            State::Told(rows, number) => {
                return Some(rows.row(*number).and_then(|row| row.downcast_ref()));
            }
        };
        Some(rows.as_ref().and_then(|rows| rows.downcast_ref()))
    }

    /// Whether anything was loaded, or that there is no row.
    pub(crate) fn is_loaded(&self) -> bool {
        match &self.0 {
            State::Asked(rows) => rows.get().is_some(),
            State::Beside(_) | State::Told(..) => true,
        }
    }

    /// Keeps what was loaded, unless another thread was faster.
    pub(crate) fn keep(&self, rows: Option<AnyRows>) {
        if let State::Asked(kept) = &self.0 {
            // Either is the answer of the database.
            let _ = kept.set(Box::new(rows));
        }
    }

    /// Keeps the row of a number, unless something is loaded.
    fn tell(&mut self, parent: &Told) {
        if !self.is_loaded() {
            self.0 = State::Told(Arc::clone(&parent.rows), parent.number);
        }
    }

    /// Keeps this in place of what was there.
    pub(crate) fn replace(&mut self, rows: Option<AnyRows>) {
        self.0 = State::Beside(rows);
    }

    /// Nothing is loaded any more.
    pub(crate) fn forget(&mut self) {
        *self = Self::new();
    }
}

/// Rows that are made of the values of their columns when somebody asks for them.
pub(crate) struct Later {
    /// The values of all rows, one after the other.
    cells: Vec<Cell>,
    /// Their texts: one piece of memory takes less time than one for each.
    texts: String,
    /// For each row the columns that were not read; empty where none can be left out.
    left_out: Vec<Vec<usize>>,
    remake: RemakeAny,
    rows: Box<[OnceLock<Option<AnyRow>>]>,
}

/// A value of a row.
enum Cell {
    /// From a byte of all texts to another.
    Text(usize, usize),
    Other(Value),
}

impl Later {
    /// So many rows are kept together: no more stay in memory for one that somebody keeps.
    pub(crate) const MOST: usize = 64;
    /// So much memory is taken for texts before it is known that they need it.
    const MOST_TEXT: usize = 16 << 10;

    /// The same rows again, without what is loaded for them.
    pub(crate) fn of<'m, M: Model>(rows: impl ExactSizeIterator<Item = &'m M>) -> Self {
        let fields = M::SCHEMA.width();
        let mut later = Self {
            cells: Vec::with_capacity(fields * rows.len()),
            texts: String::new(),
            left_out: Vec::new(),
            remake: remake_any::<M>,
            rows: std::iter::repeat_with(OnceLock::new)
                .take(rows.len())
                .collect(),
        };
        let others = rows.len().saturating_sub(1);
        for row in rows {
            for field in 0..fields {
                later.push(row.value(field));
            }
            if later.cells.len() == fields {
                // As many again for each of the others, since texts of one column are alike; within reason.
                let more = later.texts.len().saturating_mul(others);
                later.texts.reserve(more.min(Self::MOST_TEXT));
            }
            if !M::DEFERRED.is_empty() {
                let left_out = M::DEFERRED.iter().copied();
                let left_out = left_out.filter(|field| row.is_left_out(*field));
                later.left_out.push(left_out.collect());
            }
        }
        later
    }

    fn push(&mut self, value: Value) {
        self.cells.push(match value {
            Value::Text(text) => {
                let start = self.texts.len();
                self.texts.push_str(&text);
                Cell::Text(start, self.texts.len())
            }
            value => Cell::Other(value),
        });
    }
}

/// Rows by their numbers, without their type.
pub(crate) trait Rows: Send + Sync {
    fn row(&self, number: u32) -> Option<&AnyRow>;
}

impl Rows for Later {
    fn row(&self, number: u32) -> Option<&AnyRow> {
        let number = number as usize;
        let row = self.rows.get(number)?;
        let row = row.get_or_init(|| {
            let fields = self.cells.len() / self.rows.len();
            let cells = self.cells[number * fields..].iter().take(fields);
            let values = cells.map(|cell| match cell {
                Cell::Text(start, end) => Value::Text(self.texts[*start..*end].to_owned().into()),
                Cell::Other(value) => value.clone(),
            });
            let left_out = self.left_out.get(number).map_or(&[][..], |fields| fields);
            (self.remake)(&values.collect::<Vec<_>>(), left_out)
        });
        row.as_ref()
    }
}

/// A row to which others point.
pub(crate) struct Told {
    pub(crate) rows: Arc<dyn Rows>,
    /// Its number among those.
    pub(crate) number: u32,
}

/// Tells the rows of a list which row they point at, all at once; both without their types.
pub fn tell_parent<R: Relation>(rows: &mut dyn Any, parent: &dyn Any) {
    if let (Some(rows), Some(parent)) = (rows.downcast_mut::<Vec<R::From>>(), parent.downcast_ref())
    {
        for row in rows {
            if let Some(loaded) = R::loaded(row) {
                loaded.tell(parent);
            }
        }
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
