//! What conditions and expressions mean, in plain Rust: the meaning of the documentation, without any SQL.
//!
//! A comparison of something NULL is false, and its negation is true. Through a relation to many rows a comparison means that
//! some row meets it; a path that stands in it twice means the same row. A condition inside an expression speaks of rows of
//! its own.

use crate::functions;
use crate::spec::{Cond, Quantifier, Rows, Val, Way};
use crate::tables::{Step, Table, World};
use crate::values::{self, Cell, PATTERNS, Ty, V};

/// A row, with the rows that have been chosen on the paths to many.
#[derive(Clone)]
pub struct At<'w> {
    world: &'w World,
    row: usize,
    /// Each path that ends in a step to many, and the row that was chosen there.
    chosen: Vec<(&'static [&'static Step], Option<usize>)>,
}

impl<'w> At<'w> {
    pub const fn new(world: &'w World, row: usize) -> Self {
        Self {
            world,
            row,
            chosen: Vec::new(),
        }
    }

    /// The row alone, without the rows that were chosen.
    pub const fn own(&self) -> Self {
        Self::new(self.world, self.row)
    }

    /// The row at the end of a path; `None` where there is none.
    fn end(&self, steps: &'static [&'static Step]) -> Option<usize> {
        let (last, before) = match steps.split_last() {
            Some(split) => split,
            None => return Some(self.row),
        };
        if last.many {
            let chosen = self.chosen.iter().find(|(path, _)| *path == steps);
            return chosen.unwrap_or_else(|| panic!("no row is chosen")).1;
        }
        let from = self.end(before)?;
        self.world.follow(last, from).first().copied()
    }

    /// All rows at the end of a path, however many steps of it lead to many.
    fn all(&self, steps: &[&'static Step]) -> Vec<usize> {
        steps.iter().fold(vec![self.row], |rows, step| {
            rows.iter()
                .flat_map(|row| self.world.follow(step, *row))
                .collect()
        })
    }

    /// The rows that a relation behind a path leads to, each as the row itself.
    pub fn beyond(&self, way: Way, last: &'static Step) -> Vec<Self> {
        let rows = self.all(&path(way, last)).into_iter();
        rows.map(|row| Self::new(self.world, row)).collect()
    }

    /// The paths to many of some expressions, the shorter ones first.
    fn paths(&self, of: &[&Val]) -> Vec<&'static [&'static Step]> {
        let mut paths: Vec<&'static [&'static Step]> = Vec::new();
        for val in of {
            val.each_way(&mut |way: Way| {
                let steps = way.steps();
                for length in 1..=steps.len() {
                    let path = &steps[..length];
                    if steps[length - 1].many && !paths.contains(&path) {
                        paths.push(path);
                    }
                }
            });
        }
        paths.sort_by_key(|path| path.len());
        paths
    }

    /// Whether a comparison of expressions holds for some choice of rows.
    fn some(&self, of: &[&Val], holds: &dyn Fn(&Self) -> bool) -> bool {
        let paths = self.paths(of);
        let mut at = Self {
            chosen: Vec::new(),
            ..self.clone()
        };
        at.choose(&paths, holds)
    }

    fn choose(
        &mut self,
        paths: &[&'static [&'static Step]],
        holds: &dyn Fn(&Self) -> bool,
    ) -> bool {
        let Some((path, rest)) = paths.split_first() else {
            return holds(self);
        };
        let (last, before) = path.split_last().expect("a path has a step");
        let rows = self.end(before).map(|from| self.world.follow(last, from));
        rows.unwrap_or_default().into_iter().any(|row| {
            self.chosen.push((path, Some(row)));
            let holds = self.choose(rest, holds);
            self.chosen.pop();
            holds
        })
    }

    /// The rows that a selection of expressions has for this row: one for each choice, and NULL where there is none to choose.
    pub fn joined(&self, of: &[&Val]) -> Vec<Self> {
        let mut all = vec![self.clone()];
        for path in self.paths(of) {
            let (last, before) = path.split_last().expect("a path has a step");
            let each = all.into_iter().flat_map(|at| {
                let rows = at.end(before).map(|from| at.world.follow(last, from));
                let rows = rows.unwrap_or_default();
                let choices: Vec<Option<usize>> = if rows.is_empty() {
                    vec![None]
                } else {
                    rows.into_iter().map(Some).collect()
                };
                choices.into_iter().map(move |row| {
                    let mut at = at.clone();
                    at.chosen.push((path, row));
                    at
                })
            });
            all = each.collect();
        }
        all
    }

    /// The value of an expression.
    pub fn value(&self, val: &Val) -> Cell {
        match val {
            Val::Column(way, column) => {
                let row = self.end(way.steps())?;
                self.world.rows(way.end())[row][*column].clone()
            }
            Val::Lit(value) => Some(value.clone()),
            Val::Arithmetic(op, a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                values::arithmetic(*op, &a, &b)
            }
            Val::Negate(of) => self.value(of).as_ref().map(values::negated),
            Val::Case(whens, otherwise) => {
                let ty = val.ty();
                let own = self.own();
                let found = whens.iter().find(|(when, _)| own.holds(when));
                let then = found.map(|(_, then)| then).or(otherwise.as_deref());
                Some(self.value(then?)?.widened(ty))
            }
            Val::Coalesce(of) => {
                let first = of.iter().find_map(|of| self.value(of))?;
                Some(first.widened(val.ty()))
            }
            Val::UnwrapOr(of, or) => {
                Some(self.value(of).or_else(|| self.value(or))?.widened(val.ty()))
            }
            Val::Lower(of) => Some(V::Text(values::lower(self.value(of)?.text()))),
            Val::Upper(of) => Some(V::Text(values::upper(self.value(of)?.text()))),
            Val::Length(of) => {
                let length = self.value(of)?.text().chars().count();
                Some(V::I32(i32::try_from(length).unwrap_or(i32::MAX)))
            }
            Val::Concat(of) => {
                let texts = of.iter().filter_map(|of| self.value(of));
                Some(V::Text(texts.map(|text| text.text().to_owned()).collect()))
            }
            Val::Part(part, of) => Some(V::I32(values::part(*part, &self.value(of)?))),
            Val::DateOf(of) => Some(match self.value(of)? {
                V::DateTime(moment) => V::Date(moment.date()),
                V::Timestamp(moment) => V::Date(moment.date_naive()),
                other => panic!("{other} has no date"),
            }),
            Val::TimeOf(of) => Some(match self.value(of)? {
                V::DateTime(moment) => V::Time(moment.time()),
                V::Timestamp(moment) => V::Time(moment.time()),
                other => panic!("{other} has no time"),
            }),
            Val::Truth(cond) => Some(V::Bool(self.own().holds(cond))),
            Val::Call(func, of) => {
                let of: Vec<Cell> = of.iter().map(|of| self.value(of)).collect();
                functions::value(*func, &of, val.ty())
            }
        }
    }

    /// Whether a condition holds for the row.
    pub fn holds(&self, cond: &Cond) -> bool {
        match cond {
            Cond::All => true,
            Cond::Nothing => false,
            Cond::Not(of) => !self.holds(of),
            Cond::And(a, b) => self.holds(a) && self.holds(b),
            Cond::Or(a, b) => self.holds(a) || self.holds(b),
            Cond::Xor(a, b) => self.holds(a) != self.holds(b),
            Cond::Is(of) => self.some(&[of], &|at| at.value(of).is_some_and(|v| v.truth())),
            Cond::Compare(op, a, b) => self.some(&[a, b], &|at| {
                values::holds(*op, &at.value(a), &at.value(b))
            }),
            Cond::EqNone(of) | Cond::IsNull(of) => self.some(&[of], &|at| at.value(of).is_none()),
            Cond::NeNone(of) | Cond::IsNotNull(of) => {
                self.some(&[of], &|at| at.value(of).is_some())
            }
            Cond::Look(look, a, b) => self.some(&[a, b], &|at| {
                let (Some(a), Some(b)) = (at.value(a), at.value(b)) else {
                    return false;
                };
                values::looks(*look, a.text(), b.text())
            }),
            Cond::Regex(of, pattern) => self.some(&[of], &|at| {
                let meaning = PATTERNS[*pattern].meaning;
                at.value(of).is_some_and(|text| meaning(text.text()))
            }),
            Cond::In(of, members) => self.some(&[of], &|at| among(&at.value(of), members)),
            Cond::InExprs(of, members) => {
                let all: Vec<&Val> = std::iter::once(of).chain(members).collect();
                self.some(&all, &|at| {
                    let members: Vec<Cell> = members.iter().map(|of| at.value(of)).collect();
                    among(&at.value(of), &members)
                })
            }
            Cond::InRows(of, rows) => {
                let members = self.members(rows);
                self.some(&[of], &|at| among(&at.value(of), &members))
            }
            Cond::Between(of, low, high) => self.some(&[of, low, high], &|at| {
                let of = at.value(of);
                values::holds(values::Compare::Gte, &of, &at.value(low))
                    && values::holds(values::Compare::Lte, &of, &at.value(high))
            }),
            Cond::Some(quantifier, way, step, cond) => {
                let rows = self.all(&path(*way, step));
                let mut meets = rows.iter().map(|row| {
                    let at = Self::new(self.world, *row);
                    cond.as_ref().is_none_or(|cond| at.holds(cond))
                });
                match quantifier {
                    Quantifier::Any => meets.any(|meets| meets),
                    Quantifier::All => meets.all(|meets| meets),
                    Quantifier::None => !meets.any(|meets| meets),
                }
            }
            Cond::Contains(way, step, key) => self.keys(*way, step).contains(&Some(V::I64(*key))),
            Cond::Key(op, way, step, Some(key)) => {
                let key = Some(V::I64(*key));
                let keys = self.keys(*way, step);
                keys.iter().any(|found| values::holds(*op, found, &key))
            }
            Cond::Key(op, way, step, None) => {
                let absent = *op == values::Compare::Eq;
                let keys = self.keys(*way, step);
                keys.iter().any(|found| found.is_none() == absent)
            }
            Cond::KeyIn(way, step, keys) => {
                let members: Vec<Cell> = keys.iter().map(|key| Some(V::I64(*key))).collect();
                self.keys(*way, step).iter().any(|key| among(key, &members))
            }
            Cond::KeyInRows(way, step, rows) => {
                let members = self.members(rows);
                self.keys(*way, step).iter().any(|key| among(key, &members))
            }
        }
    }

    /// The keys at the end of a path: of each row of a path to many; NULL where a step to one finds none.
    fn keys(&self, way: Way, last: &'static Step) -> Vec<Cell> {
        let mut rows = vec![Some(self.row)];
        for step in path(way, last) {
            rows = rows
                .into_iter()
                .flat_map(|row| match row {
                    Some(row) => {
                        let next = self.world.follow(step, row);
                        let absent = next.is_empty() && !step.many;
                        let next = next.into_iter().map(Some);
                        next.chain(absent.then_some(None)).collect()
                    }
                    None if step.many => Vec::new(),
                    None => vec![None],
                })
                .collect();
        }
        let table = self.world.rows(last.to);
        rows.into_iter()
            .map(|row| row.and_then(|row| table[row][0].clone()))
            .collect()
    }

    /// The members that a subquery gives.
    fn members(&self, rows: &Rows) -> Vec<Cell> {
        let chosen = matching(self.world, rows.table, &rows.cond);
        let (offset, limit) = rows.slice.unwrap_or((0, u64::MAX));
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        chosen
            .into_iter()
            .skip(number(offset))
            .take(number(limit))
            .map(|row| Self::new(self.world, row).value(&rows.column))
            .collect()
    }
}

fn path(way: Way, last: &'static Step) -> Vec<&'static Step> {
    way.steps().iter().copied().chain([last]).collect()
}

fn among(of: &Cell, members: &[Cell]) -> bool {
    let Some(of) = of else { return false };
    members
        .iter()
        .flatten()
        .any(|member| values::equal(of, member))
}

/// The rows of a table that meet a condition, by primary key.
pub fn matching(world: &World, table: Table, cond: &Cond) -> Vec<usize> {
    debug_assert_eq!(table.columns()[0].ty, Ty::I64);
    (0..world.rows(table).len())
        .filter(|row| At::new(world, *row).holds(cond))
        .collect()
}
