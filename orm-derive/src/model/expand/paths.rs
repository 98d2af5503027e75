//! `Book::title` and `Book::author.name`: the fields as paths.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Path};

use super::links;
use crate::model::ir::{Column, Field, Model, Relation, Reverse, Role};
use crate::names::without_self;

/// The helper types.
pub(crate) fn items(model: &Model<'_>) -> TokenStream {
    let definitions = model.fields.iter().map(|field| definition(model, field));
    let fields = fields_struct(model);
    let keys = links::keys(model);
    quote! {
        #(#definitions)*
        #keys
        #fields
    }
}

/// The helper type of a field and what it tells.
fn definition(model: &Model<'_>, field: &Field<'_>) -> TokenStream {
    let Field { vis, marker, .. } = field;
    let told = match &field.role {
        Role::Column(column) => match &column.relation {
            None => column_of(model, field, column),
            Some(relation) => key_of(model, field, column, relation),
        },
        Role::Reverse(reverse) => other_side_of(model, field, reverse),
        Role::Links(links) => links::relation(model, field, links),
        Role::Embed(prefix) => embedded(model, field, prefix, ["Embedding", "Model"]),
        Role::Broken => return TokenStream::new(),
    };
    // An empty enum has a type's name and no value's, so it shadows no variable of the same name.
    quote! {
        #vis enum #marker {}
        #told
    }
}

fn column_of(model: &Model<'_>, field: &Field<'_>, column: &Column) -> TokenStream {
    let ident = model.ident;
    let Field { marker, tokens, .. } = field;
    let index = column.index;
    let access = if column.generated.is_some() {
        quote!(Generated)
    } else {
        quote!(Written)
    };
    let deferred = field
        .deferred
        .then(|| quote!(impl __orm::DeferredField for #marker {}));
    // The one place where the type must be a column's: all others ask this one, so that a type that is
    // none is one error, at the user's token.
    quote! {
        impl __orm::FieldDef for #marker {
            type Model = #ident;
            type Type = #tokens;
            type Access = __orm::#access;
            const INDEX: usize = #index;
        }
        #deferred
    }
}

/// The place of an embedded struct: in a model, or in a struct that is embedded itself. `trait_and_around` is the trait that
/// tells of such a place, and what it calls the type around.
pub(crate) fn embedded(
    shared: &Model<'_>,
    field: &Field<'_>,
    prefix: &str,
    trait_and_around: [&str; 2],
) -> TokenStream {
    let Field {
        ident,
        marker,
        name,
        tokens,
        ..
    } = field;
    let [place, around] = trait_and_around.map(|name| Ident::new(name, tokens.span()));
    let (of, offset) = (shared.ident, shared.offset_of(Some(field)));
    let itself = field.as_embed(&quote!(Itself));
    quote_spanned! {tokens.span()=>
        impl __orm::#place for #marker {
            type #around = #of;
            type Embedded = #itself;
            const OFFSET: usize = #offset;
            const NAME: &'static str = #name;
            const PREFIX: &'static str = #prefix;
            fn of(from: &mut #of) -> &mut #itself { &mut from.#ident }
        }
    }
}

/// The proofs that no column of an embedded struct is called as another.
pub(super) fn columns_differ(model: &Model<'_>) -> TokenStream {
    let proofs = model.embeds().map(|field| {
        let marker = &field.marker;
        quote_spanned!(field.ident.span()=> const _: () = __orm::assert_columns_differ::<#marker>();)
    });
    proofs.collect()
}

fn key_of(
    model: &Model<'_>,
    field: &Field<'_>,
    column: &Column,
    relation: &Relation,
) -> TokenStream {
    let ident = model.ident;
    let Field { marker, name, .. } = field;
    let to = &relation.to;
    let null = if field.nullable {
        quote!(MaybeNull)
    } else {
        quote!(NotNull)
    };
    let kind = if relation.one_to_one {
        quote!(one_to_one)
    } else {
        quote!(foreign_key)
    };
    let action = relation.on_delete.tokens();
    let alone = relation
        .one_to_one
        .then(|| quote!(impl __orm::OneToOneField for #marker {}));
    let parent = relation
        .parent
        .then(|| quote!(impl __orm::ParentField for #marker {}));
    let side = match relation.parent {
        true => quote!(ParentSide),
        false => quote!(OneSide),
    };
    let index = column.index;
    let loaded = match relation.parent {
        true => part(field, relation),
        false => self::loaded(model, field),
    };
    // Both are asked at the type, in the same words: if it is no model, the compiler says so once.
    let (first, last) = ends(to);
    let asked = quote_spanned!(first=> <#to as __orm::OtherSide>);
    let keyword = quote_spanned!(first=> type);
    let target = quote_spanned!(last=> To = #asked::Model;);
    let key = quote_spanned!(last=> Key = #asked::Key;);
    quote! {
        impl __orm::Relation for #marker {
            type From = #ident;
            #keyword #target
            #keyword #key
            type Null = __orm::#null;
            type Side = __orm::#side;
            const SCHEMA: &'static __orm::RelationSchema =
                &__orm::#kind::<Self>(#name, #index, __orm::OnDelete::#action);
            #loaded
        }
        #alone
        #parent
    }
}

/// Where an instance has the parent.
fn part(field: &Field<'_>, relation: &Relation) -> TokenStream {
    let ident = field.ident;
    // All of it at the type, where it is asked whether that is a model.
    quote_spanned! {relation.to.span()=>
        fn parent(from: &mut Self::From) -> __orm::Option<&mut Self::To> {
            __orm::Some(&mut *from.#ident)
        }
    }
}

fn other_side_of(model: &Model<'_>, field: &Field<'_>, reverse: &Reverse) -> TokenStream {
    let ident = model.ident;
    let Field { marker, name, .. } = field;
    let Reverse {
        many,
        to,
        key,
        told: _,
    } = reverse;
    let (side, kind) = if *many {
        (quote!(ManySide), quote!(has_many))
    } else {
        (quote!(OneSide), quote!(has_one))
    };
    // Both are asked at the type, from its first token to its last: if it is no model, that is one text at one place,
    // and so the compiler prints it once.
    let (first, last) = ends(to);
    let asked = quote_spanned!(first=> <#to as __orm::OtherSide>);
    let (keyword, target) = (
        quote_spanned!(first=> type),
        quote_spanned!(last=> To = #asked::Model;),
    );
    let named = key.as_ref();
    let named = named.and_then(|key| Some((model_and_name(&key.path, ident)?, &key.inner)));
    let schema = match named {
        Some(((told, path), inner)) => {
            // A variable, to have a place of its own: at the key, which is what a wrong one is wrong about.
            let key = Ident::new("key", path.span());
            let paths = quote_spanned!(last=> #asked::PATHS);
            let bind = quote_spanned!(first=> let #key = #paths.#path;);
            let bind = through_embedded(bind, &key, inner);
            quote_spanned!(path.span()=> { #bind &__orm::#kind::<#told, #to, #ident, _>(#name, #key) })
        }
        None => quote!(__orm::unknown()),
    };
    let loaded = self::loaded(model, field);
    quote! {
        impl __orm::Relation for #marker {
            type From = #ident;
            #keyword #target
            type Key = <#ident as __orm::Model>::Key;
            type Null = __orm::MaybeNull;
            type Side = __orm::#side;
            const SCHEMA: &'static __orm::RelationSchema = #schema;
            #loaded
        }
    }
}

/// Behind a variable that is an embedded struct: the variable as the path of these names.
pub(super) fn through_embedded(bind: TokenStream, key: &Ident, names: &[Ident]) -> TokenStream {
    names.iter().fold(bind, |bind, name| {
        let next = quote_spanned!(name.span()=> let #key = __orm::embedded_paths(#key).#name;);
        quote!(#bind #next)
    })
}

/// Where the first token of a type stands, and the last one.
pub(crate) fn ends(tokens: &TokenStream) -> (Span, Span) {
    let (first, last) = (tokens.span(), tokens.clone().into_iter().last());
    (first, last.map_or(first, |token| token.span()))
}

/// Where an instance keeps the rows of a relation.
pub(super) fn loaded(model: &Model<'_>, field: &Field<'_>) -> TokenStream {
    let (model, field) = (model.ident, field.ident);
    quote! {
        fn loaded(from: &mut #model) -> __orm::Option<&mut __orm::Loaded> {
            __orm::RelationField::loaded_mut(&mut from.#field)
        }
    }
}

/// The two parts of `Book::author`.
pub(super) fn model_and_name<'a>(key: &'a Path, ident: &Ident) -> Option<(TokenStream, &'a Ident)> {
    let name = &key.segments.last()?.ident;
    let mut model = key.clone();
    model.segments.pop();
    model.segments.pop_punct();
    Some((without_self(model.into_token_stream(), ident), name))
}

/// `Field`, `ToOne`, `ToMany` or `EmbedPath`.
fn path_type(field: &Field<'_>) -> Option<TokenStream> {
    Some(match &field.role {
        Role::Column(column) if column.relation.is_none() => quote!(__Field),
        Role::Reverse(Reverse { many: true, .. }) | Role::Links(_) => quote!(__orm::ToMany),
        Role::Column(_) | Role::Reverse(_) => quote!(__orm::ToOne),
        Role::Embed(_) => quote!(__orm::EmbedPath),
        Role::Broken => return None,
    })
}

/// The struct of all paths behind another path.
fn fields_struct(model: &Model<'_>) -> TokenStream {
    let name = fields_ident(model);
    let vis = model.vis;
    let (members, values): (Vec<_>, Vec<_>) = model
        .fields
        .iter()
        .filter_map(|field| {
            let Field {
                vis, path, marker, ..
            } = field;
            let ty = path_type(field)?;
            Some((
                quote!(#vis #path: #ty<__P, #marker>,),
                quote!(#path: #ty::NEW,),
            ))
        })
        .unzip();
    quote! {
        #vis struct #name<__P> { #(#members)* }
        impl<__P: __orm::Path> __orm::PathFields for #name<__P> {
            const ALL: &'static Self = &Self { #(#values)* };
        }
    }
}

pub(crate) fn fields_ident(model: &Model<'_>) -> Ident {
    format_ident!("{}Fields", model.ident)
}

/// The paths that begin at the model itself, and where its queries begin.
pub(crate) fn members(model: &Model<'_>) -> TokenStream {
    let ident = model.ident;
    let vis = model.vis;
    let constants = model.fields.iter().filter_map(|field| {
        let Field {
            vis,
            path,
            marker,
            name,
            docs,
            ..
        } = field;
        let ty = path_type(field)?;
        let doc = if docs.is_empty() {
            let doc = format!("The field `{name}` as a path.");
            quote!(#[doc = #doc])
        } else {
            docs.clone()
        };
        Some(quote!(#doc #vis const #path: #ty<__Root<Self>, #marker> = #ty::NEW;))
    });
    let (objects, all) = (
        format!("All rows of `{ident}`, as a query to narrow down."),
        format!("All rows of `{ident}`, whatever its default filter says."),
    );
    let raw = format!("Rows of `{ident}` by SQL of one's own, with a `?` for each parameter.");
    let managers = model.managers.iter().map(|(name, condition)| {
        let doc = format!("Those of `{ident}::objects()` that the manager `{name}` lets through.");
        quote! {
            #[doc = #doc]
            #vis fn #name() -> __orm::QuerySet<Self> { __orm::manager(__orm::condition::<Self, _>(#condition)) }
        }
    });
    quote! {
        #(#constants)*
        #(#managers)*
        #[doc = #objects]
        #vis fn objects() -> __orm::QuerySet<Self> { __orm::QuerySet::objects() }
        #[doc = #all]
        #vis fn all_objects() -> __orm::QuerySet<Self> { __orm::QuerySet::all_rows() }
        #[doc = #raw]
        #vis fn raw(sql: &str, params: impl __orm::RawParams) -> __orm::RawQuery<Self> {
            __orm::RawQuery::new(sql, params)
        }
    }
}
