//! Ten questions to the shop, and an eleventh in SQL.
//!
//! They are the same for SQLite and PostgreSQL, and so are the answers.

use std::collections::BTreeMap;

use orm::prelude::*;

use super::models::*;

/// 1. Which films are in the catalogue, but on no shelf?
///
/// The other side of a key, asked whether it is empty: `NOT EXISTS`.
pub fn films_without_copies(db: &Database) -> Result<Vec<String>> {
    Film::objects()
        .filter(Film::copies.is_empty())
        .order_by(Film::title)
        .values_list(Film::title)
        .all(db)
}

/// What is known of a disc that is out: when it went, which film, who has it, and where that is.
pub type Missing = (NaiveDateTime, String, String, String);

/// 2. What was never brought back, and whom to ask for the oldest?
///
/// Nine tables in one query, by paths through keys.
pub fn never_returned(db: &Database) -> Result<(u64, Vec<Missing>)> {
    let missing = Rental::objects().filter(Rental::return_date.is_null());
    let oldest = missing
        .clone()
        .order_by((Rental::rental_date, Rental::id))
        .limit(5)
        .values_list((
            Rental::rental_date,
            Rental::copy.film.title,
            concat((Rental::customer.first_name, " ", Rental::customer.last_name)),
            Rental::customer.address.city.country.name,
        ))
        .all(db)?;
    Ok((missing.count(db)?, oldest))
}

/// 3. Who are the active customers in a country, and in which of its cities?
pub fn customers_in(db: &Database, country: &str) -> Result<Vec<(String, String)>> {
    Customer::objects()
        .filter(Customer::address.city.country.name.iexact(country))
        .filter(Customer::active.eq(value(Number(1))))
        .order_by((Customer::address.city.name, Customer::last_name))
        .values_list((
            Customer::address.city.name,
            Customer::email.unwrap_or("none"),
        ))
        .all(db)
}

/// 4. Who took, at one go, an adult film of more than three hours from the second store? And how many never took an adult
///    film from anywhere?
///
/// `any` and `none`: one related row that meets several conditions, and no such row.
pub fn tastes(db: &Database) -> Result<(Vec<String>, u64)> {
    let adult = Rental::copy.film.rating.eq(Rating::Nc17);
    let long = Rental::copy.film.length.gt(180) & Rental::copy.store.eq(2);
    let customers = Customer::objects();
    let fans = customers
        .clone()
        .filter(Customer::rentals.any(adult.clone() & long))
        .values_list(Customer::last_name)
        .order_by(Customer::last_name)
        .all(db)?;
    let never = customers.filter(Customer::rentals.none(adult)).count(db)?;
    Ok((fans, never))
}

/// A month, its rentals, and how many of them were at a weekend's night.
pub type Month = (i32, i32, u64, u64);

/// 5. How did the months go?
///
/// Parts of dates, which SQLite reads from texts.
pub fn months(db: &Database) -> Result<Vec<Month>> {
    let (year, month) = (Rental::rental_date.year(), Rental::rental_date.month());
    let months: Vec<(i32, i32)> = Rental::objects()
        .values_list((&year, &month))
        .distinct()
        .order_by((&year, &month))
        .all(db)?;
    let late = Rental::rental_date.iso_week_day().gte(6) & Rental::rental_date.hour().lt(6);
    months
        .into_iter()
        .map(|(y, m)| {
            let all = Rental::objects().filter(year.eq(y) & month.eq(m));
            let late = all.clone().filter(late.clone()).count(db)?;
            Ok((y, m, all.count(db)?, late))
        })
        .collect()
}

/// All takings; and the greatest payments, each with the tax that is in it.
pub type Takings = (Decimal, Vec<(i32, Decimal, Decimal)>);

/// 6. What did we take, to the cent?
///
/// Sixteen thousand decimals, streamed and added up; SQLite's own sum would be a float.
pub fn takings(db: &Database) -> Result<Takings> {
    let mut sum = Decimal::ZERO;
    for amount in Payment::objects()
        .values_list(Payment::amount)
        .iterator(db)?
    {
        sum += amount?;
    }
    let tax = Payment::amount * dec!(0.19);
    let greatest = Payment::objects()
        .order_by((Payment::amount.desc(), Payment::id))
        .limit(5)
        .values_list((Payment::id, Payment::amount, tax))
        .all(db)?;
    Ok((sum, greatest))
}

/// The rentals that were looked at, how many of them came back late, and by how many days on the whole.
pub type Lateness = (u64, u64, i64);

/// 7. How often is a disc late?
///
/// Every rental there is, as an instance, in constant memory; the lengths allowed come beforehand.
pub fn lateness(db: &Database) -> Result<Lateness> {
    let allowed: BTreeMap<i32, i16> = Copy::objects()
        .values_list((Copy::id, Copy::film.rental_duration))
        .all(db)?
        .into_iter()
        .collect();
    let (mut seen, mut late, mut days) = (0, 0, 0);
    for rental in Rental::objects()
        .unordered()
        .iterator(db)?
        .chunk_size(1_000)
    {
        let rental = rental?;
        seen += 1;
        let Some(returned) = rental.return_date else {
            continue;
        };
        let limit = allowed.get(&rental.copy.id()).copied().unwrap_or_default();
        let over = (returned - rental.rental_date).num_days() - i64::from(limit);
        if over > 0 {
            late += 1;
            days += over;
        }
    }
    Ok((seen, late, days))
}

/// What the catalogue says of a film; each field is checked against the models.
#[derive(Projection, Debug, Clone, PartialEq)]
#[projection(Film)]
pub struct Card {
    pub title: String,
    pub rating: Option<Rating>,
    #[projection(Film::language.name)]
    pub language: Filled,
    /// The key may be NULL, and is in every row.
    #[projection(Film::original_language.name)]
    pub original_language: Option<Filled>,
    pub replacement_cost: Decimal,
    #[projection(case().when(Film::rental_rate.lt(1), "cheap").when(Film::rental_rate.lt(4), "usual").otherwise("dear"))]
    pub class: String,
}

/// 8. Which films would be the dearest to lose?
pub fn dearest(db: &Database) -> Result<Vec<Card>> {
    Film::objects()
        .filter(
            Film::rating.is_in([Rating::Pg, Rating::Pg13])
                & Film::description.icontains("database"),
        )
        .order_by((
            Film::replacement_cost.desc(),
            Film::length.desc().nulls_last(),
            Film::title,
        ))
        .limit(5)
        .values::<Card>()
        .all(db)
}

/// 9. Which store is run by whom, and does the manager work there?
///
/// From the store to its manager and back to a store.
pub fn stores(db: &Database) -> Result<Vec<(i32, String, String, bool)>> {
    let own = case()
        .when(Store::manager.store.id.eq(Store::id), true)
        .otherwise(false);
    Store::objects()
        .order_by(Store::id)
        .values_list((
            Store::id,
            Store::address.city.name,
            Store::manager.username,
            own,
        ))
        .all(db)
}

/// What the trial of question 10 saw, before it was undone.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// Films that were raised in price.
    pub raised: u64,
    /// The greatest price then.
    pub top_rate: Decimal,
    /// Films by their new rating.
    pub adult: u64,
    /// The titles of new films, with their ratings as they were read back.
    pub new: Vec<(String, Option<Rating>)>,
    /// The rental of one of them, as it was found again.
    pub rented: Option<String>,
    /// Whether a film with copies could be deleted.
    pub deletable: bool,
}

/// 10. What would happen if ..? A trial in a transaction that is rolled back.
pub fn trial(db: &Database) -> Result<Trial> {
    let mut seen = None;
    let undone: Result<()> = db.atomic(|tx| {
        let long = Film::objects().filter(Film::length.gte(180));
        let raised = long.update(tx, Film::rental_rate.set(Film::rental_rate * dec!(1.333)))?;
        let top_rate = Film::objects()
            .values_list(Film::rental_rate)
            .order_by(Film::rental_rate.desc())
            .limit(1)
            .one(tx)?;

        let strict = case()
            .when(Film::length.gt(120), Rating::Nc17)
            .otherwise(Rating::R);
        Film::objects()
            .filter(Film::rating.eq(Rating::R))
            .update(tx, Film::rating.set(strict))?;
        let adult = Film::objects()
            .filter(Film::rating.eq(Rating::Nc17))
            .count(tx)?;

        let english = Language::objects().get(tx, Language::name.startswith("English"))?;
        let drafts = [("THE CRATE", Some(Rating::G)), ("UNRATED", None)].map(|(title, rating)| {
            Film::draft()
                .title(title)
                .language(&english)
                .rating(rating)
                .build()
        });
        let films = Film::objects().bulk_create(tx, drafts)?;
        let new = Film::objects()
            .filter(Film::id.is_in(films.iter().map(|film| film.id)))
            .order_by(Film::title)
            .values_list((Film::title, Film::rating))
            .all(tx)?;

        let customer = Customer::objects().get(tx, Customer::email.istartswith("mary.smith@"))?;
        let store = Store::objects().get(tx, Store::id.eq(customer.store.id()))?;
        let copy = Copy::draft().film(&films[0]).store(&store).save(tx)?;
        let rental = Rental::draft()
            .rental_date(Utc::now().naive_utc())
            .copy(&copy)
            .customer(&customer)
            .staff(store.manager.id())
            .save(tx)?;
        let rented = Film::objects()
            .filter(Film::copies.any(Copy::rentals.id.eq(rental.id)))
            .values_list(Film::title)
            .first(tx)?;

        // What may fail goes into a savepoint of its own.
        let deleted = tx.atomic(|sp| films[0].clone().delete(sp));
        let deletable = match deleted {
            Err(Error::ForeignKeyViolation { .. }) => false,
            other => other.is_ok(),
        };
        seen = Some(Trial {
            raised,
            top_rate,
            adult,
            new,
            rented,
            deletable,
        });
        Err(Error::custom("it was only a trial"))
    });
    match (undone, seen) {
        (Err(_), Some(trial)) => Ok(trial),
        (undone, _) => Err(undone
            .err()
            .unwrap_or_else(|| Error::custom("nothing was tried"))),
    }
}

/// 11. Who plays in a film, and what kind of film is it?
pub fn cast_of(db: &Database, title: &str) -> Result<(Vec<Actor>, String)> {
    let actors = Actor::objects()
        .filter(Actor::films.title.eq(title))
        .all(db)?;
    // The same from the other side, with its category, in three queries.
    let film = Film::objects()
        .prefetch_related((Film::actors, Film::categories))
        .get(db, Film::title.eq(title))?;
    assert_eq!(film.actors.loaded()?, actors);
    let category = match film.categories.loaded()? {
        [category] => category.name.clone(),
        several => return Err(Error::custom(format!("{} categories", several.len()))),
    };
    // The row of a link is found by both of its ends.
    if let [first, ..] = &actors[..] {
        let role =
            FilmActor::objects().get(db, FilmActor::actor.eq(first) & FilmActor::film.eq(&film))?;
        assert_eq!(role.key(), (first.id, film.id));
    }
    Ok((actors, category))
}

/// When a film was taken, its title, and who plays in it.
pub type Taken = (NaiveDateTime, String, Vec<(String, String)>);

/// One of those who paid most.
#[derive(Debug, PartialEq)]
pub struct Best {
    pub name: String,
    pub paid: Decimal,
    /// Who runs the customer's store.
    pub manager: String,
    /// What was taken last.
    pub last: Vec<Taken>,
}

/// 12. Who paid most, with the managers of their stores, their last three rentals, and who plays in the films?
///
/// However many customers are asked for, that is six queries: one for each table behind a limit or a list.
pub fn best_customers(db: &Database, customers: u64) -> Result<Vec<Best>> {
    let sum = Payment::amount.sum().unwrap_or(dec!(0));
    let paid: Vec<(i32, Decimal)> = Payment::objects()
        .values_list(Payment::customer.id)
        .annotate(&sum)
        .order_by((sum.desc(), Payment::customer.id))
        .limit(customers)
        .all(db)?;
    let cast = Film::cast
        .order_by((FilmActor::actor.last_name, FilmActor::actor.first_name))
        .values_list((FilmActor::actor.first_name, FilmActor::actor.last_name));
    let last = Customer::rentals
        .order_by((Rental::rental_date.desc(), Rental::id.desc()))
        .limit(3)
        .with(Rental::copy.with(Copy::film.with(cast)));
    let found = Customer::objects()
        .filter(Customer::id.is_in(paid.iter().map(|(id, _)| *id)))
        .select_related(Customer::store.manager)
        .with(last)
        .all(db)?;
    let mut of: HashMap<i32, _> = found.into_iter().map(|row| (row.0.id, row)).collect();
    let mut best = Vec::with_capacity(paid.len());
    for (id, paid) in paid {
        let Some((customer, rentals)) = of.remove(&id) else {
            continue;
        };
        let manager = customer.store.get()?.manager.get()?;
        let last = rentals.into_iter().filter_map(|(rental, copy)| {
            let (_, film) = copy?;
            let (film, cast) = film?;
            Some((rental.rental_date, film.title, cast))
        });
        best.push(Best {
            name: format!("{} {}", customer.first_name, customer.last_name),
            paid,
            manager: format!("{} {}", manager.first_name, manager.last_name),
            last: last.collect(),
        });
    }
    Ok(best)
}
