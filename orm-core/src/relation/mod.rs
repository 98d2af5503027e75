//! Relations as fields of an instance.

mod foreign_key;
mod key;
mod key_values;
mod optional;
mod reuse;
mod reverse;
mod rows;

pub use foreign_key::{ForeignKey, KeyField, OneToOne};
pub use optional::OptionalKey;
pub use reverse::{HasMany, HasOne, HasOptionalKey};
pub use rows::RowList;
