//! Arithmetic of integers at the ends of their types: what leaves the type of an expression is an error, whichever row it is in,
//! and everything else is exact.

use orm::prelude::*;

use crate::build::expr;
use crate::conditions::{Question, run_in};
use crate::generate::Gen;
use crate::models::Item;
use crate::rng::Rng;
use crate::shrink::lesser;
use crate::spec::{Cond, Val, Way};
use crate::support::{dialect, suite};
use crate::tables::{Table, World};
use crate::typed::Typed;
use crate::values::{Cell, Op, Shown, Ty, V};

suite! {
    fn integers_at_the_ends_of_their_types(db) {
        run_in(world, db, 2, 150, Sum::random, Sum::smaller, &disagrees)?;
    }
}

/// An expression of integers.
#[derive(Clone)]
struct Sum(Val);

impl Question for Sum {
    fn each_condition(&mut self, _: &mut dyn FnMut(&mut Cond)) {}
}

const WAY: Way = Way {
    table: Table::Item,
    index: 0,
};

/// Rows whose numbers are at the ends of their types.
fn world(rng: &mut Rng) -> World {
    let mut world = World::random(rng);
    for (index, column) in Table::Item.columns().iter().enumerate() {
        if EXTREME.contains(&column.name) {
            world.set(Table::Item, index, || extreme(rng, column.ty));
        }
    }
    world
}

/// A number that is, or is near, an end of its type.
fn extreme(rng: &mut Rng, ty: Ty) -> V {
    let near = rng.between(0, 2);
    // Most rows have small numbers: else everything overflows in some.
    let roll = rng.below(8);
    macro_rules! of {
        ($variant:ident $type:ident) => {{
            let near = near as $type;
            V::$variant(match roll {
                0 => $type::MIN + near,
                1 => $type::MAX - near,
                2..5 => near,
                _ => -near,
            })
        }};
    }
    match ty {
        Ty::I16 => of!(I16 i16),
        Ty::I32 => of!(I32 i32),
        _ => of!(I64 i64),
    }
}

impl Sum {
    fn random(generator: &mut Gen<'_>) -> Self {
        let ty = *generator.rng.pick(&[Ty::I16, Ty::I32, Ty::I64]);
        Self(of_type(generator, ty, 3))
    }

    fn smaller(&self) -> Vec<Self> {
        lesser(&self.0).into_iter().map(Self).collect()
    }
}

fn of_type(generator: &mut Gen<'_>, ty: Ty, depth: usize) -> Val {
    let columns = Table::Item.columns().iter().enumerate();
    let columns: Vec<usize> = columns
        .filter(|(index, column)| column.ty == ty && EXTREME.contains(&column.name) && *index > 0)
        .map(|(index, _)| index)
        .collect();
    if depth == 0 || generator.rng.chance(20) {
        return Val::Column(WAY, *generator.rng.pick(&columns));
    }
    if generator.rng.chance(15) {
        return Val::Negate(Box::new(of_type(generator, ty, depth - 1)));
    }
    let op = *generator
        .rng
        .pick(&[Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Rem]);
    let narrow: Vec<Ty> = [Ty::I16, Ty::I32, Ty::I64]
        .into_iter()
        .filter(|narrow| narrow.widens_to(ty))
        .collect();
    let other = *generator.rng.pick(&narrow);
    let left = of_type(generator, ty, depth - 1);
    let right = if generator.rng.chance(40) {
        let divides = matches!(op, Op::Div | Op::Rem);
        loop {
            let literal = extreme(generator.rng, other);
            if !divides || whole(&literal) != 0 {
                break Val::Lit(literal);
            }
        }
    } else {
        of_type(generator, other, depth - 1)
    };
    Val::Arithmetic(op, Box::new(left), Box::new(right))
}

/// The columns whose numbers are at the ends of their types.
const EXTREME: [&str; 5] = ["stock", "sold", "total", "big", "tiny"];

fn whole(value: &V) -> i128 {
    match value {
        V::I16(v) => i128::from(*v),
        V::I32(v) => i128::from(*v),
        V::I64(v) => i128::from(*v),
        other => panic!("{other} is no integer"),
    }
}

struct Overflow;

/// The value of an expression in a row, at its type.
fn value(val: &Val, row: &[Cell]) -> Result<Option<i128>, Overflow> {
    let found = match val {
        Val::Column(_, column) => row[*column].as_ref().map(whole),
        Val::Lit(literal) => Some(whole(literal)),
        Val::Negate(of) => value(of, row)?.map(|of| -of),
        Val::Arithmetic(op, a, b) => {
            let (a, b) = (value(a, row)?, value(b, row)?);
            match (a, b) {
                (Some(a), Some(b)) => match op {
                    Op::Add => Some(a + b),
                    Op::Sub => Some(a - b),
                    Op::Mul => Some(a * b),
                    Op::Div => (b != 0).then(|| a / b),
                    Op::Rem => (b != 0).then(|| a % b),
                },
                _ => None,
            }
        }
        other => panic!("{other} is not made here"),
    };
    let fits = |number: i128| match val.ty() {
        Ty::I16 => i16::try_from(number).is_ok(),
        Ty::I32 => i32::try_from(number).is_ok(),
        _ => i64::try_from(number).is_ok(),
    };
    match found {
        Some(number) if !fits(number) => Err(Overflow),
        found => Ok(found),
    }
}

/// What is wrong with the answer of a database, if anything is.
fn disagrees(db: &Database, world: &World, Sum(val): &Sum) -> Option<String> {
    let rows = world.rows(Table::Item);
    let expected: Result<Vec<Option<i128>>, Overflow> =
        rows.iter().map(|row| value(val, row)).collect();
    let query = Item::objects().order_by(Item::id);
    macro_rules! ask {
        ($of:ident) => {{
            let query = query.values_list($of);
            let sql = query.to_sql(dialect(db));
            let found = query.all(db).map(|rows| {
                let wide = |row: Option<_>| row.map(i128::from);
                rows.into_iter().map(wide).collect::<Vec<_>>()
            });
            (sql, found)
        }};
    }
    let (sql, found) = match expr::<Item>(val) {
        Typed::I16(of) => ask!(of),
        Typed::I32(of) => ask!(of),
        Typed::I64(of) => ask!(of),
        _ => panic!("{val} is no integer"),
    };
    let wrong = match (expected, found) {
        (Err(Overflow), Err(Error::OutOfRange { .. })) => return None,
        (Ok(expected), Ok(found)) if expected == found => return None,
        (Ok(expected), found) => format!("expected {expected:?}\n   found {found:?}"),
        (Err(Overflow), found) => format!("expected an overflow\n   found {found:?}"),
    };
    let values: Vec<String> = rows
        .iter()
        .map(|row| {
            let shown = Table::Item.columns().iter().zip(row);
            let shown = shown.filter(|(column, _)| EXTREME.contains(&column.name));
            let shown: Vec<String> = shown
                .map(|(column, cell)| format!("{} {}", column.name, Shown(cell)))
                .collect();
            shown.join(", ")
        })
        .collect();
    Some(format!("{val}\n{sql:?}\n{wrong}\n{}", values.join("\n")))
}
