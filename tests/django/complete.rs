//! No case is forgotten: each is asked here, or answered by the compiler.

use std::collections::BTreeSet;

use crate::case::CASES;

/// The cases that are asked, group by group.
const TESTED: &[&[&str]] = &[
    crate::aggregate::TESTED,
    crate::annotate_having::TESTED,
    crate::conditional::TESTED,
    crate::dates::TESTED,
    crate::f_expressions::TESTED,
    crate::group_by::TESTED,
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
fn every_case_is_asked() {
    let mut listed = BTreeSet::new();
    let tested = TESTED.iter().copied().flatten().copied();
    for name in tested.chain(crate::compiler::refused()) {
        assert!(listed.insert(name), "`{name}` is there twice");
    }
    let all: BTreeSet<_> = CASES.keys().map(String::as_str).collect();
    let forgotten: Vec<_> = all.difference(&listed).collect();
    assert!(forgotten.is_empty(), "not asked: {forgotten:?}");
    let unknown: Vec<_> = listed.difference(&all).collect();
    assert!(unknown.is_empty(), "not in cases.json: {unknown:?}");
}
