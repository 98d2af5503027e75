//! `Book::draft()`: a builder that knows which required fields have a value.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::model::ir::{Column, Decision, Field, Model};

/// The helper types, and the function that begins a draft.
pub(crate) fn draft(model: &Model<'_>) -> (TokenStream, TokenStream) {
    let draft = Draft::new(model);
    let traits = draft
        .required
        .iter()
        .map(|(field, column)| has_trait(model, field, column));
    let items = draft.items();
    let through = draft.through();
    (quote!(#(#traits)* #items #through), draft.member())
}

struct Draft<'a> {
    model: &'a Model<'a>,
    name: Ident,
    /// The fields that must be set. Each has a type parameter, which tells whether it is.
    required: Vec<(&'a Field<'a>, &'a Column)>,
    states: Vec<Ident>,
}

impl<'a> Draft<'a> {
    fn new(model: &'a Model<'a>) -> Self {
        let required: Vec<_> = model
            .columns()
            .filter(|(_, column)| column.required != Decision::No)
            .collect();
        Self {
            model,
            name: format_ident!("{}Draft", model.ident),
            states: (0..required.len())
                .map(|at| format_ident!("__{at}"))
                .collect(),
            required,
        }
    }

    fn items(&self) -> TokenStream {
        let Self {
            model,
            name,
            states,
            required: _,
        } = self;
        let (ident, vis) = (model.ident, model.vis);
        let methods = model
            .columns()
            .filter(|(_, column)| column.settable())
            .map(|(field, column)| self.method(field, column));
        let complete = self.complete();
        quote! {
            #[must_use = "a draft is no row until it is saved: `.save(&db)?`"]
            #vis struct #name<#(#states),*>(__orm::Building<#ident, (#(#states,)*)>);
            impl<#(#states),*> #name<#(#states),*> { #(#methods)* }
            impl<#(#states),*> __orm::TypedDraft for #name<#(#states),*> {
                type Model = #ident;
                fn into_draft(self) -> __orm::Draft<#ident> { self.0.finish() }
            }
            #complete
        }
    }

    /// What says that all required fields have a value. It stands as if the user had written it at the
    /// struct's name: of an impl by a derive the compiler says that one should write it by hand.
    fn complete(&self) -> TokenStream {
        let Self {
            model,
            name,
            required,
            states,
        } = self;
        let at = |ident: &Ident| Ident::new(&ident.to_string(), model.ident.span());
        let states: Vec<_> = states.iter().map(at).collect();
        let has = required.iter().map(|(field, _)| at(&has_ident(field)));
        let through = self.at_most_one_through(&states);
        quote_spanned! {model.ident.span()=>
            impl<#(#states: #has),*> __orm::Complete for #name<#(#states),*> #through {}
        }
    }

    /// The bounds by which a relation sets one of several required keys at most: each key is asked for what those before it
    /// left.
    fn at_most_one_through(&self, states: &[Ident]) -> Option<TokenStream> {
        let keys: Vec<_> = self.required_keys().map(|place| &states[place]).collect();
        let (first, more) = keys.split_first()?;
        let span = self.model.ident.span();
        let one = Ident::new(ONE_THROUGH, span);
        let mut left = quote!(__orm::OneKey);
        let mut before = first;
        let mut bounds = Vec::new();
        for key in more {
            bounds.push(quote_spanned!(span=> #before: __orm::SpendsThrough<#left>));
            left = quote_spanned!(span=> <#before as __orm::SpendsThrough<#left>>::Rest);
            bounds.push(quote_spanned!(span=> #key: #one<#left>));
            before = key;
        }
        (!more.is_empty()).then(|| quote_spanned!(span=> where #(#bounds),*))
    }

    /// The places of the keys among what is required.
    fn required_keys(&self) -> impl Iterator<Item = usize> + '_ {
        let required = self.required.iter().enumerate();
        required
            .filter(|(_, (_, column))| column.relation.is_some())
            .map(|(place, _)| place)
    }

    /// What lets a draft begin at a row that a key points at.
    fn through(&self) -> Option<TokenStream> {
        let Self {
            model,
            name,
            required,
            ..
        } = self;
        let mut keys = model
            .columns()
            .filter(|(_, column)| column.relation.is_some());
        keys.next()?;
        let ident = model.ident;
        let begin = required
            .iter()
            .map(|(field, column)| match column.relation {
                Some(_) => quote!(__orm::Through),
                None => begin(field, column),
            });
        let optional = model
            .columns()
            .any(|(field, column)| column.relation.is_some() && field.nullable);
        let optional = optional.then(|| quote!(impl __orm::HasOptionalKey for #ident {}));
        let one_through = self.one_through();
        Some(quote! {
            impl __orm::DraftsThrough for #ident {
                type Draft = #name<#(#begin),*>;
                fn draft_through(draft: __orm::Draft<Self>) -> Self::Draft { #name(__orm::Building::of(draft)) }
            }
            #optional
            #one_through
        })
    }

    /// The trait by which the compiler tells of a key that a relation does not set. A trait of the core could not name it.
    fn one_through(&self) -> Option<TokenStream> {
        let keys = self.required_keys().map(|place| self.required[place].0);
        let names: Vec<_> = keys.map(|key| format!("`{}`", key.name)).collect();
        let (last, before) = names
            .split_last()
            .filter(|(_, before)| !before.is_empty())?;
        let names = format!("{} and {last}", before.join(", "));
        let (ident, vis) = (self.model.ident, self.model.vis);
        let one = format_ident!("{ONE_THROUGH}");
        let message = format!("of the required fields {names} the relation sets only one");
        let label =
            format!("another one of `{ident}` is missing: call the method of its name first");
        Some(quote! {
            #[diagnostic::on_unimplemented(message = #message, label = #label)]
            #vis trait #one<__C> {}
            #[diagnostic::do_not_recommend]
            impl<__C, __T: __orm::OneThrough<__C>> #one<__C> for __T {}
        })
    }

    /// The function that begins a draft.
    fn member(&self) -> TokenStream {
        let Self {
            model,
            name,
            required,
            ..
        } = self;
        let vis = model.vis;
        let begin = required.iter().map(|(field, column)| begin(field, column));
        let doc = format!("A new row of `{}`, to be filled and saved.", model.ident);
        quote! {
            #[doc = #doc]
            #vis fn draft() -> #name<#(#begin),*> { #name(__orm::Building::new()) }
        }
    }

    /// The method that sets a field.
    fn method(&self, field: &Field<'_>, column: &Column) -> TokenStream {
        let Self {
            model,
            name,
            required,
            states,
        } = self;
        let vis = model.vis;
        let Field { path, tokens, .. } = field;
        let index = column.index;
        let place = required.iter().position(|(_, other)| other.index == index);
        let after = match place {
            None => quote!(Self),
            Some(place) => {
                let states = states.iter().enumerate().map(|(at, state)| {
                    if at == place {
                        quote!(__Set)
                    } else {
                        quote!(#state)
                    }
                });
                quote!(#name<#(#states),*>)
            }
        };
        let doc = format!("Sets `{}`.", field.name);
        quote! {
            #[doc = #doc]
            #vis fn #path(self, value: impl __Value<#tokens>) -> #after {
                #name(self.0.put(#index, value))
            }
        }
    }
}

/// The state in which a required field begins.
fn begin(field: &Field<'_>, column: &Column) -> TokenStream {
    match column.required {
        Decision::ByType => {
            let tokens = &field.tokens;
            quote!(<<#tokens as __orm::SqlType>::Family as __orm::KeyFamily>::State)
        }
        Decision::Yes | Decision::No => quote!(__orm::Missing),
    }
}

/// The name of the trait that [`Draft::one_through`] makes.
const ONE_THROUGH: &str = "OneKeyThroughARelation";

fn has_ident(field: &Field<'_>) -> Ident {
    format_ident!("Has_{}", field.name)
}

/// A trait for one required field. One trait for all could name the field only by a helper type, and
/// the compiler writes `_::name` for a type whose name several models have.
fn has_trait(model: &Model<'_>, field: &Field<'_>, column: &Column) -> TokenStream {
    let vis = model.vis;
    let has = has_ident(field);
    let name = &field.name;
    let message = format!("the required field `{name}` has no value");
    let label = format!(
        "`{name}` of `{}` is missing: call `.{}(..)` first",
        model.ident, field.path
    );
    let through = column.relation.is_some().then(|| {
        quote! {
            #[diagnostic::do_not_recommend]
            impl #has for __orm::Through {}
        }
    });
    quote! {
        #[diagnostic::on_unimplemented(message = #message, label = #label)]
        #vis trait #has {}
        #[diagnostic::do_not_recommend]
        impl #has for __orm::Set {}
        #through
    }
}
