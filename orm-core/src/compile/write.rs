//! Printing `INSERT`, `UPDATE` and `DELETE`.

use super::precedence::Precedence;
use super::writer::Writer;
use crate::ast::{
    Case, Delete, Expr, Insert, OnConflict, TableColumn, TableRef, Update, UpdateMany,
};
use crate::error::Result;
use crate::schema::{FieldSchema, ModelSchema};
use crate::value::ColumnType;

impl Writer<'_> {
    /// Writes an `INSERT`, whose values come with each run: a parameter, or an array, a column.
    pub(super) fn insert(&mut self, insert: &Insert) {
        self.push_sql("INSERT INTO ");
        self.push_identifier(insert.model.table);
        if insert.columns.is_empty() {
            self.push_sql(" DEFAULT VALUES");
        } else {
            self.push_sql(" (");
            self.columns(insert.model, &insert.columns);
            let absent = matches!(insert.on_conflict, OnConflict::Absent(_));
            self.push_sql(match (insert.arrays, absent) {
                (true, _) => ") SELECT * FROM unnest(",
                (false, true) => ") SELECT ",
                (false, false) => ") VALUES (",
            });
            for (index, column) in insert.columns.iter().enumerate() {
                self.comma(index);
                if insert.arrays {
                    self.array(insert.model, *column, index + 1);
                } else {
                    self.push_placeholder(index + 1);
                }
            }
            if insert.arrays || !absent {
                self.push_sql(")");
            }
        }
        self.on_conflict(insert);
        if !insert.returning.is_empty() && !insert.row_ids {
            self.push_sql(" RETURNING ");
            self.columns(insert.model, &insert.returning);
        }
    }

    fn comma(&mut self, index: usize) {
        if index > 0 {
            self.push_sql(", ");
        }
    }

    fn columns(&mut self, model: &ModelSchema, columns: &[usize]) {
        for (index, column) in columns.iter().enumerate() {
            self.comma(index);
            self.push_identifier(model.fields[*column].column);
        }
    }

    /// Writes the placeholder of an array of a column's values, so that its type is plain.
    fn array(&mut self, model: &ModelSchema, column: usize, number: usize) {
        let field = &model.fields[column];
        if field.column_type == ColumnType::Enum {
            // Its type in the database may have any name: that of the column decides.
            self.push_sql("coalesce(");
            self.push_placeholder(number);
            self.push_sql(", ARRAY(SELECT ");
            self.push_identifier(field.column);
            self.push_sql(" FROM ");
            self.push_identifier(model.table);
            self.push_sql(" LIMIT 0))");
            return;
        }
        self.push_placeholder(number);
        self.push_sql("::");
        self.push_sql(self.dialect.type_name(field.column_type));
        self.push_sql("[]");
    }

    fn on_conflict(&mut self, insert: &Insert) {
        let (target, columns) = match &insert.on_conflict {
            OnConflict::Error => return,
            OnConflict::Ignore => return self.push_sql(" ON CONFLICT DO NOTHING"),
            OnConflict::Absent(same) => return self.where_absent(insert, same),
            OnConflict::Update { target, columns } => (target, columns),
        };
        self.push_sql(" ON CONFLICT (");
        self.columns(insert.model, target);
        if columns.is_empty() {
            self.push_sql(") DO NOTHING");
            return;
        }
        self.push_sql(") DO UPDATE SET ");
        for (index, column) in columns.iter().enumerate() {
            self.comma(index);
            let name = insert.model.fields[*column].column;
            self.push_identifier(name);
            self.push_sql(" = excluded.");
            self.push_identifier(name);
        }
    }

    /// Writes the condition that no row has the same values in these columns.
    fn where_absent(&mut self, insert: &Insert, same: &[usize]) {
        if insert.arrays {
            self.push_sql(" AS v(");
            self.columns(insert.model, &insert.columns);
            self.push_sql(")");
        }
        self.push_sql(" WHERE NOT EXISTS (SELECT 1 FROM ");
        self.push_identifier(insert.model.table);
        self.push_sql(" AS l WHERE ");
        for (index, column) in same.iter().enumerate() {
            self.push_sql(if index > 0 { " AND l." } else { "l." });
            let name = insert.model.fields[*column].column;
            self.push_identifier(name);
            self.push_sql(" = ");
            if insert.arrays {
                self.push_sql("v.");
                self.push_identifier(name);
            } else if let Ok(place) = insert.columns.binary_search(column) {
                self.push_placeholder(place + 1);
            }
        }
        self.push_sql(")");
    }

    /// Writes a lowered `UPDATE`.
    pub(super) fn update(&mut self, update: Update) -> Result<()> {
        let model = update.rows.model;
        self.push_sql("UPDATE ");
        self.push_identifier(model.table);
        self.push_sql(" SET ");
        let read = self.tables.len();
        self.push_list(update.assignments, ", ", |writer, (index, value)| {
            let field = &model.fields[index];
            writer.push_identifier(field.column);
            writer.push_sql(" = ");
            let value = match value {
                Expr::Case(case) if writer.dialect.enums_have_types() => of_column(*case, field),
                value => value,
            };
            writer.stored(value, field.column_type, field.options.decimal_places)
        })?;
        if self.tables[read..].contains(&model.table) {
            self.push_sql(self.dialect.update_as_it_was());
        }
        self.filters(update.rows.filters)?;
        if !update.returning.is_empty() {
            self.push_sql(" RETURNING ");
            self.columns(model, &update.returning);
        }
        Ok(())
    }

    /// Writes an `UPDATE` whose values come with each run: the columns' in order, the key's last.
    pub(super) fn update_many(&mut self, update: &UpdateMany) {
        let model = update.model;
        self.push_sql("UPDATE ");
        self.push_identifier(model.table);
        self.push_sql(" SET ");
        for (index, column) in update.columns.iter().enumerate() {
            self.comma(index);
            let name = model.fields[*column].column;
            self.push_identifier(name);
            self.push_sql(" = ");
            if update.arrays {
                self.push_sql("v.");
                self.push_identifier(name);
            } else {
                self.push_placeholder(index + 1);
            }
        }
        if update.arrays {
            self.push_sql(" FROM unnest(");
            let columns = || update.columns.iter().chain(model.primary_key);
            for (index, column) in columns().enumerate() {
                self.comma(index);
                self.array(model, *column, index + 1);
            }
            self.push_sql(") AS v(");
            for (index, column) in columns().enumerate() {
                self.comma(index);
                self.push_identifier(model.fields[*column].column);
            }
            self.push_sql(")");
        }
        for (index, key) in model.keys().enumerate() {
            self.push_sql(if index == 0 { " WHERE " } else { " AND " });
            self.push_identifier(model.table);
            self.push_sql(".");
            self.push_identifier(key.column);
            self.push_sql(" = ");
            if update.arrays {
                self.push_sql("v.");
                self.push_identifier(key.column);
            } else {
                self.push_placeholder(update.columns.len() + index + 1);
            }
        }
    }

    /// Writes the new value of a column. A decimal that is not bound, and so was not checked, is
    /// rounded to the column's places where the database does not do that when it stores one.
    pub(super) fn stored(
        &mut self,
        value: Expr,
        of: ColumnType,
        places: Option<u32>,
    ) -> Result<()> {
        let computed = of == ColumnType::Decimal && !matches!(value, Expr::Bind(_));
        match (self.dialect.round_function(), places) {
            (Some(function), Some(places)) if computed => {
                self.push_sql(function);
                self.push_sql("(");
                self.expr(value, Precedence::Loose)?;
                self.push_sql(", ");
                self.push_number(u64::from(places));
                self.push_sql(")");
                Ok(())
            }
            _ => self.expr(value, Precedence::Loose),
        }
    }

    /// Writes a lowered `DELETE`.
    pub(super) fn delete(&mut self, delete: Delete) -> Result<()> {
        self.push_sql("DELETE FROM ");
        self.push_identifier(delete.rows.model.table);
        self.filters(delete.rows.filters)
    }
}

/// Values alone would make a `CASE` of enums a text, which a column of another type does not take. A branch that is
/// never taken names the column, and with it the type.
fn of_column(mut case: Case, field: &FieldSchema) -> Expr {
    if field.column_type == ColumnType::Enum {
        let column = TableColumn {
            table: TableRef::Bare,
            column: field.column,
            column_type: field.column_type,
            max_digits: None,
            nullable: field.nullable,
        };
        case.whens
            .push((Expr::Constant(false), Expr::Table(column)));
    }
    Expr::Case(Box::new(case))
}
