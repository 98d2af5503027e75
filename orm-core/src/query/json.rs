//! `values_json`: rows as JSON objects.

use serde_json::Value as Json;

use crate::ast::{Column, Expr as Node, JsonColumn, Output, Select};
use crate::decode::{Row, decode_error};
use crate::error::Result;
use crate::expr::Expression;
use crate::model::{Model, SingleKey};
use crate::path::{About, Field, FieldDef, Path, Relation, Scope, ToOne};
use crate::query::{JsonRows, RowShape};
use crate::types::{Mismatch, SqlType, each_element};
use crate::value::{ColumnType, ValueRef};

/// The dotted name of a path: `author.name`.
pub(super) fn column_name(column: &Column) -> String {
    let mut name = String::new();
    for step in column.path.map(|path| path.steps()).unwrap_or_default() {
        name.push_str(step.name);
        name.push('.');
    }
    name.push_str(column.field.name);
    name
}

/// An expression with a name, made by `.named("x")`.
pub struct Named<E> {
    name: String,
    expr: E,
}

/// `.named("x")`: an expression's key in `values_json`.
pub trait NamedExt: Expression + Sized {
    /// Gives the expression a name.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let rows = Book::objects().values_json((Book::title, Book::title.length().named("length"))).all(&db)?;
    /// assert!(rows[0]["length"].is_i64());
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn named(self, name: impl Into<String>) -> Named<Self> {
        Named {
            name: name.into(),
            expr: self,
        }
    }
}

impl<E: Expression> NamedExt for E {}

/// A field, or an expression with a name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no name to be a key of a JSON object of `{M}`",
    label = "expected a field of `{M}`, or an expression with `.named(\"x\")`"
)]
pub trait IntoNamed<M> {
    /// The name and the expression.
    fn into_named_node(self) -> (JsonColumn, Node);
}

#[diagnostic::do_not_recommend]
impl<M, P, F> IntoNamed<M> for Field<P, F>
where
    P: Path,
    Scope: About<P::Root, M>,
    F: FieldDef,
{
    fn into_named_node(self) -> (JsonColumn, Node) {
        named_path::<F::Type>(self.node())
    }
}

#[diagnostic::do_not_recommend]
impl<M, P, R> IntoNamed<M> for ToOne<P, R>
where
    P: Path,
    Scope: About<P::Root, M>,
    R: Relation<To: Model<Key: SingleKey>>,
{
    fn into_named_node(self) -> (JsonColumn, Node) {
        let (mut json, node) = named_path::<<R::To as Model>::Key>(self.node());
        // A relation's own name stands for its key: `author`, not `author.id`.
        json.name
            .truncate(json.name.rfind('.').unwrap_or(json.name.len()));
        (json, node)
    }
}

fn named_path<T: SqlType>(node: Node) -> (JsonColumn, Node) {
    let name = match &node {
        Node::Column(column) => column_name(column),
        _ => String::new(),
    };
    (json_column::<T>(name), node)
}

const fn json_column<T: SqlType>(name: String) -> JsonColumn {
    JsonColumn {
        name,
        column_type: T::COLUMN,
        element: T::ELEMENT,
    }
}

#[diagnostic::do_not_recommend]
impl<M, E: Expression> IntoNamed<M> for Named<E>
where
    Scope: About<E::Scope, M>,
{
    fn into_named_node(self) -> (JsonColumn, Node) {
        (json_column::<E::Type>(self.name), self.expr.node())
    }
}

/// What `values_json` takes: a field, a named expression, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "this cannot be selected as JSON from `{M}`",
    label = "expected a field of `{M}`, an expression with `.named(\"x\")`, or a tuple of them"
)]
pub trait JsonSelection<M> {
    /// The names and the expressions.
    fn into_named(self) -> Vec<(JsonColumn, Node)>;
}

macro_rules! alone {
    ($(($($generics:tt)*) $type:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M, $($generics)*> JsonSelection<M> for $type
        where
            Self: IntoNamed<M>,
        {
            fn into_named(self) -> Vec<(JsonColumn, Node)> {
                vec![self.into_named_node()]
            }
        }
    )+ };
}
alone! {
    (P, F) Field<P, F>;
    (P, R) ToOne<P, R>;
    (E) Named<E>;
}

macro_rules! tuples {
    ($($($name:ident $index:tt)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<Model_, $($name: IntoNamed<Model_>),+> JsonSelection<Model_> for ($($name,)+) {
            #[allow(non_snake_case, reason = "a variable for each type parameter")]
            fn into_named(self) -> Vec<(JsonColumn, Node)> {
                let ($($name,)+) = self;
                vec![$($name.into_named_node()),+]
            }
        }
    )+ };
}
crate::tuples::for_each!(tuples);

impl RowShape for JsonRows {
    type Output = serde_json::Map<String, serde_json::Value>;

    fn decode(row: &dyn Row, select: &Select) -> Result<Self::Output> {
        let mut object = serde_json::Map::new();
        if let Output::Named(columns, _) = &select.output {
            for (index, json) in columns.iter().enumerate() {
                object.insert(json.name.clone(), json_value(row, index, json, select)?);
            }
        }
        Ok(object)
    }
}

/// Reads a column as its type and writes it as JSON: decimals, dates and UUIDs as texts, so that
/// nothing is lost; durations as microseconds; bytes as a list of numbers.
fn json_value(row: &dyn Row, index: usize, of: &JsonColumn, select: &Select) -> Result<Json> {
    let places = match of.element.unwrap_or(of.column_type) {
        ColumnType::Decimal => select.decimal_places(index),
        _ => 0,
    };
    let value = row.value(index);
    let json = value.and_then(|value| match of.element {
        Some(element) => json_list(value, element, places),
        None => json_of(value, of.column_type, places),
    });
    json.map_err(|mismatch| decode_error(mismatch, index, select))
}

fn json_list(
    value: ValueRef<'_>,
    element: ColumnType,
    places: u32,
) -> std::result::Result<Json, Mismatch> {
    if value.is_null() {
        return Ok(Json::Null);
    }
    let mut list = Vec::new();
    let read = each_element(value, element, &mut |value| {
        list.push(json_of(value, element, places));
    });
    let expected = "an array";
    read.map_err(|found| Mismatch { expected, found })?;
    list.into_iter().collect()
}

fn json_of(
    value: ValueRef<'_>,
    column_type: ColumnType,
    places: u32,
) -> std::result::Result<Json, Mismatch> {
    let text = |text: String| Json::String(text);
    if value.is_null() {
        return Ok(Json::Null);
    }
    Ok(match column_type {
        ColumnType::Bool => bool::decode(value)?.into(),
        ColumnType::I16 | ColumnType::I32 | ColumnType::I64 => i64::decode(value)?.into(),
        ColumnType::F32 | ColumnType::F64 => f64::decode(value)?.into(),
        ColumnType::Text | ColumnType::Enum => text(String::decode(value)?),
        ColumnType::Bytes => Vec::<u8>::decode(value)?.into(),
        ColumnType::Decimal => {
            let value = rust_decimal::Decimal::decode(value)?;
            text(value.with_scale(places).to_string())
        }
        ColumnType::Uuid => text(uuid::Uuid::decode(value)?.to_string()),
        ColumnType::Date => text(chrono::NaiveDate::decode(value)?.to_string()),
        ColumnType::Time => text(chrono::NaiveTime::decode(value)?.to_string()),
        ColumnType::DateTime => {
            let moment = chrono::NaiveDateTime::decode(value)?;
            text(moment.format("%Y-%m-%dT%H:%M:%S%.f").to_string())
        }
        ColumnType::Timestamp => text(chrono::DateTime::<chrono::Utc>::decode(value)?.to_rfc3339()),
        ColumnType::Duration => chrono::TimeDelta::decode(value)?.num_microseconds().into(),
        ColumnType::Json => Json::decode(value)?,
        // Of which elements its column tells.
        ColumnType::Array => return Err(Mismatch::of::<Json>(&value)),
    })
}
