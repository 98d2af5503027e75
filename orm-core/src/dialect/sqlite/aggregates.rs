//! The aggregates that SQLite words differently: one row each, sorted by name.

// Name, text.
pub(super) static FUNCTIONS: &[(&str, &str)] = &[
    ("array_agg", "orm_array_agg({distinct}{0}{order}){filter}"),
    ("avg_decimal", "orm_dec_avg({0}, {1}){filter}"),
    // A distinct aggregate takes one argument alone.
    (
        "avg_decimal_distinct",
        "orm_dec_div(orm_dec_sum({distinct}{0}){filter}, count({distinct}{0}){filter}, {1})",
    ),
    ("avg_duration", "orm_duration_avg({distinct}{0}){filter}"),
    ("avg_float", "orm_float_avg({distinct}{0}){filter}"),
    ("avg_integer", "avg({distinct}{0}){filter}"),
    ("bool_and", "min({0}){filter}"),
    ("bool_or", "max({0}){filter}"),
    ("json_agg", "orm_json_list({distinct}{0}{order}){filter}"),
    ("json_of", "json_quote({0})"),
    (
        "json_of_bool",
        "CASE WHEN {0} THEN 'true' WHEN NOT {0} THEN 'false' ELSE 'null' END",
    ),
    (
        "std_dev",
        "orm_std_dev({distinct}CAST({0} AS REAL)){filter}",
    ),
    (
        "std_dev_decimal",
        "orm_exact_std_dev({distinct}{0}){filter}",
    ),
    (
        "std_dev_integer",
        "orm_exact_std_dev({distinct}{0}){filter}",
    ),
    (
        "std_dev_sample",
        "orm_std_dev_sample({distinct}CAST({0} AS REAL)){filter}",
    ),
    (
        "std_dev_sample_decimal",
        "orm_exact_std_dev_sample({distinct}{0}){filter}",
    ),
    (
        "std_dev_sample_integer",
        "orm_exact_std_dev_sample({distinct}{0}){filter}",
    ),
    ("string_agg", "group_concat({0}, {1}{order}){filter}"),
    (
        "string_agg_distinct",
        "orm_join(json_group_array({distinct}{0}{order}){filter}, {1})",
    ),
    ("sum_decimal", "orm_dec_sum({distinct}{0}){filter}"),
    ("sum_duration", "orm_sum({distinct}{0}){filter}"),
    ("sum_float", "orm_float_sum({distinct}{0}){filter}"),
    ("sum_long", "orm_sum({distinct}{0}){filter}"),
    (
        "variance",
        "orm_variance({distinct}CAST({0} AS REAL)){filter}",
    ),
    (
        "variance_decimal",
        "orm_exact_variance({distinct}{0}){filter}",
    ),
    (
        "variance_integer",
        "orm_exact_variance({distinct}{0}){filter}",
    ),
    (
        "variance_sample",
        "orm_variance_sample({distinct}CAST({0} AS REAL)){filter}",
    ),
    (
        "variance_sample_decimal",
        "orm_exact_variance_sample({distinct}{0}){filter}",
    ),
    (
        "variance_sample_integer",
        "orm_exact_variance_sample({distinct}{0}){filter}",
    ),
];
