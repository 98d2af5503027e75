//! Arithmetic of floats, sums and averages that fail when a result is too large for its type, or so small that it would be zero, as
//! PostgreSQL's do. SQLite's own would be infinite, and a float of 32 bits one of 64.
//!
//! What is infinite already may stay so: a column can hold it.

use rusqlite::functions::{Aggregate, Context, WindowAggregate};
use rusqlite::{Connection, Error, Result};

use super::{FLAGS, failure, scalar};

/// Registers `orm_float_add sub mul div sum avg`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    scalar(connection, "orm_float_add", 3, |context| {
        combined(context, |a, b| (a + b, true))
    })?;
    scalar(connection, "orm_float_sub", 3, |context| {
        combined(context, |a, b| (a - b, true))
    })?;
    scalar(connection, "orm_float_mul", 3, |context| {
        combined(context, |a, b| (a * b, a == 0.0 || b == 0.0))
    })?;
    scalar(connection, "orm_float_div", 3, |context| {
        match context.get::<Option<f64>>(1)? {
            Some(0.0) => Ok(None),
            _ => combined(context, |a, b| (a / b, a == 0.0 || b.is_infinite())),
        }
    })?;
    connection.create_window_function("orm_float_sum", 1, FLAGS, Sum { average: false })?;
    connection.create_window_function("orm_float_avg", 1, FLAGS, Sum { average: true })
}

#[cold]
fn out_of_range() -> Error {
    failure("numeric value out of range")
}

/// A result in the width of the third argument; `of` tells it, and whether it may be zero.
fn combined(context: &Context<'_>, of: fn(f64, f64) -> (f64, bool)) -> Result<Option<f64>> {
    let first = context.get::<Option<f64>>(0)?;
    let Some((a, b)) = first.zip(context.get::<Option<f64>>(1)?) else {
        return Ok(None);
    };
    let (mut result, may_be_zero) = of(a, b);
    if context.get::<i64>(2)? == 32 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "what a float of 32 bits is: two roundings are one here"
        )]
        let single = result as f32;
        result = f64::from(single);
    }
    let overflows = result.is_infinite() && a.is_finite() && b.is_finite();
    if overflows || (result == 0.0 && !may_be_zero) {
        return Err(out_of_range());
    }
    Ok(Some(result))
}

/// `orm_float_sum(x)`, `orm_float_avg(x)`.
struct Sum {
    average: bool,
}

/// The sum by the method of Kahan and Babuska, as SQLite's own, so that a window can leave values out again.
#[derive(Default)]
struct Floats {
    sum: f64,
    /// What the roundings have lost.
    lost: f64,
    count: i64,
    /// How many values are infinite: above, and below zero.
    infinite: [i64; 2],
}

impl Floats {
    /// Adds a value so many times: once, or once less.
    fn add(&mut self, value: Option<f64>, times: i64) -> Result<()> {
        let Some(value) = value else {
            return Ok(());
        };
        self.count += times;
        if value.is_infinite() {
            self.infinite[usize::from(value < 0.0)] += times;
            return Ok(());
        }
        let value = if times < 0 { -value } else { value };
        let sum = self.sum + value;
        self.lost += if self.sum.abs() > value.abs() {
            (self.sum - sum) + value
        } else {
            (value - sum) + self.sum
        };
        self.sum = sum;
        if sum.is_finite() {
            Ok(())
        } else {
            Err(out_of_range())
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "no query has so many rows")]
    fn result(&self, average: bool) -> Option<f64> {
        let sum = match self.infinite {
            _ if self.count == 0 => return None,
            [0, 0] => self.sum + self.lost,
            [_, 0] => f64::INFINITY,
            [0, _] => f64::NEG_INFINITY,
            // No number, which SQLite has none for.
            _ => return None,
        };
        Some(if average {
            sum / self.count as f64
        } else {
            sum
        })
    }
}

impl Aggregate<Floats, Option<f64>> for Sum {
    fn init(&self, _: &mut Context<'_>) -> Result<Floats> {
        Ok(Floats::default())
    }

    fn step(&self, context: &mut Context<'_>, floats: &mut Floats) -> Result<()> {
        floats.add(context.get(0)?, 1)
    }

    fn finalize(&self, _: &mut Context<'_>, floats: Option<Floats>) -> Result<Option<f64>> {
        Ok(floats.and_then(|floats| floats.result(self.average)))
    }
}

impl WindowAggregate<Floats, Option<f64>> for Sum {
    fn value(&self, floats: Option<&mut Floats>) -> Result<Option<f64>> {
        Ok(floats.and_then(|floats| floats.result(self.average)))
    }

    fn inverse(&self, context: &mut Context<'_>, floats: &mut Floats) -> Result<()> {
        floats.add(context.get(0)?, -1)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::super::tests::{connection, message, value};

    #[test]
    fn results_must_fit() {
        assert_eq!(value("orm_float_mul(0.5, 3, 64)"), Value::Real(1.5));
        assert_eq!(value("orm_float_div(1.0, 0, 64)"), Value::Null);
        assert_eq!(value("orm_float_add(1.0, NULL, 64)"), Value::Null);
        assert_eq!(value("orm_float_mul(0.0, 1e-300, 64)"), Value::Real(0.0));
        assert_eq!(value("orm_float_sub(1e308, 1e308, 64)"), Value::Real(0.0));
        for too_far in [
            "orm_float_mul(1e308, 10, 64)",
            "orm_float_add(1e308, 1e308, 64)",
            "orm_float_sub(-1e308, 1e308, 64)",
            "orm_float_div(1e308, 0.1, 64)",
            "orm_float_mul(1e-300, 1e-300, 64)",
            "orm_float_div(1e-300, 1e300, 64)",
            "orm_float_mul(3e38, 10, 32)",
        ] {
            assert_eq!(message(too_far), "numeric value out of range", "{too_far}");
        }
    }

    #[test]
    fn what_is_infinite_stays_so() {
        assert_eq!(
            value("orm_float_mul(9e999, -2, 64)"),
            Value::Real(f64::NEG_INFINITY)
        );
        assert_eq!(value("orm_float_div(1.0, 9e999, 64)"), Value::Real(0.0));
        assert_eq!(value("orm_float_sub(9e999, 9e999, 64)"), Value::Null);
        assert_eq!(value("orm_float_sum(9e999)"), Value::Real(f64::INFINITY));
    }

    #[test]
    fn a_float_of_32_bits_is_rounded_to_them() {
        let sum = f64::from(0.1_f32 + 0.2_f32);
        let sql = format!(
            "orm_float_add({:?}, {:?}, 32)",
            f64::from(0.1_f32),
            f64::from(0.2_f32)
        );
        assert_eq!(value(&sql), Value::Real(sum));
    }

    #[test]
    fn sums_and_averages() {
        let of = |call: &str, rows: &str| {
            let sql = format!("SELECT {call} FROM (SELECT NULL AS x WHERE 0 UNION ALL {rows})");
            connection().query_row(&sql, [], |row| row.get::<_, Value>(0))
        };
        assert_eq!(
            of("orm_float_sum(x)", "SELECT 1 WHERE 0").unwrap(),
            Value::Null
        );
        assert_eq!(
            of("orm_float_sum(x)", "VALUES (0.5), (NULL), (1)").unwrap(),
            Value::Real(1.5)
        );
        assert_eq!(
            of("orm_float_avg(x)", "VALUES (0.5), (NULL), (1)").unwrap(),
            Value::Real(0.75)
        );
        assert!(of("orm_float_sum(x)", "VALUES (1e308), (1e308), (-1e308)").is_err());
        assert!(of("orm_float_avg(x)", "VALUES (1e308), (1e308)").is_err());
        let window = "orm_float_sum(x) OVER (ROWS 1 PRECEDING)";
        let rows = "(SELECT column1 AS x FROM (VALUES (9e999), (1e20), (1.0), (2.0)))";
        let sql = format!("SELECT {window} FROM {rows}");
        let connection = connection();
        let mut statement = connection.prepare(&sql).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, f64>(0)).unwrap();
        let rows: Vec<f64> = rows.map(Result::unwrap).collect();
        assert_eq!(rows, [f64::INFINITY, f64::INFINITY, 1e20, 3.0]);
    }
}
