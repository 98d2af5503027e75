//! Binding values to PostgreSQL's statements, in its binary formats, each with the type that the value has.

use std::fmt;

use bytes::{BufMut, BytesMut};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use orm_core::diagnosis::Failed;
use orm_core::error::{Error, Result};
use orm_core::executor::Command;
use orm_core::types::{TOO_DEEP, is_too_deep};
use orm_core::value::{ArrayValue, ColumnType, Value};
use smallvec::SmallVec;
use tokio_postgres::types::{Format, IsNull, ToSql, Type};

use super::numeric;

type BoxError = Box<dyn std::error::Error + Sync + Send>;

/// The parameters of a statement, checked: what remains to fail is up to the server.
pub(super) struct Params<'v> {
    pub(super) given: &'v [Value],
    pub(super) values: SmallVec<[Param<'v>; 8]>,
    pub(super) types: SmallVec<[Type; 8]>,
}

impl<'v> Params<'v> {
    pub(super) fn new(command: &Command<'_>, params: &'v [Value]) -> Result<Self> {
        if params.iter().any(|value| check(value).is_err()) {
            return Err(refused(command, params));
        }
        Ok(Self {
            given: params,
            values: params.iter().map(Param).collect(),
            types: params.iter().map(type_of).collect(),
        })
    }

    /// As the driver takes them for a prepared statement.
    pub(super) fn plain(&self) -> SmallVec<[&(dyn ToSql + Sync); 8]> {
        self.values
            .iter()
            .map(|value| value as &(dyn ToSql + Sync))
            .collect()
    }

    /// As the driver takes them for a statement that is not prepared.
    pub(super) fn typed(&self) -> SmallVec<[(&(dyn ToSql + Sync), Type); 8]> {
        let values = self.values.iter().map(|value| value as &(dyn ToSql + Sync));
        values.zip(self.types.iter().cloned()).collect()
    }
}

#[cold]
fn refused(command: &Command<'_>, params: &[Value]) -> Error {
    let failed = Failed {
        command,
        params,
        backend: super::errors::BACKEND,
        witness: None,
    };
    failed.refused(&unfit)
}

/// What no server would take, as far as that is seen at a glance.
fn check(value: &Value) -> Result<(), &'static str> {
    match value {
        Value::Text(text) if text.as_bytes().contains(&0) => Err(NUL),
        Value::Enum(text) if text.as_bytes().contains(&0) => Err(NUL),
        Value::Duration(length) if length.num_microseconds().is_none() => {
            Err("the duration is too long for PostgreSQL")
        }
        Value::Date(day) if *day < FIRST_DAY => Err(EARLY),
        Value::DateTime(moment) if moment.date() < FIRST_DAY => Err(EARLY),
        Value::Timestamp(moment) if moment.date_naive() < FIRST_DAY => Err(EARLY),
        Value::Json(document) if is_too_deep(document) => Err(TOO_DEEP),
        Value::Array(array) | Value::List(array) => array.values.iter().try_for_each(check),
        _ => Ok(()),
    }
}

/// Why no server would take a value.
pub(super) fn unfit(value: &Value) -> Option<&'static str> {
    match value {
        Value::Json(document) if holds_nul(document) => Some(NUL),
        Value::Array(array) | Value::List(array) => array.values.iter().find_map(unfit),
        value => check(value).err(),
    }
}

fn holds_nul(document: &serde_json::Value) -> bool {
    match document {
        serde_json::Value::String(text) => text.contains('\0'),
        serde_json::Value::Array(items) => items.iter().any(holds_nul),
        serde_json::Value::Object(entries) => entries
            .iter()
            .any(|(key, value)| key.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

const NUL: &str = "PostgreSQL holds no text with a NUL character";
const EARLY: &str = "PostgreSQL holds no days before the year 4714 BC";
/// The first day of the Julian calendar's count, 24 November 4714 BC by ours, where the year before 1 is 0.
const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(-4713, 11, 24) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// One parameter.
pub(super) struct Param<'v>(&'v Value);

/// The driver logs parameters by this: they are not for logs.
impl fmt::Debug for Param<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, BoxError> {
        encode(self.0, out)
    }

    /// Statements are prepared with the types of the values.
    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, BoxError> {
        self.to_sql(ty, out)
    }

    fn encode_format(&self, _: &Type) -> Format {
        match self.0 {
            Value::Array(array) | Value::List(array) if array.element == ColumnType::Enum => {
                Format::Text
            }
            _ => Format::Binary,
        }
    }
}

/// The type a value is sent as. NULL leaves it to the server, and so do enums: what stands beside one, a column of text
/// or of a type that the database calls `mpaa_rating`, say, tells the server how to read the text.
fn type_of(value: &Value) -> Type {
    match value {
        Value::Array(array) | Value::List(array) => array_type(array.element),
        value => value.column_type().map_or(Type::UNKNOWN, scalar_type),
    }
}

fn scalar_type(column: ColumnType) -> Type {
    match column {
        ColumnType::Bool => Type::BOOL,
        ColumnType::I16 => Type::INT2,
        ColumnType::I32 => Type::INT4,
        ColumnType::I64 => Type::INT8,
        ColumnType::F32 => Type::FLOAT4,
        ColumnType::F64 => Type::FLOAT8,
        ColumnType::Text => Type::TEXT,
        ColumnType::Bytes => Type::BYTEA,
        ColumnType::Decimal => Type::NUMERIC,
        ColumnType::Uuid => Type::UUID,
        ColumnType::Date => Type::DATE,
        ColumnType::Time => Type::TIME,
        ColumnType::DateTime => Type::TIMESTAMP,
        ColumnType::Timestamp => Type::TIMESTAMPTZ,
        ColumnType::Duration => Type::INTERVAL,
        ColumnType::Json => Type::JSONB,
        // Enums among them.
        _ => Type::UNKNOWN,
    }
}

fn array_type(column: ColumnType) -> Type {
    match column {
        ColumnType::Bool => Type::BOOL_ARRAY,
        ColumnType::I16 => Type::INT2_ARRAY,
        ColumnType::I32 => Type::INT4_ARRAY,
        ColumnType::I64 => Type::INT8_ARRAY,
        ColumnType::F32 => Type::FLOAT4_ARRAY,
        ColumnType::F64 => Type::FLOAT8_ARRAY,
        ColumnType::Text => Type::TEXT_ARRAY,
        ColumnType::Bytes => Type::BYTEA_ARRAY,
        ColumnType::Decimal => Type::NUMERIC_ARRAY,
        ColumnType::Uuid => Type::UUID_ARRAY,
        ColumnType::Date => Type::DATE_ARRAY,
        ColumnType::Time => Type::TIME_ARRAY,
        ColumnType::DateTime => Type::TIMESTAMP_ARRAY,
        ColumnType::Timestamp => Type::TIMESTAMPTZ_ARRAY,
        ColumnType::Duration => Type::INTERVAL_ARRAY,
        ColumnType::Json => Type::JSONB_ARRAY,
        _ => Type::UNKNOWN,
    }
}

fn encode(value: &Value, out: &mut BytesMut) -> Result<IsNull, BoxError> {
    match value {
        Value::Null => return Ok(IsNull::Yes),
        Value::Bool(v) => out.put_u8(u8::from(*v)),
        Value::I16(v) => out.put_i16(*v),
        Value::I32(v) => out.put_i32(*v),
        Value::I64(v) => out.put_i64(*v),
        Value::F32(v) => out.put_f32(*v),
        Value::F64(v) => out.put_f64(*v),
        Value::Text(v) => out.put_slice(v.as_bytes()),
        Value::Enum(v) => out.put_slice(v.as_bytes()),
        Value::Bytes(v) => out.put_slice(v),
        Value::Decimal(v) => numeric::encode(*v, out),
        Value::Uuid(v) => out.put_slice(v.as_bytes()),
        Value::Date(v) => out.put_i32(days(*v)?),
        Value::Time(v) => out.put_i64(micros(v.signed_duration_since(NaiveTime::MIN))?),
        Value::DateTime(v) => out.put_i64(moment(*v)?),
        Value::Timestamp(v) => out.put_i64(moment(v.naive_utc())?),
        Value::Duration(v) => {
            out.put_i64(micros(*v)?);
            // No days and no months: those have lengths of their own.
            out.put_i64(0);
        }
        Value::Json(v) => {
            // The version of the format.
            out.put_u8(1);
            let start = out.len();
            serde_json::to_writer((&mut *out).writer(), v)?;
            // How JSON writes a NUL; the same behind a backslash of its own is none.
            let written = &out[start..];
            let escapes = written.contains(&b'\\');
            if escapes && written.windows(6).any(|part| part == b"\\u0000") && holds_nul(v) {
                return Err(NUL.into());
            }
        }
        Value::Array(array) | Value::List(array) if array.element == ColumnType::Enum => {
            array_text(array, out)?
        }
        Value::Array(array) | Value::List(array) => encode_array(array, out)?,
        _ => return Err("PostgreSQL has no form for this kind of value".into()),
    }
    Ok(IsNull::No)
}

/// An array of one dimension.
fn encode_array(array: &ArrayValue, out: &mut BytesMut) -> Result<(), BoxError> {
    out.put_i32(1);
    out.put_i32(i32::from(array.values.iter().any(Value::is_null)));
    out.put_u32(scalar_type(array.element).oid());
    out.put_i32(i32::try_from(array.values.len())?);
    out.put_i32(1);
    for value in &array.values {
        let start = out.len();
        out.put_i32(-1);
        if let IsNull::No = encode(value, out)? {
            let length = i32::try_from(out.len() - start - 4)?;
            out[start..start + 4].copy_from_slice(&length.to_be_bytes());
        }
    }
    Ok(())
}

/// An array of enums as text: the binary form would have to name their type.
fn array_text(array: &ArrayValue, out: &mut BytesMut) -> Result<(), BoxError> {
    out.put_u8(b'{');
    for (index, value) in array.values.iter().enumerate() {
        if index > 0 {
            out.put_u8(b',');
        }
        match value {
            Value::Enum(text) => {
                out.put_u8(b'"');
                for byte in text.bytes() {
                    if matches!(byte, b'"' | b'\\') {
                        out.put_u8(b'\\');
                    }
                    out.put_u8(byte);
                }
                out.put_u8(b'"');
            }
            Value::Null => out.put_slice(b"NULL"),
            _ => return Err("an array of enums holds something else".into()),
        }
    }
    out.put_u8(b'}');
    Ok(())
}

/// The day from which PostgreSQL counts.
pub(super) const EPOCH: NaiveDate = match NaiveDate::from_ymd_opt(2000, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

fn days(day: NaiveDate) -> Result<i32, BoxError> {
    Ok(i32::try_from(day.signed_duration_since(EPOCH).num_days())?)
}

fn moment(moment: NaiveDateTime) -> Result<i64, BoxError> {
    micros(moment.signed_duration_since(EPOCH.and_time(NaiveTime::MIN)))
}

fn micros(length: chrono::TimeDelta) -> Result<i64, BoxError> {
    length
        .num_microseconds()
        .ok_or_else(|| "out of range".into())
}
