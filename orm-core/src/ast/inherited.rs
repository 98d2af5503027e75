//! The columns of whole rows that are in several tables: a model's own, and those of its parents.

use super::rebase::joined;
use crate::ast::{Column, Expr};
use crate::schema::{ModelSchema, PathNode};

/// The columns of a whole row at the end of a path.
pub fn row_columns(model: &'static ModelSchema, path: Option<&'static PathNode>) -> Vec<Expr> {
    let mut columns = Vec::with_capacity(model.width());
    push(model, path, &mut columns);
    columns
}

/// Those of a whole row that are its parents'.
pub fn inherited_columns(model: &'static ModelSchema) -> Vec<Expr> {
    let mut columns = Vec::new();
    if let Some(parent) = model.parent {
        push(parent.model, Some(parent.path), &mut columns);
    }
    columns
}

/// The column at a place of a whole row.
pub fn row_column(model: &'static ModelSchema, place: usize) -> Column {
    let (mut model, mut place, mut path) = (model, place, None);
    while let Some(parent) = model.parent.filter(|_| place >= model.fields.len()) {
        place -= model.fields.len();
        path = Some(to_parent(path, parent.path));
        model = parent.model;
    }
    Column {
        path,
        field: &model.fields[place],
    }
}

/// The ways from a row to its parents.
pub fn ancestors(model: &'static ModelSchema) -> impl Iterator<Item = &'static PathNode> {
    let first = model.parent.map(|parent| (parent, parent.path));
    std::iter::successors(first, |(parent, path)| {
        let next = parent.model.parent?;
        Some((next, to_parent(Some(path), next.path)))
    })
    .map(|(_, path)| path)
}

/// The way back to rows from the parent of where another way back begins.
pub fn way_back(
    from_parent: &'static PathNode,
    back: Option<&'static PathNode>,
) -> &'static PathNode {
    let longer = back.and_then(|back| joined(from_parent, back));
    longer.unwrap_or(from_parent)
}

fn push(model: &'static ModelSchema, path: Option<&'static PathNode>, to: &mut Vec<Expr>) {
    let fields = model.fields.iter();
    to.extend(fields.map(|field| Expr::Column(Column { path, field })));
    if let Some(parent) = model.parent {
        push(parent.model, Some(to_parent(path, parent.path)), to);
    }
}

/// The way to the parent of the rows at the end of a path.
pub fn to_parent(path: Option<&'static PathNode>, parent: &'static PathNode) -> &'static PathNode {
    path.and_then(|path| joined(path, parent)).unwrap_or(parent)
}
