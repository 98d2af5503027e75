//! Programs that are killed by SIGKILL: what they had committed is there, and nothing of what they had not.

use orm::prelude::*;

use crate::models::*;
use crate::place::{Place, on_each, wait_until};
use crate::victim::{Victim, say, wait_for_death};

/// Waits until a killed program's connections are gone: the server learns of it when it next has something to say. Of SQLite's
/// locks nothing is left behind a process that has ended.
fn bury(at: &Place) {
    #[cfg(feature = "postgres")]
    if at.is_postgres() {
        crate::place::Admin::new(at.url()).wait_for(&at.victims(), "true", 0);
    }
    let _ = at;
}

on_each! {
    fn in_a_transaction(at) {
        if at.is_lent() {
            let db = at.open();
            account("Ann").save(&db)?;
            return db.atomic(|tx| {
                account("Bob").save(tx)?;
                Account::objects().update(tx, Account::balance.set(99))?;
                tx.atomic(|sp| account("Cid").save(sp))?;
                assert_eq!(names(tx)?, ["Ann", "Bob", "Cid"]);
                say("half way");
                wait_for_death()
            });
        }
        let mut victim = Victim::of(at);
        assert_eq!(victim.hear(), "half way");
        let db = at.builder().connect()?;
        assert_eq!(names(&db)?, ["Ann"]);
        victim.kill();
        bury(at);
        assert_eq!(names(&db)?, ["Ann"]);
        // Its locks are gone too.
        Account::objects().update(&db, Account::balance.set(Account::balance + 1))?;
        account("Bob").save(&db)?;
        assert_eq!((names(&db)?, balance(&db, "Ann")?), (vec!["Ann".to_owned(), "Bob".to_owned()], 1));
    }

    fn in_a_bulk_create(at) {
        if at.is_lent() {
            // Long enough for SQLite to write a part of it to the disk before it is committed.
            let text = "x".repeat(1_000);
            let drafts = (0..8_000).map(|number| Entry::draft().number(number).amount(1).text(text.clone()));
            Entry::objects().bulk_create(&at.open(), drafts)?;
            unreachable!("the row 6,000 takes for ever");
        }
        let db = at.open();
        entry(-1, 1).save(&db)?;
        let mut stop = Stop::at_row_6000(at, &db)?;
        let victim = Victim::of(at);
        stop.wait_until_reached();
        assert_eq!(Entry::objects().count(&db)?, 1);
        victim.kill();
        stop.remove();
        bury(at);
        assert_eq!(Entry::objects().count(&db)?, 1);
        db.execute_batch(if at.is_postgres() { "DROP TRIGGER stop ON entry" } else { "DROP TRIGGER stop" })?;
        let rows = Entry::objects().values_list(Entry::number).all(&db)?;
        assert_eq!(rows, [-1]);
        // The same load, not disturbed.
        let written = Entry::objects().bulk_create(&db, (0..8_000).map(|number| entry(number, 1)))?;
        assert_eq!((written.len(), Entry::objects().count(&db)?), (8_000, 8_001));
    }

    fn in_a_storm_of_transactions(at) {
        if at.is_lent() {
            let db = at.open();
            let threads = 0..4;
            std::thread::scope(|scope| {
                for thread in threads {
                    let db = &db;
                    scope.spawn(move || {
                        for number in (thread..).step_by(4) {
                            db.atomic(|tx| {
                                entry(number, 1).save(tx)?;
                                tx.atomic(|sp| entry(number, -1).save(sp))
                            }).expect("a commit");
                            say(number);
                        }
                    });
                }
            });
            unreachable!("it never ends");
        }
        let db = at.open();
        let mut victim = Victim::of(at);
        let committed: Vec<i64> = (0..60).map(|_| victim.hear().parse().expect("a number")).collect();
        victim.kill();
        // What was under way when it died may still come to its end on the server.
        bury(at);
        let entries = Entry::objects().values_list((Entry::number, Entry::amount)).all(&db)?;
        let mut sums: HashMap<i64, (i64, i64)> = HashMap::new();
        for (number, amount) in entries {
            let (count, sum) = sums.entry(number).or_default();
            (*count, *sum) = (*count + 1, *sum + amount);
        }
        for number in committed {
            assert!(sums.contains_key(&number), "{number} was committed");
        }
        assert!(sums.values().all(|both| *both == (2, 0)), "{sums:?}");
        entry(-1, 1).save(&db)?;
    }
}

/// What keeps the row 6,000 from being written: it is in the second batch.
struct Stop<'a> {
    at: &'a Place,
    /// Holds the lock that PostgreSQL's trigger waits for.
    #[cfg(feature = "postgres")]
    lock: Option<crate::place::Admin>,
}

impl<'a> Stop<'a> {
    fn at_row_6000(at: &'a Place, db: &Database) -> Result<Self> {
        #[cfg(feature = "postgres")]
        if at.is_postgres() {
            let mut lock = crate::place::Admin::new(at.url());
            lock.run("SELECT pg_advisory_lock(hashtext(current_schema()))");
            db.execute_batch(
                "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 PERFORM pg_advisory_xact_lock(hashtext(current_schema())); RETURN new; END $$; \
                 CREATE TRIGGER stop BEFORE INSERT ON entry FOR EACH ROW WHEN (new.number = 6000) \
                 EXECUTE FUNCTION stop()",
            )?;
            return Ok(Self {
                at,
                lock: Some(lock),
            });
        }
        db.execute_batch(
            "CREATE TRIGGER stop BEFORE INSERT ON entry WHEN new.number = 6000 BEGIN \
             SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 - i FROM n) \
             SELECT i FROM n WHERE i < 0); END",
        )?;
        Ok(Self {
            at,
            #[cfg(feature = "postgres")]
            lock: None,
        })
    }

    /// Waits until rows are written that are not committed.
    fn wait_until_reached(&mut self) {
        #[cfg(feature = "postgres")]
        if let Some(admin) = &mut self.lock {
            admin.wait_for(&self.at.victims(), "wait_event = 'advisory'", 1);
            return;
        }
        let log = format!("{}-wal", self.at.file().display());
        wait_until("a part of the rows is on the disk", || {
            std::fs::metadata(&log).is_ok_and(|log| log.len() > 2_000_000)
        });
    }

    /// Lets PostgreSQL go on, which then finds that nobody is there.
    fn remove(self) {
        #[cfg(feature = "postgres")]
        drop(self.lock);
    }
}
