//! What a model does with its rows: read them, give their values, know their defaults.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Ident};

use super::parent;
use super::paths::fields_ident;
use crate::model::ir::{Column, Field, Known, Model, Relation, Reverse, Role};

pub(crate) fn instance(model: &Model<'_>) -> TokenStream {
    let key = key(model);
    let decode = decode(model);
    let assign = assign(model);
    let value = value(model);
    let default_value = default_value(model);
    let left_out = left_out(model);
    let default_filter = model.default_filter.as_ref().map(|filter| {
        quote! {
            fn default_filter() -> __orm::Option<__orm::Expr> { __orm::Some(__orm::condition::<Self, _>(#filter)) }
        }
    });
    quote! {
        #key
        #decode
        #assign
        #value
        #default_value
        #left_out
        #default_filter
    }
}

/// The types that a model has.
pub(crate) fn types(model: &Model<'_>) -> TokenStream {
    let fields = fields_ident(model);
    let parts = || model.key.iter().map(|key| &model.fields[*key]);
    let at = opaque_part(model);
    let key = match model.key.len() {
        0 => quote!(i64),
        1 => parts().map(key_type).collect(),
        _ => {
            let parts = parts().map(|field| match field.known {
                // One that is none is asked for by itself: of a tuple the compiler would list all that it lacks.
                Known::Opaque => {
                    let tokens = &field.tokens;
                    quote_spanned!(field.ty.span()=> <#tokens as __orm::KeyPart>::Type)
                }
                _ => key_type(field),
            });
            quote_spanned!(at=> (#(#parts),*))
        }
    };
    let key = match model.parent() {
        Some((_, relation)) => parent::key(relation),
        None => quote_spanned!(at=> type Key = #key;),
    };
    quote_spanned! {at=>
        #key
        type Fields<__P: __orm::Path> = #fields<__P>;
    }
}

/// Where a composite key has a part of which the macro cannot see whether it may be one. All that asks for the key's type asks
/// there, so that a part that may not is told once.
fn opaque_part(model: &Model<'_>) -> Span {
    let parts = || model.key.iter().map(|key| &model.fields[*key]);
    let opaque = parts().find(|field| model.key.len() > 1 && field.known == Known::Opaque);
    match opaque {
        Some(field) => field.ty.span(),
        None if model.parent().is_some() => model.asked_span(),
        None => Span::call_site(),
    }
}

/// The type of a field in the primary key.
fn key_type(field: &Field<'_>) -> TokenStream {
    match field.column().and_then(|column| column.relation.as_ref()) {
        Some(relation) => {
            let to = &relation.to;
            quote!(<#to as __orm::Model>::Key)
        }
        None => field.tokens.clone(),
    }
}

fn key(model: &Model<'_>) -> TokenStream {
    let types = types(model);
    let single = model.single_key().is_some();
    let values = model.key.iter().map(|key| {
        let Field { ident, known, .. } = &model.fields[*key];
        match known {
            Known::Key if model.fields[*key].parent().is_some() => {
                let marker = &model.fields[*key].marker;
                let this = this();
                quote_spanned!(model.asked_span()=> __orm::key_of::<#marker>(&#this.#ident))
            }
            Known::Key => quote!(self.#ident.id()),
            Known::Integer => quote!(self.#ident),
            _ if single => quote!(__orm::key::<Self>(&self.#ident)),
            _ => quote!(__orm::Clone::clone(&self.#ident)),
        }
    });
    let value = match single {
        true => quote!(#(#values)*),
        false => quote!((#(#values),*)),
    };
    let this = this();
    let function = quote_spanned!(opaque_part(model)=> fn key(&#this) -> Self::Key { #value });
    quote! {
        #types
        #function
    }
}

/// The columns as one type.
pub(crate) fn columns(model: &Model<'_>) -> TokenStream {
    let columns = model.columns().map(|(field, column)| {
        let Field { marker, .. } = field;
        match &column.relation {
            None if field.deferred => quote!(__orm::Deferrable<#marker>),
            None => quote!(__Plain<#marker>),
            Some(Relation { parent: true, .. }) => quote!(__orm::ParentColumns<#marker>),
            Some(relation) => {
                let Relation { kind, to, .. } = relation;
                let adapter = if field.nullable {
                    quote!(OptionalKey)
                } else {
                    quote!(Key)
                };
                quote!(__orm::#adapter<#marker, __orm::#kind<#to>>)
            }
        }
    });
    let embedded = model.embeds().map(|field| {
        let marker = &field.marker;
        quote!(__orm::Embedded<#marker>)
    });
    nested(columns.chain(embedded).collect())
}

/// The most that one tuple has; more are tuples of tuples.
const TUPLE: usize = 16;

/// A tuple of tokens, of types as well as of values.
pub(crate) fn nested(mut tokens: Vec<TokenStream>) -> TokenStream {
    while tokens.len() > TUPLE {
        tokens = tokens
            .chunks(TUPLE)
            .map(|chunk| quote!((#(#chunk,)*)))
            .collect();
    }
    quote!((#(#tokens,)*))
}

fn decode(model: &Model<'_>) -> TokenStream {
    // Names that no constant of the program can have: it would be a pattern instead of a variable.
    let variable = |field: &Field<'_>| format_ident!("__{}", field.name);
    let variables = nested(
        model
            .stored()
            .map(|field| variable(field).into_token_stream())
            .collect(),
    );
    let fields = model.fields.iter().map(|field| {
        let ident = field.ident;
        let value = match &field.role {
            Role::Column(_) | Role::Embed(_) => variable(field).into_token_stream(),
            Role::Reverse(Reverse { many, .. }) => {
                let (owner, marker) = (owner_ident(), &field.marker);
                let kind = if *many { quote!(HasMany) } else { quote!(HasOne) };
                quote!(__orm::#kind::of(<#marker as __orm::Relation>::SCHEMA, __orm::Clone::clone(&#owner)))
            }
            Role::Links(_) => {
                let (owner, marker) = (owner_ident(), &field.marker);
                quote!(__orm::ManyToMany::of(__orm::link_of::<#marker>(), __orm::Clone::clone(&#owner)))
            }
            Role::Broken => quote!(__orm::unknown()),
        };
        quote!(#ident: #value)
    });
    let columns = quote_spanned!(model.asked_span()=> <__Columns as __orm::Columns>::read(row, at));
    let owner = owner(model);
    let deferred = model.columns().filter(|(field, _)| field.deferred);
    let located = deferred.map(|(field, _)| {
        let (variable, key) = (variable(field), key_values(model));
        quote!(let #variable = #variable.of_row(|| [#(#key),*]);)
    });
    quote_spanned! {model.asked_span()=>
        fn decode(row: &dyn __orm::Row, at: usize) -> __orm::Result<Self> {
            let #variables = #columns?;
            #(#located)*
            #owner
            __orm::Ok(Self { #(#fields),* })
        }
    }
}

/// The primary key as a value, by which the other sides of keys find their rows.
fn owner(model: &Model<'_>) -> Option<TokenStream> {
    let has_sides = model
        .fields
        .iter()
        .any(|field| matches!(field.role, Role::Reverse(_) | Role::Links(_)));
    model.single_key().filter(|_| has_sides)?;
    let (owner, key) = (owner_ident(), key_values(model));
    Some(quote!(let #owner = #(#key)*;))
}

/// The values of the primary key's columns, of the variables that were just read.
fn key_values(model: &Model<'_>) -> Vec<TokenStream> {
    let values = model.key.iter().map(|key| {
        let key = &model.fields[*key];
        let (function, variable) = (
            match key.known {
                Known::Key if key.parent().is_some() => quote!(parent_key),
                Known::Key => quote!(key_value),
                _ => quote!(to_value),
            },
            format_ident!("__{}", key.name),
        );
        quote!(__orm::#function(&#variable))
    });
    values.collect()
}

/// The instance. A type that comes from a macro of the program has names of its own, and what is written at its place would
/// have another `self` than what is not.
fn this() -> Ident {
    Ident::new("self", Span::call_site())
}

/// Of no field's name, whatever that is.
fn owner_ident() -> Ident {
    Ident::new("owner", Span::mixed_site())
}

fn assign(model: &Model<'_>) -> TokenStream {
    let this = this();
    let fields = nested(
        model
            .stored()
            .map(|Field { ident, .. }| quote!(&mut self.#ident))
            .collect(),
    );
    let columns = quote_spanned! {model.asked_span()=>
        <__Columns as __orm::Columns>::assign(#fields, field, row, at)
    };
    quote_spanned! {model.asked_span()=>
        fn assign(&mut #this, field: usize, row: &dyn __orm::Row, at: usize) -> __orm::Result<()> {
            #columns
        }
    }
}

fn value(model: &Model<'_>) -> TokenStream {
    let this = this();
    let fields = nested(
        model
            .stored()
            .map(|Field { ident, .. }| quote!(&self.#ident))
            .collect(),
    );
    let columns = quote_spanned! {model.asked_span()=>
        <__Columns as __orm::Columns>::value(#fields, field)
    };
    quote_spanned! {model.asked_span()=>
        fn value(&#this, field: usize) -> __orm::Value {
            __orm::or_null(#columns)
        }
    }
}

/// What may be left out, and whether it was; nothing for a model without such fields.
fn left_out(model: &Model<'_>) -> Option<TokenStream> {
    let deferred = model.columns().filter(|(field, _)| field.deferred);
    let (indexes, idents): (Vec<_>, Vec<_>) = deferred
        .map(|(field, column)| (column.index, field.ident))
        .unzip();
    if let Some((field, of)) = model.parent() {
        return Some(parent::left_out(model, field, of, &indexes, &idents));
    }
    if indexes.is_empty() {
        return None;
    }
    Some(quote! {
        const DEFERRED: &'static [usize] = &[#(#indexes),*];
        fn is_left_out(&self, field: usize) -> bool {
            match field {
                #(#indexes => self.#idents.is_unloaded(),)*
                _ => false,
            }
        }
    })
}

fn default_value(model: &Model<'_>) -> Option<TokenStream> {
    let arms: Vec<_> = model
        .columns()
        .filter_map(|(field, column)| {
            let default = default(field, column)?;
            let index = column.index;
            Some(quote!(#index => __orm::Some(#default),))
        })
        .collect();
    let embedded: Vec<_> = model.embeds().map(|field| &field.marker).collect();
    if arms.is_empty() && embedded.is_empty() {
        return None;
    }
    // Invisible to the expressions in the arms.
    let field = Ident::new("field", Span::mixed_site());
    let others = match embedded.is_empty() {
        true => quote!(__orm::None),
        false => {
            let (first, value) = (quote!(__orm::None), Ident::new("value", Span::mixed_site()));
            embedded.iter().rev().fold(first, |others, marker| {
                quote! {
                    match __orm::embedded_default::<#marker>(#field) {
                        __orm::Some(#value) => __orm::Some(#value),
                        __orm::None => #others,
                    }
                }
            })
        }
    };
    Some(quote! {
        fn default_value(#field: usize) -> __orm::Option<__orm::Value> {
            match #field {
                #(#arms)*
                _ => #others,
            }
        }
    })
}

fn default(field: &Field<'_>, column: &Column) -> Option<TokenStream> {
    let Field { marker, tokens, .. } = field;
    let expr: Option<&Expr> = column.default.as_ref()?.0.as_ref();
    Some(match (expr, field.known) {
        (None, _) => quote!(__orm::default_of::<#marker>()),
        // A type that the macro does not know may be no column type. That is reported already; asking for
        // what can become one would be a second error.
        (Some(expr), Known::Opaque) => quote!(__orm::value::<#marker>(&#expr)),
        // At the expression, which is what a wrong one is wrong about.
        (Some(expr), _) => quote_spanned!(expr.span()=> __orm::default::<#tokens, _>(#expr)),
    })
}
