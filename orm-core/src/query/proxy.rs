//! Proxies: rows of a model as another type, with an order and a filter of their own.

use std::collections::HashMap;
use std::hash::Hash;

use crate::ast::{DefaultOrder, Expr, Order};
use crate::decode::Row;
use crate::error::Result;
use crate::executor::{Handle, RunsOn};
use crate::expr::OneRow;
use crate::model::{Model, NoType};
use crate::query::rows::{NoKind, own_row};
use crate::query::{
    AnnotatedWith, Extend, Instance, LocksNone, OrderAllowed, QuerySet, RowPart, RowShape, Tuple,
    Whole, WholeQuery, WholeRows,
};
use crate::types::SqlType;

/// A struct around a model, whose instances are rows of the model's table. Derive it: `#[derive(Proxy)]`.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// #[derive(Proxy, Debug)]
/// #[proxy(Book, ordering = [-price], default_filter = Book::is_published)]
/// struct Published(Book);
///
/// let dearest: Published = Published::objects().first(&db)?.unwrap();
/// assert_eq!((&*dearest.title, Published::objects().count(&db)?), ("Rust", 3));
/// let book: Book = dearest.into_inner();
/// # Ok::<(), orm::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a proxy of a model",
    label = "not a proxy",
    note = "`#[derive(Proxy)]` with `#[proxy(Post)]` makes a struct one"
)]
pub trait Proxy: Sized + Send + Sync + 'static {
    /// The model.
    type Model: Model;
    /// The order of rows where a query asks for none, if it is not the model's.
    #[doc(hidden)]
    const ORDERING: Option<&'static [DefaultOrder]> = None;

    /// What `objects()` keeps, of what the model's own keeps.
    #[doc(hidden)]
    fn default_filter() -> Option<Expr> {
        None
    }

    /// The row as a proxy.
    #[doc(hidden)]
    fn of(row: Self::Model) -> Self;

    /// The row.
    #[doc(hidden)]
    fn row_mut(&mut self) -> &mut Self::Model;

    /// The row as the model has it.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # #[derive(Proxy)]
    /// # #[proxy(Book, default_filter = Book::price.lt(5))]
    /// # struct Cheap(Book);
    /// let book: Book = Cheap::objects().one(&db)?.into_inner();
    /// assert_eq!(book.title, "Draft");
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn into_inner(self) -> Self::Model;

    /// Removes the row, as the model's `delete` does. The other methods of an instance are the model's, by `Deref`.
    ///
    /// SQL: one `DELETE FROM .. WHERE "id" = ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # #[derive(Proxy)]
    /// # #[proxy(Book, default_filter = Book::price.lt(5))]
    /// # struct Cheap(Book);
    /// let mut cheap = Cheap::objects().one(&db)?;
    /// cheap.stock_level = 3;
    /// cheap.save(&db)?;
    /// cheap.delete(&db)?;
    /// assert_eq!(Book::objects().count(&db)?, 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Instance::delete`].
    #[track_caller]
    fn delete<D: Handle + ?Sized>(self, db: &D) -> Result<()> {
        Instance::delete(self.into_inner(), db)
    }
}

/// Rows that are whole models, each as the proxy `P`.
pub struct Proxied<P>(std::marker::PhantomData<P>);

impl<P: Proxy> RowShape for Proxied<P> {
    type Output = P;

    #[inline]
    fn decode(row: &dyn Row, select: &crate::ast::Select) -> Result<P> {
        own_row(row, select).map(P::of)
    }

    fn part(output: &mut P, number: usize) -> Option<&mut dyn std::any::Any> {
        (number == 0).then_some(output.row_mut())
    }
}

#[diagnostic::do_not_recommend]
impl<P: Proxy> RowPart for Proxied<P> {
    type Output = P;
    const WIDTH: usize = <Whole<P::Model> as RowPart>::WIDTH;

    #[inline]
    fn decode(row: &dyn Row, at: usize, select: &crate::ast::Select) -> Result<P> {
        <Whole<P::Model> as RowPart>::decode(row, at, select).map(P::of)
    }

    fn any(output: &mut P) -> &mut dyn std::any::Any {
        output.row_mut()
    }
}

#[diagnostic::do_not_recommend]
impl<P: Proxy> Extend for Proxied<P> {
    const PARTS: usize = 1;
    type With<Q: RowPart> = Tuple<(Self, Q)>;
}

#[diagnostic::do_not_recommend]
impl<P: Proxy> WholeRows<P::Model> for Proxied<P> {}
#[diagnostic::do_not_recommend]
impl<P> OrderAllowed<NoKind> for Proxied<P> {}
#[diagnostic::do_not_recommend]
impl<P> OrderAllowed<OneRow> for Proxied<P> {}

macro_rules! whole {
    ($($whole:ident $zero:tt $($name:ident $index:tt)*;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<P: Proxy, $($name: RowPart),*> WholeRows<P::Model> for Tuple<(Proxied<P>, $($name,)*)> {}
    )+ };
}
crate::tuples::for_each!(whole);

macro_rules! annotated {
    ($($($name:ident $index:tt)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<P: Proxy, $($name: SqlType),+> AnnotatedWith<P::Model, ($($name,)+)> for Tuple<(Proxied<P>, $($name,)+)> {}
    )+ };
}
crate::tuples::for_each!(annotated);

macro_rules! whole_query {
    ($([$($generics:tt)*] $parameter:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<P: Proxy, L: LocksNone, $($generics)*> WholeQuery<P::Model, $parameter>
            for QuerySet<P::Model, Proxied<P>, L>
        {
            fn whole_query(self) -> QuerySet<P::Model> {
                self.retyped()
            }
        }
    )+ };
}
whole_query! {
    [] ();
    [X: NoType] X;
}

impl<P: Proxy> QuerySet<P::Model, Proxied<P>> {
    /// Those of the model's default manager that the proxy's filter lets through.
    #[doc(hidden)]
    pub fn proxied() -> Self {
        let mut rows = Self::ordered_by_proxy(QuerySet::objects());
        if let Some(condition) = P::default_filter() {
            rows.push_filter(condition);
        }
        rows
    }

    /// All rows of the table.
    #[doc(hidden)]
    pub fn all_proxied() -> Self {
        Self::ordered_by_proxy(QuerySet::all_rows())
    }

    fn ordered_by_proxy(mut rows: QuerySet<P::Model>) -> Self {
        if let Some(ordering) = P::ORDERING {
            rows.select.order = Order::Default(ordering);
        }
        rows.retyped()
    }
}

impl<P: Proxy, L> QuerySet<P::Model, Proxied<P>, L> {
    /// The same rows as whole models, without the proxy around them.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # #[derive(Proxy)]
    /// # #[proxy(Book, default_filter = Book::price.lt(5))]
    /// # struct Cheap(Book);
    /// let books: Vec<Book> = Cheap::objects().of_model().all(&db)?;
    /// assert_eq!(books.len(), 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn of_model(self) -> QuerySet<P::Model, Whole<P::Model>, L> {
        self.retyped()
    }

    /// Locks the rows until the transaction ends, as those of [`the model`](QuerySet::select_for_update).
    ///
    /// SQL: `FOR UPDATE`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # #[derive(Proxy)]
    /// # #[proxy(Book, default_filter = Book::price.lt(5))]
    /// # struct Cheap(Book);
    /// let cheap: Cheap = db.atomic(|tx| Cheap::objects().select_for_update().one(tx))?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn select_for_update(self) -> QuerySet<P::Model, Proxied<P>, L::Locked>
    where
        L: LocksNone,
    {
        self.of_model().select_for_update().retyped()
    }

    /// Whether a row is among those of the query, by its primary key, as [`of the model`](QuerySet::contains).
    ///
    /// SQL: `SELECT 1 .. WHERE .. AND "id" = ? LIMIT 1`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # #[derive(Proxy)]
    /// # #[proxy(Book, default_filter = Book::price.lt(5))]
    /// # struct Cheap(Book);
    /// let book = Book::objects().get(&db, Book::title.eq("SQL"))?;
    /// assert!(!Cheap::objects().contains(&db, &book)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn contains<D: Handle + ?Sized>(&self, db: &D, row: &P::Model) -> Result<bool>
    where
        L: RunsOn<D::Kind>,
    {
        self.clone().of_model().contains(db, row)
    }

    /// The rows with these primary keys, by key, as [`of the model`](QuerySet::in_bulk).
    ///
    /// SQL: `SELECT .. WHERE .. AND "id" = ANY($1)`, on SQLite `IN rarray(?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # #[derive(Proxy)]
    /// # #[proxy(Book, default_filter = Book::price.lt(5))]
    /// # struct Cheap(Book);
    /// let cheap: HashMap<i64, Cheap> = Cheap::objects().in_bulk(&db, [1, 2, 3, 4])?;
    /// assert_eq!(cheap[&4].title, "Draft");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn in_bulk<D, I>(&self, db: &D, keys: I) -> Result<HashMap<<P::Model as Model>::Key, P>>
    where
        D: Handle + ?Sized,
        I: IntoIterator,
        <P::Model as Model>::Key: crate::expr::KeyFrom<P::Model, I::Item> + Eq + Hash,
        L: RunsOn<D::Kind>,
    {
        let rows = self.clone().of_model().in_bulk(db, keys)?;
        Ok(rows
            .into_iter()
            .map(|(key, row)| (key, P::of(row)))
            .collect())
    }
}
