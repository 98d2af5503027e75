//! The models of the load.

use orm::prelude::*;

/// What amounts are added to and moved between.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [id])]
pub struct Account {
    pub id: i64,
    #[field(max_length = 40, unique)]
    pub name: String,
    #[field(default = 0)]
    pub balance: i64,
    #[field(default = 0)]
    pub changes: i64,
    #[reverse(Event::account)]
    pub events: HasMany<Event>,
}

/// Something that a thread has written, and deletes again in time.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [id], index(fields = [thread, number]))]
pub struct Event {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub account: ForeignKey<Account>,
    pub thread: i32,
    pub number: i64,
    #[field(max_digits = 12, decimal_places = 2)]
    pub amount: Decimal,
    pub text: String,
    #[field(auto_now_add)]
    pub at: DateTime<Utc>,
}

/// A word that all threads make and count.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Word {
    pub id: i64,
    #[field(max_length = 40, unique)]
    pub text: String,
    #[field(default = 0)]
    pub uses: i64,
}

/// A number that is read and written by serializable transactions.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Counter {
    pub id: i64,
    pub number: i64,
}
