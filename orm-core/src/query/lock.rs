//! `SELECT .. FOR UPDATE`.

use crate::ast::{Lock, Wait};
use crate::executor::Locked;
use crate::expr::OneRow;
use crate::model::Model;
use crate::path::{Join, Path, Relation, ToOne};
use crate::query::{HasNoWait, HasSkipLocked, Locks, LocksNone, QuerySet, Whole};
use crate::schema::PathNode;
use crate::types::{NotNull, Nullness};

/// What [`of`](QuerySet::of) takes: a path to one row that is there, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "this does not lead from each `{M}` to a row that could be locked",
    label = "expected a relation of `{M}` to one row that is always there, or a tuple of them"
)]
pub trait LockedToo<M> {
    /// Adds the paths.
    fn push_locked(self, paths: &mut Vec<&'static PathNode>);
}

/// A relation whose row is always there.
pub trait PresentRow {}

impl PresentRow for NotNull {}

#[diagnostic::do_not_recommend]
impl<M, P, R> LockedToo<M> for ToOne<P, R>
where
    M: Model,
    P: Path<Root = M, Kind = OneRow>,
    R: Relation,
    <P::Null as Nullness>::Or<R::Null>: PresentRow,
{
    fn push_locked(self, paths: &mut Vec<&'static PathNode>) {
        paths.extend(Join::<P, R>::NODE);
    }
}

macro_rules! tuples {
    ($($($name:ident)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        #[allow(non_snake_case, reason = "a variable for each type parameter")]
        impl<M: Model, $($name: LockedToo<M>),+> LockedToo<M> for ($($name,)+) {
            fn push_locked(self, paths: &mut Vec<&'static PathNode>) {
                let ($($name,)+) = self;
                $($name.push_locked(paths);)+
            }
        }
    )+ };
}
tuples! {
    A;
    A B;
    A B C;
    A B C D;
}

/// Whole rows that a query locks until the transaction ends.
pub type LockedRows<M> = QuerySet<M, Whole<M>, Locked>;

impl<M: Model, L> QuerySet<M, Whole<M>, L> {
    /// Locks the rows until the transaction ends, so that nobody changes them meanwhile. The query then runs on a
    /// `&Transaction` only: with a `&db` it does not compile, where Django fails when it runs.
    ///
    /// SQL: `FOR UPDATE`. On SQLite a transaction has the whole database's write lock from its start, so nothing is left to
    /// say.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// db.atomic(|tx| {
    ///     let mut book = Book::objects().select_for_update().get(tx, Book::title.eq("SQL"))?;
    ///     book.stock_level -= 1;
    ///     book.save(tx)
    /// })?;
    /// assert_eq!(Book::objects().get(&db, Book::title.eq("SQL"))?.stock_level, 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn select_for_update(mut self) -> QuerySet<M, Whole<M>, L::Locked>
    where
        L: LocksNone,
    {
        self.select.lock = Some(Lock {
            wait: Wait::Block,
            no_key: false,
            of: Vec::new(),
            tables: Vec::new(),
        });
        self.retyped()
    }
}

impl<M: Model, R, L> QuerySet<M, R, L> {
    /// Passes over the rows that others have locked: for queues that several workers take from.
    ///
    /// SQL: `FOR UPDATE SKIP LOCKED`: PostgreSQL. On SQLite it is [`Error::Unsupported`](crate::error::Error::Unsupported) when run.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let next = Book::objects().limit(10).select_for_update().skip_locked();
    /// assert!(next.to_sql(Dialect::Postgres)?.0.ends_with("FOR UPDATE SKIP LOCKED"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn skip_locked(self) -> Self
    where
        L: Locks<Database: HasSkipLocked>,
    {
        self.with_lock(|lock| lock.wait = Wait::SkipLocked)
    }

    /// Fails at once with [`Error::LockTimeout`](crate::error::Error::LockTimeout) where others have locked a row, instead of waiting.
    ///
    /// SQL: `FOR UPDATE NOWAIT`: PostgreSQL. On SQLite it is [`Error::Unsupported`](crate::error::Error::Unsupported) when run.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let books = Book::objects().select_for_update().nowait();
    /// assert!(books.to_sql(Dialect::Postgres)?.0.ends_with("FOR UPDATE NOWAIT"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn nowait(self) -> Self
    where
        L: Locks<Database: HasNoWait>,
    {
        self.with_lock(|lock| lock.wait = Wait::NoWait)
    }

    /// Lets others insert rows that point at the locked ones.
    ///
    /// SQL: `FOR NO KEY UPDATE` on PostgreSQL; on SQLite it changes nothing.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let books = Book::objects().select_for_update().no_key();
    /// assert!(books.to_sql(Dialect::Postgres)?.0.ends_with("FOR NO KEY UPDATE"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn no_key(self) -> Self
    where
        L: Locks,
    {
        self.with_lock(|lock| lock.no_key = true)
    }

    /// Locks, beside the query's own rows, those that keys lead to: a path to one row, or a tuple of them. A path that may lead to
    /// no row does not compile: PostgreSQL cannot lock what may be absent. (In Django `of` names the query's own rows too, as `self`,
    /// and without it all that `select_related` loads is locked.)
    ///
    /// SQL: `FOR UPDATE OF "book", "t1"` on PostgreSQL; on SQLite it changes nothing.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let book = db.atomic(|tx| {
    ///     let books = Book::objects().select_related(Book::author).select_for_update();
    ///     books.of(Book::author).get(tx, Book::title.eq("SQL"))
    /// })?;
    /// assert_eq!(book.author.get()?.name, "Bob");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn of<O: LockedToo<M>>(self, relations: O) -> Self
    where
        L: Locks,
    {
        self.with_lock(|lock| relations.push_locked(&mut lock.of))
    }

    fn with_lock(mut self, change: impl FnOnce(&mut Lock)) -> Self {
        if let Some(lock) = &mut self.select.lock {
            change(lock);
        }
        self
    }
}
