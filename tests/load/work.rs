//! What the threads do, and what must be true at the end.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use orm::prelude::*;

use crate::figures::{Figures, Kind};
use crate::models::*;
use crate::place::{PATIENCE, Place};
use crate::watch;

const THREADS: usize = 16;
/// Fewer than threads, so that they wait for each other's connections too.
const CONNECTIONS: usize = 12;
/// Accounts that all threads write, and then some for each thread alone.
const SHARED: usize = 32;
const OWN: usize = 20;
/// How many events a thread keeps.
const EVENTS: i64 = 500;
const WORDS: u64 = 2_000;

/// What must be in the database, as far as the operations have come back.
struct Expected {
    balances: Vec<AtomicI64>,
    changes: Vec<AtomicI64>,
    events: AtomicI64,
    words: AtomicI64,
    uses: AtomicI64,
    counter: AtomicI64,
}

impl Expected {
    fn new() -> Self {
        let zeros = || (0..SHARED).map(|_| AtomicI64::new(0)).collect();
        Self {
            balances: zeros(),
            changes: zeros(),
            events: AtomicI64::new(0),
            words: AtomicI64::new(0),
            uses: AtomicI64::new(0),
            counter: AtomicI64::new(0),
        }
    }

    fn add(&self, account: usize, amount: i64) {
        self.balances[account].fetch_add(amount, Ordering::Relaxed);
        self.changes[account].fetch_add(1, Ordering::Relaxed);
    }
}

/// Runs the load, checks what it leaves behind, and prints the figures.
pub fn run(name: &str, at: &Place, duration: Duration) {
    let open = || {
        at.open_with(|builder| {
            builder
                .max_connections(CONNECTIONS)
                .acquire_timeout(PATIENCE)
                .busy_timeout(PATIENCE)
        })
    };
    let db = open();
    let accounts = Account::objects()
        .bulk_create(
            &db,
            (0..SHARED + THREADS * OWN).map(|n| Account::draft().name(format!("account {n}"))),
        )
        .expect("the accounts");
    Counter::draft().number(0).save(&db).expect("the counter");
    let expected = Expected::new();
    let progress: Vec<_> = (0..THREADS).map(|_| AtomicU64::new(0)).collect();
    let over = AtomicBool::new(false);

    let (figures, took, seen) = thread::scope(|scope| {
        let watched =
            scope.spawn(|| watch::until_over(at, duration, &over, &progress, watch::connections()));
        let start = Instant::now();
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let worker = Worker {
                    thread,
                    db: &db,
                    accounts: &accounts,
                    expected: &expected,
                    random: Random(thread as u64 + 1),
                    figures: Figures::new(),
                    next_event: 0,
                    oldest_event: 0,
                };
                let done = &progress[thread];
                scope.spawn(move || worker.work(start + duration, done))
            })
            .collect();
        let mut figures = Figures::new();
        let mut panicked = 0;
        for thread in threads {
            match thread.join() {
                Ok(one) => figures.add(&one),
                Err(_) => panicked += 1,
            }
        }
        let took = start.elapsed();
        over.store(true, Ordering::SeqCst);
        assert_eq!(panicked, 0, "threads that failed");
        (figures, took, watched.join().expect("the watch"))
    });

    check(&db, &accounts, &expected);
    for kind in Kind::ALL {
        assert!(figures.count(kind) > 0, "{kind:?} never ran");
    }
    println!(
        "\n{name}: {THREADS} threads, {CONNECTIONS} connections, {:.0} s\n",
        took.as_secs_f64()
    );
    figures.print(took);
    println!(
        "\n{} serializable transactions were tried again, and {} other operations. Memory: {} KiB after a quarter of the \
         time, {} KiB at its end, {} KiB at most.",
        figures.retries, figures.conflicts, seen.early, seen.late, seen.peak
    );
    if !at.is_postgres() {
        let log = format!("{}-wal", at.file().display());
        let log = std::fs::metadata(log).map_or(0, |log| log.len());
        println!("The write-ahead log has {} KiB.", log / 1024);
    }
    no_connection_is_lost(&db, at, seen.connections);
    memory_is_flat(&seen, duration);
    drop(db);
    let mut connections = watch::connections();
    crate::place::wait_until("all connections are closed", || connections(at) == 0);
}

/// The database holds what the operations said, exactly.
fn check(db: &Database, accounts: &[Account], expected: &Expected) {
    let now = Account::objects().all(db).expect("the accounts");
    assert_eq!(now.len(), accounts.len());
    for (place, account) in now.iter().take(SHARED).enumerate() {
        let balance = expected.balances[place].load(Ordering::SeqCst);
        let changes = expected.changes[place].load(Ordering::SeqCst);
        assert_eq!(
            (account.balance, account.changes),
            (balance, changes),
            "{}",
            account.name
        );
    }
    let events = Event::objects().count(db).expect("the events");
    assert_eq!(events as i64, expected.events.load(Ordering::SeqCst));
    let words = Word::objects().all(db).expect("the words");
    assert_eq!(words.len() as i64, expected.words.load(Ordering::SeqCst));
    let uses: i64 = words.iter().map(|word| word.uses).sum();
    assert_eq!(uses, expected.uses.load(Ordering::SeqCst));
    let counter = Counter::objects().one(db).expect("the counter");
    assert_eq!(counter.number, expected.counter.load(Ordering::SeqCst));
}

/// Every connection can be had again, all at once, and no more than there may be.
fn no_connection_is_lost(db: &Database, at: &Place, most: usize) {
    assert!(most <= CONNECTIONS, "{most} connections");
    let mut rows: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            Account::objects()
                .iterator(db)
                .expect("an iterator")
                .chunk_size(1)
        })
        .collect();
    for rows in &mut rows {
        rows.next().expect("a row").expect("a connection");
    }
    let one_more = Account::objects().count(db);
    assert!(
        matches!(one_more, Err(Error::PoolTimeout { .. })),
        "{one_more:?}"
    );
    assert!(watch::connections()(at) <= CONNECTIONS);
    drop(rows);
    Account::objects().count(db).expect("a connection");
    #[cfg(feature = "postgres")]
    if at.is_postgres() {
        let mut admin = crate::place::Admin::new(&crate::place::server_url());
        admin.wait_for(&at.application, "state <> 'idle'", 0);
    }
}

/// Allocators and caches take their time to fill; what is lost by each operation would soon be more.
fn memory_is_flat(seen: &watch::Seen, duration: Duration) {
    let least = if duration < Duration::from_secs(30) {
        32
    } else {
        8
    };
    let grown = seen.late.saturating_sub(seen.early);
    assert!(
        grown < least * 1024,
        "memory grew from {} KiB to {} KiB",
        seen.early,
        seen.late
    );
}

/// One of the threads.
struct Worker<'a> {
    thread: usize,
    db: &'a Database,
    accounts: &'a [Account],
    expected: &'a Expected,
    random: Random,
    figures: Figures,
    /// The events of this thread have the numbers between.
    next_event: i64,
    oldest_event: i64,
}

impl Worker<'_> {
    fn work(mut self, until: Instant, done: &AtomicU64) -> Figures {
        while Instant::now() < until {
            let kind = self.choose();
            let start = Instant::now();
            self.run_to_the_end(kind);
            self.figures.note(kind, start.elapsed());
            done.fetch_add(1, Ordering::Relaxed);
        }
        self.figures
    }

    /// Runs an operation, again where PostgreSQL could not tell it from others at the same time. It may do so even at the level
    /// READ COMMITTED, where a key to a row is written while an update of that row is rolled back.
    fn run_to_the_end(&mut self, kind: Kind) {
        let (next, oldest) = (self.next_event, self.oldest_event);
        loop {
            match self.run(kind) {
                Ok(()) => return,
                Err(Error::Serialization {
                    backend: "PostgreSQL",
                }) => {
                    self.figures.conflicts += 1;
                    (self.next_event, self.oldest_event) = (next, oldest);
                }
                Err(error) => fail(kind, &error),
            }
        }
    }

    fn choose(&mut self) -> Kind {
        if self.next_event - self.oldest_event > EVENTS {
            return Kind::Delete;
        }
        match self.random.below(100) {
            0..25 => Kind::Get,
            25..40 => Kind::List,
            40..45 => Kind::Iterate,
            45..57 => Kind::Insert,
            57..69 => Kind::Update,
            69..71 => Kind::Delete,
            71..79 => Kind::GetOrCreate,
            79..85 => Kind::UpdateOrCreate,
            85..87 => Kind::BulkCreate,
            87..89 => Kind::BulkUpdate,
            89..95 => Kind::Transfer,
            95..98 => Kind::RolledBack,
            _ => Kind::Serializable,
        }
    }

    fn run(&mut self, kind: Kind) -> Result<()> {
        match kind {
            Kind::Get => self.get(),
            Kind::List => self.list(),
            Kind::Iterate => self.iterate(),
            Kind::Insert => self.insert(),
            Kind::Update => self.update(),
            Kind::Delete => self.delete(),
            Kind::GetOrCreate => self.get_or_create(),
            Kind::UpdateOrCreate => self.update_or_create(),
            Kind::BulkCreate => self.bulk_create(),
            Kind::BulkUpdate => self.bulk_update(),
            Kind::Transfer => self.transfer(),
            Kind::RolledBack => self.rolled_back(),
            Kind::Serializable => self.serializable(),
        }
    }

    fn shared(&mut self) -> usize {
        self.random.below(SHARED as u64) as usize
    }

    /// The accounts that no other thread writes.
    fn own(&self) -> &[Account] {
        &self.accounts[SHARED + self.thread * OWN..][..OWN]
    }

    fn event(&mut self) -> Draft<Event> {
        let number = self.next_event;
        self.next_event += 1;
        let account = self.shared();
        Event::draft()
            .account(&self.accounts[account])
            .thread(self.thread as i32)
            .number(number)
            .amount(Decimal::new(self.random.below(1_000_000) as i64, 2))
            .text("x".repeat(self.random.below(120) as usize))
            .build()
    }

    fn own_events(&self) -> QuerySet<Event> {
        Event::objects().filter(Event::thread.eq(self.thread as i32))
    }

    fn get(&mut self) -> Result<()> {
        let account = &self.accounts[self.shared()];
        let found = Account::objects().get(self.db, Account::id.eq(account.id))?;
        assert_eq!(found.name, account.name);
        Event::objects()
            .filter(Event::account.eq(account))
            .count(self.db)?;
        Ok(())
    }

    fn list(&mut self) -> Result<()> {
        let rows = self
            .own_events()
            .filter(Event::account.balance.gt(-1_000_000_000))
            .order_by(Event::number.desc())
            .limit(20)
            .values_list((Event::number, Event::amount, Event::account.name))
            .all(self.db)?;
        let mine = self.next_event - self.oldest_event;
        assert_eq!(rows.len() as i64, mine.min(20));
        assert!(
            rows.first()
                .is_none_or(|(number, ..)| *number == self.next_event - 1)
        );
        Ok(())
    }

    fn iterate(&mut self) -> Result<()> {
        let wanted = match self.random.below(2) {
            0 => self.random.below(100) as usize,
            _ => usize::MAX,
        };
        let mut expected = self.oldest_event;
        for event in self
            .own_events()
            .iterator(self.db)?
            .chunk_size(64)
            .take(wanted)
        {
            assert_eq!(event?.number, expected);
            expected += 1;
        }
        assert!(wanted != usize::MAX || expected == self.next_event);
        Ok(())
    }

    fn insert(&mut self) -> Result<()> {
        let event = self.event().save(self.db)?;
        assert!(event.id > 0);
        self.expected.events.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn update(&mut self) -> Result<()> {
        let (place, amount) = (self.shared(), self.random.below(200) as i64 - 100);
        assert_eq!(add(self.db, &self.accounts[place], amount)?, 1);
        self.expected.add(place, amount);
        Ok(())
    }

    fn delete(&mut self) -> Result<()> {
        let until = (self.oldest_event + 50).min(self.next_event);
        let deleted = self
            .own_events()
            .filter(Event::number.lt(until))
            .delete(self.db)?;
        assert_eq!(deleted as i64, until - self.oldest_event);
        self.oldest_event = until;
        self.expected
            .events
            .fetch_sub(deleted as i64, Ordering::Relaxed);
        Ok(())
    }

    fn word(&mut self) -> Draft<Word> {
        Word::draft()
            .text(format!("word {}", self.random.below(WORDS)))
            .build()
    }

    fn get_or_create(&mut self) -> Result<()> {
        let (_, created) = self.word().get_or_create(self.db, Word::text)?;
        self.expected
            .words
            .fetch_add(i64::from(created), Ordering::Relaxed);
        Ok(())
    }

    fn update_or_create(&mut self) -> Result<()> {
        let (_, created) = self.word().update_or_create_with(
            self.db,
            Word::text,
            Word::uses.set(Word::uses + 1),
        )?;
        self.expected
            .words
            .fetch_add(i64::from(created), Ordering::Relaxed);
        self.expected
            .uses
            .fetch_add(i64::from(!created), Ordering::Relaxed);
        Ok(())
    }

    fn bulk_create(&mut self) -> Result<()> {
        let drafts: Vec<_> = (0..50).map(|_| self.event()).collect();
        let created = Event::objects().bulk_create(self.db, drafts)?;
        assert!(created.is_sorted_by_key(|event| event.number));
        self.expected.events.fetch_add(50, Ordering::Relaxed);
        Ok(())
    }

    /// Of its own accounts, since two that update the same rows in different orders would deadlock on PostgreSQL.
    fn bulk_update(&mut self) -> Result<()> {
        let mut accounts = self.own().to_vec();
        let mark = self.random.below(1_000_000) as i64;
        for account in &mut accounts {
            account.balance = mark;
        }
        let updated = Account::objects().bulk_update(self.db, &accounts, Account::balance)?;
        assert_eq!(updated, OWN as u64);
        let account = Account::objects().get(self.db, Account::id.eq(accounts[0].id))?;
        assert_eq!(account.balance, mark);
        Ok(())
    }

    /// Moves an amount and writes that down; a second savepoint is undone.
    fn transfer(&mut self) -> Result<()> {
        let (from, amount) = (self.shared(), self.random.below(1_000) as i64);
        let to = (from + 1 + self.random.below(SHARED as u64 - 1) as usize) % SHARED;
        let (event, undone) = (self.event(), self.event());
        // It is the last, so its number can be used again.
        self.next_event -= 1;
        // The lower one first, as everybody does: else two transfers could wait for each other.
        let mut moves = [(from, -amount), (to, amount)];
        moves.sort_unstable();
        let (db, accounts) = (self.db, self.accounts);
        db.atomic(|tx| {
            for (place, amount) in moves {
                add(tx, &accounts[place], amount)?;
            }
            let back: Result<()> = tx.atomic(|sp| {
                undone.save(sp)?;
                add(sp, &accounts[moves[1].0], 1_000_000)?;
                Err(Error::custom("undone"))
            });
            assert!(matches!(back, Err(Error::Custom(_))), "{back:?}");
            tx.atomic(|sp| event.save(sp))
        })?;
        for (place, amount) in moves {
            self.expected.add(place, amount);
        }
        self.expected.events.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn rolled_back(&mut self) -> Result<()> {
        let (place, event) = (self.shared(), self.event());
        self.next_event -= 1;
        let (db, account) = (self.db, &self.accounts[place]);
        let back: Result<()> = db.atomic(|tx| {
            add(tx, account, 1_000_000)?;
            event.save(tx)?;
            Account::objects().get(tx, Account::id.eq(account.id))?;
            Err(Error::custom("changed my mind"))
        });
        match back {
            Err(Error::Custom(_)) => Ok(()),
            other => other,
        }
    }

    /// Reads and then writes what was read plus one, as only serializable transactions may.
    fn serializable(&mut self) -> Result<()> {
        let mut tries = 0;
        self.db
            .atomic_with(Isolation::Serializable.retries(10_000), |tx| {
                tries += 1;
                let mut counter = Counter::objects().one(tx)?;
                counter.number += 1;
                counter.save(tx)
            })?;
        self.figures.retries += tries - 1;
        self.expected.counter.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// With the driver's own words, since nothing here is a secret.
fn fail(kind: Kind, error: &Error) -> ! {
    let mut words = format!("{kind:?}: {error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        words += &format!(": {cause}");
        source = cause.source();
    }
    panic!("{words}");
}

fn add<D: orm::Handle + ?Sized>(db: &D, account: &Account, amount: i64) -> Result<u64> {
    Account::objects()
        .filter(Account::id.eq(account.id))
        .update(
            db,
            (
                Account::balance.set(Account::balance + amount),
                Account::changes.set(Account::changes + 1),
            ),
        )
}

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}
