//! The two databases with the rows of `data/`: made once a run, and the same for every case.

use std::collections::HashMap;
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::LazyLock;

use orm::model::registered;
use orm::prelude::*;
use orm::schema::{FieldSchema, ModelSchema};
use orm::value::{ColumnType, Value};
use serde_json::Value as Json;

/// SQLite in memory.
pub static SQLITE: LazyLock<Database> = LazyLock::new(|| {
    let db = Database::connect("sqlite::memory:").expect("SQLite in memory");
    fill(&db).expect("the rows");
    db
});

/// A database that Django made and filled with the same rows; see `data/file/make.py`.
pub static DJANGO: LazyLock<Database> = LazyLock::new(|| {
    let db = Database::connect("sqlite::memory:").expect("SQLite in memory");
    db.execute_batch(&data("file/database.sql"))
        .expect("Django's dump");
    db
});

/// One connection to PostgreSQL, whose tables are temporary: they are seen by this run alone, and go with it.
///
/// Without a server it fails: PostgreSQL's tests are never skipped.
#[cfg(feature = "postgres")]
pub static POSTGRES: LazyLock<Database> = LazyLock::new(|| {
    let server = std::env::var("DATABASE_URL")
        .expect("PostgreSQL's tests need DATABASE_URL: run ./test.sh, which starts a server");
    let separator = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{separator}options=-csearch_path%3Dpg_temp");
    let db = Database::builder(&url)
        .max_connections(1)
        .connect()
        .expect("PostgreSQL");
    fill(&db).expect("the rows");
    db
});

/// The text of a file of `data/`.
pub fn data(file: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/django/data", file]
        .iter()
        .collect();
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The tables of `schema.json`, each behind those that it refers to.
pub static TABLES: LazyLock<Vec<Json>> =
    LazyLock::new(|| serde_json::from_str(&data("schema.json")).expect("an array of tables"));

/// The models of this program by their tables.
pub fn models() -> HashMap<&'static str, &'static ModelSchema> {
    let schemas = registered().into_iter().map(|model| (model.schema)());
    schemas.map(|schema| (schema.table, schema)).collect()
}

fn fill(db: &Database) -> Result<()> {
    db.create_tables()?;
    let models = models();
    db.atomic(|tx| {
        for table in TABLES.iter() {
            let name = text(&table["table"]);
            let schema = models[name];
            let (app, _) = name.split_once('_').expect("a table of an app");
            let rows = data(&format!("{app}/{name}.jsonl"));
            for row in rows.lines() {
                insert(tx, schema, &serde_json::from_str(row).expect("a row"))?;
            }
            assert_eq!(table["rows"], rows.lines().count(), "{name}");
        }
        Ok(())
    })
}

/// Lets the database count up from the greatest key of the rows. PostgreSQL's sequences do not know of keys that were given, and
/// no rollback sets them back.
pub fn restart_keys(tx: &Transaction<'_>) -> Result<()> {
    if orm::Executor::dialect(tx).dialect() != Dialect::Postgres {
        return Ok(());
    }
    let restart = |table: &Json| {
        let name = text(&table["table"]);
        let greatest = format!("(SELECT max(id) FROM {name})");
        format!("setval(pg_get_serial_sequence('{name}', 'id'), {greatest})")
    };
    let restarts: Vec<_> = TABLES.iter().map(restart).collect();
    let sql = format!("SELECT {}", restarts.join(", "));
    tx.execute(&sql, ()).map(drop)
}

fn insert(tx: &Transaction<'_>, schema: &ModelSchema, row: &Json) -> Result<()> {
    let row = row.as_object().expect("a row is an object");
    assert_eq!(row.len(), schema.fields.len(), "{}", schema.table);
    let columns: Vec<_> = schema.fields.iter().map(|field| field.column).collect();
    let values: Vec<_> = schema
        .fields
        .iter()
        .map(|field| value(field, &row[field.column], tx))
        .collect();
    let sql = format!(
        "INSERT INTO {} (\"{}\") VALUES ({})",
        schema.table,
        columns.join("\", \""),
        vec!["?"; columns.len()].join(", "),
    );
    tx.execute(&sql, values).map(drop)
}

/// The value of a column as it is written in the rows.
fn value(field: &FieldSchema, json: &Json, tx: &Transaction<'_>) -> Value {
    if json.is_null() {
        return Value::Null;
    }
    match field.column_type {
        ColumnType::Bool => Value::Bool(json.as_bool().expect("a bool")),
        ColumnType::I32 => Value::I32(parsed(json)),
        ColumnType::I64 => Value::I64(parsed(json)),
        ColumnType::F64 => Value::F64(json.as_f64().expect("a float")),
        ColumnType::Text => Value::Text(text(json).to_owned().into()),
        ColumnType::Decimal => Value::Decimal(parsed(json)),
        ColumnType::Uuid => Value::Uuid(parsed(json)),
        ColumnType::Date => Value::Date(parsed(json)),
        ColumnType::Time => Value::Time(parsed(json)),
        ColumnType::Timestamp => Value::Timestamp(parsed(json)),
        ColumnType::Duration => Value::Duration(Duration::microseconds(parsed(json))),
        ColumnType::Json => match orm::Executor::dialect(tx).dialect() {
            // The very text that Django writes there.
            Dialect::Sqlite => Value::Text(text(json).to_owned().into()),
            _ => Value::Json(Box::new(parsed(json))),
        },
        other => panic!("no column of the cases is a {other}"),
    }
}

fn text(json: &Json) -> &str {
    json.as_str().expect("a text")
}

fn parsed<T: FromStr<Err: Display>>(json: &Json) -> T {
    let text = json
        .as_str()
        .map_or_else(|| json.to_string(), str::to_owned);
    text.parse()
        .unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

/// The models must be those that the questions were put to.
#[test]
fn models_are_those_of_the_schema() {
    let models = models();
    assert_eq!(models.len(), TABLES.len());
    for table in TABLES.iter() {
        let schema = models[text(&table["table"])];
        let columns = table["columns"].as_array().expect("columns");
        assert_eq!(columns.len(), schema.fields.len(), "{}", schema.table);
        for column in columns {
            let name = text(&column["name"]);
            let field = schema.fields.iter().find(|field| field.column == name);
            let field = field.unwrap_or_else(|| panic!("{}.{name}", schema.table));
            assert_eq!(described(field, column), *column, "{}", schema.table);
        }
        let uniques = |unique: &orm::schema::UniqueSchema| -> Json {
            let names = unique.fields.iter().map(|index| schema.fields[*index].name);
            names.collect()
        };
        let uniques: Vec<Json> = schema.uniques.iter().map(uniques).collect();
        assert_eq!(
            Json::from(uniques),
            table.get("unique_together").cloned().unwrap_or(json!([]))
        );
    }
}

/// A field in the words of `schema.json`; what a schema of ours does not know is taken from there.
fn described(field: &FieldSchema, column: &Json) -> Json {
    let options = &field.options;
    let column_type = match field.column_type {
        ColumnType::Bool => "boolean",
        ColumnType::I32 => "integer",
        ColumnType::I64 => "bigint",
        ColumnType::F64 => "float",
        ColumnType::Timestamp => "datetime",
        ColumnType::Text => "text",
        ColumnType::Decimal => "decimal",
        ColumnType::Uuid => "uuid",
        ColumnType::Date => "date",
        ColumnType::Time => "time",
        ColumnType::Duration => "duration",
        ColumnType::Json => "json",
        _ => "something else",
    };
    let mut all = json!({ "name": field.column, "type": column_type, "null": field.nullable });
    if options.primary_key {
        all["primary_key"] = true.into();
    }
    if let Some(length) = options.max_length {
        all["max_length"] = length.into();
    }
    if let (Some(digits), Some(places)) = (options.max_digits, options.decimal_places) {
        all["digits"] = json!([digits, places]);
    }
    if options.has_default {
        all["default"] = column["default"].clone();
    }
    if options.unique {
        all["unique"] = true.into();
    }
    if let Some(key) = field.relation {
        use orm::schema::{OnDelete, RelationKind};
        all["references"] = (key.to)().table.into();
        all["field"] = key.name.into();
        all["related_name"] = column["related_name"].clone();
        all["on_delete"] = match key.on_delete {
            OnDelete::Cascade => "CASCADE",
            OnDelete::SetNull => "SET_NULL",
            OnDelete::SetDefault => "SET_DEFAULT",
            OnDelete::Restrict => "PROTECT",
            OnDelete::NoAction => "RESTRICT",
        }
        .into();
        if key.kind == RelationKind::OneToOne {
            all["unique"] = true.into();
            all["one_to_one"] = true.into();
        }
    }
    all
}
