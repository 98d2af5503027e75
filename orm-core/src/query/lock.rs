//! `SELECT .. FOR UPDATE`.

use crate::ast::{Lock, Wait};
use crate::executor::{Locked, Unlocked};
use crate::model::Model;
use crate::query::{QuerySet, Whole};

impl<M: Model> QuerySet<M, Whole<M>, Unlocked> {
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
    pub fn select_for_update(mut self) -> QuerySet<M, Whole<M>, Locked> {
        self.select.lock = Some(Lock {
            wait: Wait::Block,
            no_key: false,
        });
        self.retyped()
    }
}

impl<M: Model> QuerySet<M, Whole<M>, Locked> {
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
    pub fn skip_locked(self) -> Self {
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
    pub fn nowait(self) -> Self {
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
    pub fn no_key(self) -> Self {
        self.with_lock(|lock| lock.no_key = true)
    }

    fn with_lock(mut self, change: impl FnOnce(&mut Lock)) -> Self {
        if let Some(lock) = &mut self.select.lock {
            change(lock);
        }
        self
    }
}
