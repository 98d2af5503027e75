//! Columns against columns, and arithmetic.

use orm::prelude::*;

use crate::case::cases;
use crate::models::lab::{Number, Person};

cases! { "f_expressions",
    fn compare_two_columns(db) {
        let greater = Number::objects().filter(Number::i.gt(Number::j)).order_by(Number::id);
        greater.values_list((Number::id, Number::i, Number::j)).all(db)?
    }

    fn add_subtract_multiply(db) {
        let some = Number::objects().filter(Number::id.is_in([1, 2, 7, 14])).order_by(Number::id);
        let (plus, minus, times) = (Number::i + Number::j, Number::i - Number::j, Number::i * Number::j);
        some.values_list((Number::id, plus, minus, times, -Number::i)).all(db)?
    }

    fn date_minus_date(db) {
        let both = Person::objects().filter(Person::born.is_not_null() & Person::mentor.born.is_not_null());
        both.order_by(Person::id).values_list((Person::name, Person::born - Person::mentor.born)).all(db)?
    }

    // Section 12: a decimal with a float needs a cast, which says what the result is.
    fn mixed_types_with_output_field(db) {
        let product = Number::d.cast::<f64>() * Number::f;
        Number::objects().filter(Number::id.is_in([1, 8, 14])).order_by(Number::id).values_list((Number::id, product)).all(db)?
    }
}
