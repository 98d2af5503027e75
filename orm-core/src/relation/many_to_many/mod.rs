//! `ManyToMany<T>`: the rows that a link table leads to, seen from the row of one side.

mod writes;

pub use writes::LinkAssignments;

use std::fmt;
use std::marker::PhantomData;

use crate::error::Error;
use crate::model::Model;
use crate::path::{Loaded, RelationField};
use crate::query::QuerySet;
use crate::query::write::linked_to;
use crate::schema::{LinkSchema, RelationSchema};
use crate::value::Value;

/// Any number of rows of `T`, each of which may belong to any number of rows of this model: Django's `ManyToManyField`.
///
/// It has no column: a link table has a row for each pair. The table is the relation's own, called as the model's table and
/// the field, `book_tags`, with a key to either side, unique together, and gone with either row; `#[field(table = "..")]` gives
/// it another name. With `#[field(through = Tagging)]` it is that of a model, which may say more about a pair;
/// `through = (Membership::team, Membership::person)` names the keys where the model has several to one side.
///
/// The other side is a `ManyToMany` too, with `#[reverse(Book::tags)]`. A relation to the same model may be
/// `#[field(symmetrical)]`: then each link holds both ways. In queries it is a path to many rows, `Book::tags`.
///
/// All are equal, so that comparing two instances compares their columns.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model)]
/// struct Post {
///     id: i64,
///     title: String,
///     subjects: ManyToMany<Subject>,
/// }
///
/// #[derive(Model, Clone)]
/// #[model(ordering = [name])]
/// struct Subject {
///     id: i64,
///     name: String,
///     #[reverse(Post::subjects)]
///     posts: ManyToMany<Post>,
/// }
///
/// # let db = Database::connect("sqlite::memory:")?;
/// # db.create_tables()?;
/// let rust = Subject::draft().name("Rust").save(&db)?;
/// let sql = Subject::draft().name("SQL").save(&db)?;
/// let mut post = Post::draft().title("An ORM").save(&db)?;
/// post.subjects.add(&db, [&rust, &sql])?;
/// assert_eq!(post.subjects.all(&db)?.len(), 2);
/// assert_eq!(rust.posts.first(&db)?.unwrap().title, "An ORM");
/// // Conditions.
/// let about_sql = Post::objects().filter(Post::subjects.name.eq("SQL") & Post::subjects.contains(&rust));
/// assert_eq!(about_sql.count(&db)?, 1);
/// # Ok::<(), orm::Error>(())
/// ```
pub struct ManyToMany<T> {
    /// None for an instance that was made by hand.
    owner: Option<Owner>,
    pub(super) loaded: Loaded,
    model: PhantomData<fn() -> T>,
}

/// The row that has the field.
#[derive(Clone)]
struct Owner {
    link: &'static LinkSchema,
    key: Value,
}

impl<T> ManyToMany<T> {
    /// The relation of a row that was just read, by its key.
    #[doc(hidden)]
    pub const fn of(link: &'static LinkSchema, key: Value) -> Self {
        Self {
            owner: Some(Owner { link, key }),
            loaded: Loaded::new(),
            model: PhantomData,
        }
    }

    /// That of no row: of an instance that was made by hand.
    const fn unlinked() -> Self {
        Self {
            owner: None,
            loaded: Loaded::new(),
            model: PhantomData,
        }
    }

    /// Whether nothing was loaded: for `#[serde(skip_serializing_if = "ManyToMany::is_unloaded")]`.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let book = Book::objects().get(&db, Book::title.eq("Rust"))?;
    /// assert!(book.tags.is_unloaded());
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn is_unloaded(&self) -> bool {
        !self.loaded.is_loaded()
    }

    /// The table and the key of the row that it is a field of.
    #[cfg(feature = "serde")]
    pub(super) fn owner_row(&self) -> Option<(&'static str, Vec<Value>)> {
        let owner = self.owner.as_ref()?;
        Some(((owner.link.links.from)().table, vec![owner.key.clone()]))
    }

    /// Which relation it is, and of which row.
    pub(super) fn belongs(&self) -> Option<(&'static RelationSchema, &Value)> {
        let owner = self.owner.as_ref()?;
        Some((&owner.link.links, &owner.key))
    }

    pub(super) fn not_loaded(&self) -> Error {
        Error::NotLoaded {
            relation: self
                .belongs()
                .map_or("relation", |(relation, _)| relation.name),
        }
    }
}

impl<T: Model> ManyToMany<T> {
    /// The query of these rows, for whatever a query set can do. It always asks the database, also where the relation was
    /// loaded before. A row that is linked several times, which a `through` model may allow, is one row. (Django returns it as
    /// often as it is linked; values such as `Team::members.count()` count links here too.) An instance that was made by hand has no rows.
    ///
    /// SQL: `SELECT .. FROM "tag" WHERE "id" IN (SELECT "tag_id" FROM "book_tags" WHERE "book_id" = ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let rust = Book::objects().get(&db, Book::title.eq("Rust"))?;
    /// let names = rust.tags.objects().values_list(Tag::name).order_by(Tag::name).all(&db)?;
    /// assert_eq!(names, ["code", "new"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn objects(&self) -> QuerySet<T> {
        let mut rows = QuerySet::objects();
        let Some(Owner { link, key }) = &self.owner else {
            return rows.none();
        };
        rows.push_filter(linked_to(link, key));
        rows.of_relation(&link.links, key);
        rows
    }
}

impl<T> RelationField for ManyToMany<T> {
    fn loaded_mut(&mut self) -> Option<&mut Loaded> {
        Some(&mut self.loaded)
    }
}

impl<T> Default for ManyToMany<T> {
    fn default() -> Self {
        Self::unlinked()
    }
}

impl<T> Clone for ManyToMany<T> {
    fn clone(&self) -> Self {
        Self {
            owner: self.owner.clone(),
            loaded: self.loaded.clone(),
            model: PhantomData,
        }
    }
}

impl<T> fmt::Debug for ManyToMany<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = std::any::type_name::<T>();
        let name = path.rsplit("::").next().unwrap_or(path);
        write!(f, "ManyToMany<{name}>")
    }
}

impl<T> PartialEq for ManyToMany<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for ManyToMany<T> {}

impl<T> std::hash::Hash for ManyToMany<T> {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}
