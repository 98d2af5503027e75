//! The code of a model. All of it is in one anonymous constant, so that its helper types meet no name
//! of the program; what users see are constants and functions of the struct.

mod definitions;
pub(crate) mod draft;
pub(crate) mod instance;
mod links;
mod parent;
pub(crate) mod paths;
pub(crate) mod schema;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::ir::Model;

pub(crate) fn expand(model: &Model<'_>) -> TokenStream {
    let ident = model.ident;
    let schema = schema::schema(model);
    let instance = instance::instance(model);
    let definitions = definitions::definitions(model);
    let columns = instance::columns(model);
    let link_tables = links::registrations(model);
    let columns_differ = paths::columns_differ(model);
    around(
        model,
        &quote_spanned! {model.asked_span()=>
            type __Columns = #columns;
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl __orm::Model for #ident {
                #schema
                #instance
                #definitions
            }
            __orm::submit! { __orm::Registration::of::<#ident>() }
            #link_tables
            #columns_differ
        },
    )
}

/// Paths and draft, which a model with mistakes has too, around the rest.
pub(crate) fn around(model: &Model<'_>, rest: &TokenStream) -> TokenStream {
    let ident = model.ident;
    let (paths, path_members) = (paths::items(model), paths::members(model));
    let (draft, draft_member) = draft::draft(model);
    let deferred = match model.parent() {
        _ if model.columns().any(|(field, _)| field.deferred) => {
            Some(quote!(impl __orm::HasDeferred for #ident {}))
        }
        Some((_, of)) => Some(parent::has_deferred(model, of)),
        None => None,
    };
    let deref = model
        .parent()
        .map(|(field, of)| parent::deref(model, field, of));
    // What stands in the code of each field has a name of one word: a path of two costs the compiler
    // noticeably more.
    enclosed(&quote! {
        use __orm::{
            Field as __Field, FieldOptions as __Options, FieldValue as __Value, Plain as __Plain,
            Root as __Root, Set as __Set,
        };
        #paths
        #draft
        #[automatically_derived]
        impl #ident {
            #path_members
            #draft_member
        }
        #deferred
        #deref
        #rest
    })
}

/// Wraps generated items. The name `__orm` keeps the paths in them short.
pub(crate) fn enclosed(items: &TokenStream) -> TokenStream {
    quote! {
        #[allow(
            non_camel_case_types, non_upper_case_globals, dead_code, deprecated, private_interfaces, private_bounds,
            unused_imports, unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery
        )]
        const _: () = {
            use ::orm::private as __orm;
            #items
        };
    }
}
