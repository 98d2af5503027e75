#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

// The derives name the crate as its users do.
extern crate self as orm;

mod create_tables;
mod dec;
pub mod guide;
pub mod prelude;
#[doc(hidden)]
pub mod private;

pub use create_tables::CreateTables;
pub use orm_backends::*;
pub use orm_core::dialect::Dialect;
pub use orm_core::executor::{Executor, Handle};
pub use orm_core::expr::custom;
pub use orm_core::{
    BoxError, Error, FieldError, ForeignKeyCause, Result, decode, draft, expr, model, path, query,
    relation, schema, types, value,
};
#[cfg(feature = "serde")]
pub use orm_derive::Serialize;
pub use orm_derive::{DbEnum, Embed, Model, Projection, Proxy, SqlType, queryset};
pub use private::{Embed, EmbedAssignments, EmbedPath};
