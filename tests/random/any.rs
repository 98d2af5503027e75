//! One type for values of every type: so that queries whose columns are chosen when the program runs have rows of one type.

use std::marker::PhantomData;

use orm::expr::{Aggregated, Kind, OneRow};
use orm::prelude::*;
use orm::types::{Mismatch, NotNull, family};
use orm::value::{ColumnType, Value, ValueRef};
use orm_core::ast::Expr as Node;

use crate::values::{Cell, Ty, V};

/// A value as the database gave it.
#[derive(Debug, Clone)]
pub struct Any(Value);

/// An expression whose type is forgotten by its type and not by its node.
pub type Erased<M, K = OneRow> = Expr<M, Option<Any>, K>;

impl SqlType for Any {
    type Base = Self;
    type Nullable = Option<Self>;
    type Null = NotNull;
    type Family = family::Text;

    const COLUMN: ColumnType = ColumnType::Text;
    const NAME: &'static str = "Any";

    fn to_value(&self) -> Value {
        self.0.clone()
    }

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        Ok(Self(match value {
            ValueRef::Bool(v) => Value::Bool(v),
            ValueRef::Integer(v) => Value::I64(v),
            ValueRef::Float(v) => Value::F64(v),
            ValueRef::Text(v) | ValueRef::Json(v) => Value::Text(v.to_owned().into()),
            ValueRef::Bytes(v) => Value::Bytes(v.to_owned()),
            ValueRef::Decimal(v) => Value::Decimal(v),
            ValueRef::Uuid(v) => Value::Uuid(v),
            ValueRef::Date(v) => Value::Date(v),
            ValueRef::Time(v) => Value::Time(v),
            ValueRef::DateTime(v) => Value::DateTime(v),
            ValueRef::Timestamp(v) => Value::Timestamp(v),
            ValueRef::Duration(v) => Value::Duration(v),
            other => return Err(Mismatch::of::<Self>(&other)),
        }))
    }
}

impl Any {
    /// The value, read as one of a type.
    fn value(&self, ty: Ty) -> Result<V, Mismatch> {
        macro_rules! read {
            ($($variant:ident $type:ty;)+) => {
                match ty {
                    Ty::Json => match &self.0 {
                        Value::Text(text) => serde_json::Value::decode(ValueRef::Json(text)).map(V::Json),
                        other => serde_json::Value::decode(other.as_ref()).map(V::Json),
                    },
                    $(Ty::$variant => <$type>::decode(self.0.as_ref()).map(V::$variant),)+
                }
            };
        }
        read! {
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
        }
    }
}

/// A column of a row, read as one of a type.
pub fn cell(of: Option<&Any>, ty: Ty) -> Cell {
    of.map(|any| {
        any.value(ty)
            .unwrap_or_else(|wrong| panic!("{any:?} as {ty:?}: {wrong:?}"))
    })
}

struct Forgetful<M, K>(Node, PhantomData<fn() -> (M, K)>);

impl<M: Model, K: Kind> Expression for Forgetful<M, K> {
    type Scope = M;
    type Type = Option<Any>;
    type Kind = K;

    fn node(&self) -> Node {
        self.0.clone()
    }
}

/// The same expression without its type.
pub fn erased<E: Expression>(of: &E) -> Erased<E::Scope, E::Kind>
where
    E::Scope: Model,
{
    Forgetful(of.node(), PhantomData).expr()
}

/// The same value as one that stands for a group.
pub fn as_aggregated<M: Model>(of: &Erased<M>) -> Erased<M, Aggregated> {
    Forgetful(of.node(), PhantomData).expr()
}
