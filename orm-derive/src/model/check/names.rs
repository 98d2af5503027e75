//! Lists that name fields.

use std::collections::HashSet;

use crate::diagnostics::{Mistakes, suggestion};
use crate::model::ir::{Model, Role};
use crate::options::{Name, Names};

/// Orderings, indexes and unique constraints name fields of the struct that have a column.
pub(super) fn lists_name_columns(model: &Model<'_>, mistakes: &mut Mistakes) {
    let ordering = model
        .ordering
        .iter()
        .map(|ordering| (&ordering.value, true));
    let indexes = model.indexes.iter().flat_map(|index| {
        index
            .fields
            .iter()
            .map(|fields| (fields, true))
            .chain(index.include.iter().map(|names| (names, false)))
    });
    let uniques = model
        .uniques
        .iter()
        .flat_map(|unique| unique.fields.iter().map(|fields| (fields, false)));
    let key = model.primary_key.iter().map(|key| (&key.value, false));
    for (names, directed) in ordering.chain(indexes).chain(uniques).chain(key) {
        names_are_columns(model, names, directed, mistakes);
    }
}

fn names_are_columns(model: &Model<'_>, names: &Names, directed: bool, mistakes: &mut Mistakes) {
    let mut seen = HashSet::new();
    for name in &names.0 {
        let ident = &name.ident;
        if model.index_of(name).is_none() {
            mistakes.at(ident, no_column(model, name));
        } else if !seen.insert(name.to_string()) {
            mistakes.at(ident, format!("`{name}` is named twice"));
        } else if name.descending && !directed {
            mistakes.at(ident, "a direction means nothing here");
        }
    }
}

fn no_column(model: &Model<'_>, name: &Name) -> String {
    let field = model.fields.iter().find(|field| *field.ident == name.ident);
    let (name, inner) = (&name.ident, &name.inner);
    match field.map(|field| &field.role) {
        Some(Role::Embed(_)) => {
            return format!("`{name}` has several columns: name one of them, `{name}.field`");
        }
        Some(_) if !inner.is_empty() => {
            return format!("`{name}` is no embedded struct, and so nothing can be behind it");
        }
        Some(_) => return format!("`{name}` has no column in the table of `{}`", model.ident),
        None => {}
    }
    let suggestion = suggestion(
        &name.to_string(),
        model.columns().map(|(field, _)| field.name.as_str()),
    );
    format!("`{}` has no field `{name}`{suggestion}", model.ident)
}

/// A composite key is of columns of the model's own.
pub(super) fn key_is_of_own_columns(names: &Names, mistakes: &mut Mistakes) {
    for name in names.0.iter().filter(|name| !name.inner.is_empty()) {
        mistakes.at(
            &name.ident,
            "a field of an embedded struct cannot be a part of the primary key",
        );
    }
}
