//! Models of a database that nobody made for them: Sakila, the DVD rental shop.
//!
//! The tables are as they are: keys are called `film_id`, two keys lead from a film to a language, a store and its
//! manager point at each other. The two databases do not even agree: what PostgreSQL holds in an enum, a domain and a
//! boolean, SQLite's version holds in texts and integers. One set of models reads both.
//!
//! Not mapped: `film.special_features`, a text on the one and an array on the other; `film.fulltext`, which a
//! trigger fills.

use orm::prelude::*;
use orm::types::{Mismatch, NotNull, family};
use orm::value::{ColumnType, Value, ValueRef};

/// Who may see a film. PostgreSQL has an enum of its own for it, SQLite a text; both hold these words.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rating {
    #[db_enum(rename = "G")]
    G,
    #[db_enum(rename = "PG")]
    Pg,
    #[db_enum(rename = "PG-13")]
    Pg13,
    #[db_enum(rename = "R")]
    R,
    #[db_enum(rename = "NC-17")]
    Nc17,
}

/// A number that PostgreSQL's version holds as one, and SQLite's as a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number(pub i32);

impl SqlType for Number {
    type Base = Self;
    type Nullable = Option<Self>;
    type Null = NotNull;
    // Nothing but equality: texts would not be ordered as numbers are.
    type Family = family::Other;
    const COLUMN: ColumnType = ColumnType::I32;
    const NAME: &'static str = "Number";

    fn to_value(&self) -> Value {
        // A column of texts takes a number for its digits, in a comparison too.
        Value::I32(self.0)
    }

    fn decode(value: ValueRef<'_>) -> std::result::Result<Self, Mismatch> {
        match value {
            ValueRef::Text(text) => text
                .parse()
                .map(Self)
                .map_err(|_| Mismatch::unreadable::<Self>("a text that is no number")),
            other => i32::decode(other).map(Self),
        }
    }
}

/// A text that the table fills up with blanks, `char(20)`, without them. SQLite has no such type, but has the blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled(pub String);

impl SqlType for Filled {
    type Base = Self;
    type Nullable = Option<Self>;
    type Null = NotNull;
    type Family = family::Text;
    const COLUMN: ColumnType = ColumnType::Text;
    const NAME: &'static str = "Filled";

    fn to_value(&self) -> Value {
        self.0.to_value()
    }

    fn decode(value: ValueRef<'_>) -> std::result::Result<Self, Mismatch> {
        String::decode(value).map(|text| Self(text.trim_end_matches(' ').to_owned()))
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Language {
    #[field(primary_key, column = "language_id")]
    pub id: i32,
    pub name: Filled,
    #[field(auto_now)]
    pub last_update: NaiveDateTime,
    #[reverse(Film::language)]
    pub films: HasMany<Film>,
    #[reverse(Film::original_language)]
    pub originals: HasMany<Film>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [title])]
pub struct Film {
    #[field(primary_key, column = "film_id")]
    pub id: i32,
    #[field(max_length = 255)]
    pub title: String,
    pub description: Option<String>,
    pub release_year: Option<Number>,
    pub language: ForeignKey<Language>,
    pub original_language: Option<ForeignKey<Language>>,
    #[field(default = 3)]
    pub rental_duration: i16,
    #[field(max_digits = 4, decimal_places = 2, default = dec!(4.99))]
    pub rental_rate: Decimal,
    pub length: Option<i16>,
    #[field(max_digits = 5, decimal_places = 2, default = dec!(19.99))]
    pub replacement_cost: Decimal,
    pub rating: Option<Rating>,
    #[field(auto_now)]
    pub last_update: NaiveDateTime,
    #[reverse(Copy::film)]
    pub copies: HasMany<Copy>,
    #[reverse(FilmActor::film)]
    pub cast: HasMany<FilmActor>,
    #[field(through = FilmActor)]
    pub actors: ManyToMany<Actor>,
    #[field(through = FilmCategory)]
    pub categories: ManyToMany<Category>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [last_name, first_name])]
pub struct Actor {
    #[field(primary_key, column = "actor_id")]
    pub id: i32,
    #[field(max_length = 45)]
    pub first_name: String,
    #[field(max_length = 45)]
    pub last_name: String,
    #[field(auto_now)]
    pub last_update: NaiveDateTime,
    #[reverse(FilmActor::actor)]
    pub roles: HasMany<FilmActor>,
    #[reverse(Film::actors)]
    pub films: ManyToMany<Film>,
}

/// Who plays in what: the key of the link is both of its ends.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key = [actor, film])]
pub struct FilmActor {
    pub actor: ForeignKey<Actor>,
    pub film: ForeignKey<Film>,
    #[field(auto_now)]
    pub last_update: NaiveDateTime,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [name])]
pub struct Category {
    #[field(primary_key, column = "category_id")]
    pub id: i32,
    #[field(max_length = 25)]
    pub name: String,
    #[field(auto_now)]
    pub last_update: NaiveDateTime,
    #[reverse(Film::categories)]
    pub films: ManyToMany<Film>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key = [film, category])]
pub struct FilmCategory {
    pub film: ForeignKey<Film>,
    pub category: ForeignKey<Category>,
    #[field(auto_now)]
    pub last_update: NaiveDateTime,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Country {
    #[field(primary_key, column = "country_id")]
    pub id: i32,
    #[field(max_length = 50, column = "country")]
    pub name: String,
    #[field(auto_now)]
    pub last_update: Option<NaiveDateTime>,
    #[reverse(City::country)]
    pub cities: HasMany<City>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct City {
    #[field(primary_key, column = "city_id")]
    pub id: i32,
    #[field(max_length = 50, column = "city")]
    pub name: String,
    pub country: ForeignKey<Country>,
    #[field(auto_now)]
    pub last_update: NaiveDateTime,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Address {
    #[field(primary_key, column = "address_id")]
    pub id: i32,
    #[field(max_length = 50, column = "address")]
    pub street: String,
    #[field(max_length = 50)]
    pub address2: Option<String>,
    #[field(max_length = 20)]
    pub district: String,
    pub city: ForeignKey<City>,
    #[field(max_length = 10)]
    pub postal_code: Option<String>,
    #[field(max_length = 20)]
    pub phone: String,
    #[field(auto_now)]
    pub last_update: NaiveDateTime,
}

/// A store has a manager, who works in a store: the tables point at each other.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Store {
    #[field(primary_key, column = "store_id")]
    pub id: i32,
    #[field(column = "manager_staff_id")]
    pub manager: OneToOne<Staff>,
    pub address: ForeignKey<Address>,
    #[field(auto_now)]
    pub last_update: NaiveDateTime,
    #[reverse(Staff::store)]
    pub staff: HasMany<Staff>,
    #[reverse(Copy::store)]
    pub copies: HasMany<Copy>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Staff {
    #[field(primary_key, column = "staff_id")]
    pub id: i32,
    #[field(max_length = 45)]
    pub first_name: String,
    #[field(max_length = 45)]
    pub last_name: String,
    pub address: ForeignKey<Address>,
    pub picture: Option<Vec<u8>>,
    #[field(max_length = 50)]
    pub email: Option<String>,
    pub store: ForeignKey<Store>,
    /// `boolean` here, `smallint` there.
    #[field(default = true)]
    pub active: bool,
    #[field(max_length = 16)]
    pub username: String,
    #[field(max_length = 40)]
    pub password: Option<String>,
    #[field(auto_now)]
    pub last_update: NaiveDateTime,
    #[reverse(Store::manager)]
    pub manages: HasOne<Store>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [last_name, first_name])]
pub struct Customer {
    #[field(primary_key, column = "customer_id")]
    pub id: i32,
    pub store: ForeignKey<Store>,
    #[field(max_length = 45)]
    pub first_name: String,
    #[field(max_length = 45)]
    pub last_name: String,
    #[field(max_length = 50)]
    pub email: Option<String>,
    pub address: ForeignKey<Address>,
    pub active: Option<Number>,
    pub create_date: NaiveDate,
    #[field(auto_now)]
    pub last_update: Option<NaiveDateTime>,
    #[reverse(Rental::customer)]
    pub rentals: HasMany<Rental>,
    #[reverse(Payment::customer)]
    pub payments: HasMany<Payment>,
}

/// A disc on a shelf.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "inventory")]
pub struct Copy {
    #[field(primary_key, column = "inventory_id")]
    pub id: i32,
    pub film: ForeignKey<Film>,
    pub store: ForeignKey<Store>,
    #[field(auto_now)]
    pub last_update: NaiveDateTime,
    #[reverse(Rental::copy)]
    pub rentals: HasMany<Rental>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [rental_date, id], unique(fields = [rental_date, copy, customer]))]
pub struct Rental {
    #[field(primary_key, column = "rental_id")]
    pub id: i32,
    pub rental_date: NaiveDateTime,
    #[field(column = "inventory_id")]
    pub copy: ForeignKey<Copy>,
    pub customer: ForeignKey<Customer>,
    pub return_date: Option<NaiveDateTime>,
    pub staff: ForeignKey<Staff>,
    #[field(auto_now)]
    pub last_update: NaiveDateTime,
    #[reverse(Payment::rental)]
    pub payments: HasMany<Payment>,
}

/// A nullable key on SQLite, a required one on PostgreSQL: the model allows what either allows. Payments are read here and
/// not made: SQLite's version wants a `last_update` too, and PostgreSQL's sends new rows elsewhere by rules.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Payment {
    #[field(primary_key, column = "payment_id")]
    pub id: i32,
    pub customer: ForeignKey<Customer>,
    pub staff: ForeignKey<Staff>,
    pub rental: Option<ForeignKey<Rental>>,
    #[field(max_digits = 5, decimal_places = 2)]
    pub amount: Decimal,
    pub payment_date: NaiveDateTime,
}
