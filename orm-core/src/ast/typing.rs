//! What an expression holds, and whether it may be NULL.

use crate::ast::{
    Arithmetic, ArithmeticOp, Call, Case, Expr, In, Members, NullRule, Output, Select,
};
use crate::value::{ColumnType, Value};

impl Expr {
    /// What the expression holds, where that can be told.
    pub fn column_type(&self) -> Option<ColumnType> {
        match self {
            Self::Column(column) => Some(column.field.column_type),
            Self::Table(column) => Some(column.column_type),
            Self::OutputColumn(column) => column.column_type,
            Self::CteColumn(column) => Some(column.column_type),
            Self::Window(window) => Some(window.column_type),
            Self::Bind(value) => value.column_type(),
            Self::Call(call) => call.column_type(),
            Self::Arithmetic(arithmetic) => Some(arithmetic.column_type),
            Self::Negate(negate) => Some(negate.1),
            Self::Case(case) => Some(case.column_type),
            Self::Cast(cast) => Some(cast.1),
            Self::Collate(of) => of.0.column_type(),
            Self::Aggregate(aggregate) => Some(aggregate.column_type),
            Self::Related(of) | Self::Each(of) => of.value.column_type(),
            Self::Scalar(select) => select.column_type(),
            Self::Outer(outer) => outer.node.column_type(),
            Self::Raw(raw) => raw.column_type,
            Self::Row(_) => None,
            Self::Constant(_)
            | Self::Truth(_)
            | Self::Compare(_)
            | Self::Between(_)
            | Self::Lookup(_)
            | Self::IsNull(_)
            | Self::IsNotNull(_)
            | Self::IsTrue(_)
            | Self::In(_)
            | Self::Not(_)
            | Self::And(_)
            | Self::Or(_)
            | Self::Xor(_)
            | Self::Quantified(_)
            | Self::Exists(_) => Some(ColumnType::Bool),
        }
    }

    /// Whether SQL may find the expression NULL. Of a condition this tells whether SQL's third
    /// value may come out of it as it is printed.
    pub fn is_nullable(&self) -> bool {
        match self {
            Self::Column(column) => {
                column.field.nullable
                    || column
                        .path
                        .is_some_and(|path| path.is_nullable() || path.is_many())
            }
            Self::Table(column) => column.nullable,
            Self::OutputColumn(column) => column.nullable,
            Self::CteColumn(column) => column.nullable,
            Self::Window(window) => window.nullable,
            Self::Bind(value) => value.is_null(),
            Self::Call(call) => call.is_nullable(),
            Self::Arithmetic(arithmetic) => arithmetic.is_nullable(),
            Self::Negate(negate) => negate.0.is_nullable(),
            Self::Case(case) => case.is_nullable(),
            Self::Cast(cast) => cast.0.is_nullable() || reads_text(&cast.0, cast.1),
            Self::Collate(of) => of.0.is_nullable(),
            Self::Compare(compare) => compare.left.is_nullable() || compare.right.is_nullable(),
            Self::Between(between) => {
                between.subject.is_nullable()
                    || between.low.is_nullable()
                    || between.high.is_nullable()
            }
            Self::Lookup(lookup) => lookup.subject.is_nullable() || lookup.operand.is_nullable(),
            Self::IsTrue(inner) | Self::Not(inner) => inner.is_nullable(),
            Self::In(of) => of.is_nullable(),
            Self::And(items) | Self::Or(items) | Self::Row(items) => {
                items.iter().any(Self::is_nullable)
            }
            Self::Xor(sides) => sides.0.is_nullable() || sides.1.is_nullable(),
            Self::Aggregate(aggregate) => aggregate.function.nulls != NullRule::Never,
            Self::Related(related) => related.value.is_nullable(),
            Self::Scalar(select) => select.may_lack_value(),
            Self::Outer(outer) => outer.node.is_nullable(),
            Self::Raw(_) | Self::Each(_) => true,
            Self::Constant(_)
            | Self::Truth(_)
            | Self::IsNull(_)
            | Self::IsNotNull(_)
            | Self::Quantified(_)
            | Self::Exists(_) => false,
        }
    }

    /// Whether the expression is a bound number, and that is zero.
    pub fn is_zero_literal(&self) -> bool {
        matches!(self, Self::Bind(value) if Self::is_zero(value))
    }

    /// Whether a value is the number zero.
    pub(crate) fn is_zero(value: &Value) -> bool {
        match value.plain() {
            Value::I16(v) => *v == 0,
            Value::I32(v) => *v == 0,
            Value::I64(v) => *v == 0,
            Value::F32(v) => *v == 0.0,
            Value::F64(v) => *v == 0.0,
            Value::Decimal(v) => v.is_zero(),
            _ => false,
        }
    }
}

/// Whether a cast may find a text that it cannot read, which is NULL.
fn reads_text(operand: &Expr, to: ColumnType) -> bool {
    let texts = [Some(ColumnType::Text), Some(ColumnType::Enum), None];
    !matches!(to, ColumnType::Text | ColumnType::Enum) && texts.contains(&operand.column_type())
}

impl Call {
    fn column_type(&self) -> Option<ColumnType> {
        self.function
            .result
            .or_else(|| self.args.iter().find_map(Expr::column_type))
    }

    fn is_nullable(&self) -> bool {
        match self.function.nulls {
            NullRule::AnyArgument => self.args.iter().any(Expr::is_nullable),
            NullRule::AllArguments => self.args.iter().all(Expr::is_nullable),
            NullRule::Never => false,
            NullRule::Maybe => true,
        }
    }
}

impl Arithmetic {
    /// Whether the divisor, if there is one, might be zero: then the result is NULL.
    pub fn may_divide_by_zero(&self) -> bool {
        matches!(self.op, ArithmeticOp::Div | ArithmeticOp::Rem)
            && (!matches!(self.right, Expr::Bind(_)) || self.right.is_zero_literal())
    }

    fn is_nullable(&self) -> bool {
        self.left.is_nullable() || self.right.is_nullable() || self.may_divide_by_zero()
    }
}

impl Case {
    fn is_nullable(&self) -> bool {
        self.otherwise.as_ref().is_none_or(Expr::is_nullable)
            || self.whens.iter().any(|(_, then)| then.is_nullable())
    }
}

impl In {
    fn is_nullable(&self) -> bool {
        let members = match &self.members {
            Members::Values(_) | Members::Rows(_) => false,
            Members::Exprs(items) => items.iter().any(Expr::is_nullable),
            Members::Select(select) => select.is_nullable(),
        };
        members || self.subject.is_nullable()
    }
}

impl Select {
    /// The type of the query's one column.
    fn column_type(&self) -> Option<ColumnType> {
        match &self.output {
            Output::Exprs(exprs) | Output::Named(_, exprs) => {
                exprs.first().and_then(Expr::column_type)
            }
            Output::Model => Some(self.model.key().column_type),
            Output::Count | Output::CountOf(_) | Output::CountAll => Some(ColumnType::I64),
            Output::One => Some(ColumnType::I32),
            Output::All => None,
        }
    }

    /// Whether the query may have no row, or NULL in its one column.
    fn may_lack_value(&self) -> bool {
        match &self.output {
            Output::Count | Output::CountOf(_) | Output::CountAll => false,
            // Of aggregates alone there is one row always.
            Output::Exprs(exprs) => match &exprs[..] {
                [value] if value.has_aggregate() && !self.may_lack_row() => value.is_nullable(),
                _ => true,
            },
            _ => true,
        }
    }

    fn may_lack_row(&self) -> bool {
        let grouped = self.grouping.as_ref().is_some_and(|grouping| {
            grouping.selected > 0 || !grouping.keys.is_empty() || !grouping.having.is_empty()
        });
        grouped || self.is_sliced() || self.filters.iter().any(Expr::has_aggregate)
    }

    /// Whether a column of the query may be NULL in some row.
    fn is_nullable(&self) -> bool {
        match &self.output {
            Output::Exprs(exprs) | Output::Named(_, exprs) => {
                exprs.is_empty() || exprs.iter().any(Expr::is_nullable)
            }
            Output::Model | Output::Count | Output::CountOf(_) | Output::CountAll | Output::One => {
                false
            }
            Output::All => true,
        }
    }
}
