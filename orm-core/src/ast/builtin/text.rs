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
/// The text from a character on, counted from 1 (`i32`), so many characters (`i32`). PostgreSQL refuses a negative number.
pub static SUBSTR: Function = Function::strict(
    "substr",
    Exactly(3),
    "substr({0}, {1}, CASE WHEN {2} < 0 THEN 0 ELSE {2} END)",
)
.returning(Text);
/// The text from a character on, counted from 1 (`i32`).
pub static SUBSTR_FROM: Function =
    Function::strict("substr_from", Exactly(2), "substr({0}, {1})").returning(Text);
/// So many characters (`i32`) of the start. PostgreSQL takes a negative number for what to leave out.
pub static LEFT: Function = Function::strict(
    "left",
    Exactly(2),
    "left({0}, CASE WHEN {1} < 0 THEN 0 ELSE {1} END)",
)
.returning(Text);
/// So many characters (`i32`) of the end.
pub static RIGHT: Function = Function::strict(
    "right",
    Exactly(2),
    "right({0}, CASE WHEN {1} < 0 THEN 0 ELSE {1} END)",
)
.returning(Text);
/// The text filled at its start by the third argument, or cut, to so many characters (`i32`).
pub static LPAD: Function =
    Function::strict("lpad", Exactly(3), "lpad({0}, {1}, {2})").returning(Text);
/// The text filled at its end by the third argument, or cut, to so many characters (`i32`).
pub static RPAD: Function =
    Function::strict("rpad", Exactly(3), "rpad({0}, {1}, {2})").returning(Text);
/// The characters from the last to the first.
pub static REVERSE: Function =
    Function::strict("reverse", Exactly(1), "reverse({0})").returning(Text);
/// The text so many times (`i32`).
pub static REPEAT: Function =
    Function::strict("repeat", Exactly(2), "repeat({0}, {1})").returning(Text);
/// Where the second text first occurs in the first, counted from 1; 0 where it does not.
pub static STR_INDEX: Function =
    Function::strict("str_index", Exactly(2), "strpos({0}, {1})").returning(I32);

/// The code point of the first character; 0 of the empty text.
pub static ORD: Function = Function::strict("ord", Exactly(1), "ascii({0})").returning(I32);
/// The character of a code point; NULL where there is none. PostgreSQL refuses those.
pub static CHR: Function = Function::nullable(
    "chr",
    Exactly(1),
    "CASE WHEN {0} BETWEEN 1 AND 55295 OR {0} BETWEEN 57344 AND 1114111 THEN chr(CAST({0} AS integer)) END",
)
.returning(Text);
/// MD5 in hexadecimal digits, of the text in UTF-8.
pub static MD5: Function = Function::strict("md5", Exactly(1), "md5({0})").returning(Text);
/// SHA-1 in hexadecimal digits. PostgreSQL has it only as an extension, so it is computed there: a step for each of the 80
/// rounds of each block, with the last 16 words of the message.
pub static SHA1: Function = Function::strict("sha1", Exactly(1), SHA1_SQL).returning(Text);
/// SHA-224 in hexadecimal digits.
pub static SHA224: Function = sha("sha224", "encode(sha224(convert_to({0}, 'UTF8')), 'hex')");
/// SHA-256 in hexadecimal digits.
pub static SHA256: Function = sha("sha256", "encode(sha256(convert_to({0}, 'UTF8')), 'hex')");
/// SHA-384 in hexadecimal digits.
pub static SHA384: Function = sha("sha384", "encode(sha384(convert_to({0}, 'UTF8')), 'hex')");
/// SHA-512 in hexadecimal digits.
pub static SHA512: Function = sha("sha512", "encode(sha512(convert_to({0}, 'UTF8')), 'hex')");

const fn sha(name: &'static str, sql: &'static str) -> Function {
    Function::strict(name, Exactly(1), sql).returning(Text)
}

const SHA1_SQL: &str = "(\
WITH RECURSIVE message AS MATERIALIZED (\
SELECT text || decode('80' || repeat('00', (119 - length(text) % 64) % 64), 'hex') || int8send(length(text) * 8::bigint) AS bytes \
FROM (SELECT convert_to({0}, 'UTF8') AS text) AS s), \
rounds AS (\
SELECT 0 AS n, CAST(ARRAY[] AS bigint[]) AS w, \
1732584193::bigint AS a, 4023233417::bigint AS b, 2562383102::bigint AS c, 271733878::bigint AS d, 3285377520::bigint AS e, \
1732584193::bigint AS h0, 4023233417::bigint AS h1, 2562383102::bigint AS h2, 271733878::bigint AS h3, 3285377520::bigint AS h4 \
UNION ALL \
SELECT n + 1, next.w, \
CASE WHEN last THEN (h0 + sum) & 4294967295 ELSE sum END, CASE WHEN last THEN (h1 + a) & 4294967295 ELSE a END, \
CASE WHEN last THEN (h2 + turned) & 4294967295 ELSE turned END, CASE WHEN last THEN (h3 + c) & 4294967295 ELSE c END, \
CASE WHEN last THEN (h4 + d) & 4294967295 ELSE d END, \
CASE WHEN last THEN (h0 + sum) & 4294967295 ELSE h0 END, CASE WHEN last THEN (h1 + a) & 4294967295 ELSE h1 END, \
CASE WHEN last THEN (h2 + turned) & 4294967295 ELSE h2 END, CASE WHEN last THEN (h3 + c) & 4294967295 ELSE h3 END, \
CASE WHEN last THEN (h4 + d) & 4294967295 ELSE h4 END \
FROM rounds, message, \
LATERAL (SELECT n % 80 AS t, n % 80 = 79 AS last, n / 80 * 64 + n % 80 * 4 AS at) AS place, \
LATERAL (SELECT CASE WHEN t < 16 THEN (get_byte(bytes, at)::bigint << 24) | (get_byte(bytes, at + 1) << 16) \
| (get_byte(bytes, at + 2) << 8) | get_byte(bytes, at + 3) \
ELSE (((w[14] # w[9] # w[3] # w[1]) << 1) | ((w[14] # w[9] # w[3] # w[1]) >> 31)) & 4294967295 END AS word) AS scheduled, \
LATERAL (SELECT CASE WHEN n = 0 THEN ARRAY[word] ELSE (w || word)[greatest(cardinality(w) - 14, 1):cardinality(w) + 1] END AS w) AS next, \
LATERAL (SELECT CASE WHEN t < 20 THEN ((b & c) | (~b & 4294967295 & d)) + 1518500249 WHEN t < 40 THEN (b # c # d) + 1859775393 \
WHEN t < 60 THEN ((b & c) | (b & d) | (c & d)) + 2400959708 ELSE (b # c # d) + 3395469782 END AS mixed) AS mixing, \
LATERAL (SELECT ((((a << 5) | (a >> 27)) & 4294967295) + mixed + e + word) & 4294967295 AS sum, \
((b << 30) | (b >> 2)) & 4294967295 AS turned) AS turning \
WHERE n < length(bytes) / 64 * 80) \
SELECT lpad(to_hex(h0), 8, '0') || lpad(to_hex(h1), 8, '0') || lpad(to_hex(h2), 8, '0') || lpad(to_hex(h3), 8, '0') || lpad(to_hex(h4), 8, '0') \
FROM rounds, message WHERE n = length(bytes) / 64 * 80)";

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
    &LPAD,
    &RPAD,
    &REVERSE,
    &ORD,
    &CHR,
    &MD5,
    &SHA1,
    &SHA224,
    &SHA256,
    &SHA384,
    &SHA512,
];
