//! SQL that was printed before, found again by the statement's shape.
//!
//! Each thread keeps its own, so that looking one up takes no lock.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::writer::transformed;
use super::{Compiled, Source, print};
use crate::ast::Statement;
use crate::ast::shape::Shape;
use crate::dialect::SqlDialect;
use crate::error::Result;
use crate::value::Value;

/// Shapes kept by a thread. A program has few; one that makes them without end starts anew.
const MOST_SHAPES: usize = 1_024;

thread_local! {
    static PRINTED: RefCell<FxHashMap<Box<[u64]>, Rc<Compiled>>> = RefCell::new(FxHashMap::default());
}

/// A printed statement with the parameters of one run.
pub struct Ready {
    printed: Rc<Compiled>,
    /// One value a parameter.
    pub params: Vec<Value>,
}

impl Ready {
    /// The SQL.
    pub fn sql(&self) -> &str {
        &self.printed.sql
    }
}

impl From<Compiled> for Ready {
    fn from(mut printed: Compiled) -> Self {
        let params = std::mem::take(&mut printed.params);
        Self {
            printed: Rc::new(printed),
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
    shape.of(std::ptr::from_ref(dialect).cast::<()>() as usize as u64);
    shape.of(dialect.dialect() as u64);
    let known = PRINTED.with_borrow(|printed| printed.get(shape.words()).cloned());
    let printed = match known {
        Some(printed) => printed,
        None => {
            let printed = Rc::new(print(numbered(), dialect)?);
            PRINTED.with_borrow_mut(|all| {
                if all.len() >= MOST_SHAPES {
                    all.clear();
                }
                all.insert(shape.words().into(), Rc::clone(&printed));
            });
            printed
        }
    };
    let params = params(&printed, shape.values(), model, dialect)?;
    Ok(Ready { printed, params })
}

fn params(
    printed: &Compiled,
    values: &[&Value],
    model: &'static str,
    dialect: &dyn SqlDialect,
) -> Result<Vec<Value>> {
    let value = |number: u32| {
        values
            .get(number as usize)
            .map_or(Value::Null, |value| (*value).clone())
    };
    let mut params = Vec::with_capacity(printed.sources.len());
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
