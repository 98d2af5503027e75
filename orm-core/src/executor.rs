//! What a database handle can do, without its driver: run printed statements.

use std::num::NonZeroU64;
use std::panic::Location;

use crate::ast::{Asked, Insert, Origin, Output, Select, UpdateMany, Updating};
use crate::decode::Row;
use crate::dialect::SqlDialect;
use crate::error::Result;
use crate::schema::{ModelSchema, RelationSchema};
use crate::value::Value;

/// A printed statement with its parameters.
#[derive(Clone, Copy, Debug)]
pub struct Command<'a> {
    /// The SQL, in the words of the executor's dialect.
    pub sql: &'a str,
    /// One value a parameter.
    pub params: &'a [Value],
    /// Whether it writes: a router sends writes to the primary.
    pub writes: bool,
    /// A number for the SQL, the same wherever the SQL is the same; none where it is not worth remembering. A driver
    /// finds what it has prepared by it faster than by the text.
    pub statement: Option<NonZeroU64>,
    /// The model it is about, for logs and errors.
    pub model: &'static str,
    /// The model whose key an `INSERT` without RETURNING is to give: after each row that was inserted, a row of one column
    /// is shown, the number that the database gave it.
    pub row_ids: Option<&'static ModelSchema>,
    /// What the SQL was printed from, for errors: they tell by it which fields they concern.
    pub subject: Subject<'a>,
    /// Whether it goes on with what a statement before it began: what is loaded beside the rows of a query, a further batch of
    /// rows to write. The program asked for it once, however many there are.
    pub goes_on: bool,
    /// Where the user's code asked for it.
    pub caller: &'static Location<'static>,
}

/// What a statement's SQL was printed from.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// Nothing: it is SQL of the user's own, or of a driver's.
    Sql,
    /// A query.
    Select(&'a Select),
    /// An insert; its parameters are the values of its columns.
    Insert(&'a Insert),
    /// An update.
    Update(Updating<'a>),
    /// An update of many rows; its parameters are the values of its columns, and the key.
    UpdateMany(&'a UpdateMany),
    /// A delete.
    Delete(&'a Select),
    /// The query of one row of a model by its primary key, its only parameter; for a key of an instance, where it asks for it.
    ByKey(&'static ModelSchema, Option<&'static RelationSchema>),
}

impl Subject<'_> {
    /// The model that the statement is about.
    pub const fn model(&self) -> Option<&'static ModelSchema> {
        match self {
            Self::Sql => None,
            Self::Select(select) => Some(select.model),
            Self::Insert(insert) => Some(insert.model),
            Self::Update(update) => Some(update.rows.model),
            Self::UpdateMany(update) => Some(update.model),
            Self::Delete(rows) => Some(rows.model),
            Self::ByKey(model, _) => Some(model),
        }
    }
}

/// What one instance asked for, where a query began at an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lazy {
    /// One of its relations: `book.author.fetch(&db)`, `author.books.all(&db)`.
    #[non_exhaustive]
    Relation {
        /// The relation.
        relation: &'static RelationSchema,
        /// What of it.
        of: LazyPart,
    },
    /// A field that had been left out: `article.body.fetch(&db)`.
    #[non_exhaustive]
    Field {
        /// The model.
        model: &'static str,
        /// The field.
        field: &'static str,
    },
}

/// What of a relation an instance asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LazyPart {
    /// The relation as it is, or its number of rows: what could have been loaded with the instance.
    Whole,
    /// Some of its rows.
    Rows,
    /// The number of some of its rows.
    Count,
    /// Whether there are such rows.
    Exists,
}

impl Lazy {
    fn of(select: &Select, asked: Asked) -> Self {
        match asked {
            Asked::Field(field) => Self::Field {
                model: select.model.name,
                field,
            },
            Asked::Relation(relation) => Self::Relation {
                relation,
                of: match select.output {
                    _ if select.is_whole_relation() => LazyPart::Whole,
                    Output::Count => LazyPart::Count,
                    Output::One => LazyPart::Exists,
                    _ => LazyPart::Rows,
                },
            },
        }
    }

    /// The relation or the field as programs write it: `Book::author`.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (_, log) = db.capture(|db| {
    ///     let book = Book::objects().get(db, Book::title.eq("SQL"))?;
    ///     book.author.fetch(db).map(drop)
    /// })?;
    /// let lazy = log[1].lazy.unwrap();
    /// assert_eq!((&*lazy.path(), &*lazy.advice()), ("Book::author", "add `.select_related(Book::author)`"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn path(&self) -> String {
        match self {
            Self::Relation { relation, .. } => {
                format!("{}::{}", (relation.from)().name, relation.name)
            }
            Self::Field { model, field } => format!("{model}::{field}"),
        }
    }

    /// `relation` or `field`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Relation { .. } => "relation",
            Self::Field { .. } => "field",
        }
    }

    /// What loads the same for all rows at once: a step for what loads rows of the relation's model, a query of them or a relation
    /// to them. A row does not know which of these it came by.
    pub fn advice(&self) -> String {
        let path = self.path();
        let (relation, of) = match self {
            Self::Relation { relation, of } => (relation, of),
            Self::Field { .. } => {
                return format!("drop `.defer({path})`, or name it in `.only(..)`");
            }
        };
        if !relation.is_many() {
            return format!("add `.select_related({path})`");
        }
        match of {
            LazyPart::Whole => format!("add `.prefetch_related({path})`"),
            LazyPart::Rows => format!("add `.with({path}.filter(..))`"),
            LazyPart::Count => format!("add `.annotate({path}.filter(..).count())`"),
            LazyPart::Exists => format!("add `.annotate({path}.filter(..).exists())`"),
        }
    }
}

impl Command<'_> {
    /// What an instance asks for by it, if it is such a query.
    pub fn lazy(&self) -> Option<Lazy> {
        match self.subject {
            Subject::Select(select) => {
                let origin = select.origin.as_deref()?;
                Some(Lazy::of(select, origin.asked))
            }
            Subject::ByKey(_, relation) => relation.map(|relation| Lazy::Relation {
                relation,
                of: LazyPart::Whole,
            }),
            _ => None,
        }
    }

    /// The key of the instance that asks, or of the row that it asks for.
    pub fn lazy_key(&self) -> &[Value] {
        match self.subject {
            Subject::Select(Select {
                origin: Some(origin),
                ..
            }) => {
                let Origin { key, .. } = &**origin;
                key
            }
            _ => self.params,
        }
    }
}

/// Whether to go on after a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Show the next row.
    Continue,
    /// The rest is not needed.
    Stop,
}

/// Takes the rows of a query one by one.
pub type OnRow<'a> = dyn FnMut(&dyn Row) -> Result<Flow> + 'a;

/// A database, a transaction or a router, as queries see it: statements with values go in, rows come out. Programs use
/// it as `&dyn Executor`, a handle of any kind without a type parameter; drivers implement it.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// use orm::Executor;
///
/// fn titles(db: &dyn Executor) -> Result<Vec<String>> {
///     Book::objects().values_list(Book::title).all(db)
/// }
///
/// assert_eq!(titles(&db)?.len(), 4);
/// # Ok::<(), orm::Error>(())
/// ```
pub trait Executor {
    /// How to print SQL for it.
    fn dialect(&self) -> &'static dyn SqlDialect;

    /// Runs a statement that returns rows; gives the number of rows that were shown.
    ///
    /// # Errors
    /// The database's, the connection's, and those of `on_row`.
    fn query(&self, command: &Command<'_>, on_row: &mut OnRow<'_>) -> Result<u64>;

    /// Runs a statement that returns no rows; gives the number of rows it touched.
    ///
    /// # Errors
    /// The database's and the connection's.
    fn execute(&self, command: &Command<'_>) -> Result<u64>;

    /// Runs one statement once for each of `rows`, instead of `command.params`; gives the number of
    /// rows it touched. It is not atomic by itself.
    ///
    /// # Errors
    /// The database's, the connection's, and those of `on_row`.
    fn query_each(
        &self,
        command: &Command<'_>,
        rows: &[Vec<Value>],
        on_row: &mut OnRow<'_>,
    ) -> Result<u64>;

    /// Opens a query whose rows are fetched part by part.
    ///
    /// # Errors
    /// The database's and the connection's.
    fn cursor<'a>(
        &'a self,
        command: &Command<'_>,
        chunk_size: usize,
    ) -> Result<Box<dyn Cursor + 'a>>;

    /// Runs `work` in a transaction, or in a savepoint where one is open already: committed on `Ok`,
    /// rolled back on `Err` and on panic.
    ///
    /// # Errors
    /// Those of `work`, of BEGIN and of COMMIT.
    fn atomic(&self, work: &mut dyn FnMut(&dyn Executor) -> Result<()>) -> Result<()>;
}

/// A handle on which everything [goes on](Command::goes_on) with what was asked for before.
pub(crate) struct GoingOn<'a>(pub(crate) &'a dyn Executor);

fn going_on<'a>(command: &Command<'a>) -> Command<'a> {
    Command {
        goes_on: true,
        ..*command
    }
}

impl Executor for GoingOn<'_> {
    fn dialect(&self) -> &'static dyn SqlDialect {
        self.0.dialect()
    }

    fn query(&self, command: &Command<'_>, on_row: &mut OnRow<'_>) -> Result<u64> {
        self.0.query(&going_on(command), on_row)
    }

    fn execute(&self, command: &Command<'_>) -> Result<u64> {
        self.0.execute(&going_on(command))
    }

    fn query_each(
        &self,
        command: &Command<'_>,
        rows: &[Vec<Value>],
        on_row: &mut OnRow<'_>,
    ) -> Result<u64> {
        self.0.query_each(&going_on(command), rows, on_row)
    }

    fn cursor<'a>(
        &'a self,
        command: &Command<'_>,
        chunk_size: usize,
    ) -> Result<Box<dyn Cursor + 'a>> {
        self.0.cursor(&going_on(command), chunk_size)
    }

    fn atomic(&self, work: &mut dyn FnMut(&dyn Executor) -> Result<()>) -> Result<()> {
        self.0.atomic(&mut |inner| work(&GoingOn(inner)))
    }
}

/// The rows of an open query.
pub trait Cursor {
    /// Shows up to `chunk_size` further rows; gives `false` when there are no more behind them.
    ///
    /// # Errors
    /// The database's, the connection's, and those of `on_row`.
    fn next_chunk(&mut self, on_row: &mut OnRow<'_>) -> Result<bool>;
}

/// Something that a query can be run on: `&Database`, `&Transaction`, `&Router`. A function that takes any of them runs
/// inside of a transaction and outside.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// use orm::Handle;
///
/// fn restock<D: Handle>(db: &D, title: &str) -> Result<u64> {
///     Book::objects().filter(Book::title.eq(title)).update(db, Book::stock_level.set(Book::stock_level + 1))
/// }
///
/// restock(&db, "SQL")?;
/// db.atomic(|tx| restock(tx, "Rust"))?;
/// # Ok::<(), orm::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "a query runs on a `&Database`, a `&Transaction` or a `&Router`, not on `&{Self}`",
    label = "not a database handle"
)]
pub trait Handle {
    /// Whether it is a transaction: [`InTransaction`] or [`NoTransaction`].
    type Kind;

    /// The untyped side.
    fn executor(&self) -> &dyn Executor;
}

impl<T: Handle + ?Sized> Handle for &T {
    type Kind = T::Kind;

    fn executor(&self) -> &dyn Executor {
        (**self).executor()
    }
}

impl Handle for dyn Executor + '_ {
    type Kind = NoTransaction;

    fn executor(&self) -> &dyn Executor {
        self
    }
}

/// The kind of handles that are transactions.
pub struct InTransaction;
/// The kind of handles that may take any connection for each query.
pub struct NoTransaction;

/// A query without locks: it runs on any handle.
#[derive(Clone, Copy, Debug)]
pub struct Unlocked;
/// A query with `select_for_update`: it runs in a transaction.
#[derive(Clone, Copy, Debug)]
pub struct Locked;

/// Whether a query with these locks may run on a handle of kind `K`.
#[diagnostic::on_unimplemented(
    message = "`select_for_update` needs a transaction: pass the `tx` of `db.atomic(|tx| ..)`",
    label = "this handle is no transaction"
)]
pub trait RunsOn<K> {}

#[diagnostic::do_not_recommend]
impl<K> RunsOn<K> for Unlocked {}
#[diagnostic::do_not_recommend]
impl RunsOn<InTransaction> for Locked {}

/// A kind that no handle has: with one impl alone the compiler would speak of mismatched types.
pub enum NoKind {}

#[diagnostic::do_not_recommend]
impl RunsOn<NoKind> for Locked {}
