//! From conditions as data to the crate's own, by its methods and operators.

use orm::prelude::*;

use crate::calls::call;
use crate::spec::{self, Cond, Val};
use crate::tables::Table;
use crate::typed::{Of, Rows, Typed, each, literal, of, with_model};
use crate::values::{Cell, Compare, Look, Op, PATTERNS, Part, V};

macro_rules! numbers_into {
    ($($type:ident $rust:ty;)+) => { $(
        impl<M> From<Of<M, $rust>> for Typed<M> {
            fn from(of: Of<M, $rust>) -> Self {
                Self::$type(of)
            }
        }
    )+ };
}
numbers_into! {
    I16 i16;
    I32 i32;
    I64 i64;
    F64 f64;
    Dec Decimal;
}

/// Runs the same code on two expressions of types that compare.
macro_rules! pairs {
    ($a:expr, $b:expr, |$x:ident, $y:ident| $body:expr, $($left:ident with $($right:ident)+;)+) => {
        match ($a, $b) {
            $($((Typed::$left($x), Typed::$right($y)) => $body,)+)+
            _ => panic!("the types do not go together"),
        }
    };
}

/// Runs the same code on two numbers.
macro_rules! numbers {
    ($a:expr, $b:expr, |$x:ident, $y:ident| $body:expr, $($left:ident with $($right:ident)+;)*) => {
        pairs! { $a, $b, |$x, $y| $body,
            I16 with I16 I32 I64 F64 Dec;
            I32 with I16 I32 I64 F64 Dec;
            I64 with I16 I32 I64 F64 Dec;
            F64 with I16 I32 I64 F64;
            Dec with I16 I32 I64 Dec;
            $($left with $($right)+;)*
        }
    };
}

/// Runs the same code on two expressions that compare.
macro_rules! comparable {
    ($a:expr, $b:expr, |$x:ident, $y:ident| $body:expr) => {
        numbers! { $a, $b, |$x, $y| $body,
            Bool with Bool;
            Text with Text;
            Bytes with Bytes;
            Uuid with Uuid;
            Date with Date;
            Time with Time;
            DateTime with DateTime;
            Timestamp with Timestamp;
            Duration with Duration;
            Json with Json;
        }
    };
}

/// A condition.
pub fn condition<M: Rows>(cond: &Cond) -> Condition<M> {
    match cond {
        Cond::All => Condition::all(),
        Cond::Nothing => Condition::none(),
        Cond::Is(val) => match expr::<M>(val) {
            Typed::Bool(val) => Condition::all() & val,
            _ => panic!("{val} is no condition"),
        },
        Cond::Compare(op, a, b) => compare(*op, &expr::<M>(a), &expr::<M>(b)),
        Cond::EqNone(val) => each!(expr::<M>(val), |val| val.eq(None)),
        Cond::NeNone(val) => each!(expr::<M>(val), |val| val.ne(None)),
        Cond::IsNull(val) => each!(expr::<M>(val), |val| val.is_null()),
        Cond::IsNotNull(val) => each!(expr::<M>(val), |val| val.is_not_null()),
        Cond::Look(look, a, b) => {
            let (a, b) = (text::<M>(a), text::<M>(b));
            match look {
                Look::Iexact => a.iexact(b),
                Look::Contains => a.contains(b),
                Look::Icontains => a.icontains(b),
                Look::Startswith => a.startswith(b),
                Look::Istartswith => a.istartswith(b),
                Look::Endswith => a.endswith(b),
                Look::Iendswith => a.iendswith(b),
            }
        }
        Cond::Regex(val, pattern) => {
            let pattern = &PATTERNS[*pattern];
            let val = text::<M>(val);
            if pattern.ignores_case {
                val.iregex(pattern.text)
            } else {
                val.regex(pattern.text)
            }
        }
        Cond::In(val, members) => is_in(&expr::<M>(val), members),
        Cond::InExprs(val, members) => {
            let members: Vec<Typed<M>> = members.iter().map(expr).collect();
            each!(expr::<M>(val), |val| {
                val.is_in(members.iter().map(|member| same(&val, member)))
            })
        }
        Cond::InRows(val, rows) => with_model!(rows.table, in_rows<M>(&expr::<M>(val), rows)),
        Cond::Between(val, low, high) => between(&expr(val), &expr(low), &expr(high)),
        Cond::Not(of) => !condition::<M>(of),
        Cond::And(a, b) => condition::<M>(a) & condition::<M>(b),
        Cond::Or(a, b) => condition::<M>(a) | condition::<M>(b),
        Cond::Xor(a, b) => condition::<M>(a) ^ condition::<M>(b),
        Cond::Some(quantifier, way, step, cond) => {
            let many = named(&M::ends()[way.index].manys, step.name);
            match cond {
                Some(cond) => many.some(*quantifier, any_condition_of(step.to, cond)),
                None => many.is_empty(),
            }
        }
        Cond::Contains(way, step, key) => {
            named(&M::ends()[way.index].manys, step.name).contains(*key)
        }
        Cond::Key(op, way, step, key) => {
            let one = named(&M::ends()[way.index].ones, step.name);
            match op {
                Compare::Eq => one.eq(*key),
                _ => one.ne(*key),
            }
        }
        Cond::KeyIn(way, step, keys) => {
            named(&M::ends()[way.index].ones, step.name).is_in(keys.clone())
        }
        Cond::KeyInRows(way, step, rows) => {
            let one = named(&M::ends()[way.index].ones, step.name);
            one.is_in_rows(with_model!(rows.table, any_rows(rows)))
        }
    }
}

/// The relation of a name.
pub fn named<'a, T: ?Sized>(all: &'a [(&'static str, Box<T>)], name: &str) -> &'a T {
    let found = all.iter().find(|(known, _)| *known == name);
    &found.unwrap_or_else(|| panic!("no {name}")).1
}

/// A condition on rows of some table.
pub fn any_condition_of(table: Table, cond: &Cond) -> crate::typed::AnyCondition {
    with_model!(table, any_condition(cond))
}

fn any_condition<M: Rows>(cond: &Cond) -> crate::typed::AnyCondition {
    M::any_condition(condition(cond))
}

fn any_rows<M: Rows>(rows: &spec::Rows) -> crate::typed::AnyRows {
    M::any_rows(query::<M>(rows))
}

fn query<M: Rows>(rows: &spec::Rows) -> QuerySet<M> {
    let query = M::query().filter(condition::<M>(&rows.cond));
    match rows.slice {
        Some((offset, limit)) => query.order_by(M::id()).offset(offset).limit(limit),
        None => query,
    }
}

fn in_rows<M: Rows, N: Rows>(val: &Typed<N>, rows: &spec::Rows) -> Condition<N> {
    let rows_of = query::<M>(rows);
    macro_rules! types {
        ($($type:ident)+) => {
            match (val, expr::<M>(&rows.column)) {
                $((Typed::$type(val), Typed::$type(column)) => {
                    let column = rows_of.values_list(column);
                    val.is_in(if rows.distinct { column.distinct() } else { column })
                })+
                _ => panic!("no subquery is made of the type"),
            }
        };
    }
    types!(Text I32 I64 Dec Date)
}

/// A comparison.
pub fn compare<M: Rows>(op: Compare, a: &Typed<M>, b: &Typed<M>) -> Condition<M> {
    comparable!(a, b, |a, b| compared(op, a, b))
}

fn compared<M: Model, A, B>(op: Compare, a: &Of<M, A>, b: &Of<M, B>) -> Condition<M>
where
    Option<A>: SqlType,
    Option<B>: SqlType,
    <Option<B> as SqlType>::Base: orm::types::ComparableWith<<Option<A> as SqlType>::Base>,
{
    match op {
        Compare::Eq => a.eq(b),
        Compare::Ne => a.ne(b),
        Compare::Gt => a.gt(b),
        Compare::Gte => a.gte(b),
        Compare::Lt => a.lt(b),
        Compare::Lte => a.lte(b),
    }
}

fn between<M: Rows>(val: &Typed<M>, low: &Typed<M>, high: &Typed<M>) -> Condition<M> {
    macro_rules! types {
        ($($type:ident)+) => {
            match (val, low, high) {
                $((Typed::$type(val), Typed::$type(low), Typed::$type(high)) => val.between(low, high),)+
                (Typed::I32(val), Typed::I64(low), Typed::Dec(high)) => val.between(low, high),
                (Typed::Dec(val), Typed::I32(low), Typed::Dec(high)) => val.between(low, high),
                (Typed::I64(val), Typed::F64(low), Typed::I32(high)) => val.between(low, high),
                _ => panic!("the types do not go together"),
            }
        };
    }
    types!(I16 I32 I64 F64 Dec Text Bytes Uuid Date Time DateTime Timestamp Duration)
}

fn is_in<M: Rows>(val: &Typed<M>, members: &[Cell]) -> Condition<M> {
    macro_rules! types {
        ($($type:ident)+) => {
            match val {
                $(Typed::$type(val) => val.is_in(members.iter().map(|cell| match cell {
                    Some(V::$type(value)) => Some(value.clone()),
                    Some(other) => panic!("{other} among the members"),
                    None => None,
                })),)+
                Typed::Text(val) => val.is_in(members.iter().map(|cell| cell.as_ref().map(V::text))),
            }
        };
    }
    types!(Bool I16 I32 I64 F64 Dec Bytes Uuid Date Time DateTime Timestamp Duration Json)
}

/// An expression that is known to have the type of another.
fn same<M: Rows, T: 'static>(_: &Of<M, T>, other: &Typed<M>) -> Of<M, T>
where
    Option<T>: SqlType,
{
    let other: Box<dyn std::any::Any> = each!(other, |of| Box::new(of.clone()));
    *other.downcast().expect("the same type")
}

fn text<M: Rows>(val: &Val) -> Of<M, String> {
    match expr(val) {
        Typed::Text(text) => text,
        _ => panic!("{val} is no text"),
    }
}

/// An expression.
pub fn expr<M: Rows>(val: &Val) -> Typed<M> {
    match val {
        Val::Column(way, column) => M::ends()[way.index].columns[*column].clone(),
        Val::Lit(value) => literal(value),
        Val::Arithmetic(op, a, b) => {
            let (a, b) = (expr::<M>(a), expr::<M>(b));
            match op {
                Op::Add => numbers!(&a, &b, |a, b| (a + b).into(),),
                Op::Sub => numbers!(&a, &b, |a, b| (a - b).into(),),
                Op::Mul => numbers!(&a, &b, |a, b| (a * b).into(),),
                Op::Div => numbers!(&a, &b, |a, b| (a / b).into(),),
                Op::Rem => numbers!(&a, &b, |a, b| (a % b).into(),),
            }
        }
        Val::Negate(val) => match expr::<M>(val) {
            Typed::I16(val) => Typed::I16(-val),
            Typed::I32(val) => Typed::I32(-val),
            Typed::I64(val) => Typed::I64(-val),
            Typed::F64(val) => Typed::F64(-val),
            Typed::Dec(val) => Typed::Dec(-val),
            _ => panic!("{val} is no number"),
        },
        Val::Case(whens, otherwise) => choice(whens, otherwise.as_deref()),
        Val::Coalesce(vals) => coalesced(vals),
        Val::UnwrapOr(val, or) => unwrapped(expr(val), expr(or)),
        Val::Lower(val) => Typed::Text(text::<M>(val).lower()),
        Val::Upper(val) => Typed::Text(text::<M>(val).upper()),
        Val::Length(val) => Typed::I32(text::<M>(val).length()),
        Val::Concat(vals) => {
            let texts: Vec<Of<M, String>> = vals.iter().map(text).collect();
            Typed::Text(match &texts[..] {
                [a, b] => of(concat((a, b))),
                [a, b, c] => of(concat((a, b, c))),
                _ => panic!("so many texts are not tried"),
            })
        }
        Val::Part(kind, val) => part(*kind, &expr(val)),
        Val::DateOf(val) => Typed::Date(match expr::<M>(val) {
            Typed::DateTime(val) => val.date(),
            Typed::Timestamp(val) => val.date(),
            _ => panic!("{val} has no date"),
        }),
        Val::TimeOf(val) => Typed::Time(match expr::<M>(val) {
            Typed::DateTime(val) => val.time(),
            Typed::Timestamp(val) => val.time(),
            _ => panic!("{val} has no time"),
        }),
        Val::Truth(cond) => Typed::Bool(of(condition::<M>(cond))),
        Val::Call(func, vals) => call(*func, &vals.iter().map(expr).collect::<Vec<_>>()),
    }
}

/// What takes several expressions of a type, or of those that widen to it.
macro_rules! wide {
    ($($type:ident: $($narrow:ident)+;)+) => {
        fn unwrapped<M: Rows>(val: Typed<M>, or: Typed<M>) -> Typed<M> {
            match (val, or) {
                $($((Typed::$type(val), Typed::$narrow(or)) => Typed::$type(val.unwrap_or(or)),)+)+
                _ => panic!("the types do not go together"),
            }
        }

        fn coalesced<M: Rows>(vals: &[Val]) -> Typed<M> {
            let mut vals: Vec<Typed<M>> = vals.iter().map(expr).collect();
            let rest = vals.split_off(1);
            match (vals.remove(0), &rest[..]) {
                $(
                    $((Typed::$type(a), [Typed::$narrow(b)]) => Typed::$type(coalesce((a, b))),)+
                    (Typed::$type(a), [Typed::$type(b), Typed::$type(c)]) => Typed::$type(coalesce((a, b, c))),
                )+
                _ => panic!("the types do not go together"),
            }
        }

        fn choice<M: Rows>(whens: &[(Cond, Val)], otherwise: Option<&Val>) -> Typed<M> {
            let mut whens = whens.iter().map(|(when, then)| (condition::<M>(when), expr::<M>(then)));
            let (first, then) = whens.next().expect("a case has a branch");
            match then {
                $(Typed::$type(then) => {
                    let mut chosen = case().when(first, then);
                    for (when, then) in whens {
                        chosen = match then {
                            $(Typed::$narrow(then) => chosen.when(when, then),)+
                            _ => panic!("the types do not go together"),
                        };
                    }
                    Typed::$type(match otherwise.map(expr::<M>) {
                        $(Some(Typed::$narrow(val)) => chosen.otherwise(val),)+
                        Some(_) => panic!("the types do not go together"),
                        None => of(chosen),
                    })
                })+
            }
        }
    };
}
wide! {
    Bool: Bool;
    I16: I16;
    I32: I16 I32;
    I64: I16 I32 I64;
    F64: I16 I32 I64 F64;
    Dec: I16 I32 I64 Dec;
    Text: Text;
    Bytes: Bytes;
    Uuid: Uuid;
    Date: Date;
    Time: Time;
    DateTime: DateTime;
    Timestamp: Timestamp;
    Duration: Duration;
    Json: Json;
}

fn part<M: Rows>(part: Part, val: &Typed<M>) -> Typed<M> {
    macro_rules! parts {
        ($($part:ident $method:ident of $($type:ident)+;)+) => {
            match (part, val) {
                $($((Part::$part, Typed::$type(val)) => Typed::I32(val.$method()),)+)+
                _ => panic!("it has no {part:?}"),
            }
        };
    }
    parts! {
        Year year of Date DateTime Timestamp;
        IsoYear iso_year of Date DateTime Timestamp;
        Quarter quarter of Date DateTime Timestamp;
        Month month of Date DateTime Timestamp;
        Week week of Date DateTime Timestamp;
        WeekDay week_day of Date DateTime Timestamp;
        IsoWeekDay iso_week_day of Date DateTime Timestamp;
        Day day of Date DateTime Timestamp;
        Hour hour of Time DateTime Timestamp Duration;
        Minute minute of Time DateTime Timestamp Duration;
        Second second of Time DateTime Timestamp Duration;
    }
}
