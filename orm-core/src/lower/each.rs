//! Values of each row of a relation, of those that meet its conditions.
//!
//! As a value it is a column of a subquery that is joined: one for each relation and its conditions, so that several values are
//! those of one row. The conditions stand inside, where a row that fails them is none, and the row of the query stays. In a
//! condition "some row" is meant: `EXISTS` around the leaf, which the conditions are part of.

use super::quantify::exists;
use super::resolve::Resolver;
use super::scope::{Joins, Scope, first_many};
use crate::ast::{Expr, Related};
use crate::error::Result;

impl Resolver {
    /// Resolves such a value.
    pub(super) fn each_row(&mut self, expr: &mut Expr) -> Result<()> {
        self.refuse_in_definition()?;
        let Expr::Each(each) = std::mem::replace(expr, Expr::Constant(true)) else {
            return Ok(());
        };
        self.refuse_limited(&each)?;
        let joins = self.scopes.last().is_some_and(|scope| {
            matches!(scope.joins, Joins::Join | Joins::Sparing) && scope.frames.len() == 1
        });
        if !joins {
            return Err(self.invalid("a value cannot come from something each row has many of"));
        }
        *expr = self.joined_value(*each, false)?;
        Ok(())
    }

    /// Resolves a leaf condition with such values: those of the same relation and conditions are of the same row.
    pub(super) fn of_some_row(&mut self, expr: &mut Expr) -> Result<()> {
        self.refuse_in_definition()?;
        let mut first = None;
        expr.each_of_a_row(&mut |node| {
            if let (Expr::Each(each), None) = (node, &first) {
                first = Some(each.clone());
            }
        });
        let Some(each) = first else {
            return self.operands(expr);
        };
        self.refuse_limited(&each)?;
        let Related {
            path, mut filters, ..
        } = (*each).clone();
        let many = first_many(path).unwrap_or(path);
        let named = self.named.len();
        let meets = self.enter(many);
        let end = self.require(path);
        let frame = self.take_frame();
        self.scopes.push(Scope {
            few: true,
            ..Scope::new(Joins::Join, frame.starting_at(end)).about(path.target())
        });
        let resolved = self
            .conditions(&mut filters)
            .and_then(|()| self.values_of(&each, expr));
        let from = self.close();
        // What else the leaf uses is not of this row.
        let resolved = resolved.and_then(|()| self.leaf(expr));
        self.named.truncate(named);
        resolved?;
        filters.insert(0, meets);
        filters.push(std::mem::replace(expr, Expr::Constant(true)));
        *expr = exists(many, from, filters);
        Ok(())
    }

    /// Resolves the values in a leaf that are of the same row as `each`, in that row's query.
    fn values_of(&mut self, each: &Related, expr: &mut Expr) -> Result<()> {
        match expr {
            Expr::Each(of) if of.path == each.path && of.filters == each.filters => {
                let mut value = std::mem::replace(&mut of.value, Expr::Constant(true));
                self.value(&mut value)?;
                *expr = value;
                Ok(())
            }
            // Conditions are about rows of their own.
            Expr::Truth(_) | Expr::Not(_) | Expr::And(_) | Expr::Or(_) | Expr::Xor(_) => Ok(()),
            Expr::Case(case) => {
                let values = case.whens.iter_mut().map(|(_, then)| then);
                values
                    .chain(&mut case.otherwise)
                    .try_for_each(|value| self.values_of(each, value))
            }
            other => {
                let mut result = Ok(());
                other.each_child_mut(&mut |child| {
                    if result.is_ok() {
                        result = self.values_of(each, child);
                    }
                });
                result
            }
        }
    }
}
