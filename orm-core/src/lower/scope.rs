//! The tables of a query under construction, and which of them a path leads to.

use super::related::Derived;
use crate::ast::{Column, CompareOp, Expr, FromItem, JoinKind, Source, TableColumn, TableRef};
use crate::schema::{FieldSchema, ModelSchema, PathNode};

/// What becomes of a path that leaves the query's own tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joins {
    /// A join.
    Join,
    /// A subquery where it leads to one row, so that the query stays one of a single table; else a join.
    Sparing,
    /// A subquery: an `UPDATE` or `DELETE` has no joins.
    Subquery,
    /// An error: in a table's definition, where columns stand without their table.
    Refuse,
}

/// The tables that the columns of one query refer to: its own, and those of the `EXISTS` around
/// the condition that is being resolved.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) joins: Joins,
    /// The query's own tables first, then those of each `EXISTS`, the innermost last.
    pub(super) frames: Vec<Frame>,
    /// The frames between the first and this one belong to a condition that stands around the
    /// current one, and are not for it to use.
    pub(super) visible_from: usize,
    /// The model it is about, by which an outer reference knows it.
    pub(super) model: Option<&'static ModelSchema>,
    /// Whether it is a part of the query around it, and no query of its own to an outer reference.
    pub(super) part: bool,
    /// Whether a window function may stand here.
    pub(super) windows: bool,
    /// The common table expressions that it joins, by their ids.
    pub(super) ctes: Vec<(u64, TableRef)>,
    /// Whether the query's rows are gathered, so that aggregates may stand in it.
    pub(super) gathers: bool,
    /// While something is resolved that stands for a group: by what the rows are grouped, as written and resolved. A subquery in
    /// it knows no more of them.
    pub(super) group: Option<Vec<(Expr, Expr)>>,
    /// Whether the query returns few rows, for which a subquery each is less work than a join.
    pub(super) few: bool,
    /// The steps to many rows that are joined, so that each of their rows counts: conditions are about that row.
    pub(super) rows: Vec<&'static PathNode>,
    /// The subqueries that are joined.
    pub(super) derived: Vec<Derived>,
}

/// The FROM of one query.
#[derive(Debug)]
pub(super) struct Frame {
    /// The path to the first table; `None` for the scope's own model.
    pub(super) prefix: Option<&'static PathNode>,
    /// The first table.
    pub(super) table: TableRef,
    /// The tables joined to it.
    joined: Vec<Joined>,
    /// What will be printed.
    pub(super) from: Vec<FromItem>,
}

#[derive(Debug)]
struct Joined {
    path: &'static PathNode,
    table: TableRef,
    /// Whether the join may find no row.
    optional: bool,
}

impl Scope {
    pub(super) fn new(joins: Joins, frame: Frame) -> Self {
        Self {
            joins,
            frames: vec![frame],
            visible_from: 1,
            model: None,
            part: false,
            windows: false,
            ctes: Vec::new(),
            gathers: false,
            group: None,
            few: false,
            rows: Vec::new(),
            derived: Vec::new(),
        }
    }

    /// The scope of a query whose rows are gathered.
    pub(super) fn gathering(frame: Frame) -> Self {
        Self {
            gathers: true,
            ..Self::new(Joins::Join, frame)
        }
    }

    /// The same scope with the model that outer references know it by.
    pub(super) fn about(mut self, model: &'static ModelSchema) -> Self {
        self.model = Some(model);
        self
    }

    /// The innermost frame that the current condition may use and that a path leads through.
    pub(super) fn frame_of(&self, path: Option<&'static PathNode>) -> usize {
        let visible = self.visible_from.max(1)..self.frames.len();
        visible
            .rev()
            .find(|index| leads_through(path, self.frames[*index].prefix))
            .unwrap_or(0)
    }

    /// Whether the to-many step `node` has a row of its own already: an `EXISTS` is around that.
    pub(super) fn is_bound(&self, node: &'static PathNode) -> bool {
        let visible = self.visible_from.max(1)..self.frames.len();
        let has_row = |frame: &Frame| leads_through(Some(node), frame.prefix);
        self.frames[visible].iter().any(has_row) || self.rows.contains(&node)
    }
}

impl Frame {
    /// The tables of a query about `table`, whose path is `prefix`.
    pub(super) fn new(
        prefix: Option<&'static PathNode>,
        source: &'static str,
        table: TableRef,
    ) -> Self {
        let first = FromItem {
            join: JoinKind::Inner,
            source: Source::Table(source),
            name: table,
            on: None,
        };
        Self {
            prefix,
            table,
            joined: Vec::new(),
            from: vec![first],
        }
    }

    /// No table: columns stand alone.
    pub(super) const fn bare() -> Self {
        Self {
            prefix: None,
            table: TableRef::Bare,
            joined: Vec::new(),
            from: Vec::new(),
        }
    }

    /// The same tables for the conditions of another scope, whose own model is that of `table`.
    pub(super) fn starting_at(self, table: TableRef) -> Self {
        Self {
            prefix: None,
            table,
            joined: Vec::new(),
            from: self.from,
        }
    }

    /// The table a path leads to and whether its row may be absent; joined with names from
    /// `aliases` if it was not yet.
    ///
    /// With `required` the join drops rows that have no other side.
    pub(super) fn table_at(
        &mut self,
        path: Option<&'static PathNode>,
        required: bool,
        aliases: &mut u32,
    ) -> (TableRef, bool) {
        let Some(node) = path else {
            return (self.table, false);
        };
        if path == self.prefix {
            return (self.table, false);
        }
        if let Some(joined) = self.joined.iter().find(|joined| joined.path == node) {
            return (joined.table, joined.optional);
        }
        let local = self.column(
            Column {
                path: node.parent,
                field: node.relation.local(),
            },
            required,
            aliases,
        );
        let may_lack = local.nullable || node.relation.nullable || !node.relation.is_key();
        let optional = may_lack && !required;
        *aliases += 1;
        let table = TableRef::Alias(*aliases);
        let on = meeting(node, table, local);
        let join = if optional {
            JoinKind::Left
        } else {
            JoinKind::Inner
        };
        self.from.push(FromItem {
            join,
            source: Source::Table(node.target().table),
            name: table,
            on: Some(on),
        });
        self.joined.push(Joined {
            path: node,
            table,
            optional,
        });
        (table, optional)
    }

    /// The column of a table; joined if it must be.
    pub(super) fn column(
        &mut self,
        column: Column,
        required: bool,
        aliases: &mut u32,
    ) -> TableColumn {
        let column = self.trimmed(column);
        let (table, optional) = self.table_at(column.path, required, aliases);
        table_column(table, column.field, optional)
    }

    /// A key is a column of the row that has it, so that the row it points at need not be joined.
    fn trimmed(&self, column: Column) -> Column {
        match column.path {
            Some(node) if column.path != self.prefix => match shorter(node, column.field) {
                Some(shorter) => self.trimmed(shorter),
                None => column,
            },
            _ => column,
        }
    }
}

/// The condition under which the row of `table` is the other side of the step `node`.
pub(super) fn meeting(node: &PathNode, table: TableRef, local: TableColumn) -> Expr {
    let remote = table_column(table, node.relation.remote(), false);
    Expr::compare(CompareOp::Eq, Expr::Table(remote), Expr::Table(local))
}

/// A field as the column of a table in FROM.
pub(super) fn table_column(table: TableRef, field: &FieldSchema, optional: bool) -> TableColumn {
    TableColumn {
        table,
        column: field.column,
        column_type: field.column_type,
        max_digits: field.options.max_digits,
        nullable: field.nullable || optional,
    }
}

/// The column with its path as short as it can be.
pub(super) fn trimmed(column: Column) -> Column {
    match column.path.and_then(|node| shorter(node, column.field)) {
        Some(column) => trimmed(column),
        None => column,
    }
}

fn shorter(node: &'static PathNode, field: &'static FieldSchema) -> Option<Column> {
    let relation = node.relation;
    (relation.is_key() && *field == *relation.remote()).then(|| Column {
        path: node.parent,
        field: relation.local(),
    })
}

/// Whether the first steps of `path` are those of `prefix`.
pub(super) fn leads_through(
    path: Option<&'static PathNode>,
    prefix: Option<&'static PathNode>,
) -> bool {
    let mut at = path;
    while at != prefix {
        match at {
            Some(node) => at = node.parent,
            None => return false,
        }
    }
    true
}

/// The first step of a path that leads to many rows.
pub(super) fn first_many(path: &'static PathNode) -> Option<&'static PathNode> {
    path.parent
        .and_then(first_many)
        .or_else(|| path.relation.is_many().then_some(path))
}

/// The steps of a path that lead to many rows, the last one first.
pub(super) fn each_many(path: &'static PathNode, visit: &mut dyn FnMut(&'static PathNode)) {
    if path.relation.is_many() {
        visit(path);
    }
    if let Some(parent) = path.parent {
        each_many(parent, visit);
    }
}

/// The last step of a path that leads to many rows.
pub(super) fn last_many(path: &'static PathNode) -> Option<&'static PathNode> {
    if path.relation.is_many() {
        Some(path)
    } else {
        path.parent.and_then(last_many)
    }
}
