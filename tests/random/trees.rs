//! Trees that are walked up and down, recursions, common table expressions, and subqueries that speak of the row around the row
//! around them.

use std::collections::BTreeMap;

use orm::prelude::*;

use crate::query_sets::sql;
use crate::rng::{Rng, seed, times};
use crate::support::{dialect, suite};
use crate::values::{self, Compare, V};

/// A node of a forest, in which there are circles too.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Twig {
    pub id: i64,
    pub leaves: i64,
    pub length: Option<i64>,
    #[field(on_delete = set_null)]
    pub parent: Option<ForeignKey<Self>>,
}

/// The nodes by their keys: leaves, length and parent.
type Forest = BTreeMap<i64, (i64, Option<i64>, Option<i64>)>;

suite! {
    fn trees_are_walked_up_and_down(db) {
        run(db, 20, |db, rng, forest| {
            let (test, start) = condition(rng);
            let down = rng.chance(60);
            let query = Twig::objects().filter(start);
            let tree = match down {
                true => query.descend(Twig::parent),
                false => query.ascend(Twig::parent),
            };
            let tree = tree.with_path(Twig::leaves.cast::<String>(), "/");
            let mut expected = Vec::new();
            for (id, twig) in forest.iter().filter(|(_, twig)| holds(test, twig)) {
                walk(forest, down, &mut vec![*id], &twig.0.to_string(), &mut expected);
            }
            expected.sort();
            let query = tree.rows().order_by((Twig::id, tree.depth(), tree.path())).values_list((Twig::id, tree.depth(), tree.path()));
            let mut found = query.all(db)?;
            found.sort();
            assert_eq!(found, expected, "{test:?} {}\n{forest:?}", sql(db, &query));
            // Conditions on rows, on the depth, aggregates and counts behind the walk.
            let ((other, behind), least) = (condition(rng), rng.between(0, 2));
            expected.retain(|(id, depth, _)| holds(other, &forest[id]) && *depth >= least);
            let rows = tree.rows().filter(behind & tree.depth().gte(least));
            assert_eq!(rows.count(db)?, expected.len() as u64, "{}", sql(db, &rows));
            let leaves = (!expected.is_empty()).then(|| expected.iter().map(|(id, ..)| forest[id].0).sum::<i64>());
            assert_eq!(rows.aggregate(db, Twig::leaves.sum())?, leaves, "{}", sql(db, &rows));
            let deepest = expected.iter().map(|(_, depth, _)| *depth).max();
            assert_eq!(rows.clone().values_list(tree.depth()).all(db)?.into_iter().max(), deepest);
            Ok(())
        })?;
    }

    fn recursions_and_common_tables(db) {
        run(db, 20, |db, rng, forest| {
            let (test, start) = condition(rng);
            let (other, onward) = condition(rng);
            let most = rng.between(1, 4);
            // So many steps down, through nodes that meet a condition; each way to a node is a row.
            let walked = recursive(
                Twig::objects().filter(start).values_list((Twig::id, value(0_i64), Twig::leaves)),
                |(id, steps, sum)| {
                    Twig::objects()
                        .filter(Twig::parent.id.eq(&id) & onward.clone() & steps.lt(most))
                        .values_list((Twig::id, steps + 1, sum + Twig::leaves))
                },
            );
            let mut now: Vec<(i64, i64, i64)> =
                forest.iter().filter(|(_, twig)| holds(test, twig)).map(|(id, twig)| (*id, 0, twig.0)).collect();
            let mut all = Vec::new();
            while !now.is_empty() {
                all.extend(now.iter().copied());
                now = now.iter().filter(|(_, steps, _)| *steps < most).flat_map(|(id, steps, sum)| {
                    let next = forest.iter().filter(|(_, twig)| twig.2 == Some(*id) && holds(other, twig));
                    next.map(|(next, twig)| (*next, steps + 1, sum + twig.0)).collect::<Vec<_>>()
                }).collect();
            }
            // Joined with the rows above them.
            let (id, steps, sum) = walked.columns::<Twig>();
            let query = Twig::objects()
                .join(&walked, |(id, ..)| Twig::parent.id.eq(id))
                .values_list((Twig::id, &id, &steps, &sum));
            let mut expected: Vec<(i64, i64, i64, i64)> = all.iter().flat_map(|(id, steps, sum)| {
                let below = forest.iter().filter(|(_, twig)| twig.2 == Some(*id));
                below.map(|(below, _)| (*below, *id, *steps, *sum)).collect::<Vec<_>>()
            }).collect();
            let mut found = query.all(db)?;
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{test:?} {other:?} {}\n{forest:?}", sql(db, &query));

            // Rows that are the same are as many as the ways to them.
            let counted = recursive(
                Twig::objects().filter(condition_of(test)).values_list((Twig::leaves, value(0_i64))),
                |(leaves, steps)| {
                    Twig::objects()
                        .filter(Twig::leaves.eq(leaves + 1) & steps.lt(most))
                        .values_list((Twig::leaves, steps + 1))
                },
            );
            let mut now: Vec<i64> = forest.values().filter(|twig| holds(test, twig)).map(|twig| twig.0).collect();
            let mut expected = Vec::new();
            for steps in 0..=most {
                expected.extend(now.iter().map(|leaves| (*leaves, steps)));
                now = now.iter().flat_map(|leaves| forest.values().map(|twig| twig.0).filter(move |next| *next == leaves + 1)).collect();
            }
            let (leaves, steps) = counted.columns::<Twig>();
            let first = Twig::objects().filter(Twig::id.eq(1)).join(&counted, |_| Q::<Twig>::all());
            let query = first.order_by((&leaves, &steps)).values_list((&leaves, &steps));
            expected.sort_unstable();
            assert_eq!(query.all(db)?, expected, "{test:?} {}\n{forest:?}", sql(db, &query));

            // A plain one, of which there need be no row: a LEFT JOIN; and a condition on its column.
            let plain = cte(Twig::objects().filter(condition_of(other)).values_list((Twig::id, Twig::length))).optional();
            let (own, length) = plain.columns::<Twig>();
            let missing = rng.chance(50);
            let query = Twig::objects().join(&plain, |(id, _)| Twig::parent.id.eq(id));
            let query = match missing {
                true => query.filter(own.is_null()),
                false => query.filter(length.gt(2)),
            };
            let query = query.order_by(Twig::id).values_list((Twig::id, &own, &length));
            let expected: Vec<(i64, Option<i64>, Option<i64>)> = forest.iter().map(|(id, twig)| {
                let above = twig.2.filter(|above| holds(other, &forest[above]));
                (*id, above, above.and_then(|above| forest[&above].1))
            }).filter(|(_, own, length)| if missing { own.is_none() } else { length.is_some_and(|length| length > 2) }).collect();
            assert_eq!(query.all(db)?, expected, "{other:?} {}\n{forest:?}", sql(db, &query));
            Ok(())
        })?;
    }

    fn rows_around_rows_around(db) {
        run(db, 20, |db, rng, forest| {
            let ops: Vec<Compare> = (0..3).map(|_| *rng.pick(&OPS)).collect();
            let columns: Vec<usize> = (0..6).map(|_| rng.below(4)).collect();
            let (test, inside) = condition(rng);
            let (some, others) = (rng.chance(50), rng.chance(50));
            let compared = |at: usize, a: &Expr<Twig, Option<i64>>, b: &Expr<Twig, Option<i64>>| compare(ops[at], a, b);
            // Nodes beside which there is, or is not, one with, or without, a third that goes with both.
            let found = exists(|outer: Outer<Twig, Twig>| {
                let far = outer.nested::<Twig>();
                let third = exists(|middle: Outer<Twig, Twig>| {
                    let with_middle = compared(1, &column(columns[2]), outer_column!(middle, columns[3]));
                    let with_outer = compared(2, &column(columns[4]), outer_column!(far, columns[5]));
                    Twig::objects().filter(with_middle & with_outer & inside.clone())
                });
                let third = if some { third } else { !third };
                Twig::objects().filter(compared(0, &column(columns[0]), outer_column!(outer, columns[1])) & third)
            });
            let query = Twig::objects().filter(if others { found } else { !found }).order_by(Twig::id).values_list(Twig::id);
            let compares = |at: usize, a: Option<i64>, b: Option<i64>| values::holds(ops[at], &a.map(V::I64), &b.map(V::I64));
            let expected: Vec<i64> = forest.keys().copied().filter(|outer| {
                let beside = forest.keys().any(|middle| {
                    let third = forest.iter().any(|(inner, twig)| {
                        holds(test, twig)
                            && compares(1, cell(forest, *inner, columns[2]), cell(forest, *middle, columns[3]))
                            && compares(2, cell(forest, *inner, columns[4]), cell(forest, *outer, columns[5]))
                    });
                    third == some && compares(0, cell(forest, *middle, columns[0]), cell(forest, *outer, columns[1]))
                });
                beside == others
            }).collect();
            assert_eq!(query.all(db)?, expected, "{ops:?} {columns:?} {test:?} {}\n{forest:?}", sql(db, &query));

            // A value of a row inside, in which a value of both rows around stands.
            let value = subquery(|outer: Outer<Twig, Twig>| {
                let far = outer.nested::<Twig>();
                let least = subquery(|middle: Outer<Twig, Twig>| {
                    let below = compared(1, &column(columns[2]), outer_column!(middle, columns[3]));
                    let beside = compared(2, &column(columns[4]), outer_column!(far, columns[5]));
                    Twig::objects().filter(below & beside).order_by(Twig::id).values_list(Twig::leaves).limit(1)
                });
                Twig::objects().filter(compared(0, &column(columns[0]), outer_column!(outer, columns[1])))
                    .order_by(Twig::id.desc()).values_list(least.unwrap_or(-1)).limit(1)
            });
            let query = Twig::objects().order_by(Twig::id).values_list(value);
            let expected: Vec<Option<i64>> = forest.keys().map(|outer| {
                let middle = forest.keys().rev().find(|middle| compares(0, cell(forest, **middle, columns[0]), cell(forest, *outer, columns[1])))?;
                let inner = forest.keys().find(|inner| {
                    compares(1, cell(forest, **inner, columns[2]), cell(forest, *middle, columns[3]))
                        && compares(2, cell(forest, **inner, columns[4]), cell(forest, *outer, columns[5]))
                });
                Some(inner.map_or(-1, |inner| forest[inner].0))
            }).collect();
            assert_eq!(query.all(db)?, expected, "{ops:?} {columns:?} {}\n{forest:?}", sql(db, &query));
            Ok(())
        })?;
    }
}

/// Makes a forest some times, and puts so many questions to each.
fn run(
    db: &Database,
    questions: usize,
    question: impl Fn(&Database, &mut Rng, &Forest) -> Result<()>,
) -> Result<()> {
    let seed = seed();
    println!("ORM_RANDOM_SEED={seed}");
    let mut rng = Rng::new(seed);
    let worlds = match dialect(db) {
        Dialect::Sqlite => 6,
        _ => 3,
    };
    for _ in 0..worlds * times() {
        let count = rng.between(1, 9);
        let circles = rng.chance(40);
        let forest: Forest = (1..=count)
            .map(|id| {
                // Where there are no circles, each is below one before it.
                let last = if circles { count } else { id - 1 };
                let parent = (last > 0 && rng.chance(75)).then(|| rng.between(1, last));
                (
                    id,
                    (
                        rng.between(0, 4),
                        rng.maybe(25, |rng| rng.between(0, 5)),
                        parent,
                    ),
                )
            })
            .collect();
        Twig::objects().delete(db)?;
        let drafts = forest.iter().map(|(id, (leaves, length, _))| {
            Twig::draft()
                .id(*id)
                .leaves(*leaves)
                .length(*length)
                .build()
        });
        // The keys follow: SQLite takes no rows that point at each other in a circle.
        let mut twigs = Twig::objects().bulk_create(db, drafts.collect::<Vec<_>>())?;
        for twig in &mut twigs {
            twig.parent = forest[&twig.id].2.map(ForeignKey::new);
        }
        Twig::objects().bulk_update(db, &twigs, Twig::parent)?;
        // Else the server takes the table for a large one, and makes plans for such.
        db.execute("ANALYZE", ())?;
        for _ in 0..questions {
            question(db, &mut rng, &forest)?;
        }
    }
    Ok(())
}

const OPS: [Compare; 6] = [
    Compare::Eq,
    Compare::Ne,
    Compare::Gt,
    Compare::Gte,
    Compare::Lt,
    Compare::Lte,
];

type Test = (bool, Compare, i64);

/// A comparison of the leaves, or of the length.
fn condition(rng: &mut Rng) -> (Test, Condition<Twig>) {
    let test = (rng.chance(50), *rng.pick(&OPS), rng.between(0, 4));
    (test, condition_of(test))
}

fn condition_of((leaves, op, than): Test) -> Condition<Twig> {
    let of = column(if leaves { 1 } else { 2 });
    match op {
        Compare::Eq => of.eq(than),
        Compare::Ne => of.ne(than),
        Compare::Gt => of.gt(than),
        Compare::Gte => of.gte(than),
        Compare::Lt => of.lt(than),
        Compare::Lte => of.lte(than),
    }
}

fn holds((leaves, op, than): Test, twig: &(i64, Option<i64>, Option<i64>)) -> bool {
    let of = if leaves { Some(twig.0) } else { twig.1 };
    values::holds(op, &of.map(V::I64), &Some(V::I64(than)))
}

fn compare(
    op: Compare,
    a: &Expr<Twig, Option<i64>>,
    b: &Expr<Twig, Option<i64>>,
) -> Condition<Twig> {
    match op {
        Compare::Eq => a.eq(b),
        Compare::Ne => a.ne(b),
        Compare::Gt => a.gt(b),
        Compare::Gte => a.gte(b),
        Compare::Lt => a.lt(b),
        Compare::Lte => a.lte(b),
    }
}

fn column(index: usize) -> Expr<Twig, Option<i64>> {
    match index {
        0 => crate::typed::of(Twig::id),
        1 => crate::typed::of(Twig::leaves),
        2 => crate::typed::of(Twig::length),
        _ => crate::typed::of(Twig::parent.id),
    }
}

/// A column of a row around, however far around it is.
macro_rules! outer_column {
    ($outer:expr, $index:expr) => {
        &match $index {
            0 => crate::typed::of($outer.id),
            1 => crate::typed::of($outer.leaves),
            2 => crate::typed::of($outer.length),
            _ => crate::typed::of($outer.parent.id),
        }
    };
}
use outer_column;

fn cell(forest: &Forest, id: i64, index: usize) -> Option<i64> {
    let (leaves, length, parent) = forest[&id];
    match index {
        0 => Some(id),
        1 => Some(leaves),
        2 => length,
        _ => parent,
    }
}

/// All ways from a node, none of which comes to a node twice.
fn walk(
    forest: &Forest,
    down: bool,
    way: &mut Vec<i64>,
    path: &str,
    found: &mut Vec<(i64, i64, String)>,
) {
    let last = way[way.len() - 1];
    found.push((last, way.len() as i64 - 1, path.to_owned()));
    let next: Vec<i64> = match down {
        true => forest
            .iter()
            .filter(|(_, twig)| twig.2 == Some(last))
            .map(|(id, _)| *id)
            .collect(),
        false => forest[&last].2.into_iter().collect(),
    };
    for next in next {
        if !way.contains(&next) {
            way.push(next);
            walk(
                forest,
                down,
                way,
                &format!("{path}/{}", forest[&next].0),
                found,
            );
            way.pop();
        }
    }
}
