//! The code of a model with mistakes in it: the same names with empty bodies, so that one mistake
//! gives one error, and later uses of `Book::title` do not follow it.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::expand::{around, instance};
use crate::model::ir::{Known, Model, Role};

pub(crate) fn expand(mut model: Model<'_>) -> TokenStream {
    // Names that collide with what is generated, or with each other, would be errors of their own.
    let mut taken: Vec<String> = ["objects", "all_objects", "draft", "raw"]
        .map(str::to_owned)
        .into();
    for field in &mut model.fields {
        let path = field.path.to_string();
        if taken.contains(&path) || matches!(field.known, Known::NoColumn(_)) {
            field.role = Role::Broken;
        }
        taken.push(path);
    }
    model.managers.retain(|(name, _)| {
        let free = !taken.contains(&name.to_string());
        taken.push(name.to_string());
        free
    });
    // What cannot be a key was reported.
    if let Some(field) = model.key.map(|key| &model.fields[key])
        && (field.nullable || matches!(field.known, Known::Float | Known::NoColumn(_)))
    {
        model.key = None;
    }
    let ident = model.ident;
    let types = instance::types(&model);
    around(
        &model,
        &quote! {
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl __orm::Model for #ident {
                #types
                const SCHEMA: &'static __orm::ModelSchema = __orm::unknown();
                fn decode(_: &dyn __orm::Row, _: usize) -> __orm::Result<Self> { __orm::unknown() }
                fn key(&self) -> Self::Key { __orm::unknown() }
                fn assign(&mut self, _: usize, _: &dyn __orm::Row, _: usize) -> __orm::Result<()> { __orm::unknown() }
                fn value(&self, _: usize) -> __orm::Value { __orm::unknown() }
            }
        },
    )
}
