//! Query sets: orderings, slices of slices, filters behind them, values and their repetitions.

use orm::expr::{Kind, OneRow, OrderBy};
use orm::prelude::*;
use orm::query::{OrderAllowed, RowShape};

use crate::build::{condition, expr};
use crate::conditions::run;
use crate::generate::Gen;
use crate::judge::{are_alike, list};
use crate::plan::{Plan, Stage, Term, same};
use crate::support::{dialect, suite};
use crate::tables::World;
use crate::typed::{Of, Rows, Typed, each, with_model};
use crate::values::{Cell, Ty, V};

/// Runs code with an ordering of so many terms as a tuple.
macro_rules! ordered {
    ($terms:expr, |$order:ident| $body:expr) => {{
        let terms: Vec<orm::expr::OrderBy<M>> =
            $terms.iter().map($crate::query_sets::term).collect();
        let at = |index: usize| terms[index].clone();
        macro_rules! of {
            ($tuple:expr) => {{
                let $order = $tuple;
                $body
            }};
        }
        match terms.len() {
            1 => of!(at(0)),
            2 => of!((at(0), at(1))),
            3 => of!((at(0), at(1), at(2))),
            4 => of!((at(0), at(1), at(2), at(3))),
            5 => of!((at(0), at(1), at(2), at(3), at(4))),
            6 => of!((at(0), at(1), at(2), at(3), at(4), at(5))),
            more => panic!("{more} terms are not tried"),
        }
    }};
}

pub(crate) use ordered;

suite! {
    fn orderings_and_slices(db) {
        run(db, 3, 40, |generator| generator.plan(), Plan::smaller, &disagrees)?;
    }

    fn values_of_rows(db) {
        let made = |generator: &mut Gen<'_>| {
            let types = if generator.rng.chance(60) {
                vec![*generator.rng.pick(&TYPES)]
            } else {
                TOGETHER.to_vec()
            };
            generator.plan_of_values(&types)
        };
        run(db, 3, 50, made, Plan::smaller, &disagrees)?;
    }
}

/// The types of values that are selected alone.
const TYPES: [Ty; 15] = [
    Ty::Bool,
    Ty::I16,
    Ty::I32,
    Ty::I64,
    Ty::F64,
    Ty::Dec,
    Ty::Text,
    Ty::Bytes,
    Ty::Uuid,
    Ty::Date,
    Ty::Time,
    Ty::DateTime,
    Ty::Timestamp,
    Ty::Duration,
    Ty::Json,
];

/// The types of values that are selected together.
const TOGETHER: [Ty; 5] = [Ty::Text, Ty::I32, Ty::Dec, Ty::Bool, Ty::Date];

/// What is wrong with the answers of a database, if anything is.
fn disagrees(db: &Database, world: &World, plan: &Plan) -> Option<String> {
    let expected = plan.rows(world);
    let asked = match &plan.selected[..] {
        [] => with_model!(plan.table, whole_rows(db, world, plan, &expected)),
        [_] => with_model!(plan.table, single_values(db, plan, &expected)),
        _ => with_model!(plan.table, tuples(db, plan, &expected)),
    };
    match asked {
        (_, Ok(None)) => None,
        (sql, Ok(Some(wrong))) => Some(format!("{plan}\n{sql}\n{wrong}")),
        (sql, Err(error)) => Some(format!(
            "{plan}\n{sql}\nexpected {} rows, but: {error}",
            expected.len()
        )),
    }
}

/// The SQL, and what is wrong.
type Found = (String, Result<Option<String>>);

fn whole_rows<M: Rows>(db: &Database, world: &World, plan: &Plan, expected: &[Vec<Cell>]) -> Found {
    let query = plan.before.iter().fold(M::query(), step);
    let keys: Vec<i64> = expected.iter().filter_map(|row| key(row)).collect();
    let asked = || -> Result<Option<String>> {
        let found: Vec<i64> = query.all(db)?.iter().map(Model::key).collect();
        if found != keys {
            return wrong("rows", &keys, &found);
        }
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        let mut marked = Vec::new();
        let undone: Result<()> = db.atomic(|tx| {
            M::mark(&query, tx)?;
            marked = M::marked(tx)?;
            Err(Error::custom("undone"))
        });
        match undone {
            Err(Error::Custom(_)) if marked == sorted => {}
            Err(Error::Custom(_)) => return wrong("changed rows", &sorted, &marked),
            other => other?,
        }
        let members = M::query().filter(M::id().is_in(query.clone().values_list(M::id())));
        let members = members.order_by(M::id()).values_list(M::id()).all(db)?;
        let members: Vec<i64> = members.into_iter().flatten().collect();
        if members != sorted {
            return wrong("members", &sorted, &members);
        }
        if let Some(wrong) = ends(db, &query, plan, world)? {
            return Ok(Some(wrong));
        }
        let keys: Vec<Option<i64>> = keys.iter().copied().map(Some).collect();
        compared(
            db,
            &query.clone().values_list(M::id()),
            &keys,
            plan.is_ordered_by_values(),
            plan,
        )
    };
    (sql(db, &query), asked())
}

/// `earliest` and `latest` by the first ordering of the query set.
fn ends<M: Rows>(
    db: &Database,
    query: &QuerySet<M>,
    plan: &Plan,
    world: &World,
) -> Result<Option<String>> {
    let terms = plan.before.iter().find_map(|stage| match stage {
        Stage::Order(terms) => Some(terms),
        _ => None,
    });
    let Some(terms) = terms else {
        return Ok(None);
    };
    let (first, last) = plan.ends(world, terms);
    let (earliest, latest) = ordered!(terms, |order| (
        query.earliest(db, order.clone())?,
        query.latest(db, order)?
    ));
    let key = |row: Option<M>| row.map(|row| row.key());
    if (key(earliest), key(latest)) == (first, last) {
        return Ok(None);
    }
    Ok(Some(format!(
        "earliest and latest, expected {first:?} and {last:?}"
    )))
}

fn key(row: &[Cell]) -> Option<i64> {
    match row.first() {
        Some(Some(V::I64(key))) => Some(*key),
        _ => None,
    }
}

fn single_values<M: Rows>(db: &Database, plan: &Plan, expected: &[Vec<Cell>]) -> Found {
    let query = plan.before.iter().fold(M::query(), step);
    each!(expr::<M>(&plan.selected[0]), |val| {
        let query = plan.after.iter().fold(query.values_list(val), step);
        let expected: Vec<_> = expected.iter().map(|row| Plain::of(&row[0])).collect();
        (
            sql(db, &query),
            compared(db, &query, &expected, plan.is_ordered(), plan),
        )
    })
}

fn tuples<M: Rows>(db: &Database, plan: &Plan, expected: &[Vec<Cell>]) -> Found {
    let query = plan.before.iter().fold(M::query(), step);
    let mut vals = plan.selected.iter().map(expr::<M>);
    let mut next = || vals.next().expect("five expressions");
    let (Typed::Text(a), Typed::I32(b), Typed::Dec(c), Typed::Bool(d), Typed::Date(e)) =
        (next(), next(), next(), next(), next())
    else {
        panic!("other types are selected");
    };
    let query = query.values_list((a, b, c, d, e));
    let query = plan.after.iter().fold(query, step);
    let row = |row: &Vec<Cell>| {
        let (a, b, c) = (Plain::of(&row[0]), Plain::of(&row[1]), Plain::of(&row[2]));
        (a, b, c, Plain::of(&row[3]), Plain::of(&row[4]))
    };
    let expected: Vec<_> = expected.iter().map(row).collect();
    (
        sql(db, &query),
        compared(db, &query, &expected, plan.is_ordered(), plan),
    )
}

/// The SQL of a query set.
pub fn sql<M: Model, R: RowShape>(db: &Database, query: &QuerySet<M, R>) -> String {
    match query.to_sql(dialect(db)) {
        Ok((sql, params)) => format!("{sql}\n{params:?}"),
        Err(error) => error.to_string(),
    }
}

/// Runs one query, with its SQL.
pub fn captured_sql<T>(
    db: &Database,
    query: impl FnOnce(&Database) -> Result<T>,
) -> (String, Result<T>) {
    let mut result = Err(Error::custom("not asked"));
    let log = db.capture(|db| {
        result = query(db);
        Ok(())
    });
    let log = match log {
        Ok(((), log)) => log
            .first()
            .map(|first| format!("{}\n{:?}", first.sql, first.params))
            .unwrap_or_default(),
        Err(error) => error.to_string(),
    };
    (log, result)
}

fn wrong<T: std::fmt::Debug>(what: &str, expected: &T, found: &T) -> Result<Option<String>> {
    Ok(Some(format!(
        "{what}\nexpected {expected:?}\n   found {found:?}"
    )))
}

/// Asks a query set in every way, and compares.
fn compared<M, R, T>(
    db: &Database,
    query: &QuerySet<M, R>,
    expected: &[T],
    ordered: bool,
    plan: &Plan,
) -> Result<Option<String>>
where
    M: Model,
    R: RowShape<Output = T>,
    T: Shown,
{
    let expected: Vec<Vec<Cell>> = expected.iter().map(Shown::cells).collect();
    let all = query.all(db)?;
    let found: Vec<Vec<Cell>> = all.iter().map(Shown::cells).collect();
    if !equal(&expected, &found, ordered) {
        return Ok(Some(format!(
            "rows\nexpected {}\n   found {}",
            list(&expected),
            list(&found)
        )));
    }
    let counted = usize::try_from(query.count(db)?).unwrap_or(usize::MAX);
    if counted != expected.len() {
        return wrong("count", &expected.len(), &counted);
    }
    if query.exists(db)? == expected.is_empty() {
        return Ok(Some(format!(
            "exists, where there are {} rows",
            expected.len()
        )));
    }
    let streamed = query.clone().chunk_size(3).iterator(db)?;
    let streamed: Vec<Vec<Cell>> = streamed
        .map(|row| row.map(|row| row.cells()))
        .collect::<Result<_>>()?;
    if !equal(&expected, &streamed, ordered) {
        return Ok(Some(format!(
            "iterator\nexpected {}\n   found {}",
            list(&expected),
            list(&streamed)
        )));
    }
    if ordered {
        let first = query.first(db)?.map(|row| row.cells());
        let agree =
            |found: &Option<Vec<Cell>>, expected: Option<&Vec<Cell>>| match (found, expected) {
                (Some(found), Some(expected)) => same(found, expected),
                (found, expected) => found.is_none() && expected.is_none(),
            };
        if !agree(&first, expected.first()) {
            return Ok(Some(format!(
                "first of {}\n   found {first:?}",
                list(&expected)
            )));
        }
        if plan.is_last_refused() {
            return Ok(None);
        }
        let last = query.last(db)?.map(|row| row.cells());
        if !agree(&last, expected.last()) {
            return Ok(Some(format!(
                "last of {}\n   found {last:?}",
                list(&expected)
            )));
        }
    }
    Ok(None)
}

fn equal(expected: &[Vec<Cell>], found: &[Vec<Cell>], ordered: bool) -> bool {
    are_alike(expected, found, ordered, &same)
}

fn step<M: Rows, R>(query: QuerySet<M, R>, stage: &Stage) -> QuerySet<M, R>
where
    R: OrderAllowed<OneRow>,
{
    match stage {
        Stage::Filter(cond) => query.filter(condition::<M>(cond)),
        Stage::Exclude(cond) => query.exclude(condition::<M>(cond)),
        Stage::Order(terms) => {
            ordered!(terms, |order| query.order_by(order))
        }
        Stage::Reverse => query.reverse(),
        Stage::Limit(rows) => query.limit(*rows),
        Stage::Offset(rows) => query.offset(*rows),
        Stage::Slice(from, Some(to)) => query.slice(*from..*to),
        Stage::Slice(from, None) => query.slice(*from..),
        Stage::Distinct => query.distinct(),
    }
}

/// The crate's term.
pub fn term<M: Rows>(term: &Term) -> OrderBy<M> {
    fn directed<M: Rows, T>(of: &Of<M, T>, term: &Term) -> OrderBy<M>
    where
        Option<T>: SqlType,
        OneRow: Kind,
    {
        let by = if term.descending { of.desc() } else { of.asc() };
        match term.nulls_first {
            Some(true) => by.nulls_first(),
            Some(false) => by.nulls_last(),
            None => by,
        }
    }
    each!(expr::<M>(&term.val), |of| directed(&of, term))
}

/// A value of a column's type as a cell, and back.
pub trait Plain: Sized {
    fn of(cell: &Cell) -> Option<Self>;
    fn cell(&self) -> V;

    /// A value that may be NULL.
    fn maybe_cell(of: &Option<Self>) -> Cell {
        of.as_ref().map(Self::cell)
    }
}

macro_rules! plain {
    ($($variant:ident $type:ty;)+) => { $(
        impl Plain for $type {
            fn of(cell: &Cell) -> Option<Self> {
                cell.as_ref().map(|value| match value {
                    V::$variant(value) => value.clone(),
                    other => panic!("{other} is of another type"),
                })
            }

            fn cell(&self) -> V {
                V::$variant(self.clone())
            }
        }
    )+ };
}
plain! {
    Bool bool;
    I16 i16;
    I32 i32;
    I64 i64;
    F64 f64;
    Dec Decimal;
    Text String;
    Bytes Vec<u8>;
    Uuid Uuid;
    Date NaiveDate;
    Time NaiveTime;
    DateTime NaiveDateTime;
    Timestamp DateTime<Utc>;
    Duration Duration;
    Json serde_json::Value;
}

/// A row of values as cells.
trait Shown {
    fn cells(&self) -> Vec<Cell>;
}

impl<T: Plain> Shown for Option<T> {
    fn cells(&self) -> Vec<Cell> {
        vec![self.as_ref().map(Plain::cell)]
    }
}

impl<A, B, C, D, E> Shown for (Option<A>, Option<B>, Option<C>, Option<D>, Option<E>)
where
    A: Plain,
    B: Plain,
    C: Plain,
    D: Plain,
    E: Plain,
{
    fn cells(&self) -> Vec<Cell> {
        let (a, b, c, d, e) = self;
        [a.cells(), b.cells(), c.cells(), d.cells(), e.cells()].concat()
    }
}
