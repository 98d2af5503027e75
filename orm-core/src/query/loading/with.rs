//! `with`: the rows of a relation, appended to the tuple of each row.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::ast::{Column, Expr as Node, Select, row_columns};
use crate::decode::Row;
use crate::error::Result;
use crate::expr::OneRow;
use crate::model::Model;
use crate::path::{
    Join, LinkedSide, ManySide, OneSide, ParentSide, Path, Relation, RelationSide, Root, ToMany,
    ToOne,
};
use crate::query::loading::parents::{List, Meeting, Owned};
use crate::query::loading::relation::Related;
use crate::query::{RowPart, RowShape, Whole};
use crate::types::{MaybeNull, NotNull, Nullness};

/// The part of a row that is a `Vec` of rows of the shape `S`.
pub struct LoadedMany<S>(PhantomData<S>);

/// The part of a row that is an `Option` of a row of the shape `S`, loaded by a query of its own.
pub struct LoadedOne<S>(PhantomData<S>);

/// The part of a row that is an `Option` of an `M`, joined to it.
pub struct MaybeRow<M>(PhantomData<M>);

#[diagnostic::do_not_recommend]
impl<S: RowShape> RowPart for LoadedMany<S> {
    type Output = Vec<S::Output>;
    const WIDTH: usize = 0;

    #[inline]
    fn decode(_: &dyn Row, _: usize, _: &Select) -> Result<Self::Output> {
        Ok(Vec::new())
    }
}

#[diagnostic::do_not_recommend]
impl<S: RowShape> RowPart for LoadedOne<S> {
    type Output = Option<S::Output>;
    const WIDTH: usize = 0;

    #[inline]
    fn decode(_: &dyn Row, _: usize, _: &Select) -> Result<Self::Output> {
        Ok(None)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> RowPart for MaybeRow<M> {
    type Output = Option<M>;
    const WIDTH: usize = Whole::<M>::WIDTH;

    fn decode(row: &dyn Row, at: usize, _: &Select) -> Result<Option<M>> {
        let key = row.value(at + M::SCHEMA.key().index);
        if key.is_ok_and(|key| key.is_null()) {
            return Ok(None);
        }
        M::decode(row, at).map(Some)
    }
}

/// What holds the rows of one side of a relation.
pub trait Holds: RelationSide {
    /// The part of a row: a `Vec`, or an `Option`.
    type Part<S: RowShape>: RowPart;

    /// Puts the rows into what [`RowPart::decode`] made.
    fn put<T: 'static>(place: &mut dyn Any, rows: Vec<T>);
}

macro_rules! many {
    ($($side:ident)+) => { $(
        impl Holds for $side {
            type Part<S: RowShape> = LoadedMany<S>;

            fn put<T: 'static>(place: &mut dyn Any, rows: Vec<T>) {
                if let Some(place) = place.downcast_mut::<Vec<T>>() {
                    *place = rows;
                }
            }
        }
    )+ };
}
many!(ManySide LinkedSide);

impl Holds for OneSide {
    type Part<S: RowShape> = LoadedOne<S>;

    fn put<T: 'static>(place: &mut dyn Any, rows: Vec<T>) {
        if let Some(place) = place.downcast_mut::<Option<T>>() {
            *place = rows.into_iter().next();
        }
    }
}

impl Holds for ParentSide {
    type Part<S: RowShape> = LoadedOne<S>;

    fn put<T: 'static>(place: &mut dyn Any, rows: Vec<T>) {
        if let Some(place) = place.downcast_mut::<Option<T>>() {
            *place = rows.into_iter().next();
        }
    }
}

/// What a row that is joined is to the row that it is joined to, by whether it may be absent.
pub trait JoinedRow: Nullness {
    /// The part of a row: an `M`, or an `Option` of it.
    type Part<M: Model>: RowPart;
}

impl JoinedRow for NotNull {
    type Part<M: Model> = Whole<M>;
}

impl JoinedRow for MaybeNull {
    type Part<M: Model> = MaybeRow<M>;
}

/// What [`with`](crate::query::QuerySet::with) takes: a relation, as it is, or filtered, ordered, limited and shaped.
#[diagnostic::on_unimplemented(
    message = "this is not a relation, whose rows could be appended",
    label = "expected a relation, such as `Author::books` or `Author::books.filter(..)`",
    note = "each relation has a `.with(..)` of its own; other values are appended by `annotate`"
)]
pub trait IntoWith {
    /// The model that has the relation.
    type Model: Model;
    /// What the row's tuple gets.
    type Part: RowPart;

    /// Adds the columns that the part is read from, or tells how part `number` of each row is loaded.
    #[doc(hidden)]
    fn append(self, number: usize, columns: &mut Vec<Node>) -> Option<List>;
}

/// The part of a row that is loaded by a key of another row: the column before it has the key.
pub struct Behind<P>(PhantomData<P>);

#[diagnostic::do_not_recommend]
impl<P: RowPart> RowPart for Behind<P> {
    type Output = P::Output;
    const WIDTH: usize = 1 + P::WIDTH;

    #[inline]
    fn decode(row: &dyn Row, at: usize, select: &Select) -> Result<P::Output> {
        P::decode(row, at + 1, select)
    }
}

/// A path to one row: the query's own, or one that its keys lead to.
#[diagnostic::on_unimplemented(
    message = "rows that lie behind many rows cannot be appended to one row",
    label = "this path leads through many rows",
    note = "append them to those, as `Author::books.with(Book::tags)`"
)]
pub trait StartsAt: Path<Kind = OneRow> {
    /// The part of a row that a relation of that row is appended as.
    type Part<X: RowPart>: RowPart;
}

#[diagnostic::do_not_recommend]
impl<M: Model> StartsAt for Root<M> {
    type Part<X: RowPart> = X;
}

#[diagnostic::do_not_recommend]
impl<P: StartsAt, R: Relation> StartsAt for Join<P, R>
where
    Self: Path<Kind = OneRow>,
{
    type Part<X: RowPart> = Behind<X>;
}

#[diagnostic::do_not_recommend]
impl<P: StartsAt, R: Relation> IntoWith for ToMany<P, R>
where
    R::Side: Holds,
{
    type Model = P::Root;
    type Part = P::Part<<R::Side as Holds>::Part<Whole<R::To>>>;

    fn append(self, number: usize, columns: &mut Vec<Node>) -> Option<List> {
        Related::<P, R>::new().append(number, columns)
    }
}

#[diagnostic::do_not_recommend]
impl<P: StartsAt, R: Relation, S: RowShape, E> IntoWith for Related<P, R, S, E>
where
    R::Side: Holds,
{
    type Model = P::Root;
    type Part = P::Part<<R::Side as Holds>::Part<S>>;

    fn append(self, number: usize, columns: &mut Vec<Node>) -> Option<List> {
        let query = self.into_query();
        let local = Meeting::of::<R>().local();
        let column = match P::NODE {
            // Whole rows begin with the columns of their model.
            None => local,
            Some(path) => {
                let field = &path.target().fields[local];
                let path = Some(path);
                columns.push(Node::Column(Column { path, field }));
                P::Root::SCHEMA.width() + columns.len() - 1
            }
        };
        Some(List {
            column,
            part: number,
            through: Vec::new(),
            loader: Arc::new(Owned::<R, S> { query }),
        })
    }
}

#[diagnostic::do_not_recommend]
impl<P, R: Relation> IntoWith for ToOne<P, R>
where
    P: Path<Kind = OneRow>,
    <P::Null as Nullness>::Or<R::Null>: JoinedRow,
{
    type Model = P::Root;
    type Part = <<P::Null as Nullness>::Or<R::Null> as JoinedRow>::Part<R::To>;

    fn append(self, _: usize, columns: &mut Vec<Node>) -> Option<List> {
        columns.extend(row_columns(R::To::SCHEMA, Join::<P, R>::NODE));
        None
    }
}
