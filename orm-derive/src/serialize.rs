//! `#[derive(Serialize)]`: serde's, with what a model wants beside it.
//!
//! The code is serde's own. It is derived for a hidden copy of the type, by `#[serde(remote = "..")]`, so that all attributes of
//! serde hold; in the copy, fields that may be unloaded say when they are left out.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DeriveInput, Expr, Field, Fields, GenericParam, Lit, LitStr, Meta, Path,
    Token, Type, Visibility, parse_quote,
};

use crate::diagnostics::Mistakes;
use crate::model::expand::enclosed;
use crate::model::ir::Known;
use crate::model::types::{Kind, shape};
use crate::names::{replace_self, unraw};

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut mistakes = Mistakes::default();
    refuse(input, &mut mistakes);
    if mistakes.is_empty() {
        expand(input)
    } else {
        mistakes.into_tokens()
    }
}

/// What a copy cannot stand for.
fn refuse(input: &DeriveInput, mistakes: &mut Mistakes) {
    const REMEDY: &str = "write `#[derive(serde::Serialize)]`";
    let ident = &input.ident;
    for param in &input.generics.params {
        if let GenericParam::Type(param) = param {
            mistakes.at(
                param,
                format!("this `Serialize` takes no type parameters: for `{ident}` {REMEDY}"),
            );
        }
    }
    if let Some(remote) = metas(&input.attrs).find(|meta| meta.path().is_ident("remote")) {
        mistakes.at(
            remote,
            format!("this `Serialize` is for a type of your own: for another's {REMEDY}"),
        );
    }
}

fn expand(input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    let serde = serde_path(&input.attrs);
    let copy = copy(input);
    let hidden = &copy.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let enters = leads_on(input).then(|| {
        quote! {
            use __orm::{EnterNothing as _, EnterRow as _};
            let __within = (&__orm::Enter(self)).enter();
        }
    });
    enclosed(&quote! {
        #[derive(#serde::Serialize)]
        #copy
        #[automatically_derived]
        impl #impl_generics __orm::Serialize for #ident #ty_generics #where_clause {
            fn serialize<__S: __orm::Serializer>(
                &self,
                __serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                #enters
                use __orm::NotDerived as _;
                #hidden::serialize(self, __serializer)
            }
        }
    })
}

/// The crate as serde's own derive is told of it.
fn serde_path(attrs: &[Attribute]) -> Path {
    let named = metas(attrs).find_map(|meta| match meta {
        Meta::NameValue(meta) if meta.path.is_ident("crate") => text(&meta.value)?.parse().ok(),
        _ => None,
    });
    named.unwrap_or_else(|| parse_quote!(::serde))
}

/// Whether it is a struct of which rows may lead to others, and so back to itself.
fn leads_on(input: &DeriveInput) -> bool {
    let Data::Struct(data) = &input.data else {
        return false;
    };
    let relation = |field: &Field| !matches!(shape(&field.ty).kind, Kind::Plain(_) | Kind::List(_));
    input.generics.params.is_empty() && data.fields.iter().any(relation)
}

/// The type as serde's derive sees it.
fn copy(input: &DeriveInput) -> DeriveInput {
    let mut copy = input.clone();
    let ident = &input.ident;
    copy.ident = format_ident!("__{}", unraw(ident));
    copy.vis = Visibility::Inherited;
    let remote = LitStr::new(&ident.to_string(), ident.span());
    copy.attrs = of_serde(&input.attrs);
    copy.attrs.push(parse_quote!(#[serde(remote = #remote)]));
    if !is_renamed(&input.attrs) {
        let name = LitStr::new(&unraw(ident), ident.span());
        copy.attrs
            .push(parse_quote!(#[serde(rename(serialize = #name))]));
    }
    let (_, ty_generics, _) = input.generics.split_for_impl();
    let this = quote!(#ident #ty_generics);
    match &mut copy.data {
        Data::Struct(data) => {
            // Of a packed struct serde copies the fields.
            let repr = input
                .attrs
                .iter()
                .filter(|attr| attr.path().is_ident("repr"));
            copy.attrs.extend(repr.cloned());
            fields(&mut data.fields, &this);
            if let (Fields::Named(copies), Data::Struct(original)) = (&mut data.fields, &input.data)
            {
                for (copy, field) in copies.named.iter_mut().zip(&original.fields) {
                    say(copy, &field.ty, &this);
                }
            }
        }
        Data::Enum(data) => {
            for variant in &mut data.variants {
                variant.attrs = of_serde(&variant.attrs);
                variant.discriminant = None;
                fields(&mut variant.fields, &this);
            }
        }
        Data::Union(data) => {
            for field in &mut data.fields.named {
                field.attrs = of_serde(&field.attrs);
            }
        }
    }
    copy
}

/// The fields without what others than serde say of them.
fn fields(fields: &mut Fields, this: &TokenStream) {
    for field in fields {
        field.attrs = of_serde(&field.attrs);
        field.vis = Visibility::Inherited;
        let ty = replace_self(field.ty.to_token_stream(), &|_| this.clone());
        field.ty = Type::Verbatim(ty);
    }
}

/// Says what serde's derive cannot know of a field: when it is left out, and in which words its type is refused.
fn say(field: &mut Field, ty: &Type, this: &TokenStream) {
    let says = |names: &[&str]| {
        metas(&field.attrs).any(|meta| names.iter().any(|name| meta.path().is_ident(name)))
    };
    if says(&["skip", "skip_serializing"]) {
        return;
    }
    let unloadable = unloadable(ty).filter(|_| !says(&["skip_serializing_if"]));
    let checked = checked(ty).filter(|_| !says(&["with", "serialize_with", "flatten"]));
    if let Some(name) = unloadable {
        let path = format!("::orm::private::{name}::is_unloaded");
        field
            .attrs
            .push(parse_quote!(#[serde(skip_serializing_if = #path)]));
    }
    if let Some((function, refused)) = checked {
        // The compiler points at the type, which stands where the user wrote it.
        let refused_as = replace_self(refused.to_token_stream(), &|_| this.clone());
        let path = format!("::orm::private::{function}::<{refused_as}, _, _>");
        let path = LitStr::new(&path, refused.span());
        field
            .attrs
            .push(parse_quote!(#[serde(serialize_with = #path)]));
    }
}

/// The name of a type whose value may be unloaded, and then has nothing to show, not even a key.
fn unloadable(ty: &Type) -> Option<&'static str> {
    let shape = shape(ty);
    match (shape.deferred, shape.kind) {
        (Some(deferred), _) => (!deferred.in_option).then_some("Deferred"),
        (None, Kind::HasMany(_)) => Some("HasMany"),
        (None, Kind::HasOne(_)) => Some("HasOne"),
        (None, Kind::ManyToMany(_)) => Some("ManyToMany"),
        (None, _) => None,
    }
}

/// What writes a value of a type that may not be serializable, and the type that is to blame then.
fn checked(ty: &Type) -> Option<(&'static str, &Type)> {
    match shape(ty).kind {
        Kind::ForeignKey(to)
        | Kind::OneToOne(to)
        | Kind::HasMany(to)
        | Kind::HasOne(to)
        | Kind::ManyToMany(to) => Some(("write_relation", to)),
        Kind::Plain(Known::Opaque) | Kind::List(_) => Some(("write", ty)),
        Kind::Parent(_) => Some(("write", ty)),
        Kind::Plain(_) | Kind::OptionInside(..) => None,
    }
}

/// Whether a name is given by which the type is written.
fn is_renamed(attrs: &[Attribute]) -> bool {
    metas(attrs).any(|meta| {
        meta.path().is_ident("rename")
            && match &meta {
                Meta::List(sides) => list(sides)
                    .iter()
                    .any(|side| side.path().is_ident("serialize")),
                _ => true,
            }
    })
}

/// What is said in `#[serde(..)]`. What serde would not understand either is passed over: it says so itself.
fn metas(attrs: &[Attribute]) -> impl Iterator<Item = Meta> {
    of_serde(attrs)
        .into_iter()
        .filter_map(|attr| attr.meta.require_list().ok().map(list))
        .flatten()
}

fn list(of: &syn::MetaList) -> Punctuated<Meta, Token![,]> {
    of.parse_args_with(Punctuated::parse_terminated)
        .unwrap_or_default()
}

fn of_serde(attrs: &[Attribute]) -> Vec<Attribute> {
    let serde = attrs.iter().filter(|attr| attr.path().is_ident("serde"));
    serde.cloned().collect()
}

fn text(expr: &Expr) -> Option<LitStr> {
    match expr {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Str(text) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copied(input: &DeriveInput) -> String {
        text_of(copy(input))
    }

    /// Without spaces: whether two `>` are one token depends on who wrote them.
    fn text_of(tokens: impl ToTokens) -> String {
        tokens.to_token_stream().to_string().replace(' ', "")
    }

    #[test]
    fn what_may_be_unloaded_is_left_out() {
        let copied = copied(&parse_quote! {
            #[model(ordering = [name])]
            #[serde(rename_all = "camelCase")]
            pub struct Author {
                pub id: i64,
                #[field(max_length = 3)]
                pub name: String,
                pub boss: Option<ForeignKey<Self>>,
                #[reverse(Book::author)]
                #[serde(rename = "works")]
                pub books: HasMany<Book>,
                #[serde(skip_serializing_if = "never")]
                pub desk: HasOne<Desk>,
                #[serde(skip)]
                pub tags: ManyToMany<Tag>,
                #[serde(with = "notes")]
                pub notes: Deferred<Option<String>>,
                pub mood: Mood,
                #[serde(flatten)]
                pub more: Json<More>,
            }
        });
        let expected = quote! {
            #[serde(rename_all = "camelCase")]
            #[serde(remote = "Author")]
            #[serde(rename(serialize = "Author"))]
            struct __Author {
                id: i64,
                name: String,
                #[serde(serialize_with = "::orm::private::write_relation::<Author, _, _>")]
                boss: Option<ForeignKey<Author>>,
                #[serde(rename = "works")]
                #[serde(skip_serializing_if = "::orm::private::HasMany::is_unloaded")]
                #[serde(serialize_with = "::orm::private::write_relation::<Book, _, _>")]
                books: HasMany<Book>,
                #[serde(skip_serializing_if = "never")]
                #[serde(serialize_with = "::orm::private::write_relation::<Desk, _, _>")]
                desk: HasOne<Desk>,
                #[serde(skip)]
                tags: ManyToMany<Tag>,
                #[serde(with = "notes")]
                #[serde(skip_serializing_if = "::orm::private::Deferred::is_unloaded")]
                notes: Deferred<Option<String>>,
                #[serde(serialize_with = "::orm::private::write::<Mood, _, _>")]
                mood: Mood,
                #[serde(flatten)]
                more: Json<More>,
            }
        };
        assert_eq!(copied, text_of(expected));
    }

    #[test]
    fn a_name_of_its_own_is_kept() {
        let renamed = |attr: Attribute| is_renamed(&[attr]);
        assert!(renamed(parse_quote!(#[serde(rename = "a")])));
        assert!(renamed(
            parse_quote!(#[serde(tag = "t", rename(serialize = "a"))])
        ));
        assert!(!renamed(parse_quote!(#[serde(rename(deserialize = "a"))])));
        assert!(!renamed(parse_quote!(#[serde(rename_all = "camelCase")])));
    }

    #[test]
    fn other_types_are_as_with_serde() {
        let enumeration = copied(&parse_quote! {
            #[repr(i16)]
            #[serde(rename = "mood")]
            pub enum Mood { #[db_enum(rename = "x")] #[serde(rename = "y")] Happy = 1, Other(Box<Self>) }
        });
        let expected = quote! {
            #[serde(rename = "mood")]
            #[serde(remote = "Mood")]
            enum __Mood { #[serde(rename = "y")] Happy, Other(Box<Mood>) }
        };
        assert_eq!(enumeration, text_of(expected));
        let borrowed = copied(&parse_quote! { struct Line<'a>(&'a str, Option<&'a Self>); });
        let expected = quote!(
            struct __Line<'a>(&'a str, Option<&'a Line<'a>>);
        );
        assert!(borrowed.ends_with(&text_of(expected)));
        let serde = serde_path(&[parse_quote!(#[serde(crate = "web::serde", transparent)])]);
        assert_eq!(text_of(serde), "web::serde");
    }

    #[test]
    fn mistakes_are_named() {
        let messages = |input: DeriveInput| {
            let mut mistakes = Mistakes::default();
            refuse(&input, &mut mistakes);
            mistakes.messages()
        };
        assert_eq!(
            messages(parse_quote! { struct Page<'a, T, const N: usize> { rows: &'a [T; N] } }),
            [
                "this `Serialize` takes no type parameters: for `Page` write `#[derive(serde::Serialize)]`"
            ]
        );
        assert_eq!(
            messages(parse_quote! { #[serde(remote = "url::Url")] struct Url { host: String } }),
            [
                "this `Serialize` is for a type of your own: for another's write `#[derive(serde::Serialize)]`"
            ]
        );
    }
}
