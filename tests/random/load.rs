//! Writes the random rows to a database.

use orm::prelude::*;

use crate::models::{Badge, Item, Note, Person};
use crate::tables::{Table, World};
use crate::values::{Cell, V};

/// A type of field that a cell can be read as.
trait Plain: Sized {
    fn of(value: &V) -> Option<Self>;
}

macro_rules! plain {
    ($($variant:ident $type:ty;)+) => { $(
        impl Plain for $type {
            fn of(value: &V) -> Option<Self> {
                match value {
                    V::$variant(value) => Some(value.clone()),
                    _ => None,
                }
            }
        }
    )+ };
}
plain! {
    Bool bool;
    I16 i16;
    I32 i32;
    I64 i64;
    F64 f64;
    Dec Decimal;
    Text String;
    Bytes Vec<u8>;
    Uuid Uuid;
    Date NaiveDate;
    Time NaiveTime;
    DateTime NaiveDateTime;
    Timestamp DateTime<Utc>;
    Duration Duration;
    Json serde_json::Value;
}

fn maybe<T: Plain>(cell: &Cell) -> Option<T> {
    cell.as_ref()
        .map(|value| T::of(value).unwrap_or_else(|| panic!("{value} in a column of another type")))
}

fn sure<T: Plain>(cell: &Cell) -> T {
    maybe(cell).expect("a value in a column that takes no NULL")
}

fn key<M: Model<Key = i64>>(cell: &Cell) -> Option<ForeignKey<M>> {
    maybe(cell).map(ForeignKey::new)
}

/// Replaces all rows of the database.
pub fn load(db: &Database, world: &World) -> Result<()> {
    db.atomic(|tx| {
        Badge::objects().delete(tx)?;
        Note::objects().delete(tx)?;
        Item::objects().delete(tx)?;
        Person::objects().delete(tx)?;
        Person::objects()
            .bulk_create(tx, world.rows(Table::Person).iter().map(|row| person(row)))?;
        Item::objects().bulk_create(tx, world.rows(Table::Item).iter().map(|row| item(row)))?;
        Note::objects().bulk_create(tx, world.rows(Table::Note).iter().map(|row| note(row)))?;
        Badge::objects().bulk_create(tx, world.rows(Table::Badge).iter().map(|row| badge(row)))?;
        Ok(())
    })?;
    // Else the server takes the tables for large ones, and makes plans for such.
    db.execute("ANALYZE", ())?;
    Ok(())
}

fn person(row: &[Cell]) -> Draft<Person> {
    Person::draft()
        .id(sure::<i64>(&row[0]))
        .name(sure::<String>(&row[1]))
        .nick(maybe::<String>(&row[2]).as_deref())
        .born(sure::<NaiveDate>(&row[3]))
        .seen(maybe::<DateTime<Utc>>(&row[4]))
        .rating(maybe::<f64>(&row[5]))
        .size(sure::<i16>(&row[6]))
        .level(maybe::<i32>(&row[7]))
        .active(maybe::<bool>(&row[8]))
        .boss(&key::<Person>(&row[9]))
        .build()
}

fn item(row: &[Cell]) -> Draft<Item> {
    Item::draft()
        .id(sure::<i64>(&row[0]))
        .title(sure::<String>(&row[1]))
        .subtitle(maybe::<String>(&row[2]).as_deref())
        .price(sure::<Decimal>(&row[3]))
        .rebate(maybe::<Decimal>(&row[4]))
        .exact(maybe::<Decimal>(&row[5]))
        .stock(sure::<i32>(&row[6]))
        .sold(maybe::<i32>(&row[7]))
        .total(sure::<i64>(&row[8]))
        .big(maybe::<i64>(&row[9]))
        .tiny(maybe::<i16>(&row[10]))
        .weight(sure::<f64>(&row[11]))
        .on_sale(sure::<bool>(&row[12]))
        .checked(maybe::<bool>(&row[13]))
        .made(sure::<NaiveDateTime>(&row[14]))
        .due(maybe::<NaiveDate>(&row[15]))
        .clock(maybe::<NaiveTime>(&row[16]))
        .at(sure::<DateTime<Utc>>(&row[17]))
        .lasts(maybe::<Duration>(&row[18]))
        .serial(sure::<Uuid>(&row[19]))
        .blob(maybe::<Vec<u8>>(&row[20]))
        .doc(maybe::<serde_json::Value>(&row[21]))
        .owner(sure::<i64>(&row[22]))
        .keeper(&key::<Person>(&row[23]))
        .build()
}

fn note(row: &[Cell]) -> Draft<Note> {
    Note::draft()
        .id(sure::<i64>(&row[0]))
        .text(sure::<String>(&row[1]))
        .stars(maybe::<i32>(&row[2]))
        .okay(maybe::<bool>(&row[3]))
        .sent(maybe::<NaiveDateTime>(&row[4]))
        .share(maybe::<f64>(&row[5]))
        .item(sure::<i64>(&row[6]))
        .author(&key::<Person>(&row[7]))
        .reply_to(&key::<Note>(&row[8]))
        .build()
}

fn badge(row: &[Cell]) -> Draft<Badge> {
    Badge::draft()
        .id(sure::<i64>(&row[0]))
        .code(sure::<String>(&row[1]))
        .points(maybe::<i64>(&row[2]))
        .fee(maybe::<Decimal>(&row[3]))
        .person(sure::<i64>(&row[4]))
        .build()
}
