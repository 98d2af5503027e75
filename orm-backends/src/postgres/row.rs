//! PostgreSQL's rows as the decoder reads them: borrowed from the message, without copies.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use orm_core::decode::Row;
use orm_core::types::Mismatch;
use orm_core::value::{ArrayRef, ValueRef};
use tokio_postgres::types::{FromSql, Kind, Type};
use uuid::Uuid;

use super::bind::EPOCH;
use super::numeric;

/// A row of the driver.
pub(super) struct PgRow<'r>(pub(super) &'r tokio_postgres::Row);

impl Row for PgRow<'_> {
    #[inline]
    fn value(&self, index: usize) -> Result<ValueRef<'_>, Mismatch> {
        // A cell takes every type and never fails, so the driver's only error is an index behind the last column.
        match self.0.try_get::<_, Cell<'_>>(index) {
            Ok(Cell(value)) => value.map_err(|found| Mismatch {
                expected: "a value",
                found,
            }),
            Err(_) => Err(Mismatch::missing_column()),
        }
    }

    fn integer(&self, index: usize) -> Option<i64> {
        match self.0.try_get::<_, Integer>(index) {
            Ok(Integer(integer)) => integer,
            Err(_) => None,
        }
    }

    fn text(&self, index: usize) -> Option<&str> {
        match self.0.try_get::<_, Text<'_>>(index) {
            Ok(Text(text)) => text,
            Err(_) => None,
        }
    }

    fn index_of(&self, column: &str, passed: usize) -> Option<usize> {
        let columns = self.0.columns().iter().enumerate();
        let mut named = columns.filter(|(_, known)| known.name() == column);
        named.nth(passed).map(|(index, _)| index)
    }
}

/// An integer, if there is one.
struct Integer(Option<i64>);

impl FromSql<'_> for Integer {
    #[inline]
    fn from_sql(ty: &Type, raw: &[u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(match *ty {
            Type::INT8 => fixed(raw).ok().map(i64::from_be_bytes),
            Type::INT4 => fixed(raw).ok().map(i32::from_be_bytes).map(i64::from),
            Type::INT2 => fixed(raw).ok().map(i16::from_be_bytes).map(i64::from),
            _ => None,
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A text, if there is one.
struct Text<'r>(Option<&'r str>);

impl<'r> FromSql<'r> for Text<'r> {
    #[inline]
    fn from_sql(
        ty: &Type,
        raw: &'r [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(match *ty {
            Type::TEXT | Type::VARCHAR => text(raw).ok(),
            _ => None,
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A value, or what was found that is none.
struct Cell<'r>(Found<ValueRef<'r>>);

type Found<T> = Result<T, &'static str>;

impl<'r> FromSql<'r> for Cell<'r> {
    #[inline]
    fn from_sql(
        ty: &Type,
        raw: &'r [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(read(ty, raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Ok(ValueRef::Null)))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn read<'r>(ty: &Type, raw: &'r [u8]) -> Found<ValueRef<'r>> {
    Ok(match *ty {
        Type::BOOL => ValueRef::Bool(fixed::<1>(raw)? != [0]),
        Type::INT2 => ValueRef::Integer(i64::from(i16::from_be_bytes(fixed(raw)?))),
        Type::INT4 => ValueRef::Integer(i64::from(i32::from_be_bytes(fixed(raw)?))),
        Type::INT8 => ValueRef::Integer(i64::from_be_bytes(fixed(raw)?)),
        Type::OID => ValueRef::Integer(i64::from(u32::from_be_bytes(fixed(raw)?))),
        Type::FLOAT4 => ValueRef::Float(f64::from(f32::from_be_bytes(fixed(raw)?))),
        Type::FLOAT8 => ValueRef::Float(f64::from_be_bytes(fixed(raw)?)),
        // `char(n)` without the blanks that fill it up, which the server itself drops where it compares one with a text:
        // with them a value that was read would not be found again.
        Type::BPCHAR => ValueRef::Text(text(raw)?.trim_end_matches(' ')),
        Type::TEXT | Type::VARCHAR | Type::NAME | Type::UNKNOWN | Type::CHAR | Type::XML => {
            ValueRef::Text(text(raw)?)
        }
        Type::BYTEA => ValueRef::Bytes(raw),
        Type::NUMERIC => ValueRef::Decimal(numeric::decode(raw)?),
        Type::UUID => ValueRef::Uuid(Uuid::from_bytes(fixed(raw)?)),
        Type::DATE => ValueRef::Date(date(raw)?),
        Type::TIME => ValueRef::Time(time(raw)?),
        Type::TIMESTAMP => ValueRef::DateTime(moment(raw)?),
        Type::TIMESTAMPTZ => ValueRef::Timestamp(moment(raw)?.and_utc()),
        Type::INTERVAL => ValueRef::Duration(interval(raw)?),
        Type::JSON => ValueRef::Json(text(raw)?),
        Type::JSONB => match raw {
            [1, document @ ..] => ValueRef::Json(text(document)?),
            _ => return Err("JSON in an unknown format"),
        },
        Type::VOID => ValueRef::Null,
        _ => return other(ty, raw),
    })
}

/// Types that users and extensions define.
#[cold]
fn other<'r>(ty: &Type, raw: &'r [u8]) -> Found<ValueRef<'r>> {
    match ty.kind() {
        Kind::Enum(_) => text(raw).map(ValueRef::Text),
        Kind::Domain(of) => read(of, raw),
        Kind::Simple if ty.name() == "citext" => text(raw).map(ValueRef::Text),
        Kind::Array(element) => array(element, raw),
        Kind::Range(_) | Kind::Multirange(_) => Err("a range"),
        Kind::Composite(_) => Err("a composite"),
        _ => Err("a value of a type that is not known here; cast it to text"),
    }
}

/// An array of a type that tells itself in the array, or of texts.
fn array<'r>(element: &Type, raw: &'r [u8]) -> Found<ValueRef<'r>> {
    let known = Type::from_oid(element.oid()).is_some();
    let each = match element.kind() {
        _ if known => each_known,
        Kind::Enum(_) => each_text,
        _ => return Err("an array of a type that is not known here"),
    };
    Ok(ValueRef::Array(ArrayRef::new(raw, each)))
}

fn each_known<'r>(raw: &'r [u8], visit: &mut dyn FnMut(ValueRef<'r>)) -> Found<()> {
    each_element(raw, visit, |oid, raw| match Type::from_oid(oid) {
        Some(ty) => read(&ty, raw),
        None => Err("an array of another type than it says"),
    })
}

fn each_text<'r>(raw: &'r [u8], visit: &mut dyn FnMut(ValueRef<'r>)) -> Found<()> {
    each_element(raw, visit, |_, raw| text(raw).map(ValueRef::Text))
}

/// The number of dimensions, whether there are NULLs, the type, and of each dimension the length and the first index; then
/// each element behind its length.
fn each_element<'r>(
    raw: &'r [u8],
    visit: &mut dyn FnMut(ValueRef<'r>),
    read: impl Fn(u32, &'r [u8]) -> Found<ValueRef<'r>>,
) -> Found<()> {
    const SHORT: &str = "an array that is cut off";
    fn number(raw: &mut &[u8]) -> Found<i32> {
        let (number, rest) = raw.split_first_chunk().ok_or(SHORT)?;
        *raw = rest;
        Ok(i32::from_be_bytes(*number))
    }
    let mut rest = raw;
    let dimensions = number(&mut rest)?;
    let (_, oid) = (number(&mut rest)?, number(&mut rest)?.cast_unsigned());
    match dimensions {
        0 => return Ok(()),
        1 => {}
        _ => return Err("an array of several dimensions"),
    }
    let (count, _) = (number(&mut rest)?, number(&mut rest)?);
    for _ in 0..count {
        let length = number(&mut rest)?;
        let Ok(length) = usize::try_from(length) else {
            visit(ValueRef::Null);
            continue;
        };
        let (element, behind) = rest.split_at_checked(length).ok_or(SHORT)?;
        visit(read(oid, element)?);
        rest = behind;
    }
    Ok(())
}

fn fixed<const N: usize>(raw: &[u8]) -> Found<[u8; N]> {
    raw.try_into().map_err(|_| "a value of the wrong length")
}

fn text(raw: &[u8]) -> Found<&str> {
    std::str::from_utf8(raw).map_err(|_| "a text that is not UTF-8")
}

const FAR: &str = "a date out of range";

fn date(raw: &[u8]) -> Found<NaiveDate> {
    match i32::from_be_bytes(fixed(raw)?) {
        i32::MIN | i32::MAX => Err("an infinite date"),
        days => EPOCH
            .checked_add_signed(TimeDelta::days(i64::from(days)))
            .ok_or(FAR),
    }
}

/// PostgreSQL has a midnight at the end of the day too, which nothing of ours can hold.
fn time(raw: &[u8]) -> Found<NaiveTime> {
    let micros = i64::from_be_bytes(fixed(raw)?);
    let (seconds, rest) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let seconds = u32::try_from(seconds).map_err(|_| "a time out of range")?;
    let nanos = u32::try_from(rest * 1_000).map_err(|_| "a time out of range")?;
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos).ok_or("a time of 24:00")
}

fn moment(raw: &[u8]) -> Found<NaiveDateTime> {
    match i64::from_be_bytes(fixed(raw)?) {
        i64::MIN | i64::MAX => Err("an infinite date"),
        micros => EPOCH
            .and_time(NaiveTime::MIN)
            .checked_add_signed(TimeDelta::microseconds(micros))
            .ok_or(FAR),
    }
}

/// Microseconds, days and months. A day is 24 hours; a month has no length of its own.
fn interval(raw: &[u8]) -> Found<TimeDelta> {
    let raw: [u8; 16] = fixed(raw)?;
    let (micros, rest) = raw
        .split_first_chunk::<8>()
        .ok_or("an interval of the wrong length")?;
    let (days, months) = rest
        .split_first_chunk::<4>()
        .ok_or("an interval of the wrong length")?;
    if months.iter().any(|byte| *byte != 0) {
        return Err("a calendar interval");
    }
    let days = TimeDelta::days(i64::from(i32::from_be_bytes(*days)));
    days.checked_add(&TimeDelta::microseconds(i64::from_be_bytes(*micros)))
        .ok_or("an interval out of range")
}
