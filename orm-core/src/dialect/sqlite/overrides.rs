//! The functions and lookups that SQLite words differently: one row each, sorted by name.

use super::aggregates;

/// The template of a function, if SQLite's differs.
pub(super) fn function(name: &str) -> Option<&'static str> {
    [FUNCTIONS, aggregates::FUNCTIONS]
        .into_iter()
        .find_map(|rows| {
            let index = rows.binary_search_by(|row| row.0.cmp(name)).ok()?;
            Some(rows[index].1)
        })
}

/// The templates of a lookup, for any operand and for a bound value.
pub(super) fn lookup(name: &str) -> Option<(&'static str, &'static str)> {
    LOOKUPS
        .binary_search_by(|row| row.0.cmp(name))
        .ok()
        .map(|index| (LOOKUPS[index].1, LOOKUPS[index].2))
}

// Parts of dates are cut out of the text, since SQLite's own functions round to milliseconds and
// so take the last microseconds of a year for the next one.
static FUNCTIONS: &[(&str, &str)] = &[
    ("abs_decimal", "orm_dec_abs({0})"),
    ("abs_i16", "orm_int(abs({0}), 16)"),
    ("abs_i32", "orm_int(abs({0}), 32)"),
    ("acos", "orm_acos({0})"),
    ("add_date", "orm_date_add({0}, {1})"),
    ("add_datetime", "orm_date_add({0}, {1})"),
    ("add_duration", "orm_add({0}, {1}, 64)"),
    ("add_time", "orm_time_add({0}, {1})"),
    ("add_utc", "orm_date_add({0}, {1})"),
    ("asin", "orm_asin({0})"),
    ("atan", "orm_atan({0})"),
    ("atan2", "orm_atan2({0}, {1})"),
    ("bit_xor", "orm_bit_xor({0}, {1})"),
    ("ceil", "orm_ceil({0})"),
    ("ceil_decimal", "orm_dec_ceil({0})"),
    ("chr", "orm_chr({0})"),
    ("cos", "orm_cos({0})"),
    ("cot", "orm_cot({0})"),
    ("date", "substr({0}, 1, 10)"),
    ("date_utc", "substr({0}, 1, 10)"),
    ("day", "CAST(substr({0}, 9, 2) AS INTEGER)"),
    ("day_utc", "CAST(substr({0}, 9, 2) AS INTEGER)"),
    ("degrees", "orm_float_div({0}, 0.017453292519943295, 64)"),
    ("diff_date", "orm_date_diff({0}, {1})"),
    ("diff_datetime", "orm_date_diff({0}, {1})"),
    ("diff_time", "orm_time_diff({0}, {1})"),
    ("exp", "orm_exp({0})"),
    ("floor", "orm_floor({0})"),
    ("floor_decimal", "orm_dec_floor({0})"),
    // `max` of several is NULL if any is NULL, so each is replaced by the first that is not.
    ("greatest", "max({*[, ]coalesce({}, {*})})"),
    (
        "greatest_decimal",
        "max({*[, ]CAST(coalesce({}, {*}) AS TEXT) COLLATE orm_decimal})",
    ),
    (
        "greatest_json",
        "max({*[, ]CAST(coalesce({}, {*}) AS TEXT) COLLATE orm_json})",
    ),
    ("hour", "CAST(substr({0}, 12, 2) AS INTEGER)"),
    ("hour_duration", "({0} / 3600000000)"),
    ("hour_time", "CAST(substr({0}, 1, 2) AS INTEGER)"),
    ("hour_utc", "CAST(substr({0}, 12, 2) AS INTEGER)"),
    ("in_tz", "orm_in_tz({0}, {1:zone})"),
    (
        "iso_week_day",
        "CAST(strftime('%u', substr({0}, 1, 10)) AS INTEGER)",
    ),
    (
        "iso_week_day_utc",
        "CAST(strftime('%u', substr({0}, 1, 10)) AS INTEGER)",
    ),
    (
        "iso_year",
        "CAST(strftime('%G', substr({0}, 1, 10)) AS INTEGER)",
    ),
    (
        "iso_year_utc",
        "CAST(strftime('%G', substr({0}, 1, 10)) AS INTEGER)",
    ),
    ("json_array", "json_array({*})"),
    (
        "json_as_bool",
        "CASE json_type({0}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END",
    ),
    ("json_as_f64", "orm_json_float({0})"),
    ("json_as_i64", "orm_json_int({0})"),
    ("json_as_text", "orm_json_text({0})"),
    (
        "json_at",
        "({0} -> iif({1} < 0, '$[#' || {1} || ']', '$[' || {1} || ']'))",
    ),
    ("json_key", "({0} -> ('$.' || json_quote({1})))"),
    ("json_object", "json_object({*})"),
    (
        "json_of_bool",
        "json(CASE WHEN {0} THEN 'true' WHEN NOT {0} THEN 'false' ELSE 'null' END)",
    ),
    (
        "json_of_decimal",
        "json(coalesce(orm_dec_text({0}), 'null'))",
    ),
    (
        "json_of_double",
        "json(coalesce(orm_float_text({0}, 64), 'null'))",
    ),
    ("json_of_integer", "json(json_quote({0}))"),
    ("json_of_json", "json(coalesce({0}, 'null'))"),
    (
        "json_of_single",
        "json(coalesce(orm_float_text({0}, 32), 'null'))",
    ),
    ("json_of_text", "json(json_quote({0}))"),
    (
        "json_with_key",
        "json_set({0}, '$.' || json_quote({1}), {2})",
    ),
    (
        "json_without_key",
        "json_remove({0}, '$.' || json_quote({1}))",
    ),
    ("least", "min({*[, ]coalesce({}, {*})})"),
    (
        "least_decimal",
        "min({*[, ]CAST(coalesce({}, {*}) AS TEXT) COLLATE orm_decimal})",
    ),
    (
        "least_json",
        "min({*[, ]CAST(coalesce({}, {*}) AS TEXT) COLLATE orm_json})",
    ),
    ("left", "orm_substr({0}, 1, {1})"),
    ("length", "orm_length({0})"),
    ("ln", "orm_ln({0})"),
    ("log", "orm_log({0}, {1})"),
    ("lower", "orm_lower({0})"),
    ("lpad", "orm_lpad({0}, {1}, {2})"),
    ("md5", "orm_md5({0})"),
    ("microseconds", "({0})"),
    ("minute", "CAST(substr({0}, 15, 2) AS INTEGER)"),
    ("minute_duration", "({0} / 60000000 % 60)"),
    ("minute_time", "CAST(substr({0}, 4, 2) AS INTEGER)"),
    ("minute_utc", "CAST(substr({0}, 15, 2) AS INTEGER)"),
    ("month", "CAST(substr({0}, 6, 2) AS INTEGER)"),
    ("month_utc", "CAST(substr({0}, 6, 2) AS INTEGER)"),
    ("now", "orm_now()"),
    (
        "null_if_decimal",
        "CASE WHEN orm_dec_cmp({0}, {1}) = 0 THEN NULL ELSE {0} END",
    ),
    (
        "null_if_json",
        "CASE WHEN orm_json_cmp({0}, {1}) = 0 THEN NULL ELSE {0} END",
    ),
    ("ord", "orm_ord({0})"),
    ("pi", "3.141592653589793"),
    ("power", "orm_power({0}, {1})"),
    ("quarter", "((CAST(substr({0}, 6, 2) AS INTEGER) + 2) / 3)"),
    (
        "quarter_utc",
        "((CAST(substr({0}, 6, 2) AS INTEGER) + 2) / 3)",
    ),
    ("radians", "({0} * 0.017453292519943295)"),
    (
        "random",
        "(((random() >> 11) & 9007199254740991) / 9007199254740992.0)",
    ),
    ("repeat", "orm_repeat({0}, {1})"),
    // Its own does not look at the third where the second is empty.
    (
        "replace",
        "CASE WHEN {2} IS NOT NULL THEN replace({0}, {1}, {2}) END",
    ),
    ("reverse", "orm_reverse({0})"),
    ("right", "orm_right({0}, {1})"),
    ("round", "orm_round({0}, {1})"),
    ("round_decimal", "orm_dec_round({0}, {1})"),
    ("round_i16", "orm_round_int({0}, {1}, 16)"),
    ("round_i32", "orm_round_int({0}, {1}, 32)"),
    ("round_i64", "orm_round_int({0}, {1}, 64)"),
    ("rpad", "orm_rpad({0}, {1}, {2})"),
    ("second", "CAST(substr({0}, 18, 2) AS INTEGER)"),
    ("second_duration", "({0} / 1000000 % 60)"),
    ("second_time", "CAST(substr({0}, 7, 2) AS INTEGER)"),
    ("second_utc", "CAST(substr({0}, 18, 2) AS INTEGER)"),
    ("sha1", "orm_sha1({0})"),
    ("sha224", "orm_sha224({0})"),
    ("sha256", "orm_sha256({0})"),
    ("sha384", "orm_sha384({0})"),
    ("sha512", "orm_sha512({0})"),
    ("shl_i16", "orm_shl({0}, {1}, 16)"),
    ("shl_i32", "orm_shl({0}, {1}, 32)"),
    ("shl_i64", "orm_shl({0}, {1}, 64)"),
    ("shr_i16", "orm_shr({0}, {1}, 16)"),
    ("shr_i32", "orm_shr({0}, {1}, 32)"),
    ("shr_i64", "orm_shr({0}, {1}, 64)"),
    ("sign", "sign({0})"),
    ("sign_decimal", "orm_dec_cmp({0}, 0)"),
    ("sign_f32", "CAST(sign({0}) AS REAL)"),
    ("sign_f64", "CAST(sign({0}) AS REAL)"),
    ("sin", "orm_sin({0})"),
    ("sqrt", "orm_sqrt({0})"),
    ("str_index", "instr({0}, {1})"),
    ("sub_date", "orm_date_add({0}, orm_neg({1}, 64))"),
    ("sub_datetime", "orm_date_add({0}, orm_neg({1}, 64))"),
    ("sub_duration", "orm_sub({0}, {1}, 64)"),
    ("sub_time", "orm_time_add({0}, orm_neg({1}, 64))"),
    ("sub_utc", "orm_date_add({0}, orm_neg({1}, 64))"),
    ("substr", "orm_substr({0}, {1}, {2})"),
    ("substr_from", "orm_substr({0}, {1})"),
    ("tan", "orm_tan({0})"),
    ("time", "substr({0}, 12)"),
    ("time_time", "({0})"),
    ("time_utc", "substr({0}, 12)"),
    ("trunc_day_datetime", "(substr({0}, 1, 10) || ' 00:00:00')"),
    ("trunc_day_in", "orm_trunc_in({0}, 'day', {1:zone})"),
    ("trunc_day_utc", "(substr({0}, 1, 10) || ' 00:00:00')"),
    ("trunc_hour_datetime", "(substr({0}, 1, 13) || ':00:00')"),
    ("trunc_hour_in", "orm_trunc_in({0}, 'hour', {1:zone})"),
    ("trunc_hour_time", "(substr({0}, 1, 2) || ':00:00')"),
    ("trunc_hour_utc", "(substr({0}, 1, 13) || ':00:00')"),
    ("trunc_minute_datetime", "(substr({0}, 1, 16) || ':00')"),
    ("trunc_minute_in", "orm_trunc_in({0}, 'minute', {1:zone})"),
    ("trunc_minute_time", "(substr({0}, 1, 5) || ':00')"),
    ("trunc_minute_utc", "(substr({0}, 1, 16) || ':00')"),
    ("trunc_month", "(substr({0}, 1, 7) || '-01')"),
    (
        "trunc_month_datetime",
        "(substr({0}, 1, 7) || '-01 00:00:00')",
    ),
    ("trunc_month_in", "orm_trunc_in({0}, 'month', {1:zone})"),
    ("trunc_month_utc", "(substr({0}, 1, 7) || '-01 00:00:00')"),
    (
        "trunc_quarter",
        "(substr({0}, 1, 5) || substr('01040710', (CAST(substr({0}, 6, 2) AS INTEGER) - 1) / 3 * 2 + 1, 2) || '-01')",
    ),
    (
        "trunc_quarter_datetime",
        "(substr({0}, 1, 5) || substr('01040710', (CAST(substr({0}, 6, 2) AS INTEGER) - 1) / 3 * 2 + 1, 2) || '-01 00:00:00')",
    ),
    ("trunc_quarter_in", "orm_trunc_in({0}, 'quarter', {1:zone})"),
    (
        "trunc_quarter_utc",
        "(substr({0}, 1, 5) || substr('01040710', (CAST(substr({0}, 6, 2) AS INTEGER) - 1) / 3 * 2 + 1, 2) || '-01 00:00:00')",
    ),
    ("trunc_second_datetime", "substr({0}, 1, 19)"),
    ("trunc_second_in", "orm_trunc_in({0}, 'second', {1:zone})"),
    ("trunc_second_time", "substr({0}, 1, 8)"),
    ("trunc_second_utc", "substr({0}, 1, 19)"),
    ("trunc_week", "date({0}, '-6 days', 'weekday 1')"),
    (
        "trunc_week_datetime",
        "(date(substr({0}, 1, 10), '-6 days', 'weekday 1') || ' 00:00:00')",
    ),
    ("trunc_week_in", "orm_trunc_in({0}, 'week', {1:zone})"),
    (
        "trunc_week_utc",
        "(date(substr({0}, 1, 10), '-6 days', 'weekday 1') || ' 00:00:00')",
    ),
    ("trunc_year", "(substr({0}, 1, 4) || '-01-01')"),
    (
        "trunc_year_datetime",
        "(substr({0}, 1, 4) || '-01-01 00:00:00')",
    ),
    ("trunc_year_in", "orm_trunc_in({0}, 'year', {1:zone})"),
    ("trunc_year_utc", "(substr({0}, 1, 4) || '-01-01 00:00:00')"),
    ("upper", "orm_upper({0})"),
    (
        "week",
        "CAST(strftime('%V', substr({0}, 1, 10)) AS INTEGER)",
    ),
    (
        "week_day",
        "(CAST(strftime('%w', substr({0}, 1, 10)) AS INTEGER) + 1)",
    ),
    (
        "week_day_utc",
        "(CAST(strftime('%w', substr({0}, 1, 10)) AS INTEGER) + 1)",
    ),
    (
        "week_utc",
        "CAST(strftime('%V', substr({0}, 1, 10)) AS INTEGER)",
    ),
    ("year", "CAST(substr({0}, 1, 4) AS INTEGER)"),
    ("year_utc", "CAST(substr({0}, 1, 4) AS INTEGER)"),
];

// Name, text for any operand, text for a bound value.
static LOOKUPS: &[(&str, &str, &str)] = &[
    ("contains", "instr({0}, {1}) > 0", "instr({0}, {1}) > 0"),
    (
        "endswith",
        "orm_ends_with({0}, {1})",
        "orm_ends_with({0}, {1})",
    ),
    (
        "icontains",
        "instr(orm_upper({0}), orm_upper({1})) > 0",
        "instr(orm_upper({0}), {1:upper}) > 0",
    ),
    (
        "iendswith",
        "orm_ends_with(orm_upper({0}), orm_upper({1}))",
        "orm_ends_with(orm_upper({0}), {1:upper})",
    ),
    (
        "iexact",
        "orm_upper({0}) = orm_upper({1})",
        "orm_upper({0}) = {1:upper}",
    ),
    (
        "iregex",
        "orm_regexp({1}, {0}, 1)",
        "orm_regexp({1:pattern}, {0}, 1)",
    ),
    (
        "istartswith",
        "instr(orm_upper({0}), orm_upper({1})) = 1",
        "instr(orm_upper({0}), {1:upper}) = 1",
    ),
    (
        "json_contained_by",
        "orm_json_contains({1}, {0})",
        "orm_json_contains({1}, {0})",
    ),
    (
        "json_contains",
        "orm_json_contains({0}, {1})",
        "orm_json_contains({0}, {1})",
    ),
    (
        "json_has_any_keys",
        "(json_type({0}) = 'object' AND EXISTS (SELECT 1 FROM rarray({1}) AS k WHERE json_type({0}, '$.' || json_quote(k.value)) IS NOT NULL))",
        "(json_type({0}) = 'object' AND EXISTS (SELECT 1 FROM rarray({1}) AS k WHERE json_type({0}, '$.' || json_quote(k.value)) IS NOT NULL))",
    ),
    (
        "json_has_key",
        "(json_type({0}) = 'object' AND json_type({0}, '$.' || json_quote({1})) IS NOT NULL)",
        "(json_type({0}) = 'object' AND json_type({0}, '$.' || json_quote({1})) IS NOT NULL)",
    ),
    (
        "json_has_keys",
        "(json_type({0}) = 'object' AND NOT EXISTS (SELECT 1 FROM rarray({1}) AS k WHERE json_type({0}, '$.' || json_quote(k.value)) IS NULL))",
        "(json_type({0}) = 'object' AND NOT EXISTS (SELECT 1 FROM rarray({1}) AS k WHERE json_type({0}, '$.' || json_quote(k.value)) IS NULL))",
    ),
    (
        "regex",
        "orm_regexp({1}, {0}, 0)",
        "orm_regexp({1:pattern}, {0}, 0)",
    ),
    // A range, which an index serves.
    (
        "startswith",
        "instr({0}, {1}) = 1",
        "({0} >= {1} AND {0} < {1:after})",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ast::builtin;

    #[test]
    fn every_row_is_in_its_place_and_overrides_something() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(aggregates::FUNCTIONS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(LOOKUPS.is_sorted_by(|a, b| a.0 < b.0));
        for (name, _) in FUNCTIONS.iter().chain(aggregates::FUNCTIONS) {
            assert!(
                builtin::FUNCTIONS
                    .iter()
                    .chain([&builtin::AGGREGATES])
                    .copied()
                    .flatten()
                    .any(|f| f.name == *name),
                "{name}"
            );
        }
        for (name, ..) in LOOKUPS {
            assert!(builtin::LOOKUPS.iter().any(|l| l.name == *name), "{name}");
        }
    }
}
