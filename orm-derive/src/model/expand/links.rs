//! Many-to-many relations: their way through a link table, and the tables that they make for themselves.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::paths::{ends, loaded, model_and_name, through_embedded};
use crate::model::ir::{Field, KeyPath, Links, Model, Role, Way};
use crate::names::without_self;

/// The relation of a field.
pub(super) fn relation(model: &Model<'_>, field: &Field<'_>, links: &Links) -> TokenStream {
    let ident = model.ident;
    let Field { marker, name, .. } = field;
    let to = &links.to;
    // At the type, from its first token to its last, as for the other side of a key.
    let (first, last) = ends(to);
    let asked = quote_spanned!(first=> <#to as __orm::OtherSide>);
    let (keyword, target) = (
        quote_spanned!(first=> type),
        quote_spanned!(last=> To = #asked::Model;),
    );
    let (link, own) = (link(model, field, links), own_table(model, field, links));
    let loaded = loaded(model, field);
    // That nothing links to a composite key is told by `check`.
    let key = match model.key.len() {
        0 | 1 => quote!(<#ident as __orm::Model>::Key),
        _ => quote!(i64),
    };
    quote! {
        impl __orm::Relation for #marker {
            type From = #ident;
            #keyword #target
            type Key = #key;
            type Null = __orm::MaybeNull;
            type Side = __orm::LinkedSide;
            const SCHEMA: &'static __orm::RelationSchema = &__orm::many_to_many::<Self>(#name);
            const LINK: __orm::Option<&'static __orm::LinkSchema> = {
                const LINK: &__orm::LinkSchema = #link;
                __orm::Some(LINK)
            };
            #loaded
        }
        #own
    }
}

/// The way through the link table.
fn link(model: &Model<'_>, field: &Field<'_>, links: &Links) -> TokenStream {
    let ident = model.ident;
    let Field { marker, name, .. } = field;
    let (to, symmetrical) = (&links.to, links.symmetrical);
    match &links.way {
        Way::Own { .. } => quote!(&__orm::LinkTable::<#marker>::link(#name)),
        Way::Through(link) => {
            let link = without_self(link.to_token_stream(), ident);
            let asked = quote_spanned!(link.span()=> <#link as __orm::OtherSide>::Model);
            let to = quote!(<#marker as __orm::Relation>::To);
            let home = quote_spanned!(link.span()=> __orm::link_key::<#asked, #ident, _>());
            let onward = quote_spanned!(link.span()=> __orm::link_key::<#asked, #to, _>());
            quote!(&__orm::through::<#asked>(#name, #home, #onward, #symmetrical))
        }
        Way::Keys(home, onward) => {
            let Some((link, _)) = model_and_name(home, ident) else {
                return quote!(__orm::unknown());
            };
            let last = home
                .segments
                .last()
                .map_or(home.span(), |last| last.ident.span());
            let home = without_self(home.to_token_stream(), ident);
            let onward = without_self(onward.to_token_stream(), ident);
            // A variable, to have a place of its own: at the key, which is what a wrong one is wrong about.
            let keys = Ident::new("keys", last);
            let bind = quote_spanned!(last=> let #keys = (#home, #onward););
            quote_spanned!(last=> {
                #bind
                &__orm::through_keys::<#link, #ident, #to, _>(#name, #keys, #symmetrical)
            })
        }
        Way::Reverse(KeyPath {
            path: key,
            inner: names,
        }) => match model_and_name(key, ident) {
            Some((told, path)) => {
                let key = Ident::new("key", path.span());
                let paths = quote_spanned!(to.span()=> <#to as __orm::OtherSide>::PATHS);
                let bind = quote_spanned!(path.span()=> let #key = #paths.#path;);
                let bind = through_embedded(bind, &key, names);
                quote_spanned!(path.span()=> {
                    #bind
                    &__orm::other_links::<#told, #to, #ident, _>(#name, #key)
                })
            }
            None => quote!(__orm::unknown()),
        },
        Way::Unreadable => quote!(__orm::unknown()),
    }
}

fn own_table(model: &Model<'_>, field: &Field<'_>, links: &Links) -> Option<TokenStream> {
    let Way::Own {
        table,
        keys,
        columns,
    } = &links.way
    else {
        return None;
    };
    let Field { marker, name, .. } = field;
    let (first, last) = ends(&links.to);
    let to = &links.to;
    let keyword = quote_spanned!(first=> type);
    let asked = quote_spanned!(first=> <#to as __orm::OtherSide>);
    let onward = quote_spanned!(last=> Onward = #asked::Key;);
    let symmetrical = links.symmetrical;
    let rows = format!("{}.{name}", crate::names::unraw(model.ident));
    Some(quote! {
        impl __orm::OwnLink for #marker {
            #keyword #onward
            const MODEL: &'static str = #rows;
            const TABLE: &'static str = #table;
            const KEYS: [&'static str; 2] = [#(#keys),*];
            const COLUMNS: [&'static str; 2] = [#(#columns),*];
            const SYMMETRICAL: bool = #symmetrical;
        }
    })
}

/// Puts the tables of the model's own links on the list of tables.
pub(super) fn registrations(model: &Model<'_>) -> TokenStream {
    let own = model.fields.iter().filter(|field| {
        matches!(
            &field.role,
            Role::Links(Links {
                way: Way::Own { .. },
                ..
            })
        )
    });
    own.map(|Field { marker, .. }| quote!(__orm::submit! { __orm::links_of::<#marker>() }))
        .collect()
}

/// What a `through` finds in this model: its keys, each by the model that it leads to.
pub(super) fn keys(model: &Model<'_>) -> TokenStream {
    let ident = model.ident;
    let keys: Vec<_> = model
        .fields
        .iter()
        .filter_map(|field| {
            let to = &field.column()?.relation.as_ref()?.to;
            Some((field, to, to.to_string()))
        })
        .collect();
    let mut seen = HashSet::new();
    let impls = keys.iter().filter_map(|(field, to, name)| {
        let alone = keys.iter().filter(|(_, _, other)| other == name).count() == 1;
        let marker = &field.marker;
        if alone {
            return Some(quote!(impl __orm::KeyTo<#to, #marker> for #ident {}));
        }
        // One that says that there are several, so that a `through` is told to name them.
        seen.insert(name)
            .then(|| quote!(impl __orm::KeyTo<#to, __orm::Several> for #ident {}))
    });
    impls.collect()
}
