//! SQLite's file: locked by another program, not to be written, damaged, gone, and on a full disk.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use orm::prelude::*;

use crate::models::*;
use crate::place::{Dir, PATIENCE, Place, url_of};
use crate::victim::{Victim, say, wait_for_death};

const HASTE: Duration = Duration::from_millis(150);

fn is_locked<T: std::fmt::Debug>(result: &Result<T>) -> bool {
    matches!(
        result,
        Err(Error::LockTimeout {
            backend: "SQLite",
            ..
        })
    )
}

#[test]
fn another_program_writes() {
    let at = Place::sqlite(concat!(module_path!(), "::another_program_writes"));
    if at.is_lent() {
        return at
            .open()
            .atomic(|tx| {
                account("Cid").save(tx)?;
                say("writing");
                wait_for_death()
            })
            .unwrap();
    }
    let db = at.open_with(|builder| builder.busy_timeout(HASTE));
    account("Ann").save(&db).unwrap();
    let mut victim = Victim::of(&at);
    assert_eq!(victim.hear(), "writing");
    // Who reads is not in its way, and sees what was before.
    assert_eq!(names(&db).unwrap(), ["Ann"]);
    let write = account("Bob").save(&db);
    assert!(is_locked(&write), "{write:?}");
    let begun = db.atomic(|_| -> Result<()> { panic!("it has not begun") });
    assert!(is_locked(&begun), "{begun:?}");
    let retried = db.atomic_with(Isolation::Serializable.retries(2), |_| -> Result<()> {
        panic!("it has not begun")
    });
    assert!(is_locked(&retried), "{retried:?}");
    let bulk = Account::objects().bulk_create(&db, ["x", "y"].map(account));
    assert!(is_locked(&bulk), "{bulk:?}");
    // A new handle opens, since it need not write.
    assert_eq!(
        names(&Database::connect(at.url()).unwrap()).unwrap(),
        ["Ann"]
    );
    victim.kill();
    account("Bob").save(&db).unwrap();
    assert_eq!(names(&db).unwrap(), ["Ann", "Bob"]);
}

#[test]
fn another_program_has_the_file_for_itself() {
    let at = Place::sqlite(concat!(
        module_path!(),
        "::another_program_has_the_file_for_itself"
    ));
    if at.is_lent() {
        let db = at.open_with(|builder| builder.max_connections(1));
        db.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE")
            .unwrap();
        account("Ann").save(&db).unwrap();
        say("here first");
        wait_for_death()
    }
    let mut victim = Victim::of(&at);
    assert_eq!(victim.hear(), "here first");
    let opened = at.builder().busy_timeout(HASTE).connect();
    assert!(is_locked(&opened), "{opened:?}");
    victim.kill();
    let db = at.open();
    assert_eq!(names(&db).unwrap(), ["Ann"]);
    account("Bob").save(&db).unwrap();
}

#[test]
fn a_writer_that_waits_gets_its_turn() {
    let at = Place::sqlite(concat!(
        module_path!(),
        "::a_writer_that_waits_gets_its_turn"
    ));
    if at.is_lent() {
        let db = at.open_with(|builder| builder.busy_timeout(PATIENCE));
        let add = || {
            db.atomic(|tx| {
                let ann = Account::objects().get(tx, Account::name.eq("Ann"))?;
                Account::objects().update(tx, Account::balance.set(ann.balance + 1))
            })
        };
        for _ in 0..100 {
            add().unwrap();
        }
        return;
    }
    let db = at.open();
    account("Ann").save(&db).unwrap();
    let victims: Vec<_> = (0..3).map(|_| Victim::of(&at)).collect();
    victims.into_iter().for_each(Victim::passes);
    assert_eq!(balance(&db, "Ann").unwrap(), 300);
}

fn directory(at: &Place) -> PathBuf {
    at.file().with_file_name("")
}

/// Whether what this process makes is root's.
fn is_root(at: &Place) -> bool {
    std::fs::metadata(directory(at)).unwrap().uid() == 0
}

/// Runs the rest of a test in a process to which the modes of files apply: to root they do not.
fn without_privileges(at: &Place, url: &str) -> Victim {
    let program = std::env::current_exe().unwrap();
    if !is_root(at) {
        return Victim::start(Command::new(program), at, url);
    }
    // Where the program was built nobody else may be let in. Another process writes the copy: had this one written it, a process
    // that another thread starts meanwhile could keep it open for writing, and then it cannot be run.
    let copy = at.file().with_file_name("program");
    if !copy.exists() {
        let copied = Command::new("cp").arg(program).arg(&copy).status().unwrap();
        assert!(copied.success());
    }
    let mut command = Command::new(copy);
    command.uid(65_534).gid(65_534);
    Victim::start(command, at, url)
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// What can be done with a file, in words.
fn report(url: &str) -> String {
    let refusal = |error: Error| match error {
        Error::Connection { message, .. } => format!("no connection, {message}"),
        Error::Database { code, message, .. } => format!("refused, {code} {message}"),
        other => panic!("{other:?}"),
    };
    let db = match Database::connect(url) {
        Ok(db) => db,
        Err(error) => return refusal(error),
    };
    let read = names(&db).map_or_else(refusal, |names| names.concat());
    let write = account("Bob")
        .save(&db)
        .map_or_else(refusal, |_| "written".to_owned());
    let begun = db
        .atomic(|tx| account("Bob").save(tx))
        .map_or_else(refusal, |_| "written".to_owned());
    assert_eq!(write, begun);
    format!("{read}, {write}")
}

#[test]
fn a_file_or_a_directory_may_not_be_written() {
    let at = Place::sqlite(concat!(
        module_path!(),
        "::a_file_or_a_directory_may_not_be_written"
    ));
    if at.is_lent() {
        return say(report(at.url()));
    }
    let (file, dir) = (at.file(), directory(&at));
    let url = at.url().to_owned();
    let reading = format!("{url}?mode=ro");
    let expect = |url: &str, expected: &str| {
        let mut victim = without_privileges(&at, url);
        assert_eq!(victim.hear(), expected, "{url}");
        victim.passes();
    };
    let reads = "Ann, refused, 8 attempt to write a readonly database";
    account("Ann").save(&at.open()).unwrap();
    set_mode(&file, 0o444);
    set_mode(&dir, 0o777);
    for url in [&url, &reading] {
        expect(url, reads);
    }
    // WAL needs a second file beside the first.
    for left in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{left}", file.display()));
    }
    set_mode(&dir, 0o555);
    for mode in [0o444, 0o666] {
        set_mode(&file, mode);
        for url in [&url, &reading] {
            expect(
                url,
                "no connection, the file is in WAL mode, which needs a directory that can be written",
            );
        }
    }
    let nowhere = "no connection, the file cannot be opened: does it exist, or its directory, and may this program use it?";
    expect(&url_of(&dir.join("new.db")), nowhere);
    set_mode(&file, 0o000);
    expect(&url, nowhere);
    // A file that another program made can be read where nothing can be written.
    set_mode(&dir, 0o755);
    set_mode(&file, 0o644);
    let db = at.open_with(|builder| builder.max_connections(1));
    db.execute_batch("PRAGMA journal_mode = DELETE").unwrap();
    drop(db);
    set_mode(&file, 0o444);
    set_mode(&dir, 0o555);
    for url in [&url, &reading] {
        expect(url, reads);
    }
    // So that it can be removed.
    set_mode(&dir, 0o755);
}

/// Fills a database to its limit, which is at least a megabyte, in every way: SQLite gives the code.
fn fill(db: &Database, expected: &str) {
    let is_full = |error: &Error| matches!(error, Error::Database { backend: "SQLite", code, .. } if code == expected);
    let long = |number| {
        Entry::draft()
            .number(number)
            .amount(1)
            .text("x".repeat(4_000))
    };
    let numbers = || {
        let numbers = Entry::objects()
            .values_list(Entry::number)
            .order_by(Entry::number);
        numbers.distinct().all(db).unwrap()
    };
    entry(0, 1).save(db).unwrap();
    // All or nothing.
    let error = Entry::objects()
        .bulk_create(db, (0..4_000).map(|_| long(1)))
        .unwrap_err();
    assert!(is_full(&error), "{error:?}");
    let error = db
        .atomic(|tx| {
            entry(2, 1).save(tx)?;
            (0..4_000).try_for_each(|_| long(2).save(tx).map(drop))
        })
        .unwrap_err();
    assert!(is_full(&error), "{error:?}");
    assert_eq!(numbers(), [0]);
    // Passed over, in a savepoint and without one: the rest is with what was before, or not at all.
    for number in [3, 5] {
        let done = db.atomic(|tx| {
            entry(number, 1).save(tx)?;
            let full = match number {
                3 => Entry::objects()
                    .bulk_create(tx, (0..4_000).map(|_| long(9)))
                    .map(drop),
                _ => (0..4_000).try_for_each(|_| long(number).save(tx).map(drop)),
            };
            assert!(is_full(&full.unwrap_err()));
            entry(number + 1, 1).save(tx)
        });
        let found = numbers();
        let both = [number, number + 1].map(|number| found.contains(&number));
        assert_eq!(both, [done.is_ok(); 2], "{done:?} {found:?}");
        assert!(!found.contains(&9));
    }
    // What was committed before it was full is there.
    Entry::objects().delete(db).unwrap();
    let mut written = 0;
    let error = loop {
        match long(7).save(db) {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
    };
    assert!(is_full(&error), "{error:?}");
    assert_eq!(
        Entry::objects()
            .filter(Entry::number.eq(7))
            .count(db)
            .unwrap(),
        written
    );
    assert!(written > 50, "{written}");
}

/// The database has room for 300 pages of 4 KiB.
fn fill_to_the_last_page(at: &Place) {
    let db = at.open_with(|builder| builder.max_connections(1));
    db.query::<(i64,)>("PRAGMA max_page_count = 300", ())
        .unwrap();
    fill(&db, "13");
    // With room again it goes on.
    Entry::objects().delete(&db).unwrap();
    entry(8, 1).save(&db).unwrap();
}

#[test]
fn a_full_database() {
    fill_to_the_last_page(&Place::sqlite(module_path!()));
}

/// A shell's command in front of a program.
fn shell(options: &[&str], script: &str) -> Command {
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new(options.first().unwrap_or(&"sh"));
    let rest = options.get(1..).unwrap_or_default();
    command.args(rest);
    if !options.is_empty() {
        command.arg("sh");
    }
    command
        .args(["-ec", &format!("{script}; exec \"$@\""), "sh"])
        .arg(program);
    command
}

#[test]
fn a_full_disk() {
    let at = Place::sqlite(concat!(module_path!(), "::a_full_disk"));
    if at.is_lent() {
        let db = at.open();
        // Room that is found when it is needed.
        let spare = PathBuf::from(at.url().trim_start_matches("sqlite://")).with_file_name("spare");
        std::fs::write(&spare, vec![0; 1_000_000]).unwrap();
        fill(&db, "13");
        std::fs::remove_file(spare).unwrap();
        Entry::objects()
            .filter(Entry::number.eq(7))
            .delete(&db)
            .unwrap();
        entry(8, 1).save(&db).unwrap();
        return;
    }
    let disk = Dir::new();
    let mount = format!("mount -t tmpfs -o size=4m none {}", disk.path().display());
    // A name space of its own: what is mounted there goes with its processes.
    let ways = [
        vec!["unshare", "--mount"],
        vec!["unshare", "--map-root-user", "--mount"],
    ];
    let may = |way: &&Vec<&str>| {
        let tried = Command::new(way[0])
            .args(&way[1..])
            .args(["sh", "-c", &mount])
            .output();
        tried.is_ok_and(|tried| tried.status.success())
    };
    match ways.iter().find(may) {
        Some(way) => {
            Victim::start(shell(way, &mount), &at, &url_of(&disk.file("full.db"))).passes()
        }
        // Where nothing can be mounted, SQLite's own limit is all there is.
        None => fill_to_the_last_page(&at),
    }
}

#[test]
fn a_disk_that_fails() {
    let at = Place::sqlite(concat!(module_path!(), "::a_disk_that_fails"));
    if at.is_lent() {
        let db = at.open();
        fill(&db, "778");
        return;
    }
    // The system refuses to write behind the limit, which is no lack of room to SQLite but an I/O error.
    let limit = "trap '' XFSZ; ulimit -f 4000";
    Victim::start(shell(&[], limit), &at, at.url()).passes();
}

#[test]
fn a_damaged_file() {
    let at = Place::sqlite(module_path!());
    let db = at.open_with(|builder| builder.max_connections(1));
    account("Ann").save(&db).unwrap();
    Entry::objects()
        .bulk_create(&db, (0..5_000).map(|number| entry(number, 1)))
        .unwrap();
    let root: i64 = db
        .query::<(i64,)>(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'entry'",
            (),
        )
        .unwrap()[0]
        .0;
    drop(db);
    let whole = std::fs::read(at.file()).unwrap();
    let page = (root as usize - 1) * 4096;
    let mut damaged = whole.clone();
    damaged[page..page + 4096].fill(0xAA);
    std::fs::write(at.file(), &damaged).unwrap();
    let db = Database::connect(at.url()).unwrap();
    let is_corrupt = |error: Error| match error {
        Error::Database {
            backend: "SQLite",
            code,
            message,
            ..
        } => {
            assert!(code == "11" || code == "267", "{code}");
            assert!(message.contains("malformed"), "{message}");
        }
        other => panic!("{other:?}"),
    };
    for _ in 0..3 {
        is_corrupt(Entry::objects().all(&db).unwrap_err());
        is_corrupt(
            Entry::objects()
                .iterator(&db)
                .unwrap()
                .find_map(Result::err)
                .unwrap(),
        );
        is_corrupt(entry(1, 1).save(&db).unwrap_err());
        is_corrupt(
            db.atomic(|tx| {
                account("Bob").save(tx)?;
                entry(1, 1).save(tx)
            })
            .unwrap_err(),
        );
        // What is not damaged can be read and written.
        assert_eq!(names(&db).unwrap(), ["Ann"]);
        Account::objects()
            .update(&db, Account::balance.set(Account::balance + 1))
            .unwrap();
    }
    assert_eq!(balance(&db, "Ann").unwrap(), 3);
    drop(db);
    // The second half is missing.
    std::fs::write(at.file(), &whole[..whole.len() / 2 / 4096 * 4096]).unwrap();
    let read = Database::connect(at.url()).and_then(|db| Entry::objects().all(&db));
    is_corrupt(read.unwrap_err());
}

#[test]
fn something_that_is_no_database() {
    let dir = Dir::new();
    let no_database = "SQLite: the file is not a database, or is encrypted";
    for (name, content) in [
        ("text", "A letter to a friend. ".repeat(500)),
        ("short", "x".repeat(20)),
    ] {
        let file = dir.file(name);
        std::fs::write(&file, content).unwrap();
        for mode in ["", "?mode=ro", "?mode=rw"] {
            let error = Database::connect(&format!("{}{mode}", url_of(&file))).unwrap_err();
            assert!(matches!(error, Error::Connection { .. }), "{error:?}");
            assert_eq!(error.to_string(), no_database);
        }
    }
    let error = Database::connect(&url_of(dir.path())).unwrap_err();
    assert!(matches!(error, Error::Connection { .. }), "{error:?}");
    // An empty file is an empty database.
    std::fs::write(dir.file("empty"), "").unwrap();
    let db = Database::connect(&url_of(&dir.file("empty"))).unwrap();
    db.create_tables().unwrap();
    account("Ann").save(&db).unwrap();
    // A file that becomes none while it is open: the next connection tells.
    let other = Dir::new();
    let db = Database::connect(&url_of(&other.file("shop.db"))).unwrap();
    db.create_tables().unwrap();
    db.atomic(|tx| {
        account("Ann").save(tx)?;
        std::fs::rename(other.path(), dir.file("moved")).unwrap();
        let read = names(&db);
        assert!(matches!(read, Err(Error::Connection { .. })), "{read:?}");
        std::fs::rename(dir.file("moved"), other.path()).unwrap();
        assert!(names(&db)?.is_empty());
        Ok(())
    })
    .unwrap();
    assert_eq!(names(&db).unwrap(), ["Ann"]);
}
