//! Rows as structs that derive `Projection`: what the struct names is selected, each field checked.

use std::marker::PhantomData;

use rust_decimal::Decimal;

use crate::ast::{Expr as Node, Select};
use crate::decode::{Names, Row};
use crate::error::Result;
use crate::expr::Expression;
use crate::model::Model;
use crate::path::{About, Scope};
use crate::query::RowShape;
use crate::types::{Mismatch, SqlType};
use crate::value::ValueRef;

/// A struct whose fields are selected expressions of a model. Derive it: `#[derive(Projection)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection",
    label = "not a projection",
    note = "`#[derive(Projection)]` with `#[projection(Model)]` makes a struct one"
)]
pub trait Projection: Sized + 'static {
    /// The model whose rows it is made of.
    type Model: Model;
    /// The names of its fields.
    const NAMES: &'static [&'static str];

    /// What is selected, in the order of the fields.
    fn columns() -> Vec<Node>;

    /// Reads a row whose columns begin at index `at`.
    ///
    /// # Errors
    /// When a column holds something its field cannot.
    fn decode(row: &dyn Row, at: usize) -> Result<Self>;
}

/// Rows that are projections.
pub struct Projected<P>(PhantomData<P>);

impl<P: Projection> RowShape for Projected<P> {
    type Output = P;

    fn decode(row: &dyn Row, select: &Select) -> Result<P> {
        P::decode(&Scaled { row, select }, 0)
    }
}

/// A row whose decimals have as many digits behind the point as their columns.
struct Scaled<'a> {
    row: &'a dyn Row,
    select: &'a Select,
}

impl Row for Scaled<'_> {
    fn value(&self, index: usize) -> std::result::Result<ValueRef<'_>, Mismatch> {
        let value = self.row.value(index)?;
        match self.select.decimal_places(index) {
            Some(places) if !value.is_null() => {
                Decimal::decode(value).map(|decimal| ValueRef::Decimal(decimal.with_scale(places)))
            }
            _ => Ok(value),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<P> super::OrderAllowed<crate::expr::OneRow> for Projected<P> {}
#[diagnostic::do_not_recommend]
impl<P> super::OrderAllowed<crate::expr::ManyRows> for Projected<P> {}

/// A type of expressions that a projection's field of type `T` can hold: the same, or the same without
/// its `Option`.
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` cannot hold a `{Self}`",
    label = "the expression's type is `{Self}`, the field's `{T}`"
)]
pub trait ProjectsTo<T> {}

#[diagnostic::do_not_recommend]
impl<T: SqlType> ProjectsTo<T> for T {}
#[diagnostic::do_not_recommend]
impl<T: SqlType<Base = T, Nullable = Option<T>>> ProjectsTo<Option<T>> for T {}

/// The node of a projection's field, checked against its model and type.
pub fn projected<M, T, E>(expr: E) -> Node
where
    E: Expression,
    Scope: About<E::Scope, M>,
    E::Type: ProjectsTo<T>,
{
    expr.node()
}
