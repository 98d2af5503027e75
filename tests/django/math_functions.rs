//! Functions of numbers.

use orm::prelude::*;

use crate::case::{
    Expected::{Postgres, Sqlite},
    cases,
};
use crate::models::lab::Number;

fn some<const N: usize>(ids: [i64; N]) -> QuerySet<Number> {
    Number::objects()
        .filter(Number::id.is_in(ids))
        .order_by(Number::id)
}

cases! { "math_functions",
    fn absolute(db, Postgres("a decimal has the digits of its column on both")) {
        some([1, 2, 5, 7]).values_list((Number::i.abs(), Number::f.abs(), Number::d.abs())).all(db)?
    }

    fn round_to_places(db, Postgres("section 11: decimals are exact on both")) {
        some([13]).values_list(Number::d.round(2)).all(db)?
    }

    fn square_root_and_power(db) {
        some([1, 2, 14]).values_list((Number::i.abs().sqrt(), Number::i.power(3))).all(db)?
    }

    fn exponential_and_logarithms(db, Sqlite("doubles on both, where Django asks PostgreSQL for a decimal")) {
        let values = ((Number::f / 10).exp(), Number::f.ln(), Number::f.log(10), Number::f.log(2));
        some([3, 14]).values_list(values).all(db)?
    }

    fn trigonometry(db) {
        some([3]).values_list((Number::f.sin(), Number::f.cos(), Number::f.tan(), Number::f.cot())).all(db)?
    }

    fn inverse_trigonometry(db) {
        some([6]).values_list((Number::f.asin(), Number::f.acos(), Number::f.atan(), Number::f.atan2(2.0))).all(db)?
    }

    fn square_root_of_negative(db, Sqlite("section 12, Types: outside of its domain a function is NULL")) {
        some([2]).values_list(Number::f.sqrt()).all(db)?
    }
}
