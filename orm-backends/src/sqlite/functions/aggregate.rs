//! Aggregates that SQLite lacks, or computes otherwise than PostgreSQL: sums that may pass beyond the type on the way, variances,
//! averages of lengths of time. Lists of values have a file of their own.

use std::collections::VecDeque;

use rusqlite::functions::{Aggregate, Context, WindowAggregate};
use rusqlite::types::Value;
use rusqlite::{Connection, Error, Result};

use super::{FLAGS, failure, scalar};

/// Registers `orm_sum`, `orm_duration_avg`, `orm_variance`, `orm_std_dev`, each of these two also with `_sample`, and `orm_join`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    connection.create_window_function("orm_sum", 1, FLAGS, Sum)?;
    connection.create_window_function("orm_duration_avg", 1, FLAGS, DurationAverage)?;
    for (name, root, sample) in [
        ("orm_variance", false, false),
        ("orm_variance_sample", false, true),
        ("orm_std_dev", true, false),
        ("orm_std_dev_sample", true, true),
    ] {
        connection.create_window_function(name, 1, FLAGS, Variance { root, sample })?;
    }
    scalar(connection, "orm_join", 2, join)
}

#[cold]
fn out_of_range() -> Error {
    failure("integer out of range")
}

/// `orm_sum(x)`: the sum alone must fit, not what it passes through.
struct Sum;

/// The sum and the number of the integers that are not NULL.
#[derive(Default)]
struct Integers {
    sum: i128,
    count: i64,
}

impl Integers {
    fn add(&mut self, context: &Context<'_>) -> Result<()> {
        if let Some(value) = context.get::<Option<i64>>(0)? {
            self.sum += i128::from(value);
            self.count += 1;
        }
        Ok(())
    }
}

impl Integers {
    fn leave_out(&mut self, context: &Context<'_>) -> Result<()> {
        if let Some(value) = context.get::<Option<i64>>(0)? {
            self.sum -= i128::from(value);
            self.count -= 1;
        }
        Ok(())
    }

    fn total(&self) -> Result<Option<i64>> {
        if self.count == 0 {
            return Ok(None);
        }
        i64::try_from(self.sum)
            .map(Some)
            .map_err(|_| out_of_range())
    }

    /// The average, halves to the even neighbour.
    fn average(&self) -> Result<Option<i64>> {
        if self.count == 0 {
            return Ok(None);
        }
        let count = i128::from(self.count);
        let (quotient, remainder) = (self.sum.div_euclid(count), self.sum.rem_euclid(count));
        let twice = remainder * 2;
        let up = twice > count || (twice == count && quotient % 2 != 0);
        i64::try_from(quotient + i128::from(up))
            .map(Some)
            .map_err(|_| out_of_range())
    }
}

impl WindowAggregate<Integers, Option<i64>> for Sum {
    fn value(&self, integers: Option<&mut Integers>) -> Result<Option<i64>> {
        integers.map_or(Ok(None), |integers| integers.total())
    }

    fn inverse(&self, context: &mut Context<'_>, integers: &mut Integers) -> Result<()> {
        integers.leave_out(context)
    }
}

impl Aggregate<Integers, Option<i64>> for Sum {
    fn init(&self, _: &mut Context<'_>) -> Result<Integers> {
        Ok(Integers::default())
    }

    fn step(&self, context: &mut Context<'_>, integers: &mut Integers) -> Result<()> {
        integers.add(context)
    }

    fn finalize(&self, _: &mut Context<'_>, integers: Option<Integers>) -> Result<Option<i64>> {
        integers.unwrap_or_default().total()
    }
}

/// `orm_duration_avg(x)`: microseconds, halves to the even neighbour as PostgreSQL rounds them.
struct DurationAverage;

impl Aggregate<Integers, Option<i64>> for DurationAverage {
    fn init(&self, _: &mut Context<'_>) -> Result<Integers> {
        Ok(Integers::default())
    }

    fn step(&self, context: &mut Context<'_>, integers: &mut Integers) -> Result<()> {
        integers.add(context)
    }

    fn finalize(&self, _: &mut Context<'_>, integers: Option<Integers>) -> Result<Option<i64>> {
        integers.unwrap_or_default().average()
    }
}

impl WindowAggregate<Integers, Option<i64>> for DurationAverage {
    fn value(&self, integers: Option<&mut Integers>) -> Result<Option<i64>> {
        integers.map_or(Ok(None), |integers| integers.average())
    }

    fn inverse(&self, context: &mut Context<'_>, integers: &mut Integers) -> Result<()> {
        integers.leave_out(context)
    }
}

/// `orm_variance(x)` and its kin, by the method of Youngs and Cramer, which PostgreSQL uses too.
struct Variance {
    /// Whether the standard deviation is asked for.
    root: bool,
    /// Whether the values are a sample of more.
    sample: bool,
}

/// The values, and how they are spread as far as that is known.
#[derive(Default)]
struct Values {
    /// A window may leave the first ones out again; what is left is gone through anew, as PostgreSQL does, because a number that
    /// is subtracted leaves its rounding behind.
    values: VecDeque<f64>,
    spread: Option<Spread>,
}

/// The number of the values, their sum, and the sum of the squares of their distances from the average.
#[derive(Clone, Copy, Default)]
struct Spread {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Spread {
    fn with(mut self, value: f64) -> Self {
        self.count += 1.0;
        self.sum += value;
        if self.count > 1.0 {
            let distance = value * self.count - self.sum;
            self.squares += distance * distance / (self.count * (self.count - 1.0));
        }
        self
    }
}

impl Values {
    fn spread(&mut self) -> Spread {
        let values = &self.values;
        *self
            .spread
            .get_or_insert_with(|| values.iter().fold(Spread::default(), |s, v| s.with(*v)))
    }
}

impl Variance {
    fn of(&self, values: Option<&mut Values>) -> Result<Option<f64>> {
        let Some(values) = values else {
            return Ok(None);
        };
        let spread = values.spread();
        let of = if self.sample {
            spread.count - 1.0
        } else {
            spread.count
        };
        let variance = (of > 0.0).then(|| spread.squares / of);
        let overflows = variance.is_some_and(|variance| !variance.is_finite());
        if overflows && values.values.iter().all(|value| value.is_finite()) {
            return Err(failure("numeric value out of range"));
        }
        Ok(variance.map(|variance| if self.root { variance.sqrt() } else { variance }))
    }
}

impl Aggregate<Values, Option<f64>> for Variance {
    fn init(&self, _: &mut Context<'_>) -> Result<Values> {
        Ok(Values::default())
    }

    fn step(&self, context: &mut Context<'_>, values: &mut Values) -> Result<()> {
        if let Some(value) = context.get::<Option<f64>>(0)? {
            let before = values.values.is_empty().then(Spread::default);
            values.spread = before.or(values.spread).map(|spread| spread.with(value));
            values.values.push_back(value);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, values: Option<Values>) -> Result<Option<f64>> {
        values.map_or(Ok(None), |mut values| self.of(Some(&mut values)))
    }
}

impl WindowAggregate<Values, Option<f64>> for Variance {
    fn value(&self, values: Option<&mut Values>) -> Result<Option<f64>> {
        self.of(values)
    }

    fn inverse(&self, context: &mut Context<'_>, values: &mut Values) -> Result<()> {
        if context.get::<Option<f64>>(0)?.is_some() {
            values.values.pop_front();
            values.spread = None;
        }
        Ok(())
    }
}

/// `orm_join(list, separator)`: the texts of a JSON array with another between; NULL where there is none.
fn join(context: &Context<'_>) -> Result<Value> {
    let list = context.get::<Option<String>>(0)?;
    let separator = context.get::<Option<String>>(1)?;
    let (Some(list), Some(separator)) = (list, separator) else {
        return Ok(Value::Null);
    };
    let texts: Vec<Option<String>> =
        serde_json::from_str(&list).map_err(|_| failure("not a list of texts"))?;
    let texts: Vec<String> = texts.into_iter().flatten().collect();
    Ok(if texts.is_empty() {
        Value::Null
    } else {
        Value::Text(texts.join(&separator))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{connection, value};
    use super::*;

    fn of(call: &str, rows: &str) -> Value {
        let sql = format!("SELECT {call} FROM (SELECT NULL AS x WHERE 0 UNION ALL {rows})");
        connection()
            .query_row(&sql, [], |row| row.get(0))
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    #[test]
    fn sums_may_pass_beyond_the_type() {
        let rows = "VALUES (9223372036854775807), (1), (NULL), (-2)";
        assert_eq!(of("orm_sum(x)", rows), Value::Integer(i64::MAX - 1));
        assert_eq!(of("orm_sum(x)", "VALUES (NULL)"), Value::Null);
        assert_eq!(of("orm_sum(x)", "SELECT 1 WHERE 0"), Value::Null);
        let beyond = connection().query_row(
            "SELECT orm_sum(x) FROM (SELECT 9223372036854775807 AS x UNION ALL SELECT 1)",
            [],
            |row| row.get::<_, Value>(0),
        );
        assert!(beyond.unwrap_err().to_string().contains("out of range"));
    }

    #[test]
    fn averages_of_durations_round_halves_to_even() {
        assert_eq!(
            of("orm_duration_avg(x)", "VALUES (1), (2)"),
            Value::Integer(2)
        );
        assert_eq!(
            of("orm_duration_avg(x)", "VALUES (2), (3)"),
            Value::Integer(2)
        );
        assert_eq!(
            of("orm_duration_avg(x)", "VALUES (-1), (-2)"),
            Value::Integer(-2)
        );
        assert_eq!(
            of("orm_duration_avg(x)", "VALUES (10), (NULL), (11), (12)"),
            Value::Integer(11)
        );
        assert_eq!(of("orm_duration_avg(x)", "VALUES (NULL)"), Value::Null);
    }

    #[test]
    fn variances_of_all_and_of_a_sample() {
        let rows = "VALUES (2.0), (4.0), (4.0), (NULL), (4.0), (5.0), (5.0), (7.0), (9.0)";
        assert_eq!(of("orm_variance(x)", rows), Value::Real(4.0));
        assert_eq!(of("orm_std_dev(x)", rows), Value::Real(2.0));
        assert_eq!(of("orm_variance_sample(x)", rows), Value::Real(32.0 / 7.0));
        assert_eq!(of("orm_variance(x)", "VALUES (3.0)"), Value::Real(0.0));
        assert_eq!(of("orm_variance_sample(x)", "VALUES (3.0)"), Value::Null);
        assert_eq!(of("orm_std_dev(x)", "VALUES (NULL)"), Value::Null);
        assert_eq!(
            of("orm_variance(DISTINCT x)", "VALUES (1.0), (1.0), (3.0)"),
            Value::Real(1.0)
        );
    }

    #[test]
    fn variances_over_a_window() {
        let rows = "(SELECT 1 AS i, 1.0 AS x UNION ALL SELECT 2, NULL UNION ALL SELECT 3, 3.0 UNION ALL SELECT 4, 1e15)";
        let sql = format!("SELECT orm_variance(x) OVER (ORDER BY i ROWS 1 PRECEDING) FROM {rows}");
        let connection = connection();
        let mut statement = connection.prepare(&sql).unwrap();
        let found: Result<Vec<Option<f64>>> =
            statement.query_map([], |row| row.get(0)).unwrap().collect();
        let last = of("orm_variance(x)", "VALUES (3.0), (1e15)");
        let Value::Real(last) = last else {
            panic!("{last:?}");
        };
        assert_eq!(
            found.unwrap(),
            [Some(0.0), Some(0.0), Some(0.0), Some(last)]
        );
    }

    #[test]
    fn texts_of_a_list() {
        let text = |text: &str| Value::Text(text.to_owned());
        let rows = "VALUES ('b'), ('a'), (NULL), ('b'), ('')";
        assert_eq!(
            of(
                "orm_join(json_group_array(DISTINCT x ORDER BY x), '-')",
                rows
            ),
            text("-a-b")
        );
        assert_eq!(
            of(
                "orm_join(json_group_array(DISTINCT x), '-')",
                "VALUES (NULL)"
            ),
            Value::Null
        );
        assert_eq!(value("orm_join(NULL, '-')"), Value::Null);
    }
}
