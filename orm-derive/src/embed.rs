//! `#[derive(Embed)]`: a struct whose fields are columns of the models that embed it.
//!
//! Its fields are read and checked as those of a model. What is written of them holds for every place `__At` at once.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, FieldsNamed};

use crate::diagnostics::Mistakes;
use crate::model::check;
use crate::model::expand::draft::{embedded_draft, embedded_state};
use crate::model::expand::instance::nested;
use crate::model::expand::paths::{embedded, ends};
use crate::model::expand::{enclosed, schema};
use crate::model::ir::{Column, Field, Known, Model, Relation, Role};
use crate::model::resolve;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let Some(named) = named_fields(input, &mut mistakes) else {
        return mistakes.into_tokens();
    };
    let shared = resolve::shared(input, named, &mut mistakes);
    check::embed::check(&shared, &mut mistakes);
    if mistakes.is_empty() {
        return expand(&shared);
    }
    let mut tokens = mistakes.into_tokens();
    tokens.extend(fallback(shared));
    tokens
}

fn named_fields<'a>(input: &'a DeriveInput, mistakes: &mut Mistakes) -> Option<&'a FieldsNamed> {
    for attr in &input.attrs {
        if attr.path().is_ident("model") || attr.path().is_ident("field") {
            mistakes.at(
                attr.path(),
                "an embedded struct has no table: this belongs in the models that embed it",
            );
        }
    }
    let generics = &input.generics;
    if !generics.params.is_empty() {
        mistakes.at(generics, "an embedded struct cannot be generic");
        return None;
    }
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(named) => Some(named),
            Fields::Unnamed(_) | Fields::Unit => {
                let message = "an embedded struct needs named fields: each is a column";
                mistakes.at(&input.ident, message);
                None
            }
        },
        Data::Enum(_) | Data::Union(_) => {
            let message = "what is embedded is a struct with named fields";
            mistakes.at(&input.ident, message);
            None
        }
    }
}

fn expand(shared: &Model<'_>) -> TokenStream {
    let ident = shared.ident;
    let definitions = shared.fields.iter().map(|field| definition(shared, field));
    let (draft, draft_member) = embedded_draft(shared);
    let (paths, paths_ident) = (paths(shared), paths_ident(shared));
    let (columns, state, width) = (
        columns(shared),
        embedded_state(shared),
        shared.offset_of(None),
    );
    let (read, value, assign) = (read(shared), value(shared), assign(shared));
    let (default_value, db_defaults) = (default_value(shared), db_defaults(shared));
    let uses = uses();
    enclosed(&quote! {
        #uses
        #(#definitions)*
        #paths
        #draft
        #[automatically_derived]
        impl #ident {
            #draft_member
        }
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl __orm::Embed for #ident {
            type Paths<__P: 'static, __At: 'static> = #paths_ident<__P, __At>;
            type Columns<__At: __orm::Embedding<Embedded = Self>> = #columns;
            type Itself = Self;
            type State = #state;
            const WIDTH: usize = #width;
            #read
            #value
            #assign
            #default_value
            #db_defaults
        }
    })
}

/// What stands in the code of each field has a name of one word.
fn uses() -> TokenStream {
    quote! {
        use __orm::{
            Field as __Field, FieldOptions as __Options, FieldValue as __Value, In as __In, Plain as __Plain, Set as __Set,
        };
    }
}

/// With mistakes in it: the same names with empty bodies, so that what uses it is understood.
fn fallback(mut shared: Model<'_>) -> TokenStream {
    let mut taken = HashSet::new();
    for field in &mut shared.fields {
        let broken = match field.role {
            Role::Column(_) => matches!(field.known, Known::NoColumn(_)),
            Role::Embed(_) => field.nullable || field.deferred,
            Role::Reverse(_) | Role::Links(_) | Role::Broken => true,
        };
        if broken || !taken.insert(field.path.to_string()) {
            field.role = Role::Broken;
        }
    }
    let (shared, ident) = (&shared, shared.ident);
    let definitions = shared.fields.iter().map(|field| definition(shared, field));
    let (draft, draft_member) = embedded_draft(shared);
    let (paths, paths_ident) = (paths(shared), paths_ident(shared));
    let uses = uses();
    enclosed(&quote! {
        #uses
        #(#definitions)*
        #paths
        #draft
        impl #ident { #draft_member }
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl __orm::Embed for #ident {
            type Itself = Self;
            type Paths<__P: 'static, __At: 'static> = #paths_ident<__P, __At>;
            type Columns<__At: __orm::Embedding<Embedded = Self>> = ();
            type State = __orm::Set;
            const WIDTH: usize = 0;
            fn read<__At: __orm::Embedding<Embedded = Self>>(_: &dyn __orm::Row, _: usize) -> __orm::Result<Self> { __orm::unknown() }
            fn value(&self, _: usize) -> __orm::Value { __orm::unknown() }
            fn assign<__At: __orm::Embedding<Embedded = Self>>(&mut self, _: usize, _: &dyn __orm::Row, _: usize) -> __orm::Result<()> {
                __orm::unknown()
            }
        }
    })
}

/// The helper type of a field and what it tells.
fn definition(shared: &Model<'_>, field: &Field<'_>) -> TokenStream {
    let Field { vis, marker, .. } = field;
    let told = match &field.role {
        Role::Column(column) => column_of(shared, field, column),
        Role::Embed(prefix) => embedded(shared, field, prefix, ["EmbeddedStruct", "Of"]),
        Role::Reverse(_) | Role::Links(_) | Role::Broken => return TokenStream::new(),
    };
    quote! {
        #vis enum #marker {}
        #told
    }
}

fn column_of(shared: &Model<'_>, field: &Field<'_>, column: &Column) -> TokenStream {
    let Field {
        marker,
        name,
        tokens,
        ..
    } = field;
    let (index, column_name) = (column.index, &column.name);
    let options = schema::options(field, column);
    let told = match &column.relation {
        None => quote! {
            impl __orm::EmbeddedField for #marker {
                type Type = #tokens;
            }
        },
        Some(relation) => key_of(shared, field, relation),
    };
    quote! {
        impl __orm::EmbeddedColumn for #marker {
            const INDEX: usize = #index;
            const NAME: &'static str = #name;
            const COLUMN: &'static str = #column_name;
            const OPTIONS: __orm::FieldOptions = #options;
        }
        #told
    }
}

fn key_of(shared: &Model<'_>, field: &Field<'_>, relation: &Relation) -> TokenStream {
    let Field { ident, marker, .. } = field;
    let Relation {
        to,
        one_to_one,
        on_delete,
        kind: _,
        // Refused in an embedded struct.
        parent: _,
    } = relation;
    let of = shared.ident;
    let null = match field.nullable {
        true => quote!(MaybeNull),
        false => quote!(NotNull),
    };
    let action = on_delete.tokens();
    // Both are asked at the type, in the same words: if it is no model, the compiler says so once.
    let (first, last) = ends(to);
    let asked = quote_spanned!(first=> <#to as __orm::OtherSide>);
    let keyword = quote_spanned!(first=> type);
    let target = quote_spanned!(last=> To = #asked::Model;);
    let key = quote_spanned!(last=> Key = #asked::Key;);
    let alone = one_to_one.then(|| quote!(impl __orm::OneToOneField for #marker {}));
    quote! {
        #alone
        impl __orm::EmbeddedKey for #marker {
            type Of = #of;
            #keyword #target
            #keyword #key
            type Null = __orm::#null;
            const ONE_TO_ONE: bool = #one_to_one;
            const ON_DELETE: __orm::OnDelete = __orm::OnDelete::#action;
            fn loaded(from: &mut #of) -> __orm::Option<&mut __orm::Loaded> {
                __orm::RelationField::loaded_mut(&mut from.#ident)
            }
        }
    }
}

fn paths_ident(shared: &Model<'_>) -> Ident {
    format_ident!("{}Fields", shared.ident)
}

/// The struct of all paths behind another path, in a place.
fn paths(shared: &Model<'_>) -> TokenStream {
    let (name, vis) = (paths_ident(shared), shared.vis);
    let (members, values): (Vec<TokenStream>, Vec<TokenStream>) = shared
        .stored()
        .map(|field| {
            let Field {
                vis, path, marker, ..
            } = field;
            let at = quote!(__In<__At, #marker>);
            let (ty, new) = match &field.role {
                Role::Embed(_) => (
                    quote!(__orm::EmbedPath<__P, #at>),
                    quote!(__orm::EmbedPath::NEW),
                ),
                _ => match field.column().and_then(|column| column.relation.as_ref()) {
                    None => (quote!(__Field<__P, #at>), quote!(__Field::NEW)),
                    Some(_) => (quote!(__orm::ToOne<__P, #at>), quote!(__orm::ToOne::NEW)),
                },
            };
            (quote!(#vis #path: #ty,), quote!(#path: #new,))
        })
        .unzip();
    // Where mistakes have left no field, the parameters need one.
    let (members, values) = match members.is_empty() {
        true => (
            vec![quote!(__none: __orm::PhantomData<fn() -> (__P, __At)>,)],
            vec![quote!(__none: __orm::PhantomData,)],
        ),
        false => (members, values),
    };
    quote! {
        #vis struct #name<__P, __At> { #(#members)* }
        impl<__P, __At> __orm::Clone for #name<__P, __At> { fn clone(&self) -> Self { *self } }
        impl<__P, __At> __orm::Copy for #name<__P, __At> {}
        impl<__P: 'static, __At: 'static> __orm::EmbedPaths for #name<__P, __At> {
            const ALL: &'static Self = &Self { #(#values)* };
        }
    }
}

/// The columns in a place as one type.
fn columns(shared: &Model<'_>) -> TokenStream {
    let columns = shared.stored().map(|field| {
        let Field { marker, .. } = field;
        let at = quote!(__In<__At, #marker>);
        let Some(column) = field.column() else {
            return quote!(__orm::Embedded<#at>);
        };
        let columns = match &column.relation {
            None => quote!(__Plain<#at>),
            Some(Relation { kind, to, .. }) => {
                let adapter = match field.nullable {
                    true => quote!(OptionalKey),
                    false => quote!(Key),
                };
                quote!(__orm::#adapter<#at, __orm::#kind<#to>>)
            }
        };
        quote!(__orm::Named<#columns, #at>)
    });
    nested(columns.collect())
}

fn read(shared: &Model<'_>) -> TokenStream {
    // Names that no constant of the program can have: it would be a pattern instead of a variable.
    let variable = |field: &Field<'_>| format_ident!("__{}", field.name);
    let variables = shared
        .stored()
        .map(|field| variable(field).into_token_stream());
    let variables = nested(variables.collect());
    let fields = shared.fields.iter().map(|field| {
        let (ident, variable) = (field.ident, variable(field));
        quote!(#ident: #variable)
    });
    quote! {
        fn read<__At: __orm::Embedding<Embedded = Self>>(row: &dyn __orm::Row, at: usize) -> __orm::Result<Self> {
            let #variables = <Self::Columns<__At> as __orm::Columns>::read(row, at)?;
            __orm::Ok(Self { #(#fields),* })
        }
    }
}

fn assign(shared: &Model<'_>) -> TokenStream {
    let fields = shared
        .stored()
        .map(|Field { ident, .. }| quote!(&mut self.#ident));
    let fields = nested(fields.collect());
    quote! {
        fn assign<__At: __orm::Embedding<Embedded = Self>>(
            &mut self,
            field: usize,
            row: &dyn __orm::Row,
            at: usize,
        ) -> __orm::Result<()> {
            <Self::Columns<__At> as __orm::Columns>::assign(#fields, field, row, at)
        }
    }
}

fn value(shared: &Model<'_>) -> TokenStream {
    let arms = shared.columns().map(|(field, column)| {
        let (ident, index) = (field.ident, column.index);
        let marker = &field.marker;
        let function = match (&column.relation, field.nullable) {
            (None, _) => quote!(embedded_value::<#marker>),
            (Some(_), false) => quote!(key_value),
            (Some(_), true) => quote!(optional_key_value),
        };
        quote!(#index => __orm::#function(&self.#ident),)
    });
    let inside = shared.embeds().map(|field| {
        let Field { ident, tokens, .. } = field;
        let offset = shared.offset_of(Some(field));
        quote! {
            if let __orm::Some(column) = __orm::inside::<#tokens>(column, #offset) {
                return __orm::Embed::value(&self.#ident, column);
            }
        }
    });
    quote! {
        fn value(&self, column: usize) -> __orm::Value {
            #(#inside)*
            match column {
                #(#arms)*
                _ => __orm::Value::Null,
            }
        }
    }
}

fn default_value(shared: &Model<'_>) -> Option<TokenStream> {
    // Invisible to the expressions in the arms.
    let place = Ident::new("place", proc_macro2::Span::mixed_site());
    let arms: Vec<_> = shared
        .columns()
        .filter_map(|(field, column)| {
            let (tokens, index) = (&field.tokens, column.index);
            let default = match (&column.default.as_ref()?.0, field.known) {
                (None, _) => quote!(__orm::default_of_type::<#tokens>()),
                (Some(expr), Known::Opaque) => quote!(__orm::to_value::<#tokens>(&#expr)),
                // At the expression, which is what a wrong one is wrong about.
                (Some(expr), _) => {
                    quote_spanned!(expr.span()=> __orm::default::<#tokens, _>(#expr))
                }
            };
            Some(quote!(#index => __orm::Some(#default),))
        })
        .collect();
    let inside = shared.embeds().map(|field| {
        let (tokens, offset) = (&field.tokens, shared.offset_of(Some(field)));
        quote! {
            if let __orm::Some(column) = __orm::inside::<#tokens>(#place, #offset) {
                return <#tokens as __orm::Embed>::default_value(column);
            }
        }
    });
    if arms.is_empty() && shared.embeds().next().is_none() {
        return None;
    }
    Some(quote! {
        fn default_value(#place: usize) -> __orm::Option<__orm::Value> {
            #(#inside)*
            match #place {
                #(#arms)*
                _ => __orm::None,
            }
        }
    })
}

fn db_defaults(shared: &Model<'_>) -> Option<TokenStream> {
    let own = shared.columns().filter_map(|(field, column)| {
        let (marker, expr) = (&field.marker, column.db_default.as_ref()?);
        let at = quote!(__In<__At, #marker>);
        let (function, index) = match &column.relation {
            Some(_) => (
                quote!(key_db_default::<#at, _>),
                quote!(<#at as __orm::Relation>::SCHEMA.key),
            ),
            None => (
                quote!(generated::<#at, _>),
                quote!(<#at as __orm::FieldDef>::INDEX),
            ),
        };
        Some(quote!(to.push((#index, __orm::#function(#expr)));))
    });
    let inside = shared.embeds().map(|field| {
        let (tokens, marker) = (&field.tokens, &field.marker);
        quote!(<#tokens as __orm::Embed>::db_defaults::<__In<__At, #marker>>(to);)
    });
    let all: Vec<_> = own.chain(inside).collect();
    if all.is_empty() {
        return None;
    }
    Some(quote! {
        fn db_defaults<__At: __orm::Embedding<Embedded = Self>>(to: &mut __orm::Vec<(usize, __orm::Expr)>) {
            #(#all)*
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn messages(input: &DeriveInput) -> Vec<String> {
        let mut mistakes = Mistakes::default();
        if let Some(named) = named_fields(input, &mut mistakes) {
            let shared = resolve::shared(input, named, &mut mistakes);
            check::embed::check(&shared, &mut mistakes);
        }
        // What follows an error must be complete Rust.
        syn::parse2::<syn::File>(derive(input)).unwrap();
        mistakes.messages()
    }

    #[test]
    fn what_belongs_to_models_is_refused() {
        let field = |field: TokenStream| messages(&parse_quote! { struct Stamps { #field } });
        assert_eq!(
            field(quote!(#[field(index, auto_now)] at: NaiveDate)),
            [""; 0]
        );
        assert_eq!(
            field(quote!(#[field(generated = 1)] at: i32)),
            ["a `generated` field belongs in the model, whose other columns it is computed from"]
        );
        assert_eq!(
            field(quote!(at: Deferred<String>)),
            ["a `Deferred` field belongs in the model: an embedded struct is always read"]
        );
        assert_eq!(
            field(quote!(#[reverse(Post::stamps)] posts: HasMany<Post>)),
            [
                "a relation without a column belongs in the model: an embedded struct has columns alone"
            ]
        );
        assert_eq!(
            field(quote!(a: i32, #[field(column = "a")] b: i32)),
            ["`a` has the column \"a\" already"]
        );
        assert_eq!(
            field(quote!()),
            ["an embedded struct needs fields: each is a column"]
        );
        assert_eq!(
            messages(&parse_quote! { #[model(ordering = [at])] struct Stamps { at: i32 } }),
            ["an embedded struct has no table: this belongs in the models that embed it"]
        );
        assert_eq!(
            messages(&parse_quote! { struct Stamps(i32); }),
            ["an embedded struct needs named fields: each is a column"]
        );
        assert_eq!(
            messages(&parse_quote! { struct Stamps<T> { at: T } }),
            ["an embedded struct cannot be generic"]
        );
    }
}
