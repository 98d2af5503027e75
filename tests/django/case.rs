//! Puts a case to a database and compares the answer, and the number of statements, with Django's.

use std::collections::HashMap;
use std::sync::LazyLock;

use orm::prelude::*;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::answer::same;
use crate::load::{data, restart_keys};

/// Writes each case once, named as in `cases.json`, and puts it to both databases, and to a file of SQLite that Django made.
///
/// Behind the database may stand whose answer is [`Expected`], where it is not Django's on the same database.
macro_rules! cases {
    ($group:literal, $(fn $name:ident($db:ident $(, $expected:expr)?) $body:block)+) => {
        /// The cases of this group that are asked.
        pub const TESTED: &[&str] = &[$(concat!($group, ".", stringify!($name))),+];

        mod questions {
            use super::*;
            $(pub fn $name($db: &Transaction<'_>) -> Result<serde_json::Value> {
                Ok(crate::answer::Answer::into_json($body))
            })+
        }

        $(fn $name(db: &Database) {
            let name = concat!($group, ".", stringify!($name));
            crate::case::put(db, name, &crate::case::cases!(@expected $($expected)?), questions::$name);
        })+

        mod sqlite {
            $(#[test]
            fn $name() {
                super::$name(&crate::load::SQLITE);
            })+
        }

        mod djangos_file {
            $(#[test]
            fn $name() {
                let name = concat!($group, ".", stringify!($name));
                crate::file::put(name, super::$name, super::questions::$name);
            })+
        }

        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[test]
            fn $name() {
                super::$name(&crate::load::POSTGRES);
            })+
        }
    };
    (@expected) => { crate::case::Expected::Django };
    (@expected $expected:expr) => { $expected };
}
pub(crate) use cases;

/// A question and Django's answers.
#[derive(Deserialize)]
pub struct Case {
    name: String,
    question: String,
    ordered: bool,
    writes: bool,
    sqlite: Answered,
    postgres: Answered,
}

/// What Django answered on one database.
#[derive(Deserialize)]
struct Answered {
    result: Json,
    queries: usize,
}

impl Case {
    fn on(&self, dialect: Dialect) -> &Answered {
        match dialect {
            Dialect::Sqlite => &self.sqlite,
            _ => &self.postgres,
        }
    }

    /// Whether Django refuses it on both databases.
    pub fn is_refused(&self) -> bool {
        let refused = |answered: &Answered| answered.result.get("raises").is_some();
        refused(&self.sqlite) && refused(&self.postgres)
    }

    /// The answer that is expected on a database, and why, where it is not Django's there.
    fn answer(&self, expected: &Expected, dialect: Dialect) -> (Json, &'static str) {
        let name = &self.name;
        let (sqlite, postgres) = (self.sqlite.outcome(), self.postgres.outcome());
        let theirs = self.on(dialect).outcome();
        match expected {
            Expected::Django => (theirs, ""),
            Expected::Postgres(why) => {
                assert_ne!(sqlite, postgres, "{name}: Django has one answer on both");
                (postgres, why)
            }
            Expected::Sqlite(why) => {
                assert_ne!(sqlite, postgres, "{name}: Django has one answer on both");
                (sqlite, why)
            }
            Expected::Another(other, why) => {
                let answer = CASES[*other].on(dialect).outcome();
                assert_ne!(theirs, answer, "{name}: Django has one answer to both");
                (answer, why)
            }
            Expected::Part(pointer, why) => {
                let part = theirs.pointer(pointer).cloned();
                (
                    part.unwrap_or_else(|| panic!("{name}: no {pointer} in {theirs}")),
                    why,
                )
            }
            Expected::Ours(answer, why) => {
                let new = sqlite != *answer && postgres != *answer;
                assert!(new, "{name}: Django has our answer");
                (answer.clone(), why)
            }
        }
    }
}

impl Answered {
    /// The result, or the exception without its words.
    fn outcome(&self) -> Json {
        match self.result.get("raises") {
            Some(exception) => json!({ "raises": exception }),
            None => self.result.clone(),
        }
    }
}

/// All questions by their names.
pub static CASES: LazyLock<HashMap<String, Case>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct File {
        cases: Vec<Case>,
    }
    let file: File = serde_json::from_str(&data("cases.json")).expect("cases");
    let cases = file.cases.into_iter();
    cases.map(|case| (case.name.clone(), case)).collect()
});

/// Whose answer ours is. Where it is another than Django's on the same database, the section of the design is named that wants
/// it so.
pub enum Expected {
    /// Django's on the same database.
    Django,
    /// On both databases Django's on PostgreSQL, which is not the one on SQLite; and why.
    Postgres(&'static str),
    /// On both databases Django's on SQLite, which is not the one on PostgreSQL; and why.
    Sqlite(&'static str),
    /// On both databases Django's to another case, which is not the one to this; and why.
    Another(&'static str, &'static str),
    /// A part of Django's, by its JSON pointer; and why.
    Part(&'static str, &'static str),
    /// Another on both; and why.
    Ours(Json, &'static str),
}

/// The answer of a query that is refused with such an error.
pub fn raises(exception: &str) -> Json {
    json!({ "raises": exception })
}

/// Puts a case to a database, in a transaction that is rolled back, so that every case finds the same rows.
pub fn put(
    db: &Database,
    name: &str,
    expected: &Expected,
    question: fn(&Transaction<'_>) -> Result<Json>,
) {
    let case = CASES
        .get(name)
        .unwrap_or_else(|| panic!("cases.json has no case `{name}`"));
    let dialect = orm::Executor::dialect(db).dialect();
    let mut outcome = None;
    let rolled_back = db.atomic(|tx| {
        if case.writes {
            restart_keys(tx)?;
        }
        outcome = Some(tx.capture(|tx| Ok(question(tx)))?);
        Err::<(), _>(Error::custom("every case leaves the rows as they were"))
    });
    let Some((answer, log)) = outcome else {
        panic!("{name}: no transaction: {rolled_back:?}");
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => raises(
            exception(&error).unwrap_or_else(|| panic!("{name}: {error}\n{}", case.question)),
        ),
    };
    let (theirs, why) = case.answer(expected, dialect);
    assert!(
        same(&answer, &theirs, case.ordered),
        "{name}: {}\nours:     {answer}\nexpected: {theirs} {why}\n{log}",
        case.question,
    );
    // What Django refuses it needs no statements for.
    let whose = match expected {
        Expected::Postgres(_) => Dialect::Postgres,
        Expected::Sqlite(_) => Dialect::Sqlite,
        _ => dialect,
    };
    let queries = case.on(whose).queries;
    assert!(
        log.len() <= queries,
        "{name}: Django needs {queries} statements\n{log}"
    );
}

/// What Django calls an error of ours; `None` for one that no case expects.
fn exception(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::MultipleObjects { .. } => "MultipleObjectsReturned",
        Error::UniqueViolation { .. } | Error::ForeignKeyViolation { .. } => "IntegrityError",
        // Django sends it, and PostgreSQL refuses it.
        Error::Validation { .. } => "DataError",
        _ => return None,
    })
}
