//! What a program needs to define models and to query them: `use orm::prelude::*;`.

pub use std::collections::HashMap;

pub use crate::dec;
pub use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
pub use orm_backends::{Database, Isolation, Router, Transaction, assert_queries};
pub use orm_core::dialect::Dialect;
pub use orm_core::draft::{Draft, TypedDraft};
pub use orm_core::error::{Error, ForeignKeyCause, Result};
pub use orm_core::executor::Handle;
pub use orm_core::expr::functions::{
    BitFunctions, GeneralFunctions, HashFunctions, JsonFunctions, MathFunctions, TextFunctions,
    Truncations, coalesce, concat, greatest, json_array, json_object, least, now, null_if, pi,
    random,
};
pub use orm_core::expr::lookups::{Comparison, DateParts, TextLookups};
pub use orm_core::expr::{
    Aggregates, Condition, Condition as Q, Expr, Expression, OrderMethods, WindowFunctions, case,
    cume_dist, dense_rank, ntile, order_by, partition_by, percent_rank, rank, row_number, value,
};
pub use orm_core::expr::{raw_expr, raw_expr_with};
pub use orm_core::model::Model;
pub use orm_core::path::{Outer, RelatedRows};
pub use orm_core::query::{
    BulkCreate, Deferred, Instance, NamedExt, Postgres, QuerySet, Rows, Sqlite, cte, exists,
    prefetch, recursive, subquery,
};
pub use orm_core::query::{Proxy, RelatedValues};
pub use orm_core::relation::{
    ForeignKey, HasMany, HasOne, ManyToMany, OneToOne, OptionalKey, Parent,
};
pub use orm_core::types::{Json, SqlType};
#[cfg(feature = "serde")]
pub use orm_derive::Serialize;
pub use orm_derive::{DbEnum, Embed, Model, Projection, Proxy, SqlType, queryset};
pub use rust_decimal::Decimal;
pub use serde_json::json;
pub use uuid::Uuid;

pub use crate::CreateTables;
pub use crate::private::Embed;

/// So many seconds, for timeouts.
///
/// ```
/// use orm::prelude::*;
/// let db = Database::builder("sqlite::memory:").acquire_timeout(secs(5)).connect()?;
/// # Ok::<(), orm::Error>(())
/// ```
pub const fn secs(seconds: u64) -> std::time::Duration {
    std::time::Duration::from_secs(seconds)
}

#[doc(hidden)]
pub use orm_core::path::{NullLookups as _, ValueLookups as _};
#[doc(hidden)]
pub use orm_core::query::CreateMethods as _;
