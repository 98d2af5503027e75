//! Columns of types that only PostgreSQL has.

use orm::prelude::*;

use crate::server::Scratch;

/// Keys of a fixed length, which the server fills up with blanks.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Port {
    #[field(primary_key)]
    pub code: String,
    pub town: String,
    #[reverse(Ship::home)]
    pub ships: HasMany<Ship>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Ship {
    pub id: i16,
    #[field(column = "home")]
    pub home: ForeignKey<Port>,
    /// A domain over text, one over integer.
    pub mail: String,
    pub built: i32,
    /// `numeric` without digits, `timestamp` and `timestamptz`, `smallint`, `real`, `json`.
    pub tons: Decimal,
    pub launched: NaiveDateTime,
    pub seen: DateTime<Utc>,
    pub masts: i32,
    pub draught: f32,
    pub papers: serde_json::Value,
}

const TABLES: &str = "
    CREATE DOMAIN mail AS text CHECK (VALUE LIKE '%@%');
    CREATE DOMAIN year AS integer CHECK (VALUE > 1800);
    CREATE TABLE port (code char(5) PRIMARY KEY, town varchar(20));
    CREATE TABLE ship (id smallserial PRIMARY KEY, home char(5) REFERENCES port, mail mail, built year, tons numeric,
        launched timestamp, seen timestamptz, masts smallint, draught real, papers json);
    INSERT INTO port VALUES ('HAM', 'Hamburg'), ('A B', 'Aabenraa');
    INSERT INTO ship VALUES (1, 'HAM', 'a@b', 1911, 1234567890.0987654321, '1911-02-03 04:05:06.789', '1911-02-03 04:05+01',
        4, 1.5, '{\"a\": 1}');
    SELECT setval('ship_id_seq', 1);";

fn with_tables(test: impl FnOnce(&Database) -> Result<()>) {
    let scratch = Scratch::new();
    let db = Database::connect(&scratch.url()).expect("PostgreSQL");
    db.execute_batch(TABLES).expect("tables");
    test(&db).expect("the test");
}

#[test]
fn a_text_of_a_fixed_length_is_found_again() {
    with_tables(|db| {
        for port in Port::objects().all(db)? {
            assert!(!port.code.ends_with(' '));
            assert_eq!(Port::objects().get(db, Port::code.eq(&*port.code))?, port);
            assert_eq!(Port::objects().in_bulk(db, [port.code.clone()])?.len(), 1);
        }
        let ship = Ship::objects().get(db, Ship::home.code.iexact("ham"))?;
        assert_eq!(ship.home.fetch(db)?.town, "Hamburg");
        assert_eq!(
            Ship::objects()
                .filter(Ship::home.is_in(["HAM"]))
                .count(db)?,
            1
        );
        let mut port = Port::draft().code("X").town("Exmouth").save(db)?;
        port.town = "Xanten".into();
        port.save(db)?;
        port.refresh(db)?;
        assert_eq!((&*port.code, &*port.town), ("X", "Xanten"));
        assert_eq!(
            Port::objects().filter(Port::code.length().eq(1)).one(db)?,
            port
        );
        Ok(())
    });
}

#[test]
fn columns_of_other_types_are_read_and_written() {
    with_tables(|db| {
        let ship = Ship::objects().get(db, Ship::built.eq(1911) & Ship::mail.endswith("@b"))?;
        assert_eq!(ship.tons, dec!(1234567890.0987654321));
        assert_eq!(ship.launched.to_string(), "1911-02-03 04:05:06.789");
        assert_eq!(ship.seen.to_rfc3339(), "1911-02-03T03:05:00+00:00");
        assert_eq!(
            (ship.masts, ship.draught, &ship.papers["a"]),
            (4, 1.5, &serde_json::json!(1))
        );

        let copy = |year: i32, masts: i32, mail: &str| {
            Ship::draft()
                .home(&*ship.home.id())
                .mail(mail)
                .built(year)
                .tons(ship.tons)
                .launched(ship.launched)
                .seen(ship.seen)
                .masts(masts)
                .draught(ship.draught)
                .papers(ship.papers.clone())
        };
        Ship::objects().bulk_create(db, [copy(1850, 5, "c@d"), copy(1900, 55, "c@d")])?;
        let found = Ship::objects()
            .filter(
                Ship::built.is_in([1850, 1900]) & Ship::launched.date().eq(ship.launched.date()),
            )
            .order_by(Ship::built)
            .values_list((Ship::built, Ship::masts, Ship::tons * 2))
            .all(db)?;
        let tons = dec!(2469135780.1975308642);
        assert_eq!(found, [(1850, 5, tons), (1900, 55, tons)]);

        // The column is a smallint and a domain, the field wider: what does not fit is the database's to refuse.
        let refused = copy(1850, 40_000, "c@d").save(db);
        assert!(
            matches!(refused, Err(Error::OutOfRange { .. })),
            "{refused:?}"
        );
        let refused = copy(1850, 1, "nowhere").save(db);
        assert!(
            matches!(refused, Err(Error::CheckViolation { .. })),
            "{refused:?}"
        );
        Ok(())
    });
}

/// What no field can hold is told by model, field and reason.
#[test]
fn a_type_that_no_field_has_is_told() {
    #[derive(Model, Debug)]
    #[model(table = "ship")]
    struct Odd {
        id: i16,
        #[field(column = "home")]
        tags: String,
    }
    with_tables(|db| {
        db.execute_batch(
            "ALTER TABLE ship DROP COLUMN home, ADD COLUMN home text[] DEFAULT '{a,b}'",
        )?;
        let error = Odd::objects().all(db).expect_err("an array");
        assert_eq!(
            error.to_string(),
            "Odd.tags: expected String, found an array"
        );
        Ok(())
    });
}
