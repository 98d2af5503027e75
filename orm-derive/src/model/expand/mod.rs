//! The code of a model. All of it is in one anonymous constant, so that its helper types meet no name
//! of the program; what users see are constants and functions of the struct.

mod definitions;
pub(crate) mod draft;
pub(crate) mod instance;
pub(crate) mod paths;
mod schema;

use proc_macro2::TokenStream;
use quote::quote;

use super::ir::Model;

pub(crate) fn expand(model: &Model<'_>) -> TokenStream {
    let ident = model.ident;
    let paths = paths::paths(model);
    let draft = draft::draft(model);
    let schema = schema::schema(model);
    let instance = instance::instance(model);
    let definitions = definitions::definitions(model);
    let columns = instance::columns(model);
    enclosed(&quote! {
        #paths
        type __Columns = #columns;
        #draft
        #[automatically_derived]
        impl __orm::Model for #ident {
            #schema
            #instance
            #definitions
        }
        __orm::submit! { __orm::Registration::of::<#ident>() }
    })
}

/// Wraps generated items. The name `__orm` keeps the paths in them short, which the compiler notices.
pub(crate) fn enclosed(items: &TokenStream) -> TokenStream {
    quote! {
        #[allow(
            non_camel_case_types, non_upper_case_globals, dead_code, deprecated, private_interfaces, private_bounds,
            unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery
        )]
        const _: () = {
            use ::orm::private as __orm;
            #items
        };
    }
}
