//! The prepared statements of one connection, by text and parameter types.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};
use tokio_postgres::Statement;
use tokio_postgres::types::Type;

/// How many statements a connection remembers.
const MOST: usize = 512;

/// What is known of a statement.
pub(super) enum Known {
    /// It never ran here, or so long ago that it is forgotten.
    New,
    /// It ran once, unprepared: a second time is worth preparing it.
    Seen,
    /// It is prepared.
    Prepared(Statement),
}

/// Statements by the hash of their text and types; the one that ran longest ago goes first.
#[derive(Default)]
pub(super) struct Statements {
    entries: FxHashMap<u64, Entry>,
    clock: u64,
}

struct Entry {
    sql: Box<str>,
    types: Box<[Type]>,
    statement: Option<Statement>,
    used: u64,
}

fn key(sql: &str, types: &[Type]) -> u64 {
    let mut hasher = FxHasher::default();
    sql.hash(&mut hasher);
    for ty in types {
        hasher.write_u32(ty.oid());
    }
    hasher.finish()
}

impl Statements {
    /// Looks a statement up, and remembers that it was asked for.
    pub(super) fn find(&mut self, sql: &str, types: &[Type]) -> Known {
        self.clock += 1;
        let (key, used) = (key(sql, types), self.clock);
        if let Some(entry) = self
            .entries
            .get_mut(&key)
            .filter(|entry| *entry.sql == *sql && *entry.types == *types)
        {
            entry.used = used;
            return entry.statement.clone().map_or(Known::Seen, Known::Prepared);
        }
        if self.entries.len() >= MOST {
            self.forget_old();
        }
        self.entries.insert(
            key,
            Entry {
                sql: sql.into(),
                types: types.into(),
                statement: None,
                used,
            },
        );
        Known::New
    }

    /// Keeps a statement that was prepared. It must have been looked up before.
    pub(super) fn keep(&mut self, sql: &str, types: &[Type], statement: &Statement) {
        if let Some(entry) = self.entries.get_mut(&key(sql, types)) {
            entry.statement = Some(statement.clone());
        }
    }

    /// Forgets a statement whose plan has grown old.
    pub(super) fn forget(&mut self, sql: &str, types: &[Type]) {
        self.entries.remove(&key(sql, types));
    }

    /// Makes room for many at once, so that the search for the oldest is rare.
    fn forget_old(&mut self) {
        let mut used: Vec<u64> = self.entries.values().map(|entry| entry.used).collect();
        let (_, limit, _) = used.select_nth_unstable(MOST / 4);
        let limit = *limit;
        self.entries.retain(|_, entry| entry.used > limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_prepared_the_second_time_and_old_ones_go() {
        let mut statements = Statements::default();
        assert!(matches!(statements.find("a", &[Type::INT4]), Known::New));
        assert!(matches!(statements.find("a", &[Type::INT4]), Known::Seen));
        assert!(matches!(statements.find("a", &[Type::INT8]), Known::New));
        for number in 0..MOST {
            statements.find(&number.to_string(), &[]);
        }
        assert!(statements.entries.len() <= MOST);
        assert!(matches!(statements.find("a", &[Type::INT4]), Known::New));
        assert!(matches!(
            statements.find(&(MOST - 1).to_string(), &[]),
            Known::Seen
        ));
        statements.forget("a", &[Type::INT4]);
        assert!(matches!(statements.find("a", &[Type::INT4]), Known::New));
    }
}
