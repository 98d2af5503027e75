//! A PostgreSQL server that is stopped, crashes, is not there, refuses, and has no more room. It is the tests' own.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use orm::prelude::*;

use crate::models::*;
use crate::place::{Admin, PATIENCE, Place, unique, wait_until};

/// The process that runs the server, see `server.sh`. It ends with its standard input, and so with this program.
struct Server {
    _process: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    url: String,
    /// A directory on a very small disk, where one can be had.
    small: Option<String>,
    running: bool,
}

impl Server {
    fn new() -> Self {
        let mut process = Command::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/faults/server.sh"
        ))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("server.sh starts");
        let orders = process.stdin.take().expect("its input");
        let out = process.stdout.take().expect("its output");
        let mut answers = BufReader::new(out).lines();
        let ready = next(&mut answers);
        let [_, url, small] = ready.split(' ').collect::<Vec<_>>()[..] else {
            panic!("server.sh says {ready:?}");
        };
        let server = Self {
            url: url.to_owned(),
            small: (small != "-").then(|| small.to_owned()),
            _process: process,
            orders,
            answers,
            running: true,
        };
        // The throw-away server of the other tests need not survive a crash.
        server
            .admin()
            .run("ALTER SYSTEM SET synchronous_commit = on");
        server.admin().run("SELECT pg_reload_conf()");
        server
    }

    fn admin(&self) -> Admin {
        Admin::new(&self.url)
    }

    fn order(&mut self, order: &str) {
        writeln!(self.orders, "{order}").expect("server.sh listens");
        assert_eq!(next(&mut self.answers), "done");
    }

    fn stop(&mut self, mode: &str) {
        self.order(&format!("stop {mode}"));
        self.running = false;
    }

    fn start(&mut self) {
        self.order("start");
        self.running = true;
    }

    fn restart(&mut self, mode: &str) {
        self.stop(mode);
        self.start();
    }

    fn place(&self, test: &'static str) -> Place {
        Place::at_server(test, &self.url)
    }
}

fn next(answers: &mut Lines<BufReader<ChildStdout>>) -> String {
    let line = answers.next().expect("server.sh goes on");
    line.expect("a line of server.sh")
}

/// The server, for one test at a time, and running.
fn server() -> MutexGuard<'static, Server> {
    static SERVER: LazyLock<Mutex<Server>> = LazyLock::new(|| Mutex::new(Server::new()));
    let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    if !server.running {
        server.start();
    }
    server
}

#[track_caller]
fn is_lost<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::Connection {
            backend: "PostgreSQL",
            message,
            ..
        }) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn restarted_between_queries() {
    let mut server = server();
    let at = server.place(module_path!());
    let db = at.open();
    account("Ann").save(&db).unwrap();
    for mode in ["fast", "immediate"] {
        // Statements that were prepared on the old connections are prepared anew.
        for _ in 0..3 {
            names(&db).unwrap();
        }
        server.restart(mode);
        assert_eq!(names(&db).unwrap(), ["Ann"]);
        server.restart(mode);
        db.atomic(|tx| Account::objects().update(tx, Account::balance.set(5)))
            .unwrap();
        server.restart(mode);
        let streamed = Account::objects().iterator(&db).unwrap();
        assert_eq!(streamed.filter_map(Result::ok).count(), 1);
        server.restart(mode);
        is_lost(Account::objects().update(&db, Account::balance.set(6)));
        assert_eq!(balance(&db, "Ann").unwrap(), 5);
        Account::objects()
            .update(&db, Account::balance.set(7))
            .unwrap();
    }
    assert_eq!(balance(&db, "Ann").unwrap(), 7);
}

#[test]
fn restarted_in_a_transaction() {
    let mut server = server();
    let at = server.place(module_path!());
    let db = at.open();
    account("Ann").save(&db).unwrap();
    for (number, mode) in ["fast", "immediate"].into_iter().enumerate() {
        let number = number as i64 + 1;
        let runs = std::cell::Cell::new(0);
        is_lost(db.atomic(|tx| {
            runs.set(runs.get() + 1);
            Account::objects().update(tx, Account::balance.set(99))?;
            entry(number, 99).save(tx)?;
            server.restart(mode);
            Account::objects().count(tx)
        }));
        // The half that was done is lost with its connection: to run the rest on another would be wrong.
        assert_eq!(runs.get(), 1);
        is_lost(db.atomic(|tx| {
            entry(number, 99).save(tx)?;
            server.restart(mode);
            Ok(())
        }));
        assert_eq!(Account::objects().one(&db).unwrap().balance, number - 1);
        assert_eq!(
            Entry::objects()
                .filter(Entry::amount.eq(99))
                .count(&db)
                .unwrap(),
            0
        );
        db.atomic(|tx| {
            Account::objects().update(tx, Account::balance.set(Account::balance + 1))?;
            entry(number, 1).save(tx)
        })
        .unwrap();
    }
    assert_eq!(Entry::objects().count(&db).unwrap(), 2);
}

#[test]
fn gone_for_a_while() {
    let mut server = server();
    let at = server.place(module_path!());
    let db = at.open_with(|builder| builder.max_connections(3).acquire_timeout(PATIENCE));
    account("Ann").save(&db).unwrap();
    server.stop("fast");
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                for _ in 0..3 {
                    is_lost(names(&db));
                    is_lost(account("Bob").save(&db));
                    is_lost(db.atomic(|_| -> Result<()> { panic!("there is no transaction") }));
                    is_lost(Account::objects().iterator(&db).unwrap().next().unwrap());
                }
            });
        }
    });
    let message = is_lost(at.builder().connect());
    assert_eq!(message, "the server is not reached");
    // Who is not there is not waited for.
    assert!(start.elapsed() < PATIENCE);
    server.start();
    let both = std::sync::Barrier::new(3);
    thread::scope(|scope| {
        for name in ["Cid", "Dan", "Eve"] {
            let (db, both) = (&db, &both);
            scope.spawn(move || {
                db.atomic(|tx| {
                    both.wait();
                    account(name).save(tx)
                })
                .unwrap()
            });
        }
    });
    assert_eq!(names(&db).unwrap(), ["Ann", "Cid", "Dan", "Eve"]);
}

#[test]
fn a_transaction_asks_once_for_a_server_that_is_not_there() {
    let mut server = server();
    let at = server.place(module_path!());
    let db = at.open();
    server.stop("fast");
    // The connection that the pool has is found to be dead.
    is_lost(names(&db));
    // Somebody else answers in the server's place, hangs up, and counts.
    let (_, address) = server.url.split_once('@').unwrap();
    let (address, _) = address.split_once('/').unwrap();
    let instead = std::net::TcpListener::bind(address).unwrap();
    let asked = thread::spawn(move || {
        let mut calls = 0;
        loop {
            let (mut call, _) = instead.accept().unwrap();
            let mut first = [0; 4];
            std::io::Read::read_exact(&mut call, &mut first).unwrap();
            if &first == b"stop" {
                return calls;
            }
            calls += 1;
        }
    });
    is_lost(db.atomic(|_| -> Result<()> { panic!("there is no transaction") }));
    let mut stop = std::net::TcpStream::connect(address).unwrap();
    stop.write_all(b"stop").unwrap();
    assert_eq!(asked.join().unwrap(), 1);
    server.start();
    db.atomic(|tx| account("Ann").save(tx)).unwrap();
}

#[test]
fn what_was_committed_survives_a_crash() {
    let mut server = server();
    let at = server.place(module_path!());
    let db = at.open();
    let (acknowledged, said) = std::sync::mpsc::channel::<i64>();
    let committed = thread::scope(|scope| {
        for worker in 0..6 {
            let (db, acknowledged) = (&db, acknowledged.clone());
            scope.spawn(move || {
                for number in (0..).map(|step| worker + 6 * step) {
                    let done = db.atomic(|tx| {
                        entry(number, 1).save(tx)?;
                        tx.atomic(|sp| entry(number, -1).save(sp))
                    });
                    if done.is_err() {
                        is_lost(done);
                        return;
                    }
                    acknowledged.send(number).unwrap();
                }
            });
        }
        let mut committed: Vec<_> = said.iter().take(120).collect();
        server.stop("immediate");
        drop(acknowledged);
        committed.extend(said.iter());
        committed
    });
    server.start();
    let rows = Entry::objects()
        .values_list((Entry::number, Entry::amount))
        .all(&db)
        .unwrap();
    let mut found: HashMap<i64, Vec<i64>> = HashMap::new();
    for (number, amount) in rows {
        found.entry(number).or_default().push(amount);
    }
    for number in &committed {
        assert!(found.contains_key(number), "{number} was committed");
    }
    for (number, mut amounts) in found {
        amounts.sort_unstable();
        assert_eq!(amounts, [-1, 1], "{number} was committed as a half");
    }
}

#[test]
fn logins_that_are_refused() {
    let server = server();
    let mut admin = server.admin();
    let (role, password) = (format!("role_{}", unique()), "correct horse");
    admin.run(&format!(
        "SET password_encryption = 'scram-sha-256'; CREATE ROLE {role} LOGIN PASSWORD '{password}' CONNECTION LIMIT 1"
    ));
    let rules = admin.text("SHOW hba_file");
    let others = std::fs::read_to_string(&rules).unwrap();
    let rule = format!("host all {role} 127.0.0.1/32 scram-sha-256\n{others}");
    std::fs::write(&rules, rule).unwrap();
    admin.run("SELECT pg_reload_conf()");
    let url = |user: &str, database: &str| {
        let (_, address) = server.url.split_once('@').unwrap();
        let (address, _) = address.split_once('/').unwrap();
        format!("postgres://{user}@{address}/{database}")
    };
    let right = url(&format!("{role}:correct%20horse"), "postgres");
    // The server reads its rules anew in its own time.
    wait_until("the password is asked for", || {
        Database::connect(&url(&format!("{role}:wrong"), "postgres")).is_err()
    });
    let db = Database::connect(&right).unwrap();
    for (wrong, expected) in [
        (
            url(&format!("{role}:secret"), "postgres"),
            "the server refused the user or the password",
        ),
        (url(&role, "postgres"), "the server is not reached"),
        (
            url("nobody_of_this_name:secret", "postgres"),
            "the server refused the user or the password",
        ),
        (
            url("postgres", "no_database_of_this_name"),
            "there is no database of this name",
        ),
        (right.clone(), "the server has too many connections already"),
    ] {
        let error = Database::connect(&wrong).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains("secret") && !shown.contains("horse"),
            "{shown}"
        );
        assert_eq!(is_lost(Err::<(), _>(error)), expected);
    }
    // The pool's second connection is refused; the first one goes on.
    db.atomic(|tx| {
        let read = db.query::<(i32,)>("SELECT 1", ());
        assert_eq!(is_lost(read), "the server has too many connections already");
        assert_eq!(tx.query::<(i32,)>("SELECT 1", ())?, [(1,)]);
        Ok(())
    })
    .unwrap();
    assert_eq!(db.query::<(i32,)>("SELECT 2", ()).unwrap(), [(2,)]);
    std::fs::write(&rules, others).unwrap();
    admin.run("SELECT pg_reload_conf()");
}

#[test]
fn no_room_is_left() {
    let server = server();
    let at = server.place(module_path!());
    let db = at.open_with(|builder| {
        builder
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(30))
    });
    let long = || {
        Entry::draft()
            .number(2)
            .amount(1)
            .text(format!("{}", uuid::Uuid::new_v4()).repeat(200))
    };
    let load = |tx: &Transaction<'_>| Entry::objects().bulk_create(tx, (0..2_000).map(|_| long()));
    let fill = |db: &Database| {
        match &server.small {
        // A disk of four megabytes for the table.
        Some(_) => db.atomic(|tx| {
            entry(1, 1).save(tx)?;
            load(tx).map(drop)
        }),
        // Where no file system can be mounted: no room for the files of a sort, to which the server gives the same class of error.
        None => db.atomic(|tx| {
            tx.execute_batch("SET LOCAL temp_file_limit = '1MB'; SET LOCAL work_mem = '64kB'")?;
            entry(1, 1).save(tx)?;
            let sorted = "SELECT max(n) FROM (SELECT n FROM generate_series(1, 1000000) n ORDER BY md5(n::text) LIMIT 999999) s";
            tx.query::<(i32,)>(sorted, ()).map(drop)
        }),
    }
    };
    if let Some(small) = &server.small {
        let space = format!("small_{}", unique());
        server
            .admin()
            .run(&format!("CREATE TABLESPACE {space} LOCATION '{small}'"));
        db.execute_batch(&format!("ALTER TABLE entry SET TABLESPACE {space}"))
            .unwrap();
        db.execute_batch("ALTER TABLE entry ALTER COLUMN text SET STORAGE PLAIN")
            .unwrap();
    }
    entry(0, 1).save(&db).unwrap();
    let full = fill(&db);
    match &full {
        Err(Error::Database { code, message, .. }) => {
            assert_eq!(
                code,
                if server.small.is_some() {
                    "53100"
                } else {
                    "53400"
                },
                "{full:?}"
            );
            assert!(!message.is_empty());
        }
        other => panic!("{other:?}"),
    }
    let numbers = Entry::objects()
        .values_list(Entry::number)
        .all(&db)
        .unwrap();
    assert_eq!(numbers, [0]);
    // With room again it goes on.
    db.execute_batch("ALTER TABLE entry SET TABLESPACE pg_default")
        .unwrap();
    db.atomic(load).unwrap();
    assert_eq!(Entry::objects().count(&db).unwrap(), 2_001);
}
