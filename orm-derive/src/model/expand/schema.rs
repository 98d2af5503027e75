//! The schema of a model: table, columns and constraints as constants.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::parent;
use crate::model::ir::{Column, Decision, Field, Index, Model, Unique};
use crate::options::Names;

pub(crate) fn schema(model: &Model<'_>) -> TokenStream {
    let Model {
        ident,
        table,
        indexes,
        uniques,
        ..
    } = model;
    let name = crate::names::unraw(ident);
    let fields = model
        .columns()
        .map(|(field, column)| field_schema(field, column));
    let count = model.columns().count();
    // Those of embedded structs know their names.
    let all = match model.embeds().next() {
        None => quote_spanned!(model.asked_span()=> __orm::fields::<__Columns, #count>),
        Some(_) => {
            let count = model.offset_of(None);
            quote_spanned!(model.asked_span()=> __orm::fields_and_embedded::<__Columns, { #count }>)
        }
    };
    let key = model
        .key
        .iter()
        .filter_map(|key| model.fields[*key].column());
    let key = key.map(|column| column.index);
    let indexes = indexes.iter().map(|index| index_schema(model, index));
    let uniques = uniques.iter().map(|unique| unique_schema(model, unique));
    let ordering = match (&model.ordering, model.parent()) {
        (Some(ordering), _) => {
            let terms = directed(model, &ordering.value, &quote!(DefaultOrder));
            Some(quote!(const ORDERING: &'static [__orm::DefaultOrder] = &[#terms];))
        }
        (None, Some((_, relation))) => Some(parent::ordering(model, relation)),
        (None, None) => None,
    };
    let parent = match model.parent() {
        Some((field, _)) => {
            let marker = &field.marker;
            quote_spanned!(model.asked_span()=> __orm::Some(__orm::parent_of::<#marker>()))
        }
        None => quote!(__orm::None),
    };
    quote_spanned! {model.asked_span()=>
        const SCHEMA: &'static __orm::ModelSchema = &__orm::ModelSchema {
            name: #name,
            table: #table,
            fields: &#all(&[#(#fields),*]),
            primary_key: &[#(#key),*],
            indexes: &[#(#indexes),*],
            uniques: &[#(#uniques),*],
            parent: #parent,
        };
        fn schema() -> &'static __orm::ModelSchema { Self::SCHEMA }
        #ordering
    }
}

fn field_schema(field: &Field<'_>, column: &Column) -> TokenStream {
    let name = &field.name;
    let column_name = &column.name;
    let options = options(field, column);
    quote!((#name, #column_name, #options))
}

pub(crate) fn options(field: &Field<'_>, column: &Column) -> TokenStream {
    let Column {
        primary_key,
        auto_increment,
        unique,
        index_of_its_own,
        max_length,
        max_digits,
        decimal_places,
        auto_now,
        auto_now_add,
        default,
        db_default,
        generated,
        // Said elsewhere.
        index: _,
        name: _,
        relation: _,
        required: _,
    } = column;
    let switches = [
        (*primary_key, quote!(primary_key)),
        (*auto_increment == Decision::Yes, quote!(auto_increment)),
        (*unique, quote!(unique)),
        (*index_of_its_own, quote!(index)),
        (*auto_now, quote!(auto_now)),
        (*auto_now_add, quote!(auto_now_add)),
        (default.is_some(), quote!(has_default)),
        (db_default.is_some(), quote!(has_db_default)),
        (generated.is_some(), quote!(generated)),
    ];
    let numbers = [
        (max_length, quote!(max_length)),
        (max_digits, quote!(max_digits)),
        (decimal_places, quote!(decimal_places)),
    ];
    let mut given: Vec<_> = switches
        .into_iter()
        .filter(|(on, _)| *on)
        .map(|(_, name)| quote!(#name: true,))
        .collect();
    given.extend(numbers.into_iter().filter_map(|(number, name)| {
        let number = number.as_ref()?.0;
        Some(quote!(#name: __orm::Some(#number),))
    }));
    if *auto_increment == Decision::ByType {
        let marker = &field.marker;
        given.push(quote!(auto_increment: __orm::is_integer::<#marker>(),));
    }
    if given.is_empty() {
        return quote!(__Options::NONE);
    }
    quote!(__Options { #(#given)* ..__Options::NONE })
}

fn index_schema(model: &Model<'_>, index: &Index) -> TokenStream {
    let Index {
        name,
        fields,
        include,
        using,
        key: _,
        expr: _,
        condition: _,
    } = index;
    let (name, using) = (option(name), option(using));
    let columns = fields
        .iter()
        .map(|fields| directed(model, fields, &quote!(IndexColumn)));
    let include = include.iter().map(|names| indexes_of(model, names));
    quote! {
        __orm::IndexSchema { name: #name, columns: &[#(#columns)*], include: &[#(#include)*], using: #using }
    }
}

fn unique_schema(model: &Model<'_>, unique: &Unique) -> TokenStream {
    let Unique {
        name,
        fields,
        key: _,
    } = unique;
    let name = option(name);
    let fields = fields.iter().map(|names| indexes_of(model, names));
    quote!(__orm::UniqueSchema { name: #name, fields: &[#(#fields)*] })
}

fn option(text: &Option<String>) -> TokenStream {
    match text {
        Some(text) => quote!(__orm::Some(#text)),
        None => quote!(__orm::None),
    }
}

/// The fields with their directions, each as a struct of this name.
fn directed(model: &Model<'_>, names: &Names, ty: &TokenStream) -> TokenStream {
    let terms = names.0.iter().filter_map(|name| {
        let (field, descending) = (model.index_of(name)?, name.descending);
        Some(quote!(__orm::#ty { field: #field, descending: #descending },))
    });
    terms.collect()
}

fn indexes_of(model: &Model<'_>, names: &Names) -> TokenStream {
    names
        .0
        .iter()
        .filter_map(|name| model.index_of(name))
        .map(|index| quote!(#index,))
        .collect()
}
