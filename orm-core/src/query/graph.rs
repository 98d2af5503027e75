//! Typed graphs: what the fields of a projection are made of. A field is a column, a row that is joined, or rows that a
//! further query finds; its type tells which.

use std::any::{Any, TypeId};
use std::marker::PhantomData;
use std::sync::Arc;

use crate::ast::{Column, Expr as Node};
use crate::decode::{Names, Row, cell, out_of_range};
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::expr::{Expression, OneRow};
use crate::model::Model;
use crate::path::{About, Join, Path, Relation, Scope, ToMany, ToOne};
use crate::query::levels::{CIRCLE, Level};
use crate::query::loading::{Further, Holds, List, Loader, Owned, Related, Through, read_key};
use crate::query::projection::ProjectsTo;
use crate::query::run::Caller;
use crate::query::{Nested, Projected, Projection, QuerySet, Whole};
use crate::schema::PathNode;
use crate::types::{Mismatch, NotNull, Nullness, SqlType};
use crate::value::{ColumnType, Value, ValueRef};

/// What a projection selects, in the order of its fields, and what is loaded beside its rows.
#[derive(Default)]
pub struct Graph {
    pub(crate) columns: Vec<Node>,
    /// The lists, each with the key by which its rows are loaded.
    lists: Vec<(Node, List)>,
    /// What the query was annotated with, as far as no field has taken it.
    annotations: std::vec::IntoIter<Node>,
}

impl Graph {
    /// What `P` selects, of a query that was annotated.
    pub(crate) fn of<P: Projection>(annotations: Vec<Node>) -> Self {
        let mut graph = Self {
            annotations: annotations.into_iter(),
            ..Self::default()
        };
        P::graph(&mut graph);
        graph
    }

    /// The columns, and behind them the keys that are not among them, and the lists.
    pub(crate) fn into_parts(mut self) -> (Vec<Node>, Vec<List>) {
        let lists = self.lists.into_iter().map(|(key, mut list)| {
            let there = self.columns.iter().position(|column| *column == key);
            list.column = there.unwrap_or(self.columns.len());
            if there.is_none() {
                self.columns.push(key);
            }
            list
        });
        let lists = lists.collect();
        (self.columns, lists)
    }

    /// Adds what a row at the end of a path selects, as the field `field` of `S`.
    fn join<S: Projection, X: Projection>(
        &mut self,
        path: &'static PathNode,
        field: usize,
        inside: Option<Through>,
    ) {
        let row = Self::of::<X>(Vec::new());
        self.columns
            .extend(row.columns.into_iter().map(|mut column| {
                column.rebase(path);
                column
            }));
        self.lists
            .extend(row.lists.into_iter().map(|(mut key, mut list)| {
                key.rebase(path);
                let way = std::mem::take(&mut list.through);
                list.through.push((field_of::<S>, field));
                list.through.extend(inside.map(|inside| (inside, 0)));
                list.through.extend(way);
                (key, list)
            }));
    }
}

/// The place of a field in a projection.
fn field_of<S: Projection>(row: &mut dyn Any, field: usize) -> Option<&mut dyn Any> {
    row.downcast_mut::<S>()?.field(field)
}

/// The row in an `Option`.
fn row_in<X: 'static>(row: &mut dyn Any, _: usize) -> Option<&mut dyn Any> {
    let row = row.downcast_mut::<Option<X>>()?.as_mut()?;
    Some(row)
}

/// Asks what a field of type `T` is: `(&&Probe::<T>::NEW).kind()`. The compiler looks for the method at what is written, then
/// behind one reference more, then behind one less, and takes the first that the type has.
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    /// The one value of the type.
    pub const NEW: Self = Self(PhantomData);
}

/// A field that is a column.
pub struct ColumnField<T>(PhantomData<fn() -> T>);
/// A field that is a row, joined to the one that the struct is made of.
pub struct RowField<X>(PhantomData<fn() -> X>);
/// A field that is such a row, or none.
pub struct OptionField<X>(PhantomData<fn() -> X>);
/// A field that is many rows.
pub struct RowsField<X>(PhantomData<fn() -> X>);
/// A field that is none of these.
pub struct NoField<T>(PhantomData<fn() -> T>);

macro_rules! kinds {
    ($($asks:ident $kind:ident [$($bound:ident)?] $of:ty;)+) => { $(
        #[doc(hidden)]
        pub trait $asks {
            #[doc(hidden)]
            type Kind;
            #[doc(hidden)]
            fn kind(&self) -> Self::Kind;
        }

        impl<X $(: $bound)?> $asks for $of {
            type Kind = $kind<X>;

            #[inline]
            fn kind(&self) -> $kind<X> {
                $kind(PhantomData)
            }
        }

        impl<X> $kind<X> {
            /// The one value of the type.
            pub const NEW: Self = Self(PhantomData);
        }
    )+ };
}
kinds! {
    AsksRow RowField [Projection] &Probe<X>;
    AsksOption OptionField [Projection] &Probe<Option<X>>;
    AsksRows RowsField [Projection] &Probe<Vec<X>>;
    AsksColumn ColumnField [SqlType] &&Probe<X>;
    AsksNothing NoField [] Probe<X>;
}

impl<T: SqlType> ColumnField<T> {
    /// Adds the column, checked against the model and the type.
    pub fn add<S: Projection, E>(self, graph: &mut Graph, _: usize, expr: E)
    where
        E: Expression,
        Scope: About<E::Scope, S::Model>,
        E::Type: ProjectsTo<T>,
    {
        graph.columns.push(expr.node());
    }

    /// Reads it from the column at `at`; gives the place of the next one.
    ///
    /// # Errors
    /// When the column holds something its field cannot.
    #[inline]
    pub fn read<S: Projection>(
        self,
        row: &dyn Row,
        at: usize,
        names: &dyn Names,
        field: usize,
    ) -> Result<(T, usize)> {
        match cell::<T>(row, at) {
            // One database forgets the zeros at the end, another adds some.
            Ok(value) if matches!(T::COLUMN, ColumnType::Decimal | ColumnType::Array) => {
                Ok((value.with_scale(names.decimal_places(at)), at + 1))
            }
            Ok(value) => Ok((value, at + 1)),
            Err(mismatch) => Err(out_of_range(mismatch.found, at, names)
                .unwrap_or_else(|| decode_error::<S>(field, mismatch))),
        }
    }

    /// How many columns it takes.
    #[inline]
    pub const fn width(self) -> usize {
        1
    }
}

#[cold]
fn decode_error<S: Projection>(field: usize, Mismatch { expected, found }: Mismatch) -> Error {
    Error::Decode {
        model: <S::Model as Model>::SCHEMA.name,
        field: S::NAMES[field].to_owned(),
        expected,
        found,
    }
}

/// Adds what the query was annotated with: its types are those of the fields, so that there is one for each.
pub fn annotated<T: SqlType>(graph: &mut Graph) {
    let annotation = graph.annotations.next();
    graph
        .columns
        .push(annotation.unwrap_or(Node::Bind(Value::Null)));
}

/// A type that a field of a projection can have.
#[diagnostic::on_unimplemented(
    message = "a field of a projection cannot be a `{Self}`",
    label = "expected a type of columns, a struct that derives `Projection`, or an `Option` or `Vec` of one"
)]
pub trait FieldType {}

impl<T> NoField<T> {
    /// Refuses the type.
    pub fn add<S: Projection, E>(self, _: &mut Graph, _: usize, _: E)
    where
        T: FieldType,
    {
    }

    /// Reads nothing.
    ///
    /// # Errors
    /// Always.
    pub fn read<S: Projection>(
        self,
        _: &dyn Row,
        _: usize,
        _: &dyn Names,
        field: usize,
    ) -> Result<(T, usize)> {
        Err(decode_error::<S>(field, Mismatch::missing_column()))
    }

    /// No columns.
    pub const fn width(self) -> usize {
        0
    }
}

/// A relation to one row.
#[diagnostic::on_unimplemented(
    message = "what this field is bound to does not lead to one row",
    label = "expected a relation to one row, such as `Book::author`"
)]
pub trait LeadsToRow {
    /// The model where it begins.
    type Root: Model;
    /// The model it leads to.
    type To: Model;
    /// Whether there may be no row.
    type Null: Nullness;
    /// The way.
    const PATH: &'static PathNode;
}

#[diagnostic::do_not_recommend]
impl<P: Path<Kind = OneRow>, R: Relation> LeadsToRow for ToOne<P, R> {
    type Root = P::Root;
    type To = R::To;
    type Null = <P::Null as Nullness>::Or<R::Null>;
    const PATH: &'static PathNode = match Join::<P, R>::NODE {
        Some(path) => path,
        None => unreachable!(),
    };
}

/// A relation whose rows are loaded.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not lead to many rows",
    label = "expected a relation to many rows, such as `Author::books` or `Author::books.filter(..)`"
)]
pub trait LeadsToRows {
    /// The model where it begins.
    type Root: Model;
    /// The model it leads to.
    type To: Model;

    /// The key by which a row has rows of the relation, and what loads them.
    #[doc(hidden)]
    fn into_loader<X: Projection>(self) -> (Node, Arc<dyn Loader>);
}

#[diagnostic::do_not_recommend]
impl<P: Path<Kind = OneRow>, R: Relation> LeadsToRows for ToMany<P, R>
where
    R::Side: Holds,
{
    type Root = P::Root;
    type To = R::To;

    fn into_loader<X: Projection>(self) -> (Node, Arc<dyn Loader>) {
        Related::<P, R>::new().into_loader::<X>()
    }
}

#[diagnostic::do_not_recommend]
impl<P: Path<Kind = OneRow>, R: Relation, E> LeadsToRows for Related<P, R, Whole<R::To>, E>
where
    R::Side: Holds,
{
    type Root = P::Root;
    type To = R::To;

    fn into_loader<X: Projection>(self) -> (Node, Arc<dyn Loader>) {
        let key = Node::Column(Column {
            path: P::NODE,
            field: R::SCHEMA.local(),
        });
        let query = self.into_query();
        let row = PhantomData;
        (key, Arc::new(Rows::<R, X> { query, row }))
    }
}

/// Loads the rows of `R` as an `X` each. What an `X` selects is asked for only then: it may hold a list of itself.
struct Rows<R: Relation, X> {
    query: QuerySet<R::To>,
    row: PhantomData<fn() -> X>,
}

impl<R: Relation, X: Projection> Loader for Rows<R, X>
where
    R::Side: Holds,
{
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_like(&self, other: &dyn Loader) -> bool {
        let other = other.as_any().downcast_ref::<Self>();
        other.is_some_and(|other| self.query.is_like(&other.query))
    }

    fn query(&self) -> Further<'_> {
        Further::of(&self.query)
    }

    fn key(&self, value: ValueRef<'_>) -> std::result::Result<Value, Mismatch> {
        read_key::<R::Key>(value)
    }

    fn load(
        &self,
        keys: Vec<Value>,
        all: bool,
        places: Vec<Option<&mut dyn Any>>,
        db: &dyn Executor,
        caller: Caller,
    ) -> Result<()> {
        let _level = Level::enter(TypeId::of::<Self>(), || (&self.query.select, &keys))
            .ok_or_else(|| Error::InvalidQuery {
                model: R::To::SCHEMA.name,
                message: CIRCLE.to_owned(),
            })?;
        let rows = self.projected();
        rows.load(keys, all, places, db, caller)
    }
}

impl<R: Relation, X: Projection> Rows<R, X> {
    /// What loads them, made off the stack, on which each level would keep it.
    fn projected(&self) -> Box<Owned<R, Projected<X>>> {
        let query = self.query.clone().projected::<X>(Vec::new());
        Box::new(Owned { query })
    }
}

/// Whether rows of `To`, to which a relation leads, are those of a projection of `Of`: they must be the same.
#[diagnostic::on_unimplemented(
    message = "this relation leads to `{To}`, but the field holds a projection of `{Of}`",
    label = "leads to `{To}`"
)]
pub trait SameRows<To, Of> {}

#[diagnostic::do_not_recommend]
impl<M> SameRows<M, M> for Scope {}

/// With one impl alone the compiler would speak of mismatched types.
pub enum NoRows {}

#[diagnostic::do_not_recommend]
impl<Of: Model> SameRows<NoRows, Of> for Scope {}

/// Whether the row that a relation leads to is always there.
#[diagnostic::on_unimplemented(
    message = "this relation may lead to no row, so that the field must be an `Option`",
    label = "there may be no row"
)]
pub trait AlwaysThere {}

#[diagnostic::do_not_recommend]
impl AlwaysThere for NotNull {}

impl<X: Projection> RowField<X> {
    /// Adds the columns of the row, which a join brings.
    pub fn add<S: Projection, E: LeadsToRow>(self, graph: &mut Graph, field: usize, relation: E)
    where
        Scope: About<E::Root, S::Model> + SameRows<E::To, X::Model>,
        X: Nested,
        E::Null: AlwaysThere,
    {
        let _ = relation;
        graph.join::<S, X>(E::PATH, field, None);
    }

    /// Reads the row from the columns that begin at `at`; gives the place of the next one.
    ///
    /// # Errors
    /// When a column holds something its field cannot.
    #[inline]
    pub fn read<S: Projection>(
        self,
        row: &dyn Row,
        at: usize,
        names: &dyn Names,
        _: usize,
    ) -> Result<(X, usize)> {
        Ok((X::decode(row, at, names)?, at + X::width()))
    }

    /// How many columns it takes.
    #[inline]
    pub fn width(self) -> usize {
        X::width()
    }
}

impl<X: Projection> OptionField<X> {
    /// Adds the columns of the row, which a join brings, and its key, which tells whether it is there.
    pub fn add<S: Projection, E: LeadsToRow>(self, graph: &mut Graph, field: usize, relation: E)
    where
        Scope: About<E::Root, S::Model> + SameRows<E::To, X::Model>,
        X: Nested,
    {
        let _ = relation;
        graph.columns.push(Node::Column(Column {
            path: Some(E::PATH),
            field: E::To::SCHEMA.key(),
        }));
        graph.join::<S, X>(E::PATH, field, Some(row_in::<X>));
    }

    /// Reads the row, if it is there, from the columns that begin at `at`; gives the place of the next one.
    ///
    /// # Errors
    /// When a column holds something its field cannot.
    #[inline]
    pub fn read<S: Projection>(
        self,
        row: &dyn Row,
        at: usize,
        names: &dyn Names,
        _: usize,
    ) -> Result<(Option<X>, usize)> {
        let absent = row.value(at).is_ok_and(|key| key.is_null());
        let here = match absent {
            true => None,
            false => Some(X::decode(row, at + 1, names)?),
        };
        Ok((here, at + 1 + X::width()))
    }

    /// How many columns it takes.
    #[inline]
    pub fn width(self) -> usize {
        1 + X::width()
    }
}

impl<X: Projection> RowsField<X> {
    /// Adds the key by which rows are loaded, and what loads them.
    pub fn add<S: Projection, E: LeadsToRows>(self, graph: &mut Graph, field: usize, relation: E)
    where
        Scope: About<E::Root, S::Model> + SameRows<E::To, X::Model>,
        X: Nested,
    {
        let (key, loader) = relation.into_loader::<X>();
        let list = List {
            // It is known when all columns are.
            column: 0,
            part: 0,
            through: vec![(field_of::<S>, field)],
            loader,
        };
        graph.lists.push((key, list));
    }

    /// No rows yet: they are loaded when all rows of the query are there.
    ///
    /// # Errors
    /// None.
    #[inline]
    pub fn read<S: Projection>(
        self,
        _: &dyn Row,
        at: usize,
        _: &dyn Names,
        _: usize,
    ) -> Result<(Vec<X>, usize)> {
        Ok((Vec::new(), at))
    }

    /// No columns of its own: the key of its rows stands among the others, or behind them.
    #[inline]
    pub const fn width(self) -> usize {
        0
    }
}
