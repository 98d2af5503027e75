//! Paths that begin at the row of a query around: [`Outer`].

use std::marker::PhantomData;
use std::ops::Deref;

use crate::ast::OuterQuery;
use crate::expr::OneRow;
use crate::model::Model;
use crate::path::{Join, Path, PathFields, Root, Step};
use crate::schema::PathNode;
use crate::types::NotNull;

/// A row of `S`, as a subquery about `M` sees it: what the closures of [`subquery`](crate::query::subquery) and
/// [`exists`](crate::query::exists) are given. It has the paths of `S`, to be used in the conditions and values of `M`.
///
/// The closure's parameter needs its type: `|author: Outer<Author, _>|`. In a query inside that one, and in the condition of a
/// relation's `any`, `all` or `none`, it is one query further out, which [`nested`](Self::nested) says.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let cheapest = subquery(|author: Outer<Author, _>| {
///     Book::objects().filter(Book::author.eq(author.id)).order_by(Book::price).values_list(Book::title).limit(1)
/// });
/// let rows: Vec<(String, Option<String>)> = Author::objects().values_list((Author::name, &cheapest)).all(&db)?;
/// assert_eq!(rows.len(), 2);
/// # Ok::<(), orm::Error>(())
/// ```
pub struct Outer<S, M, L = Around>(PhantomData<fn() -> (S, M, L)>);

/// The way of no steps from the row of a query around: the root of the paths of an [`Outer`].
pub struct OuterRoot<S, M, L = Around>(PhantomData<fn() -> (S, M, L)>);

/// How far out a query is.
pub trait Level: 'static {
    /// 1 for the query directly around.
    const LEVEL: u32;
}

/// The query directly around.
pub struct Around;

/// The query around that of level `L`.
pub struct Above<L>(PhantomData<fn() -> L>);

impl Level for Around {
    const LEVEL: u32 = 1;
}

impl<L: Level> Level for Above<L> {
    const LEVEL: u32 = L::LEVEL + 1;
}

impl<S, M, L> Outer<S, M, L> {
    pub(crate) const NEW: Self = Self(PhantomData);

    /// The same row, as seen from a query inside the one that it was made for. Where it is compared as it is, the compiler finds
    /// that query's model; inside of a function it must be named: `author.nested::<Book>().name.lower()`.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// // Authors of a book whose editor has a name as long as theirs.
    /// let same_length = exists(|author: Outer<Author, _>| {
    ///     Book::objects().filter(Book::author.eq(author.id)).filter(exists(|book: Outer<Book, _>| {
    ///         Author::objects()
    ///             .filter(Author::id.eq(book.editor))
    ///             .filter(Author::name.length().eq(author.nested::<Author>().name.length()))
    ///     }))
    /// });
    /// assert_eq!(Author::objects().filter(same_length).one(&db)?.name, "Bob");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub const fn nested<N>(self) -> Outer<S, N, Above<L>> {
        Outer::NEW
    }
}

impl<S, M, L> Clone for Outer<S, M, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, M, L> Copy for Outer<S, M, L> {}

impl<S: Model, M: Model, L: Level> Deref for Outer<S, M, L> {
    type Target = S::Fields<OuterRoot<S, M, L>>;

    fn deref(&self) -> &Self::Target {
        <Self::Target as PathFields>::ALL
    }
}

impl<S: Model, M: Model, L: Level> Path for OuterRoot<S, M, L> {
    type Root = M;
    type Target = S;
    type Null = NotNull;
    type Kind = OneRow;
    const NODE: Option<&'static PathNode> = None;
    const OUTER: Option<OuterQuery> = Some(OuterQuery {
        level: L::LEVEL,
        model: S::SCHEMA,
    });

    fn steps(_: &mut Vec<Step>) -> Option<usize> {
        None
    }
}

/// A path that stands in a query of `Query`. It is true of all but those of a nested [`Outer`], whose query it thereby tells.
pub trait StandsIn<Query> {}

#[diagnostic::do_not_recommend]
impl<M, Query> StandsIn<Query> for Root<M> {}
#[diagnostic::do_not_recommend]
impl<P: StandsIn<Query>, R, Query> StandsIn<Query> for Join<P, R> {}
#[diagnostic::do_not_recommend]
impl<S, M, Query> StandsIn<Query> for OuterRoot<S, M, Around> {}
#[diagnostic::do_not_recommend]
impl<S, M, L> StandsIn<M> for OuterRoot<S, M, Above<L>> {}
