//! Parts of dates and times: each gives an expression to compare, select or order by.

use chrono::{NaiveDate, NaiveTime};

use crate::ast::Expr as Node;
use crate::ast::builtin::dates::DatePart;
use crate::expr::{BaseOf, Expr, Expression, NullOf};
use crate::types::{DateAndTime, HasDate, HasTime, Nullness, SqlType};

/// A part's type: `T`, with an `Option` if the date may be NULL.
type Part<E, T> =
    Expr<<E as Expression>::Scope, <NullOf<E> as Nullness>::Apply<T>, <E as Expression>::Kind>;

/// The parts of dates and times. Those of a `DateTime<Utc>` are the parts in UTC.
pub trait DateParts: Expression {
    /// The day of a date with a time.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let day = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap();
    /// assert_eq!(Book::objects().filter(Book::created_at.date().lt(day)).count(&db)?, 0);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn date(&self) -> Part<Self, NaiveDate>
    where
        BaseOf<Self>: DateAndTime,
    {
        part(self, DatePart::Date)
    }

    /// The time of day of a date with a time.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let times: Vec<NaiveTime> = Book::objects().values_list(Book::created_at.time()).all(&db)?;
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
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let some = Book::objects().filter(Book::created_at.year().gt(2019)).count(&db)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn year(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasDate,
    {
        part(self, DatePart::Year)
    }

    /// The year of the ISO week: the one that its Thursday is in.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let some = Book::objects().filter(Book::created_at.iso_year().gt(2019)).count(&db)?;
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
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let some = Book::objects().filter(Book::created_at.quarter().range(1..=4)).count(&db)?;
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
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let some = Book::objects().filter(Book::created_at.month().gte(1)).count(&db)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn month(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasDate,
    {
        part(self, DatePart::Month)
    }

    /// The ISO week, 1 to 53.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let some = Book::objects().filter(Book::created_at.week().lte(53)).count(&db)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn week(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasDate,
    {
        part(self, DatePart::Week)
    }

    /// The day of the week from 1, Sunday, to 7, Saturday.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let some = Book::objects().filter(Book::created_at.week_day().lte(7)).count(&db)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn week_day(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasDate,
    {
        part(self, DatePart::WeekDay)
    }

    /// The day of the week from 1, Monday, to 7, Sunday.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let some = Book::objects().filter(Book::created_at.iso_week_day().lte(7)).count(&db)?;
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
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let some = Book::objects().filter(Book::created_at.day().lte(31)).count(&db)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn day(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasDate,
    {
        part(self, DatePart::Day)
    }

    /// The hour, 0 to 23; of a `DateTime<Utc>`, that of UTC.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let some = Book::objects().filter(Book::created_at.hour().lte(23)).count(&db)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn hour(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasTime,
    {
        part(self, DatePart::Hour)
    }

    /// The minute, 0 to 59.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let some = Book::objects().filter(Book::created_at.minute().lte(59)).count(&db)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn minute(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasTime,
    {
        part(self, DatePart::Minute)
    }

    /// The whole second, 0 to 59.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let some = Book::objects().filter(Book::created_at.second().lte(59)).count(&db)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn second(&self) -> Part<Self, i32>
    where
        BaseOf<Self>: HasTime,
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
