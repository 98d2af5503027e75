//! No case is forgotten: each is asked here, or waits for a feature by name.

use std::collections::BTreeSet;

use crate::case::CASES;

/// The cases that cannot be asked yet, by the feature that they wait for.
const WAITING: &[(&str, &[&str])] = &[
    (
        "aggregates",
        &[
            "aggregate.sum_of_floats",
            "aggregate.sum_distinct",
            "aggregate.avg_of_integers",
            "aggregate.avg_with_distinct",
            "aggregate.avg_of_durations",
            "aggregate.stddev_and_variance",
            "aggregate.variance_of_one_row",
            "aggregate.sample_variance_of_one_row",
            "aggregate.aggregate_across_m2m",
            "aggregate.expression_of_aggregates",
            "aggregate.aggregate_of_aggregate_by_name",
            "aggregate.aggregate_generated_names",
            "aggregate.aggregate_boolean_min_max",
            "traps.null_in_aggregates",
            "traps.avg_ignores_null",
            "traps.sum_after_filter_over_m2m",
        ],
    ),
    (
        "annotations",
        &[
            "annotate_having.count_of_m2m",
            "annotate_having.compare_two_aggregates",
            "annotate_having.compare_aggregate_with_column",
            "annotate_having.annotate_with_filter_argument",
            "annotate_having.annotate_distinct",
            "annotate_having.annotate_default",
            "annotate_having.annotate_generated_name",
            "annotate_having.annotate_uses_annotation",
            "conditional.coalesce_of_aggregate",
            "traps.two_counts_multiply",
            "traps.two_counts_distinct",
            "traps.sum_multiplied_by_join",
            "traps.order_by_aggregate_of_to_many",
            "traps.annotation_order_matters",
            "traps.filter_then_annotate_shares_join",
            "traps.exclude_then_annotate",
        ],
    ),
    (
        "grouping",
        &[
            "group_by.by_null_group",
            "group_by.group_keeps_given_order_only",
            "group_by.group_by_m2m",
            "group_by.group_of_json_key",
            "dates.week_grouping_over_year_end",
        ],
    ),
    ("prefetching", &["loading.prefetch_two_levels"]),
];

/// The cases that are asked, group by group.
const TESTED: &[&[&str]] = &[
    crate::conditional::TESTED,
    crate::dates::TESTED,
    crate::f_expressions::TESTED,
    crate::json::TESTED,
    crate::loading::TESTED,
    crate::lookups::TESTED,
    crate::math_functions::TESTED,
    crate::ordering::TESTED,
    crate::relations::TESTED,
    crate::set_operations::TESTED,
    crate::subquery::TESTED,
    crate::text_functions::TESTED,
    crate::traps::TESTED,
    crate::values::TESTED,
    crate::window::TESTED,
    crate::writes::TESTED,
];

#[test]
fn every_case_is_asked_or_waits() {
    let mut listed = BTreeSet::new();
    let tested = TESTED.iter().copied().flatten().copied();
    let waiting = WAITING.iter().flat_map(|(_, names)| names.iter().copied());
    for name in tested.chain(crate::compiler::refused()).chain(waiting) {
        assert!(listed.insert(name), "`{name}` is there twice");
    }
    let all: BTreeSet<_> = CASES.keys().map(String::as_str).collect();
    let forgotten: Vec<_> = all.difference(&listed).collect();
    assert!(
        forgotten.is_empty(),
        "neither asked nor waiting: {forgotten:?}"
    );
    let unknown: Vec<_> = listed.difference(&all).collect();
    assert!(unknown.is_empty(), "not in cases.json: {unknown:?}");
}
