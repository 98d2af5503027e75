//! What a user reads when a query is wrong: one error, and a short one.

use super::Violation;
use super::files::File;

const MOST_LINES: usize = 20;
const MEDIAN_LINES: f64 = 10.0;
const FOLDER: &str = "tests/compile_fail/";

pub(crate) fn check(files: &[File], violations: &mut Vec<Violation>) {
    let mut lengths = Vec::new();
    for file in files.iter().filter(|file| is_case(&file.path)) {
        let errors = file.text.lines().filter(|line| is_error(line)).count();
        // Cases of that name show that all mistakes of a struct are told at once.
        if errors != 1 && !file.path.contains("/several_mistakes") {
            let message = format!("{errors} errors; one mistake gives exactly one");
            violations.push(Violation::new(&file.path, 1, message));
        }
        let length = file
            .text
            .lines()
            .filter(|line| !matches!(line.trim(), "" | "|"))
            .count();
        if length > MOST_LINES {
            let message = format!("{length} lines of error; at most {MOST_LINES}");
            violations.push(Violation::new(&file.path, 1, message));
        }
        lengths.push((length, file.path.as_str()));
    }
    lengths.sort_unstable_by(|a, b| b.cmp(a));
    let Some(median) = median(&lengths) else {
        return;
    };
    println!(
        "compile errors: {} cases, median {median} lines, the longest:",
        lengths.len()
    );
    for (length, path) in lengths.iter().take(3) {
        println!("  {length:>3} {path}");
    }
    if median > MEDIAN_LINES {
        let message = format!("the median error has {median} lines; at most {MEDIAN_LINES}");
        violations.push(Violation::new(FOLDER.trim_end_matches('/'), 1, message));
    }
}

fn is_case(path: &str) -> bool {
    let inside = path.starts_with(FOLDER) || path.contains(&format!("/{FOLDER}"));
    inside && path.ends_with(".stderr")
}

fn is_error(line: &str) -> bool {
    line.starts_with("error") && !line.starts_with("error: aborting due to")
}

/// Of lengths in order; half-way between the middle two where their number is even.
fn median(lengths: &[(usize, &str)]) -> Option<f64> {
    let high = lengths.get(lengths.len() / 2)?.0;
    let low = lengths.get((lengths.len() - 1) / 2)?.0;
    Some((high + low) as f64 / 2.0)
}

#[cfg(test)]
mod tests {
    use super::super::files::file;
    use super::*;

    fn found(texts: &[String]) -> Vec<String> {
        let files: Vec<File> = texts
            .iter()
            .map(|text| file("tests/compile_fail/filter/a_case.stderr", text))
            .collect();
        let mut violations = Vec::new();
        check(&files, &mut violations);
        violations
            .into_iter()
            .map(|violation| violation.message)
            .collect()
    }

    #[test]
    fn one_mistake_is_one_error() {
        let good =
            "error[E0277]: no\n --> a.rs\n\nerror: aborting due to 1 previous error\n".to_owned();
        assert_eq!(found(&[good]), [""; 0]);
        let two = "error: a\n\nerror[E0277]: b\n".to_owned();
        assert_eq!(found(&[two]), ["2 errors; one mistake gives exactly one"]);
        assert_eq!(found(&["warning: a\n".to_owned()]).len(), 1);
    }

    #[test]
    fn errors_are_short() {
        let of = |lines: usize| format!("error: a\n{}", "  | a\n".repeat(lines - 1));
        assert_eq!(found(&[of(10), of(20), of(3)]), [""; 0]);
        assert_eq!(
            found(&[of(10), of(14)]),
            ["the median error has 12 lines; at most 10"]
        );
        assert_eq!(
            found(&[of(3), of(21), of(3)]),
            ["21 lines of error; at most 20"]
        );
    }
}
