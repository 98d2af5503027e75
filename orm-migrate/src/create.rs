//! `CREATE TABLE` and `CREATE INDEX` of every model.

use orm_core::ast::Expr;
use orm_core::compile::{definition_sql, generated_sql};
use orm_core::dialect::SqlDialect;
use orm_core::error::{Error, Result};
use orm_core::model::{Definitions, Registration};
use orm_core::schema::{FieldSchema, IndexSchema, LONGEST_NAME, OnDelete, RelationSchema};

use crate::editor::{self, Editor};
use crate::order::in_order;

/// The statements that make the models' tables, where they are not there yet, in an order that works
/// also when models point at each other.
///
/// # Errors
/// [`Error::Unsupported`] for an index that the database lacks, [`Error::Migration`] where two models
/// want one table or a name is longer than 63 bytes, and [`Error::InvalidQuery`] for a check or generated column that looks beyond its row.
pub fn create_statements(
    models: &[&Registration],
    dialect: &dyn SqlDialect,
) -> Result<Vec<String>> {
    refuse_shared_tables(models)?;
    models
        .iter()
        .try_for_each(|model| refuse_long_names(model))?;
    let editor = editor::of(dialect);
    let (mut tables, mut late, mut indexes) = (Vec::new(), Vec::new(), Vec::new());
    for (model, keys_of_later_tables) in in_order(models) {
        let later = if editor.references_ahead() {
            Vec::new()
        } else {
            keys_of_later_tables
        };
        let table = Table {
            model,
            definitions: (model.definitions)(),
            dialect,
        };
        tables.push(table.create(&later, editor)?);
        late.extend(later.iter().map(|key| {
            editor.add_constraint(
                (model.schema)().table,
                &table.key_name(key),
                &table.foreign_key(key, editor),
            )
        }));
        table.push_indexes(editor, &mut indexes)?;
    }
    Ok(tables.into_iter().chain(late).chain(indexes).collect())
}

fn refuse_shared_tables(models: &[&Registration]) -> Result<()> {
    let mut sorted: Vec<_> = models.iter().map(|model| (model.schema)()).collect();
    sorted.sort_by_key(|schema| schema.table);
    match sorted
        .windows(2)
        .find(|pair| pair[0].table == pair[1].table)
    {
        Some([a, b]) => Err(Error::Migration {
            message: format!(
                "the models {} and {} have the same table {:?}",
                a.name, b.name, a.table
            ),
        }),
        _ => Ok(()),
    }
}

/// Cut names would meet each other, and no error could tell whose they are. Both databases refuse them, so that a model has the
/// same tables on both.
fn refuse_long_names(model: &Registration) -> Result<()> {
    let (schema, definitions) = ((model.schema)(), (model.definitions)());
    let columns = schema.fields.iter().map(|field| ("column", field.column));
    let indexes = schema.indexes.iter().filter_map(|index| index.name);
    let uniques = schema.uniques.iter().filter_map(|unique| unique.name);
    let checks = definitions.checks.iter().map(|(name, _)| *name);
    let mut names = [("table", schema.table)]
        .into_iter()
        .chain(columns)
        .chain(indexes.map(|name| ("index", name)))
        .chain(uniques.chain(checks).map(|name| ("constraint", name)));
    match names.find(|(_, name)| name.len() > LONGEST_NAME) {
        Some((what, name)) => Err(Error::Migration {
            message: format!(
                "the {what} {name:?} of the model {} has {} bytes; a name may have {LONGEST_NAME}",
                schema.name,
                name.len()
            ),
        }),
        None => Ok(()),
    }
}

struct Table<'a> {
    model: &'a Registration,
    definitions: Definitions,
    dialect: &'a dyn SqlDialect,
}

impl Table<'_> {
    fn quoted(&self, name: &str) -> String {
        let mut sql = String::with_capacity(name.len() + 2);
        self.dialect.push_identifier(&mut sql, name);
        sql
    }

    fn quoted_columns(&self, fields: impl IntoIterator<Item = usize>) -> String {
        let columns: Vec<_> = fields
            .into_iter()
            .map(|field| self.quoted((self.model.schema)().fields[field].column))
            .collect();
        columns.join(", ")
    }

    fn create(&self, later: &[&RelationSchema], editor: &dyn Editor) -> Result<String> {
        let schema = (self.model.schema)();
        let mut parts = schema
            .fields
            .iter()
            .map(|field| self.column(field))
            .collect::<Result<Vec<_>>>()?;
        if schema.has_composite_key() {
            let columns = self.quoted_columns(schema.primary_key.iter().copied());
            parts.push(format!("PRIMARY KEY ({columns})"));
        }
        for field in schema
            .fields
            .iter()
            .filter(|field| field.options.unique && !schema.is_key(field.index))
        {
            let name = schema.unique_field_name(field);
            parts.push(format!(
                "CONSTRAINT {} UNIQUE ({})",
                self.quoted(&name),
                self.quoted(field.column)
            ));
        }
        for unique in schema.uniques {
            let name = schema.unique_name(unique);
            let columns = self.quoted_columns(unique.fields.iter().copied());
            parts.push(format!(
                "CONSTRAINT {} UNIQUE ({columns})",
                self.quoted(&name)
            ));
        }
        for field in schema.fields {
            if let Some(limit) = editor.limit(&self.quoted(field.column), field) {
                let name = schema.limit_name(field);
                parts.push(format!("CONSTRAINT {} CHECK ({limit})", self.quoted(&name)));
            }
        }
        for (name, condition) in &self.definitions.checks {
            let condition = definition_sql(condition.clone(), schema.name, self.dialect)?;
            parts.push(format!(
                "CONSTRAINT {} CHECK ({condition})",
                self.quoted(name)
            ));
        }
        for field in schema.fields {
            if let Some(key) = field.relation.filter(|key| !later.contains(key)) {
                parts.push(format!(
                    "CONSTRAINT {} {}",
                    self.quoted(&self.key_name(key)),
                    self.foreign_key(key, editor)
                ));
            }
        }
        Ok(format!(
            "CREATE TABLE IF NOT EXISTS {} (\n    {}\n)",
            self.quoted(schema.table),
            parts.join(",\n    ")
        ))
    }

    /// `"name" type NOT NULL ..`
    fn column(&self, field: &'static FieldSchema) -> Result<String> {
        let name = self.quoted(field.column);
        if field.options.auto_increment {
            return Ok(format!(
                "{name} {}",
                self.dialect.auto_increment(field.column_type)
            ));
        }
        let mut sql = format!("{name} {}", self.dialect.column_type(field));
        if let Some(expr) = find(&self.definitions.generated, field.index) {
            let expr = generated_sql(
                expr.clone(),
                field,
                (self.model.schema)().name,
                self.dialect,
            )?;
            sql.push_str(&format!(" GENERATED ALWAYS AS ({expr}) STORED"));
        } else if let Some(default) = self.default_of(field) {
            let default = definition_sql(default, (self.model.schema)().name, self.dialect)?;
            sql.push_str(&format!(" DEFAULT ({default})"));
        }
        if (self.model.schema)().is_key(field.index) {
            sql.push_str(" PRIMARY KEY");
        }
        if !field.nullable {
            sql.push_str(" NOT NULL");
        }
        Ok(sql)
    }

    /// The column's default in the database: its own, or the one that `on_delete = set_default` needs.
    fn default_of(&self, field: &FieldSchema) -> Option<Expr> {
        let set_default = field
            .relation
            .is_some_and(|key| key.on_delete == OnDelete::SetDefault);
        find(&self.definitions.db_defaults, field.index)
            .cloned()
            .or_else(|| {
                (self.model.default_value)(field.index)
                    .filter(|_| set_default)
                    .map(Expr::Bind)
            })
    }

    fn key_name(&self, key: &RelationSchema) -> String {
        (self.model.schema)().foreign_key_name(key.local())
    }

    fn foreign_key(&self, key: &RelationSchema, editor: &dyn Editor) -> String {
        let on_delete = match key.on_delete {
            OnDelete::Cascade => "CASCADE",
            OnDelete::Restrict => editor.restrict(),
            OnDelete::SetNull => "SET NULL",
            OnDelete::SetDefault => "SET DEFAULT",
            OnDelete::NoAction => "NO ACTION",
        };
        format!(
            "FOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE {on_delete}",
            self.quoted(key.local().column),
            self.quoted((key.to)().table),
            self.quoted(key.remote().column),
        )
    }

    fn name_of(&self, fields: &[usize], suffix: &str) -> String {
        (self.model.schema)().name_of(fields, suffix)
    }

    fn push_indexes(&self, editor: &dyn Editor, to: &mut Vec<String>) -> Result<()> {
        let schema = (self.model.schema)();
        for field in schema.fields {
            let options = &field.options;
            // A key is looked up from its other side whenever that side's row goes.
            // The index of the primary key serves the first of its fields too.
            if (options.index || field.relation.is_some())
                && !options.unique
                && schema.primary_key[0] != field.index
            {
                to.push(self.index(
                    &self.name_of(&[field.index], "idx"),
                    &self.quoted(field.column),
                ));
            }
        }
        for (place, index) in schema.indexes.iter().enumerate() {
            to.push(self.model_index(place, index, editor)?);
        }
        Ok(())
    }

    fn index(&self, name: &str, what: &str) -> String {
        let (name, table) = (self.quoted(name), self.quoted((self.model.schema)().table));
        format!("CREATE INDEX IF NOT EXISTS {name} ON {table} ({what})")
    }

    fn model_index(
        &self,
        place: usize,
        index: &IndexSchema,
        editor: &dyn Editor,
    ) -> Result<String> {
        let schema = (self.model.schema)();
        let mut parts = Vec::new();
        for column in index.columns {
            let direction = if column.descending { " DESC" } else { "" };
            parts.push(format!(
                "{}{direction}",
                self.quoted(schema.fields[column.field].column)
            ));
        }
        for (_, expr) in self
            .definitions
            .index_exprs
            .iter()
            .filter(|(of, _)| *of == place)
        {
            parts.push(format!(
                "({})",
                definition_sql(expr.clone(), schema.name, self.dialect)?
            ));
        }
        let fields: Vec<_> = index.columns.iter().map(|column| column.field).collect();
        let number = format!("{place}_idx");
        let suffix = if fields.is_empty() {
            number.as_str()
        } else {
            "idx"
        };
        let name = index
            .name
            .map_or_else(|| self.name_of(&fields, suffix), str::to_owned);
        let mut sql = format!(
            "CREATE INDEX IF NOT EXISTS {} ON {}{} ({})",
            self.quoted(&name),
            self.quoted(schema.table),
            editor.index_method(index.using)?,
            parts.join(", "),
        );
        if !index.include.is_empty() {
            let columns = self.quoted_columns(index.include.iter().copied());
            sql.push_str(&editor.index_include(&columns)?);
        }
        if let Some(condition) = find(&self.definitions.index_conditions, place) {
            sql.push_str(" WHERE ");
            sql.push_str(&definition_sql(
                condition.clone(),
                schema.name,
                self.dialect,
            )?);
        }
        Ok(sql)
    }
}

fn find(list: &[(usize, Expr)], index: usize) -> Option<&Expr> {
    list.iter()
        .find(|(of, _)| *of == index)
        .map(|(_, expr)| expr)
}
