//! Aggregates of all rows, of groups and of related rows: put to a database, and computed in plain Rust.

use std::fmt::{self, Display, Formatter};

use orm::expr::Aggregated;
use orm::prelude::*;

use crate::aggregates::{Having, Related, Told};
use crate::any::{Any, Erased, cell, erased};
use crate::build::{condition, expr};
use crate::conditions::{Question, run};
use crate::eval::At;
use crate::generate::Gen;
use crate::judge::{Answer, agree_behind, all_counted, judge};
use crate::plan::{Term, key, order, same};
use crate::query_sets::{captured_sql, ordered, sql};
use crate::shrink::{lesser, smaller};
use crate::spec::{Cond, Val};
use crate::support::suite;
use crate::tables::{Table, World};
use crate::typed::{Rows, each, literal, with_model};
use crate::values::{self, Cell, Compare, Ty};

/// The comparison of an aggregate, of either kind.
macro_rules! having_of {
    ($having:expr, $told:expr) => {{
        let than: Erased<M> = each!(literal::<M>(&$having.than), |of| erased(&of));
        let of = &$told[$having.of];
        match $having.op {
            Compare::Eq => of.eq(than),
            Compare::Ne => of.ne(than),
            Compare::Gt => of.gt(than),
            Compare::Gte => of.gte(than),
            Compare::Lt => of.lt(than),
            Compare::Lte => of.lte(than),
        }
    }};
}

pub(crate) use having_of;

suite! {
    fn aggregates_of_all_rows(db) {
        run(db, 3, 60, |generator| generator.report(0), Report::smaller, &disagrees)?;
    }

    fn aggregates_of_groups(db) {
        let made = |generator: &mut Gen<'_>| {
            let keys = 1 + generator.rng.below(2);
            generator.report(keys)
        };
        run(db, 3, 60, made, Report::smaller, &disagrees)?;
    }

    fn aggregates_of_related_rows(db) {
        run(db, 3, 60, Annotated::random, Annotated::smaller, &annotated_disagrees)?;
    }
}

/// Groups of the rows of a table; without keys all of them together.
#[derive(Clone)]
struct Report {
    table: Table,
    filter: Option<Cond>,
    /// The first rows alone, by their keys.
    first: Option<u64>,
    keys: Vec<Val>,
    told: Vec<Told>,
    having: Option<Having>,
    /// A condition on the rows, written behind the groups.
    late: Option<Cond>,
    /// By one of the aggregates, descending or not, and then by the keys.
    by: Option<(usize, bool)>,
    order: Vec<Term>,
    slice: Option<(u64, u64)>,
}

impl Question for Report {
    fn each_condition(&mut self, tell: &mut dyn FnMut(&mut Cond)) {
        self.filter.iter_mut().for_each(&mut *tell);
        self.late.iter_mut().for_each(tell);
    }
}

const KEYS: [Ty; 12] = [
    Ty::Bool,
    Ty::I16,
    Ty::I32,
    Ty::I64,
    Ty::Dec,
    Ty::Text,
    Ty::Text,
    Ty::Uuid,
    Ty::Date,
    Ty::DateTime,
    Ty::Duration,
    Ty::Json,
];

impl Gen<'_> {
    /// A comparison of one of several aggregates whose value is told.
    fn having(&mut self, told: &[&Told]) -> Option<Having> {
        let of = self.rng.below(told.len());
        let agg = told[of].agg();
        let than = match agg.ty() {
            Ty::I64 => values::V::I64(self.rng.between(0, 6)),
            ty => self.literal(ty),
        };
        let op = *self.rng.pick(&[
            Compare::Eq,
            Compare::Ne,
            Compare::Gt,
            Compare::Gte,
            Compare::Lt,
            Compare::Lte,
        ]);
        agg.is_exact().then_some(Having { of, op, than })
    }

    fn report(&mut self, keys: usize) -> Report {
        let table = *self.rng.pick(&Table::ALL);
        let keys: Vec<Val> = (0..keys)
            .map(|_| {
                let ty = *self.rng.pick(&KEYS);
                self.val(table, ty, 2, false)
            })
            .collect();
        let told: Vec<Told> = (0..3)
            .map(|_| {
                let related = !keys.is_empty() && self.rng.chance(25);
                related
                    .then(|| self.related(table, true))
                    .flatten()
                    .map_or_else(|| Told::Agg(self.agg(table, true)), Told::Related)
            })
            .collect();
        let refs: Vec<&Told> = told.iter().collect();
        let grouped = !keys.is_empty();
        let having = (grouped && self.rng.chance(40))
            .then(|| self.having(&refs))
            .flatten();
        let late = (grouped && self.rng.chance(25)).then(|| self.cond(table, 2));
        let by = (grouped && self.rng.chance(30))
            .then(|| (self.rng.below(3), self.rng.chance(50)))
            .filter(|(index, _)| told[*index].agg().is_exact());
        // The order of documents is not the evaluator's to know.
        let ordered = grouped && keys.iter().all(|key| key.ty() != Ty::Json);
        let order = if ordered {
            keys.iter().map(|key| self.term(key.clone())).collect()
        } else {
            Vec::new()
        };
        let slice =
            (ordered && self.rng.chance(30)).then(|| (self.rng.next() % 3, self.rng.next() % 6));
        let first = (!grouped && self.rng.chance(20)).then(|| self.rng.next() % 8);
        Report {
            table,
            filter: self.rng.chance(50).then(|| self.cond(table, 2)),
            first,
            keys,
            told,
            having,
            late,
            by: by.filter(|_| ordered),
            order,
            slice,
        }
    }
}

impl Report {
    fn rows(&self, world: &World) -> Vec<Vec<Cell>> {
        let all = (0..world.rows(self.table).len()).map(|row| At::new(world, row));
        let meets =
            |at: &At<'_>, cond: &Option<Cond>| cond.as_ref().is_none_or(|cond| at.holds(cond));
        let mut rows: Vec<At<'_>> = all.filter(|at| meets(at, &self.filter)).collect();
        if let Some(first) = self.first {
            rows.truncate(usize::try_from(first).unwrap_or(usize::MAX));
        }
        rows.retain(|at| meets(at, &self.late));
        let mut groups: Vec<(Vec<Cell>, Vec<At<'_>>)> = Vec::new();
        if self.keys.is_empty() {
            groups.push((Vec::new(), rows));
        } else {
            for at in rows {
                let keys: Vec<Cell> = self.keys.iter().map(|key| at.value(key)).collect();
                match groups.iter_mut().find(|(other, _)| same(other, &keys)) {
                    Some((_, rows)) => rows.push(at),
                    None => groups.push((keys, vec![at])),
                }
            }
        }
        let mut found: Vec<(Vec<Cell>, At<'_>, Vec<Cell>)> = Vec::new();
        for (keys, rows) in groups {
            let told: Vec<Cell> = self.told.iter().map(|told| told.value(&rows)).collect();
            if self
                .having
                .as_ref()
                .is_some_and(|having| !having.holds(&told))
            {
                continue;
            }
            let first = rows.first().cloned().unwrap_or_else(|| At::new(world, 0));
            found.push((keys, first, told));
        }
        found.sort_by(|a, b| {
            let by = self.by.map(|(index, descending)| {
                values::sort(&a.2[index], &b.2[index], descending, None)
            });
            let by = by.filter(|order| order.is_ne());
            by.unwrap_or_else(|| order(&a.1, &b.1, &self.order))
        });
        let (offset, limit) = self.slice.unwrap_or((0, u64::MAX));
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        found
            .into_iter()
            .skip(number(offset))
            .take(number(limit))
            .map(|(keys, _, told)| [keys, told].concat())
            .collect()
    }

    fn smaller(&self) -> Vec<Self> {
        let mut out = Vec::new();
        let mut with = |change: &dyn Fn(&mut Self)| {
            let mut other = self.clone();
            change(&mut other);
            out.push(other);
        };
        for (has, change) in [
            (
                self.filter.is_some(),
                (|of: &mut Self| of.filter = None) as fn(&mut Self),
            ),
            (self.late.is_some(), |of| of.late = None),
            (self.having.is_some(), |of| of.having = None),
            (self.by.is_some(), |of| of.by = None),
            (self.slice.is_some(), |of| of.slice = None),
            (self.first.is_some(), |of| of.first = None),
        ] {
            if has {
                with(&change);
            }
        }
        for cond in self.filter.iter().flat_map(smaller) {
            with(&|of| of.filter = Some(cond.clone()));
        }
        for cond in self.late.iter().flat_map(smaller) {
            with(&|of| of.late = Some(cond.clone()));
        }
        for index in 0..self.keys.len() {
            for val in lesser(&self.keys[index]) {
                with(&|of| {
                    for term in of
                        .order
                        .iter_mut()
                        .filter(|term| term.val == of.keys[index])
                    {
                        term.val = val.clone();
                    }
                    of.keys[index] = val.clone();
                });
            }
        }
        let free = |index: usize| {
            self.having.as_ref().is_none_or(|having| having.of != index)
                && self.by.is_none_or(|(by, _)| by != index)
        };
        for index in 0..self.told.len() {
            let plain = Told::Agg(crate::aggregates::Agg {
                func: crate::aggregates::Func::Count,
                of: key(self.table),
                distinct: false,
                filter: None,
            });
            if free(index) && self.told[index].to_string() != plain.to_string() {
                with(&|of| of.told[index] = plain.clone());
            }
            for told in self.told[index].smaller() {
                with(&|of| of.told[index] = told.clone());
            }
        }
        out
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}::objects()", self.table)?;
        if let Some(cond) = &self.filter {
            write!(f, "\n    .filter({cond})")?;
        }
        if let Some(first) = self.first {
            write!(f, "\n    .order_by({:?}::id).limit({first})", self.table)?;
        }
        let list = |of: &mut dyn Iterator<Item = String>| of.collect::<Vec<_>>().join(", ");
        let told = list(&mut self.told.iter().map(ToString::to_string));
        if self.keys.is_empty() {
            return write!(f, "\n    .aggregate(({told}))");
        }
        let keys = list(&mut self.keys.iter().map(ToString::to_string));
        write!(f, "\n    .values_list(({keys}))\n    .annotate(({told}))")?;
        if let Some(cond) = &self.late {
            write!(f, "\n    .filter({cond})")?;
        }
        if let Some(having) = &self.having {
            write!(f, "\n    {having}")?;
        }
        write!(
            f,
            "\n    .order_by(({:?}, {}))",
            self.by,
            list(&mut self.order.iter().map(ToString::to_string))
        )?;
        self.slice.map_or(Ok(()), |(offset, limit)| {
            write!(f, ".offset({offset}).limit({limit})")
        })
    }
}

/// What is wrong with the answer of a database, if anything is.
fn disagrees(db: &Database, world: &World, report: &Report) -> Option<String> {
    let answer = with_model!(report.table, asked(db, report));
    let agree = agree_behind(report.keys.len(), &report.told, |of, a, b| {
        of.agg().agrees(a, b)
    });
    let ordered = !report.order.is_empty();
    judge(report, &report.rows(world), answer, ordered, &agree)
}

type Maybe = Option<Any>;

/// The SQL, and the rows.
fn asked<M: Rows>(db: &Database, report: &Report) -> Answer {
    let query = match &report.filter {
        Some(cond) => M::query().filter(condition::<M>(cond)),
        None => M::query(),
    };
    let query = match report.first {
        Some(rows) => query.order_by(M::id()).limit(rows),
        None => query,
    };
    let types: Vec<Ty> = report
        .keys
        .iter()
        .map(Val::ty)
        .chain(report.told.iter().map(|of| of.agg().ty()))
        .collect();
    let cells = |row: Vec<Maybe>| -> Vec<Cell> {
        row.iter()
            .zip(&types)
            .map(|(any, ty)| cell(any.as_ref(), *ty))
            .collect()
    };
    if report.keys.is_empty() {
        let mut aggs = report.told.iter().map(|told| told.agg().build::<M>());
        let mut next = || aggs.next().expect("three aggregates");
        let (log, found) = captured_sql(db, |db| query.aggregate(db, (next(), next(), next())));
        return (log, found.map(|(a, b, c)| vec![cells(vec![a, b, c])]));
    }
    let keys: Vec<Erased<M>> = report
        .keys
        .iter()
        .map(|key| each!(expr::<M>(key), |of| erased(&of)))
        .collect();
    let told: Vec<Erased<M, Aggregated>> = report.told.iter().map(grouped::<M>).collect();
    let [a, b, c] = &told[..] else {
        panic!("three are told");
    };
    macro_rules! of_groups {
        ($keys:expr, |$($part:ident)+|) => {{
            let groups = query.values_list($keys);
            let groups = groups.annotate((a, b, c));
            let groups = match &report.late {
                Some(cond) => groups.filter(condition::<M>(cond)),
                None => groups,
            };
            let groups = match &report.having {
                Some(having) => groups.filter(having_of!(having, &told)),
                None => groups,
            };
            let groups = match report.by {
                Some((index, descending)) => {
                    let by = if descending { told[index].desc() } else { told[index].asc() };
                    ordered!(report.order, |order| groups.order_by((by.clone(), order)))
                }
                None if report.order.is_empty() => groups,
                None => ordered!(report.order, |order| groups.order_by(order)),
            };
            let groups = match report.slice {
                Some((offset, limit)) => groups.offset(offset).limit(limit),
                None => groups,
            };
            let found = all_counted(db, &groups).map(|rows| {
                rows.into_iter().map(|($($part,)+)| cells(vec![$($part),+])).collect()
            });
            (sql(db, &groups), found)
        }};
    }
    match &keys[..] {
        [first] => of_groups!(first, |k a b c|),
        [first, second] => of_groups!((first, second), |k l a b c|),
        _ => panic!("so many keys are not tried"),
    }
}

/// What is told of groups is an aggregate, or is annotated as one.
fn grouped<M: Rows>(told: &Told) -> Erased<M, Aggregated> {
    match told {
        Told::Agg(agg) => agg.build(),
        Told::Related(related) => crate::any::as_aggregated(&related.build::<M>()),
    }
}

/// Whole rows with values of related rows beside each.
#[derive(Clone)]
struct Annotated {
    table: Table,
    filter: Option<Cond>,
    related: Vec<Related>,
    having: Option<Having>,
    by: Option<(usize, bool)>,
    slice: Option<(u64, u64)>,
}

impl Question for Annotated {
    fn each_condition(&mut self, tell: &mut dyn FnMut(&mut Cond)) {
        self.filter.iter_mut().for_each(&mut *tell);
        for related in &mut self.related {
            related.filter.iter_mut().for_each(&mut *tell);
            related.agg.filter.iter_mut().for_each(&mut *tell);
        }
    }
}

impl Annotated {
    fn random(generator: &mut Gen<'_>) -> Self {
        loop {
            let table = *generator.rng.pick(&Table::ALL);
            let related: Vec<Related> = (0..3)
                .filter_map(|_| generator.related(table, false))
                .collect();
            if related.len() < 3 {
                continue;
            }
            let told: Vec<Told> = related.iter().cloned().map(Told::Related).collect();
            let refs: Vec<&Told> = told.iter().collect();
            let having = generator
                .rng
                .chance(40)
                .then(|| generator.having(&refs))
                .flatten();
            let by = generator.rng.chance(40);
            let by = by.then(|| (generator.rng.below(3), generator.rng.chance(50)));
            let rng = &mut generator.rng;
            let slice = rng.chance(30).then(|| (rng.next() % 3, rng.next() % 6));
            return Self {
                table,
                filter: generator.rng.chance(40).then(|| generator.cond(table, 2)),
                by: by.filter(|(index, _)| related[*index].agg.is_exact()),
                related,
                having,
                slice,
            };
        }
    }

    fn rows(&self, world: &World) -> Vec<Vec<Cell>> {
        let all = (0..world.rows(self.table).len()).map(|row| At::new(world, row));
        let rows = all.filter(|at| self.filter.as_ref().is_none_or(|cond| at.holds(cond)));
        let mut rows: Vec<Vec<Cell>> = rows
            .map(|at| {
                let related = self.related.iter().map(|related| related.value(&at));
                std::iter::once(at.value(&key(self.table)))
                    .chain(related)
                    .collect()
            })
            .filter(|row: &Vec<Cell>| {
                self.having
                    .as_ref()
                    .is_none_or(|having| having.holds(&row[1..]))
            })
            .collect();
        if let Some((index, descending)) = self.by {
            rows.sort_by(|a, b| values::sort(&a[index + 1], &b[index + 1], descending, None));
        }
        let (offset, limit) = self.slice.unwrap_or((0, u64::MAX));
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        rows.into_iter()
            .skip(number(offset))
            .take(number(limit))
            .collect()
    }

    fn smaller(&self) -> Vec<Self> {
        let mut out = Vec::new();
        let mut with = |change: &dyn Fn(&mut Self)| {
            let mut other = self.clone();
            change(&mut other);
            out.push(other);
        };
        for (has, change) in [
            (
                self.filter.is_some(),
                (|of: &mut Self| of.filter = None) as fn(&mut Self),
            ),
            (self.having.is_some(), |of| of.having = None),
            (self.by.is_some(), |of| of.by = None),
            (self.slice.is_some(), |of| of.slice = None),
        ] {
            if has {
                with(&change);
            }
        }
        for cond in self.filter.iter().flat_map(smaller) {
            with(&|of| of.filter = Some(cond.clone()));
        }
        for index in 0..self.related.len() {
            for related in self.related[index].smaller() {
                with(&|of| of.related[index] = related.clone());
            }
            let other = &self.related[(index + 1) % self.related.len()];
            if self.related[index].to_string() != other.to_string()
                && self.having.is_none()
                && self.by.is_none()
            {
                with(&|of| of.related[index] = other.clone());
            }
        }
        out
    }
}

impl Display for Annotated {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}::objects()", self.table)?;
        if let Some(cond) = &self.filter {
            write!(f, "\n    .filter({cond})")?;
        }
        let related: Vec<String> = self.related.iter().map(ToString::to_string).collect();
        write!(
            f,
            "\n    .annotate((\n        {}\n    ))",
            related.join(",\n        ")
        )?;
        if let Some(having) = &self.having {
            write!(f, "\n    {having}")?;
        }
        write!(f, "\n    .order_by({:?}, id), {:?}", self.by, self.slice)
    }
}

fn annotated_disagrees(db: &Database, world: &World, question: &Annotated) -> Option<String> {
    let answer = with_model!(question.table, annotated(db, question));
    let agree = agree_behind(1, &question.related, |of, a, b| of.agg.agrees(a, b));
    judge(question, &question.rows(world), answer, true, &agree)
}

fn annotated<M: Rows>(db: &Database, question: &Annotated) -> Answer {
    let told: Vec<Erased<M>> = question.related.iter().map(Related::build).collect();
    let [a, b, c] = &told[..] else {
        panic!("three are told");
    };
    let query = match &question.filter {
        Some(cond) => M::query().filter(condition::<M>(cond)),
        None => M::query(),
    };
    let query = query.annotate((a, b, c));
    let query = match &question.having {
        Some(having) => query.filter(having_of!(having, &told)),
        None => query,
    };
    let query = match question.by {
        Some((index, true)) => query.order_by((told[index].desc(), M::id())),
        Some((index, false)) => query.order_by((told[index].asc(), M::id())),
        None => query.order_by(M::id()),
    };
    let query = match question.slice {
        Some((offset, limit)) => query.offset(offset).limit(limit),
        None => query,
    };
    let types: Vec<Ty> = question.related.iter().map(|of| of.agg.ty()).collect();
    let found = all_counted(db, &query).map(|rows| {
        let cells = rows.into_iter().map(|(row, a, b, c)| {
            let key = Some(values::V::I64(row.key()));
            let related = [a, b, c]
                .into_iter()
                .zip(&types)
                .map(|(any, ty)| cell(any.as_ref(), *ty));
            std::iter::once(key).chain(related).collect()
        });
        cells.collect()
    });
    (sql(db, &query), found)
}
