//! A file that Django made: the questions are put to it too, its rows are those of `data/`, and what is written to it is
//! stored as Django stores it.

use orm::prelude::*;

use crate::load::{DJANGO, SQLITE, TABLES, models};
use crate::models::bookstore::*;
use crate::models::lab::*;

/// Questions about what Django does itself, before a deletion, and tells no table of.
const IN_PYTHON: &[&str] = &["writes.delete_set_default"];

/// Puts a question to Django's file.
pub fn put(
    name: &str,
    ask: fn(&Database),
    question: fn(&Transaction<'_>) -> Result<serde_json::Value>,
) {
    if !IN_PYTHON.contains(&name) {
        return ask(&DJANGO);
    }
    // The tables' keys are judged by the commit.
    let error = DJANGO.atomic(|tx| question(tx)).expect_err(name);
    assert!(
        matches!(error, Error::ForeignKeyViolation { .. }),
        "{name}: {error}"
    );
}

/// All models, those that are pointed at first.
macro_rules! each_model {
    ($do:ident) => {
        $do! {
            Author Publisher Book Store Word Event Number Document Person Passport Team
            Membership Folder Owner Asset Ticket Contract Lease Plan Subscription Setting Label Task
        }
    };
}

#[test]
fn its_rows_are_read() {
    let mut tables = 0;
    macro_rules! compare {
        ($($model:ident)+) => { $(
            let rows = |db: &Database| $model::objects().order_by($model::id).all(db).expect(stringify!($model));
            assert_eq!(rows(&DJANGO), rows(&SQLITE));
            tables += 1;
        )+ };
    }
    each_model!(compare);
    // The tables of links have no model of their own.
    for links in models().values().filter(|model| model.name.contains('.')) {
        let [id, home, onward] = links.fields else {
            panic!("{links:?}")
        };
        let columns = [id.column, home.column, onward.column].join(", ");
        let sql = format!("SELECT {columns} FROM {} ORDER BY id", links.table);
        let rows = |db: &Database| db.query::<(i64, i64, i64)>(&sql, ()).expect(links.table);
        assert_eq!(rows(&DJANGO), rows(&SQLITE));
        tables += 1;
    }
    assert_eq!(tables, TABLES.len());
}

/// What is stored in a column, in each row: as SQL literals, which tell the type too.
fn stored(db: &Transaction<'_>, table: &str, column: &str) -> Result<Vec<String>> {
    let sql = format!("SELECT quote(\"{column}\") FROM {table} ORDER BY id");
    let rows = db.query::<(String,)>(&sql, ())?;
    Ok(rows.into_iter().map(|(literal,)| literal).collect())
}

/// All that is stored, with JSON documents as Django would have stored them, were their keys in order.
fn all_stored(db: &Transaction<'_>) -> Result<Vec<(String, Vec<String>)>> {
    let mut all = Vec::new();
    for table in TABLES.iter() {
        let name = table["table"].as_str().expect("a table");
        for column in table["columns"].as_array().expect("columns") {
            let (column, is_json) = (
                column["name"].as_str().expect("a column"),
                column["type"] == "json",
            );
            let mut literals = stored(db, name, column)?;
            if is_json {
                in_order(&mut literals);
            }
            all.push((format!("{name}.{column}"), literals));
        }
    }
    Ok(all)
}

fn in_order(literals: &mut [String]) {
    let sorted = |text: &str| {
        let mut bytes = text.as_bytes().to_vec();
        bytes.sort_unstable();
        bytes
    };
    for literal in literals {
        let text = literal
            .strip_prefix('\'')
            .and_then(|rest| rest.strip_suffix('\''));
        let Some(text) = text else { continue };
        let document: serde_json::Value =
            serde_json::from_str(&text.replace("''", "'")).expect("JSON");
        let ordered = format!("'{}'", orm::types::json_text(&document).replace('\'', "''"));
        // Nothing but the order: blanks, escapes and numbers are Django's.
        assert_eq!(sorted(&ordered), sorted(literal));
        *literal = ordered;
    }
}

fn undone(work: impl FnOnce(&Transaction<'_>) -> Result<()>) {
    let mut done = false;
    let end = DJANGO.atomic(|tx| {
        work(tx)?;
        done = true;
        Err::<(), _>(Error::custom("the rows stay as they were"))
    });
    assert!(done, "{end:?}");
}

#[test]
fn what_is_saved_is_stored_as_django_stores_it() {
    undone(|tx| {
        let before = all_stored(tx)?;
        macro_rules! save {
            ($($model:ident)+) => { $(
                for mut row in $model::objects().all(tx)? {
                    row.save(tx)?;
                }
            )+ };
        }
        each_model!(save);
        assert_eq!(all_stored(tx)?, before);
        Ok(())
    });
}

#[test]
fn what_is_inserted_is_stored_as_django_stores_it() {
    undone(|tx| {
        let before = all_stored(tx)?;
        macro_rules! insert {
            ($($model:ident)+) => { $(
                let rows = $model::objects().order_by($model::id).all(tx)?;
                // The keys of the tables are judged at the end.
                $model::objects().delete(tx)?;
                tx.execute("DELETE FROM sqlite_sequence WHERE name = ?", ($model::SCHEMA.table,))?;
                let drafts: Vec<_> = rows.iter().map(|row| row.to_draft()).collect();
                assert_eq!($model::objects().bulk_create(tx, drafts)?, rows);
            )+ };
        }
        each_model!(insert);
        assert_eq!(all_stored(tx)?, before);
        Ok(())
    });
}
