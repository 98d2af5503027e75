//! Values of a relation's rows, all of them together: how many books an author has.

use crate::ast::builtin::aggregates;
use crate::ast::{Expr as Node, Outer, Related};
use crate::expr::{
    Aggregated, Aggregates, AvgOf, BaseOf, Expr, Expression, ManyRows, NullableOf, PerRow, SumOf,
};
use crate::model::Model;
use crate::path::{About, Join, Path, Relation, Scope, ToMany};
use crate::schema::PathNode;
use crate::types::{Averageable, Bool, Element, InJson, Numeric, Sorted, SqlType, Summable, Text};
use crate::value::ColumnType;

/// A value of each row of a relation: NULL where it has none.
type EachOf<R, E> = Expr<<R as RelatedRows>::Root, NullableOf<E>, ManyRows>;

/// Aggregates of the rows of a relation: one value in each row of the query, which can be selected, filtered and ordered by, and
/// assigned, as any other. Several of them, of one relation or of several, do not multiply each other's rows.
///
/// Where there are no related rows counts are 0, and everything else is NULL, and so an `Option`. The rows are all that the
/// path leads to, also those that their model's default filter hides, and of `Author::books.filter(..)` those that meet its
/// condition; `Author::books.query(Book::objects())` are those of the query set.
///
/// Of a many-to-many whose link table may have a pair several times a row counts as often as it is linked, as in Django, here as
/// in `values_list(Team::members.name)`; `count_distinct(Person::id)` counts it once. Whole rows, loaded or asked of an instance, come
/// once.
///
/// SQL: `LEFT JOIN (SELECT "author_id", count(*), .. FROM "book" GROUP BY "author_id")`, one for each relation and its
/// conditions; where few rows are asked for, by their key or by a limit up to 100, and in `update` and `delete`, a subquery of
/// the row: `(SELECT count(*) FROM "book" WHERE "author_id" = "author"."id")`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let books = Author::books.count();
/// let rows: Vec<(Author, i64, Option<Decimal>)> = Author::objects()
///     .annotate((&books, Author::books.max(Book::price)))
///     .filter(books.gte(2))
///     .order_by(books.desc())
///     .all(&db)?;
/// assert_eq!((rows[0].1, rows[0].2), (2, Some(dec!(42.50))));
/// # Ok::<(), orm::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a relation to many rows",
    label = "not a relation to many rows"
)]
pub trait RelatedRows: Sized {
    /// The model that the relation begins at.
    type Root: Model;
    /// The model of its rows.
    type To: Model;

    /// A value that is made of aggregates of the rows.
    #[doc(hidden)]
    fn into_related(self, value: Node) -> Node;

    /// A value of each of the rows: where it is selected, the query has one row for each of them, and one with NULL where there is
    /// none. All such values of one relation and its conditions are of the same row. In a condition it is true of some of the
    /// rows, as a path to many rows is. Whole rows cannot be ordered by it, and aggregates do not take it: the relation has its own,
    /// `Author::books.filter(..).sum(..)`.
    ///
    /// Unlike a condition in `filter`, the relation's keeps the rows that have none (Django's `FilteredRelation`).
    ///
    /// SQL: `LEFT JOIN (SELECT "author_id", .. FROM "book" WHERE ..)`; in a condition `EXISTS (..)`. Where few rows are asked for,
    /// by their key or by a limit up to 100, what lies behind keys is a subquery in it, for which SQLite looks up the rows of those
    /// few; over links, and over several relations, it goes through all of them once.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let cheap = Author::books.filter(Book::is_published).filter(Book::price.lt(10));
    /// let (title, price) = (cheap.clone().each(Book::title), cheap.each(Book::price));
    /// let rows: Vec<(String, Option<String>, Option<Decimal>)> = Author::objects()
    ///     .values_list((Author::name, &title, &price))
    ///     .order_by((Author::name, &title))
    ///     .all(&db)?;
    /// assert_eq!(rows[0], ("Bob".to_owned(), None, None));
    /// assert_eq!(rows[1].1.as_deref(), Some("Dunes"));
    /// assert_eq!(Author::objects().filter(title.startswith("Du")).one(&db)?.name, "Eve");
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn each<E: Expression<Kind: PerRow>>(self, of: E) -> EachOf<Self, E>
    where
        Scope: About<E::Scope, Self::To>,
    {
        Expr::new(each_of(self.into_related(of.node())))
    }

    /// How many rows there are.
    ///
    /// SQL: `count(*)` of a grouped subquery, 0 where it has no row
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let idle = Author::objects().filter(Author::books.count().eq(0)).count(&db)?;
    /// assert_eq!(idle, 0);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn count(self) -> Expr<Self::Root, i64> {
        let rows = Node::aggregate(&aggregates::COUNT_ROWS, Vec::new(), ColumnType::I64);
        Expr::new(self.into_related(rows))
    }

    /// A value made of any aggregates of the rows, with all that these can say.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let shelf_value = Author::books.aggregate((Book::price * Book::stock_level).sum().filter(Book::is_published));
    /// let rows = Author::objects().order_by(Author::name).annotate(shelf_value.unwrap_or(dec!(0))).all(&db)?;
    /// assert_eq!(rows[0].1, dec!(50));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn aggregate<S: Model, T: SqlType>(self, of: Expr<S, T, Aggregated>) -> Expr<Self::Root, T>
    where
        Scope: About<S, Self::To>,
    {
        Expr::new(self.into_related(of.into_node()))
    }

    /// How many different values an expression of the rows has.
    ///
    /// SQL: `count(DISTINCT ..)` of a grouped subquery
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let prices = Author::objects().values_list(Author::books.count_distinct(Book::price)).all(&db)?;
    /// assert_eq!(prices, [2, 2]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn count_distinct<E>(self, of: E) -> Expr<Self::Root, i64>
    where
        E: Expression<Kind: PerRow>,
        Scope: About<E::Scope, Self::To>,
    {
        Expr::new(self.into_related(of.count_distinct().into_node()))
    }

    /// The sum of an expression of the rows.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let sold: Vec<(String, i64)> = Author::objects()
    ///     .order_by(Author::name)
    ///     .values_list((Author::name, Author::books.sum(Book::sales_count).unwrap_or(0)))
    ///     .all(&db)?;
    /// assert_eq!(sold.iter().map(|(_, sold)| sold).sum::<i64>(), 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn sum<E>(self, of: E) -> Expr<Self::Root, SumOf<E>>
    where
        E: Expression<Kind: PerRow>,
        Scope: About<E::Scope, Self::To>,
        BaseOf<E>: Summable,
    {
        Expr::new(self.into_related(of.sum().into_node()))
    }

    /// The average of an expression of the rows.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let dear = Author::objects().filter(Author::books.avg(Book::price).gt(20)).one(&db)?;
    /// assert_eq!(dear.name, "Bob");
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn avg<E>(self, of: E) -> Expr<Self::Root, AvgOf<E>>
    where
        E: Expression<Kind: PerRow>,
        Scope: About<E::Scope, Self::To>,
        BaseOf<E>: Averageable,
    {
        Expr::new(self.into_related(of.avg().into_node()))
    }

    /// The smallest value of an expression of the rows.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let by_first_book = Author::objects().order_by(Author::books.min(Book::price)).all(&db)?;
    /// assert_eq!(by_first_book[0].name, "Eve");
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn min<E>(self, of: E) -> Expr<Self::Root, NullableOf<E>>
    where
        E: Expression<Kind: PerRow>,
        Scope: About<E::Scope, Self::To>,
        BaseOf<E>: Sorted,
    {
        Expr::new(self.into_related(of.min().into_node()))
    }

    /// The largest value of an expression of the rows.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// // Books of authors who wrote none that is dearer.
    /// let dearest = Book::objects().filter(Book::price.eq(Book::author.books.max(Book::price)));
    /// assert_eq!(dearest.count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn max<E>(self, of: E) -> Expr<Self::Root, NullableOf<E>>
    where
        E: Expression<Kind: PerRow>,
        Scope: About<E::Scope, Self::To>,
        BaseOf<E>: Sorted,
    {
        Expr::new(self.into_related(of.max().into_node()))
    }

    /// The standard deviation of an expression of the rows, taken for all there are.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let rows: Vec<Option<f64>> = Author::objects().values_list(Author::books.std_dev(Book::price)).all(&db)?;
    /// assert_eq!(rows.len(), 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn std_dev<E>(self, of: E) -> Expr<Self::Root, Option<f64>>
    where
        E: Expression<Kind: PerRow>,
        Scope: About<E::Scope, Self::To>,
        BaseOf<E>: Numeric,
    {
        Expr::new(self.into_related(of.std_dev().into_node()))
    }

    /// The variance of an expression of the rows, taken for all there are.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let rows: Vec<Option<f64>> = Author::objects().values_list(Author::books.variance(Book::price)).all(&db)?;
    /// assert_eq!(rows.len(), 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn variance<E>(self, of: E) -> Expr<Self::Root, Option<f64>>
    where
        E: Expression<Kind: PerRow>,
        Scope: About<E::Scope, Self::To>,
        BaseOf<E>: Numeric,
    {
        Expr::new(self.into_related(of.variance().into_node()))
    }

    /// The standard deviation of an expression of the rows, estimated from them as a sample of more.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let stock: Vec<Option<f64>> = Author::objects().values_list(Author::books.std_dev_sample(Book::stock_level)).all(&db)?;
    /// assert_eq!(stock.len(), 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn std_dev_sample<E>(self, of: E) -> Expr<Self::Root, Option<f64>>
    where
        E: Expression<Kind: PerRow>,
        Scope: About<E::Scope, Self::To>,
        BaseOf<E>: Numeric,
    {
        Expr::new(self.into_related(of.std_dev_sample().into_node()))
    }

    /// The variance of an expression of the rows, estimated from them as a sample of more.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let stock: Vec<Option<f64>> = Author::objects().values_list(Author::books.variance_sample(Book::stock_level)).all(&db)?;
    /// assert_eq!(stock.len(), 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn variance_sample<E>(self, of: E) -> Expr<Self::Root, Option<f64>>
    where
        E: Expression<Kind: PerRow>,
        Scope: About<E::Scope, Self::To>,
        BaseOf<E>: Numeric,
    {
        Expr::new(self.into_related(of.variance_sample().into_node()))
    }

    /// Whether an expression is true in all of the rows; NULL where there are none, unlike the condition
    /// [`all`](ToMany::all).
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let all_out = Author::books.bool_and(Book::is_published);
    /// let rows = Author::objects().order_by(Author::name).annotate(all_out).all(&db)?;
    /// assert_eq!((rows[0].1, rows[1].1), (Some(true), Some(false)));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn bool_and<E>(self, of: E) -> Expr<Self::Root, Option<bool>>
    where
        E: Expression<Kind: PerRow>,
        Scope: About<E::Scope, Self::To>,
        BaseOf<E>: Bool,
    {
        Expr::new(self.into_related(of.bool_and().into_node()))
    }

    /// Whether an expression is true in some of the rows; NULL where there are none.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let some_dear = Author::books.bool_or(Book::price.gt(40)).unwrap_or(false);
    /// assert_eq!(Author::objects().filter(some_dear).one(&db)?.name, "Bob");
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn bool_or<E>(self, of: E) -> Expr<Self::Root, Option<bool>>
    where
        E: Expression<Kind: PerRow>,
        Scope: About<E::Scope, Self::To>,
        BaseOf<E>: Bool,
    {
        Expr::new(self.into_related(of.bool_or().into_node()))
    }

    /// The texts of the rows, with a separator between. They come in the order of the relation's `order_by`, if it has one.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let titles = Author::books.order_by(Book::title).string_agg(Book::title, ", ");
    /// let rows = Author::objects().order_by(Author::name).values_list((Author::name, titles)).all(&db)?;
    /// assert_eq!(rows[1].1.as_deref(), Some("Draft, Dunes"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn string_agg<E>(self, of: E, separator: &str) -> Expr<Self::Root, Option<String>>
    where
        E: Expression<Kind: PerRow>,
        Scope: About<E::Scope, Self::To>,
        BaseOf<E>: Text,
    {
        Expr::new(self.into_related(of.string_agg(separator).into_node()))
    }

    /// The values of the rows as a JSON array, in the order of the relation's `order_by`, if it has one.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let titles = Author::books.order_by(Book::price.desc()).json_agg(Book::title);
    /// let rows = Author::objects().filter(Author::name.eq("Bob")).values_list(titles).all(&db)?;
    /// assert_eq!(rows[0], Some(json!(["Rust", "SQL"])));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn json_agg<E>(self, of: E) -> Expr<Self::Root, Option<serde_json::Value>>
    where
        E: Expression<Kind: PerRow>,
        Scope: About<E::Scope, Self::To>,
        BaseOf<E>: InJson,
    {
        Expr::new(self.into_related(of.json_agg().into_node()))
    }

    /// The values of the rows as a list, in the order of the relation's `order_by`, if it has one. Without a row it is NULL, which
    /// `.unwrap_or(vec![])` makes an empty list.
    ///
    /// SQL: `array_agg(..)` of a grouped subquery, on SQLite a registered function
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let dear = Author::books.filter(Book::price.gt(9)).order_by(Book::price.desc());
    /// let rows: Vec<(Author, Vec<String>)> =
    ///     Author::objects().order_by(Author::name).annotate(dear.array_agg(Book::title).unwrap_or(vec![])).all(&db)?;
    /// assert_eq!(rows[0].1, ["Rust", "SQL"]);
    /// assert!(rows[1].1.is_empty());
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn array_agg<E>(self, of: E) -> Expr<Self::Root, Option<Vec<E::Type>>>
    where
        E: Expression<Kind: PerRow, Type: Element>,
        Scope: About<E::Scope, Self::To>,
    {
        Expr::new(self.into_related(of.array_agg().into_node()))
    }
}

#[diagnostic::do_not_recommend]
impl<P: Path, R: Relation> RelatedRows for ToMany<P, R> {
    type Root = P::Root;
    type To = R::To;

    fn into_related(self, value: Node) -> Node {
        P::placed(of_rows(Join::<P, R>::NODE, Vec::new(), false, value))
    }
}

/// The value of each of the rows in place of one of all.
fn each_of(node: Node) -> Node {
    match node {
        Node::Related(related) => Node::Each(related),
        Node::Outer(outer) => Node::Outer(Box::new(Outer {
            node: each_of(outer.node),
            ..*outer
        })),
        other => other,
    }
}

/// A value of the rows at the end of a path that meet some conditions.
pub(crate) fn of_rows(
    path: Option<&'static PathNode>,
    filters: Vec<Node>,
    limited: bool,
    value: Node,
) -> Node {
    match path {
        Some(path) => Node::Related(Box::new(Related {
            path,
            filters,
            limited,
            value,
        })),
        None => value,
    }
}
