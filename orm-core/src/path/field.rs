//! Paths that end at a column.

use std::marker::PhantomData;

use crate::ast::{Column, Expr as Node};
use crate::expr::{Assignment, Expression, IntoAssigned, NoAggregate, NoManyRows, NoWindow};
use crate::model::{IsModel, Model};
use crate::path::{About, OwnRow, Path, Scope};
use crate::schema::{FieldSchema, ModelSchema};
use crate::types::{AssignableTo, FitsNull, Nullness, SqlType};

/// What the derive tells of a field, by a type of the field's name.
pub trait FieldDef: 'static {
    /// The model it belongs to.
    type Model: IsModel;
    /// The type of the column.
    type Type: SqlType;
    /// Who sets it: [`Written`] or [`Generated`].
    type Access: Access;
    /// Its index in the model's schema.
    const INDEX: usize;
}

/// The path `P` and then the field `F`: what `Book::title` and `Book::author.name` are. Of zero size, and `Copy`.
///
/// It is an [`Expression`]: its lookups and functions come from [`Comparison`](crate::expr::lookups::Comparison) and
/// its kin. A field of `bool` is a condition by itself. `Debug` writes the path.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// assert_eq!(format!("{:?}", Book::author.name), "Book.author.name");
/// let cheap = Book::objects().filter(Book::price.lt(10) & Book::is_published).all(&db)?;
/// assert_eq!(cheap.len(), 1);
/// # Ok::<(), orm::Error>(())
/// ```
pub struct Field<P, F>(PhantomData<fn() -> (P, F)>);

impl<P, F> Field<P, F> {
    /// The one value of the type.
    pub const NEW: Self = Self(PhantomData);
}

impl<P, F> Clone for Field<P, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, F> Copy for Field<P, F> {}

impl<P, F> std::fmt::Debug for Field<P, F>
where
    P: Path,
    F: FieldDef,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let start = P::OUTER.map_or(P::Root::SCHEMA, |query| query.model);
        f.write_str(start.name)?;
        for step in P::NODE.map(|node| node.steps()).unwrap_or_default() {
            write!(f, ".{}", step.name)?;
        }
        write!(f, ".{}", field_schema::<F>().name)
    }
}

/// The schema of a field's model.
pub const fn model_schema<F: FieldDef>() -> &'static ModelSchema {
    <F::Model as IsModel>::Itself::SCHEMA
}

/// The schema of a field.
pub(crate) const fn field_schema<F: FieldDef>() -> &'static FieldSchema {
    &model_schema::<F>().fields[F::INDEX]
}

impl<P: Path, F: FieldDef> Expression for Field<P, F> {
    type Scope = P::Root;
    type Type = <P::Null as Nullness>::Apply<F::Type>;
    type Kind = P::Kind;

    fn node(&self) -> Node {
        P::placed(Node::Column(Column {
            path: P::NODE,
            field: field_schema::<F>(),
        }))
    }
}

impl<P: Path, F: FieldDef> Field<P, F> {
    /// `SET column = value`, for `update`: takes a value, an expression over the same row, or `None` where the field is an
    /// `Option`. A generated field, a field behind a relation, and an expression that may be NULL for a field that may not,
    /// do not compile.
    ///
    /// SQL: `"price" = "price" * ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// Book::objects().update(&db, Book::price.set(Book::price * dec!(1.10)))?;
    /// Book::objects().update(&db, (Book::subtitle.set(None), Book::stock_level.set(0)))?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn set<V: IntoAssigned<P::Root, F::Type, Kind: NoAggregate + NoWindow + NoManyRows>>(
        self,
        value: V,
    ) -> Assignment<P::Root>
    where
        P: OwnRow,
        F::Access: Writable,
        V::Base: AssignableTo<BaseType<F>>,
        V::Null: FitsNull<NullType<F>>,
        Scope: About<V::Scope, P::Root>,
    {
        Assignment::new(P::AT + F::INDEX, value.into_assigned())
    }
}

/// A field's type without its `Option`.
type BaseType<F> = <<F as FieldDef>::Type as SqlType>::Base;
/// Whether a field may be NULL.
type NullType<F> = <<F as FieldDef>::Type as SqlType>::Null;

/// A field that a query may leave out: one of type `Deferred`.
pub trait DeferredField: FieldDef {}

/// Who sets a field.
pub trait Access: 'static {}

/// The program sets it.
pub struct Written;
/// The database computes it.
pub struct Generated;

impl Access for Written {}
impl Access for Generated {}

/// A field that the program may set.
#[diagnostic::on_unimplemented(
    message = "a generated field cannot be set: the database computes it",
    label = "this field is generated"
)]
pub trait Writable {}

impl Writable for Written {}
