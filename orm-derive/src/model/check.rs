//! What the options of a model must agree on: one function a rule, and every mistake reported.

pub(crate) mod embed;
mod names;
mod parent;

use std::collections::{HashMap, HashSet};

use syn::Path;

use super::attrs::{FieldAttrs, OnDelete};
use super::ir::{Column, Field, Known, Links, Model, Relation, Reverse, Role, Way};
use crate::diagnostics::Mistakes;
use crate::options::Keyed;

pub(crate) fn check(model: &Model<'_>, mistakes: &mut Mistakes) {
    parent::fits(model, mistakes);
    one_primary_key(model, mistakes);
    composite_key_is_one(model, mistakes);
    names::lists_name_columns(model, mistakes);
    indexes_are_of_something(model, mistakes);
    constraints_are_complete(model, mistakes);
    columns_differ(model, mistakes);
    paths_differ(model, mistakes);
    managers_have_names_of_their_own(model, mistakes);
    for field in &model.fields {
        path_is_free(model, field, mistakes);
        match &field.role {
            Role::Column(_) if field.parent().is_some() => {}
            Role::Column(column) => {
                column_fits(field, column, mistakes);
                key_can_be_one(field, column, mistakes);
            }
            Role::Reverse(reverse) => {
                other_side_is_named(field, reverse, mistakes);
                links_belong_elsewhere(field, mistakes);
                keys_can_point(model, field, "there is no other side", mistakes);
                other_side_has_no_column(field, mistakes);
            }
            Role::Links(links) => {
                links_fit(field, links, mistakes);
                keys_can_point(model, field, "nothing links to its rows", mistakes);
                other_side_has_no_column(field, mistakes);
            }
            Role::Embed(_) => embed::embedded_struct_fits(field, mistakes),
            Role::Broken => {}
        }
    }
    a_primary_key_is_there(model, mistakes);
}

/// What is said about a column, in whatever struct it is.
fn column_fits(field: &Field<'_>, column: &Column, mistakes: &mut Mistakes) {
    type_is_a_column(field, mistakes);
    deletion_fits(field, column, mistakes);
    lengths_fit(field, mistakes);
    clocks_fit(field, mistakes);
    one_source_of_values(field, mistakes);
    links_belong_elsewhere(field, mistakes);
}

fn one_primary_key(model: &Model<'_>, mistakes: &mut Mistakes) {
    let mut told = model
        .fields
        .iter()
        .filter_map(|field| Some((field, field.attrs.primary_key.as_ref()?)));
    let Some((first, _)) = told.next() else {
        return;
    };
    for (_, second) in told {
        mistakes.at(
            &second.key,
            format!(
                "a model has one primary key, and `{}` is it already",
                first.name
            ),
        );
    }
}

/// The most fields that a composite key is made of: as many as its tuple may have.
const KEY_FIELDS: usize = 8;

fn composite_key_is_one(model: &Model<'_>, mistakes: &mut Mistakes) {
    let Some(Keyed { key, value: names }) = &model.primary_key else {
        return;
    };
    let told = model.fields.iter();
    for told in told.filter_map(|field| Some(&field.attrs.primary_key.as_ref()?.key)) {
        mistakes.at(
            told,
            "`#[model(primary_key = [..])]` says what the primary key is: leave this out",
        );
    }
    names::key_is_of_own_columns(names, mistakes);
    match names.0.len() {
        0 | 1 => {
            let remedy = "mark a single one with `#[field(primary_key)]`";
            mistakes.at(
                key,
                format!("`primary_key = [..]` names two fields or more; {remedy}"),
            );
        }
        2..=KEY_FIELDS => {}
        _ => mistakes.at(
            key,
            format!("a primary key is made of {KEY_FIELDS} fields at most"),
        ),
    }
}

/// Asked last: any other mistake may be the reason why there seems to be none.
fn a_primary_key_is_there(model: &Model<'_>, mistakes: &mut Mistakes) {
    if model.key.is_empty() && mistakes.is_empty() {
        let message = format!(
            "`{}` has no primary key: add `pub id: i64`, or mark a field with `#[field(primary_key)]`",
            model.ident
        );
        mistakes.at(model.ident, message);
    }
}

fn indexes_are_of_something(model: &Model<'_>, mistakes: &mut Mistakes) {
    for index in &model.indexes {
        match (&index.fields, &index.expr) {
            (None, None) => {
                mistakes.at(&index.key, "an index needs `fields = [..]` or `expr = ..`")
            }
            (Some(_), Some(_)) => {
                mistakes.at(&index.key, "an index has `fields` or `expr`, not both")
            }
            (Some(names), None) if names.0.is_empty() => {
                mistakes.at(&index.key, "`fields` is empty")
            }
            _ => {}
        }
    }
}

fn constraints_are_complete(model: &Model<'_>, mistakes: &mut Mistakes) {
    for unique in &model.uniques {
        if unique
            .fields
            .as_ref()
            .is_none_or(|names| names.0.is_empty())
        {
            mistakes.at(&unique.key, "a unique constraint needs `fields = [..]`");
        }
    }
    for check in &model.checks {
        if check.name.is_none() {
            mistakes.at(
                &check.key,
                "a check needs `name = \"..\"`: it is how an error names it",
            );
        }
        if check.condition.is_none() {
            mistakes.at(&check.key, "a check needs `condition = ..`");
        }
    }
    let named = model.indexes.iter().map(|index| (&index.key, &index.name));
    let named = named.chain(
        model
            .uniques
            .iter()
            .map(|unique| (&unique.key, &unique.name)),
    );
    let named = named.chain(model.checks.iter().map(|check| (&check.key, &check.name)));
    let mut seen = HashSet::new();
    for (key, name) in named.filter_map(|(key, name)| Some((key, name.as_ref()?))) {
        if !seen.insert(name) {
            mistakes.at(key, format!("the name \"{name}\" is taken already"));
        }
    }
}

fn columns_differ(model: &Model<'_>, mistakes: &mut Mistakes) {
    let mut seen = HashMap::new();
    for (field, column) in model.columns() {
        if let Some(first) = seen.insert(&column.name, &field.name) {
            let message = format!("`{first}` has the column \"{}\" already", column.name);
            match &field.attrs.column {
                Some(option) => mistakes.at(&option.key, message),
                None => mistakes.at(field.ident, message),
            }
        }
    }
}

fn paths_differ(model: &Model<'_>, mistakes: &mut Mistakes) {
    let mut seen = HashSet::new();
    // Fields as such differ; the compiler sees to that.
    let (renamed, plain): (Vec<_>, Vec<_>) = model
        .fields
        .iter()
        .partition(|field| field.attrs.path.is_some());
    for field in plain.into_iter().chain(renamed) {
        if !seen.insert(&field.path) {
            mistakes.at(
                &field.path,
                format!("`{}` is the path of another field", field.path),
            );
        }
    }
}

/// Names that the derive itself gives to the struct.
const RESERVED: [&str; 5] = ["objects", "all_objects", "draft", "raw", "default"];
/// Names of methods that every draft has.
const RESERVED_IN_DRAFTS: [&str; 7] = [
    "save",
    "build",
    "get_or_create",
    "get_or_create_by",
    "update_or_create",
    "update_or_create_with",
    "into_draft",
];

fn path_is_free(model: &Model<'_>, field: &Field<'_>, mistakes: &mut Mistakes) {
    let path = crate::names::unraw(&field.path);
    let what = if RESERVED.contains(&path.as_str()) {
        format!("`{}::{path}`", model.ident)
    } else if RESERVED_IN_DRAFTS.contains(&path.as_str())
        && (field.column().is_some_and(Column::settable) || matches!(field.role, Role::Embed(_)))
    {
        format!("the method `{path}` of drafts")
    } else {
        return;
    };
    let message = format!(
        "a field cannot be called `{path}`, which is the name of {what}: add `#[field(path = {path}_)]`, \
         and the column keeps its name"
    );
    mistakes.at(&field.path, message);
}

/// A manager is a function beside the paths and what else the derive gives to the struct.
fn managers_have_names_of_their_own(model: &Model<'_>, mistakes: &mut Mistakes) {
    let mut seen = HashSet::new();
    for (name, _) in &model.managers {
        let plain = crate::names::unraw(name);
        let taken = if RESERVED.contains(&plain.as_str()) {
            format!("`{}::{plain}` is there already", model.ident)
        } else if model.fields.iter().any(|field| field.path == *name) {
            format!("`{}::{plain}` is the path of a field", model.ident)
        } else if !seen.insert(name) {
            "there is another of this name".to_owned()
        } else {
            continue;
        };
        mistakes.at(
            name,
            format!("a manager cannot be called `{plain}`: {taken}"),
        );
    }
}

fn type_is_a_column(field: &Field<'_>, mistakes: &mut Mistakes) {
    if let Known::NoColumn(instead) = field.known {
        let message = format!(
            "`{}` is not a type that a column can have; use `{}`",
            field.tokens,
            if field.nullable {
                format!("Option<{instead}>")
            } else {
                instead.to_owned()
            }
        );
        mistakes.at(field.ty, message.replace(" < ", "<").replace(" >", ">"));
    }
}

fn deletion_fits(field: &Field<'_>, column: &Column, mistakes: &mut Mistakes) {
    if let Some(default) = field.attrs.default.as_ref()
        && column.relation.is_some()
        && default.value.0.is_none()
    {
        mistakes.at(
            &default.key,
            "a key has no default of its own: `default = ..`",
        );
    }
    let Some(Keyed { key, value: action }) = &field.attrs.on_delete else {
        return;
    };
    let Some(relation) = &column.relation else {
        return mistakes.at(key, "`on_delete` belongs on a `ForeignKey` or a `OneToOne`");
    };
    let filled = column.default.is_some() || column.db_default.is_some();
    match action {
        OnDelete::SetNull if !field.nullable => {
            let Relation { kind, to, .. } = relation;
            mistakes.at(
                key,
                format!("`on_delete = set_null` needs an optional key: `Option<{kind}<{to}>>`"),
            );
        }
        OnDelete::SetDefault if !filled => {
            mistakes.at(key, "`on_delete = set_default` needs a `default`");
        }
        _ => {}
    }
}

fn lengths_fit(field: &Field<'_>, mistakes: &mut Mistakes) {
    let FieldAttrs {
        max_length,
        max_digits,
        decimal_places,
        ..
    } = &field.attrs;
    let is = |known| field.known == known || field.known == Known::Opaque;
    if let Some(option) = max_length.as_ref().filter(|_| !is(Known::Text)) {
        mistakes.at(
            &option.key,
            "`max_length` is for texts: it counts characters",
        );
    }
    for (option, name) in [
        (max_digits, "max_digits"),
        (decimal_places, "decimal_places"),
    ] {
        if let Some(option) = option.as_ref().filter(|_| !is(Known::Decimal)) {
            mistakes.at(&option.key, format!("`{name}` is for a `Decimal`"));
        }
    }
    if let (Some(digits), Some(places)) = (max_digits, decimal_places)
        && places.value.0 > digits.value.0
    {
        mistakes.at(
            &places.key,
            "`decimal_places` is more than `max_digits`, which counts all digits",
        );
    }
    let alone = match (max_digits, decimal_places) {
        (Some(digits), None) => Some((&digits.key, "decimal_places = 2")),
        (None, Some(places)) => Some((&places.key, "max_digits = 6")),
        _ => None,
    };
    if let Some((key, other)) = alone.filter(|_| is(Known::Decimal)) {
        mistakes.at(
            key,
            format!("how many digits there are needs both options: `{other}` is missing, say"),
        );
    }
}

fn clocks_fit(field: &Field<'_>, mistakes: &mut Mistakes) {
    let FieldAttrs {
        auto_now,
        auto_now_add,
        default,
        ..
    } = &field.attrs;
    for (option, name) in [(auto_now, "auto_now"), (auto_now_add, "auto_now_add")] {
        if let Some(option) = option
            .as_ref()
            .filter(|_| !matches!(field.known, Known::Moment | Known::Opaque))
        {
            mistakes.at(&option.key, format!("`{name}` is for dates and times"));
        }
    }
    if let (Some(_), Some(second)) = (auto_now, auto_now_add) {
        mistakes.at(
            &second.key,
            "`auto_now` sets the time of the insert too; give one of the two",
        );
    }
    if let (Some(_), Some(default)) = (auto_now.as_ref().or(auto_now_add.as_ref()), default) {
        mistakes.at(
            &default.key,
            "the clock fills this field; a default would never be used",
        );
    }
}

fn one_source_of_values(field: &Field<'_>, mistakes: &mut Mistakes) {
    let FieldAttrs {
        default,
        db_default,
        generated,
        auto_now,
        auto_now_add,
        primary_key,
        ..
    } = &field.attrs;
    if generated.is_some() {
        let others: [Option<(&Path, &str)>; 5] = [
            default.as_ref().map(|option| (&option.key, "default")),
            db_default
                .as_ref()
                .map(|option| (&option.key, "db_default")),
            auto_now.as_ref().map(|option| (&option.key, "auto_now")),
            auto_now_add
                .as_ref()
                .map(|option| (&option.key, "auto_now_add")),
            primary_key
                .as_ref()
                .map(|option| (&option.key, "primary_key")),
        ];
        for (key, name) in others.into_iter().flatten() {
            mistakes.at(
                key,
                format!("the database computes a `generated` field: it cannot have `{name}`"),
            );
        }
    } else if let (Some(_), Some(second)) = (default, db_default) {
        mistakes.at(
            &second.key,
            "`default` comes first, so `db_default` would never be used",
        );
    }
}

fn key_can_be_one(field: &Field<'_>, column: &Column, mistakes: &mut Mistakes) {
    if column.primary_key && field.deferred {
        mistakes.at(
            field.ty,
            "a primary key is always read: take the `Deferred` off",
        );
    } else if column.primary_key && field.nullable {
        mistakes.at(
            field.ty,
            "a primary key cannot be NULL: take the `Option` off",
        );
    } else if let Some(generated) = field
        .attrs
        .generated
        .as_ref()
        .filter(|_| column.primary_key && field.attrs.primary_key.is_none())
    {
        mistakes.at(
            &generated.key,
            "the database computes a `generated` field: it cannot be a part of the primary key",
        );
    } else if column.primary_key && field.known == Known::Float {
        let message = "cannot be a primary key: use an integer, a `Uuid` or a `String`";
        mistakes.at(field.ty, format!("a `{}` {message}", field.tokens));
    }
}

fn other_side_is_named(field: &Field<'_>, reverse: &Reverse, mistakes: &mut Mistakes) {
    let name = if reverse.many { "HasMany" } else { "HasOne" };
    if field.nullable {
        mistakes.at(
            field.ty,
            format!("`{name}` is never NULL: take the `Option` off"),
        );
    }
    if !reverse.told {
        let remedy = format!("`#[reverse({}::field)]`", reverse.to);
        mistakes.at(
            field.ty,
            format!("a `{name}` needs the key it is the other side of: {remedy}"),
        );
    }
}

/// Keys can point at this model, by which the rows of the relation are found.
fn keys_can_point(model: &Model<'_>, field: &Field<'_>, so: &str, mistakes: &mut Mistakes) {
    if model.primary_key.is_some() {
        let message = "no key can point at a model whose primary key is made of several fields";
        mistakes.at(field.ty, format!("{message}: {so}"));
    }
}

/// What is said about a many-to-many agrees.
fn links_fit(field: &Field<'_>, links: &Links, mistakes: &mut Mistakes) {
    let FieldAttrs {
        through,
        symmetrical,
        table,
        ..
    } = &field.attrs;
    if field.nullable {
        mistakes.at(
            field.ty,
            "a `ManyToMany` is never NULL: take the `Option` off",
        );
    }
    if matches!(links.way, Way::Reverse(_)) {
        for (key, name) in of_links(&field.attrs) {
            mistakes.at(
                key,
                format!("`{name}` is said by the side that `#[reverse(..)]` names"),
            );
        }
        return;
    }
    if let (Some(_), Some(table)) = (through, table) {
        mistakes.at(
            &table.key,
            "the link table is that of the `through` model, which has its name",
        );
    }
    if let Some(option) = symmetrical.as_ref().filter(|_| !links.to_self) {
        mistakes.at(
            &option.key,
            "only a relation to the same model is `symmetrical`",
        );
    }
}

fn links_belong_elsewhere(field: &Field<'_>, mistakes: &mut Mistakes) {
    for (key, name) in of_links(&field.attrs) {
        mistakes.at(key, format!("`{name}` belongs on a `ManyToMany`"));
    }
}

/// The options that are about links.
fn of_links(attrs: &FieldAttrs) -> impl Iterator<Item = (&Path, &'static str)> {
    let FieldAttrs {
        through,
        symmetrical,
        table,
        ..
    } = attrs;
    let symmetrical = symmetrical.as_ref().map(|option| &option.key);
    let through = through.as_ref().map(|option| (&option.key, "through"));
    let table = table.as_ref().map(|option| (&option.key, "table"));
    let symmetrical = symmetrical.map(|key| (key, "symmetrical"));
    [through, symmetrical, table].into_iter().flatten()
}

fn other_side_has_no_column(field: &Field<'_>, mistakes: &mut Mistakes) {
    let FieldAttrs {
        primary_key,
        unique,
        index,
        column,
        default,
        db_default,
        max_length,
        max_digits,
        decimal_places,
        auto_now,
        auto_now_add,
        generated,
        on_delete,
        // Those that mean something here or are judged elsewhere, and one whose reading is an error already.
        path: _,
        through: _,
        symmetrical: _,
        table: _,
        validate: _,
    } = &field.attrs;
    let switches = [primary_key, unique, index, auto_now, auto_now_add]
        .into_iter()
        .flatten()
        .map(|o| &o.key);
    let numbers = [max_length, max_digits, decimal_places]
        .into_iter()
        .flatten()
        .map(|o| &o.key);
    let expressions = [db_default, generated]
        .into_iter()
        .flatten()
        .map(|o| &o.key);
    let others = column
        .iter()
        .map(|o| &o.key)
        .chain(default.iter().map(|o| &o.key));
    let others = others.chain(on_delete.iter().map(|o| &o.key));
    let message = match field.role {
        Role::Links(_) => "a `ManyToMany` has no column: its links are rows of another table",
        _ => "this is the other side of a key and has no column of its own",
    };
    for key in switches.chain(numbers).chain(expressions).chain(others) {
        mistakes.at(key, message);
    }
}
