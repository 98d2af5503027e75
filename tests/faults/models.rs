//! The models of the faults.

use orm::prelude::*;

/// What money is moved between.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [name])]
pub struct Account {
    pub id: i64,
    #[field(max_length = 40, unique)]
    pub name: String,
    #[field(default = 0)]
    pub balance: i64,
}

/// A line of a ledger: two of each number, or none.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(fields = [number]))]
pub struct Entry {
    pub id: i64,
    pub number: i64,
    pub amount: i64,
    #[field(default = "")]
    pub text: String,
}

pub fn account(name: &str) -> Draft<Account> {
    Account::draft().name(name).build()
}

pub fn entry(number: i64, amount: i64) -> Draft<Entry> {
    Entry::draft().number(number).amount(amount).build()
}

/// The names of the accounts, in order.
pub fn names<D: orm::Handle + ?Sized>(db: &D) -> Result<Vec<String>> {
    Account::objects()
        .values_list(Account::name)
        .order_by(Account::name)
        .all(db)
}

pub fn balance<D: orm::Handle + ?Sized>(db: &D, name: &str) -> Result<i64> {
    Ok(Account::objects().get(db, Account::name.eq(name))?.balance)
}

/// What a sensor has measured.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Reading {
    pub id: i64,
    pub sensor: String,
    pub level: i32,
    pub valid: bool,
    pub taken: Option<NaiveDate>,
}

/// What has others, which an iterator loads beside it.
#[derive(Model, Debug)]
pub struct Shelf {
    pub id: i64,
    pub name: String,
    #[reverse(Volume::shelf)]
    pub volumes: HasMany<Volume>,
}

#[derive(Model, Debug)]
pub struct Volume {
    pub id: i64,
    pub shelf: ForeignKey<Shelf>,
}
