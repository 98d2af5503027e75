//! `Book::draft()`: a builder that knows which required fields have a value.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::model::ir::{Column, Decision, Field, Model};

/// The helper types, and the function that begins a draft.
pub(crate) fn draft(model: &Model<'_>) -> (TokenStream, TokenStream) {
    let draft = Draft::new(model);
    let (traits, items, member) = (draft.traits(), draft.items(), draft.member());
    let (begins, through) = (draft.begins(), draft.through());
    (quote!(#traits #items #begins #through), member)
}

/// The same of a struct that is embedded: what `TimeStamps::draft()` gives, and the function that begins it.
pub(crate) fn embedded_draft(shared: &Model<'_>) -> (TokenStream, TokenStream) {
    let draft = Draft::new(shared);
    let (traits, items) = (draft.traits(), draft.embedded_items());
    (quote!(#traits #items), draft.embedded_member())
}

/// Whether a draft may leave out all fields of a struct that is embedded, as the state in which the field begins.
pub(crate) fn embedded_state(shared: &Model<'_>) -> TokenStream {
    let parts = Draft::new(shared).required;
    let states = parts.iter().map(Part::begin);
    states.rev().fold(
        quote!(__Set),
        |others, state| quote!(<#state as __orm::And<#others>>::State),
    )
}

/// A field that a draft can set.
#[derive(Clone, Copy)]
struct Part<'a> {
    field: &'a Field<'a>,
    /// None of an embedded struct.
    column: Option<&'a Column>,
}

impl<'a> Part<'a> {
    /// All that a draft has a method for.
    fn all(model: &'a Model<'a>) -> impl Iterator<Item = Self> {
        model.stored().filter_map(|field| {
            let column = field.column();
            let settable = column.is_none_or(Column::settable);
            settable.then_some(Self { field, column })
        })
    }

    /// Whether it must be set, or may have to be.
    fn is_required(&self) -> bool {
        self.column
            .is_none_or(|column| column.required != Decision::No)
    }

    fn is_key(&self) -> bool {
        self.column.is_some_and(|column| column.relation.is_some())
    }

    /// The state in which a required field begins.
    fn begin(&self) -> TokenStream {
        let tokens = &self.field.tokens;
        match self.column.map(|column| column.required) {
            None => self.field.as_embed(&quote!(State)),
            Some(Decision::ByType) => {
                quote!(<<#tokens as __orm::SqlType>::Family as __orm::KeyFamily>::State)
            }
            Some(Decision::Yes | Decision::No) => quote!(__orm::Missing),
        }
    }
}

struct Draft<'a> {
    model: &'a Model<'a>,
    name: Ident,
    /// The fields that must be set. Each has a type parameter, which tells whether it is.
    required: Vec<Part<'a>>,
    states: Vec<Ident>,
}

impl<'a> Draft<'a> {
    fn new(model: &'a Model<'a>) -> Self {
        let required: Vec<_> = Part::all(model).filter(Part::is_required).collect();
        Self {
            model,
            name: format_ident!("{}Draft", model.ident),
            states: (0..required.len())
                .map(|at| format_ident!("__{at}"))
                .collect(),
            required,
        }
    }

    fn traits(&self) -> TokenStream {
        let traits = self.required.iter();
        traits.map(|part| has_trait(self.model, part)).collect()
    }

    fn items(&self) -> TokenStream {
        let Self {
            model,
            name,
            states,
            required: _,
        } = self;
        let (ident, vis) = (model.ident, model.vis);
        let methods = Part::all(model).map(|part| self.method(part));
        let complete = self.complete();
        quote! {
            #[must_use = "a draft is no row until it is saved: `.save(&db)?`"]
            #vis struct #name<#(#states),*>(__orm::Building<#ident, (#(#states,)*)>);
            impl<#(#states),*> #name<#(#states),*> { #(#methods)* }
            #[diagnostic::do_not_recommend]
            impl<#(#states),*> __orm::TypedDraft for #name<#(#states),*> {
                type Model = #ident;
                type State = Self;
                fn into_draft(self) -> __orm::Draft<#ident> { self.0.finish() }
                fn of_draft(draft: __orm::Draft<#ident>) -> Self { #name(__orm::Building::of(draft)) }
            }
            #complete
        }
    }

    fn embedded_items(&self) -> TokenStream {
        let Self {
            model,
            name,
            states,
            required,
        } = self;
        let (ident, vis) = (model.ident, model.vis);
        let methods = Part::all(model).map(|part| self.method(part));
        let at = |ident: &Ident| {
            Ident::new(
                &ident.to_string(),
                ident.span().located_at(model.ident.span()),
            )
        };
        let has = required.iter().map(|part| at(&has_ident(part.field)));
        let complete = quote_spanned! {model.ident.span()=>
            impl<#(#states: #has),*> __orm::EmbedValue<#ident> for #name<#(#states),*> {
                fn into_values(self) -> __orm::Vec<(usize, __orm::Value)> { self.0.finish() }
            }
        };
        let note = format!(
            "an embedded struct in the making: hand it to the draft of a model that has a `{ident}`"
        );
        quote! {
            #[must_use = #note]
            #vis struct #name<#(#states),*>(__orm::EmbedBuilding<#ident, (#(#states,)*)>);
            impl<#(#states),*> #name<#(#states),*> { #(#methods)* }
            #complete
        }
    }

    fn embedded_member(&self) -> TokenStream {
        let Self {
            model,
            name,
            required,
            ..
        } = self;
        let vis = model.vis;
        let begin = required.iter().map(Part::begin);
        let doc = format!(
            "A `{}` in the making, for the draft of a model: fields that are filled by themselves may be left out.",
            model.ident
        );
        quote! {
            #[doc = #doc]
            #vis fn draft() -> #name<#(#begin),*> { #name(__orm::EmbedBuilding::new()) }
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
        let has = required.iter().map(|part| at(&has_ident(part.field)));
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
            .filter(|(_, part)| part.is_key())
            .map(|(place, _)| place)
    }

    /// The name of the draft, as of what is written at an embedded struct.
    fn name_at_embedded(&self) -> Ident {
        let mut name = self.name.clone();
        if self.model.embeds().next().is_some() {
            name.set_span(self.model.asked_span());
        }
        name
    }

    /// What lets a draft begin at a many-to-many.
    fn begins(&self) -> TokenStream {
        let (ident, name) = (self.model.ident, &self.name_at_embedded());
        let begin = self.required.iter().map(Part::begin);
        quote_spanned! {self.model.asked_span()=>
            impl __orm::Drafts for #ident {
                type Draft = #name<#(#begin),*>;
            }
        }
    }

    /// What lets a draft begin at a row that a key points at.
    fn through(&self) -> Option<TokenStream> {
        let Self {
            model, required, ..
        } = self;
        let mut keys = Part::all(model).filter(|part| part.is_key() || part.column.is_none());
        keys.next()?;
        let ident = model.ident;
        let begin = required.iter().map(|part| match part.is_key() {
            true => quote!(__orm::Through),
            false => part.begin(),
        });
        let optional = model
            .columns()
            .any(|(field, column)| column.relation.is_some() && field.nullable);
        let optional = optional.then(|| quote!(impl __orm::HasOptionalKey for #ident {}));
        let one_through = self.one_through();
        let name = &self.name_at_embedded();
        let begins = quote_spanned! {model.asked_span()=>
            impl __orm::DraftsThrough for #ident {
                type Draft = #name<#(#begin),*>;
            }
        };
        Some(quote! {
            #begins
            #optional
            #one_through
        })
    }

    /// The trait by which the compiler tells of a key that a relation does not set. A trait of the core could not name it.
    fn one_through(&self) -> Option<TokenStream> {
        let keys = self.required_keys().map(|place| self.required[place].field);
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
            model, required, ..
        } = self;
        let vis = model.vis;
        let begin = required.iter().map(Part::begin);
        let doc = format!("A new row of `{}`, to be filled and saved.", model.ident);
        let name = &self.name_at_embedded();
        let function = quote_spanned! {model.asked_span()=>
            fn draft() -> #name<#(#begin),*> { #name(__orm::Building::new()) }
        };
        quote! {
            #[doc = #doc]
            #vis #function
        }
    }

    /// The method that sets a field.
    fn method(&self, Part { field, column }: Part<'_>) -> TokenStream {
        let Self {
            model,
            name,
            required,
            states,
        } = self;
        let vis = model.vis;
        let Field { path, tokens, .. } = field;
        let same = |other: &Part<'_>| other.field.ident == field.ident;
        let place = required.iter().position(same);
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
        if let (Some(relation), Some(column)) = (field.parent(), column) {
            let (to, index) = (&relation.to, column.index);
            // At the field, where the compiler then says that it is asked.
            let takes = quote_spanned!(path.span()=> __orm::ParentValue<#to, __K>);
            let bounds = quote_spanned!(path.span()=> <__V as #takes>::State: __orm::Complete);
            return quote! {
                #[doc = #doc]
                #vis fn #path<__K, __V: #takes>(self, value: __V) -> #after
                where
                    #bounds,
                {
                    #name(self.0.parent::<#to, __K, __V, _>(#index, value))
                }
            };
        }
        let (takes, call) = match column {
            Some(Column { index, .. }) => (quote!(__Value<#tokens>), quote!(put(#index, value))),
            None => {
                let offset = model.offset_of(Some(field));
                // At the type, which is where the compiler then says that it is asked.
                let takes = quote_spanned!(tokens.span()=> __orm::EmbedValue<#tokens>);
                (takes, quote!(embed(#offset, value)))
            }
        };
        quote! {
            #[doc = #doc]
            #vis fn #path(self, value: impl #takes) -> #after {
                #name(self.0.#call)
            }
        }
    }
}

/// The name of the trait that [`Draft::one_through`] makes.
const ONE_THROUGH: &str = "OneKeyThroughARelation";

fn has_ident(field: &Field<'_>) -> Ident {
    format_ident!("Has_{}", field.name)
}

/// A trait for one required field. One trait for all could name the field only by a helper type, and
/// the compiler writes `_::name` for a type whose name several models have.
fn has_trait(model: &Model<'_>, part: &Part<'_>) -> TokenStream {
    let field = part.field;
    let vis = model.vis;
    let has = has_ident(field);
    let name = &field.name;
    let message = format!("the required field `{name}` has no value");
    let label = format!(
        "`{name}` of `{}` is missing: call `.{}(..)` first",
        model.ident, field.path
    );
    let through = part.is_key().then(|| {
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
