//! `update` and `delete` of the rows of a query.

use std::borrow::Cow;
use std::panic::Location;

use super::inherited;
use super::instance::check;
use crate::ast::{Expr as Node, Output, Select, Updating};
use crate::error::Result;
use crate::executor::{Executor, Handle, RunsOn, Subject};
use crate::expr::Assignments;
use crate::model::Model;
use crate::query::run::{self, Caller};
use crate::query::{FromModels, QuerySet};
use crate::schema::{ModelSchema, OnDelete};

impl<M: Model, R, L> QuerySet<M, R, L> {
    /// Changes all rows of the query, in the database; gives their number. `auto_now` fields stay as they are, as in Django.
    /// The expressions see the row as it was. What was annotated is not computed, but where a condition or an assignment names it.
    ///
    /// SQL: one `UPDATE .. SET .. WHERE ..`; if fields of the model and of a [`Parent`](crate::relation::Parent) are set, one for each
    /// table, behind a `SELECT .. FOR NO KEY UPDATE` of the keys
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let n = Book::objects().filter(Book::is_published).update(&db, Book::price.set(Book::price * dec!(1.10)))?;
    /// assert_eq!(n, 3);
    /// Book::objects().update(&db, (Book::stock_level.set(0), Book::title.set(Book::title.upper())))?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Validation`](crate::error::Error::Validation) before any SQL for a value that does not fit its column, and the
    /// database's.
    #[track_caller]
    pub fn update<D, A>(&self, db: &D, assignments: A) -> Result<u64>
    where
        D: Handle + ?Sized,
        A: Assignments<M>,
        R: FromModels<M>,
        L: RunsOn<D::Kind>,
    {
        let mut update = Vec::new();
        assignments.push_assignments(&mut update);
        self.update_at(update, db.executor(), Location::caller())
    }

    pub(crate) fn update_at(
        &self,
        mut update: Vec<(usize, Node)>,
        db: &dyn Executor,
        caller: Caller,
    ) -> Result<u64> {
        if update.is_empty() {
            return self.is_for(db).map(|()| 0);
        }
        let rows = self.written();
        if M::SCHEMA.parent.is_some() {
            self.is_for(db)?;
            return inherited::update_rows(&rows, update, db, caller);
        }
        check(M::SCHEMA, &mut update)?;
        let update = Updating {
            rows: &rows,
            assignments: &update,
            returning: &[],
        };
        let compiled = run::ready_update(update, db)?;
        if rows.empty {
            return Ok(0);
        }
        let subject = Subject::Update(update);
        db.execute(&run::command(&compiled, subject, caller))
    }

    /// Removes all rows of the query; gives the number of rows of this model, where Django counts all that went. The database
    /// does what `on_delete` says with the rows that point at them.
    ///
    /// SQL: one `DELETE FROM .. WHERE ..`; on SQLite, of a model whose rows go with other rows of it, behind a `SELECT count(*)`, since
    /// what goes with another is not counted there; of a model with a [`Parent`](crate::relation::Parent) one for each table, behind a
    /// `SELECT .. FOR UPDATE` of the keys
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let n = Book::objects().filter(!Book::is_published).delete(&db)?;
    /// assert_eq!(n, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's: [`Error::ForeignKeyViolation`](crate::error::Error::ForeignKeyViolation) if other rows
    /// need one of them.
    #[track_caller]
    pub fn delete<D>(&self, db: &D) -> Result<u64>
    where
        D: Handle + ?Sized,
        R: FromModels<M>,
        L: RunsOn<D::Kind>,
    {
        let db = db.executor();
        let rows = self.written();
        let caller = Location::caller();
        if M::SCHEMA.parent.is_some() {
            self.is_for(db)?;
            return inherited::delete_rows(&rows, db, caller);
        }
        let compiled = run::ready_delete(&rows, db)?;
        if rows.empty {
            return Ok(0);
        }
        let command = run::command(&compiled, Subject::Delete(&rows), caller);
        if db.dialect().features().counts_cascades || !takes_its_own_along(M::SCHEMA) {
            return db.execute(&command);
        }
        // A row that went with another before its turn came is one of those that were asked for.
        let mut counted = rows.clone().into_owned();
        counted.output = Output::Count;
        let mut asked_for = 0;
        db.atomic(&mut |db| {
            asked_for = run::count(&counted, db, caller)?;
            db.execute(&command).map(drop)
        })?;
        Ok(asked_for)
    }

    /// The rows without what was annotated to them: that is returned, and nothing is here.
    fn written(&self) -> Cow<'_, Select> {
        if self.select.appended.is_empty() {
            return Cow::Borrowed(&self.select);
        }
        let mut rows = self.select.clone();
        rows.appended.clear();
        Cow::Owned(rows)
    }
}

/// Whether rows that go take other rows of the same table along.
fn takes_its_own_along(model: &ModelSchema) -> bool {
    let mut relations = model.fields.iter().filter_map(|field| field.relation);
    relations.any(|relation| {
        relation.on_delete == OnDelete::Cascade && (relation.to)().table == model.table
    })
}
