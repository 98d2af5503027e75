//! The answers by SQL, written by hand for each database.

use orm::prelude::*;

use super::models::{Filled, Rating};
use super::questions::{Best, Card, Lateness, Missing, Month, Takings, Trial};
use super::{Answers, COUNTRY, FILM};

/// The one of two texts that the database understands.
fn for_either<'a>(db: &Database, sqlite: &'a str, postgres: &'a str) -> &'a str {
    match orm::Executor::dialect(db).dialect() {
        Dialect::Sqlite => sqlite,
        _ => postgres,
    }
}

/// A number in whole units: a count, or cents.
fn number(db: &Database, sql: &str) -> Result<i64> {
    let rows = db.query::<(i64,)>(sql, ())?;
    assert_eq!(rows.len(), 1, "{sql}");
    Ok(rows[0].0)
}

fn count(db: &Database, sql: &str) -> Result<u64> {
    u64::try_from(number(db, sql)?).map_err(Error::custom)
}

fn texts(db: &Database, sql: &str) -> Result<Vec<String>> {
    Ok(db
        .query::<(String,)>(sql, ())?
        .into_iter()
        .map(|(text,)| text)
        .collect())
}

/// What tells whether the tables are as they were: how many rows, and sums of what the trial changes.
pub fn state(db: &Database) -> Result<Vec<i64>> {
    [
        "SELECT count(*) FROM film",
        for_either(
            db,
            "SELECT CAST(round(sum(rental_rate * 100)) AS INTEGER) FROM film",
            "SELECT sum(rental_rate * 100)::bigint FROM film",
        ),
        "SELECT count(*) FROM film WHERE rating = 'NC-17'",
        "SELECT count(*) FROM inventory",
        "SELECT count(*) FROM rental",
    ]
    .into_iter()
    .map(|sql| number(db, sql))
    .collect()
}

pub fn ask(db: &Database) -> Result<Answers> {
    Ok(Answers {
        films_without_copies: texts(
            db,
            "SELECT title FROM film WHERE film_id NOT IN (SELECT film_id FROM inventory) ORDER BY title",
        )?,
        never_returned: never_returned(db)?,
        customers_in: db.query(
            "SELECT city.city, customer.email FROM customer \
             JOIN address USING (address_id) JOIN city USING (city_id) JOIN country USING (country_id) \
             WHERE lower(country.country) = lower(?) AND CAST(customer.active AS integer) = 1 \
             ORDER BY city.city, customer.last_name",
            (COUNTRY,),
        )?,
        tastes: tastes(db)?,
        months: months(db)?,
        takings: takings(db)?,
        lateness: lateness(db)?,
        dearest: dearest(db)?,
        stores: db.query(
            "SELECT store.store_id, city.city, staff.username, staff.store_id = store.store_id FROM store \
             JOIN staff ON staff.staff_id = store.manager_staff_id \
             JOIN address ON address.address_id = store.address_id JOIN city USING (city_id) ORDER BY 1",
            (),
        )?,
        trial: trial(db)?,
        cast_of: cast_of(db)?,
        best_customers: best_customers(db)?,
    })
}

fn cast_of(db: &Database) -> Result<(Vec<(String, String)>, String)> {
    let actors = db.query(
        "SELECT first_name, last_name FROM actor WHERE actor_id IN (SELECT actor_id FROM film_actor \
         WHERE film_id = (SELECT film_id FROM film WHERE title = ?)) ORDER BY last_name, first_name",
        (FILM,),
    )?;
    let mut categories: Vec<(String,)> = db.query(
        "SELECT category.name FROM category JOIN film_category USING (category_id) JOIN film USING (film_id) \
         WHERE title = ?",
        (FILM,),
    )?;
    Ok((actors, categories.remove(0).0))
}

fn best_customers(db: &Database) -> Result<Vec<Best>> {
    let rows: Vec<(i32, String, Decimal, String)> = db.query(
        "SELECT customer.customer_id, customer.first_name || ' ' || customer.last_name, ROUND(SUM(amount), 2), \
         staff.first_name || ' ' || staff.last_name FROM customer JOIN payment USING (customer_id) \
         JOIN store ON store.store_id = customer.store_id JOIN staff ON staff.staff_id = store.manager_staff_id \
         GROUP BY 1, 2, 4 ORDER BY 3 DESC, 1 LIMIT 10",
        (),
    )?;
    let best = rows.into_iter().map(|(customer, name, paid, manager)| {
        let rentals: Vec<(NaiveDateTime, i32, String)> = db.query(
            "SELECT rental_date, film.film_id, title FROM rental JOIN inventory USING (inventory_id) \
             JOIN film USING (film_id) WHERE customer_id = ? ORDER BY rental_date DESC, rental_id DESC LIMIT 3",
            (customer,),
        )?;
        let last = rentals.into_iter().map(|(date, film, title)| {
            let cast = db.query(
                "SELECT first_name, last_name FROM actor JOIN film_actor USING (actor_id) WHERE film_id = ? \
                 ORDER BY last_name, first_name",
                (film,),
            )?;
            Ok((date, title, cast))
        });
        let last = last.collect::<Result<_>>()?;
        Ok(Best { name, paid, manager, last })
    });
    best.collect()
}

fn never_returned(db: &Database) -> Result<(u64, Vec<Missing>)> {
    let oldest = db.query(
        "SELECT rental_date, film.title, customer.first_name || ' ' || customer.last_name, country.country FROM rental \
         JOIN inventory USING (inventory_id) JOIN film USING (film_id) \
         JOIN customer ON customer.customer_id = rental.customer_id \
         JOIN address ON address.address_id = customer.address_id \
         JOIN city USING (city_id) JOIN country USING (country_id) \
         WHERE return_date IS NULL ORDER BY rental_date, rental_id LIMIT 5",
        (),
    )?;
    let all = count(db, "SELECT count(*) - count(return_date) FROM rental")?;
    Ok((all, oldest))
}

fn tastes(db: &Database) -> Result<(Vec<String>, u64)> {
    let fans = texts(
        db,
        "SELECT last_name FROM customer JOIN (SELECT DISTINCT customer_id FROM rental \
         JOIN inventory USING (inventory_id) JOIN film USING (film_id) \
         WHERE rating = 'NC-17' AND length > 180 AND store_id = 2) AS fan USING (customer_id) ORDER BY last_name",
    )?;
    let never = count(
        db,
        "SELECT (SELECT count(*) FROM customer) - count(DISTINCT customer_id) FROM rental \
         JOIN inventory USING (inventory_id) JOIN film USING (film_id) WHERE rating = 'NC-17'",
    )?;
    Ok((fans, never))
}

fn months(db: &Database) -> Result<Vec<Month>> {
    let rows = db.query::<(i64, i64, i64, i64)>(
        for_either(
            db,
            "SELECT CAST(strftime('%Y', rental_date) AS INTEGER), CAST(strftime('%m', rental_date) AS INTEGER), \
             count(*), count(*) FILTER (WHERE strftime('%w', rental_date) IN ('0', '6') AND time(rental_date) < '06:00') \
             FROM rental GROUP BY 1, 2 ORDER BY 1, 2",
            "SELECT extract(year FROM rental_date)::bigint, extract(month FROM rental_date)::bigint, \
             count(*), count(*) FILTER (WHERE extract(dow FROM rental_date) IN (0, 6) AND rental_date::time < '06:00') \
             FROM rental GROUP BY 1, 2 ORDER BY 1, 2",
        ),
        (),
    )?;
    rows.into_iter()
        .map(|(year, month, all, late)| {
            Ok((
                i32::try_from(year).map_err(Error::custom)?,
                i32::try_from(month).map_err(Error::custom)?,
                u64::try_from(all).map_err(Error::custom)?,
                u64::try_from(late).map_err(Error::custom)?,
            ))
        })
        .collect()
}

fn takings(db: &Database) -> Result<Takings> {
    let cents = number(
        db,
        for_either(
            db,
            "SELECT sum(CAST(round(amount * 100) AS INTEGER)) FROM payment",
            "SELECT (sum(amount) * 100)::bigint FROM payment",
        ),
    )?;
    let greatest = db.query(
        "SELECT payment_id, amount, amount * 0.19 FROM payment ORDER BY amount DESC, payment_id LIMIT 5",
        (),
    )?;
    Ok((Decimal::new(cents, 2), greatest))
}

fn lateness(db: &Database) -> Result<Lateness> {
    let over = for_either(
        db,
        "(strftime('%s', return_date) - strftime('%s', rental_date)) / 86400 - rental_duration",
        "floor(extract(epoch FROM return_date - rental_date) / 86400)::bigint - rental_duration",
    );
    let late = format!(
        "FROM rental JOIN inventory USING (inventory_id) JOIN film USING (film_id) WHERE {over} > 0"
    );
    let days = format!("SELECT CAST(sum({over}) AS bigint) {late}");
    Ok((
        count(db, "SELECT count(*) FROM rental")?,
        count(db, &format!("SELECT count(*) {late}"))?,
        number(db, &days)?,
    ))
}

fn dearest(db: &Database) -> Result<Vec<Card>> {
    let rows = db.query::<(
        String,
        Option<Rating>,
        String,
        Option<String>,
        Decimal,
        String,
    )>(
        "SELECT title, rating, rtrim(language.name), rtrim(original.name), replacement_cost, \
         CASE WHEN rental_rate < 1 THEN 'cheap' WHEN rental_rate < 4 THEN 'usual' ELSE 'dear' END \
         FROM film JOIN language ON language.language_id = film.language_id \
         LEFT JOIN language AS original ON original.language_id = film.original_language_id \
         WHERE rating IN ('PG', 'PG-13') AND lower(description) LIKE '%database%' \
         ORDER BY replacement_cost DESC, length DESC NULLS LAST, title LIMIT 5",
        (),
    )?;
    Ok(rows
        .into_iter()
        .map(|row| Card {
            title: row.0,
            rating: row.1,
            language: Filled(row.2),
            original_language: row.3.map(Filled),
            replacement_cost: row.4,
            class: row.5,
        })
        .collect())
}

/// What the trial would see, told without making it.
fn trial(db: &Database) -> Result<Trial> {
    let top = number(
        db,
        for_either(
            db,
            "SELECT max(CAST(round(CASE WHEN length >= 180 THEN rental_rate * 133.3 ELSE rental_rate * 100 END) AS INTEGER)) \
             FROM film",
            "SELECT max(round(CASE WHEN length >= 180 THEN rental_rate * 133.3 ELSE rental_rate * 100 END))::bigint FROM film",
        ),
    )?;
    Ok(Trial {
        raised: count(db, "SELECT count(*) FROM film WHERE length >= 180")?,
        top_rate: Decimal::new(top, 2),
        adult: count(
            db,
            "SELECT count(*) FROM film WHERE rating = 'NC-17' OR (rating = 'R' AND length > 120)",
        )?,
        new: vec![
            ("THE CRATE".to_owned(), Some(Rating::G)),
            ("UNRATED".to_owned(), None),
        ],
        rented: Some("THE CRATE".to_owned()),
        deletable: false,
    })
}
