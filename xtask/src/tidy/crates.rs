//! The directions in which the crates of the workspace may depend on each other.

use super::Violation;
use super::files::File;

/// Each crate and those of ours that it may depend on. Tests may use whatever they need, so
/// dev-dependencies are free.
const ALLOWED: &[(&str, &[&str])] = &[
    ("orm-core/Cargo.toml", &[]),
    ("orm-derive/Cargo.toml", &[]),
    ("orm-backends/Cargo.toml", &["orm-core"]),
    ("orm-migrate/Cargo.toml", &["orm-core"]),
    ("xtask/Cargo.toml", &[]),
];

pub(crate) fn check(file: &File, violations: &mut Vec<Violation>) {
    let Some((_, allowed)) = ALLOWED.iter().find(|(path, _)| *path == file.path) else {
        return;
    };
    for (line, name) in dependencies(&file.text) {
        let ours = name == "orm" || name.starts_with("orm-");
        if ours && !allowed.contains(&name) {
            let message = format!("this crate must not depend on `{name}`");
            violations.push(Violation::new(&file.path, line, message));
        }
    }
}

/// The names in every `dependencies` table, with their lines. Ours are never renamed.
fn dependencies(toml: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut inside = false;
    for (number, line) in toml.lines().enumerate() {
        let line = line.trim();
        if let Some(table) = line.strip_prefix('[') {
            let table = table.trim_end_matches(']');
            let counts = |table: &str| {
                let last = table.rsplit('.').next();
                matches!(last, Some("dependencies" | "build-dependencies"))
            };
            inside = counts(table);
            if let Some((parent, name)) = table.rsplit_once('.')
                && counts(parent)
            {
                found.push((number + 1, name));
            }
        } else if inside && !line.starts_with('#') {
            let end = line.find(['.', '=', ' ']);
            found.extend(end.map(|end| (number + 1, line[..end].trim_matches('"'))));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::files::file;
    use super::*;

    #[test]
    fn every_way_to_write_a_dependency_is_seen() {
        let toml = "[package]\nname = \"orm-x\"\n[dependencies]\norm-core.workspace = true\n\
                    orm-derive = { path = \"..\" }\n[dependencies.orm-migrate]\npath = \"..\"\n\
                    [target.'cfg(unix)'.dependencies]\norm = \"1\"\n[dev-dependencies]\norm-z = \"1\"\n";
        let mut violations = Vec::new();
        check(&file("orm-backends/Cargo.toml", toml), &mut violations);
        let lines: Vec<_> = violations.iter().map(|violation| violation.line).collect();
        assert_eq!(lines, [5, 6, 9]);
    }
}
