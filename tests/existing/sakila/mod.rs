//! The questions of the example `sakila`, on both databases: the answers are those of hand-written SQL, and the same.

#[path = "../../../examples/sakila/data.rs"]
mod data;
#[path = "../../../examples/sakila/models.rs"]
mod models;
#[path = "../../../examples/sakila/questions.rs"]
mod questions;

mod by_hand;

use orm::prelude::*;
use questions::{Best, Card, Lateness, Missing, Month, Takings, Trial};

/// What the shop answers.
#[derive(Debug, PartialEq)]
struct Answers {
    films_without_copies: Vec<String>,
    never_returned: (u64, Vec<Missing>),
    customers_in: Vec<(String, String)>,
    tastes: (Vec<String>, u64),
    months: Vec<Month>,
    takings: Takings,
    lateness: Lateness,
    dearest: Vec<Card>,
    stores: Vec<(i32, String, String, bool)>,
    trial: Trial,
    cast_of: (Vec<(String, String)>, String),
    best_customers: Vec<Best>,
}

const COUNTRY: &str = "cAnAdA";
const FILM: &str = "ACADEMY DINOSAUR";

fn ask(db: &Database) -> Result<Answers> {
    Ok(Answers {
        films_without_copies: questions::films_without_copies(db)?,
        never_returned: questions::never_returned(db)?,
        customers_in: questions::customers_in(db, COUNTRY)?,
        tastes: questions::tastes(db)?,
        months: questions::months(db)?,
        takings: questions::takings(db)?,
        lateness: questions::lateness(db)?,
        dearest: questions::dearest(db)?,
        stores: questions::stores(db)?,
        trial: questions::trial(db)?,
        cast_of: {
            let (actors, category) = questions::cast_of(db, FILM)?;
            let name = |actor: models::Actor| (actor.first_name, actor.last_name);
            (actors.into_iter().map(name).collect(), category)
        },
        best_customers: best_customers(db)?,
    })
}

/// However many customers are asked for, the number of queries is the same.
fn best_customers(db: &Database) -> Result<Vec<Best>> {
    let (all, log) = db.capture(|db| questions::best_customers(db, 1_000))?;
    assert_eq!((all.len(), log.queries().len()), (599, 6));
    let (best, log) = db.capture(|db| questions::best_customers(db, 10))?;
    assert_eq!(log.queries().len(), 6);
    assert_eq!(best, all[..10]);
    Ok(best)
}

/// The same answers by hand-written SQL, and the state behind them untouched by the trial.
fn asked(db: &Database) -> Answers {
    let before = by_hand::state(db).expect("the state before");
    let answers = ask(db).expect("the answers");
    let expected = by_hand::ask(db).expect("the answers by hand");
    assert_eq!(answers, expected);
    assert_eq!(before, by_hand::state(db).expect("the state behind"));
    answers
}

fn on_sqlite() -> Answers {
    let name = format!("orm-sakila-{}.db", Uuid::new_v4().simple());
    let path = std::env::temp_dir().join(name);
    data::unpack(&path).expect("a file");
    let db = Database::connect(&format!("sqlite://{}", path.display())).expect("SQLite");
    let answers = asked(&db);
    every_model(&db).expect("every row of every table");
    drop(db);
    std::fs::remove_file(path).expect("the file goes");
    answers
}

/// Every row of every model can be read.
fn every_model(db: &Database) -> Result<()> {
    macro_rules! count {
        ($($model:ident = $rows:literal),+) => { $(
            assert_eq!(models::$model::objects().all(db)?.len(), $rows, stringify!($model));
        )+ };
    }
    count!(
        Language = 6,
        Film = 1_000,
        Actor = 200,
        FilmActor = 5_462,
        Category = 16,
        FilmCategory = 1_000,
        Country = 109,
        City = 600,
        Address = 603,
        Store = 2,
        Staff = 2,
        Customer = 599,
        Copy = 4_581,
        Rental = 16_044,
        Payment = 16_049
    );
    Ok(())
}

#[test]
fn sqlite() {
    let answers = on_sqlite();
    // That they are not both empty.
    assert_eq!(answers.films_without_copies.len(), 42);
    assert_eq!(answers.takings.0, dec!(67416.51));
    assert_eq!(answers.lateness.0, 16_044);
}

#[cfg(feature = "postgres")]
#[test]
fn postgres() {
    let scratch = crate::server::Scratch::new();
    data::load(&scratch.url()).expect("the dump");
    let db = Database::connect(&scratch.url()).expect("PostgreSQL");
    assert_eq!(asked(&db), on_sqlite());
    every_model(&db).expect("every row of every table");
}
