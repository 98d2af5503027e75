//! Cases that the compiler answers: the mistake is in `tests/compile_fail`, whose test tells that it does not compile.

use std::path::Path;

use crate::case::CASES;

/// The case, and the mistake that stands for it.
const REFUSED: &[(&str, &str)] = &[
    (
        "lookups.date_expected",
        "conditions/a_date_is_compared_with_a_text",
    ),
    (
        "dates.extract_hour_of_date",
        "conditions/a_time_part_of_a_date",
    ),
];

/// What Django takes and the compiler does not; `traps.rs` asks the same with values of the right types.
const STRICTER: &[(&str, &str)] = &[
    (
        "traps.string_as_boolean_and_number",
        "conditions/a_number_is_compared_with_a_text",
    ),
    (
        "traps.string_as_boolean_and_number",
        "conditions/a_bool_is_compared_with_a_text",
    ),
];

/// The cases that are answered by the compiler alone.
pub fn refused() -> impl Iterator<Item = &'static str> {
    REFUSED.iter().map(|(name, _)| *name)
}

#[test]
fn each_mistake_is_one_that_does_not_compile() {
    for (name, mistake) in REFUSED.iter().chain(STRICTER) {
        let case = CASES.get(*name);
        let case = case.unwrap_or_else(|| panic!("cases.json has no case `{name}`"));
        assert_eq!(
            case.is_refused(),
            refused().any(|refused| refused == *name),
            "{name}"
        );
        let file = format!(
            "{}/tests/compile_fail/{mistake}",
            env!("CARGO_MANIFEST_DIR")
        );
        for ending in ["rs", "stderr"] {
            let file = format!("{file}.{ending}");
            assert!(Path::new(&file).is_file(), "{name}: there is no {file}");
        }
    }
}
