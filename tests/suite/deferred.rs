//! `Deferred` fields: left out, loaded, changed.

use orm::prelude::*;

use crate::models::{Enclosure, Leaf, Letter, LetterBox, Scroll, Settings};
use crate::support::suite;

suite! {
    fn all_is_loaded_unless_a_query_leaves_it_out(db) {
        letters(db)?;
        let first = Letter::objects().first(db)?.unwrap();
        assert_eq!(first.body.get()?, "Dear Ann");
        assert_eq!(first.notes.get()?, &None);
        assert_eq!(first.weight.get()?.to_string(), "1.000");
        assert_eq!(first.settings.get()?.sizes, [1]);
        assert_eq!(first.heading.get()?, "A");
        let without = Letter::objects().defer(Letter::body).first(db)?.unwrap();
        assert!(matches!(without.body.get(), Err(Error::NotLoaded { relation: "body" })));
        assert_eq!(without.notes.get()?, &None);
        assert_eq!(format!("{:?}", without.body), "<not loaded>");
        assert_ne!(without, first);
        assert_eq!(without, without.clone());
        // One query, and no second one.
        let (_, log) = db.capture(|db| {
            assert_eq!(without.body.fetch(db)?, "Dear Ann");
            without.body.fetch(db).map(drop)
        })?;
        assert_eq!(log.len(), 1);
        assert_eq!(without, first);
    }

    fn only_and_defer_say_what_is_left_out(db) {
        letters(db)?;
        let loaded = |letters: QuerySet<Letter>| -> Result<String> {
            let letter = letters.first(db)?.unwrap();
            assert_eq!((&*letter.title, letter.letter_box.fetch(db)?.name.as_str()), ("A", "left"));
            let loaded = [
                ("body", letter.body.is_unloaded()),
                ("notes", letter.notes.is_unloaded()),
                ("weight", letter.weight.is_unloaded()),
                ("settings", letter.settings.is_unloaded()),
            ];
            Ok(loaded.into_iter().filter(|(_, unloaded)| !unloaded).map(|(name, _)| name).collect::<Vec<_>>().join(" "))
        };
        let all = Letter::objects;
        assert_eq!(loaded(all())?, "body notes weight settings");
        assert_eq!(loaded(all().defer((Letter::notes, Letter::body)))?, "weight settings");
        assert_eq!(loaded(all().defer(Letter::notes).defer(Letter::body).defer(Letter::body))?, "weight settings");
        assert_eq!(loaded(all().only((Letter::title,)))?, "");
        assert_eq!(loaded(all().only(Letter::body))?, "body");
        assert_eq!(loaded(all().only((Letter::body, Letter::notes)).defer(Letter::body))?, "notes");
        assert_eq!(loaded(all().defer(Letter::body).only((Letter::title, Letter::body, Letter::letter_box)))?, "body");
        // NULL is a value, what was left out is none.
        let letters = all().defer(Letter::notes).all(db)?;
        for letter in &letters {
            assert!(letter.notes.get().is_err());
        }
        assert_eq!(letters[0].notes.fetch(db)?, &None);
        assert_eq!(letters[1].notes.fetch(db)?.as_deref(), Some("late"));
        assert_eq!(letters[1].weight.get()?, &dec!(2.5));
    }

    fn every_query_method_takes_them(db) {
        let letter_box = letters(db)?;
        let few = Letter::objects().only(Letter::title);
        let by_key = few.get(db, Letter::title.eq("A"))?;
        assert!(few.get(db, Letter::id.eq(by_key.id))?.body.is_unloaded());
        assert!(few.clone().filter(Letter::body.startswith("Cheer")).one(db)?.body.is_unloaded());
        assert!(few.clone().order_by(Letter::body.desc()).first(db)?.unwrap().body.is_unloaded());
        assert!(few.last(db)?.unwrap().body.is_unloaded());
        assert!(few.latest(db, Letter::weight)?.unwrap().body.is_unloaded());
        assert_eq!((few.count(db)?, few.exists(db)?), (3, true));
        assert!(few.in_bulk(db, [by_key.id])?[&by_key.id].weight.is_unloaded());
        for letter in few.clone().chunk_size(1).iterator(db)? {
            assert!(letter?.body.is_unloaded());
        }
        for letter in few.clone().distinct().slice(1..).filter(Letter::title.ne("C")).order_by(Letter::title).all(db)? {
            assert_eq!((letter.title.as_str(), letter.body.is_unloaded()), ("B", true));
        }
        assert!(Letter::objects().slice(1..).only(Letter::title).reverse().first(db)?.unwrap().body.is_unloaded());
        let (letter, log) = db.capture(|db| few.clone().select_related(Letter::letter_box).first(db))?;
        let letter = letter.unwrap();
        assert!(log.len() == 1 && letter.body.is_unloaded());
        assert_eq!(letter.letter_box.get()?.name, "left");
        db.atomic(|tx| {
            assert!(few.clone().select_for_update().first(tx)?.unwrap().body.is_unloaded());
            Ok(())
        })?;
        // Values are what they are.
        assert_eq!(few.clone().unordered().values_list((Letter::title, Letter::notes)).all(db)?.len(), 3);
        assert_eq!(letter_box.letters.objects().only(Letter::title).all(db)?.len(), 3);
        // What a query set of keys leaves out is nothing to the one around it.
        let on = LetterBox::objects().filter(LetterBox::letters.body.contains("Dear")).prefetch_related(LetterBox::letters);
        assert_eq!(on.one(db)?.letters.loaded()?[0].body.get()?, "Dear Ann");
        let few_left = few.clone().filter(Letter::title.ne("C"));
        assert_eq!(few_left.update(db, Letter::notes.set("seen"))?, 2);
        assert_eq!(few_left.delete(db)?, 2);
    }

    fn what_is_loaded_beside_them_takes_them(db) {
        letters(db)?;
        let a = Letter::objects().first(db)?.unwrap();
        Enclosure::draft().letter(&a).text("a leaf").save(db)?;
        let few = Letter::objects().only(Letter::title);
        // The row that a loaded row belongs to is as it was read.
        let letters = few.clone().prefetch_related(Letter::enclosures).all(db)?;
        let enclosure = &letters[0].enclosures.loaded()?[0];
        assert_eq!(enclosure.text.get()?, "a leaf");
        let parent = enclosure.letter.get()?;
        assert!(parent.title == "A" && parent.body.is_unloaded());
        assert_eq!(parent.body.fetch(db)?, "Dear Ann");
        // Rows in a list, and rows with something appended.
        let boxes = LetterBox::objects().with(LetterBox::letters.query(few.clone().limit(2))).all(db)?;
        let read: Vec<_> = boxes[0].1.iter().map(|letter| (&*letter.title, letter.body.is_unloaded())).collect();
        assert_eq!(read, [("A", true), ("B", true)]);
        let texts = few.clone().with(Letter::enclosures.values_list(Enclosure::text));
        let rows: Vec<(Letter, Vec<String>)> = texts.defer(Letter::body).all(db)?;
        assert!(rows[0].0.body.is_unloaded());
        assert_eq!(rows[0].1, ["a leaf"]);
        let beside: Vec<(Letter, LetterBox)> = few.with(Letter::letter_box).all(db)?;
        assert!(beside[0].0.body.is_unloaded() && beside[0].1.name == "left");
        let beside: Vec<(Enclosure, Letter)> = Enclosure::objects().defer(Enclosure::text).with(Enclosure::letter).all(db)?;
        assert!(beside[0].0.text.is_unloaded());
        assert_eq!(beside[0].1.body.get()?, "Dear Ann");
    }

    fn united_rows_leave_out_what_a_part_does(db) {
        letters(db)?;
        let (a, all) = (Letter::objects().filter(Letter::title.eq("A")), Letter::objects());
        for united in [
            a.clone().defer(Letter::body).union(&all),
            a.clone().union(all.clone().defer(Letter::body)),
            all.clone().defer(Letter::body).intersection(a.clone().union_all(&a)).union(&all),
            a.clone().limit(1).union(all.clone().order_by(Letter::body).limit(3).defer(Letter::body)),
        ] {
            let rows = united.clone().order_by((Letter::title, Letter::notes)).all(db)?;
            assert_eq!(rows.iter().map(|letter| &*letter.title).collect::<Vec<_>>(), ["A", "B", "C"]);
            assert!(rows.iter().all(|letter| letter.body.is_unloaded() && !letter.notes.is_unloaded()));
            assert_eq!(rows[1].body.fetch(db)?, "Dear Bob");
            assert_eq!(united.count(db)?, 3);
            let refused = united.order_by(Letter::body).all(db);
            assert!(matches!(refused, Err(Error::InvalidQuery { .. })), "{refused:?}");
        }
    }

    fn saving_leaves_alone_what_was_not_loaded(db) {
        letters(db)?;
        let mut letter = Letter::objects().only(Letter::body).get(db, Letter::title.eq("B"))?;
        let before = Letter::objects().get(db, Letter::id.eq(letter.id))?;
        letter.title = "BB".into();
        letter.body.get_mut()?.push('!');
        letter.save(db)?;
        assert!(letter.notes.is_unloaded());
        // The clock and what the database computes are known.
        assert_eq!(letter.heading.get()?, "BB");
        let after = Letter::objects().get(db, Letter::id.eq(letter.id))?;
        assert_eq!((&*after.title, &**after.body.get()?, after.notes.get()?.as_deref()), ("BB", "Dear Bob!", Some("late")));
        assert_eq!(after.changed, letter.changed);
        assert!(after.changed.get()? >= before.changed.get()?);
        assert_eq!(after.weight, before.weight);
        // Setting one is enough to write it.
        letter.notes.set(Some("set".to_owned()));
        letter.weight = dec!(9).into();
        letter.save(db)?;
        let after = Letter::objects().get(db, Letter::id.eq(letter.id))?;
        assert_eq!((after.notes.get()?.as_deref(), after.weight.get()?), (Some("set"), &dec!(9)));

        let mut few = Letter::objects().only(Letter::title).get(db, Letter::id.eq(letter.id))?;
        let refused = few.save_only(db, (Letter::title, Letter::body));
        assert!(matches!(refused, Err(Error::NotLoaded { relation: "body" })), "{refused:?}");
        let refused = Letter::objects().bulk_update(db, [&few], (Letter::title, Letter::settings));
        assert!(matches!(refused, Err(Error::NotLoaded { relation: "settings" })), "{refused:?}");
        few.title = "CC".into();
        few.save_only(db, Letter::title)?;
        few.title = "DD".into();
        assert_eq!(Letter::objects().bulk_update(db, [&few], Letter::title)?, 1);
        few.update(db, Letter::body.set(concat((Letter::title, "?"))))?;
        assert_eq!(few.body.get()?, "DD?");
        assert!(few.notes.is_unloaded());
        few.delete(db)?;
        assert!(matches!(letter.save(db), Err(Error::DoesNotExist { .. })));
        let gone = Letter::objects().only(Letter::title).first(db)?.unwrap();
        Letter::objects().delete(db)?;
        assert!(matches!(gone.body.fetch(db), Err(Error::DoesNotExist { model: "Letter" })));
    }

    fn refreshing_keeps_what_is_left_out(db) {
        letters(db)?;
        let mut letter = Letter::objects().defer((Letter::body, Letter::notes)).first(db)?.unwrap();
        Letter::objects().update(db, (Letter::title.set("Z"), Letter::body.set("new"), Letter::weight.set(7)))?;
        letter.refresh(db)?;
        assert_eq!((&*letter.title, letter.weight.get()?), ("Z", &dec!(7)));
        assert!(letter.body.is_unloaded() && letter.notes.is_unloaded());
        letter.refresh_only(db, Letter::body)?;
        assert_eq!(letter.body.get()?, "new");
        Letter::objects().update(db, Letter::body.set("newer"))?;
        letter.refresh(db)?;
        assert_eq!(letter.body.get()?, "newer");
        assert!(letter.notes.is_unloaded());
    }

    fn drafts_take_plain_values(db) {
        let letter_box = LetterBox::draft().name("s").save(db)?;
        let settings = Settings { theme: "dark".into(), sizes: vec![] };
        let letter = Letter::draft().title("t").letter_box(&letter_box).body("b").notes("n").weight(3).settings(Json(settings)).save(db)?;
        assert_eq!((&**letter.body.get()?, letter.notes.get()?.as_deref()), ("b", Some("n")));
        assert_eq!(Letter::objects().one(db)?, letter);
        let made = Letter::draft().title("u").letter_box(&letter_box).body("c").build();
        let made = Letter::objects().bulk_create(db, vec![made])?;
        assert_eq!(made[0].weight.get()?, &dec!(1));
        let copy = letter.to_draft().save(db)?;
        assert_eq!((copy.body, copy.notes), (letter.body, letter.notes));
        let by_hand = Scroll { key: Uuid::nil(), text: "x".into() };
        assert_eq!(by_hand, Scroll { text: Deferred::from("x".to_owned()), ..by_hand.clone() });
        assert_ne!(by_hand, Scroll { text: Deferred::default(), ..by_hand.clone() });
    }

    fn keys_of_other_types_find_what_was_left_out(db) {
        Scroll::draft().text("papyrus").save(db)?;
        let other = Scroll::draft().text("vellum").save(db)?;
        let scroll = Scroll::objects().defer(Scroll::text).get(db, Scroll::key.eq(other.key))?;
        assert!(scroll.text.is_unloaded());
        assert_eq!(scroll.text.fetch(db)?, "vellum");
        let found = Scroll::objects().defer(Scroll::text).in_bulk_by(db, Scroll::text, ["vellum"])?;
        assert_eq!(found["vellum"], other);
        let (again, created) = Scroll::draft().text("vellum").get_or_create(db, Scroll::text)?;
        assert_eq!((again, created), (other, false));
        let leaf = Leaf::draft().volume("II").page(3).text("three").save(db)?;
        Leaf::draft().volume("II").page(4).text("four").save(db)?;
        let mut left_out = Leaf::objects().defer(Leaf::text).get(db, Leaf::page.eq(3))?;
        assert!(left_out.text.is_unloaded());
        left_out.refresh(db)?;
        assert_eq!(left_out.text.fetch(db)?, "three");
        assert_eq!(left_out, leaf);
        // SQL that does not select it leaves it out too.
        let raw = Scroll::raw("SELECT key FROM scroll WHERE text = ?", ("papyrus",)).one(db)?;
        assert!(raw.text.is_unloaded());
        assert_eq!(raw.text.fetch(db)?, "papyrus");
    }
}

/// Three letters on one letter_box.
fn letters(db: &Database) -> Result<LetterBox> {
    let letter_box = LetterBox::draft().name("left").save(db)?;
    let settings = Settings {
        theme: "dark".into(),
        sizes: vec![2, 3],
    };
    Letter::draft()
        .title("A")
        .letter_box(&letter_box)
        .body("Dear Ann")
        .save(db)?;
    Letter::draft()
        .title("B")
        .letter_box(&letter_box)
        .body("Dear Bob")
        .notes("late")
        .weight(dec!(2.5))
        .save(db)?;
    Letter::draft()
        .title("C")
        .letter_box(&letter_box)
        .body("Cheers")
        .settings(Json(settings))
        .save(db)?;
    Ok(letter_box)
}
