//! Functions on rows of chance, each beside the same in plain Rust: both databases must give what Rust gives.

use chrono::{Datelike, Timelike};
use orm::prelude::*;
use rust_decimal::RoundingStrategy::{MidpointAwayFromZero, ToZero};

use crate::models::{Email, Everything, Mood, Settings, Size};
use crate::support::suite;

/// Numbers of chance, the same in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: i64) -> i64 {
        (self.next() >> 1) as i64 % end
    }

    fn text(&mut self, longest: i64) -> String {
        const LETTERS: [char; 10] = ['a', 'b', 'A', ' ', 'é', 'ß', '日', '😀', '%', '\''];
        (0..self.below(longest + 1))
            .map(|_| LETTERS[self.below(10) as usize])
            .collect()
    }

    fn moment(&mut self) -> NaiveDateTime {
        // Half of the moments are round ones, where mistakes sit.
        let seconds = self.below(4_000_000_000) - 1_500_000_000;
        let seconds = if self.below(2) == 0 {
            seconds / 86_400 * 86_400
        } else {
            seconds
        };
        let micros = if self.below(2) == 0 {
            0
        } else {
            self.below(1_000_000)
        };
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1)
            .expect("a day")
            .and_time(NaiveTime::MIN);
        epoch + Duration::seconds(seconds) + Duration::microseconds(micros)
    }
}

/// A row whose values stand in the arguments of functions too.
fn row(chance: &mut Chance) -> orm::draft::Draft<Everything> {
    let (at, other) = (chance.moment(), chance.moment());
    let length = Duration::microseconds(chance.below(400_000_000_000) - 200_000_000_000);
    let maybe_text = (chance.below(4) > 0).then(|| chance.text(2));
    let settings = Settings {
        theme: chance.text(3),
        sizes: vec![],
    };
    Everything::draft()
        .a_bool(chance.below(2) == 0)
        .an_i16(chance.below(25) as i16 - 8)
        .an_i32(chance.below(2_000_000) as i32 - 1_000_000)
        .an_i64(chance.below(1 << 50) - (1 << 49))
        .an_f32(0.5)
        .an_f64((chance.below(2_000_001) - 1_000_000) as f64 / 8.0)
        .a_text(chance.text(9))
        .some_bytes(vec![])
        .a_decimal(Decimal::new(chance.below(2_000_000_000) - 1_000_000_000, 4))
        .a_uuid(Uuid::nil())
        .a_date(other.date())
        .a_time(at.time())
        .a_date_time(other)
        .a_moment(at.and_utc())
        .a_duration(length)
        .some_json(json!({"k": chance.text(3), "n": chance.below(9)}))
        .some_settings(Json(settings))
        .a_mood(Mood::Happy)
        .a_size(Size::Small)
        .an_email(Email(chance.text(2)))
        .maybe_text(maybe_text.as_deref())
        .maybe_i32(if chance.below(4) == 0 {
            None
        } else {
            Some(chance.below(40) as i32 - 20)
        })
        .build()
}

fn rows(db: &Database, seed: u64) -> Result<Vec<Everything>> {
    let mut chance = Chance(seed);
    let drafts: Vec<_> = (0..150).map(|_| row(&mut chance)).collect();
    Everything::objects().bulk_create(db, drafts)
}

fn chars(text: &str) -> Vec<char> {
    text.chars().collect()
}

fn substr(text: &str, from: i64, count: i64) -> String {
    let places = (1..).zip(text.chars());
    places
        .filter(|(place, _)| *place >= from && *place < from + count.max(0))
        .map(|(_, c)| c)
        .collect()
}

fn padded(text: &str, count: i64, fill: &str, left: bool) -> String {
    let count = usize::try_from(count).unwrap_or(0);
    let all = chars(text);
    if all.len() >= count || fill.is_empty() {
        return all.into_iter().take(count).collect();
    }
    let filling: String = fill.chars().cycle().take(count - all.len()).collect();
    if left {
        filling + text
    } else {
        text.to_owned() + &filling
    }
}

fn index(text: &str, part: &str) -> i32 {
    text.find(part)
        .map_or(0, |at| text[..at].chars().count() as i32 + 1)
}

fn first(date: NaiveDate, month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(date.year(), month, 1).expect("a day")
}

suite! {
    fn texts(db) {
        let expected = rows(db, 0x5eed)?;
        let (text, other, small, maybe) = (Everything::a_text, Everything::maybe_text, Everything::an_i16, Everything::maybe_i32);
        let parts = (text.substr(small, maybe), text.substr_from(small), text.left(small), text.right(small), text.reverse(), text.repeat(small), text.trim(), text.length());
        let found = Everything::objects().order_by(Everything::id).values_list(parts).all(db)?;
        for (row, found) in expected.iter().zip(found) {
            let (text, small) = (row.a_text.as_str(), i64::from(row.an_i16));
            let all = chars(text);
            let right = all.len().saturating_sub(usize::try_from(small).unwrap_or(0));
            let from = if small < 1 { text.to_owned() } else { substr(text, small, 99) };
            let expected = (
                row.maybe_i32.map(|count| substr(text, small, count.into())), from, substr(text, 1, small), all[right..].iter().collect::<String>(),
                all.iter().rev().collect::<String>(), text.repeat(usize::try_from(small).unwrap_or(0)), text.trim_matches(' ').to_owned(), all.len() as i32,
            );
            assert_eq!(found, expected, "{row:?}");
        }
        let changed = (text.replace(other, "<>"), text.str_index(other), text.lpad(small, other), text.rpad(small, other), text.ltrim(), text.rtrim(), concat((other, "|", text)), greatest((text.length(), small)));
        let found = Everything::objects().order_by(Everything::id).values_list(changed).all(db)?;
        for (row, found) in expected.iter().zip(found) {
            let (text, count) = (row.a_text.as_str(), i64::from(row.an_i16));
            let other = row.maybe_text.as_deref();
            let replaced = other.map(|other| if other.is_empty() { text.to_owned() } else { text.replace(other, "<>") });
            let expected = (
                replaced, other.map(|other| index(text, other)), other.map(|other| padded(text, count, other, true)), other.map(|other| padded(text, count, other, false)),
                text.trim_start_matches(' ').to_owned(), text.trim_end_matches(' ').to_owned(), format!("{}|{text}", other.unwrap_or_default()),
                (chars(text).len() as i32).max(row.an_i16.into()),
            );
            assert_eq!(found, expected, "{row:?}");
        }
    }

    fn numbers(db) {
        let expected = rows(db, 0xacce55)?;
        let (exact, float, whole, small) = (Everything::a_decimal, Everything::an_f64, Everything::an_i32, Everything::an_i16);
        let rounded = (exact.round(2), exact.round(0), exact.ceil(), exact.floor(), exact.abs(), exact.sign(), float.round(1), float.ceil());
        let found = Everything::objects().order_by(Everything::id).values_list(rounded).all(db)?;
        for (row, found) in expected.iter().zip(found) {
            let (exact, float) = (row.a_decimal, row.an_f64);
            let sign = Decimal::from(exact.cmp(&Decimal::ZERO) as i8);
            // Eighths have three digits behind the point, so that a decimal has them exactly.
            let tenths = Decimal::try_from(float).expect("a decimal").round_dp_with_strategy(1, MidpointAwayFromZero);
            let expected = (
                exact.round_dp_with_strategy(2, MidpointAwayFromZero), exact.round_dp_with_strategy(0, MidpointAwayFromZero), exact.ceil(), exact.floor(),
                exact.abs(), sign, tenths.to_string().parse::<f64>().expect("a float"), float.ceil(),
            );
            assert_eq!(found, expected, "{row:?}");
        }
        let casts = (exact.cast::<i32>(), exact.cast::<String>(), exact.cast::<f64>(), float.cast::<i64>(), float.cast::<String>(), float.cast::<Decimal>(), whole.cast::<String>(), whole.cast::<Decimal>());
        let found = Everything::objects().order_by(Everything::id).values_list(casts).all(db)?;
        for (row, found) in expected.iter().zip(found) {
            let exact = row.a_decimal;
            let cut: i32 = exact.round_dp_with_strategy(0, ToZero).to_string().parse().expect("an integer");
            let expected = (
                cut, exact.normalize().to_string(), exact.to_string().parse::<f64>().expect("a float"), row.an_f64.trunc() as i64, row.an_f64.to_string(),
                Decimal::try_from(row.an_f64).expect("a decimal"), row.an_i32.to_string(), Decimal::from(row.an_i32),
            );
            assert_eq!(found, expected, "{row:?}");
        }
        let bits = (whole.bit_and(small), whole.bit_or(small), whole.bit_xor(Everything::an_i64), whole.shl(small), whole.shr(small), whole.round(-3), whole.null_if(small), least((whole, small)));
        let found = Everything::objects().order_by(Everything::id).values_list(bits).all(db)?;
        for (row, found) in expected.iter().zip(found) {
            let (whole, small) = (row.an_i32, i32::from(row.an_i16));
            let places = u32::try_from(small).ok().filter(|places| *places < 32);
            let thousands = Decimal::from(whole) / Decimal::from(1000);
            let thousands: i32 = thousands.round_dp_with_strategy(0, MidpointAwayFromZero).to_string().parse().expect("an integer");
            let expected = (
                whole & small, whole | small, i64::from(whole) ^ row.an_i64, places.map_or(0, |places| whole << places), whole >> places.unwrap_or(31),
                thousands * 1000, (whole != small).then_some(whole), whole.min(small),
            );
            assert_eq!(found, expected, "{row:?}");
        }
    }

    fn dates(db) {
        let expected = rows(db, 0xda7e5)?;
        let (moment, local, date, time, length) = (Everything::a_moment, Everything::a_date_time, Everything::a_date, Everything::a_time, Everything::a_duration);
        let sums = (moment + length, moment - length, local + length, date - length, time + length, moment - local.cast::<DateTime<Utc>>(), date - local.date(), local.cast::<String>());
        let found = Everything::objects().order_by(Everything::id).values_list(sums).all(db)?;
        for (row, found) in expected.iter().zip(found) {
            let (moment, local, length) = (row.a_moment, row.a_date_time, row.a_duration);
            let text = local.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
            let expected = (
                moment + length, moment - length, local + length, row.a_date.and_time(NaiveTime::MIN) - length, row.a_time.overflowing_add_signed(length).0,
                moment - local.and_utc(), row.a_date - local.date(), text.trim_end_matches(".000000").to_owned(),
            );
            assert_eq!(found, expected, "{row:?}");
        }
        let cut = (moment.trunc_quarter(), local.trunc_week(), date.trunc_month(), local.trunc_minute(), time.trunc_hour(), length.hour(), length.minute(), length.second());
        let found = Everything::objects().order_by(Everything::id).values_list(cut).all(db)?;
        for (row, found) in expected.iter().zip(found) {
            let (day, local) = (row.a_moment.date_naive(), row.a_date_time);
            let monday = local.date() - Duration::days(local.weekday().num_days_from_monday().into());
            let seconds = row.a_duration.num_microseconds().unwrap_or(0) / 1_000_000;
            let expected = (
                first(day, day.month0() / 3 * 3 + 1).and_time(NaiveTime::MIN).and_utc(), monday.and_time(NaiveTime::MIN), first(row.a_date, row.a_date.month()),
                local.date().and_hms_opt(local.hour(), local.minute(), 0).expect("a time"), NaiveTime::from_hms_opt(row.a_time.hour(), 0, 0).expect("a time"),
                (seconds / 3600) as i32, (seconds / 60 % 60) as i32, (seconds % 60) as i32,
            );
            assert_eq!(found, expected, "{row:?}");
        }
    }
}
