//! Rows with their related rows: `select_related` by joins, `prefetch_related` by one query a level.

mod prefetch;
mod related;

pub use prefetch::{IntoPrefetch, Prefetcher, Related, prefetch};
pub use related::IntoRelated;

use std::any::Any;
use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::ast::Select;
use crate::decode::Row;
use crate::error::Result;
use crate::executor::{Executor, Flow};
use crate::model::Model;
use crate::path::{About, Scope, Step};
use crate::query::run::{self, Caller};
use crate::query::{QuerySet, RowShape, Whole};

/// What is loaded beside the rows of a query.
pub(crate) struct Loading<M> {
    /// The relations that are joined, each after the one that it starts from.
    steps: Vec<Step>,
    prefetches: Vec<Arc<dyn Prefetcher>>,
    model: PhantomData<fn() -> M>,
}

impl<M> Clone for Loading<M> {
    fn clone(&self) -> Self {
        Self {
            steps: self.steps.clone(),
            prefetches: self.prefetches.clone(),
            model: PhantomData,
        }
    }
}

impl<M> Default for Loading<M> {
    fn default() -> Self {
        Self {
            steps: Vec::new(),
            prefetches: Vec::new(),
            model: PhantomData,
        }
    }
}

impl<M: Model, L> QuerySet<M, Whole<M>, L> {
    /// Loads rows to which the rows' keys lead in the same query: `get` of the relation then has them. Paths to one row, of
    /// any depth; what lies between is loaded too. Where there is no such row, the relation is loaded as `None`.
    ///
    /// SQL: a join for each relation, LEFT where the row may be absent, and the columns of all models
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_queries!(db, 1, {
    ///     for book in Book::objects().select_related((Book::author, Book::editor)).all(&db)? {
    ///         let editor = book.editor.get()?.map_or("nobody", |editor| &*editor.name);
    ///         println!("{} by {}, edited by {editor}", book.title, book.author.get()?.name);
    ///     }
    /// });
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn select_related<S: IntoRelated<M>>(mut self, relations: S) -> Self {
        let loading = Arc::make_mut(self.loading.get_or_insert_default());
        relations.push_steps(&mut loading.steps);
        self
    }

    /// Loads the rows of relations, those to many rows too, with one query for each relation, however many rows there are:
    /// `loaded`, `all` and `count` of the relation then need none. A relation may be ordered, and itself load more.
    ///
    /// What is loaded is the whole relation, so it cannot be filtered here. Of a relation that is named twice the last one
    /// counts. The rows of a relation to many are those of the model's default filter; they do not hold the row they belong to.
    ///
    /// SQL: after the query itself `SELECT .. WHERE "author_id" = ANY($1)`, on SQLite `IN rarray(?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_queries!(db, 2, {
    ///     for author in Author::objects().prefetch_related(Author::books.order_by(Book::price)).all(&db)? {
    ///         let titles: Vec<&str> = author.books.loaded()?.iter().map(|book| &*book.title).collect();
    ///         println!("{}: {} ({} books)", author.name, titles.join(", "), author.books.count(&db)?);
    ///     }
    /// });
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn prefetch_related<P: IntoPrefetch>(mut self, relations: P) -> Self
    where
        Scope: About<P::Model, M>,
    {
        let loading = Arc::make_mut(self.loading.get_or_insert_default());
        relations.push_prefetches(&mut loading.prefetches);
        self
    }
}

impl<M: Model, R: RowShape, L> QuerySet<M, R, L> {
    /// All rows, with what is loaded beside them.
    pub(crate) fn fetch(&self, db: &dyn Executor, caller: Caller) -> Result<Vec<R::Output>> {
        let Some(loading) = &self.loading else {
            return run::fetch::<R>(&self.select, db, caller);
        };
        let select = loading.joined(&self.select);
        let mut rows = Vec::new();
        run::for_each(&select, db, caller, &mut |row| {
            let mut output = R::decode(row, &select)?;
            Beside::<R>::attach(&**loading, row, &mut output, select.related_at())?;
            rows.push(output);
            Ok(Flow::Continue)
        })?;
        Beside::<R>::prefetch(&**loading, &mut rows, db, caller)?;
        Ok(rows)
    }

    /// The query as it is sent, with what is joined to it.
    pub(crate) fn joined(&self) -> Cow<'_, Select> {
        match &self.loading {
            None => Cow::Borrowed(&self.select),
            Some(loading) => Cow::Owned(loading.joined(&self.select)),
        }
    }

    /// The first row, with what is loaded beside it; the query has a limit of one.
    pub(crate) fn fetch_first(
        &self,
        db: &dyn Executor,
        caller: Caller,
    ) -> Result<Option<R::Output>> {
        if self.loading.is_none() {
            return run::fetch_first::<R>(&self.select, db, caller);
        }
        Ok(self.fetch(db, caller)?.into_iter().next())
    }
}

impl<M: Model> Loading<M> {
    /// The query with the joined columns.
    pub(crate) fn joined(&self, select: &Select) -> Select {
        let mut select = select.clone();
        select.related = related::columns(&self.steps);
        select
    }
}

/// What is loaded beside rows of some shape.
pub(crate) trait Beside<R: RowShape> {
    /// Gives an instance the rows that were joined to it, whose columns begin at index `at`.
    fn attach(&self, row: &dyn Row, output: &mut R::Output, at: usize) -> Result<()>;

    /// Gives instances the rows that further queries find.
    fn prefetch(&self, rows: &mut [R::Output], db: &dyn Executor, caller: Caller) -> Result<()>;
}

impl<M: Model, R: RowShape> Beside<R> for Loading<M> {
    fn attach(&self, row: &dyn Row, output: &mut R::Output, at: usize) -> Result<()> {
        match R::instance::<M>(output) {
            Some(instance) if !self.steps.is_empty() => {
                related::attach(&self.steps, row, at, instance)
            }
            _ => Ok(()),
        }
    }

    fn prefetch(&self, rows: &mut [R::Output], db: &dyn Executor, caller: Caller) -> Result<()> {
        if self.prefetches.is_empty() || rows.is_empty() {
            return Ok(());
        }
        // Rows that are no instances have no relations.
        if rows.first_mut().and_then(R::instance::<M>).is_none() {
            return Ok(());
        }
        self.prefetches.iter().try_for_each(|prefetch| {
            let instances = rows.iter_mut().filter_map(R::instance::<M>);
            let instances = instances.map(|instance| instance as &mut dyn Any);
            prefetch.load(instances.collect(), db, caller)
        })
    }
}
