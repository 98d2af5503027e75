//! Lookups of texts and of documents. `%`, `_` and `\` have no special meaning in any.
//!
//! Those without regard to case compare upper cases, as Django's do on PostgreSQL: the two small sigmas
//! have one, while the lower case of "İ" would be that of "I".

use crate::ast::Lookup;

const fn row(name: &'static str, sql: &'static str, literal: &'static str) -> Lookup {
    Lookup {
        name,
        sql,
        literal: Some(literal),
        sqlite: None,
    }
}

/// The text is a part of the subject.
pub static CONTAINS: Lookup = row("contains", "strpos({0}, {1}) > 0", "{0} LIKE {1:contains}");
/// The same without regard to case.
pub static ICONTAINS: Lookup = row(
    "icontains",
    "strpos(upper({0} COLLATE {unicode}), upper({1} COLLATE {unicode})) > 0",
    "upper({0} COLLATE {unicode}) LIKE {1:icontains}",
);
/// The subject begins with the text.
pub static STARTSWITH: Lookup = row("startswith", "starts_with({0}, {1})", "{0} LIKE {1:prefix}");
/// The same without regard to case.
pub static ISTARTSWITH: Lookup = row(
    "istartswith",
    "starts_with(upper({0} COLLATE {unicode}), upper({1} COLLATE {unicode}))",
    "upper({0} COLLATE {unicode}) LIKE {1:iprefix}",
);
/// The subject ends with the text.
pub static ENDSWITH: Lookup = row(
    "endswith",
    "right({0}, char_length({1})) = {1}",
    "{0} LIKE {1:suffix}",
);
/// The same without regard to case.
pub static IENDSWITH: Lookup = row(
    "iendswith",
    "right(upper({0} COLLATE {unicode}), char_length(upper({1} COLLATE {unicode}))) = upper({1} COLLATE {unicode})",
    "upper({0} COLLATE {unicode}) LIKE {1:isuffix}",
);
/// The subject is the text, without regard to case.
pub static IEXACT: Lookup = row(
    "iexact",
    "upper({0} COLLATE {unicode}) = upper({1} COLLATE {unicode})",
    "upper({0} COLLATE {unicode}) = {1:upper}",
);
/// The regular expression is found in the subject. PostgreSQL refuses one that is no bound value,
/// since it could not be translated.
pub static REGEX: Lookup = row("regex", "{0} ~ {1}", "{0} ~ {1:regex}");
/// The same without regard to case.
pub static IREGEX: Lookup = row("iregex", "{0} ~* {1}", "{0} ~ {1:iregex}");

/// The object has a member of this name.
pub static JSON_HAS_KEY: Lookup = plain(
    "json_has_key",
    "({0} ? {1} AND jsonb_typeof({0}) = 'object')",
);
/// The object has members of all these names, an array.
pub static JSON_HAS_KEYS: Lookup = plain(
    "json_has_keys",
    "({0} ?& {1} AND jsonb_typeof({0}) = 'object')",
);
/// The object has a member of one of these names, an array.
pub static JSON_HAS_ANY_KEYS: Lookup = plain(
    "json_has_any_keys",
    "({0} ?| {1} AND jsonb_typeof({0}) = 'object')",
);
/// The document contains another.
pub static JSON_CONTAINS: Lookup = plain("json_contains", "{0} @> {1}");
/// The document is contained in another.
pub static JSON_CONTAINED_BY: Lookup = plain("json_contained_by", "{0} <@ {1}");

const fn plain(name: &'static str, sql: &'static str) -> Lookup {
    Lookup {
        name,
        sql,
        literal: None,
        sqlite: None,
    }
}

/// Every row of this file.
pub static ALL: &[&Lookup] = &[
    &CONTAINS,
    &ICONTAINS,
    &STARTSWITH,
    &ISTARTSWITH,
    &ENDSWITH,
    &IENDSWITH,
    &IEXACT,
    &REGEX,
    &IREGEX,
    &JSON_HAS_KEY,
    &JSON_HAS_KEYS,
    &JSON_HAS_ANY_KEYS,
    &JSON_CONTAINS,
    &JSON_CONTAINED_BY,
];
