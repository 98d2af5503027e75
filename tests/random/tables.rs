//! The tables of the models in plain Rust: their columns, the steps between them, and random rows.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use crate::rng::Rng;
use crate::values::{Cell, Ty, V};

/// A table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    Person,
    Item,
    Note,
    Badge,
}

/// A column: its field's name, its type, and whether it may be NULL.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    pub ty: Ty,
    pub nullable: bool,
}

/// A relation from one table to another.
#[derive(Debug)]
pub struct Step {
    pub name: &'static str,
    pub from: Table,
    pub to: Table,
    /// A column of `from` that holds a key, or one of `to`.
    pub via: Via,
    pub many: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum Via {
    Key(usize),
    Reverse(usize),
}

impl PartialEq for Step {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

const fn column(name: &'static str, ty: Ty) -> Column {
    Column {
        name,
        ty,
        nullable: false,
    }
}

const fn nullable(name: &'static str, ty: Ty) -> Column {
    Column {
        name,
        ty,
        nullable: true,
    }
}

static PERSON: [Column; 10] = [
    column("id", Ty::I64),
    column("name", Ty::Text),
    nullable("nick", Ty::Text),
    column("born", Ty::Date),
    nullable("seen", Ty::Timestamp),
    nullable("rating", Ty::F64),
    column("size", Ty::I16),
    nullable("level", Ty::I32),
    nullable("active", Ty::Bool),
    nullable("boss", Ty::I64),
];

static ITEM: [Column; 25] = [
    column("id", Ty::I64),
    column("title", Ty::Text),
    nullable("subtitle", Ty::Text),
    column("price", Ty::Dec),
    nullable("rebate", Ty::Dec),
    nullable("exact", Ty::Dec),
    column("stock", Ty::I32),
    nullable("sold", Ty::I32),
    column("total", Ty::I64),
    nullable("big", Ty::I64),
    nullable("tiny", Ty::I16),
    column("weight", Ty::F64),
    column("on_sale", Ty::Bool),
    nullable("checked", Ty::Bool),
    column("made", Ty::DateTime),
    nullable("due", Ty::Date),
    nullable("clock", Ty::Time),
    column("at", Ty::Timestamp),
    nullable("lasts", Ty::Duration),
    column("serial", Ty::Uuid),
    nullable("blob", Ty::Bytes),
    nullable("doc", Ty::Json),
    column("owner", Ty::I64),
    nullable("keeper", Ty::I64),
    // The last key again, through the row that it points at.
    nullable("keeper.id", Ty::I64),
];

static NOTE: [Column; 9] = [
    column("id", Ty::I64),
    column("text", Ty::Text),
    nullable("stars", Ty::I32),
    nullable("okay", Ty::Bool),
    nullable("sent", Ty::DateTime),
    nullable("share", Ty::F64),
    column("item", Ty::I64),
    nullable("author", Ty::I64),
    nullable("reply_to", Ty::I64),
];

static BADGE: [Column; 5] = [
    column("id", Ty::I64),
    column("code", Ty::Text),
    nullable("points", Ty::I64),
    nullable("fee", Ty::Dec),
    column("person", Ty::I64),
];

const fn step(name: &'static str, from: Table, to: Table, via: Via, many: bool) -> Step {
    Step {
        name,
        from,
        to,
        via,
        many,
    }
}

static STEPS: [Step; 14] = [
    step("boss", Table::Person, Table::Person, Via::Key(9), false),
    step("staff", Table::Person, Table::Person, Via::Reverse(9), true),
    step("items", Table::Person, Table::Item, Via::Reverse(22), true),
    step("kept", Table::Person, Table::Item, Via::Reverse(23), true),
    step("badge", Table::Person, Table::Badge, Via::Reverse(4), false),
    step("notes", Table::Person, Table::Note, Via::Reverse(7), true),
    step("owner", Table::Item, Table::Person, Via::Key(22), false),
    step("keeper", Table::Item, Table::Person, Via::Key(23), false),
    step("notes", Table::Item, Table::Note, Via::Reverse(6), true),
    step("item", Table::Note, Table::Item, Via::Key(6), false),
    step("author", Table::Note, Table::Person, Via::Key(7), false),
    step("reply_to", Table::Note, Table::Note, Via::Key(8), false),
    step("replies", Table::Note, Table::Note, Via::Reverse(8), true),
    step("person", Table::Badge, Table::Person, Via::Key(4), false),
];

impl Table {
    pub const ALL: [Self; 4] = [Self::Person, Self::Item, Self::Note, Self::Badge];

    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Person => &PERSON,
            Self::Item => &ITEM,
            Self::Note => &NOTE,
            Self::Badge => &BADGE,
        }
    }

    /// The step of a name.
    pub fn step(self, name: &str) -> &'static Step {
        let found = STEPS
            .iter()
            .find(|step| step.from == self && step.name == name);
        found.unwrap_or_else(|| panic!("{self:?} has no {name}"))
    }

    /// The steps of a path: `items.notes`.
    pub fn steps(self, path: &str) -> Vec<&'static Step> {
        let mut at = self;
        let names = path.split('.').filter(|name| !name.is_empty());
        names
            .map(|name| {
                let step = at.step(name);
                at = step.to;
                step
            })
            .collect()
    }
}

/// All rows of all tables.
#[derive(Debug, Default)]
pub struct World {
    tables: [Vec<Vec<Cell>>; 4],
}

impl World {
    pub fn rows(&self, table: Table) -> &[Vec<Cell>] {
        &self.tables[table as usize]
    }

    /// The rows that a step leads to.
    pub fn follow(&self, step: &Step, row: usize) -> Vec<usize> {
        let target = self.rows(step.to);
        let (own, theirs, key) = match step.via {
            Via::Key(key) => (key, 0, &self.rows(step.from)[row][key]),
            Via::Reverse(key) => (0, key, &self.rows(step.from)[row][0]),
        };
        debug_assert!(own == 0 || theirs == 0);
        let meets = |row: &usize| key.is_some() && target[*row][theirs] == *key;
        (0..target.len()).filter(meets).collect()
    }

    /// Rows of random values, few of each so that many are equal.
    pub fn random(rng: &mut Rng) -> Self {
        let mut world = Self::default();
        let pool = Pool::new(rng);
        for (table, count) in [
            (Table::Person, 7),
            (Table::Item, 14),
            (Table::Note, 18),
            (Table::Badge, 4),
        ] {
            for index in 0..count {
                let row = world.row(rng, &pool, table, index);
                world.tables[table as usize].push(row);
            }
        }
        world
    }

    /// Puts other values into a column.
    pub fn set(&mut self, table: Table, column: usize, mut value: impl FnMut() -> V) {
        for row in &mut self.tables[table as usize] {
            row[column] = row[column].is_some().then(&mut value);
        }
    }

    fn row(&self, rng: &mut Rng, pool: &Pool, table: Table, index: usize) -> Vec<Cell> {
        let keys = |of: Table| self.rows(of).len();
        // Keys have gaps, and those of a table are not those of another.
        let id = |of: Table, index: usize| V::I64(10 * (of as i64 + 1) + 3 * index as i64);
        let mut row = Vec::new();
        for column in table.columns() {
            let pointed = match (table, column.name) {
                (_, "id") => {
                    row.push(Some(id(table, index)));
                    continue;
                }
                (Table::Badge, "person") => {
                    row.push(Some(id(Table::Person, index)));
                    continue;
                }
                (Table::Item, "keeper.id") => {
                    let keeper = row[23].clone();
                    row.push(keeper);
                    continue;
                }
                (Table::Person, "boss") | (Table::Item, "owner" | "keeper") => Some(Table::Person),
                (Table::Note, "author") => Some(Table::Person),
                (Table::Note, "item") => Some(Table::Item),
                (Table::Note, "reply_to") => Some(Table::Note),
                _ => None,
            };
            let absent = column.nullable && rng.chance(30);
            let value = match pointed {
                _ if absent => None,
                Some(of) if keys(of) == 0 => None,
                Some(of) => Some(id(of, rng.below(keys(of)))),
                None if column.name == "exact" && rng.chance(50) => Some(V::Dec(long(rng))),
                None => Some(pool.value(rng, column.ty)),
            };
            row.push(value);
        }
        row
    }
}

/// The values that rows and conditions are made of.
pub struct Pool {
    texts: Vec<String>,
}

static PIECES: [&str; 34] = [
    "a", "A", "b", "B", "x", "i", "I", "s", "S", "1", "0", "é", "É", "e\u{301}", "ß", "ſ", "σ",
    "ς", "Σ", "ı", "İ", "%", "_", "\\", "'", "\"", " ", "\n", "😀", "\u{202e}", "?", "$1", "k",
    "\u{212a}",
];

static DAYS: [(i32, u32, u32); 12] = [
    (2020, 2, 29),
    (2020, 12, 31),
    (2021, 1, 1),
    (2021, 1, 3),
    (2021, 1, 4),
    (2016, 1, 2),
    (1969, 12, 31),
    (1970, 1, 1),
    (1, 1, 1),
    (9999, 12, 31),
    (2024, 12, 30),
    (1900, 3, 1),
];

static MICROS: [i64; 8] = [
    0,
    1,
    999_999,
    59_000_000,
    3_599_999_999,
    43_200_000_000,
    45_296_500_000,
    86_399_999_999,
];

impl Pool {
    pub fn new(rng: &mut Rng) -> Self {
        let texts = (0..12).map(|_| text(rng)).collect();
        Self { texts }
    }

    /// A value of a type, from few.
    pub fn value(&self, rng: &mut Rng, ty: Ty) -> V {
        match ty {
            Ty::Bool => V::Bool(rng.chance(50)),
            Ty::I16 => V::I16(small(rng)),
            Ty::I32 => V::I32(i32::from(small(rng))),
            Ty::I64 => V::I64(i64::from(small(rng))),
            Ty::F64 => V::F64(f64::from(small(rng)) * 0.25),
            Ty::Dec => {
                let scale = u32::try_from(rng.below(3)).unwrap_or(0);
                V::Dec(Decimal::new(rng.between(-400, 400), scale).normalize())
            }
            Ty::Text if rng.chance(80) => V::Text(rng.pick(&self.texts).clone()),
            Ty::Text => V::Text(text(rng)),
            Ty::Bytes => V::Bytes(
                rng.pick::<&[u8]>(&[b"", b"\0", b"ab", &[255, 0], b"'"])
                    .to_vec(),
            ),
            Ty::Uuid => V::Uuid(Uuid::from_u128(rng.next() as u128 % 5 * (u128::MAX / 5))),
            Ty::Date => V::Date(day(rng)),
            Ty::Time => V::Time(clock(rng)),
            Ty::DateTime => V::DateTime(day(rng).and_time(clock(rng))),
            Ty::Timestamp => V::Timestamp(day(rng).and_time(clock(rng)).and_utc()),
            Ty::Duration => {
                let of = rng.pick(&MICROS);
                V::Duration(TimeDelta::microseconds(if rng.chance(30) {
                    -of
                } else {
                    *of
                }))
            }
            Ty::Json => V::Json(
                rng.pick(&[
                    json!(null),
                    json!(1),
                    json!(1.0),
                    json!("1"),
                    json!(true),
                    json!([]),
                    json!([1, "a", null]),
                    json!({}),
                    json!({"b": 1, "a": [1.5]}),
                    json!({"a": [1.5], "b": 1.0}),
                    json!({"a'\"?": "é\\"}),
                ])
                .clone(),
            ),
        }
    }
}

/// Small numbers, mostly.
fn small(rng: &mut Rng) -> i16 {
    let most = if rng.chance(80) { 4 } else { 100 };
    i16::try_from(rng.between(-most, most)).unwrap_or(0)
}

/// Decimals of more digits than a double tells apart, some of which differ in the last one alone.
pub fn long(rng: &mut Rng) -> Decimal {
    let number = *rng.pick(&[
        10_000_000_000_000_000_000,
        10_000_000_000_000_000_001,
        99_999_999_999_999_999_999,
        1_234_567_890_123_456_789,
        20_000,
    ]);
    let sign = if rng.chance(30) { -1 } else { 1 };
    Decimal::from_i128_with_scale(sign * number, 4)
}

/// Short texts, mostly.
pub fn text(rng: &mut Rng) -> String {
    let length = rng.below(4).min(rng.below(4));
    (0..length).map(|_| *rng.pick(&PIECES)).collect()
}

fn day(rng: &mut Rng) -> NaiveDate {
    let (year, month, day) = *rng.pick(&DAYS);
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or(NaiveDate::MIN)
}

fn clock(rng: &mut Rng) -> NaiveTime {
    let since = TimeDelta::microseconds(*rng.pick(&MICROS));
    (DateTime::UNIX_EPOCH + since).time()
}
