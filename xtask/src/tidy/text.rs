//! Rules on the text of single files: the head, the length, and what must not be left behind.

use super::Violation;
use super::files::File;

const MOST_LINES: usize = 600;

const LEFTOVERS: &[(&str, &str)] = &[
    ("todo!(", "unfinished code: `todo!`"),
    ("unimplemented!(", "unfinished code: `unimplemented!`"),
    (
        "#[ignore",
        "an ignored test proves nothing: run it or remove it",
    ),
    ("dbg!(", "debugging left behind: `dbg!`"),
    ("FIXME", "a FIXME: fix it, or say why it is right as it is"),
];

pub(crate) fn check(file: &File, violations: &mut Vec<Violation>) {
    if file.is_rust() {
        head(file, violations);
        length(file, violations);
    }
    leftovers(file, violations);
}

fn head(file: &File, violations: &mut Vec<Violation>) {
    if ["tests", "examples", "benches"]
        .iter()
        .any(|name| file.is_in(name))
    {
        return;
    }
    let first = file.text.lines().find(|line| !line.trim().is_empty());
    // The façade's own page is the README.
    if !first
        .is_some_and(|line| line.starts_with("//!") || line.starts_with("#![doc = include_str!"))
    {
        let message = "does not begin with a `//!` that says what the file is for";
        violations.push(Violation::new(&file.path, 1, message));
    }
}

fn length(file: &File, violations: &mut Vec<Violation>) {
    let lines = file.text.lines().count();
    if lines > MOST_LINES && !file.is_in("tests") {
        let message = format!("{lines} lines; a file has at most {MOST_LINES}");
        violations.push(Violation::new(&file.path, MOST_LINES + 1, message));
    }
}

fn leftovers(file: &File, violations: &mut Vec<Violation>) {
    // This tool names the words; the compile-fail cases are wrong on purpose.
    if file.is_in("xtask") || file.is_in("compile_fail") {
        return;
    }
    for (number, line) in file.text.lines().enumerate() {
        for (word, message) in LEFTOVERS {
            if line.contains(word) {
                violations.push(Violation::new(&file.path, number + 1, *message));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::files::file;
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let mut violations = Vec::new();
        check(&file(path, text), &mut violations);
        violations.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_file_begins_with_its_purpose() {
        assert_eq!(found("orm-core/src/a.rs", "\n//! Head.\n"), [""; 0]);
        assert_eq!(found("tests/a.rs", "fn main() {}"), [""; 0]);
        assert_eq!(found("orm-core/src/a.rs", "use x;\n").len(), 1);
        assert_eq!(found("orm-core/src/a.rs", "").len(), 1);
    }

    #[test]
    fn long_files_are_only_for_tests() {
        let text = "//! Head.\n".repeat(MOST_LINES + 1);
        assert_eq!(found("tests/a.rs", &text), [""; 0]);
        let found = found("src/a.rs", &text);
        assert_eq!(found, ["src/a.rs:601: 601 lines; a file has at most 600"]);
    }

    #[test]
    fn leftovers_are_found_in_tests_too() {
        let found = found("tests/a.rs", "fn a() {}\n#[ignore = \"slow\"]\n");
        assert!(found[0].starts_with("tests/a.rs:2: an ignored test"));
    }
}
