//! Conditions: the rows that a database finds are those that the evaluator finds.

use orm::prelude::*;

use crate::build::condition;
use crate::eval::matching;
use crate::generate::Gen;
use crate::load::load;
use crate::rng::{Rng, seed, times};
use crate::shrink::{row, smaller, smallest};
use crate::spec::Cond;
use crate::support::{dialect, suite};
use crate::tables::{Pool, Table, World};
use crate::typed::{Rows, with_model};
use crate::values::V;

suite! {
    fn conditions_mean_what_is_said_of_them(db) {
        run(db, 4, 250, Asked::random, Asked::smaller, &disagrees)?;
    }
}

/// Makes random rows of `World::random` and puts questions to them: see [`run_in`].
pub fn run<Q: Question>(
    db: &Database,
    worlds: usize,
    questions: usize,
    make: impl Fn(&mut Gen<'_>) -> Q,
    smaller: fn(&Q) -> Vec<Q>,
    disagrees: &dyn Fn(&Database, &World, &Q) -> Option<String>,
) -> Result<()> {
    run_in(
        World::random,
        db,
        worlds,
        questions,
        make,
        smaller,
        disagrees,
    )
}

/// Makes random rows so many times, puts so many questions to each, and makes one that is answered wrongly as small as it
/// can be. Each question is put a second time with other values: the same statement, found again.
pub fn run_in<Q: Question>(
    world: fn(&mut Rng) -> World,
    db: &Database,
    worlds: usize,
    questions: usize,
    make: impl Fn(&mut Gen<'_>) -> Q,
    smaller: fn(&Q) -> Vec<Q>,
    disagrees: &dyn Fn(&Database, &World, &Q) -> Option<String>,
) -> Result<()> {
    let seed = seed();
    println!("ORM_RANDOM_SEED={seed}");
    let mut rng = Rng::new(seed);
    // SQLite answers faster.
    let worlds = match dialect(db) {
        Dialect::Sqlite => 2 * worlds,
        _ => worlds,
    };
    for _ in 0..worlds * times() {
        let world = world(&mut rng);
        let pool = Pool::new(&mut rng);
        load(db, &world)?;
        let mut generator = Gen {
            rng: &mut rng,
            pool: &pool,
        };
        for _ in 0..questions {
            let question = make(&mut generator);
            let mut again = question.clone();
            again.each_condition(&mut |cond| generator.give_other_values(cond));
            for question in [question, again] {
                if disagrees(db, &world, &question).is_some() {
                    let wrong = &mut |question: &Q| disagrees(db, &world, question).is_some();
                    let question = smallest(question, smaller, wrong);
                    let why = disagrees(db, &world, &question).unwrap_or_default();
                    panic!("{why}\nORM_RANDOM_SEED={seed}\n{}", shown(&world));
                }
            }
        }
    }
    Ok(())
}

/// What is put to a database.
pub trait Question: Clone {
    /// Calls a function with each condition in it.
    fn each_condition(&mut self, tell: &mut dyn FnMut(&mut Cond));
}

/// A condition on rows of a table, and how its rows are asked for.
#[derive(Clone)]
struct Asked {
    table: Table,
    cond: Cond,
    how: How,
}

#[derive(Clone, Copy, Debug)]
enum How {
    /// `filter(condition)`
    Filter,
    /// `exclude(condition)`
    Exclude,
    /// The condition as a value that is selected.
    Value,
    /// The rows that an `UPDATE` changes.
    Update,
    /// Members of a subquery.
    Members,
    Count,
    /// The last rows in the order of the condition, false before true.
    Order,
}

impl Question for Asked {
    fn each_condition(&mut self, tell: &mut dyn FnMut(&mut Cond)) {
        tell(&mut self.cond);
    }
}

impl Asked {
    fn random(generator: &mut Gen<'_>) -> Self {
        let how = match generator.rng.below(20) {
            0..2 => How::Exclude,
            2..4 => How::Value,
            4..6 => How::Update,
            6..8 => How::Members,
            8 => How::Count,
            9 => How::Order,
            _ => How::Filter,
        };
        let table = *generator.rng.pick(&Table::ALL);
        let cond = generator.cond(table, 3);
        Self { table, cond, how }
    }

    fn smaller(&self) -> Vec<Self> {
        let smaller = smaller(&self.cond).into_iter();
        smaller.map(|cond| Self { cond, ..*self }).collect()
    }
}

/// What is wrong with the answer of a database, if anything is.
fn disagrees(db: &Database, world: &World, asked: &Asked) -> Option<String> {
    let table = asked.table;
    let expected: Vec<i64> = matching(world, table, &asked.cond)
        .into_iter()
        .map(|index| match &world.rows(table)[index][0] {
            Some(V::I64(key)) => *key,
            other => panic!("the key is {other:?}"),
        })
        .collect();
    let (sql, found) = with_model!(table, ask(db, asked));
    let found = match found {
        Ok(Found::Keys(found)) if found == expected => return None,
        Ok(Found::Number(found)) if found == expected.len() as u64 => return None,
        Ok(found) => format!("{found:?}"),
        Err(error) => error.to_string(),
    };
    let Asked { cond, how, .. } = asked;
    Some(format!(
        "{table:?}::objects().filter({cond}), asked for by {how:?}\n{sql}\nexpected {expected:?}\n   found {found}"
    ))
}

#[derive(Debug)]
enum Found {
    Keys(Vec<i64>),
    Number(u64),
}

/// The keys of the rows that meet a condition, in order, with the SQL.
fn ask<M: Rows>(db: &Database, asked: &Asked) -> (String, Result<Found>) {
    let condition = condition::<M>(&asked.cond);
    let query = M::query().filter(&condition);
    let sql = match query.to_sql(dialect(db)) {
        Ok((sql, params)) => format!("{sql}\n{params:?}"),
        Err(error) => error.to_string(),
    };
    (sql, answer(db, &query, &condition, asked.how))
}

fn answer<M: Rows>(
    db: &Database,
    query: &QuerySet<M>,
    condition: &Condition<M>,
    how: How,
) -> Result<Found> {
    let keys = |query: QuerySet<M>| {
        let keys = query.order_by(M::id()).values_list(M::id()).all(db)?;
        Ok::<Vec<i64>, Error>(keys.into_iter().flatten().collect())
    };
    Ok(Found::Keys(match how {
        How::Filter => keys(query.clone())?,
        How::Exclude => {
            let others = keys(M::query().exclude(condition))?;
            let mut all = keys(M::query())?;
            all.retain(|key| !others.contains(key));
            all
        }
        How::Value => {
            let rows = M::query()
                .order_by(M::id())
                .values_list((M::id(), condition));
            let met = rows.all(db)?.into_iter().filter(|(_, holds)| *holds);
            met.filter_map(|(key, _)| key).collect()
        }
        How::Update => {
            let mut marked = Vec::new();
            let undone: Result<()> = db.atomic(|tx| {
                let changed = M::mark(query, tx)?;
                marked = M::marked(tx)?;
                assert_eq!(changed, marked.len() as u64, "rows that were changed");
                Err(Error::custom("undone"))
            });
            match undone {
                Err(Error::Custom(_)) => marked,
                other => return other.map(|()| Found::Number(u64::MAX)),
            }
        }
        How::Members => {
            let members = query.clone().values_list(M::id());
            keys(M::query().filter(M::id().is_in(members)))?
        }
        How::Count => {
            let count = query.count(db)?;
            assert_eq!(query.exists(db)?, count > 0, "exists");
            assert_eq!(query.clone().distinct().count(db)?, count, "distinct");
            return Ok(Found::Number(count));
        }
        How::Order => {
            let count = query.count(db)?;
            let last = M::query()
                .order_by((condition.desc(), M::id()))
                .limit(count);
            last.all(db)?.iter().map(Model::key).collect()
        }
    }))
}

/// All rows, to be read beside a failure.
fn shown(world: &World) -> String {
    let mut text = String::new();
    for table in Table::ALL {
        let names: Vec<&str> = table.columns().iter().map(|column| column.name).collect();
        text.push_str(&format!("\n{table:?}: {}\n", names.join(", ")));
        for cells in world.rows(table) {
            text.push_str(&format!("  {}\n", row(cells)));
        }
    }
    text
}
