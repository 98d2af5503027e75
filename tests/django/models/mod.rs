//! The models of the cases, as `data/schema.json` describes them.
//!
//! A many-to-many of Django's is a link table with two keys here: its conditions go by `links` paths.

pub mod bookstore;
pub mod lab;
