//! Streaming: the rows of a query one by one, in constant memory.

use std::collections::VecDeque;
use std::panic::Location;
use std::sync::Arc;

use crate::ast::Select;
use crate::error::{Error, Result};
use crate::executor::{Cursor, Executor, Flow, Handle, RunsOn, Subject};
use crate::model::Model;
use crate::query::loading::{Loading, Reading};
use crate::query::run::{self, Caller};
use crate::query::{QuerySet, RowShape};

impl<M: Model, R: RowShape, L> QuerySet<M, R, L> {
    /// The rows one by one, fetched in parts of [`chunk_size`](Self::chunk_size) rows: memory does not grow with their
    /// number. It holds a connection until it is dropped or has shown the last row. What is loaded beside the rows is loaded for
    /// each part, outside of a transaction by a second connection.
    ///
    /// SQL: PostgreSQL: a server-side cursor, in the transaction that is open or a reading one of its own.
    /// SQLite: an open statement.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut total = dec!(0);
    /// for book in Book::objects().iterator(&db)? {
    ///     total += book?.price;
    /// }
    /// assert_eq!(total, dec!(61.40));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of printing the query; those of the database come with the first row.
    #[track_caller]
    pub fn iterator<'a, D: Handle + ?Sized>(&self, db: &'a D) -> Result<RowIter<'a, R>>
    where
        L: RunsOn<D::Kind>,
    {
        let db = db.executor();
        let caller = Location::caller();
        if let Some(loading) = &self.loading {
            loading.check(M::SCHEMA.name, db)?;
        }
        let select = self.joined().into_owned();
        let compiled = run::ready_select(&select, db.dialect())?;
        Ok(RowIter {
            db,
            select,
            loading: self.loading.clone(),
            compiled,
            caller,
            chunk_size: self.chunk_size,
            cursor: None,
            rows: VecDeque::new(),
            finished: self.select.empty,
            failed: None,
        })
    }
}

/// The rows of a query, one by one; made by [`QuerySet::iterator`]. After an error it ends.
pub struct RowIter<'a, R: RowShape> {
    db: &'a dyn Executor,
    select: Select,
    /// What is loaded beside the rows of each chunk.
    loading: Option<Arc<Loading>>,
    compiled: crate::compile::Ready,
    caller: Caller,
    chunk_size: usize,
    cursor: Option<Box<dyn Cursor + 'a>>,
    rows: VecDeque<R::Output>,
    finished: bool,
    failed: Option<Error>,
}

impl<R: RowShape> RowIter<'_, R> {
    /// How many rows to fetch at a time; counts only before the first row. 1,000 unless told.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// for title in Book::objects().values_list(Book::title).iterator(&db)?.chunk_size(100) {
    ///     println!("{}", title?);
    /// }
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn chunk_size(mut self, rows: usize) -> Self {
        self.chunk_size = rows.max(1);
        self
    }

    fn fetch_chunk(&mut self) -> Result<()> {
        if self.cursor.is_none() {
            let command = run::command(&self.compiled, Subject::Select(&self.select), self.caller);
            self.cursor = Some(self.db.cursor(&command, self.chunk_size)?);
        }
        let Some(cursor) = &mut self.cursor else {
            return Ok(());
        };
        let (rows, select) = (&mut self.rows, &self.select);
        let Some(loading) = &self.loading else {
            let more = cursor.next_chunk(&mut |row| {
                rows.push_back(R::decode(row, select)?);
                Ok(Flow::Continue)
            });
            return more.map(|more| self.finished = !more);
        };
        let mut reading = Reading::<R>::new(select, Some(loading)).of_some();
        let more = cursor.next_chunk(&mut |row| reading.row(row).map(|()| Flow::Continue));
        // The rows before one that cannot be read are shown as well, with all that was asked for.
        rows.extend(reading.finish(self.db, self.caller)?);
        more.map(|more| self.finished = !more)
    }
}

impl<R: RowShape> Iterator for RowIter<'_, R> {
    type Item = Result<R::Output>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.rows.is_empty() && !self.finished {
            if let Err(error) = self.fetch_chunk() {
                self.finished = true;
                self.failed = Some(error);
            }
        }
        if self.finished {
            // The connection goes back as soon as the database has no more rows.
            self.cursor = None;
        }
        match self.rows.pop_front() {
            Some(row) => Some(Ok(row)),
            // What came before the row that failed has been shown.
            None => self.failed.take().map(Err),
        }
    }
}
