//! `Deferred<T>`: a field that a query may leave out, and the steps that leave it out.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::panic::Location;
use std::sync::OnceLock;

use crate::ast::{
    Asked, Column, CompareOp, Expr as Node, Order, Origin as QueryOrigin, Output, Select,
};
use crate::decode::column;
use crate::error::{Error, Result};
use crate::executor::{Flow, Handle};
use crate::model::{HasDeferred, Model};
use crate::path::{DeferredField, Field, Join, OwnRow, ParentField, Root};
use crate::query::run;
use crate::query::{FieldSet, QuerySet, WholeRows};
use crate::schema::ModelSchema;
use crate::types::SqlType;
use crate::value::Value;

/// A column that a query may leave out, for texts and documents that are long and seldom needed. It is loaded unless
/// [`defer`](QuerySet::defer) leaves it out, [`only`](QuerySet::only) does not name it, or SQL of one's own does not select it.
///
/// To conditions, orderings and drafts it is a field of type `T`. [`get`](Self::get) is the value, if it was loaded, and
/// [`fetch`](Self::fetch) runs a query for it if not: in Django the attribute itself does, unseen. `save` leaves a column that was not loaded as
/// it is, and `refresh` does not load it; `refresh_only` does. Equality and hashing are those of the values, and what is not loaded
/// is equal to what is not loaded.
///
/// A column that may be NULL is a `Deferred<Option<T>>`. A primary key and a relation cannot be deferred.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// Article::draft().title("Joins").body("A long text").save(&db)?;
///
/// let article = Article::objects().defer(Article::body).one(&db)?;
/// assert!(matches!(article.body.get(), Err(Error::NotLoaded { relation: "body" })));
/// assert_eq!(article.body.fetch(&db)?, "A long text");
/// assert_eq!(article.body.get()?, "A long text");
///
/// let found = Article::objects().filter(Article::body.contains("long")).one(&db)?;
/// assert_eq!(found.body.get()?, "A long text");
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Clone)]
pub struct Deferred<T> {
    value: OnceLock<T>,
    /// Where it is to be found; nothing where it was loaded with its row.
    origin: Option<Box<Origin>>,
}

/// A column of a row.
#[derive(Clone)]
struct Origin {
    model: &'static ModelSchema,
    field: usize,
    /// A value for each column of the row's key.
    key: Vec<Value>,
}

impl<T> Deferred<T> {
    /// A column that was left out, of a row that is still to be told.
    #[doc(hidden)]
    pub fn left_out(model: &'static ModelSchema, field: usize) -> Self {
        let key = Vec::new();
        Self {
            value: OnceLock::new(),
            origin: Some(Box::new(Origin { model, field, key })),
        }
    }

    /// Tells the row's key, if it will be needed.
    #[doc(hidden)]
    #[must_use]
    pub fn of_row<const N: usize>(mut self, key: impl FnOnce() -> [Value; N]) -> Self {
        if let Some(origin) = &mut self.origin {
            origin.key = key().into();
        }
        self
    }

    /// The value, if it was loaded; never runs a query.
    ///
    /// # Errors
    /// [`Error::NotLoaded`] if the query left it out.
    pub fn get(&self) -> Result<&T> {
        self.value.get().ok_or_else(|| self.not_loaded())
    }

    /// The value, to change it, if it was loaded. The database learns of it when the row is saved.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut article = Article::draft().title("Joins").body("Once").save(&db)?;
    /// article.body.get_mut()?.push_str(" upon a time");
    /// article.save(&db)?;
    /// assert_eq!(Article::objects().one(&db)?.body.get()?, "Once upon a time");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotLoaded`] if the query left it out.
    pub fn get_mut(&mut self) -> Result<&mut T> {
        let not_loaded = self.not_loaded();
        self.value.get_mut().ok_or(not_loaded)
    }

    /// Whether the query left it out, and nobody has fetched or set it since.
    pub fn is_unloaded(&self) -> bool {
        self.value.get().is_none()
    }

    /// Puts a value in the place of what was there, loaded or not. The database learns of it when the row is saved.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// Article::draft().title("Joins").body("Once").save(&db)?;
    /// let mut article = Article::objects().defer(Article::body).one(&db)?;
    /// article.body.set("Twice");
    /// article.save(&db)?;
    /// assert_eq!(Article::objects().one(&db)?.body.get()?, "Twice");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn set(&mut self, value: impl Into<T>) {
        *self = Self::from(value.into());
    }

    #[cold]
    fn not_loaded(&self) -> Error {
        let field = |origin: &Origin| origin.model.fields[origin.field].name;
        Error::NotLoaded {
            relation: self.origin.as_deref().map_or("field", field),
        }
    }
}

impl<T: SqlType> Deferred<T> {
    /// The value, loaded by one query if it was left out, and then kept. In a loop that is a query for each row.
    ///
    /// SQL: `SELECT "body" FROM .. WHERE "id" = ?`, the first time
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] if the row is gone, and the database's.
    #[track_caller]
    pub fn fetch<D: Handle + ?Sized>(&self, db: &D) -> Result<&T> {
        if let (None, Some(origin)) = (self.value.get(), &self.origin) {
            let select = origin.select();
            let mut found = None;
            run::for_each(&select, db.executor(), Location::caller(), &mut |row| {
                found = Some(column::<T>(row, 0, &select)?);
                Ok(Flow::Stop)
            })?;
            let value = found.ok_or(Error::DoesNotExist {
                model: origin.model.name,
            })?;
            // Another thread may have been faster: either is the answer of the database.
            let _ = self.value.set(value);
        }
        self.get()
    }
}

impl Origin {
    fn select(&self) -> Select {
        let own = |field| Node::Column(Column { path: None, field });
        let mut select = Select::from_model(self.model, &[]);
        select.order = Order::By(Vec::new());
        select.output = Output::Exprs(vec![own(&self.model.fields[self.field])]);
        let key = self.model.keys().zip(&self.key);
        let key = key.map(|(field, value)| {
            Node::compare(CompareOp::Eq, own(field), Node::Bind(value.clone()))
        });
        select.filters.extend(key);
        select.origin = Some(Box::new(QueryOrigin {
            asked: Asked::Field(self.model.fields[self.field].name),
            key: self.key.as_slice().into(),
            filters: select.filters.len(),
        }));
        select
    }
}

impl<T> From<T> for Deferred<T> {
    fn from(value: T) -> Self {
        Self {
            value: OnceLock::from(value),
            origin: None,
        }
    }
}

impl From<&str> for Deferred<String> {
    fn from(value: &str) -> Self {
        Self::from(value.to_owned())
    }
}

/// A value that is there, of the type's own default.
impl<T: Default> Default for Deferred<T> {
    fn default() -> Self {
        Self::from(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Deferred<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value.get() {
            Some(value) => value.fmt(f),
            None => f.write_str("<not loaded>"),
        }
    }
}

impl<T: PartialEq> PartialEq for Deferred<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value.get() == other.value.get()
    }
}

impl<T: Eq> Eq for Deferred<T> {}

impl<T: Hash> Hash for Deferred<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.get().hash(state);
    }
}

/// Fields of `M` that a query may leave out: one, or a tuple of such.
#[diagnostic::on_unimplemented(
    message = "`defer` leaves out fields of type `Deferred`, and this is none of `{M}`",
    label = "not a `Deferred` field of `{M}`",
    note = "a field that may be left out says so in the model: `pub body: Deferred<String>`",
    note = "for rows of other shapes there are `values_list` and projections"
)]
pub trait DeferredFields<M, X = ()> {
    /// Adds the indexes in the model's schema.
    fn push_deferred(&self, to: &mut Vec<usize>);
}

#[diagnostic::do_not_recommend]
impl<M: Model, F: DeferredField> DeferredFields<M> for Field<Root<M>, F> {
    fn push_deferred(&self, to: &mut Vec<usize>) {
        to.push(F::INDEX);
    }
}

/// One of a parent's.
#[diagnostic::do_not_recommend]
impl<M, P, Up, F> DeferredFields<M> for Field<Join<P, Up>, F>
where
    P: OwnRow<Root = M>,
    Up: ParentField,
    F: DeferredField,
{
    fn push_deferred(&self, to: &mut Vec<usize>) {
        to.push(Join::<P, Up>::AT + F::INDEX);
    }
}

macro_rules! tuples {
    ($($($name:ident $index:tt)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M, $($name: DeferredFields<M>),+> DeferredFields<M> for ($($name,)+) {
            #[allow(non_snake_case, reason = "a variable for each type parameter")]
            fn push_deferred(&self, to: &mut Vec<usize>) {
                let ($($name,)+) = self;
                $($name.push_deferred(to);)+
            }
        }
    )+ };
}
crate::tuples::for_each!(tuples);

/// Rows that hold a whole `M`.
#[diagnostic::on_unimplemented(
    message = "these rows hold no whole `{M}` of which fields could be left out",
    label = "leave fields out before `values_list` and its kin, which name all that they read"
)]
pub trait ReadInPart<M> {}

#[diagnostic::do_not_recommend]
impl<M, R: WholeRows<M>> ReadInPart<M> for R {}

impl<M: Model, R, L> QuerySet<M, R, L> {
    /// Leaves a [`Deferred`] field out, or several: the rows are of the same type, and what was left out is loaded where it is
    /// asked for. A plain field does not compile. Each call leaves out more.
    ///
    /// SQL: `NULL` in the column's place
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let articles = Article::objects().defer((Article::body, Article::notes));
    /// let (sql, _) = articles.to_sql(Dialect::Sqlite)?;
    /// assert_eq!(sql, r#"SELECT "article"."id", "article"."title", NULL, NULL FROM "article""#);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn defer<D: DeferredFields<M>>(mut self, fields: D) -> Self
    where
        R: ReadInPart<M>,
    {
        let left_out = &mut self.select.left_out;
        fields.push_deferred(left_out);
        left_out.sort_unstable();
        left_out.dedup();
        self
    }

    /// Leaves out all [`Deferred`] fields but those that are named; plain fields are always loaded, since the struct has
    /// them. It takes the place of what `only` and `defer` said before, and a `defer` after it leaves out more. A model without such
    /// fields does not compile.
    ///
    /// SQL: `NULL` in the place of each column that is left out
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// Article::draft().title("Joins").body("A long text").save(&db)?;
    /// let article = Article::objects().only((Article::title, Article::notes)).one(&db)?;
    /// assert!(article.body.is_unloaded() && !article.notes.is_unloaded());
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn only<F: FieldSet<M>>(mut self, fields: F) -> Self
    where
        M: HasDeferred,
        R: ReadInPart<M>,
    {
        let named = fields.indexes();
        let others = M::DEFERRED.iter().filter(|field| !named.contains(field));
        self.select.left_out = others.copied().collect();
        self
    }
}
