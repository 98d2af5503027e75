//! Subqueries, and what they say of the queries around them.

use super::resolve::{Resolver, crosses_many};
use crate::ast::{Expr, OuterQuery, Select};
use crate::error::Result;

impl Resolver {
    /// Resolves a subquery that is a value. Of several rows SQLite would take some, and PostgreSQL none.
    pub(super) fn scalar(&mut self, select: &mut Select) -> Result<()> {
        if select.from.is_empty() && !select.is_one_row() {
            return Err(self.invalid(
                "a subquery that is a value may have several rows: `order_by` and `limit(1)` say which one it is",
            ));
        }
        self.subquery(select)
    }

    /// Resolves what is said of a query around the current one, where that query's tables are.
    pub(super) fn outer(
        &mut self,
        expr: &mut Expr,
        resolve: fn(&mut Self, &mut Expr) -> Result<()>,
    ) -> Result<()> {
        let Expr::Outer(outer) = std::mem::replace(expr, Expr::Constant(true)) else {
            return Ok(());
        };
        let Some(place) = self.place_of(outer.query) else {
            return Err(self.invalid(
                "an `Outer` row stands outside of the query that it is for: each query between needs a `.nested()`",
            ));
        };
        if crosses_many(&outer.node) {
            return Err(self.invalid(
                "an `Outer` row has many rows of this relation: ask for one of them by `any`",
            ));
        }
        self.reached = self.reached.min(place);
        *expr = outer.node;
        let inside = self.scopes.split_off(place + 1);
        let group = self.scopes.last().and_then(|scope| scope.group.clone());
        let resolved = match group {
            Some(keys) => self.over_groups(expr, &keys),
            None => resolve(self, expr),
        };
        self.scopes.extend(inside);
        resolved
    }

    /// Which of the queries around the current one is meant.
    fn place_of(&self, query: OuterQuery) -> Option<usize> {
        let mut place = self.scopes.len().checked_sub(1)?;
        for _ in 0..query.level {
            while self.scopes.get(place)?.part {
                place = place.checked_sub(1)?;
            }
            place = place.checked_sub(1)?;
        }
        (self.scopes.get(place)?.model == Some(query.model)).then_some(place)
    }
}
