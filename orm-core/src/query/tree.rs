//! Trees: rows that lead to others of their model by a key, walked down or up.

use std::marker::PhantomData;

use crate::ast::builtin::text;
use crate::ast::{ArithmeticOp, Column, CompareOp, CteColumn, Expr as Node, Output, Select};
use crate::expr::{BaseOf, Expr, Expression, OneRow, primary_key};
use crate::model::{Model, NoType};
use crate::path::{About, Relation, Root, Scope, ToOne};
use crate::query::cte::{column, fresh, join};
use crate::query::{Cte, LocksNone, QuerySet, Whole};
use crate::schema::FieldSchema;
use crate::types::Text;
use crate::value::{ColumnType, Value};

/// The columns of the recursion.
const KEY: u32 = 1;
const DEPTH: u32 = 2;
const VISITED: u32 = 3;
const NEXT: u32 = 4;
const PATH: u32 = 5;

/// The rows of a tree, walked from some of them: what [`descend`](QuerySet::descend) and [`ascend`](QuerySet::ascend) give.
///
/// [`rows`](Self::rows) is a query set like any other; [`depth`](Self::depth) and [`path`](Self::path) are expressions in it.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let root = Topic::draft().name("Science").save(&db)?;
/// let physics = Topic::draft().name("Physics").parent(&root).save(&db)?;
/// Topic::draft().name("Optics").parent(&physics).save(&db)?;
///
/// let tree = Topic::objects().filter(Topic::name.eq("Science")).descend(Topic::parent).with_path(Topic::name, " > ");
/// let rows: Vec<(String, i64, String)> =
///     tree.rows().order_by(tree.path()).values_list((Topic::name, tree.depth(), tree.path())).all(&db)?;
/// assert_eq!(rows[2], ("Optics".to_owned(), 2, "Science > Physics > Optics".to_owned()));
/// // Any query set method, and a list of members.
/// assert_eq!(tree.rows().filter(tree.depth().gt(0)).count(&db)?, 2);
/// assert_eq!(Topic::objects().filter(Topic::parent.is_in(tree.rows())).count(&db)?, 2);
/// # Ok::<(), orm::Error>(())
/// ```
pub struct Tree<M, P = NoPath> {
    parts: Parts,
    cte: Cte<()>,
    marker: PhantomData<fn() -> (M, P)>,
}

/// A tree whose rows have no path.
pub struct NoPath;
/// A tree whose rows have a path.
pub struct HasPath;

/// What a tree is made of.
#[derive(Clone)]
struct Parts {
    /// The rows that it begins with.
    start: Select,
    /// All rows, to take the others from.
    all: Select,
    /// The key.
    key: &'static FieldSchema,
    down: bool,
    /// The text of a row in paths, and what stands between two.
    path: Option<(Node, String)>,
}

impl<M, P> Clone for Tree<M, P> {
    fn clone(&self) -> Self {
        Self {
            parts: self.parts.clone(),
            cte: self.cte.clone(),
            marker: PhantomData,
        }
    }
}

impl<M: Model, L> QuerySet<M, Whole<M>, L> {
    /// These rows, those whose key leads to one of them, those whose key leads to one of those, and so on: the trees below
    /// them. A row that is met on its own way again, as in a circle, is not gone on from; one that several ways lead to comes
    /// once for each.
    ///
    /// SQL: `WITH RECURSIVE ..`, one query whatever the depth
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let root = Topic::draft().name("Science").save(&db)?;
    /// Topic::draft().name("Physics").parent(&root).save(&db)?;
    /// let tree = Topic::objects().filter(Topic::parent.is_null()).descend(Topic::parent);
    /// let names = tree.rows().order_by(tree.depth().desc()).values_list(Topic::name).all(&db)?;
    /// assert_eq!(names, ["Physics", "Science"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn descend<K: TreeKey<M, M>>(self, key: K) -> Tree<M>
    where
        L: LocksNone,
    {
        Tree::new(self, key.field(), true)
    }

    /// These rows, those to which their keys lead, those to which those lead, and so on: all that is above them.
    ///
    /// SQL: `WITH RECURSIVE ..`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let root = Topic::draft().name("Science").save(&db)?;
    /// let physics = Topic::draft().name("Physics").parent(&root).save(&db)?;
    /// let above = Topic::objects().filter(Topic::id.eq(physics.id)).ascend(Topic::parent);
    /// let names = above.rows().order_by(above.depth()).values_list(Topic::name).all(&db)?;
    /// assert_eq!(names, ["Physics", "Science"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn ascend<K: TreeKey<M, M>>(self, key: K) -> Tree<M>
    where
        L: LocksNone,
    {
        Tree::new(self, key.field(), false)
    }
}

/// A key along which a tree is walked: of a model to itself.
#[diagnostic::on_unimplemented(
    message = "a tree of `{From}` is walked along a key of `{From}` to itself",
    label = "no key of `{From}` to `{From}`"
)]
pub trait TreeKey<From, To, X = ()> {
    /// The key's column.
    fn field(&self) -> &'static FieldSchema;
}

macro_rules! tree_keys {
    ($([$($generics:tt)*] $parameter:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<R: Relation, $($generics)*> TreeKey<R::From, R::To, $parameter> for ToOne<Root<R::From>, R> {
            fn field(&self) -> &'static FieldSchema {
                const {
                    assert!(
                        R::SCHEMA.is_key(),
                        "a tree is walked by a key of the model: name the key, not its other side"
                    )
                }
                &R::From::SCHEMA.fields[R::SCHEMA.key]
            }
        }
    )+ };
}
tree_keys! {
    [] ();
    [X: NoType] X;
}

impl<M: Model> Tree<M> {
    fn new<L>(start: QuerySet<M, Whole<M>, L>, key: &'static FieldSchema, down: bool) -> Self {
        let parts = Parts {
            start: start.select,
            all: QuerySet::<M>::objects().select,
            key,
            down,
            path: None,
        };
        Self {
            cte: parts.cte::<M>(),
            parts,
            marker: PhantomData,
        }
    }

    /// Gives each row a path: a text of its own and of each row on the way to it, from the start, with another between.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let root = Topic::draft().name("Science").save(&db)?;
    /// Topic::draft().name("Physics").parent(&root).save(&db)?;
    /// let tree = Topic::objects().filter(Topic::parent.is_null()).descend(Topic::parent).with_path(Topic::name, "/");
    /// let paths = tree.rows().order_by(tree.path()).values_list(tree.path()).all(&db)?;
    /// assert_eq!(paths, ["Science", "Science/Physics"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn with_path<E>(mut self, text: E, between: &str) -> Tree<M, HasPath>
    where
        E: Expression<Kind = OneRow>,
        BaseOf<E>: Text,
        Scope: About<E::Scope, M>,
    {
        self.parts.path = Some((text.node(), between.to_owned()));
        Tree {
            cte: self.parts.cte::<M>(),
            parts: self.parts,
            marker: PhantomData,
        }
    }
}

impl<M: Model, P> Tree<M, P> {
    /// The rows, in no order. Those that the model's default filter hides are not walked through.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// Topic::draft().name("Science").save(&db)?;
    /// let tree = Topic::objects().descend(Topic::parent);
    /// assert_eq!(tree.rows().all(&db)?.len(), 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn rows(&self) -> QuerySet<M, Whole<M>> {
        let mut rows = QuerySet::<M>::all_rows().unordered();
        let id = self.cte.id();
        let on = Node::compare(
            CompareOp::Eq,
            primary_key::<M>(),
            key_column(id, KEY, M::SCHEMA.key().column_type),
        );
        join(&mut rows.select, id, Some(self.cte.definition()), Some(on));
        rows
    }

    /// How many steps it took to a row: 0 for those that the walk begins with. An expression of [`rows`](Self::rows).
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let root = Topic::draft().name("Science").save(&db)?;
    /// Topic::draft().name("Physics").parent(&root).save(&db)?;
    /// let tree = Topic::objects().filter(Topic::parent.is_null()).descend(Topic::parent);
    /// assert_eq!(tree.rows().filter(tree.depth().eq(1)).one(&db)?.name, "Physics");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn depth(&self) -> Expr<M, i64> {
        column(self.cte.id(), DEPTH)
    }
}

impl<M: Model> Tree<M, HasPath> {
    /// The way to a row. An expression of [`rows`](Self::rows).
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// Topic::draft().name("Science").save(&db)?;
    /// let tree = Topic::objects().descend(Topic::parent).with_path(Topic::name.upper(), "/");
    /// assert_eq!(tree.rows().values_list(tree.path()).all(&db)?, ["SCIENCE"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn path(&self) -> Expr<M, String> {
        column(self.cte.id(), PATH)
    }
}

impl Parts {
    /// The recursion: of each row its key, how deep it is, the keys on the way, and the key by which it goes on.
    fn cte<M: Model>(&self) -> Cte<()> {
        let id = fresh();
        let own = primary_key::<M>;
        let key = Node::Column(Column {
            path: None,
            field: self.key,
        });
        let next = if self.down { own() } else { key.clone() };
        let text = |text: &str| Node::Bind(Value::Text(text.to_owned().into()));
        let concat = |parts| Node::call(&text::CONCAT, parts);
        let visited = |id| column::<M, String>(id, VISITED).into_node();

        let mut start = self.start.clone();
        if start.is_sliced() {
            let mut rows = Select::from_model(start.model, &[]);
            rows.slice = Some(Box::new(start));
            start = rows;
        }
        let zero = Node::Bind(Value::I64(0));
        let mut first = vec![
            own(),
            zero,
            concat(vec![text("/"), named::<M>(), text("/")]),
            next.clone(),
        ];
        let one = Node::Bind(Value::I64(1));
        let depth = column::<M, i64>(id, DEPTH).into_node();
        let deeper = Node::arithmetic(ArithmeticOp::Add, depth, one, ColumnType::I64);
        let mut follow = vec![
            own(),
            deeper,
            concat(vec![visited(id), named::<M>(), text("/")]),
            next,
        ];
        if let Some((of_row, between)) = &self.path {
            first.push(concat(vec![of_row.clone(), text("")]));
            let path = column::<M, String>(id, PATH).into_node();
            follow.push(concat(vec![path, text(between), of_row.clone()]));
        }
        start.output = Output::Exprs(first);

        let met = key_column(id, NEXT, M::SCHEMA.key().column_type);
        let mine = if self.down { key } else { own() };
        let again = Node::call(
            &text::STR_INDEX,
            vec![
                visited(id),
                concat(vec![text("/"), named::<M>(), text("/")]),
            ],
        );
        let mut step = self.all.clone();
        step.output = Output::Exprs(follow);
        step.filters.push(Node::compare(
            CompareOp::Eq,
            again,
            Node::Bind(Value::I32(0)),
        ));
        let on = Node::compare(CompareOp::Eq, mine, met);
        join(&mut step, id, None, Some(on));
        Cte::new(start, id, Some(step))
    }
}

/// A column of the recursion that holds a key.
const fn key_column(cte: u64, number: u32, column_type: ColumnType) -> Node {
    Node::CteColumn(CteColumn {
        cte,
        number,
        column_type,
        nullable: true,
    })
}

/// The key of a row as it stands among others: without the character that stands between them.
fn named<M: Model>() -> Node {
    let key = primary_key::<M>();
    if M::SCHEMA.key().column_type != ColumnType::Text {
        return Node::Cast(Box::new((key, ColumnType::Text)));
    }
    let text = |text: &str| Node::Bind(Value::Text(text.to_owned().into()));
    let plain = Node::call(&text::REPLACE, vec![key, text("~"), text("~0")]);
    Node::call(&text::REPLACE, vec![plain, text("/"), text("~1")])
}
