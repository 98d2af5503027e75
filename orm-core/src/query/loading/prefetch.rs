//! `prefetch_related`: the rows of a whole relation, kept by the instances that they belong to.

use std::any::Any;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use crate::error::Result;
use crate::executor::{Executor, Handle};
use crate::model::Model;
use crate::path::{
    About, AnyRows, Apart, Join, Later, Path, Relation, RelationSide as _, Root, Scope, ToMany,
    ToOne, Told,
};
use crate::query::QuerySet;
use crate::query::loading::parents::{Index, Meeting};
use crate::query::loading::relation::Related;
use crate::query::run::Caller;
use crate::schema::RelationSchema;

/// Loads the rows of one relation.
pub trait Prefetcher: Send + Sync {
    /// Loads them for instances of the model that the relation begins at; these may be all that there are.
    ///
    /// # Errors
    /// The database's.
    fn load(
        &self,
        instances: Vec<&mut dyn Any>,
        all: bool,
        db: &dyn Executor,
        caller: Caller,
    ) -> Result<()>;

    /// Itself, to be compared.
    #[doc(hidden)]
    fn as_any(&self) -> &dyn Any;

    /// What loads all that this one and another load, where one query of the relation serves both.
    #[doc(hidden)]
    fn and(&self, other: &dyn Prefetcher) -> Option<Arc<dyn Prefetcher>>;

    /// The relation, where its rows are loaded for the sake of what lies behind them.
    #[doc(hidden)]
    fn between(&self) -> Option<&'static RelationSchema>;
}

/// Adds what is to be loaded to what is loaded already; of one relation both at once, if that can be.
pub(super) fn add(to: &mut Vec<Arc<dyn Prefetcher>>, new: Arc<dyn Prefetcher>) {
    // Of a relation that is named twice the last one counts.
    for there in to.iter_mut().rev() {
        if let Some(both) = there.and(&*new) {
            *there = both;
            return;
        }
    }
    to.push(new);
}

/// The rows of a whole relation, kept by the instances.
struct Kept<R: Relation> {
    query: QuerySet<R::To>,
    /// Nobody has said how these rows are to be loaded, but that others behind them are.
    between: bool,
}

impl<R: Relation> Prefetcher for Kept<R> {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn and(&self, other: &dyn Prefetcher) -> Option<Arc<dyn Prefetcher>> {
        let other = other.as_any().downcast_ref::<Self>()?;
        let (how, more) = match (self.between, other.between) {
            (true, _) => (other, self),
            (false, true) => (self, other),
            (false, false) if self.query.select == other.query.select => (self, other),
            (false, false) => return None,
        };
        let mut query = how.query.clone();
        query.loads_too(more.query.loading.as_deref());
        let between = how.between;
        Some(Arc::new(Self { query, between }))
    }

    fn between(&self) -> Option<&'static RelationSchema> {
        self.between.then_some(R::SCHEMA)
    }

    fn load(
        &self,
        instances: Vec<&mut dyn Any>,
        all: bool,
        db: &dyn Executor,
        caller: Caller,
    ) -> Result<()> {
        let instances = instances.into_iter().filter_map(<dyn Any>::downcast_mut);
        let mut instances: Vec<&mut R::From> = instances.collect();
        let meeting = Meeting::of::<R>();
        let keys = instances.iter().map(|row| row.value(meeting.local()));
        let keys = Index::of(keys, all);
        if keys.len() == 0 {
            return Ok(());
        }
        let mut rows = self.query.for_keys(&keys, meeting, db, caller)?;
        if !R::SCHEMA.is_key() && R::LINK.is_none() {
            tell_parents::<R>(&mut rows, &keys, &instances);
        }
        let mut rows: Vec<Option<AnyRows>> = rows.into_iter().map(side_of::<R>).collect();
        let shared = keys.len() < instances.len();
        for (instance, number) in instances.iter_mut().zip(keys.numbers()) {
            let rows = number.and_then(|number| match shared {
                true => rows[number].clone(),
                false => rows[number].take(),
            });
            if let Some(loaded) = R::loaded(instance) {
                if rows.is_none() && R::SCHEMA.is_key() {
                    // A key that points at nothing is not loaded, rather than nothing.
                    loaded.forget();
                } else {
                    loaded.replace(rows);
                }
            }
        }
        Ok(())
    }
}

/// Lets rows that point at their parents know them, unless they have loaded them by themselves. A parent is made once for
/// all of its rows, from the values of its columns, and not before somebody asks for it.
fn tell_parents<R: Relation>(rows: &mut [Vec<R::To>], keys: &Index, parents: &[&mut R::From]) {
    let mut told = vec![false; rows.len()];
    let parents = keys.numbers().zip(parents).filter_map(|(number, parent)| {
        let number = number.filter(|number| !rows[*number].is_empty())?;
        (!std::mem::replace(&mut told[number], true)).then_some((number, &**parent))
    });
    let parents: Vec<(usize, &R::From)> = parents.collect();
    for parents in parents.chunks(Later::MOST) {
        let mut parent = Told {
            rows: Arc::new(Later::of(parents.iter().map(|(_, parent)| *parent))),
            number: 0,
        };
        for (number, _) in parents {
            (R::SCHEMA.tell)(&mut rows[*number], &parent);
            parent.number += 1;
        }
    }
}

/// What an instance keeps of the rows that belong to it; nothing for the one row that is not there.
fn side_of<R: Relation>(rows: Vec<R::To>) -> Option<AnyRows> {
    if R::SCHEMA.is_many() {
        return Some(Arc::new(rows));
    }
    rows.into_iter().next().map(|row| Arc::new(row) as AnyRows)
}

/// What is loaded for the parents of rows, which are parts of these.
struct OfParents<R> {
    behind: Arc<dyn Prefetcher>,
    relation: PhantomData<fn() -> R>,
}

impl<R: Relation> Prefetcher for OfParents<R> {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn and(&self, other: &dyn Prefetcher) -> Option<Arc<dyn Prefetcher>> {
        let other = other.as_any().downcast_ref::<Self>()?;
        let behind = self.behind.and(&*other.behind)?;
        let relation = PhantomData;
        Some(Arc::new(Self { behind, relation }))
    }

    fn between(&self) -> Option<&'static RelationSchema> {
        None
    }

    fn load(
        &self,
        instances: Vec<&mut dyn Any>,
        _: bool,
        db: &dyn Executor,
        caller: Caller,
    ) -> Result<()> {
        let rows = instances.into_iter().filter_map(<dyn Any>::downcast_mut);
        let parents = rows.filter_map(R::parent);
        let parents = parents.map(|parent| parent as &mut dyn Any);
        // Others may be the parents of no such rows.
        let all = false;
        self.behind.load(parents.collect(), all, db, caller)
    }
}

/// All rows of a relation.
pub struct Entire;

/// Some rows or values of a relation.
pub struct Narrowed;

/// What [`prefetch_related`](QuerySet::prefetch_related) takes: relations of `M`, as they are or with an order and more to
/// load, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "this is not a whole relation, which `prefetch_related` loads",
    label = "expected a relation, such as `Author::books`; one that is filtered, limited or shaped is loaded by `.with(..)`",
    note = "relations of related rows are loaded within: `Author::books.prefetch_related(Book::tags)`"
)]
pub trait IntoPrefetch {
    /// The model whose relations they are.
    type Model: Model;

    /// Adds what loads them.
    #[doc(hidden)]
    fn push_prefetches(self, prefetches: &mut Vec<Arc<dyn Prefetcher>>);
}

macro_rules! bare {
    ($($name:ident)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<P: Along, R: Relation<Side: Apart>> IntoPrefetch for $name<P, R> {
            type Model = P::Root;

            fn push_prefetches(self, prefetches: &mut Vec<Arc<dyn Prefetcher>>) {
                Related::<P, R>::new().push_prefetches(prefetches);
            }
        }
    )+ };
}
bare!(ToMany ToOne);

#[diagnostic::do_not_recommend]
impl<P: Along, R: Relation<Side: Apart>> IntoPrefetch for Related<P, R> {
    type Model = P::Root;

    fn push_prefetches(self, prefetches: &mut Vec<Arc<dyn Prefetcher>>) {
        let query = self.into_query();
        let between = false;
        P::along(Arc::new(Kept::<R> { query, between }), prefetches);
    }
}

/// A path whose relations are loaded one after the other, each for the rows of the one before.
#[diagnostic::on_unimplemented(
    message = "this path does not begin at the rows of the query, which could keep what it leads to",
    label = "a path of a row outside"
)]
pub trait Along: Path {
    /// Loads the rows of the path, and something for them.
    #[doc(hidden)]
    fn along(behind: Arc<dyn Prefetcher>, prefetches: &mut Vec<Arc<dyn Prefetcher>>);
}

#[diagnostic::do_not_recommend]
impl<M: Model> Along for Root<M> {
    fn along(behind: Arc<dyn Prefetcher>, prefetches: &mut Vec<Arc<dyn Prefetcher>>) {
        add(prefetches, behind);
    }
}

#[diagnostic::do_not_recommend]
impl<P: Along, R: Relation> Along for Join<P, R> {
    fn along(behind: Arc<dyn Prefetcher>, prefetches: &mut Vec<Arc<dyn Prefetcher>>) {
        if R::Side::PARENT {
            let relation = PhantomData;
            return P::along(Arc::new(OfParents::<R> { behind, relation }), prefetches);
        }
        let mut query = Related::<P, R>::new().into_query();
        query.loading_mut().prefetches.push(behind);
        let between = true;
        P::along(Arc::new(Kept::<R> { query, between }), prefetches);
    }
}

macro_rules! tuples {
    ($($($name:ident $index:tt)+;)+) => { $(
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
crate::tuples::for_each!(tuples);

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
        prefetch.load(instances.collect(), false, db.executor(), caller)
    })
}
