//! Expressions of one model as expressions of another, from which a path leads to it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::ast::{Column, Distinct, Expr, Members, Order, Output, Select};
use crate::schema::{ModelSchema, PathNode, RelationSchema};

/// Paths that were put together, by where their two parts are. There are as many as the program's paths have ends to go on
/// from, so they stay.
static JOINED: Mutex<Option<HashMap<(usize, usize), &'static PathNode>>> = Mutex::new(None);

/// The path of `prefix` and then the steps of `path`; none where these lead back to where it begins, from a row to its parent.
pub(super) fn joined(
    prefix: &'static PathNode,
    path: &'static PathNode,
) -> Option<&'static PathNode> {
    let parent = match path.parent {
        None => Some(prefix),
        Some(parent) => joined(prefix, parent),
    };
    if let Some(before) = parent.filter(|before| before.relation.is_undone_by(path.relation)) {
        return before.parent;
    }
    let address = |of: Option<&PathNode>, relation: *const RelationSchema| {
        let of = of.map_or(0, |of| std::ptr::from_ref(of) as usize);
        (of, relation as usize)
    };
    let mut all = JOINED.lock().unwrap_or_else(PoisonError::into_inner);
    let there = all
        .get_or_insert_default()
        .entry(address(parent, path.relation));
    let longer = || &*Box::leak(Box::new(PathNode { parent, ..*path }));
    Some(there.or_insert_with(longer))
}

impl Expr {
    /// Makes an expression of the model that `prefix` leads to into one of the model where it begins.
    pub fn rebase(&mut self, prefix: &'static PathNode) {
        Rebase { prefix, depth: 0 }.expr(self);
    }
}

#[derive(Clone, Copy)]
struct Rebase {
    prefix: &'static PathNode,
    /// How many queries lie between the expression's own and the one that is looked at.
    depth: u32,
}

impl Rebase {
    fn inside(self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self
        }
    }

    fn model(self) -> &'static ModelSchema {
        (self.prefix.steps()[0].from)()
    }

    fn column(self, column: &mut Column) {
        if self.depth == 0 {
            column.path = match column.path {
                None => Some(self.prefix),
                Some(path) => joined(self.prefix, path),
            };
        }
    }

    /// The path of a relation to many rows, which no longer path leads back from.
    fn path(self, path: &mut &'static PathNode) {
        if self.depth == 0 {
            *path = joined(self.prefix, path).unwrap_or(*path);
        }
    }

    fn exprs(self, exprs: &mut [Expr]) {
        exprs.iter_mut().for_each(|expr| self.expr(expr));
    }

    fn select(self, select: &mut Select) {
        match &mut select.output {
            Output::Exprs(exprs) | Output::Named(_, exprs) | Output::CountOf(exprs) => {
                self.exprs(exprs)
            }
            Output::Model | Output::Count | Output::One | Output::CountAll | Output::All => {}
        }
        self.exprs(&mut select.appended);
        self.exprs(&mut select.related);
        self.exprs(&mut select.filters);
        if let Some(grouping) = &mut select.grouping {
            self.exprs(&mut grouping.keys);
        }
        if let Order::By(terms) = &mut select.order {
            terms.iter_mut().for_each(|term| self.expr(&mut term.expr));
        }
        if let Distinct::On(exprs) = &mut select.distinct {
            self.exprs(exprs);
        }
        if let Some(ctes) = &mut select.ctes {
            let conditions = ctes.joins.iter_mut().filter_map(|join| join.on.as_mut());
            conditions.for_each(|condition| self.expr(condition));
        }
        if let Some(slice) = &mut select.slice {
            self.select(slice);
        }
        if let Some(combined) = &mut select.combined {
            self.select(&mut combined.first);
            combined
                .rest
                .iter_mut()
                .for_each(|(_, part)| self.select(part));
        }
    }

    fn expr(self, expr: &mut Expr) {
        match expr {
            Expr::Column(column) => self.column(column),
            Expr::Outer(outer) => {
                if outer.query.level == self.depth {
                    outer.query.model = self.model();
                    Self { depth: 0, ..self }.expr(&mut outer.node);
                }
            }
            Expr::Quantified(of) => {
                self.path(&mut of.path);
                if let Some(condition) = &mut of.condition {
                    self.inside().expr(condition);
                }
            }
            Expr::Exists(select) | Expr::Scalar(select) => self.inside().select(select),
            Expr::In(of) => {
                self.expr(&mut of.subject);
                match &mut of.members {
                    Members::Values(_) | Members::Rows(_) => {}
                    Members::Exprs(items) => self.exprs(items),
                    Members::Select(select) => self.inside().select(select),
                }
            }
            Expr::Call(call) => self.exprs(&mut call.args),
            Expr::Window(window) => {
                self.exprs(&mut window.args);
                if let Some(filter) = &mut window.filter {
                    self.expr(filter);
                }
                self.exprs(&mut window.over.partition);
                let terms = window.over.order.iter_mut();
                terms.for_each(|term| self.expr(&mut term.expr));
            }
            Expr::Aggregate(of) => {
                self.exprs(&mut of.args);
                if let Some(filter) = &mut of.filter {
                    self.expr(filter);
                }
                let terms = of.order.iter_mut();
                terms.for_each(|term| self.expr(&mut term.expr));
            }
            Expr::Related(of) | Expr::Each(of) => {
                self.path(&mut of.path);
                self.inside().exprs(&mut of.filters);
                self.inside().expr(&mut of.value);
            }
            Expr::Arithmetic(of) => {
                self.expr(&mut of.left);
                self.expr(&mut of.right);
            }
            Expr::Negate(of) | Expr::Cast(of) => self.expr(&mut of.0),
            Expr::Collate(of) => self.expr(&mut of.0),
            Expr::Case(case) => {
                for (when, then) in &mut case.whens {
                    self.expr(when);
                    self.expr(then);
                }
                if let Some(otherwise) = &mut case.otherwise {
                    self.expr(otherwise);
                }
            }
            Expr::Compare(of) => {
                self.expr(&mut of.left);
                self.expr(&mut of.right);
            }
            Expr::Lookup(of) => {
                self.expr(&mut of.subject);
                self.expr(&mut of.operand);
            }
            Expr::Between(of) => {
                self.expr(&mut of.subject);
                self.expr(&mut of.low);
                self.expr(&mut of.high);
            }
            Expr::Truth(of)
            | Expr::IsNull(of)
            | Expr::IsNotNull(of)
            | Expr::IsTrue(of)
            | Expr::Not(of) => self.expr(of),
            Expr::And(items) | Expr::Or(items) | Expr::Row(items) => self.exprs(items),
            Expr::Xor(sides) => {
                self.expr(&mut sides.0);
                self.expr(&mut sides.1);
            }
            Expr::Bind(_)
            | Expr::Constant(_)
            | Expr::Raw(_)
            | Expr::Table(_)
            | Expr::OutputColumn(_)
            | Expr::CteColumn(_) => {}
        }
    }
}
