//! SQL of the user's own whose rows are models.

use std::marker::PhantomData;
use std::panic::Location;

use crate::decode::{Names, Row};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::executor::{Command, Executor, Flow, Handle, Subject};
use crate::model::Model;
use crate::query::Projection;
use crate::query::run::Caller;
use crate::raw::{RawParams, RawRow, number_placeholders, only_reads};
use crate::schema::ModelSchema;
use crate::types::Mismatch;
use crate::value::{Value, ValueRef};

/// A query in SQL of the user's own, made by `Book::raw(sql, params)`.
///
/// Its columns are matched to the model's by name, so `SELECT *` and any order will do; columns that the model lacks are
/// ignored, and a missing one is an error. Of a model with a
/// [`Parent`](crate::relation::Parent) the columns of both tables are there, its own in front of the parent's where they have a name in
/// common: `SELECT * FROM article JOIN content ON ..`. `?` is a parameter on every database, outside of quotes and comments; on
/// PostgreSQL it becomes `$1`, `$2` and so on. The model's default filter and ordering do not apply.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let least = dec!(5);
/// let books = Book::raw("SELECT * FROM book WHERE price > ? AND title LIKE ?", (least, "D%")).all(&db)?;
/// assert_eq!(books[0].title, "Dunes");
/// # Ok::<(), orm::Error>(())
/// ```
pub struct RawQuery<M> {
    sql: String,
    params: Vec<Value>,
    marker: PhantomData<fn() -> M>,
}

impl<M: Model> RawQuery<M> {
    #[doc(hidden)]
    pub fn new<P: RawParams>(sql: &str, params: P) -> Self {
        Self {
            sql: sql.to_owned(),
            params: params.into_params(),
            marker: PhantomData,
        }
    }

    /// All rows.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let books = Book::raw("SELECT * FROM book WHERE price > ? ORDER BY title", (dec!(5),)).all(&db)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's, and [`Error::Decode`] where a column of the model is missing.
    #[track_caller]
    pub fn all<D: Handle + ?Sized>(&self, db: &D) -> Result<Vec<M>> {
        let mut rows = Vec::new();
        self.run(db.executor(), Location::caller(), &mut |row| {
            rows.push(row);
            Flow::Continue
        })?;
        Ok(rows)
    }

    /// The first row.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let cheapest = Book::raw("SELECT * FROM book ORDER BY price", ()).first(&db)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn first<D: Handle + ?Sized>(&self, db: &D) -> Result<Option<M>> {
        let mut first = None;
        self.run(db.executor(), Location::caller(), &mut |row| {
            first = Some(row);
            Flow::Stop
        })?;
        Ok(first)
    }

    /// The one row.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let sql = Book::raw("SELECT * FROM book WHERE title = ?", ("SQL",)).one(&db)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] if there is none, [`Error::MultipleObjects`] if there are several.
    #[track_caller]
    pub fn one<D: Handle + ?Sized>(&self, db: &D) -> Result<M> {
        let mut found = Vec::new();
        self.run(db.executor(), Location::caller(), &mut |row| {
            found.push(row);
            if found.len() < 2 {
                Flow::Continue
            } else {
                Flow::Stop
            }
        })?;
        match (found.pop(), found.is_empty()) {
            (Some(row), true) => Ok(row),
            (None, _) => Err(Error::DoesNotExist {
                model: M::SCHEMA.name,
            }),
            (Some(_), false) => Err(Error::MultipleObjects {
                model: M::SCHEMA.name,
            }),
        }
    }

    fn run(
        &self,
        db: &dyn Executor,
        caller: Caller,
        take: &mut dyn FnMut(M) -> Flow,
    ) -> Result<()> {
        let numbered;
        let sql = match db.dialect().dialect() {
            Dialect::Sqlite => self.sql.as_str(),
            Dialect::Postgres => {
                numbered = number_placeholders(&self.sql);
                &numbered
            }
        };
        let writes = !only_reads(sql);
        let command = Command {
            sql,
            params: &self.params,
            writes,
            model: M::SCHEMA.name,
            statement: None,
            row_ids: None,
            subject: Subject::Sql,
            goes_on: false,
            caller,
        };
        let mut places: Option<Vec<Option<usize>>> = None;
        db.query(&command, &mut |row| {
            let places = match &mut places {
                Some(places) => places,
                none => none.insert(named_places(M::SCHEMA, row)?),
            };
            Ok(take(M::decode(&ByName { row, places }, 0)?))
        })?;
        Ok(())
    }
}

impl<M> Clone for RawQuery<M> {
    fn clone(&self) -> Self {
        Self {
            sql: self.sql.clone(),
            params: self.params.clone(),
            marker: PhantomData,
        }
    }
}

impl<M> std::fmt::Debug for RawQuery<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("RawQuery").field(&self.sql).finish()
    }
}

/// A projection of columns, and a model, are found by name in rows of raw SQL.
#[diagnostic::do_not_recommend]
impl<P: Projection> RawRow for P {
    fn places(row: &dyn Row) -> Result<Vec<Option<usize>>> {
        if P::WHOLE {
            return named_places(P::Model::SCHEMA, row);
        }
        if P::NAMES.len() != P::width() {
            return Err(Error::InvalidQuery {
                model: P::Model::SCHEMA.name,
                message: "raw SQL is read into a projection of columns alone, not into one that holds rows"
                    .to_owned(),
            });
        }
        Ok(P::NAMES.iter().map(|name| row.index_of(name, 0)).collect())
    }

    fn read(row: &dyn Row) -> Result<Self> {
        Self::read_at(row, &Self::places(row)?)
    }

    fn read_at(row: &dyn Row, places: &[Option<usize>]) -> Result<Self> {
        let names = Named(P::Model::SCHEMA.name, P::NAMES);
        P::decode(&ByName { row, places }, 0, &names)
    }
}

/// Where the columns of a whole row are, by their names; the key of a parent is the row's own. Of two of one name the second
/// is the parent's.
fn named_places(model: &'static ModelSchema, row: &dyn Row) -> Result<Vec<Option<usize>>> {
    if model.parent.is_none() {
        let columns = model.fields.iter();
        return Ok(columns.map(|field| row.index_of(field.column, 0)).collect());
    }
    let mut key = None;
    let mut before: Vec<&str> = Vec::with_capacity(model.width());
    let columns = model.row_fields().map(|(_, field)| {
        let column = field.column;
        if field.options.primary_key {
            key = key.or_else(|| row.index_of(column, 0));
            return Ok(key);
        }
        let passed = before.iter().filter(|known| **known == column).count();
        before.push(column);
        let place = row.index_of(column, passed);
        if passed == 0 || row.index_of(column, 0).is_none() {
            return Ok(place);
        }
        if place.is_none() || !own_columns_first(model, row) {
            return Err(Error::InvalidQuery {
                model: model.name,
                message: format!(
                    "the row's own table and its parent's both have a column `{column}`: select both, and the parent's columns behind the row's own"
                ),
            });
        }
        Ok(place)
    });
    columns.collect()
}

/// Whether the columns of each table stand in front of those of its parent's, as far as the keys tell.
fn own_columns_first(model: &'static ModelSchema, row: &dyn Row) -> bool {
    let keys = model.levels().map(|level| level.model.key().column);
    let keys = keys.filter_map(|column| row.index_of(column, 0));
    keys.is_sorted()
}

/// The model and the columns of a projection, for error messages.
struct Named(&'static str, &'static [&'static str]);

impl Names for Named {
    fn model(&self) -> &'static str {
        self.0
    }

    fn column(&self, index: usize) -> String {
        self.1.get(index).map_or_else(
            || format!("column {}", index + 1),
            |name| (*name).to_owned(),
        )
    }
}

/// A row whose columns stand in any order.
struct ByName<'a> {
    row: &'a dyn Row,
    places: &'a [Option<usize>],
}

impl Row for ByName<'_> {
    fn value(&self, index: usize) -> std::result::Result<ValueRef<'_>, Mismatch> {
        match self.places.get(index).copied().flatten() {
            Some(place) => self.row.value(place),
            None => Err(Mismatch {
                expected: "a column of this name",
                found: "none",
            }),
        }
    }

    fn is_left_out(&self, index: usize) -> bool {
        self.places.get(index).copied().flatten().is_none()
    }
}
