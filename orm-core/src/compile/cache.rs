//! SQL that was printed before, found again by the statement's shape.
//!
//! Each thread keeps its own, so that looking one up takes no lock.

use std::borrow::Cow;
use std::cell::RefCell;
use std::num::NonZeroU64;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::numbers::number_of;
use super::writer::transformed;
use super::{Compiled, Source, print};
use crate::ast::shape::{self, Shape};
use crate::ast::{Column, CompareOp, Expr, Order, Select, Statement};
use crate::dialect::SqlDialect;
use crate::error::Result;
use crate::schema::ModelSchema;
use crate::value::Value;

/// Shapes kept by a thread. A program has few; one that makes them without end starts anew.
const MOST_SHAPES: usize = 1_024;

thread_local! {
    static PRINTED: RefCell<FxHashMap<Box<[u64]>, Rc<Printed>>> = RefCell::new(FxHashMap::default());
}

/// A statement with the number of its SQL.
struct Printed {
    compiled: Compiled,
    /// None for a statement that is printed for one run.
    number: Option<NonZeroU64>,
}

impl Printed {
    /// What is worth keeping.
    fn kept(statement: Statement, dialect: &dyn SqlDialect) -> Result<Rc<Self>> {
        let compiled = print(statement, dialect)?;
        let number = Some(number_of(&compiled.sql));
        Ok(Rc::new(Self { compiled, number }))
    }
}

/// What the SQL of a query by primary key depends on: the model, the dialect, the kind of value.
type ByKeyOf = (usize, u64, u64);

thread_local! {
    static BY_KEY: RefCell<FxHashMap<ByKeyOf, Rc<Printed>>> = RefCell::new(FxHashMap::default());
}

/// The query of one row by its primary key.
pub struct ByKey<'v> {
    printed: Rc<Printed>,
    params: Cow<'v, [Value]>,
}

impl ByKey<'_> {
    /// The SQL.
    pub fn sql(&self) -> &str {
        &self.printed.compiled.sql
    }

    /// The number of the SQL.
    pub fn statement(&self) -> Option<NonZeroU64> {
        self.printed.number
    }

    /// Its one value, or none for a key that is NULL.
    pub fn params(&self) -> &[Value] {
        &self.params
    }
}

/// The query of one row by its primary key, printed once for each model and dialect. It is what
/// [`ready`] gives for the same query, without the walk through a tree.
///
/// # Errors
/// Those of printing.
pub fn by_key<'v>(
    model: &'static ModelSchema,
    key: &'v Value,
    dialect: &'static dyn SqlDialect,
) -> Result<ByKey<'v>> {
    let of = (
        std::ptr::from_ref(model) as usize,
        dialect_word(dialect),
        shape::value_word(key),
    );
    let known = BY_KEY.with_borrow(|printed| printed.get(&of).cloned());
    let printed = match known {
        Some(printed) => printed,
        None => {
            let printed = Printed::kept(numbered_by_key(model, key), dialect)?;
            BY_KEY.with_borrow_mut(|all| all.insert(of, Rc::clone(&printed)));
            printed
        }
    };
    let params = match printed.compiled.sources[..] {
        [Source::Value(0)] => Cow::Borrowed(std::slice::from_ref(key)),
        _ => Cow::Owned(params(&printed.compiled, &[key], model.name, dialect)?.into_vec()),
    };
    Ok(ByKey { printed, params })
}

fn numbered_by_key(model: &'static ModelSchema, key: &Value) -> Statement {
    let column = Expr::Column(Column {
        path: None,
        field: model.key(),
    });
    let mut select = Select::from_model(model, &[]);
    select.order = Order::By(Vec::new());
    select.filters.push(Expr::compare(
        CompareOp::Eq,
        column,
        Expr::Bind(key.clone()),
    ));
    shape::number_select(&mut select);
    Statement::Select(select)
}

/// Dialects are told apart by where they are; those of no size may share a place.
fn dialect_word(dialect: &'static dyn SqlDialect) -> u64 {
    (std::ptr::from_ref(dialect).cast::<()>() as usize as u64) << 8 | dialect.dialect() as u64
}

/// A printed statement with the parameters of one run.
pub struct Ready {
    printed: Rc<Printed>,
    /// One value a parameter.
    pub params: Params,
}

/// The parameters of a statement; a few need no allocation.
pub type Params = SmallVec<[Value; 4]>;

impl Ready {
    /// The SQL.
    pub fn sql(&self) -> &str {
        &self.printed.compiled.sql
    }

    /// The number of the SQL.
    pub fn statement(&self) -> Option<NonZeroU64> {
        self.printed.number
    }
}

impl From<Compiled> for Ready {
    fn from(mut compiled: Compiled) -> Self {
        let params = std::mem::take(&mut compiled.params).into();
        let number = None;
        Self {
            printed: Rc::new(Printed { compiled, number }),
            params,
        }
    }
}

/// The SQL of a shape, printed once, with the values of this statement. `numbered` gives the statement
/// with its values numbered.
///
/// # Errors
/// Those of printing, and of a regular expression that cannot be translated.
pub fn ready(
    mut shape: Shape<'_>,
    model: &'static str,
    dialect: &'static dyn SqlDialect,
    numbered: impl FnOnce() -> Statement,
) -> Result<Ready> {
    shape.of(dialect_word(dialect));
    let known = PRINTED.with_borrow(|printed| printed.get(shape.words()).cloned());
    let printed = match known {
        Some(printed) => printed,
        None => {
            let printed = Printed::kept(numbered(), dialect)?;
            PRINTED.with_borrow_mut(|all| {
                if all.len() >= MOST_SHAPES {
                    all.clear();
                }
                all.insert(shape.words().into(), Rc::clone(&printed));
            });
            printed
        }
    };
    let params = params(&printed.compiled, shape.values(), model, dialect)?;
    Ok(Ready { printed, params })
}

fn params(
    printed: &Compiled,
    values: &[&Value],
    model: &'static str,
    dialect: &dyn SqlDialect,
) -> Result<Params> {
    let value = |number: u32| {
        values
            .get(number as usize)
            .map_or(Value::Null, |value| (*value).clone())
    };
    let mut params = Params::with_capacity(printed.sources.len());
    for (source, fixed) in printed.sources.iter().zip(&printed.params) {
        params.push(match source {
            Source::Fixed => fixed.clone(),
            Source::Value(number) => value(*number),
            Source::Transformed(number, transform) => {
                transformed(value(*number), *transform, model, dialect)?
            }
        });
    }
    Ok(params)
}
