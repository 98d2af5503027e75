//! What is seen in a log: statements that repeat themselves.

use std::fmt;
use std::panic::Location;
use std::time::Duration;

use orm_core::executor::Lazy;
use rustc_hash::FxHashMap;

use crate::log::{Log, Statement};

/// One statement that ran several times with the same values.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Duplicate {
    /// Its text.
    pub sql: String,
    /// How often it ran.
    pub count: usize,
    /// Where it was asked for, once each.
    pub callers: Vec<&'static Location<'static>>,
}

/// The runs of one statement that one line of source asked for. Written by `{}` it says what to do about them.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let (_, log) = db.capture(|db| {
///     for book in Book::objects().all(db)? {
///         println!("{} by {}", book.title, book.author.fetch(db)?.name);
///     }
///     Ok(())
/// })?;
/// let told = log.n_plus_one()[0].to_string();
/// assert!(told.starts_with("4 × the same statement from "));
/// assert!(told.ends_with(", relation Book::author: add `.select_related(Book::author)`"));
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Group {
    /// Its text.
    pub sql: String,
    /// The model it is about; empty for raw SQL.
    pub model: &'static str,
    /// The line that asked for it.
    pub caller: &'static Location<'static>,
    /// The relation or the field, if instances asked for one of their own.
    pub lazy: Option<Lazy>,
    /// How often it ran.
    pub count: usize,
    /// How many rows it returned or touched, all runs together.
    pub rows: u64,
    /// How long all runs took together.
    pub duration: Duration,
    /// Whether its values differed from run to run. Runs that go on with what was asked for before do not count: the parts of
    /// what an iterator loads, the levels of a tree.
    pub differs: bool,
}

impl Group {
    fn of(statement: &Statement) -> Self {
        let Statement {
            sql,
            model,
            caller,
            lazy,
            ..
        } = statement;
        Self {
            sql: sql.clone(),
            model,
            caller,
            lazy: *lazy,
            count: 0,
            rows: 0,
            duration: Duration::ZERO,
            differs: false,
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, line) = (self.caller.file(), self.caller.line());
        match self.count {
            1 => write!(f, "one statement from {file}:{line}")?,
            count => write!(f, "{count} × the same statement from {file}:{line}")?,
        }
        match &self.lazy {
            Some(lazy) if self.count > 1 => {
                write!(f, ", {} {}: {}", lazy.kind(), lazy.path(), lazy.advice())
            }
            Some(lazy) => write!(f, ", {} {}", lazy.kind(), lazy.path()),
            None if self.model.is_empty() => write!(f, ": {}", self.sql),
            None => write!(f, ", model {}: {}", self.model, self.sql),
        }
    }
}

impl Log {
    /// Statements that ran more than once with the same values, wherever they were asked for.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (_, log) = db.capture(|db| {
    ///     Book::objects().count(db)?;
    ///     Book::objects().count(db)
    /// })?;
    /// assert_eq!(log.duplicates()[0].count, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn duplicates(&self) -> Vec<Duplicate> {
        let mut groups: Vec<(&Statement, Duplicate)> = Vec::new();
        let mut by_sql: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for statement in self.statements() {
            let places = by_sql.entry(&statement.sql).or_default();
            let known = places
                .iter()
                .copied()
                .find(|place| groups[*place].0.params == statement.params);
            let place = known.unwrap_or_else(|| {
                let duplicate = Duplicate {
                    sql: statement.sql.clone(),
                    count: 0,
                    callers: Vec::new(),
                };
                groups.push((statement, duplicate));
                places.push(groups.len() - 1);
                groups.len() - 1
            });
            let duplicate = &mut groups[place].1;
            duplicate.count += 1;
            if !duplicate.callers.contains(&statement.caller) {
                duplicate.callers.push(statement.caller);
            }
        }
        groups
            .into_iter()
            .map(|(_, duplicate)| duplicate)
            .filter(|duplicate| duplicate.count > 1)
            .collect()
    }

    /// The statements by text and by the line of source that asked for them, in the order of their first runs.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (_, log) = db.capture(|db| {
    ///     for _ in 0..3 {
    ///         Book::objects().count(db)?;
    ///     }
    ///     Author::objects().count(db)
    /// })?;
    /// let counts: Vec<(&str, usize)> = log.groups().iter().map(|group| (group.model, group.count)).collect();
    /// assert_eq!(counts, [("Book", 3), ("Author", 1)]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<(Group, Option<&Statement>)> = Vec::new();
        // Two keys of one model to the same other are loaded by the same text.
        let mut places: FxHashMap<_, usize> = FxHashMap::default();
        for statement in self.statements() {
            let relation = statement.lazy.map(|lazy| lazy.path());
            let key = (&*statement.sql, statement.caller, relation);
            let place = *places.entry(key).or_insert_with(|| {
                groups.push((Group::of(statement), None));
                groups.len() - 1
            });
            let (group, first) = &mut groups[place];
            group.count += 1;
            group.rows += statement.rows;
            group.duration += statement.duration;
            if !statement.goes_on {
                group.differs |= first.get_or_insert(statement).params != statement.params;
            }
        }
        groups.into_iter().map(|(group, _)| group).collect()
    }

    /// Statements that one line of source ran more than once with different values: usually a query inside of a loop, to be
    /// replaced by one query for all. Where the rows' relations or fields were asked for, written by `{}` it says what loads
    /// them. What one call loads part by part or level by level is no such thing, nor are the batches of a bulk write.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (_, log) = db.capture(|db| {
    ///     for author in Author::objects().all(db)? {
    ///         author.books.count(db)?;
    ///     }
    ///     Ok(())
    /// })?;
    /// let repeated = &log.n_plus_one()[0];
    /// assert_eq!((repeated.model, repeated.count), ("Book", 2));
    /// assert!(repeated.to_string().ends_with("relation Author::books: add `.prefetch_related(Author::books)`"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn n_plus_one(&self) -> Vec<Group> {
        let mut groups = self.groups();
        groups.retain(|group| group.differs);
        groups
    }
}
