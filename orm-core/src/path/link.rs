//! Many-to-many relations: the tables they make for themselves, and what a `through` and a `#[reverse]` may name.

use std::marker::PhantomData;

use crate::expr::ManyRows;
use crate::model::{Model, NoType, SingleKey};
use crate::path::{Relation, RelationSide, Root, ToMany, ToOne};
use crate::schema::{
    FieldOptions, FieldSchema, LinkSchema, ModelSchema, OnDelete, PathNode, RelationKind,
    RelationSchema, UniqueSchema,
};
use crate::types::SqlType;
use crate::value::ColumnType;

/// Any number of rows, by way of a link table.
pub struct LinkedSide;

impl RelationSide for LinkedSide {
    type Kind = ManyRows;
}

/// The way of a many-to-many.
pub const fn link_of<R: Relation>() -> &'static LinkSchema {
    match R::LINK {
        Some(link) => link,
        None => panic!("the relation is no many-to-many"),
    }
}

/// The way of a many-to-many, walked back: the link table beside the rows of the other side.
pub(crate) struct Back<R>(PhantomData<R>);

impl<R: Relation> Back<R> {
    const NODE: &'static PathNode = &PathNode {
        parent: None,
        relation: match R::LINK {
            Some(link) => &link.back,
            None => R::SCHEMA,
        },
    };
    /// The way, and the step into the link table; none of a relation that has none.
    pub(crate) const WAY: Option<(&'static LinkSchema, &'static PathNode)> = match R::LINK {
        Some(link) => Some((link, Self::NODE)),
        None => None,
    };
}

/// A many-to-many with a link table of its own: what the derive tells of it.
pub trait OwnLink: Relation {
    /// The type of the other side's key.
    type Onward: SingleKey;
    /// How errors call the table's rows: `Post.tags`.
    const MODEL: &'static str;
    /// The table.
    const TABLE: &'static str;
    /// The names of its keys to this side and to the other.
    const KEYS: [&'static str; 2];
    /// Their columns.
    const COLUMNS: [&'static str; 2];
    /// Whether it is to the same model, and holds each pair both ways round.
    const SYMMETRICAL: bool;
}

/// The link table of a many-to-many, as Django makes it: a key of its own, and the two to the models.
pub struct LinkTable<R>(PhantomData<R>);

impl<R: OwnLink> LinkTable<R> {
    /// The key to the model that has the relation.
    const HOME: &'static RelationSchema = &Self::key::<R::From>(0);
    /// The key to the other.
    const ONWARD: &'static RelationSchema = &Self::key::<R::To>(1);
    /// The table.
    pub const SCHEMA: &'static ModelSchema = &ModelSchema {
        name: R::MODEL,
        table: R::TABLE,
        fields: &[
            FieldSchema {
                name: "id",
                column: "id",
                index: 0,
                column_type: ColumnType::I64,
                nullable: false,
                relation: None,
                options: FieldOptions {
                    primary_key: true,
                    auto_increment: true,
                    ..FieldOptions::NONE
                },
            },
            Self::field::<R::Key>(0, Self::HOME),
            Self::field::<R::Onward>(1, Self::ONWARD),
        ],
        primary_key: &[0],
        indexes: &[],
        uniques: &[UniqueSchema {
            name: None,
            fields: &[1, 2],
        }],
        parent: None,
    };

    /// A function, so that models may refer to each other in cycles.
    pub fn schema() -> &'static ModelSchema {
        Self::SCHEMA
    }

    /// The way through the table.
    pub const fn link(name: &'static str) -> LinkSchema {
        LinkSchema::new(name, Self::HOME, Self::ONWARD, R::SYMMETRICAL, |_| None)
    }

    const fn key<M: Model>(side: usize) -> RelationSchema {
        RelationSchema {
            name: R::KEYS[side],
            kind: RelationKind::ForeignKey,
            from: Self::schema,
            to: M::schema,
            key: side + 1,
            nullable: false,
            on_delete: OnDelete::Cascade,
            tell: |_, _| {},
        }
    }

    const fn field<K: SqlType>(side: usize, relation: &'static RelationSchema) -> FieldSchema {
        FieldSchema {
            name: R::KEYS[side],
            column: R::COLUMNS[side],
            index: side + 1,
            column_type: K::COLUMN,
            nullable: false,
            relation: Some(relation),
            options: FieldOptions::NONE,
        }
    }
}

/// A model with a key to `M`, which is the relation `R`: what a `through` looks for in the link model.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no key to `{M}`, and so cannot link rows of it",
    label = "no `ForeignKey<{M}>` is in `{Self}`"
)]
pub trait KeyTo<M, R> {}

/// In the place of the relation where a model has several keys to another.
pub struct Several;

/// The one key of `L` to `M`.
#[diagnostic::on_unimplemented(
    message = "`{L}` has several keys to `{M}`: `through` must name the two that make a link",
    label = "as in `through = ({L}::from, {L}::to)`, the key to this model first"
)]
pub trait OneKey<L, M> {
    /// The key.
    const KEY: &'static RelationSchema;
}

#[diagnostic::do_not_recommend]
impl<L, M, R: Relation> OneKey<L, M> for R {
    const KEY: &'static RelationSchema = R::SCHEMA;
}

/// Two paths that are keys of `L`, to `M` and to `T`: what `through` must name.
#[diagnostic::on_unimplemented(
    message = "`through` must name the keys of `{L}` to `{M}` and to `{T}`, in this order",
    label = "one of the two is no such key"
)]
pub trait LinkKeys<L, M, T, X = ()>: Copy {
    /// The key to the model that has the relation.
    const HOME: &'static RelationSchema;
    /// The key to the other.
    const ONWARD: &'static RelationSchema;
}

/// A path that is a many-to-many of `T` to `M`: what `#[reverse(..)]` must name where the other side is a `ManyToMany`. It
/// names it as one of `P`, which must be the same.
#[diagnostic::on_unimplemented(
    message = "`#[reverse]` must name a `ManyToMany<{M}>` of `{T}`",
    label = "not a `ManyToMany<{M}>` of `{T}`"
)]
pub trait LinkOf<P, T, M, X = ()>: Copy {
    /// Its way.
    const LINK: &'static LinkSchema;
}

macro_rules! named {
    ($([$($generics:tt)*] $parameter:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<A, B, $($generics)*> LinkKeys<A::From, A::To, B::To, $parameter>
            for (ToOne<Root<A::From>, A>, ToOne<Root<A::From>, B>)
        where
            A: Relation,
            B: Relation<From = A::From>,
        {
            const HOME: &'static RelationSchema = A::SCHEMA;
            const ONWARD: &'static RelationSchema = B::SCHEMA;
        }

        #[diagnostic::do_not_recommend]
        impl<R: Relation<Side = LinkedSide>, $($generics)*> LinkOf<R::From, R::From, R::To, $parameter>
            for ToMany<Root<R::From>, R>
        {
            const LINK: &'static LinkSchema = link_of::<R>();
        }
    )+ };
}
named! {
    [] ();
    [X: NoType] X;
}
