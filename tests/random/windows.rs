//! Window functions: put to a database, and computed in plain Rust.

use std::cmp::Ordering;
use std::fmt::{self, Display, Formatter};

use orm::expr::{Window, Windowed};
use orm::prelude::*;

use crate::aggregates::{Agg, Having};
use crate::any::{Erased, cell, erased};
use crate::build::{condition, expr};
use crate::conditions::{Question, run};
use crate::eval::At;
use crate::generate::Gen;
use crate::judge::{Answer, agree_behind, all_counted, judge};
use crate::plan::{Term, key, order, same};
use crate::query_sets::{ordered, sql};
use crate::shrink::{lesser, smaller};
use crate::spec::{Cond, Val};
use crate::support::suite;
use crate::tables::{Table, World};
use crate::typed::{Rows, each, literal, with_model};
use crate::values::{self, Cell, Compare, Ty, V};

suite! {
    fn windows(db) {
        run(db, 3, 80, Asked::random, Asked::smaller, &disagrees)?;
    }
}

/// Which function.
#[derive(Clone, Debug)]
enum Func {
    RowNumber,
    Rank,
    DenseRank,
    PercentRank,
    CumeDist,
    Ntile(u32),
    Lag(Val, u32),
    Lead(Val, u32),
    First(Val),
    Last(Val),
    Nth(Val, u32),
    Agg(Agg),
}

/// What the ends of a frame count.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Unit {
    Rows,
    Range,
    Groups,
}

/// What a frame leaves out.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Without {
    Nothing,
    Row,
    Group,
    Ties,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Frame {
    unit: Unit,
    start: Option<i64>,
    end: Option<i64>,
}

/// A window function over a window.
#[derive(Clone, Debug)]
struct Over {
    func: Func,
    partition: Vec<Val>,
    order: Vec<Term>,
    frame: Option<Frame>,
    without: Without,
}

/// Rows with two window functions beside each.
#[derive(Clone)]
struct Asked {
    table: Table,
    filter: Option<Cond>,
    over: Vec<Over>,
    having: Option<Having>,
}

impl Question for Asked {
    fn each_condition(&mut self, tell: &mut dyn FnMut(&mut Cond)) {
        self.filter.iter_mut().for_each(tell);
    }
}

const TYPES: [Ty; 13] = [
    Ty::Bool,
    Ty::I16,
    Ty::I32,
    Ty::I64,
    Ty::F64,
    Ty::Dec,
    Ty::Text,
    Ty::Uuid,
    Ty::Date,
    Ty::Time,
    Ty::DateTime,
    Ty::Timestamp,
    Ty::Duration,
];

impl Func {
    fn ty(&self) -> Ty {
        match self {
            Self::RowNumber | Self::Rank | Self::DenseRank | Self::Ntile(_) => Ty::I64,
            Self::PercentRank | Self::CumeDist => Ty::F64,
            Self::Lag(of, _)
            | Self::Lead(of, _)
            | Self::First(of)
            | Self::Last(of)
            | Self::Nth(of, _) => of.ty(),
            Self::Agg(agg) => agg.ty(),
        }
    }

    /// Whether it looks at the rows of a frame.
    const fn is_framed(&self) -> bool {
        matches!(
            self,
            Self::First(_) | Self::Last(_) | Self::Nth(..) | Self::Agg(_)
        )
    }

    /// Whether rows that are ordered alike have the same value, whatever their order.
    fn takes_peers_alike(&self) -> bool {
        matches!(
            self,
            Self::Rank | Self::DenseRank | Self::PercentRank | Self::CumeDist | Self::Agg(_)
        )
    }

    fn is_exact(&self) -> bool {
        match self {
            Self::PercentRank | Self::CumeDist => false,
            Self::Agg(agg) => agg.is_exact(),
            _ => true,
        }
    }
}

impl Gen<'_> {
    fn over(&mut self, table: Table) -> Over {
        let ty = *self.rng.pick(&TYPES);
        let far = u32::try_from(self.rng.below(4)).unwrap_or(0);
        let func = match self.rng.below(16) {
            0 => Func::RowNumber,
            1 => Func::Rank,
            2 => Func::DenseRank,
            3 => Func::PercentRank,
            4 => Func::CumeDist,
            5 => Func::Ntile(far + 1),
            6 => Func::Lag(self.val(table, ty, 1, false), far),
            7 => Func::Lead(self.val(table, ty, 1, false), far),
            8 => Func::First(self.val(table, ty, 1, false)),
            9 => Func::Last(self.val(table, ty, 1, false)),
            10 => Func::Nth(self.val(table, ty, 1, false), far + 1),
            _ => loop {
                let mut agg = self.agg(table, false);
                agg.distinct = false;
                // Its order has no window.
                if agg.func != crate::aggregates::Func::StringAgg {
                    break Func::Agg(agg);
                }
            },
        };
        let partition = (0..self.rng.below(3)).map(|_| {
            let ty = *self.rng.pick(&TYPES);
            self.val(table, ty, 1, false)
        });
        let partition: Vec<Val> = partition.collect();
        let mut terms = Vec::new();
        for _ in 0..self.rng.below(3) {
            let ty = *self.rng.pick(&TYPES);
            let val = self.val(table, ty, 1, false);
            terms.push(self.term(val));
        }
        let mut frame = (func.is_framed() && self.rng.chance(60)).then(|| self.frame());
        let peers = func.takes_peers_alike() && frame.is_none_or(|frame| frame.unit != Unit::Rows);
        if !peers || self.rng.chance(40) {
            let last = self.term(key(table));
            terms.push(last);
        }
        if terms.is_empty() {
            frame = frame.filter(|frame| frame.unit == Unit::Rows);
        }
        let without = match self.rng.below(8) {
            0 => Without::Row,
            1 => Without::Group,
            2 => Without::Ties,
            _ => Without::Nothing,
        };
        Over {
            without: if func.is_framed() {
                without
            } else {
                Without::Nothing
            },
            func,
            partition,
            order: terms,
            frame,
        }
    }

    fn frame(&mut self) -> Frame {
        let unit = *self
            .rng
            .pick(&[Unit::Rows, Unit::Rows, Unit::Range, Unit::Groups]);
        let start = self.rng.maybe(30, |rng| rng.between(-3, 2));
        let end = self.rng.maybe(30, |rng| rng.between(-2, 3));
        let (start, end) = match (start, end) {
            (Some(start), Some(end)) => (Some(start.min(end)), Some(start.max(end))),
            ends => ends,
        };
        // Some values away there is only what a number is ordered by.
        let near = |end: Option<i64>| match unit {
            Unit::Range => end.map(|_| 0),
            _ => end,
        };
        Frame {
            unit,
            start: near(start),
            end: near(end),
        }
    }
}

impl Over {
    /// The values for rows, in their order.
    fn values(&self, rows: &[At<'_>]) -> Vec<Cell> {
        let partition =
            |at: &At<'_>| -> Vec<Cell> { self.partition.iter().map(|of| at.value(of)).collect() };
        (0..rows.len())
            .map(|at| {
                let own = partition(&rows[at]);
                let mut around: Vec<usize> = (0..rows.len())
                    .filter(|other| same(&partition(&rows[*other]), &own))
                    .collect();
                around.sort_by(|a, b| order(&rows[*a], &rows[*b], &self.order));
                let place = around.iter().position(|other| *other == at).unwrap_or(0);
                let around: Vec<At<'_>> = around
                    .into_iter()
                    .map(|index| rows[index].clone())
                    .collect();
                self.value(&around, place)
            })
            .collect()
    }

    fn value(&self, rows: &[At<'_>], place: usize) -> Cell {
        // The number of the group of rows that are ordered alike, of each row.
        let mut groups = vec![0_usize; rows.len()];
        for index in 1..rows.len() {
            let alike = order(&rows[index - 1], &rows[index], &self.order) == Ordering::Equal;
            groups[index] = groups[index - 1] + usize::from(!alike);
        }
        let count = rows.len();
        let first = groups
            .iter()
            .position(|group| *group == groups[place])
            .unwrap_or(0);
        let behind = groups
            .iter()
            .filter(|group| **group <= groups[place])
            .count();
        let number = |n: usize| Some(V::I64(i64::try_from(n).unwrap_or(i64::MAX)));
        let far = |by: &u32| usize::try_from(*by).unwrap_or(usize::MAX);
        match &self.func {
            Func::RowNumber => number(place + 1),
            Func::Rank => number(first + 1),
            Func::DenseRank => number(groups[place] + 1),
            Func::PercentRank if count == 1 => Some(V::F64(0.0)),
            Func::PercentRank => Some(V::F64(first as f64 / (count - 1) as f64)),
            Func::CumeDist => Some(V::F64(behind as f64 / count as f64)),
            Func::Ntile(parts) => {
                let parts = far(parts);
                let (size, longer) = (count / parts, count % parts);
                let end = longer * (size + 1);
                number(
                    if place < end {
                        place / (size + 1)
                    } else {
                        longer + (place - end) / size.max(1)
                    } + 1,
                )
            }
            Func::Lag(of, by) => rows.get(place.checked_sub(far(by))?)?.value(of),
            Func::Lead(of, by) => rows.get(place + far(by))?.value(of),
            func => {
                let framed: Vec<At<'_>> = (0..count)
                    .filter(|index| self.looks_at(*index, place, &groups))
                    .map(|index| rows[index].clone())
                    .collect();
                match func {
                    Func::First(of) => framed.first()?.value(of),
                    Func::Last(of) => framed.last()?.value(of),
                    Func::Nth(of, number) => framed.get(far(number) - 1)?.value(of),
                    Func::Agg(agg) => agg.value(&framed),
                    _ => None,
                }
            }
        }
    }

    fn looks_at(&self, index: usize, place: usize, groups: &[usize]) -> bool {
        let frame = self.frame.unwrap_or(Frame {
            unit: Unit::Range,
            start: None,
            end: (!self.order.is_empty()).then_some(0),
        });
        let far = |of: usize, from: usize| {
            i64::try_from(of).unwrap_or(0) - i64::try_from(from).unwrap_or(0)
        };
        let away = match frame.unit {
            Unit::Rows => far(index, place),
            _ => far(groups[index], groups[place]),
        };
        let within = frame.start.is_none_or(|start| away >= start)
            && frame.end.is_none_or(|end| away <= end);
        let left_out = match self.without {
            Without::Nothing => false,
            Without::Row => index == place,
            Without::Group => groups[index] == groups[place],
            Without::Ties => groups[index] == groups[place] && index != place,
        };
        within && !left_out
    }

    fn agrees(&self, expected: &Cell, found: &Cell) -> bool {
        match (&self.func, expected, found) {
            (Func::Agg(agg), expected, found) => agg.agrees(expected, found),
            (Func::PercentRank | Func::CumeDist, Some(V::F64(a)), Some(V::F64(b))) => {
                (a - b).abs() < 1e-12
            }
            (_, Some(a), Some(b)) => values::equal(a, b),
            (_, a, b) => a.is_none() && b.is_none(),
        }
    }

    fn smaller(&self) -> Vec<Self> {
        let mut out = Vec::new();
        let mut with = |change: &dyn Fn(&mut Self)| {
            let mut other = self.clone();
            change(&mut other);
            out.push(other);
        };
        for index in 0..self.partition.len() {
            with(&|of| drop(of.partition.remove(index)));
            for val in lesser(&self.partition[index]) {
                with(&|of| of.partition[index] = val.clone());
            }
        }
        // The last term may be what tells the rows apart.
        for index in 0..self.order.len().saturating_sub(1) {
            with(&|of| drop(of.order.remove(index)));
        }
        for (index, term) in self.order.iter().enumerate() {
            for val in lesser(&term.val) {
                with(&|of| of.order[index].val = val.clone());
            }
        }
        if self.without != Without::Nothing {
            with(&|of| of.without = Without::Nothing);
        }
        if let Func::Agg(agg) = &self.func
            && agg.filter.is_some()
        {
            with(&|of| {
                if let Func::Agg(agg) = &mut of.func {
                    agg.filter = None;
                }
            });
        }
        out
    }

    fn build<M: Rows>(&self) -> Erased<M, Windowed> {
        let window = self.window::<M>();
        macro_rules! of_value {
            ($of:expr, |$x:ident| $call:expr) => {
                each!(expr::<M>($of), |$x| erased(&$call.over(&window)))
            };
        }
        match &self.func {
            Func::RowNumber => erased(&row_number().over(&window)),
            Func::Rank => erased(&rank().over(&window)),
            Func::DenseRank => erased(&dense_rank().over(&window)),
            Func::PercentRank => erased(&percent_rank().over(&window)),
            Func::CumeDist => erased(&cume_dist().over(&window)),
            Func::Ntile(parts) => erased(&ntile(*parts).over(&window)),
            Func::Lag(of, by) => of_value!(of, |x| x.lag(*by)),
            Func::Lead(of, by) => of_value!(of, |x| x.lead(*by)),
            Func::First(of) => of_value!(of, |x| x.first_value()),
            Func::Last(of) => of_value!(of, |x| x.last_value()),
            Func::Nth(of, number) => of_value!(of, |x| x.nth_value(*number)),
            Func::Agg(agg) => agg.build::<M>().over(&window),
        }
    }

    fn window<M: Rows>(&self) -> Window<M> {
        let parts: Vec<Erased<M>> = self
            .partition
            .iter()
            .map(|of| each!(expr::<M>(of), |of| erased(&of)))
            .collect();
        let window = match &parts[..] {
            [] => None,
            [one] => Some(partition_by(one)),
            [one, two] => Some(partition_by((one, two))),
            _ => panic!("so many parts are not tried"),
        };
        let window = match (window, self.order.is_empty()) {
            (Some(window), true) => window,
            (Some(window), false) => ordered!(self.order, |order| window.order_by(order)),
            (None, false) => ordered!(self.order, |order| order_by(order)),
            // All rows, in no order.
            (None, true) => partition_by(M::id().is_not_null()),
        };
        let window = match self.frame {
            None => window,
            Some(Frame { unit, start, end }) => {
                macro_rules! framed {
                    ($range:expr) => {
                        match unit {
                            Unit::Rows => window.rows($range),
                            Unit::Range => window.range($range),
                            Unit::Groups => window.groups($range),
                        }
                    };
                }
                match (start, end) {
                    (None, None) => framed!(..),
                    (Some(start), None) => framed!(start..),
                    (None, Some(end)) => framed!(..=end),
                    (Some(start), Some(end)) => framed!(start..=end),
                }
            }
        };
        match self.without {
            Without::Nothing => window,
            Without::Row => window.exclude_current_row(),
            Without::Group => window.exclude_group(),
            Without::Ties => window.exclude_ties(),
        }
    }
}

impl Display for Over {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.func {
            Func::Agg(agg) => agg.fmt(f)?,
            Func::Lag(of, by) => write!(f, "{of}.lag({by})")?,
            Func::Lead(of, by) => write!(f, "{of}.lead({by})")?,
            Func::First(of) => write!(f, "{of}.first_value()")?,
            Func::Last(of) => write!(f, "{of}.last_value()")?,
            Func::Nth(of, number) => write!(f, "{of}.nth_value({number})")?,
            func => write!(f, "{func:?}")?,
        }
        let list = |of: Vec<String>| of.join(", ");
        let partition = list(self.partition.iter().map(ToString::to_string).collect());
        let order = list(self.order.iter().map(ToString::to_string).collect());
        write!(
            f,
            ".over(partition_by(({partition})).order_by(({order})) {:?} without {:?})",
            self.frame, self.without
        )
    }
}

impl Asked {
    fn random(generator: &mut Gen<'_>) -> Self {
        let table = *generator.rng.pick(&Table::ALL);
        let over: Vec<Over> = (0..2).map(|_| generator.over(table)).collect();
        let of = generator.rng.below(2);
        let ty = over[of].func.ty();
        let asks = over[of].func.is_exact() && ty != Ty::Uuid && generator.rng.chance(35);
        let having = asks.then(|| Having {
            of,
            op: *generator
                .rng
                .pick(&[Compare::Eq, Compare::Ne, Compare::Gt, Compare::Lte]),
            than: match ty {
                Ty::I64 => V::I64(generator.rng.between(0, 5)),
                ty => generator.literal(ty),
            },
        });
        Self {
            table,
            filter: generator.rng.chance(50).then(|| generator.cond(table, 2)),
            over,
            having,
        }
    }

    fn rows(&self, world: &World) -> Vec<Vec<Cell>> {
        let all = (0..world.rows(self.table).len()).map(|row| At::new(world, row));
        let rows: Vec<At<'_>> = all
            .filter(|at| self.filter.as_ref().is_none_or(|cond| at.holds(cond)))
            .collect();
        let values: Vec<Vec<Cell>> = self.over.iter().map(|over| over.values(&rows)).collect();
        rows.iter()
            .enumerate()
            .map(|(index, at)| {
                let told = values.iter().map(|values| values[index].clone());
                std::iter::once(at.value(&key(self.table)))
                    .chain(told)
                    .collect()
            })
            .filter(|row: &Vec<Cell>| {
                self.having
                    .as_ref()
                    .is_none_or(|having| having.holds(&row[1..]))
            })
            .collect()
    }

    fn smaller(&self) -> Vec<Self> {
        let mut out = Vec::new();
        let mut with = |change: &dyn Fn(&mut Self)| {
            let mut other = self.clone();
            change(&mut other);
            out.push(other);
        };
        if self.having.is_some() {
            with(&|of| of.having = None);
        }
        if self.filter.is_some() {
            with(&|of| of.filter = None);
        }
        for cond in self.filter.iter().flat_map(smaller) {
            with(&|of| of.filter = Some(cond.clone()));
        }
        for index in 0..self.over.len() {
            for over in self.over[index].smaller() {
                with(&|of| of.over[index] = over.clone());
            }
            let other = &self.over[1 - index];
            if self.having.is_none() && other.to_string() != self.over[index].to_string() {
                with(&|of| of.over[index] = other.clone());
            }
        }
        out
    }
}

impl Display for Asked {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}::objects()", self.table)?;
        if let Some(cond) = &self.filter {
            write!(f, "\n    .filter({cond})")?;
        }
        for over in &self.over {
            write!(f, "\n    {over}")?;
        }
        self.having
            .as_ref()
            .map_or(Ok(()), |having| write!(f, "\n    {having}"))
    }
}

fn disagrees(db: &Database, world: &World, asked: &Asked) -> Option<String> {
    let answer = with_model!(asked.table, ask(db, asked));
    let agree = agree_behind(1, &asked.over, Over::agrees);
    judge(asked, &asked.rows(world), answer, true, &agree)
}

fn ask<M: Rows>(db: &Database, asked: &Asked) -> Answer {
    let told: Vec<Erased<M, Windowed>> = asked.over.iter().map(Over::build).collect();
    let query = match &asked.filter {
        Some(cond) => M::query().filter(condition::<M>(cond)),
        None => M::query(),
    };
    let query = match &asked.having {
        Some(having) => query.filter(crate::groups::having_of!(having, &told)),
        None => query,
    };
    let query = query
        .order_by(M::id())
        .values_list((M::id(), &told[0], &told[1]));
    let types: Vec<Ty> = asked.over.iter().map(|over| over.func.ty()).collect();
    let found = all_counted(db, &query).map(|rows| {
        let cells = rows.into_iter().map(|(id, a, b)| {
            vec![
                id.map(V::I64),
                cell(a.as_ref(), types[0]),
                cell(b.as_ref(), types[1]),
            ]
        });
        cells.collect()
    });
    (sql(db, &query), found)
}
