//! The shapes of rows: whole models, single values, tuples, JSON objects, projections.

use std::any::Any;
use std::marker::PhantomData;

use crate::ast::Select;
use crate::decode::{Names, Row, column};
use crate::error::Result;
use crate::expr::{ManyRows, OneRow};
use crate::model::Model;
use crate::types::SqlType;

/// What a query set returns for each row.
pub trait RowShape {
    /// The row's type.
    type Output;

    /// Reads a row.
    ///
    /// # Errors
    /// When a column holds something its type cannot.
    fn decode(row: &dyn Row, select: &Select) -> Result<Self::Output>;

    /// The instance of `M` among what is returned for a row, where there is one.
    fn instance<M: Model>(output: &mut Self::Output) -> Option<&mut M> {
        let _ = output;
        None
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

impl<M: Model> RowShape for Whole<M> {
    type Output = M;

    #[inline]
    fn decode(row: &dyn Row, _: &Select) -> Result<M> {
        M::decode(row, 0)
    }

    fn instance<I: Model>(output: &mut M) -> Option<&mut I> {
        (output as &mut dyn Any).downcast_mut()
    }
}

impl<T: SqlType> RowShape for Flat<T> {
    type Output = T;

    fn decode(row: &dyn Row, select: &Select) -> Result<T> {
        column(row, 0, select)
    }
}

macro_rules! tuples {
    ($($($name:ident $index:tt)+;)+) => { $(
        impl<$($name: SqlType),+> RowShape for Tuple<($($name,)+)> {
            type Output = ($($name,)+);

            fn decode(row: &dyn Row, select: &Select) -> Result<Self::Output> {
                Ok(($(column::<$name>(row, $index, select)?,)+))
            }
        }
    )+ };
}
tuples! {
    A 0;
    A 0 B 1;
    A 0 B 1 C 2;
    A 0 B 1 C 2 D 3;
    A 0 B 1 C 2 D 3 E 4;
    A 0 B 1 C 2 D 3 E 4 F 5;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13 O 14;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13 O 14 P 15;
}

/// What was selected.
impl Names for Select {
    fn model(&self) -> &'static str {
        self.model.name
    }

    fn column(&self, index: usize) -> String {
        use crate::ast::{Expr, Output};
        match &self.output {
            Output::Model => self
                .model
                .fields
                .get(index)
                .map(|field| field.name.to_owned()),
            Output::Exprs(exprs) | Output::Named(_, exprs) => {
                exprs.get(index).and_then(|expr| match expr {
                    Expr::Column(column) => Some(super::json::column_name(column)),
                    _ => None,
                })
            }
            _ => None,
        }
        .unwrap_or_else(|| format!("column {index}"))
    }

    fn decimal_places(&self, index: usize) -> Option<u32> {
        use crate::ast::{Expr, Output};
        match &self.output {
            Output::Exprs(exprs) | Output::Named(_, exprs) => match exprs.get(index) {
                Some(Expr::Column(column)) => column.field.options.decimal_places,
                _ => None,
            },
            _ => None,
        }
    }
}

/// Which rows may be ordered by an expression of kind `K`: whole models only by one with one value a row.
#[diagnostic::on_unimplemented(
    message = "rows cannot be ordered by a path to many rows, which would repeat them",
    label = "this path leads to many rows",
    note = "order by an aggregate, such as `Author::books.count()`, or select the path with `values_list`"
)]
pub trait OrderAllowed<K> {}

/// A kind that no expression has: with one impl alone the compiler would speak of mismatched types.
pub enum NoKind {}

#[diagnostic::do_not_recommend]
impl<M> OrderAllowed<NoKind> for Whole<M> {}
#[diagnostic::do_not_recommend]
impl<M> OrderAllowed<OneRow> for Whole<M> {}
#[diagnostic::do_not_recommend]
impl<T> OrderAllowed<OneRow> for Flat<T> {}
#[diagnostic::do_not_recommend]
impl<T> OrderAllowed<ManyRows> for Flat<T> {}
#[diagnostic::do_not_recommend]
impl<T> OrderAllowed<OneRow> for Tuple<T> {}
#[diagnostic::do_not_recommend]
impl<T> OrderAllowed<ManyRows> for Tuple<T> {}
#[diagnostic::do_not_recommend]
impl OrderAllowed<OneRow> for JsonRows {}
#[diagnostic::do_not_recommend]
impl OrderAllowed<ManyRows> for JsonRows {}
