//! `#[derive(DbEnum)]`: an enum without fields as a column type.

use std::collections::HashSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Expr, Fields, Ident, Lit, UnOp, Variant};

use crate::diagnostics::Mistakes;
use crate::model::expand::enclosed;
use crate::names::{snake_case, unraw};
use crate::options::{Keyed, Options, Text, options};

options! {
    /// `#[db_enum(..)]` on the enum.
    EnumAttrs {
        repr: Option<Keyed<Text>>,
    }
}

options! {
    /// `#[db_enum(..)]` on a variant.
    VariantAttrs {
        rename: Option<Keyed<Text>>,
    }
}

/// How the variants are stored.
#[derive(Clone, Copy, PartialEq)]
enum Repr {
    Text,
    I16,
    I32,
}

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let tokens = stored(input, &mut mistakes);
    match tokens {
        Some(tokens) if mistakes.is_empty() => tokens,
        _ => {
            let mut tokens = mistakes.into_tokens();
            // So that a model with such a field does not fail too.
            if input.generics.params.is_empty() {
                tokens.extend(implementation(&input.ident, Repr::Text, &[]));
            }
            tokens
        }
    }
}

fn stored(input: &DeriveInput, mistakes: &mut Mistakes) -> Option<TokenStream> {
    let Data::Enum(data) = &input.data else {
        mistakes.at(
            &input.ident,
            "`DbEnum` is for enums; `#[derive(SqlType)]` makes a newtype a column type",
        );
        return None;
    };
    if !input.generics.params.is_empty() {
        mistakes.at(
            &input.generics,
            "an enum that is a column type cannot be generic",
        );
        return None;
    }
    if data.variants.is_empty() {
        mistakes.at(
            &input.ident,
            "an enum without variants has no value to store",
        );
        return None;
    }
    without_fields(&data.variants, mistakes);
    let repr = repr(&input.attrs, mistakes);
    let values = match repr {
        Repr::Text => texts(&data.variants, mistakes),
        Repr::I16 | Repr::I32 => numbers(&data.variants, repr, mistakes),
    };
    Some(implementation(&input.ident, repr, &values))
}

fn repr(attrs: &[Attribute], mistakes: &mut Mistakes) -> Repr {
    let EnumAttrs { repr } = EnumAttrs::of(attrs, "db_enum", mistakes);
    let Some(Keyed { key, value }) = repr else {
        return Repr::Text;
    };
    match value.0.as_str() {
        "i16" => Repr::I16,
        "i32" => Repr::I32,
        _ => {
            mistakes.at(
                key,
                "`repr` is \"i16\" or \"i32\"; without it the variants are stored as texts",
            );
            Repr::Text
        }
    }
}

type Variants = syn::punctuated::Punctuated<Variant, syn::Token![,]>;

/// Each variant with the text that it is stored as.
fn texts<'a>(variants: &'a Variants, mistakes: &mut Mistakes) -> Vec<(&'a Ident, Literal)> {
    let mut seen = HashSet::new();
    variants
        .iter()
        .map(|variant| {
            let VariantAttrs { rename } = VariantAttrs::of(&variant.attrs, "db_enum", mistakes);
            let (text, key) = match rename {
                Some(Keyed { key, value }) => (value.0, Some(key)),
                None => (snake_case(&unraw(&variant.ident)), None),
            };
            let literal = Literal::string(&text);
            if seen.contains(&text) {
                let message = format!("another variant is stored as \"{text}\" already");
                match key {
                    Some(key) => mistakes.at(key, message),
                    None => mistakes.at(&variant.ident, message),
                }
            }
            seen.insert(text);
            (&variant.ident, literal)
        })
        .collect()
}

/// Each variant with its number: the one written, or else one more than that before it.
fn numbers<'a>(
    variants: &'a Variants,
    repr: Repr,
    mistakes: &mut Mistakes,
) -> Vec<(&'a Ident, Literal)> {
    let (name, least, most) = match repr {
        Repr::I16 => ("i16", i64::from(i16::MIN), i64::from(i16::MAX)),
        Repr::I32 | Repr::Text => ("i32", i64::from(i32::MIN), i64::from(i32::MAX)),
    };
    let mut next = 0;
    let mut values = Vec::with_capacity(variants.len());
    for variant in variants {
        let VariantAttrs { rename } = VariantAttrs::of(&variant.attrs, "db_enum", mistakes);
        if let Some(rename) = rename {
            mistakes.at(
                rename.key,
                "the variants are stored as numbers, so `rename` means nothing",
            );
        }
        if let Some((_, written)) = &variant.discriminant {
            match number(written) {
                Some(number) => next = number,
                None => mistakes.at(
                    written,
                    "expected a number: the derive must know what is stored",
                ),
            }
        }
        if !(least..=most).contains(&next) {
            mistakes.at(&variant.ident, format!("{next} is no `{name}`"));
        }
        values.push((&variant.ident, Literal::i64_unsuffixed(next)));
        next = next.saturating_add(1);
    }
    values
}

fn number(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(int) => int.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            number(&unary.expr)?.checked_neg()
        }
        Expr::Group(group) => number(&group.expr),
        Expr::Paren(paren) => number(&paren.expr),
        _ => None,
    }
}

fn without_fields(variants: &Variants, mistakes: &mut Mistakes) {
    let with_fields = |variant: &&Variant| !matches!(variant.fields, Fields::Unit);
    if let Some(variant) = variants.iter().find(with_fields) {
        mistakes.at(
            &variant.fields,
            "the variants of a `DbEnum` have no fields; `Json<..>` stores an enum with fields",
        );
    }
}

fn implementation(ident: &Ident, repr: Repr, values: &[(&Ident, Literal)]) -> TokenStream {
    let name = unraw(ident);
    let (column, bind, read, found) = match repr {
        Repr::Text => (
            quote!(Enum),
            quote!(Value::Enum),
            quote!(enum_text),
            "a text that names no variant",
        ),
        Repr::I16 => (
            quote!(I16),
            quote!(Value::I16),
            quote!(enum_number),
            "a number that names no variant",
        ),
        Repr::I32 => (
            quote!(I32),
            quote!(Value::I32),
            quote!(enum_number),
            "a number that names no variant",
        ),
    };
    let to_value = match values {
        [] => quote!(__orm::unknown()),
        _ => {
            let arms = values
                .iter()
                .map(|(variant, value)| quote!(Self::#variant => #value,));
            quote!(__orm::#bind(match self { #(#arms)* }))
        }
    };
    let arms = values
        .iter()
        .map(|(variant, value)| quote!(#value => __orm::Ok(Self::#variant),));
    enclosed(&quote! {
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl __orm::SqlType for #ident {
            type Base = Self;
            type Nullable = __orm::Option<Self>;
            type Null = __orm::NotNull;
            type Family = __orm::family::Other;
            const COLUMN: __orm::ColumnType = __orm::ColumnType::#column;
            const NAME: &'static str = #name;
            fn into_value(self) -> __orm::Value { __orm::SqlType::to_value(&self) }
            fn to_value(&self) -> __orm::Value { #to_value }
            fn decode(value: __orm::ValueRef<'_>) -> __orm::Decoded<Self> {
                match __orm::#read::<Self>(value)? {
                    #(#arms)*
                    _ => __orm::Err(__orm::Mismatch::unreadable::<Self>(#found)),
                }
            }
        }
        __orm::own_operand! { #ident }
        __orm::assigned_literal! { #ident => #ident; }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn messages(input: &DeriveInput) -> Vec<String> {
        let mut mistakes = Mistakes::default();
        stored(input, &mut mistakes);
        mistakes.messages()
    }

    #[test]
    fn variants_are_stored_in_snake_case() {
        let tokens =
            derive(&parse_quote! { enum Status { InReview, #[db_enum(rename = "gone")] Deleted } });
        let text = tokens.to_string();
        assert!(
            text.contains("Self :: InReview => \"in_review\" ,"),
            "{text}"
        );
        assert!(
            text.contains("\"gone\" => __orm :: Ok (Self :: Deleted) ,"),
            "{text}"
        );
    }

    #[test]
    fn numbers_go_on_from_the_last_one_written() {
        let tokens = derive(
            &parse_quote! { #[db_enum(repr = "i16")] enum Level { Low = -1, Middle, High = 10 } },
        );
        let text = tokens.to_string();
        for arm in [
            "Self :: Low => - 1 ,",
            "Self :: Middle => 0 ,",
            "Self :: High => 10 ,",
        ] {
            assert!(text.replace("-1", "- 1").contains(arm), "{text}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(
            messages(
                &parse_quote! { enum A { One(i32), #[db_enum(renam = "x")] Two, #[db_enum(rename = "two")] Three } }
            ),
            [
                "the variants of a `DbEnum` have no fields; `Json<..>` stores an enum with fields",
                "unknown option `renam`; did you mean `rename`?",
                "another variant is stored as \"two\" already"
            ]
        );
        assert_eq!(
            messages(&parse_quote! { #[db_enum(repr = "u8")] enum A { One } }),
            ["`repr` is \"i16\" or \"i32\"; without it the variants are stored as texts"]
        );
        assert_eq!(
            messages(&parse_quote! { #[db_enum(repr = "i16")] enum A { One = 40_000 } }),
            ["40000 is no `i16`"]
        );
        assert_eq!(
            messages(&parse_quote! { enum A {} }),
            ["an enum without variants has no value to store"]
        );
        assert_eq!(messages(&parse_quote! { struct A; }).len(), 1);
    }
}
