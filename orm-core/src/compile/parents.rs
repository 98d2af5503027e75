//! Printing limits that count for each parent: the rows are numbered in a query, and chosen by their numbers around it.
//!
//! Where an index holds the first rows of each parent, PostgreSQL is told to look them up for one after the other: of 200 rows
//! for each of 1,000 parents, the first three came in a thirteenth of the time. Without such an index that took almost twice
//! as long as numbering them. SQLite has no LATERAL.

use super::precedence::Precedence;
use super::writer::Writer;
use crate::ast::{
    CompareOp, Expr, FromItem, Members, Order, Output, Parents, Select, TableColumn, TableRef,
};
use crate::dialect::RowsForm;
use crate::error::Result;
use crate::value::Value;

/// A query whose limit counts for each parent.
pub(super) struct Numbered {
    /// Whether the parents' keys come back.
    pub(super) returned: bool,
    /// The column that numbers the rows of each parent.
    number: String,
}

/// A name that no column has which stands beside it under its own.
fn number_beside(select: &Select) -> String {
    let (Output::Exprs(own) | Output::Named(_, own)) = &select.output else {
        let fields = select.model.fields.iter().map(|field| field.column);
        let behind = select.inherited.iter().chain(&select.appended);
        let behind = behind.chain(&select.related);
        return free_name(fields.chain(columns(behind, select)));
    };
    free_name(columns(own.iter(), select))
}

/// The names of the columns among expressions, and of that of the parents' key.
fn columns<'s>(
    exprs: impl Iterator<Item = &'s Expr>,
    select: &'s Select,
) -> impl Iterator<Item = &'static str> {
    exprs
        .chain(select.parent_column())
        .filter_map(|expr| match expr {
            Expr::Table(column) => Some(column.column),
            _ => None,
        })
}

fn free_name(taken: impl Iterator<Item = &'static str>) -> String {
    let mut name = "__number".to_owned();
    // Names that begin as it does: it becomes longer than any of them.
    for taken in taken {
        while taken.eq_ignore_ascii_case(&name) || name.len() <= taken.len() && begins(taken, &name)
        {
            name.push('_');
        }
    }
    name
}

fn begins(name: &str, with: &str) -> bool {
    name.as_bytes()[..with.len()].eq_ignore_ascii_case(with.as_bytes())
}

/// The parents' keys, as a table.
const KEYS: &str = "__keys";

impl Writer<'_> {
    /// Writes what stands before a query that is asked for each parent, if this is one, and makes it that of one parent.
    pub(super) fn before_lookups(&mut self, select: &mut Select) -> Result<bool> {
        let named_so = |item: &FromItem| item.name == TableRef::Named(KEYS);
        if !select.is_sliced()
            || !matches!(self.dialect.rows_form(), RowsForm::Unnest)
            || select.from.iter().any(named_so)
        {
            return Ok(false);
        }
        let key = match select.parents.as_deref() {
            Some(Parents {
                indexed: true,
                returned: true,
                key: Some(Expr::Table(key)),
                ..
            }) => *key,
            _ => return Ok(false),
        };
        let among = select
            .filters
            .iter_mut()
            .rev()
            .find_map(|filter| match filter {
                Expr::In(of) if of.subject == Expr::Table(key) => match &mut of.members {
                    Members::Values(keys) => Some((std::mem::replace(keys, Value::Null), filter)),
                    _ => None,
                },
                _ => None,
            });
        let Some((keys, filter)) = among else {
            return Ok(false);
        };
        let one = TableColumn {
            table: TableRef::Named(KEYS),
            column: "key",
            ..key
        };
        *filter = Expr::compare(CompareOp::Eq, Expr::Table(key), Expr::Table(one));
        self.push_sql("SELECT \"t0\".* FROM unnest(");
        self.push_bind(keys)?;
        self.push_sql("::");
        self.push_sql(self.dialect.type_name(key.column_type));
        self.push_sql("[]) AS ");
        self.push_identifier(KEYS);
        self.push_sql("(\"key\") CROSS JOIN LATERAL (");
        Ok(true)
    }

    /// Writes what stands behind such a query.
    pub(super) fn behind_lookups(&mut self) {
        self.push_sql(") AS \"t0\"");
    }

    /// Writes what stands before a query whose limit counts for each parent; none for a query that is no such.
    pub(super) fn before_numbered(&mut self, select: &Select) -> Option<Numbered> {
        let parents = select.parents.as_deref().filter(|_| select.is_sliced())?;
        if parents.returned {
            self.push_sql("SELECT * FROM (");
            let number = number_beside(select);
            return Some(Numbered {
                returned: true,
                number,
            });
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
        Some(Numbered {
            returned: false,
            number: free_name(std::iter::empty()),
        })
    }

    /// Writes the number of a row among those of its parent.
    pub(super) fn row_number(
        &mut self,
        numbered: &Numbered,
        key: Option<Expr>,
        order: Order,
    ) -> Result<()> {
        self.push_sql(", row_number() OVER (");
        if let Some(key) = key {
            self.push_sql("PARTITION BY ");
            self.expr(key, Precedence::Loose)?;
        }
        if let Order::By(terms) = order {
            self.order(terms, &[])?;
        }
        self.push_sql(") AS ");
        self.push_identifier(&numbered.number);
        Ok(())
    }

    /// Writes which of the numbered rows count.
    pub(super) fn behind_numbered(
        &mut self,
        numbered: &Numbered,
        limit: Option<u64>,
        offset: u64,
    ) -> Result<()> {
        self.push_sql(") AS ");
        self.push_identifier("t0");
        self.push_sql(" WHERE ");
        if offset > 0 {
            self.push_identifier(&numbered.number);
            self.push_sql(" > ");
            self.count(offset)?;
        }
        if let Some(limit) = limit {
            self.push_sql(if offset > 0 { " AND " } else { "" });
            self.push_identifier(&numbered.number);
            self.push_sql(" <= ");
            self.count(offset.saturating_add(limit))?;
        }
        if numbered.returned {
            self.push_sql(" ORDER BY ");
            self.push_identifier(&numbered.number);
        }
        Ok(())
    }
}
