//! The shapes of rows: whole models, single values, tuples, JSON objects, projections.

use std::any::Any;
use std::marker::PhantomData;

use crate::ast::Select;
use crate::decode::{Names, Partial, Row, column};
use crate::error::Result;
use crate::expr::{Aggregated, ManyRows, OneRow, PerRow, Windowed};
use crate::model::Model;
use crate::query::AnnotateAllowed;
use crate::types::SqlType;

/// What a query set returns for each row.
pub trait RowShape: 'static {
    /// The row's type.
    type Output: 'static;

    /// Reads a row.
    ///
    /// # Errors
    /// When a column holds something its type cannot.
    fn decode(row: &dyn Row, select: &Select) -> Result<Self::Output>;

    /// The part of a number in what is returned for a row; a row that is no tuple is its own only part.
    fn part(output: &mut Self::Output, number: usize) -> Option<&mut dyn Any> {
        (number == 0).then_some(output)
    }
}

/// One part of a row that is a tuple: a value, a whole model, or rows that are loaded beside it.
///
/// Each type of columns is a part that holds itself. It has nothing to do for a program but to be named, in
/// [`Rows`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no part of a row",
    label = "expected a type of columns, or what stands for a model or for loaded rows"
)]
pub trait RowPart: 'static {
    /// What the tuple holds.
    type Output: 'static;
    /// How many columns it is read from.
    const WIDTH: usize;

    /// Reads it from the columns that begin at index `at`.
    ///
    /// # Errors
    /// When a column holds something its type cannot.
    fn decode(row: &dyn Row, at: usize, select: &Select) -> Result<Self::Output>;

    /// What it holds, without its type: of a model the instance, whatever it is given as.
    fn any(output: &mut Self::Output) -> &mut dyn Any {
        output
    }
}

/// Rows that are whole models.
pub struct Whole<M>(PhantomData<M>);

/// Rows that are one value.
pub struct Flat<T>(PhantomData<T>);

/// Rows that are tuples.
pub struct Tuple<T>(PhantomData<T>);

/// Rows that are JSON objects.
pub struct JsonRows;

#[diagnostic::do_not_recommend]
impl<T: SqlType> RowPart for T {
    type Output = T;
    const WIDTH: usize = 1;

    #[inline]
    fn decode(row: &dyn Row, at: usize, select: &Select) -> Result<T> {
        column(row, at, select)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> RowPart for Whole<M> {
    type Output = M;
    const WIDTH: usize = M::SCHEMA.width();

    #[inline]
    fn decode(row: &dyn Row, at: usize, select: &Select) -> Result<M> {
        if at > 0 {
            return M::decode(row, at);
        }
        own_row(row, select)
    }
}

impl<M: Model> RowShape for Whole<M> {
    type Output = M;

    #[inline]
    fn decode(row: &dyn Row, select: &Select) -> Result<M> {
        own_row(row, select)
    }
}

/// Reads the row of the query's own model.
#[inline]
pub(super) fn own_row<M: Model>(row: &dyn Row, select: &Select) -> Result<M> {
    if select.left_out.is_empty() {
        M::decode(row, 0)
    } else {
        let left_out = &select.left_out;
        M::decode(&Partial { row, left_out }, 0)
    }
}

impl<T: SqlType> RowShape for Flat<T> {
    type Output = T;

    fn decode(row: &dyn Row, select: &Select) -> Result<T> {
        column(row, 0, select)
    }
}

/// Rows that parts can be appended to, as `annotate` does.
#[diagnostic::on_unimplemented(
    message = "nothing can be appended to these rows",
    label = "append to whole models, values and tuples of fewer than 16 parts",
    note = "a struct that derives `Projection` names all its parts itself"
)]
pub trait Extend: RowShape {
    /// How many parts they have.
    const PARTS: usize;
    /// The rows with one part more.
    type With<P: RowPart>: RowShape;
}

#[diagnostic::do_not_recommend]
impl<M: Model> Extend for Whole<M> {
    const PARTS: usize = 1;
    type With<P: RowPart> = Tuple<(Self, P)>;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType> Extend for Flat<T> {
    const PARTS: usize = 1;
    type With<P: RowPart> = Tuple<(T, P)>;
}

/// Rows that are whole models of `M`, or tuples that begin with one.
#[diagnostic::on_unimplemented(
    message = "these rows hold no `{M}` that could be given related rows",
    label = "load relations before `values_list` and its kin, or name them in a projection"
)]
pub trait WholeRows<M>: RowShape {}

#[diagnostic::do_not_recommend]
impl<M: Model> WholeRows<M> for Whole<M> {}

/// Rows that are whole models of `M`, whatever is appended to them: from them other values can be selected, and they can be written.
#[diagnostic::on_unimplemented(
    message = "the rows of this query are values, and no longer whole models of `{M}`",
    label = "expected whole models, with or without annotations: call this before `values_list` and its kin"
)]
pub trait FromModels<M> {}

#[diagnostic::do_not_recommend]
impl<M, R: WholeRows<M>> FromModels<M> for R {}

/// Rows of values, of which others can be selected.
#[diagnostic::on_unimplemented(
    message = "these rows are whole models, and no values or groups that could be narrowed",
    label = "of whole models select by `values_list`"
)]
pub trait OfValues {}

#[diagnostic::do_not_recommend]
impl<T> OfValues for Flat<T> {}

/// The rows of a query of `M` by what they hold: `Rows<Post, Post>` are whole posts, `Rows<Post, (Post, i64)>` posts with
/// a number each. With it a function can say that it changes what the rows hold.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// use orm::query::{Rows, RowShape};
///
/// fn dearest<R: RowShape>(books: QuerySet<Book, R>, db: &Database) -> Result<Option<R::Output>> {
///     books.filter(Book::price.gt(40)).first(db)
/// }
///
/// let books: QuerySet<Book, Rows<Book, Book>> = Book::objects();
/// assert_eq!(dearest(books, &db)?.unwrap().title, "Rust");
/// # Ok::<(), orm::Error>(())
/// ```
pub type Rows<M, T> = <T as RowsOf<M>>::Shape;

/// What [`Rows`] takes: the model, or a tuple that begins with it.
#[diagnostic::on_unimplemented(
    message = "no query of `{M}` has rows of `{Self}`",
    label = "expected `{M}`, or a tuple that begins with it"
)]
pub trait RowsOf<M> {
    /// The shape.
    type Shape: RowShape;
}

#[diagnostic::do_not_recommend]
impl<M: Model> RowsOf<M> for M {
    type Shape = Whole<M>;
}

macro_rules! tuples {
    ($($($name:ident $index:tt)+;)+) => { $(
        impl<$($name: RowPart),+> RowShape for Tuple<($($name,)+)> {
            type Output = ($($name::Output,)+);

            #[inline]
            fn decode(row: &dyn Row, select: &Select) -> Result<Self::Output> {
                // Each part knows its width when the program is compiled, so that each place is a constant.
                let mut at = 0;
                Ok(($({
                    let part = $name::decode(row, at, select)?;
                    at += $name::WIDTH;
                    let _ = at;
                    part
                },)+))
            }

            fn part(output: &mut Self::Output, number: usize) -> Option<&mut dyn Any> {
                match number {
                    $($index => Some($name::any(&mut output.$index)),)+
                    _ => None,
                }
            }
        }

        // Of values, a row may be repeated for each of many related rows; of whole models not.
        #[diagnostic::do_not_recommend]
        impl<$($name: SqlType),+> OrderAllowed<ManyRows> for Tuple<($($name,)+)> {}

        #[diagnostic::do_not_recommend]
        impl<$($name: SqlType),+> OrderAllowed<Aggregated> for Tuple<($($name,)+)> {}

        #[diagnostic::do_not_recommend]
        impl<$($name: SqlType),+> FilterAllowed<Aggregated> for Tuple<($($name,)+)> {}

        #[diagnostic::do_not_recommend]
        impl<$($name: SqlType),+> OfValues for Tuple<($($name,)+)> {}

        #[diagnostic::do_not_recommend]
        impl<$($name: SqlType),+> AnnotateAllowed<ManyRows> for Tuple<($($name,)+)> {}

        #[diagnostic::do_not_recommend]
        impl<$($name: SqlType),+> AnnotateAllowed<Aggregated> for Tuple<($($name,)+)> {}
    )+ };
}
crate::tuples::for_each!(tuples);

// A row of one to fifteen, and behind it one more.
macro_rules! appended {
    ($single:ident 0; $($last:ident $zero:tt $($name:ident $index:tt)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<$($name: RowPart),+> Extend for Tuple<($($name,)+)> {
            const PARTS: usize = [$($index),+].len();
            type With<$last: RowPart> = Tuple<($($name,)+ $last)>;
        }
    )+ };
}
crate::tuples::for_each!(appended);

macro_rules! whole {
    ($($whole:ident $zero:tt $($name:ident $index:tt)*;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<Model_: Model, $($name: RowPart),*> WholeRows<Model_> for Tuple<(Whole<Model_>, $($name,)*)> {}

        #[diagnostic::do_not_recommend]
        impl<Model_: Model, $($name: RowPart),*> RowsOf<Model_> for (Model_, $($name,)*) {
            type Shape = Tuple<(Whole<Model_>, $($name,)*)>;
        }
    )+ };
}
crate::tuples::for_each!(whole);

/// What was selected.
impl Names for Select {
    fn model(&self) -> &'static str {
        self.model.name
    }

    fn column(&self, index: usize) -> String {
        use crate::ast::{Expr, Output};
        match &self.output {
            Output::Model if index < self.model.width() => {
                Some(self.model.field_at(index).name.to_owned())
            }
            _ => match self.selected(index) {
                Some(Expr::Column(column)) => Some(super::json::column_name(column)),
                _ => None,
            },
        }
        .unwrap_or_else(|| format!("column {index}"))
    }

    fn is_computed(&self, index: usize) -> bool {
        !matches!(
            self.selected(index),
            None | Some(crate::ast::Expr::Column(_))
        )
    }

    fn decimal_places(&self, index: usize) -> u32 {
        Self::decimal_places(self, index)
    }
}

/// Which rows may be filtered by a condition of kind `K`: whole models only by one on each row, groups also by one on the group.
#[diagnostic::on_unimplemented(
    message = "whole models cannot be filtered by an aggregate of them, which has a value of many rows together",
    label = "this condition is about many rows together",
    note = "filter by a value of one row, such as `Author::books.count()`, or group by `values_list` first"
)]
pub trait FilterAllowed<K> {}

#[diagnostic::do_not_recommend]
impl<R, K: PerRow> FilterAllowed<K> for R {}
#[diagnostic::do_not_recommend]
impl<R> FilterAllowed<Windowed> for R {}

/// Which rows may be ordered by an expression of kind `K`: whole models only by one with one value a row.
#[diagnostic::on_unimplemented(
    message = "whole models can be ordered only by what has one value in each row",
    label = "this has many values in a row, or one of many rows together",
    note = "order by a value of one row, such as `Author::books.count()`, or select what you order by with `values_list`"
)]
pub trait OrderAllowed<K> {}

/// A kind that no expression has: with one impl alone the compiler would speak of mismatched types.
pub enum NoKind {}

#[diagnostic::do_not_recommend]
impl<M> OrderAllowed<NoKind> for Whole<M> {}
#[diagnostic::do_not_recommend]
impl<R> OrderAllowed<Windowed> for R {}
#[diagnostic::do_not_recommend]
impl<M> OrderAllowed<OneRow> for Whole<M> {}
#[diagnostic::do_not_recommend]
impl<T> OrderAllowed<OneRow> for Flat<T> {}
#[diagnostic::do_not_recommend]
impl<T> OrderAllowed<ManyRows> for Flat<T> {}
#[diagnostic::do_not_recommend]
impl<T> OrderAllowed<OneRow> for Tuple<T> {}
#[diagnostic::do_not_recommend]
impl OrderAllowed<OneRow> for JsonRows {}
#[diagnostic::do_not_recommend]
impl OrderAllowed<ManyRows> for JsonRows {}
#[diagnostic::do_not_recommend]
impl<T> OrderAllowed<Aggregated> for Flat<T> {}
#[diagnostic::do_not_recommend]
impl OrderAllowed<Aggregated> for JsonRows {}
#[diagnostic::do_not_recommend]
impl<T> FilterAllowed<Aggregated> for Flat<T> {}
#[diagnostic::do_not_recommend]
impl FilterAllowed<Aggregated> for JsonRows {}
