//! Values of columns in plain Rust, and what the operators and functions of conditions make of them: written from the
//! documentation alone, without anything of the crate.

use std::cmp::Ordering;
use std::fmt;

use chrono::{
    DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc, Weekday,
};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

/// The type of a column or an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ty {
    Bool,
    I16,
    I32,
    I64,
    F64,
    Dec,
    Text,
    Bytes,
    Uuid,
    Date,
    Time,
    DateTime,
    Timestamp,
    Duration,
    Json,
}

impl Ty {
    pub const NUMBERS: [Self; 5] = [Self::I16, Self::I32, Self::I64, Self::F64, Self::Dec];

    pub const fn is_number(self) -> bool {
        matches!(
            self,
            Self::I16 | Self::I32 | Self::I64 | Self::F64 | Self::Dec
        )
    }

    const fn rank(self) -> u8 {
        match self {
            Self::I16 => 0,
            Self::I32 => 1,
            Self::I64 => 2,
            _ => 3,
        }
    }

    /// The type of a sum; `None` where there is none.
    pub fn combined(self, with: Self) -> Option<Self> {
        match (self, with) {
            (Self::F64, Self::Dec) | (Self::Dec, Self::F64) => None,
            (a, b) if a.rank() >= b.rank() => Some(a),
            (_, b) => Some(b),
        }
    }

    /// Whether an expression of the type stands where `of` is asked for.
    pub fn widens_to(self, of: Self) -> bool {
        self == of || self.is_number() && of.is_number() && self.combined(of) == Some(of)
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum V {
    Bool(bool),
    I16(i16),
    I32(i32),
    I64(i64),
    F64(f64),
    Dec(Decimal),
    Text(String),
    Bytes(Vec<u8>),
    Uuid(Uuid),
    Date(NaiveDate),
    Time(NaiveTime),
    DateTime(NaiveDateTime),
    Timestamp(DateTime<Utc>),
    Duration(TimeDelta),
    Json(Json),
}

/// A value, or NULL.
pub type Cell = Option<V>;

/// The arithmetic operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

/// The comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
}

/// The lookups of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Iexact,
    Contains,
    Icontains,
    Startswith,
    Istartswith,
    Endswith,
    Iendswith,
}

/// The parts of dates and times that are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Year,
    IsoYear,
    Quarter,
    Month,
    Week,
    WeekDay,
    IsoWeekDay,
    Day,
    Hour,
    Minute,
    Second,
}

impl Part {
    pub const OF_DATES: [Self; 8] = [
        Self::Year,
        Self::IsoYear,
        Self::Quarter,
        Self::Month,
        Self::Week,
        Self::WeekDay,
        Self::IsoWeekDay,
        Self::Day,
    ];
    pub const OF_TIMES: [Self; 3] = [Self::Hour, Self::Minute, Self::Second];
}

impl V {
    pub const fn ty(&self) -> Ty {
        match self {
            Self::Bool(_) => Ty::Bool,
            Self::I16(_) => Ty::I16,
            Self::I32(_) => Ty::I32,
            Self::I64(_) => Ty::I64,
            Self::F64(_) => Ty::F64,
            Self::Dec(_) => Ty::Dec,
            Self::Text(_) => Ty::Text,
            Self::Bytes(_) => Ty::Bytes,
            Self::Uuid(_) => Ty::Uuid,
            Self::Date(_) => Ty::Date,
            Self::Time(_) => Ty::Time,
            Self::DateTime(_) => Ty::DateTime,
            Self::Timestamp(_) => Ty::Timestamp,
            Self::Duration(_) => Ty::Duration,
            Self::Json(_) => Ty::Json,
        }
    }

    fn whole(&self) -> Option<i64> {
        match self {
            Self::I16(v) => Some(i64::from(*v)),
            Self::I32(v) => Some(i64::from(*v)),
            Self::I64(v) => Some(*v),
            _ => None,
        }
    }

    fn float(&self) -> f64 {
        match self {
            Self::F64(v) => *v,
            #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
            other => other
                .whole()
                .unwrap_or_else(|| panic!("{other} as a float")) as f64,
        }
    }

    fn decimal(&self) -> Decimal {
        match self {
            Self::Dec(v) => *v,
            other => Decimal::from(
                other
                    .whole()
                    .unwrap_or_else(|| panic!("{other} as a decimal")),
            ),
        }
    }

    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            other => panic!("{other} is no text"),
        }
    }

    pub fn truth(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    /// The value at a wider type.
    pub fn widened(self, to: Ty) -> Self {
        match to {
            _ if self.ty() == to => self,
            Ty::F64 => Self::F64(self.float()),
            Ty::Dec => Self::Dec(self.decimal()),
            _ => whole_at(
                to,
                i128::from(self.whole().unwrap_or_else(|| panic!("{self} as {to:?}"))),
            ),
        }
    }
}

fn whole_at(ty: Ty, number: i128) -> V {
    let fits = "the generator makes only numbers that fit";
    match ty {
        Ty::I16 => V::I16(number.try_into().expect(fits)),
        Ty::I32 => V::I32(number.try_into().expect(fits)),
        _ => V::I64(number.try_into().expect(fits)),
    }
}

/// The order of two values that compare.
pub fn compare(a: &V, b: &V) -> Ordering {
    match (a, b) {
        (V::Bool(a), V::Bool(b)) => a.cmp(b),
        (V::Text(a), V::Text(b)) => a.cmp(b),
        (V::Bytes(a), V::Bytes(b)) => a.cmp(b),
        (V::Uuid(a), V::Uuid(b)) => a.as_bytes().cmp(b.as_bytes()),
        (V::Date(a), V::Date(b)) => a.cmp(b),
        (V::Time(a), V::Time(b)) => a.cmp(b),
        (V::DateTime(a), V::DateTime(b)) => a.cmp(b),
        (V::Timestamp(a), V::Timestamp(b)) => a.cmp(b),
        (V::Duration(a), V::Duration(b)) => a.cmp(b),
        (V::F64(_), _) | (_, V::F64(_)) => a
            .float()
            .partial_cmp(&b.float())
            .expect("no NaN is generated"),
        (V::Dec(_), _) | (_, V::Dec(_)) => a.decimal().cmp(&b.decimal()),
        (a, b) => match (a.whole(), b.whole()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => panic!("{a} and {b} do not compare"),
        },
    }
}

/// Whether two values are equal.
pub fn equal(a: &V, b: &V) -> bool {
    match (a, b) {
        (V::Json(a), V::Json(b)) => same_json(a, b),
        _ => compare(a, b) == Ordering::Equal,
    }
}

fn same_json(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_json(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            let same = |(key, a)| b.get(key).is_some_and(|b| same_json(a, b));
            a.len() == b.len() && a.iter().all(same)
        }
        _ => a == b,
    }
}

/// Whether a comparison holds; of something NULL only "not equal" does.
pub fn holds(op: Compare, a: &Cell, b: &Cell) -> bool {
    let (Some(a), Some(b)) = (a, b) else {
        return op == Compare::Ne;
    };
    match op {
        Compare::Eq => equal(a, b),
        Compare::Ne => !equal(a, b),
        Compare::Gt => compare(a, b).is_gt(),
        Compare::Gte => compare(a, b).is_ge(),
        Compare::Lt => compare(a, b).is_lt(),
        Compare::Lte => compare(a, b).is_le(),
    }
}

/// The order of rows by one of their values: NULL is the greatest, unless it is said to be first or last.
pub fn sort(a: &Cell, b: &Cell, descending: bool, nulls_first: Option<bool>) -> Ordering {
    let natural = match (a, b) {
        (None, None) => return Ordering::Equal,
        (Some(a), Some(b)) => compare(a, b),
        (None, Some(_)) => match nulls_first {
            Some(true) => return Ordering::Less,
            Some(false) => return Ordering::Greater,
            None => Ordering::Greater,
        },
        (Some(_), None) => return sort(b, a, descending, nulls_first).reverse(),
    };
    if descending {
        natural.reverse()
    } else {
        natural
    }
}

/// `a op b`; NULL for a division by zero.
pub fn arithmetic(op: Op, a: &V, b: &V) -> Cell {
    let ty = a.ty().combined(b.ty()).expect("the types go together");
    Some(match ty {
        Ty::F64 => {
            let (a, b) = (a.float(), b.float());
            if matches!(op, Op::Div | Op::Rem) && b == 0.0 {
                return None;
            }
            V::F64(match op {
                Op::Add => a + b,
                Op::Sub => a - b,
                Op::Mul => a * b,
                Op::Div => a / b,
                Op::Rem => a % b,
            })
        }
        Ty::Dec => {
            let (a, b) = (a.decimal(), b.decimal());
            let result = match op {
                Op::Add => a.checked_add(b),
                Op::Sub => a.checked_sub(b),
                Op::Mul => a.checked_mul(b),
                Op::Div | Op::Rem if b.is_zero() => return None,
                Op::Div => a.checked_div(b),
                Op::Rem => a.checked_rem(b),
            };
            V::Dec(result.expect("the generator makes only decimals that fit"))
        }
        ty => {
            let (a, b) = (a.whole()?.into(), i128::from(b.whole()?));
            let a: i128 = a;
            whole_at(
                ty,
                match op {
                    Op::Add => a + b,
                    Op::Sub => a - b,
                    Op::Mul => a * b,
                    Op::Div | Op::Rem if b == 0 => return None,
                    Op::Div => a / b,
                    Op::Rem => a % b,
                },
            )
        }
    })
}

/// `-a`
pub fn negated(a: &V) -> V {
    match a {
        V::F64(a) => V::F64(-a),
        V::Dec(a) => V::Dec(-a),
        a => whole_at(
            a.ty(),
            -i128::from(a.whole().unwrap_or_else(|| panic!("-{a}"))),
        ),
    }
}

/// The upper case, one character to one character.
pub fn upper(text: &str) -> String {
    text.chars()
        .map(|c| alone(c.to_uppercase()).unwrap_or(c))
        .collect()
}

/// The lower case, one character to one character.
pub fn lower(text: &str) -> String {
    let one = |c: char| match c {
        // Its lower case has a dot of its own, which is a second character.
        'İ' => 'i',
        c => alone(c.to_lowercase()).unwrap_or(c),
    };
    text.chars().map(one).collect()
}

fn alone(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

/// Whether a lookup of a text finds another.
pub fn looks(look: Look, subject: &str, text: &str) -> bool {
    match look {
        Look::Contains => subject.contains(text),
        Look::Startswith => subject.starts_with(text),
        Look::Endswith => subject.ends_with(text),
        Look::Iexact => upper(subject) == upper(text),
        Look::Icontains => upper(subject).contains(&upper(text)),
        Look::Istartswith => upper(subject).starts_with(&upper(text)),
        Look::Iendswith => upper(subject).ends_with(&upper(text)),
    }
}

/// A regular expression, whether case counts, and what it means in words of Rust.
pub struct Pattern {
    pub text: &'static str,
    pub ignores_case: bool,
    pub meaning: fn(&str) -> bool,
}

const fn pattern(text: &'static str, meaning: fn(&str) -> bool) -> Pattern {
    Pattern {
        text,
        ignores_case: false,
        meaning,
    }
}

const fn any_case(text: &'static str, meaning: fn(&str) -> bool) -> Pattern {
    Pattern {
        text,
        ignores_case: true,
        meaning,
    }
}

/// Whether `b` stands two characters behind an `a`, with no line's end between them.
fn a_dot_b(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    chars
        .windows(3)
        .any(|three| three[0] == 'a' && three[1] != '\n' && three[2] == 'b')
}

/// The regular expressions that conditions are made of.
pub static PATTERNS: [Pattern; 20] = [
    pattern("^a", |text| text.starts_with('a')),
    pattern("b$", |text| text.ends_with('b')),
    pattern("a.b", a_dot_b),
    pattern("[^ab]", |text| text.chars().any(|c| c != 'a' && c != 'b')),
    pattern(r"\d+", |text| text.chars().any(|c| c.is_ascii_digit())),
    pattern("A|é", |text| text.contains(['A', 'é'])),
    pattern("^$", str::is_empty),
    pattern("%", |text| text.contains('%')),
    pattern(r"\\", |text| text.contains('\\')),
    pattern("(?i)É", |text| text.contains(['é', 'É'])),
    pattern("a{2}", |text| text.contains("aa")),
    pattern("^.?$", |text| text.chars().count() <= 1 && text != "\n"),
    pattern(r"\s", |text| text.contains([' ', '\n'])),
    pattern("'", |text| text.contains('\'')),
    pattern("", |_| true),
    any_case("^A", |text| text.starts_with(['a', 'A'])),
    any_case("σ", |text| text.contains(['σ', 'ς', 'Σ'])),
    any_case("i", |text| text.contains(['i', 'I'])),
    any_case("[B]$", |text| text.ends_with(['b', 'B'])),
    any_case("S", |text| text.contains(['s', 'S', 'ſ'])),
];

/// A part of a date or time.
pub fn part(part: Part, of: &V) -> i32 {
    if let V::Duration(length) = of {
        // Whole hours in all, and what is beside them.
        let number = match part {
            Part::Hour => length.num_hours(),
            Part::Minute => length.num_minutes() % 60,
            _ => length.num_seconds() % 60,
        };
        return i32::try_from(number).expect("a length of time that is not too long");
    }
    let (date, time) = match of {
        V::Date(date) => (*date, NaiveTime::MIN),
        V::Time(time) => (NaiveDate::MIN, *time),
        V::DateTime(moment) => (moment.date(), moment.time()),
        V::Timestamp(moment) => (moment.date_naive(), moment.time()),
        other => panic!("{other} has no {part:?}"),
    };
    let number = match part {
        Part::Year => return date.year(),
        Part::IsoYear => return date.iso_week().year(),
        Part::Quarter => date.month().div_ceil(3),
        Part::Month => date.month(),
        Part::Week => date.iso_week().week(),
        Part::WeekDay => match date.weekday() {
            Weekday::Sun => 1,
            Weekday::Mon => 2,
            Weekday::Tue => 3,
            Weekday::Wed => 4,
            Weekday::Thu => 5,
            Weekday::Fri => 6,
            Weekday::Sat => 7,
        },
        Part::IsoWeekDay => date.weekday().number_from_monday(),
        Part::Day => date.day(),
        Part::Hour => time.hour(),
        Part::Minute => time.minute(),
        Part::Second => time.second(),
    };
    number.cast_signed()
}

/// The value as Rust's source has it.
impl fmt::Display for V {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(v) => write!(f, "{v}"),
            Self::I16(v) => write!(f, "{v}_i16"),
            Self::I32(v) => write!(f, "{v}"),
            Self::I64(v) => write!(f, "{v}_i64"),
            Self::F64(v) => write!(f, "{v:?}"),
            Self::Dec(v) => write!(f, "dec!({v})"),
            Self::Text(v) => write!(f, "{v:?}"),
            Self::Bytes(v) => write!(f, "vec!{v:?}"),
            Self::Uuid(v) => write!(f, "uuid(\"{v}\")"),
            Self::Date(v) => write!(f, "date(\"{v}\")"),
            Self::Time(v) => write!(f, "time(\"{v}\")"),
            Self::DateTime(v) => write!(f, "date_time(\"{v}\")"),
            Self::Timestamp(v) => write!(f, "moment(\"{}\")", v.to_rfc3339()),
            Self::Duration(v) => write!(
                f,
                "Duration::microseconds({})",
                v.num_microseconds().unwrap_or(i64::MAX)
            ),
            Self::Json(v) => write!(f, "json!({v})"),
        }
    }
}

/// A cell as Rust's source has it.
pub struct Shown<'a>(pub &'a Cell);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("None"),
        }
    }
}
