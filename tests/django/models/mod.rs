//! The models of the cases, as `data/schema.json` describes them.

pub mod bookstore;
pub mod lab;
