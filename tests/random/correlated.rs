//! Subqueries that speak of the row around them: put to a database, and computed in plain Rust.

use std::fmt::{self, Display, Formatter};

use orm::path::OuterRoot;
use orm::prelude::*;

use crate::any::{Erased, cell, erased};
use crate::build::{compare, condition, expr};
use crate::conditions::{Question, run};
use crate::eval::At;
use crate::generate::Gen;
use crate::judge::{Answer, judge};
use crate::plan::{Term, key, order, same};
use crate::query_sets::{ordered, sql};
use crate::shrink::{lesser, smaller};
use crate::spec::{Cond, Val, Way};
use crate::support::suite;
use crate::tables::{Table, World};
use crate::typed::{Rows, Typed, each, with_model};
use crate::values::{self, Cell, Compare, Ty, V};

suite! {
    fn subqueries_about_the_row_around(db) {
        run(db, 3, 80, Asked::random, Asked::smaller, &disagrees)?;
    }
}

/// What is asked of the rows that go with a row.
#[derive(Clone, Debug)]
enum How {
    Exists,
    NotExists,
    /// The first one's value, in an order.
    First(Val, Vec<Term>),
    /// The row's own value is among theirs.
    Among(usize, Val),
}

/// Rows of a table, and of another those that go with each.
#[derive(Clone)]
struct Asked {
    outer: Table,
    inner: Table,
    /// How a value of an inner row compares with a column of the outer one.
    op: Compare,
    of: Val,
    column: usize,
    filter: Option<Cond>,
    how: How,
}

impl Question for Asked {
    fn each_condition(&mut self, tell: &mut dyn FnMut(&mut Cond)) {
        self.filter.iter_mut().for_each(tell);
    }
}

impl Asked {
    fn random(generator: &mut Gen<'_>) -> Self {
        let outer = *generator.rng.pick(&Table::ALL);
        let inner = *generator.rng.pick(&Table::ALL);
        let column = loop {
            let column = generator.rng.below(outer.columns().len());
            if outer.columns()[column].ty != Ty::Json {
                break column;
            }
        };
        let op = *generator.rng.pick(&[
            Compare::Eq,
            Compare::Eq,
            Compare::Eq,
            Compare::Ne,
            Compare::Lt,
            Compare::Gte,
        ]);
        let of = generator.val(inner, outer.columns()[column].ty, 1, false);
        let how = match generator.rng.below(6) {
            0 | 1 => How::Exists,
            2 => How::NotExists,
            3 => {
                let own = generator.rng.below(outer.columns().len());
                let ty = outer.columns()[own].ty;
                let ty_fits = [Ty::Text, Ty::I32, Ty::I64, Ty::Dec, Ty::Date].contains(&ty);
                if ty_fits {
                    How::Among(own, generator.val(inner, ty, 1, false))
                } else {
                    How::Exists
                }
            }
            _ => {
                let ty = *generator.rng.pick(&[
                    Ty::Text,
                    Ty::I32,
                    Ty::I64,
                    Ty::Dec,
                    Ty::Bool,
                    Ty::Date,
                    Ty::Timestamp,
                ]);
                let of = generator.val(inner, ty, 1, false);
                let first = generator.val(inner, Ty::I32, 1, false);
                let terms = [first, key(inner)].map(|val| generator.term(val));
                How::First(of, terms.to_vec())
            }
        };
        let filter = generator.rng.chance(50).then(|| generator.cond(inner, 2));
        Self {
            outer,
            inner,
            op,
            of,
            column,
            filter,
            how,
        }
    }

    /// The rows that go with a row.
    fn with<'w>(&self, world: &'w World, at: &At<'w>) -> Vec<At<'w>> {
        let own = at.value(&self.column_of_outer(self.column));
        let all = (0..world.rows(self.inner).len()).map(|row| At::new(world, row));
        all.filter(|inner| values::holds(self.op, &inner.value(&self.of), &own))
            .filter(|inner| self.filter.as_ref().is_none_or(|cond| inner.holds(cond)))
            .collect()
    }

    const fn column_of_outer(&self, column: usize) -> Val {
        Val::Column(
            Way {
                table: self.outer,
                index: 0,
            },
            column,
        )
    }

    fn rows(&self, world: &World) -> Vec<Vec<Cell>> {
        let mut rows = Vec::new();
        for index in 0..world.rows(self.outer).len() {
            let at = At::new(world, index);
            let mut with = self.with(world, &at);
            let id = at.value(&key(self.outer));
            match &self.how {
                How::Exists if with.is_empty() => {}
                How::NotExists if !with.is_empty() => {}
                How::Exists | How::NotExists => rows.push(vec![id]),
                How::Among(own, of) => {
                    let own = at.value(&self.column_of_outer(*own));
                    let same = |at: &At<'_>| values::holds(Compare::Eq, &at.value(of), &own);
                    if with.iter().any(same) {
                        rows.push(vec![id]);
                    }
                }
                How::First(of, terms) => {
                    with.sort_by(|a, b| order(a, b, terms));
                    rows.push(vec![id, with.first().and_then(|at| at.value(of))]);
                }
            }
        }
        rows
    }

    fn smaller(&self) -> Vec<Self> {
        let mut out = Vec::new();
        if let Some(filter) = &self.filter {
            out.push(Self {
                filter: None,
                ..self.clone()
            });
            out.extend(smaller(filter).into_iter().map(|cond| Self {
                filter: Some(cond),
                ..self.clone()
            }));
        }
        out.extend(
            lesser(&self.of)
                .into_iter()
                .map(|of| Self { of, ..self.clone() }),
        );
        if let How::First(of, terms) = &self.how {
            let made = |how: How| Self {
                how,
                ..self.clone()
            };
            out.extend(
                lesser(of)
                    .into_iter()
                    .map(|of| made(How::First(of, terms.clone()))),
            );
            if terms.len() > 1 {
                out.push(made(How::First(of.clone(), terms[1..].to_vec())));
            }
        }
        out
    }
}

/// A column of the row around, as the query inside sees it.
fn around<S: Rows, M: Rows>(outer: &Outer<S, M>, column: usize) -> Typed<M> {
    S::end::<OuterRoot<S, M>>(outer).columns[column].clone()
}

fn inside<M: Rows, S: Rows>(asked: &Asked, outer: &Outer<S, M>) -> QuerySet<M> {
    let own = around(outer, asked.column);
    let query = M::query().filter(compare(asked.op, &expr::<M>(&asked.of), &own));
    match &asked.filter {
        Some(cond) => query.filter(condition::<M>(cond)),
        None => query,
    }
}

fn ask<S: Rows>(db: &Database, asked: &Asked) -> Answer {
    with_model!(asked.inner, ask_of<S>(db, asked))
}

fn ask_of<M: Rows, S: Rows>(db: &Database, asked: &Asked) -> Answer {
    let ids = |query: QuerySet<S>| {
        let query = query.order_by(S::id()).values_list(S::id());
        let found = query
            .all(db)
            .map(|rows| rows.into_iter().map(|id| vec![id.map(V::I64)]).collect());
        (sql(db, &query), found)
    };
    match &asked.how {
        How::Exists => ids(S::query().filter(exists(|outer: Outer<S, M>| inside(asked, &outer)))),
        How::NotExists => {
            ids(S::query().filter(!exists(|outer: Outer<S, M>| inside(asked, &outer))))
        }
        How::Among(own, of) => {
            let among = exists(|outer: Outer<S, M>| {
                let own = around(&outer, *own);
                inside(asked, &outer).filter(compare(Compare::Eq, &expr::<M>(of), &own))
            });
            ids(S::query().filter(among))
        }
        How::First(of, terms) => {
            let first: Erased<S> = subquery(|outer: Outer<S, M>| {
                let of: Erased<M> = each!(expr::<M>(of), |of| erased(&of));
                let query = inside(asked, &outer);
                ordered!(terms, |order| query.order_by(order))
                    .values_list(of)
                    .limit(1)
            });
            let query = S::query().order_by(S::id()).values_list((S::id(), first));
            let found = query.all(db).map(|rows| {
                let cells = rows.into_iter();
                cells
                    .map(|(id, first)| vec![id.map(V::I64), cell(first.as_ref(), of.ty())])
                    .collect()
            });
            (sql(db, &query), found)
        }
    }
}

fn disagrees(db: &Database, world: &World, asked: &Asked) -> Option<String> {
    let answer = with_model!(asked.outer, ask(db, asked));
    judge(asked, &asked.rows(world), answer, true, &same)
}

impl Display for Asked {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "|outer: Outer<{:?}, {:?}>| ", self.outer, self.inner)?;
        let name = self.outer.columns()[self.column].name;
        write!(f, "filter({}.{:?}(outer.{name}))", self.of, self.op)?;
        if let Some(cond) = &self.filter {
            write!(f, ".filter({cond})")?;
        }
        match &self.how {
            How::First(of, terms) => {
                let terms: Vec<String> = terms.iter().map(ToString::to_string).collect();
                write!(f, " first {of} by ({})", terms.join(", "))
            }
            How::Among(own, of) => {
                write!(f, " outer.{} among {of}", self.outer.columns()[*own].name)
            }
            how => write!(f, " {how:?}"),
        }
    }
}
