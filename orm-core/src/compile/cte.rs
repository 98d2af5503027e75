//! Printing `WITH`.

use super::combine::Columns;
use super::writer::Writer;
use crate::ast::With;
use crate::error::Result;

impl Writer<'_> {
    /// Writes common table expressions, each of which may join those before it and, by its step, itself.
    pub(super) fn with(&mut self, with: Vec<With>) -> Result<()> {
        self.push_sql(if with.iter().any(|with| with.step.is_some()) {
            "WITH RECURSIVE "
        } else {
            "WITH "
        });
        self.push_list(with, ", ", |writer, with| {
            writer.push_cte(with.number);
            writer.push_sql("(");
            writer.push_list(1..=u64::from(with.columns), ", ", |writer, number| {
                writer.push_number_name(number);
                Ok(())
            })?;
            writer.push_sql(") AS (");
            let columns = Columns {
                typed: with.step.is_some(),
                ..Columns::PLAIN
            };
            writer.united(with.first, columns, with.step.is_none())?;
            if let Some(step) = with.step {
                writer.push_sql(" UNION ALL ");
                writer.united(step, columns, false)?;
            }
            writer.push_sql(")");
            Ok(())
        })?;
        self.push_sql(" ");
        Ok(())
    }

    /// Writes the name of a common table expression.
    pub(super) fn push_cte(&mut self, number: u32) {
        self.push_sql("\"__w");
        self.push_number(u64::from(number));
        self.push_sql("\"");
    }
}
