//! Aggregates: one value of many rows.

use crate::ast::builtin::aggregates;
use crate::ast::{Aggregate as AggregateNode, Expr as Node, Function};
use crate::expr::{
    Aggregated, BaseOf, Condition, Expr, Expression, IntoCondition, IntoOrder, PerRow,
};
use crate::model::Model;
use crate::path::{About, Scope};
use crate::types::{Averageable, Bool, Element, InJson, Numeric, Sorted, SqlType, Summable, Text};
use crate::value::ColumnType;

/// An aggregate of an expression `E`, over rows of the same model.
pub type AggregateOf<E, T> = Expr<<E as Expression>::Scope, T, Aggregated>;
/// The type of a sum of an expression.
pub type SumOf<E> = <BaseOf<E> as Summable>::Result;
/// The type of an average of an expression.
pub type AvgOf<E> = <BaseOf<E> as Averageable>::Result;
/// The type of an expression with an `Option`.
pub type NullableOf<E> = <BaseOf<E> as SqlType>::Nullable;

/// Aggregates of an expression: one value of all rows of the query, or of those of each group.
///
/// They belong to [`aggregate`](crate::query::QuerySet::aggregate), to `values_list`, and behind it to
/// [`annotate`](crate::query::QuerySet::annotate), `filter` and `order_by`. Of the rows of a relation, for each row of the query,
/// there are methods of the same names on the relation: `Author::books.sum(Book::price)`.
///
/// NULLs are passed over. Without a value the result is NULL, and so an `Option`, but for counts:
/// [`unwrap_or`](crate::expr::functions::GeneralFunctions::unwrap_or) takes it off. [`filter`](Expr::filter) narrows the rows
/// that an aggregate looks at, [`distinct`](Expr::distinct) lets equal values count once.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let (books, sold, dearest) = Book::objects().aggregate(
///     &db,
///     (Book::id.count(), Book::sales_count.sum().unwrap_or(0), Book::price.max().filter(Book::is_published)),
/// )?;
/// assert_eq!((books, sold, dearest), (4, 3, Some(dec!(42.50))));
/// # Ok::<(), orm::Error>(())
/// ```
pub trait Aggregates: Expression {
    /// How many values are not NULL: of a field that cannot be, how many rows there are.
    ///
    /// SQL: `count("subtitle")`, `count(*)` of what is never NULL
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (books, titled) = Book::objects().aggregate(&db, (Book::id.count(), Book::subtitle.count()))?;
    /// assert_eq!((books, titled), (4, 2));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn count(&self) -> AggregateOf<Self, i64>
    where
        Self::Kind: PerRow,
    {
        plain(&aggregates::COUNT, self.node(), ColumnType::I64)
    }

    /// How many different values there are, NULL not among them.
    ///
    /// SQL: `count(DISTINCT "author_id")`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().aggregate(&db, Book::author.count_distinct())?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn count_distinct(&self) -> AggregateOf<Self, i64>
    where
        Self::Kind: PerRow,
    {
        self.count().distinct()
    }

    /// The sum: of integers an `i64`, of floats an `f64`, of decimals an exact decimal, of lengths of time another.
    ///
    /// SQL: `sum("sales_count")`. A sum that leaves the type is [`Error::OutOfRange`](crate::error::Error::OutOfRange) on both
    /// databases; on SQLite sums of `i64` and of decimals are those of registered functions.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let total: Option<Decimal> = Book::objects().aggregate(&db, (Book::price * Book::stock_level).sum())?;
    /// assert_eq!(Book::objects().none().aggregate(&db, Book::price.sum())?, None);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn sum(&self) -> AggregateOf<Self, SumOf<Self>>
    where
        BaseOf<Self>: Summable,
        Self::Kind: PerRow,
    {
        plain(
            aggregates::sum(BaseOf::<Self>::COLUMN),
            self.node(),
            SumOf::<Self>::COLUMN,
        )
    }

    /// The average: of integers and floats an `f64`, of decimals a decimal with as many digits as PostgreSQL gives it, of
    /// lengths of time another.
    ///
    /// SQL: `avg("price")`; of integers on PostgreSQL the quotient of sum and count, so that it is rounded once as on SQLite
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let average: Option<f64> = Book::objects().aggregate(&db, Book::sales_count.avg())?;
    /// assert_eq!(average, Some(0.75));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn avg(&self) -> AggregateOf<Self, AvgOf<Self>>
    where
        BaseOf<Self>: Averageable,
        Self::Kind: PerRow,
    {
        plain(
            aggregates::avg(BaseOf::<Self>::COLUMN),
            self.node(),
            AvgOf::<Self>::COLUMN,
        )
    }

    /// The smallest value. Of texts that of the database's order.
    ///
    /// SQL: `min("price")`; of bools `bool_and` on PostgreSQL
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (first, last) = Book::objects().aggregate(&db, (Book::title.min(), Book::title.max()))?;
    /// assert_eq!((first.as_deref(), last.as_deref()), (Some("Draft"), Some("SQL")));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn min(&self) -> AggregateOf<Self, NullableOf<Self>>
    where
        BaseOf<Self>: Sorted,
        Self::Kind: PerRow,
    {
        plain(
            aggregates::min(BaseOf::<Self>::COLUMN),
            self.node(),
            BaseOf::<Self>::COLUMN,
        )
    }

    /// The largest value. Of texts that of the database's order.
    ///
    /// SQL: `max("price")`; of bools `bool_or` on PostgreSQL
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().aggregate(&db, Book::price.max())?, Some(dec!(42.50)));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn max(&self) -> AggregateOf<Self, NullableOf<Self>>
    where
        BaseOf<Self>: Sorted,
        Self::Kind: PerRow,
    {
        plain(
            aggregates::max(BaseOf::<Self>::COLUMN),
            self.node(),
            BaseOf::<Self>::COLUMN,
        )
    }

    /// The standard deviation of the values, taken for all there are (the population); an `f64` of every number. Of integers and
    /// decimals it is computed from exact sums, whatever the order of the rows.
    ///
    /// SQL: `sqrt(var_pop("price"))`, of floats `stddev_pop(..)`; on SQLite registered functions
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let deviation: Option<f64> = Book::objects().aggregate(&db, Book::stock_level.std_dev())?;
    /// assert!(deviation.unwrap() > 0.0);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn std_dev(&self) -> AggregateOf<Self, Option<f64>>
    where
        BaseOf<Self>: Numeric,
        Self::Kind: PerRow,
    {
        plain(
            aggregates::std_dev(BaseOf::<Self>::COLUMN),
            self.node(),
            ColumnType::F64,
        )
    }

    /// The standard deviation, estimated from the values as a sample of more; NULL for fewer than two.
    ///
    /// SQL: `sqrt(var_samp("price"))`, of floats `stddev_samp(..)`; on SQLite registered functions
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let one = Book::objects().filter(Book::title.eq("SQL"));
    /// assert_eq!(one.aggregate(&db, (Book::price.std_dev(), Book::price.std_dev_sample()))?, (Some(0.0), None));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn std_dev_sample(&self) -> AggregateOf<Self, Option<f64>>
    where
        BaseOf<Self>: Numeric,
        Self::Kind: PerRow,
    {
        plain(
            aggregates::std_dev_sample(BaseOf::<Self>::COLUMN),
            self.node(),
            ColumnType::F64,
        )
    }

    /// The variance of the values, taken for all there are (the population); an `f64` of every number.
    ///
    /// SQL: `var_pop("price")`, on SQLite a registered function
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().none().aggregate(&db, Book::price.variance())?, None);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn variance(&self) -> AggregateOf<Self, Option<f64>>
    where
        BaseOf<Self>: Numeric,
        Self::Kind: PerRow,
    {
        plain(
            aggregates::variance(BaseOf::<Self>::COLUMN),
            self.node(),
            ColumnType::F64,
        )
    }

    /// The variance, estimated from the values as a sample of more; NULL for fewer than two.
    ///
    /// SQL: `var_samp("price")`, on SQLite a registered function
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (all, sample) = Book::objects().aggregate(&db, (Book::price.variance(), Book::price.variance_sample()))?;
    /// assert!(sample > all);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn variance_sample(&self) -> AggregateOf<Self, Option<f64>>
    where
        BaseOf<Self>: Numeric,
        Self::Kind: PerRow,
    {
        plain(
            aggregates::variance_sample(BaseOf::<Self>::COLUMN),
            self.node(),
            ColumnType::F64,
        )
    }

    /// Whether all values are true.
    ///
    /// SQL: `bool_and("is_published")`, on SQLite `min`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (all, some) = Book::objects().aggregate(&db, (Book::is_published.bool_and(), Book::price.gt(40).bool_or()))?;
    /// assert_eq!((all, some), (Some(false), Some(true)));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn bool_and(&self) -> AggregateOf<Self, Option<bool>>
    where
        BaseOf<Self>: Bool,
        Self::Kind: PerRow,
    {
        plain(&aggregates::BOOL_AND, self.node(), ColumnType::Bool)
    }

    /// Whether some value is true.
    ///
    /// SQL: `bool_or("is_published")`, on SQLite `max`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().aggregate(&db, Book::is_published.bool_or())?, Some(true));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn bool_or(&self) -> AggregateOf<Self, Option<bool>>
    where
        BaseOf<Self>: Bool,
        Self::Kind: PerRow,
    {
        plain(&aggregates::BOOL_OR, self.node(), ColumnType::Bool)
    }

    /// The texts, with a separator between. They come as the database finds the rows, unless [`order_by`](Expr::order_by) says
    /// otherwise; different ones alone, by [`distinct`](Expr::distinct), in their own order.
    ///
    /// SQL: `string_agg("title", ?)`, on SQLite `group_concat`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let titles = Book::title.string_agg(", ").order_by(Book::price.desc());
    /// let row: Option<String> = Book::objects().filter(Book::is_published).aggregate(&db, titles)?;
    /// assert_eq!(row.as_deref(), Some("Rust, SQL, Dunes"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn string_agg(&self, separator: &str) -> AggregateOf<Self, Option<String>>
    where
        BaseOf<Self>: Text,
        Self::Kind: PerRow,
    {
        let separator = Node::Bind(separator.to_owned().into_value());
        Expr::new(Node::aggregate(
            &aggregates::STRING_AGG,
            vec![self.node(), separator],
            ColumnType::Text,
        ))
    }

    /// The values as a JSON array, NULLs among them. Decimals and days become texts, so that nothing is lost. They come as the
    /// database finds the rows, unless [`order_by`](Expr::order_by) says otherwise.
    ///
    /// SQL: `jsonb_agg("title")`, on SQLite a registered function
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let subtitles = Book::subtitle.json_agg().order_by(Book::title);
    /// let row = Book::objects().aggregate(&db, subtitles)?;
    /// assert_eq!(row, Some(json!([null, "A novel", "A guide", null])));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn json_agg(&self) -> AggregateOf<Self, Option<serde_json::Value>>
    where
        BaseOf<Self>: InJson,
        Self::Kind: PerRow,
    {
        Expr::new(json_agg(self.node(), BaseOf::<Self>::COLUMN))
    }

    /// The values as a list, each of the expression's type: where that is an `Option`, NULLs are among them. They come as the
    /// database finds the rows, unless [`order_by`](Expr::order_by) says otherwise; different ones alone, by
    /// [`distinct`](Expr::distinct), in their own order. Of no rows it is NULL, which `.unwrap_or(vec![])` makes an empty list.
    ///
    /// SQL: `array_agg("title")`, on SQLite a registered function, which makes a JSON array. Lists are not compared; an order by
    /// one is [`Error::Unsupported`](crate::error::Error::Unsupported) on SQLite.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let titles = Book::title.array_agg().order_by(Book::price.desc());
    /// let (titles, subtitles): (Option<Vec<String>>, Option<Vec<Option<String>>>) =
    ///     Book::objects().filter(Book::price.gt(9)).aggregate(&db, (titles, Book::subtitle.array_agg().order_by(Book::title)))?;
    /// assert_eq!(titles.unwrap(), ["Rust", "SQL"]);
    /// assert_eq!(subtitles.unwrap(), [Some("A guide".to_owned()), None]);
    ///
    /// let prices = Book::price.array_agg().distinct().filter(!Book::is_published).unwrap_or(vec![]);
    /// let by_author = Book::objects().values_list(Book::author.name).annotate(prices).order_by(Book::author.name);
    /// assert_eq!(by_author.all(&db)?[0], ("Bob".to_owned(), vec![]));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn array_agg(&self) -> AggregateOf<Self, Option<Vec<Self::Type>>>
    where
        Self::Type: Element,
        Self::Kind: PerRow,
    {
        plain(&aggregates::ARRAY_AGG, self.node(), ColumnType::Array)
    }
}

impl<E: Expression + ?Sized> Aggregates for E {}

fn plain<S, T>(
    function: &'static Function,
    of: Node,
    column_type: ColumnType,
) -> Expr<S, T, Aggregated> {
    Expr::new(Node::aggregate(function, vec![of], column_type))
}

pub(crate) fn json_agg(of: Node, column_type: ColumnType) -> Node {
    let text = match column_type {
        ColumnType::Decimal => Node::Cast(Box::new((of, ColumnType::Text))),
        _ => of,
    };
    let element = match column_type {
        ColumnType::Bool => &aggregates::JSON_OF_BOOL,
        ColumnType::Json => &aggregates::JSON_OF_JSON,
        _ => &aggregates::JSON_OF,
    };
    let element = Node::call(element, vec![text]);
    Node::aggregate(&aggregates::JSON_AGG, vec![element], ColumnType::Json)
}

impl<S: Model, T: SqlType> Expr<S, T, Aggregated> {
    /// Lets the aggregate look at the rows alone that meet the condition. Of several aggregates in one expression each does.
    ///
    /// SQL: `count(*) FILTER (WHERE ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let published = Book::id.count().filter(Book::is_published);
    /// assert_eq!(Book::objects().aggregate(&db, (Book::id.count(), published))?, (4, 3));
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn filter<C>(self, condition: C) -> Self
    where
        C: IntoCondition<S, Type: Bool, Kind: PerRow>,
        Scope: About<C::Scope, S>,
    {
        let Some(condition) = condition.into_condition().map(Condition::into_node) else {
            return self;
        };
        self.each(|aggregate| {
            let before = aggregate.filter.take().unwrap_or(Node::Constant(true));
            aggregate.filter = Some(before.and(condition.clone()));
        })
    }

    /// Lets equal values count once. Of several aggregates in one expression each does.
    ///
    /// SQL: `sum(DISTINCT ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let authors = Book::author.name.string_agg(" and ").distinct();
    /// assert_eq!(Book::objects().aggregate(&db, authors)?.as_deref(), Some("Bob and Eve"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn distinct(self) -> Self {
        self.each(|aggregate| aggregate.distinct = true)
    }

    /// Says in which order `string_agg`, `array_agg` and `json_agg` take the rows; the others do not depend on it. With
    /// [`distinct`](Self::distinct) the order can be that of the values alone, or it is refused when run, with
    /// [`Error::InvalidQuery`](crate::error::Error::InvalidQuery).
    ///
    /// SQL: `string_agg(.., .. ORDER BY ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let by_author = Book::objects()
    ///     .values_list(Book::author.name)
    ///     .annotate(Book::title.string_agg(", ").order_by(Book::price))
    ///     .order_by(Book::author.name);
    /// assert_eq!(by_author.all(&db)?[1], ("Eve".to_owned(), Some("Draft, Dunes".to_owned())));
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn order_by<O>(self, order: O) -> Self
    where
        O: IntoOrder<S, Kind: PerRow>,
        Scope: About<O::Scope, S>,
    {
        let mut terms = Vec::new();
        order.push_terms(&mut terms);
        self.each(|aggregate| aggregate.order.clone_from(&terms))
    }

    fn each(self, mut change: impl FnMut(&mut AggregateNode)) -> Self {
        let mut node = self.into_node();
        node.each_aggregate_mut(&mut change);
        Self::new(node)
    }
}
