//! Rows that are gathered: into groups, or all into one.
//!
//! What is selected without an aggregate is what the rows of a group have in common; a condition with an aggregate is one on the
//! groups, wherever it is written. An aggregate over a way to many rows joins them. Two that join different rows, or one that
//! joins some beside one that does not, would count each other's rows: then each has a subquery of its own, grouped by the same
//! keys, and the query joins those.

use super::resolve::Resolver;
use super::scope::{Frame, Scope, each_many, trimmed};
use crate::ast::builtin::aggregates;
use crate::ast::{
    Aggregate, Distinct, Expr, FromItem, Function, Grouping, JoinKind, Members, Order, Output,
    Select, Source, TableRef, Window,
};
use crate::error::Result;
use crate::schema::PathNode;
use crate::value::Value;

/// A key as it was written and as it is resolved.
type Key = (Expr, Expr);

/// Which rows an aggregate looks at.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Rows {
    /// Those of the query, each with its rows behind these steps.
    Joined(Vec<&'static PathNode>),
    /// Those that a relation leads to from the rows of the group, each with its own rows behind these steps.
    Related(&'static PathNode, Vec<Expr>, Vec<&'static PathNode>),
}

/// A part of the query: the aggregates that look at the same rows.
pub(super) struct Part {
    pub(super) rows: Rows,
    pub(super) values: Vec<Aggregate>,
}

impl Resolver {
    /// Resolves a query whose rows are gathered.
    pub(super) fn gathered(&mut self, select: &mut Select) -> Result<()> {
        if let Some(rows) = select
            .grouping
            .as_mut()
            .and_then(|grouping| grouping.of.take())
        {
            return self.gathered_rows(select, *rows);
        }
        let keys = keys(select);
        let rows = select.grouping.as_ref().map_or(0, |grouping| grouping.rows);
        let mut having = std::mem::take(&mut select.filters);
        select
            .filters
            .extend(having.drain(..rows.min(having.len())));
        let of_group = |filter: &mut Expr| filter.has_aggregate() || filter.has_related();
        let on_groups = having.extract_if(.., of_group).collect();
        select.filters.append(&mut having);
        let mut grouping = Grouping {
            having: on_groups,
            ..Grouping::default()
        };
        let parts = parts(select, &grouping.having, &keys);
        if parts.len() > 1
            || parts
                .iter()
                .any(|part| matches!(part.rows, Rows::Related(..)))
        {
            return self.gathered_apart(select, &keys, grouping, parts);
        }
        let named = self.named.len();
        let frame = self.root_frame(None, select.model);
        self.scopes.push(Scope {
            part: select.part,
            ..Scope::gathering(frame).about(select.model)
        });
        let resolved = self.in_one(select, &keys, &mut grouping);
        let from = self.close();
        self.named.truncate(named);
        resolved?;
        select.grouping = Some(Box::new(grouping));
        select.from = from;
        Ok(())
    }

    /// Resolves a query that gathers the rows of another.
    fn gathered_rows(&mut self, select: &mut Select, mut rows: Select) -> Result<()> {
        self.select(&mut rows)?;
        self.aliases += 1;
        let table = TableRef::Alias(self.aliases);
        let named = self.named.len();
        self.scopes.push(Scope::gathering(Frame::bare()));
        let resolved = each_over_groups(select, &mut [], &mut |expr| {
            name_columns(expr, table);
            self.over_groups(expr, &[])
        });
        self.close();
        self.named.truncate(named);
        resolved?;
        select.grouping = None;
        select.from = vec![FromItem {
            join: JoinKind::Inner,
            source: Source::Select(Box::new(rows)),
            name: table,
            on: None,
        }];
        Ok(())
    }

    /// All aggregates look at the same rows.
    fn in_one(&mut self, select: &mut Select, keys: &[Expr], to: &mut Grouping) -> Result<()> {
        self.cte_joins(select)?;
        let pairs = self.rows_and_keys(select, keys)?;
        each_over_groups(select, &mut to.having, &mut |expr| {
            self.over_groups(expr, &pairs)
        })?;
        to.keys = pairs.into_iter().map(|(_, key)| key).collect();
        Ok(())
    }

    /// Resolves which rows there are, and by what they are gathered.
    pub(super) fn rows_and_keys(&mut self, select: &mut Select, keys: &[Expr]) -> Result<Vec<Key>> {
        self.conditions(&mut select.filters)?;
        let mut resolved = keys.to_vec();
        self.values(&mut resolved)?;
        if let Some(scope) = self.scopes.last_mut() {
            for key in keys {
                each_step(key, &mut |step| scope.rows.push(step));
            }
        }
        Ok(keys.iter().cloned().zip(resolved).collect())
    }

    /// Resolves an expression of a group.
    pub(super) fn over_groups(&mut self, expr: &mut Expr, keys: &[Key]) -> Result<()> {
        if let Some((_, key)) = keys.iter().find(|(key, _)| is_same(key, expr)) {
            *expr = key.clone();
            return Ok(());
        }
        match expr {
            Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            Expr::Column(column) => Err(self.outside(*column)),
            Expr::Related(_) | Expr::Each(_) | Expr::Quantified(_) | Expr::CteColumn(_) => Err(self.invalid(
                "a condition or value of the rows of a relation is none of the expressions that the rows are grouped by",
            )),
            Expr::Outer(_) => self.outer(expr, Self::value),
            Expr::Window(window) => self.window_over_groups(window, keys),
            Expr::Scalar(select) => self.of_a_group(keys, |resolver| resolver.scalar(select)),
            Expr::Exists(select) => self.of_a_group(keys, |resolver| resolver.subquery(select)),
            other => {
                if let Expr::In(of) = other
                    && let Members::Select(_) = &of.members
                {
                    let mut subject = std::mem::replace(&mut of.subject, Expr::Constant(true));
                    self.over_groups(&mut subject, keys)?;
                    self.of_a_group(keys, |resolver| resolver.operands(other))?;
                    if let Expr::In(of) = other {
                        of.subject = subject;
                    }
                    return Ok(());
                }
                if let Expr::Arithmetic(arithmetic) = other {
                    self.refuse_zero_divisor(arithmetic)?;
                }
                let mut result = Ok(());
                other.each_child_mut(&mut |child| {
                    if result.is_ok() {
                        result = self.over_groups(child, keys);
                    }
                });
                result
            }
        }
    }

    /// Resolves a subquery beside a group, which knows of the group's rows what they are grouped by.
    fn of_a_group(
        &mut self,
        keys: &[Key],
        resolve: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let scope = self.scopes.len().checked_sub(1);
        if let Some(scope) = scope {
            self.scopes[scope].group = Some(keys.to_vec());
        }
        let resolved = resolve(self);
        if let Some(scope) = scope {
            self.scopes[scope].group = None;
        }
        resolved
    }

    /// Resolves a window function whose rows are groups.
    fn window_over_groups(&mut self, window: &mut Window, keys: &[Key]) -> Result<()> {
        let terms = window.over.order.iter_mut().map(|term| &mut term.expr);
        let parts = window.args.iter_mut().chain(&mut window.filter);
        parts
            .chain(&mut window.over.partition)
            .chain(terms)
            .try_for_each(|expr| self.over_groups(expr, keys))
    }

    /// Resolves an aggregate.
    pub(super) fn aggregate(&mut self, aggregate: &mut Aggregate) -> Result<()> {
        let inside = aggregate.args.iter().any(Expr::has_aggregate)
            || aggregate.filter.as_ref().is_some_and(Expr::has_aggregate)
            || aggregate.order.iter().any(|term| term.expr.has_aggregate());
        if inside {
            return Err(self.invalid(
                "an aggregate of aggregates is taken of the rows of a query that has those: use `aggregate_rows`",
            ));
        }
        if !self.scopes.last().is_some_and(|scope| scope.gathers) {
            return Err(self.invalid(
                "an aggregate of the query's rows has no value in one of them: group by `values_list` first, or use `aggregate`",
            ));
        }
        if aggregate.args.iter().any(Expr::has_each) {
            return Err(self.invalid(
                "the rows of a relation are gathered by the relation itself: `Author::books.filter(..).sum(..)`",
            ));
        }
        order_of(aggregate);
        scale_of(aggregate.function, &mut aggregate.args);
        self.refuse_other_order(aggregate)?;
        let mut steps = Vec::new();
        each_step_of(aggregate, &mut |step| steps.push(step));
        let outer = self.scopes.last_mut().map(|scope| {
            let outer = scope.rows.clone();
            scope.rows.extend(steps);
            outer
        });
        let resolved = self.insides(aggregate);
        if let (Some(scope), Some(outer)) = (self.scopes.last_mut(), outer) {
            scope.rows = outer;
        }
        resolved?;
        if aggregate.function == &aggregates::COUNT
            && !aggregate.distinct
            && !aggregate.args.iter().any(Expr::is_nullable)
        {
            aggregate.function = &aggregates::COUNT_ROWS;
            aggregate.args.clear();
        }
        Ok(())
    }

    fn insides(&mut self, aggregate: &mut Aggregate) -> Result<()> {
        let written = aggregate.args.first().cloned();
        self.values(&mut aggregate.args)?;
        if let Some(filter) = &mut aggregate.filter {
            self.own_condition(filter)?;
        }
        let value = aggregate.args.first();
        aggregate.order.iter_mut().try_for_each(|term| {
            // The very same expression, with the aliases in it: PostgreSQL compares the texts.
            match value {
                Some(value) if written.as_ref() == Some(&term.expr) => {
                    term.expr = value.clone();
                    Ok(())
                }
                _ => self.value(&mut term.expr),
            }
        })
    }

    /// Of equal values one is left, which has one place in an order only if that is the order of the values.
    fn refuse_other_order(&self, aggregate: &Aggregate) -> Result<()> {
        let by_value = |term: &crate::ast::OrderTerm| aggregate.args.first() == Some(&term.expr);
        if aggregate.distinct && !aggregate.order.iter().all(by_value) {
            return Err(self.invalid("distinct values can be ordered only by themselves"));
        }
        Ok(())
    }
}

/// Gives columns that are known by their numbers the table that they are of.
fn name_columns(expr: &mut Expr, table: TableRef) {
    match expr {
        Expr::OutputColumn(column) => column.table = table,
        Expr::Aggregate(aggregate) => {
            let terms = aggregate.order.iter_mut().map(|term| &mut term.expr);
            let parts = aggregate.args.iter_mut().chain(&mut aggregate.filter);
            parts
                .chain(terms)
                .for_each(|part| name_columns(part, table));
        }
        other => other.each_child_mut(&mut |child| name_columns(child, table)),
    }
}

/// What the rows of a group have in common: what is selected and has no aggregate.
fn keys(select: &Select) -> Vec<Expr> {
    let mut keys: Vec<Expr> = Vec::new();
    for key in select.group_keys() {
        if !keys.iter().any(|known| is_same(known, &key)) {
            keys.push(key);
        }
    }
    keys
}

/// The aggregates, by the rows that they look at.
fn parts(select: &mut Select, having: &[Expr], keys: &[Expr]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut having = having.to_vec();
    // It fails for nothing.
    let _ = each_over_groups(select, &mut having, &mut |expr| {
        find_parts(expr, keys, &mut parts);
        Ok(())
    });
    parts
}

fn find_parts(expr: &mut Expr, keys: &[Expr], parts: &mut Vec<Part>) {
    if keys.iter().any(|key| is_same(key, expr)) {
        return;
    }
    match expr {
        Expr::Aggregate(aggregate) => add_value(parts, rows_of(aggregate, keys), aggregate),
        Expr::Related(related) => {
            let (path, filters) = (related.path, &related.filters);
            related.value.each_aggregate_mut(&mut |aggregate| {
                let rows = Rows::Related(path, filters.clone(), steps_of(aggregate));
                add_value(parts, rows, aggregate);
            });
        }
        other => other.each_child_mut(&mut |child| find_parts(child, keys, parts)),
    }
}

fn add_value(parts: &mut Vec<Part>, rows: Rows, value: &Aggregate) {
    let known = parts.iter().position(|part| part.rows == rows);
    let place = known.unwrap_or_else(|| {
        parts.push(Part {
            rows,
            values: Vec::new(),
        });
        parts.len() - 1
    });
    if !parts[place].values.contains(value) {
        parts[place].values.push(value.clone());
    }
}

/// The rows that an aggregate of the query's rows looks at: beside those of the keys.
pub(super) fn rows_of(aggregate: &Aggregate, keys: &[Expr]) -> Rows {
    let mut of_keys = Vec::new();
    for key in keys {
        each_step(key, &mut |step| of_keys.push(step));
    }
    let mut steps = steps_of(aggregate);
    steps.retain(|step| !of_keys.contains(step));
    Rows::Joined(steps)
}

/// The steps to many rows behind which the values of an aggregate are, each once.
pub(super) fn steps_of(aggregate: &Aggregate) -> Vec<&'static PathNode> {
    let mut steps: Vec<&'static PathNode> = Vec::new();
    each_step_of(aggregate, &mut |step| {
        if !steps.contains(&step) {
            steps.push(step);
        }
    });
    steps
}

/// The steps to many rows behind which the values of an aggregate are.
fn each_step_of(aggregate: &Aggregate, visit: &mut dyn FnMut(&'static PathNode)) {
    let terms = aggregate.order.iter().map(|term| &term.expr);
    for expr in aggregate.args.iter().chain(terms) {
        each_step(expr, visit);
    }
}

fn each_step(expr: &Expr, visit: &mut dyn FnMut(&'static PathNode)) {
    expr.each_column(&mut |column| {
        if let Some(path) = trimmed(*column).path {
            each_many(path, visit);
        }
    });
}

/// Shows every expression that stands for a group.
pub(super) fn each_over_groups(
    select: &mut Select,
    having: &mut [Expr],
    visit: &mut dyn FnMut(&mut Expr) -> Result<()>,
) -> Result<()> {
    let places = select.places_of_order();
    if let Output::Exprs(exprs) | Output::Named(_, exprs) = &mut select.output {
        exprs.iter_mut().try_for_each(&mut *visit)?;
    }
    if let Distinct::On(exprs) = &mut select.distinct {
        exprs.iter_mut().try_for_each(&mut *visit)?;
    }
    having.iter_mut().try_for_each(&mut *visit)?;
    let distinct = select.distinct_exprs().to_vec();
    if let Order::By(terms) = &mut select.order {
        for (index, term) in terms.iter_mut().enumerate() {
            let place = places.get(index).copied().flatten();
            match place.and_then(|place| distinct.get(place)) {
                Some(expr) => term.expr = expr.clone(),
                None => visit(&mut term.expr)?,
            }
        }
    }
    Ok(())
}

/// Whether two expressions are the same one, however far their paths go beyond a key.
pub(super) fn is_same(a: &Expr, b: &Expr) -> bool {
    match (a, b) {
        (Expr::Column(a), Expr::Column(b)) => trimmed(*a) == trimmed(*b),
        _ => a == b,
    }
}

/// Texts that are gathered from distinct values come in the order of the values, on every database.
fn order_of(aggregate: &mut Aggregate) {
    if !aggregates::GATHERING.contains(&aggregate.function) {
        aggregate.order.clear();
        return;
    }
    if aggregate.distinct && aggregate.order.is_empty() {
        aggregate
            .order
            .extend(aggregate.args.first().map(|value| crate::ast::OrderTerm {
                expr: value.clone(),
                descending: false,
                nulls: None,
            }));
    }
}

/// The average of decimals has as many digits behind the point as the column at least.
pub(super) fn scale_of(function: &Function, args: &mut Vec<Expr>) {
    if function == &aggregates::AVG_DECIMAL
        && let [value] = &args[..]
    {
        args.push(Expr::Bind(Value::I64(value.decimal_places().into())));
    }
}
