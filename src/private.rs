//! What the derives write into programs names this module alone. It is no part of the interface: anything
//! here may change with any version.

mod columns;
mod embed;
mod links;
mod parent;

pub use std::any::Any;

pub use columns::{
    ColumnTypes, Columns, Deferrable, Key, OptionalKey, ParentColumns, Plain, fields,
    fields_and_embedded,
};
pub use embed::{
    And, Embed, EmbedAssignments, EmbedBuilding, EmbedPath, EmbedPaths, EmbedValue, Embedded,
    EmbeddedColumn, EmbeddedField, EmbeddedKey, EmbeddedStruct, Embedding, In, Named, OwnColumn,
    assert_columns_differ, column_of, default_of_type, embedded_default, embedded_definitions,
    embedded_paths, embedded_value, inside, optional_key_value,
};
pub use links::{link_key, links_of, many_to_many, other_links, through, through_keys};

pub use parent::{deferred_too, is_parents_left_out, key_of, ordering_of, parent_key, parent_of};

pub use std::clone::Clone;
pub use std::convert::From;
pub use std::default::Default;
pub use std::marker::{Copy, PhantomData, Sized};
pub use std::ops::{Deref, DerefMut};
pub use std::option::Option::{self, None, Some};
pub use std::result::Result::{Err, Ok};
pub use std::vec::Vec;

pub use inventory::submit;

pub use orm_core::ast::{DefaultOrder, Expr};
pub use orm_core::decode::{Names, Row};
pub use orm_core::draft::{
    Complete, Draft, DraftKey, Drafts, DraftsThrough, FieldValue, OneKey, OneThrough, ParentValue,
    Set, SpendsThrough, TakesKey, Through, TypedDraft,
};
pub use orm_core::error::Result;
pub use orm_core::expr::KeyOperand;
pub use orm_core::model::{Definitions, HasDeferred, KeyPart, Model, Registration};
pub use orm_core::path::{
    DeferredField, Field, FieldDef, Generated, KeyTo, LinkTable, LinkedSide, Loaded, ManySide,
    OneSide, OneToOneField, OtherSide, OwnLink, ParentField, ParentSide, Path, PathFields,
    Relation, RelationField, Root, Several, ToMany, ToOne, Written, link_of,
};
pub use orm_core::query::{
    AnyDatabase, AnyRows, AsksColumn, AsksNothing, AsksOption, AsksRow, AsksRows, ColumnField,
    Deferred, Graph, Narrow, Nested, Probe, Projection, Proxied, Proxy, QuerySet, RawQuery,
    Related, Terms, WholeQuery, annotated,
};
pub use orm_core::raw::RawParams;
use orm_core::relation::KeyField;
#[cfg(feature = "serde")]
pub use orm_core::relation::{
    Enter, EnterNothing, EnterRow, NotDerived, Serialize, Serializer, write, write_relation,
};
pub use orm_core::relation::{
    ForeignKey, HasMany, HasOne, HasOptionalKey, ManyToMany, OneToOne, Parent,
};
pub use orm_core::schema::{
    FieldOptions, IndexColumn, IndexSchema, LinkSchema, ModelSchema, OnDelete, RelationSchema,
    UniqueSchema,
};
use orm_core::types::{AssignableTo, Bool, FitsNull};
pub use orm_core::types::{MaybeNull, Mismatch, NotNull, Nullness, SqlType, family};
pub use orm_core::value::{ColumnType, Value, ValueRef};
pub use orm_core::{assigned_literal, key_literal, own_operand};

pub use crate::dec::decimal_literal;

use orm_core::expr::{
    Expression, IntoAssigned, IntoCondition, IntoKeyValue, NoAggregate, NoManyRows, NoWindow,
    PerRow,
};
use orm_core::path::{About, KeyOf, Scope, tell_parent};
use orm_core::schema::RelationKind;

/// The state of a required field of a draft that has no value yet.
pub struct Missing;

impl<C> SpendsThrough<C> for Missing {
    type Rest = C;
}

/// That it is missing is told by the field's own trait.
impl<C> OneThrough<C> for Missing {}

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

/// A draft in the making; `S` tells which of the required fields have a value.
pub struct Building<M, S> {
    draft: Draft<M>,
    state: PhantomData<fn() -> S>,
}

impl<M: Model, S> Building<M, S> {
    /// No field is set.
    #[expect(clippy::new_without_default, reason = "a derive's only way in")]
    pub fn new() -> Self {
        Self {
            draft: Draft::new(),
            state: PhantomData,
        }
    }

    /// Goes on with a draft.
    pub const fn of(draft: Draft<M>) -> Self {
        Self {
            draft,
            state: PhantomData,
        }
    }

    /// Sets the column of an index in the schema, whose field is a `T`.
    #[must_use]
    pub fn put<T, V: FieldValue<T>, After>(self, index: usize, value: V) -> Building<M, After> {
        Building {
            draft: self.draft.with(index, value.into_field_value()),
            state: PhantomData,
        }
    }

    /// Sets the parent, whose key is the column of an index in the schema.
    #[must_use]
    pub fn parent<P, K, V: ParentValue<P, K>, After>(
        self,
        key: usize,
        parent: V,
    ) -> Building<M, After> {
        Building {
            draft: self.draft.with_parent(key, parent),
            state: PhantomData,
        }
    }

    /// The draft without the types of what is set.
    pub fn finish(self) -> Draft<M> {
        self.draft
    }
}

/// Whether the database stores a field as an integer.
pub const fn is_integer<F: FieldDef>() -> bool {
    <F::Type as SqlType>::COLUMN.is_integer()
}

/// The schema of a `ForeignKey`.
pub const fn foreign_key<R: Relation>(
    name: &'static str,
    key: usize,
    on_delete: OnDelete,
) -> RelationSchema {
    RelationSchema {
        name,
        kind: RelationKind::ForeignKey,
        from: R::From::schema,
        to: R::To::schema,
        key,
        nullable: <R::Null as Nullness>::NULLABLE,
        on_delete,
        tell: tell_parent::<R>,
    }
}

/// The schema of a `OneToOne`.
pub const fn one_to_one<R: Relation>(
    name: &'static str,
    key: usize,
    on_delete: OnDelete,
) -> RelationSchema {
    RelationSchema {
        kind: RelationKind::OneToOne,
        ..foreign_key::<R>(name, key, on_delete)
    }
}

/// The schema of a `HasMany`: the other side of a key to `M`, which is said to be one of `P` and must be one of `T`.
pub const fn has_many<P, T, M, K: KeyOf<P, T, M>>(name: &'static str, _: K) -> RelationSchema {
    RelationSchema::reverse(name, RelationKind::HasMany, K::KEY)
}

/// The schema of a `HasOne`: the other side of a key to `M`, which is said to be one of `P` and must be one of `T`.
pub const fn has_one<P, T, M, K: KeyOf<P, T, M, Field: OneToOneField>>(
    name: &'static str,
    _: K,
) -> RelationSchema {
    RelationSchema::reverse(name, RelationKind::HasOne, K::KEY)
}

/// The value of a field, to bind.
pub fn value<F: FieldDef>(value: &F::Type) -> Value {
    value.to_value()
}

/// A primary key, to bind.
pub fn to_value<T: SqlType>(key: &T) -> Value {
    key.to_value()
}

/// A primary key that is itself a key to another model, to bind.
pub fn key_value<K: KeyField>(key: &K) -> Value {
    key.key_value()
}

/// The value of a column that may be unknown.
pub fn or_null(value: Option<Value>) -> Value {
    value.unwrap_or(Value::Null)
}

/// A primary key.
pub fn key<M: Model>(key: &M::Key) -> M::Key {
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
pub fn generated<F: FieldDef, E>(expression: E) -> Expr
where
    E: IntoAssigned<
            F::Model,
            F::Type,
            Base: AssignableTo<<F::Type as SqlType>::Base>,
            Null: FitsNull<<F::Type as SqlType>::Null>,
            Kind: NoAggregate + NoWindow + NoManyRows,
        >,
    Scope: About<E::Scope, F::Model>,
{
    expression.into_assigned()
}

/// The default of a key in the database.
pub fn key_db_default<R, E>(key: E) -> Expr
where
    R: Relation,
    E: IntoKeyValue<R::From, R::To, R::Null, Kind: NoAggregate + NoWindow + NoManyRows>,
{
    key.into_key_value()
}

/// What the reading of a value gives.
pub type Decoded<T> = std::result::Result<T, Mismatch>;

/// The text of an enum's variant.
///
/// # Errors
/// When the database returned something else.
pub fn enum_text<T: SqlType>(value: ValueRef<'_>) -> Decoded<&str> {
    match value {
        ValueRef::Text(text) => Ok(text),
        other => Err(Mismatch::of::<T>(&other)),
    }
}

/// The number of an enum's variant.
///
/// # Errors
/// When the database returned something else.
pub fn enum_number<T: SqlType>(value: ValueRef<'_>) -> Decoded<i64> {
    match value {
        ValueRef::Integer(number) => Ok(number),
        other => Err(Mismatch::of::<T>(&other)),
    }
}

/// A condition on rows of `M`.
pub fn condition<M: Model, C: IntoCondition<M, Type: Bool, Kind: PerRow>>(condition: C) -> Expr
where
    Scope: About<C::Scope, M>,
{
    match condition.into_condition().map(|condition| condition.node()) {
        // As an expression a condition is its truth value.
        Some(Expr::Truth(condition)) => *condition,
        Some(other) => other,
        None => Expr::Constant(true),
    }
}

/// The query set of a named manager.
pub fn manager<M: Model>(condition: Expr) -> QuerySet<M> {
    QuerySet::managed(condition)
}

/// An expression over rows of `M`.
pub fn expression<M: Model, E: Expression>(expression: E) -> Expr
where
    Scope: About<E::Scope, M>,
{
    expression.node()
}

/// Stands where a mistake in a model leaves nothing to write.
pub const fn unknown<T>() -> T {
    panic!("a model with an error was used")
}
