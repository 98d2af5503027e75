//! Which operators bind tighter: the one table that decides where parentheses stand.
//!
//! The two databases disagree about `IS`, `||` and some comparisons; those never stand beside one
//! another without parentheses here, so that both read the same.

use crate::ast::{ArithmeticOp, Expr};
use crate::dialect::{ArithmeticForm, SqlDialect};
use crate::value::Value;

/// How tight an expression holds together, the loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Precedence {
    /// Unknown: SQL of the user's.
    Loose,
    Or,
    And,
    Not,
    Is,
    Comparison,
    Additive,
    Multiplicative,
    Unary,
    /// Nothing can bind into it.
    Atom,
}

impl Precedence {
    /// The precedence of an arithmetic operator.
    pub(super) const fn of_operator(op: ArithmeticOp) -> Self {
        match op {
            ArithmeticOp::Add | ArithmeticOp::Sub => Self::Additive,
            ArithmeticOp::Mul | ArithmeticOp::Div | ArithmeticOp::Rem => Self::Multiplicative,
        }
    }

    /// What the right side of a left-associative operator must have.
    pub(super) const fn tighter(self) -> Self {
        match self {
            Self::Loose => Self::Or,
            Self::Or => Self::And,
            Self::And => Self::Not,
            Self::Not => Self::Is,
            Self::Is => Self::Comparison,
            Self::Comparison => Self::Additive,
            Self::Additive => Self::Multiplicative,
            Self::Multiplicative => Self::Unary,
            Self::Unary | Self::Atom => Self::Atom,
        }
    }

    /// How tight an expression holds together as it will be printed.
    pub(super) fn of(expr: &Expr, dialect: &dyn SqlDialect, inline: bool) -> Self {
        match expr {
            Expr::Raw(_) => Self::Loose,
            Expr::Bind(value) if inline && is_negative(value) => Self::Unary,
            Expr::Arithmetic(of) => match dialect.arithmetic(of.op, of.column_type) {
                ArithmeticForm::Operator(_) => Self::of_operator(of.op),
                _ => Self::Atom,
            },
            Expr::Negate(of) => match dialect.negation(of.1) {
                ArithmeticForm::Operator(_) => Self::Unary,
                _ => Self::Atom,
            },
            Expr::Collate(_) => Self::Unary,
            Expr::Truth(_) | Expr::IsNull(_) | Expr::IsNotNull(_) => Self::Is,
            Expr::Compare(_) | Expr::Lookup(_) | Expr::Between(_) | Expr::In(_) => Self::Comparison,
            Expr::IsTrue(inner) => Self::of(inner, dialect, inline),
            Expr::Not(inner) => match **inner {
                Expr::In(_) | Expr::Between(_) => Self::Comparison,
                Expr::IsNull(_) | Expr::Truth(_) => Self::Is,
                _ => Self::Not,
            },
            Expr::And(items) => Self::of_list(items, Self::And, dialect, inline),
            Expr::Or(items) => Self::of_list(items, Self::Or, dialect, inline),
            Expr::Xor(_)
            | Expr::Quantified(_)
            | Expr::Column(_)
            | Expr::Bind(_)
            | Expr::Constant(_)
            | Expr::Call(_)
            | Expr::Aggregate(_)
            | Expr::Related(_)
            | Expr::Each(_)
            | Expr::Case(_)
            | Expr::Cast(_)
            | Expr::Row(_)
            | Expr::Table(_)
            | Expr::OutputColumn(_)
            | Expr::CteColumn(_)
            | Expr::Window(_)
            | Expr::Exists(_)
            | Expr::Scalar(_)
            | Expr::Outer(_) => Self::Atom,
        }
    }

    fn of_list(items: &[Expr], many: Self, dialect: &dyn SqlDialect, inline: bool) -> Self {
        match items {
            [] => Self::Atom,
            [one] => Self::of(one, dialect, inline),
            _ => many,
        }
    }
}

fn is_negative(value: &Value) -> bool {
    match value {
        Value::I16(v) => *v < 0,
        Value::I32(v) => *v < 0,
        Value::I64(v) => *v < 0,
        Value::F32(v) => v.is_sign_negative(),
        Value::F64(v) => v.is_sign_negative(),
        Value::Decimal(v) => v.is_sign_negative(),
        Value::Duration(v) => *v < chrono::TimeDelta::zero(),
        _ => false,
    }
}
