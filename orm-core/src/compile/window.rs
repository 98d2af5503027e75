//! Printing window functions.

use super::template::{Arguments, Over};
use super::writer::Writer;
use crate::ast::{Exclude, Frame, FrameUnit, Window, WindowSpec};
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
