//! Pass 3: conditions follow Rust's logic.
//!
//! To the user a condition is true or false; a comparison of something NULL is false, so that its
//! negation is true. SQL has NULL as a third value. Where a condition stands as it is (in WHERE, in
//! WHEN, below AND and OR) that does no harm, since NULL is as good as false there. Below a
//! negation, and where a condition is a value, it is asked whether the condition `IS TRUE`.

use crate::ast::{
    Aggregate, Compare, CompareOp, Distinct, Expr, In, Members, Order, Output, Select, Source,
    Statement,
};
use crate::value::Value;

/// Rust's logic in a whole statement.
pub(super) fn statement(statement: &mut Statement) {
    let rust = Logic { nulls_pass: false };
    match statement {
        Statement::Select(select) => rust.select(select),
        Statement::Insert(_) | Statement::UpdateMany(_) => {}
        Statement::Update(update) => {
            rust.filters(&mut update.rows.filters);
            update
                .assignments
                .iter_mut()
                .for_each(|(_, value)| rust.value(value));
        }
        Statement::Delete(delete) => rust.filters(&mut delete.rows.filters),
    }
}

/// A definition's condition: SQL's logic at the top, so that what is NULL passes a check; Rust's
/// where a condition is a value.
pub(super) fn definition(expr: &mut Expr) {
    Logic { nulls_pass: true }.condition(expr);
}

#[derive(Clone, Copy)]
struct Logic {
    /// A negation of NULL may stay NULL.
    nulls_pass: bool,
}

impl Logic {
    fn select(self, select: &mut Select) {
        if let Output::Exprs(exprs) | Output::Named(_, exprs) = &mut select.output {
            self.values(exprs);
        }
        self.values(&mut select.appended);
        if let Distinct::On(exprs) = &mut select.distinct {
            self.values(exprs);
        }
        self.filters(&mut select.filters);
        if let Some(grouping) = &mut select.grouping {
            self.values(&mut grouping.keys);
            self.filters(&mut grouping.having);
        }
        if let Order::By(terms) = &mut select.order {
            terms.iter_mut().for_each(|term| self.value(&mut term.expr));
            // What is the same for all rows orders none, and PostgreSQL refuses a constant there.
            terms.retain(|term| !matches!(term.expr, Expr::Constant(_)));
        }
        for with in select.ctes.iter_mut().flat_map(|ctes| &mut ctes.with) {
            self.select(&mut with.first);
            with.step.iter_mut().for_each(|step| self.select(step));
        }
        for item in &mut select.from {
            if let (Source::Cte(_), Some(on)) = (&item.source, &mut item.on) {
                self.condition(on);
            }
            match &mut item.source {
                Source::Table(_) | Source::Cte(_) => {}
                Source::Select(select) | Source::Numbered(select) => self.select(select),
                Source::Combined(combined) => {
                    self.select(&mut combined.first);
                    combined
                        .rest
                        .iter_mut()
                        .for_each(|(_, part)| self.select(part));
                }
            }
            if let Some(on) = &mut item.on {
                self.condition(on);
            }
        }
    }

    /// Conditions that must all hold; those that always do are left out.
    fn filters(self, filters: &mut Vec<Expr>) {
        filters.iter_mut().for_each(|filter| self.condition(filter));
        filters.retain(|filter| !is_always(filter));
    }

    /// Makes a condition TRUE where, and only where, it holds. Elsewhere it may be NULL.
    fn condition(self, expr: &mut Expr) {
        match expr {
            Expr::Not(inner) => *expr = self.negated(take(inner)),
            Expr::And(items) | Expr::Or(items) => {
                items.iter_mut().for_each(|item| self.condition(item))
            }
            Expr::Xor(sides) => {
                self.exact(&mut sides.0);
                self.exact(&mut sides.1);
                *expr = Expr::compare(CompareOp::Ne, take(&mut sides.0), take(&mut sides.1));
            }
            Expr::Compare(_) => *expr = self.compared(take(expr), false),
            Expr::Lookup(lookup) => {
                self.value(&mut lookup.subject);
                self.value(&mut lookup.operand);
            }
            Expr::Between(of) => {
                self.value(&mut of.subject);
                self.value(&mut of.low);
                self.value(&mut of.high);
            }
            Expr::IsNull(inner) | Expr::IsNotNull(inner) => self.value(inner),
            Expr::IsTrue(inner) => match &mut **inner {
                Expr::Truth(condition) => {
                    *expr = take(condition);
                    self.condition(expr);
                }
                value => self.value(value),
            },
            Expr::In(of) => {
                self.members(of);
                if is_empty(&of.members) {
                    *expr = Expr::Constant(false);
                }
            }
            Expr::Exists(select) => self.select(select),
            value => self.value(value),
        }
    }

    fn members(self, of: &mut In) {
        self.value(&mut of.subject);
        match &mut of.members {
            Members::Values(_) | Members::Rows(_) => {}
            Members::Exprs(items) => self.values(items),
            Members::Select(select) => self.select(select),
        }
    }

    /// The negation of a condition.
    fn negated(self, expr: Expr) -> Expr {
        match expr {
            Expr::Not(mut inner) => {
                self.condition(&mut inner);
                *inner
            }
            Expr::Compare(_) => self.compared(expr, true),
            Expr::IsNull(mut inner) => {
                self.value(&mut inner);
                Expr::IsNotNull(inner)
            }
            Expr::IsNotNull(mut inner) => {
                self.value(&mut inner);
                Expr::IsNull(inner)
            }
            mut other => {
                self.condition(&mut other);
                self.not(other)
            }
        }
    }

    /// NOT of a condition that is in its final form.
    fn not(self, expr: Expr) -> Expr {
        if !self.nulls_pass && expr.is_nullable() {
            return Expr::Not(Box::new(Expr::Truth(Box::new(expr))));
        }
        match expr {
            Expr::Constant(value) => Expr::Constant(!value),
            Expr::Not(inner) => *inner,
            Expr::Compare(mut compare) => {
                compare.op = opposite(compare.op);
                Expr::Compare(compare)
            }
            other => Expr::Not(Box::new(other)),
        }
    }

    /// A comparison, or its negation.
    fn compared(self, expr: Expr, negated: bool) -> Expr {
        let Expr::Compare(mut compare) = expr else {
            return expr;
        };
        self.value(&mut compare.left);
        self.value(&mut compare.right);
        let differs = match compare.op {
            CompareOp::Eq => negated,
            CompareOp::Ne => !negated,
            _ if negated => return self.not(Expr::Compare(compare)),
            _ => return Expr::Compare(compare),
        };
        if let Some(operand) = compared_with_null(&mut compare) {
            let operand = Box::new(operand);
            return if differs {
                Expr::IsNotNull(operand)
            } else {
                Expr::IsNull(operand)
            };
        }
        compare.op = CompareOp::Eq;
        let equal = Expr::Compare(compare);
        if differs { self.not(equal) } else { equal }
    }

    /// Makes a condition TRUE where it holds and FALSE elsewhere.
    fn exact(self, expr: &mut Expr) {
        Self { nulls_pass: false }.condition(expr);
        if expr.is_nullable() {
            *expr = Expr::Truth(Box::new(take(expr)));
        }
    }

    fn aggregate(self, aggregate: &mut Aggregate) {
        self.values(&mut aggregate.args);
        if let Some(filter) = &mut aggregate.filter {
            self.condition(filter);
        }
        // What always holds filters nothing.
        aggregate.filter.take_if(|filter| is_always(filter));
        for term in &mut aggregate.order {
            self.value(&mut term.expr);
        }
    }

    fn values(self, values: &mut [Expr]) {
        values.iter_mut().for_each(|value| self.value(value));
    }

    /// Applies the logic to the conditions inside a value.
    fn value(self, expr: &mut Expr) {
        match expr {
            Expr::Truth(inner) => {
                self.exact(inner);
                *expr = take(inner);
            }
            Expr::Row(parts) => self.values(parts),
            Expr::Call(call) => self.values(&mut call.args),
            Expr::Arithmetic(arithmetic) => {
                self.value(&mut arithmetic.left);
                self.value(&mut arithmetic.right);
            }
            Expr::Negate(inner) | Expr::Cast(inner) => self.value(&mut inner.0),
            Expr::Collate(of) => self.value(&mut of.0),
            Expr::Case(case) => {
                for (when, then) in &mut case.whens {
                    Self { nulls_pass: false }.condition(when);
                    self.value(then);
                }
                case.otherwise
                    .iter_mut()
                    .for_each(|otherwise| self.value(otherwise));
            }
            Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            Expr::Related(_) | Expr::Each(_) => {}
            Expr::Scalar(select) => self.select(select),
            Expr::Window(window) => {
                self.values(&mut window.args);
                if let Some(filter) = &mut window.filter {
                    Self { nulls_pass: false }.condition(filter);
                }
                self.values(&mut window.over.partition);
                let terms = window.over.order.iter_mut();
                terms.for_each(|term| self.value(&mut term.expr));
            }
            Expr::Bind(_)
            | Expr::Constant(_)
            | Expr::Raw(_)
            | Expr::Table(_)
            | Expr::OutputColumn(_)
            | Expr::CteColumn(_)
            | Expr::Column(_) => {}
            condition => self.exact(condition),
        }
    }
}

fn take(expr: &mut Expr) -> Expr {
    std::mem::replace(expr, Expr::Constant(true))
}

/// The side of an equality whose other side is the literal NULL.
fn compared_with_null(compare: &mut Compare) -> Option<Expr> {
    match (&compare.left, &compare.right) {
        (_, Expr::Bind(Value::Null)) => Some(take(&mut compare.left)),
        (Expr::Bind(Value::Null), _) => Some(take(&mut compare.right)),
        _ => None,
    }
}

fn is_empty(members: &Members) -> bool {
    match members {
        Members::Values(values) => is_empty_array(values),
        Members::Rows(arrays) => arrays.iter().any(is_empty_array),
        Members::Exprs(items) => items.is_empty(),
        Members::Select(_) => false,
    }
}

fn is_empty_array(values: &Value) -> bool {
    matches!(values.plain(), Value::Array(array) if array.values.is_empty())
}

fn is_always(expr: &Expr) -> bool {
    match expr {
        Expr::Constant(value) => *value,
        Expr::And(items) => items.iter().all(is_always),
        _ => false,
    }
}

const fn opposite(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Eq => CompareOp::Ne,
        CompareOp::Ne => CompareOp::Eq,
        CompareOp::Gt => CompareOp::Lte,
        CompareOp::Gte => CompareOp::Lt,
        CompareOp::Lt => CompareOp::Gte,
        CompareOp::Lte => CompareOp::Gt,
    }
}
