//! What a field that is an embedded struct may say, and what the fields of such a struct may.

use syn::Path;

use super::{column_fits, columns_differ, paths_differ};
use crate::diagnostics::Mistakes;
use crate::model::attrs::FieldAttrs;
use crate::model::ir::{Field, Model, Role};

/// A field that is an embedded struct.
pub(super) fn embedded_struct_fits(field: &Field<'_>, mistakes: &mut Mistakes) {
    if field.nullable {
        mistakes.at(
            field.ty,
            "an embedded struct is always there: take the `Option` off, and put it on the fields of the struct",
        );
    } else if field.deferred {
        mistakes.at(
            field.ty,
            "an embedded struct is always read: take the `Deferred` off",
        );
    }
    for (key, name) in given(&field.attrs) {
        mistakes.at(
            key,
            format!("`{name}` is said of a field of the embedded struct, where that is declared"),
        );
    }
}

/// The fields of a struct that is to be embedded; `shared` are in an IR of models, as columns of no table.
pub(crate) fn check(shared: &Model<'_>, mistakes: &mut Mistakes) {
    columns_differ(shared, mistakes);
    paths_differ(shared, mistakes);
    for field in &shared.fields {
        match &field.role {
            Role::Column(_) if field.parent().is_some() => mistakes.at(
                field.ty,
                "a parent belongs in the model: an embedded struct has no rows",
            ),
            Role::Column(column) => {
                column_fits(field, column, mistakes);
                belongs_to_the_model(field, mistakes);
            }
            Role::Embed(_) => embedded_struct_fits(field, mistakes),
            Role::Reverse(_) | Role::Links(_) => mistakes.at(
                field.ty,
                "a relation without a column belongs in the model: an embedded struct has columns alone",
            ),
            Role::Broken => {}
        }
    }
    if shared.fields.is_empty() {
        mistakes.at(
            shared.ident,
            "an embedded struct needs fields: each is a column",
        );
    }
}

fn belongs_to_the_model(field: &Field<'_>, mistakes: &mut Mistakes) {
    if let Some(option) = &field.attrs.primary_key {
        mistakes.at(
            &option.key,
            "the primary key belongs in the model: an embedded struct cannot have it",
        );
    }
    if let Some(option) = &field.attrs.generated {
        mistakes.at(
            &option.key,
            "a `generated` field belongs in the model, whose other columns it is computed from",
        );
    }
    if let Some(option) = &field.attrs.validate {
        mistakes.at(&option.key, "`validate` belongs in a model");
    }
    if field.deferred {
        mistakes.at(
            field.ty,
            "a `Deferred` field belongs in the model: an embedded struct is always read",
        );
    }
}

/// The options that say something of a column.
pub(super) fn given(attrs: &FieldAttrs) -> Vec<(&Path, &'static str)> {
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
        // The one that means something here, and one whose reading is an error already.
        path: _,
        validate: _,
        through,
        symmetrical,
        table,
    } = attrs;
    let options = [
        primary_key.as_ref().map(|o| (&o.key, "primary_key")),
        unique.as_ref().map(|o| (&o.key, "unique")),
        index.as_ref().map(|o| (&o.key, "index")),
        column.as_ref().map(|o| (&o.key, "column")),
        default.as_ref().map(|o| (&o.key, "default")),
        db_default.as_ref().map(|o| (&o.key, "db_default")),
        max_length.as_ref().map(|o| (&o.key, "max_length")),
        max_digits.as_ref().map(|o| (&o.key, "max_digits")),
        decimal_places.as_ref().map(|o| (&o.key, "decimal_places")),
        auto_now.as_ref().map(|o| (&o.key, "auto_now")),
        auto_now_add.as_ref().map(|o| (&o.key, "auto_now_add")),
        generated.as_ref().map(|o| (&o.key, "generated")),
        on_delete.as_ref().map(|o| (&o.key, "on_delete")),
        through.as_ref().map(|o| (&o.key, "through")),
        symmetrical.as_ref().map(|o| (&o.key, "symmetrical")),
        table.as_ref().map(|o| (&o.key, "table")),
    ];
    options.into_iter().flatten().collect()
}
