//! Expressions and conditions.

use crate::ast::{Aggregate, CteColumn, Function, Lookup, Related, Select, Window};
use crate::schema::{FieldSchema, ModelSchema, PathNode};
use crate::value::{ColumnType, Value};

/// An expression or a condition.
///
/// Conditions follow Rust's logic: they are true or false, never NULL. A comparison of something
/// NULL is false. [`lower`](crate::lower) makes SQL's three values obey.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A column of the query's model, or of one that a path leads to.
    Column(Column),
    /// A value, bound.
    Bind(Value),
    /// TRUE or FALSE.
    Constant(bool),
    /// A function's call.
    Call(Box<Call>),
    /// `left op right` of numbers.
    Arithmetic(Box<Arithmetic>),
    /// `-operand`, at the type.
    Negate(Box<(Expr, ColumnType)>),
    /// `CASE WHEN .. THEN .. ELSE .. END`
    Case(Box<Case>),
    /// `CAST(operand AS type)`
    Cast(Box<(Expr, ColumnType)>),
    /// `operand COLLATE name`: a text in another order.
    Collate(Box<(Expr, &'static str)>),
    /// A condition as a value of type bool, never NULL.
    Truth(Box<Expr>),
    /// An aggregate of the query's rows.
    Aggregate(Box<Aggregate>),
    /// A value of the rows that a relation leads to.
    Related(Box<Related>),
    /// A value of each row that a relation leads to, of those that meet its conditions: one row of the query for each, or one of
    /// NULL where there is none.
    Each(Box<Related>),

    /// Condition: `left op right`.
    Compare(Box<Compare>),
    /// Condition: a lookup such as `contains`.
    Lookup(Box<LookupCall>),
    /// Condition: subject between low and high, both included.
    Between(Box<Between>),
    /// Condition: the expression is NULL.
    IsNull(Box<Expr>),
    /// Condition: the expression is not NULL. Over a to-many path this is "some row's is not",
    /// where `Not(IsNull(..))` is "no row's is".
    IsNotNull(Box<Expr>),
    /// Condition: the expression, of type bool, is TRUE.
    IsTrue(Box<Expr>),
    /// Condition: the subject is among the members.
    In(Box<In>),
    /// Condition: not.
    Not(Box<Expr>),
    /// Condition: all of them; none is TRUE.
    And(Vec<Expr>),
    /// Condition: at least one of them; none is FALSE.
    Or(Vec<Expr>),
    /// Condition: exactly one of the two.
    Xor(Box<(Expr, Expr)>),
    /// Condition on the rows of a relation.
    Quantified(Box<Quantified>),

    /// `(a, b)`: a row value, the left side of an `In`.
    Row(Vec<Expr>),

    /// SQL of the user's own, values bound where it has a `?`.
    Raw(Box<Raw>),
    /// A value or condition about the row of a query around the one it stands in.
    Outer(Box<Outer>),
    /// A window function.
    Window(Box<Window>),
    /// A column of a common table expression.
    CteColumn(CteColumn),

    /// Made by lowering: a column of a table in FROM.
    Table(TableColumn),
    /// Made by lowering: a column of a subquery in FROM, by its number.
    OutputColumn(OutputColumn),
    /// Condition: the query has a row.
    Exists(Box<Select>),
    /// A subquery of one row and column as a value.
    Scalar(Box<Select>),
}

/// A column as the user wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The way to its model; `None` for the query's own.
    pub path: Option<&'static PathNode>,
    /// The field.
    pub field: &'static FieldSchema,
}

impl Column {
    /// The field of the query's own model whose value the column is: itself, or the key by which a path of one step reaches
    /// what it points at.
    pub fn own_field(&self) -> Option<&'static FieldSchema> {
        let Some(path) = self.path else {
            return Some(self.field);
        };
        let relation = path.relation;
        (path.parent.is_none() && relation.is_key() && *self.field == *relation.remote())
            .then(|| relation.local())
    }
}

impl PartialEq for FieldSchema {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || (self.index == other.index && self.name == other.name && self.column == other.column)
    }
}

impl Eq for FieldSchema {}

/// A column of a table in FROM, as lowering left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// The table.
    pub table: TableRef,
    /// The column's name.
    pub column: &'static str,
    /// What it holds.
    pub column_type: ColumnType,
    /// Digits of a decimal column, where it has a bound: how SQLite keeps it depends on this.
    pub max_digits: Option<u32>,
    /// Whether it may be NULL here.
    pub nullable: bool,
}

/// A column of a subquery in FROM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputColumn {
    /// The subquery.
    pub table: TableRef,
    /// The number of the column, counted from 1.
    pub number: u32,
    /// What it holds, where that is known.
    pub column_type: Option<ColumnType>,
    /// Whether it may be NULL.
    pub nullable: bool,
}

/// Which table in FROM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TableRef {
    /// The table of this name, without an alias.
    Named(&'static str),
    /// The table with alias `t1`, `t2`, ..: unique in the whole statement.
    Alias(u32),
    /// The row that an `INSERT .. ON CONFLICT` could not insert.
    Excluded,
    /// No qualification: in constraints, indexes and generated columns.
    Bare,
}

/// A function's call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The function.
    pub function: &'static Function,
    /// Its arguments.
    pub args: Vec<Expr>,
}

/// `left op right` of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Arithmetic {
    /// The operator.
    pub op: ArithmeticOp,
    /// The left side.
    pub left: Expr,
    /// The right side.
    pub right: Expr,
    /// The type of the result, at which overflow is judged.
    pub column_type: ColumnType,
}

/// The arithmetic operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "named as in std::ops")]
pub enum ArithmeticOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

/// `CASE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Conditions and what holds when they do.
    pub whens: Vec<(Expr, Expr)>,
    /// What holds when none does; NULL if `None`.
    pub otherwise: Option<Expr>,
    /// The type of the result.
    pub column_type: ColumnType,
}

/// `left op right`.
#[derive(Clone, Debug, PartialEq)]
pub struct Compare {
    /// The operator.
    pub op: CompareOp,
    /// The left side.
    pub left: Expr,
    /// The right side.
    pub right: Expr,
}

/// The comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `=`
    Eq,
    /// `<>`; true where exactly one side, or both, are NULL: it is the negation of `Eq`.
    Ne,
    /// `>`
    Gt,
    /// `>=`
    Gte,
    /// `<`
    Lt,
    /// `<=`
    Lte,
}

/// A lookup's call: the subject, then what it is looked up with.
#[derive(Clone, Debug, PartialEq)]
pub struct LookupCall {
    /// The lookup.
    pub lookup: &'static Lookup,
    /// The left side.
    pub subject: Expr,
    /// The right side.
    pub operand: Expr,
}

/// `subject BETWEEN low AND high`.
#[derive(Clone, Debug, PartialEq)]
pub struct Between {
    /// What is compared.
    pub subject: Expr,
    /// The least it may be.
    pub low: Expr,
    /// The greatest it may be.
    pub high: Expr,
}

/// `subject IN members`.
#[derive(Clone, Debug, PartialEq)]
pub struct In {
    /// What is looked for.
    pub subject: Expr,
    /// Where it is looked for.
    pub members: Members,
}

/// The right side of `IN`.
#[derive(Clone, Debug, PartialEq)]
pub enum Members {
    /// Values: one array, bound as one parameter. NULLs are left out already.
    Values(Value),
    /// Row values: an array for each of their parts, all of one length, each bound as one parameter.
    Rows(Vec<Value>),
    /// Expressions.
    Exprs(Vec<Expr>),
    /// The rows of a query of one column, or of as many as the subject has. Its NULLs neither match nor spoil a negation.
    Select(Box<Select>),
}

/// A condition on the rows that a relation leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantified {
    /// The way to the rows.
    pub path: &'static PathNode,
    /// How many rows must meet it.
    pub quantifier: Quantifier,
    /// The condition, in terms of the model at the path's end; `None` for "there is a row".
    pub condition: Option<Expr>,
}

/// How many rows must meet a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// At least one.
    Any,
    /// All, which none at all also satisfies.
    All,
    /// None.
    None,
}

/// SQL of the user's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Raw {
    /// The text, with `?` for each value.
    pub sql: &'static str,
    /// The values.
    pub values: Vec<Value>,
    /// What it is, where somebody told.
    pub column_type: Option<ColumnType>,
}

/// A value or condition in terms of a query around the one it stands in.
#[derive(Clone, Debug, PartialEq)]
pub struct Outer {
    /// Which query.
    pub query: OuterQuery,
    /// The value or condition, in that query's terms.
    pub node: Expr,
}

/// A query around another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OuterQuery {
    /// How far out it is: 1 for the query directly around. A condition on the rows of a relation counts as one.
    pub level: u32,
    /// The model it is about.
    pub model: &'static ModelSchema,
}

/// A node that is an expression or a condition: the name by which the passes know it.
pub type Expr = Node;

impl Node {
    /// `left op right`.
    pub fn compare(op: CompareOp, left: Self, right: Self) -> Self {
        Self::Compare(Box::new(Compare { op, left, right }))
    }

    /// The primary key of a query's own model: a column, or a row value.
    pub fn key_of(model: &'static ModelSchema) -> Self {
        let column = |field| Self::Column(Column { path: None, field });
        if model.has_composite_key() {
            Self::Row(model.keys().map(column).collect())
        } else {
            column(model.key())
        }
    }

    /// The parts of a row value; of anything else itself.
    pub fn into_parts(self) -> Vec<Self> {
        match self {
            Self::Row(parts) => parts,
            one => vec![one],
        }
    }

    /// A function's call.
    pub fn call(function: &'static Function, args: Vec<Self>) -> Self {
        Self::Call(Box::new(Call { function, args }))
    }

    /// `left op right` of numbers.
    pub fn arithmetic(op: ArithmeticOp, left: Self, right: Self, column_type: ColumnType) -> Self {
        Self::Arithmetic(Box::new(Arithmetic {
            op,
            left,
            right,
            column_type,
        }))
    }

    /// A lookup.
    pub fn lookup(lookup: &'static Lookup, subject: Self, operand: Self) -> Self {
        Self::Lookup(Box::new(LookupCall {
            lookup,
            subject,
            operand,
        }))
    }

    /// The expression is NULL.
    pub fn is_null(self) -> Self {
        Self::IsNull(Box::new(self))
    }

    /// The expression is not NULL.
    pub fn is_not_null(self) -> Self {
        Self::IsNotNull(Box::new(self))
    }

    /// Both conditions; joined ANDs are one list.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Constant(true), c) | (c, Self::Constant(true)) => c,
            (Self::And(mut a), Self::And(b)) => {
                a.extend(b);
                Self::And(a)
            }
            (Self::And(mut a), c) => {
                a.push(c);
                Self::And(a)
            }
            (c, Self::And(mut b)) => {
                b.insert(0, c);
                Self::And(b)
            }
            (a, b) => Self::And(vec![a, b]),
        }
    }

    /// Either condition; joined ORs are one list.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Constant(false), c) | (c, Self::Constant(false)) => c,
            (Self::Or(mut a), Self::Or(b)) => {
                a.extend(b);
                Self::Or(a)
            }
            (Self::Or(mut a), c) => {
                a.push(c);
                Self::Or(a)
            }
            (c, Self::Or(mut b)) => {
                b.insert(0, c);
                Self::Or(b)
            }
            (a, b) => Self::Or(vec![a, b]),
        }
    }

    /// The condition's negation; two negations cancel.
    pub fn negate(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            Self::Constant(c) => Self::Constant(!c),
            other => Self::Not(Box::new(other)),
        }
    }
}
