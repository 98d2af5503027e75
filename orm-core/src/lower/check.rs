//! Pass 4: refuses what the database lacks. No other code reads [`Features`].
//!
//! What does not change the result is left out instead: a lock, where the transaction has the
//! whole database to itself already.

use crate::ast::builtin::lookups;
use crate::ast::{
    Aggregate, Backend, Combined, Distinct, Expr, FrameUnit, Insert, LookupCall, Members, Order,
    OrderTerm, Output, Select, Source, Statement, UpdateMany, Wait, Window,
};
use crate::dialect::{Features, SqlDialect};
use crate::error::{Error, Result};
use crate::schema::ModelSchema;
use crate::value::ColumnType;

/// Checks a statement.
pub(super) fn statement(statement: &mut Statement, dialect: &dyn SqlDialect) -> Result<()> {
    let check = Check {
        features: dialect.features(),
        backend: dialect.name(),
        model: statement.model().name,
    };
    match statement {
        Statement::Select(select) => check.select(select),
        Statement::Insert(Insert { arrays: true, .. })
        | Statement::UpdateMany(UpdateMany { arrays: true, .. })
            if !check.features.insert_arrays =>
        {
            Err(check.unsupported("arrays as parameters"))
        }
        Statement::Insert(_) | Statement::UpdateMany(_) => Ok(()),
        Statement::Update(update) => {
            check.backend(update.rows.backend)?;
            check.exprs(&mut update.rows.filters)?;
            update
                .assignments
                .iter_mut()
                .try_for_each(|(_, value)| check.expr(value))
        }
        Statement::Delete(delete) => {
            check.backend(delete.rows.backend)?;
            check.exprs(&mut delete.rows.filters)
        }
    }
}

/// Checks an expression in a definition.
pub(super) fn definition(
    expr: &mut Expr,
    model: &'static str,
    dialect: &dyn SqlDialect,
) -> Result<()> {
    Check {
        features: dialect.features(),
        backend: dialect.name(),
        model,
    }
    .expr(expr)
}

struct Check {
    features: &'static Features,
    backend: &'static str,
    model: &'static str,
}

impl Check {
    /// A query that is for another database is refused, wherever it stands.
    fn backend(&self, backend: Option<Backend>) -> Result<()> {
        match backend {
            Some(backend) if backend.name() != self.backend => {
                Err(self.unsupported(backend.queries()))
            }
            _ => Ok(()),
        }
    }

    fn select(&self, select: &mut Select) -> Result<()> {
        self.backend(select.backend)?;
        self.distinct(select)?;
        self.lock(select)?;
        if let Output::Exprs(exprs) | Output::Named(_, exprs) = &mut select.output {
            self.exprs(exprs)?;
        }
        self.exprs(&mut select.appended)?;
        if let Distinct::On(exprs) = &mut select.distinct {
            self.exprs(exprs)?;
        }
        self.exprs(&mut select.filters)?;
        if let Some(grouping) = &mut select.grouping {
            self.exprs(&mut grouping.having)?;
        }
        if let Order::By(terms) = &mut select.order {
            for term in terms {
                let array = term.expr.column_type() == Some(ColumnType::Array);
                if array && !self.features.ordered_arrays {
                    return Err(self.unsupported("an order by arrays"));
                }
                self.expr(&mut term.expr)?;
            }
        }
        for with in select.ctes.iter_mut().flat_map(|ctes| &mut ctes.with) {
            self.select(&mut with.first)?;
            with.step
                .iter_mut()
                .try_for_each(|step| self.select(step))?;
        }
        for item in &mut select.from {
            if let (Source::Cte(_), Some(on)) = (&item.source, &mut item.on) {
                self.expr(on)?;
            }
            match &mut item.source {
                Source::Table(_) | Source::Cte(_) => {}
                Source::Select(inner) | Source::Numbered(inner) => self.select(inner)?,
                Source::Combined(combined) => self.combined(combined)?,
            }
        }
        Ok(())
    }

    fn window(&self, window: &mut Window) -> Result<()> {
        self.exprs(&mut window.args)?;
        window
            .filter
            .iter_mut()
            .try_for_each(|filter| self.expr(filter))?;
        self.exprs(&mut window.over.partition)?;
        let counts = window.over.frame.is_some_and(|frame| {
            let ends = [frame.start, frame.end].into_iter().flatten();
            frame.unit == FrameUnit::Range && ends.into_iter().any(|end| end != 0)
        });
        for term in &mut window.over.order {
            self.expr(&mut term.expr)?;
            let plain = matches!(&term.expr, Expr::Table(column) if column.max_digits.is_some());
            let decimal = term.expr.column_type() == Some(ColumnType::Decimal);
            if counts && decimal && !plain && !self.features.decimal_ranges {
                return Err(self.unsupported("RANGE over computed decimals"));
            }
        }
        Ok(())
    }

    fn combined(&self, combined: &mut Combined) -> Result<()> {
        self.select(&mut combined.first)?;
        let parts = combined.rest.iter_mut();
        parts
            .map(|(_, part)| part)
            .try_for_each(|part| self.select(part))
    }

    fn distinct(&self, select: &Select) -> Result<()> {
        let Order::By(terms) = &select.order else {
            return Ok(());
        };
        match &select.distinct {
            Distinct::No => Ok(()),
            Distinct::Rows if terms.iter().all(|term| is_selected(select, term)) => Ok(()),
            Distinct::Rows => {
                Err(self.invalid("distinct rows can be ordered only by what they select: `order_by` or `unordered` first"))
            }
            Distinct::On(_) if !self.features.distinct_on => Err(self.unsupported("DISTINCT ON")),
            Distinct::On(exprs) if begins_with(terms, exprs) => Ok(()),
            Distinct::On(_) => {
                Err(self.invalid("the ordering must begin with the expressions of `distinct_on`"))
            }
        }
    }

    fn lock(&self, select: &mut Select) -> Result<()> {
        let Some(lock) = &select.lock else {
            return Ok(());
        };
        if self.features.row_locks {
            if select.distinct != Distinct::No {
                return Err(self.invalid("distinct rows cannot be locked"));
            }
            return Ok(());
        }
        match lock.wait {
            Wait::Block => {
                select.lock = None;
                Ok(())
            }
            Wait::NoWait => Err(self.unsupported("FOR UPDATE NOWAIT")),
            Wait::SkipLocked => Err(self.unsupported("FOR UPDATE SKIP LOCKED")),
        }
    }

    fn exprs(&self, exprs: &mut [Expr]) -> Result<()> {
        exprs.iter_mut().try_for_each(|expr| self.expr(expr))
    }

    fn expr(&self, expr: &mut Expr) -> Result<()> {
        match expr {
            Expr::Window(window) => self.window(window)?,
            Expr::Aggregate(aggregate) => self.aggregate(aggregate)?,
            Expr::Exists(select) | Expr::Scalar(select) => self.select(select)?,
            Expr::In(of) => {
                if let Members::Select(select) = &mut of.members {
                    self.select(select)?;
                }
            }
            Expr::Lookup(call) => self.regex(call)?,
            _ => {}
        }
        let mut checked = Ok(());
        expr.each_child_mut(&mut |child| {
            if checked.is_ok() {
                checked = self.expr(child);
            }
        });
        checked
    }

    fn aggregate(&self, aggregate: &mut Aggregate) -> Result<()> {
        self.exprs(&mut aggregate.args)?;
        let filter = aggregate.filter.iter_mut();
        let order = aggregate.order.iter_mut().map(|term| &mut term.expr);
        filter.chain(order).try_for_each(|expr| self.expr(expr))
    }

    fn regex(&self, call: &LookupCall) -> Result<()> {
        let is_regex = call.lookup == &lookups::REGEX || call.lookup == &lookups::IREGEX;
        if is_regex && !self.features.regex_exprs && !matches!(call.operand, Expr::Bind(_)) {
            return Err(self.unsupported("a regular expression that is not a literal"));
        }
        Ok(())
    }

    #[cold]
    fn unsupported(&self, feature: &'static str) -> Error {
        Error::Unsupported {
            feature,
            backend: self.backend,
        }
    }

    #[cold]
    fn invalid(&self, message: &str) -> Error {
        Error::InvalidQuery {
            model: self.model,
            message: message.to_owned(),
        }
    }
}

/// Whether the rows of a query contain what they are ordered by.
fn is_selected(select: &Select, term: &OrderTerm) -> bool {
    match &select.output {
        Output::Exprs(exprs) | Output::Named(_, exprs) => exprs.contains(&term.expr),
        Output::Model => {
            matches!(&term.expr, Expr::Table(column) if column.table == select.root() && is_column(select.model, column.column))
                || select.inherited.contains(&term.expr)
                || select.appended.contains(&term.expr)
                || select.related.contains(&term.expr)
        }
        Output::Count | Output::CountOf(_) | Output::CountAll | Output::All | Output::One => true,
    }
}

fn is_column(model: &ModelSchema, name: &str) -> bool {
    model.fields.iter().any(|field| field.column == name)
}

/// Whether the first terms of an ordering are, in any order, these expressions.
fn begins_with(terms: &[OrderTerm], exprs: &[Expr]) -> bool {
    let first = &terms[..terms.len().min(exprs.len())];
    terms.is_empty() || first.iter().all(|term| exprs.contains(&term.expr))
}
