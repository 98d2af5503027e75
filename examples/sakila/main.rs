//! Twelve questions to a database that was there before the program: Sakila, the DVD rental shop.
//!
//! `cargo run --example sakila` unpacks the SQLite database into a temporary file and asks it. With a URL as its
//! argument it asks that database:
//!
//! ```sh
//! cargo run --example sakila -- sqlite://sakila.db
//! cargo run --features postgres --example sakila -- postgres://user:pw@localhost/sakila
//! ```
//!
//! A file that is not there is unpacked first; a PostgreSQL database without tables is loaded with the dump first.
//! The program changes nothing in it: its only writes are rolled back.
#![allow(missing_docs, reason = "the names of the fields say what they are")]

mod data;
mod models;
mod questions;

use std::path::{Path, PathBuf};

use orm::prelude::*;

fn main() -> Result<()> {
    let db = match std::env::args().nth(1) {
        Some(url) => connect(&url)?,
        None => {
            let path = std::env::temp_dir().join("orm-sakila.db");
            data::unpack(&path)?;
            Database::connect(&format!("sqlite://{}", path.display()))?
        }
    };
    films(&db)?;
    customers(&db)?;
    rentals(&db)?;
    more_films(&db)?;
    what_if(&db)?;
    best(&db)
}

fn connect(url: &str) -> Result<Database> {
    if let Some(path) = file(url)
        && !path.exists()
    {
        data::unpack(&path)?;
    }
    let db = Database::connect(url)?;
    #[cfg(feature = "postgres")]
    if url.starts_with("postgres") {
        let sql = "SELECT NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')";
        if db.query::<(bool,)>(sql, ())? == [(true,)] {
            println!("The database is empty: loading Sakila.");
            data::load(url)?;
        }
    }
    Ok(db)
}

/// The file of an SQLite URL.
fn file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    (path != ":memory:").then(|| Path::new(path).to_owned())
}

fn films(db: &Database) -> Result<()> {
    let titles = questions::films_without_copies(db)?;
    println!(
        " 1. {} films have no copy, {} the first",
        titles.len(),
        titles[0]
    );
    Ok(())
}

fn customers(db: &Database) -> Result<()> {
    let (count, oldest) = questions::never_returned(db)?;
    println!("\n 2. {count} discs never came back; out longest:");
    for (date, title, who, country) in oldest {
        println!("    since {date}: {title}, with {who} in {country}");
    }

    println!("\n 3. Customers in Canada:");
    for (city, email) in questions::customers_in(db, "canada")? {
        println!("    {city:<15} {email}");
    }

    let (fans, never) = questions::tastes(db)?;
    let (count, first) = (fans.len(), &fans[0]);
    println!(
        "\n 4. {count} took a long adult film from store 2, {first} the first; {never} never took one at all"
    );
    Ok(())
}

fn rentals(db: &Database) -> Result<()> {
    println!("\n 5. Rentals by month, and those of weekend nights:");
    for (year, month, all, late) in questions::months(db)? {
        println!("    {year}-{month:02} {all:>6} {late:>5}");
    }

    let (sum, greatest) = questions::takings(db)?;
    println!("\n 6. Taken on the whole: {sum}. The greatest payments, with their tax:");
    for (payment, amount, tax) in greatest {
        println!("    no. {payment:<5} {amount} {tax}");
    }

    let (seen, late, days) = questions::lateness(db)?;
    println!("\n 7. Of {seen} rentals {late} came back late, by {days} days on the whole");
    Ok(())
}

fn more_films(db: &Database) -> Result<()> {
    println!("\n 8. Dearest to lose, of those with a database in them:");
    for card in questions::dearest(db)? {
        let rating = card
            .rating
            .map_or("unrated".to_owned(), |rating| format!("{rating:?}"));
        println!(
            "    {}  {} ({rating}, {}), {}",
            card.replacement_cost, card.title, card.language.0, card.class
        );
    }

    println!("\n 9. The stores:");
    for (store, city, manager, own) in questions::stores(db)? {
        let place = if own { "there" } else { "elsewhere" };
        println!("    {store} in {city}, run by {manager}, who works {place}");
    }
    Ok(())
}

fn what_if(db: &Database) -> Result<()> {
    let films = models::Film::objects().count(db)?;
    let trial = questions::trial(db)?;
    println!(
        "\n10. {} prices raised, to {} at most; {} adult films; new:",
        trial.raised, trial.top_rate, trial.adult
    );
    for (title, rating) in trial.new {
        println!("    {title}, rated {rating:?}");
    }
    println!("    .. and all of it undone");
    assert_eq!(models::Film::objects().count(db)?, films);

    let (cast, category) = questions::cast_of(db, "ACADEMY DINOSAUR")?;
    println!("\n11. In ACADEMY DINOSAUR, of the category {category}, play:");
    for actor in cast {
        println!("    {} {}", actor.first_name, actor.last_name);
    }
    Ok(())
}

fn best(db: &Database) -> Result<()> {
    let (customers, log) = db.capture(|db| questions::best_customers(db, 10))?;
    let queries = log.queries().len();
    println!("\n12. Who paid most, and what they took last ({queries} queries):");
    for customer in &customers {
        println!(
            "    {:>7.2} {}, of {}'s store",
            customer.paid, customer.name, customer.manager
        );
        for (day, title, cast) in &customer.last {
            let cast: Vec<_> = cast
                .iter()
                .map(|(first, last)| format!("{first} {last}"))
                .collect();
            println!("            {} {title}: {}", day.date(), cast.join(", "));
        }
    }
    // Three times as many customers are no query more.
    let (more, log) = db.capture(|db| questions::best_customers(db, 30))?;
    println!(
        "    .. and the best {} by {} queries",
        more.len(),
        log.queries().len()
    );
    Ok(())
}
