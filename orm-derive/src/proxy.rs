//! `#[derive(Proxy)]`: a struct around a model, as which rows of the model's table are read.

use darling::Error;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Data, DeriveInput, Fields, Path, Token, Type};

use crate::diagnostics::Mistakes;
use crate::model::expand::enclosed;
use crate::model::ir::column_of;
use crate::options::{Expression, Keyed, Name, Names, Options, options};

const FORM: &str = "a proxy names its model: `#[proxy(Post)]`";

options! {
    /// What stands behind the model in `#[proxy(..)]`.
    ProxyAttrs {
        ordering: Option<Keyed<Names>>,
        default_filter: Option<Keyed<Expression>>,
    }
}

struct Proxy<'a> {
    input: &'a DeriveInput,
    model: Path,
    attrs: ProxyAttrs,
}

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let proxy = proxy(input, &mut mistakes);
    let mut tokens = mistakes.into_tokens();
    tokens.extend(proxy.map(|proxy| proxy.implementation()));
    tokens
}

fn proxy<'a>(input: &'a DeriveInput, mistakes: &mut Mistakes) -> Option<Proxy<'a>> {
    let ty = inner(input, mistakes)?;
    let attr = attribute(&input.attrs, mistakes);
    let Some((model, attrs)) = attr else {
        if mistakes.is_empty() {
            mistakes.at(&input.ident, FORM);
        }
        return None;
    };
    let last = |path: &Path| path.segments.last().map(|last| last.ident.clone());
    if let Type::Path(field) = ty
        && last(&field.path) != last(&model)
    {
        let (model, field) = (model.to_token_stream(), field.to_token_stream());
        let message =
            format!("a proxy of `{model}` is around a `{model}`, and not around `{field}`");
        mistakes.at(ty, message);
        return None;
    }
    Some(Proxy {
        input,
        model,
        attrs,
    })
}

/// The type of the one field.
fn inner<'a>(input: &'a DeriveInput, mistakes: &mut Mistakes) -> Option<&'a Type> {
    if !input.generics.params.is_empty() {
        mistakes.at(&input.generics, "a proxy cannot be generic");
        return None;
    }
    let form = "a proxy is a struct around its model: `struct Published(Post);`";
    let Data::Struct(data) = &input.data else {
        mistakes.at(&input.ident, form);
        return None;
    };
    let mut fields = data.fields.iter();
    match (&data.fields, fields.next(), fields.next()) {
        (Fields::Unnamed(_), Some(field), None) => Some(&field.ty),
        (Fields::Unnamed(_), Some(_), Some(second)) => {
            let remedy = "a proxy has the columns of its model, and no others";
            mistakes.at(second, remedy);
            None
        }
        _ => {
            mistakes.at(&input.ident, form);
            None
        }
    }
}

/// `#[proxy(Post, ordering = [..], default_filter = ..)]`
fn attribute(attrs: &[Attribute], mistakes: &mut Mistakes) -> Option<(Path, ProxyAttrs)> {
    let mut found = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("proxy")) {
        let parsed = attr.meta.require_list().and_then(|list| {
            let parts = |input: ParseStream<'_>| {
                let model: Path = input.parse()?;
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
                Ok((model, input.parse::<TokenStream>()?))
            };
            parts.parse2(list.tokens.clone())
        });
        let Ok((model, rest)) = parsed else {
            mistakes.at(attr, FORM);
            return None;
        };
        let mut options = ProxyAttrs::default();
        let mut errors = Error::accumulator();
        options.read(rest, &mut errors);
        if let Err(error) = errors.finish() {
            mistakes.parsed(error);
        }
        if found.replace((model, options)).is_some() {
            mistakes.at(attr.path(), "`#[proxy(..)]` is given twice");
        }
    }
    found
}

impl Proxy<'_> {
    fn implementation(&self) -> TokenStream {
        let Self {
            input,
            model,
            attrs,
        } = self;
        let ident = &input.ident;
        let ProxyAttrs {
            ordering,
            default_filter,
        } = attrs;
        let ordering = ordering.as_ref().map(|names| self.ordering(&names.value.0));
        let default_filter = default_filter.as_ref().map(|filter| {
            let filter = &filter.value.0;
            quote! {
                fn default_filter() -> __orm::Option<__orm::Expr> {
                    __orm::Some(__orm::condition::<#model, _>(#filter))
                }
            }
        });
        let begin = self.begin();
        enclosed(&quote! {
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl __orm::Proxy for #ident {
                type Model = #model;
                #ordering
                #default_filter
                fn of(row: #model) -> Self { Self(row) }
                fn row_mut(&mut self) -> &mut #model { &mut self.0 }
                fn into_inner(self) -> #model { self.0 }
            }
            #[automatically_derived]
            impl __orm::Deref for #ident {
                type Target = #model;
                fn deref(&self) -> &#model { &self.0 }
            }
            #[automatically_derived]
            impl __orm::DerefMut for #ident {
                fn deref_mut(&mut self) -> &mut #model { &mut self.0 }
            }
            #[automatically_derived]
            impl __orm::From<#model> for #ident {
                fn from(row: #model) -> Self { Self(row) }
            }
            #[automatically_derived]
            impl __orm::From<#ident> for #model {
                fn from(row: #ident) -> Self { row.0 }
            }
            #[diagnostic::do_not_recommend]
            impl<'__a, __S> __orm::KeyOperand<__S, #model> for &'__a #ident
            where
                &'__a #model: __orm::KeyOperand<__S, #model>,
            {
                fn into_key_node(self) -> __orm::Expr { (&self.0).into_key_node() }
            }
            #[diagnostic::do_not_recommend]
            impl<'__a, __N> __orm::TakesKey<&'__a #ident, #model, __N> for __orm::DraftKey
            where
                __orm::DraftKey: __orm::TakesKey<&'__a #model, #model, __N>,
            {
                fn key_value(row: &'__a #ident) -> __orm::Value {
                    <__orm::DraftKey as __orm::TakesKey<&'__a #model, #model, __N>>::key_value(&row.0)
                }
            }
            #[automatically_derived]
            impl #ident { #begin }
        })
    }

    /// Where its queries begin.
    fn begin(&self) -> TokenStream {
        let (model, vis) = (&self.model, &self.input.vis);
        let ident = crate::names::unraw(&self.input.ident);
        let (objects, all) = (
            format!("The rows that are a `{ident}`, as a query to narrow down."),
            format!("All rows of the table, each as a `{ident}`."),
        );
        quote! {
            #[doc = #objects]
            #vis fn objects() -> __orm::QuerySet<#model, __orm::Proxied<Self>> { __orm::QuerySet::proxied() }
            #[doc = #all]
            #vis fn all_objects() -> __orm::QuerySet<#model, __orm::Proxied<Self>> { __orm::QuerySet::all_proxied() }
        }
    }

    fn ordering(&self, names: &[Name]) -> TokenStream {
        let model = self.model.to_token_stream();
        let terms = names.iter().map(|name| {
            let (field, descending) =
                (column_of(&model, &name.ident, &name.inner), name.descending);
            quote!(__orm::DefaultOrder { field: #field, descending: #descending })
        });
        quote! {
            const ORDERING: __orm::Option<&'static [__orm::DefaultOrder]> = __orm::Some(&[#(#terms),*]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn messages(input: &DeriveInput) -> Vec<String> {
        let mut mistakes = Mistakes::default();
        proxy(input, &mut mistakes);
        mistakes.messages()
    }

    #[test]
    fn mistakes_are_named() {
        let form = "a proxy is a struct around its model: `struct Published(Post);`";
        assert_eq!(messages(&parse_quote! { struct Published(Post); }), [FORM]);
        assert_eq!(
            messages(&parse_quote! { #[proxy] struct Published(Post); }),
            [FORM]
        );
        assert_eq!(
            messages(&parse_quote! { #[proxy()] struct Published(Post); }),
            [FORM]
        );
        assert_eq!(
            messages(&parse_quote! { #[proxy(Post)] struct Published { post: Post } }),
            [form]
        );
        assert_eq!(
            messages(&parse_quote! { #[proxy(Post)] enum Published {} }),
            [form]
        );
        assert_eq!(
            messages(&parse_quote! { #[proxy(Post)] struct Published(Post, i32); }),
            ["a proxy has the columns of its model, and no others"]
        );
        assert_eq!(
            messages(&parse_quote! { #[proxy(Post)] struct Published(Page); }),
            ["a proxy of `Post` is around a `Post`, and not around `Page`"]
        );
        assert_eq!(
            messages(&parse_quote! { #[proxy(Post, order = [a])] struct Published(Post); }),
            ["unknown option `order`; did you mean `ordering`?"]
        );
        assert_eq!(
            messages(
                &parse_quote! { #[proxy(blog::Post, ordering = [-a, b.c], default_filter = Post::live)] struct Published(blog::Post); }
            ),
            [""; 0]
        );
    }
}
