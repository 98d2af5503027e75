//! `prefetch_related`: the rows of a relation for many rows at once, by one query.

use std::any::Any;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use crate::ast::{Column, Expr as Node, In};
use crate::error::{Error, Result};
use crate::executor::{Executor, Handle};
use crate::expr::{IntoOrder, members};
use crate::model::Model;
use crate::path::{About, AnyRows, Relation, Root, Scope, ToMany, ToOne};
use crate::query::loading::IntoRelated;
use crate::query::run::Caller;
use crate::query::{OrderAllowed, QuerySet, Whole};
use crate::schema::FieldSchema;
use crate::types::{Mismatch, SqlType};
use crate::value::Value;

/// Loads the rows of one relation.
pub trait Prefetcher: Send + Sync {
    /// Loads them for instances of the model that the relation begins at.
    ///
    /// # Errors
    /// The database's.
    fn load(&self, instances: Vec<&mut dyn Any>, db: &dyn Executor, caller: Caller) -> Result<()>;
}

/// The rows of a relation of `M`, with an order, and with what they load themselves: what `Author::books.order_by(..)` gives.
pub struct Related<M, R: Relation> {
    query: QuerySet<R::To>,
    marker: PhantomData<fn() -> M>,
}

impl<M: Model, R: Relation<From = M>> Related<M, R> {
    fn new() -> Self {
        Self {
            // The one row of a relation is that row, whatever the model's default filter says; of many it holds.
            query: if R::SCHEMA.is_many() {
                QuerySet::objects()
            } else {
                QuerySet::all_rows()
            },
            marker: PhantomData,
        }
    }

    /// The order of the rows of each instance.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let dearest_first = Author::books.order_by(Book::price.desc());
    /// let bob = Author::objects().prefetch_related(dearest_first).get(&db, Author::name.eq("Bob"))?;
    /// assert_eq!(bob.books.loaded()?[0].title, "Rust");
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn order_by<O: IntoOrder<R::To>>(mut self, order: O) -> Self
    where
        Scope: About<O::Scope, R::To>,
        Whole<R::To>: OrderAllowed<O::Kind>,
    {
        self.query = self.query.order_by(order);
        self
    }

    /// Loads with each row the rows that its keys lead to, in the same query.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let authors = Author::objects().prefetch_related(Author::books.select_related(Book::editor)).all(&db)?;
    /// for book in authors.iter().flat_map(|author| author.books.loaded().unwrap()) {
    ///     println!("{:?}", book.editor.get()?.map(|editor| &editor.name));
    /// }
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn select_related<S: IntoRelated<R::To>>(mut self, relations: S) -> Self {
        self.query = self.query.select_related(relations);
        self
    }

    /// Loads relations of these rows too, by a query more for each.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let nested = Author::books.prefetch_related(Book::author.prefetch_related(Author::books));
    /// assert_queries!(db, 4, {
    ///     let authors = Author::objects().prefetch_related(nested).all(&db)?;
    ///     let book = &authors[0].books.loaded()?[0];
    ///     assert_eq!(book.author.get()?.books.loaded()?.len(), 2);
    /// });
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn prefetch_related<P: IntoPrefetch>(mut self, relations: P) -> Self
    where
        Scope: About<P::Model, R::To>,
    {
        self.query = self.query.prefetch_related(relations);
        self
    }
}

macro_rules! starts {
    ($name:ident) => {
        impl<M: Model, R: Relation<From = M>> $name<Root<M>, R> {
            /// The relation with an order, for [`prefetch_related`](QuerySet::prefetch_related).
            pub fn order_by<O: IntoOrder<R::To>>(self, order: O) -> Related<M, R>
            where
                Scope: About<O::Scope, R::To>,
                Whole<R::To>: OrderAllowed<O::Kind>,
            {
                Related::new().order_by(order)
            }

            /// The relation with rows that its rows' keys lead to, for [`prefetch_related`](QuerySet::prefetch_related).
            pub fn select_related<S: IntoRelated<R::To>>(self, relations: S) -> Related<M, R> {
                Related::new().select_related(relations)
            }

            /// The relation with relations of its rows, for [`prefetch_related`](QuerySet::prefetch_related).
            pub fn prefetch_related<P: IntoPrefetch>(self, relations: P) -> Related<M, R>
            where
                Scope: About<P::Model, R::To>,
            {
                Related::new().prefetch_related(relations)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model, R: Relation<From = M>> IntoPrefetch for $name<Root<M>, R> {
            type Model = M;

            fn push_prefetches(self, prefetches: &mut Vec<Arc<dyn Prefetcher>>) {
                Related::<M, R>::new().push_prefetches(prefetches);
            }
        }
    };
}
starts!(ToMany);
starts!(ToOne);

impl<M: Model, R: Relation<From = M>> Prefetcher for Related<M, R> {
    fn load(&self, instances: Vec<&mut dyn Any>, db: &dyn Executor, caller: Caller) -> Result<()> {
        let instances = instances.into_iter().filter_map(<dyn Any>::downcast_mut);
        let mut instances: Vec<&mut M> = instances.collect();
        if R::SCHEMA.is_key() {
            self.load_targets(&mut instances, db, caller)
        } else {
            self.load_pointing(&mut instances, db, caller)
        }
    }
}

impl<M: Model, R: Relation<From = M>> Related<M, R> {
    /// The rows whose field is among some values.
    fn rows(
        &self,
        field: &'static FieldSchema,
        values: Vec<Value>,
        db: &dyn Executor,
        caller: Caller,
    ) -> Result<Vec<R::To>> {
        let members = members(values.into_iter().map(Node::Bind), field.column_type);
        let subject = Node::Column(Column { path: None, field });
        let mut query = self.query.clone();
        query.push_filter(Node::In(Box::new(In { subject, members })));
        query.fetch(db, caller)
    }

    /// The rows that the instances' keys point at: each is read once and shared.
    fn load_targets(
        &self,
        instances: &mut [&mut M],
        db: &dyn Executor,
        caller: Caller,
    ) -> Result<()> {
        let key_of = |instance: &M| -> Result<Option<R::Key>> {
            key_from::<M, _>(&instance.value(R::SCHEMA.key), R::SCHEMA.key)
        };
        let mut wanted = HashMap::new();
        for instance in instances.iter() {
            if let Some(key) = key_of(instance)? {
                wanted.entry(key).or_insert(None::<AnyRows>);
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let keys = wanted.keys().map(SqlType::to_value).collect();
        for row in self.rows(R::To::SCHEMA.key(), keys, db, caller)? {
            let key = R::To::SCHEMA.key().index;
            if let Some(key) = key_from::<R::To, R::Key>(&row.value(key), key)? {
                wanted.insert(key, Some(Arc::new(row)));
            }
        }
        for instance in instances {
            let key = key_of(instance)?;
            let row = key.and_then(|key| wanted.get(&key)).cloned().flatten();
            if let Some(loaded) = R::loaded(instance) {
                match row {
                    Some(row) => loaded.replace(Some(row)),
                    // A key that points at nothing is not loaded, rather than nothing.
                    None => loaded.forget(),
                }
            }
        }
        Ok(())
    }

    /// The rows whose keys point at the instances: one pass puts each to its own.
    fn load_pointing(
        &self,
        instances: &mut [&mut M],
        db: &dyn Executor,
        caller: Caller,
    ) -> Result<()> {
        let key = R::SCHEMA.key;
        let own = M::SCHEMA.key().index;
        let keys = instances.iter().map(|instance| instance.value(own));
        let rows = self.rows(R::SCHEMA.remote(), keys.collect(), db, caller)?;
        let mut of_key: HashMap<R::Key, Vec<R::To>> = HashMap::with_capacity(instances.len());
        for row in rows {
            if let Some(parent) = key_from::<R::To, _>(&row.value(key), key)? {
                of_key.entry(parent).or_default().push(row);
            }
        }
        let of_key: HashMap<R::Key, AnyRows> = of_key
            .into_iter()
            .filter_map(|(key, rows)| Some((key, side_of::<R>(rows)?)))
            .collect();
        for instance in instances {
            let key = key_from::<M, R::Key>(&instance.value(own), own)?;
            let rows = key.and_then(|key| of_key.get(&key)).cloned();
            let rows = rows.or_else(|| side_of::<R>(Vec::new()));
            if let Some(loaded) = R::loaded(instance) {
                loaded.replace(rows);
            }
        }
        Ok(())
    }
}

/// What an instance keeps of the rows that point at it; nothing for the one row that is not there.
fn side_of<R: Relation>(rows: Vec<R::To>) -> Option<AnyRows> {
    if R::SCHEMA.is_many() {
        return Some(Arc::new(rows));
    }
    rows.into_iter().next().map(|row| Arc::new(row) as AnyRows)
}

/// The value of a field that is a key, as the type of the key that it points at.
fn key_from<M: Model, K: SqlType>(value: &Value, field: usize) -> Result<Option<K>> {
    if value.is_null() {
        return Ok(None);
    }
    let decoded = K::decode(value.as_ref());
    decoded
        .map(Some)
        .map_err(|Mismatch { expected, found }| Error::Decode {
            model: M::SCHEMA.name,
            field: M::SCHEMA.fields[field].name.to_owned(),
            expected,
            found,
        })
}

/// What [`prefetch_related`](QuerySet::prefetch_related) takes: relations of `M`, as they are or with an order and more to
/// load, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a relation that can be loaded",
    label = "expected a relation, such as `Author::books`, or a tuple of them"
)]
pub trait IntoPrefetch {
    /// The model whose relations they are.
    type Model: Model;

    /// Adds what loads them.
    fn push_prefetches(self, prefetches: &mut Vec<Arc<dyn Prefetcher>>);
}

#[diagnostic::do_not_recommend]
impl<M: Model, R: Relation<From = M>> IntoPrefetch for Related<M, R> {
    type Model = M;

    fn push_prefetches(self, prefetches: &mut Vec<Arc<dyn Prefetcher>>) {
        prefetches.push(Arc::new(self));
    }
}

macro_rules! tuples {
    ($($($name:ident)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        #[allow(non_snake_case, reason = "a variable for each type parameter")]
        impl<M: Model, $($name: IntoPrefetch<Model = M>),+> IntoPrefetch for ($($name,)+) {
            type Model = M;

            fn push_prefetches(self, prefetches: &mut Vec<Arc<dyn Prefetcher>>) {
                let ($($name,)+) = self;
                $($name.push_prefetches(prefetches);)+
            }
        }
    )+ };
}
tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}

/// Loads relations for rows that are there already; what they had loaded is replaced.
///
/// SQL: as [`prefetch_related`](QuerySet::prefetch_related)
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let mut authors = Author::objects().all(&db)?;
/// prefetch(&db, &mut authors, Author::books)?;
/// assert_eq!(authors[0].books.loaded()?.len(), 2);
/// # Ok::<(), orm::Error>(())
/// ```
///
/// # Errors
/// The database's.
#[track_caller]
pub fn prefetch<M, D, P>(db: &D, rows: &mut [M], relations: P) -> Result<()>
where
    M: Model,
    D: Handle + ?Sized,
    P: IntoPrefetch,
    Scope: About<P::Model, M>,
{
    let (caller, mut prefetches) = (Location::caller(), Vec::new());
    relations.push_prefetches(&mut prefetches);
    if rows.is_empty() {
        return Ok(());
    }
    prefetches.iter().try_for_each(|prefetch| {
        let instances = rows.iter_mut().map(|row| row as &mut dyn Any);
        prefetch.load(instances.collect(), db.executor(), caller)
    })
}
