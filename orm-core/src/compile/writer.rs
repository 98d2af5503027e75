//! The buffer that everything is printed into.

use super::{Compiled, Source};
use crate::ast::{TableRef, WindowSpec};
use crate::dialect::{RegexError, SqlDialect, Transform, Unfit, push_number};
use crate::error::{Error, Result};
use crate::value::Value;

/// What a transform makes of a value. `model` is for error messages.
pub(super) fn transformed(
    value: Value,
    transform: Transform,
    model: &'static str,
    dialect: &dyn SqlDialect,
) -> Result<Value> {
    transform.apply(value).map_err(|error| match error {
        Unfit::Regex(RegexError::Unsupported(feature)) => Error::Unsupported {
            feature,
            backend: dialect.name(),
        },
        _ => Error::InvalidQuery {
            model,
            message: error.to_string(),
        },
    })
}

/// SQL under construction, with its parameters.
pub(super) struct Writer<'a> {
    pub(super) sql: String,
    params: Vec<Value>,
    sources: Vec<Source>,
    pub(super) dialect: &'a dyn SqlDialect,
    /// The model that error messages name.
    model: &'static str,
    /// Whether values are written as literals: in definitions.
    pub(super) inline: bool,
    /// Whether equal values are one parameter, so that equal expressions are equal texts.
    pub(super) reuse: bool,
    /// The tables that are read from so far.
    pub(super) tables: Vec<&'static str>,
    /// The windows of the query that is being written which it uses more than once: each has its place as its name.
    pub(super) windows: Vec<WindowSpec>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(dialect: &'a dyn SqlDialect, model: &'static str) -> Self {
        Self {
            sql: String::with_capacity(512),
            params: Vec::new(),
            sources: Vec::new(),
            dialect,
            model,
            inline: false,
            reuse: false,
            tables: Vec::new(),
            windows: Vec::new(),
        }
    }

    pub(super) fn for_definition(dialect: &'a dyn SqlDialect, model: &'static str) -> Self {
        Self {
            inline: true,
            ..Self::new(dialect, model)
        }
    }

    pub(super) fn finish(self) -> Compiled {
        Compiled {
            sql: self.sql,
            params: self.params,
            sources: self.sources,
        }
    }

    /// Writes SQL as it is.
    pub(super) fn push_sql(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    /// Writes a name in quotes.
    pub(super) fn push_identifier(&mut self, name: &str) {
        self.dialect.push_identifier(&mut self.sql, name);
    }

    /// Writes a table's name or alias; nothing for [`TableRef::Bare`].
    pub(super) fn push_table(&mut self, table: TableRef) {
        match table {
            TableRef::Named(name) => self.push_identifier(name),
            TableRef::Alias(number) => {
                self.push_sql("\"t");
                self.push_number(u64::from(number));
                self.push_sql("\"");
            }
            TableRef::Excluded => self.push_sql("excluded"),
            TableRef::Bare => {}
        }
    }

    /// Writes a column behind its table.
    pub(super) fn push_column(&mut self, table: TableRef, column: &str) {
        if table != TableRef::Bare {
            self.push_table(table);
            self.sql.push('.');
        }
        self.push_identifier(column);
    }

    /// Writes a placeholder and keeps the value for it; NULL, and everything in definitions, is a literal.
    pub(super) fn push_bind(&mut self, value: Value) -> Result<()> {
        let (value, number) = value.into_plain();
        self.push_param(value, number.map_or(Source::Fixed, Source::Value))
    }

    fn push_param(&mut self, value: Value, source: Source) -> Result<()> {
        if self.inline {
            return self
                .dialect
                .push_literal(&mut self.sql, &value)
                .map_err(|why| self.invalid(why));
        }
        // A placeholder of NULL could have no type that PostgreSQL finds out.
        if value.is_null() {
            self.push_sql("NULL");
            return Ok(());
        }
        if self.reuse {
            let mut known = self.params.iter().zip(&self.sources);
            let place = known.position(|(known, from)| *known == value && *from == source);
            if let Some(place) = place {
                self.dialect.push_placeholder(&mut self.sql, place + 1);
                return Ok(());
            }
        }
        self.params.push(value);
        self.sources.push(source);
        self.dialect
            .push_placeholder(&mut self.sql, self.params.len());
        Ok(())
    }

    /// Writes the placeholder of a value that comes with each run.
    pub(super) fn push_placeholder(&mut self, number: usize) {
        self.dialect.push_placeholder(&mut self.sql, number);
    }

    /// Writes a placeholder for what the transform makes of the value.
    pub(super) fn push_transformed(&mut self, value: Value, transform: Transform) -> Result<()> {
        let (value, number) = value.into_plain();
        let value = transformed(value, transform, self.model, self.dialect)?;
        self.push_param(
            value,
            number.map_or(Source::Fixed, |number| {
                Source::Transformed(number, transform)
            }),
        )
    }

    /// Writes a number as a literal.
    pub(super) fn push_number(&mut self, number: u64) {
        push_number(&mut self.sql, number);
    }

    /// Writes the name of a column that is known by its number.
    pub(super) fn push_number_name(&mut self, number: u64) {
        self.push_sql("\"c");
        self.push_number(number);
        self.push_sql("\"");
    }

    /// Writes items with a separator between them.
    pub(super) fn push_list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        separator: &str,
        mut push: impl FnMut(&mut Self, T) -> Result<()>,
    ) -> Result<()> {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push_sql(separator);
            }
            push(self, item)?;
        }
        Ok(())
    }

    #[cold]
    pub(super) fn invalid(&self, message: impl Into<String>) -> Error {
        Error::InvalidQuery {
            model: self.model,
            message: message.into(),
        }
    }
}
