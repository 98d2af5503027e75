//! Printing united queries.
//!
//! SQLite takes neither parentheses around a part nor ORDER BY or LIMIT in one, so such a part becomes `SELECT * FROM (part)`.

use super::writer::Writer;
use crate::ast::{Combined, Expr, Order, Output, Select, SetOp, Source};
use crate::error::Result;
use crate::value::ColumnType;

/// How the columns of a query are written.
#[derive(Clone, Copy)]
pub(super) struct Columns<'a> {
    /// With names, by which the query around knows them.
    pub(super) named: bool,
    /// Those that are written in a form whose equal values are equal, by their index; those behind the last are as they are.
    pub(super) by_value: &'a [bool],
    /// Cast to their types, where the database asks that those of a recursion be exactly the same.
    pub(super) typed: bool,
}

impl Columns<'_> {
    /// As they are.
    pub(super) const PLAIN: Self = Self {
        named: false,
        by_value: &[],
        typed: false,
    };
}

impl Writer<'_> {
    /// Writes united queries, without parentheses.
    pub(super) fn combined(&mut self, mut combined: Combined, columns: Columns<'_>) -> Result<()> {
        let compared = match combined.rest.iter().any(|(op, _)| *op != SetOp::UnionAll) {
            true => compared_by_value(&combined),
            false => Vec::new(),
        };
        let either = |index| {
            let all = [columns.by_value, &compared];
            all.iter()
                .any(|by_value| by_value.get(index).copied().unwrap_or(false))
        };
        let count = columns.by_value.len().max(compared.len());
        let by_value: Vec<bool> = (0..count).map(either).collect();
        let first = Columns {
            named: columns.named || combined.named,
            by_value: &by_value,
            ..columns
        };
        let others = Columns {
            named: false,
            ..first
        };
        let counts = |(op, _): &(SetOp, Select)| op.counts();
        let counted = combined.rest.iter().rposition(counts);
        let rest = match counted.filter(|_| self.dialect.numbers_equal_rows()) {
            Some(place) => {
                let rest = combined.rest.split_off(place + 1);
                self.counted(combined, first)?;
                rest
            }
            None => {
                let alone = combined.rest.is_empty();
                self.united(combined.first, first, alone)?;
                combined.rest
            }
        };
        for (op, part) in rest {
            self.push_sql(match op {
                SetOp::Union => " UNION ",
                SetOp::UnionAll => " UNION ALL ",
                SetOp::Intersect => " INTERSECT ",
                SetOp::IntersectAll => " INTERSECT ALL ",
                SetOp::Except => " EXCEPT ",
                SetOp::ExceptAll => " EXCEPT ALL ",
            });
            self.united(part, others, false)?;
        }
        Ok(())
    }

    /// Writes united queries of which the last keeps or takes away as many of equal rows as it has: each of those has a number on
    /// both sides, so that the sets of rows with their numbers are what is asked for.
    fn counted(&mut self, mut left: Combined, columns: Columns<'_>) -> Result<()> {
        let Some((op, right)) = left.rest.pop() else {
            return Ok(());
        };
        let inside = Columns {
            named: true,
            ..columns
        };
        let count = left.first.width();
        self.push_sql("SELECT ");
        self.numbered_names(count)?;
        self.push_sql(" FROM (SELECT ");
        self.with_numbers(count)?;
        self.combined(left, inside)?;
        self.push_sql(match op {
            SetOp::IntersectAll => ") INTERSECT SELECT ",
            _ => ") EXCEPT SELECT ",
        });
        self.with_numbers(count)?;
        self.select_columns(right, inside)?;
        self.push_sql("))");
        Ok(())
    }

    /// Writes the columns of a query that follows, and the number of each row among those that are equal.
    fn with_numbers(&mut self, count: usize) -> Result<()> {
        self.numbered_names(count)?;
        self.push_sql(", row_number() OVER (PARTITION BY ");
        self.numbered_names(count)?;
        self.push_sql(") FROM (");
        Ok(())
    }

    fn numbered_names(&mut self, count: usize) -> Result<()> {
        self.push_list(1..=count as u64, ", ", |writer, number| {
            writer.push_number_name(number);
            Ok(())
        })
    }

    /// Writes one of several united queries.
    pub(super) fn united(&mut self, part: Select, columns: Columns<'_>, alone: bool) -> Result<()> {
        let ordered = matches!(&part.order, Order::By(terms) if !terms.is_empty());
        if alone || !(ordered || part.is_sliced() || is_combined(&part)) {
            return self.select_columns(part, columns);
        }
        self.push_sql("SELECT * FROM (");
        self.select_columns(part, columns)?;
        self.push_sql(") AS \"t0\"");
        Ok(())
    }
}

fn is_combined(select: &Select) -> bool {
    let first = select.from.first();
    first.is_some_and(|item| matches!(item.source, Source::Combined(_)))
}

/// The columns in which equal values may be kept in different forms: documents, and decimals that are not all of one kind of
/// column.
fn compared_by_value(combined: &Combined) -> Vec<bool> {
    let differs = |(index, expr): (usize, &Expr)| match expr.column_type() {
        Some(ColumnType::Json) => true,
        Some(ColumnType::Decimal) => {
            let first = kept(&combined.first, index);
            first.is_none()
                || combined
                    .rest
                    .iter()
                    .any(|(_, part)| kept(part, index) != first)
        }
        _ => false,
    };
    match &combined.first.output {
        Output::Exprs(exprs) | Output::Named(_, exprs) => {
            exprs.iter().enumerate().map(differs).collect()
        }
        // Equal rows of a model are one row.
        Output::Model if !combined.first.appended.is_empty() => {
            let own = combined.first.model.width();
            let appended = combined.first.appended.iter().enumerate();
            let appended = appended.map(|(index, expr)| differs((own + index, expr)));
            std::iter::repeat_n(false, own).chain(appended).collect()
        }
        _ => Vec::new(),
    }
}

/// The digits of a column of decimals; none for what is computed.
fn kept(part: &Select, index: usize) -> Option<Option<u32>> {
    match part.selected(index) {
        Some(Expr::Table(column)) => Some(column.max_digits),
        _ => None,
    }
}
