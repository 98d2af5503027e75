//! Functions as data: of which types they are, what they mean in plain Rust, and random calls of them.

use std::fmt::{self, Display, Formatter};

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::generate::Gen;
use crate::spec::Val;
use crate::tables::Table;
use crate::values::{self, Cell, Op, Ty, V};

/// A function of one or more expressions, the first of them what the method is called on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Func {
    Trim,
    Ltrim,
    Rtrim,
    Reverse,
    Substr,
    SubstrFrom,
    Left,
    Right,
    Replace,
    Lpad,
    Rpad,
    Repeat,
    StrIndex,
    Ord,
    Chr,
    Abs,
    Ceil,
    Floor,
    Sign,
    Round(i32),
    Sqrt,
    BitAnd,
    BitOr,
    BitXor,
    Greatest,
    Least,
    NullIf,
    Cast(Ty),
    Trunc(Unit),
    /// In a zone so many hours from Greenwich.
    TruncIn(Unit, i32),
    InTz(i32),
    /// Between two moments that are far from the ends of the calendar.
    Within,
    Plus,
    Minus,
    Since,
    Microseconds,
    Key(&'static str),
    At(i32),
    AsText,
    AsI64,
    AsF64,
    AsBool,
}

/// What dates and times are cut to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
}

const UNITS: [Unit; 8] = [
    Unit::Year,
    Unit::Quarter,
    Unit::Month,
    Unit::Week,
    Unit::Day,
    Unit::Hour,
    Unit::Minute,
    Unit::Second,
];

const ZONES: [i32; 3] = [0, -5, 14];

/// The name of the zone so many hours from Greenwich, in which the sign is the other one.
pub const fn zone(hours: i32) -> &'static str {
    match hours {
        0 => "UTC",
        -5 => "Etc/GMT+5",
        _ => "Etc/GMT-14",
    }
}

impl Func {
    pub fn ty(self, of: &[Val]) -> Ty {
        match self {
            Self::StrIndex | Self::Ord => Ty::I32,
            Self::Chr | Self::AsText => Ty::Text,
            Self::Sqrt | Self::AsF64 => Ty::F64,
            Self::Cast(to) => to,
            Self::TruncIn(..) => Ty::Timestamp,
            Self::InTz(_) => Ty::DateTime,
            Self::Plus | Self::Minus if of[0].ty() == Ty::Date => Ty::DateTime,
            Self::Since => Ty::Duration,
            Self::Microseconds | Self::AsI64 => Ty::I64,
            Self::AsBool => Ty::Bool,
            _ => of[0].ty(),
        }
    }

    pub fn nullable(self, of: &[Val]) -> bool {
        match self {
            Self::Chr
            | Self::Sqrt
            | Self::NullIf
            | Self::Key(_)
            | Self::At(_)
            | Self::AsText
            | Self::AsI64
            | Self::AsF64
            | Self::AsBool => true,
            Self::Cast(to) if of[0].ty() == Ty::Text && to != Ty::Text => true,
            Self::Within => false,
            Self::Greatest | Self::Least => of.iter().all(Val::nullable),
            _ => of.iter().any(Val::nullable),
        }
    }

    /// Whether another first argument may stand in the place of one.
    pub fn takes(self, of: &Val) -> bool {
        match self {
            Self::TruncIn(..) | Self::InTz(_) => is_within(of),
            Self::Plus | Self::Minus => matches!(of.ty(), Ty::Time | Ty::Duration) || is_within(of),
            _ => true,
        }
    }

    /// Whether other values may stand in the place of those of its further arguments.
    pub const fn takes_any(self) -> bool {
        !matches!(self, Self::Repeat | Self::Lpad | Self::Rpad)
    }
}

const fn is_within(of: &Val) -> bool {
    matches!(of, Val::Call(Func::Within, _))
}

/// The ends of [`Func::Within`].
pub fn ends(ty: Ty) -> (V, V) {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let (low, high) = (day(2, 1, 5), day(9999, 12, 29));
    let at = |day: NaiveDate| day.and_time(NaiveTime::MIN);
    match ty {
        Ty::Date => (V::Date(low), V::Date(high)),
        Ty::DateTime => (V::DateTime(at(low)), V::DateTime(at(high))),
        _ => (
            V::Timestamp(at(low).and_utc()),
            V::Timestamp(at(high).and_utc()),
        ),
    }
}

/// The value of a call.
pub fn value(func: Func, of: &[Cell], ty: Ty) -> Cell {
    match func {
        Func::Greatest => {
            let known = of.iter().flatten().cloned();
            return known.reduce(|a, b| {
                if values::compare(&b, &a).is_gt() {
                    b
                } else {
                    a
                }
            });
        }
        Func::Least => {
            let known = of.iter().flatten().cloned();
            return known.reduce(|a, b| {
                if values::compare(&b, &a).is_lt() {
                    b
                } else {
                    a
                }
            });
        }
        Func::Within => {
            let (low, high) = ends(ty);
            return Some(match &of[0] {
                Some(v) if values::compare(v, &high).is_gt() => high,
                Some(v) if values::compare(v, &low).is_gt() => v.clone(),
                _ => low,
            });
        }
        Func::NullIf => {
            let first = of[0].clone()?;
            let same = of[1].as_ref().is_some_and(|v| values::equal(&first, v));
            return (!same).then_some(first);
        }
        _ => {}
    }
    let known: Option<Vec<&V>> = of.iter().map(Option::as_ref).collect();
    match known?[..] {
        [of] => of_one(func, of, ty),
        [a, b] => of_two(func, a, b),
        [a, b, c] => Some(of_three(func, a, b, c)),
        _ => panic!("{func:?} of so many"),
    }
}

fn of_one(func: Func, of: &V, ty: Ty) -> Cell {
    Some(match func {
        Func::Trim => V::Text(of.text().trim_matches(' ').to_owned()),
        Func::Ltrim => V::Text(of.text().trim_start_matches(' ').to_owned()),
        Func::Rtrim => V::Text(of.text().trim_end_matches(' ').to_owned()),
        Func::Reverse => V::Text(of.text().chars().rev().collect()),
        Func::Ord => V::I32(of.text().chars().next().map_or(0, |c| c as i32)),
        Func::Chr => {
            let code = u32::try_from(whole(of)).ok().filter(|code| *code != 0)?;
            V::Text(char::from_u32(code)?.to_string())
        }
        Func::Abs if is_negative(of) => values::negated(of),
        Func::Abs => of.clone(),
        Func::Sign => integer(ty, sign(of)),
        Func::Ceil => rounded(of, f64::ceil, |v| v.ceil()),
        Func::Floor => rounded(of, f64::floor, |v| v.floor()),
        Func::Round(places) => round(of, places),
        Func::Sqrt => {
            let number = float(of);
            return (number >= 0.0).then(|| V::F64(number.sqrt()));
        }
        Func::Cast(to) => return cast(of, to),
        Func::Trunc(unit) => cut(unit, of),
        Func::TruncIn(unit, hours) => {
            let V::Timestamp(moment) = of else {
                panic!("{of} is no moment");
            };
            let offset = TimeDelta::hours(hours.into());
            let local = V::DateTime(moment.naive_utc() + offset);
            match cut(unit, &local) {
                V::DateTime(local) => V::Timestamp((local - offset).and_utc()),
                other => panic!("{other} is no moment"),
            }
        }
        Func::InTz(hours) => match of {
            V::Timestamp(moment) => {
                V::DateTime(moment.naive_utc() + TimeDelta::hours(hours.into()))
            }
            other => panic!("{other} is no moment"),
        },
        Func::Microseconds => V::I64(length(of).num_microseconds()?),
        Func::Key(key) => V::Json(document(of).as_object()?.get(key)?.clone()),
        Func::At(index) => {
            let list = document(of).as_array()?;
            let size = i32::try_from(list.len()).ok()?;
            let place = if index < 0 { size + index } else { index };
            V::Json(list.get(usize::try_from(place).ok()?)?.clone())
        }
        Func::AsText => V::Text(match document(of) {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::Bool(truth) => truth.to_string(),
            _ => return None,
        }),
        Func::AsI64 => {
            let number = document(of)
                .as_f64()
                .filter(|number| number.fract() == 0.0)?;
            #[expect(clippy::cast_possible_truncation, reason = "the numbers are small")]
            V::I64(number as i64)
        }
        Func::AsF64 => V::F64(document(of).as_f64()?),
        Func::AsBool => V::Bool(document(of).as_bool()?),
        other => panic!("{other:?} of one"),
    })
}

fn of_two(func: Func, a: &V, b: &V) -> Cell {
    let number = || usize::try_from(whole(b)).unwrap_or(0);
    Some(match func {
        Func::SubstrFrom => part_of(a.text(), whole(b), i64::MAX / 2),
        Func::Left => part_of(a.text(), 1, whole(b)),
        Func::Right => {
            let chars: Vec<char> = a.text().chars().collect();
            let from = chars.len().saturating_sub(number());
            V::Text(chars[from..].iter().collect())
        }
        Func::Repeat => V::Text(a.text().repeat(number())),
        Func::StrIndex => {
            let before = a.text().find(b.text());
            let place = before.map_or(0, |at| a.text()[..at].chars().count() + 1);
            V::I32(i32::try_from(place).unwrap_or(i32::MAX))
        }
        Func::BitAnd => integer(a.ty(), whole(a) & whole(b)),
        Func::BitOr => integer(a.ty(), whole(a) | whole(b)),
        Func::BitXor => integer(a.ty(), whole(a) ^ whole(b)),
        Func::Plus => shifted(a, length(b)),
        Func::Minus => shifted(a, -length(b)),
        Func::Since => V::Duration(match (a, b) {
            (V::Date(a), V::Date(b)) => *a - *b,
            (V::Time(a), V::Time(b)) => *a - *b,
            (V::DateTime(a), V::DateTime(b)) => *a - *b,
            (V::Timestamp(a), V::Timestamp(b)) => *a - *b,
            _ => panic!("{a} since {b}"),
        }),
        other => panic!("{other:?} of two"),
    })
}

fn of_three(func: Func, a: &V, b: &V, c: &V) -> V {
    match func {
        Func::Substr => part_of(a.text(), whole(b), whole(c)),
        Func::Replace if b.text().is_empty() => a.clone(),
        Func::Replace => V::Text(a.text().replace(b.text(), c.text())),
        Func::Lpad | Func::Rpad => {
            let wanted = usize::try_from(whole(b)).unwrap_or(0);
            let own: String = a.text().chars().take(wanted).collect();
            let missing = wanted - own.chars().count();
            let fill: String = c.text().chars().cycle().take(missing).collect();
            V::Text(if func == Func::Lpad {
                fill + &own
            } else {
                own + &fill
            })
        }
        other => panic!("{other:?} of three"),
    }
}

/// So many characters from a place on, which is counted from 1.
fn part_of(text: &str, from: i64, count: i64) -> V {
    let places = from..from.saturating_add(count);
    let chars = (1..).zip(text.chars());
    V::Text(
        chars
            .filter(|(at, _)| places.contains(at))
            .map(|(_, c)| c)
            .collect(),
    )
}

fn whole(of: &V) -> i64 {
    match of {
        V::I16(v) => i64::from(*v),
        V::I32(v) => i64::from(*v),
        V::I64(v) => *v,
        other => panic!("{other} is no integer"),
    }
}

fn integer(ty: Ty, number: i64) -> V {
    let fits = "the generator makes only numbers that fit";
    match ty {
        Ty::I16 => V::I16(number.try_into().expect(fits)),
        Ty::I32 => V::I32(number.try_into().expect(fits)),
        Ty::I64 => V::I64(number),
        #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
        Ty::F64 => V::F64(number as f64),
        _ => V::Dec(number.into()),
    }
}

fn float(of: &V) -> f64 {
    match of {
        V::F64(v) => *v,
        // Its own conversion is not to the nearest float.
        V::Dec(v) => v.to_string().parse().expect("a number"),
        #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
        other => whole(other) as f64,
    }
}

fn sign(of: &V) -> i64 {
    match of {
        V::F64(v) if *v == 0.0 => 0,
        V::F64(v) => v.signum() as i64,
        V::Dec(v) if v.is_zero() => 0,
        V::Dec(v) => {
            if v.is_sign_negative() {
                -1
            } else {
                1
            }
        }
        other => whole(other).signum(),
    }
}

fn is_negative(of: &V) -> bool {
    sign(of) < 0
}

fn rounded(of: &V, float: fn(f64) -> f64, decimal: fn(&Decimal) -> Decimal) -> V {
    match of {
        V::F64(v) => V::F64(float(*v)),
        V::Dec(v) => V::Dec(decimal(v)),
        other => other.clone(),
    }
}

/// To so many places behind the point, or before it, halves away from zero.
fn round(of: &V, places: i32) -> V {
    let decimal = match of {
        V::F64(v) => Decimal::from_f64_retain(*v).expect("a number"),
        V::Dec(v) => *v,
        other => whole(other).into(),
    };
    let away = RoundingStrategy::MidpointAwayFromZero;
    let result = match u32::try_from(places) {
        Ok(places) => decimal.round_dp_with_strategy(places, away),
        Err(_) => {
            let unit = Decimal::from(10_i64.pow(places.unsigned_abs()));
            (decimal / unit).round_dp_with_strategy(0, away) * unit
        }
    };
    match of {
        V::F64(_) => V::F64(float(&V::Dec(result))),
        V::Dec(_) => V::Dec(result),
        other => integer(other.ty(), result.try_into().expect("a whole number")),
    }
}

fn cast(of: &V, to: Ty) -> Cell {
    Some(match (of, to) {
        (V::Text(text), Ty::I16) => V::I16(text.parse().ok()?),
        (V::Text(text), Ty::I32) => V::I32(text.parse().ok()?),
        (V::Text(text), Ty::Date) => V::Date(read_date(text)?),
        (V::Text(_), _) => of.clone(),
        (V::Bool(truth), Ty::Text) => V::Text(truth.to_string()),
        (V::Bool(truth), _) => integer(to, (*truth).into()),
        (V::Dec(v), Ty::Text) => V::Text(v.normalize().to_string()),
        (V::F64(v), Ty::Text) => V::Text(v.to_string()),
        (V::Date(v), Ty::Text) => V::Text(v.format("%Y-%m-%d").to_string()),
        (V::Time(v), Ty::Text) => V::Text(clock_text(*v)),
        (V::DateTime(v), Ty::Text) => V::Text(moment_text(*v)),
        (V::Timestamp(v), Ty::Text) => V::Text(moment_text(v.naive_utc())),
        (V::Date(v), Ty::DateTime) => V::DateTime(v.and_time(NaiveTime::MIN)),
        (V::Date(v), Ty::Timestamp) => V::Timestamp(v.and_time(NaiveTime::MIN).and_utc()),
        (V::DateTime(v), Ty::Timestamp) => V::Timestamp(v.and_utc()),
        (V::Timestamp(v), Ty::DateTime) => V::DateTime(v.naive_utc()),
        (V::DateTime(v), Ty::Date) => V::Date(v.date()),
        (V::Timestamp(v), Ty::Time) => V::Time(v.time()),
        (of, Ty::Text) => V::Text(whole(of).to_string()),
        (of, Ty::Bool) => V::Bool(whole(of) != 0),
        (of, Ty::F64) => V::F64(float(of)),
        (V::F64(v), Ty::Dec) => V::Dec(Decimal::from_f64_retain(*v)?.normalize()),
        (V::Dec(v), Ty::Dec) => V::Dec(*v),
        #[expect(clippy::cast_possible_truncation, reason = "the numbers are small")]
        (V::F64(v), _) => integer(to, *v as i64),
        (V::Dec(v), _) => integer(to, v.trunc().try_into().expect("a whole number")),
        (of, _) => integer(to, whole(of)),
    })
}

pub fn read_date(text: &str) -> Option<NaiveDate> {
    let shape = text.char_indices().all(|(at, c)| match at {
        4 | 7 => c == '-',
        _ => c.is_ascii_digit(),
    });
    if !shape || text.len() != 10 {
        return None;
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().ok();
    let year = i32::try_from(number(0..4)?).ok().filter(|year| *year > 0)?;
    NaiveDate::from_ymd_opt(year, number(5..7)?, number(8..10)?)
}

pub fn clock_text(time: NaiveTime) -> String {
    match time.nanosecond() {
        0 => time.format("%H:%M:%S").to_string(),
        _ => time.format("%H:%M:%S%.6f").to_string(),
    }
}

pub fn moment_text(moment: NaiveDateTime) -> String {
    format!(
        "{} {}",
        moment.format("%Y-%m-%d"),
        clock_text(moment.time())
    )
}

/// The start of the year, .., second.
fn cut(unit: Unit, of: &V) -> V {
    match of {
        V::Date(date) => V::Date(cut_date(unit, *date)),
        V::Time(time) => V::Time(cut_time(unit, *time)),
        V::DateTime(moment) => V::DateTime(cut_moment(unit, *moment)),
        V::Timestamp(moment) => V::Timestamp(cut_moment(unit, moment.naive_utc()).and_utc()),
        other => panic!("{other} is not cut"),
    }
}

pub fn cut_moment(unit: Unit, moment: NaiveDateTime) -> NaiveDateTime {
    let time = match unit {
        Unit::Hour | Unit::Minute | Unit::Second => cut_time(unit, moment.time()),
        _ => NaiveTime::MIN,
    };
    cut_date(unit, moment.date()).and_time(time)
}

fn cut_date(unit: Unit, date: NaiveDate) -> NaiveDate {
    let first = |month| NaiveDate::from_ymd_opt(date.year(), month, 1).expect("a month's first");
    match unit {
        Unit::Year => first(1),
        Unit::Quarter => first(date.month0() / 3 * 3 + 1),
        Unit::Month => first(date.month()),
        Unit::Week => date - TimeDelta::days(date.weekday().num_days_from_monday().into()),
        _ => date,
    }
}

fn cut_time(unit: Unit, time: NaiveTime) -> NaiveTime {
    let (minute, second) = match unit {
        Unit::Hour => (0, 0),
        Unit::Minute => (time.minute(), 0),
        _ => (time.minute(), time.second()),
    };
    NaiveTime::from_hms_opt(time.hour(), minute, second).expect("a time")
}

fn length(of: &V) -> TimeDelta {
    match of {
        V::Duration(length) => *length,
        other => panic!("{other} is no length of time"),
    }
}

fn shifted(of: &V, by: TimeDelta) -> V {
    match of {
        V::Date(date) => V::DateTime(date.and_time(NaiveTime::MIN) + by),
        V::Time(time) => V::Time(time.overflowing_add_signed(by).0),
        V::DateTime(moment) => V::DateTime(*moment + by),
        V::Timestamp(moment) => V::Timestamp(*moment + by),
        V::Duration(length) => V::Duration(*length + by),
        other => panic!("{other} is not moved"),
    }
}

fn document(of: &V) -> &serde_json::Value {
    match of {
        V::Json(document) => document,
        other => panic!("{other} is no document"),
    }
}

impl Gen<'_> {
    /// A call that gives a type.
    pub fn call(&mut self, table: Table, ty: Ty, depth: usize, many: bool) -> Option<Val> {
        if self.rng.chance(25) && ty != Ty::Json {
            let func = *self.rng.pick(&[Func::Greatest, Func::Least, Func::NullIf]);
            let first = self.val(table, ty, depth, many);
            return Some(Val::Call(
                func,
                vec![first, self.operand(table, ty, depth, many)],
            ));
        }
        Some(match ty {
            Ty::Text => self.text_call(table, depth, many),
            Ty::Bool => {
                let of = self.val(table, Ty::Json, depth, many);
                Val::Call(Func::AsBool, vec![of])
            }
            Ty::Json => {
                let func = match self.rng.below(2) {
                    0 => Func::Key(self.rng.pick::<&'static str>(&["a", "b", "a'\"?"])),
                    _ => Func::At(i32::try_from(self.rng.between(-2, 2)).ok()?),
                };
                Val::Call(func, vec![self.val(table, Ty::Json, depth, many)])
            }
            Ty::Date | Ty::Time | Ty::DateTime | Ty::Timestamp | Ty::Duration => {
                self.moment_call(table, ty, depth, many)
            }
            Ty::I16 | Ty::I32 | Ty::I64 | Ty::F64 | Ty::Dec => {
                self.number_call(table, ty, depth, many)?
            }
            Ty::Bytes | Ty::Uuid => return None,
        })
    }

    /// A small number: a value, or what is left of a column.
    fn few(&mut self, table: Table, many: bool) -> Val {
        if self.rng.chance(70) {
            return Val::Lit(V::I32(i32::try_from(self.rng.between(-2, 6)).unwrap_or(0)));
        }
        let of = self.val(table, Ty::I32, 0, many);
        Val::Arithmetic(Op::Rem, Box::new(of), Box::new(Val::Lit(V::I32(4))))
    }

    fn text_call(&mut self, table: Table, depth: usize, many: bool) -> Val {
        use Func as F;
        if self.rng.chance(20) {
            let from = *self.rng.pick(&[
                Ty::Bool,
                Ty::I16,
                Ty::I32,
                Ty::I64,
                Ty::F64,
                Ty::Dec,
                Ty::Date,
                Ty::Time,
                Ty::DateTime,
                Ty::Timestamp,
                Ty::Json,
            ]);
            // Other floats have digits without end.
            let depth = if from == Ty::F64 { 0 } else { depth };
            let of = self.val(table, from, depth, many);
            return match from {
                Ty::I16 | Ty::I32 | Ty::I64 if self.rng.chance(40) => Val::Call(F::Chr, vec![of]),
                Ty::Json => Val::Call(F::AsText, vec![of]),
                _ => Val::Call(F::Cast(Ty::Text), vec![of]),
            };
        }
        let func = *self.rng.pick(&[
            F::Trim,
            F::Ltrim,
            F::Rtrim,
            F::Reverse,
            F::Substr,
            F::SubstrFrom,
            F::Left,
            F::Right,
            F::Replace,
            F::Lpad,
            F::Rpad,
            F::Repeat,
        ]);
        let mut of = vec![self.val(table, Ty::Text, depth, many)];
        match func {
            F::Substr => of.extend([self.few(table, many), self.few(table, many)]),
            F::SubstrFrom | F::Left | F::Right | F::Repeat => of.push(self.few(table, many)),
            F::Lpad | F::Rpad => {
                of.push(self.few(table, many));
                of.push(self.operand(table, Ty::Text, depth, many));
            }
            F::Replace => {
                of.push(self.operand(table, Ty::Text, depth, many));
                of.push(self.operand(table, Ty::Text, depth, many));
            }
            _ => {}
        }
        Val::Call(func, of)
    }

    fn number_call(&mut self, table: Table, ty: Ty, depth: usize, many: bool) -> Option<Val> {
        use Func as F;
        let roll = self.rng.below(10);
        let whole = matches!(ty, Ty::I16 | Ty::I32 | Ty::I64);
        Some(match (roll, ty) {
            (0..3, Ty::I32) => {
                let of = self.val(table, Ty::Text, depth, many);
                if self.rng.chance(50) {
                    return Some(Val::Call(F::Ord, vec![of]));
                }
                Val::Call(
                    F::StrIndex,
                    vec![of, self.operand(table, Ty::Text, depth, many)],
                )
            }
            (0, Ty::I64) => Val::Call(
                F::Microseconds,
                vec![self.val(table, Ty::Duration, 0, many)],
            ),
            (1, Ty::I64) => Val::Call(F::AsI64, vec![self.val(table, Ty::Json, depth, many)]),
            (0..2, Ty::F64) => Val::Call(F::AsF64, vec![self.val(table, Ty::Json, depth, many)]),
            (2, Ty::F64) => {
                let from = *self.rng.pick(&Ty::NUMBERS);
                Val::Call(F::Sqrt, vec![self.val(table, from, depth, many)])
            }
            (3, Ty::I16 | Ty::I32) => {
                Val::Call(F::Cast(ty), vec![self.val(table, Ty::Text, depth, many)])
            }
            (4..6, _) => {
                let from = *self.rng.pick(&Ty::NUMBERS);
                let from = if whole && self.rng.chance(20) {
                    Ty::Bool
                } else {
                    from
                };
                Val::Call(F::Cast(ty), vec![self.val(table, from, depth, many)])
            }
            (6..8, _) if whole => {
                let func = *self.rng.pick(&[F::BitAnd, F::BitOr, F::BitXor]);
                let of = self.val(table, ty, depth, many);
                Val::Call(func, vec![of, self.operand(table, ty, depth, many)])
            }
            _ => {
                let places = i32::try_from(self.rng.between(-2, 3)).ok()?;
                let func = *self
                    .rng
                    .pick(&[F::Abs, F::Ceil, F::Floor, F::Sign, F::Round(places)]);
                Val::Call(func, vec![self.val(table, ty, depth, many)])
            }
        })
    }

    fn moment_call(&mut self, table: Table, ty: Ty, depth: usize, many: bool) -> Val {
        use Func as F;
        let within = |of| Val::Call(F::Within, vec![of]);
        let sign = if self.rng.chance(50) {
            F::Plus
        } else {
            F::Minus
        };
        let zone = *self.rng.pick(&ZONES);
        match (self.rng.below(8), ty) {
            (0..3, Ty::Duration) => {
                let of = *self
                    .rng
                    .pick(&[Ty::Date, Ty::Time, Ty::DateTime, Ty::Timestamp]);
                let first = self.val(table, of, depth, many);
                Val::Call(F::Since, vec![first, self.operand(table, of, depth, many)])
            }
            (_, Ty::Duration) => {
                let first = self.val(table, ty, depth, many);
                Val::Call(sign, vec![first, self.operand(table, ty, 0, many)])
            }
            (0, Ty::Date) => {
                let first = self.val(table, Ty::Text, depth, many);
                Val::Call(F::Cast(ty), vec![first])
            }
            (1, Ty::Date) => {
                let written = self.val(table, Ty::Date, depth, many);
                let written = Val::Call(F::Cast(Ty::Text), vec![written]);
                Val::Call(F::Cast(ty), vec![written])
            }
            (2, Ty::Date) => Val::Call(
                F::Cast(ty),
                vec![self.val(table, Ty::DateTime, depth, many)],
            ),
            (0, Ty::Time) => Val::Call(
                F::Cast(ty),
                vec![self.val(table, Ty::Timestamp, depth, many)],
            ),
            (0, Ty::DateTime | Ty::Timestamp) => {
                Val::Call(F::Cast(ty), vec![self.val(table, Ty::Date, depth, many)])
            }
            (1, Ty::DateTime) => Val::Call(
                F::Cast(ty),
                vec![self.val(table, Ty::Timestamp, depth, many)],
            ),
            (1, Ty::Timestamp) => Val::Call(
                F::Cast(ty),
                vec![self.val(table, Ty::DateTime, depth, many)],
            ),
            (2, Ty::DateTime) => {
                let of = within(self.val(table, Ty::Timestamp, depth, many));
                Val::Call(F::InTz(zone), vec![of])
            }
            (2, Ty::Timestamp) => {
                let unit = *self.rng.pick(&UNITS);
                Val::Call(
                    F::TruncIn(unit, zone),
                    vec![within(self.val(table, ty, depth, many))],
                )
            }
            (3, Ty::DateTime) => {
                let of = within(self.val(table, Ty::Date, depth, many));
                Val::Call(sign, vec![of, self.operand(table, Ty::Duration, 0, many)])
            }
            (3..5, Ty::DateTime | Ty::Timestamp) => {
                let of = within(self.val(table, ty, depth, many));
                Val::Call(sign, vec![of, self.operand(table, Ty::Duration, 0, many)])
            }
            (1..4, Ty::Time) => {
                let of = self.val(table, ty, depth, many);
                Val::Call(
                    sign,
                    vec![of, self.operand(table, Ty::Duration, depth, many)],
                )
            }
            _ => {
                let units = match ty {
                    Ty::Date => &UNITS[..5],
                    Ty::Time => &UNITS[5..],
                    _ => &UNITS[..],
                };
                let unit = *self.rng.pick(units);
                Val::Call(F::Trunc(unit), vec![self.val(table, ty, depth, many)])
            }
        }
    }
}

/// A call, as Rust's source has it.
pub struct Called<'a>(pub Func, pub &'a [Val]);

impl Display for Called<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(func, of) = self;
        let first = &of[0];
        let rest: Vec<String> = of[1..].iter().map(ToString::to_string).collect();
        let rest = rest.join(", ");
        match func {
            Func::Greatest => write!(f, "greatest(({first}, {rest}))"),
            Func::Least => write!(f, "least(({first}, {rest}))"),
            Func::Within => {
                let (low, high) = ends(first.ty());
                write!(f, "least((greatest(({first}, {low})), {high}))")
            }
            Func::Plus => write!(f, "({first} + {rest})"),
            Func::Minus | Func::Since => write!(f, "({first} - {rest})"),
            Func::Cast(to) => write!(f, "{first}.cast::<{to:?}>()"),
            Func::Trunc(unit) => write!(f, "{first}.trunc_{}()", name(unit)),
            Func::TruncIn(unit, hours) => {
                write!(f, "{first}.trunc_{}_in({:?})", name(unit), zone(*hours))
            }
            Func::InTz(hours) => write!(f, "{first}.in_tz({:?})", zone(*hours)),
            Func::Round(places) => write!(f, "{first}.round({places})"),
            Func::Key(key) => write!(f, "{first}.key({key:?})"),
            Func::At(index) => write!(f, "{first}.at({index})"),
            func => write!(f, "{first}.{}({rest})", name(func)),
        }
    }
}

fn name(of: impl fmt::Debug) -> String {
    crate::spec::snake(&format!("{of:?}"))
}
