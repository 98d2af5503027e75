//! Printing window functions.

use super::template::{Arguments, Over};
use super::writer::Writer;
use crate::ast::{
    Distinct, Exclude, Expr, Frame, FrameUnit, Order, Output, Select, Window, WindowSpec,
};
use crate::error::Result;

impl Writer<'_> {
    /// Writes a window function.
    pub(super) fn window(&mut self, window: Window) -> Result<()> {
        if !window.function.arity.allows(window.args.len()) {
            return Err(self.invalid("a window function has the wrong number of arguments"));
        }
        let template = self.dialect.function_sql(window.function);
        if template.contains("{filter}") {
            let over = Over {
                distinct: false,
                filter: window.filter,
                order: Vec::new(),
                window: Some(window.over),
            };
            return self.template(template, Arguments::of_aggregate(window.args, over));
        }
        self.template(template, Arguments::new(window.args))?;
        self.push_sql(" OVER ");
        self.spec(window.over)
    }

    /// Writes which rows are around a row.
    pub(super) fn spec(&mut self, spec: WindowSpec) -> Result<()> {
        let named = self
            .windows
            .iter()
            .position(|shared| is_same(shared, &spec));
        let Some(place) = named else {
            return self.whole_spec(spec);
        };
        match spec.frame {
            None => self.push_window_name(place),
            Some(frame) => {
                self.push_sql("(");
                self.push_window_name(place);
                self.push_sql(" ");
                self.frame(frame);
                self.push_sql(")");
            }
        }
        Ok(())
    }

    /// Writes `WINDOW`, if there are windows to name.
    pub(super) fn window_clause(&mut self) -> Result<()> {
        for (place, spec) in std::mem::take(&mut self.windows).into_iter().enumerate() {
            self.push_sql(if place == 0 { " WINDOW " } else { ", " });
            self.push_window_name(place);
            self.push_sql(" AS ");
            self.whole_spec(spec.clone())?;
            self.windows.push(spec);
        }
        Ok(())
    }

    fn push_window_name(&mut self, place: usize) {
        self.push_sql("\"w");
        self.push_number(place as u64 + 1);
        self.push_sql("\"");
    }

    fn whole_spec(&mut self, spec: WindowSpec) -> Result<()> {
        self.push_sql("(");
        let mut space = "";
        if !spec.partition.is_empty() {
            self.push_sql("PARTITION BY ");
            self.push_list(spec.partition, ", ", Self::sortable)?;
            space = " ";
        }
        if !spec.order.is_empty() {
            self.push_sql(space);
            self.push_sql("ORDER BY ");
            self.push_list(spec.order, ", ", |writer, term| {
                writer.order_term(term, None)
            })?;
            space = " ";
        }
        if let Some(frame) = spec.frame {
            self.push_sql(space);
            self.frame(frame);
        }
        self.push_sql(")");
        Ok(())
    }

    fn frame(&mut self, frame: Frame) {
        self.push_sql(match frame.unit {
            FrameUnit::Rows => "ROWS BETWEEN ",
            FrameUnit::Range => "RANGE BETWEEN ",
            FrameUnit::Groups => "GROUPS BETWEEN ",
        });
        self.end_of_frame(frame.start, "UNBOUNDED PRECEDING");
        self.push_sql(" AND ");
        self.end_of_frame(frame.end, "UNBOUNDED FOLLOWING");
        self.push_sql(match frame.exclude {
            Exclude::NoOthers => "",
            Exclude::CurrentRow => " EXCLUDE CURRENT ROW",
            Exclude::Group => " EXCLUDE GROUP",
            Exclude::Ties => " EXCLUDE TIES",
        });
    }

    fn end_of_frame(&mut self, end: Option<i64>, unbounded: &str) {
        match end {
            None => self.push_sql(unbounded),
            Some(0) => self.push_sql("CURRENT ROW"),
            Some(end) => {
                self.push_number(end.unsigned_abs());
                self.push_sql(if end < 0 { " PRECEDING" } else { " FOLLOWING" });
            }
        }
    }
}

/// Whether two windows have the same rows in the same order, whatever part of them is looked at.
fn is_same(a: &WindowSpec, b: &WindowSpec) -> bool {
    a.partition == b.partition && a.order == b.order
}

/// The windows that a query uses more than once, without what part of them is looked at. One of all rows in no order is shorter
/// than a name.
pub(super) fn shared_windows(select: &Select) -> Vec<WindowSpec> {
    let mut windows = Windows::default();
    if let Output::Exprs(exprs) | Output::Named(_, exprs) = &select.output {
        exprs.iter().for_each(|expr| windows.look_into(expr));
    }
    let appended = select.appended.iter().chain(&select.related);
    appended.for_each(|expr| windows.look_into(expr));
    if let Distinct::On(exprs) = &select.distinct {
        exprs.iter().for_each(|expr| windows.look_into(expr));
    }
    if let Order::By(terms) = &select.order {
        terms.iter().for_each(|term| windows.look_into(&term.expr));
    }
    windows.shared
}

#[derive(Default)]
struct Windows {
    seen: Vec<WindowSpec>,
    shared: Vec<WindowSpec>,
}

impl Windows {
    fn look_into(&mut self, expr: &Expr) {
        if let Expr::Window(window) = expr {
            self.add(&window.over);
        }
        expr.each_child(&mut |child| self.look_into(child));
    }

    fn add(&mut self, spec: &WindowSpec) {
        let is_known = |windows: &[WindowSpec]| windows.iter().any(|known| is_same(known, spec));
        let empty = spec.partition.is_empty() && spec.order.is_empty();
        if empty || is_known(&self.shared) {
            return;
        }
        let again = is_known(&self.seen);
        let list = if again {
            &mut self.shared
        } else {
            &mut self.seen
        };
        list.push(WindowSpec {
            frame: None,
            ..spec.clone()
        });
    }
}
