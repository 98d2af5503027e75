//! Functions and lookups of your own: what this crate has none for, typed like its own and usable wherever they are.
//!
//! A static row tells the text for each database, and a function of yours tells the types. `{0}` and `{1}` in the text are the arguments,
//! which are bound or printed where they stand, in parentheses where that is needed; `{*}` is all of them with commas between. What SQLite
//! lacks can be a function in Rust: [`sqlite_function`](https://docs.rs/orm/latest/orm/struct.DatabaseBuilder.html#method.sqlite_function) registers
//! one with every connection.
//!
//! ```
//! use orm::custom::{self, Function, Lookup};
//! use orm::expr::{BaseOf, Operand};
//! use orm::path::{About, Scope};
//! use orm::prelude::*;
//! use orm::types::Text;
//! use orm::value::{ColumnType, Value, ValueRef};
//!
//! static INITIALS: Function =
//!     Function::custom("initials", 1, "regexp_replace({0}, '([^ ])[^ ]* *', '\\1', 'g')", ColumnType::Text).on_sqlite("my_initials({0})");
//!
//! /// The first letters of the words.
//! fn initials<E: Expression>(of: E) -> custom::Of<E, String>
//! where
//!     BaseOf<E>: Text,
//! {
//!     custom::function(&INITIALS, [of.node()])
//! }
//!
//! static LONGER: Lookup = Lookup::custom("longer", "length({0}) > length({1})");
//!
//! /// More characters than another text has.
//! fn longer<E: Expression, R>(of: E, than: R) -> Condition<E::Scope>
//! where
//!     BaseOf<E>: Text,
//!     R: Operand<E::Scope, String, Base: Text>,
//!     Scope: About<R::Scope, E::Scope>,
//! {
//!     custom::lookup(&LONGER, of.node(), than.into_node())
//! }
//!
//! # #[derive(Model)]
//! # struct Visitor { id: i64, name: String }
//! let db = Database::builder("sqlite::memory:")
//!     .sqlite_function("my_initials", 1, |args| {
//!         Ok(match args {
//!             [ValueRef::Text(text)] => {
//!                 let initials: String = text.split(' ').filter_map(|word| word.chars().next()).collect();
//!                 Value::Text(initials.into())
//!             }
//!             _ => Value::Null,
//!         })
//!     })
//!     .connect()?;
//! # db.create_tables()?;
//! Visitor::draft().name("Ada King Lovelace").save(&db)?;
//! let found = Visitor::objects().filter(initials(Visitor::name).eq("AKL") & longer(Visitor::name, "Ada"));
//! assert_eq!(found.values_list(initials(Visitor::name).lower()).all(&db)?, ["akl"]);
//! # Ok::<(), orm::Error>(())
//! ```

pub use crate::ast::{Function, Lookup};
pub use crate::expr::functions::{Of, With};

use crate::ast::Expr as Node;
use crate::expr::{Condition, Expr};

/// A call of a function of your own. The caller vouches for the types: let it be the body of a typed function, as above. The number of arguments
/// is looked at before any SQL is sent.
pub fn function<S, T, K, const N: usize>(
    function: &'static Function,
    arguments: [Node; N],
) -> Expr<S, T, K> {
    Expr::new(Node::call(function, arguments.into()))
}

/// A condition by a lookup of your own, on a subject and an operand.
pub fn lookup<S>(lookup: &'static Lookup, subject: Node, operand: Node) -> Condition<S> {
    Condition::new(Node::lookup(lookup, subject, operand))
}
