//! The guide, a page each; every example in it is a test.

#[doc = include_str!("../docs/models.md")]
pub mod models {}

#[doc = include_str!("../docs/inheritance.md")]
pub mod inheritance {}

#[doc = include_str!("../docs/queries.md")]
pub mod queries {}

#[doc = include_str!("../docs/expressions.md")]
pub mod expressions {}

#[doc = include_str!("../docs/loading.md")]
pub mod loading {}

#[doc = include_str!("../docs/aggregates.md")]
pub mod aggregates {}

#[doc = include_str!("../docs/subqueries.md")]
pub mod subqueries {}

#[doc = include_str!("../docs/windows.md")]
pub mod windows {}

#[cfg(feature = "serde")]
#[doc = include_str!("../docs/serialization.md")]
pub mod serialization {}

#[doc = include_str!("../docs/writing.md")]
pub mod writing {}

#[doc = include_str!("../docs/seeing-queries.md")]
pub mod seeing_queries {}

#[doc = include_str!("../docs/errors.md")]
pub mod errors {}

#[doc = include_str!("../docs/two-databases.md")]
pub mod two_databases {}

#[doc = include_str!("../docs/existing-databases.md")]
pub mod existing_databases {}

#[doc = include_str!("../docs/django.md")]
pub mod django {}
