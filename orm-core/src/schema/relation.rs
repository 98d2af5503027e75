//! How one model refers to another.

use std::any::Any;

use super::{FieldSchema, ModelSchema};

/// A relation as seen from one of its sides.
pub struct RelationSchema {
    /// The struct field's name.
    pub name: &'static str,
    /// What kind it is.
    pub kind: RelationKind,
    /// The model that has the field.
    pub from: fn() -> &'static ModelSchema,
    /// The model it leads to.
    pub to: fn() -> &'static ModelSchema,
    /// The index of the foreign key: in `from` for a key, in `to` for the other side of one.
    pub key: usize,
    /// Whether there may be no row on the other side.
    pub nullable: bool,
    /// What becomes of the rows that point at a row that goes.
    pub on_delete: OnDelete,
    /// Tells rows of the model that has the key which row they point at.
    pub tell: Tell,
}

/// Tells the rows of a list which row they point at, all without their types.
pub type Tell = fn(&mut dyn Any, &dyn Any);

/// The kinds of relations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RelationKind {
    /// A key to one row, that many rows may share.
    ForeignKey,
    /// A key to one row, that no other row shares.
    OneToOne,
    /// The other side of a foreign key.
    HasMany,
    /// The other side of a one-to-one.
    HasOne,
    /// Rows that a link table leads to: [`LinkSchema`](super::LinkSchema) has the way there.
    ManyToMany,
    /// From a row to those of its rows in the link table of a many-to-many: a step that no user wrote.
    Link,
}

/// What becomes of the rows that point at a row that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OnDelete {
    /// They go too.
    Cascade,
    /// The row stays, unless they go by the same statement. On SQLite tables are made with `NO ACTION` for it, since its
    /// `RESTRICT` looks at each row as it goes, and the answer would depend on their order.
    Restrict,
    /// Their key becomes NULL.
    SetNull,
    /// Their key becomes its default.
    SetDefault,
    /// The row stays unless they are gone at the end of the statement.
    NoAction,
}

impl RelationSchema {
    /// The other side of a key.
    pub const fn reverse(name: &'static str, kind: RelationKind, forward: &'static Self) -> Self {
        Self {
            name,
            kind,
            from: forward.to,
            to: forward.from,
            key: forward.key,
            nullable: true,
            on_delete: forward.on_delete,
            tell: forward.tell,
        }
    }

    /// The way from the row of a parent to the row of a model that goes on there: only such rows are asked, so that there is
    /// one.
    pub const fn of_parent(name: &'static str, forward: &'static Self) -> Self {
        Self {
            nullable: false,
            ..Self::reverse(name, RelationKind::HasOne, forward)
        }
    }

    /// Whether it leads from the row of a parent to a row of which this is the key to the parent.
    pub fn is_undone_by(&self, key: &Self) -> bool {
        matches!(self.kind, RelationKind::HasOne)
            && !self.nullable
            && key.is_key()
            && self.key == key.key
            && (self.to)() == (key.from)()
            && (self.from)() == (key.to)()
    }

    /// Whether several rows may be on the other side.
    pub const fn is_many(&self) -> bool {
        matches!(
            self.kind,
            RelationKind::HasMany | RelationKind::ManyToMany | RelationKind::Link
        )
    }

    /// Whether the relation is a key of `from` itself.
    pub const fn is_key(&self) -> bool {
        matches!(self.kind, RelationKind::ForeignKey | RelationKind::OneToOne)
    }

    /// The column of `from` by which the two sides meet.
    pub fn local(&self) -> &'static FieldSchema {
        let model = (self.from)();
        if self.is_key() {
            &model.fields[self.key]
        } else {
            model.key()
        }
    }

    /// The column of `to` by which the two sides meet.
    pub fn remote(&self) -> &'static FieldSchema {
        let model = (self.to)();
        if self.is_key() {
            model.key()
        } else {
            &model.fields[self.key]
        }
    }
}

impl PartialEq for RelationSchema {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || (self.name == other.name
                && self.kind == other.kind
                && (self.from)() == (other.from)())
    }
}

impl Eq for RelationSchema {}

impl std::fmt::Debug for RelationSchema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", (self.from)().name, self.name)
    }
}
