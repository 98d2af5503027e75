//! From the struct as written to the model as meant: names, defaults, what each field is.
//!
//! Attributes are taken apart without `..`, so that a new option leads to every place that must answer.

mod reverse;

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::{Attribute, Data, DeriveInput, Fields, FieldsNamed, Meta, Path, Type, Visibility};

use super::attrs::{FieldAttrs, ModelAttrs, OnDelete, ShapeAttrs, Through};
use super::ir::{
    Check, Column, Decision, Field, Index, Known, Links, Model, Relation, Reverse, Role, Unique,
    Way, given,
};
use super::types::{Deferred, Kind, Shape, argument_of, shape};
use crate::diagnostics::Mistakes;
use crate::names::{collect_heads, snake_case, unraw, without_self};
use crate::options::{Keyed, Name, Names, Options, Text};
use reverse::{Told, reverse_attr};

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

fn field<'a>(
    field: &'a syn::Field,
    input: &'a DeriveInput,
    columns: &mut usize,
    mistakes: &mut Mistakes,
) -> Option<Field<'a>> {
    let ident = field.ident.as_ref()?;
    let attrs = FieldAttrs::of(&field.attrs, "field", mistakes);
    // Reading a `parent` is an error already.
    let ShapeAttrs { embed, parent: _ } = ShapeAttrs::of(&field.attrs, "model", mistakes);
    let Shape {
        nullable,
        kind,
        deferred,
    } = shape(&field.ty);
    let ty = match &deferred {
        Some(deferred) => {
            deferred_fits(&field.ty, deferred, &kind, mistakes);
            deferred.of
        }
        None => &field.ty,
    };
    let target = |ty: &Type| without_self(ty.to_token_stream(), &input.ident);
    let reverse = reverse_attr(&field.attrs, mistakes);
    let (known, role) = match kind {
        _ if embed.is_some() => {
            let prefix = embed.and_then(|embed| embed.value.prefix);
            (Known::Opaque, Role::Embed(prefix.unwrap_or_default()))
        }
        Kind::ForeignKey(_)
        | Kind::OneToOne(_)
        | Kind::HasMany(_)
        | Kind::HasOne(_)
        | Kind::ManyToMany(_)
            if deferred.is_some() =>
        {
            (Known::Opaque, Role::Broken)
        }
        Kind::HasMany(to) | Kind::HasOne(to) => {
            let many = matches!(kind, Kind::HasMany(_));
            let told = !matches!(reverse, Told::Nothing);
            let key = if let Told::Key(key) = reverse.clone() {
                Some(key)
            } else {
                None
            };
            (
                Known::Key,
                Role::Reverse(Reverse {
                    many,
                    to: target(to),
                    told,
                    key,
                }),
            )
        }
        Kind::ManyToMany(to) => (
            Known::Key,
            Role::Links(links(ident, target(to), &input.ident, &attrs, &reverse)),
        ),
        Kind::ForeignKey(to) | Kind::OneToOne(to) => {
            let one_to_one = matches!(kind, Kind::OneToOne(_));
            let on_delete = attrs
                .on_delete
                .as_ref()
                .map_or(OnDelete::Restrict, |action| action.value);
            let kind = if one_to_one {
                format_ident!("OneToOne")
            } else {
                format_ident!("ForeignKey")
            };
            let relation = Relation {
                one_to_one,
                kind,
                to: target(to),
                on_delete,
            };
            (
                Known::Key,
                Role::Column(Box::new(column(
                    ident,
                    &attrs,
                    nullable,
                    Some(relation),
                    columns,
                ))),
            )
        }
        Kind::Plain(known) => (
            known,
            Role::Column(Box::new(column(ident, &attrs, nullable, None, columns))),
        ),
        Kind::List(vec) => {
            let message = "no column is a `Vec`: a list of values is a `Json<Vec<..>>`, the rows of a relation are a `HasMany<..>`";
            mistakes.at(vec, message);
            (Known::Opaque, Role::Broken)
        }
        Kind::OptionInside(key, inner) => {
            mistakes.at(inner, option_outside(key, inner));
            (Known::Opaque, Role::Broken)
        }
        Kind::NotYet(name) => {
            mistakes.at(name, format!("`{name}` is not supported yet"));
            (Known::Opaque, Role::Broken)
        }
    };
    if let (Told::Key(key), Role::Column(_)) = (&reverse, &role) {
        mistakes.at(key, "`#[reverse(..)]` belongs on a `HasMany`, a `HasOne` or a `ManyToMany`: this field has a column of its own");
    }
    let path = attrs.path.as_ref().map_or(ident, |path| &path.value.0);
    Some(Field {
        ident,
        name: unraw(ident),
        path: path.clone(),
        marker: ident.clone(),
        vis: narrower(&input.vis, &field.vis),
        ty: &field.ty,
        tokens: without_self(ty.to_token_stream(), &input.ident),
        nullable,
        deferred: deferred.is_some(),
        known,
        docs: docs(&field.attrs),
        attrs,
        role,
    })
}

/// A many-to-many. The table's own name comes before that of the field once the model is known.
fn links(
    ident: &Ident,
    to: TokenStream,
    model: &Ident,
    attrs: &FieldAttrs,
    reverse: &Told,
) -> Links {
    let own = unraw(model);
    let to_self = last_name(&to) == own;
    let way = match (
        reverse,
        attrs.through.as_ref().map(|through| &through.value),
    ) {
        (Told::Key(key), _) => Way::Reverse(key.clone()),
        (Told::Unreadable, _) => Way::Unreadable,
        (Told::Nothing, Some(Through::Model(link))) => Way::Through(link.clone()),
        (Told::Nothing, Some(Through::Keys(home, onward))) => {
            Way::Keys(home.clone(), onward.clone())
        }
        (Told::Nothing, None) => {
            // As Django calls them.
            let (own, other) = (own.to_lowercase(), last_name(&to).to_lowercase());
            let keys = if own == other {
                [format!("from_{own}"), format!("to_{own}")]
            } else {
                [own, other]
            };
            Way::Own {
                table: attrs
                    .table
                    .as_ref()
                    .map_or_else(|| unraw(ident), |table| table.value.0.clone()),
                columns: keys.clone().map(|key| format!("{key}_id")),
                keys,
            }
        }
    };
    Links {
        to,
        to_self,
        way,
        symmetrical: given(&attrs.symmetrical),
    }
}

/// The last name of a path.
fn last_name(path: &TokenStream) -> String {
    let path = syn::parse2::<Path>(path.clone());
    let last = path
        .ok()
        .and_then(|path| Some(unraw(&path.segments.last()?.ident)));
    last.unwrap_or_default()
}

/// That the `Option` of a key goes around it.
fn option_outside(key: &Ident, inner: &Type) -> String {
    let model = argument_of(inner).map(|of| of.to_token_stream().to_string());
    let model = model.unwrap_or_else(|| "..".to_owned());
    format!("a key that may be NULL is an `Option<{key}<{model}>>`")
}

/// A column of its own, with the `Option` inside.
fn deferred_fits(ty: &Type, deferred: &Deferred<'_>, kind: &Kind<'_>, mistakes: &mut Mistakes) {
    let of = deferred.of.to_token_stream();
    let of = of.to_string().replace(" < ", "<").replace(" >", ">");
    if !matches!(kind, Kind::Plain(_)) {
        mistakes.at(
            ty,
            "a relation cannot be deferred: its rows are loaded only where they are asked for",
        );
    } else if deferred.in_option {
        mistakes.at(
            ty,
            format!("what may be NULL is in the `Deferred`: `Deferred<Option<{of}>>`"),
        );
    }
}

fn column(
    ident: &Ident,
    attrs: &FieldAttrs,
    nullable: bool,
    relation: Option<Relation>,
    columns: &mut usize,
) -> Column {
    let FieldAttrs {
        primary_key: _,
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
        on_delete: _,
        path: _,
        through: _,
        symmetrical: _,
        table: _,
        validate: _,
    } = attrs.clone();
    let name = unraw(ident);
    let own_name = if relation.is_some() {
        format!("{name}_id")
    } else {
        name
    };
    let filled = nullable
        || default.is_some()
        || db_default.is_some()
        || given(&auto_now)
        || given(&auto_now_add)
        || generated.is_some();
    *columns += 1;
    Column {
        index: *columns - 1,
        name: column.map_or(own_name, |column| column.value.0),
        primary_key: false,
        auto_increment: Decision::No,
        required: if filled { Decision::No } else { Decision::Yes },
        unique: given(&unique)
            || relation
                .as_ref()
                .is_some_and(|relation| relation.one_to_one),
        index_of_its_own: given(&index),
        max_length: max_length.map(|number| number.value),
        max_digits: max_digits.map(|number| number.value),
        decimal_places: decimal_places.map(|number| number.value),
        auto_now: given(&auto_now),
        auto_now_add: given(&auto_now_add),
        default: default.map(|default| default.value),
        db_default: db_default.map(|default| default.value.0),
        generated: generated.map(|generated| generated.value.0),
        relation,
    }
}

/// The field that says so, or else `id`.
fn single_key(fields: &[Field<'_>]) -> Option<usize> {
    let column = |field: &Field<'_>| field.column().is_some();
    let told = fields
        .iter()
        .position(|field| column(field) && given(&field.attrs.primary_key));
    told.or_else(|| {
        fields
            .iter()
            .position(|field| column(field) && field.name == "id")
    })
}

/// The columns that are named; the names of others are mistakes.
fn composite_key(fields: &[Field<'_>], names: &Names) -> Vec<usize> {
    let place = |name: &Name| {
        fields.iter().position(|field| {
            let named = *field.ident == name.ident && name.inner.is_empty();
            named && field.column().is_some()
        })
    };
    names.0.iter().filter_map(place).collect()
}

/// An integer that nothing else fills is counted up by the database. A macro cannot see whether a
/// newtype is one, so for those the compiler decides by the type.
fn fill_primary_key(field: &mut Field<'_>) {
    let known = field.known;
    let Role::Column(column) = &mut field.role else {
        return;
    };
    column.auto_increment = match known {
        _ if column.required != Decision::Yes => Decision::No,
        Known::Integer => Decision::Yes,
        Known::Opaque => Decision::ByType,
        _ => Decision::No,
    };
    column.required = match column.auto_increment {
        Decision::Yes => Decision::No,
        Decision::ByType => Decision::ByType,
        Decision::No => column.required,
    };
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

/// A path leads no further than the struct and the field can be seen.
fn narrower<'a>(of_struct: &'a Visibility, of_field: &'a Visibility) -> &'a Visibility {
    match (of_struct, of_field) {
        (Visibility::Public(_), narrow) | (narrow, Visibility::Public(_)) => narrow,
        (narrow @ Visibility::Inherited, _) | (_, narrow @ Visibility::Inherited) => narrow,
        (Visibility::Restricted(whole), narrow) if whole.path.is_ident("crate") => narrow,
        (narrow, _) => narrow,
    }
}

fn docs(attrs: &[Attribute]) -> TokenStream {
    let docs = attrs
        .iter()
        .filter(|attr| is(attr, "doc") && matches!(attr.meta, Meta::NameValue(_)));
    docs.map(ToTokens::to_token_stream).collect()
}
