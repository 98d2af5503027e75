//! Raw SQL on any handle: `query`, `execute` and `execute_batch`.

use std::borrow::Cow;
use std::panic::Location;

use orm_core::dialect::{Dialect, SqlDialect};
use orm_core::error::Result;
use orm_core::executor::{Command, Executor, Flow, Subject};
use orm_core::raw::{RawParams, RawRow, number_placeholders, only_reads};

/// Runs raw SQL and reads its rows.
pub(crate) fn query<R: RawRow>(
    executor: &dyn Executor,
    sql: &str,
    params: impl RawParams,
    caller: &'static Location<'static>,
) -> Result<Vec<R>> {
    let params = params.into_params();
    let command = Command {
        sql: &worded(executor.dialect(), sql),
        params: &params,
        writes: !only_reads(sql),
        model: "",
        statement: None,
        row_ids: None,
        subject: Subject::Sql,
        goes_on: false,
        caller,
    };
    let mut rows = Vec::new();
    let mut places = None;
    executor.query(&command, &mut |row| {
        let places = match &mut places {
            Some(places) => places,
            none => none.insert(R::places(row)?),
        };
        rows.push(R::read_at(row, places)?);
        Ok(Flow::Continue)
    })?;
    Ok(rows)
}

/// Runs raw SQL without rows.
pub(crate) fn execute(
    executor: &dyn Executor,
    sql: &str,
    params: impl RawParams,
    caller: &'static Location<'static>,
) -> Result<u64> {
    let params = params.into_params();
    let command = Command {
        sql: &worded(executor.dialect(), sql),
        params: &params,
        writes: true,
        model: "",
        statement: None,
        row_ids: None,
        subject: Subject::Sql,
        goes_on: false,
        caller,
    };
    executor.execute(&command)
}

fn worded<'s>(dialect: &dyn SqlDialect, sql: &'s str) -> Cow<'s, str> {
    match dialect.dialect() {
        Dialect::Postgres => number_placeholders(sql),
        _ => Cow::Borrowed(sql),
    }
}

/// The same methods for every handle.
macro_rules! raw_methods {
    () => {
        /// Runs SQL of your own and reads its rows into tuples of up to 16 columns, by their order; or into a projection or a model,
        /// by the names of its fields or columns. `?` stands for a parameter on every database, and a tuple holds the
        /// parameters: `(1,)` is one, `()` is none.
        ///
        /// ```
        /// # use orm_doc_models::*;
        /// # let db = bookstore()?;
        /// let rows = db.query::<(i64, String)>("SELECT id, title FROM book WHERE price < ? ORDER BY title", (dec!(8),))?;
        /// assert_eq!(rows[0].1, "Draft");
        /// #[derive(Projection)]
        /// #[projection(Book)]
        /// struct Card {
        ///     title: String,
        ///     #[projection(Book::author.name)]
        ///     author: String,
        /// }
        /// let sql = "SELECT name AS author, title FROM book JOIN author ON author.id = author_id WHERE price > ?";
        /// let cards = db.query::<Card>(sql, (dec!(40),))?;
        /// assert_eq!((&*cards[0].title, &*cards[0].author), ("Rust", "Bob"));
        /// # Ok::<(), orm::Error>(())
        /// ```
        ///
        /// # Errors
        /// The database's; `Error::Decode` when a column cannot be read as its type.
        #[track_caller]
        pub fn query<R: orm_core::raw::RawRow>(
            &self,
            sql: &str,
            params: impl orm_core::raw::RawParams,
        ) -> orm_core::error::Result<Vec<R>> {
            $crate::raw::query(self, sql, params, std::panic::Location::caller())
        }

        /// Runs SQL of your own and gives the number of rows it touched. `?` stands for a parameter on every database; rows that
        /// the statement returns are dropped.
        ///
        /// ```
        /// # use orm_doc_models::*;
        /// # let db = bookstore()?;
        /// let n = db.execute("UPDATE book SET stock_level = stock_level + ? WHERE title = ?", (1, "SQL"))?;
        /// assert_eq!(n, 1);
        /// # Ok::<(), orm::Error>(())
        /// ```
        ///
        /// # Errors
        /// The database's.
        #[track_caller]
        pub fn execute(
            &self,
            sql: &str,
            params: impl orm_core::raw::RawParams,
        ) -> orm_core::error::Result<u64> {
            $crate::raw::execute(self, sql, params, std::panic::Location::caller())
        }
    };
}
pub(crate) use raw_methods;
