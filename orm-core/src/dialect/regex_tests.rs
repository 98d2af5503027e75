//! Tests of the translation that need no server; `tests/regex_agreement.rs` compares the matches
//! themselves.

use super::*;

fn translated(pattern: &str) -> String {
    to_postgres(pattern, false).unwrap_or_else(|error| panic!("{pattern}: {error}"))
}

#[test]
fn texts_and_operators() {
    for (pattern, expected) in [
        ("abc", "abc"),
        ("", "(?:)"),
        (r"a\.b\*c\\", r"a\.b\*c\\"),
        ("^a(b)(?:c)(?<n>d)$", "^abcd$"),
        (r"\A\z", "^$"),
        ("(abc|de)f", "(?:abc|de)f"),
        ("abc|", "abc|(?:)"),
        ("a|b|c", "[a-c]"),
        ("(?:abc)*?d+?", "(?:abc)*d+"),
        ("a{2}b{3,}c{4,5}d??", "a{2}b{3,}c{4,5}d?"),
        ("(?:a+)+", "(?:a+)+"),
        ("(a*)*b", "(?:a*)*b"),
        ("(?x) a b # remark", "ab"),
        (r"é\n\t\x{1F600}", r"é\u000A\u0009\U0001F600"),
    ] {
        assert_eq!(translated(pattern), expected, "{pattern}");
    }
}

#[test]
fn a_pattern_is_never_a_directive() {
    assert_eq!(translated(r"\*\*\*:a"), r"\*\*\*\:a");
    assert_eq!(translated("(?i)a"), "[Aa]");
    assert!(to_postgres("***:a", false).is_err());
    assert_eq!(translated(r"\(\?i\)a"), r"\(\?i\)a");
}

#[test]
fn classes_are_spelled_out() {
    for (pattern, expected) in [
        (".", r"[^\u000A]"),
        ("(?s).", "."),
        ("(?R).", r"[^\u000A\u000D]"),
        (r"[\s\S]", "."),
        (r"[^\s\S]", "(?:(?!))"),
        (r"[^\s\S]*", "(?:(?:(?!)))*"),
        ("[a-cx]", "[a-cx]"),
        ("[^a]", "[^a]"),
        (r"[]\[^-]", r"[\u002D\u005B\u005D\u005E]"),
        ("[ab]", "[ab]"),
        ("[[:alpha:]]", "[A-Za-z]"),
        (r"(?-u:\d)", "[0-9]"),
        (r"\x00a", "(?:(?!))a"),
        (r"[\x00-a]", r"[\u0001-a]"),
    ] {
        assert_eq!(translated(pattern), expected, "{pattern}");
    }
    assert!(translated(r"\d").starts_with("[0-9٠-٩"));
    assert!(!translated(r"[\w--\d]").contains("0-9"));
}

#[test]
fn case_is_folded_by_unicode() {
    assert_eq!(to_postgres("k1", true).as_deref(), Ok("[Kk\u{212A}]1"));
    assert_eq!(to_postgres("É", true).as_deref(), Ok("[Éé]"));
    assert_eq!(to_postgres("(?-i)a", true).as_deref(), Ok("a"));
}

#[test]
fn places() {
    assert_eq!(translated("(?m)^a$"), r"(?:^|(?<=\n))a(?:$|(?=\n))");
    assert_eq!(translated("(?:^)*"), "(?:^)?");
}

#[test]
fn word_boundaries_ask_no_more_than_they_must() {
    const W: &str = r"[0-9A-Z\u005Fa-z]";
    for (pattern, expected) in [
        (r"\b", "(?:(?<=W)(?!W)|(?<!W)(?=W))"),
        (r"\B", "(?:(?<=W)(?=W)|(?<!W)(?!W))"),
        (r"\b{start}", "(?:(?<!W)(?=W))"),
        (r"\b{end}", "(?:(?<=W)(?!W))"),
        (r"\b{start-half}", "(?:(?<!W))"),
        (r"\b{end-half}", "(?:(?!W))"),
        (r"\bab\b", "(?:(?<!W))ab(?:(?!W))"),
        (r"\b(?:a|bc)+\b", "(?:(?<!W))(?:a|bc)+(?:(?!W))"),
        (
            r"\ba*\b",
            "(?:(?<=W)(?!W)|(?<!W)(?=W))a*(?:(?<=W)(?!W)|(?<!W)(?=W))",
        ),
        (r"\b\-", r"(?:(?<=W))\-"),
        (r"a\b\-", r"a(?:(?:))\-"),
        (r"a\bb", "a(?:(?!))b"),
        (r"a\Bb", "a(?:(?:))b"),
        (r"a\b{start}", "a(?:(?!))"),
        (r"\bé", "(?:(?<=W))é"),
    ] {
        assert_eq!(
            translated(&format!("(?-u){}", pattern.replace('é', "(?u:é)"))),
            expected.replace('W', W),
            "{pattern}"
        );
    }
    assert!(translated(r"\bé").starts_with("(?:(?<!["));
}

#[test]
fn long_repetitions_are_put_together() {
    assert_eq!(translated("a{300}"), "a{255}a{45}");
    assert_eq!(translated("a{300,}"), "a{255}a{45}a*");
    assert_eq!(translated("a{2,300}"), "a{2}a{0,255}a{0,43}");
    assert_eq!(translated("(?:a{300})*"), "(?:a{255}a{45})*");
    let refused = RegexError::Unsupported("a repetition of more than 1000 times");
    assert_eq!(to_postgres("a{1001}", false), Err(refused.clone()));
    assert_eq!(to_postgres("a{2000,}", false), Err(refused));
}

#[test]
fn mistakes_name_their_place_and_do_not_quote() {
    let message = |pattern| validate(pattern).unwrap_err().to_string();
    assert_eq!(
        message("éa(b"),
        "invalid regular expression: unclosed group (at character 3)"
    );
    assert_eq!(
        message("*"),
        "invalid regular expression: repetition operator missing expression (at character 1)"
    );
    assert!(message(r"\p{secret}").contains("Unicode property not found"));
    assert!(!message(r"\p{secret}").contains("secret"));
    assert!(validate(r"(a)\1").is_err());
    assert!(validate("(?=a)").is_err());
    assert!(validate(r"(?-u)\xFF").is_err());
    assert_eq!(validate(r"^[\w.]+@\w+\.\w{2,}$"), Ok(()));
}
