//! Values appended to rows, and values of all rows together.

use std::panic::Location;

use crate::ast::{Expr as Node, Grouping, Order, Output, OutputColumn, Select, TableRef};
use crate::error::{Error, Result};
use crate::executor::{Handle, RunsOn};
use crate::expr::{Aggregated, Case, Condition, Expr, Kind, Lit, ManyRows, OneRow, Windowed};
use crate::model::{Model, NoType, SingleKey};
use crate::path::{About, Field, FieldDef, Path, Relation, Scope, ToOne};
use crate::query::rows::NoKind;
use crate::query::selection::SelectItem;
use crate::query::{Extend, Flat, QuerySet, RowPart, RowShape, Tuple, WholeRows, run};
use crate::types::{Nullness, SqlType};

impl<M: Model, R: Extend, L> QuerySet<M, R, L> {
    /// Appends an expression, or a tuple of them, to each row: `(Author, i64)`, `(String, i64, Option<Decimal>)`. An expression
    /// that was annotated can be used again in `filter`, `order_by`, further annotations and `update`; it is computed once.
    ///
    /// Behind `values_list` an aggregate gathers the rows into groups: those that are equal in what is selected without an
    /// aggregate. A filter with an aggregate then is one on the groups (HAVING), a filter without one is one on the rows (WHERE), in
    /// whatever order they are written. An aggregate over a relation, as `Author::books.count()`, is one over the rows that it
    /// leads to from all rows of the group. What is neither an aggregate nor the groups' own is refused when run, with
    /// [`Error::InvalidQuery`], where Django groups by it without a word. Groups have no order but one of `order_by`.
    ///
    /// SQL: further columns; of groups `GROUP BY ..`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let books = Author::books.count();
    /// let rows: Vec<(Author, i64)> = Author::objects().annotate(&books).filter(books.gt(1)).order_by(books.desc()).all(&db)?;
    /// assert_eq!(rows.len(), 2);
    ///
    /// let n = Book::id.count();
    /// let groups: Vec<(bool, i64, Option<Decimal>)> = Book::objects()
    ///     .values_list(Book::is_published)
    ///     .annotate((&n, Book::price.avg()))
    ///     .filter(n.gt(1))
    ///     .all(&db)?;
    /// assert_eq!((groups[0].0, groups[0].1), (true, 3));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn annotate<A>(mut self, annotations: A) -> QuerySet<M, A::Rows, L>
    where
        A: Annotations<M, R>,
        Scope: About<A::Scope, M>,
        R: AnnotateAllowed<A::Kind>,
    {
        self.close_slice();
        let mut nodes = Vec::new();
        annotations.push_nodes(&mut nodes);
        match &mut self.select.output {
            Output::Exprs(exprs) => {
                let selected = exprs.len();
                exprs.extend(nodes);
                self.select.grouping.get_or_insert_with(|| {
                    Box::new(Grouping {
                        selected,
                        ..Grouping::default()
                    })
                });
            }
            _ => self.select.appended.extend(nodes),
        }
        self.retyped()
    }
}

/// An expression, or a tuple of up to 16, that [`annotate`](QuerySet::annotate) appends to rows of shape `R`.
#[diagnostic::on_unimplemented(
    message = "this cannot be appended to the rows of a query of `{M}`",
    label = "expected an expression of `{M}`, or a tuple of up to 16 of them",
    note = "a window function needs its window, `.over(..)`, and a value is written `value(..)`"
)]
pub trait Annotations<M, R> {
    /// The model it is about.
    type Scope;
    /// Whether it has one value a row.
    type Kind: Kind;
    /// The rows with what is appended.
    type Rows: RowShape;

    /// Adds what is selected.
    fn push_nodes(self, to: &mut Vec<Node>);
}

macro_rules! tuples {
    ($($first:ident $zero:tt $($rest:ident $index:tt)*;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M, Rows_, $first, $($rest),*> Annotations<M, Rows_> for ($first, $($rest,)*)
        where
            $first: SelectItem<M>,
            Scope: About<$first::Scope, M>,
            $(
                $rest: SelectItem<M>,
                Scope: About<$rest::Scope, M>,
            )*
            Rows_: ExtendBy<($first::Type, $($rest::Type,)*)>,
        {
            type Scope = M;
            type Kind = tuples!(@kind $first $($rest)*);
            type Rows = <Rows_ as ExtendBy<($first::Type, $($rest::Type,)*)>>::Rows;

            #[allow(non_snake_case, reason = "a variable for each type parameter")]
            fn push_nodes(self, to: &mut Vec<Node>) {
                let ($first, $($rest,)*) = self;
                to.push($first.into_item());
                $(to.push($rest.into_item());)*
            }
        }

        #[diagnostic::do_not_recommend]
        impl<Rows_, $first, $($rest),*> ExtendBy<($first, $($rest,)*)> for Rows_
        where
            Rows_: Extend,
            $first: RowPart,
            Rows_::With<$first>: ExtendBy<($($rest,)*)>,
        {
            type Rows = <Rows_::With<$first> as ExtendBy<($($rest,)*)>>::Rows;
        }
    )+ };
    (@kind $only:ident) => { $only::Kind };
    (@kind $first:ident $($rest:ident)+) => { <$first::Kind as Kind>::With<tuples!(@kind $($rest)+)> };
}
crate::tuples::for_each!(tuples);

/// Rows that become others when the parts of a tuple are appended.
pub trait ExtendBy<T> {
    /// What they become.
    type Rows: RowShape;
}

#[diagnostic::do_not_recommend]
impl<R: RowShape> ExtendBy<()> for R {
    type Rows = R;
}

/// Rows to which an expression of kind `K` can be appended: to whole models one with one value in each row.
#[diagnostic::on_unimplemented(
    message = "to whole models only what has one value in each row can be appended",
    label = "this has many values in a row, or one of many rows together",
    note = "`Author::books.count()`, of a relation, is a value of one row; group by `values_list(..)` first, or use `aggregate`, \
            for others"
)]
pub trait AnnotateAllowed<K> {}

#[diagnostic::do_not_recommend]
impl<R> AnnotateAllowed<NoKind> for R {}
#[diagnostic::do_not_recommend]
impl<R> AnnotateAllowed<OneRow> for R {}
#[diagnostic::do_not_recommend]
impl<R> AnnotateAllowed<Windowed> for R {}
#[diagnostic::do_not_recommend]
impl<T> AnnotateAllowed<ManyRows> for Flat<T> {}
#[diagnostic::do_not_recommend]
impl<T> AnnotateAllowed<Aggregated> for Flat<T> {}

impl<M: Model, R: WholeRows<M>, L> QuerySet<M, R, L> {
    /// Values of all rows of the query together: an aggregate, or a tuple of them.
    ///
    /// What was filtered, sliced or annotated before counts: a slice's rows alone are looked at. Aggregates over several ways to
    /// many rows do not count each other's rows. For the rows of groups, and other rows of values, there is
    /// [`aggregate_rows`](Self::aggregate_rows).
    ///
    /// SQL: `SELECT count(*), sum(..), .. FROM ..`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (total, average, dearest) = Book::objects()
    ///     .aggregate(&db, (Book::sales_count.sum().unwrap_or(0), Book::price.avg(), Book::price.max()))?;
    /// assert_eq!((total, average, dearest), (3, Some(dec!(15.35)), Some(dec!(42.50))));
    /// let cheapest_two = Book::objects().order_by(Book::price).limit(2).aggregate(&db, Book::price.sum())?;
    /// assert_eq!(cheapest_two, Some(dec!(8.90)));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's: [`Error::OutOfRange`] where a sum leaves its type.
    #[track_caller]
    pub fn aggregate<D, A>(&self, db: &D, aggregates: A) -> Result<A::Output>
    where
        D: Handle + ?Sized,
        A: AggregateList<M, Kind: OfManyRows>,
        Scope: About<A::Scope, M>,
        L: RunsOn<D::Kind>,
    {
        let mut query = self.clone();
        query.close_for_aggregate();
        let mut select = query.select;
        select.output = Output::Exprs(aggregates.into_list());
        select.appended.clear();
        select.grouping = Some(Box::new(Grouping {
            rows: select.filters.len(),
            ..Grouping::default()
        }));
        select.order = Order::By(Vec::new());
        select.reversed = false;
        select.lock = None;
        if std::mem::take(&mut select.empty) {
            select.filters = vec![Node::Constant(false)];
        }
        only_row::<A::Rows>(&select, db.executor(), Location::caller())
    }
}

impl<M: Model, R: RowExprs<M>, L> QuerySet<M, R, L> {
    /// Values of all rows of groups, or of other rows of values, together: the closure is given the parts of a row as
    /// expressions, and makes aggregates of them.
    ///
    /// SQL: `SELECT max(..), .. FROM (SELECT .. GROUP BY ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let by_author = Book::objects().values_list(Book::author.name).annotate(Book::id.count());
    /// let (groups, most) = by_author.aggregate_rows(&db, |(name, books)| (name.count(), books.max()))?;
    /// assert_eq!((groups, most), (2, Some(2)));
    /// // Of different values, and of the first rows alone.
    /// let prices = Book::objects().values_list(Book::price).distinct().order_by(Book::price).limit(2);
    /// assert_eq!(prices.aggregate_rows(&db, |price| price.sum())?, Some(dec!(8.90)));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's: [`Error::OutOfRange`] where a sum leaves its type.
    #[track_caller]
    pub fn aggregate_rows<D, F, A>(&self, db: &D, aggregates: F) -> Result<A::Output>
    where
        D: Handle + ?Sized,
        F: FnOnce(R::Exprs) -> A,
        A: AggregateList<M, Kind: OfManyRows>,
        Scope: About<A::Scope, M>,
        L: RunsOn<D::Kind>,
    {
        let mut rows = self.select.clone();
        rows.lock = None;
        let mut select = Select::from_model(M::SCHEMA, &[]);
        select.order = Order::By(Vec::new());
        select.output = Output::Exprs(aggregates(R::exprs()).into_list());
        select.grouping = Some(Box::new(Grouping {
            of: Some(Box::new(rows)),
            ..Grouping::default()
        }));
        only_row::<A::Rows>(&select, db.executor(), Location::caller())
    }
}

/// Rows of values, whose parts are expressions to [`aggregate_rows`](QuerySet::aggregate_rows).
#[diagnostic::on_unimplemented(
    message = "only rows of values have parts that aggregates can be taken of",
    label = "of whole models ask by `aggregate`"
)]
pub trait RowExprs<M>: RowShape {
    /// The parts of a row, as expressions.
    type Exprs;

    /// The expressions.
    fn exprs() -> Self::Exprs;
}

/// The column of a number, as an expression.
fn row_expr<M, T: SqlType>(number: u32) -> Expr<M, T> {
    Expr::new(Node::OutputColumn(OutputColumn {
        table: TableRef::Bare,
        number,
        column_type: Some(T::COLUMN),
        nullable: T::NULLABLE,
    }))
}

impl<M: Model, T: SqlType> RowExprs<M> for Flat<T> {
    type Exprs = Expr<M, T>;

    fn exprs() -> Self::Exprs {
        row_expr(1)
    }
}

macro_rules! row_exprs {
    ($($($name:ident $index:tt)+;)+) => { $(
        impl<M: Model, $($name: SqlType),+> RowExprs<M> for Tuple<($($name,)+)> {
            type Exprs = ($(Expr<M, $name>,)+);

            fn exprs() -> Self::Exprs {
                ($(row_expr::<M, $name>($index + 1),)+)
            }
        }
    )+ };
}
crate::tuples::for_each!(row_exprs);

/// The one row of a query that always has one.
fn only_row<R: RowShape>(
    select: &Select,
    db: &dyn crate::executor::Executor,
    caller: run::Caller,
) -> Result<R::Output> {
    run::fetch_first::<R>(select, db, caller)?.ok_or(Error::DoesNotExist {
        model: select.model.name,
    })
}

/// What [`aggregate`](QuerySet::aggregate) takes: an aggregate of the query's rows, or a tuple of up to 16.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an aggregate over rows of `{M}`",
    label = "expected an aggregate, such as `.sum()` or `.count()` of a field of `{M}`, or a tuple of them"
)]
pub trait AggregateList<M> {
    /// The model it is about.
    type Scope;
    /// Whether it is an aggregate.
    type Kind;
    /// The shape of the row that they are.
    type Rows: RowShape<Output = Self::Output>;
    /// What is returned.
    type Output;

    /// What is selected.
    fn into_list(self) -> Vec<Node>;
}

/// The kind of aggregates.
#[diagnostic::on_unimplemented(
    message = "this has a value in each row, but `aggregate` asks for one of all rows together",
    label = "not an aggregate: `.sum()`, `.count()`, `.max()` and others make one"
)]
pub trait OfManyRows<X = ()> {}

#[diagnostic::do_not_recommend]
impl OfManyRows for Aggregated {}
#[diagnostic::do_not_recommend]
impl<X: NoType> OfManyRows<X> for Aggregated {}

macro_rules! items {
    ($(($($generics:tt)*) $type:ty, $scope:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M, Rows_, $($generics)*> Annotations<M, Rows_> for $type
        where
            Rows_: Extend,
        {
            type Scope = $scope;
            type Kind = <Self as SelectItem<M>>::Kind;
            type Rows = Rows_::With<<Self as SelectItem<M>>::Type>;

            fn push_nodes(self, to: &mut Vec<Node>) {
                to.push(SelectItem::<M>::into_item(self));
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M, $($generics)*> AggregateList<M> for $type {
            type Scope = $scope;
            type Kind = <Self as SelectItem<M>>::Kind;
            type Rows = Flat<Self::Output>;
            type Output = <Self as SelectItem<M>>::Type;

            fn into_list(self) -> Vec<Node> {
                vec![SelectItem::<M>::into_item(self)]
            }
        }
    )+ };
}
items! {
    (P: Path, F: FieldDef) Field<P, F>, P::Root;
    (P: Path, F: FieldDef) &Field<P, F>, P::Root;
    (P: Path, R: Relation<To: Model<Key: SingleKey>>) ToOne<P, R>, P::Root;
    (S: Model, T: SqlType, K: Kind) Expr<S, T, K>, S;
    (S: Model, T: SqlType, K: Kind) &Expr<S, T, K>, S;
    (S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) Case<S, T, N, K>, S;
    (S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) &Case<S, T, N, K>, S;
    (S: Model, K: Kind) Condition<S, K>, S;
    (S: Model, K: Kind) &Condition<S, K>, S;
    (T: SqlType) Lit<T>, M;
}

macro_rules! lists {
    ($($($name:ident $index:tt)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<Model_, $($name),+> AggregateList<Model_> for ($($name,)+)
        where
            $(
                $name: SelectItem<Model_>,
                Scope: About<$name::Scope, Model_>,
                $name::Kind: OfManyRows,
            )+
        {
            type Scope = Model_;
            type Kind = Aggregated;
            type Rows = Tuple<($($name::Type,)+)>;
            type Output = ($($name::Type,)+);

            #[allow(non_snake_case, reason = "a variable for each type parameter")]
            fn into_list(self) -> Vec<Node> {
                let ($($name,)+) = self;
                vec![$($name.into_item()),+]
            }
        }
    )+ };
}
crate::tuples::for_each!(lists);
