//! `#[derive(Projection)]`: a struct as the row of a query, each field checked against what it selects.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
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

impl Field<'_> {
    /// Whether it takes what the query is annotated with: `#[projection(annotated)]`.
    fn is_annotated(&self) -> bool {
        matches!(&self.expr, Some(Expr::Path(path)) if path.path.is_ident("annotated"))
    }
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
    let names = fields.iter().map(|field| unraw(field.ident));
    let parts = fields.iter().enumerate().map(|(index, field)| {
        let Field { ident, ty, expr } = field;
        if field.is_annotated() {
            return quote_spanned!(ty.span()=> __orm::annotated::<#ty>(__graph););
        }
        let expr = match expr {
            Some(expr) => quote!(#expr),
            // Where there is no such field the error is at the user's.
            None => quote_spanned!(ident.span()=> <#model>::#ident),
        };
        let kind = kind(ty);
        quote_spanned!(ty.span()=> #kind.add::<Self, _>(__graph, #index, #expr);)
    });
    let widths = fields.iter().map(|field| kind(field.ty));
    let value = |index: usize| format_ident!("__{}", index);
    let reads = fields.iter().enumerate().map(|(index, field)| {
        let (kind, value) = (kind(field.ty), value(index));
        quote!(let (#value, __at) = #kind.read::<Self>(__row, __at, __names, #index)?;)
    });
    let values = fields
        .iter()
        .enumerate()
        .map(|(index, Field { ident, .. })| {
            let value = value(index);
            quote!(#ident: #value)
        });
    let places = fields
        .iter()
        .enumerate()
        .filter(|(_, field)| !field.is_annotated() && !is_plain(field.ty));
    let annotated = annotations(fields);
    let nested = annotated
        .is_empty()
        .then(|| quote!(#[diagnostic::do_not_recommend] impl __orm::Nested for #ident {}));
    let places = places.map(|(index, Field { ident, .. })| {
        quote!(#index => __orm::Some(&mut self.#ident as &mut dyn __orm::Any),)
    });
    enclosed(&quote! {
        use __orm::{AsksColumn as _, AsksNothing as _, AsksOption as _, AsksRow as _, AsksRows as _};
        #[automatically_derived]
        impl __orm::Projection for #ident {
            type Model = #model;
            type Annotated = (#(#annotated,)*);
            const NAMES: &'static [&'static str] = &[#(#names),*];
            fn graph(__graph: &mut __orm::Graph) {
                #(#parts)*
            }
            fn width() -> usize {
                0 #(+ #widths.width())*
            }
            fn decode(__row: &dyn __orm::Row, __at: usize, __names: &dyn __orm::Names) -> __orm::Result<Self> {
                #(#reads)*
                let _ = __at;
                __orm::Ok(Self { #(#values),* })
            }
            fn field(&mut self, __field: usize) -> __orm::Option<&mut dyn __orm::Any> {
                match __field {
                    #(#places)*
                    _ => __orm::None,
                }
            }
        }
        #nested
    })
}

/// The types of the fields that take annotations.
fn annotations<'a>(fields: &[Field<'a>]) -> Vec<&'a Type> {
    let annotated = fields.iter().filter(|field| field.is_annotated());
    annotated.map(|field| field.ty).collect()
}

/// What a field is: the compiler finds it by the type, but of the plain ones it need not.
fn kind(ty: &Type) -> TokenStream {
    if is_plain(ty) {
        quote_spanned!(ty.span()=> __orm::ColumnField::<#ty>::NEW)
    } else {
        quote_spanned!(ty.span()=> (&&__orm::Probe::<#ty>::NEW).kind())
    }
}

/// Whether a type is certainly that of a column.
fn is_plain(ty: &Type) -> bool {
    const PLAIN: &[&str] = &["bool", "i16", "i32", "i64", "f32", "f64", "String"];
    matches!(ty, Type::Path(path) if PLAIN.iter().any(|plain| path.path.is_ident(plain)))
}

fn fallback(
    Projection {
        ident,
        model,
        fields,
    }: &Projection<'_>,
) -> TokenStream {
    let annotated = annotations(fields);
    enclosed(&quote! {
        #[automatically_derived]
        impl __orm::Projection for #ident {
            type Model = #model;
            type Annotated = (#(#annotated,)*);
            const NAMES: &'static [&'static str] = &[];
            fn graph(_: &mut __orm::Graph) { __orm::unknown() }
            fn width() -> usize { 0 }
            fn decode(_: &dyn __orm::Row, _: usize, _: &dyn __orm::Names) -> __orm::Result<Self> { __orm::unknown() }
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
            text.contains("add :: < Self , _ > (__graph , 0usize , < Book > :: title)"),
            "{text}"
        );
        assert!(
            text.contains("add :: < Self , _ > (__graph , 1usize , Book :: author . name)"),
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
