//! The sentences of errors about rows and fields: which model, which fields, which constraint.

use super::{FieldError, ForeignKeyCause};

/// `author, title and price`
fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `row of Book`, `row of the table "book"`
fn row_of(model: Option<&str>, table: Option<&str>) -> String {
    match (model, table) {
        (Some(model), _) => format!("row of {model}"),
        (None, Some(table)) => format!("row of the table {table:?}"),
        (None, None) => "row".to_owned(),
    }
}

/// `Book.title`, `book.title`
fn qualified(model: Option<&str>, table: Option<&str>, field: &str) -> String {
    match model.or(table) {
        Some(owner) => format!("{owner}.{field}"),
        None => field.to_owned(),
    }
}

fn named(what: &str, constraint: Option<&str>) -> String {
    constraint.map_or_else(String::new, |name| format!(" ({what} {name:?})"))
}

pub(super) fn unique(
    model: Option<&str>,
    table: Option<&str>,
    fields: &[String],
    constraint: Option<&str>,
) -> String {
    let same = if fields.is_empty() {
        "the same unique values".to_owned()
    } else {
        format!("this {}", list(fields))
    };
    let (row, name) = (row_of(model, table), named("unique constraint", constraint));
    format!("a {row} with {same} exists already{name}")
}

pub(super) fn check(
    model: Option<&str>,
    table: Option<&str>,
    fields: &[String],
    constraint: &str,
) -> String {
    let row = row_of(model, table);
    let on = if fields.is_empty() {
        String::new()
    } else {
        format!(" of {}", list(fields))
    };
    format!("a {row} does not meet the check constraint {constraint:?}{on}")
}

pub(super) fn not_null(model: Option<&str>, table: Option<&str>, field: &str) -> String {
    format!("{} cannot be NULL", qualified(model, table, field))
}

pub(super) fn foreign_key(
    model: Option<&str>,
    table: Option<&str>,
    fields: &[String],
    (references, cause): (Option<&str>, Option<ForeignKeyCause>),
    constraint: Option<&str>,
) -> String {
    let key = (!fields.is_empty()).then(|| qualified(model, table, &list(fields)));
    let owner = model.or(table);
    let target = references.map_or_else(|| "row".to_owned(), |model| format!("row of {model}"));
    let what = match (cause, key, owner) {
        (Some(ForeignKeyCause::NoSuchRow), Some(key), _) => format!("{key} points at no {target}"),
        (Some(ForeignKeyCause::NoSuchRow), None, Some(owner)) => {
            format!("a foreign key of {owner} points at no {target}")
        }
        (Some(ForeignKeyCause::NoSuchRow), None, None) => {
            format!("a foreign key points at no {target}")
        }
        (Some(ForeignKeyCause::StillReferenced), Some(key), _) => {
            format!("{key} still points at a {target}")
        }
        (Some(ForeignKeyCause::StillReferenced), None, Some(owner)) => {
            format!("a foreign key of {owner} still points at a {target}")
        }
        (Some(ForeignKeyCause::StillReferenced), None, None) => {
            format!("a foreign key still points at a {target}")
        }
        (None, Some(key), _) => format!("the foreign key {key} is violated"),
        (None, None, Some(owner)) => format!("a foreign key of or to {owner} is violated"),
        (None, None, None) => "a foreign key is violated".to_owned(),
    };
    format!("{what}{}", named("foreign key", constraint))
}

pub(super) fn out_of_range(model: Option<&str>, field: Option<&str>) -> String {
    match (model, field) {
        (_, Some(field)) => format!(
            "a value computed for {} does not fit it",
            qualified(model, None, field)
        ),
        (Some(model), None) => {
            format!("a value computed for {model} is out of the range of its type")
        }
        (None, None) => "a computed value is out of the range of its type".to_owned(),
    }
}

/// `Book.title: longer than 200 characters; Book.price: ..`
pub(super) fn validation(model: &str, errors: &[FieldError]) -> String {
    let each = errors
        .iter()
        .map(|error| format!("{model}.{}: {}", error.field, error.message));
    each.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_keys_with_all_and_with_little_known() {
        let (missing, needed) = (
            Some(ForeignKeyCause::NoSuchRow),
            Some(ForeignKeyCause::StillReferenced),
        );
        let told = |model, table, field: &str, of| {
            let fields = Vec::from_iter((!field.is_empty()).then(|| field.to_owned()));
            foreign_key(model, table, &fields, of, None)
        };
        let book = Some("Book");
        for (text, expected) in [
            (
                told(book, None, "author", (Some("Author"), missing)),
                "Book.author points at no row of Author",
            ),
            (
                told(None, Some("book"), "author_id", (None, missing)),
                "book.author_id points at no row",
            ),
            (
                told(book, None, "", (None, missing)),
                "a foreign key of Book points at no row",
            ),
            (
                told(None, None, "", (None, missing)),
                "a foreign key points at no row",
            ),
            (
                told(book, None, "author", (Some("Author"), needed)),
                "Book.author still points at a row of Author",
            ),
            (
                told(None, Some("book"), "", (None, needed)),
                "a foreign key of book still points at a row",
            ),
            (
                told(None, None, "", (Some("Author"), needed)),
                "a foreign key still points at a row of Author",
            ),
            (
                told(book, None, "author", (None, None)),
                "the foreign key Book.author is violated",
            ),
            (
                told(book, None, "", (None, None)),
                "a foreign key of or to Book is violated",
            ),
            (
                told(None, None, "", (None, None)),
                "a foreign key is violated",
            ),
        ] {
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn rows_and_lists() {
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            unique(
                Some("Book"),
                Some("book"),
                &names(&["a", "b", "c"]),
                Some("x")
            ),
            r#"a row of Book with this a, b and c exists already (unique constraint "x")"#
        );
        assert_eq!(
            unique(None, None, &[], None),
            "a row with the same unique values exists already"
        );
        assert_eq!(
            check(None, Some("book"), &names(&["a"]), "x"),
            r#"a row of the table "book" does not meet the check constraint "x" of a"#
        );
        assert_eq!(not_null(None, None, "a"), "a cannot be NULL");
    }
}
