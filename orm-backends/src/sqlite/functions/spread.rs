//! Variances of integers and decimals, by exact sums: they do not depend on the order of the rows, and are PostgreSQL's to the last
//! digit, which divides `numeric` once and has as many digits of the quotient as its `select_div_scale` says.

use rusqlite::functions::{Aggregate, Context, WindowAggregate};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};

use super::wide::Wide;
use super::{FLAGS, decimal, failure};

/// Registers `orm_exact_variance` and `orm_exact_std_dev`, each also with `_sample`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    for (name, root, sample) in [
        ("orm_exact_variance", false, false),
        ("orm_exact_variance_sample", false, true),
        ("orm_exact_std_dev", true, false),
        ("orm_exact_std_dev_sample", true, true),
    ] {
        connection.create_window_function(name, 1, FLAGS, ExactVariance { root, sample })?;
    }
    Ok(())
}

/// `orm_exact_variance(x)` and its kin.
struct ExactVariance {
    /// Whether the standard deviation is asked for.
    root: bool,
    /// Whether the values are a sample of more.
    sample: bool,
}

/// How many digits behind the point a decimal may have.
const SCALES: usize = 29;

/// The sums of the values and of their squares, times a power of ten.
struct Sums {
    count: u64,
    positive: Wide,
    negative: Wide,
    squares: Wide,
    /// The values stand here times ten to the power of this, their squares times that of twice this.
    scale: u32,
    /// How many values have so many digits behind the point.
    scales: [u64; SCALES],
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            count: 0,
            positive: Wide::ZERO,
            negative: Wide::ZERO,
            squares: Wide::ZERO,
            scale: 0,
            scales: [0; SCALES],
        }
    }
}

#[cold]
fn out_of_range() -> Error {
    failure("numeric value out of range")
}

/// A value without its sign, as a whole number and the digits of it that stand behind the point.
struct Term {
    negative: bool,
    number: u128,
    scale: u32,
}

fn term(context: &Context<'_>) -> Result<Option<Term>> {
    if let ValueRef::Integer(number) = context.get_raw(0) {
        return Ok(Some(Term {
            negative: number < 0,
            number: number.unsigned_abs().into(),
            scale: 0,
        }));
    }
    let value = decimal::argument(context, 0)?;
    Ok(value.map(|value| {
        let value = value.normalize();
        Term {
            negative: value.is_sign_negative(),
            number: value.mantissa().unsigned_abs(),
            scale: value.scale(),
        }
    }))
}

impl Sums {
    /// The number at the sums' scale, which is as many digits at least.
    fn number(&mut self, term: &Term) -> Option<Wide> {
        if term.scale > self.scale {
            let more = term.scale - self.scale;
            self.positive = self.positive.times_ten_to(more)?;
            self.negative = self.negative.times_ten_to(more)?;
            self.squares = self.squares.times_ten_to(2 * more)?;
            self.scale = term.scale;
        }
        Wide::from(term.number).times_ten_to(self.scale - term.scale)
    }

    fn add(&mut self, term: &Term) -> Option<()> {
        let number = self.number(term)?;
        let side = if term.negative {
            &mut self.negative
        } else {
            &mut self.positive
        };
        *side = side.plus(number)?;
        self.squares = self.squares.plus(number.times(number)?)?;
        self.count += 1;
        *self.scales.get_mut(term.scale as usize)? += 1;
        Some(())
    }

    fn leave_out(&mut self, term: &Term) -> Option<()> {
        let number = self.number(term)?;
        let side = if term.negative {
            &mut self.negative
        } else {
            &mut self.positive
        };
        *side = side.minus(number)?;
        self.squares = self.squares.minus(number.times(number)?)?;
        self.count -= 1;
        *self.scales.get_mut(term.scale as usize)? -= 1;
        Some(())
    }

    /// The quotient of `n·Σx² - (Σx)²` and `n·n`, or `n·(n-1)` of a sample.
    fn variance(&self, sample: bool) -> Option<f64> {
        let n = u128::from(self.count);
        let sum = match self.positive.minus(self.negative) {
            Some(sum) => sum,
            None => self.negative.minus(self.positive)?,
        };
        let dividend = self
            .squares
            .times(Wide::from(n))?
            .minus(sum.times(sum)?)?
            .digits();
        let divisor = n.checked_mul(if sample { n - 1 } else { n })?;
        let scale = self.scales.iter().rposition(|count| *count > 0);
        quotient(&dividend, 2 * self.scale, divisor, 2 * scale.unwrap_or(0))
    }
}

/// The quotient of a number, by its digits of which `scale` stand behind the point, and a whole number, to as many digits as
/// PostgreSQL has, which shows `shown` of the dividend behind the point.
fn quotient(dividend: &[u8], scale: u32, divisor: u128, shown: usize) -> Option<f64> {
    if dividend.is_empty() {
        return Some(0.0);
    }
    let first_place = i64::try_from(dividend.len()).ok()? - 1 - i64::from(scale);
    let divisor_digits = Wide::from(divisor).digits();
    let of_divisor = first_group(
        &divisor_digits,
        i64::try_from(divisor_digits.len()).ok()? - 1,
    );
    let of_dividend = first_group(dividend, first_place);
    let less = i64::from(of_dividend.1 <= of_divisor.1);
    let weight = of_dividend.0 - of_divisor.0 - less;
    let places = (16 - weight * 4).max(i64::try_from(shown).ok()?).max(0);
    // From the first digit, or the one before the point, to one behind the last that counts, by which that is rounded.
    let highest = first_place.max(0);
    let (mut rest, mut digits) = (0_u128, vec![b'0']);
    for place in (-places - 1..=highest).rev() {
        let digit = usize::try_from(first_place - place).ok();
        let digit = digit.and_then(|index| dividend.get(index)).copied();
        rest = rest.checked_mul(10)? + u128::from(digit.unwrap_or(0));
        digits.push(b'0' + u8::try_from(rest / divisor).ok()?);
        rest %= divisor;
    }
    if digits.pop()? >= b'5' {
        round_up(&mut digits);
    }
    let point = digits.len() - usize::try_from(places).ok()?;
    let mut text = String::from_utf8(digits).ok()?;
    text.insert(point, '.');
    text.parse().ok()
}

/// The next number with so many digits; the first of them is zero.
fn round_up(digits: &mut [u8]) {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
}

/// The first digit to the base 10000, of a number whose first decimal digit is of this power of ten, and its power of 10000.
fn first_group(digits: &[u8], first_place: i64) -> (i64, u32) {
    let count = usize::try_from(first_place.rem_euclid(4) + 1).unwrap_or(1);
    let shown = digits.iter().copied().chain(std::iter::repeat(0));
    let group = shown
        .take(count)
        .fold(0, |group, digit| group * 10 + u32::from(digit));
    (first_place.div_euclid(4), group)
}

impl ExactVariance {
    fn of(&self, sums: &Sums) -> Result<Option<f64>> {
        if sums.count <= u64::from(self.sample) {
            return Ok(None);
        }
        let variance = sums.variance(self.sample).ok_or_else(out_of_range)?;
        Ok(Some(if self.root { variance.sqrt() } else { variance }))
    }
}

impl Aggregate<Sums, Option<f64>> for ExactVariance {
    fn init(&self, _: &mut Context<'_>) -> Result<Sums> {
        Ok(Sums::default())
    }

    fn step(&self, context: &mut Context<'_>, sums: &mut Sums) -> Result<()> {
        match term(context)? {
            Some(term) => sums.add(&term).ok_or_else(out_of_range),
            None => Ok(()),
        }
    }

    fn finalize(&self, _: &mut Context<'_>, sums: Option<Sums>) -> Result<Option<f64>> {
        sums.map_or(Ok(None), |sums| self.of(&sums))
    }
}

impl WindowAggregate<Sums, Option<f64>> for ExactVariance {
    fn value(&self, sums: Option<&mut Sums>) -> Result<Option<f64>> {
        sums.map_or(Ok(None), |sums| self.of(sums))
    }

    fn inverse(&self, context: &mut Context<'_>, sums: &mut Sums) -> Result<()> {
        match term(context)? {
            Some(term) => sums.leave_out(&term).ok_or_else(out_of_range),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::connection;
    use rusqlite::types::Value;

    fn of(call: &str, rows: &str) -> Value {
        let sql = format!("SELECT {call} FROM (SELECT NULL AS x WHERE 0 UNION ALL {rows})");
        connection()
            .query_row(&sql, [], |row| row.get(0))
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    #[test]
    fn variances_of_all_and_of_a_sample() {
        let rows = "VALUES (2), (4), (4), (NULL), (4), (5), (5), (7), (9)";
        assert_eq!(of("orm_exact_variance(x)", rows), Value::Real(4.0));
        assert_eq!(of("orm_exact_std_dev(x)", rows), Value::Real(2.0));
        assert_eq!(
            of("orm_exact_variance_sample(x)", rows),
            Value::Real(32.0 / 7.0)
        );
        assert_eq!(of("orm_exact_variance(x)", "VALUES (3)"), Value::Real(0.0));
        assert_eq!(
            of("orm_exact_variance_sample(x)", "VALUES (3)"),
            Value::Null
        );
        assert_eq!(of("orm_exact_std_dev(x)", "VALUES (NULL)"), Value::Null);
        assert_eq!(
            of("orm_exact_variance(DISTINCT x)", "VALUES (1), (1), (3)"),
            Value::Real(1.0)
        );
    }

    #[test]
    fn far_ends_and_long_decimals_are_exact() {
        let ends = "VALUES (9223372036854775807), (-9223372036854775808)";
        assert_eq!(
            of("orm_exact_std_dev(x)", ends),
            Value::Real(9_223_372_036_854_775_807.5)
        );
        let near = "VALUES (9223372036854775807), (9223372036854775805)";
        assert_eq!(of("orm_exact_variance(x)", near), Value::Real(1.0));
        // A mantissa of 28 digits beside one with 28 digits behind the point.
        let mixed = "VALUES ('9999999999999999999999999999'), ('0.0000000000000000000000000001')";
        assert_eq!(
            of("orm_exact_std_dev(x)", mixed),
            Value::Real(5_000_000_000_000_000_000_000_000_000.0)
        );
        let tiny = "VALUES (0.1), (0.2), ('0.3')";
        assert_eq!(
            of("orm_exact_variance(x)", tiny),
            Value::Real("0.00666666666666666666666".parse().unwrap())
        );
    }

    #[test]
    fn a_window_leaves_values_out_again() {
        let sql = "SELECT orm_exact_variance(x) OVER (ORDER BY x ROWS 1 PRECEDING)
            FROM (SELECT 1 AS x UNION ALL VALUES (3), (3.5), (4), (10))";
        let found: Vec<f64> = connection()
            .prepare(sql)
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(found, [0.0, 1.0, 0.0625, 0.0625, 9.0]);
    }
}
