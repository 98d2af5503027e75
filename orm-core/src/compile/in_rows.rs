//! Printing `(a, b) IN (..)`: row values among arrays that lie side by side, each of them one parameter.

use super::expr::operand;
use super::template::Arguments;
use super::writer::Writer;
use crate::ast::Expr;
use crate::dialect::RowsForm;
use crate::error::Result;
use crate::value::{ColumnType, Value};

impl Writer<'_> {
    /// Writes that a row value is, or is not, among others: an array for each part.
    pub(super) fn in_rows(
        &mut self,
        parts: Vec<Expr>,
        arrays: Vec<Value>,
        negated: bool,
    ) -> Result<()> {
        let types: Vec<_> = parts.iter().map(Expr::column_type).collect();
        let mut members = Vec::with_capacity(parts.len());
        self.push_sql("(");
        self.push_list(
            parts.into_iter().zip(&arrays),
            ", ",
            |writer, (part, values)| {
                let (subject, member) = writer.dialect.row_part_sql(&operand(&part), values);
                members.push(member);
                writer.template(subject, Arguments::new(vec![part]))
            },
        )?;
        self.push_sql(if negated { ") NOT IN (" } else { ") IN (" });
        match self.dialect.rows_form() {
            RowsForm::Unnest => self.unnested(&types, arrays)?,
            RowsForm::ByNumber(function) => self.numbered(function, &members, arrays)?,
        }
        self.push_sql(")");
        Ok(())
    }

    fn unnested(&mut self, types: &[Option<ColumnType>], arrays: Vec<Value>) -> Result<()> {
        self.push_sql("SELECT * FROM unnest(");
        self.push_list(
            arrays.into_iter().zip(types),
            ", ",
            |writer, (values, held)| {
                writer.push_bind(values)?;
                if let Some(held) = held {
                    writer.push_sql("::");
                    writer.push_sql(writer.dialect.type_name(*held));
                    writer.push_sql("[]");
                }
                Ok(())
            },
        )?;
        self.push_sql(")");
        Ok(())
    }

    /// The first array is walked over, and those beside it are looked up by the place.
    fn numbered(
        &mut self,
        function: &str,
        members: &[&'static str],
        arrays: Vec<Value>,
    ) -> Result<()> {
        let mut arrays = arrays.into_iter();
        let first = arrays.next().unwrap_or(Value::Null);
        let count = 1 + arrays.len();
        for (index, values) in arrays.enumerate() {
            self.push_sql(if index == 0 { "WITH r" } else { ", r" });
            self.push_number(index as u64 + 2);
            self.push_sql("(n, value) AS MATERIALIZED (SELECT rowid, value FROM ");
            self.push_sql(function);
            self.push_sql("(");
            self.push_bind(values)?;
            self.push_sql("))");
        }
        self.push_sql(" SELECT ");
        self.push_list(
            members.iter().enumerate(),
            ", ",
            |writer, (index, member)| {
                let (before, after) = member.split_once("{0}").unwrap_or((member, ""));
                writer.push_sql(before);
                writer.push_sql("r");
                writer.push_number(index as u64 + 1);
                writer.push_sql(".value");
                writer.push_sql(after);
                Ok(())
            },
        )?;
        self.push_sql(" FROM ");
        self.push_sql(function);
        self.push_sql("(");
        self.push_bind(first)?;
        self.push_sql(") AS r1");
        for index in 2..=count as u64 {
            self.push_sql(" CROSS JOIN r");
            self.push_number(index);
            self.push_sql(" ON r");
            self.push_number(index);
            self.push_sql(".n = r1.rowid");
        }
        Ok(())
    }
}
