//! Many-to-many relations, as the derive writes them.

use orm_core::model::{Definitions, Model, Registration};
use orm_core::path::{KeyTo, LinkKeys, LinkOf, LinkTable, OneKey, OwnLink, Relation};
use orm_core::schema::{LinkSchema, OnDelete, RelationKind, RelationSchema};

/// The schema of a `ManyToMany`.
pub const fn many_to_many<R: Relation>(name: &'static str) -> RelationSchema {
    RelationSchema {
        name,
        kind: RelationKind::ManyToMany,
        from: R::From::schema,
        to: R::To::schema,
        // The way has the keys.
        key: 0,
        nullable: true,
        on_delete: OnDelete::NoAction,
        tell: |_, _| {},
    }
}

/// The one key of the link model `L` to `M`.
pub const fn link_key<L: KeyTo<M, R>, M, R: OneKey<L, M>>() -> &'static RelationSchema {
    R::KEY
}

/// The way through the rows of the model `L`, by these keys of it.
pub const fn through<L: Model>(
    name: &'static str,
    home: &'static RelationSchema,
    onward: &'static RelationSchema,
    symmetrical: bool,
) -> LinkSchema {
    LinkSchema::new(name, home, onward, symmetrical, L::default_value)
}

/// The way through the rows of the model `L`, by these keys of it to `M` and to `T`.
pub const fn through_keys<L: Model, M, T, K: LinkKeys<L, M, T>>(
    name: &'static str,
    _: K,
    symmetrical: bool,
) -> LinkSchema {
    LinkSchema::new(name, K::HOME, K::ONWARD, symmetrical, L::default_value)
}

/// The way back of a many-to-many to `M`, which is said to be one of `P` and must be one of `T`.
pub const fn other_links<P, T, M, K: LinkOf<P, T, M>>(name: &'static str, _: K) -> LinkSchema {
    K::LINK.reverse(name)
}

/// The entry of a link table in the list of models.
pub const fn links_of<R: OwnLink>() -> Registration {
    Registration {
        schema: LinkTable::<R>::schema,
        definitions: Definitions::default,
        default_value: |_| None,
    }
}
