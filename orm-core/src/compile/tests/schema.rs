//! Models for the tests: as the derive would write them.

use crate::ast::{
    Column, CompareOp, DefaultOrder, Expr, Order, OrderTerm, Output, Quantified, Quantifier, Select,
};
use crate::schema::{
    FieldOptions, FieldSchema, ModelSchema, OnDelete, PathNode, RelationKind, RelationSchema,
};
use crate::value::{ArrayValue, ColumnType, Value};

pub(super) const fn field(
    index: usize,
    name: &'static str,
    column_type: ColumnType,
) -> FieldSchema {
    FieldSchema {
        name,
        column: name,
        index,
        column_type,
        nullable: false,
        relation: None,
        options: FieldOptions::NONE,
    }
}

pub(super) const fn nullable(
    index: usize,
    name: &'static str,
    column_type: ColumnType,
) -> FieldSchema {
    FieldSchema {
        nullable: true,
        ..field(index, name, column_type)
    }
}

pub(super) const fn key(index: usize) -> FieldSchema {
    let options = FieldOptions {
        primary_key: true,
        auto_increment: true,
        ..FieldOptions::NONE
    };
    FieldSchema {
        options,
        ..field(index, "id", ColumnType::I64)
    }
}

pub(super) const fn relation(
    index: usize,
    column: &'static str,
    to: &'static RelationSchema,
) -> FieldSchema {
    FieldSchema {
        relation: Some(to),
        nullable: to.nullable,
        ..field(index, column, ColumnType::I64)
    }
}

const fn decimal(
    index: usize,
    name: &'static str,
    digits: Option<u32>,
    places: Option<u32>,
) -> FieldSchema {
    let options = FieldOptions {
        max_digits: digits,
        decimal_places: places,
        ..FieldOptions::NONE
    };
    FieldSchema {
        options,
        ..field(index, name, ColumnType::Decimal)
    }
}

pub(super) const fn model(
    name: &'static str,
    table: &'static str,
    fields: &'static [FieldSchema],
) -> ModelSchema {
    ModelSchema {
        name,
        table,
        fields,
        primary_key: &[0],
        indexes: &[],
        uniques: &[],
        parent: None,
    }
}

pub(super) const fn points(
    name: &'static str,
    from: fn() -> &'static ModelSchema,
    to: fn() -> &'static ModelSchema,
    key: usize,
    nullable: bool,
) -> RelationSchema {
    let (kind, on_delete) = (RelationKind::ForeignKey, OnDelete::Cascade);
    RelationSchema {
        name,
        kind,
        from,
        to,
        key,
        nullable,
        on_delete,
        tell: |_, _| {},
    }
}

macro_rules! models {
    ($($static:ident $function:ident;)+) => { $(
        fn $function() -> &'static ModelSchema {
            &$static
        }
    )+ };
}
models! {
    AUTHOR author; BOOK book; REVIEW review; CATEGORY category; PROFILE profile; STOCK stock;
}

use ColumnType::{Bool, Date, Duration, F32, F64, I16, I32, Json, Text, Time, Timestamp, Uuid};

pub static AUTHOR: ModelSchema = model(
    "Author",
    "author",
    &[
        key(0),
        field(1, "name", Text),
        field(2, "joined_date", Date),
    ],
);
pub static BOOK: ModelSchema = model(
    "Book",
    "book",
    &[
        key(0),
        field(1, "title", Text),
        nullable(2, "subtitle", Text),
        relation(3, "author_id", &BOOK_AUTHOR),
        relation(4, "editor_id", &BOOK_EDITOR),
        decimal(5, "price", Some(6), Some(2)),
        field(6, "sales_count", I32),
        field(7, "stock_level", I32),
        field(8, "is_published", Bool),
        field(9, "created_at", Timestamp),
    ],
);
pub static REVIEW: ModelSchema = model(
    "Review",
    "review",
    &[
        key(0),
        relation(1, "book_id", &REVIEW_BOOK),
        field(2, "rating", I32),
        nullable(3, "text", Text),
    ],
);
pub static CATEGORY: ModelSchema = model(
    "Category",
    "category",
    &[
        key(0),
        field(1, "name", Text),
        relation(2, "parent_id", &CATEGORY_PARENT),
    ],
);
pub static PROFILE: ModelSchema = model(
    "Profile",
    "profile",
    &[
        key(0),
        relation(1, "author_id", &PROFILE_AUTHOR),
        field(2, "bio", Text),
    ],
);
/// One column of each type that the others lack.
pub static SAMPLE: ModelSchema = model(
    "Sample",
    "sample",
    &[
        key(0),
        field(1, "small", I16),
        field(2, "ratio", F32),
        field(3, "weight", F64),
        decimal(4, "exact", Some(30), Some(10)),
        nullable(5, "flag", Bool),
        field(6, "time", Time),
        field(7, "uuid", Uuid),
        field(8, "data", Json),
        field(9, "length", Duration),
    ],
);

pub static FILM: ModelSchema = model(
    "Film",
    "film",
    &[
        key(0),
        field(1, "title", ColumnType::Text),
        nullable(2, "rating", ColumnType::Enum),
    ],
);

/// A model whose key is made of several fields, not in their order.
pub static STOCK: ModelSchema = ModelSchema {
    primary_key: &[2, 0, 1],
    ..model(
        "Stock",
        "stock",
        &[
            field(0, "shelf", Text),
            decimal(1, "lot", None, None),
            relation(2, "book_id", &STOCK_BOOK),
            field(3, "amount", I32),
        ],
    )
};

pub static BOOK_AUTHOR: RelationSchema = points("author", book, author, 3, false);
pub static STOCK_BOOK: RelationSchema = points("book", stock, book, 2, false);
pub static BOOK_EDITOR: RelationSchema = points("editor", book, author, 4, true);
pub static REVIEW_BOOK: RelationSchema = points("book", review, book, 1, false);
pub static CATEGORY_PARENT: RelationSchema = points("parent", category, category, 2, true);
pub static PROFILE_AUTHOR: RelationSchema = RelationSchema {
    kind: RelationKind::OneToOne,
    ..points("author", profile, author, 1, false)
};
pub static AUTHOR_BOOKS: RelationSchema =
    RelationSchema::reverse("books", RelationKind::HasMany, &BOOK_AUTHOR);
pub static AUTHOR_EDITED: RelationSchema =
    RelationSchema::reverse("edited", RelationKind::HasMany, &BOOK_EDITOR);
pub static AUTHOR_PROFILE: RelationSchema =
    RelationSchema::reverse("profile", RelationKind::HasOne, &PROFILE_AUTHOR);
pub static BOOK_REVIEWS: RelationSchema =
    RelationSchema::reverse("reviews", RelationKind::HasMany, &REVIEW_BOOK);
pub static CATEGORY_CHILDREN: RelationSchema =
    RelationSchema::reverse("children", RelationKind::HasMany, &CATEGORY_PARENT);

pub const BOOK_ORDERING: &[DefaultOrder] = &[
    DefaultOrder {
        field: 6,
        descending: true,
    },
    DefaultOrder {
        field: 2,
        descending: false,
    },
];

/// A path of relations, the first one first.
pub fn path(steps: &[&'static RelationSchema]) -> Option<&'static PathNode> {
    steps.iter().fold(None, |parent, relation| {
        let node: &'static PathNode = Box::leak(Box::new(PathNode { parent, relation }));
        Some(node)
    })
}

/// A column of a model, behind a path.
pub fn via(steps: &[&'static RelationSchema], model: &'static ModelSchema, name: &str) -> Expr {
    Expr::Column(Column {
        path: path(steps),
        field: model.field(name).unwrap(),
    })
}

pub fn col(model: &'static ModelSchema, name: &str) -> Expr {
    via(&[], model, name)
}

pub fn text(text: &'static str) -> Expr {
    Expr::Bind(Value::Text(text.into()))
}

pub fn int(value: i32) -> Expr {
    Expr::Bind(Value::I32(value))
}

pub fn dec(value: &str) -> Expr {
    Expr::Bind(Value::Decimal(value.parse().unwrap()))
}

pub fn null() -> Expr {
    Expr::Bind(Value::Null)
}

pub fn eq(left: Expr, right: Expr) -> Expr {
    Expr::compare(CompareOp::Eq, left, right)
}

pub fn ne(left: Expr, right: Expr) -> Expr {
    Expr::compare(CompareOp::Ne, left, right)
}

pub fn gt(left: Expr, right: Expr) -> Expr {
    Expr::compare(CompareOp::Gt, left, right)
}

pub fn not(inner: Expr) -> Expr {
    inner.negate()
}

pub fn is_true(inner: Expr) -> Expr {
    Expr::IsTrue(Box::new(inner))
}

pub fn truth(inner: Expr) -> Expr {
    Expr::Truth(Box::new(inner))
}

pub fn integers(values: &[i64]) -> Value {
    let values = values.iter().map(|value| Value::I64(*value)).collect();
    Value::Array(Box::new(ArrayValue {
        element: ColumnType::I64,
        values,
    }))
}

pub fn quantified(
    steps: &[&'static RelationSchema],
    quantifier: Quantifier,
    condition: Option<Expr>,
) -> Expr {
    Expr::Quantified(Box::new(Quantified {
        path: path(steps).unwrap(),
        quantifier,
        condition,
    }))
}

/// The keys of the rows that meet the conditions.
pub fn ids(model: &'static ModelSchema, filters: Vec<Expr>) -> Select {
    let key = Expr::Column(Column {
        path: None,
        field: model.key(),
    });
    let mut select = Select::from_model(model, &[]);
    select.output = Output::Exprs(vec![key]);
    select.filters = filters;
    select
}

pub fn values(model: &'static ModelSchema, exprs: Vec<Expr>) -> Select {
    let mut select = Select::from_model(model, &[]);
    select.output = Output::Exprs(exprs);
    select
}

pub fn by(terms: Vec<(Expr, bool)>) -> Order {
    Order::By(
        terms
            .into_iter()
            .map(|(expr, descending)| OrderTerm {
                expr,
                descending,
                nulls: None,
            })
            .collect(),
    )
}
