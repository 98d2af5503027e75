//! From the struct as written to the model as meant: names, defaults, what each field is.
//!
//! Attributes are taken apart without `..`, so that a new option leads to every place that must answer.

mod field;
mod keys;
mod reverse;

use std::collections::HashSet;

use proc_macro2::Span;
use quote::format_ident;
use syn::{Attribute, Data, DeriveInput, Fields, FieldsNamed};

use super::attrs::ModelAttrs;
use super::ir::{Check, Index, Links, Model, Role, Unique, Way};
use crate::diagnostics::Mistakes;
use crate::names::{collect_heads, snake_case, unraw};
use crate::options::{Keyed, Options, Text};
use field::field;
use keys::{composite_key, fill_primary_key, single_key};

/// `None` where there are no fields that could be columns.
pub(crate) fn model<'a>(input: &'a DeriveInput, mistakes: &mut Mistakes) -> Option<Model<'a>> {
    let named = named_fields(input, mistakes)?;
    for attr in input
        .attrs
        .iter()
        .filter(|attr| is(attr, "field") || is(attr, "reverse"))
    {
        mistakes.at(
            attr.path(),
            "this belongs on a field; options of the struct are in `#[model(..)]`",
        );
    }
    let ModelAttrs {
        table,
        ordering,
        index,
        unique,
        check,
        default_filter,
        manager,
        primary_key,
        // Reading these is an error already.
        validate: _,
    } = ModelAttrs::of(&input.attrs, "model", mistakes);
    let mut model = Model {
        ident: &input.ident,
        vis: &input.vis,
        table: table.map_or_else(|| snake_case(&unraw(&input.ident)), |table| table.value.0),
        fields: Vec::with_capacity(named.named.len()),
        key: Vec::new(),
        primary_key,
        ordering,
        indexes: index.into_iter().map(index_of).collect(),
        uniques: unique
            .into_iter()
            .map(|Keyed { key, value }| Unique {
                key,
                name: text(value.name),
                fields: value.fields.map(|f| f.value),
            })
            .collect(),
        checks: check
            .into_iter()
            .map(|Keyed { key, value }| Check {
                key,
                name: text(value.name),
                condition: value.condition.map(|condition| condition.value.0),
            })
            .collect(),
        default_filter: default_filter.map(|filter| filter.value.0),
        managers: manager
            .into_iter()
            .flat_map(|managers| managers.value.0)
            .collect(),
    };
    let mut columns = 0;
    for field in &named.named {
        model
            .fields
            .extend(self::field(field, input, &mut columns, mistakes));
    }
    model.key = match &model.primary_key {
        Some(names) => composite_key(&model.fields, &names.value),
        None => single_key(&model.fields).into_iter().collect(),
    };
    for key in &model.key {
        if let Role::Column(column) = &mut model.fields[*key].role {
            column.primary_key = true;
        }
    }
    if let [key] = model.key[..] {
        fill_primary_key(&mut model.fields[key]);
    }
    name_link_tables(&mut model);
    name_markers(&mut model);
    Some(model)
}

/// The fields of a struct that is to be embedded, as those of a model without a table.
pub(crate) fn shared<'a>(
    input: &'a DeriveInput,
    named: &'a FieldsNamed,
    mistakes: &mut Mistakes,
) -> Model<'a> {
    let mut shared = Model {
        ident: &input.ident,
        vis: &input.vis,
        table: String::new(),
        fields: Vec::with_capacity(named.named.len()),
        key: Vec::new(),
        primary_key: None,
        ordering: None,
        indexes: Vec::new(),
        uniques: Vec::new(),
        checks: Vec::new(),
        default_filter: None,
        managers: Vec::new(),
    };
    let mut columns = 0;
    let fields = named.named.iter();
    shared.fields = fields
        .filter_map(|field| self::field(field, input, &mut columns, mistakes))
        .collect();
    name_markers(&mut shared);
    shared
}

/// A link table that was given no name is called as the model's table and the field.
fn name_link_tables(model: &mut Model<'_>) {
    for field in &mut model.fields {
        if let Role::Links(Links {
            way: Way::Own { table, .. },
            ..
        }) = &mut field.role
            && field.attrs.table.is_none()
        {
            *table = format!("{}_{table}", model.table);
        }
    }
}

fn named_fields<'a>(input: &'a DeriveInput, mistakes: &mut Mistakes) -> Option<&'a FieldsNamed> {
    let fields = match &input.data {
        Data::Struct(data) => &data.fields,
        Data::Enum(data) => {
            let remedy = "`#[derive(DbEnum)]` makes an enum without fields a column type";
            mistakes.at(
                data.enum_token,
                format!("a model is a struct with named fields; {remedy}"),
            );
            return None;
        }
        Data::Union(data) => {
            mistakes.at(data.union_token, "a model is a struct with named fields");
            return None;
        }
    };
    let generics = &input.generics;
    if !generics.params.is_empty() {
        mistakes.at(
            generics,
            "a model cannot be generic: each model is one table",
        );
        return None;
    }
    if let Some(bounds) = &generics.where_clause {
        mistakes.at(
            bounds,
            "a model cannot have bounds: each model is one table",
        );
        return None;
    }
    match fields {
        Fields::Named(named) => Some(named),
        Fields::Unnamed(fields) => {
            mistakes.at(fields, "a model needs named fields: each column has a name");
            None
        }
        Fields::Unit => {
            mistakes.at(&input.ident, "a model needs fields: each column is one");
            None
        }
    }
}

fn is(attr: &Attribute, name: &str) -> bool {
    attr.path().is_ident(name)
}

fn text(option: Option<Keyed<Text>>) -> Option<String> {
    option.map(|text| text.value.0)
}

fn index_of(Keyed { key, value }: Keyed<super::attrs::IndexAttrs>) -> Index {
    let super::attrs::IndexAttrs {
        name,
        fields,
        expr,
        condition,
        include,
        using,
    } = value;
    Index {
        key,
        name: text(name),
        fields: fields.map(|fields| fields.value),
        expr: expr.map(|expr| expr.value.0),
        condition: condition.map(|condition| condition.value.0),
        include: include.map(|include| include.value),
        using: text(using),
    }
}

/// Helper types are named as the fields they stand for, so that the compiler's messages can be read,
/// except where the program's own text would then mean the helper.
fn name_markers(model: &mut Model<'_>) {
    let mut heads = HashSet::from(["usize".to_owned(), unraw(model.ident)]);
    for field in &model.fields {
        collect_heads(&field.tokens, &mut heads);
        if let Some(column) = field.column() {
            let default = column
                .default
                .as_ref()
                .and_then(|default| default.0.as_ref());
            for expr in default
                .into_iter()
                .chain(&column.db_default)
                .chain(&column.generated)
            {
                collect_heads(expr, &mut heads);
            }
        }
    }
    for index in &model.indexes {
        for expr in index.expr.iter().chain(&index.condition) {
            collect_heads(expr, &mut heads);
        }
    }
    for expr in model
        .checks
        .iter()
        .filter_map(|check| check.condition.as_ref())
        .chain(&model.default_filter)
        .chain(model.managers.iter().map(|(_, condition)| condition))
    {
        collect_heads(expr, &mut heads);
    }
    for field in &mut model.fields {
        if heads.contains(&field.name) {
            field.marker = format_ident!("{}_field", field.name);
        }
        // At the user's token, but as the macro's own text: lints on names do not concern it.
        field
            .marker
            .set_span(Span::call_site().located_at(field.ident.span()));
    }
}
