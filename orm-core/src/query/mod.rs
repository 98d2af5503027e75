//! Query sets: what is asked, step by step, and the methods that run it.

mod annotate;
mod build;
mod combine;
mod combined;
mod cte;
mod deferred;
mod explain;
mod fields;
mod graph;
mod iterator;
mod json;
mod levels;
mod lists;
mod loading;
mod lock;
mod on;
mod projection;
mod proxy;
mod raw;
mod read;
mod refused;
mod reuse;
mod rows;
mod run;
mod selection;
mod subquery;
mod tree;

pub mod write;

pub use crate::executor::Handle;
pub use annotate::{AggregateList, AnnotateAllowed, Annotations, OfManyRows, RowExprs};
pub use combine::{Alike, Combined, OfOneQuery, RowType, SetOperand};
pub use cte::{Cte, CteRows, Optional, cte, recursive};
pub use deferred::{Deferred, DeferredFields, ReadInPart};
pub use fields::{FieldSet, WritableFields};
pub use graph::{
    AlwaysThere, AsksColumn, AsksNothing, AsksOption, AsksRow, AsksRows, ColumnField, FieldType,
    Graph, LeadsToRow, LeadsToRows, NoField, OptionField, Probe, RowField, RowsField, SameRows,
    annotated,
};
pub use iterator::RowIter;
pub use json::{IntoNamed, JsonSelection, Named, NamedExt};
pub use loading::{
    Along, Behind, Entire, Holds, IntoPrefetch, IntoRelated, IntoWith, JoinedRow, List, LoadedMany,
    LoadedOne, Loader, MaybeRow, Narrowed, Prefetcher, Related, RelatedValues, RowsOfEach,
    StartsAt, Through, prefetch,
};
pub use lock::{LockedRows, LockedToo, PresentRow};
pub use on::{
    AnyDatabase, HasDistinctOn, HasExplainAnalyze, HasNoWait, HasSkipLocked, Locks, LocksNone, On,
    OnDatabase, Postgres, Sqlite, Terms, Undecided,
};
pub use projection::{AnnotatedWith, Nested, Projected, Projection, ProjectsTo};
pub use proxy::{Proxied, Proxy};
pub use raw::RawQuery;
pub use refused::{CreateMethods, Creates, GetsOrCreates, UpdatesOrCreates};
pub use reuse::{AnyRows, Narrow, WholeQuery};
pub use rows::{
    Extend, FilterAllowed, Flat, FromModels, JsonRows, OfValues, OrderAllowed, RowPart, RowShape,
    Rows, RowsOf, Tuple, Whole, WholeRows,
};
pub use selection::Selection;
pub use subquery::{Correlated, OneColumn, exists, subquery};
pub use tree::{HasPath, NoPath, Tree, TreeKey};
pub use write::{BulkCreate, Instance, OnConflictOf};

pub(crate) use run::row_of;

use std::marker::PhantomData;
use std::sync::Arc;

use smallvec::smallvec;

use crate::ast::{Asked, Expr, Origin, Select};
use crate::executor::Unlocked;
use crate::model::Model;
use crate::schema::RelationSchema;
use crate::value::Value;

/// A query of rows of `M`, returned as `R`: whole models, unless `values_list` or its kin say otherwise. `L` tells whether
/// it locks the rows.
///
/// Building one never touches the database; the methods that take a `&db` run it, and it can be run any number of times.
/// Each step takes the query set and gives a new one; to keep the first, clone it.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let published = Book::objects().filter(Book::is_published);
/// let cheap = published.clone().filter(Book::price.lt(10));
/// assert_eq!((published.count(&db)?, cheap.count(&db)?), (3, 1));
/// # Ok::<(), orm::Error>(())
/// ```
#[must_use = "a query runs only where it is given a database, as by `.all(&db)?`"]
pub struct QuerySet<M, R = Whole<M>, L = Unlocked> {
    select: Select,
    /// Whether the limit came from `slice`, within which a later `offset` counts.
    windowed: bool,
    chunk_size: usize,
    /// What is loaded beside the rows; nothing, usually.
    loading: Option<Arc<loading::Loading>>,
    marker: PhantomData<fn() -> (M, R, L)>,
}

impl<M, R, L> QuerySet<M, R, L> {
    /// The same query with its rows or locks named otherwise.
    fn retyped<R2, L2>(self) -> QuerySet<M, R2, L2> {
        self.renamed()
    }

    /// The same query with its model, rows or locks named otherwise.
    fn renamed<M2, R2, L2>(self) -> QuerySet<M2, R2, L2> {
        QuerySet {
            select: self.select,
            windowed: self.windowed,
            chunk_size: self.chunk_size,
            loading: self.loading,
            marker: PhantomData,
        }
    }
}

impl<M, R, L> Clone for QuerySet<M, R, L> {
    fn clone(&self) -> Self {
        Self {
            select: self.select.clone(),
            windowed: self.windowed,
            chunk_size: self.chunk_size,
            loading: self.loading.clone(),
            marker: PhantomData,
        }
    }
}

impl<M, R, L> std::fmt::Debug for QuerySet<M, R, L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.select.fmt(f)
    }
}

impl<M, R, L> QuerySet<M, R, L> {
    /// The query is that of a relation of an instance, as it is up to here.
    pub(crate) fn of_relation(&mut self, relation: &'static RelationSchema, key: &Value) {
        self.select.origin = Some(Box::new(Origin {
            asked: Asked::Relation(relation),
            key: smallvec![key.clone()],
            filters: self.select.filters.len(),
        }));
    }
}

impl<M: Model> QuerySet<M> {
    /// The default manager's query set: every row that the model's `default_filter` lets through.
    #[doc(hidden)]
    pub fn objects() -> Self {
        let mut all = Self::all_rows();
        all.select.filters.extend(M::default_filter());
        all
    }

    /// Those of the default manager's rows that a named one lets through.
    #[doc(hidden)]
    pub fn managed(condition: Expr) -> Self {
        let mut rows = Self::objects();
        rows.push_filter(condition);
        rows
    }

    /// Every row.
    #[doc(hidden)]
    pub fn all_rows() -> Self {
        Self {
            select: Select::from_model(M::SCHEMA, M::ORDERING),
            windowed: false,
            chunk_size: 1_000,
            loading: None,
            marker: PhantomData,
        }
    }
}
