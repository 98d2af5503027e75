//! The columns of a model as one type, so that a derive writes one call where it would write one a column:
//! the compiler checks a tuple at once much faster than twenty calls one by one.

use std::marker::PhantomData;

use orm_core::decode::{Row, cell};
use orm_core::error::{Error, Result};
use orm_core::model::Model;
use orm_core::path::{FieldDef, Relation, model_schema};
use orm_core::query::Deferred;
use orm_core::relation::{KeyField, Parent};
use orm_core::schema::{FieldOptions, FieldSchema, ModelSchema, RelationSchema};
use orm_core::types::{Mismatch, SqlType};
use orm_core::value::{ColumnType, Value};

/// One column, or a tuple of several.
pub trait Columns {
    /// What a row holds in them.
    type Values;
    /// References to the struct's fields.
    type Refs<'a>;
    /// The same, to write to.
    type Muts<'a>;
    /// What the schema says of them.
    const TYPES: ColumnTypes;

    /// Reads a row whose columns begin at index `at`.
    ///
    /// # Errors
    /// When a column holds something its field cannot.
    fn read(row: &dyn Row, at: usize) -> Result<Self::Values>;

    /// The value of the column of an index in the schema, if it is one of these.
    fn value(fields: Self::Refs<'_>, field: usize) -> Option<Value>;

    /// Reads the column of an index in the schema, if it is one of these, from index `at` of a row.
    ///
    /// # Errors
    /// When the column holds something its field cannot.
    fn assign(fields: Self::Muts<'_>, field: usize, row: &dyn Row, at: usize) -> Result<()>;
}

/// What the compiler knows of columns.
pub enum ColumnTypes {
    /// Of one.
    One {
        /// Its index in the schema.
        index: usize,
        /// What it holds.
        column_type: ColumnType,
        /// Whether it may be NULL.
        nullable: bool,
        /// The relation, where it is a key.
        relation: Option<&'static RelationSchema>,
    },
    /// Of several.
    Many(&'static [ColumnTypes]),
    /// Of one of an embedded struct, which knows its name.
    Named {
        /// The field's name.
        name: &'static str,
        /// The column's name.
        column: &'static str,
        /// What else was said about it.
        options: FieldOptions,
        /// What it is.
        types: &'static ColumnTypes,
    },
}

/// A column that is no key.
pub struct Plain<F>(PhantomData<F>);

impl<F: FieldDef> Columns for Plain<F> {
    type Values = F::Type;
    type Refs<'a> = &'a F::Type;
    type Muts<'a> = &'a mut F::Type;
    const TYPES: ColumnTypes = ColumnTypes::One {
        index: F::INDEX,
        column_type: stored(<F::Type as SqlType>::COLUMN),
        nullable: <F::Type as SqlType>::NULLABLE,
        relation: None,
    };

    #[inline]
    fn read(row: &dyn Row, at: usize) -> Result<F::Type> {
        read_one(row, at + F::INDEX, model_schema::<F>(), F::INDEX)
    }

    #[inline]
    fn value(value: &F::Type, field: usize) -> Option<Value> {
        (field == F::INDEX).then(|| value.to_value())
    }

    #[inline]
    fn assign(value: &mut F::Type, field: usize, row: &dyn Row, at: usize) -> Result<()> {
        if field == F::INDEX {
            *value = read_one(row, at, model_schema::<F>(), F::INDEX)?;
        }
        Ok(())
    }
}

/// A column that a query may leave out.
pub struct Deferrable<F>(PhantomData<F>);

impl<F: FieldDef> Columns for Deferrable<F> {
    type Values = Deferred<F::Type>;
    type Refs<'a> = &'a Deferred<F::Type>;
    type Muts<'a> = &'a mut Deferred<F::Type>;
    const TYPES: ColumnTypes = <Plain<F> as Columns>::TYPES;

    #[inline]
    fn read(row: &dyn Row, at: usize) -> Result<Self::Values> {
        if row.is_left_out(at + F::INDEX) {
            return Ok(Deferred::left_out(model_schema::<F>(), F::INDEX));
        }
        Plain::<F>::read(row, at).map(Deferred::from)
    }

    #[inline]
    fn value(value: &Deferred<F::Type>, field: usize) -> Option<Value> {
        let value = value.get().ok().filter(|_| field == F::INDEX)?;
        Some(value.to_value())
    }

    #[inline]
    fn assign(value: &mut Deferred<F::Type>, field: usize, row: &dyn Row, at: usize) -> Result<()> {
        if field == F::INDEX {
            *value = read_one::<F::Type>(row, at, model_schema::<F>(), F::INDEX)?.into();
        }
        Ok(())
    }
}

/// A column that is a key, in a field of type `K`.
pub struct Key<R, K>(PhantomData<(R, K)>);

impl<R, K> Columns for Key<R, K>
where
    R: Relation,
    K: KeyField + 'static,
{
    type Values = K;
    type Refs<'a> = &'a K;
    type Muts<'a> = &'a mut K;
    const TYPES: ColumnTypes = key_types::<R>();

    #[inline]
    fn read(row: &dyn Row, at: usize) -> Result<K> {
        let index = R::SCHEMA.key;
        read_one::<R::Key>(row, at + index, R::From::SCHEMA, index).map(|key| K::of(R::SCHEMA, key))
    }

    #[inline]
    fn value(key: &K, field: usize) -> Option<Value> {
        (field == R::SCHEMA.key).then(|| key.key_value())
    }

    #[inline]
    fn assign(key: &mut K, field: usize, row: &dyn Row, at: usize) -> Result<()> {
        let index = R::SCHEMA.key;
        if field == index {
            *key = K::of(
                R::SCHEMA,
                read_one::<R::Key>(row, at, R::From::SCHEMA, index)?,
            );
        }
        Ok(())
    }
}

/// A column that is a key and may be NULL, in a field of type `Option<K>`.
pub struct OptionalKey<R, K>(PhantomData<(R, K)>);

impl<R, K> OptionalKey<R, K>
where
    R: Relation,
    K: KeyField,
{
    #[inline]
    fn read_at(row: &dyn Row, at: usize) -> Result<Option<K>> {
        match row.value(at) {
            Ok(value) if value.is_null() => Ok(None),
            _ => read_one::<R::Key>(row, at, R::From::SCHEMA, R::SCHEMA.key)
                .map(|key| Some(K::of(R::SCHEMA, key))),
        }
    }
}

impl<R, K> Columns for OptionalKey<R, K>
where
    R: Relation,
    K: KeyField + 'static,
{
    type Values = Option<K>;
    type Refs<'a> = &'a Option<K>;
    type Muts<'a> = &'a mut Option<K>;
    const TYPES: ColumnTypes = key_types::<R>();

    #[inline]
    fn read(row: &dyn Row, at: usize) -> Result<Option<K>> {
        Self::read_at(row, at + R::SCHEMA.key)
    }

    #[inline]
    fn value(key: &Option<K>, field: usize) -> Option<Value> {
        (field == R::SCHEMA.key).then(|| key.as_ref().map_or(Value::Null, K::key_value))
    }

    #[inline]
    fn assign(key: &mut Option<K>, field: usize, row: &dyn Row, at: usize) -> Result<()> {
        if field == R::SCHEMA.key {
            *key = Self::read_at(row, at)?;
        }
        Ok(())
    }
}

/// The key to the parent, whose columns come behind the model's own, in a field of type `Parent`.
pub struct ParentColumns<R>(PhantomData<R>);

impl<R: Relation> ParentColumns<R> {
    /// The place in a whole row of the parent's first column.
    const AT: usize = R::From::SCHEMA.fields.len();

    /// The place among the parent's columns.
    fn place(field: usize) -> Option<usize> {
        match field.checked_sub(Self::AT) {
            None => (field == R::SCHEMA.key).then_some(R::To::SCHEMA.key().index),
            place => place,
        }
    }
}

impl<R: Relation> Columns for ParentColumns<R> {
    type Values = Parent<R::To>;
    type Refs<'a> = &'a Parent<R::To>;
    type Muts<'a> = &'a mut Parent<R::To>;
    const TYPES: ColumnTypes = key_types::<R>();

    #[inline]
    fn read(row: &dyn Row, at: usize) -> Result<Self::Values> {
        R::To::decode(row, at + Self::AT).map(Parent::from)
    }

    fn value(parent: &Parent<R::To>, field: usize) -> Option<Value> {
        Self::place(field).map(|place| parent.value(place))
    }

    fn assign(parent: &mut Parent<R::To>, field: usize, row: &dyn Row, at: usize) -> Result<()> {
        match Self::place(field) {
            Some(place) => parent.assign(place, row, at),
            None => Ok(()),
        }
    }
}

const fn key_types<R: Relation>() -> ColumnTypes {
    ColumnTypes::One {
        index: R::SCHEMA.key,
        column_type: <R::Key as SqlType>::COLUMN,
        nullable: R::SCHEMA.nullable,
        relation: Some(R::SCHEMA),
    }
}

/// The type, if tables can have columns of it.
const fn stored(column_type: ColumnType) -> ColumnType {
    assert!(
        !matches!(column_type, ColumnType::Array),
        "a `Vec` is no column: a list of values is a `Json<Vec<..>>`, a list of rows a `HasMany<..>`"
    );
    column_type
}

#[inline]
fn read_one<T: SqlType>(
    row: &dyn Row,
    at: usize,
    model: &'static ModelSchema,
    field: usize,
) -> Result<T> {
    match cell::<T>(row, at) {
        // One database forgets the zeros at the end, another adds some.
        Ok(value) if T::COLUMN == ColumnType::Decimal => {
            let places = model.fields[field].options.decimal_places;
            Ok(value.with_scale(places.unwrap_or(0)))
        }
        Ok(value) => Ok(value),
        Err(mismatch) => Err(decode_error(model, field, mismatch)),
    }
}

#[cold]
fn decode_error(
    model: &'static ModelSchema,
    field: usize,
    Mismatch { expected, found }: Mismatch,
) -> Error {
    Error::Decode {
        model: model.name,
        field: model.fields[field].name.to_owned(),
        expected,
        found,
    }
}

macro_rules! tuples {
    ($($($name:ident)+;)+) => { $(
        #[allow(non_snake_case, reason = "a variable for each type parameter")]
        impl<$($name: Columns),+> Columns for ($($name,)+) {
            type Values = ($($name::Values,)+);
            type Refs<'a> = ($($name::Refs<'a>,)+);
            type Muts<'a> = ($($name::Muts<'a>,)+);
            const TYPES: ColumnTypes = ColumnTypes::Many(&[$($name::TYPES),+]);

            #[inline]
            fn read(row: &dyn Row, at: usize) -> Result<Self::Values> {
                Ok(($($name::read(row, at)?,)+))
            }

            #[inline]
            fn value(($($name,)+): Self::Refs<'_>, field: usize) -> Option<Value> {
                $(
                    if let Some(value) = $name::value($name, field) {
                        return Some(value);
                    }
                )+
                None
            }

            #[inline]
            fn assign(($($name,)+): Self::Muts<'_>, field: usize, row: &dyn Row, at: usize) -> Result<()> {
                $($name::assign($name, field, row, at)?;)+
                Ok(())
            }
        }
    )+ };
}
tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
    A B C D E F G H I J K;
    A B C D E F G H I J K L;
    A B C D E F G H I J K L N;
    A B C D E F G H I J K L N O;
    A B C D E F G H I J K L N O P;
    A B C D E F G H I J K L N O P Q;
}

/// Those of an embedded struct with a mistake in it.
impl Columns for () {
    type Values = ();
    type Refs<'a> = ();
    type Muts<'a> = ();
    const TYPES: ColumnTypes = ColumnTypes::Many(&[]);

    fn read(_: &dyn Row, _: usize) -> Result<()> {
        Ok(())
    }

    fn value((): (), _: usize) -> Option<Value> {
        None
    }

    fn assign((): (), _: usize, _: &dyn Row, _: usize) -> Result<()> {
        Ok(())
    }
}

/// The fields of a schema: what the compiler knows of each, with its name, its column's name and what else
/// was said about it.
pub const fn fields<C: Columns, const N: usize>(
    named: &[(&'static str, &'static str, FieldOptions); N],
) -> [FieldSchema; N] {
    fields_and_embedded::<C, N>(named)
}

/// The same of a model with embedded structs, whose columns come last and know their names.
pub const fn fields_and_embedded<C: Columns, const N: usize>(
    named: &[(&'static str, &'static str, FieldOptions)],
) -> [FieldSchema; N] {
    let mut fields = [const { NO_FIELD }; N];
    fill(&C::TYPES, named, &mut fields);
    fields
}

const NO_FIELD: FieldSchema = FieldSchema {
    name: "",
    column: "",
    index: 0,
    column_type: ColumnType::Bool,
    nullable: false,
    relation: None,
    options: FieldOptions::NONE,
};

const fn fill(
    types: &ColumnTypes,
    named: &[(&'static str, &'static str, FieldOptions)],
    fields: &mut [FieldSchema],
) {
    match types {
        ColumnTypes::One { index, .. } => put(types, named[*index], fields),
        ColumnTypes::Named {
            name,
            column,
            options,
            types,
        } => put(types, (name, column, *options), fields),
        ColumnTypes::Many(many) => {
            let mut next = 0;
            while next < many.len() {
                fill(&many[next], named, fields);
                next += 1;
            }
        }
    }
}

const fn put(
    types: &ColumnTypes,
    (name, column, options): (&'static str, &'static str, FieldOptions),
    fields: &mut [FieldSchema],
) {
    if let ColumnTypes::One {
        index,
        column_type,
        nullable,
        relation,
    } = types
    {
        fields[*index] = FieldSchema {
            name,
            column,
            index: *index,
            column_type: *column_type,
            nullable: *nullable,
            relation: *relation,
            options,
        };
    }
}
