//! One model with enums over three tables: texts on SQLite, texts on PostgreSQL, and a type of PostgreSQL's own.

use orm::prelude::*;

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Sad,
    Ok,
    #[db_enum(rename = r#"so-"so", {it}'s \ "#)]
    SoSo,
    #[db_enum(rename = "NULL")]
    None,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "patient", ordering = [name])]
pub struct Patient {
    pub id: i32,
    #[field(max_length = 20, unique)]
    pub name: String,
    #[field(max_length = 30)]
    pub mood: Mood,
    #[field(max_length = 30)]
    pub before: Option<Mood>,
}

fn names(db: &Database, condition: Condition<Patient>) -> Result<String> {
    let patients = Patient::objects().filter(condition).order_by(Patient::name);
    Ok(patients.values_list(Patient::name).all(db)?.concat())
}

fn patient(name: &str, mood: Mood, before: Option<Mood>) -> Draft<Patient> {
    Patient::draft()
        .name(name)
        .mood(mood)
        .before(before)
        .build()
}

fn fill(db: &Database) -> Result<Vec<Patient>> {
    let rows = [
        ("a", Mood::Sad, None),
        ("b", Mood::Ok, Some(Mood::Sad)),
        ("c", Mood::SoSo, Some(Mood::SoSo)),
        ("d", Mood::None, Some(Mood::None)),
    ];
    Patient::objects().bulk_create(
        db,
        rows.map(|(name, mood, before)| patient(name, mood, before)),
    )
}

fn conditions(db: &Database) -> Result<()> {
    // The second run of a statement prepares it, the third has it prepared.
    for _ in 0..3 {
        assert_eq!(names(db, Patient::mood.eq(Mood::SoSo))?, "c");
        assert_eq!(names(db, Patient::mood.ne(Mood::SoSo))?, "abd");
        assert_eq!(names(db, Patient::before.ne(Mood::Sad))?, "acd");
        assert_eq!(names(db, Patient::before.eq(None))?, "a");
        assert_eq!(names(db, Patient::before.eq(Patient::mood))?, "cd");
        assert_eq!(
            names(db, Patient::mood.is_in([Mood::SoSo, Mood::None, Mood::Ok]))?,
            "bcd"
        );
        assert_eq!(
            names(db, !Patient::before.is_in([Mood::SoSo, Mood::None]))?,
            "ab"
        );
        assert_eq!(
            names(db, Patient::before.unwrap_or(Mood::Ok).eq(Mood::Ok))?,
            "a"
        );
        let befores = Patient::objects().values_list(Patient::before);
        assert_eq!(names(db, Patient::mood.is_in(befores))?, "acd");
    }
    Ok(())
}

fn rows(db: &Database) -> Result<()> {
    let before = Patient::objects()
        .order_by(Patient::name)
        .values_list((Patient::before, value(Mood::Ok)));
    assert_eq!(
        before.all(db)?[2..],
        [(Some(Mood::SoSo), Mood::Ok), (Some(Mood::None), Mood::Ok)]
    );
    let text = case()
        .when(Patient::name.eq("a"), Mood::SoSo)
        .otherwise(Patient::mood);
    let moods = Patient::objects().order_by(Patient::name).values_list(text);
    assert_eq!(
        moods.all(db)?,
        [Mood::SoSo, Mood::Ok, Mood::SoSo, Mood::None]
    );
    let json = Patient::objects()
        .filter(Patient::name.eq("c"))
        .values_json(Patient::mood)
        .all(db)?;
    assert_eq!(json[0]["mood"], r#"so-"so", {it}'s \ "#);
    Ok(())
}

fn writes(db: &Database) -> Result<()> {
    let mut eve = patient("e", Mood::SoSo, None).save(db)?;
    assert_eq!(Patient::objects().get(db, Patient::id.eq(eve.id))?, eve);
    (eve.mood, eve.before) = (Mood::Ok, Some(Mood::SoSo));
    eve.save(db)?;
    eve.update(db, Patient::mood.set(Mood::Sad))?;
    assert_eq!(
        names(
            db,
            Patient::mood.eq(Mood::Sad) & Patient::before.eq(Mood::SoSo)
        )?,
        "e"
    );

    let all = Patient::objects();
    let worse = case()
        .when(Patient::mood.eq(Mood::Ok), Mood::SoSo)
        .otherwise(Mood::Sad);
    assert_eq!(
        all.clone().update(
            db,
            (Patient::before.set(Patient::mood), Patient::mood.set(worse))
        )?,
        5
    );
    assert_eq!(
        names(
            db,
            Patient::mood.eq(Mood::SoSo) & Patient::before.eq(Mood::Ok)
        )?,
        "b"
    );
    let other = case()
        .when(Patient::mood.eq(Mood::SoSo), Mood::None)
        .otherwise(Mood::SoSo);
    all.clone().update(db, Patient::before.set(other))?;
    assert_eq!(names(db, Patient::before.eq(Mood::SoSo))?, "acde");

    let (same, created) = patient("e", Mood::None, None).update_or_create(db, Patient::name)?;
    assert_eq!((same.id, same.mood, created), (eve.id, Mood::None, false));
    Ok(())
}

fn many(db: &Database) -> Result<()> {
    let all = Patient::objects();
    let mut patients = all.clone().order_by(Patient::name).all(db)?;
    for patient in &mut patients {
        (patient.before, patient.mood) = (None, Mood::SoSo);
    }
    // A column that is NULL in every row.
    assert_eq!(
        all.clone()
            .bulk_update(db, &patients, (Patient::mood, Patient::before))?,
        5
    );
    assert_eq!(all.clone().all(db)?, patients);
    let new = ["x", "y"].map(|name| patient(name, Mood::Ok, None));
    assert_eq!(all.clone().bulk_create(db, new)?.len(), 2);
    let upsert = BulkCreate::new()
        .on_conflict(Patient::name)
        .update((Patient::mood, Patient::before));
    let drafts = ["x", "z"].map(|name| patient(name, Mood::None, Some(Mood::SoSo)));
    assert_eq!(all.clone().bulk_create_with(db, drafts, upsert)?, 2);
    assert_eq!(
        names(
            db,
            Patient::mood.eq(Mood::None) & Patient::before.eq(Mood::SoSo)
        )?,
        "xz"
    );
    Ok(())
}

fn check(db: &Database) {
    let steps: [fn(&Database) -> Result<()>; 4] = [conditions, rows, writes, many];
    let filled = fill(db).expect("rows");
    assert_eq!(Patient::objects().all(db).expect("rows"), filled);
    for step in steps {
        step(db).expect("the enums");
    }
}

const TEXTS: &str = "CREATE TABLE patient (id integer PRIMARY KEY, name text UNIQUE NOT NULL, mood text NOT NULL, before text)";

#[test]
fn texts_on_sqlite() {
    let db = Database::connect("sqlite::memory:").expect("SQLite");
    db.execute_batch(TEXTS).expect("a table");
    check(&db);
}

#[cfg(feature = "postgres")]
#[test]
fn texts_on_postgres() {
    let scratch = crate::server::Scratch::new();
    let db = Database::connect(&scratch.url()).expect("PostgreSQL");
    let serial = TEXTS
        .replace("id integer", "id serial")
        .replace("mood text", "mood varchar(30)");
    db.execute_batch(&serial).expect("a table");
    check(&db);
}

#[cfg(feature = "postgres")]
#[test]
fn a_type_of_its_own_on_postgres() {
    let scratch = crate::server::Scratch::new();
    let db = Database::connect(&scratch.url()).expect("PostgreSQL");
    let mood = r#"CREATE TYPE "my mood" AS ENUM ('NULL', 'sad', 'ok', 'so-"so", {it}''s \ ');"#;
    let table = TEXTS
        .replace("id integer", "id serial")
        .replace("mood text", r#"mood "my mood""#)
        .replace("before text", r#"before "my mood""#);
    db.execute_batch(&format!("{mood}{table}"))
        .expect("a table");
    check(&db);
    // Its order is that of the type, not of the texts.
    Patient::objects().delete(&db).expect("no rows");
    fill(&db).expect("rows");
    let sorted = Patient::objects()
        .order_by(Patient::mood)
        .values_list(Patient::name)
        .all(&db);
    assert_eq!(sorted.expect("names").concat(), "dabc");
}
