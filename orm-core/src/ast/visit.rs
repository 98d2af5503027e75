//! Walking over the tree.

use crate::ast::{Column, Expr, Members};

impl Expr {
    /// Shows every column whose value the expression or leaf condition uses directly: not those of
    /// the conditions and subqueries inside it.
    pub fn each_column(&self, visit: &mut dyn FnMut(&Column)) {
        self.each_of_a_row(&mut |node| {
            if let Self::Column(column) = node {
                visit(column);
            }
        });
    }

    /// Whether the expression or leaf condition uses a value of each row of a relation directly.
    pub fn has_each(&self) -> bool {
        let mut found = false;
        self.each_of_a_row(&mut |node| found |= matches!(node, Self::Each(_)));
        found
    }

    /// Shows every column, and every value of each row of a relation, that the expression or leaf condition uses directly.
    pub fn each_of_a_row<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        match self {
            Self::Column(_) | Self::Each(_) => visit(self),
            Self::Row(parts) => parts.iter().for_each(|part| part.each_of_a_row(visit)),
            Self::Call(call) => call.args.iter().for_each(|arg| arg.each_of_a_row(visit)),
            Self::Arithmetic(arithmetic) => {
                arithmetic.left.each_of_a_row(visit);
                arithmetic.right.each_of_a_row(visit);
            }
            Self::Negate(inner) | Self::Cast(inner) => inner.0.each_of_a_row(visit),
            Self::Collate(of) => of.0.each_of_a_row(visit),
            Self::Case(case) => {
                case.whens
                    .iter()
                    .for_each(|(_, then)| then.each_of_a_row(visit));
                if let Some(otherwise) = &case.otherwise {
                    otherwise.each_of_a_row(visit);
                }
            }
            Self::Compare(compare) => {
                compare.left.each_of_a_row(visit);
                compare.right.each_of_a_row(visit);
            }
            Self::Between(between) => {
                between.subject.each_of_a_row(visit);
                between.low.each_of_a_row(visit);
                between.high.each_of_a_row(visit);
            }
            Self::Lookup(lookup) => {
                lookup.subject.each_of_a_row(visit);
                lookup.operand.each_of_a_row(visit);
            }
            Self::IsNull(inner) | Self::IsNotNull(inner) | Self::IsTrue(inner) => {
                inner.each_of_a_row(visit)
            }
            Self::In(of) => {
                of.subject.each_of_a_row(visit);
                if let Members::Exprs(items) = &of.members {
                    items.iter().for_each(|item| item.each_of_a_row(visit));
                }
            }
            Self::Bind(_)
            | Self::Constant(_)
            | Self::Truth(_)
            | Self::Aggregate(_)
            | Self::Related(_)
            | Self::Not(_)
            | Self::And(_)
            | Self::Or(_)
            | Self::Xor(_)
            | Self::Quantified(_)
            | Self::Raw(_)
            | Self::Outer(_)
            | Self::Table(_)
            | Self::OutputColumn(_)
            | Self::CteColumn(_)
            | Self::Window(_)
            | Self::Exists(_)
            | Self::Scalar(_) => {}
        }
    }

    /// Shows every condition that stands directly in the expression or condition.
    pub fn each_condition(&self, visit: &mut dyn FnMut(&Self)) {
        match self {
            Self::Truth(inner) | Self::Not(inner) => visit(inner),
            Self::And(items) | Self::Or(items) => items.iter().for_each(visit),
            Self::Xor(sides) => {
                visit(&sides.0);
                visit(&sides.1);
            }
            Self::Row(parts) => parts.iter().for_each(|part| part.each_condition(visit)),
            Self::Call(call) => call.args.iter().for_each(|arg| arg.each_condition(visit)),
            Self::Arithmetic(arithmetic) => {
                arithmetic.left.each_condition(visit);
                arithmetic.right.each_condition(visit);
            }
            Self::Negate(inner) | Self::Cast(inner) => inner.0.each_condition(visit),
            Self::Collate(of) => of.0.each_condition(visit),
            Self::Case(case) => {
                for (when, then) in &case.whens {
                    visit(when);
                    then.each_condition(visit);
                }
                if let Some(otherwise) = &case.otherwise {
                    otherwise.each_condition(visit);
                }
            }
            Self::Compare(compare) => {
                compare.left.each_condition(visit);
                compare.right.each_condition(visit);
            }
            Self::Between(between) => {
                between.subject.each_condition(visit);
                between.low.each_condition(visit);
                between.high.each_condition(visit);
            }
            Self::Lookup(lookup) => {
                lookup.subject.each_condition(visit);
                lookup.operand.each_condition(visit);
            }
            Self::IsNull(inner) | Self::IsNotNull(inner) | Self::IsTrue(inner) => {
                inner.each_condition(visit)
            }
            Self::In(of) => {
                of.subject.each_condition(visit);
                if let Members::Exprs(items) = &of.members {
                    items.iter().for_each(|item| item.each_condition(visit));
                }
            }
            Self::Column(_)
            | Self::Bind(_)
            | Self::Constant(_)
            | Self::Aggregate(_)
            | Self::Related(_)
            | Self::Each(_)
            | Self::Quantified(_)
            | Self::Raw(_)
            | Self::Outer(_)
            | Self::Table(_)
            | Self::OutputColumn(_)
            | Self::CteColumn(_)
            | Self::Window(_)
            | Self::Exists(_)
            | Self::Scalar(_) => {}
        }
    }
}
