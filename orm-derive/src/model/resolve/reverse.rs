//! What `#[reverse(..)]` says.

use syn::{Attribute, Expr};

use crate::diagnostics::Mistakes;
use crate::model::ir::KeyPath;
use crate::options::dotted;

/// What `#[reverse(..)]` says.
#[derive(Clone)]
pub(super) enum Told {
    Nothing,
    Unreadable,
    Key(KeyPath),
}

pub(super) fn reverse_attr(attrs: &[Attribute], mistakes: &mut Mistakes) -> Told {
    let mut found = Told::Nothing;
    for attr in attrs.iter().filter(|attr| super::is(attr, "reverse")) {
        let mut inner = Vec::new();
        let named = attr.parse_args::<Expr>();
        let path = named.ok().and_then(|key| dotted(&key, &mut inner).cloned());
        match path {
            _ if !matches!(found, Told::Nothing) => {
                mistakes.at(attr.path(), "`#[reverse(..)]` is given twice")
            }
            Some(path) if path.segments.len() > 1 => found = Told::Key(KeyPath { path, inner }),
            _ => {
                let message =
                    "`#[reverse(..)]` names the key of the other model: `#[reverse(Book::author)]`";
                mistakes.at(attr, message);
                found = Told::Unreadable;
            }
        }
    }
    found
}
