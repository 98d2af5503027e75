//! Errors tell the model, the fields, the constraint and the database, the same on both.

use orm::ForeignKeyCause::{NoSuchRow, StillReferenced};
use orm::prelude::*;

use crate::models::*;
use crate::support::{day, dialect, suite};

/// A place, from which whole rooms go.
#[derive(Model, Debug, Clone)]
pub struct House {
    pub id: i64,
    pub street: String,
}

/// It goes with its house.
#[derive(Model, Debug, Clone)]
pub struct Room {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub house: ForeignKey<House>,
    #[field(column = "the-number")]
    pub number: i32,
    pub guests: Option<i32>,
}

/// It keeps its room from going, and is in one more.
#[derive(Model, Debug, Clone)]
#[model(
    table = "piece",
    unique(name = "one_of_a_kind", fields = [room, kind]),
    check(name = "room_for_both", condition = Furniture::width.gt(0) & Furniture::width.lte(Furniture::depth)),
)]
pub struct Furniture {
    pub id: i64,
    #[field(on_delete = restrict)]
    pub room: ForeignKey<Room>,
    #[field(on_delete = no_action, column = "came_from")]
    pub origin: Option<ForeignKey<Room>>,
    #[field(max_length = 10)]
    pub kind: String,
    #[field(default = 1, column = "w")]
    pub width: i32,
    #[field(default = 1, column = "d")]
    pub depth: i32,
    #[field(max_digits = 4, decimal_places = 2)]
    pub price: Option<Decimal>,
    #[field(on_delete = restrict)]
    pub part_of: Option<ForeignKey<Self>>,
}

/// Ships and sailors go with it, and a sailor with his ship: none of them is in the way.
#[derive(Model, Debug, Clone)]
pub struct Fleet {
    pub id: i64,
    pub sea: String,
}

#[derive(Model, Debug, Clone)]
pub struct Ship {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub fleet: ForeignKey<Fleet>,
}

#[derive(Model, Debug, Clone)]
pub struct Sailor {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub fleet: ForeignKey<Fleet>,
    #[field(on_delete = no_action)]
    pub ship: ForeignKey<Ship>,
}

/// It goes with the fleet too, and else keeps its ship.
#[derive(Model, Debug, Clone)]
pub struct Cannon {
    pub id: i64,
    #[field(on_delete = restrict)]
    pub ship: ForeignKey<Ship>,
    #[field(on_delete = cascade)]
    pub fleet: ForeignKey<Fleet>,
}

/// It is in the way of its fleet.
#[derive(Model, Debug, Clone)]
pub struct Treaty {
    pub id: i64,
    #[field(on_delete = no_action)]
    pub fleet: Option<ForeignKey<Fleet>>,
}

fn a_room(db: &Database) -> Result<(House, Room)> {
    let house = House::draft().street("Elm").save(db)?;
    let room = Room::draft().house(&house).number(1).save(db)?;
    Ok((house, room))
}

/// The sentence of an error, which must name the test's database first.
#[track_caller]
fn told<T: std::fmt::Debug>(db: &Database, result: Result<T>) -> String {
    let text = result.expect_err("an error").to_string();
    let backend = orm::Executor::dialect(db).name();
    match text
        .strip_prefix(backend)
        .and_then(|rest| rest.strip_prefix(": "))
    {
        Some(rest) => rest.to_owned(),
        None => panic!("{text:?} does not begin with {backend}"),
    }
}

fn furniture(room: i64, kind: &str) -> Draft<Furniture> {
    Furniture::draft().room(room).kind(kind).build()
}

/// A model whose table nobody made.
#[derive(Model, Debug)]
#[model(table = "nobody_made_this")]
struct Homeless {
    id: i64,
}

suite! {
    fn a_table_that_is_not_there_is_told_with_its_model(db) {
        db.execute_batch(r#"DROP TABLE "nobody_made_this""#)?;
        let told = Homeless::objects().all(db).unwrap_err().to_string();
        assert!(told.contains("nobody_made_this"), "{told}");
        let hint = "it is the table of the model Homeless, and `db.create_tables()` makes the tables of all models";
        assert!(told.contains(hint), "{told}");
        let told = db.query::<(i64,)>("SELECT id FROM nowhere", ()).unwrap_err().to_string();
        assert!(told.contains("nowhere") && !told.contains("create_tables"), "{told}");
    }

    fn a_write_beside_an_open_transaction_says_what_to_do(db) {
        let told = db.atomic(|_| Ok(Author::objects().delete(db))).map(|deleted| deleted.err().map(|error| error.to_string()));
        // PostgreSQL writes on another connection.
        if crate::support::dialect(db) == Dialect::Sqlite {
            let told = told?.expect("an error");
            assert!(told.contains("run this on the `tx` that `atomic` hands over"), "{told}");
        }
    }

    fn a_unique_field_that_is_taken(db) {
        Category::draft().name("taken").save(db)?;
        let free = Category::draft().name("free").save(db)?;
        let expected = r#"a row of Category with this name exists already (unique constraint "category_name_uniq")"#;
        let draft = || Category::draft().name("taken");
        assert_eq!(told(db, draft().save(db)), expected);
        // Prepared, in a transaction, in bulk, by updates, by SQL of one's own.
        assert_eq!(told(db, draft().save(db)), expected);
        assert_eq!(told(db, db.atomic(|tx| draft().save(tx))), expected);
        assert_eq!(told(db, Category::objects().bulk_create(db, [Category::draft().name("new"), draft()])), expected);
        let mut renamed = free.clone();
        renamed.name = "taken".to_owned();
        assert_eq!(told(db, renamed.save(db)), expected);
        assert_eq!(told(db, Category::objects().bulk_update(db, [&renamed], Category::name)), expected);
        assert_eq!(told(db, renamed.update(db, Category::name.set(value("taken")))), expected);
        assert_eq!(told(db, Category::objects().update(db, Category::name.set("same"))), expected);
        assert_eq!(told(db, db.execute("UPDATE category SET name = ?", ("same",))), expected);
        assert_eq!(told(db, db.execute_batch("UPDATE category SET name = 'same'")), expected);
        assert_eq!(told(db, Category::raw("UPDATE category SET name = ? RETURNING *", ("same",)).all(db)), expected);
        assert_eq!(told(db, draft().parent(&free).get_or_create(db, Category::parent)), expected);
    }

    fn the_parts_of_a_unique_violation(db) {
        let (ann, _) = library(db)?;
        let taken = Book::draft().title("Joins").author(&ann).price(1).save(db).expect_err("taken");
        let Error::UniqueViolation { model, table, constraint, fields, backend } = taken else { panic!("{taken}") };
        assert_eq!((model, table.as_deref()), (Some("Book"), Some("book")));
        assert_eq!(constraint.as_deref(), Some("book_author_id_title_uniq"));
        assert_eq!(fields, ["author", "title"]);
        assert_eq!(backend, orm::Executor::dialect(db).name());
        let (_, room) = a_room(db)?;
        furniture(room.id, "bed").save(db)?;
        let twice = furniture(room.id, "bed").save(db);
        assert_eq!(told(db, twice), r#"a row of Furniture with this room and kind exists already (unique constraint "one_of_a_kind")"#);
    }

    fn a_primary_key_that_is_taken(db) {
        Country::draft().code("CH").name("Switzerland").save(db)?;
        let again = Country::draft().code("CH").name("Suisse").save(db);
        assert_eq!(told(db, again), r#"a row of Country with this code exists already (unique constraint "country_pkey")"#);
        let (_, room) = a_room(db)?;
        let again = Room::draft().id(room.id).house(&room.house).number(2).save(db);
        assert_eq!(told(db, again), r#"a row of Room with this id exists already (unique constraint "room_pkey")"#);
    }

    fn a_one_to_one_that_is_taken(db) {
        let (ann, _) = library(db)?;
        Profile::draft().author(&ann).bio("one").save(db)?;
        let second = Profile::draft().author(&ann).bio("two").save(db);
        assert_eq!(told(db, second), r#"a row of Profile with this author exists already (unique constraint "profile_author_id_uniq")"#);
    }

    fn indexes_that_no_model_declares(db) {
        library(db)?;
        db.execute_batch("CREATE UNIQUE INDEX one_joined ON author (joined_date) WHERE name <> 'Cid'")?;
        let ann = Author::draft().name("Ann").joined_date(day(2019, 5, 1)).save(db);
        assert_eq!(told(db, ann), r#"a row of Author with this joined_date exists already (unique constraint "one_joined")"#);
        db.execute_batch("CREATE UNIQUE INDEX one_name ON author (lower(name))")?;
        let lower = Author::draft().name("ANN").joined_date(day(2000, 1, 1)).save(db);
        assert_eq!(told(db, lower), r#"a row of Author with the same unique values exists already (unique constraint "one_name")"#);
        // Of two over the same column either may be meant by SQLite.
        db.execute_batch("CREATE UNIQUE INDEX one_rated ON author (rating); CREATE UNIQUE INDEX well_rated ON author (rating) WHERE rating > 4")?;
        let rated = Author::draft().name("Dan").joined_date(day(2001, 1, 1)).rating(4.5).save(db).expect_err("rated");
        let Error::UniqueViolation { fields, constraint, .. } = &rated else { panic!("{rated}") };
        assert_eq!(fields, &["rating"]);
        assert!(constraint.is_none() || constraint.as_deref() == Some("one_rated"), "{rated}");
        assert_eq!(constraint.is_none(), dialect(db) == Dialect::Sqlite);
    }

    fn a_constraint_that_the_table_does_not_have_is_not_told(db) {
        // As if another program had made the table: what the model says is not what the database has.
        db.execute_batch("DROP TABLE category; CREATE TABLE category (id integer PRIMARY KEY, name varchar(9) UNIQUE, parent_id bigint)")?;
        db.execute("INSERT INTO category (id, name) VALUES (1, 'a')", ())?;
        let taken = Category::draft().id(2).name("a").save(db).expect_err("taken");
        let Error::UniqueViolation { model, fields, constraint, .. } = &taken else { panic!("{taken}") };
        assert_eq!((*model, fields.as_slice()), (Some("Category"), ["name".to_owned()].as_slice()));
        let by_postgres = (dialect(db) == Dialect::Postgres).then_some("category_name_key");
        assert_eq!(constraint.as_deref(), by_postgres);
    }

    fn checks_tell_their_fields(db) {
        let (_, room) = a_room(db)?;
        let mut bed = furniture(room.id, "bed").save(db)?;
        let expected = r#"a row of Furniture does not meet the check constraint "room_for_both" of width and depth"#;
        assert_eq!(told(db, Furniture::draft().room(&room).kind("sofa").width(2).save(db)), expected);
        bed.width = 0;
        assert_eq!(told(db, bed.save(db)), expected);
        assert_eq!(told(db, Furniture::objects().update(db, Furniture::depth.set(Furniture::depth - 1))), expected);
        assert_eq!(told(db, Furniture::objects().bulk_create(db, [Furniture::draft().room(&room).kind("sofa").width(2)])), expected);
        assert_eq!(told(db, db.execute("UPDATE piece SET w = 7", ())), expected);
        library(db)?;
        let Err(Error::CheckViolation { model, table, constraint, fields, .. }) = Book::objects().update(db, Book::stock_level.set(-1)) else {
            panic!("no check")
        };
        assert_eq!((model, table.as_deref()), (Some("Book"), Some("book")));
        assert_eq!((constraint.as_str(), fields.as_slice()), ("stock_not_negative", ["stock_level".to_owned()].as_slice()));
    }

    fn a_check_that_no_model_declares(db) {
        db.execute_batch("DROP TABLE word; CREATE TABLE word (id integer PRIMARY KEY, text varchar(9), other text, \
                          CONSTRAINT no_shouting CHECK (text <> 'WORD'))")?;
        let expected = r#"a row of Word does not meet the check constraint "no_shouting""#;
        assert_eq!(told(db, Word::draft().id(1).text("WORD").save(db)), expected);
        Word::draft().id(1).text("word").save(db)?;
        assert_eq!(told(db, Word::objects().update(db, Word::text.set(Word::text.upper()))), expected);
    }

    fn a_check_of_a_name_that_two_tables_have(db) {
        let (_, room) = a_room(db)?;
        furniture(room.id, "bed").save(db)?;
        db.execute_batch("CREATE TABLE legacy (w integer CONSTRAINT room_for_both CHECK (w < 9)); INSERT INTO legacy VALUES (1)")?;
        let legacy = db.execute("UPDATE legacy SET w = 10", ()).expect_err("too wide");
        let Error::CheckViolation { model, table, constraint, fields, .. } = &legacy else { panic!("{legacy}") };
        assert_eq!((*model, constraint.as_str(), fields.len()), (None, "room_for_both", 0));
        assert_eq!(table.as_deref(), (dialect(db) == Dialect::Postgres).then_some("legacy"));
        let own = Furniture::objects().update(db, Furniture::width.set(9));
        assert_eq!(told(db, own), r#"a row of Furniture does not meet the check constraint "room_for_both" of width and depth"#);
    }

    fn null_where_none_may_be(db) {
        let (_, room) = a_room(db)?;
        assert_eq!(told(db, db.execute(r#"UPDATE room SET "the-number" = NULL"#, ())), "Room.number cannot be NULL");
        let unsafe_null = Room::objects().update(db, Room::number.set(Room::guests.unwrap_or(0) + value(1)));
        assert_eq!(unsafe_null?, 1);
        let Err(Error::NotNullViolation { model, table, field, .. }) = db.execute("UPDATE room SET house_id = NULL WHERE id = ?", (room.id,)) else {
            panic!("no error")
        };
        assert_eq!((model, table.as_deref(), field.as_str()), (Some("Room"), Some("room"), "house"));
    }

    fn a_key_to_a_row_that_does_not_exist(db) {
        let (house, room) = a_room(db)?;
        let expected = r#"Furniture.room points at no row of Room (foreign key "piece_room_id_fk")"#;
        assert_eq!(told(db, furniture(-1, "bed").save(db)), expected);
        assert_eq!(told(db, furniture(-1, "bed").save(db)), expected);
        assert_eq!(told(db, db.atomic(|tx| furniture(-1, "bed").save(tx))), expected);
        assert_eq!(told(db, furniture(-1, "bed").get_or_create(db, Furniture::kind)), expected);
        let drafts = || [furniture(room.id, "bed"), furniture(-1, "sofa"), furniture(room.id, "chair")];
        assert_eq!(told(db, Furniture::objects().bulk_create(db, drafts())), expected);
        let upsert = BulkCreate::new().on_conflict((Furniture::room, Furniture::kind)).update(Furniture::width);
        assert_eq!(told(db, Furniture::objects().bulk_create_with(db, drafts(), upsert)), expected);
        let mut bed = furniture(room.id, "bed").save(db)?;
        assert_eq!(told(db, bed.clone().update(db, Furniture::room.set(-1))), expected);
        assert_eq!(told(db, Furniture::objects().update(db, Furniture::room.set(-1))), expected);
        assert_eq!(told(db, Furniture::objects().limit(1).update(db, (Furniture::kind.set("x"), Furniture::room.set(Furniture::id + 1_000)))), expected);
        bed.room = ForeignKey::new(-1);
        assert_eq!(told(db, bed.clone().save(db)), expected);
        assert_eq!(told(db, Furniture::objects().bulk_update(db, [&bed], Furniture::room)), expected);
        // The other key, which has a column of another name.
        let mut bed = Furniture::objects().one(db)?;
        bed.origin = Some(ForeignKey::new(-7));
        let Err(Error::ForeignKeyViolation { model, table, constraint, fields, references, cause, .. }) = bed.save(db) else {
            panic!("no error")
        };
        assert_eq!((model, table.as_deref(), constraint.as_deref()), (Some("Furniture"), Some("piece"), Some("piece_came_from_fk")));
        assert_eq!((fields, references, cause), (vec!["origin".to_owned()], Some("Room"), Some(NoSuchRow)));
        // To itself, also by its own key.
        let of_itself = Furniture::draft().id(90).room(&room).kind("set").part_of(90).save(db)?;
        assert_eq!(of_itself.part_of.id(), Some(90));
        let torn = Furniture::draft().id(91).room(&room).kind("torn").part_of(92).save(db);
        assert_eq!(told(db, torn), r#"Furniture.part_of points at no row of Furniture (foreign key "piece_part_of_id_fk")"#);
        let both = Furniture::draft().id(92).room(-1).kind("both").part_of(92).save(db);
        assert_eq!(told(db, both), expected);
        // A key that is a text, and one to one.
        let nowhere = City::draft().name("Bern").country("XX").save(db);
        assert_eq!(told(db, nowhere), r#"City.country points at no row of Country (foreign key "towns_country_id_fk")"#);
        let nobody = Profile::draft().author(-1).bio("?").save(db);
        assert_eq!(told(db, nobody), r#"Profile.author points at no row of Author (foreign key "profile_author_id_fk")"#);
        let _ = house;
    }

    fn a_row_that_a_key_still_points_at(db) {
        let swiss = Country::draft().code("CH").name("Switzerland").save(db)?;
        Country::draft().code("AT").name("Austria").save(db)?;
        City::draft().name("Bern").country(&swiss).save(db)?;
        let expected = r#"City.country still points at a row of Country (foreign key "towns_country_id_fk")"#;
        assert_eq!(told(db, swiss.clone().delete(db)), expected);
        assert_eq!(told(db, db.atomic(|tx| swiss.clone().delete(tx))), expected);
        assert_eq!(told(db, Country::objects().delete(db)), expected);
        assert_eq!(told(db, Country::objects().filter(Country::cities.name.startswith("B")).delete(db)), expected);
        assert_eq!(told(db, Country::objects().order_by(Country::code.desc()).limit(1).delete(db)), expected);
        assert_eq!(Country::objects().order_by(Country::code).limit(1).delete(db)?, 1);
        let Err(Error::ForeignKeyViolation { model, constraint, fields, references, cause, .. }) = swiss.delete(db) else { panic!("no error") };
        assert_eq!((model, constraint.as_deref(), fields), (Some("City"), Some("towns_country_id_fk"), vec!["country".to_owned()]));
        assert_eq!((references, cause), (Some("Country"), Some(StillReferenced)));
        // `no_action` is judged at the end of the statement.
        let store = Store::draft().city("Bern").save(db)?;
        Staff::draft().name("Mia").store(&store).save(db)?;
        let expected = r#"Staff.store still points at a row of Store (foreign key "staff_store_id_fk")"#;
        assert_eq!(told(db, store.delete(db)), expected);
        assert_eq!(told(db, Store::objects().delete(db)), expected);
    }

    fn a_row_that_is_in_the_way_of_a_cascade(db) {
        let (house, room) = a_room(db)?;
        let other = Room::draft().house(House::draft().street("Oak").save(db)?.id).number(1).save(db)?;
        Furniture::draft().room(&other).origin(&room).kind("bed").save(db)?;
        let came = r#"Furniture.origin still points at a row of Room (foreign key "piece_came_from_fk")"#;
        assert_eq!(told(db, room.clone().delete(db)), came);
        assert_eq!(told(db, house.clone().delete(db)), came);
        Furniture::objects().update(db, (Furniture::origin.set(None), Furniture::room.set(&room)))?;
        let stands = r#"Furniture.room still points at a row of Room (foreign key "piece_room_id_fk")"#;
        assert_eq!(told(db, House::objects().filter(House::street.eq("Elm")).delete(db)), stands);
        // A key to the table itself: rows that go together are in nobody's way.
        let set = furniture(room.id, "set").save(db)?;
        let part = Furniture::draft().room(&room).kind("part").part_of(&set).save(db)?;
        let whole = r#"Furniture.part_of still points at a row of Furniture (foreign key "piece_part_of_id_fk")"#;
        assert_eq!(told(db, set.delete(db)), whole);
        part.delete(db)?;
        assert_eq!(Furniture::objects().delete(db)?, 2);
        house.delete(db)?;
    }

    fn rows_that_go_themselves_are_in_nobodys_way(db) {
        let fleet = Fleet::draft().sea("North").save(db)?;
        let ship = Ship::draft().fleet(&fleet).save(db)?;
        Sailor::draft().fleet(&fleet).ship(&ship).save(db)?;
        let treaty = Treaty::draft().fleet(&fleet).save(db)?;
        let expected = r#"Treaty.fleet still points at a row of Fleet (foreign key "treaty_fleet_id_fk")"#;
        assert_eq!(told(db, fleet.clone().delete(db)), expected);
        treaty.delete(db)?;
        let manned = r#"Sailor.ship still points at a row of Ship (foreign key "sailor_ship_id_fk")"#;
        assert_eq!(told(db, Ship::objects().delete(db)), manned);
        fleet.delete(db)?;
        assert_eq!(Sailor::objects().count(db)?, 0);
    }

    fn rows_that_are_restricted_go_with_those_that_restrict_them(db) {
        let (_, room) = a_room(db)?;
        // Whichever of them is stored first.
        for (whole, part) in [(90, 91), (93, 92)] {
            let first = Furniture::draft().id(whole).room(&room).kind("whole").build();
            let second = Furniture::draft().id(part).room(&room).kind("part").part_of(whole).build();
            let drafts = if whole < part { [first, second] } else { [second, first] };
            Furniture::objects().bulk_create(db, drafts)?;
            let kept = r#"Furniture.part_of still points at a row of Furniture (foreign key "piece_part_of_id_fk")"#;
            assert_eq!(told(db, Furniture::objects().filter(Furniture::id.eq(whole)).delete(db)), kept);
            assert_eq!(Furniture::objects().filter(Furniture::id.is_in([whole, part])).delete(db)?, 2);
        }
        db.atomic(|tx| {
            Furniture::draft().id(95).room(&room).kind("set").part_of(95).save(tx)?;
            assert_eq!(Furniture::objects().delete(tx)?, 1);
            Ok(())
        })?;
        let fleet = Fleet::draft().sea("North").save(db)?;
        let ship = Ship::draft().fleet(&fleet).save(db)?;
        Cannon::draft().fleet(&fleet).ship(&ship).save(db)?;
        let kept = r#"Cannon.ship still points at a row of Ship (foreign key "cannon_ship_id_fk")"#;
        assert_eq!(told(db, ship.delete(db)), kept);
        fleet.delete(db)?;
        assert_eq!((Ship::objects().count(db)?, Cannon::objects().count(db)?), (0, 0));
    }

    fn a_key_that_no_model_declares(db) {
        Country::draft().code("CH").name("Switzerland").save(db)?;
        db.execute_batch("DROP TABLE word; CREATE TABLE word (id integer PRIMARY KEY, text varchar(9), \
                          other varchar(2) CONSTRAINT in_country REFERENCES country (code))")?;
        let error = Word::draft().id(1).text("a").other("XX").save(db).expect_err("no country");
        let Error::ForeignKeyViolation { model, cause, .. } = &error else { panic!("{error}") };
        assert_eq!((*model, *cause), (Some("Word"), Some(NoSuchRow)));
        Word::draft().id(1).text("a").other("CH").save(db)?;
        let error = Country::objects().delete(db).expect_err("a word");
        let Error::ForeignKeyViolation { fields, cause, .. } = &error else { panic!("{error}") };
        assert_eq!((fields.len(), *cause), (0, Some(StillReferenced)));
        assert!(error.to_string().contains("still points at a row"), "{error}");
        let error = Word::objects().update(db, Word::other.set("YY")).expect_err("no country");
        assert!(matches!(&error, Error::ForeignKeyViolation { model: Some("Word"), .. }), "{error}");
    }

    fn a_key_of_a_row_that_is_pointed_at_changes(db) {
        let (_, room) = a_room(db)?;
        furniture(room.id, "bed").save(db)?;
        let moved = Room::objects().update(db, Room::id.set(Room::id + 1_000));
        assert_eq!(told(db, moved), r#"Furniture.room still points at a row of Room (foreign key "piece_room_id_fk")"#);
    }

    fn a_trigger_is_not_mistaken_for_the_statement(db) {
        if dialect(db) != Dialect::Sqlite {
            return Ok(());
        }
        let (house, room) = a_room(db)?;
        db.execute_batch("CREATE TRIGGER furnish AFTER INSERT ON room BEGIN INSERT INTO piece (room_id, kind, w, d) VALUES (-1, 'bed', 1, 1); END")?;
        let error = Room::draft().house(&house).number(2).save(db).expect_err("the trigger's");
        let Error::ForeignKeyViolation { model, fields, constraint, cause, .. } = &error else { panic!("{error}") };
        assert_eq!((*model, fields.len(), constraint, *cause), (Some("Room"), 0, &None, None));
        assert_eq!(error.to_string(), "SQLite: a foreign key of or to Room is violated");
        db.execute_batch("DROP TRIGGER furnish; CREATE TRIGGER furnish AFTER INSERT ON room BEGIN INSERT INTO piece (room_id, kind, w, d) VALUES (new.id, 'bed', 0, 0); END")?;
        let width = Room::draft().house(&house).number(2).save(db);
        assert_eq!(told(db, width), r#"a row of Furniture does not meet the check constraint "room_for_both" of width and depth"#);
        let _ = room;
    }

    fn sql_of_ones_own_on_tables_of_no_model(db) {
        db.execute_batch("CREATE TABLE shelf (id integer PRIMARY KEY, label varchar(9) NOT NULL, CONSTRAINT shelf_width CHECK (label <> 'wide')); \
                          CREATE UNIQUE INDEX shelf_label ON shelf (label); INSERT INTO shelf VALUES (1, 'a')")?;
        let taken = db.execute("INSERT INTO shelf VALUES (2, ?)", ("a",));
        let Err(Error::UniqueViolation { model: None, table, constraint, fields, .. }) = &taken else { panic!("{taken:?}") };
        assert_eq!((table.as_deref(), constraint.as_deref(), fields.as_slice()), (Some("shelf"), Some("shelf_label"), ["label".to_owned()].as_slice()));
        assert_eq!(told(db, taken), r#"a row of the table "shelf" with this label exists already (unique constraint "shelf_label")"#);
        assert_eq!(told(db, db.execute("UPDATE shelf SET label = NULL", ())), "shelf.label cannot be NULL");
        let wide = db.execute("UPDATE shelf SET label = 'wide'", ());
        assert_eq!(told(db, wide), r#"a row of the table "shelf" does not meet the check constraint "shelf_width""#);
    }

    fn errors_at_the_commit(db) {
        let deferred = "CREATE TABLE late (id integer PRIMARY KEY, room bigint CONSTRAINT late_room REFERENCES room (id) DEFERRABLE INITIALLY DEFERRED)";
        db.execute_batch(deferred)?;
        let late = db.atomic(|tx| tx.execute("INSERT INTO late VALUES (1, -1)", ()));
        let Err(Error::ForeignKeyViolation { model: None, constraint, .. }) = &late else { panic!("{late:?}") };
        assert_eq!(constraint.as_deref(), (dialect(db) == Dialect::Postgres).then_some("late_room"));
        assert_eq!(db.query::<(i64,)>("SELECT count(*) FROM late", ())?, [(0,)]);
    }

    fn all_that_is_wrong_with_a_row_is_told_at_once(db) {
        let (ann, _) = library(db)?;
        let long = "x".repeat(300);
        let refused = Book::draft().title(&long).author(&ann).price(dec!(123456.789)).save(db).expect_err("refused");
        assert_eq!(refused.to_string(), "Book.title: longer than 200 characters; Book.price: more than 2 digits behind the point");
        let Error::Validation { model, errors } = &refused else { panic!("{refused}") };
        assert_eq!((*model, errors.len(), errors[1].field.as_str()), ("Book", 2, "price"));
        let mut book = Book::objects().first(db)?.expect("a book");
        (book.title, book.price) = (long.clone(), dec!(123456));
        let fields = |error: Error| error.field_errors().iter().map(|error| error.field.clone()).collect::<Vec<_>>();
        assert_eq!(fields(book.save(db).expect_err("refused")), ["title", "price"]);
        assert_eq!(fields(Book::objects().bulk_update(db, [&book], (Book::price, Book::title)).expect_err("refused")), ["price", "title"]);
        assert_eq!(fields(Book::objects().update(db, (Book::title.set(long), Book::price.set(dec!(123456)))).expect_err("refused")), ["title", "price"]);
        assert_eq!(Error::DoesNotExist { model: "Book" }.field_errors(), []);
    }

    fn computed_values_that_do_not_fit(db) {
        let (_, room) = a_room(db)?;
        Furniture::draft().room(&room).kind("sofa").price(dec!(99.5)).save(db)?;
        let wide = Furniture::objects().update(db, Furniture::kind.set(concat((Furniture::kind, Furniture::kind, Furniture::kind))));
        assert!(matches!(&wide, Err(Error::OutOfRange { model: Some("Furniture"), .. })), "{wide:?}");
        let dear = Furniture::objects().update(db, Furniture::price.set(Furniture::price * 2));
        assert!(matches!(&dear, Err(Error::OutOfRange { model: Some("Furniture"), .. })), "{dear:?}");
        let sum = Furniture::objects().update(db, Furniture::width.set(Furniture::width + i32::MAX));
        assert_eq!(told(db, sum), "a value computed for Furniture is out of the range of its type");
        let raw = db.execute("UPDATE piece SET kind = 'a very long sofa'", ());
        assert!(matches!(&raw, Err(Error::OutOfRange { .. })), "{raw:?}");
        let read = Furniture::objects().filter((Furniture::width + i32::MAX).gt(0)).iterator(db)?.next();
        assert!(matches!(&read, Some(Err(Error::OutOfRange { model: Some("Furniture"), .. }))), "{read:?}");
    }

    fn an_upsert_without_its_constraint(db) {
        let (ann, _) = library(db)?;
        let drafts = || [Book::draft().title("Joins").author(&ann).price(1)];
        let upsert = || BulkCreate::new().on_conflict(Book::title).update(Book::price);
        let refused = Book::objects().bulk_create_with(db, drafts(), upsert());
        let Err(Error::InvalidQuery { model: "Book", message }) = &refused else { panic!("{refused:?}") };
        assert_eq!(
            *message,
            format!(r#"`on_conflict` needs a unique constraint over exactly title, and the table "book" has none ({})"#, orm::Executor::dialect(db).name()),
        );
        // Whatever the model says, the database decides.
        Book::objects().filter(Book::title.ne("Joins")).delete(db)?;
        db.execute_batch("CREATE UNIQUE INDEX one_title ON book (title)")?;
        assert_eq!(Book::objects().bulk_create_with(db, drafts(), upsert())?, 1);
        assert_eq!(Book::objects().get(db, Book::title.eq("Joins"))?.price, dec!(1));
        // A row that is in the way of another constraint.
        let other = BulkCreate::new().on_conflict(Book::id).update(Book::price);
        let taken = told(db, Book::objects().bulk_create_with(db, drafts(), other));
        assert!(taken.starts_with("a row of Book with this "), "{taken}");
    }
}
