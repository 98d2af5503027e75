//! Conditions over to-many paths: `EXISTS`.

use super::resolve::Resolver;
use super::scope::{Frame, Joins, Scope, first_many, last_many, leads_through, meeting, trimmed};
use crate::ast::{Column, CompareOp, Expr, FromItem, Order, Output, Quantifier, Select, TableRef};
use crate::error::Result;
use crate::schema::PathNode;

impl Resolver {
    /// Resolves a leaf condition. "Some row": `EXISTS` around it for each way to many rows.
    ///
    /// Columns behind the same first to-many step are of the same row; for another first step
    /// there is another `EXISTS` inside.
    pub(super) fn leaf(&mut self, expr: &mut Expr) -> Result<()> {
        if expr.has_each() {
            return self.of_some_row(expr);
        }
        let Some(many) = self.unbound_many(expr) else {
            return self.operands(expr);
        };
        self.refuse_in_definition()?;
        let named = self.named.len();
        let meets = self.enter(many);
        let mut paths = Vec::new();
        expr.each_column(&mut |column| {
            let path = trimmed(*column).path;
            if leads_through(path, Some(many)) {
                paths.extend(path.and_then(last_many));
            }
        });
        for path in paths {
            self.require(path);
        }
        let resolved = self.leaf(expr);
        let frame = self.leave(named);
        resolved?;
        let leaf = std::mem::replace(expr, Expr::Constant(true));
        *expr = exists(many, frame.from, vec![meets, leaf]);
        Ok(())
    }

    /// The first step to many rows that no `EXISTS` stands around yet.
    fn unbound_many(&self, leaf: &Expr) -> Option<&'static PathNode> {
        let scope = self.scopes.last()?;
        let mut found = None;
        leaf.each_column(&mut |column| {
            let many = trimmed(*column).path.and_then(first_many);
            found = found.or(many.filter(|many| !scope.is_bound(many)));
        });
        found
    }

    /// Resolves a condition on the rows of a relation.
    pub(super) fn quantified(&mut self, expr: &mut Expr) -> Result<()> {
        self.refuse_in_definition()?;
        let Expr::Quantified(quantified) = std::mem::replace(expr, Expr::Constant(true)) else {
            return Ok(());
        };
        let path = match quantified.condition {
            None => to_rows_of(quantified.path),
            Some(_) => quantified.path,
        };
        // A path to one row is asked for that row.
        let first = first_many(path).unwrap_or(path);
        let named = self.named.len();
        let meets = self.enter(first);
        let end = self.require(path);
        let (from, condition) = match quantified.condition {
            None => (self.leave(named).from, None),
            Some(mut condition) => {
                let frame = self.take_frame();
                self.scopes.push(Scope {
                    few: true,
                    ..Scope::new(Joins::Join, frame.starting_at(end)).about(path.target())
                });
                let resolved = self.condition(&mut condition);
                let from = self.close();
                self.named.truncate(named);
                resolved?;
                (from, Some(condition))
            }
        };
        let mut filters = vec![meets];
        match (quantified.quantifier, condition) {
            (Quantifier::All, None) => return Ok(()),
            (Quantifier::All, Some(condition)) => filters.push(condition.negate()),
            (_, condition) => filters.extend(condition),
        }
        let rows = exists(first, from, filters);
        *expr = if quantified.quantifier == Quantifier::Any {
            rows
        } else {
            rows.negate()
        };
        Ok(())
    }

    /// Begins a subquery about the rows behind the step `many`; gives the condition that they are
    /// those of the row outside.
    pub(super) fn enter(&mut self, many: &'static PathNode) -> Expr {
        let local = Column {
            path: many.parent,
            field: many.relation.local(),
        };
        let local = trimmed(local);
        let outer = self
            .scopes
            .last()
            .map_or(0, |scope| scope.frame_of(local.path));
        let local = self.local_column(outer, local);
        let frame = self.root_frame(Some(many), many.target());
        let inner = frame.table;
        if let Some(scope) = self.scopes.last_mut() {
            scope.frames.push(frame);
        }
        let remote = super::scope::table_column(inner, many.relation.remote(), false);
        match local {
            Expr::Table(local) => meeting(many, inner, local),
            other => Expr::compare(CompareOp::Eq, Expr::Table(remote), other),
        }
    }

    /// The column of the row outside, which an `UPDATE` may have to get by a subquery.
    fn local_column(&mut self, frame: usize, column: Column) -> Expr {
        let subqueries = self.scopes.last().is_some_and(|scope| {
            frame == 0 && scope.joins == Joins::Subquery && column.path.is_some()
        });
        if subqueries {
            // It fails only where a path leads to many rows, which this one does not.
            return self
                .column_by_subquery(column)
                .unwrap_or(Expr::Column(column));
        }
        Expr::Table(self.joined_column(frame, column))
    }

    /// Joins the steps of a path in the innermost frame, so that only rows that have all of them stay.
    pub(super) fn require(&mut self, path: &'static PathNode) -> TableRef {
        match self
            .scopes
            .last_mut()
            .and_then(|scope| scope.frames.last_mut())
        {
            Some(frame) => frame.table_at(Some(path), true, &mut self.aliases).0,
            None => TableRef::Bare,
        }
    }

    pub(super) fn take_frame(&mut self) -> Frame {
        self.scopes
            .last_mut()
            .and_then(|scope| scope.frames.pop())
            .unwrap_or(Frame::bare())
    }

    /// Ends a subquery.
    fn leave(&mut self, named: usize) -> Frame {
        self.named.truncate(named);
        self.take_frame()
    }

    /// A column at the end of a to-one path, where there are no joins: a subquery of one row.
    pub(super) fn column_by_subquery(&mut self, column: Column) -> Result<Expr> {
        let Some(path) = column.path else {
            return Ok(Expr::Column(column));
        };
        if first_many(path).is_some() {
            return Err(self.invalid("a value cannot come from something each row has many of"));
        }
        let first = start(path);
        let named = self.named.len();
        let meets = self.enter(first);
        let frame = self.scopes.last().map_or(0, |scope| scope.frames.len() - 1);
        let value = Expr::Table(self.joined_column(frame, column));
        let frame = self.leave(named);
        let mut select = subselect(first, frame.from, vec![meets]);
        select.output = Output::Exprs(vec![value]);
        Ok(Expr::Scalar(Box::new(select)))
    }
}

/// The path without a last key that always points at a row: that there is one needs no look at it.
fn to_rows_of(path: &'static PathNode) -> &'static PathNode {
    match path.parent {
        Some(parent) if path.relation.is_key() && !path.relation.nullable => parent,
        _ => path,
    }
}

/// The last step of a path that begins at a column of the path's own start.
fn start(path: &'static PathNode) -> &'static PathNode {
    let local = trimmed(Column {
        path: path.parent,
        field: path.relation.local(),
    });
    local.path.map_or(path, start)
}

pub(super) fn exists(many: &'static PathNode, from: Vec<FromItem>, filters: Vec<Expr>) -> Expr {
    Expr::Exists(Box::new(subselect(many, from, filters)))
}

fn subselect(step: &'static PathNode, from: Vec<FromItem>, filters: Vec<Expr>) -> Select {
    let mut select = Select::from_model(step.target(), &[]);
    select.output = Output::One;
    select.order = Order::By(Vec::new());
    select.filters = filters;
    select.from = from;
    select
}
