//! The methods that change rows.

mod bulk;
mod forward;
mod inherited;
mod insert;
mod instance;
mod links;
mod query_set;
mod related;
mod upsert;
mod validate;

pub use bulk::{BulkCreate, OnConflictOf};
pub use instance::Instance;

pub(crate) use bulk::create_with;
pub(crate) use insert::insert;
pub(crate) use links::{Links, linked_to};
pub(crate) use related::Pointing;
pub(crate) use upsert::{get_or_create, get_or_create_by, update_or_create};
