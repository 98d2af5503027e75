//! Functions of texts.

use crate::ast::Arity::{AtLeast, Exactly};
use crate::ast::Function;
use crate::value::ColumnType::{I32, Text};

/// Lower case by Unicode, one character to one character.
pub static LOWER: Function =
    Function::strict("lower", Exactly(1), "lower({0} COLLATE {unicode})").returning(Text);
/// Upper case by Unicode, one character to one character.
pub static UPPER: Function =
    Function::strict("upper", Exactly(1), "upper({0} COLLATE {unicode})").returning(Text);
/// The number of characters.
pub static LENGTH: Function =
    Function::strict("length", Exactly(1), "char_length({0})").returning(I32);
/// The texts one after the other; NULL is empty. Not `concat()`, which PostgreSQL allows neither in
/// indexes nor in generated columns.
pub static CONCAT: Function =
    Function::never_null("concat", AtLeast(1), "({*[ || ]coalesce({}, '')})").returning(Text);
/// The text without the blanks at both ends.
pub static TRIM: Function = Function::strict("trim", Exactly(1), "trim({0})").returning(Text);
/// The text without the blanks at its start.
pub static LTRIM: Function = Function::strict("ltrim", Exactly(1), "ltrim({0})").returning(Text);
/// The text without the blanks at its end.
pub static RTRIM: Function = Function::strict("rtrim", Exactly(1), "rtrim({0})").returning(Text);
/// The text with each occurrence of the second argument replaced by the third.
pub static REPLACE: Function =
    Function::strict("replace", Exactly(3), "replace({0}, {1}, {2})").returning(Text);
/// The text from a character on, counted from 1 (`i32`), so many characters (`i32`).
pub static SUBSTR: Function =
    Function::strict("substr", Exactly(3), "substr({0}, {1}, {2})").returning(Text);
/// The text from a character on, counted from 1 (`i32`).
pub static SUBSTR_FROM: Function =
    Function::strict("substr_from", Exactly(2), "substr({0}, {1})").returning(Text);
/// So many characters (`i32`) of the start.
pub static LEFT: Function = Function::strict("left", Exactly(2), "left({0}, {1})").returning(Text);
/// So many characters (`i32`) of the end.
pub static RIGHT: Function =
    Function::strict("right", Exactly(2), "right({0}, {1})").returning(Text);
/// The text so many times (`i32`).
pub static REPEAT: Function =
    Function::strict("repeat", Exactly(2), "repeat({0}, {1})").returning(Text);
/// Where the second text first occurs in the first, counted from 1; 0 where it does not.
pub static STR_INDEX: Function =
    Function::strict("str_index", Exactly(2), "strpos({0}, {1})").returning(I32);

/// Every row of this file.
pub static ALL: &[&Function] = &[
    &LOWER,
    &UPPER,
    &LENGTH,
    &CONCAT,
    &TRIM,
    &LTRIM,
    &RTRIM,
    &REPLACE,
    &SUBSTR,
    &SUBSTR_FROM,
    &LEFT,
    &RIGHT,
    &REPEAT,
    &STR_INDEX,
];
