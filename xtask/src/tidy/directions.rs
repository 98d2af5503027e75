//! The directions in which modules may know each other, as ARCHITECTURE.md draws them.

use super::Violation;
use super::files::File;
use super::source::{code, line_at, names_after};

/// What a module of `orm-core` must not name. A module that has no row, and the crate's root,
/// may name everything; a change here is a change of the architecture and belongs into its file too.
///
/// Drawn as arrows: `value ← types ← schema ← ast ← {path, expr} ← query ← relation`, `ast ← lower`,
/// `dialect ← compile`; and only `query` knows `lower`, `compile`, `decode` and `executor`. `diagnosis` stands beside it,
/// for drivers: it prints queries of its own.
#[rustfmt::skip]
const FORBIDDEN: &[(&str, &str)] = &[
    ("error",    "              schema ast path expr query relation signals lower compile dialect decode executor"),
    ("value",    "        types schema ast path expr query relation signals lower compile dialect decode executor"),
    ("types",    "              schema ast path expr query relation signals lower compile dialect decode executor"),
    ("schema",   "                     ast path expr query relation signals lower compile dialect decode executor"),
    ("ast",      "                         path expr query relation signals lower compile dialect decode executor"),
    ("path",     "                                   query relation signals lower compile dialect decode executor"),
    ("expr",     "                                   query relation signals lower compile dialect decode executor"),
    ("query",    "                                         relation                                              "),
    ("relation", "                                                          lower compile         decode executor"),
    ("signals",  "                                                          lower compile         decode executor"),
    ("lower",    "                         path expr query relation signals       compile         decode executor"),
    ("compile",  "                         path expr query relation signals                       decode executor"),
    ("dialect",  "                         path expr query relation signals lower compile         decode executor"),
    ("decode",   "                         path expr query relation signals lower compile dialect                "),
    ("executor", "                         path expr query relation signals lower compile                        "),
    ("diagnosis", "                        path expr query relation signals lower                 decode         "),
];

const CORE: &str = "orm-core/src/";
const DERIVE: &str = "orm-derive/src/";

pub(crate) fn check(file: &File, violations: &mut Vec<Violation>) {
    if !file.is_rust() || file.is_in("tests") || file.path.ends_with("/tests.rs") {
        return;
    }
    if let Some(inner) = file.path.strip_prefix(CORE) {
        modules(file, inner, violations);
    }
    if file.path.starts_with(DERIVE) {
        generated_paths(file, violations);
    }
}

fn modules(file: &File, inner: &str, violations: &mut Vec<Violation>) {
    let path = module_path(inner);
    let Some(from) = path.first() else { return };
    let Some((_, forbidden)) = FORBIDDEN.iter().find(|(module, _)| module == from) else {
        return;
    };
    let code = code(&file.text);
    // `super::` climbs out of the module only when repeated as often as the file lies deep.
    for root in ["crate::".to_owned(), "super::".repeat(path.len())] {
        for (at, _) in code.match_indices(&root) {
            let preceded =
                code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            if preceded {
                continue;
            }
            for (place, to) in names_after(&code, at + root.len()) {
                if forbidden.split_whitespace().any(|module| module == to) {
                    let message = format!("`{from}` must not know `{to}`");
                    violations.push(Violation::new(&file.path, line_at(&code, place), message));
                }
            }
        }
    }
}

/// `ast/select.rs` is `["ast", "select"]`, `ast/mod.rs` and `ast.rs` are `["ast"]`, `lib.rs` is `[]`.
fn module_path(inner: &str) -> Vec<&str> {
    let mut path: Vec<&str> = inner.trim_end_matches(".rs").split('/').collect();
    if matches!(path.last(), Some(&("mod" | "lib"))) {
        path.pop();
    }
    path
}

/// What a macro writes into a user's program may rely on one hidden module only, so that the
/// façade's visible paths stay free to change.
fn generated_paths(file: &File, violations: &mut Vec<Violation>) {
    let code = code(&file.text);
    for (at, found) in code.match_indices("::orm::") {
        for (place, name) in names_after(&code, at + found.len()) {
            if name != "private" && name != "__private" {
                let message =
                    format!("generated code names `orm::{name}`; only `orm::private` may be named");
                violations.push(Violation::new(&file.path, line_at(&code, place), message));
            }
        }
    }
    for (at, found) in code.match_indices("::orm_") {
        let message = "generated code names a crate that users do not depend on";
        violations.push(Violation::new(
            &file.path,
            line_at(&code, at + found.len()),
            message,
        ));
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
    fn every_module_named_in_the_table_has_a_row() {
        for (_, forbidden) in FORBIDDEN {
            for module in forbidden.split_whitespace() {
                assert!(FORBIDDEN.iter().any(|(row, _)| *row == module), "{module}");
            }
        }
    }

    #[test]
    fn arrows_do_not_turn() {
        let place = "orm-core/src/ast/select.rs";
        assert_eq!(found(place, "use crate::value::Value;"), [""; 0]);
        assert_eq!(
            found(place, "/// See [`crate::query`].\nuse super::query;"),
            [""; 0]
        );
        assert_eq!(
            found(
                place,
                "use crate::value::Value;\nuse crate::{\n    types,\n    query::QuerySet,\n};"
            ),
            ["orm-core/src/ast/select.rs:4: `ast` must not know `query`"]
        );
        assert_eq!(found(place, "use super::super::query::QuerySet;").len(), 1);
        assert_eq!(found("orm-core/src/ast.rs", "use super::path;").len(), 1);
        assert_eq!(
            found(
                "orm-core/src/compile/mod.rs",
                "fn a(m: &crate::query::QuerySet)"
            )
            .len(),
            1
        );
        assert_eq!(
            found(
                "orm-core/src/query/mod.rs",
                "use crate::{lower, compile, decode, executor};"
            ),
            [""; 0]
        );
        assert_eq!(
            found("orm-core/src/lib.rs", "pub use crate::query::QuerySet;"),
            [""; 0]
        );
    }

    #[test]
    fn generated_code_names_the_private_module_alone() {
        let place = "orm-derive/src/lib.rs";
        assert_eq!(found(place, "quote!(::orm::private::Model)"), [""; 0]);
        assert_eq!(found(place, "quote!(::orm::Model)").len(), 1);
        assert_eq!(found(place, "quote!(::orm_core::Model)").len(), 1);
    }
}
