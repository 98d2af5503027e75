//! What a model has of its parent.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::paths::ends;

use crate::model::ir::{Field, Model, Relation};

/// Something of the parent, asked at its type, in the words in which all ask for it: if it is no model, the compiler says so
/// once.
fn asked(relation: &Relation, what: &TokenStream) -> TokenStream {
    let to = &relation.to;
    let (first, last) = ends(to);
    let asked = quote_spanned!(first=> <#to as __orm::OtherSide>);
    let what = what.clone().into_iter().map(|mut token| {
        token.set_span(last);
        token
    });
    let what: TokenStream = what.collect();
    quote_spanned!(last=> #asked::#what)
}

/// The type of the key, which is the parent's.
pub(super) fn key(relation: &Relation) -> TokenStream {
    let (first, last) = ends(&relation.to);
    let asked = asked(relation, &quote!(Key));
    let (keyword, is) = (
        quote_spanned!(first=> type),
        quote_spanned!(last=> Key = #asked;),
    );
    quote!(#keyword #is)
}

/// What makes `article.title` that of the parent.
pub(super) fn deref(model: &Model<'_>, field: &Field<'_>, relation: &Relation) -> TokenStream {
    let (ident, parent, to) = (model.ident, field.ident, &relation.to);
    quote! {
        #[automatically_derived]
        impl __orm::Deref for #ident {
            type Target = #to;
            fn deref(&self) -> &#to { &*self.#parent }
        }
        #[automatically_derived]
        impl __orm::DerefMut for #ident {
            fn deref_mut(&mut self) -> &mut #to { &mut *self.#parent }
        }
    }
}

/// That fields can be left out where the parent has some. The lifetime makes the compiler ask at each use, and not here.
pub(super) fn has_deferred(model: &Model<'_>, relation: &Relation) -> TokenStream {
    let (ident, to) = (model.ident, &relation.to);
    quote! {
        #[diagnostic::do_not_recommend]
        impl __orm::HasDeferred for #ident where for<'__asked> #to: __orm::HasDeferred {}
    }
}

/// The parent's order, where the model has none of its own.
pub(super) fn ordering(model: &Model<'_>, relation: &Relation) -> TokenStream {
    let (to, at) = (asked(relation, &quote!(Model)), model.offset_of(None));
    quote_spanned! {model.asked_span()=>
        const ORDERING: &'static [__orm::DefaultOrder] =
            &__orm::ordering_of::<#to, { <#to as __orm::Model>::ORDERING.len() }>(#at);
    }
}

/// What may be left out of the row and of its parent's, and whether it was.
pub(super) fn left_out(
    model: &Model<'_>,
    field: &Field<'_>,
    relation: &Relation,
    indexes: &[usize],
    idents: &[&Ident],
) -> TokenStream {
    let marker = &field.marker;
    let (to, at, parent) = (
        asked(relation, &quote!(Model)),
        model.offset_of(None),
        field.ident,
    );
    let own = indexes.len();
    quote_spanned! {model.asked_span()=>
        const DEFERRED: &'static [usize] =
            &__orm::deferred_too::<#to, { #own + <#to as __orm::Model>::DEFERRED.len() }>(&[#(#indexes),*], #at);
        fn is_left_out(&self, field: usize) -> bool {
            match field {
                #(#indexes => self.#idents.is_unloaded(),)*
                _ => field >= #at && __orm::is_parents_left_out::<#marker>(&self.#parent, field - (#at)),
            }
        }
    }
}
