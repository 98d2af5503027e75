//! `values_json`: rows as JSON objects.

use crate::ast::{Column, Expr as Node, JsonColumn, Output, Select};
use crate::decode::{Row, column};
use crate::error::Result;
use crate::expr::{Expr, Expression, Kind};
use crate::model::{Model, SingleKey};
use crate::path::{About, Field, FieldDef, Path, Relation, Scope, ToOne};
use crate::query::{JsonRows, RowShape};
use crate::types::SqlType;
use crate::value::ColumnType;

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
        named_path(self.node(), F::Type::COLUMN)
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
        let (mut json, node) = named_path(self.node(), <R::To as Model>::Key::COLUMN);
        // A relation's own name stands for its key: `author`, not `author.id`.
        json.name
            .truncate(json.name.rfind('.').unwrap_or(json.name.len()));
        (json, node)
    }
}

fn named_path(node: Node, column_type: ColumnType) -> (JsonColumn, Node) {
    let name = match &node {
        Node::Column(column) => column_name(column),
        _ => String::new(),
    };
    (JsonColumn { name, column_type }, node)
}

#[diagnostic::do_not_recommend]
impl<M, S, T, K> IntoNamed<M> for Named<Expr<S, T, K>>
where
    S: Model,
    Scope: About<S, M>,
    T: SqlType,
    K: Kind,
{
    fn into_named_node(self) -> (JsonColumn, Node) {
        (
            JsonColumn {
                name: self.name,
                column_type: T::COLUMN,
            },
            self.expr.into_node(),
        )
    }
}

#[diagnostic::do_not_recommend]
impl<M, P, F> IntoNamed<M> for Named<Field<P, F>>
where
    P: Path,
    Scope: About<P::Root, M>,
    F: FieldDef,
{
    fn into_named_node(self) -> (JsonColumn, Node) {
        (
            JsonColumn {
                name: self.name,
                column_type: F::Type::COLUMN,
            },
            self.expr.node(),
        )
    }
}

/// What `values_json` takes: a field, a named expression, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected as JSON from `{M}`",
    label = "expected a field of `{M}`, an expression with `.named(\"x\")`, or a tuple of them"
)]
pub trait JsonSelection<M> {
    /// The names and the expressions.
    fn into_named(self) -> Vec<(JsonColumn, Node)>;
}

#[diagnostic::do_not_recommend]
impl<M, P, F> JsonSelection<M> for Field<P, F>
where
    Self: IntoNamed<M>,
{
    fn into_named(self) -> Vec<(JsonColumn, Node)> {
        vec![self.into_named_node()]
    }
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
                object.insert(
                    json.name.clone(),
                    json_value(row, index, json.column_type, select)?,
                );
            }
        }
        Ok(object)
    }
}

/// Reads a column as its type and writes it as JSON: decimals, dates and UUIDs as texts, so that
/// nothing is lost; durations as microseconds; bytes as a list of numbers.
fn json_value(
    row: &dyn Row,
    index: usize,
    column_type: ColumnType,
    select: &Select,
) -> Result<serde_json::Value> {
    use serde_json::Value as Json;

    fn read<T: SqlType<Base = T, Nullable = Option<T>>>(
        row: &dyn Row,
        index: usize,
        select: &Select,
        write: impl FnOnce(T) -> Json,
    ) -> Result<Json>
    where
        Option<T>: SqlType,
    {
        Ok(column::<Option<T>>(row, index, select)?.map_or(Json::Null, write))
    }

    let text = |text: String| Json::String(text);
    match column_type {
        ColumnType::Bool => read::<bool>(row, index, select, Json::from),
        ColumnType::I16 | ColumnType::I32 | ColumnType::I64 => {
            read::<i64>(row, index, select, Json::from)
        }
        ColumnType::F32 | ColumnType::F64 => read::<f64>(row, index, select, Json::from),
        ColumnType::Text | ColumnType::Enum => read::<String>(row, index, select, text),
        ColumnType::Bytes => read::<Vec<u8>>(row, index, select, Json::from),
        ColumnType::Decimal => {
            read::<rust_decimal::Decimal>(row, index, select, |v| text(v.to_string()))
        }
        ColumnType::Uuid => read::<uuid::Uuid>(row, index, select, |v| text(v.to_string())),
        ColumnType::Date => read::<chrono::NaiveDate>(row, index, select, |v| text(v.to_string())),
        ColumnType::Time => read::<chrono::NaiveTime>(row, index, select, |v| text(v.to_string())),
        ColumnType::DateTime => read::<chrono::NaiveDateTime>(row, index, select, |v| {
            text(v.format("%Y-%m-%dT%H:%M:%S%.f").to_string())
        }),
        ColumnType::Timestamp => {
            read::<chrono::DateTime<chrono::Utc>>(row, index, select, |v| text(v.to_rfc3339()))
        }
        ColumnType::Duration => {
            read::<chrono::TimeDelta>(row, index, select, |v| Json::from(v.num_microseconds()))
        }
        ColumnType::Json => read::<Json>(row, index, select, |v| v),
    }
}
