//! Relations as fields of an instance.

mod foreign_key;
mod kept;
mod key;
mod key_values;
mod manager;
mod many_to_many;
mod optional;
mod parent;
mod reuse;
mod reverse;
mod rows;
#[cfg(feature = "serde")]
mod serialize;

pub use foreign_key::{ForeignKey, KeyField, OneToOne};
pub use many_to_many::{LinkAssignments, ManyToMany};
pub use optional::OptionalKey;
pub use parent::Parent;
pub use reverse::{HasMany, HasOne, HasOptionalKey};
pub use rows::{OneOf, RowList};
#[cfg(feature = "serde")]
#[doc(hidden)]
pub use serialize::{
    Enter, EnterNothing, EnterRow, NotDerived, Serialize, Serializer, write, write_relation,
};
