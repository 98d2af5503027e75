//! From a field as written to the field as meant.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident};
use syn::{Attribute, DeriveInput, Meta, Path, Type, Visibility};

use super::is;
use super::reverse::{Told, reverse_attr};
use crate::diagnostics::Mistakes;
use crate::model::attrs::{FieldAttrs, OnDelete, ShapeAttrs, Through};
use crate::model::ir::{
    Column, Decision, Field, Known, Links, Relation, Reverse, Role, Way, given,
};
use crate::model::types::{Deferred, Kind, Shape, argument_of, shape};
use crate::names::{unraw, without_self};
use crate::options::Options;

pub(super) fn field<'a>(
    field: &'a syn::Field,
    input: &'a DeriveInput,
    columns: &mut usize,
    mistakes: &mut Mistakes,
) -> Option<Field<'a>> {
    let ident = field.ident.as_ref()?;
    let attrs = FieldAttrs::of(&field.attrs, "field", mistakes);
    let ShapeAttrs { embed, parent } = ShapeAttrs::of(&field.attrs, "model", mistakes);
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
    let written = Written {
        ident,
        model: &input.ident,
        reverse: reverse_attr(&field.attrs, mistakes),
        attrs,
        nullable,
        deferred: deferred.is_some(),
    };
    let (known, role) = match embed {
        Some(embed) => {
            let prefix = embed.value.prefix.unwrap_or_default();
            (Known::Opaque, Role::Embed(prefix))
        }
        None if parent.is_some() && !matches!(kind, Kind::Parent(_)) => {
            let message = "a parent is a `Parent<..>` around the model whose rows go on here";
            mistakes.at(&field.ty, message);
            (Known::Opaque, Role::Broken)
        }
        None if nullable && matches!(kind, Kind::Parent(_)) => {
            let message = "each row has its parent's, which is a part of it: take the `Option` off";
            mistakes.at(&field.ty, message);
            (Known::Opaque, Role::Broken)
        }
        None => written.role(kind, columns, mistakes),
    };
    if let (Told::Key(key), Role::Column(_)) = (&written.reverse, &role) {
        mistakes.at(key, "`#[reverse(..)]` belongs on a `HasMany`, a `HasOne` or a `ManyToMany`: this field has a column of its own");
    }
    let attrs = written.attrs;
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
        deferred: written.deferred,
        known,
        docs: docs(&field.attrs),
        attrs,
        role,
    })
}

/// The type of a field that is the parent.
const PARENT: &str = "Parent";

/// What is written at a field, beside its type.
struct Written<'a> {
    ident: &'a Ident,
    model: &'a Ident,
    reverse: Told,
    attrs: FieldAttrs,
    nullable: bool,
    deferred: bool,
}

impl Written<'_> {
    /// What a field of such a type is.
    fn role(&self, kind: Kind<'_>, columns: &mut usize, mistakes: &mut Mistakes) -> (Known, Role) {
        let broken = (Known::Opaque, Role::Broken);
        match kind {
            Kind::Plain(known) => (known, self.column(None, columns)),
            Kind::List(vec) => {
                let message = "no column is a `Vec`: a list of values is a `Json<Vec<..>>`, the rows of a relation are a `HasMany<..>`";
                mistakes.at(vec, message);
                broken
            }
            Kind::OptionInside(key, inner) => {
                mistakes.at(inner, option_outside(key, inner));
                broken
            }
            // A mistake that is told already.
            _ if self.deferred => broken,
            Kind::HasMany(to) => (Known::Key, self.other_side(to, true)),
            Kind::HasOne(to) => (Known::Key, self.other_side(to, false)),
            Kind::ManyToMany(to) => (Known::Key, Role::Links(self.links(self.target(to)))),
            Kind::ForeignKey(to) => (Known::Key, self.key(to, "ForeignKey", columns)),
            Kind::OneToOne(to) => (Known::Key, self.key(to, "OneToOne", columns)),
            Kind::Parent(to) => (Known::Key, self.key(to, PARENT, columns)),
        }
    }

    fn target(&self, to: &Type) -> TokenStream {
        without_self(to.to_token_stream(), self.model)
    }

    fn column(&self, relation: Option<Relation>, columns: &mut usize) -> Role {
        let column = column(self.ident, &self.attrs, self.nullable, relation, columns);
        Role::Column(Box::new(column))
    }

    fn key(&self, to: &Type, kind: &str, columns: &mut usize) -> Role {
        let parent = kind == PARENT;
        let on_delete = match &self.attrs.on_delete {
            Some(action) => action.value,
            None if parent => OnDelete::Cascade,
            None => OnDelete::Restrict,
        };
        let relation = Relation {
            one_to_one: kind != "ForeignKey",
            kind: format_ident!("{kind}"),
            to: self.target(to),
            on_delete,
            parent,
        };
        self.column(Some(relation), columns)
    }

    fn other_side(&self, to: &Type, many: bool) -> Role {
        let key = match &self.reverse {
            Told::Key(key) => Some(key.clone()),
            Told::Nothing | Told::Unreadable => None,
        };
        Role::Reverse(Reverse {
            many,
            to: self.target(to),
            told: !matches!(self.reverse, Told::Nothing),
            key,
        })
    }

    /// A many-to-many. The table's own name comes before that of the field once the model is known.
    fn links(&self, to: TokenStream) -> Links {
        let own = unraw(self.model);
        let to_self = last_name(&to) == own;
        let way = match (
            &self.reverse,
            self.attrs.through.as_ref().map(|through| &through.value),
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
                    table: self
                        .attrs
                        .table
                        .as_ref()
                        .map_or_else(|| unraw(self.ident), |table| table.value.0.clone()),
                    columns: keys.clone().map(|key| format!("{key}_id")),
                    keys,
                }
            }
        };
        Links {
            to,
            to_self,
            way,
            symmetrical: given(&self.attrs.symmetrical),
        }
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
                .is_some_and(|relation| relation.one_to_one && !relation.parent),
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
