//! `db.strict()`: relations and fields that are loaded row by row are an error.

use std::panic::Location;

use orm_core::error::{Error, Result};
use orm_core::executor::{Command, Lazy};
use orm_core::value::Value;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;

/// What the instances have asked for so far, through one handle and all that came from it.
#[derive(Default)]
pub(crate) struct Strict {
    /// The key of the first row for which it was.
    seen: Mutex<FxHashMap<Asked, Vec<Value>>>,
}

/// A line of source, and the relation or field.
type Asked = (&'static Location<'static>, String);

impl Strict {
    /// Refuses what a line of source asks for that asked for it before, for another row.
    pub(crate) fn check(&self, command: &Command<'_>) -> Result<()> {
        command
            .lazy()
            .map_or(Ok(()), |lazy| self.check_lazy(command, lazy))
    }

    fn check_lazy(&self, command: &Command<'_>, lazy: Lazy) -> Result<()> {
        let row = command.lazy_key();
        let mut seen = self.seen.lock();
        let first = seen
            .entry((command.caller, lazy.path()))
            .or_insert_with(|| row.to_vec());
        if first == row {
            return Ok(());
        }
        Err(Error::RepeatedLoad {
            relation: lazy.path().into(),
            caller: command.caller,
            advice: lazy.advice().into(),
        })
    }
}
