//! What `#[derive(Model)]` implements.

use std::any::Any;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use crate::ast::{DefaultOrder, Expr};
use crate::decode::{Partial, Row, ValueRow};
use crate::error::Result;
use crate::path::{AnyRows, Path, PathFields, PrimaryKey};
use crate::query::{Flat, RowShape, Tuple};
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
    /// The type of the primary key; a tuple where it is made of several fields.
    type Key: KeyType;
    /// A field path for each field, behind the path `P`.
    type Fields<P: Path>: PathFields;

    /// Table, columns and constraints.
    const SCHEMA: &'static ModelSchema;
    /// [`SCHEMA`](Self::SCHEMA), by which models refer to each other. Each model has a function of its own: of one for all, the
    /// compiler would take a long chain of models for an endless recursion.
    #[doc(hidden)]
    fn schema() -> &'static ModelSchema;

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

    /// The primary key in queries, whatever it is called and of how many fields it is made: for code over any model.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// fn others<M: Model>(row: &M, db: &Database) -> Result<u64> {
    ///     QuerySet::<M>::objects().filter(M::pk().ne(row.key())).count(db)
    /// }
    ///
    /// let book = Book::objects().get(&db, Book::pk().eq(1))?;
    /// assert_eq!(others(&book, &db)?, 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn pk() -> PrimaryKey<Self> {
        PrimaryKey::NEW
    }

    /// The value of a column, by its index in the schema.
    fn value(&self, field: usize) -> Value;

    /// Reads one column, found at index `at` of a row, into its field.
    ///
    /// # Errors
    /// When the column holds something its field cannot.
    fn assign(&mut self, field: usize, row: &dyn Row, at: usize) -> Result<()>;

    /// The columns that a query may leave out, by their indexes in the schema.
    const DEFERRED: &'static [usize] = &[];

    /// Whether the query that read the row left a column out, and nobody has loaded or set it since.
    fn is_left_out(&self, field: usize) -> bool {
        let _ = field;
        false
    }

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

/// A model with fields that a query may leave out.
#[diagnostic::on_unimplemented(
    message = "`only` leaves out fields of type `Deferred`, and `{Self}` has none",
    label = "nothing of `{Self}` could be left out",
    note = "a field that may be left out says so in the model: `pub body: Deferred<String>`",
    note = "for rows of other shapes there are `values_list` and projections"
)]
pub trait HasDeferred: Model {}

/// A model, for what is written once for each of its fields: of a `Model` there, the compiler would look each time into the whole
/// struct, whether it is `Send` and `Sync`.
#[doc(hidden)]
pub trait IsModel {
    /// The model.
    type Itself: Model;
}

#[diagnostic::do_not_recommend]
impl<M: Model> IsModel for M {
    type Itself = M;
}

/// An instance without its type.
pub(crate) type AnyRow = Box<dyn Any + Send + Sync>;

/// How an instance is read, without its type, to be shared.
pub(crate) type DecodeAny = fn(&dyn Row, usize) -> Result<AnyRows>;

/// Reads an instance, and forgets its type.
pub(crate) fn decode_any<M: Model>(row: &dyn Row, at: usize) -> Result<AnyRows> {
    Ok(Arc::new(M::decode(row, at)?))
}

/// How an instance is made of the values of its columns, without its type.
pub(crate) type RemakeAny = fn(&[Value], &[usize]) -> Option<AnyRow>;

/// Makes an instance without the columns that are left out, and forgets its type.
pub(crate) fn remake_any<M: Model>(values: &[Value], left_out: &[usize]) -> Option<AnyRow> {
    let row = &ValueRow(values);
    let row = M::decode(&Partial { row, left_out }, 0).ok()?;
    Some(Box::new(row))
}

/// A type of primary keys: a column type, or of a composite key a tuple of up to eight.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that a primary key can have",
    label = "not a type of keys",
    note = "a key is a column type that derives `Clone`, `Debug`, `Eq`, `Ord` and `Hash`"
)]
pub trait KeyType<X = ()>: Clone + Eq + Hash + Debug + Ord + Send + Sync + 'static {
    /// A value for each column.
    type Values: AsRef<[Value]> + IntoIterator<Item = Value>;
    /// Rows of such keys.
    type Rows: RowShape<Output = Self>;

    /// The values to bind.
    fn into_values(self) -> Self::Values;
}

/// The type of a primary key that is one column, so that a foreign key can point at it.
#[diagnostic::on_unimplemented(
    message = "a key cannot point at a model whose primary key is `{Self}`",
    label = "this model's primary key is made of several fields",
    note = "give that model an `id`, and make the fields unique together: `#[model(unique(fields = [..]))]`"
)]
pub trait SingleKey<X = ()>: KeyType + SqlType<Base = Self> {}

#[diagnostic::do_not_recommend]
impl<T: SqlType<Base = T> + Clone + Eq + Hash + Debug + Ord> SingleKey for T {}

/// A type of a part of a composite key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that a primary key can have",
    label = "not a type of keys",
    note = "a key is a column type that derives `Clone`, `Debug`, `Eq`, `Ord` and `Hash`"
)]
pub trait KeyPart<X = ()> {
    /// The type itself.
    type Type: SingleKey;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType<Base = T> + Clone + Eq + Hash + Debug + Ord> KeyPart for T {
    type Type = Self;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType<Base = T> + Clone + Eq + Hash + Debug + Ord, X: NoType> KeyPart<X> for T {
    type Type = Self;
}

macro_rules! keys {
    ($([$($generics:tt)*] $parameter:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<T: SqlType<Base = T> + Clone + Eq + Hash + Debug + Ord, $($generics)*> KeyType<$parameter> for T {
            type Values = [Value; 1];
            type Rows = Flat<T>;

            #[inline]
            fn into_values(self) -> [Value; 1] {
                [self.into_value()]
            }
        }
    )+ };
}
keys! {
    [] ();
    [X: NoType] X;
}

macro_rules! composite_keys {
    ($($count:literal: $($name:ident)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<$($name: SingleKey),+> KeyType for ($($name,)+) {
            type Values = [Value; $count];
            type Rows = Tuple<Self>;

            #[allow(non_snake_case, reason = "a variable for each type parameter")]
            fn into_values(self) -> [Value; $count] {
                let ($($name,)+) = self;
                [$($name.into_value()),+]
            }
        }
    )+ };
}
composite_keys! {
    2: A B;
    3: A B C;
    4: A B C D;
    5: A B C D E;
    6: A B C D E F;
    7: A B C D E F G;
    8: A B C D E F G H;
}

/// No type has it. Where a trait has one impl alone, the compiler takes it and lists each thing that a type lacks for it; with
/// a second impl, for types that have this, it says of the trait itself that the type has it not.
#[doc(hidden)]
pub trait NoType {}

#[diagnostic::do_not_recommend]
impl<T: SqlType<Base = T> + Clone + Eq + Hash + Debug + Ord, X: NoType> SingleKey<X> for T {}

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
            schema: M::schema,
            definitions: M::definitions,
            default_value: M::default_value,
        }
    }
}

inventory::collect!(Registration);

/// Every model linked into the program, sorted by table and name.
pub fn registered() -> Vec<&'static Registration> {
    let mut models: Vec<_> = inventory::iter::<Registration>.into_iter().collect();
    models.sort_by_key(|model| ((model.schema)().table, (model.schema)().name));
    models
}
