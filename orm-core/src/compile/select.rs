//! Printing `SELECT`.

use std::ops::Range;

use super::combine::Columns;
use super::expr::operand;
use super::precedence::Precedence;
use super::template::Arguments;
use super::window::shared_windows;
use super::writer::Writer;
use crate::ast::builtin::aggregates;
use crate::ast::{
    Combined, Distinct, Expr, FromItem, Grouping, JoinKind, Lock, Nulls, Order, OrderTerm, Output,
    Select, Source, TableRef, Wait,
};
use crate::dialect::Operand;
use crate::error::Result;
use crate::value::{ColumnType, Value};

/// Limits so small are written as they are: `first`, `get` and `exists` ask for them, and SQLite
/// plans better when it sees them.
const INLINE_LIMIT: u64 = 2;

/// How the tables are written that are queries.
#[derive(Clone, Copy)]
struct OfTables<'a> {
    /// Of united queries.
    columns: Columns<'a>,
    /// Their rows are counted, and none of their columns asked for.
    counted: bool,
}

impl Writer<'_> {
    /// Writes a lowered query.
    pub(super) fn select(&mut self, select: Select) -> Result<()> {
        self.select_columns(select, Columns::PLAIN)
    }

    /// Writes a lowered query, its columns in some way.
    pub(super) fn select_columns(&mut self, select: Select, columns: Columns<'_>) -> Result<()> {
        let reuse = self.reuse;
        if let Some(grouping) = &select.grouping {
            // A key must be known for the same wherever it stands, with the parameters in it.
            let is_column = |key: &Expr| matches!(key, Expr::Table(_));
            self.reuse |= !grouping.keys.iter().all(is_column);
        }
        let around = std::mem::replace(&mut self.windows, shared_windows(&select));
        let written = self.parts(select, columns);
        self.windows = around;
        self.reuse = reuse;
        written
    }

    fn parts(&mut self, mut select: Select, columns: Columns<'_>) -> Result<()> {
        if let Some(ctes) = select.ctes.take()
            && !ctes.with.is_empty()
        {
            self.with(ctes.with)?;
        }
        if let Some(combined) = whole_combined(&mut select) {
            return self.combined(combined, columns);
        }
        let places = select.places_of_order();
        let looked_up = self.before_lookups(&mut select)?;
        let numbered = match looked_up {
            true => None,
            false => self.before_numbered(&select),
        };
        let columns = match &numbered {
            Some(numbered) if !numbered.returned => Columns {
                named: true,
                ..columns
            },
            _ => columns,
        };
        let of_tables = OfTables {
            columns: match select.output {
                Output::All => columns,
                _ => Columns::PLAIN,
            },
            counted: matches!(select.output, Output::CountAll),
        };
        let printed = self.selected(&mut select, columns)?;
        if let Some(numbered) = numbered {
            let key = select.parents.and_then(|parents| parents.key);
            let order = std::mem::replace(&mut select.order, Order::By(Vec::new()));
            self.row_number(&numbered, key, order)?;
            self.from(select.from, of_tables)?;
            self.filters(select.filters)?;
            self.window_clause()?;
            return self.behind_numbered(&numbered, select.limit, select.offset);
        }
        let lock = select.lock.take();
        let joined = (select.from.len() > 1).then(|| select.root());
        self.behind_selected(select, of_tables, |term| {
            printed.get(places.get(term).copied()??).cloned()
        })?;
        if looked_up {
            self.behind_lookups();
        }
        if let Some(lock) = lock {
            self.lock(&lock, joined);
        }
        Ok(())
    }

    /// Writes `SELECT` and the columns. Says where in the SQL each distinct expression stands, if the rows are distinct.
    fn selected(&mut self, select: &mut Select, columns: Columns<'_>) -> Result<Vec<Range<usize>>> {
        self.push_sql("SELECT ");
        let parent = select.parent_column().cloned();
        let mut printed = Vec::new();
        let distinct = std::mem::replace(&mut select.distinct, Distinct::No);
        let rows_are_distinct = distinct == Distinct::Rows;
        match distinct {
            Distinct::No => {}
            Distinct::Rows => self.push_sql("DISTINCT "),
            Distinct::On(exprs) => {
                self.push_sql("DISTINCT ON (");
                printed = self.spans(exprs)?;
                self.push_sql(") ");
            }
        }
        match std::mem::replace(&mut select.output, Output::One) {
            Output::Model => self.model_columns(select, columns)?,
            Output::Exprs(exprs) | Output::Named(_, exprs) => {
                let mut spans = Vec::new();
                for (index, expr) in exprs.into_iter().enumerate() {
                    self.push_sql(if index > 0 { ", " } else { "" });
                    spans.push(self.column(expr, rows_are_distinct, index, columns)?);
                }
                if rows_are_distinct {
                    printed = spans;
                }
            }
            Output::Count | Output::CountOf(_) | Output::CountAll => self.push_sql("count(*)"),
            Output::One => self.push_sql("1"),
            Output::All => self.push_sql("*"),
        }
        if let Some(parent) = parent {
            self.push_sql(", ");
            self.expr(parent, Precedence::Loose)?;
        }
        Ok(printed)
    }

    /// Writes the columns of whole rows, and what stands behind them.
    fn model_columns(&mut self, select: &mut Select, columns: Columns<'_>) -> Result<()> {
        let fields = select.model.fields;
        let root = select.root();
        self.push_list(fields.iter().enumerate(), ", ", |writer, (index, field)| {
            if select.left_out.contains(&index) {
                writer.push_sql("NULL");
            } else {
                writer.push_column(root, field.column);
            }
            writer.name(index, columns);
            Ok(())
        })?;
        let parts = [
            &mut select.inherited,
            &mut select.appended,
            &mut select.related,
        ];
        let behind = parts.into_iter().flat_map(std::mem::take);
        for (index, expr) in behind.enumerate() {
            self.push_sql(", ");
            self.column(expr, false, fields.len() + index, columns)?;
        }
        Ok(())
    }

    /// Writes what stands behind the columns; `span` tells of a term of the order whether it stands in the SQL already.
    fn behind_selected(
        &mut self,
        select: Select,
        of_tables: OfTables<'_>,
        span: impl Fn(usize) -> Option<Range<usize>>,
    ) -> Result<()> {
        self.from(select.from, of_tables)?;
        self.filters(select.filters)?;
        if let Some(grouping) = select.grouping {
            self.grouping(*grouping)?;
        }
        self.window_clause()?;
        if let Order::By(terms) = select.order {
            let spans: Vec<_> = (0..terms.len()).map(span).collect();
            self.order(terms, &spans)?;
        }
        self.limit(select.limit, select.offset)
    }

    /// Writes a column, and says where in the SQL it stands.
    fn column(
        &mut self,
        expr: Expr,
        distinct: bool,
        index: usize,
        columns: Columns<'_>,
    ) -> Result<Range<usize>> {
        let start = self.sql.len();
        let by_value = columns
            .by_value
            .get(index)
            .is_some_and(|by_value| *by_value);
        let computed = Operand::Computed(expr.column_type());
        let typed = expr
            .column_type()
            // An array has the type that its elements give it.
            .filter(|of| columns.typed && *of != ColumnType::Array)
            .filter(|_| self.dialect.recursion_has_types());
        if let Some(column_type) = typed {
            self.push_sql("CAST(");
            self.expr(expr, Precedence::Loose)?;
            self.push_sql(" AS ");
            self.push_sql(self.dialect.type_name(column_type));
            self.push_sql(")");
            return Ok(start..self.sql.len());
        }
        match self.dialect.sortable_sql(&computed).filter(|_| by_value) {
            Some(template) => self.template(template, Arguments::new(vec![expr]))?,
            None if distinct => self.sortable(expr)?,
            None => self.expr(expr, Precedence::Loose)?,
        }
        let end = self.sql.len();
        self.name(index, columns);
        Ok(start..end)
    }

    /// Writes the name of a column, if it has one.
    fn name(&mut self, index: usize, columns: Columns<'_>) {
        if columns.named {
            self.push_sql(" AS ");
            self.push_number_name(index as u64 + 1);
        }
    }

    /// Writes the tables.
    fn from(&mut self, items: Vec<FromItem>, of_tables: OfTables<'_>) -> Result<()> {
        for (index, item) in items.into_iter().enumerate() {
            self.push_sql(match (index, item.join) {
                (0, _) => " FROM ",
                (_, JoinKind::Inner) => " INNER JOIN ",
                (_, JoinKind::Left) => " LEFT JOIN ",
            });
            match item.source {
                Source::Table(table) => {
                    self.tables.push(table);
                    self.push_identifier(table);
                }
                // Only what is counted is not asked for by name.
                Source::Select(select) if of_tables.counted => self.subquery(*select)?,
                Source::Select(select) | Source::Numbered(select) => {
                    let named = Columns {
                        named: true,
                        ..Columns::PLAIN
                    };
                    self.push_sql("(");
                    self.select_columns(*select, named)?;
                    self.push_sql(")");
                }
                Source::Cte(number) => self.push_cte(number),
                Source::Combined(combined) => {
                    self.push_sql("(");
                    self.combined(*combined, of_tables.columns)?;
                    self.push_sql(")");
                }
            }
            if let TableRef::Alias(_) = item.name {
                self.push_sql(" AS ");
                self.push_table(item.name);
            }
            if let Some(on) = item.on {
                self.push_sql(" ON ");
                self.expr(on, Precedence::Loose)?;
            }
        }
        Ok(())
    }

    /// Writes `GROUP BY` and `HAVING`, as far as there is something to write.
    fn grouping(&mut self, grouping: Grouping) -> Result<()> {
        let keys = grouping.keys.into_iter();
        let keys: Vec<Expr> = keys.map(in_group_by).collect();
        if !keys.is_empty() {
            self.push_sql(" GROUP BY ");
            self.push_list(keys, ", ", |writer, key| writer.sortable(key))?;
        }
        if grouping.having.is_empty() {
            return Ok(());
        }
        self.push_sql(" HAVING ");
        self.all_of(grouping.having)
    }

    /// Writes `WHERE`, if there are conditions.
    pub(super) fn filters(&mut self, filters: Vec<Expr>) -> Result<()> {
        if filters.is_empty() {
            return Ok(());
        }
        self.push_sql(" WHERE ");
        self.all_of(filters)
    }

    /// Writes distinct expressions, and says where in the SQL each of them stands.
    fn spans(&mut self, exprs: Vec<Expr>) -> Result<Vec<Range<usize>>> {
        let mut spans = Vec::with_capacity(exprs.len());
        self.push_list(exprs, ", ", |writer, expr| {
            let start = writer.sql.len();
            writer.sortable(expr)?;
            spans.push(start..writer.sql.len());
            Ok(())
        })?;
        Ok(spans)
    }

    /// Writes `ORDER BY`; `spans` tells which terms stand in the SQL already, as distinct expressions.
    pub(super) fn order(
        &mut self,
        terms: Vec<OrderTerm>,
        spans: &[Option<Range<usize>>],
    ) -> Result<()> {
        if terms.is_empty() {
            return Ok(());
        }
        self.push_sql(" ORDER BY ");
        let terms = terms.into_iter().enumerate();
        self.push_list(terms, ", ", |writer, (index, term)| {
            writer.order_term(term, spans.get(index).cloned().flatten())
        })
    }

    pub(super) fn order_term(&mut self, term: OrderTerm, span: Option<Range<usize>>) -> Result<()> {
        // NULL is the largest value, unless the term says otherwise.
        let first = term
            .nulls
            .map_or(term.descending, |nulls| nulls == Nulls::First);
        let said = term.expr.is_nullable() && first != self.dialect.nulls_first(term.descending);
        match span {
            // The same text with the same parameters: PostgreSQL must see that it is the same expression.
            Some(span) => self.sql.extend_from_within(span),
            None => self.sortable(term.expr)?,
        }
        if term.descending {
            self.push_sql(" DESC");
        }
        if said {
            self.push_sql(if first { " NULLS FIRST" } else { " NULLS LAST" });
        }
        Ok(())
    }

    /// Writes an expression that is sorted by its value.
    pub(super) fn sortable(&mut self, expr: Expr) -> Result<()> {
        match self.dialect.sortable_sql(&operand(&expr)) {
            Some(template) => self.template(template, Arguments::new(vec![expr])),
            None => self.expr(expr, Precedence::Loose),
        }
    }

    fn limit(&mut self, limit: Option<u64>, offset: u64) -> Result<()> {
        match (limit, self.dialect.no_limit()) {
            (Some(limit), _) => {
                self.push_sql(" LIMIT ");
                self.count(limit)?;
            }
            (None, Some(word)) if offset > 0 => {
                self.push_sql(" LIMIT ");
                self.push_sql(word);
            }
            _ => {}
        }
        if offset > 0 {
            self.push_sql(" OFFSET ");
            self.push_bind(Value::I64(i64::try_from(offset).unwrap_or(i64::MAX)))?;
        }
        Ok(())
    }

    pub(super) fn count(&mut self, limit: u64) -> Result<()> {
        if limit <= INLINE_LIMIT {
            self.push_number(limit);
            return Ok(());
        }
        self.push_bind(Value::I64(i64::try_from(limit).unwrap_or(i64::MAX)))
    }

    /// Writes `FOR UPDATE`: of the model's own rows alone, which matters beside joined tables.
    fn lock(&mut self, lock: &Lock, table: Option<TableRef>) {
        self.push_sql(if lock.no_key {
            " FOR NO KEY UPDATE"
        } else {
            " FOR UPDATE"
        });
        if let Some(table) = table {
            self.push_sql(" OF ");
            self.push_table(table);
            for table in &lock.tables {
                self.push_sql(", ");
                self.push_table(*table);
            }
        }
        match lock.wait {
            Wait::Block => {}
            Wait::NoWait => self.push_sql(" NOWAIT"),
            Wait::SkipLocked => self.push_sql(" SKIP LOCKED"),
        }
    }
}

/// United queries of which nothing more is asked; with the names that the query around asks for.
fn whole_combined(select: &mut Select) -> Option<Combined> {
    let plain = matches!(&select.order, Order::By(terms) if terms.is_empty())
        && select.output == Output::All
        && select.filters.is_empty()
        && !select.is_sliced();
    match select.from.first_mut().map(|item| &mut item.source) {
        Some(source @ Source::Combined(_)) if plain => {
            match std::mem::replace(source, Source::Table("")) {
                Source::Combined(combined) => Some(*combined),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What is the same for all rows makes no groups, but a group it makes where there is a row; PostgreSQL takes no constant there.
fn in_group_by(key: Expr) -> Expr {
    match key {
        Expr::Constant(_) | Expr::Bind(_) => Expr::call(&aggregates::ANY_CONSTANT, Vec::new()),
        other => other,
    }
}
