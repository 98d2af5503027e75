//! Structs whose fields are columns of the models that embed them.
//!
//! What a derive tells of such a struct it tells of each place at once, in types with a parameter `At` for the place:
//! [`In<At, F>`](In) is the field `F` there, a field of the model as any other.

mod path;

use std::marker::PhantomData;

use orm_core::ast::Expr;
use orm_core::decode::Row;
use orm_core::draft::{FieldValue, Set};
use orm_core::error::Result;
use orm_core::model::{Definitions, Model, SingleKey};
use orm_core::path::{FieldDef, Loaded, OneSide, OneToOneField, Relation, Written};
use orm_core::schema::{FieldOptions, OnDelete, RelationSchema};
use orm_core::types::{Nullness, SqlType};
use orm_core::value::Value;

use super::columns::{ColumnTypes, Columns};
use super::{Building, Missing, foreign_key, one_to_one};

pub use path::{EmbedAssignments, EmbedPath, OwnColumn, column_of, embedded_paths};

/// A struct whose fields are columns of each model that embeds it. Derive it: `#[derive(Embed)]`.
///
/// A program uses it as a bound, if at all; what it holds is for the models.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be embedded",
    label = "not a struct of shared fields",
    note = "`#[derive(Embed)]` makes a struct one; a row of another model is linked by a `ForeignKey`"
)]
pub trait Embed: Sized + 'static {
    /// The struct itself: what the derives ask for, so that a type that is none is told once.
    #[doc(hidden)]
    type Itself: Embed;
    /// The paths to its fields, behind the path `P`, in the place `At`.
    #[doc(hidden)]
    type Paths<P: 'static, At: 'static>: EmbedPaths;
    /// Its columns in the place `At`.
    #[doc(hidden)]
    type Columns<At: Embedding<Embedded = Self>>: Columns;
    /// Whether a draft may leave it out: the state of a field that has a value, or of one that is missing.
    #[doc(hidden)]
    type State;
    /// How many columns it has.
    #[doc(hidden)]
    const WIDTH: usize;

    /// Reads it from a row whose columns begin at index `at`.
    ///
    /// # Errors
    /// When a column holds something its field cannot.
    #[doc(hidden)]
    fn read<At: Embedding<Embedded = Self>>(row: &dyn Row, at: usize) -> Result<Self>;

    /// The value of one of its columns, counted from its first one.
    #[doc(hidden)]
    fn value(&self, column: usize) -> Value;

    /// Reads the column of an index in the model's schema, if it is one of these, from index `at` of a row.
    ///
    /// # Errors
    /// When the column holds something its field cannot.
    #[doc(hidden)]
    fn assign<At: Embedding<Embedded = Self>>(
        &mut self,
        field: usize,
        row: &dyn Row,
        at: usize,
    ) -> Result<()>;

    /// The default in Rust of one of its columns, counted from its first one.
    #[doc(hidden)]
    fn default_value(column: usize) -> Option<Value> {
        let _ = column;
        None
    }

    /// The defaults of the database, by their indexes in the model's schema.
    #[doc(hidden)]
    fn db_defaults<At: Embedding<Embedded = Self>>(to: &mut Vec<(usize, Expr)>) {
        let _ = to;
    }
}

/// The paths to the fields of an embedded struct.
pub trait EmbedPaths: Copy + 'static {
    /// The one value of the type.
    const ALL: &'static Self;
}

/// A place where a struct is embedded: a field of a model, or of a struct that is embedded itself.
pub trait Embedding: 'static {
    /// The model.
    type Model: Model;
    /// The struct.
    type Embedded: Embed;
    /// The index in the model's schema of its first column.
    const OFFSET: usize;
    /// The way to it from the model: the field's name, or several with points between them.
    const NAME: &'static str;
    /// What the names of its columns begin with.
    const PREFIX: &'static str;

    /// The struct in an instance of the model.
    fn of(model: &mut Self::Model) -> &mut Self::Embedded;
}

/// What a field of an embedded struct is called there, and what is said about it.
pub trait EmbeddedColumn: 'static {
    /// The place among the struct's columns.
    const INDEX: usize;
    /// The field's name.
    const NAME: &'static str;
    /// The column's name, without a prefix.
    const COLUMN: &'static str;
    /// What `#[field(..)]` says.
    const OPTIONS: FieldOptions;
}

/// A field of an embedded struct that is a column and no key.
pub trait EmbeddedField: EmbeddedColumn {
    /// The type of the column.
    type Type: SqlType;
}

/// A field of an embedded struct that is a key.
pub trait EmbeddedKey: EmbeddedColumn {
    /// The struct.
    type Of: Embed;
    /// The model it leads to.
    type To: Model;
    /// The type of that model's primary key.
    type Key: SingleKey;
    /// Whether it may be NULL.
    type Null: Nullness;
    /// Whether no two rows have the same.
    const ONE_TO_ONE: bool;
    /// What becomes of the row when the one that it points at goes.
    const ON_DELETE: OnDelete;

    /// Where the struct keeps the loaded row; none for a key that is NULL.
    fn loaded(from: &mut Self::Of) -> Option<&mut Loaded>;
}

/// A field of an embedded struct that is such a struct itself.
pub trait EmbeddedStruct: 'static {
    /// The struct around.
    type Of: Embed;
    /// The struct inside.
    type Embedded: Embed;
    /// The place of its first column among those of the struct around.
    const OFFSET: usize;
    /// The field's name.
    const NAME: &'static str;
    /// What the names of its columns begin with.
    const PREFIX: &'static str;

    /// The struct inside of the one around.
    fn of(from: &mut Self::Of) -> &mut Self::Embedded;
}

/// The field `F` of a struct in the place `At`.
pub struct In<At, F>(PhantomData<fn() -> (At, F)>);

impl<At: Embedding, F: EmbeddedColumn> In<At, F> {
    const PLACE: usize = At::OFFSET + F::INDEX;
    const NAME_TEXT: &'static Joined = &Joined::of(At::NAME, ".", F::NAME);
    const NAME: &'static str = Self::NAME_TEXT.text();
    const COLUMN_TEXT: &'static Joined = &Joined::of(At::PREFIX, "", F::COLUMN);
    const COLUMN: &'static str = Self::COLUMN_TEXT.text();
}

impl<At: Embedding, F: EmbeddedField> FieldDef for In<At, F> {
    type Model = At::Model;
    type Type = F::Type;
    type Access = Written;
    const INDEX: usize = Self::PLACE;
}

impl<At: Embedding, R: EmbeddedKey<Of = At::Embedded>> Relation for In<At, R> {
    type From = At::Model;
    type To = R::To;
    type Key = R::Key;
    type Null = R::Null;
    type Side = OneSide;
    const SCHEMA: &'static RelationSchema = &match R::ONE_TO_ONE {
        true => one_to_one::<Self>(Self::NAME, Self::PLACE, R::ON_DELETE),
        false => foreign_key::<Self>(Self::NAME, Self::PLACE, R::ON_DELETE),
    };

    fn loaded(from: &mut At::Model) -> Option<&mut Loaded> {
        R::loaded(At::of(from))
    }
}

#[diagnostic::do_not_recommend]
impl<At, R: OneToOneField> OneToOneField for In<At, R> {}

impl<At: Embedding, E: EmbeddedStruct<Of = At::Embedded>> In<At, E> {
    const WAY: &'static Joined = &Joined::of(At::NAME, ".", E::NAME);
    const BEGIN: &'static Joined = &Joined::of(At::PREFIX, "", E::PREFIX);
}

impl<At: Embedding, E: EmbeddedStruct<Of = At::Embedded>> Embedding for In<At, E> {
    type Model = At::Model;
    type Embedded = E::Embedded;
    const OFFSET: usize = At::OFFSET + E::OFFSET;
    const NAME: &'static str = Self::WAY.text();
    const PREFIX: &'static str = Self::BEGIN.text();

    fn of(model: &mut At::Model) -> &mut E::Embedded {
        E::of(At::of(model))
    }
}

/// The most bytes of a name that is joined of several.
const LONGEST: usize = 128;

/// Two names in one. It has room for the longest, since its length hangs on types.
struct Joined {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Joined {
    const fn of(first: &str, between: &str, last: &str) -> Self {
        let joined = Self {
            bytes: [0; LONGEST],
            length: 0,
        };
        joined.and(first).and(between).and(last)
    }

    const fn and(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        assert!(
            self.length + bytes.len() <= LONGEST,
            "the name of an embedded field is longer than 128 bytes"
        );
        let mut next = 0;
        while next < bytes.len() {
            self.bytes[self.length + next] = bytes[next];
            next += 1;
        }
        self.length += bytes.len();
        self
    }

    const fn text(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => panic!("two texts make a text"),
        }
    }
}

/// A column of an embedded struct: the columns `C`, of which the place `N` knows the name.
pub struct Named<C, N>(PhantomData<(C, N)>);

impl<C: Columns, At: Embedding, F: EmbeddedColumn> Columns for Named<C, In<At, F>> {
    type Values = C::Values;
    type Refs<'a> = C::Refs<'a>;
    type Muts<'a> = C::Muts<'a>;
    const TYPES: ColumnTypes = ColumnTypes::Named {
        name: In::<At, F>::NAME,
        column: In::<At, F>::COLUMN,
        options: F::OPTIONS,
        types: &C::TYPES,
    };

    #[inline]
    fn read(row: &dyn Row, at: usize) -> Result<C::Values> {
        C::read(row, at)
    }

    #[inline]
    fn value(fields: C::Refs<'_>, field: usize) -> Option<Value> {
        C::value(fields, field)
    }

    #[inline]
    fn assign(fields: C::Muts<'_>, field: usize, row: &dyn Row, at: usize) -> Result<()> {
        C::assign(fields, field, row, at)
    }
}

/// The columns of the struct that is embedded in the place `At`.
pub struct Embedded<At>(PhantomData<At>);

impl<At: Embedding> Embedded<At> {
    const WIDTH: usize = <At::Embedded as Embed>::WIDTH;

    /// The place among the struct's columns of the one of an index in the schema, if it is one of these.
    fn place(field: usize) -> Option<usize> {
        field
            .checked_sub(At::OFFSET)
            .filter(|column| *column < Self::WIDTH)
    }
}

impl<At: Embedding> Columns for Embedded<At> {
    type Values = At::Embedded;
    type Refs<'a> = &'a At::Embedded;
    type Muts<'a> = &'a mut At::Embedded;
    const TYPES: ColumnTypes = <<At::Embedded as Embed>::Columns<At> as Columns>::TYPES;

    #[inline]
    fn read(row: &dyn Row, at: usize) -> Result<At::Embedded> {
        At::Embedded::read::<At>(row, at)
    }

    #[inline]
    fn value(embedded: &At::Embedded, field: usize) -> Option<Value> {
        Self::place(field).map(|column| embedded.value(column))
    }

    #[inline]
    fn assign(embedded: &mut At::Embedded, field: usize, row: &dyn Row, at: usize) -> Result<()> {
        match Self::place(field) {
            Some(_) => embedded.assign::<At>(field, row, at),
            None => Ok(()),
        }
    }
}

/// The default in Rust of the column of an index in the schema, if the struct in this place has it.
pub fn embedded_default<At: Embedding>(field: usize) -> Option<Value> {
    Embedded::<At>::place(field).and_then(At::Embedded::default_value)
}

/// Adds what the struct in this place leaves to the database.
pub fn embedded_definitions<At: Embedding>(to: &mut Definitions) {
    At::Embedded::db_defaults::<At>(&mut to.db_defaults);
}

/// The value of a field of an embedded struct, to bind.
pub fn embedded_value<F: EmbeddedField>(value: &F::Type) -> Value {
    value.to_value()
}

/// The default of a type that has one, to bind.
pub fn default_of_type<T: SqlType + Default>() -> Value {
    T::default().into_value()
}

/// The value of a key that may be NULL, to bind.
pub fn optional_key_value<K: orm_core::relation::KeyField>(key: &Option<K>) -> Value {
    key.as_ref().map_or(Value::Null, K::key_value)
}

/// From the place of a column to its place in a struct inside, whose first column has the place `offset`, if it is one
/// of its columns.
pub fn inside<E: Embed>(column: usize, offset: usize) -> Option<usize> {
    column
        .checked_sub(offset)
        .filter(|column| *column < E::WIDTH)
}

/// Refuses two columns of one name, one of them in the struct that is embedded in this place.
#[track_caller]
pub const fn assert_columns_differ<At: Embedding>() {
    let fields = <At::Model as Model>::SCHEMA.fields;
    let mut own = At::OFFSET;
    while own < At::OFFSET + Embedded::<At>::WIDTH {
        let mut other = 0;
        while other < own {
            if same(fields[own].column, fields[other].column) {
                panic!("{}", TWICE.and_column(fields[own].column).text());
            }
            other += 1;
        }
        own += 1;
    }
}

const TWICE: Joined = Joined::of("two fields have the column ", "", "");

impl Joined {
    const fn and_column(self, column: &str) -> Self {
        self.and(column).and(": add `embed(prefix = \"..\")`")
    }
}

const fn same(first: &str, second: &str) -> bool {
    let (first, second) = (first.as_bytes(), second.as_bytes());
    if first.len() != second.len() {
        return false;
    }
    let mut next = 0;
    while next < first.len() {
        if first[next] != second[next] {
            return false;
        }
        next += 1;
    }
    true
}

/// What a draft takes for an embedded struct `E`: an `E`, a reference to one, or what `E::draft()` gives.
#[diagnostic::on_unimplemented(
    message = "a field of `{E}` cannot be set to `{Self}`",
    label = "expected a `{E}`, or a draft of it: `{E}::draft()`"
)]
pub trait EmbedValue<E> {
    /// The values of its columns, as far as they are set, counted from its first one.
    fn into_values(self) -> Vec<(usize, Value)>;
}

#[diagnostic::do_not_recommend]
impl<E: Embed> EmbedValue<E> for E {
    fn into_values(self) -> Vec<(usize, Value)> {
        (&self).into_values()
    }
}

#[diagnostic::do_not_recommend]
impl<E: Embed> EmbedValue<E> for &E {
    fn into_values(self) -> Vec<(usize, Value)> {
        (0..E::WIDTH)
            .map(|column| (column, self.value(column)))
            .collect()
    }
}

/// An embedded struct in the making, for a draft; `S` tells which of the required fields have a value.
pub struct EmbedBuilding<E, S> {
    values: Vec<(usize, Value)>,
    state: PhantomData<fn() -> (E, S)>,
}

impl<E: Embed, S> EmbedBuilding<E, S> {
    /// No field is set.
    #[expect(clippy::new_without_default, reason = "a derive's only way in")]
    pub const fn new() -> Self {
        Self::of(Vec::new())
    }

    const fn of(values: Vec<(usize, Value)>) -> Self {
        Self {
            values,
            state: PhantomData,
        }
    }

    /// Sets a column, whose field is a `T`.
    #[must_use]
    pub fn put<T, V: FieldValue<T>, After>(
        mut self,
        column: usize,
        value: V,
    ) -> EmbedBuilding<E, After> {
        self.values.push((column, value.into_field_value()));
        EmbedBuilding::of(self.values)
    }

    /// Sets the columns of a struct inside.
    #[must_use]
    pub fn embed<I, V: EmbedValue<I>, After>(
        mut self,
        offset: usize,
        value: V,
    ) -> EmbedBuilding<E, After> {
        let values = value.into_values().into_iter();
        self.values
            .extend(values.map(|(column, value)| (offset + column, value)));
        EmbedBuilding::of(self.values)
    }

    /// What is set.
    pub fn finish(self) -> Vec<(usize, Value)> {
        self.values
    }
}

impl<M: Model, S> Building<M, S> {
    /// Sets the columns of an embedded struct, the first of which has this index in the schema.
    #[must_use]
    pub fn embed<E, V: EmbedValue<E>, After>(self, offset: usize, value: V) -> Building<M, After> {
        let values = value.into_values().into_iter();
        let draft = values.fold(self.draft, |draft, (column, value)| {
            draft.with(offset + column, value)
        });
        Building::of(draft)
    }
}

/// The state of two structs together: that of a field that has a value only where both may be left out.
pub trait And<Other> {
    /// The state.
    type State;
}

impl<Other> And<Other> for Set {
    type State = Other;
}

impl<Other> And<Other> for Missing {
    type State = Self;
}
