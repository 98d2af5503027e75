//! The parts of a table that are expressions over its own columns.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::ir::Model;

/// Nothing where there are none.
pub(crate) fn definitions(model: &Model<'_>) -> Option<TokenStream> {
    let lists = [
        (quote!(generated), generated(model)),
        (quote!(db_defaults), db_defaults(model)),
        (quote!(checks), checks(model)),
        (quote!(index_conditions), index_conditions(model)),
        (quote!(index_exprs), index_exprs(model)),
    ];
    let lists: Vec<_> = lists
        .into_iter()
        .filter(|(_, entries)| !entries.is_empty())
        .map(|(name, entries)| quote!(#name: __orm::Vec::from([#(#entries),*])))
        .collect();
    let embedded: Vec<_> = model.embeds().map(|field| &field.marker).collect();
    if lists.is_empty() && embedded.is_empty() {
        return None;
    }
    let own = quote!(__orm::Definitions { #(#lists,)* ..__orm::Default::default() });
    let all = match embedded.is_empty() {
        true => own,
        false => quote! {
            let mut __all = #own;
            #(__orm::embedded_definitions::<#embedded>(&mut __all);)*
            __all
        },
    };
    Some(quote! {
        fn definitions() -> __orm::Definitions { #all }
    })
}

fn generated(model: &Model<'_>) -> Vec<TokenStream> {
    model
        .columns()
        .filter_map(|(field, column)| {
            let (index, marker, expr) = (column.index, &field.marker, column.generated.as_ref()?);
            Some(quote!((#index, __orm::generated::<#marker, _>(#expr))))
        })
        .collect()
}

fn db_defaults(model: &Model<'_>) -> Vec<TokenStream> {
    model
        .columns()
        .filter_map(|(field, column)| {
            let (index, marker, expr) = (column.index, &field.marker, column.db_default.as_ref()?);
            let function = match &column.relation {
                Some(_) => quote!(key_db_default),
                None => quote!(generated),
            };
            Some(quote!((#index, __orm::#function::<#marker, _>(#expr))))
        })
        .collect()
}

fn checks(model: &Model<'_>) -> Vec<TokenStream> {
    model
        .checks
        .iter()
        .filter_map(|check| {
            let (name, condition) = (check.name.as_ref()?, check.condition.as_ref()?);
            Some(quote!((#name, __orm::condition::<Self, _>(#condition))))
        })
        .collect()
}

fn index_conditions(model: &Model<'_>) -> Vec<TokenStream> {
    let indexes = model.indexes.iter().enumerate();
    indexes
        .filter_map(|(index, definition)| {
            let condition = definition.condition.as_ref()?;
            Some(quote!((#index, __orm::condition::<Self, _>(#condition))))
        })
        .collect()
}

fn index_exprs(model: &Model<'_>) -> Vec<TokenStream> {
    let indexes = model.indexes.iter().enumerate();
    indexes
        .filter_map(|(index, definition)| {
            let expr = definition.expr.as_ref()?;
            Some(quote!((#index, __orm::expression::<Self, _>(#expr))))
        })
        .collect()
}
