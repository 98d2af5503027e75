//! A column of every kind that Django has, in a file that Django made; see `tests/django/data/file`.

use orm::prelude::*;

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    New,
    #[db_enum(rename = "in delivery")]
    InDelivery,
    #[db_enum(rename = "ok")]
    Done,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[db_enum(repr = "i16")]
pub enum Size {
    Small = 1,
    Large = 10,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "kinds_kind",
    ordering = [id],
    unique(fields = [title, day], name = "kind_title_day"),
    check(name = "kind_price_not_negative", condition = Kind::price.gte(0)),
)]
pub struct Kind {
    pub id: i64,
    #[field(max_length = 50, unique)]
    pub slug: String,
    #[field(max_length = 100)]
    pub title: String,
    #[field(default)]
    pub text: String,
    #[field(max_length = 20, default = State::New)]
    pub state: State,
    pub size: Size,
    #[field(default = false)]
    pub flag: bool,
    pub maybe: Option<bool>,
    pub small: i16,
    pub whole: i32,
    pub big: i64,
    pub positive: i32,
    pub float: f64,
    #[field(max_digits = 6, decimal_places = 2)]
    pub price: Decimal,
    #[field(max_digits = 30, decimal_places = 10)]
    pub exact: Option<Decimal>,
    pub day: NaiveDate,
    pub clock: NaiveTime,
    pub moment: DateTime<Utc>,
    pub span: Option<Duration>,
    #[field(unique)]
    pub token: Uuid,
    pub data: Vec<u8>,
    pub body: Option<serde_json::Value>,
    pub address: Option<String>,
    #[field(max_length = 100)]
    pub file: Option<String>,
    #[field(max_length = 200, default)]
    pub link: String,
    #[field(max_length = 20, db_default = "none")]
    pub note: String,
    #[field(max_digits = 12, decimal_places = 2, generated = Kind::price * Kind::small)]
    pub total: Option<Decimal>,
    #[reverse(Parcel::kind)]
    pub parcels: HasMany<Parcel>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "kinds_tag", ordering = [code])]
pub struct Tag {
    #[field(primary_key, max_length = 20)]
    pub code: String,
    #[reverse(ParcelTag::tag)]
    pub links: HasMany<ParcelTag>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "kinds_parcel", ordering = [id])]
pub struct Parcel {
    #[field(primary_key, default = Uuid::new_v4())]
    pub id: Uuid,
    pub kind: ForeignKey<Kind>,
    #[field(on_delete = set_null)]
    pub previous: Option<OneToOne<Self>>,
    #[reverse(Parcel::previous)]
    pub next: HasOne<Parcel>,
    #[reverse(ParcelTag::parcel)]
    pub links: HasMany<ParcelTag>,
}

/// `Parcel.tags`
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "kinds_parcel_tags", ordering = [id], unique(fields = [parcel, tag]))]
pub struct ParcelTag {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub parcel: ForeignKey<Parcel>,
    #[field(on_delete = cascade)]
    pub tag: ForeignKey<Tag>,
}

fn made_by_django() -> Database {
    let db = Database::connect("sqlite::memory:").expect("SQLite in memory");
    let dump = include_str!("../django/data/file/database.sql");
    db.execute_batch(dump).expect("Django's dump");
    db
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn time(text: &str) -> NaiveTime {
    text.parse().expect("a time")
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

/// The rows of `kinds.py`.
fn expected() -> [Kind; 5] {
    let plain = |id: i64, slug: &str| Kind {
        id,
        slug: slug.to_owned(),
        title: "Plain".to_owned(),
        text: String::new(),
        state: State::New,
        size: Size::Small,
        flag: false,
        maybe: None,
        small: 0,
        whole: 0,
        big: 0,
        positive: 0,
        float: 0.0,
        price: dec!(0),
        exact: None,
        day: date(&format!("2024-01-{id:02}")),
        clock: NaiveTime::MIN,
        moment: moment("2024-02-29T00:00:00Z"),
        span: None,
        token: Uuid::from_u128(0x0d3f_b00b_e5ad_40aa_9b7c_0000_0000_0000 + id as u128),
        data: Vec::new(),
        body: None,
        address: None,
        // So Django holds a FileField without a file.
        file: Some(String::new()),
        link: String::new(),
        note: "none".to_owned(),
        total: Some(dec!(0)),
        parcels: HasMany::default(),
    };
    let most = Kind {
        title: "Ünïcode 😀 'quoted' \\".to_owned(),
        text: "a\nb\tc".to_owned(),
        state: State::Done,
        size: Size::Large,
        flag: true,
        maybe: Some(true),
        small: i16::MAX,
        whole: i32::MAX,
        big: i64::MAX,
        positive: i32::MAX,
        float: f64::MAX,
        price: dec!(9999.99),
        exact: Some(dec!(1234.5678901234)),
        day: date("9999-12-31"),
        clock: time("23:59:59.999999"),
        moment: moment("9999-12-31T23:59:59.999999Z"),
        span: Some(Duration::microseconds(86_400_000_001)),
        data: (0..=255).collect(),
        body: Some(
            serde_json::json!({"a": [1, 2.5, "x", null, true], "é": {"😀": "\u{7}\"\\/\u{7f}"}}),
        ),
        address: Some("2001:db8::1".to_owned()),
        file: Some("files/a.txt".to_owned()),
        link: "https://example.com/?q=1".to_owned(),
        total: Some(dec!(327669672.33)),
        ..plain(2, "most")
    };
    let least = Kind {
        state: State::InDelivery,
        maybe: Some(false),
        small: i16::MIN,
        whole: i32::MIN,
        big: i64::MIN,
        float: -0.1,
        price: dec!(0.10),
        exact: Some(dec!(-0.0000000001)),
        day: date("0001-01-01"),
        clock: time("00:00:00.000001"),
        moment: moment("0001-01-01T00:00:00.000010Z"),
        span: Some(Duration::seconds(5) - Duration::days(1)),
        data: vec![0],
        body: Some(serde_json::json!([])),
        address: Some("192.0.2.1".to_owned()),
        total: Some(dec!(-3276.8)),
        ..plain(3, "least")
    };
    let half = Kind {
        price: dec!(2.5),
        whole: 3,
        clock: time("12:30:00"),
        span: Some(Duration::zero()),
        body: Some("a text".into()),
        exact: Some(dec!(7)),
        ..plain(4, "half")
    };
    let null = Kind {
        title: "JSON null".to_owned(),
        body: Some(serde_json::Value::Null),
        float: 1e16,
        exact: Some(dec!(0.1)),
        ..plain(5, "null-json")
    };
    [plain(1, "zero"), most, least, half, null]
}

#[test]
fn a_column_of_every_kind_is_read() -> Result<()> {
    let db = made_by_django();
    let kinds = Kind::objects().all(&db)?;
    assert_eq!(kinds.len(), 5);
    for (kind, expected) in kinds.iter().zip(&expected()) {
        assert_eq!(kind, expected);
    }
    // As many digits behind the point as the field says, though SQLite keeps none.
    assert_eq!(
        (kinds[0].price.to_string(), kinds[3].price.to_string()),
        ("0.00".into(), "2.50".into())
    );
    Ok(())
}

#[test]
fn its_columns_are_asked() -> Result<()> {
    let db = made_by_django();
    let slugs = |condition: Condition<Kind>| -> Result<String> {
        let found = Kind::objects()
            .filter(condition)
            .values_list(Kind::slug)
            .order_by(Kind::id)
            .all(&db)?;
        Ok(found.join(" "))
    };
    for row in expected() {
        let same = Kind::size.eq(row.size)
            & Kind::state.eq(row.state)
            & Kind::flag.eq(row.flag)
            & Kind::big.eq(row.big)
            & Kind::float.eq(row.float)
            & Kind::price.eq(row.price)
            & Kind::exact.eq(row.exact)
            & Kind::day.eq(row.day)
            & Kind::clock.eq(row.clock)
            & Kind::moment.eq(row.moment)
            & Kind::span.eq(row.span)
            & Kind::token.eq(row.token)
            & Kind::data.eq(row.data.clone())
            & Kind::total.eq(row.total)
            & Kind::title.eq(&*row.title)
            & Kind::body.eq(row.body.clone());
        assert_eq!(slugs(same)?, row.slug);
        let same = Kind::price.is_in([row.price])
            & Kind::day.is_in([row.day])
            & Kind::token.is_in([row.token])
            & Kind::clock.is_in([row.clock])
            & Kind::moment.is_in([row.moment])
            & Kind::float.is_in([row.float]);
        assert_eq!(slugs(same)?, row.slug);
    }
    assert_eq!(slugs(Kind::exact.gt(dec!(0.1)))?, "most half");
    assert_eq!(slugs(Kind::exact.lte(dec!(0.1)))?, "least null-json");
    assert_eq!(
        slugs(Kind::exact.is_in([dec!(7), dec!(1234.5678901234)]))?,
        "most half"
    );
    assert_eq!(slugs((Kind::exact + dec!(0.5)).eq(dec!(7.5)))?, "half");
    assert_eq!(
        slugs(Kind::price.range(dec!(0.1)..=dec!(2.5)))?,
        "least half"
    );
    assert_eq!(slugs((Kind::price * 3).eq(dec!(7.5)))?, "half");
    assert_eq!(
        slugs(Kind::moment.year().eq(9999) & Kind::day.month().eq(12) & Kind::clock.hour().eq(23))?,
        "most"
    );
    assert_eq!(slugs(Kind::span.lt(Duration::zero()))?, "least");
    assert_eq!(slugs(Kind::title.icontains("ÜNÏCODE"))?, "most");
    assert_eq!(slugs(Kind::maybe.eq(None))?, "zero half null-json");

    let exact = Kind::objects()
        .order_by(Kind::exact.asc().nulls_first())
        .values_list(Kind::slug)
        .all(&db)?;
    assert_eq!(exact.join(" "), "zero least null-json half most");
    let tokens = Kind::objects()
        .order_by(Kind::token.desc())
        .values_list(Kind::id)
        .all(&db)?;
    assert_eq!(tokens, [5, 4, 3, 2, 1]);
    Ok(())
}

/// Keys of UUIDs and texts, and the link table of a `ManyToManyField`.
#[test]
fn its_relations_are_followed() -> Result<()> {
    let db = made_by_django();
    let [first, second] = &Parcel::objects().all(&db)?[..] else {
        panic!("two parcels")
    };
    assert_eq!(
        (first.id, second.id),
        (Uuid::from_u128(1), Uuid::from_u128(u128::MAX))
    );
    assert_eq!(
        Parcel::objects().get(&db, Parcel::previous.eq(first))?,
        *second
    );
    assert_eq!(
        Parcel::objects().get(&db, Parcel::next.kind.slug.eq("most"))?,
        *first
    );
    assert_eq!(second.kind.fetch(&db)?.slug, "most");
    let kinds = Kind::objects().filter(Kind::parcels.links.any(ParcelTag::tag.eq("Fragile")));
    assert_eq!(kinds.values_list(Kind::slug).all(&db)?, ["zero"]);
    let tags = Tag::objects()
        .filter(Tag::links.parcel.eq(second.id))
        .values_list(Tag::code)
        .all(&db)?;
    assert_eq!(tags, ["é"]);
    Ok(())
}

/// What is stored in a table, column by column: as SQL literals, which tell the type too.
fn stored(db: &Database) -> Result<Vec<(String, Vec<String>)>> {
    let mut all = Vec::new();
    for table in [
        "kinds_kind",
        "kinds_tag",
        "kinds_parcel",
        "kinds_parcel_tags",
    ] {
        // The generated column among them.
        let columns = db.query::<(String,)>("SELECT name FROM pragma_table_xinfo(?)", (table,))?;
        for (column,) in columns {
            let sql = format!("SELECT quote(\"{column}\") FROM {table} ORDER BY 1");
            let literals = db.query::<(String,)>(&sql, ())?;
            all.push((
                format!("{table}.{column}"),
                literals.into_iter().map(|(text,)| text).collect(),
            ));
        }
    }
    Ok(all)
}

#[test]
fn what_is_written_is_stored_as_django_stores_it() -> Result<()> {
    let db = made_by_django();
    let before = stored(&db)?;
    for mut kind in Kind::objects().all(&db)? {
        kind.save(&db)?;
    }
    for mut parcel in Parcel::objects().all(&db)? {
        parcel.save(&db)?;
    }
    assert_eq!(stored(&db)?, before);

    let (kinds, tags) = (Kind::objects().all(&db)?, Tag::objects().all(&db)?);
    let (parcels, links) = (Parcel::objects().all(&db)?, ParcelTag::objects().all(&db)?);
    db.atomic(|tx| {
        for table in [
            "kinds_kind",
            "kinds_tag",
            "kinds_parcel",
            "kinds_parcel_tags",
            "sqlite_sequence",
        ] {
            tx.execute(&format!("DELETE FROM {table}"), ())?;
        }
        assert_eq!(
            Kind::objects().bulk_create(tx, kinds.iter().map(|kind| kind.to_draft()))?,
            kinds
        );
        for tag in &tags {
            Tag::draft().code(&tag.code).save(tx)?;
        }
        for parcel in &parcels {
            let draft = Parcel::draft().id(parcel.id).kind(parcel.kind.id());
            draft.previous(&parcel.previous).save(tx)?;
        }
        ParcelTag::objects().bulk_create(tx, links.iter().map(|link| link.to_draft()))?;
        Ok(())
    })?;
    assert_eq!(stored(&db)?, before);
    assert_eq!(ParcelTag::objects().all(&db)?, links);
    Ok(())
}

#[test]
fn its_constraints_are_told_by_their_names_and_fields() -> Result<()> {
    let db = made_by_django();
    let mut zero = Kind::objects().get(&db, Kind::slug.eq("zero"))?;
    zero.price = dec!(-1);
    let error = zero.save(&db).expect_err("a negative price");
    assert!(
        matches!(&error, Error::CheckViolation { constraint, .. } if constraint == "kind_price_not_negative"),
        "{error:?}"
    );
    zero.price = dec!(1);
    zero.positive = -1;
    let error = zero
        .save(&db)
        .expect_err("a negative number in an unsigned column");
    assert!(
        matches!(
            &error,
            Error::CheckViolation {
                model: Some("Kind"),
                ..
            }
        ),
        "{error:?}"
    );
    zero.positive = 1;
    zero.slug = "most".to_owned();
    let error = zero.save(&db).expect_err("a slug that is taken");
    assert!(
        matches!(&error, Error::UniqueViolation { fields, .. } if fields == &["slug"]),
        "{error:?}"
    );
    zero.slug = "zero".to_owned();
    let half = Kind::objects().get(&db, Kind::slug.eq("half"))?;
    (zero.title, zero.day) = (half.title, half.day);
    let error = zero.save(&db).expect_err("a title and day that are taken");
    assert!(
        matches!(&error, Error::UniqueViolation { fields, .. } if fields == &["title", "day"]),
        "{error:?}"
    );

    // Django's keys say nothing of ON DELETE: what points at a row goes first, or both in one transaction.
    let most = Kind::objects().get(&db, Kind::slug.eq("most"))?;
    let error = most
        .clone()
        .delete(&db)
        .expect_err("a parcel is of this kind");
    assert!(
        matches!(&error, Error::ForeignKeyViolation { .. }),
        "{error:?}"
    );
    db.atomic(|tx| {
        most.delete(tx)?;
        let parcels = Parcel::objects().filter(Parcel::kind.eq(2));
        ParcelTag::objects()
            .filter(ParcelTag::parcel.is_in(parcels.clone()))
            .delete(tx)?;
        parcels.delete(tx)
    })?;
    assert_eq!(
        (
            Kind::objects().count(&db)?,
            ParcelTag::objects().count(&db)?
        ),
        (4, 3)
    );
    Ok(())
}
