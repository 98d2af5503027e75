//! SQL of the user's own as an expression.

use crate::ast::{Expr as Node, Raw};
use crate::expr::Expr;
use crate::model::Model;
use crate::raw::RawParams;
use crate::types::SqlType;

/// An expression in SQL of your own, about rows of `S` and of type `T`: the compiler believes both. It may be NULL only if `T` is an
/// `Option`; a NULL in any other is [`Error::Decode`](crate::error::Error::Decode). Columns are named as in the database, and may need their table where
/// a query joins several. The text is sent as it is, in parentheses where that is needed, to either database.
///
/// SQL: yours
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let reduced = raw_expr::<Book, Decimal>("price * 0.9");
/// let prices = Book::objects().filter(reduced.gt(8)).order_by(reduced.desc()).values_list(&reduced).all(&db)?;
/// assert_eq!(prices, [dec!(38.25), dec!(9)]);
/// # Ok::<(), orm::Error>(())
/// ```
pub fn raw_expr<S: Model, T: SqlType>(sql: &'static str) -> Expr<S, T> {
    raw_expr_with(sql, ())
}

/// [`raw_expr`] with values: each `?` outside of quotes and comments stands for one, `??` for a question mark. They are bound, never
/// written.
///
/// # Errors
/// A query with more or fewer `?` than values is [`Error::InvalidQuery`](crate::error::Error::InvalidQuery).
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let dear = raw_expr_with::<Book, bool>("price > ? AND title <> ?", (dec!(5), "SQL"));
/// assert_eq!(Book::objects().filter(dear).count(&db)?, 2);
/// # Ok::<(), orm::Error>(())
/// ```
pub fn raw_expr_with<S: Model, T: SqlType>(
    sql: &'static str,
    values: impl RawParams,
) -> Expr<S, T> {
    Expr::new(Node::Raw(Box::new(Raw {
        sql,
        values: values.into_params(),
        column_type: Some(T::COLUMN),
    })))
}
