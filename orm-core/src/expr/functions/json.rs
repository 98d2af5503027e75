//! JSON documents: paths into them, what their values are as other types, what they contain, and documents made in a query.

use rust_decimal::Decimal;

use super::call_with;
use crate::ast::Expr as Node;
use crate::ast::builtin::{general, json, lookups};
use crate::expr::{BaseOf, Case, Condition, Expr, Expression, Kind, Lit, OneRow, Operand};
use crate::model::Model;
use crate::path::{About, Field, FieldDef, Path, Scope};
use crate::types::{Document, Nullness, SqlType};
use crate::value::{ArrayValue, ColumnType, Value};

/// The functions and lookups of JSON documents: of columns of `serde_json::Value` and [`Json<T>`](crate::types::Json), and of what these functions give.
///
/// A path is made of [`key`](Self::key) and [`at`](Self::at), and is a document again: it is compared, ordered by and selected as one, by the rules of PostgreSQL's `jsonb`. What is in
/// it as a type of Rust's is told by [`as_text`](Self::as_text) and its kin. (In Django a number in a path may be an index or a key, and SQLite has no `contains`.)
pub trait JsonFunctions: Expression {
    /// The member of an object, itself a document; NULL, and so an `Option`, where there is none, and of what is no object. Any text is a key: quotes,
    /// dots and digits mean themselves.
    ///
    /// SQL: PostgreSQL `"meta" -> $1`, SQLite `"meta" -> ('$.' || json_quote(?))`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # Page::draft().meta(json!({"title": "Joins", "tags": ["sql", "join"], "stars": 4.5, "draft": false, "seen": null})).save(&db)?;
    /// let title: Option<serde_json::Value> = Page::objects().values_list(Page::meta.key("title")).one(&db)?;
    /// assert_eq!(title, Some(json!("Joins")));
    /// assert_eq!(Page::objects().filter(Page::meta.key("stars").gt(json!(4))).order_by(Page::meta.key("title")).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn key(&self, key: &str) -> Expr<Self::Scope, Option<serde_json::Value>, Self::Kind>
    where
        BaseOf<Self>: Document,
    {
        Expr::new(Node::call(&json::KEY, vec![self.node(), text(key)]))
    }

    /// The member of a list, counted from 0, or from -1 at its end; NULL, and so an `Option`, where there is none, and of what is no list.
    ///
    /// SQL: PostgreSQL `"meta" -> $1` within a `CASE`, SQLite `"meta" -> ('$[' || ? || ']')`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # Page::draft().meta(json!({"title": "Joins", "tags": ["sql", "join"], "stars": 4.5, "draft": false, "seen": null})).save(&db)?;
    /// let last = Page::meta.key("tags").at(-1).as_text();
    /// assert_eq!(Page::objects().values_list(last).one(&db)?.as_deref(), Some("join"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn at(&self, index: i32) -> Expr<Self::Scope, Option<serde_json::Value>, Self::Kind>
    where
        BaseOf<Self>: Document,
    {
        Expr::new(Node::call(
            &json::AT,
            vec![self.node(), Node::Bind(Value::I32(index))],
        ))
    }

    /// A text, or a number or truth value as one: what text lookups and functions can be asked of. NULL of everything else.
    ///
    /// SQL: PostgreSQL `#>>` within a `CASE`, SQLite `orm_json_text(..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # Page::draft().meta(json!({"title": "Joins", "tags": ["sql", "join"], "stars": 4.5, "draft": false, "seen": null})).save(&db)?;
    /// assert_eq!(Page::objects().filter(Page::meta.key("title").as_text().istartswith("JOIN")).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn as_text(&self) -> Expr<Self::Scope, Option<String>, Self::Kind>
    where
        BaseOf<Self>: Document,
    {
        Expr::new(Node::call(&json::AS_TEXT, vec![self.node()]))
    }

    /// A whole number, also one that is written `2.0`; NULL of everything else, of a text of digits too.
    ///
    /// SQL: PostgreSQL `CAST(.. AS bigint)` within a `CASE`, SQLite `orm_json_int(..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # Page::draft().meta(json!({"title": "Joins", "tags": ["sql", "join"], "stars": 4.5, "draft": false, "seen": null})).save(&db)?;
    /// assert_eq!(Page::objects().filter(Page::meta.key("stars").as_i64().is_null()).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn as_i64(&self) -> Expr<Self::Scope, Option<i64>, Self::Kind>
    where
        BaseOf<Self>: Document,
    {
        Expr::new(Node::call(&json::AS_I64, vec![self.node()]))
    }

    /// A number; NULL of everything else, of a text of digits too.
    ///
    /// SQL: PostgreSQL `CAST(.. AS double precision)` within a `CASE`, SQLite `orm_json_float(..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # Page::draft().meta(json!({"title": "Joins", "tags": ["sql", "join"], "stars": 4.5, "draft": false, "seen": null})).save(&db)?;
    /// assert_eq!(Page::objects().values_list(Page::meta.key("stars").as_f64() * 2.0).one(&db)?, Some(9.0));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn as_f64(&self) -> Expr<Self::Scope, Option<f64>, Self::Kind>
    where
        BaseOf<Self>: Document,
    {
        Expr::new(Node::call(&json::AS_F64, vec![self.node()]))
    }

    /// A truth value; NULL of everything else.
    ///
    /// SQL: PostgreSQL `CAST(.. AS boolean)` within a `CASE`, SQLite by `json_type`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # Page::draft().meta(json!({"title": "Joins", "tags": ["sql", "join"], "stars": 4.5, "draft": false, "seen": null})).save(&db)?;
    /// assert_eq!(Page::objects().filter(!Page::meta.key("draft").as_bool()).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn as_bool(&self) -> Expr<Self::Scope, Option<bool>, Self::Kind>
    where
        BaseOf<Self>: Document,
    {
        Expr::new(Node::call(&json::AS_BOOL, vec![self.node()]))
    }

    /// JSON's null, which is a value: not SQL's NULL, and not a key that is not there, which `is_null()` finds.
    ///
    /// SQL: `"meta" = 'null'`, by value
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # Page::draft().meta(json!({"title": "Joins", "tags": ["sql", "join"], "stars": 4.5, "draft": false, "seen": null})).save(&db)?;
    /// assert_eq!(Page::objects().filter(Page::meta.key("seen").is_json_null()).count(&db)?, 1);
    /// assert_eq!(Page::objects().filter(Page::meta.key("lost").is_json_null()).count(&db)?, 0);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn is_json_null(&self) -> Condition<Self::Scope>
    where
        BaseOf<Self>: Document,
    {
        Condition::equal(self.node(), Node::Bind(Value::Json(Box::default())))
    }

    /// An object that has a member of this name, whatever its value is. An index of `jsonb_ops` serves it on PostgreSQL.
    ///
    /// SQL: PostgreSQL `"meta" ? $1`, SQLite `json_type("meta", ..) IS NOT NULL`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # Page::draft().meta(json!({"title": "Joins", "tags": ["sql", "join"], "stars": 4.5, "draft": false, "seen": null})).save(&db)?;
    /// assert_eq!(Page::objects().filter(Page::meta.has_key("seen") & !Page::meta.has_key("lost")).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn has_key(&self, key: &str) -> Condition<Self::Scope>
    where
        BaseOf<Self>: Document,
    {
        Condition::new(Node::lookup(&lookups::JSON_HAS_KEY, self.node(), text(key)))
    }

    /// An object that has members of all these names.
    ///
    /// SQL: PostgreSQL `"meta" ?& $1`, SQLite by `json_type` of each
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # Page::draft().meta(json!({"title": "Joins", "tags": ["sql", "join"], "stars": 4.5, "draft": false, "seen": null})).save(&db)?;
    /// assert_eq!(Page::objects().filter(Page::meta.has_keys(["title", "tags"])).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn has_keys<K: AsRef<str>>(&self, keys: impl IntoIterator<Item = K>) -> Condition<Self::Scope>
    where
        BaseOf<Self>: Document,
    {
        Condition::new(Node::lookup(
            &lookups::JSON_HAS_KEYS,
            self.node(),
            texts(keys),
        ))
    }

    /// An object that has a member of at least one of these names.
    ///
    /// SQL: PostgreSQL `"meta" ?| $1`, SQLite by `json_type` of each
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # Page::draft().meta(json!({"title": "Joins", "tags": ["sql", "join"], "stars": 4.5, "draft": false, "seen": null})).save(&db)?;
    /// assert_eq!(Page::objects().filter(Page::meta.has_any_keys(["title", "tags"])).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn has_any_keys<K: AsRef<str>>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Condition<Self::Scope>
    where
        BaseOf<Self>: Document,
    {
        Condition::new(Node::lookup(
            &lookups::JSON_HAS_ANY_KEYS,
            self.node(),
            texts(keys),
        ))
    }

    /// Contained in another document; [`contains`](crate::expr::lookups::TextLookups::contains) is the same from the other side. An object contains
    /// one of which each member is contained in its own of that name, a list one of which each member is contained in one of its, in whatever
    /// order, and a scalar that is a member; scalars contain their equals, numbers by value.
    ///
    /// SQL: PostgreSQL `"meta" <@ $1`, SQLite `orm_json_contains(?, "meta")`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # Page::draft().meta(json!({"title": "Joins", "tags": ["sql", "join"], "stars": 4.5, "draft": false, "seen": null})).save(&db)?;
    /// let tagged = Page::objects().filter(Page::meta.contains(json!({"tags": ["sql"]})));
    /// assert_eq!(tagged.count(&db)?, 1);
    /// assert_eq!(Page::objects().filter(Page::meta.key("tags").contained_by(json!(["join", "sql", "set"]))).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn contained_by<R>(&self, whole: R) -> Condition<Self::Scope>
    where
        R: Operand<Self::Scope, serde_json::Value, Base: Document>,
        Scope: About<R::Scope, Self::Scope>,
        BaseOf<Self>: Document,
    {
        Condition::new(Node::lookup(
            &lookups::JSON_CONTAINED_BY,
            self.node(),
            whole.into_node(),
        ))
    }

    /// The object with a member set: to update a part of a document, in the database. What is no object stays as it is, and NULL stays NULL.
    /// Deeper parts are set by [`with_path`](Self::with_path).
    ///
    /// SQL: PostgreSQL `"meta" || jsonb_build_object($1, ..)`, SQLite `json_set("meta", .., ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # Page::draft().meta(json!({"title": "Joins", "tags": ["sql", "join"], "stars": 4.5, "draft": false, "seen": null})).save(&db)?;
    /// Page::objects().update(&db, Page::meta.set(Page::meta.with_key("stars", 5)))?;
    /// assert_eq!(Page::objects().one(&db)?.meta["stars"], json!(5));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn with_key<V>(
        &self,
        key: &str,
        value: V,
    ) -> Expr<Self::Scope, Self::Type, <Self::Kind as Kind>::With<V::Kind>>
    where
        V: IntoJson<Self::Scope>,
        Scope: About<V::Scope, Self::Scope>,
        BaseOf<Self>: Document,
    {
        call_with(self, &json::WITH_KEY, [text(key), value.into_json()])
    }

    /// The object with a member set that is deeper inside: the last key of the path, within the objects that the others lead to. An
    /// object on the way that is not there is made; what is on the way and no object stays as it is.
    ///
    /// SQL: `with_key` for each key, around `coalesce("meta" -> $1, '{}')`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # Page::draft().meta(json!({"title": "Joins", "by": {"name": "Eve", "age": 40}})).save(&db)?;
    /// Page::objects().update(&db, Page::meta.set(Page::meta.with_path(["by", "name"], "Bob")))?;
    /// let meta = Page::objects().one(&db)?.meta;
    /// assert_eq!(meta["by"], json!({"name": "Bob", "age": 40}));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn with_path<'k, P, V>(
        &self,
        path: P,
        value: V,
    ) -> Expr<Self::Scope, Self::Type, <Self::Kind as Kind>::With<V::Kind>>
    where
        P: AsRef<[&'k str]>,
        V: IntoJson<Self::Scope>,
        Scope: About<V::Scope, Self::Scope>,
        BaseOf<Self>: Document,
    {
        Expr::new(set_within(self.node(), path.as_ref(), value.into_json()))
    }

    /// The object without a member. What is no object stays as it is.
    ///
    /// SQL: PostgreSQL `"meta" - $1`, SQLite `json_remove("meta", ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # Page::draft().meta(json!({"title": "Joins", "tags": ["sql", "join"], "stars": 4.5, "draft": false, "seen": null})).save(&db)?;
    /// Page::objects().update(&db, Page::meta.set(Page::meta.without_key("draft")))?;
    /// assert_eq!(Page::objects().filter(Page::meta.has_key("draft")).count(&db)?, 0);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn without_key(&self, key: &str) -> Expr<Self::Scope, Self::Type, Self::Kind>
    where
        BaseOf<Self>: Document,
    {
        call_with(self, &json::WITHOUT_KEY, [text(key)])
    }
}

impl<E: Expression + ?Sized> JsonFunctions for E {}

/// `document` with the value where the path leads; without a path the document itself.
fn set_within(document: Node, path: &[&str], value: Node) -> Node {
    let Some((key, rest)) = path.split_first() else {
        return document;
    };
    let value = if rest.is_empty() {
        value
    } else {
        let member = Node::call(&json::KEY, vec![document.clone(), text(key)]);
        let empty = Node::Bind(Value::Json(Box::new(serde_json::Value::Object(
            serde_json::Map::new(),
        ))));
        let member = Node::call(&general::COALESCE, vec![member, empty]);
        set_within(member, rest, value)
    };
    Node::call(&json::WITH_KEY, vec![document, text(key), value])
}

fn text(text: &str) -> Node {
    Node::Bind(Value::Text(text.to_owned().into()))
}

fn texts<K: AsRef<str>>(keys: impl IntoIterator<Item = K>) -> Node {
    let values = keys
        .into_iter()
        .map(|key| Value::Text(key.as_ref().to_owned().into()));
    Node::Bind(Value::Array(Box::new(ArrayValue {
        element: ColumnType::Text,
        values: values.collect(),
    })))
}

/// A value or an expression of any type as a document: a member of an object or a list.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a JSON document",
    label = "expected a value or an expression"
)]
pub trait IntoJson<S> {
    /// The model it is about; a value is about any.
    type Scope;
    /// Whether it has one value a row.
    type Kind: Kind;

    /// The document.
    fn into_json(self) -> Node;
}

macro_rules! values {
    ($($type:ty => |$value:ident| $document:expr;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<S> IntoJson<S> for $type {
            type Scope = S;
            type Kind = OneRow;

            fn into_json(self) -> Node {
                let $value = self;
                document(Node::Bind(Value::Json(Box::new($document))), ColumnType::Json)
            }
        }
    )+ };
}
values! {
    serde_json::Value => |v| v;
    &str => |v| v.into();
    String => |v| v.into();
    bool => |v| v.into();
    i32 => |v| v.into();
    i64 => |v| v.into();
    f64 => |v| v.into();
}

#[diagnostic::do_not_recommend]
impl<S> IntoJson<S> for Decimal {
    type Scope = S;
    type Kind = OneRow;

    fn into_json(self) -> Node {
        document(Node::Bind(Value::Decimal(self)), ColumnType::Decimal)
    }
}

macro_rules! expressions {
    ($(($($generics:tt)*) $type:ty, $scope:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<S, $($generics)*> IntoJson<S> for $type {
            type Scope = $scope;
            type Kind = <Self as Expression>::Kind;

            fn into_json(self) -> Node {
                document(self.node(), <Self as Expression>::Type::COLUMN)
            }
        }
    )+ };
}
expressions! {
    (P: Path, F: FieldDef) Field<P, F>, P::Root;
    (P: Path, F: FieldDef) &Field<P, F>, P::Root;
    (S2: Model, T: SqlType, K: Kind) Expr<S2, T, K>, S2;
    (S2: Model, T: SqlType, K: Kind) &Expr<S2, T, K>, S2;
    (S2: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) Case<S2, T, N, K>, S2;
    (S2: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) &Case<S2, T, N, K>, S2;
    (S2: Model) Condition<S2>, S2;
    (S2: Model) &Condition<S2>, S2;
}

#[diagnostic::do_not_recommend]
impl<S, T: SqlType> IntoJson<S> for Lit<T> {
    type Scope = S;
    type Kind = OneRow;

    fn into_json(self) -> Node {
        document(self.into_node(), T::COLUMN)
    }
}

/// A value of a type as a document: what has no counterpart in JSON is a text.
fn document(node: Node, of: ColumnType) -> Node {
    match json::document_of(of) {
        Some(function) => Node::call(function, vec![node]),
        None => {
            let text = Node::Cast(Box::new((node, ColumnType::Text)));
            Node::call(&json::OF_TEXT, vec![text])
        }
    }
}

/// An object of names and values: a tuple of one to 16 pairs. NULL becomes JSON's null; dates and times are written as
/// [`cast`](crate::expr::functions::GeneralFunctions::cast) writes them, bytes as the database does.
///
/// A decimal becomes a number with all its digits; a `serde_json::Value` reads it as an `f64`, which keeps 15 to 17 of them.
/// As a text, `.cast::<String>()`, it keeps all.
///
/// SQL: PostgreSQL `jsonb_build_object(..)`, SQLite `json_object(..)`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let card = json_object((("title", Book::title), ("by", Book::author.name), ("price", Book::price), ("stock", 1)));
/// let cards: Vec<serde_json::Value> = Book::objects().filter(Book::title.eq("Dunes")).values_list(card).all(&db)?;
/// assert_eq!(cards, [json!({"title": "Dunes", "by": "Eve", "price": 7.9, "stock": 1})]);
/// # Ok::<(), orm::Error>(())
/// ```
pub fn json_object<S, A: JsonEntries<S>>(entries: A) -> Expr<S, serde_json::Value, A::Kind> {
    Expr::new(Node::call(&json::OBJECT, entries.into_nodes()))
}

/// A list of values: a tuple of one to 16. NULL becomes JSON's null; a decimal is read as an `f64`, as of [`json_object`].
///
/// SQL: PostgreSQL `jsonb_build_array(..)`, SQLite `json_array(..)`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let pairs = Book::objects().filter(Book::title.eq("SQL")).values_list(json_array((Book::title, Book::subtitle, true))).all(&db)?;
/// assert_eq!(pairs, [json!(["SQL", null, true])]);
/// # Ok::<(), orm::Error>(())
/// ```
pub fn json_array<S, A: JsonItems<S>>(items: A) -> Expr<S, serde_json::Value, A::Kind> {
    Expr::new(Node::call(&json::ARRAY, items.into_nodes()))
}

/// A tuple of pairs of a name and a value.
#[diagnostic::on_unimplemented(
    message = "`json_object` takes a tuple of pairs of a name and a value",
    label = "expected a tuple such as `((\"title\", Book::title), (\"price\", Book::price))`"
)]
pub trait JsonEntries<S> {
    /// Whether it has one value a row.
    type Kind: Kind;

    /// The names and the documents in turn.
    fn into_nodes(self) -> Vec<Node>;
}

/// A tuple of values.
#[diagnostic::on_unimplemented(
    message = "`json_array` takes a tuple of values",
    label = "expected a tuple such as `(Book::title, Book::price)`"
)]
pub trait JsonItems<S> {
    /// Whether it has one value a row.
    type Kind: Kind;

    /// The documents.
    fn into_nodes(self) -> Vec<Node>;
}

macro_rules! tuples {
    ($($($name:ident $index:tt)+;)+) => { $(
        impl<S, $($name),+> JsonEntries<S> for ($((&str, $name),)+)
        where
            $($name: IntoJson<S>, Scope: About<$name::Scope, S>,)+
        {
            type Kind = tuples!(@kind $($name)+);

            #[allow(non_snake_case, reason = "a variable for each type parameter")]
            fn into_nodes(self) -> Vec<Node> {
                let ($($name,)+) = self;
                vec![$(text($name.0), $name.1.into_json()),+]
            }
        }

        impl<S, $($name),+> JsonItems<S> for ($($name,)+)
        where
            $($name: IntoJson<S>, Scope: About<$name::Scope, S>,)+
        {
            type Kind = tuples!(@kind $($name)+);

            #[allow(non_snake_case, reason = "a variable for each type parameter")]
            fn into_nodes(self) -> Vec<Node> {
                let ($($name,)+) = self;
                vec![$($name.into_json()),+]
            }
        }
    )+ };
    (@kind $last:ident) => { $last::Kind };
    (@kind $next:ident $($rest:ident)+) => { <$next::Kind as Kind>::With<tuples!(@kind $($rest)+)> };
}
crate::tuples::for_each!(tuples);
