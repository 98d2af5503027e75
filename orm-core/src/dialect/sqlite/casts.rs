//! Casts in SQLite's words.

use crate::value::ColumnType::{self, *};

/// The template of a cast.
pub(super) const fn template(from: Option<ColumnType>, to: ColumnType) -> &'static str {
    match (from, to) {
        (Some(Text | Enum), Bool) => "CASE {0} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END",
        (Some(Text | Enum), I16) => "orm_read_int({0}, 16)",
        (Some(Text | Enum), I32) => "orm_read_int({0}, 32)",
        (Some(Text | Enum), I64) => "orm_read_int({0}, 64)",
        (Some(Text | Enum), F32) => "orm_read_float({0}, 32)",
        (Some(Text | Enum), F64) => "orm_read_float({0}, 64)",
        (Some(Text | Enum), Decimal) => "orm_read_decimal({0})",
        (Some(Text | Enum), Uuid) => "orm_read_uuid({0})",
        (Some(Text | Enum), Date) => "orm_read_date({0})",
        (Some(Text | Enum), Time) => "orm_read_time({0})",
        (Some(Text | Enum), DateTime | Timestamp) => "orm_read_date_time({0})",
        (Some(Bool), Text) => "CASE WHEN {0} THEN 'true' WHEN NOT {0} THEN 'false' END",
        (Some(Decimal), Text) => "orm_dec_text({0})",
        (Some(F32), Text) => "orm_float_text({0}, 32)",
        (Some(F64), Text) => "orm_float_text({0}, 64)",
        (Some(Uuid), Text) => {
            "(substr({0}, 1, 8) || '-' || substr({0}, 9, 4) || '-' || substr({0}, 13, 4) || '-' || substr({0}, 17, 4) || '-' || substr({0}, 21))"
        }
        (Some(I32 | I64 | F32 | F64 | Decimal), I16) => "orm_int({0}, 16)",
        (Some(I64 | F32 | F64 | Decimal), I32) => "orm_int({0}, 32)",
        (Some(F32 | F64 | Decimal), I64) => "orm_int({0}, 64)",
        (_, I16 | I32 | I64) => "CAST({0} AS INTEGER)",
        (Some(I16 | I32 | I64), Bool) => "({0} <> 0)",
        // The digits that PostgreSQL takes of a `real`.
        (Some(F32), Decimal) => {
            "CASE WHEN {0} IS NOT NULL THEN CAST(format('%.6g', {0}) AS NUMERIC) END"
        }
        (Some(I16), F32) => "CAST({0} AS REAL)",
        (_, F32) => "orm_f32({0})",
        (_, F64) => "CAST({0} AS REAL)",
        (Some(Date), DateTime | Timestamp) => "({0} || ' 00:00:00')",
        (Some(DateTime | Timestamp), Date) => "substr({0}, 1, 10)",
        (Some(DateTime | Timestamp), Time) => "substr({0}, 12)",
        (_, Text | Enum) => "CAST({0} AS TEXT)",
        // A number is a decimal already, and a cast to NUMERIC would cut a long one.
        _ => "({0})",
    }
}
