//! Values of a relation's rows: how many books an author has.
//!
//! Such a value is asked for each row of the query. Where it is asked for all of them, or decides which of them come and in
//! which order, a subquery groups the related rows once and is joined: one for each way and its conditions, however many
//! values are taken from it, so that two relations do not multiply each other's rows. Where few rows are asked for, by their key
//! or by a small limit that the value has no part in, and in `UPDATE` and `DELETE`, which have no joins, it is a subquery of the
//! row, which an index on the key serves.

use super::group::steps_of;
use super::resolve::Resolver;
use super::scope::{Frame, Joins, Scope, first_many, table_column, trimmed};
use crate::ast::builtin::aggregates;
use crate::ast::{
    Aggregate, Column, CompareOp, Expr, FromItem, Grouping, JoinKind, NullRule, Order, OrderTerm,
    Output, OutputColumn, Related, Select, Source, TableRef,
};
use crate::error::Result;
use crate::schema::{ModelSchema, PathNode};
use crate::value::ColumnType;

/// A limit up to which rows are few.
const FEW: u64 = 100;

/// A subquery that is joined: one row for each row that has related ones, or the related rows themselves.
#[derive(Debug)]
pub(super) struct Derived {
    path: &'static PathNode,
    /// As they were written.
    filters: Vec<Expr>,
    /// The steps to many rows behind which its values are: others would multiply its rows.
    steps: Vec<&'static PathNode>,
    alias: TableRef,
    /// Its place in FROM.
    item: usize,
    /// By what it is grouped.
    key: Expr,
    /// The conditions, resolved.
    conditions: Vec<Expr>,
    /// Whether its rows are gathered: one for each row of the query, in place of each of them.
    gathers: bool,
    /// The aggregates, or the values of each row, as they were written and resolved.
    values: Vec<(Expr, Expr)>,
    /// Its tables; taken out while something is resolved in it.
    inner: Option<Inner>,
}

/// A query under construction that is left and entered again.
#[derive(Debug)]
struct Inner {
    scope: Scope,
    named: Vec<&'static str>,
}

/// Whether a query returns so few rows that a subquery for each is less work than grouping all related rows.
pub(super) fn few_rows(select: &Select) -> bool {
    let of_rows = |term: &OrderTerm| term.expr.has_related() || term.expr.has_each();
    let decides = select.filters.iter().any(Expr::has_related)
        || matches!(&select.order, Order::By(terms) if terms.iter().any(of_rows))
        || !matches!(select.distinct, crate::ast::Distinct::No);
    let by_key = |filter| select.key_asked_by(filter).is_some();
    select.filters.iter().any(by_key) || (select.limit.is_some_and(|rows| rows <= FEW) && !decides)
}

impl Resolver {
    /// Resolves a value of a relation's rows.
    pub(super) fn related(&mut self, expr: &mut Expr) -> Result<()> {
        self.refuse_in_definition()?;
        let Expr::Related(mut related) = std::mem::replace(expr, Expr::Constant(true)) else {
            return Ok(());
        };
        self.refuse_limited(&related)?;
        if looks_at_several(&mut related) {
            let (path, filters) = (related.path, related.filters);
            self.ask_apart(&mut related.value, path, &filters)?;
            *expr = related.value;
            return self.value(expr);
        }
        let joins = self.scopes.last().is_some_and(|scope| {
            scope.joins == Joins::Join && !scope.few && scope.frames.len() == 1
        });
        *expr = if joins {
            self.joined_value(*related, true)?
        } else {
            self.value_of_row(*related)?
        };
        Ok(())
    }

    /// Makes a value of its own of each aggregate.
    fn ask_apart(&self, value: &mut Expr, path: &'static PathNode, filters: &[Expr]) -> Result<()> {
        self.refuse_other_parts(value)?;
        if let Expr::Aggregate(_) = value {
            let aggregate = std::mem::replace(value, Expr::Constant(true));
            *value = Expr::Related(Box::new(Related {
                path,
                filters: filters.to_vec(),
                limited: false,
                value: aggregate,
            }));
            return Ok(());
        }
        let mut result = Ok(());
        value.each_child_mut(&mut |child| {
            if result.is_ok() {
                result = self.ask_apart(child, path, filters);
            }
        });
        result
    }

    /// Of what a value of a relation's rows cannot be made.
    fn refuse_other_parts(&self, value: &Expr) -> Result<()> {
        match value {
            Expr::Column(column) => Err(self.outside(*column)),
            Expr::Related(_)
            | Expr::Each(_)
            | Expr::Quantified(_)
            | Expr::Scalar(_)
            | Expr::Exists(_)
            | Expr::Outer(_) => Err(self
                .invalid("a value of a relation's rows is made of aggregates of those rows alone")),
            _ => Ok(()),
        }
    }

    /// Which rows a limit leaves differs from row to row.
    pub(super) fn refuse_limited(&self, related: &Related) -> Result<()> {
        if related.limited {
            return Err(self.invalid(
                "of limited rows of a relation there is no value: filter them instead, or load them by `with`",
            ));
        }
        Ok(())
    }

    /// `(SELECT count(*) FROM book WHERE book.author_id = author.id)`
    fn value_of_row(&mut self, related: Related) -> Result<Expr> {
        let Related {
            path,
            mut filters,
            mut value,
            limited: _,
        } = related;
        let many = first_many(path).unwrap_or(path);
        let named = self.named.len();
        let meets = self.enter(many);
        let end = self.require(path);
        let frame = self.take_frame();
        self.scopes
            .push(Scope::gathering(frame.starting_at(end)).about(path.target()));
        let resolved = self
            .conditions(&mut filters)
            .and_then(|()| self.over_groups(&mut value, &[]));
        let from = self.close();
        self.named.truncate(named);
        resolved?;
        filters.insert(0, meets);
        let mut select = empty_select(many.target());
        select.output = Output::Exprs(vec![value]);
        select.filters = filters;
        select.from = from;
        Ok(Expr::Scalar(Box::new(select)))
    }

    /// A value of the subquery that is joined for all rows. What is said of a row outside of that subquery can only be
    /// asked for each row.
    pub(super) fn joined_value(&mut self, related: Related, gathers: bool) -> Result<Expr> {
        let before = std::mem::replace(&mut self.reached, usize::MAX);
        let joined = self.joined_alone(&related, gathers);
        self.reached = self.reached.min(before);
        match joined? {
            Some(value) => Ok(value),
            None if gathers => self.value_of_row(related),
            None => Err(self.invalid(
                "a row for each row of a relation is not found by conditions on an `Outer` row: ask for its values by a subquery",
            )),
        }
    }

    /// Whether what was resolved last speaks of the innermost query, or of one around it.
    fn reaches_out(&self) -> bool {
        self.reached < self.scopes.len()
    }

    /// A value of the subquery that is joined, if that speaks of its own rows alone.
    fn joined_alone(&mut self, related: &Related, gathers: bool) -> Result<Option<Expr>> {
        let (path, filters) = (related.path, &related.filters);
        let mut value = related.value.clone();
        let steps = match gathers {
            true => steps_of_first(&mut value),
            false => Vec::new(),
        };
        let known = self.scopes.last().and_then(|scope| {
            let mut derived = scope.derived.iter();
            derived.position(|derived| {
                derived.gathers == gathers
                    && derived.path == path
                    && derived.filters == *filters
                    && derived.steps == steps
            })
        });
        let place = match known {
            Some(place) => place,
            None => match self.derive(path, filters.clone(), steps, gathers)? {
                Some(place) => place,
                None => return Ok(None),
            },
        };
        let Some((mut values, alias, inner)) = self.scopes.last_mut().map(|scope| {
            let derived = &mut scope.derived[place];
            let values = std::mem::take(&mut derived.values);
            (values, derived.alias, derived.inner.take())
        }) else {
            return Ok(Some(value));
        };
        let shared = values.len();
        let named = self.resume(inner);
        let resolved = match gathers {
            true => self.taken(&mut value, &mut values, alias),
            false => self
                .place_of_value(&value, &mut values)
                .map(|place| value = numbered_column(alias, place + 1, value.column_type(), true)),
        };
        let inner = self.suspend(named);
        let reaches_out = self.reaches_out();
        if reaches_out {
            values.truncate(shared);
        }
        if let Some(scope) = self.scopes.last_mut() {
            scope.derived[place].values = values;
            scope.derived[place].inner = inner;
            if reaches_out && known.is_none() {
                drop_derived(scope, place);
            }
        }
        resolved?;
        Ok((!reaches_out).then_some(value))
    }

    /// Begins a subquery that is joined; gives its place, or nothing where its conditions speak of a row outside.
    fn derive(
        &mut self,
        path: &'static PathNode,
        filters: Vec<Expr>,
        steps: Vec<&'static PathNode>,
        gathers: bool,
    ) -> Result<Option<usize>> {
        let many = first_many(path).unwrap_or(path);
        let local = trimmed(Column {
            path: many.parent,
            field: many.relation.local(),
        });
        let local = self.joined_column(0, local);
        self.aliases += 1;
        let alias = TableRef::Alias(self.aliases);
        let named = self.named.len();
        let mut frame = self.root_frame(Some(many), many.target());
        let key = Expr::Table(table_column(frame.table, many.relation.remote(), false));
        let end = frame.table_at(Some(path), true, &mut self.aliases).0;
        // SQLite looks up the rows of a few in a subquery of one table, and goes through all of one with joins.
        let sparing = !gathers && path == many && self.scopes.last().is_some_and(|scope| scope.few);
        let joins = if sparing { Joins::Sparing } else { Joins::Join };
        self.scopes.push(Scope {
            gathers,
            few: sparing,
            ..Scope::new(joins, frame.starting_at(end)).about(path.target())
        });
        let mut conditions = filters.clone();
        let resolved = self.conditions(&mut conditions);
        let inner = self.suspend(named);
        resolved?;
        if self.reaches_out() {
            return Ok(None);
        }
        let on = Expr::compare(
            CompareOp::Eq,
            computed_column(alias, 0, local.column_type, false),
            Expr::Table(local),
        );
        let Some(scope) = self.scopes.last_mut() else {
            return Ok(None);
        };
        let from = &mut scope.frames[0].from;
        from.push(FromItem {
            join: JoinKind::Left,
            source: Source::Select(Box::new(empty_select(many.target()))),
            name: alias,
            on: Some(on),
        });
        scope.derived.push(Derived {
            path,
            filters,
            steps,
            alias,
            item: scope.frames[0].from.len() - 1,
            key,
            conditions,
            gathers,
            values: Vec::new(),
            inner,
        });
        Ok(Some(scope.derived.len() - 1))
    }

    /// Replaces the aggregates in a value by the columns of the subquery that computes them.
    pub(super) fn taken(
        &mut self,
        value: &mut Expr,
        values: &mut Vec<(Expr, Expr)>,
        alias: TableRef,
    ) -> Result<()> {
        match value {
            Expr::Aggregate(aggregate) => {
                let aggregate = aggregate.clone();
                let place = self.place_of_value(value, values)?;
                let column = computed_column(alias, place + 1, aggregate.column_type, true);
                *value = of_no_rows(column, &aggregate);
                Ok(())
            }
            Expr::Bind(_) | Expr::Constant(_) => Ok(()),
            other => {
                self.refuse_other_parts(other)?;
                let mut result = Ok(());
                other.each_child_mut(&mut |child| {
                    if result.is_ok() {
                        result = self.taken(child, values, alias);
                    }
                });
                result
            }
        }
    }

    /// Which of the values of the innermost query one is; resolved, and added to them, if it is new.
    fn place_of_value(&mut self, value: &Expr, values: &mut Vec<(Expr, Expr)>) -> Result<usize> {
        let known = values.iter().position(|(known, _)| known == value);
        if let Some(place) = known {
            return Ok(place);
        }
        let mut resolved = value.clone();
        self.value(&mut resolved)?;
        values.push((value.clone(), resolved));
        Ok(values.len() - 1)
    }

    /// Ends the query of the innermost scope; gives its tables, with the subqueries that were joined.
    pub(super) fn close(&mut self) -> Vec<FromItem> {
        let Some(mut scope) = self.scopes.pop() else {
            return Vec::new();
        };
        let mut from = scope
            .frames
            .pop()
            .map(|frame| frame.from)
            .unwrap_or_default();
        for derived in scope.derived {
            let named = self.resume(derived.inner);
            let inner = self.close();
            self.named.truncate(named);
            if let Some(Source::Select(select)) =
                from.get_mut(derived.item).map(|item| &mut item.source)
            {
                let values = derived.values.into_iter().map(|(_, value)| value);
                let columns = std::iter::once(derived.key.clone()).chain(values);
                select.output = Output::Exprs(columns.collect());
                select.filters = derived.conditions;
                select.grouping = derived.gathers.then(|| {
                    Box::new(Grouping {
                        keys: vec![derived.key],
                        ..Grouping::default()
                    })
                });
                select.from = inner;
            }
        }
        from
    }

    /// Leaves the innermost query, to be entered again; `named` is how many names were taken before it.
    fn suspend(&mut self, named: usize) -> Option<Inner> {
        let named = self.named.split_off(named);
        self.scopes.pop().map(|scope| Inner { scope, named })
    }

    /// Enters a query again; gives how many names were taken before it.
    fn resume(&mut self, inner: Option<Inner>) -> usize {
        let before = self.named.len();
        let Inner { scope, named } = inner.unwrap_or_else(|| Inner {
            scope: Scope::gathering(Frame::bare()),
            named: Vec::new(),
        });
        self.named.extend(named);
        self.scopes.push(scope);
        before
    }

    #[cold]
    pub(super) fn outside(&self, column: Column) -> crate::error::Error {
        let name = column.field.name;
        self.invalid(&format!(
            "`{name}` stands outside of an aggregate, and is none of the expressions that the rows are grouped by"
        ))
    }
}

/// Whether aggregates of a relation's rows look at different rows behind these.
fn looks_at_several(related: &mut Related) -> bool {
    let mut first: Option<Vec<&'static PathNode>> = None;
    let mut several = false;
    related.value.each_aggregate_mut(&mut |aggregate| {
        let steps = steps_of(aggregate);
        several |= first.as_ref().is_some_and(|first| *first != steps);
        first.get_or_insert(steps);
    });
    several
}

/// The steps to many rows of the first aggregate, which are those of all.
fn steps_of_first(value: &mut Expr) -> Vec<&'static PathNode> {
    let mut first = None;
    value.each_aggregate_mut(&mut |aggregate| {
        first.get_or_insert_with(|| steps_of(aggregate));
    });
    first.unwrap_or_default()
}

/// Takes a subquery out that nothing is taken from.
fn drop_derived(scope: &mut Scope, place: usize) {
    let item = scope.derived.remove(place).item;
    scope.frames[0].from.remove(item);
    for derived in &mut scope.derived {
        if derived.item > item {
            derived.item -= 1;
        }
    }
}

/// A column of a subquery, by its index.
pub(super) fn computed_column(
    table: TableRef,
    index: usize,
    column_type: ColumnType,
    nullable: bool,
) -> Expr {
    numbered_column(table, index, Some(column_type), nullable)
}

fn numbered_column(
    table: TableRef,
    index: usize,
    column_type: Option<ColumnType>,
    nullable: bool,
) -> Expr {
    Expr::OutputColumn(OutputColumn {
        table,
        number: u32::try_from(index + 1).unwrap_or(u32::MAX),
        column_type,
        nullable,
    })
}

/// An aggregate of no rows, where a join found none: what counts is then zero.
pub(super) fn of_no_rows(column: Expr, aggregate: &Aggregate) -> Expr {
    if aggregate.function.nulls == NullRule::Never {
        Expr::call(&aggregates::OR_ZERO, vec![column])
    } else {
        column
    }
}

/// A query of a model without an order.
pub(super) fn empty_select(model: &'static ModelSchema) -> Select {
    let mut select = Select::from_model(model, &[]);
    select.order = Order::By(Vec::new());
    select
}
