//! Which fields are the primary key.

use super::super::ir::{Decision, Field, Known, Role, given};
use crate::options::{Name, Names};

/// The parent, or the field that says so, or else `id`.
pub(super) fn single_key(fields: &[Field<'_>]) -> Option<usize> {
    let parent = fields.iter().position(|field| field.parent().is_some());
    if parent.is_some() {
        return parent;
    }
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
pub(super) fn composite_key(fields: &[Field<'_>], names: &Names) -> Vec<usize> {
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
pub(super) fn fill_primary_key(field: &mut Field<'_>) {
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
