//! Structs that are embedded in models: their fields are columns of the model in all that one can do with a column.

use chrono::TimeZone as _;
use orm::prelude::*;

use crate::support::suite;

/// Somebody who writes.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "embed_editor")]
pub struct Editor {
    pub id: i64,
    pub name: String,
    #[reverse(Notice::audit.created_by)]
    pub notices: HasMany<Notice>,
    #[reverse(Parcel::audit.checked_by)]
    pub checked: HasMany<Parcel>,
    #[reverse(Parcel::seal.holder)]
    pub sealed: HasOne<Parcel>,
}

/// All filled by the clock.
#[derive(Embed, Debug, Clone, PartialEq)]
pub struct Stamps {
    #[field(auto_now_add, index)]
    pub created_at: DateTime<Utc>,
    #[field(auto_now)]
    pub updated_at: DateTime<Utc>,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Low,
    High,
}

/// Keys, an enum, options and defaults, and another struct inside.
#[derive(Embed, Debug, Clone, PartialEq)]
pub struct Audit {
    #[field(on_delete = cascade)]
    pub created_by: ForeignKey<Editor>,
    #[field(on_delete = set_null, column = "checker")]
    pub checked_by: Option<ForeignKey<Editor>>,
    #[field(default = Level::Low)]
    pub level: Level,
    #[model(embed)]
    pub stamps: Stamps,
    #[field(max_length = 10)]
    pub remark: Option<String>,
    #[field(db_default = 7)]
    pub weight: i32,
}

#[derive(Embed, Debug, Clone, PartialEq, Eq)]
pub struct Place {
    #[field(max_length = 20)]
    pub street: String,
    pub number: i32,
    #[field(default)]
    pub floor: i16,
}

#[derive(Embed, Debug, Clone, PartialEq)]
pub struct Seal {
    #[field(unique)]
    pub code: Option<String>,
    #[field(on_delete = set_null)]
    pub holder: Option<OneToOne<Editor>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "embed_notice", ordering = [-audit.stamps.created_at, audit.created_by, title], unique(fields = [title, audit.created_by]))]
pub struct Notice {
    #[model(embed)]
    pub audit: Audit,
    pub id: i64,
    pub title: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "embed_parcel",
    index(fields = [to.street, -to.number]),
    check(name = "number_positive", condition = Parcel::to.number.gt(0)),
    default_filter = Parcel::to.floor.lt(100),
)]
pub struct Parcel {
    pub id: i64,
    #[model(embed)]
    pub to: Place,
    #[model(embed(prefix = "from_"))]
    #[field(path = from_place)]
    pub from: Place,
    #[model(embed(prefix = "audit_"))]
    pub audit: Audit,
    #[model(embed(prefix = "seal_"))]
    pub seal: Seal,
    #[field(generated = Parcel::grams * 2)]
    pub price: i64,
    pub grams: i64,
}

/// A model whose embedded struct needs nothing.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "embed_reply")]
pub struct Reply {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub notice: ForeignKey<Notice>,
    #[model(embed)]
    pub stamps: Stamps,
}

fn editors(db: &Database) -> Result<[Editor; 2]> {
    let ann = Editor::draft().name("Ann").save(db)?;
    let ben = Editor::draft().name("Ben").save(db)?;
    Ok([ann, ben])
}

fn place(street: &str, number: i32) -> Place {
    Place {
        street: street.into(),
        number,
        floor: 2,
    }
}

fn parcel(db: &Database, by: &Editor, street: &str, number: i32) -> Result<Parcel> {
    Parcel::draft()
        .grams(10)
        .to(place(street, number))
        .from_place(Place::draft().street("Here").number(1))
        .audit(Audit::draft().created_by(by))
        .save(db)
}

suite! {
    fn a_draft_takes_the_struct_or_a_part_of_it(db) {
        let [ann, ben] = editors(db)?;
        let before = Utc.with_ymd_and_hms(2020, 2, 29, 12, 0, 0).unwrap();
        let first = Notice::draft().title("A").audit(Audit::draft().created_by(&ann)).save(db)?;
        assert_eq!((first.audit.level, first.audit.weight), (Level::Low, 7));
        assert_eq!((&first.audit.checked_by, &first.audit.remark), (&None, &None));
        assert!(first.audit.stamps.created_at > before && first.audit.stamps.updated_at > before);
        assert_eq!(Notice::objects().get(db, Notice::id.eq(first.id))?, first);
        // A whole struct, by value and by reference.
        let audit = Audit {
            created_by: (&ben).into(),
            checked_by: Some((&ann).into()),
            level: Level::High,
            stamps: Stamps { created_at: before, updated_at: before },
            remark: Some("ok".into()),
            weight: 1,
        };
        let second = Notice::draft().title("B").audit(&audit).save(db)?;
        let third = Notice::draft().audit(audit.clone()).title("C").save(db)?;
        assert_eq!((&second.audit, &third.audit.remark), (&audit, &audit.remark));
        let reply = Reply::draft().notice(&first).save(db)?;
        assert!(reply.stamps.created_at > before);
        let early = Reply::draft().notice(&first).stamps(Stamps::draft().created_at(before)).save(db)?;
        assert!(early.stamps.created_at < early.stamps.updated_at);
        // Of the draft of a draft.
        let twin = early.to_draft().save(db)?;
        assert!(twin.id != early.id && twin.stamps == early.stamps);
        let long = Audit::draft().created_by(&ann).remark("far too long a remark");
        let refused = Notice::draft().title("E").audit(long).save(db).unwrap_err();
        assert_eq!(refused.to_string(), "Notice.audit.remark: longer than 10 characters");
    }

    fn its_columns_are_the_models(db) {
        let [ann, ben] = editors(db)?;
        let made = parcel(db, &ann, "Elm", 3)?;
        assert_eq!((made.to.floor, made.from.floor, made.price), (2, 0, 20));
        let columns = "id, grams, price, street, number, floor, from_street, from_number, from_floor, audit_created_by_id, \
                       audit_checker, audit_level, audit_remark, audit_weight, audit_created_at, audit_updated_at, seal_code, seal_holder_id";
        let rows = db.query::<(i64, String, String, i64)>(
            &format!("SELECT n, street, from_street, audit_created_by_id FROM (SELECT {columns}, 5 AS n FROM embed_parcel) AS p"), ())?;
        assert_eq!(rows, [(5, "Elm".into(), "Here".into(), ann.id)]);
        let refused = parcel(db, &ann, "Elm", -3).unwrap_err();
        assert!(matches!(&refused, Error::CheckViolation { constraint, .. } if constraint == "number_positive"), "{refused}");
        let seal = |by: &Editor, code: &str| -> Result<Parcel> {
            let mut parcel = parcel(db, by, "Oak", 1)?;
            parcel.seal = Seal { code: Some(code.into()), holder: Some(by.into()) };
            parcel.save(db)?;
            Ok(parcel)
        };
        let sealed = seal(&ann, "x")?;
        match seal(&ben, "x").unwrap_err() {
            Error::UniqueViolation { fields, .. } => assert_eq!(fields, ["seal.code"]),
            other => panic!("{other}"),
        }
        assert!(matches!(seal(&ann, "y"), Err(Error::UniqueViolation { .. })));
        assert_eq!(ann.sealed.fetch(db)?.map(|parcel| parcel.id), Some(sealed.id));
        let error = Notice::draft().title("A").audit(Audit::draft().created_by(99)).save(db).unwrap_err();
        assert!(matches!(&error, Error::ForeignKeyViolation { .. }) && error.to_string().contains("audit.created_by"), "{error}");
    }

    fn its_paths_stand_wherever_a_path_does(db) {
        let [ann, ben] = editors(db)?;
        let old = Utc::now() - TimeDelta::days(3);
        for (title, by, age) in [("A", &ann, 1), ("B", &ben, 2), ("C", &ann, 3)] {
            let stamps = Stamps::draft().created_at(old + TimeDelta::days(age));
            let audit = Audit::draft().created_by(by).stamps(stamps).weight(age as i32);
            Notice::draft().title(title).audit(audit).save(db)?;
        }
        let titles = |notices: QuerySet<Notice>| -> Result<String> { Ok(notices.values_list(Notice::title).all(db)?.concat()) };
        let all = Notice::objects;
        // The default ordering, by the youngest.
        let ordered: String = all().all(db)?.iter().map(|notice| notice.title.as_str()).collect();
        assert_eq!(ordered, "CBA");
        assert_eq!(titles(all().filter(Notice::audit.created_by.eq(&ben)))?, "B");
        assert_eq!(titles(all().filter(Notice::audit.created_by.name.eq("Ann")).order_by(Notice::audit.weight.desc()))?, "CA");
        assert_eq!(titles(all().filter(Notice::audit.level.eq(Level::Low) & Notice::audit.stamps.created_at.lt(old + TimeDelta::hours(25))))?, "A");
        assert_eq!(titles(all().filter(Notice::audit.checked_by.is_null() & Notice::audit.remark.eq(None)).order_by(Notice::title))?, "ABC");
        let rows = all().values_list((Notice::title, Notice::audit.created_by.name, Notice::audit.weight + 1)).order_by(Notice::audit.created_by.name).filter(Notice::title.ne("C")).all(db)?;
        assert_eq!(rows, [("A".to_owned(), "Ann".to_owned(), 2), ("B".to_owned(), "Ben".to_owned(), 3)]);
        let json = all().filter(Notice::title.eq("B")).values_json((Notice::audit.weight, Notice::audit.created_by.name)).one(db)?;
        assert_eq!(serde_json::Value::from(json), json!({ "audit.weight": 2, "audit.created_by.name": "Ben" }));
        let groups = all().values_list(Notice::audit.created_by.name).annotate(Notice::audit.weight.sum()).order_by(Notice::audit.created_by.name).all(db)?;
        assert_eq!(groups, [("Ann".to_owned(), Some(4)), ("Ben".to_owned(), Some(2))]);
        assert_eq!(all().aggregate(db, Notice::audit.weight.max())?, Some(3));
        // From other models: behind a key, and from the other side of the key inside.
        let b = all().get(db, Notice::title.eq("B"))?;
        let reply = Reply::draft().notice(&b).save(db)?;
        let found = Reply::objects().filter(Reply::notice.audit.created_by.name.eq("Ben") & Reply::notice.audit.weight.eq(2));
        assert_eq!(found.clone().one(db)?, reply);
        assert_eq!(found.values_list(Reply::notice.audit.stamps.created_at).one(db)?, b.audit.stamps.created_at);
        assert_eq!(Editor::objects().filter(Editor::notices.audit.weight.gt(2)).one(db)?, ann);
        let counted = Editor::objects().annotate(Editor::notices.count()).order_by(Editor::name).all(db)?;
        assert_eq!(counted.into_iter().map(|(_, count)| count).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(ann.notices.all(db)?.len(), 2);
        assert_eq!(format!("{:?}", Reply::notice.audit.stamps.created_at), "Reply.notice.audit.stamps.created_at");
    }

    fn its_fields_are_written_as_others(db) {
        let [ann, ben] = editors(db)?;
        let mut notice = Notice::draft().title("A").audit(Audit::draft().created_by(&ann)).save(db)?;
        let (created, updated) = (notice.audit.stamps.created_at, notice.audit.stamps.updated_at);
        notice.audit.remark = Some("seen".into());
        notice.audit.created_by.set(&ben);
        notice.save(db)?;
        assert!(notice.audit.stamps.updated_at > updated && notice.audit.stamps.created_at == created);
        assert_eq!(Notice::objects().one(db)?, notice);
        notice.audit.weight = 3;
        notice.audit.remark = None;
        notice.save_only(db, (Notice::audit.weight,))?;
        notice.refresh(db)?;
        assert_eq!((notice.audit.weight, notice.audit.remark.as_deref()), (3, Some("seen")));
        notice.update(db, (Notice::audit.weight.set(Notice::audit.weight * 2), Notice::audit.checked_by.set(&ann)))?;
        assert_eq!((notice.audit.weight, notice.audit.checked_by.id()), (6, Some(ann.id)));
        Notice::objects().update(db, (Notice::audit.level.set(Level::High), Notice::audit.checked_by.set(None)))?;
        notice.refresh(db)?;
        assert_eq!((notice.audit.level, &notice.audit.checked_by), (Level::High, &None));
        let drafts = ["B", "C"].map(|title| Notice::draft().title(title).audit(Audit::draft().created_by(&ben)).build());
        let mut made = Notice::objects().bulk_create(db, drafts)?;
        assert_eq!(made[1].audit.weight, 7);
        made[0].audit.weight = 70;
        Notice::objects().bulk_update(db, &made, (Notice::audit.weight, Notice::audit.created_by))?;
        assert_eq!(Notice::objects().filter(Notice::audit.weight.eq(70)).count(db)?, 1);
        let again = || Notice::draft().title("B").audit(Audit::draft().created_by(&ben).weight(9));
        let (same, created) = again().get_or_create(db, (Notice::title, Notice::audit.created_by))?;
        assert!(!created && same.id == made[0].id && same.audit.weight == 70);
        let (same, created) = again().update_or_create(db, (Notice::title, Notice::audit.created_by))?;
        assert!(!created && same.audit.weight == 9);
        // A row of the relation that the key inside is the one side of.
        let of_ann = ann.notices.draft().title("N").audit(Audit::draft().created_by(&ann)).save(db)?;
        assert_eq!(of_ann.audit.created_by.id(), ann.id);
        // The key inside says what becomes of its rows.
        ben.delete(db)?;
        assert_eq!(Notice::objects().one(db)?, of_ann);
    }

    fn it_is_listed_and_set_as_a_whole(db) {
        let [ann, ben] = editors(db)?;
        let mut first = parcel(db, &ann, "Elm", 3)?;
        let mut second = parcel(db, &ann, "Oak", 4)?;
        first.to = place("Ash", 5);
        first.grams = 99;
        first.save_only(db, Parcel::to)?;
        first.refresh(db)?;
        assert_eq!((&first.to, first.grams), (&place("Ash", 5), 10));
        second.update(db, (Parcel::from_place.set(Place::draft().street("There").number(7)), Parcel::grams.set(11)))?;
        assert_eq!((&*second.from.street, second.from.number, second.from.floor, second.price), ("There", 7, 0, 22));
        // What the draft does not set stays.
        Parcel::objects().update(db, Parcel::to.set(Place::draft().street("Fir").number(8)))?;
        second.refresh_only(db, Parcel::to)?;
        assert_eq!(second.to, Place { street: "Fir".into(), number: 8, floor: 2 });
        let audit = Audit { created_by: (&ben).into(), remark: Some("moved".into()), ..second.audit.clone() };
        second.update(db, Parcel::audit.set(&audit))?;
        assert_eq!((second.audit.created_by.id(), second.audit.remark.as_deref()), (ben.id, Some("moved")));
        first.to.floor = 7;
        second.to.floor = 8;
        Parcel::objects().bulk_update(db, &[first, second], (Parcel::to,))?;
        assert_eq!(Parcel::objects().values_list(Parcel::to.floor).order_by(Parcel::id).all(db)?, [7, 8]);
        let same = || Parcel::draft().grams(1).to(place("Fig", 9)).from_place(place("Fig", 9)).audit(Audit::draft().created_by(&ann));
        assert_eq!((same().get_or_create(db, Parcel::to)?.1, same().get_or_create(db, Parcel::to)?.1), (true, false));
        let long = Parcel::objects().update(db, Parcel::to.set(place("far too long a name of a street", 1)));
        assert_eq!(long.unwrap_err().to_string(), "Parcel.to.street: longer than 20 characters");
        assert_eq!(format!("{:?} {:?}", Parcel::audit, Parcel::audit.stamps), "Parcel.audit Parcel.audit.stamps");
    }

    fn keys_inside_load_their_rows(db) {
        let [ann, ben] = editors(db)?;
        let made = parcel(db, &ann, "Elm", 3)?;
        Parcel::objects().update(db, Parcel::audit.checked_by.set(&ben))?;
        let (loaded, log) = db.capture(|db| {
            Parcel::objects().select_related((Parcel::audit.created_by, Parcel::audit.checked_by)).one(db)
        })?;
        assert_eq!((log.len(), loaded.id), (1, made.id));
        assert_eq!(loaded.audit.created_by.get()?.name, "Ann");
        assert_eq!(loaded.audit.checked_by.get()?.map(|editor| &*editor.name), Some("Ben"));
        assert!(matches!(made.audit.created_by.get(), Err(Error::NotLoaded { relation: "audit.created_by" })));
        assert_eq!(made.audit.created_by.fetch(db)?, &ann);
        let editors = Editor::objects().prefetch_related((Editor::notices, Editor::checked)).all(db)?;
        let checked: Vec<_> = editors.iter().map(|editor| editor.checked.loaded().map(<[_]>::len)).collect::<Result<_>>()?;
        assert_eq!(checked, [0, 1]);
        #[derive(Projection, Debug, PartialEq)]
        #[projection(Parcel)]
        struct Line {
            #[projection(Parcel::to.street)]
            street: String,
            #[projection(Parcel::audit.created_by.name)]
            by: String,
            #[projection(Parcel::seal.holder.name)]
            holder: Option<String>,
        }
        let line = Parcel::objects().values::<Line>().one(db)?;
        assert_eq!(line, Line { street: "Elm".into(), by: "Ann".into(), holder: None });
        let hidden = Parcel::objects().update(db, Parcel::to.floor.set(100));
        assert_eq!((hidden?, Parcel::objects().count(db)?), (1, 0));
    }
}
