//! What `#[derive(Model)]` implements.

use std::any::Any;
use std::fmt::Debug;
use std::hash::Hash;

use crate::ast::{DefaultOrder, Expr};
use crate::decode::Row;
use crate::error::Result;
use crate::path::{Path, PathFields};
use crate::schema::ModelSchema;
use crate::types::SqlType;
use crate::value::Value;

/// A struct whose instances are rows of a table. Derive it: `#[derive(Model)]`.
///
/// What it holds is for queries; a program uses it as a bound, for functions over rows of any model.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// /// The row as it was before and as it is now.
/// fn reloaded<M: Model + Clone>(row: &M, db: &Database) -> Result<(M, M)> {
///     let mut now = row.clone();
///     now.refresh(db)?;
///     Ok((row.clone(), now))
/// }
///
/// let book = Book::objects().get(&db, Book::title.eq("SQL"))?;
/// Book::objects().update(&db, Book::price.set(1))?;
/// let (before, now) = reloaded(&book, &db)?;
/// assert!(now.price < before.price);
/// # Ok::<(), orm::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "`#[derive(Model)]` makes a struct one"
)]
pub trait Model: Sized + Send + Sync + 'static {
    /// The type of the primary key.
    type Key: KeyType;
    /// A field path for each field, behind the path `P`.
    type Fields<P: Path>: PathFields;

    /// Table, columns and constraints.
    const SCHEMA: &'static ModelSchema;
    /// The order of rows where a query asks for none.
    const ORDERING: &'static [DefaultOrder] = &[];

    /// Reads a row whose columns, in the schema's order, begin at index `at`.
    ///
    /// # Errors
    /// When a column holds something its field cannot.
    fn decode(row: &dyn Row, at: usize) -> Result<Self>;

    /// The primary key.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let book = Book::objects().get(&db, Book::title.eq("SQL"))?;
    /// assert_eq!(book.key(), book.id);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn key(&self) -> Self::Key;

    /// The value of a column, by its index in the schema.
    fn value(&self, field: usize) -> Value;

    /// Reads one column, found at index `at` of a row, into its field.
    ///
    /// # Errors
    /// When the column holds something its field cannot.
    fn assign(&mut self, field: usize, row: &dyn Row, at: usize) -> Result<()>;

    /// The default in Rust of a column that a draft leaves out, by its index in the schema.
    fn default_value(field: usize) -> Option<Value> {
        let _ = field;
        None
    }

    /// The condition that `objects()` applies to every query.
    fn default_filter() -> Option<Expr> {
        None
    }

    /// What the schema cannot hold since it is made of expressions.
    fn definitions() -> Definitions {
        Definitions::default()
    }
}

/// An instance without its type.
pub(crate) type AnyRow = Box<dyn Any + Send + Sync>;

/// How an instance is read, without its type.
pub(crate) type DecodeAny = fn(&dyn Row, usize) -> Result<AnyRow>;

/// Reads an instance, and forgets its type.
pub(crate) fn decode_any<M: Model>(row: &dyn Row, at: usize) -> Result<AnyRow> {
    Ok(Box::new(M::decode(row, at)?))
}

/// A type of primary keys.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that a primary key can have",
    label = "not a type of keys",
    note = "a key is a column type that derives `Clone`, `Debug`, `Eq`, `Ord` and `Hash`"
)]
pub trait KeyType<X = ()>: SqlType<Base = Self> + Clone + Eq + Hash + Debug + Ord {}

#[diagnostic::do_not_recommend]
impl<T: SqlType<Base = T> + Clone + Eq + Hash + Debug + Ord> KeyType for T {}

/// No type has it. Where a trait has one impl alone, the compiler takes it and lists each thing that a type lacks for it; with
/// a second impl, for types that have this, it says of the trait itself that the type has it not.
#[doc(hidden)]
pub trait NoType {}

#[diagnostic::do_not_recommend]
impl<T: SqlType<Base = T> + Clone + Eq + Hash + Debug + Ord, X: NoType> KeyType<X> for T {}

/// The parts of a model's table that are made of expressions over its own columns.
#[derive(Debug, Default)]
pub struct Definitions {
    /// Generated columns: index in the schema, expression.
    pub generated: Vec<(usize, Expr)>,
    /// Defaults of the database: index in the schema, expression.
    pub db_defaults: Vec<(usize, Expr)>,
    /// Check constraints: name, condition.
    pub checks: Vec<(&'static str, Expr)>,
    /// Conditions of partial indexes: index in [`ModelSchema::indexes`], condition.
    pub index_conditions: Vec<(usize, Expr)>,
    /// Indexes by expression: index in [`ModelSchema::indexes`], expression.
    pub index_exprs: Vec<(usize, Expr)>,
}

/// A model that is linked into the program; [`registered`] lists them.
pub struct Registration {
    /// Its schema; by a function, so that checking a program need not compute it.
    pub schema: fn() -> &'static ModelSchema,
    /// Its expressions.
    pub definitions: fn() -> Definitions,
    /// The defaults in Rust of its columns.
    pub default_value: fn(usize) -> Option<Value>,
}

impl Registration {
    /// The entry of a model.
    pub const fn of<M: Model>() -> Self {
        Self {
            schema: schema_of::<M>,
            definitions: M::definitions,
            default_value: M::default_value,
        }
    }
}

inventory::collect!(Registration);

const fn schema_of<M: Model>() -> &'static ModelSchema {
    M::SCHEMA
}

/// Every model linked into the program, sorted by table and name.
pub fn registered() -> Vec<&'static Registration> {
    let mut models: Vec<_> = inventory::iter::<Registration>.into_iter().collect();
    models.sort_by_key(|model| ((model.schema)().table, (model.schema)().name));
    models
}
