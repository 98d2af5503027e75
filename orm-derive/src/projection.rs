//! `#[derive(Projection)]`: a struct as the row of a query, each field checked against what it selects.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Expr, Fields, FieldsNamed, Path, Type};

use crate::diagnostics::Mistakes;
use crate::model::expand::enclosed;
use crate::names::unraw;

struct Projection<'a> {
    ident: &'a Ident,
    model: Path,
    fields: Vec<Field<'a>>,
}

struct Field<'a> {
    ident: &'a Ident,
    ty: &'a Type,
    /// What is selected; without it the model's field of the same name.
    expr: Option<Expr>,
}

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut mistakes = Mistakes::default();
    match projection(input, &mut mistakes) {
        Some(projection) if mistakes.is_empty() => implementation(&projection),
        Some(projection) => {
            let mut tokens = mistakes.into_tokens();
            tokens.extend(fallback(&projection));
            tokens
        }
        None => mistakes.into_tokens(),
    }
}

fn projection<'a>(input: &'a DeriveInput, mistakes: &mut Mistakes) -> Option<Projection<'a>> {
    let named = named_fields(input, mistakes)?;
    let model = match attribute::<Path>(
        &input.attrs,
        "names the model: `#[projection(Book)]`",
        mistakes,
    ) {
        Attr::Is(model) => model,
        Attr::Missing => {
            mistakes.at(
                &input.ident,
                "a projection names its model: `#[projection(Book)]`",
            );
            return None;
        }
        Attr::Wrong => return None,
    };
    let fields = named.named.iter().filter_map(|field| {
        let what = "on a field is an expression: `#[projection(Book::author.name)]`";
        let expr = match attribute::<Expr>(&field.attrs, what, mistakes) {
            Attr::Is(expr) => Some(expr),
            Attr::Missing | Attr::Wrong => None,
        };
        Some(Field {
            ident: field.ident.as_ref()?,
            ty: &field.ty,
            expr,
        })
    });
    let fields: Vec<_> = fields.collect();
    if fields.is_empty() {
        mistakes.at(
            &input.ident,
            "a projection needs fields: each selects something",
        );
    }
    Some(Projection {
        ident: &input.ident,
        model,
        fields,
    })
}

fn named_fields<'a>(input: &'a DeriveInput, mistakes: &mut Mistakes) -> Option<&'a FieldsNamed> {
    let Data::Struct(data) = &input.data else {
        mistakes.at(&input.ident, "a projection is a struct with named fields");
        return None;
    };
    if !input.generics.params.is_empty() {
        mistakes.at(&input.generics, "a projection cannot be generic");
        return None;
    }
    match &data.fields {
        Fields::Named(named) => Some(named),
        Fields::Unnamed(_) | Fields::Unit => {
            mistakes.at(
                &input.ident,
                "a projection needs named fields; `values_list` gives tuples",
            );
            None
        }
    }
}

enum Attr<T> {
    Is(T),
    Missing,
    Wrong,
}

/// What `#[projection(..)]` says; `what` ends the sentence of an error.
fn attribute<T: syn::parse::Parse>(
    attrs: &[Attribute],
    what: &str,
    mistakes: &mut Mistakes,
) -> Attr<T> {
    let mut found = Attr::Missing;
    for attr in attrs
        .iter()
        .filter(|attr| attr.path().is_ident("projection"))
    {
        match (&found, attr.parse_args::<T>()) {
            (Attr::Missing, Ok(value)) => found = Attr::Is(value),
            (Attr::Missing, Err(_)) => {
                mistakes.at(attr, format!("`#[projection(..)]` {what}"));
                found = Attr::Wrong;
            }
            (Attr::Is(_) | Attr::Wrong, _) => {
                mistakes.at(attr, "`#[projection(..)]` is given twice")
            }
        }
    }
    found
}

fn implementation(projection: &Projection<'_>) -> TokenStream {
    let Projection {
        ident,
        model,
        fields,
    } = projection;
    let count = fields.len();
    let names = fields.iter().map(|field| unraw(field.ident));
    let columns = fields.iter().map(|Field { ident, ty, expr }| {
        let expr = match expr {
            Some(expr) => quote!(#expr),
            // Where there is no such field the error is at the user's.
            None => quote_spanned!(ident.span()=> <#model>::#ident),
        };
        quote_spanned!(ty.span()=> __orm::projected::<#model, #ty, _>(#expr))
    });
    let values = fields.iter().enumerate().map(|(index, Field { ident, ty, .. })| {
        quote!(#ident: __orm::projected_column::<Self, #ty>(row, at, #index)?)
    });
    enclosed(&quote! {
        #[automatically_derived]
        impl __orm::Projection for #ident {
            type Model = #model;
            const NAMES: &'static [&'static str] = &[#(#names),*];
            fn columns() -> __orm::Vec<__orm::Expr> {
                let columns: [__orm::Expr; #count] = [#(#columns),*];
                __orm::Vec::from(columns)
            }
            fn decode(row: &dyn __orm::Row, at: usize) -> __orm::Result<Self> {
                __orm::Ok(Self { #(#values),* })
            }
        }
    })
}

fn fallback(Projection { ident, model, .. }: &Projection<'_>) -> TokenStream {
    enclosed(&quote! {
        #[automatically_derived]
        impl __orm::Projection for #ident {
            type Model = #model;
            const NAMES: &'static [&'static str] = &[];
            fn columns() -> __orm::Vec<__orm::Expr> { __orm::unknown() }
            fn decode(_: &dyn __orm::Row, _: usize) -> __orm::Result<Self> { __orm::unknown() }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn messages(input: &DeriveInput) -> Vec<String> {
        let mut mistakes = Mistakes::default();
        projection(input, &mut mistakes);
        mistakes.messages()
    }

    #[test]
    fn a_field_selects_the_models_or_an_expression() {
        let tokens = derive(&parse_quote! {
            #[projection(Book)]
            struct Card { title: String, #[projection(Book::author.name)] author: String }
        });
        let text = tokens.to_string();
        assert!(
            text.contains("projected :: < Book , String , _ > (< Book > :: title)"),
            "{text}"
        );
        assert!(
            text.contains("projected :: < Book , String , _ > (Book :: author . name)"),
            "{text}"
        );
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(
            messages(&parse_quote! { struct Card { title: String } }),
            ["a projection names its model: `#[projection(Book)]`"]
        );
        assert_eq!(
            messages(
                &parse_quote! { #[projection(Book)] struct Card { #[projection()] title: String } }
            ),
            ["`#[projection(..)]` on a field is an expression: `#[projection(Book::author.name)]`"]
        );
        assert_eq!(
            messages(&parse_quote! { #[projection(Book)] struct Card(String); }),
            ["a projection needs named fields; `values_list` gives tuples"]
        );
        assert_eq!(
            messages(&parse_quote! { #[projection(Book)] enum Card {} }).len(),
            1
        );
    }
}
