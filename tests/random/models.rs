//! The models of the random queries: keys that may be NULL and keys that may not, both sides of each, every type of column,
//! and names that must be quoted.

use orm::prelude::*;

/// Somebody, with a boss or without.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "t1", ordering = [-level, id])]
pub struct Person {
    pub id: i64,
    pub name: String,
    #[field(column = "nick\"name")]
    pub nick: Option<String>,
    pub born: NaiveDate,
    pub seen: Option<DateTime<Utc>>,
    pub rating: Option<f64>,
    pub size: i16,
    #[field(column = "order")]
    pub level: Option<i32>,
    pub active: Option<bool>,
    #[field(default = 0)]
    pub mark: i32,
    #[field(on_delete = set_null)]
    pub boss: Option<ForeignKey<Self>>,
    #[reverse(Person::boss)]
    pub staff: HasMany<Person>,
    #[reverse(Item::owner)]
    pub items: HasMany<Item>,
    #[reverse(Item::keeper)]
    pub kept: HasMany<Item>,
    #[reverse(Badge::person)]
    pub badge: HasOne<Badge>,
    #[reverse(Note::author)]
    pub notes: HasMany<Note>,
}

/// Something that belongs to one person, and which another may keep.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "the item")]
pub struct Item {
    pub id: i64,
    pub title: String,
    pub subtitle: Option<String>,
    #[field(max_digits = 8, decimal_places = 2)]
    pub price: Decimal,
    #[field(max_digits = 8, decimal_places = 3)]
    pub rebate: Option<Decimal>,
    #[field(max_digits = 20, decimal_places = 4)]
    pub exact: Option<Decimal>,
    pub stock: i32,
    pub sold: Option<i32>,
    pub total: i64,
    pub big: Option<i64>,
    pub tiny: Option<i16>,
    pub weight: f64,
    pub on_sale: bool,
    pub checked: Option<bool>,
    pub made: NaiveDateTime,
    pub due: Option<NaiveDate>,
    pub clock: Option<NaiveTime>,
    pub at: DateTime<Utc>,
    pub lasts: Option<Duration>,
    pub serial: Uuid,
    pub blob: Option<Vec<u8>>,
    pub doc: Option<serde_json::Value>,
    #[field(default = 0)]
    pub mark: i32,
    #[field(on_delete = cascade)]
    pub owner: ForeignKey<Person>,
    #[field(on_delete = set_null, column = "KEEPER")]
    pub keeper: Option<ForeignKey<Person>>,
    #[reverse(Note::item)]
    pub notes: HasMany<Note>,
}

/// What is said of an item, or of another note.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "select")]
pub struct Note {
    pub id: i64,
    pub text: String,
    #[field(column = "a.b")]
    pub stars: Option<i32>,
    pub okay: Option<bool>,
    pub sent: Option<NaiveDateTime>,
    pub share: Option<f64>,
    #[field(default = 0)]
    pub mark: i32,
    #[field(on_delete = cascade)]
    pub item: ForeignKey<Item>,
    #[field(on_delete = set_null)]
    pub author: Option<ForeignKey<Person>>,
    #[field(on_delete = set_null)]
    pub reply_to: Option<ForeignKey<Self>>,
    #[reverse(Note::reply_to)]
    pub replies: HasMany<Note>,
}

/// At most one for each person.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Badge {
    pub id: i64,
    pub code: String,
    pub points: Option<i64>,
    pub fee: Option<Decimal>,
    #[field(default = 0)]
    pub mark: i32,
    #[field(on_delete = cascade)]
    pub person: OneToOne<Person>,
}
