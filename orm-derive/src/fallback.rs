//! The code of a model with mistakes in it: the same names with empty bodies, so that one mistake
//! gives one error, and later uses of `Book::title` do not follow it.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::expand::{around, instance};
use crate::model::ir::{Field, Known, Model, Role};

pub(crate) fn expand(mut model: Model<'_>) -> TokenStream {
    // Names that collide with what is generated, or with each other, would be errors of their own.
    let mut taken: Vec<String> = ["objects", "all_objects", "draft", "raw"]
        .map(str::to_owned)
        .into();
    for field in &mut model.fields {
        let path = field.path.to_string();
        let no_struct = matches!(field.role, Role::Embed(_)) && (field.nullable || field.deferred);
        if taken.contains(&path) || matches!(field.known, Known::NoColumn(_)) || no_struct {
            field.role = Role::Broken;
        }
        taken.push(path);
    }
    model.managers.retain(|(name, _)| {
        let free = !taken.contains(&name.to_string());
        taken.push(name.to_string());
        free
    });
    // What cannot be a key was reported, and so was a key to which nothing can point although something does.
    let sides = |field: &Field<'_>| matches!(field.role, Role::Reverse(_));
    if model.primary_key.is_some() && model.fields.iter().any(sides) {
        model.key.clear();
    }
    let fields = &model.fields;
    model.key.retain(|key| {
        let field = &fields[*key];
        !field.nullable && !matches!(field.known, Known::Float | Known::NoColumn(_))
    });
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
                fn schema() -> &'static __orm::ModelSchema { __orm::unknown() }
                fn decode(_: &dyn __orm::Row, _: usize) -> __orm::Result<Self> { __orm::unknown() }
                fn key(&self) -> Self::Key { __orm::unknown() }
                fn assign(&mut self, _: usize, _: &dyn __orm::Row, _: usize) -> __orm::Result<()> { __orm::unknown() }
                fn value(&self, _: usize) -> __orm::Value { __orm::unknown() }
            }
        },
    )
}
