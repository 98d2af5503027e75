//! The rows of a relation for many rows at once: whose they are, by one query and one pass.

use std::any::Any;
use std::borrow::Cow;
use std::hash::Hash;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use uuid::Uuid;

use crate::ast::{Parents, Select};
use crate::decode::{Names, Row};
use crate::error::{Error, Result};
use crate::executor::{Executor, Flow};
use crate::model::Model;
use crate::path::{Back, Relation};
use crate::query::loading::{Further, Reading};
use crate::query::run::{self, Caller};
use crate::query::{QuerySet, RowShape};
use crate::schema::{LinkSchema, PathNode, RelationSchema};
use crate::types::{Mismatch, SqlType};
use crate::value::{ArrayValue, ColumnType, Value, ValueRef};

/// Reads the key of a parent from a column, without its type.
pub(super) type ReadKey = fn(ValueRef<'_>) -> std::result::Result<Value, Mismatch>;

/// How the two sides of a relation meet.
#[derive(Clone, Copy)]
pub(super) struct Meeting {
    relation: &'static RelationSchema,
    through: Option<(&'static LinkSchema, &'static PathNode)>,
    pub(super) read: ReadKey,
    column_type: ColumnType,
}

impl Meeting {
    pub(super) fn of<R: Relation>() -> Self {
        Self {
            relation: R::SCHEMA,
            through: Back::<R>::WAY,
            read: read_key::<R::Key>,
            column_type: R::Key::COLUMN,
        }
    }

    /// The field that holds the key of a row's parent, by its names: that of a model, and its own.
    fn key(self) -> (&'static str, &'static str) {
        match self.through {
            Some((link, _)) => (link.model().name, link.home.local().name),
            None => ((self.relation.to)().name, self.relation.remote().name),
        }
    }

    /// Whether each row that a query finds has a parent, so that for all parents it need not be looked up by the key of one.
    /// Where a limit counts for each parent, its first rows may be in an index.
    fn is_of_all(self, select: &Select) -> bool {
        let relation = self.relation;
        let pointing = !relation.is_key() && self.through.is_none() && !relation.remote().nullable;
        pointing && !select.is_sliced() && select.slice.is_none()
    }

    /// The field of a parent that holds its side of the relation.
    pub(super) fn local(self) -> usize {
        self.relation.local().index
    }
}

/// Reads a key.
pub(crate) fn read_key<K: SqlType>(value: ValueRef<'_>) -> std::result::Result<Value, Mismatch> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    K::decode(value).map(SqlType::into_value)
}

/// A key as something to look up.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Bool(bool),
    Text(Cow<'static, str>),
    Bytes(Vec<u8>),
    Decimal(Decimal),
    Uuid(Uuid),
    Date(NaiveDate),
    Time(NaiveTime),
    DateTime(NaiveDateTime),
    Timestamp(DateTime<Utc>),
    Duration(TimeDelta),
}

/// An integer, as most keys are, or another key; none for what is no key.
enum Found {
    Int(i64),
    Other(Key),
    None,
}

fn found(value: &Value) -> Found {
    Found::Other(match value {
        Value::I16(key) => return Found::Int((*key).into()),
        Value::I32(key) => return Found::Int((*key).into()),
        Value::I64(key) => return Found::Int(*key),
        Value::Bool(key) => Key::Bool(*key),
        Value::Text(key) => Key::Text(key.clone()),
        Value::Enum(key) => Key::Text(Cow::Borrowed(*key)),
        Value::Bytes(key) => Key::Bytes(key.clone()),
        Value::Decimal(key) => Key::Decimal(*key),
        Value::Uuid(key) => Key::Uuid(*key),
        Value::Date(key) => Key::Date(*key),
        Value::Time(key) => Key::Time(*key),
        Value::DateTime(key) => Key::DateTime(*key),
        Value::Timestamp(key) => Key::Timestamp(*key),
        Value::Duration(key) => Key::Duration(*key),
        Value::Null
        | Value::F32(_)
        | Value::F64(_)
        | Value::Json(_)
        | Value::Array(_)
        | Value::List(_)
        | Value::Numbered(_) => return Found::None,
    })
}

/// No key: such a place has no rows.
const NO_KEY: u32 = u32::MAX;

/// The different keys of many places, numbered in the order in which they first come.
#[derive(Default)]
pub(super) struct Index {
    ints: FxHashMap<i64, u32>,
    others: FxHashMap<Key, u32>,
    keys: Vec<Value>,
    /// The number of the key of each place.
    of_place: Vec<u32>,
    /// The keys are those of all rows of a model.
    all: bool,
}

impl Index {
    /// The index of the keys of all places, in their order.
    pub(super) fn of(places: impl ExactSizeIterator<Item = Value>, all: bool) -> Self {
        let mut index = Self {
            all,
            ..Self::default()
        };
        index.ints.reserve(places.len());
        index.keys.reserve(places.len());
        index.of_place.reserve(places.len());
        for key in places {
            let next = index.keys.len() as u32;
            let number = match found(&key) {
                Found::Int(int) => *index.ints.entry(int).or_insert(next),
                Found::Other(other) => *index.others.entry(other).or_insert(next),
                Found::None => NO_KEY,
            };
            if number == next {
                index.keys.push(key);
            }
            index.of_place.push(number);
        }
        index
    }

    /// How many different keys there are.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    fn number(&self, key: &Value) -> Option<u32> {
        match found(key) {
            Found::Int(int) => self.ints.get(&int).copied(),
            Found::Other(other) => self.others.get(&other).copied(),
            Found::None => None,
        }
    }

    /// The number of the key of each place.
    pub(super) fn numbers(&self) -> impl Iterator<Item = Option<usize>> {
        let number = |number: &u32| (*number != NO_KEY).then_some(*number as usize);
        self.of_place.iter().map(number)
    }

    /// Which places have each key.
    fn places(&self) -> Places {
        let mut starts = vec![0_u32; self.len() + 1];
        for number in self.numbers().flatten() {
            starts[number + 1] += 1;
        }
        for number in 0..self.len() {
            starts[number + 1] += starts[number];
        }
        let mut next = starts.clone();
        let mut places = vec![0; starts.last().map_or(0, |all| *all as usize)];
        for (place, number) in self.numbers().enumerate() {
            if let Some(number) = number {
                places[next[number] as usize] = place as u32;
                next[number] += 1;
            }
        }
        Places { starts, places }
    }
}

/// The places of each key, one after the other.
struct Places {
    starts: Vec<u32>,
    places: Vec<u32>,
}

impl Places {
    fn of(&self, number: usize) -> &[u32] {
        &self.places[self.starts[number] as usize..self.starts[number + 1] as usize]
    }
}

impl<M: Model, S: RowShape, L> QuerySet<M, S, L> {
    /// The rows of a relation, for each of the different keys.
    pub(super) fn for_keys(
        &self,
        keys: &Index,
        meeting: Meeting,
        db: &dyn Executor,
        caller: Caller,
    ) -> Result<Vec<Vec<S::Output>>> {
        self.of_parents(keys, None, meeting, db, caller)
    }

    /// The rows of a relation, for each of the places: where places have the same key, each gets rows of its own.
    pub(super) fn for_places(
        &self,
        keys: &Index,
        meeting: Meeting,
        db: &dyn Executor,
        caller: Caller,
    ) -> Result<Vec<Vec<S::Output>>> {
        // Where each place has a key of its own, the numbers of the keys are those of the places.
        let places = (keys.len() < keys.of_place.len()).then(|| keys.places());
        self.of_parents(keys, places.as_ref(), meeting, db, caller)
    }

    /// The query of the rows of these keys. Made apart, since rows that lead to rows come to stand 200 calls deep, each of which
    /// would keep what it is made of on the stack.
    fn asked_for(&self, keys: &Index, meeting: Meeting) -> Box<Select> {
        let mut select = Box::new(self.joined().into_owned());
        let keys = match keys.all && meeting.is_of_all(&select) {
            true => Value::Null,
            false => Value::Array(Box::new(ArrayValue {
                element: meeting.column_type,
                values: keys.keys.clone(),
            })),
        };
        select.parents = Some(Box::new(Parents {
            relation: meeting.relation,
            through: meeting.through,
            keys,
            returned: true,
            key: None,
            among: false,
            indexed: false,
        }));
        select
    }

    /// The rows of a relation, for each of the keys or of their places.
    fn of_parents(
        &self,
        keys: &Index,
        places: Option<&Places>,
        meeting: Meeting,
        db: &dyn Executor,
        caller: Caller,
    ) -> Result<Vec<Vec<S::Output>>> {
        let select = self.asked_for(keys, meeting);
        let all = places.map_or(keys.len(), |_| keys.of_place.len());
        let in_runs = !select.parents.as_ref().is_some_and(|of| of.keys.is_null());
        let mut owners = Owners {
            keys,
            places,
            meeting,
            at: select.parent_at(),
            last: None,
        };
        let Some(loading) = &self.loading else {
            let mut dealt = Deal::new(all, in_runs);
            run::for_each(&select, db, caller, &mut |row| {
                owners.each(row, &mut |row, place| {
                    dealt.put(place, S::decode(row, &select)?);
                    Ok(())
                })
            })?;
            return Ok(dealt.finish());
        };
        let mut reading = Reading::<S>::new(&select, Some(loading));
        let (mut dealt, mut of) = (Deal::new(all, in_runs), Vec::new());
        let one_list = reading.needs_one_list();
        run::for_each(&select, db, caller, &mut |row| {
            owners.each(row, &mut |row, place| {
                if one_list {
                    of.push(place);
                    return reading.row(row);
                }
                dealt.put(place, reading.read(row)?);
                Ok(())
            })
        })?;
        if !one_list {
            let mut dealt = dealt.finish();
            reading.prefetch(&mut dealt, db, caller)?;
            return Ok(dealt);
        }
        for (row, place) in reading.finish(db, caller)?.into_iter().zip(of) {
            dealt.put(place, row);
        }
        Ok(dealt.finish())
    }
}

/// Finds whose the rows are.
struct Owners<'k> {
    keys: &'k Index,
    /// None where each key has one place, of the same number.
    places: Option<&'k Places>,
    meeting: Meeting,
    /// The column that holds the key.
    at: usize,
    /// The integer that was found last, with its number: rows often come parent by parent.
    last: Option<(i64, u32)>,
}

impl Owners<'_> {
    /// Shows a row once for each of its places.
    fn each(
        &mut self,
        row: &dyn Row,
        show: &mut dyn FnMut(&dyn Row, u32) -> Result<()>,
    ) -> Result<Flow> {
        let at = self.at;
        let key = match self.meeting.column_type.is_integer() {
            true => row.integer(at),
            false => None,
        };
        let (number, row) = match key {
            // Most keys are found as they come.
            Some(key) => (self.number(key), &Known { row, at, key } as &dyn Row),
            None => {
                let key = parent_of(row, at, self.meeting)?;
                (self.keys.number(&key), row)
            }
        };
        match (number, self.places) {
            (None, _) => {}
            (Some(number), None) => show(row, number)?,
            (Some(number), Some(places)) => {
                for place in places.of(number as usize) {
                    show(row, *place)?;
                }
            }
        }
        Ok(Flow::Continue)
    }

    fn number(&mut self, key: i64) -> Option<u32> {
        match self.last {
            Some((last, number)) if last == key => Some(number),
            _ => {
                let number = self.keys.ints.get(&key).copied()?;
                self.last = Some((key, number));
                Some(number)
            }
        }
    }
}

/// A row of which one column has been read already: reading it is a good part of what a small row costs.
struct Known<'r> {
    row: &'r dyn Row,
    at: usize,
    key: i64,
}

impl Row for Known<'_> {
    #[inline]
    fn value(&self, index: usize) -> std::result::Result<ValueRef<'_>, Mismatch> {
        if index == self.at {
            return Ok(ValueRef::Integer(self.key));
        }
        self.row.value(index)
    }

    fn integer(&self, index: usize) -> Option<i64> {
        if index == self.at {
            return Some(self.key);
        }
        self.row.integer(index)
    }

    fn text(&self, index: usize) -> Option<&str> {
        self.row.text(index)
    }

    fn is_left_out(&self, index: usize) -> bool {
        self.row.is_left_out(index)
    }

    fn index_of(&self, column: &str, passed: usize) -> Option<usize> {
        self.row.index_of(column, passed)
    }
}

fn parent_of(row: &dyn Row, at: usize, meeting: Meeting) -> Result<Value> {
    let key = row.value(at).and_then(meeting.read);
    key.map_err(|Mismatch { expected, found }| Error::Decode {
        model: meeting.key().0,
        field: meeting.key().1.to_owned(),
        expected,
        found,
    })
}

/// Rows on their way to their places, which get memory of the right size. Those that are looked up by keys come place by place: a run
/// of them is moved there together. Those that are read as they lie in the table wait until all have come.
struct Deal<T> {
    places: Vec<Vec<T>>,
    run: Vec<T>,
    /// Where the run goes.
    place: u32,
    /// Where each of the rows goes that wait, and how many go to each place; none where they come in runs.
    waiting: Option<(Vec<u32>, Vec<u32>)>,
}

impl<T> Deal<T> {
    fn new(places: usize, in_runs: bool) -> Self {
        Self {
            places: std::iter::repeat_with(Vec::new).take(places).collect(),
            run: Vec::new(),
            place: 0,
            waiting: (!in_runs).then(|| (Vec::new(), vec![0; places])),
        }
    }

    #[inline]
    fn put(&mut self, place: u32, row: T) {
        if let Some((to, counts)) = &mut self.waiting {
            to.push(place);
            counts[place as usize] += 1;
        } else if place != self.place {
            self.end_run();
            self.place = place;
        }
        self.run.push(row);
    }

    fn end_run(&mut self) {
        self.places[self.place as usize].append(&mut self.run);
    }

    fn finish(mut self) -> Vec<Vec<T>> {
        if let Some((to, counts)) = self.waiting {
            for (place, count) in self.places.iter_mut().zip(counts) {
                place.reserve_exact(count as usize);
            }
            for (row, place) in self.run.into_iter().zip(to) {
                self.places[place as usize].push(row);
            }
        } else if !self.run.is_empty() {
            self.end_run();
        }
        self.places
    }
}

/// A way from a part of a row to a part of it, of a number.
pub type Through = fn(&mut dyn Any, usize) -> Option<&mut dyn Any>;

/// Loads the rows of one relation for the rows of a query, and puts them into those.
pub trait Loader: Send + Sync + 'static {
    /// Itself, to be compared.
    #[doc(hidden)]
    fn as_any(&self) -> &dyn Any;

    /// Whether another one loads the same.
    #[doc(hidden)]
    fn is_like(&self, other: &dyn Loader) -> bool;

    /// The query that loads them.
    #[doc(hidden)]
    fn query(&self) -> Further<'_>;

    /// Reads the key by which a row has rows of the relation.
    #[doc(hidden)]
    fn key(&self, value: ValueRef<'_>) -> std::result::Result<Value, Mismatch>;

    /// Loads them: for each key the rows that belong into the place beside it. These may be the keys of all rows that there are.
    ///
    /// # Errors
    /// The database's.
    fn load(
        &self,
        keys: Vec<Value>,
        all: bool,
        places: Vec<Option<&mut dyn Any>>,
        db: &dyn Executor,
        caller: Caller,
    ) -> Result<()>;
}

/// Rows that are loaded beside each row of a query.
#[derive(Clone)]
pub struct List {
    /// The column of the row that holds the key.
    pub(crate) column: usize,
    /// The part of the row in which they go.
    pub(crate) part: usize,
    /// The way on from it.
    pub(crate) through: Vec<(Through, usize)>,
    pub(crate) loader: std::sync::Arc<dyn Loader>,
}

impl List {
    pub(super) fn key(&self, row: &dyn Row, select: &Select) -> Result<Value> {
        match row
            .value(self.column)
            .and_then(|value| self.loader.key(value))
        {
            Ok(key) => Ok(key),
            Err(Mismatch { expected, found }) => Err(Error::Decode {
                model: select.model(),
                field: select.column(self.column),
                expected,
                found,
            }),
        }
    }

    pub(super) fn place<'r>(&self, part: Option<&'r mut dyn Any>) -> Option<&'r mut dyn Any> {
        let mut at = part?;
        for (through, number) in &self.through {
            at = through(at, *number)?;
        }
        Some(at)
    }
}

/// Loads the rows of `R` in the shape `S`, owned by what they belong to.
pub(crate) struct Owned<R: Relation, S> {
    pub(crate) query: QuerySet<R::To, S>,
}

impl<R: Relation, S: RowShape> Loader for Owned<R, S>
where
    R::Side: super::Holds,
{
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_like(&self, other: &dyn Loader) -> bool {
        let other = other.as_any().downcast_ref::<Self>();
        other.is_some_and(|other| self.query.is_like(&other.query))
    }

    fn query(&self) -> Further<'_> {
        Further::of(&self.query)
    }

    fn key(&self, value: ValueRef<'_>) -> std::result::Result<Value, Mismatch> {
        (Meeting::of::<R>().read)(value)
    }

    fn load(
        &self,
        keys: Vec<Value>,
        all: bool,
        places: Vec<Option<&mut dyn Any>>,
        db: &dyn Executor,
        caller: Caller,
    ) -> Result<()> {
        let keys = Index::of(keys.into_iter(), all);
        if keys.len() == 0 {
            return Ok(());
        }
        let rows = self
            .query
            .for_places(&keys, Meeting::of::<R>(), db, caller)?;
        for (place, rows) in places.into_iter().zip(rows) {
            if let Some(place) = place {
                <R::Side as super::Holds>::put(place, rows);
            }
        }
        Ok(())
    }
}
