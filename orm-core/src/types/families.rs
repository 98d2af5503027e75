//! What may be asked of a type: text lookups of texts, date parts of dates, sums of numbers.
//!
//! Each idea is one trait with the words its user reads. A newtype has the family of what it wraps.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::{MaybeNull, NotNull, Nullness, SqlType};

/// Markers of the kinds of types.
pub mod family {
    /// `bool`
    pub struct Bool;
    /// Integers
    pub struct Integer;
    /// Floats
    pub struct Float;
    /// Decimals
    pub struct Decimal;
    /// Texts
    pub struct Text;
    /// Bytes
    pub struct Bytes;
    /// UUIDs
    pub struct Uuid;
    /// Days
    pub struct Date;
    /// Times of day
    pub struct Time;
    /// Days with times
    pub struct DateTime;
    /// Lengths of time
    pub struct Duration;
    /// JSON documents
    pub struct Json;
    /// Anything else
    pub struct Other;
    /// Arrays
    pub struct Array;
}

macro_rules! kind {
    ($(#[$doc:meta])* $name:ident / $marker:ident: $($family:ident),+) => {
        $(#[$doc])*
        pub trait $name {}
        #[diagnostic::do_not_recommend]
        impl<T: SqlType> $name for T where T::Family: marker::$marker {}
        $(impl marker::$marker for family::$family {})+
    };
}

/// A family of single values: they compare, and may be elements of an array.
pub(super) use marker::Scalar;

/// Which families are of which kind.
mod marker {
    pub trait Text {}
    pub trait Bool {}
    pub trait HasDate {}
    pub trait HasTime {}
    pub trait DateAndTime {}
    pub trait HasClock {}
    pub trait Document {}

    /// What may be contained in a family.
    pub trait Containing {
        type Part: super::SqlType;
    }
    impl Containing for super::family::Text {
        type Part = String;
    }
    impl Containing for super::family::Json {
        type Part = serde_json::Value;
    }

    /// A family that may be contained in another.
    pub trait PartOf<Whole> {}
    impl PartOf<super::family::Text> for super::family::Text {}
    impl PartOf<super::family::Json> for super::family::Json {}
    pub trait Duration {}
    pub trait Numeric {}
    pub trait Integer {}

    /// What a cast makes of a family.
    pub trait Cast<To> {
        type Null: super::Nullness;
    }
    pub trait Sorted {}
    pub trait InJson {}
    pub trait Scalar {}
}

macro_rules! scalars {
    ($($family:ident)+) => { $(impl marker::Scalar for family::$family {})+ };
}
scalars! { Bool Integer Float Decimal Text Bytes Uuid Date Time DateTime Duration Json Other }

kind! {
    /// A type that text lookups and functions take.
    #[diagnostic::on_unimplemented(
        message = "this needs a text, but here is `{Self}`",
        label = "`{Self}` is not a text"
    )]
    Text / Text: Text
}
kind! {
    /// A type that is a condition by itself.
    #[diagnostic::on_unimplemented(
        message = "a condition must be a `bool`, but this field holds `{Self}`",
        label = "`{Self}` is not a condition: compare it, as in `.eq(..)`"
    )]
    Bool / Bool: Bool
}
kind! {
    /// A type with a calendar day.
    #[diagnostic::on_unimplemented(
        message = "this needs a date, but the field holds `{Self}`",
        label = "`{Self}` is not a date"
    )]
    HasDate / HasDate: Date, DateTime
}
kind! {
    /// A type with a time of day.
    #[diagnostic::on_unimplemented(
        message = "this needs a time of day, but the field holds `{Self}`",
        label = "`{Self}` has no time of day"
    )]
    HasTime / HasTime: Time, DateTime
}
kind! {
    /// A type with hours, minutes and seconds.
    #[diagnostic::on_unimplemented(
        message = "a part of a time needs a time, but the field holds `{Self}`",
        label = "`{Self}` has no time of day"
    )]
    HasClock / HasClock: Time, DateTime, Duration
}
kind! {
    /// A length of time.
    #[diagnostic::on_unimplemented(
        message = "this needs a length of time, but here is `{Self}`",
        label = "`{Self}` is not a `Duration`"
    )]
    IsDuration / Duration: Duration
}
kind! {
    /// A type with both a day and a time.
    #[diagnostic::on_unimplemented(
        message = "this needs a date with a time, but the field holds `{Self}`",
        label = "`{Self}` is not a date with a time"
    )]
    DateAndTime / DateAndTime: DateTime
}
kind! {
    /// A number.
    #[diagnostic::on_unimplemented(
        message = "this needs a number, but here is `{Self}`",
        label = "`{Self}` is not a number"
    )]
    Numeric / Numeric: Integer, Float, Decimal
}
kind! {
    /// An integer.
    #[diagnostic::on_unimplemented(
        message = "this needs an integer, but here is `{Self}`",
        label = "`{Self}` is not an integer"
    )]
    Integer / Integer: Integer
}

/// A type that `cast` makes a `T` of.
///
/// | from | to |
/// | --- | --- |
/// | a number | every type of numbers, a text; an integer also `bool` |
/// | `bool` | an integer, a text |
/// | a text | numbers, `bool`, dates and times, `Uuid`, each as an `Option`: NULL where it cannot be read |
/// | a date, a time, both, a `Uuid`, an enum | a text |
/// | a date | a date with a time: midnight |
/// | a date with a time | its date, its time, the other type of the two; in UTC |
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be cast to a `{T}`",
    label = "no cast from `{Self}` to `{T}`"
)]
pub trait CastTo<T> {
    /// Whether the result may be NULL although the value is not.
    type Null: Nullness;
}

#[diagnostic::do_not_recommend]
impl<A: SqlType, B: SqlType> CastTo<B> for A
where
    A::Family: marker::Cast<B::Family>,
{
    type Null = <A::Family as marker::Cast<B::Family>>::Null;
}

macro_rules! casts {
    ($($from:ident => $null:ident, $($to:ident)+;)+) => { $($(
        impl marker::Cast<family::$to> for family::$from {
            type Null = $null;
        }
    )+)+ };
}
casts! {
    Integer => NotNull, Integer Float Decimal Text Bool;
    Float => NotNull, Integer Float Decimal Text;
    Decimal => NotNull, Integer Float Decimal Text;
    Bool => NotNull, Bool Integer Text;
    Text => MaybeNull, Integer Float Decimal Bool Date Time DateTime Uuid;
    Text => NotNull, Text;
    Date => NotNull, Date DateTime Text;
    Time => NotNull, Time Text;
    DateTime => NotNull, DateTime Date Time Text;
    Uuid => NotNull, Uuid Text;
    Other => NotNull, Text;
}

kind! {
    /// A type of which one value is the largest.
    #[diagnostic::on_unimplemented(
        message = "no `{Self}` is the largest or the smallest: databases do not sort them alike",
        label = "`{Self}` has no `min` and `max`"
    )]
    Sorted / Sorted: Bool, Integer, Float, Decimal, Text, Date, Time, DateTime, Duration, Other
}
kind! {
    /// A type whose values can be gathered as JSON.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` has no one form in JSON",
        label = "select it by `values_list` instead, or cast it to a text"
    )]
    InJson / InJson: Bool, Integer, Float, Decimal, Text, Date, Json
}

macro_rules! result_of {
    ($(#[$doc:meta])* $name:ident / $of:ident { $($family:ident => $result:ty;)+ }) => {
        $(#[$doc])*
        pub trait $name {
            /// The type of the result, which is NULL where there is no value.
            type Result: SqlType;
        }
        #[diagnostic::do_not_recommend]
        impl<T: SqlType> $name for T
        where
            T::Family: result::$of,
        {
            type Result = <T::Family as result::$of>::Result;
        }
        $(impl result::$of for family::$family {
            type Result = Option<$result>;
        })+
    };
}

/// What aggregates of families give.
mod result {
    use super::SqlType;

    pub trait SumOf {
        type Result: SqlType;
    }
    pub trait AvgOf {
        type Result: SqlType;
    }
}

result_of! {
    /// A type that can be summed: integers to an `i64`, floats to an `f64`.
    #[diagnostic::on_unimplemented(
        message = "only numbers and lengths of time can be summed, but here is `{Self}`",
        label = "`{Self}` cannot be summed"
    )]
    Summable / SumOf {
        Integer => i64;
        Float => f64;
        Decimal => rust_decimal::Decimal;
        Duration => chrono::TimeDelta;
    }
}
result_of! {
    /// A type that has an average: of integers and floats an `f64`.
    #[diagnostic::on_unimplemented(
        message = "only numbers and lengths of time have an average, but here is `{Self}`",
        label = "`{Self}` has no average"
    )]
    Averageable / AvgOf {
        Integer => f64;
        Float => f64;
        Decimal => rust_decimal::Decimal;
        Duration => chrono::TimeDelta;
    }
}

/// A type whose expressions can be compared with expressions of `T`.
///
/// A type compares with itself, but an array with nothing; integers compare with every integer, with `Decimal` and with floats.
#[diagnostic::on_unimplemented(
    message = "a `{T}` cannot be compared with a `{Self}`",
    label = "this is a `{Self}`, the other side a `{T}`"
)]
pub trait ComparableWith<T> {}

#[diagnostic::do_not_recommend]
impl<T: SqlType> ComparableWith<T> for T where T::Family: marker::Scalar {}

macro_rules! comparable {
    ($($a:ty => $($b:ty)+;)+) => { $($(
        #[diagnostic::do_not_recommend]
        impl ComparableWith<$b> for $a {}
    )+)+ };
}
comparable! {
    i16 => i32 i64 f32 f64 rust_decimal::Decimal;
    i32 => i16 i64 f32 f64 rust_decimal::Decimal;
    i64 => i16 i32 f32 f64 rust_decimal::Decimal;
    f32 => i16 i32 i64 f64;
    f64 => i16 i32 i64 f32;
    rust_decimal::Decimal => i16 i32 i64;
}

/// A type of literals that may stand as an `Option` too: `Book::rating.eq(None)`, `.eq(Some(5))`.
///
/// Not `String`: its literal is `&str`, so that `None` alone infers.
pub trait Literal: SqlType<Base = Self, Nullable = Option<Self>> {}

/// The type of `Self op R` for the arithmetic operators.
///
/// Integers widen; an integer with a `Decimal` gives `Decimal`, with a float gives `f64`.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` and a `{R}` cannot be combined by an arithmetic operator",
    label = "no arithmetic between `{Self}` and `{R}`"
)]
pub trait Arithmetic<R> {
    /// The type of the result.
    type Output: SqlType<Base = Self::Output>;
}

macro_rules! arithmetic {
    ($($a:ty, $b:ty => $out:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl Arithmetic<$b> for $a {
            type Output = $out;
        }
    )+ };
}
arithmetic! {
    i16, i16 => i16; i16, i32 => i32; i16, i64 => i64;
    i32, i16 => i32; i32, i32 => i32; i32, i64 => i64;
    i64, i16 => i64; i64, i32 => i64; i64, i64 => i64;
    f32, f32 => f32; f32, f64 => f64; f64, f32 => f64; f64, f64 => f64;
    i16, f32 => f64; i32, f32 => f64; i64, f32 => f64;
    f32, i16 => f64; f32, i32 => f64; f32, i64 => f64;
    i16, f64 => f64; i32, f64 => f64; i64, f64 => f64;
    f64, i16 => f64; f64, i32 => f64; f64, i64 => f64;
    rust_decimal::Decimal, rust_decimal::Decimal => rust_decimal::Decimal;
    rust_decimal::Decimal, i16 => rust_decimal::Decimal;
    rust_decimal::Decimal, i32 => rust_decimal::Decimal;
    rust_decimal::Decimal, i64 => rust_decimal::Decimal;
    i16, rust_decimal::Decimal => rust_decimal::Decimal;
    i32, rust_decimal::Decimal => rust_decimal::Decimal;
    i64, rust_decimal::Decimal => rust_decimal::Decimal;
}

/// The type of `Self + R`: that of numbers, and of a date or a time with a length of time.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` and a `{R}` cannot be combined by an arithmetic operator",
    label = "no arithmetic between `{Self}` and `{R}`"
)]
pub trait Plus<R> {
    /// The type of the result.
    type Output: SqlType<Base = Self::Output>;
}

/// The type of `Self - R`: that of numbers, of a date or a time with a length of time, and of two dates or times.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` and a `{R}` cannot be combined by an arithmetic operator",
    label = "no arithmetic between `{Self}` and `{R}`"
)]
pub trait Minus<R> {
    /// The type of the result.
    type Output: SqlType<Base = Self::Output>;
}

#[diagnostic::do_not_recommend]
impl<L: Arithmetic<R>, R> Plus<R> for L {
    type Output = L::Output;
}

#[diagnostic::do_not_recommend]
impl<L: Arithmetic<R>, R> Minus<R> for L {
    type Output = L::Output;
}

macro_rules! temporal {
    ($trait:ident: $($a:ty, $b:ty => $out:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl $trait<$b> for $a {
            type Output = $out;
        }
    )+ };
}
temporal! { Plus:
    NaiveDate, TimeDelta => NaiveDateTime;
    NaiveDateTime, TimeDelta => NaiveDateTime;
    DateTime<Utc>, TimeDelta => DateTime<Utc>;
    NaiveTime, TimeDelta => NaiveTime;
    TimeDelta, TimeDelta => TimeDelta;
}
temporal! { Plus:
    TimeDelta, NaiveDate => NaiveDateTime;
    TimeDelta, NaiveDateTime => NaiveDateTime;
    TimeDelta, DateTime<Utc> => DateTime<Utc>;
    TimeDelta, NaiveTime => NaiveTime;
}
temporal! { Minus:
    NaiveDate, TimeDelta => NaiveDateTime;
    NaiveDateTime, TimeDelta => NaiveDateTime;
    DateTime<Utc>, TimeDelta => DateTime<Utc>;
    NaiveTime, TimeDelta => NaiveTime;
    TimeDelta, TimeDelta => TimeDelta;
    NaiveDate, NaiveDate => TimeDelta;
    NaiveDateTime, NaiveDateTime => TimeDelta;
    DateTime<Utc>, DateTime<Utc> => TimeDelta;
    NaiveTime, NaiveTime => TimeDelta;
}

kind! {
    /// A JSON document.
    #[diagnostic::on_unimplemented(
        message = "this needs a JSON document, but here is `{Self}`",
        label = "`{Self}` is not JSON"
    )]
    Document / Document: Json
}

/// A type of which can be asked what it contains: a text, a JSON document.
#[diagnostic::on_unimplemented(
    message = "this needs a text or a JSON document, but here is `{Self}`",
    label = "`{Self}` contains nothing"
)]
pub trait Containing {
    /// What it may contain.
    type Part: SqlType;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType> Containing for T
where
    T::Family: marker::Containing,
{
    type Part = <T::Family as marker::Containing>::Part;
}

/// A type of what may be contained in a `T`.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be contained in a `{T}`",
    label = "this is a `{Self}`, the other side a `{T}`"
)]
pub trait PartOf<T> {}

#[diagnostic::do_not_recommend]
impl<P: SqlType, T: SqlType> PartOf<T> for P where P::Family: marker::PartOf<T::Family> {}

/// `DateTime<Utc>`: what a time zone can be asked of.
#[diagnostic::on_unimplemented(
    message = "a time zone needs a `DateTime<Utc>`, but the field holds `{Self}`",
    label = "`{Self}` is not a moment"
)]
pub trait Moment {}

#[diagnostic::do_not_recommend]
impl Moment for DateTime<Utc> {}

/// A type whose expressions a column of `T` takes: its own, and what widens to it without loss.
#[diagnostic::on_unimplemented(
    message = "a field of `{T}` cannot take a `{Self}`",
    label = "this is a `{Self}`, the field a `{T}`"
)]
pub trait AssignableTo<T> {}

#[diagnostic::do_not_recommend]
impl<T: SqlType> AssignableTo<T> for T {}

/// A type whose expressions stand where one of `T` would, in an expression whose type is then `T`: as a branch of `case`, or
/// behind the first in `coalesce`.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot stand in for a `{T}`",
    label = "this is a `{Self}`, but the first value is a `{T}`, which tells the type of all"
)]
pub trait WidensTo<T> {}

#[diagnostic::do_not_recommend]
impl<T: SqlType> WidensTo<T> for T {}

macro_rules! assignable {
    ($($a:ty => $($b:ty)+;)+) => { $($(
        #[diagnostic::do_not_recommend]
        impl AssignableTo<$b> for $a {}
        #[diagnostic::do_not_recommend]
        impl WidensTo<$b> for $a {}
    )+)+ };
}
assignable! {
    i16 => i32 i64 f64 rust_decimal::Decimal;
    i32 => i64 f64 rust_decimal::Decimal;
    i64 => f64 rust_decimal::Decimal;
    f32 => f64;
}
