//! What is asked of a relation's rows for each row of a query: whether there is one, and a value of the first.

use crate::ast::{
    Column, CompareOp, Distinct, Expr as Node, In, Members, Order, OrderTerm, Outer, OuterQuery,
    Output, Quantified, Quantifier, Select, row_column,
};
use crate::expr::{Condition, Expr, Expression};
use crate::model::Model;
use crate::path::{About, Join, Path, Relation, Scope, ToMany};
use crate::query::loading::Related;
use crate::query::{QuerySet, Whole};
use crate::schema::PathNode;
use crate::types::SqlType;

/// A relation to many rows, or some of its rows, of which each row of a query asks something: `Author::books`,
/// `Author::books.filter(..)`. As all paths do it passes over the model's default filter; `Author::books.query(Book::objects())`
/// has it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a relation to many rows",
    label = "not a relation to many rows"
)]
pub trait RelatedValues: Sized {
    /// The model that the relation begins at.
    type Root: Model;
    /// The model of its rows.
    type To: Model;

    /// The rows.
    #[doc(hidden)]
    fn into_rows(self) -> RowsOfEach;

    /// There is such a row.
    ///
    /// SQL: `EXISTS (SELECT 1 ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let cheap = Author::books.filter(Book::price.lt(5)).exists();
    /// assert_eq!(Author::objects().filter(&cheap).one(&db)?.name, "Eve");
    /// // More than one book: there is a second.
    /// let two = Author::books.order_by(Book::title).slice(1..).exists();
    /// assert_eq!(Author::objects().filter(two).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn exists(self) -> Condition<Self::Root> {
        Condition::new(self.into_rows().exist())
    }

    /// A value of the first row by the order: that of `order_by`, else the model's, else that of the key. NULL, and so an `Option`,
    /// where there is no row.
    ///
    /// SQL: `(SELECT .. ORDER BY .. LIMIT 1)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let dearest = Author::books.order_by(Book::price.desc()).first(Book::title);
    /// let rows: Vec<(String, Option<String>)> = Author::objects().values_list((Author::name, &dearest)).order_by(&dearest).all(&db)?;
    /// assert_eq!(rows[0], ("Eve".to_owned(), Some("Dunes".to_owned())));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn first<E>(self, of: E) -> Expr<Self::Root, <E::Type as SqlType>::Nullable>
    where
        E: Expression,
        Scope: About<E::Scope, Self::To>,
    {
        Expr::new(self.into_rows().first(of.node()))
    }

    /// A value of the last row by the order.
    ///
    /// SQL: `(SELECT .. ORDER BY .. LIMIT 1)`, the order turned round
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// // By the model's own order, which is that of the titles.
    /// let last = Author::books.last(Book::title);
    /// assert_eq!(Author::objects().filter(last.eq("SQL")).one(&db)?.name, "Bob");
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn last<E>(self, of: E) -> Expr<Self::Root, <E::Type as SqlType>::Nullable>
    where
        E: Expression,
        Scope: About<E::Scope, Self::To>,
    {
        let mut rows = self.into_rows();
        rows.reverse();
        Expr::new(rows.first(of.node()))
    }
}

#[diagnostic::do_not_recommend]
impl<P: Path, R: Relation> RelatedValues for ToMany<P, R> {
    type Root = P::Root;
    type To = R::To;

    fn into_rows(self) -> RowsOfEach {
        RowsOfEach::new::<P, R>(QuerySet::all_rows())
    }
}

#[diagnostic::do_not_recommend]
impl<P: Path, R: Relation, E> RelatedValues for Related<P, R, Whole<R::To>, E> {
    type Root = P::Root;
    type To = R::To;

    fn into_rows(self) -> RowsOfEach {
        RowsOfEach::new::<P, R>(self.into_values())
    }
}

/// The rows of a relation, as a query for one row that it begins at.
#[doc(hidden)]
pub struct RowsOfEach {
    select: Select,
    path: Option<&'static PathNode>,
    /// The query of that row, seen from one of the relation's rows.
    outer: OuterQuery,
    /// Whether that is one around the query where this stands.
    beyond: Option<OuterQuery>,
}

impl RowsOfEach {
    fn new<P: Path, R: Relation>(query: QuerySet<R::To>) -> Self {
        let outer = match P::OUTER {
            None => OuterQuery {
                level: 1,
                model: P::Root::SCHEMA,
            },
            Some(outer) => OuterQuery {
                level: outer.level + 1,
                ..outer
            },
        };
        Self {
            select: query.select,
            path: Join::<P, R>::NODE,
            outer,
            beyond: P::OUTER,
        }
    }

    /// Whether nothing but conditions chooses the rows.
    fn is_plain(&self) -> bool {
        let select = &self.select;
        select.slice.is_none()
            && select.ctes.is_none()
            && !select.is_sliced()
            && !matches!(select.distinct, Distinct::On(_))
            && !select.empty
            && !select.filters.iter().any(Node::has_window)
    }

    fn exist(mut self) -> Node {
        let Some(path) = self.path else {
            return Node::Constant(false);
        };
        if self.is_plain() {
            let filters = std::mem::take(&mut self.select.filters);
            let condition = filters.into_iter().reduce(Node::and);
            let some = Node::Quantified(Box::new(Quantified {
                path,
                quantifier: Quantifier::Any,
                condition,
            }));
            return match self.beyond {
                None => some,
                Some(query) => Node::Outer(Box::new(Outer { query, node: some })),
            };
        }
        self.correlate(path);
        Node::Exists(Box::new(crate::query::subquery::asked(self.select)))
    }

    fn first(mut self, of: Node) -> Node {
        let Some(path) = self.path else {
            return Node::Constant(false);
        };
        self.order();
        self.correlate(path);
        self.select.output = Output::Exprs(vec![of]);
        self.select.limit = Some(self.select.limit.map_or(1, |limit| limit.min(1)));
        Node::Scalar(Box::new(self.select))
    }

    fn reverse(&mut self) {
        self.order();
        if self.select.is_sliced() {
            let mut outer = Select::from_model(self.select.model, &[]);
            outer.order = Order::By(Vec::new());
            let slice = std::mem::replace(&mut self.select, outer);
            self.select.slice = Some(Box::new(slice));
        }
        self.select.reversed = !self.select.reversed;
    }

    /// Makes the model's order one that values have too.
    fn order(&mut self) {
        let model = self.select.model;
        let term = |expr, descending| OrderTerm {
            expr,
            descending,
            nulls: None,
        };
        let terms = match &self.select.order {
            Order::Default(list) if !list.is_empty() => list
                .iter()
                .map(|order| {
                    let column = row_column(model, order.field);
                    term(Node::Column(column), order.descending)
                })
                .collect(),
            Order::By(terms) if !terms.is_empty() || self.select.slice.is_some() => return,
            _ => model
                .keys()
                .map(|field| term(Node::Column(Column { path: None, field }), false))
                .collect(),
        };
        self.select.order = Order::By(terms);
    }

    /// Keeps the rows that the path leads to from the row around. A slice is one of those.
    fn correlate(&mut self, path: &'static PathNode) {
        let mut innermost = &mut self.select;
        while innermost.slice.is_some() {
            match &mut innermost.slice {
                Some(slice) => innermost = slice,
                None => return,
            }
        }
        innermost.filters.push(reached(path, self.outer));
    }
}

/// The condition on rows at the end of a path that it leads to them.
fn reached(path: &'static PathNode, outer: OuterQuery) -> Node {
    let remote = Node::Column(Column {
        path: None,
        field: path.relation.remote(),
    });
    let local = path.relation.local();
    match path.parent.filter(|parent| parent.is_many()) {
        None => {
            let node = Node::Column(Column {
                path: path.parent,
                field: local,
            });
            let local = Node::Outer(Box::new(Outer { query: outer, node }));
            Node::compare(CompareOp::Eq, remote, local)
        }
        Some(parent) => {
            let mut between = Select::from_model(parent.target(), &[]);
            between.output = Output::Exprs(vec![Node::Column(Column {
                path: None,
                field: local,
            })]);
            let further = OuterQuery {
                level: outer.level + 1,
                ..outer
            };
            between.filters.push(reached(parent, further));
            Node::In(Box::new(In {
                subject: remote,
                members: Members::Select(Box::new(between)),
            }))
        }
    }
}
