//! Where a test's rows are: an SQLite file or a schema of a PostgreSQL server, for one test alone.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use orm::prelude::*;

/// Writes each test once and runs it on both databases: `fn name(at) { .. }`, whose body is that of a function
/// returning `orm::Result<()>` and whose argument is a [`Place`].
#[allow(unused_macros, reason = "not every program that has places needs it")]
macro_rules! on_each {
    ($($(#[$attr:meta])* fn $name:ident($at:ident) $body:block)+) => {
        mod cases {
            use super::*;
            $($(#[$attr])* pub fn $name($at: &crate::place::Place) -> orm::Result<()> {
                $body
                #[allow(unreachable_code, reason = "a body may end in a loop or a panic")]
                Ok(())
            })+
        }

        mod sqlite {
            $(#[test]
            fn $name() {
                let path = concat!(module_path!(), "::", stringify!($name));
                super::cases::$name(&crate::place::Place::sqlite(path)).expect("the test");
            })+
        }

        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[test]
            fn $name() {
                let path = concat!(module_path!(), "::", stringify!($name));
                super::cases::$name(&crate::place::Place::postgres(path)).expect("the test");
            })+
        }
    };
}
#[allow(unused_imports, reason = "not every program that has places needs it")]
pub(crate) use on_each;

/// The variable that tells a child process of a test where the test's rows are.
pub const LENT: &str = "ORM_FAULTS_URL";
/// The variable that tells a child process of a test what to call its connections.
pub const APPLICATION: &str = "ORM_FAULTS_APPLICATION";

/// An empty database for one test, gone with it.
pub struct Place {
    /// The test's path, by which the test program finds it again in a child process.
    pub test: &'static str,
    url: String,
    /// What the server calls this test's connections.
    pub application: String,
    home: Home,
}

enum Home {
    File(Dir),
    #[cfg(feature = "postgres")]
    Schema {
        _schema: Schema,
    },
    /// It is the parent process's.
    Lent,
}

impl Place {
    /// A new SQLite file.
    pub fn sqlite(test: &'static str) -> Self {
        Self::lent(test).unwrap_or_else(|| {
            let dir = Dir::new();
            Self::new(test, url_of(&dir.file("faults.db")), Home::File(dir))
        })
    }

    /// A new schema on the server that `test.sh` starts, or the one of `DATABASE_URL`.
    #[cfg(feature = "postgres")]
    pub fn postgres(test: &'static str) -> Self {
        Self::lent(test).unwrap_or_else(|| {
            let schema = Schema::new(server_url());
            Self::new(test, schema.url(), Home::Schema { _schema: schema })
        })
    }

    /// A new schema on another server.
    #[cfg(feature = "postgres")]
    pub fn at_server(test: &'static str, url: &str) -> Self {
        let schema = Schema::new(url.to_owned());
        Self::new(test, schema.url(), Home::Schema { _schema: schema })
    }

    fn lent(test: &'static str) -> Option<Self> {
        let url = std::env::var(LENT).ok()?;
        Some(Self {
            application: std::env::var(APPLICATION).unwrap_or_default(),
            ..Self::new(test, url, Home::Lent)
        })
    }

    fn new(path: &'static str, url: String, home: Home) -> Self {
        Self {
            // The test program does not know its own name.
            test: path.split_once("::").map_or("", |(_, test)| test),
            url,
            application: format!("faults {}", unique()),
            home,
        }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// What the server calls the connections of a child process.
    pub fn victims(&self) -> String {
        format!("victim of {}", self.application)
    }

    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// Whether this is a child process, which plays the victim of the test.
    pub const fn is_lent(&self) -> bool {
        matches!(self.home, Home::Lent)
    }

    /// The SQLite file.
    pub fn file(&self) -> PathBuf {
        match &self.home {
            Home::File(dir) => dir.file("faults.db"),
            _ => panic!("this place is no file of ours"),
        }
    }

    pub fn builder(&self) -> orm::DatabaseBuilder {
        Database::builder(&self.url).application_name(&self.application)
    }

    /// A handle with a pool of its own; the tables are made.
    pub fn open(&self) -> Database {
        self.open_with(|builder| builder)
    }

    pub fn open_with(
        &self,
        setup: impl FnOnce(orm::DatabaseBuilder) -> orm::DatabaseBuilder,
    ) -> Database {
        let db = setup(self.builder()).connect().expect("the database opens");
        db.create_tables().expect("the tables are made");
        db
    }
}

pub fn url_of(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

/// A name that no other test and no other run has.
pub fn unique() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{}_{number}", uuid::Uuid::new_v4().simple())
}

/// Waits until something is so. The patience is for machines that are slow beyond reason.
#[track_caller]
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// How long a test waits for what must come.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A directory that goes when it is dropped.
pub struct Dir(PathBuf);

impl Dir {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("orm-faults-{}", unique()));
        std::fs::create_dir_all(&path).expect("a directory for a test");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(feature = "postgres")]
pub use on_a_server::*;

#[cfg(feature = "postgres")]
mod on_a_server {
    use super::*;

    pub fn server_url() -> String {
        std::env::var("DATABASE_URL")
            .expect("PostgreSQL's tests need DATABASE_URL: run ./test.sh, which starts a server")
    }

    /// A schema that goes when it is dropped.
    pub struct Schema {
        server: String,
        name: String,
    }

    impl Schema {
        pub fn new(server: String) -> Self {
            let name = format!("faults_{}", unique());
            let schema = Self { server, name };
            schema.run(&format!("CREATE SCHEMA {}", schema.name));
            schema
        }

        /// The server's URL with the schema as the search path.
        pub fn url(&self) -> String {
            with_option(&self.server, &format!("search_path={}", self.name))
        }

        fn run(&self, sql: &str) {
            let mut client = postgres::Client::connect(&self.server, postgres::NoTls)
                .expect("PostgreSQL answers");
            client
                .batch_execute(sql)
                .expect("the schema is made or dropped");
        }
    }

    impl Drop for Schema {
        fn drop(&mut self) {
            // The server may be gone, or a failed test may still hold the tables.
            let drop = format!(
                "SET lock_timeout = '10s'; DROP SCHEMA {} CASCADE",
                self.name
            );
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.run(&drop)));
        }
    }

    /// A URL whose connections have one more setting: `name=value`.
    pub fn with_option(url: &str, setting: &str) -> String {
        let option = format!("-c{}", setting.replace('=', "%3D"));
        match url.split_once("options=") {
            Some((before, options)) => format!("{before}options={option}%20{options}"),
            None if url.contains('?') => format!("{url}&options={option}"),
            None => format!("{url}?options={option}"),
        }
    }

    /// Somebody else's view of the server, by a connection of its own.
    pub struct Admin(postgres::Client);

    impl Admin {
        pub fn new(url: &str) -> Self {
            let client = postgres::Client::connect(url, postgres::NoTls);
            Self(client.expect("PostgreSQL answers"))
        }

        pub fn run(&mut self, sql: &str) {
            self.0
                .batch_execute(sql)
                .expect("the administrator's statement");
        }

        /// The one value of a query.
        pub fn text(&mut self, sql: &str) -> String {
            let rows = self.0.simple_query(sql).expect("the administrator's query");
            let row = rows.iter().find_map(|message| match message {
                postgres::SimpleQueryMessage::Row(row) => row.get(0),
                _ => None,
            });
            row.expect("a value").to_owned()
        }

        /// The processes of an application's connections that meet a condition on `pg_stat_activity`.
        pub fn backends(&mut self, application: &str, condition: &str) -> Vec<i32> {
            let sql = format!(
                "SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND ({condition})"
            );
            let rows = self.0.query(&sql, &[&application]).expect("the activity");
            rows.iter().map(|row| row.get(0)).collect()
        }

        /// Waits until so many connections of an application meet a condition, and gives their processes.
        #[track_caller]
        pub fn wait_for(&mut self, application: &str, condition: &str, count: usize) -> Vec<i32> {
            let mut found = Vec::new();
            wait_until(&format!("{count} connections are {condition}"), || {
                found = self.backends(application, condition);
                found.len() == count
            });
            found
        }

        /// Ends the connections of an application, and waits until they are gone.
        #[track_caller]
        pub fn terminate(&mut self, application: &str, condition: &str) -> usize {
            let pids = self.backends(application, condition);
            for pid in &pids {
                self.0
                    .execute("SELECT pg_terminate_backend($1)", &[pid])
                    .expect("a connection is ended");
            }
            wait_until("the connections are gone", || {
                let left = self.backends(application, "true");
                pids.iter().all(|pid| !left.contains(pid))
            });
            pids.len()
        }
    }
}
