//! `eq ne gt gte lt lte is_in range between is_null is_not_null`: lookups of every type.

use std::ops::RangeInclusive;

use crate::ast::{Between, CompareOp, Expr as Node, In};
use crate::expr::{
    BaseOf, Condition, ConditionOf, ConditionWith, Expression, Kind, MemberList, Operand,
};
use crate::path::{About, Scope};
use crate::types::ComparableWith;

/// The lookups that every expression has.
///
/// A comparison with NULL is false. Types are checked: a value of the field's type, or an expression
/// that compares with it, may stand at the right.
pub trait Comparison: Expression {
    /// Equal. `None`, where the field is an `Option`, means [`is_null`](Self::is_null).
    ///
    /// SQL: `"title" = ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let sql = Book::objects().filter(Book::title.eq("SQL")).one(&db)?;
    /// assert_eq!(Book::objects().filter(Book::subtitle.eq(None)).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn eq<R>(&self, value: R) -> ConditionWith<Self, R::Kind>
    where
        R: Operand<Self::Scope, Self::Type, Base: ComparableWith<BaseOf<Self>>>,
        Scope: About<R::Scope, Self::Scope>,
    {
        Condition::equal(self.node(), value.into_node())
    }

    /// Not equal: the negation of [`eq`](Self::eq), so a NULL is `ne` to every value.
    ///
    /// SQL: `"title" <> ?`; where NULL is possible `("subtitle" = ?) IS NOT TRUE`.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// // The books without a subtitle are among them.
    /// assert_eq!(Book::objects().filter(Book::subtitle.ne("A novel")).count(&db)?, 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn ne<R>(&self, value: R) -> ConditionWith<Self, R::Kind>
    where
        R: Operand<Self::Scope, Self::Type, Base: ComparableWith<BaseOf<Self>>>,
        Scope: About<R::Scope, Self::Scope>,
    {
        Condition::not_equal(self.node(), value.into_node())
    }

    /// Greater. A comparison with NULL is false.
    ///
    /// SQL: `"stock_level" > ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let ahead = Book::objects().filter(Book::stock_level.gt(Book::sales_count * 2)).one(&db)?;
    /// assert_eq!(ahead.title, "SQL");
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn gt<R>(&self, value: R) -> ConditionWith<Self, R::Kind>
    where
        R: Operand<Self::Scope, BaseOf<Self>, Base: ComparableWith<BaseOf<Self>>>,
        Scope: About<R::Scope, Self::Scope>,
    {
        compare(self, CompareOp::Gt, value)
    }

    /// Greater or equal. A comparison with NULL is false.
    ///
    /// SQL: `"price" >= ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::price.gte(10)).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn gte<R>(&self, value: R) -> ConditionWith<Self, R::Kind>
    where
        R: Operand<Self::Scope, BaseOf<Self>, Base: ComparableWith<BaseOf<Self>>>,
        Scope: About<R::Scope, Self::Scope>,
    {
        compare(self, CompareOp::Gte, value)
    }

    /// Less. A comparison with NULL is false.
    ///
    /// SQL: `"price" < ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::price.lt(10)).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn lt<R>(&self, value: R) -> ConditionWith<Self, R::Kind>
    where
        R: Operand<Self::Scope, BaseOf<Self>, Base: ComparableWith<BaseOf<Self>>>,
        Scope: About<R::Scope, Self::Scope>,
    {
        compare(self, CompareOp::Lt, value)
    }

    /// Less or equal. A comparison with NULL is false.
    ///
    /// SQL: `"price" <= ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::price.lte(10)).count(&db)?, 3);
    /// // The negation is true where the value is NULL.
    /// assert_eq!(Book::objects().filter(!Book::subtitle.lte("A guide")).count(&db)?, 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn lte<R>(&self, value: R) -> ConditionWith<Self, R::Kind>
    where
        R: Operand<Self::Scope, BaseOf<Self>, Base: ComparableWith<BaseOf<Self>>>,
        Scope: About<R::Scope, Self::Scope>,
    {
        compare(self, CompareOp::Lte, value)
    }

    /// Among the members: a list of values or expressions, or a query set of one column.
    ///
    /// A list is bound as one parameter, so 100,000 members are one short statement; `None`s in it are ignored, and so are
    /// the NULLs of a subquery, which in SQL would spoil `NOT IN`. No member means no row.
    ///
    /// SQL: `"id" = ANY($1)` on PostgreSQL, `"id" IN rarray(?)` on SQLite; of a query set `"title" IN (SELECT ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::title.is_in(["SQL", "Rust", "C"])).count(&db)?, 2);
    /// let names = Author::objects().values_list(Author::name);
    /// assert_eq!(Book::objects().filter(!Book::title.is_in(names)).count(&db)?, 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn is_in<L: MemberList<Self::Scope, Self::Type>>(&self, members: L) -> ConditionOf<Self> {
        Condition::new(Node::In(Box::new(In {
            subject: self.node(),
            members: members.into_members(),
        })))
    }

    /// Between two values, both included: `.range(1..=5)`.
    ///
    /// SQL: `"price" BETWEEN ? AND ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::price.range(10..=50)).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn range<R>(
        &self,
        range: RangeInclusive<R>,
    ) -> ConditionWith<Self, <R::Kind as Kind>::With<R::Kind>>
    where
        R: Operand<Self::Scope, BaseOf<Self>, Base: ComparableWith<BaseOf<Self>>>,
        Scope: About<R::Scope, Self::Scope>,
    {
        let (low, high) = range.into_inner();
        self.between(low, high)
    }

    /// Between two values or expressions, both included.
    ///
    /// SQL: `"stock_level" BETWEEN ? AND "sales_count"`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let sold = Book::objects().filter(Book::stock_level.between(0, Book::sales_count));
    /// assert_eq!(sold.count(&db)?, 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn between<A, B>(
        &self,
        low: A,
        high: B,
    ) -> ConditionWith<Self, <A::Kind as Kind>::With<B::Kind>>
    where
        A: Operand<Self::Scope, BaseOf<Self>, Base: ComparableWith<BaseOf<Self>>>,
        Scope: About<A::Scope, Self::Scope>,
        B: Operand<Self::Scope, BaseOf<Self>, Base: ComparableWith<BaseOf<Self>>>,
        Scope: About<B::Scope, Self::Scope>,
    {
        let (low, high) = (low.into_node(), high.into_node());
        Condition::new(Node::Between(Box::new(Between {
            subject: self.node(),
            low,
            high,
        })))
    }

    /// NULL, or no such row on the path.
    ///
    /// SQL: `IS NULL`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::editor.name.is_null()).count(&db)?, 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn is_null(&self) -> ConditionOf<Self> {
        Condition::new(self.node().is_null())
    }

    /// Not NULL.
    ///
    /// SQL: `IS NOT NULL`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::subtitle.is_not_null()).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn is_not_null(&self) -> ConditionOf<Self> {
        Condition::new(Node::compare(
            CompareOp::Ne,
            self.node(),
            Node::Bind(crate::value::Value::Null),
        ))
    }
}

impl<E: Expression + ?Sized> Comparison for E {}

fn compare<E, R>(left: &E, op: CompareOp, right: R) -> ConditionWith<E, R::Kind>
where
    E: Expression + ?Sized,
    R: Operand<E::Scope, BaseOf<E>>,
{
    Condition::new(Node::compare(op, left.node(), right.into_node()))
}
