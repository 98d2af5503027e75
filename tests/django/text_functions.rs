//! Functions of texts.

use orm::prelude::*;

use crate::case::{Expected::Postgres, cases};
use crate::models::lab::Word;

cases! { "text_functions",
    fn upper_and_lower_accents(db, Postgres("section 12, Text: case is mapped by Unicode on both")) {
        let words = Word::objects().filter(Word::id.is_in([7, 9, 10, 15, 16, 26, 27])).order_by(Word::id);
        words.values_list((Word::text, Word::text.upper(), Word::text.lower())).all(db)?
    }

    fn concat_treats_null_as_empty(db) {
        let words = Word::objects().filter(Word::id.is_in([1, 2, 4])).order_by(Word::id);
        words.values_list(concat((Word::text, "-", Word::note))).all(db)?
    }

    fn left_and_right(db) {
        let words = Word::objects().filter(Word::id.is_in([1, 15, 17])).order_by(Word::id);
        words.values_list((Word::text.left(2), Word::text.right(3))).all(db)?
    }

    fn trims(db) {
        let words = Word::objects().filter(Word::text.contains("padded"));
        words.values_list((Word::text.trim(), Word::text.ltrim(), Word::text.rtrim())).all(db)?
    }
}
