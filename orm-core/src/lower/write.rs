//! `UPDATE` and `DELETE`: which have one table and no joins.

use super::resolve::Resolver;
use super::scope::{Joins, Scope, first_many, trimmed};
use super::shape;
use crate::ast::{Column, Delete, Distinct, Expr, In, Members, Order, Output, Select, Update};
use crate::error::Result;

impl Resolver {
    pub(super) fn update(&mut self, update: &mut Update) -> Result<()> {
        narrow(&mut update.rows);
        self.with_target(&mut update.rows, |resolver, rows| {
            resolver.conditions(&mut rows.filters)?;
            update
                .assignments
                .iter_mut()
                .try_for_each(|(_, value)| resolver.value(value))
        })
    }

    pub(super) fn delete(&mut self, delete: &mut Delete) -> Result<()> {
        narrow(&mut delete.rows);
        self.with_target(&mut delete.rows, |resolver, rows| {
            resolver.conditions(&mut rows.filters)
        })
    }

    fn with_target(
        &mut self,
        rows: &mut Select,
        resolve: impl FnOnce(&mut Self, &mut Select) -> Result<()>,
    ) -> Result<()> {
        let frame = self.root_frame(None, rows.model);
        self.scopes
            .push(Scope::new(Joins::Subquery, frame).about(rows.model));
        let resolved = resolve(self, rows);
        let from = self.close();
        resolved?;
        rows.from = from;
        Ok(())
    }
}

/// Leaves conditions that need no joins and no limits: what needs more becomes a subquery of keys.
fn narrow(rows: &mut Select) {
    if rows.empty {
        rows.filters = vec![Expr::Constant(false)];
        rows.slice = None;
        rows.limit = None;
        rows.offset = 0;
    }
    let plain = rows.slice.is_none()
        && !rows.is_sliced()
        && !matches!(rows.distinct, Distinct::On(_))
        && rows.ctes.is_none()
        && !rows
            .filters
            .iter()
            .any(|filter| filter.has_window() || needs_join(filter));
    rows.lock = None;
    if !plain {
        let model = rows.model;
        let mut inner = std::mem::replace(rows, Select::from_model(model, &[]));
        inner.distinct = match inner.distinct {
            Distinct::Rows => Distinct::No,
            other => other,
        };
        let key = Expr::key_of(model);
        // The order is the one of whole rows, and matters only where some of them are left out.
        inner.output = Output::Model;
        shape::order_of_rows(&mut inner);
        inner.output = Output::Exprs(key.clone().into_parts());
        inner.part = true;
        rows.filters = vec![Expr::In(Box::new(In {
            subject: key,
            members: Members::Select(Box::new(inner)),
        }))];
    }
    rows.order = Order::By(Vec::new());
}

/// Whether a condition needs a table joined to the query's own.
fn needs_join(condition: &Expr) -> bool {
    let mut found = false;
    condition.each_column(&mut |column| {
        found |= leaves_table(trimmed(*column));
    });
    if let Expr::Quantified(quantified) = condition {
        let many = first_many(quantified.path).unwrap_or(quantified.path);
        found |= trimmed(Column {
            path: many.parent,
            field: many.relation.local(),
        })
        .path
        .is_some();
    }
    condition.each_condition(&mut |inner| found |= needs_join(inner));
    found
}

fn leaves_table(column: Column) -> bool {
    match column.path.map(|path| (path, first_many(path))) {
        None => false,
        Some((_, None)) => true,
        Some((_, Some(many))) => trimmed(Column {
            path: many.parent,
            field: many.relation.local(),
        })
        .path
        .is_some(),
    }
}
