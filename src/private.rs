//! What the derives write into programs names this module alone. It is no part of the interface: anything
//! here may change with any version.

pub use std::default::Default;
pub use std::marker::PhantomData;
pub use std::option::Option::{self, None, Some};
pub use std::result::Result::Ok;
pub use std::vec::Vec;

pub use inventory::submit;

pub use orm_core::ast::{DefaultOrder, Expr};
pub use orm_core::decode::Row;
pub use orm_core::draft::{Complete, Draft, FieldValue, Set, TypedDraft};
pub use orm_core::error::Result;
pub use orm_core::model::{Definitions, Model, Registration};
pub use orm_core::path::{
    Field, FieldDef, Generated, ManySide, OneSide, Path, PathFields, Relation, Root, ToMany, ToOne, Written,
};
pub use orm_core::query::{Projection, QuerySet, RawQuery, projected};
pub use orm_core::raw::RawParams;
pub use orm_core::relation::{ForeignKey, HasMany, HasOne, KeyField, OneToOne};
pub use orm_core::schema::{
    FieldOptions, FieldSchema, IndexColumn, IndexSchema, ModelSchema, OnDelete, RelationSchema, UniqueSchema,
};
pub use orm_core::types::{MaybeNull, Mismatch, NotNull, Nullness, SqlType, family};
pub use orm_core::value::{ColumnType, Value, ValueRef};
pub use orm_core::{assigned_literal, key_literal, own_operand};

use orm_core::error::Error;
use orm_core::expr::{Expression, IntoAssigned, IntoCondition, IntoKeyValue};
use orm_core::path::{Is, KeyTo, reverse_key};
use orm_core::schema::RelationKind;

/// The state of a required field of a draft that has no value yet.
pub struct Missing;

/// In which state a draft begins whose primary key is of this family: integers are counted up by the
/// database.
pub trait KeyFamily {
    /// [`Set`] or [`Missing`].
    type State;
}

macro_rules! key_families {
    ($($family:ident => $state:ident;)+) => { $(
        impl KeyFamily for family::$family {
            type State = $state;
        }
    )+ };
}
key_families! {
    Integer => Set;
    Bool => Missing;
    Float => Missing;
    Decimal => Missing;
    Text => Missing;
    Bytes => Missing;
    Uuid => Missing;
    Date => Missing;
    Time => Missing;
    DateTime => Missing;
    Duration => Missing;
    Json => Missing;
    Other => Missing;
}

/// Whether the database stores a field as an integer.
pub const fn is_integer<F: FieldDef>() -> bool {
    <F::Type as SqlType>::COLUMN.is_integer()
}

/// The schema of a column that is no key.
pub const fn field_schema<F: FieldDef>(
    name: &'static str,
    column: &'static str,
    options: FieldOptions,
) -> FieldSchema {
    FieldSchema {
        name,
        column,
        index: F::INDEX,
        column_type: <F::Type as SqlType>::COLUMN,
        nullable: <F::Type as SqlType>::NULLABLE,
        relation: None,
        options,
    }
}

/// The schema of a column that is a key.
pub const fn key_schema<R: Relation>(name: &'static str, column: &'static str, options: FieldOptions) -> FieldSchema {
    FieldSchema {
        name,
        column,
        index: R::SCHEMA.key,
        column_type: <<R::To as Model>::Key as SqlType>::COLUMN,
        nullable: R::SCHEMA.nullable,
        relation: Some(R::SCHEMA),
        options,
    }
}

/// A function, so that models may refer to each other in cycles.
fn schema_of<M: Model>() -> &'static ModelSchema {
    M::SCHEMA
}

/// The schema of a `ForeignKey`.
pub const fn foreign_key<R: Relation>(name: &'static str, key: usize, on_delete: OnDelete) -> RelationSchema {
    RelationSchema {
        name,
        kind: RelationKind::ForeignKey,
        from: schema_of::<R::From>,
        to: schema_of::<R::To>,
        key,
        nullable: <R::Null as Nullness>::NULLABLE,
        on_delete,
    }
}

/// The schema of a `OneToOne`.
pub const fn one_to_one<R: Relation>(name: &'static str, key: usize, on_delete: OnDelete) -> RelationSchema {
    RelationSchema { kind: RelationKind::OneToOne, ..foreign_key::<R>(name, key, on_delete) }
}

/// The schema of a `HasMany`: the other side of `key`, which must lead to the relation's own model.
pub const fn has_many<R, K>(name: &'static str, key: ToOne<Root<R::To>, K>) -> RelationSchema
where
    R: Relation,
    K: Relation,
    K::To: KeyTo<R::From>,
{
    RelationSchema::reverse(name, RelationKind::HasMany, reverse_key::<R::From, R::To, K>(key))
}

/// The schema of a `HasOne`: the other side of `key`, which must lead to the relation's own model.
pub const fn has_one<R, K>(name: &'static str, key: ToOne<Root<R::To>, K>) -> RelationSchema
where
    R: Relation,
    K: Relation,
    K::To: KeyTo<R::From>,
{
    RelationSchema::reverse(name, RelationKind::HasOne, reverse_key::<R::From, R::To, K>(key))
}

/// Reads a field from the column at index `at`.
///
/// # Errors
/// When the column holds something its field cannot.
#[inline]
pub fn column<F: FieldDef>(row: &dyn Row, at: usize) -> Result<F::Type> {
    match read(row, at) {
        Ok(value) => Ok(value),
        Err(mismatch) => Err(decode_error(<F::Model as Model>::SCHEMA, F::INDEX, mismatch)),
    }
}

/// Reads a key from the column at index `at`.
///
/// # Errors
/// When the column holds something its field cannot.
#[inline]
pub fn key_column<R: Relation, K: KeyField<Model = R::To>>(row: &dyn Row, at: usize) -> Result<K> {
    match read(row, at) {
        Ok(key) => Ok(K::from_key(key)),
        Err(mismatch) => Err(decode_error(R::From::SCHEMA, R::SCHEMA.key, mismatch)),
    }
}

/// Reads a key that may be NULL from the column at index `at`.
///
/// # Errors
/// When the column holds something its field cannot.
#[inline]
pub fn optional_key_column<R: Relation, K: KeyField<Model = R::To>>(row: &dyn Row, at: usize) -> Result<Option<K>> {
    match row.value(at) {
        Ok(value) if value.is_null() => Ok(None),
        _ => key_column::<R, K>(row, at).map(Some),
    }
}

/// Reads a field anew from the column at index `at`.
///
/// # Errors
/// When the column holds something its field cannot.
pub fn assign<F: FieldDef>(field: &mut F::Type, row: &dyn Row, at: usize) -> Result<()> {
    *field = column::<F>(row, at)?;
    Ok(())
}

/// Reads a key anew from the column at index `at`.
///
/// # Errors
/// When the column holds something its field cannot.
pub fn assign_key<R: Relation, K: KeyField<Model = R::To>>(field: &mut K, row: &dyn Row, at: usize) -> Result<()> {
    *field = key_column::<R, K>(row, at)?;
    Ok(())
}

/// Reads a key that may be NULL anew from the column at index `at`.
///
/// # Errors
/// When the column holds something its field cannot.
pub fn assign_optional_key<R: Relation, K: KeyField<Model = R::To>>(
    field: &mut Option<K>,
    row: &dyn Row,
    at: usize,
) -> Result<()> {
    *field = optional_key_column::<R, K>(row, at)?;
    Ok(())
}

#[inline]
fn read<T: SqlType>(row: &dyn Row, index: usize) -> std::result::Result<T, Mismatch> {
    row.value(index).and_then(T::decode)
}

#[cold]
fn decode_error(model: &'static ModelSchema, index: usize, Mismatch { expected, found }: Mismatch) -> Error {
    Error::Decode { model: model.name, field: model.fields[index].name.to_owned(), expected, found }
}

/// The value of a field, to bind.
pub fn value<F: FieldDef>(value: &F::Type) -> Value {
    value.to_value()
}

/// The value of a key, to bind.
pub fn key_value<K: KeyField>(key: &K) -> Value {
    key.key_value()
}

/// The value of a key that may be NULL, to bind.
pub fn optional_key_value<K: KeyField>(key: &Option<K>) -> Value {
    key.as_ref().map_or(Value::Null, K::key_value)
}

/// A primary key.
pub fn key<F: FieldDef>(key: &F::Type) -> F::Type {
    key.clone()
}

/// The default of a field of type `T`.
pub fn default<T, V: FieldValue<T>>(value: V) -> Value {
    value.into_field_value()
}

/// The default of a field whose type has one.
pub fn default_of<F: FieldDef<Type: Default>>() -> Value {
    <F::Type as Default>::default().into_value()
}

/// The expression by which the database computes a field, or its default there.
pub fn generated<F: FieldDef, E: IntoAssigned<F::Model, F::Type>>(expression: E) -> Expr {
    expression.into_assigned()
}

/// The default of a key in the database.
pub fn key_db_default<R: Relation, E: IntoKeyValue<R::From, R::To, R::Null>>(key: E) -> Expr {
    key.into_key_value()
}

/// A condition on rows of `M`.
pub fn condition<M: Model, C: IntoCondition<M>>(condition: C) -> Expr {
    match condition.into_condition().map(|condition| condition.node()) {
        // As an expression a condition is its truth value.
        Some(Expr::Truth(condition)) => *condition,
        Some(other) => other,
        None => Expr::Constant(true),
    }
}

/// An expression over rows of `M`.
pub fn expression<M: Model, E: Expression<Scope: Is<M>>>(expression: E) -> Expr {
    expression.node()
}

/// Refuses a `HasOne` over a key that several rows may share.
pub const fn assert_one_to_one<P, R: Relation>(_: ToOne<P, R>) {
    assert!(
        matches!(R::SCHEMA.kind, RelationKind::OneToOne),
        "`HasOne` is the other side of a `OneToOne`; that of a `ForeignKey` is a `HasMany`"
    );
}

/// Stands where a mistake in a model leaves nothing to write.
pub const fn unknown<T>() -> T {
    panic!("a model with an error was used")
}
