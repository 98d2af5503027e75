//! The database that a query says it is for.

/// A database, as a query names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backend {
    /// SQLite
    Sqlite,
    /// PostgreSQL
    Postgres,
}

impl Backend {
    /// Its name, as its dialect has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// The queries that are for it, as something that another database lacks.
    pub const fn queries(self) -> &'static str {
        match self {
            Self::Sqlite => "queries that are for SQLite",
            Self::Postgres => "queries that are for PostgreSQL",
        }
    }
}
