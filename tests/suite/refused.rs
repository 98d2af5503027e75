//! Values that a database cannot hold are refused by the field that they stand for.

use orm::prelude::*;

use crate::support::{day, dialect, suite};

/// A model of all that some database cannot hold.
#[derive(Model, Debug, Clone)]
pub struct Extreme {
    pub id: i64,
    pub day: NaiveDate,
    pub at: Option<DateTime<Utc>>,
    pub text: String,
    pub length: Duration,
    pub float: f64,
    pub json: serde_json::Value,
    #[field(on_delete = cascade)]
    pub parent: Option<ForeignKey<Self>>,
}

impl Extreme {
    fn plain() -> Self {
        Self {
            id: 1,
            day: day(2020, 1, 1),
            at: None,
            text: "plain".to_owned(),
            length: Duration::zero(),
            float: 0.0,
            json: serde_json::Value::Null,
            parent: None,
        }
    }

    /// Every field holds what the database of the test cannot.
    fn too_much(db: &Database) -> Self {
        let (day, text, float, json) = match dialect(db) {
            Dialect::Sqlite => (
                day(10_000, 1, 1),
                "plain",
                f64::NAN,
                serde_json::Value::Null,
            ),
            _ => (
                day(-5_000, 1, 1),
                "a\0b",
                0.0,
                serde_json::json!({"a": ["b\0c"]}),
            ),
        };
        Self {
            day,
            at: day.and_hms_opt(1, 2, 3).map(|at| at.and_utc()),
            text: text.to_owned(),
            length: Duration::MAX,
            float,
            json,
            ..Self::plain()
        }
    }

    /// The fields of `too_much` that are.
    fn refused(db: &Database) -> &'static [&'static str] {
        match dialect(db) {
            Dialect::Sqlite => &["day", "at", "length", "float"],
            _ => &["day", "at", "text", "length", "json"],
        }
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T>) -> (&'static str, Vec<String>) {
    match result {
        Err(Error::Validation { model, errors }) => {
            (model, errors.into_iter().map(|error| error.field).collect())
        }
        other => panic!("{other:?}"),
    }
}

suite! {
    fn values_that_the_database_cannot_hold_are_told_by_field(db) {
        let too_much = Extreme::too_much(db);
        let all: Vec<String> = Extreme::refused(db).iter().map(|name| (*name).to_owned()).collect();
        let mut plain = Extreme::plain().to_draft().save(db)?;
        assert_eq!(refused(too_much.to_draft().save(db)), ("Extreme", all.clone()));
        assert_eq!(refused(db.atomic(|tx| too_much.to_draft().save(tx))), ("Extreme", all.clone()));
        assert_eq!(refused(Extreme::objects().bulk_create(db, [plain.to_draft(), too_much.to_draft()])), ("Extreme", all.clone()));
        assert_eq!(refused(too_much.clone().save(db)), ("Extreme", all.clone()));
        assert_eq!(refused(plain.update(db, (Extreme::text.set("x"), Extreme::day.set(too_much.day)))), ("Extreme", vec!["day".to_owned()]));
        assert_eq!(refused(Extreme::objects().update(db, Extreme::length.set(Duration::MAX))), ("Extreme", vec!["length".to_owned()]));
        let fields = (Extreme::text, Extreme::at, Extreme::length);
        let told = refused(Extreme::objects().bulk_update(db, [&plain, &Extreme { id: plain.id + 1, ..too_much }], fields));
        assert!(told.1.contains(&"length".to_owned()) && told.1.contains(&"at".to_owned()), "{told:?}");
        // None of these was sent: a transaction goes on.
        assert_eq!(Extreme::objects().count(db)?, 1);
    }

    fn values_in_conditions_are_told_by_the_field_they_are_compared_with(db) {
        let far = Extreme::too_much(db).day;
        let moment = far.and_hms_opt(0, 0, 0).expect("midnight").and_utc();
        let field = |condition: Condition<Extreme>| {
            let ((), log) = db.capture(|db| {
                assert_eq!(refused(Extreme::objects().filter(condition.clone()).all(db)), refused(Extreme::objects().filter(condition.clone()).count(db)));
                Ok(())
            }).expect("a log");
            assert_eq!(log.len(), 2);
            refused(Extreme::objects().filter(condition).delete(db))
        };
        let one = |name: &str| ("Extreme", vec![name.to_owned()]);
        assert_eq!(field(Extreme::day.lt(far)), one("day"));
        assert_eq!(field(!Extreme::day.eq(far) & Extreme::id.gt(1)), one("day"));
        assert_eq!(field(Extreme::id.gt(1) | Extreme::day.is_in([day(2020, 1, 1), far])), one("day"));
        assert_eq!(field(Extreme::at.between(moment, moment)), one("at"));
        assert_eq!(field(Extreme::parent.day.gt(far)), one("parent.day"));
        assert_eq!(field(Extreme::parent.parent.at.eq(moment)), one("parent.parent.at"));
        assert_eq!(field(Extreme::at.unwrap_or(moment).eq(moment)), one("at"));
        assert_eq!(field(Extreme::at.date().eq(far)), one("at"));
        assert_eq!(field(Extreme::id.is_in(Extreme::objects().filter(Extreme::day.eq(far)).values_list(Extreme::id))), one("day"));
        let iterated = Extreme::objects().filter(Extreme::day.eq(far)).iterator(db)?.next().expect("an error");
        assert_eq!(refused(iterated), one("day"));
        let renamed = Extreme::objects().update(db, Extreme::day.set(case().when(Extreme::id.eq(1), far).otherwise(Extreme::day)));
        assert_eq!(refused(renamed), one("day"));
        // What stands for no field.
        assert_eq!(refused(Extreme::objects().values_list((Extreme::id, value(far))).all(db)), ("Extreme", vec!["parameter 1".to_owned()]));
        assert_eq!(refused(db.query::<(i64,)>("SELECT id FROM extreme WHERE id = ? AND day = ?", (1, far))), ("raw SQL", vec!["parameter 2".to_owned()]));
        assert_eq!(refused(Extreme::raw("SELECT * FROM extreme WHERE day = ?", (far,)).all(db)), ("Extreme", vec!["parameter 1".to_owned()]));
    }

    fn a_refused_value_leaves_the_transaction_as_it_is(db) {
        let too_much = Extreme::too_much(db);
        db.atomic(|tx| {
            Extreme::plain().to_draft().save(tx)?;
            assert!(too_much.to_draft().save(tx).is_err());
            let json = Extreme { json: too_much.json.clone(), ..Extreme::plain() };
            let saved = json.to_draft().save(tx);
            assert_eq!(Extreme::objects().count(tx)?, 1 + u64::from(saved.is_ok()));
            Ok(())
        })?;
        assert!(Extreme::objects().exists(db)?);
    }

    fn json_with_a_nul_is_refused_by_postgres_alone(db) {
        for (document, holds) in [
            (serde_json::json!({"a": "b\0"}), false),
            (serde_json::json!({"a\0": 1}), false),
            (serde_json::json!(["\\u0000", "\\\\u0000", "\\\\"]), true),
        ] {
            let saved = Extreme { json: document.clone(), ..Extreme::plain() }.to_draft().save(db);
            if holds || dialect(db) == Dialect::Sqlite {
                assert_eq!(Extreme::objects().get(db, Extreme::id.eq(saved?.id))?.json, document);
            } else {
                assert_eq!(refused(saved), ("Extreme", vec!["json".to_owned()]));
            }
        }
    }

    fn the_first_and_last_days_that_fit(db) {
        let (first, last) = match dialect(db) {
            Dialect::Sqlite => (day(0, 1, 1), day(9999, 12, 31)),
            _ => (day(-4713, 11, 24), NaiveDate::MAX),
        };
        for edge in [first, last] {
            let row = Extreme { day: edge, at: edge.and_hms_opt(0, 0, 0).map(|at| at.and_utc()), ..Extreme::plain() };
            let saved = row.to_draft().save(db)?;
            assert_eq!(Extreme::objects().get(db, Extreme::id.eq(saved.id))?.day, edge);
        }
        let before = first.pred_opt().expect("a day before");
        assert_eq!(refused(Extreme { day: before, ..Extreme::plain() }.to_draft().save(db)).1, ["day"]);
    }
}
