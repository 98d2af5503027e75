//! `db.strict()`: relations that are loaded row by row are an error.

use std::hash::{Hash, Hasher};
use std::panic::Location;

use orm_core::error::{Error, Result};
use orm_core::executor::{Command, Lazy};
use orm_core::value::Value;
use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHasher};

/// What the instances have asked for so far, through one handle and all that came from it.
#[derive(Default)]
pub(crate) struct Strict {
    /// The values of the first run of each.
    seen: Mutex<FxHashMap<Asked, Vec<Value>>>,
}

/// A line of source, the relation, and the text as a hash: where that of one text meets another's, two statements of one line
/// are taken for one.
type Asked = (&'static Location<'static>, String, u64);

impl Strict {
    /// Refuses what loads a relation from a line of source from which it was loaded for another row.
    pub(crate) fn check(&self, command: &Command<'_>) -> Result<()> {
        match command.lazy() {
            Some(lazy) if lazy.whole => self.check_lazy(command, lazy),
            _ => Ok(()),
        }
    }

    fn check_lazy(&self, command: &Command<'_>, lazy: Lazy) -> Result<()> {
        let mut hash = FxHasher::default();
        command.sql.hash(&mut hash);
        let key = (command.caller, lazy.path(), hash.finish());
        let mut seen = self.seen.lock();
        let first = seen.entry(key).or_insert_with(|| command.params.to_vec());
        if first == command.params {
            return Ok(());
        }
        Err(Error::RepeatedLoad {
            relation: lazy.path().into(),
            caller: command.caller,
            advice: lazy.advice().into(),
        })
    }
}
