//! Unions of query sets.

use orm::prelude::*;

use crate::case::cases;
use crate::models::lab::Task;

cases! { "set_operations",
    fn union_null_is_equal_to_null(db) {
        let estimates = || Task::objects().values_list(Task::estimate);
        estimates().union(estimates()).order_by(Task::estimate.asc().nulls_first()).all(db)?
    }
}
