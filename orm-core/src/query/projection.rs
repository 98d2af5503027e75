//! Rows as structs that derive `Projection`: what the struct names is selected, each field checked.

use std::any::Any;
use std::marker::PhantomData;

use crate::ast::{Select, row_columns};
use crate::decode::{Names, Row};
use crate::error::Result;
use crate::model::Model;
use crate::query::{FromModels, Graph, RowShape, Tuple, Whole};
use crate::tuples::for_each;
use crate::types::SqlType;

/// A struct whose fields are selected expressions of a model. Derive it: `#[derive(Projection)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection",
    label = "not a projection",
    note = "`#[derive(Projection)]` with `#[projection(Model)]` makes a struct one"
)]
pub trait Projection: Sized + 'static {
    /// The model whose rows it is made of.
    type Model: Model;
    /// The types of the annotations that it takes, as a tuple.
    type Annotated;
    /// The names of its fields.
    const NAMES: &'static [&'static str];
    /// Whether it is the model itself, whose rows have an order.
    #[doc(hidden)]
    const WHOLE: bool = false;

    /// Adds what is selected, in the order of the fields, and what is loaded beside it.
    #[doc(hidden)]
    fn graph(graph: &mut Graph);

    /// How many columns that is.
    #[doc(hidden)]
    fn width() -> usize;

    /// Reads a row whose columns begin at index `at`; `names` knows what was selected.
    ///
    /// # Errors
    /// When a column holds something its field cannot.
    fn decode(row: &dyn Row, at: usize, names: &dyn Names) -> Result<Self>;

    /// The field of a number, where it holds rows.
    #[doc(hidden)]
    fn field(&mut self, field: usize) -> Option<&mut dyn Any> {
        let _ = field;
        None
    }
}

/// A model is the projection of all that it has, so that whole rows stand in a graph too.
#[diagnostic::do_not_recommend]
impl<M: Model> Projection for M {
    type Model = M;
    type Annotated = ();
    const NAMES: &'static [&'static str] = &[];
    const WHOLE: bool = true;

    fn graph(graph: &mut Graph) {
        graph.columns.extend(row_columns(M::SCHEMA, None));
    }

    #[inline]
    fn width() -> usize {
        M::SCHEMA.width()
    }

    #[inline]
    fn decode(row: &dyn Row, at: usize, _: &dyn Names) -> Result<M> {
        M::decode(row, at)
    }
}

/// Rows that are projections.
pub struct Projected<P>(PhantomData<P>);

impl<P: Projection> RowShape for Projected<P> {
    type Output = P;

    fn decode(row: &dyn Row, select: &Select) -> Result<P> {
        P::decode(row, 0, select)
    }
}

#[diagnostic::do_not_recommend]
impl<P> super::FilterAllowed<crate::expr::Aggregated> for Projected<P> {}
#[diagnostic::do_not_recommend]
impl<P> super::OrderAllowed<crate::expr::Aggregated> for Projected<P> {}
#[diagnostic::do_not_recommend]
impl<P> super::OrderAllowed<crate::expr::OneRow> for Projected<P> {}
#[diagnostic::do_not_recommend]
impl<P> super::OrderAllowed<crate::expr::ManyRows> for Projected<P> {}

/// A projection that takes no annotations, so that it can be a field of another too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes the annotations of a query, and here there are none",
    label = "its fields with `#[projection(annotated)]` need `.annotate(..)` before `.values::<{Self}>()`"
)]
pub trait Nested: Projection<Annotated = ()> {}

#[diagnostic::do_not_recommend]
impl<M: Model> Nested for M {}

/// Rows of a query of `M` with annotations of the types `T`: those that a struct takes.
#[diagnostic::on_unimplemented(
    message = "the query is not annotated as the struct needs it, with `{T}`",
    label = "its fields with `#[projection(annotated)]` take `{T}`: annotate with values of these types, in this order"
)]
pub trait AnnotatedWith<M, T> {}

/// Of a struct that takes none.
impl<M, R: FromModels<M>> AnnotatedWith<M, ()> for R {}

macro_rules! annotated {
    ($($($name:ident $index:tt)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M: Model, $($name: SqlType),+> AnnotatedWith<M, ($($name,)+)> for Tuple<(Whole<M>, $($name,)+)> {}
    )+ };
}
for_each!(annotated);

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
