//! Exact decimals in SQLite: how values are read and written, arithmetic, aggregates and the order
//! of decimal texts.
//!
//! The rules are in `orm_core::decimal`; here they meet SQLite's values.

use orm_core::decimal::{self, DecimalError, Stored};
use rusqlite::functions::{Aggregate, Context, WindowAggregate};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error, Result};
use rust_decimal::Decimal;

use super::{FLAGS, failure, scalar};

/// Registers `orm_dec_add sub mul div mod neg abs ceil floor cmp round text`, the aggregates `orm_dec_sum` and
/// `orm_dec_avg`, and the collation `orm_decimal`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    scalar(connection, "orm_dec_add", 2, |context| {
        binary(context, decimal::add)
    })?;
    scalar(connection, "orm_dec_sub", 2, |context| {
        binary(context, decimal::subtract)
    })?;
    scalar(connection, "orm_dec_mul", 2, |context| {
        binary(context, decimal::multiply)
    })?;
    scalar(connection, "orm_dec_div", 2, |context| quotient(context, 0))?;
    scalar(connection, "orm_dec_div", 3, |context| {
        quotient(context, scale(context, 2)?)
    })?;
    scalar(connection, "orm_dec_mod", 2, |context| {
        match operands(context)? {
            Some((a, b)) => nullable(decimal::remainder(a, b)),
            None => Ok(Value::Null),
        }
    })?;
    scalar(connection, "orm_dec_neg", 1, |context| {
        Ok(argument(context, 0)?.map_or(Value::Null, |a| to_sql(-a)))
    })?;
    scalar(connection, "orm_dec_abs", 1, |context| {
        Ok(argument(context, 0)?.map_or(Value::Null, |a| to_sql(a.abs())))
    })?;
    scalar(connection, "orm_dec_ceil", 1, |context| {
        Ok(argument(context, 0)?.map_or(Value::Null, |a| to_sql(decimal::ceil(a))))
    })?;
    scalar(connection, "orm_dec_floor", 1, |context| {
        Ok(argument(context, 0)?.map_or(Value::Null, |a| to_sql(decimal::floor(a))))
    })?;
    scalar(connection, "orm_dec_cmp", 2, |context| {
        Ok(operands(context)?.map(|(a, b)| decimal::compare(a, b) as i8))
    })?;
    scalar(connection, "orm_dec_round", 2, |context| {
        match argument(context, 0)?.zip(context.get::<Option<i64>>(1)?) {
            Some((a, places)) => plain(decimal::round(a, places)),
            None => Ok(Value::Null),
        }
    })?;
    scalar(connection, "orm_dec_text", 1, |context| {
        Ok(argument(context, 0)?.map(decimal::to_text))
    })?;
    connection.create_window_function("orm_dec_sum", 1, FLAGS, Sum)?;
    connection.create_window_function("orm_dec_avg", 1, FLAGS, Average)?;
    connection.create_window_function("orm_dec_avg", 2, FLAGS, Average)?;
    connection.create_collation("orm_decimal", decimal::compare_text)
}

/// The decimal that a value of SQLite stands for; `None` for NULL.
pub(crate) fn from_sql(value: ValueRef<'_>) -> Option<std::result::Result<Decimal, DecimalError>> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(whole) => Some(Ok(Decimal::from(whole))),
        ValueRef::Real(real) => Some(decimal::from_f64(real)),
        ValueRef::Text(bytes) => Some(match std::str::from_utf8(bytes) {
            Ok(text) => decimal::from_text(text),
            Err(_) => Err(DecimalError::Unreadable),
        }),
        ValueRef::Blob(_) => Some(Err(DecimalError::Unreadable)),
    }
}

/// The value in which SQLite holds a decimal.
pub(crate) fn to_sql(value: Decimal) -> Value {
    match decimal::to_stored(value) {
        Stored::Integer(whole) => Value::Integer(whole),
        Stored::Real(real) => Value::Real(real),
        Stored::Text(text) => Value::Text(text),
    }
}

#[cold]
fn error(error: DecimalError) -> Error {
    failure(error.to_string())
}

pub(super) fn argument(context: &Context<'_>, index: usize) -> Result<Option<Decimal>> {
    from_sql(context.get_raw(index)).transpose().map_err(error)
}

/// The first two arguments, or `None` if either is NULL.
fn operands(context: &Context<'_>) -> Result<Option<(Decimal, Decimal)>> {
    Ok(argument(context, 0)?.zip(argument(context, 1)?))
}

/// An argument that says how many digits after the point there are at least.
fn scale(context: &Context<'_>, index: usize) -> Result<u32> {
    Ok(context.get::<Option<u32>>(index)?.unwrap_or(0))
}

fn plain(result: std::result::Result<Decimal, DecimalError>) -> Result<Value> {
    result.map(to_sql).map_err(error)
}

fn nullable(result: std::result::Result<Option<Decimal>, DecimalError>) -> Result<Value> {
    Ok(result.map_err(error)?.map_or(Value::Null, to_sql))
}

type Operation = fn(Decimal, Decimal) -> std::result::Result<Decimal, DecimalError>;

fn binary(context: &Context<'_>, operation: Operation) -> Result<Value> {
    match operands(context)? {
        Some((a, b)) => plain(operation(a, b)),
        None => Ok(Value::Null),
    }
}

fn quotient(context: &Context<'_>, scale: u32) -> Result<Value> {
    match operands(context)? {
        Some((a, b)) => nullable(decimal::divide(a, b, scale)),
        None => Ok(Value::Null),
    }
}

/// What the aggregates gather: the sum and the number of the values that are not NULL.
#[derive(Default)]
struct Gathered {
    sum: Decimal,
    count: i64,
    scale: u32,
}

impl Gathered {
    fn add(&mut self, context: &Context<'_>) -> Result<()> {
        if let Some(value) = argument(context, 0)? {
            self.sum = decimal::add(self.sum, value).map_err(error)?;
            self.count += 1;
        }
        Ok(())
    }

    fn leave_out(&mut self, context: &Context<'_>) -> Result<()> {
        if let Some(value) = argument(context, 0)? {
            self.sum = decimal::subtract(self.sum, value).map_err(error)?;
            self.count -= 1;
        }
        Ok(())
    }

    fn sum(&self) -> Value {
        if self.count == 0 {
            Value::Null
        } else {
            to_sql(self.sum)
        }
    }

    fn average(&self) -> Result<Value> {
        nullable(decimal::divide(
            self.sum,
            Decimal::from(self.count),
            self.scale,
        ))
    }
}

/// `orm_dec_sum(x)`.
struct Sum;

impl Aggregate<Gathered, Value> for Sum {
    fn init(&self, _: &mut Context<'_>) -> Result<Gathered> {
        Ok(Gathered::default())
    }

    fn step(&self, context: &mut Context<'_>, gathered: &mut Gathered) -> Result<()> {
        gathered.add(context)
    }

    fn finalize(&self, _: &mut Context<'_>, gathered: Option<Gathered>) -> Result<Value> {
        Ok(gathered.unwrap_or_default().sum())
    }
}

impl WindowAggregate<Gathered, Value> for Sum {
    fn value(&self, gathered: Option<&mut Gathered>) -> Result<Value> {
        Ok(gathered.map_or(Value::Null, |gathered| gathered.sum()))
    }

    fn inverse(&self, context: &mut Context<'_>, gathered: &mut Gathered) -> Result<()> {
        gathered.leave_out(context)
    }
}

/// `orm_dec_avg(x)` and `orm_dec_avg(x, scale)`.
struct Average;

impl Aggregate<Gathered, Value> for Average {
    fn init(&self, context: &mut Context<'_>) -> Result<Gathered> {
        let scale = if context.len() > 1 {
            scale(context, 1)?
        } else {
            0
        };
        Ok(Gathered {
            scale,
            ..Gathered::default()
        })
    }

    fn step(&self, context: &mut Context<'_>, gathered: &mut Gathered) -> Result<()> {
        gathered.add(context)
    }

    fn finalize(&self, _: &mut Context<'_>, gathered: Option<Gathered>) -> Result<Value> {
        gathered.unwrap_or_default().average()
    }
}

impl WindowAggregate<Gathered, Value> for Average {
    fn value(&self, gathered: Option<&mut Gathered>) -> Result<Value> {
        gathered.map_or(Ok(Value::Null), |gathered| gathered.average())
    }

    fn inverse(&self, context: &mut Context<'_>, gathered: &mut Gathered) -> Result<()> {
        gathered.leave_out(context)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{connection, message, value};
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    #[test]
    fn arithmetic_is_exact() {
        assert_eq!(value("orm_dec_add(0.1, 0.2)"), Value::Real(0.3));
        assert_eq!(value("orm_dec_sub(1, 0.9)"), Value::Real(0.1));
        assert_eq!(value("orm_dec_mul(1.1, 1.1)"), Value::Real(1.21));
        assert_eq!(value("orm_dec_mul(2.5, '4')"), Value::Integer(10));
        assert_eq!(value("orm_dec_div(1, 3)"), text("0.33333333333333333333"));
        assert_eq!(
            value("orm_dec_div(1, 3, 22)"),
            text("0.3333333333333333333333")
        );
        assert_eq!(value("orm_dec_div(1, 8)"), Value::Real(0.125));
        assert_eq!(value("orm_dec_mod(-1, 0.3)"), Value::Real(-0.1));
        assert_eq!(
            value("orm_dec_neg('12345678901234567.5')"),
            text("-12345678901234567.5")
        );
        assert_eq!(value("orm_dec_round(1.005, 2)"), Value::Real(1.01));
        assert_eq!(value("orm_dec_round(-2.5, 0)"), Value::Integer(-3));
        assert_eq!(value("orm_dec_round(1250, -2)"), Value::Integer(1300));
    }

    #[test]
    fn comparison_is_by_value_whatever_the_form() {
        assert_eq!(value("orm_dec_cmp(0.1 + 0.2, '0.30')"), Value::Integer(0));
        assert_eq!(value("orm_dec_cmp(9, '10')"), Value::Integer(-1));
        assert_eq!(
            value("orm_dec_cmp('12345678901234567.1', 12345678901234567)"),
            Value::Integer(1)
        );
    }

    #[test]
    fn null_and_zero_divisors_give_null() {
        for function in ["add", "sub", "mul", "div", "mod", "cmp", "round"] {
            assert_eq!(
                value(&format!("orm_dec_{function}(NULL, 1)")),
                Value::Null,
                "{function}"
            );
            assert_eq!(
                value(&format!("orm_dec_{function}(1, NULL)")),
                Value::Null,
                "{function}"
            );
        }
        assert_eq!(value("orm_dec_neg(NULL)"), Value::Null);
        assert_eq!(value("orm_dec_div(1, 0)"), Value::Null);
        assert_eq!(value("orm_dec_mod(1, 0.0)"), Value::Null);
    }

    #[test]
    fn mistakes_are_errors_without_values() {
        assert_eq!(
            message("orm_dec_mul(1e20, 1e20)"),
            "numeric value out of range"
        );
        assert_eq!(
            message("orm_dec_add('79228162514264337593543950335', 1)"),
            "numeric value out of range"
        );
        assert_eq!(
            message("orm_dec_add('secret', 1)"),
            "the value is not a decimal number"
        );
        assert_eq!(
            message("orm_dec_add(x'31', 1)"),
            "the value is not a decimal number"
        );
    }

    #[test]
    fn aggregates_skip_nulls() {
        let of = |function: &str, rows: &str| -> Value {
            let sql = format!(
                "SELECT {function} FROM (SELECT NULL AS x, 'a' AS g WHERE 0 UNION ALL {rows})"
            );
            connection().query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        let rows = "VALUES (0.1, 'a'), (NULL, 'a'), (0.2, 'b'), ('0.30', 'b')";
        assert_eq!(of("orm_dec_sum(x)", rows), Value::Real(0.6));
        assert_eq!(of("orm_dec_avg(x)", rows), Value::Real(0.2));
        assert_eq!(
            of("orm_dec_sum(DISTINCT x) FILTER (WHERE g = 'b')", rows),
            Value::Real(0.5)
        );
        assert_eq!(
            of("orm_dec_avg(x)", "VALUES (1, 'a'), (1, 'a'), (2, 'a')"),
            text("1.3333333333333333")
        );
        assert_eq!(
            of("orm_dec_avg(x, 20)", "VALUES (1, 'a'), (1, 'a'), (2, 'a')"),
            text("1.33333333333333333333")
        );
        for function in ["orm_dec_sum(x)", "orm_dec_avg(x)", "orm_dec_avg(x, 3)"] {
            assert_eq!(of(function, "SELECT 1, 'a' WHERE 0"), Value::Null);
            assert_eq!(of(function, "VALUES (NULL, 'a')"), Value::Null);
        }
    }

    #[test]
    fn the_collation_orders_texts_by_value() {
        let texts: Vec<String> = connection()
            .prepare(
                "SELECT t FROM (
                    SELECT '10' AS t UNION ALL VALUES ('9.5'), ('-1'), ('x'), ('1e1000'), ('0.0')
                ) ORDER BY t COLLATE orm_decimal",
            )
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_>>()
            .unwrap();
        assert_eq!(texts, ["-1", "0.0", "9.5", "10", "1e1000", "x"]);
        assert_eq!(
            value("'1.50' = '1.5' COLLATE orm_decimal"),
            Value::Integer(1)
        );
    }
}
