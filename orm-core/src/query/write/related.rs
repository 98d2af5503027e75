//! Changing which rows point at one: what `add`, `remove`, `set` and `clear` of the other side of a key send.

use crate::ast::{Column, CompareOp, Expr as Node, Output, Select, Updating};
use crate::error::{Error, Result};
use crate::executor::{Executor, Flow, Subject};
use crate::expr::key_among;
use crate::query::run::{self, Caller};
use crate::schema::{FieldSchema, RelationSchema};
use crate::value::Value;

/// The rows that point at one row.
pub(crate) struct Pointing<'a> {
    /// Which relation of that row.
    pub(crate) relation: &'static RelationSchema,
    /// Its primary key.
    pub(crate) owner: &'a Value,
    pub(crate) caller: Caller,
}

impl Pointing<'_> {
    /// Turns the keys of these rows to the one, wherever they pointed; gives the number of rows that are new.
    pub(crate) fn add(&self, rows: Vec<Vec<Value>>, db: &dyn Executor) -> Result<u64> {
        let strangers = self.pointing(CompareOp::Ne);
        let chosen = self.chosen(rows);
        self.point(Vec::new(), vec![chosen, strangers], self.owner.clone(), db)
    }

    /// Makes the keys NULL of those of these rows that point at the one.
    pub(crate) fn remove(&self, rows: Vec<Vec<Value>>, db: &dyn Executor) -> Result<u64> {
        self.may_be_null("remove")?;
        let chosen = self.chosen(rows);
        self.release(Vec::new(), chosen, db)
    }

    /// Makes all keys NULL that point at the one, among the rows that `among` lets through.
    pub(crate) fn clear(&self, among: Vec<Node>, db: &dyn Executor) -> Result<u64> {
        self.may_be_null("clear")?;
        self.release(among, Node::Constant(true), db)
    }

    /// Makes these rows the only ones that point at the one, among those that `among` lets through.
    pub(crate) fn set(
        &self,
        among: Vec<Node>,
        rows: Vec<Vec<Value>>,
        db: &dyn Executor,
    ) -> Result<()> {
        let nullable = self.key().nullable;
        db.atomic(&mut |db| {
            if nullable {
                // First these, so that a key that only one row may have is free for the new one.
                let others = self.chosen(rows.clone()).negate();
                self.release(among.clone(), others, db)?;
                self.add(rows.clone(), db).map(drop)
            } else {
                self.add(rows.clone(), db)?;
                let others = self.chosen(self.moved(rows.clone())).negate();
                self.nobody_left(among.clone(), others, db)
            }
        })
    }

    /// The primary keys of rows as they are once the rows point at the one: it may be a part of them.
    fn moved(&self, mut rows: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
        let keys = (self.relation.to)().primary_key.iter();
        for (_, part) in keys
            .zip(&mut rows)
            .filter(|(field, _)| **field == self.relation.key)
        {
            part.fill(self.owner.clone());
        }
        rows
    }

    /// An error if there is a row among these that points at the one, and cannot do otherwise.
    fn nobody_left(&self, among: Vec<Node>, others: Node, db: &dyn Executor) -> Result<()> {
        let mut select = self.select(among, vec![self.pointing(CompareOp::Eq), others]);
        select.output = Output::One;
        select.limit = Some(1);
        let left = run::for_each(&select, db, self.caller, &mut |_| Ok(Flow::Stop))?;
        if left == 0 {
            return Ok(());
        }
        Err(self.refused(format!(
            "rows that `set` leaves out cannot be without `{}`: delete them, or give them to another {} first",
            self.key().name,
            (self.relation.from)().name,
        )))
    }

    /// Makes the keys NULL that point at the one, where `also` holds.
    fn release(&self, among: Vec<Node>, also: Node, db: &dyn Executor) -> Result<u64> {
        let filters = vec![self.pointing(CompareOp::Eq), also];
        self.point(among, filters, Value::Null, db)
    }

    /// One `UPDATE` of the key.
    fn point(
        &self,
        among: Vec<Node>,
        filters: Vec<Node>,
        to: Value,
        db: &dyn Executor,
    ) -> Result<u64> {
        let model = (self.relation.to)();
        if model.parent.is_some() && model.is_key(self.relation.key) {
            return Err(self.refused(format!(
                "a row keeps its `{}`: make a new one for another parent",
                self.key().name
            )));
        }
        let update = Updating {
            rows: &self.select(among, filters),
            assignments: &[(self.relation.key, Node::Bind(to))],
            returning: &[],
        };
        let compiled = run::ready_update(update, db)?;
        db.execute(&run::command(
            &compiled,
            Subject::Update(update),
            self.caller,
        ))
    }

    fn select(&self, mut among: Vec<Node>, filters: Vec<Node>) -> Select {
        let mut select = Select::from_model((self.relation.to)(), &[]);
        among.extend(filters);
        among.retain(|filter| *filter != Node::Constant(true));
        select.filters = among;
        select
    }

    fn key(&self) -> &'static FieldSchema {
        self.relation.remote()
    }

    /// The comparison of the key with the one row.
    fn pointing(&self, op: CompareOp) -> Node {
        Node::compare(op, column(self.key()), Node::Bind(self.owner.clone()))
    }

    /// The rows with these primary keys: a list for each field of the key.
    fn chosen(&self, keys: Vec<Vec<Value>>) -> Node {
        key_among((self.relation.to)(), keys)
    }

    fn may_be_null(&self, method: &str) -> Result<()> {
        if self.key().nullable {
            return Ok(());
        }
        Err(self.refused(format!(
            "`{method}` would make `{}` NULL, which is no `Option`: delete the rows, or give them to another {}",
            self.key().name,
            (self.relation.from)().name,
        )))
    }

    fn refused(&self, message: String) -> Error {
        Error::InvalidQuery {
            model: (self.relation.to)().name,
            message,
        }
    }
}

fn column(field: &'static FieldSchema) -> Node {
    Node::Column(Column { path: None, field })
}
