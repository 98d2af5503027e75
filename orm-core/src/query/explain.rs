//! How the database would run a query.

use std::panic::Location;

use crate::decode::Row;
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::executor::{Command, Executor, Flow, Handle, RunsOn, Subject};
use crate::model::Model;
use crate::query::run::{self, Caller};
use crate::query::{HasExplainAnalyze, QuerySet, RowShape, Terms};
use crate::value::ValueRef;

impl<M: Model, R: RowShape, L> QuerySet<M, R, L> {
    /// The database's plan for the query, as text.
    ///
    /// SQL: `EXPLAIN ..`, on SQLite `EXPLAIN QUERY PLAN ..`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let plan = Book::objects().filter(Book::id.eq(1)).explain(&db)?;
    /// assert!(plan.contains("book"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn explain<D: Handle + ?Sized>(&self, db: &D) -> Result<String>
    where
        L: RunsOn<D::Kind>,
    {
        let db = db.executor();
        let prefix = match db.dialect().dialect() {
            Dialect::Sqlite => "EXPLAIN QUERY PLAN ",
            Dialect::Postgres => "EXPLAIN ",
        };
        self.plan(db, prefix, Location::caller())
    }

    /// The database's plan with what it cost: the query is run.
    ///
    /// SQL: `EXPLAIN ANALYZE ..`: PostgreSQL.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert!(matches!(Book::objects().explain_analyze(&db), Err(Error::Unsupported { .. })));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`] on SQLite, and the database's.
    #[track_caller]
    pub fn explain_analyze<D: Handle + ?Sized>(&self, db: &D) -> Result<String>
    where
        L: RunsOn<D::Kind> + Terms<Database: HasExplainAnalyze>,
    {
        let db = db.executor();
        match db.dialect().dialect() {
            Dialect::Sqlite => Err(Error::Unsupported {
                feature: "EXPLAIN ANALYZE",
                backend: db.dialect().name(),
            }),
            Dialect::Postgres => self.plan(db, "EXPLAIN ANALYZE ", Location::caller()),
        }
    }

    fn plan(&self, db: &dyn Executor, prefix: &str, caller: Caller) -> Result<String> {
        let select = self.joined();
        let ready = run::ready_select(&select, db.dialect())?;
        let command = run::command(&ready, Subject::Select(&select), caller);
        let sql = format!("{prefix}{}", ready.sql());
        let mut plan = String::new();
        let mut depths = Vec::new();
        db.query(
            &Command {
                sql: &sql,
                statement: None,
                ..command
            },
            &mut |row| {
                push_line(row, &mut plan, &mut depths);
                Ok(Flow::Continue)
            },
        )?;
        Ok(plan)
    }
}

/// PostgreSQL returns lines; SQLite a tree of `(id, parent, _, text)`.
fn push_line(row: &dyn Row, plan: &mut String, depths: &mut Vec<(i64, usize)>) {
    let line = match (row.value(0), row.value(1), row.value(3)) {
        (Ok(ValueRef::Integer(id)), Ok(ValueRef::Integer(parent)), Ok(ValueRef::Text(text))) => {
            let depth = depths
                .iter()
                .find(|(known, _)| *known == parent)
                .map_or(0, |(_, depth)| depth + 1);
            depths.push((id, depth));
            plan.extend(std::iter::repeat_n("  ", depth));
            text
        }
        (Ok(ValueRef::Text(text)), _, _) => text,
        _ => return,
    };
    plan.push_str(line);
    plan.push('\n');
}
