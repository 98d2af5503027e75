//! The crate's side: each field at the end of each path as a typed expression, and each relation as the conditions that it
//! gives, in tables that are chosen from when the program runs.

use std::marker::PhantomData;
use std::sync::OnceLock;

use orm::expr::{Aggregated, BaseOf};
use orm::path::{Join, Path, PathFields, Relation, Root, ToMany, ToOne};
use orm::prelude::*;
use orm_core::ast::Expr as Node;
use serde_json::Value as Json;

use crate::any::Erased;
use crate::models::{Badge, Item, Note, Person};
use crate::spec::Quantifier;
use crate::tables::{Step, Table};
use crate::values::V;

/// An expression of a type, whatever path it comes by. Whether it may be NULL is forgotten by its type and not by its node.
pub type Of<M, T> = Expr<M, Option<T>>;

/// An expression with its type.
pub enum Typed<M> {
    Bool(Of<M, bool>),
    I16(Of<M, i16>),
    I32(Of<M, i32>),
    I64(Of<M, i64>),
    F64(Of<M, f64>),
    Dec(Of<M, Decimal>),
    Text(Of<M, String>),
    Bytes(Of<M, Vec<u8>>),
    Uuid(Of<M, Uuid>),
    Date(Of<M, NaiveDate>),
    Time(Of<M, NaiveTime>),
    DateTime(Of<M, NaiveDateTime>),
    Timestamp(Of<M, DateTime<Utc>>),
    Duration(Of<M, Duration>),
    Json(Of<M, Json>),
}

/// Runs the same code on an expression of any type.
macro_rules! each {
    ($typed:expr, |$of:ident| $body:expr) => {{
        use $crate::typed::Typed;
        match $typed {
            Typed::Bool($of) => $body,
            Typed::I16($of) => $body,
            Typed::I32($of) => $body,
            Typed::I64($of) => $body,
            Typed::F64($of) => $body,
            Typed::Dec($of) => $body,
            Typed::Text($of) => $body,
            Typed::Bytes($of) => $body,
            Typed::Uuid($of) => $body,
            Typed::Date($of) => $body,
            Typed::Time($of) => $body,
            Typed::DateTime($of) => $body,
            Typed::Timestamp($of) => $body,
            Typed::Duration($of) => $body,
            Typed::Json($of) => $body,
        }
    }};
}
pub(crate) use each;

impl<M: Model> Clone for Typed<M> {
    fn clone(&self) -> Self {
        use Typed as T;
        match self {
            T::Bool(of) => T::Bool(of.clone()),
            T::I16(of) => T::I16(of.clone()),
            T::I32(of) => T::I32(of.clone()),
            T::I64(of) => T::I64(of.clone()),
            T::F64(of) => T::F64(of.clone()),
            T::Dec(of) => T::Dec(of.clone()),
            T::Text(of) => T::Text(of.clone()),
            T::Bytes(of) => T::Bytes(of.clone()),
            T::Uuid(of) => T::Uuid(of.clone()),
            T::Date(of) => T::Date(of.clone()),
            T::Time(of) => T::Time(of.clone()),
            T::DateTime(of) => T::DateTime(of.clone()),
            T::Timestamp(of) => T::Timestamp(of.clone()),
            T::Duration(of) => T::Duration(of.clone()),
            T::Json(of) => T::Json(of.clone()),
        }
    }
}

/// An expression of another's node, whose type says that it may be NULL and that a row has one.
struct Forgetful<M, T>(Node, PhantomData<fn() -> (M, T)>);

impl<M, T> Expression for Forgetful<M, T>
where
    M: Model,
    Option<T>: SqlType,
    T: 'static,
{
    type Scope = M;
    type Type = Option<T>;
    type Kind = orm::expr::OneRow;

    fn node(&self) -> Node {
        self.0.clone()
    }
}

/// The expression of a node.
fn of_node<M: Model, T: 'static>(node: Node) -> Of<M, T>
where
    Option<T>: SqlType,
{
    Forgetful(node, PhantomData).expr()
}

/// The same expression at the one type that all expressions of its kind have here.
pub fn of<E: Expression>(expr: E) -> Of<E::Scope, BaseOf<E>>
where
    Option<BaseOf<E>>: SqlType,
{
    of_node(expr.node())
}

/// A bound value as an expression.
pub fn literal<M: Model>(value: &V) -> Typed<M> {
    fn bound<M: Model, T: SqlType>(value: &T) -> Of<M, T>
    where
        Option<T>: SqlType,
    {
        of_node(Node::Bind(value.to_value()))
    }
    match value {
        V::Bool(v) => Typed::Bool(bound(v)),
        V::I16(v) => Typed::I16(bound(v)),
        V::I32(v) => Typed::I32(bound(v)),
        V::I64(v) => Typed::I64(bound(v)),
        V::F64(v) => Typed::F64(bound(v)),
        V::Dec(v) => Typed::Dec(bound(v)),
        V::Text(v) => Typed::Text(bound(v)),
        V::Bytes(v) => Typed::Bytes(bound(v)),
        V::Uuid(v) => Typed::Uuid(bound(v)),
        V::Date(v) => Typed::Date(bound(v)),
        V::Time(v) => Typed::Time(bound(v)),
        V::DateTime(v) => Typed::DateTime(bound(v)),
        V::Timestamp(v) => Typed::Timestamp(bound(v)),
        V::Duration(v) => Typed::Duration(bound(v)),
        V::Json(v) => Typed::Json(bound(v)),
    }
}

/// A condition on some model.
pub enum AnyCondition {
    Person(Condition<Person>),
    Item(Condition<Item>),
    Note(Condition<Note>),
    Badge(Condition<Badge>),
}

/// A query set of some model.
pub enum AnyRows {
    Person(QuerySet<Person>),
    Item(QuerySet<Item>),
    Note(QuerySet<Note>),
    Badge(QuerySet<Badge>),
}

/// A key to one row.
pub trait One<M>: Send + Sync {
    fn eq(&self, key: Option<i64>) -> Condition<M>;
    fn ne(&self, key: Option<i64>) -> Condition<M>;
    fn is_in(&self, keys: Vec<i64>) -> Condition<M>;
    fn is_in_rows(&self, rows: AnyRows) -> Condition<M>;
}

/// A relation to many rows.
pub trait Many<M>: Send + Sync {
    fn some(&self, quantifier: Quantifier, condition: AnyCondition) -> Condition<M>;
    fn is_empty(&self) -> Condition<M>;
    fn contains(&self, key: i64) -> Condition<M>;
    fn aggregate(&self, filter: Option<AnyCondition>, of: AnyAggregate) -> Erased<M>;
}

/// An aggregate of rows of some model.
pub type AnyAggregate = Box<dyn std::any::Any>;

/// All that is at the end of a path.
pub struct End<M> {
    pub columns: Vec<Typed<M>>,
    pub ones: Vec<(&'static str, Box<dyn One<M>>)>,
    pub manys: Vec<(&'static str, Box<dyn Many<M>>)>,
}

/// A model of the tests.
pub trait Rows: Model<Key = i64> + Clone {
    /// The ends of the paths that are tried, in the order of [`ways`].
    fn ends() -> &'static [End<Self>];
    fn end<P: Path<Target = Self>>(fields: &Self::Fields<P>) -> End<P::Root>;
    fn condition(any: AnyCondition) -> Condition<Self>;
    fn any_condition(condition: Condition<Self>) -> AnyCondition;
    fn rows(any: AnyRows) -> QuerySet<Self>;
    fn any_rows(rows: QuerySet<Self>) -> AnyRows;
    fn query() -> QuerySet<Self>;
    fn id() -> Of<Self, i64>;
    fn mark(rows: &QuerySet<Self>, db: &Transaction<'_>) -> Result<u64>;
    fn marked(db: &Transaction<'_>) -> Result<Vec<i64>>;
}

impl<P: Path, R: Relation> One<P::Root> for ToOne<P, R>
where
    R::To: Rows,
{
    fn eq(&self, key: Option<i64>) -> Condition<P::Root> {
        key.map_or_else(
            || ToOne::eq(*self, None::<&R::To>),
            |key| ToOne::eq(*self, key),
        )
    }

    fn ne(&self, key: Option<i64>) -> Condition<P::Root> {
        key.map_or_else(
            || ToOne::ne(*self, None::<&R::To>),
            |key| ToOne::ne(*self, key),
        )
    }

    fn is_in(&self, keys: Vec<i64>) -> Condition<P::Root> {
        ToOne::is_in(*self, keys)
    }

    fn is_in_rows(&self, rows: AnyRows) -> Condition<P::Root> {
        ToOne::is_in(*self, R::To::rows(rows))
    }
}

impl<P: Path, R: Relation> Many<P::Root> for ToMany<P, R>
where
    R::To: Rows,
{
    fn some(&self, quantifier: Quantifier, condition: AnyCondition) -> Condition<P::Root> {
        let condition = R::To::condition(condition);
        match quantifier {
            Quantifier::Any => self.any(condition),
            Quantifier::All => self.all(condition),
            Quantifier::None => self.none(condition),
        }
    }

    fn is_empty(&self) -> Condition<P::Root> {
        ToMany::is_empty(*self)
    }

    fn contains(&self, key: i64) -> Condition<P::Root> {
        ToMany::contains(*self, key)
    }

    fn aggregate(&self, filter: Option<AnyCondition>, of: AnyAggregate) -> Erased<P::Root> {
        let of: Box<Erased<R::To, Aggregated>> = of.downcast().expect("of the relation's rows");
        match filter {
            Some(condition) => self.filter(R::To::condition(condition)).aggregate(*of),
            None => RelatedRows::aggregate(*self, *of),
        }
    }
}

/// What is at the end of a path to a relation.
trait Leads {
    type Root: Model;
    fn end(self) -> End<Self::Root>;
}

impl<P: Path, R: Relation> Leads for ToOne<P, R>
where
    R::To: Rows,
{
    type Root = P::Root;
    fn end(self) -> End<P::Root> {
        R::To::end::<Join<P, R>>(&self)
    }
}

impl<P: Path, R: Relation> Leads for ToMany<P, R>
where
    R::To: Rows,
{
    type Root = P::Root;
    fn end(self) -> End<P::Root> {
        R::To::end::<Join<P, R>>(&self)
    }
}

fn own<M: Rows>() -> End<M> {
    M::end::<Root<M>>(<M::Fields<Root<M>> as PathFields>::ALL)
}

macro_rules! tables {
    ($(
        $model:ident {
            columns: [$($type:ident $field:ident $(.$more:ident)?,)+],
            ones: [$($one:ident)*],
            manys: [$($many:ident)*],
            paths: [$($first:ident $(.$rest:ident)*),* $(,)?],
        }
    )+) => {
        $(impl Rows for $model {
            fn ends() -> &'static [End<Self>] {
                static ENDS: OnceLock<Vec<End<$model>>> = OnceLock::new();
                ENDS.get_or_init(|| vec![own(), $(($model::$first$(.$rest)*).end()),*])
            }

            fn end<P: Path<Target = Self>>(fields: &Self::Fields<P>) -> End<P::Root> {
                End {
                    columns: vec![$(Typed::$type(of(fields.$field$(.$more)?))),+],
                    ones: vec![$((stringify!($one), Box::new(fields.$one))),*],
                    manys: vec![$((stringify!($many), Box::new(fields.$many))),*],
                }
            }

            fn condition(any: AnyCondition) -> Condition<Self> {
                match any {
                    AnyCondition::$model(condition) => condition,
                    _ => panic!("a condition on another model"),
                }
            }

            fn any_condition(condition: Condition<Self>) -> AnyCondition {
                AnyCondition::$model(condition)
            }

            fn rows(any: AnyRows) -> QuerySet<Self> {
                match any {
                    AnyRows::$model(rows) => rows,
                    _ => panic!("rows of another model"),
                }
            }

            fn any_rows(rows: QuerySet<Self>) -> AnyRows {
                AnyRows::$model(rows)
            }

            fn query() -> QuerySet<Self> {
                $model::objects()
            }

            fn id() -> Of<Self, i64> {
                of($model::id)
            }

            fn mark(rows: &QuerySet<Self>, db: &Transaction<'_>) -> Result<u64> {
                rows.update(db, $model::mark.set(1))
            }

            fn marked(db: &Transaction<'_>) -> Result<Vec<i64>> {
                $model::objects().filter($model::mark.eq(1)).order_by($model::id).values_list($model::id).all(db)
            }
        })+

        /// The steps of each path that is tried, the empty one first.
        pub fn ways(table: Table) -> &'static [Vec<&'static Step>] {
            static WAYS: OnceLock<[Vec<Vec<&'static Step>>; 4]> = OnceLock::new();
            let all = WAYS.get_or_init(|| {
                [$(
                    ["", $(concat!(stringify!($first) $(, ".", stringify!($rest))*)),*]
                        .into_iter()
                        .map(|path| Table::$model.steps(path))
                        .collect()
                ),+]
            });
            &all[table as usize]
        }
    };
}

tables! {
    Person {
        columns: [
            I64 id, Text name, Text nick, Date born, Timestamp seen, F64 rating, I16 size, I32 level, Bool active, I64 boss,
        ],
        ones: [boss badge],
        manys: [staff items kept notes],
        paths: [
            boss, staff, items, kept, badge, notes, boss.boss, boss.items, boss.badge, items.notes, items.keeper,
            items.owner, kept.owner, items.notes.author, staff.items, staff.boss, notes.item, notes.item.owner,
            notes.reply_to, notes.replies, badge.person.boss, items.keeper.badge, staff.staff,
        ],
    }
    Item {
        columns: [
            I64 id, Text title, Text subtitle, Dec price, Dec rebate, Dec exact, I32 stock, I32 sold, I64 total, I64 big,
            I16 tiny, F64 weight, Bool on_sale, Bool checked, DateTime made, Date due, Time clock, Timestamp at,
            Duration lasts, Uuid serial, Bytes blob, Json doc, I64 owner, I64 keeper, I64 keeper.id,
        ],
        ones: [owner keeper],
        manys: [notes],
        paths: [
            owner, keeper, notes, owner.boss, keeper.boss, owner.badge, keeper.badge, notes.author, notes.replies,
            owner.items, keeper.items, keeper.kept, notes.author.boss, owner.staff, notes.author.items,
            notes.reply_to.author, keeper.boss.staff, notes.replies.author.badge,
        ],
    }
    Note {
        columns: [
            I64 id, Text text, I32 stars, Bool okay, DateTime sent, F64 share, I64 item, I64 author, I64 reply_to,
        ],
        ones: [item author reply_to],
        manys: [replies],
        paths: [
            item, author, reply_to, replies, item.owner, item.keeper, author.boss, reply_to.author, reply_to.item,
            replies.author, item.notes, author.items, item.keeper.badge, reply_to.replies, author.badge,
        ],
    }
    Badge {
        columns: [I64 id, Text code, I64 points, Dec fee, I64 person,],
        ones: [person],
        manys: [],
        paths: [person, person.boss, person.items, person.boss.items, person.notes.item, person.badge],
    }
}

/// Calls a function that is generic over the models for that of a table.
macro_rules! with_model {
    ($table:expr, $function:ident $(<$and:ty>)? ($($argument:expr),*)) => {
        match $table {
            $crate::tables::Table::Person => $function::<$crate::models::Person $(, $and)?>($($argument),*),
            $crate::tables::Table::Item => $function::<$crate::models::Item $(, $and)?>($($argument),*),
            $crate::tables::Table::Note => $function::<$crate::models::Note $(, $and)?>($($argument),*),
            $crate::tables::Table::Badge => $function::<$crate::models::Badge $(, $and)?>($($argument),*),
        }
    };
}
pub(crate) use with_model;
