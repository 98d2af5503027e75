//! Printing aggregates.

use super::precedence::Precedence;
use super::template::{Arguments, Over};
use super::writer::Writer;
use crate::ast::Aggregate;
use crate::ast::builtin::aggregates;
use crate::error::Result;

impl Writer<'_> {
    /// Writes an aggregate.
    pub(super) fn aggregate(&mut self, aggregate: Aggregate) -> Result<()> {
        let Aggregate {
            function,
            args,
            distinct,
            filter,
            order,
            column_type: _,
        } = aggregate;
        let function = if distinct {
            aggregates::distinct(function)
        } else {
            function
        };
        if !function.arity.allows(args.len()) {
            return Err(self.invalid("an aggregate has the wrong number of arguments"));
        }
        // PostgreSQL must see that distinct values are ordered by themselves.
        let reuse = self.reuse;
        self.reuse |= distinct;
        let template = self.dialect.function_sql(function);
        let over = Over {
            distinct,
            filter,
            order,
            window: None,
        };
        let written = self.template(template, Arguments::of_aggregate(args, over));
        self.reuse = reuse;
        written
    }

    /// Writes what an aggregate says of the rows that it looks at.
    pub(super) fn over(&mut self, slot: &str, over: &Over) -> Result<()> {
        match slot {
            "distinct" if over.distinct => self.push_sql("DISTINCT "),
            "filter" => {
                if let Some(filter) = &over.filter {
                    self.push_sql(" FILTER (WHERE ");
                    self.expr(filter.clone(), Precedence::Loose)?;
                    self.push_sql(")");
                }
                if let Some(spec) = &over.window {
                    self.push_sql(" OVER ");
                    self.spec(spec.clone())?;
                }
            }
            "order" if !over.order.is_empty() => {
                self.push_sql(" ORDER BY ");
                self.push_list(over.order.clone(), ", ", |writer, term| {
                    writer.order_term(term, None)
                })?;
            }
            _ => {}
        }
        Ok(())
    }
}
