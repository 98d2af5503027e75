//! `select_related`: rows that are joined, taken out of one wide row and put into each other.

use std::any::Any;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::ast::{Expr as Node, row_columns};
use crate::decode::Row;
use crate::error::Result;
use crate::expr::OneRow;
use crate::model::Model;
use crate::path::{AnyRows, Join, Path, Relation, Step, ToOne};
use crate::value::ValueRef;

/// The columns of all steps, one model after the other.
pub(super) fn columns(steps: &[Step]) -> Vec<Node> {
    let columns = |step: &Step| row_columns(step.node.target(), Some(step.node));
    steps.iter().flat_map(columns).collect()
}

/// Puts joined rows into each other, row by row.
#[derive(Default)]
pub(super) struct Joining {
    found: Vec<Found>,
    /// The rows that each step has led to.
    known: Vec<Known>,
}

/// What a step leads to from one row.
enum Found {
    /// Nothing.
    Absent,
    /// A row that was read from this one, with its key.
    New(AnyRows, Option<i64>),
    /// A row that was read before, with all that belongs to it.
    Known(AnyRows),
    /// Something that belongs to such a row.
    Behind,
}

/// The rows that a step has led to, by their keys: where many rows lead to one, it is read once and shared.
#[derive(Default)]
struct Known {
    rows: FxHashMap<i64, AnyRows>,
    asked: u32,
    met: u32,
}

impl Known {
    /// So many rows are looked at before it is judged whether they are worth remembering.
    const TRIAL: u32 = 1_024;

    fn get(&mut self, key: i64) -> Option<AnyRows> {
        let row = self.rows.get(&key).cloned();
        self.asked += 1;
        self.met += u32::from(row.is_some());
        row
    }

    /// Whether rows come again often enough.
    fn is_worth_it(&self) -> bool {
        self.asked < Self::TRIAL || self.met >= self.asked / 4
    }

    fn keep(&mut self, key: i64, row: &AnyRows) {
        if self.is_worth_it() {
            self.rows.insert(key, Arc::clone(row));
        } else if !self.rows.is_empty() {
            self.rows = FxHashMap::default();
        }
    }
}

impl Joining {
    /// Reads the rows of all steps from a row, in which they begin at index `at`, and gives each to the one it starts from.
    pub(super) fn attach(
        &mut self,
        steps: &[Step],
        row: &dyn Row,
        mut at: usize,
        root: &mut dyn Any,
    ) -> Result<()> {
        self.found.clear();
        self.known.resize_with(steps.len(), Known::default);
        for (place, step) in steps.iter().enumerate() {
            let found = self.find(place, step, row, at)?;
            self.found.push(found);
            at += step.node.target().width();
        }
        // The last ones first: a row is complete before it is given on.
        for (place, step) in steps.iter().enumerate().rev() {
            let to = match std::mem::replace(&mut self.found[place], Found::Absent) {
                Found::Behind => continue,
                Found::Absent => None,
                Found::Known(row) => Some(row),
                Found::New(row, key) => {
                    if let Some(key) = key {
                        self.known[place].keep(key, &row);
                    }
                    Some(row)
                }
            };
            match step.parent {
                None => (step.attach)(root, to),
                Some(parent) => {
                    if let Found::New(from, _) = &mut self.found[parent]
                        && let Some(from) = Arc::get_mut(from)
                    {
                        (step.attach)(from, to);
                    }
                }
            }
        }
        Ok(())
    }

    fn find(&mut self, place: usize, step: &Step, row: &dyn Row, at: usize) -> Result<Found> {
        match step.parent.map(|parent| &self.found[parent]) {
            None | Some(Found::New(..)) => {}
            Some(Found::Absent) => return Ok(Found::Absent),
            Some(Found::Known(_) | Found::Behind) => return Ok(Found::Behind),
        }
        let model = step.node.target();
        let key = match row.value(at + model.primary_key[0]) {
            Ok(ValueRef::Null) => return Ok(Found::Absent),
            Ok(ValueRef::Integer(key)) if !model.has_composite_key() => Some(key),
            _ => None,
        };
        let known = &mut self.known[place];
        let key = key.filter(|_| known.is_worth_it());
        if let Some(row) = key.and_then(|key| known.get(key)) {
            return Ok(Found::Known(row));
        }
        Ok(Found::New((step.decode)(row, at)?, key))
    }
}

/// What [`select_related`](crate::query::QuerySet::select_related) takes: a path to one row, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`select_related` joins paths from `{M}` to one row, and this is none",
    label = "expected relations of `{M}` to one row, such as `Book::author` or `Book::author.profile`",
    note = "relations to many rows are loaded by `prefetch_related`"
)]
pub trait IntoRelated<M: Model> {
    /// Adds the steps.
    fn push_steps(self, steps: &mut Vec<Step>);
}

#[diagnostic::do_not_recommend]
impl<M, P, R> IntoRelated<M> for ToOne<P, R>
where
    M: Model,
    P: Path<Root = M, Kind = OneRow>,
    R: Relation,
{
    fn push_steps(self, steps: &mut Vec<Step>) {
        const {
            assert!(
                P::OUTER.is_none(),
                "the row of a query around is not this query's to load"
            )
        }
        Join::<P, R>::steps(steps);
    }
}

macro_rules! tuples {
    ($($($name:ident $index:tt)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        #[allow(non_snake_case, reason = "a variable for each type parameter")]
        impl<M: Model, $($name: IntoRelated<M>),+> IntoRelated<M> for ($($name,)+) {
            fn push_steps(self, steps: &mut Vec<Step>) {
                let ($($name,)+) = self;
                $($name.push_steps(steps);)+
            }
        }
    )+ };
}
crate::tuples::for_each!(tuples);
