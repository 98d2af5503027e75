//! Rows with their related rows: by joins in the same query, or by one query more for each relation.

mod parents;
mod prefetch;
mod related;
mod relation;
mod values;
mod with;

pub use parents::{List, Loader, Through};
pub(super) use parents::{Owned, read_key};
pub use prefetch::{Along, Entire, IntoPrefetch, Narrowed, Prefetcher, prefetch};
pub use related::IntoRelated;
pub use relation::Related;
pub use values::{RelatedValues, RowsOfEach};
pub use with::{Behind, Holds, IntoWith, JoinedRow, LoadedMany, LoadedOne, MaybeRow, StartsAt};

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use crate::ast::{Output, Select};
use crate::decode::Row;
use crate::error::{Error, Result};
use crate::executor::{Executor, Flow, GoingOn};
use crate::model::Model;
use crate::path::{About, Scope, Step};
use crate::query::run::{self, Caller};
use crate::query::{Extend, QuerySet, RowShape, WholeRows};
use crate::value::Value;

/// What is loaded beside the rows of a query.
#[derive(Clone, Default)]
pub(crate) struct Loading {
    /// The relations that are joined, each after the one that it starts from.
    steps: Vec<Step>,
    prefetches: Vec<Arc<dyn Prefetcher>>,
    lists: Vec<List>,
    /// The lists are those of the type of the rows, which says all of them.
    typed: bool,
    /// The rows are united of some with other lists.
    differs: bool,
}

impl<M: Model, R: RowShape, L> QuerySet<M, R, L> {
    fn loading_mut(&mut self) -> &mut Loading {
        Arc::make_mut(self.loading.get_or_insert_default())
    }

    /// Loads rows to which the rows' keys lead in the same query: `get` of the relation then has them. Paths to one row, of
    /// any depth; what lies between is loaded too. Where there is no such row, the relation is loaded as `None`. A row with an integer
    /// key to which many rows lead is read once, and they share it.
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
    pub fn select_related<S: IntoRelated<M>>(mut self, relations: S) -> Self
    where
        R: WholeRows<M>,
    {
        relations.push_steps(&mut self.loading_mut().steps);
        self
    }

    /// Loads the rows of relations, those to many rows too, with one query for each relation, however many rows there are:
    /// `loaded`, `all` and `count` of the relation then need none. A relation may be ordered, and itself load more.
    ///
    /// What is loaded is the whole relation, so it cannot be filtered here: for that there is [`with`](Self::with). Of a
    /// relation that is named twice the last one counts. What lies on a path's way is loaded too, by a query for each step. The rows of a relation to many are those of the model's default
    /// filter. The rows that point at a row know it: `author.books.loaded()?[0].author.get()?` is the author as it was read,
    /// without what was loaded for it.
    ///
    /// SQL: after the query itself `SELECT .. WHERE "author_id" = ANY($1)`, on SQLite `IN rarray(?)`; without that condition where the
    /// query asks for all rows of its model, and the key cannot be NULL
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
        R: WholeRows<M>,
    {
        relations.push_prefetches(&mut self.loading_mut().prefetches);
        self
    }

    /// Appends the rows of a relation to each row: a `Vec` of those of a relation to many, the row or an `Option` of it for
    /// one. The relation may be filtered, ordered, limited and shaped as a query set is, and load more beside its own rows;
    /// several versions of one relation stand side by side. A limit counts for each row of the query, not for all of them.
    ///
    /// SQL: to one row a join, as [`select_related`](Self::select_related); else one query more for each relation, however
    /// many rows there are: `SELECT .. WHERE "author_id" = ANY($1)`, on SQLite `IN rarray(?)`; with a limit
    /// `row_number() OVER (PARTITION BY "author_id" ORDER BY ..)` in a subquery
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_queries!(db, 3, {
    ///     let authors: Vec<(Author, Vec<Book>, Vec<Book>)> = Author::objects()
    ///         .with(Author::books.filter(!Book::is_published))
    ///         .with(Author::books.order_by(Book::price.desc()).limit(1))
    ///         .all(&db)?;
    ///     let (eve, drafts, dearest) = &authors[1];
    ///     assert_eq!((&*eve.name, drafts.len(), &*dearest[0].title), ("Eve", 1, "Dunes"));
    /// });
    /// // One row for each comes in the same query.
    /// let books: Vec<(Book, Author, Option<Author>)> = Book::objects().with(Book::author).with(Book::editor).all(&db)?;
    /// assert_eq!(books[0].1.name, "Eve");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn with<W: IntoWith>(mut self, relation: W) -> QuerySet<M, R::With<W::Part>, L>
    where
        Scope: About<W::Model, M>,
        R: Extend + WholeRows<M>,
    {
        let part = R::PARTS;
        if let Some(list) = relation.append(part, &mut self.select.appended) {
            self.loading_mut().lists.push(list);
        }
        self.retyped()
    }

    /// The query with what it returns named otherwise, and rows that are loaded beside each.
    pub(super) fn graph<R2>(mut self, lists: Vec<List>) -> QuerySet<M, R2, L> {
        if !lists.is_empty() {
            let loading = self.loading_mut();
            loading.lists = lists;
            loading.typed = true;
        }
        self.retyped()
    }

    /// Whether it is the same query, beside whose rows the same is loaded.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let loads_alike = match (&self.loading, &other.loading) {
            (None, None) => true,
            (Some(own), Some(other)) => Arc::ptr_eq(own, other) || own.is_like(other),
            _ => false,
        };
        loads_alike && self.select == other.select
    }

    /// Relations that are loaded for other rows are loaded for these too.
    fn loads_too(&mut self, others: Option<&Loading>) {
        if let Some(others) = others.filter(|others| others.has_relations()) {
            self.loading_mut().add(others);
        }
    }

    /// The rows are united with others, of which this is loaded.
    pub(super) fn loads_also(&mut self, others: Option<&Loading>) {
        let differs = match (self.loading.as_deref(), others) {
            (Some(own), Some(others)) => others.differs || !own.has_lists_of(others),
            (Some(one), None) | (None, Some(one)) => !one.lists.is_empty(),
            (None, None) => false,
        };
        if differs {
            self.loading_mut().differs = true;
        }
        self.loads_too(others);
    }

    /// All rows, with what is loaded beside them.
    pub(crate) fn fetch(&self, db: &dyn Executor, caller: Caller) -> Result<Vec<R::Output>> {
        let Some(loading) = &self.loading else {
            return run::fetch::<R>(&self.select, db, caller);
        };
        loading.check(M::SCHEMA.name, db)?;
        let select = loading.joined(&self.select);
        let mut reading = Reading::<R>::new(&select, Some(loading));
        run::for_each(&select, db, caller, &mut |row| {
            reading.row(row).map(|()| Flow::Continue)
        })?;
        reading.finish(db, caller)
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

impl Loading {
    /// Whether both load the same. Of relations that instances keep it is not known.
    fn is_like(&self, other: &Self) -> bool {
        let nodes = |loading: &Self| -> Vec<_> {
            let nodes = loading.steps.iter();
            nodes.map(|step| std::ptr::from_ref(step.node)).collect()
        };
        self.prefetches.is_empty()
            && other.prefetches.is_empty()
            && nodes(self) == nodes(other)
            && self.has_lists_of(other)
    }

    /// Whether both load the same lists.
    fn has_lists_of(&self, others: &Self) -> bool {
        let same = |(own, other): (&List, &List)| own.loader.is_like(&*other.loader);
        self.lists.len() == others.lists.len()
            && (self.typed && others.typed || self.lists.iter().zip(&others.lists).all(same))
    }

    /// Whether instances are given relations.
    fn has_relations(&self) -> bool {
        !self.steps.is_empty() || !self.prefetches.is_empty()
    }

    /// Adds the relations that another one loads.
    fn add(&mut self, others: &Self) {
        let mut places = Vec::with_capacity(others.steps.len());
        for step in &others.steps {
            let there = self.steps.iter().position(|own| own.node == step.node);
            places.push(there.unwrap_or(self.steps.len()));
            if there.is_none() {
                let parent = step.parent.map(|parent| places[parent]);
                self.steps.push(Step {
                    parent,
                    ..step.clone()
                });
            }
        }
        for prefetch in &others.prefetches {
            prefetch::add(&mut self.prefetches, Arc::clone(prefetch));
        }
    }

    /// An error where not all rows are given the same lists, rows would take the place of others that have loaded more, or a
    /// further query is for another database: it may be asked for no row, and what is refused shall not depend on that.
    pub(crate) fn check(&self, model: &'static str, db: &dyn Executor) -> Result<()> {
        self.is_for(db)?;
        let invalid = |message: String| Err(Error::InvalidQuery { model, message });
        if self.differs {
            return invalid(
                "united rows have the same lists appended: give each of the query sets the same `with`"
                    .to_owned(),
            );
        }
        let between = self
            .prefetches
            .iter()
            .filter_map(|prefetch| prefetch.between());
        for relation in between {
            let joined = self
                .steps
                .iter()
                .position(|step| step.parent.is_none() && step.node.relation == relation);
            if joined.is_some() && self.steps.iter().any(|step| step.parent == joined) {
                let name = relation.name;
                return invalid(format!(
                    "`{name}` is loaded by `select_related` with what lies behind it, and again on the way of `prefetch_related`: \
                     say the latter as `prefetch_related({model}::{name}.select_related(..).prefetch_related(..))`"
                ));
            }
        }
        Ok(())
    }

    /// An error where a further query is for another database; those of whole relations never say one.
    fn is_for(&self, db: &dyn Executor) -> Result<()> {
        let mut further = self.lists.iter().map(|list| list.loader.query());
        further.try_for_each(|query| query.is_for(db))
    }

    /// The query with the joined columns.
    pub(crate) fn joined(&self, select: &Select) -> Select {
        let mut select = select.clone();
        if select.output == Output::Model {
            select.related = related::columns(&self.steps);
        }
        select
    }
}

/// A query of rows that are loaded for others.
pub struct Further<'q> {
    select: &'q Select,
    loading: Option<&'q Loading>,
}

impl<'q> Further<'q> {
    pub(super) fn of<M: Model, R, L>(query: &'q QuerySet<M, R, L>) -> Self {
        Self {
            select: &query.select,
            loading: query.loading.as_deref(),
        }
    }

    fn is_for(&self, db: &dyn Executor) -> Result<()> {
        crate::query::on::is_for(self.select, db)?;
        self.loading.map_or(Ok(()), |loading| loading.is_for(db))
    }
}

/// Rows that are being read, with what is loaded beside them.
pub(crate) struct Reading<'q, R: RowShape> {
    select: &'q Select,
    loading: Option<&'q Loading>,
    /// Where the joined columns begin.
    related_at: usize,
    /// Rows that are no instances have no relations.
    whole: bool,
    /// There are no other rows of the model.
    all: bool,
    joining: related::Joining,
    rows: Vec<R::Output>,
    /// The keys by which the rows have further ones: for each of the lists those of all rows.
    keys: Vec<Vec<Value>>,
}

impl<'q, R: RowShape> Reading<'q, R> {
    pub(crate) fn new(select: &'q Select, loading: Option<&'q Loading>) -> Self {
        let lists = loading.map_or(0, |loading| loading.lists.len());
        Self {
            select,
            loading,
            related_at: select.related_at(),
            whole: select.output == Output::Model,
            all: select.has_all_rows(),
            joining: related::Joining::default(),
            rows: Vec::new(),
            keys: (0..lists).map(|_| Vec::new()).collect(),
        }
    }

    /// Only some of the query's rows are read.
    pub(crate) fn of_some(mut self) -> Self {
        self.all = false;
        self
    }

    /// Whether the rows are needed in one list, beside the keys of further ones.
    fn needs_one_list(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Reads a row.
    pub(crate) fn row(&mut self, row: &dyn Row) -> Result<()> {
        let output = self.read(row)?;
        self.rows.push(output);
        Ok(())
    }

    fn read(&mut self, row: &dyn Row) -> Result<R::Output> {
        let mut output = R::decode(row, self.select)?;
        if let Some(loading) = self.loading {
            if self.whole
                && !loading.steps.is_empty()
                && let Some(root) = R::part(&mut output, 0)
            {
                let at = self.related_at;
                self.joining.attach(&loading.steps, row, at, root)?;
            }
            for (list, keys) in loading.lists.iter().zip(&mut self.keys) {
                keys.push(list.key(row, self.select)?);
            }
        }
        Ok(output)
    }

    /// Loads what further queries find, and gives the rows.
    pub(crate) fn finish(mut self, db: &dyn Executor, caller: Caller) -> Result<Vec<R::Output>> {
        let Some(loading) = self.loading.filter(|_| !self.rows.is_empty()) else {
            return Ok(self.rows);
        };
        let mut rows = std::mem::take(&mut self.rows);
        self.prefetch(std::slice::from_mut(&mut rows), db, caller)?;
        let db = &GoingOn(db);
        for (list, keys) in loading.lists.iter().zip(self.keys) {
            let places = rows.iter_mut();
            let places = places.map(|row| list.place(R::part(row, list.part)));
            list.loader
                .load(keys, self.all, places.collect(), db, caller)?;
        }
        Ok(rows)
    }

    /// Loads what instances keep, which may stand in several lists.
    fn prefetch(
        &self,
        rows: &mut [Vec<R::Output>],
        db: &dyn Executor,
        caller: Caller,
    ) -> Result<()> {
        let Some(loading) = self.loading.filter(|_| self.whole) else {
            return Ok(());
        };
        let db = &GoingOn(db);
        for prefetch in &loading.prefetches {
            let instances = rows.iter_mut().flatten();
            let instances = instances.filter_map(|row| R::part(row, 0));
            let instances: Vec<&mut dyn Any> = instances.collect();
            if !instances.is_empty() {
                prefetch.load(instances, self.all, db, caller)?;
            }
        }
        Ok(())
    }
}
