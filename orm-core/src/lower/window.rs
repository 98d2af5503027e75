//! Window functions, and conditions on them.
//!
//! SQL computes windows of the rows that WHERE leaves, so a condition on one stands in a query around: the conditions of a query
//! that have no window are its own, all others are asked of its rows.

use super::group::scale_of;
use super::resolve::Resolver;
use crate::ast::builtin::windows;
use crate::ast::{
    Distinct, Expr, FrameUnit, FromItem, In, JoinKind, Members, Order, Output, OutputColumn,
    Select, Source, TableRef, Window, WindowSpec,
};
use crate::error::Result;
use crate::value::ColumnType;

impl Resolver {
    /// Resolves a query with conditions on windows: `SELECT .. FROM (SELECT ..) WHERE ..`
    pub(super) fn windowed(&mut self, select: &mut Select) -> Result<()> {
        if select.lock.is_some() {
            return Err(self.invalid("rows that are chosen by a window function cannot be locked"));
        }
        self.aliases += 1;
        let mut columns = Numbered {
            table: TableRef::Alias(self.aliases),
            exprs: Vec::new(),
        };
        let mut outer = Select::from_model(select.model, &[]);
        outer.output = match &select.output {
            Output::Count | Output::CountOf(_) => Output::CountAll,
            Output::One => Output::One,
            _ => Output::Exprs(
                select
                    .columns()
                    .into_iter()
                    .map(|column| columns.number(column))
                    .collect(),
            ),
        };
        let (windowed, own) = std::mem::take(&mut select.filters)
            .into_iter()
            .partition(Expr::has_window);
        select.filters = own;
        outer.filters = windowed;
        for filter in &mut outer.filters {
            columns.condition(filter);
        }
        let mut terms = match std::mem::replace(&mut select.order, Order::By(Vec::new())) {
            Order::By(terms) => terms,
            Order::Default(_) => Vec::new(),
        };
        for term in &mut terms {
            term.expr = columns.number(term.expr.clone());
        }
        outer.order = Order::By(terms);
        outer.distinct = match std::mem::replace(&mut select.distinct, Distinct::No) {
            Distinct::On(exprs) => {
                let exprs = exprs.into_iter().map(|expr| columns.number(expr));
                Distinct::On(exprs.collect())
            }
            other => other,
        };
        outer.limit = select.limit.take();
        outer.offset = std::mem::take(&mut select.offset);
        select.output = Output::Exprs(columns.exprs);
        select.appended = Vec::new();
        select.related = Vec::new();
        self.select(select)?;
        let inner = std::mem::replace(select, outer);
        select.from.push(FromItem {
            join: JoinKind::Inner,
            source: Source::Numbered(Box::new(inner)),
            name: columns.table,
            on: None,
        });
        Ok(())
    }

    /// Of the rows of a relation: those that such a query has of each parent's, by their keys.
    pub(super) fn windowed_keys(select: &mut Select) {
        let mut key = Expr::key_of(select.model);
        let mut inner = Select::from_model(select.model, &[]);
        if let Some(parents) = select.parents.as_deref() {
            // Of a row that has several parents it is asked for each.
            if !parents.is_own_column() {
                let mut parts = key.into_parts();
                parts.push(Expr::Column(parents.column()));
                key = Expr::Row(parts);
            }
            let mut parents = parents.clone();
            parents.returned = false;
            inner.parents = Some(Box::new(parents));
        }
        inner.filters = std::mem::take(&mut select.filters);
        inner.order = Order::By(Vec::new());
        inner.output = Output::Exprs(key.clone().into_parts());
        inner.ctes.clone_from(&select.ctes);
        inner.part = true;
        select.filters.push(Expr::In(Box::new(In {
            subject: key,
            members: Members::Select(Box::new(inner)),
        })));
    }

    /// Whether a query with conditions on windows must be asked as it is and for its keys alone: a limit that counts for each
    /// parent stands around it.
    pub(super) fn asks_keys(select: &Select) -> bool {
        let parents = select.parents.as_deref();
        parents.is_some_and(|parents| parents.returned || select.is_sliced())
    }

    /// A window sees the rows of one parent, as a limit does.
    pub(super) fn windows_of_parents(select: &mut Select) {
        let key = select.parents.as_deref().and_then(|of| of.key.clone());
        let Some(key) = key else {
            return;
        };
        if let Output::Exprs(exprs) | Output::Named(_, exprs) = &mut select.output {
            exprs.iter_mut().for_each(|expr| partition(expr, &key));
        }
        let appended = &mut select.appended;
        appended.iter_mut().for_each(|expr| partition(expr, &key));
        if let Distinct::On(exprs) = &mut select.distinct {
            exprs.iter_mut().for_each(|expr| partition(expr, &key));
        }
        if let Order::By(terms) = &mut select.order {
            terms
                .iter_mut()
                .for_each(|term| partition(&mut term.expr, &key));
        }
    }

    /// Whether a query must be wrapped, and is not yet.
    pub(super) fn asks_windows(select: &Select) -> bool {
        select.filters.iter().any(Expr::has_window)
    }

    /// Resolves a window function.
    pub(super) fn window(&mut self, window: &mut Window) -> Result<()> {
        let stands = self
            .scopes
            .last()
            .is_some_and(|scope| scope.windows && scope.frames.len() == 1);
        if !stands {
            return Err(self.invalid(
                "a window function looks at the rows of a query: it can be selected, and rows ordered and filtered by it",
            ));
        }
        self.check_window(window)?;
        scale_of(window.function, &mut window.args);
        self.allow_windows(false);
        let resolved = self.window_parts(window);
        self.allow_windows(true);
        resolved
    }

    /// Says whether a window function may stand in what is resolved next.
    pub(super) fn allow_windows(&mut self, windows: bool) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.windows = windows;
        }
    }

    fn window_parts(&mut self, window: &mut Window) -> Result<()> {
        self.values(&mut window.args)?;
        if let Some(filter) = &mut window.filter {
            self.own_condition(filter)?;
        }
        self.values(&mut window.over.partition)?;
        let mut terms = window.over.order.iter_mut();
        terms.try_for_each(|term| self.value(&mut term.expr))
    }

    /// Refuses what the databases refuse in different words.
    fn check_window(&self, window: &Window) -> Result<()> {
        if window.refused {
            return Err(self.invalid("an aggregate of different values, or with an order of its own, cannot look at a window"));
        }
        let counted = [&windows::NTILE, &windows::NTH_VALUE].contains(&window.function);
        if counted && window.args.last().is_some_and(Expr::is_zero_literal) {
            return Err(self.invalid("parts and rows of a window are counted from 1"));
        }
        let WindowSpec {
            order,
            frame: Some(frame),
            ..
        } = &window.over
        else {
            return Ok(());
        };
        if frame
            .start
            .zip(frame.end)
            .is_some_and(|(start, end)| start > end)
        {
            return Err(self.invalid("a frame begins before it ends"));
        }
        let counts = [frame.start, frame.end]
            .into_iter()
            .flatten()
            .any(|end| end != 0);
        let numbers = || {
            matches!(
                order[..],
                [ref term] if matches!(
                    term.expr.column_type(),
                    Some(
                        ColumnType::I16
                            | ColumnType::I32
                            | ColumnType::I64
                            | ColumnType::F32
                            | ColumnType::F64
                            | ColumnType::Decimal
                    )
                )
            )
        };
        match frame.unit {
            FrameUnit::Range if counts && !numbers() => {
                Err(self.invalid("a range that ends some values away needs an order by one number"))
            }
            FrameUnit::Groups if order.is_empty() => {
                Err(self.invalid("a frame of groups needs an order"))
            }
            _ => Ok(()),
        }
    }
}

/// Parts the rows of every window in an expression by a key first.
fn partition(expr: &mut Expr, key: &Expr) {
    match expr {
        Expr::Window(window) => window.over.partition.insert(0, key.clone()),
        other => other.each_child_mut(&mut |child| partition(child, key)),
    }
}

/// Expressions that a query selects for the one around it.
struct Numbered {
    table: TableRef,
    exprs: Vec<Expr>,
}

impl Numbered {
    /// The column of an expression.
    fn number(&mut self, expr: Expr) -> Expr {
        let known = self.exprs.iter().position(|known| *known == expr);
        let place = known.unwrap_or(self.exprs.len());
        let column = OutputColumn {
            table: self.table,
            number: u32::try_from(place + 1).unwrap_or(u32::MAX),
            column_type: expr.column_type(),
            nullable: expr.is_nullable(),
        };
        if known.is_none() {
            self.exprs.push(expr);
        }
        Expr::OutputColumn(column)
    }

    /// A condition in terms of the columns. A comparison of a window with a value is left as it is, so that a database can stop at
    /// the row that no longer meets it; of others the truth is selected.
    fn condition(&mut self, condition: &mut Expr) {
        match condition {
            Expr::Compare(of) => match (&of.left, &of.right) {
                (Expr::Window(_), Expr::Bind(_)) => {
                    of.left = self.number(of.left.clone());
                    return;
                }
                (Expr::Bind(_), Expr::Window(_)) => {
                    of.right = self.number(of.right.clone());
                    return;
                }
                _ => {}
            },
            Expr::Between(of) => {
                if let (Expr::Window(_), Expr::Bind(_), Expr::Bind(_)) =
                    (&of.subject, &of.low, &of.high)
                {
                    of.subject = self.number(of.subject.clone());
                    return;
                }
            }
            Expr::In(of) => {
                if let (Expr::Window(_), Members::Values(_)) = (&of.subject, &of.members) {
                    of.subject = self.number(of.subject.clone());
                    return;
                }
            }
            _ => {}
        }
        let truth = Expr::Truth(Box::new(condition.clone()));
        *condition = Expr::IsTrue(Box::new(self.number(truth)));
    }
}
