//! Aggregates that look at different rows: a subquery for each, joined by the groups' keys.

use super::group::{Part, Rows, each_over_groups, is_same, rows_of, steps_of};
use super::related::{computed_column, empty_select, of_no_rows};
use super::resolve::Resolver;
use super::scope::{Frame, Scope};
use crate::ast::builtin::aggregates;
use crate::ast::{
    Aggregate, CompareOp, Expr, FromItem, Grouping, JoinKind, NullRule, Output, Related, Select,
    Source, TableRef,
};
use crate::error::Result;
use crate::schema::PathNode;
use crate::value::ColumnType;

impl Resolver {
    /// The aggregates look at different rows.
    pub(super) fn gathered_apart(
        &mut self,
        select: &mut Select,
        keys: &[Expr],
        grouping: Grouping,
        mut parts: Vec<Part>,
    ) -> Result<()> {
        // The groups are those of the query's own rows.
        let own = parts
            .iter()
            .position(|part| matches!(&part.rows, Rows::Joined(steps) if steps.is_empty()));
        match own {
            Some(own) => parts.swap(0, own),
            // Without keys there is one group, whatever the rows.
            None if keys.is_empty() => {}
            None => parts.insert(
                0,
                Part {
                    rows: Rows::Joined(Vec::new()),
                    values: Vec::new(),
                },
            ),
        }
        let filters = std::mem::take(&mut select.filters);
        let mut tables = Vec::new();
        let mut key_columns = Vec::new();
        let mut from: Vec<FromItem> = Vec::new();
        for part in &parts {
            let mut inner = empty_select(select.model);
            inner.filters.clone_from(&filters);
            inner.ctes.clone_from(&select.ctes);
            inner.part = select.part;
            let resolved = self.part_of_groups(&mut inner, keys, part)?;
            self.aliases += 1;
            let alias = TableRef::Alias(self.aliases);
            let on = match tables.first() {
                None => None,
                Some(first) => Some(self.same_group(*first, alias, &resolved)?),
            };
            from.push(FromItem {
                join: match part.rows {
                    Rows::Joined(_) => JoinKind::Inner,
                    Rows::Related(..) => JoinKind::Left,
                },
                source: Source::Select(Box::new(inner)),
                name: alias,
                on,
            });
            tables.push(alias);
            if tables.len() == 1 {
                key_columns = resolved;
            }
        }
        let mut having = grouping.having;
        // A query around is as far away from here as from the parts; the rows of this one are not here.
        self.scopes.push(Scope {
            part: select.part,
            ..Scope::gathering(Frame::bare())
        });
        let resolved = each_over_groups(select, &mut having, &mut |expr| {
            self.across_parts(expr, keys, &key_columns, &parts, &tables)
        });
        self.scopes.pop();
        resolved?;
        select.filters = having;
        select.ctes = None;
        select.grouping = None;
        select.from = from;
        Ok(())
    }

    /// Resolves the query of one part; gives its keys, resolved.
    fn part_of_groups(
        &mut self,
        inner: &mut Select,
        keys: &[Expr],
        part: &Part,
    ) -> Result<Vec<Expr>> {
        let named = self.named.len();
        let frame = self.root_frame(None, inner.model);
        self.scopes.push(Scope {
            part: inner.part,
            ..Scope::gathering(frame).about(inner.model)
        });
        let resolved = self.in_part(inner, keys, part);
        let from = self.close();
        self.named.truncate(named);
        let keys = resolved?;
        inner.grouping = Some(Box::new(Grouping {
            keys: keys.clone(),
            ..Grouping::default()
        }));
        inner.from = from;
        Ok(keys)
    }

    fn in_part(&mut self, inner: &mut Select, keys: &[Expr], part: &Part) -> Result<Vec<Expr>> {
        self.cte_joins(inner)?;
        let pairs = self.rows_and_keys(inner, keys)?;
        let keys: Vec<Expr> = pairs.into_iter().map(|(_, key)| key).collect();
        let mut values = keys.clone();
        match &part.rows {
            Rows::Joined(_) => self.part_values(part, &mut values)?,
            Rows::Related(path, filters, _) => {
                let mut conditions = filters.clone();
                self.go_to(path, inner);
                let resolved = self
                    .conditions(&mut conditions)
                    .and_then(|()| self.part_values(part, &mut values));
                self.come_back();
                resolved?;
                inner.filters.extend(conditions);
            }
        }
        inner.output = Output::Exprs(values);
        Ok(keys)
    }

    fn part_values(&mut self, part: &Part, to: &mut Vec<Expr>) -> Result<()> {
        for value in &part.values {
            let mut value = Expr::Aggregate(Box::new(value.clone()));
            self.value(&mut value)?;
            to.push(value);
        }
        Ok(())
    }

    /// From here on conditions and values are about the rows at the end of a path. They are a query of their own to what they
    /// say of the queries around, as they are where nothing is grouped.
    fn go_to(&mut self, path: &'static PathNode, select: &mut Select) {
        let mut frame = self.take_frame();
        let (end, optional) = frame.table_at(Some(path), true, &mut self.aliases);
        if optional {
            let key = super::scope::table_column(end, path.target().key(), true);
            select.filters.push(Expr::Table(key).is_not_null());
        }
        if let Some(scope) = self.scopes.last_mut() {
            // One row of a group is none that something could be said of.
            scope.model = None;
        }
        self.scopes
            .push(Scope::gathering(frame.starting_at(end)).about(path.target()));
    }

    /// Ends what [`go_to`](Self::go_to) began.
    fn come_back(&mut self) {
        let from = self.close();
        if let Some(scope) = self.scopes.last_mut() {
            let mut frame = Frame::bare();
            frame.from = from;
            scope.frames.push(frame);
        }
    }

    /// The condition that the groups of two parts are the same one.
    fn same_group(&self, left: TableRef, right: TableRef, keys: &[Expr]) -> Result<Expr> {
        let mut conditions = Vec::new();
        for (index, key) in keys.iter().enumerate() {
            let column_type = key.column_type().unwrap_or(ColumnType::Text);
            let nullable = key.is_nullable();
            let left = computed_column(left, index, column_type, nullable);
            let right = computed_column(right, index, column_type, nullable);
            if !nullable {
                conditions.push(Expr::compare(CompareOp::Eq, left, right));
            } else if column_type == ColumnType::Json {
                let both = left.clone().is_null().and(right.clone().is_null());
                conditions.push(Expr::compare(CompareOp::Eq, left, right).or(both));
            } else {
                // An equality, by which a database can look the group up.
                let truth = |of: &Expr| Expr::Truth(Box::new(of.clone().is_null()));
                let nulls = Expr::compare(CompareOp::Eq, truth(&left), truth(&right));
                let side = |of| without_null(of, column_type);
                conditions.push(Expr::compare(CompareOp::Eq, side(left), side(right)));
                conditions.push(nulls);
            }
        }
        Ok(match conditions.len() {
            0 => Expr::Constant(true),
            _ => Expr::And(conditions),
        })
    }

    /// An expression of a group in terms of the parts' columns.
    fn across_parts(
        &mut self,
        expr: &mut Expr,
        keys: &[Expr],
        columns: &[Expr],
        parts: &[Part],
        tables: &[TableRef],
    ) -> Result<()> {
        if let Some(place) = keys.iter().position(|key| is_same(key, expr)) {
            let column_type = expr.column_type().unwrap_or(ColumnType::Text);
            let nullable = columns.get(place).is_none_or(Expr::is_nullable);
            *expr = computed_column(tables[0], place, column_type, nullable);
            return Ok(());
        }
        match expr {
            Expr::Aggregate(aggregate) => {
                let rows = rows_of(aggregate, keys);
                *expr = self.value_of_part(aggregate, &rows, keys.len(), parts, tables)?;
                Ok(())
            }
            Expr::Related(related) => {
                self.refuse_limited(related)?;
                let Related {
                    path,
                    filters,
                    mut value,
                    limited: _,
                } = (**related).clone();
                let mut result = Ok(());
                replace_aggregates(
                    &mut value,
                    &mut |aggregate| {
                        let rows = Rows::Related(path, filters.clone(), steps_of(aggregate));
                        let column =
                            self.value_of_part(aggregate, &rows, keys.len(), parts, tables)?;
                        Ok(of_no_rows(column, aggregate))
                    },
                    &mut result,
                );
                result?;
                *expr = value;
                self.refuse_columns(expr)
            }
            Expr::Window(_) => {
                Err(self.invalid("a window function cannot look at aggregates of different rows"))
            }
            Expr::Scalar(_)
            | Expr::Exists(_)
            | Expr::Outer(_)
            | Expr::Column(_)
            | Expr::Quantified(_)
            | Expr::CteColumn(_) => self.over_groups(expr, &[]),
            other => {
                if let Expr::Arithmetic(arithmetic) = other {
                    self.refuse_zero_divisor(arithmetic)?;
                }
                let mut result = Ok(());
                other.each_child_mut(&mut |child| {
                    if result.is_ok() {
                        result = self.across_parts(child, keys, columns, parts, tables);
                    }
                });
                result
            }
        }
    }

    fn value_of_part(
        &self,
        aggregate: &Aggregate,
        rows: &Rows,
        keys: usize,
        parts: &[Part],
        tables: &[TableRef],
    ) -> Result<Expr> {
        let found = parts.iter().zip(tables).find_map(|(part, table)| {
            let place = part.values.iter().position(|value| value == aggregate)?;
            (part.rows == *rows).then_some((*table, place))
        });
        let Some((table, place)) = found else {
            return Err(self.invalid("an aggregate has no rows to look at"));
        };
        let nullable = aggregate.function.nulls != NullRule::Never;
        let column = computed_column(table, keys + place, aggregate.column_type, nullable);
        Ok(column)
    }

    fn refuse_columns(&self, expr: &Expr) -> Result<()> {
        let mut column = None;
        expr.each_column(&mut |found| column = Some(*found));
        column.map_or(Ok(()), |column| Err(self.outside(column)))
    }
}

/// Puts something in the place of each aggregate.
fn replace_aggregates(
    expr: &mut Expr,
    with: &mut dyn FnMut(&Aggregate) -> Result<Expr>,
    result: &mut Result<()>,
) {
    if result.is_err() {
        return;
    }
    match expr {
        Expr::Aggregate(aggregate) => match with(aggregate) {
            Ok(replaced) => *expr = replaced,
            Err(error) => *result = Err(error),
        },
        other => other.each_child_mut(&mut |child| replace_aggregates(child, with, result)),
    }
}

/// The expression with another value in the place of NULL.
fn without_null(expr: Expr, column_type: ColumnType) -> Expr {
    use ColumnType::{Decimal, F32, F64, I16, I32, I64, Text};
    match column_type {
        I16 | I32 | I64 | F32 | F64 | Decimal => Expr::call(&aggregates::OR_ZERO, vec![expr]),
        Text => Expr::call(&aggregates::OR_EMPTY, vec![expr]),
        _ => {
            let text = Expr::Cast(Box::new((expr, Text)));
            Expr::call(&aggregates::OR_EMPTY, vec![text])
        }
    }
}
