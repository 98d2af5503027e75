//! Parts of dates and times: each gives an expression to compare, select or order by.

use chrono::{NaiveDate, NaiveTime};

use crate::ast::Expr as Node;
use crate::ast::builtin::dates::DatePart;
use crate::expr::{BaseOf, Expr, Expression, NullOf};
use crate::types::{DateAndTime, HasClock, HasDate, Nullness, SqlType};

/// A part's type: `T`, with an `Option` if the date may be NULL.
type Part<E, T> =
    Expr<<E as Expression>::Scope, <NullOf<E> as Nullness>::Apply<T>, <E as Expression>::Kind>;

/// The parts of dates and times: each is an expression to compare, select or order by. They are Django's lookups
/// `date`, `time`, `year`, `iso_year`, `quarter` and so on.
///
/// Those of a `DateTime<Utc>` are the parts in UTC. SQLite holds dates as texts, out of which the parts are cut.
///
/// A comparison of a part cannot use an index on the column, where Django turns `year` into a range of days; compare the
/// column itself with [`range`](crate::expr::lookups::Comparison::range) where that matters.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// # let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
/// // Both joined on Saturday, 29 February 2020.
/// let in_2020 = Author::joined_date.range(day(2020, 1, 1)..=day(2020, 12, 31));
/// assert_eq!(Author::objects().filter(in_2020).count(&db)?, 2);
/// assert_eq!(Author::objects().filter(Author::joined_date.year().eq(2020)).count(&db)?, 2);
/// # Ok::<(), orm::Error>(())
/// ```
pub trait DateParts: Expression {
    /// The day of a date with a time; in UTC.
    ///
    /// SQL: PostgreSQL `CAST("created_at" AT TIME ZONE 'UTC' AS date)`, SQLite `substr("created_at", 1, 10)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let today = Utc::now().date_naive();
    /// assert!(Book::objects().filter(Book::created_at.date().lte(today)).exists(&db)?);
    /// let days: Vec<NaiveDate> = Book::objects().values_list(Book::created_at.date()).distinct().all(&db)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn date(&self) -> Part<Self, NaiveDate>
    where
        BaseOf<Self>: DateAndTime,
    {
        part(self, DatePart::Date)
    }

    /// The time of day of a date with a time; in UTC.
    ///
    /// SQL: PostgreSQL `CAST("created_at" AT TIME ZONE 'UTC' AS time)`, SQLite `substr("created_at", 12)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap();
    /// let in_the_morning = Book::objects().filter(Book::created_at.time().lt(noon)).count(&db)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn time(&self) -> Part<Self, NaiveTime>
    where
        BaseOf<Self>: DateAndTime,
    {
        part(self, DatePart::Time)
    }

    /// The calendar year.
    ///
    /// SQL: PostgreSQL `CAST(EXTRACT(YEAR FROM ..) AS integer)`, SQLite `CAST(substr(.., 1, 4) AS INTEGER)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::author.joined_date.year().gt(2019)).count(&db)?, 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn year(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasDate,
    {
        part(self, DatePart::Year)
    }

    /// The year of the ISO 8601 week: the one that its Thursday is in. 1 January 2021, a Friday, is in the year 2020.
    ///
    /// SQL: PostgreSQL `EXTRACT(ISOYEAR FROM ..)`, SQLite `strftime('%G', ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let day = NaiveDate::from_ymd_opt(2021, 1, 1).unwrap();
    /// Author::draft().name("Ann").joined_date(day).save(&db)?;
    /// assert_eq!(Author::objects().filter(Author::joined_date.iso_year().eq(2021)).count(&db)?, 0);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn iso_year(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasDate,
    {
        part(self, DatePart::IsoYear)
    }

    /// The quarter, 1 to 4.
    ///
    /// SQL: PostgreSQL `EXTRACT(QUARTER FROM ..)`, SQLite by the month
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Author::objects().filter(Author::joined_date.quarter().eq(1)).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn quarter(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasDate,
    {
        part(self, DatePart::Quarter)
    }

    /// The month, 1 to 12.
    ///
    /// SQL: PostgreSQL `EXTRACT(MONTH FROM ..)`, SQLite `substr(.., 6, 2)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Author::objects().filter(Author::joined_date.month().is_in([2, 3])).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn month(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasDate,
    {
        part(self, DatePart::Month)
    }

    /// The week of the year by ISO 8601, 1 to 53. The year that it belongs to is [`iso_year`](Self::iso_year).
    ///
    /// SQL: PostgreSQL `EXTRACT(WEEK FROM ..)`, SQLite `strftime('%V', ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let weeks: Vec<(i32, i32)> = Author::objects()
    ///     .values_list((Author::joined_date.iso_year(), Author::joined_date.week()))
    ///     .distinct()
    ///     .all(&db)?;
    /// assert_eq!(weeks, [(2020, 9)]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn week(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasDate,
    {
        part(self, DatePart::Week)
    }

    /// The day of the week from 1, Sunday, to 7, Saturday, as in Django.
    ///
    /// SQL: PostgreSQL `EXTRACT(DOW FROM ..) + 1`, SQLite `strftime('%w', ..) + 1`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let at_weekends = Author::joined_date.week_day().is_in([7, 1]);
    /// assert_eq!(Author::objects().filter(at_weekends).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn week_day(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasDate,
    {
        part(self, DatePart::WeekDay)
    }

    /// The day of the week by ISO 8601, from 1, Monday, to 7, Sunday.
    ///
    /// SQL: PostgreSQL `EXTRACT(ISODOW FROM ..)`, SQLite `strftime('%u', ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let at_weekends = Author::joined_date.iso_week_day().gte(6);
    /// assert_eq!(Author::objects().filter(at_weekends).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn iso_week_day(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasDate,
    {
        part(self, DatePart::IsoWeekDay)
    }

    /// The day of the month, 1 to 31.
    ///
    /// SQL: PostgreSQL `EXTRACT(DAY FROM ..)`, SQLite `substr(.., 9, 2)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let leap = Author::joined_date.month().eq(2) & Author::joined_date.day().eq(29);
    /// assert_eq!(Author::objects().filter(leap).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn day(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasDate,
    {
        part(self, DatePart::Day)
    }

    /// The hour, 0 to 23; of a `DateTime<Utc>` that of UTC. Of a `Duration` all its whole hours; those of a negative one are negative.
    ///
    /// SQL: PostgreSQL `EXTRACT(HOUR FROM ..)`, SQLite `substr(.., 12, 2)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let office_hours = Book::created_at.hour().range(9..=16) & Book::created_at.iso_week_day().lte(5);
    /// let entered_then = Book::objects().filter(office_hours).count(&db)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn hour(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasClock,
    {
        part(self, DatePart::Hour)
    }

    /// The minute, 0 to 59; of a `Duration` those beside its hours, with its sign.
    ///
    /// SQL: PostgreSQL `EXTRACT(MINUTE FROM ..)`, SQLite `substr(.., 15, 2)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let on_the_hour = Book::objects().filter(Book::created_at.minute().eq(0)).count(&db)?;
    /// assert!(Book::objects().filter(!Book::created_at.minute().range(0..=59)).all(&db)?.is_empty());
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn minute(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasClock,
    {
        part(self, DatePart::Minute)
    }

    /// The whole second, 0 to 59: what is behind the point is cut. Of a `Duration` those beside its minutes, with its sign.
    ///
    /// SQL: PostgreSQL `EXTRACT(SECOND FROM ..)` cut to an integer, SQLite `substr(.., 18, 2)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let seconds: Vec<i32> = Book::objects().values_list(Book::created_at.second()).all(&db)?;
    /// assert!(seconds.iter().all(|second| (0..60).contains(second)));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn second(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasClock,
    {
        part(self, DatePart::Second)
    }
}

impl<E: Expression + ?Sized> DateParts for E {}

fn part<E, T>(of: &E, part: DatePart) -> Part<E, T>
where
    E: Expression + ?Sized,
    T: SqlType,
{
    Expr::new(Node::call(part.function(E::Type::COLUMN), vec![of.node()]))
}
