//! Queries that say which database they are for, and what one database alone has.

use std::marker::PhantomData;

use crate::ast::{Backend, Select};
use crate::error::{Error, Result};
use crate::executor::{Executor, Locked, RunsOn, Unlocked};
use crate::model::Model;
use crate::query::QuerySet;

/// SQLite, as a type: what [`on`](QuerySet::on) takes.
#[derive(Clone, Copy, Debug)]
pub struct Sqlite;

/// PostgreSQL, as a type: what [`on`](QuerySet::on) takes.
#[derive(Clone, Copy, Debug)]
pub struct Postgres;

/// Whichever database: that of queries that do not say.
#[derive(Clone, Copy, Debug)]
pub struct AnyDatabase;

/// A database that a query can be for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a database that a query can be for",
    label = "expected `Sqlite` or `Postgres`"
)]
pub trait OnDatabase {
    /// The same as data.
    const BACKEND: Backend;
}

#[diagnostic::do_not_recommend]
impl OnDatabase for Sqlite {
    const BACKEND: Backend = Backend::Sqlite;
}

#[diagnostic::do_not_recommend]
impl OnDatabase for Postgres {
    const BACKEND: Backend = Backend::Postgres;
}

/// A query for the database `B`, which locks its rows as `L` says.
pub struct On<B, L = Unlocked>(PhantomData<(B, L)>);

/// What a query set says of where it runs: for which database it is, and whether it locks its rows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say where a query runs",
    label = "bound it by `orm::query::Terms`"
)]
pub trait Terms {
    /// The database.
    type Database;
    /// Whether the rows are locked.
    type Lock: Terms<Database = AnyDatabase>;
    /// The same with the rows locked.
    type Locked;
}

impl Terms for Unlocked {
    type Database = AnyDatabase;
    type Lock = Self;
    type Locked = Locked;
}

impl Terms for Locked {
    type Database = AnyDatabase;
    type Lock = Self;
    type Locked = Self;
}

impl<B, L: Terms> Terms for On<B, L> {
    type Database = B;
    type Lock = L::Lock;
    type Locked = On<B, L::Locked>;
}

#[diagnostic::do_not_recommend]
impl<K, B, L: RunsOn<K>> RunsOn<K> for On<B, L> {}

/// A query that locks no rows.
#[diagnostic::on_unimplemented(
    message = "a query that locks its rows cannot be a part of another, or be locked again",
    label = "this query locks its rows"
)]
pub trait LocksNone: Terms {}

#[diagnostic::do_not_recommend]
impl LocksNone for Unlocked {}
#[diagnostic::do_not_recommend]
impl<B, L: LocksNone> LocksNone for On<B, L> {}

/// A query that locks its rows.
#[diagnostic::on_unimplemented(
    message = "this says how rows are locked, but the query locks none",
    label = "call `.select_for_update()` first"
)]
pub trait Locks: Terms {}

#[diagnostic::do_not_recommend]
impl Locks for Locked {}
#[diagnostic::do_not_recommend]
impl<B, L: Locks> Locks for On<B, L> {}

/// The database of a query that has not said one.
#[diagnostic::on_unimplemented(
    message = "this query has said already which database it is for",
    label = "a query is for one database"
)]
pub trait Undecided<X = ()> {}

/// What one database alone has: a trait for each, of the databases that a query may be for.
macro_rules! features {
    ($($(#[$attribute:meta])+ $feature:ident: $($database:ident)+;)+) => { $(
        $(#[$attribute])+
        pub trait $feature {}

        $(
            #[diagnostic::do_not_recommend]
            impl $feature for $database {}
        )+
        #[diagnostic::do_not_recommend]
        impl $feature for AnyDatabase {}
    )+ };
}
features! {
    /// A database with `DISTINCT ON`.
    #[diagnostic::on_unimplemented(
        message = "`distinct_on` exists on PostgreSQL only, and this query is for SQLite",
        label = "SQLite has no `DISTINCT ON`",
        note = "filter by `row_number().over(partition_by(..).order_by(..)).eq(1)` instead"
    )]
    HasDistinctOn: Postgres;

    /// A database with `SKIP LOCKED`.
    #[diagnostic::on_unimplemented(
        message = "`skip_locked` exists on PostgreSQL only, and this query is for SQLite",
        label = "SQLite locks no single rows: a transaction has the whole database"
    )]
    HasSkipLocked: Postgres;

    /// A database with `NOWAIT`.
    #[diagnostic::on_unimplemented(
        message = "`nowait` exists on PostgreSQL only, and this query is for SQLite",
        label = "SQLite locks no single rows: a transaction has the whole database"
    )]
    HasNoWait: Postgres;

    /// A database with `EXPLAIN ANALYZE`.
    #[diagnostic::on_unimplemented(
        message = "`explain_analyze` exists on PostgreSQL only, and this query is for SQLite",
        label = "SQLite has no `EXPLAIN ANALYZE`: `explain` shows the plan"
    )]
    HasExplainAnalyze: Postgres;
}

#[diagnostic::do_not_recommend]
impl Undecided for AnyDatabase {}
#[diagnostic::do_not_recommend]
impl<X: crate::model::NoType> Undecided<X> for AnyDatabase {}

impl<M: Model, R, L> QuerySet<M, R, L> {
    /// Says which database the query is for: `Sqlite` or `Postgres`. What that database lacks does not compile behind it, where it is
    /// otherwise refused when run. All steps keep it, and so does what the query becomes a part of. Run on another database, it
    /// is [`Error::Unsupported`] before any SQL.
    ///
    /// Say it first: what stands before it is not looked at by the compiler.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let newest = Book::objects()
    ///     .on(Postgres)
    ///     .filter(Book::is_published)
    ///     .distinct_on(Book::author)
    ///     .order_by((Book::author, Book::created_at.desc()));
    /// assert!(newest.to_sql(Dialect::Postgres)?.0.starts_with("SELECT DISTINCT ON"));
    /// assert!(matches!(newest.all(&db), Err(Error::Unsupported { backend: "SQLite", .. })));
    ///
    /// let cheap = Book::objects().on(Sqlite).filter(Book::price.lt(8));
    /// assert_eq!(cheap.count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn on<B: OnDatabase>(mut self, database: B) -> QuerySet<M, R, On<B, L>>
    where
        L: Terms<Database: Undecided>,
    {
        let _ = database;
        self.select.backend = Some(B::BACKEND);
        self.retyped()
    }

    /// An error where the query says that it is for another database: for what is not made of its tree.
    pub(super) fn is_for(&self, db: &dyn Executor) -> Result<()> {
        is_for(&self.select, db)
    }
}

/// An error where a query says that it is for another database.
pub(super) fn is_for(select: &Select, db: &dyn Executor) -> Result<()> {
    match select.backend {
        Some(backend) if backend.name() != db.dialect().name() => Err(Error::Unsupported {
            feature: backend.queries(),
            backend: db.dialect().name(),
        }),
        _ => Ok(()),
    }
}
