//! Databases of their own on the PostgreSQL server of the tests.

/// A database that goes when it is dropped.
pub struct Scratch {
    server: String,
    name: String,
}

impl Scratch {
    /// Makes an empty database, ordered by code point as SQLite is.
    ///
    /// Without a server it fails: PostgreSQL's tests are never skipped.
    pub fn new() -> Self {
        let server = std::env::var("DATABASE_URL")
            .expect("PostgreSQL's tests need DATABASE_URL: run ./test.sh, which starts a server");
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        let scratch = Self { server, name };
        scratch.admin(&format!(
            "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
            scratch.name
        ));
        scratch
    }

    /// The database's URL: the server's with another name behind the host.
    pub fn url(&self) -> String {
        let (address, options) = match self.server.split_once('?') {
            Some((address, options)) => (address, format!("?{options}")),
            None => (self.server.as_str(), String::new()),
        };
        let host = address.find("://").map_or(0, |at| at + 3);
        let end = address[host..]
            .find('/')
            .map_or(address.len(), |at| host + at);
        format!("{}/{}{options}", &address[..end], self.name)
    }

    fn admin(&self, sql: &str) {
        let mut client =
            postgres::Client::connect(&self.server, postgres::NoTls).expect("PostgreSQL");
        client.batch_execute(sql).expect(sql);
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.admin(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}
