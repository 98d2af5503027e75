//! `#[derive(SqlType)]`: a struct around one column type as a column type of its own.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Member, Type};

use crate::diagnostics::Mistakes;
use crate::model::expand::enclosed;
use crate::model::ir::Known;
use crate::model::types::{Kind, shape};
use crate::names::unraw;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut mistakes = Mistakes::default();
    match inner(input, &mut mistakes) {
        Some((member, ty)) => implementation(input, &member, ty),
        None => mistakes.into_tokens(),
    }
}

/// The one field.
fn inner<'a>(input: &'a DeriveInput, mistakes: &mut Mistakes) -> Option<(Member, &'a Type)> {
    let Data::Struct(data) = &input.data else {
        let remedy = "`#[derive(DbEnum)]` makes an enum without fields one";
        mistakes.at(
            &input.ident,
            format!("`SqlType` is derived for a struct around a column type; {remedy}"),
        );
        return None;
    };
    if !input.generics.params.is_empty() {
        mistakes.at(
            &input.generics,
            "a newtype that is a column type cannot be generic",
        );
        return None;
    }
    let mut fields = data.fields.iter();
    let (Some(field), None) = (fields.next(), fields.next()) else {
        let tokens = match &data.fields {
            Fields::Unit => input.ident.to_token_stream(),
            fields => fields.to_token_stream(),
        };
        mistakes.at(
            tokens,
            "a newtype has one field; `Json<..>` stores a struct of several",
        );
        return None;
    };
    let shape = shape(&field.ty);
    if shape.nullable {
        let message = format!(
            "a column type is never NULL by itself: use `Option<{}>` in the model",
            input.ident
        );
        mistakes.at(&field.ty, message);
        return None;
    }
    if let Kind::Plain(Known::NoColumn(instead)) = shape.kind {
        let ty = field.ty.to_token_stream();
        mistakes.at(
            &field.ty,
            format!("`{ty}` is not a type that a column can have; use `{instead}`"),
        );
        return None;
    }
    if let Kind::List(vec) = shape.kind {
        let message = "no column is a `Vec`: a list of values is a `Json<Vec<..>>`";
        mistakes.at(vec, message);
        return None;
    }
    let member = field
        .ident
        .clone()
        .map_or_else(|| Member::from(0), Member::Named);
    Some((member, &field.ty))
}

fn implementation(input: &DeriveInput, member: &Member, ty: &Type) -> TokenStream {
    let ident = &input.ident;
    let name = unraw(ident);
    // From the type's first token to its last: one that no column can have is one error then, wherever it is asked.
    let (first, last) = (ty.span(), ty.to_token_stream().into_iter().last());
    let last = last.map_or(first, |token| token.span());
    let inner = quote_spanned!(first=> <#ty as __orm::SqlType>);
    let (keyword, family) = (
        quote_spanned!(first=> type),
        quote_spanned!(last=> Family = #inner::Family;),
    );
    enclosed(&quote! {
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl __orm::SqlType for #ident {
            type Base = Self;
            type Nullable = __orm::Option<Self>;
            type Null = __orm::NotNull;
            #keyword #family
            const COLUMN: __orm::ColumnType = #inner::COLUMN;
            const ELEMENT: __orm::Option<__orm::ColumnType> = #inner::ELEMENT;
            const NAME: &'static str = #name;
            fn into_value(self) -> __orm::Value { #inner::into_value(self.#member) }
            fn to_value(&self) -> __orm::Value { #inner::to_value(&self.#member) }
            fn decode(value: __orm::ValueRef<'_>) -> __orm::Decoded<Self> {
                __orm::Ok(Self { #member: #inner::decode(value)? })
            }
            fn with_scale(self, decimal_places: u32) -> Self {
                Self { #member: #inner::with_scale(self.#member, decimal_places) }
            }
        }
        __orm::own_operand! { #ident }
        __orm::assigned_literal! { #ident => #ident; }
        __orm::key_literal! { #ident => #ident; }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn messages(input: &DeriveInput) -> Vec<String> {
        let mut mistakes = Mistakes::default();
        inner(input, &mut mistakes);
        mistakes.messages()
    }

    #[test]
    fn a_newtype_has_one_field_of_a_column_type() {
        assert_eq!(messages(&parse_quote! { struct UserId(i64); }), [""; 0]);
        assert_eq!(
            messages(&parse_quote! { struct Email { text: String } }),
            [""; 0]
        );
        let several = "a newtype has one field; `Json<..>` stores a struct of several";
        assert_eq!(
            messages(&parse_quote! { struct Pair(i64, i64); }),
            [several]
        );
        assert_eq!(messages(&parse_quote! { struct Nothing; }), [several]);
        assert_eq!(
            messages(&parse_quote! { struct Count(u64); }),
            ["`u64` is not a type that a column can have; use `i64`"]
        );
        assert_eq!(
            messages(&parse_quote! { struct Tags(Vec<String>); }),
            ["no column is a `Vec`: a list of values is a `Json<Vec<..>>`"]
        );
        assert_eq!(messages(&parse_quote! { struct Key(Vec<u8>); }), [""; 0]);
        assert_eq!(
            messages(&parse_quote! { struct Maybe(Option<i64>); }),
            ["a column type is never NULL by itself: use `Option<Maybe>` in the model"]
        );
        assert_eq!(
            messages(&parse_quote! { struct Any<T>(T); }),
            ["a newtype that is a column type cannot be generic"]
        );
    }
}
