//! What a model with a parent may say.

use super::embed::given;
use crate::diagnostics::Mistakes;
use crate::model::ir::{Field, Model, Relation};
use crate::names::unraw;

/// A model has one parent, whose key is its own.
pub(super) fn fits(model: &Model<'_>, mistakes: &mut Mistakes) {
    let Some((parent, relation)) = model.parent() else {
        return;
    };
    is_another(model, parent, relation, mistakes);
    for (key, name) in given(&parent.attrs) {
        if name != "column" {
            mistakes.at(
                key,
                format!("`{name}` is not for a parent, whose key is the one of both rows"),
            );
        }
    }
    let others = model.fields.iter();
    for other in others.filter(|other| other.ident != parent.ident) {
        has_no_key(model, other, parent, mistakes);
    }
    if let Some(key) = &model.primary_key {
        let message = format!(
            "the primary key is that of the parent, `{}`: leave this out",
            parent.name
        );
        mistakes.at(&key.key, message);
    }
    belong_to_one_table(model, parent, mistakes);
}

fn is_another(model: &Model<'_>, parent: &Field<'_>, to: &Relation, mistakes: &mut Mistakes) {
    if to.to.to_string() == unraw(model.ident) {
        mistakes.at(parent.ty, "a model cannot be its own parent");
    }
}

fn has_no_key(model: &Model<'_>, other: &Field<'_>, parent: &Field<'_>, mistakes: &mut Mistakes) {
    let parent = &parent.name;
    if other.parent().is_some() {
        let message = format!(
            "a model has one parent, and `{parent}` is it already: refer to this one by a `OneToOne`"
        );
        mistakes.at(other.ty, message);
    } else if let Some(option) = &other.attrs.primary_key {
        let message = format!("the primary key is that of the parent, `{parent}`: leave this out");
        mistakes.at(&option.key, message);
    } else if other.name == "id" && other.column().is_some() {
        let message = format!(
            "`{}` has the primary key of its parent, `{parent}`, and needs no `id`",
            model.ident
        );
        mistakes.at(other.ident, message);
    }
}

/// Indexes and constraints are of columns of one table.
fn belong_to_one_table(model: &Model<'_>, parent: &Field<'_>, mistakes: &mut Mistakes) {
    let indexes = model.indexes.iter();
    let indexes = indexes.flat_map(|index| index.fields.iter().chain(&index.include));
    let uniques = model
        .uniques
        .iter()
        .filter_map(|unique| unique.fields.as_ref());
    let names = indexes.chain(uniques).flat_map(|names| &names.0);
    for name in names.filter(|name| !name.inner.is_empty() && name.ident == *parent.ident) {
        let message = format!("`{name}` is in another table, that of the parent: say this there");
        mistakes.at(&name.ident, message);
    }
}
