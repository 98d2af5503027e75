//! Printing limits that count for each parent: the rows are numbered in a query, and chosen by their numbers around it.

use super::precedence::Precedence;
use super::writer::Writer;
use crate::ast::{Expr, Order, Output, Select};
use crate::error::Result;

/// The column that numbers the rows of each parent.
const NUMBER: &str = "__number";

impl Writer<'_> {
    /// Writes what stands before a query whose limit counts for each parent, and tells whether the parents' keys come back;
    /// none for a query that is no such.
    pub(super) fn before_numbered(&mut self, select: &Select) -> Option<bool> {
        let parents = select.parents.as_deref().filter(|_| select.is_sliced())?;
        if parents.returned {
            self.push_sql("SELECT * FROM (");
            return Some(true);
        }
        // Inside of another query its own columns alone, which have names.
        let count = match &select.output {
            Output::Exprs(exprs) => exprs.len(),
            _ => 1,
        };
        self.push_sql("SELECT ");
        for column in 1..=count as u64 {
            self.push_sql(if column > 1 { ", " } else { "" });
            self.push_number_name(column);
        }
        self.push_sql(" FROM (");
        Some(false)
    }

    /// Writes the number of a row among those of its parent.
    pub(super) fn row_number(&mut self, key: Option<Expr>, order: Order) -> Result<()> {
        self.push_sql(", row_number() OVER (");
        if let Some(key) = key {
            self.push_sql("PARTITION BY ");
            self.expr(key, Precedence::Loose)?;
        }
        if let Order::By(terms) = order {
            self.order(terms, &[])?;
        }
        self.push_sql(") AS ");
        self.push_identifier(NUMBER);
        Ok(())
    }

    /// Writes which of the numbered rows count.
    pub(super) fn behind_numbered(
        &mut self,
        limit: Option<u64>,
        offset: u64,
        ordered: bool,
    ) -> Result<()> {
        self.push_sql(") AS ");
        self.push_identifier("t0");
        self.push_sql(" WHERE ");
        if offset > 0 {
            self.push_identifier(NUMBER);
            self.push_sql(" > ");
            self.count(offset)?;
        }
        if let Some(limit) = limit {
            self.push_sql(if offset > 0 { " AND " } else { "" });
            self.push_identifier(NUMBER);
            self.push_sql(" <= ");
            self.count(offset.saturating_add(limit))?;
        }
        if ordered {
            self.push_sql(" ORDER BY ");
            self.push_identifier(NUMBER);
        }
        Ok(())
    }
}
