//! Calls of functions as the crate has them.

use orm::prelude::*;

use crate::functions::{Func, Unit, ends, zone};
use crate::typed::{Of, Rows, Typed, literal};
use crate::values::Ty;

/// Runs the same code on numbers of each type, which gives the same type.
macro_rules! numbers {
    ($of:expr, |$x:ident| $body:expr) => {
        match $of {
            Typed::I16($x) => Typed::I16($body),
            Typed::I32($x) => Typed::I32($body),
            Typed::I64($x) => Typed::I64($body),
            Typed::F64($x) => Typed::F64($body),
            Typed::Dec($x) => Typed::Dec($body),
            _ => panic!("it is no number"),
        }
    };
}

/// Runs the same code on two expressions of one type, which gives the same type.
macro_rules! two {
    ($of:expr, |$a:ident, $b:ident| $body:expr, $($type:ident)+) => {
        match ($of[0], $of[1]) {
            $((Typed::$type($a), Typed::$type($b)) => Typed::$type($body),)+
            _ => panic!("the types do not go together"),
        }
    };
    ($of:expr, |$a:ident, $b:ident| $body:expr) => {
        two!($of, |$a, $b| $body,
            Bool I16 I32 I64 F64 Dec Text Bytes Uuid Date Time DateTime Timestamp Duration)
    };
}

/// The call of a function.
pub fn call<M: Rows>(func: Func, of: &[Typed<M>]) -> Typed<M> {
    use Func as F;
    let first = &of[0];
    let of: Vec<&Typed<M>> = of.iter().collect();
    match func {
        F::Greatest => two!(of, |a, b| greatest((a, b))),
        F::Least => two!(of, |a, b| least((a, b))),
        F::NullIf => two!(of, |a, b| a.null_if(b)),
        F::BitAnd => two!(of, |a, b| a.bit_and(b), I16 I32 I64),
        F::BitOr => two!(of, |a, b| a.bit_or(b), I16 I32 I64),
        F::BitXor => two!(of, |a, b| a.bit_xor(b), I16 I32 I64),
        F::Abs => numbers!(first, |of| of.abs()),
        F::Ceil => numbers!(first, |of| of.ceil()),
        F::Floor => numbers!(first, |of| of.floor()),
        F::Sign => numbers!(first, |of| of.sign()),
        F::Round(places) => numbers!(first, |of| of.round(places)),
        F::Sqrt => Typed::F64(match first {
            Typed::I16(of) => of.sqrt(),
            Typed::I32(of) => of.sqrt(),
            Typed::I64(of) => of.sqrt(),
            Typed::F64(of) => of.sqrt(),
            Typed::Dec(of) => of.sqrt(),
            _ => panic!("it is no number"),
        }),
        F::Chr => Typed::Text(match first {
            Typed::I16(of) => of.chr(),
            Typed::I32(of) => of.chr(),
            Typed::I64(of) => of.chr(),
            _ => panic!("it is no integer"),
        }),
        F::Cast(to) => cast(first, to),
        F::Trunc(unit) => trunc(first, unit),
        F::TruncIn(unit, hours) => Typed::Timestamp(trunc_in(moment(first), unit, zone(hours))),
        F::InTz(hours) => Typed::DateTime(moment(first).in_tz(zone(hours))),
        F::Within => within(first),
        F::Plus | F::Minus | F::Since => shift(func, first, of[1]),
        F::Microseconds => match first {
            Typed::Duration(of) => Typed::I64(of.microseconds()),
            _ => panic!("it is no length of time"),
        },
        F::Key(_) | F::At(_) | F::AsText | F::AsI64 | F::AsF64 | F::AsBool => {
            of_document(func, first)
        }
        _ => of_text(func, &of),
    }
}

fn of_text<M: Rows>(func: Func, of: &[&Typed<M>]) -> Typed<M> {
    use Func as F;
    let a = text(of[0]);
    Typed::Text(match func {
        F::Trim => a.trim(),
        F::Ltrim => a.ltrim(),
        F::Rtrim => a.rtrim(),
        F::Reverse => a.reverse(),
        F::Substr => a.substr(whole(of[1]), whole(of[2])),
        F::SubstrFrom => a.substr_from(whole(of[1])),
        F::Left => a.left(whole(of[1])),
        F::Right => a.right(whole(of[1])),
        F::Replace => a.replace(text(of[1]), text(of[2])),
        F::Lpad => a.lpad(whole(of[1]), text(of[2])),
        F::Rpad => a.rpad(whole(of[1]), text(of[2])),
        F::Repeat => a.repeat(whole(of[1])),
        F::StrIndex => return Typed::I32(a.str_index(text(of[1]))),
        F::Ord => return Typed::I32(a.ord()),
        other => panic!("{other:?} of a text"),
    })
}

fn of_document<M: Rows>(func: Func, of: &Typed<M>) -> Typed<M> {
    let Typed::Json(of) = of else {
        panic!("it is no document");
    };
    match func {
        Func::Key(key) => Typed::Json(of.key(key)),
        Func::At(index) => Typed::Json(of.at(index)),
        Func::AsText => Typed::Text(of.as_text()),
        Func::AsI64 => Typed::I64(of.as_i64()),
        Func::AsF64 => Typed::F64(of.as_f64()),
        _ => Typed::Bool(of.as_bool()),
    }
}

fn text<M>(of: &Typed<M>) -> &Of<M, String> {
    match of {
        Typed::Text(of) => of,
        _ => panic!("it is no text"),
    }
}

fn whole<M>(of: &Typed<M>) -> &Of<M, i32> {
    match of {
        Typed::I32(of) => of,
        _ => panic!("it is no integer"),
    }
}

fn moment<M>(of: &Typed<M>) -> &Of<M, DateTime<Utc>> {
    match of {
        Typed::Timestamp(of) => of,
        _ => panic!("it is no moment"),
    }
}

fn within<M: Rows>(of: &Typed<M>) -> Typed<M> {
    let (low, high) = ends(match of {
        Typed::Date(_) => Ty::Date,
        Typed::DateTime(_) => Ty::DateTime,
        _ => Ty::Timestamp,
    });
    let later = call(Func::Greatest, &[of.clone(), literal(&low)]);
    call(Func::Least, &[later, literal(&high)])
}

fn shift<M: Rows>(func: Func, of: &Typed<M>, by: &Typed<M>) -> Typed<M> {
    match (of, by) {
        (Typed::Date(a), Typed::Date(b)) => Typed::Duration(a - b),
        (Typed::Time(a), Typed::Time(b)) => Typed::Duration(a - b),
        (Typed::DateTime(a), Typed::DateTime(b)) => Typed::Duration(a - b),
        (Typed::Timestamp(a), Typed::Timestamp(b)) => Typed::Duration(a - b),
        (a, Typed::Duration(b)) if func == Func::Plus => match a {
            Typed::Date(a) => Typed::DateTime(a + b),
            Typed::Time(a) => Typed::Time(a + b),
            Typed::DateTime(a) => Typed::DateTime(a + b),
            Typed::Timestamp(a) => Typed::Timestamp(a + b),
            Typed::Duration(a) => Typed::Duration(a + b),
            _ => panic!("it is not moved"),
        },
        (a, Typed::Duration(b)) => match a {
            Typed::Date(a) => Typed::DateTime(a - b),
            Typed::Time(a) => Typed::Time(a - b),
            Typed::DateTime(a) => Typed::DateTime(a - b),
            Typed::Timestamp(a) => Typed::Timestamp(a - b),
            Typed::Duration(a) => Typed::Duration(a - b),
            _ => panic!("it is not moved"),
        },
        _ => panic!("the types do not go together"),
    }
}

macro_rules! units {
    ($of:ident, $unit:expr, $($name:ident $method:ident)+ $(, $other:ident => $never:expr)?) => {
        match $unit {
            $(Unit::$name => $of.$method(),)+
            $($other => $never,)?
        }
    };
}

fn trunc<M: Rows>(of: &Typed<M>, unit: Unit) -> Typed<M> {
    macro_rules! all {
        ($of:ident) => {
            units!($of, unit,
                Year trunc_year Quarter trunc_quarter Month trunc_month Week trunc_week Day trunc_day
                Hour trunc_hour Minute trunc_minute Second trunc_second)
        };
    }
    match of {
        Typed::Date(of) => Typed::Date(units!(of, unit,
            Year trunc_year Quarter trunc_quarter Month trunc_month Week trunc_week Day trunc_day,
            other => panic!("a date has no {other:?}"))),
        Typed::Time(of) => Typed::Time(units!(of, unit,
            Hour trunc_hour Minute trunc_minute Second trunc_second,
            other => panic!("a time has no {other:?}"))),
        Typed::DateTime(of) => Typed::DateTime(all!(of)),
        Typed::Timestamp(of) => Typed::Timestamp(all!(of)),
        _ => panic!("it is not cut"),
    }
}

fn trunc_in<M: Rows>(of: &Of<M, DateTime<Utc>>, unit: Unit, zone: &str) -> Of<M, DateTime<Utc>> {
    match unit {
        Unit::Year => of.trunc_year_in(zone),
        Unit::Quarter => of.trunc_quarter_in(zone),
        Unit::Month => of.trunc_month_in(zone),
        Unit::Week => of.trunc_week_in(zone),
        Unit::Day => of.trunc_day_in(zone),
        Unit::Hour => of.trunc_hour_in(zone),
        Unit::Minute => of.trunc_minute_in(zone),
        Unit::Second => of.trunc_second_in(zone),
    }
}

fn cast<M: Rows>(of: &Typed<M>, to: Ty) -> Typed<M> {
    macro_rules! casts {
        ($($to:ident $rust:ty: $($from:ident)+;)+) => {
            match (to, of) {
                $($((Ty::$to, Typed::$from(of)) => Typed::$to(of.cast::<$rust>()),)+)+
                _ => panic!("no cast to {to:?}"),
            }
        };
    }
    casts! {
        I16 i16: Bool I16 I32 I64 F64 Dec Text;
        I32 i32: Bool I16 I32 I64 F64 Dec Text;
        I64 i64: Bool I16 I32 I64 F64 Dec Text;
        F64 f64: I16 I32 I64 F64 Dec;
        Dec Decimal: I16 I32 I64 F64 Dec;
        Text String: Bool I16 I32 I64 F64 Dec Text Date Time DateTime Timestamp;
        Date NaiveDate: Text DateTime;
        Time NaiveTime: Timestamp;
        DateTime NaiveDateTime: Date Timestamp;
        Timestamp DateTime<Utc>: Date DateTime;
    }
}
