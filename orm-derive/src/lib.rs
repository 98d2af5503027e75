//! The derives of `orm`. Programs depend on the crate `orm`, which re-exports them.
//!
//! What a macro writes into a program names one module only, `::orm::private`, so that the façade's
//! visible paths stay free to change.

mod db_enum;
mod diagnostics;
mod fallback;
mod model;
mod names;
mod options;
mod projection;
mod sql_type;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a model: its instances are rows of a table.
///
/// On the struct: `#[model(table = "..", ordering = [-a, b], index(fields = [a, b]), unique(fields = [a, b]),
/// check(name = "..", condition = ..), default_filter = ..)]`.
///
/// On a field: `#[field(primary_key, unique, index, column = "..", default = .., db_default = ..,
/// max_length = 100, max_digits = 6, decimal_places = 2, auto_now, auto_now_add, generated = ..,
/// on_delete = cascade, path = other_name)]`, and `#[reverse(Book::author)]` on a `HasMany` or `HasOne`.
///
/// The field `id` is the primary key unless another says so. An integer primary key is counted up by
/// the database unless it has a default. Without `on_delete` a key restricts: a row that others point
/// at cannot be deleted.
#[proc_macro_derive(Model, attributes(model, field, reverse))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    model::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes an enum without fields a column type, stored as the variant's name in `snake_case`.
///
/// `#[db_enum(rename = "..")]` on a variant stores another text; `#[db_enum(repr = "i16")]` or
/// `"i32"` on the enum stores the variants' numbers.
#[proc_macro_derive(DbEnum, attributes(db_enum))]
pub fn derive_db_enum(input: TokenStream) -> TokenStream {
    db_enum::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a struct around one column type, such as `struct UserId(i64)`, a column type of its own.
#[proc_macro_derive(SqlType)]
pub fn derive_sql_type(input: TokenStream) -> TokenStream {
    sql_type::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a struct the row of a query: `#[projection(Book)]`, and on a field that is not named as
/// the model's, `#[projection(Book::author.name)]` or any other expression.
#[proc_macro_derive(Projection, attributes(projection))]
pub fn derive_projection(input: TokenStream) -> TokenStream {
    projection::derive(&parse_macro_input!(input as DeriveInput)).into()
}
