//! Unions, intersections and differences, nested, ordered and sliced: put to a database, and computed in plain Rust.

use std::fmt::{self, Display, Formatter};

use orm::expr::OrderBy;
use orm::prelude::*;
use orm::query::{Combined, Tuple};

use crate::any::{Any, Erased, cell, erased};
use crate::build::{condition, expr};
use crate::conditions::{Question, run};
use crate::eval::At;
use crate::generate::Gen;
use crate::judge::{Answer, judge};
use crate::plan::same;
use crate::shrink::{lesser, smaller};
use crate::spec::{Cond, Val};
use crate::support::{dialect, suite};
use crate::tables::{Table, World};
use crate::typed::{Rows, each, with_model};
use crate::values::{self, Cell, Ty};

suite! {
    fn sets_of_values(db) {
        run(db, 3, 35, Asked::random, Asked::smaller, &disagrees)?;
    }
}

#[derive(Clone, Copy, Debug)]
enum Op {
    Union,
    UnionAll,
    Intersection,
    IntersectionAll,
    Difference,
    DifferenceAll,
}

/// Rows of two values.
#[derive(Clone, Debug)]
struct Part {
    filter: Option<Cond>,
    selected: [Val; 2],
    distinct: bool,
    /// By the primary key.
    slice: Option<(u64, u64)>,
}

#[derive(Clone, Debug)]
enum Set {
    Part(Box<Part>),
    Op(Op, Box<Set>, Box<Set>, Option<(u64, u64)>),
}

/// A set, its rows ordered by both values, each ascending or not.
#[derive(Clone)]
struct Asked {
    table: Table,
    set: Set,
    order: Option<[bool; 2]>,
    reversed: bool,
    slice: Option<(u64, u64)>,
}

impl Question for Asked {
    fn each_condition(&mut self, tell: &mut dyn FnMut(&mut Cond)) {
        fn each(set: &mut Set, tell: &mut dyn FnMut(&mut Cond)) {
            match set {
                Set::Part(part) => part.filter.iter_mut().for_each(tell),
                Set::Op(_, a, b, _) => {
                    each(a, tell);
                    each(b, tell);
                }
            }
        }
        each(&mut self.set, tell);
    }
}

const TYPES: [Ty; 11] = [
    Ty::Bool,
    Ty::I16,
    Ty::I32,
    Ty::I64,
    Ty::Dec,
    Ty::Text,
    Ty::Uuid,
    Ty::Date,
    Ty::DateTime,
    Ty::Timestamp,
    Ty::Duration,
];

impl Part {
    fn random(generator: &mut Gen<'_>, table: Table, types: [Ty; 2]) -> Self {
        // Ordered by one that is selected twice, rows are ordered by the first of the two.
        let selected = loop {
            let selected = types.map(|ty| generator.val(table, ty, 1, false));
            if selected[0] != selected[1] {
                break selected;
            }
        };
        let slice = generator.rng.chance(25);
        Self {
            filter: generator.rng.chance(60).then(|| generator.cond(table, 2)),
            selected,
            distinct: !slice && generator.rng.chance(15),
            slice: slice.then(|| (generator.rng.next() % 3, generator.rng.next() % 8)),
        }
    }

    fn rows(&self, world: &World, table: Table) -> Vec<Vec<Cell>> {
        let all = (0..world.rows(table).len()).map(|row| At::new(world, row));
        let rows = all.filter(|at| self.filter.as_ref().is_none_or(|cond| at.holds(cond)));
        let rows = rows
            .map(|at| self.selected.iter().map(|of| at.value(of)).collect())
            .collect();
        let rows = cut(rows, self.slice);
        if self.distinct { different(rows) } else { rows }
    }
}

fn cut(rows: Vec<Vec<Cell>>, slice: Option<(u64, u64)>) -> Vec<Vec<Cell>> {
    let (offset, limit) = slice.unwrap_or((0, u64::MAX));
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    rows.into_iter()
        .skip(number(offset))
        .take(number(limit))
        .collect()
}

fn different(rows: Vec<Vec<Cell>>) -> Vec<Vec<Cell>> {
    let mut kept: Vec<Vec<Cell>> = Vec::new();
    for row in rows {
        if !kept.iter().any(|other| same(other, &row)) {
            kept.push(row);
        }
    }
    kept
}

impl Set {
    fn random(generator: &mut Gen<'_>, table: Table, types: [Ty; 2], depth: usize) -> Self {
        if depth == 0 {
            return Self::Part(Box::new(Part::random(generator, table, types)));
        }
        let op = *generator.rng.pick(&[
            Op::Union,
            Op::UnionAll,
            Op::Intersection,
            Op::IntersectionAll,
            Op::Difference,
            Op::DifferenceAll,
        ]);
        let mut side = || {
            let depth = generator.rng.below(depth);
            Box::new(Self::random(generator, table, types, depth))
        };
        let (a, b) = (side(), side());
        let slice = generator.rng.chance(20);
        let slice = slice.then(|| (generator.rng.next() % 3, generator.rng.next() % 8));
        Self::Op(op, a, b, slice)
    }

    /// The first part, by whose values the rows are ordered.
    fn first(&self) -> &Part {
        match self {
            Self::Part(part) => part,
            Self::Op(_, a, ..) => a.first(),
        }
    }

    fn rows(&self, world: &World, table: Table) -> Vec<Vec<Cell>> {
        let (op, a, b, slice) = match self {
            Self::Part(part) => return part.rows(world, table),
            Self::Op(op, a, b, slice) => (op, a.rows(world, table), b.rows(world, table), slice),
        };
        // Of those that are in both, as many as in the one that has fewer.
        let mut left = b.clone();
        let mut found = Vec::new();
        let mut alone = Vec::new();
        for row in &a {
            match left.iter().position(|other| same(other, row)) {
                Some(place) => {
                    left.remove(place);
                    found.push(row.clone());
                }
                None => alone.push(row.clone()),
            }
        }
        let inside = |row: &Vec<Cell>| b.iter().any(|other| same(other, row));
        let mut rows = match op {
            Op::Union => different([a, b].concat()),
            Op::UnionAll => [a, b].concat(),
            Op::Intersection => different(found),
            Op::IntersectionAll => found,
            Op::Difference => different(a.into_iter().filter(|row| !inside(row)).collect()),
            Op::DifferenceAll => alone,
        };
        if slice.is_some() {
            rows.sort_by(|a, b| by_values(a, b, [false; 2]));
        }
        cut(rows, *slice)
    }

    fn smaller(&self) -> Vec<Self> {
        let mut out = Vec::new();
        match self {
            Self::Part(part) => {
                let mut with = |change: &dyn Fn(&mut Part)| {
                    let mut other: Box<Part> = part.clone();
                    change(&mut other);
                    out.push(Self::Part(other));
                };
                if part.filter.is_some() {
                    with(&|of| of.filter = None);
                }
                for cond in part.filter.iter().flat_map(smaller) {
                    with(&|of| of.filter = Some(cond.clone()));
                }
                if part.slice.is_some() {
                    with(&|of| of.slice = None);
                }
                if part.distinct {
                    with(&|of| of.distinct = false);
                }
                for index in 0..2 {
                    let lesser = lesser(&part.selected[index]).into_iter();
                    for val in lesser.filter(|val| *val != part.selected[1 - index]) {
                        with(&|of| of.selected[index] = val.clone());
                    }
                }
            }
            Self::Op(op, a, b, slice) => {
                out.extend([(**a).clone(), (**b).clone()]);
                if slice.is_some() {
                    out.push(Self::Op(*op, a.clone(), b.clone(), None));
                }
                for a in a.smaller() {
                    out.push(Self::Op(*op, Box::new(a), b.clone(), *slice));
                }
                for b in b.smaller() {
                    out.push(Self::Op(*op, a.clone(), Box::new(b), *slice));
                }
            }
        }
        out
    }
}

fn by_values(a: &[Cell], b: &[Cell], descending: [bool; 2]) -> std::cmp::Ordering {
    let by = |index: usize| values::sort(&a[index], &b[index], descending[index], None);
    by(0).then(by(1))
}

impl Asked {
    fn random(generator: &mut Gen<'_>) -> Self {
        let table = *generator.rng.pick(&Table::ALL);
        let types = [*generator.rng.pick(&TYPES), *generator.rng.pick(&TYPES)];
        let depth = 1 + generator.rng.below(3);
        let order = generator.rng.chance(70);
        let order = order.then(|| [generator.rng.chance(50), generator.rng.chance(50)]);
        let slice = order.is_some() && generator.rng.chance(50);
        Self {
            table,
            set: Set::random(generator, table, types, depth),
            order,
            reversed: order.is_some() && generator.rng.chance(20),
            slice: slice.then(|| (generator.rng.next() % 4, generator.rng.next() % 12)),
        }
    }

    fn rows(&self, world: &World) -> Vec<Vec<Cell>> {
        let mut rows = self.set.rows(world, self.table);
        if let Some(descending) = self.order {
            rows.sort_by(|a, b| by_values(a, b, descending));
        }
        if self.reversed {
            rows.reverse();
        }
        cut(rows, self.slice)
    }

    fn smaller(&self) -> Vec<Self> {
        let mut out: Vec<Self> = Vec::new();
        let sets = self.set.smaller().into_iter();
        out.extend(
            sets.filter(|set| matches!(set, Set::Op(..)))
                .map(|set| Self {
                    set,
                    ..self.clone()
                }),
        );
        if self.slice.is_some() {
            out.push(Self {
                slice: None,
                ..self.clone()
            });
        }
        if self.reversed {
            out.push(Self {
                reversed: false,
                ..self.clone()
            });
        }
        out
    }
}

type Pair = Tuple<(Option<Any>, Option<Any>)>;

/// A part, or what was made of several.
enum Built<M: Model> {
    Part(QuerySet<M, Pair>),
    Set(Combined<M, Pair>),
}

fn selected<M: Rows>(part: &Part) -> [Erased<M>; 2] {
    [0, 1].map(|index| each!(expr::<M>(&part.selected[index]), |of| erased(&of)))
}

fn order_of<M: Rows>(part: &Part, descending: [bool; 2]) -> (OrderBy<M>, OrderBy<M>) {
    let [a, b] = selected::<M>(part);
    let by = |of: &Erased<M>, descending: bool| if descending { of.desc() } else { of.asc() };
    (by(&a, descending[0]), by(&b, descending[1]))
}

fn build<M: Rows>(set: &Set) -> Built<M> {
    let (op, a, b, slice) = match set {
        Set::Part(part) => {
            let query = match &part.filter {
                Some(cond) => M::query().filter(condition::<M>(cond)),
                None => M::query(),
            };
            let query = match part.slice {
                Some((offset, limit)) => query.order_by(M::id()).offset(offset).limit(limit),
                None => query,
            };
            let [a, b] = selected::<M>(part);
            let query = query.values_list((a, b));
            return Built::Part(if part.distinct {
                query.distinct()
            } else {
                query
            });
        }
        Set::Op(op, a, b, slice) => (op, a, b, slice),
    };
    macro_rules! united {
        ($left:expr, $right:expr) => {
            match op {
                Op::Union => $left.union($right),
                Op::UnionAll => $left.union_all($right),
                Op::Intersection => $left.intersection($right),
                Op::IntersectionAll => $left.intersection_all($right),
                Op::Difference => $left.difference($right),
                Op::DifferenceAll => $left.difference_all($right),
            }
        };
    }
    let made = match (build::<M>(a), build::<M>(b)) {
        (Built::Part(a), Built::Part(b)) => united!(a, b),
        (Built::Part(a), Built::Set(b)) => united!(a, b),
        (Built::Set(a), Built::Part(b)) => united!(a, b),
        (Built::Set(a), Built::Set(b)) => united!(a, b),
    };
    Built::Set(match slice {
        Some((offset, limit)) => made
            .order_by(order_of::<M>(set.first(), [false; 2]))
            .offset(*offset)
            .limit(*limit),
        None => made,
    })
}

fn disagrees(db: &Database, world: &World, asked: &Asked) -> Option<String> {
    let answer = with_model!(asked.table, ask(db, asked));
    let ordered = asked.order.is_some();
    judge(asked, &asked.rows(world), answer, ordered, &same)
}

fn ask<M: Rows>(db: &Database, asked: &Asked) -> Answer {
    let Built::Set(set) = build::<M>(&asked.set) else {
        panic!("a part alone is no question");
    };
    let first = asked.set.first();
    let set = match asked.order {
        Some(descending) => set.order_by(order_of::<M>(first, descending)),
        None => set,
    };
    let set = if asked.reversed { set.reverse() } else { set };
    let set = match asked.slice {
        Some((offset, limit)) => set.offset(offset).limit(limit),
        None => set,
    };
    let types = [first.selected[0].ty(), first.selected[1].ty()];
    let found = set.all(db).and_then(|rows| {
        let counted = set.count(db)?;
        if counted != rows.len() as u64 || set.exists(db)? == rows.is_empty() {
            return Err(Error::custom(format!(
                "{} rows, counted as {counted}",
                rows.len()
            )));
        }
        let cells = rows
            .into_iter()
            .map(|(a, b)| vec![cell(a.as_ref(), types[0]), cell(b.as_ref(), types[1])]);
        Ok(cells.collect())
    });
    let text = match set.to_sql(dialect(db)) {
        Ok((sql, params)) => format!("{sql}\n{params:?}"),
        Err(error) => error.to_string(),
    };
    (text, found)
}

impl Display for Asked {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.table, self.set)?;
        write!(
            f,
            "\n    .order_by({:?}) reversed: {} slice: {:?}",
            self.order, self.reversed, self.slice
        )
    }
}

impl Display for Set {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part(part) => {
                f.write_str("{")?;
                if let Some(cond) = &part.filter {
                    write!(f, "filter({cond}) ")?;
                }
                let [a, b] = &part.selected;
                write!(
                    f,
                    "values_list(({a}, {b})) distinct: {} slice: {:?}}}",
                    part.distinct, part.slice
                )
            }
            Self::Op(op, a, b, slice) => write!(f, "({a}\n  {op:?} {b} slice: {slice:?})"),
        }
    }
}
