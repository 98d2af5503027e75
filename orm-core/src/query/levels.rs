//! Lists that hold lists of their own kind: a struct of a typed graph may hold a list of itself, which loads a tree level by level.
//! Rows that lead in a circle would be loaded for ever.

use std::any::TypeId;
use std::cell::RefCell;
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashSet, FxHasher};

use crate::ast::Select;
use crate::value::Value;

/// No tree is deeper.
const MOST: usize = 200;

/// What is said of rows that have no end.
pub(super) const CIRCLE: &str = "its rows lead in a circle, or are nested more than 200 deep";

thread_local! {
    /// The lists that are being loaded for each other: their kind, and from the second of a kind on what they ask for.
    static LEVELS: RefCell<Vec<(TypeId, Option<u64>)>> = const { RefCell::new(Vec::new()) };
}

/// A level that is left when this is dropped, also by a panic.
pub(super) struct Level(());

impl Level {
    /// Enters a level, unless it lies within one that asks for the same: the rows of the same keys. Along a circle the rows may
    /// become more from level to level, since each is loaded for each that leads to it, but their keys are always the same ones.
    pub(super) fn enter<'a>(
        kind: TypeId,
        asked: impl FnOnce() -> (&'a Select, &'a [Value]),
    ) -> Option<Self> {
        LEVELS.with_borrow_mut(|levels| {
            let within = levels.iter().any(|(of, _)| *of == kind);
            let asked = within
                .then(asked)
                .map(|(select, keys)| number(select, keys));
            let same = asked.is_some() && levels.contains(&(kind, asked));
            if same || levels.len() >= MOST {
                return None;
            }
            levels.push((kind, asked));
            Some(Self(()))
        })
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        LEVELS.with_borrow_mut(Vec::pop);
    }
}

/// A number for a query and keys, whatever their order and how often each is there.
fn number(select: &Select, keys: &[Value]) -> u64 {
    let different: FxHashSet<u64> = keys.iter().map(number_of_key).collect();
    let query = hash(&format!("{select:?}"));
    let all = different
        .iter()
        .fold(0, |all: u64, key| all.wrapping_add(hash(key)));
    hash(&(query, different.len(), all))
}

fn number_of_key(key: &Value) -> u64 {
    match key {
        Value::I64(key) => hash(key),
        key => hash(&format!("{key:?}")),
    }
}

fn hash(what: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    what.hash(&mut hasher);
    hasher.finish()
}
