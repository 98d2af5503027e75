//! Whether the rows that a database answered are those that were expected: for all kinds of questions.

use std::fmt::Display;

use orm::prelude::*;
use orm::query::RowShape;

use crate::plan::same;
use crate::shrink::row;
use crate::values::Cell;

/// The SQL of a question, and the rows that were found.
pub type Answer = (String, Result<Vec<Vec<Cell>>>);

/// What is wrong with an answer, if anything is: its rows are alike by `agree`, in their order or in any.
pub fn judge(
    question: &dyn Display,
    expected: &[Vec<Cell>],
    (sql, found): Answer,
    ordered: bool,
    agree: &dyn Fn(&[Cell], &[Cell]) -> bool,
) -> Option<String> {
    let found = match found {
        Ok(found) => found,
        Err(error) => return Some(format!("{question}\n{sql}\n{error}")),
    };
    (!are_alike(expected, &found, ordered, agree)).then(|| {
        format!(
            "{question}\n{sql}\nexpected {}\n   found {}",
            list(expected),
            list(&found)
        )
    })
}

/// Whether rows are alike, in their order or in any.
pub fn are_alike(
    expected: &[Vec<Cell>],
    found: &[Vec<Cell>],
    ordered: bool,
    agree: &dyn Fn(&[Cell], &[Cell]) -> bool,
) -> bool {
    if expected.len() != found.len() {
        return false;
    }
    if ordered {
        return expected.iter().zip(found).all(|(a, b)| agree(a, b));
    }
    let mut left: Vec<&Vec<Cell>> = found.iter().collect();
    expected.iter().all(|row| {
        let place = left.iter().position(|other| agree(row, other));
        place.map(|place| left.remove(place)).is_some()
    })
}

/// Whether the first cells of two rows are the same, and each further one agrees with its own by what is told there.
pub fn agree_behind<T>(
    keys: usize,
    told: &[T],
    agree: impl Fn(&T, &Cell, &Cell) -> bool,
) -> impl Fn(&[Cell], &[Cell]) -> bool {
    move |a, b| {
        let mut behind = told.iter().zip(a[keys..].iter().zip(&b[keys..]));
        same(&a[..keys], &b[..keys]) && behind.all(|(of, (a, b))| agree(of, a, b))
    }
}

/// Rows, to be read.
pub fn list(rows: &[Vec<Cell>]) -> String {
    let rows: Vec<String> = rows
        .iter()
        .map(|cells| format!("({})", row(cells)))
        .collect();
    rows.join(" ")
}

/// All rows of a query set, of which `count` must say how many there are, and `exists` whether there are any.
pub fn all_counted<M, R, T>(db: &Database, query: &QuerySet<M, R>) -> Result<Vec<T>>
where
    M: Model,
    R: RowShape<Output = T>,
{
    let rows = query.all(db)?;
    let counted = query.count(db)?;
    if counted != rows.len() as u64 || query.exists(db)? == rows.is_empty() {
        return Err(Error::custom(format!(
            "{} rows, counted as {counted}",
            rows.len()
        )));
    }
    Ok(rows)
}
