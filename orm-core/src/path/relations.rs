//! Paths that end at a relation: [`ToOne`], [`ToMany`].

use std::marker::PhantomData;
use std::ops::Deref;

use crate::ast::{Column, Expr as Node, Quantified, Quantifier};
use crate::expr::{
    Assignment, Condition, Expression, IntoCondition, IntoKeyValue, KeyList, KeyOperand, Kind,
    ManyRows, NoAggregate, NoManyRows, NoWindow, OneRow, PerRow,
};
use crate::model::{Model, NoType, SingleKey};
use crate::path::{About, Join, Loaded, OwnRow, Path, PathFields, Root, Scope};
use crate::schema::{LinkSchema, RelationSchema};
use crate::types::{Bool, Nullness};

/// What the derive tells of a relation, by a type of the field's name.
pub trait Relation: 'static {
    /// The model that has the field.
    type From: Model;
    /// The model it leads to.
    type To: Model;
    /// The type of the key by which the two sides meet.
    type Key: SingleKey;
    /// Whether there may be no row on the other side.
    type Null: Nullness;
    /// Whether there is one row or many: [`OneSide`], [`ManySide`] or [`LinkedSide`](super::LinkedSide).
    type Side: RelationSide;
    /// The rest, as data.
    const SCHEMA: &'static RelationSchema;
    /// The way of a many-to-many.
    const LINK: Option<&'static LinkSchema> = None;

    /// The parent of a row, of such a relation.
    fn parent(from: &mut Self::From) -> Option<&mut Self::To> {
        let _ = from;
        None
    }

    /// Where an instance keeps the loaded rows; none for a key that is NULL.
    fn loaded(from: &mut Self::From) -> Option<&mut Loaded> {
        let _ = from;
        None
    }
}

/// A relation from a row to its parent.
pub trait ParentField: Relation<Side = ParentSide> {}

/// The side of a relation whose rows are no part of those that it begins at.
#[diagnostic::on_unimplemented(
    message = "a parent is a part of its row: it is loaded with it, and stays",
    label = "the parent of the row; name what lies behind it, such as `Article::content.title`"
)]
pub trait Apart {}

#[diagnostic::do_not_recommend]
impl Apart for OneSide {}
#[diagnostic::do_not_recommend]
impl Apart for ManySide {}
#[diagnostic::do_not_recommend]
impl Apart for super::LinkedSide {}

/// A model on the other side of a key: what the derive asks of the type in a `ForeignKey`, a `HasMany` and their kin.
///
/// A type that is no model has no path either; the compiler says so once, since of two impls it takes neither, and then
/// there is nothing to look for the path in.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "`#[derive(Model)]` makes a struct one"
)]
pub trait OtherSide<X = ()> {
    /// The model.
    type Model: Model;
    /// The type of its primary key.
    type Key;
    /// The paths that begin at it.
    type Paths: 'static;
    /// The same, as a constant.
    const PATHS: &'static Self::Paths;
}

macro_rules! other_side {
    ($([$($generics:tt)*] $parameter:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M: Model, $($generics)*> OtherSide<$parameter> for M {
            type Model = M;
            type Key = M::Key;
            type Paths = M::Fields<Root<M>>;
            const PATHS: &'static Self::Paths = Self::Paths::ALL;
        }
    )+ };
}
other_side! {
    [] ();
    [X: NoType] X;
}

/// How many rows a relation leads to.
pub trait RelationSide: 'static {
    /// The kind of expressions behind it.
    type Kind: Kind;
    /// Whether the row is a part of the one where the relation begins: its parent.
    const PARENT: bool = false;
}

/// One row, or none.
pub struct OneSide;
/// Any number of rows.
pub struct ManySide;

/// The parent of a row.
pub struct ParentSide;

impl RelationSide for OneSide {
    type Kind = OneRow;
}
impl RelationSide for ParentSide {
    type Kind = OneRow;
    const PARENT: bool = true;
}
impl RelationSide for ManySide {
    type Kind = ManyRows;
}

/// The path `P` and then a relation to one row: what `Book::author` is.
///
/// It derefs to the fields of that row's model, so that a path goes on by a dot, to any depth: `Book::author.name`. By
/// itself it stands for the key: it can be compared, selected and ordered by, without a join.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let rows: Vec<(i64, String)> = Book::objects().values_list((Book::author, Book::author.name)).all(&db)?;
/// assert_eq!(rows.len(), 4);
/// # Ok::<(), orm::Error>(())
/// ```
pub struct ToOne<P, R>(PhantomData<fn() -> (P, R)>);

/// The path `P` and then a relation to many rows: what `Author::books` is.
///
/// It derefs to the fields of those rows' model. A lookup on one of them is true where *some* row meets it, and its
/// negation where *none* does; a filter never multiplies rows. Each lookup stands for itself: two of them may be met by
/// two rows. For one row that meets both there is [`any`](Self::any). (In Django that depends on whether they are
/// written in one call of `filter` or in two.)
///
/// SQL: `EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND ..)`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// // Some book at less than 5, and some book at more than 40: Eve has the one, Bob the other.
/// let both = Author::books.price.lt(5) & Author::books.price.gt(40);
/// assert_eq!(Author::objects().filter(both).count(&db)?, 0);
/// assert_eq!(Author::objects().filter(!Author::books.price.lt(5)).one(&db)?.name, "Bob");
/// # Ok::<(), orm::Error>(())
/// ```
pub struct ToMany<P, R>(PhantomData<fn() -> (P, R)>);

macro_rules! relation_path {
    ($name:ident) => {
        impl<P, R> $name<P, R> {
            /// The one value of the type.
            pub const NEW: Self = Self(PhantomData);
        }

        impl<P, R> Clone for $name<P, R> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<P, R> Copy for $name<P, R> {}

        impl<P: Path, R: Relation> Deref for $name<P, R> {
            type Target = <R::To as Model>::Fields<Join<P, R>>;

            fn deref(&self) -> &Self::Target {
                <Self::Target as PathFields>::ALL
            }
        }
    };
}
relation_path!(ToOne);
relation_path!(ToMany);

/// The key at the end of a path, as a column.
fn key_column<P: Path, R: Relation>() -> Node {
    P::placed(Node::Column(Column {
        path: Join::<P, R>::NODE,
        field: R::To::SCHEMA.key(),
    }))
}

impl<P: Path, R: Relation<To: Model<Key: SingleKey>>> Expression for ToOne<P, R> {
    type Scope = P::Root;
    type Type = <<P::Null as Nullness>::Or<R::Null> as Nullness>::Apply<<R::To as Model>::Key>;
    type Kind = P::Kind;

    fn node(&self) -> Node {
        key_column::<P, R>()
    }
}

impl<P: Path, R: Relation> ToOne<P, R> {
    /// The row is this one: an instance, a key, or an expression of the key's type. `None` means that
    /// there is no row.
    ///
    /// SQL: `"book"."author_id" = ?`, without a join.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
    /// assert_eq!(
    ///     Book::objects().filter(Book::author.eq(&bob)).count(&db)?,
    ///     Book::objects().filter(Book::author.eq(bob.id)).count(&db)?,
    /// );
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[allow(
        clippy::should_implement_trait,
        reason = "the lookup's name in Django and in SQL builders"
    )]
    pub fn eq<K: KeyOperand<P::Root, R::To>>(self, key: K) -> Condition<P::Root> {
        Condition::equal(key_column::<P, R>(), key.into_key_node())
    }

    /// The row is another, or there is none: the negation of [`eq`](Self::eq).
    ///
    /// SQL: `"book"."author_id" <> ?`; where the key may be NULL `("book"."editor_id" = ?) IS NOT TRUE`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let eve = Author::objects().get(&db, Author::name.eq("Eve"))?;
    /// assert_eq!(Book::objects().filter(Book::author.ne(&eve)).count(&db)?, 2);
    /// // The books without an editor are among them.
    /// assert_eq!(Book::objects().filter(Book::editor.ne(&eve)).count(&db)?, 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn ne<K: KeyOperand<P::Root, R::To>>(self, key: K) -> Condition<P::Root> {
        Condition::not_equal(key_column::<P, R>(), key.into_key_node())
    }

    /// The row is one of these: instances, keys, or a query set of the related model.
    ///
    /// SQL: a list is one parameter however long it is, `= ANY($1)` on PostgreSQL and `IN rarray(?)` on SQLite; a query set
    /// is a subquery, `IN (SELECT "author"."id" ..)`.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let authors = Author::objects().all(&db)?;
    /// assert_eq!(Book::objects().filter(Book::author.is_in(&authors)).count(&db)?, 4);
    /// let of_eve = Author::objects().filter(Author::name.startswith("E"));
    /// assert_eq!(Book::objects().filter(Book::author.is_in(of_eve)).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn is_in<L: KeyList<P::Root, R::To>>(self, list: L) -> Condition<P::Root> {
        Condition::new(list.into_membership(key_column::<P, R>()))
    }
}

impl<M: Model, P: OwnRow<Root = M>, R: Relation> ToOne<P, R> {
    /// `SET key = ..`, for `update`: takes an instance, a key, `None` where the key may be NULL, or an expression of the
    /// key's type.
    ///
    /// SQL: `"author_id" = ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let eve = Author::objects().get(&db, Author::name.eq("Eve"))?;
    /// Book::objects()
    ///     .filter(Book::title.eq("SQL"))
    ///     .update(&db, (Book::author.set(&eve), Book::editor.set(Book::author)))?;
    /// Book::objects().update(&db, Book::editor.set(None))?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn set<V: IntoKeyValue<M, R::To, R::Null, Kind: NoAggregate + NoWindow + NoManyRows>>(
        self,
        value: V,
    ) -> Assignment<M>
    where
        R::Side: Apart,
    {
        const {
            assert!(
                R::SCHEMA.is_key(),
                "the key of this relation is a field of the other model"
            )
        }
        Assignment::new(P::AT + R::SCHEMA.key, value.into_key_value())
    }
}

impl<P: Path, R: Relation> ToMany<P, R> {
    fn quantified(quantifier: Quantifier, condition: Option<Node>) -> Condition<P::Root> {
        match Join::<P, R>::NODE {
            Some(path) => Condition::new(P::placed(Node::Quantified(Box::new(Quantified {
                path,
                quantifier,
                condition,
            })))),
            None => Condition::none(),
        }
    }

    /// Some row of the relation meets the condition.
    ///
    /// SQL: `EXISTS (SELECT 1 FROM "book" .. WHERE ..)`; it never multiplies rows.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let authors = Author::objects()
    ///     .filter(Author::books.any(Book::title.eq("SQL") & Book::price.gt(3)))
    ///     .all(&db)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn any<C: IntoCondition<R::To, Type: Bool, Kind: PerRow>>(
        self,
        condition: C,
    ) -> Condition<P::Root>
    where
        Scope: About<C::Scope, R::To>,
    {
        Self::quantified(
            Quantifier::Any,
            condition.into_condition().map(Condition::into_node),
        )
    }

    /// Every row of the relation meets the condition; true where there is no row. A row for which the condition is NULL in
    /// SQL does not meet it.
    ///
    /// SQL: `NOT EXISTS (SELECT 1 FROM "book" .. AND NOT (..))`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// // Bob's books are all published; one of Eve's is not.
    /// let authors = Author::objects().filter(Author::books.all(Book::is_published));
    /// assert_eq!(authors.one(&db)?.name, "Bob");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn all<C: IntoCondition<R::To, Type: Bool, Kind: PerRow>>(
        self,
        condition: C,
    ) -> Condition<P::Root>
    where
        Scope: About<C::Scope, R::To>,
    {
        match condition.into_condition() {
            Some(condition) => Self::quantified(Quantifier::All, Some(condition.into_node())),
            None => Condition::all(),
        }
    }

    /// No row of the relation meets the condition; true where there is no row.
    ///
    /// SQL: `NOT EXISTS (SELECT 1 FROM "book" .. AND ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let authors = Author::objects().filter(Author::books.none(Book::price.lt(5)));
    /// assert_eq!(authors.one(&db)?.name, "Bob");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn none<C: IntoCondition<R::To, Type: Bool, Kind: PerRow>>(
        self,
        condition: C,
    ) -> Condition<P::Root>
    where
        Scope: About<C::Scope, R::To>,
    {
        Self::quantified(
            Quantifier::None,
            condition.into_condition().map(Condition::into_node),
        )
    }

    /// The relation has no row.
    ///
    /// SQL: `NOT EXISTS (SELECT 1 FROM "book" ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let day = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    /// Author::draft().name("Ann").joined_date(day).save(&db)?;
    /// assert_eq!(Author::objects().filter(Author::books.is_empty()).one(&db)?.name, "Ann");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn is_empty(self) -> Condition<P::Root> {
        Self::quantified(Quantifier::None, None)
    }

    /// This row, an instance or a key, is among the relation's.
    ///
    /// SQL: `EXISTS (SELECT 1 FROM "book" .. AND "book"."id" = ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let sql = Book::objects().get(&db, Book::title.eq("SQL"))?;
    /// assert_eq!(Author::objects().filter(Author::books.contains(&sql)).one(&db)?.name, "Bob");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn contains<K: KeyOperand<P::Root, R::To>>(self, key: K) -> Condition<P::Root> {
        Condition::equal(key_column::<P, R>(), key.into_key_node())
    }
}

/// A path that is a key of `T` to `M`: what `#[reverse(..)]` must name where a field of `M` is the other side. It names it
/// as one of `P`, which must be the same.
#[diagnostic::on_unimplemented(
    message = "`#[reverse]` must name a key of `{T}` to `{M}`",
    label = "not a `ForeignKey<{M}>` or `OneToOne<{M}>` of `{T}`"
)]
pub trait KeyOf<P, T, M, X = ()>: Copy {
    /// What the derive tells of it.
    type Field: Relation;
    /// The key.
    const KEY: &'static RelationSchema;
}

/// A key that one row has alone: what the derive implements for a `OneToOne`.
#[diagnostic::on_unimplemented(
    message = "`HasOne` is the other side of a `OneToOne`; that of a `ForeignKey` is a `HasMany`",
    label = "a `ForeignKey`, which many rows may share"
)]
pub trait OneToOneField {}

macro_rules! key_of {
    ($([$($generics:tt)*] $parameter:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<R: Relation, $($generics)*> KeyOf<R::From, R::From, R::To, $parameter>
            for ToOne<Root<R::From>, R>
        {
            type Field = R;
            const KEY: &'static RelationSchema = R::SCHEMA;
        }
    )+ };
}
key_of! {
    [] ();
    [X: NoType] X;
}
