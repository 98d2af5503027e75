//! Texts: whatever a user can type, and what he cannot. Every lookup finds them, and finds nothing else.

use orm::prelude::*;

use crate::support::{dialect, suite};
use crate::vault::{Fate, Vault, ids, tries};

mod tried {
    use super::*;

    tries!(text: String, |v| v.as_str());
    tries!(short: String, |v| v.as_str());
}

/// What breaks programs that write values into SQL, patterns or formats, or that take bytes for characters.
pub const HOSTILE: &[&str] = &[
    "",
    " ",
    "'",
    "''",
    "\"",
    "\\",
    "\\'",
    "\\\\",
    "`",
    "%",
    "_",
    "%_%",
    "\\%",
    "[a-z]",
    "*",
    "?",
    "$1",
    "?1",
    ":x",
    "@x",
    "{}",
    "{0}",
    "{1:prefix}",
    "--",
    "/*",
    ";",
    "NULL",
    "null",
    "true",
    "0",
    "1e3",
    "' OR 1=1 --",
    "x'); DROP TABLE vault; --",
    "\r\n\t",
    "\n",
    "\u{1}\u{1f}\u{7f}",
    "\u{85}\u{a0}\u{2028}",
    "\u{feff}bom",
    "\u{202e}abc\u{202c}",
    "\u{200b}",
    "é",
    "e\u{301}",
    "Å",
    "A\u{30a}",
    "ﬁ",
    "ß",
    "ẞ",
    "ſ",
    "İ",
    "ı",
    "ΑΣ",
    "ας",
    "ǆ",
    "ǅ",
    "日本語",
    "עברית",
    "😀",
    "👨‍👩‍👧‍👦",
    "🇩🇪",
    "\u{d7ff}\u{e000}",
    "\u{fffd}",
    "\u{ffff}",
    "\u{10ffff}",
];

/// The upper case, one character to one character.
fn upper(text: &str) -> String {
    let one = |c: char| {
        let mut upper = c.to_uppercase();
        match (upper.next(), upper.next()) {
            (Some(one), None) => one,
            _ => c,
        }
    };
    text.chars().map(one).collect()
}

/// What a lookup means in Rust.
type Meaning = fn(&str, &str) -> bool;
/// A lookup of a text.
type Lookup = fn(&str) -> Condition<Vault>;

const LOOKUPS: &[(&str, Lookup, Meaning)] = &[
    ("eq", |text| Vault::text.eq(text), |a, b| a == b),
    ("gt", |text| Vault::text.gt(text), |a, b| a > b),
    ("lte", |text| Vault::text.lte(text), |a, b| a <= b),
    (
        "contains",
        |text| Vault::text.contains(text),
        |a, b| a.contains(b),
    ),
    (
        "startswith",
        |text| Vault::text.startswith(text),
        |a, b| a.starts_with(b),
    ),
    (
        "endswith",
        |text| Vault::text.endswith(text),
        |a, b| a.ends_with(b),
    ),
    (
        "iexact",
        |text| Vault::text.iexact(text),
        |a, b| upper(a) == upper(b),
    ),
    (
        "icontains",
        |text| Vault::text.icontains(text),
        |a, b| upper(a).contains(&upper(b)),
    ),
    (
        "istartswith",
        |text| Vault::text.istartswith(text),
        |a, b| upper(a).starts_with(&upper(b)),
    ),
    (
        "iendswith",
        |text| Vault::text.iendswith(text),
        |a, b| upper(a).ends_with(&upper(b)),
    ),
    (
        "length",
        |text| {
            Vault::text
                .length()
                .eq(i32::try_from(text.chars().count()).unwrap_or(0))
        },
        |a, b| a.chars().count() == b.chars().count(),
    ),
    (
        "concat",
        |text| concat((Vault::text, text)).eq(format!("{text}{text}")),
        |a, b| format!("{a}{b}") == format!("{b}{b}"),
    ),
    // An expression instead of a value.
    (
        "contains a column",
        |text| Vault::text.contains(Vault::text) & Vault::text.eq(text),
        |a, b| a == b,
    ),
    (
        "startswith an expression",
        |text| Vault::text.startswith(concat::<Vault, _>((text, ""))),
        |a, b| a.starts_with(b),
    ),
    (
        "endswith an expression",
        |text| Vault::text.endswith(concat::<Vault, _>((text, ""))),
        |a, b| a.ends_with(b),
    ),
    (
        "icontains an expression",
        |text| Vault::text.icontains(concat::<Vault, _>((text, ""))),
        |a, b| upper(a).contains(&upper(b)),
    ),
    (
        "case",
        |text| {
            case()
                .when(Vault::text.eq(text), text)
                .otherwise("no such text")
                .eq(text)
        },
        |a, b| a == b,
    ),
];

fn compare_all(db: &Database, texts: &[String]) -> Result<()> {
    Vault::objects().delete(db)?;
    let drafts = texts
        .iter()
        .map(|text| Vault::draft().text(text.as_str()).build());
    let rows = Vault::objects().bulk_create(db, drafts)?;
    for (row, text) in rows.iter().zip(texts) {
        assert_eq!(row.text.as_deref(), Some(text.as_str()));
    }
    for sought in texts {
        for (name, lookup, meaning) in LOOKUPS {
            let found = ids(db, lookup(sought))?;
            let meets = rows.iter().filter(|row| {
                row.text
                    .as_deref()
                    .is_some_and(|text| meaning(text, sought))
            });
            let expected: Vec<i64> = meets.map(|row| row.id).collect();
            let text = |id: &i64| {
                rows.iter()
                    .find(|row| row.id == *id)
                    .and_then(|row| row.text.clone())
            };
            let shown = |ids: &[i64]| ids.iter().filter_map(text).collect::<Vec<_>>();
            assert_eq!(shown(&found), shown(&expected), "{name} of {sought:?}");
        }
    }
    Ok(())
}

suite! {
    fn texts_come_back(db) {
        for text in HOSTILE {
            let text = (*text).to_owned();
            assert_eq!(tried::text(db, &text, &|found| *found == text)?, Fate::Kept, "{text:?}");
        }
    }

    fn every_lookup_of_every_text(db) {
        let texts: Vec<String> = HOSTILE.iter().map(|text| (*text).to_owned()).collect();
        compare_all(db, &texts)?;
    }

    fn texts_with_a_nul(db) {
        let texts = ["\0", "a\0b", "a", "\0b", "a\0", "b", "\0\0"].map(str::to_owned);
        for text in &texts {
            let expected = match dialect(db) {
                Dialect::Postgres if text.contains('\0') => Fate::Refused,
                _ => Fate::Kept,
            };
            assert_eq!(tried::text(db, text, &|found| found == text)?, expected, "{text:?}");
        }
        if dialect(db) == Dialect::Sqlite {
            compare_all(db, &texts)?;
        } else {
            let refused = ids(db, Vault::text.contains("a\0")).expect_err("no pattern holds a NUL").to_string();
            assert!(refused.contains("Vault.text"), "{refused}");
        }
    }

    fn texts_in_order(db) {
        let mut texts: Vec<String> = HOSTILE.iter().map(|text| (*text).to_owned()).collect();
        let drafts = texts.iter().map(|text| Vault::draft().text(text.as_str()).build());
        Vault::objects().bulk_create(db, drafts)?;
        texts.sort();
        let found = Vault::objects().order_by(Vault::text).values_list(Vault::text).all(db)?;
        assert_eq!(found.into_iter().flatten().collect::<Vec<_>>(), texts);
        let distinct = Vault::objects().values_list(Vault::text.upper()).distinct().count(db)?;
        let mut uppers: Vec<String> = texts.iter().map(|text| upper(text)).collect();
        uppers.sort();
        uppers.dedup();
        assert_eq!(distinct, uppers.len() as u64);
    }

    fn lengths_are_those_of_characters(db) {
        for text in ["", "abc", "日本語", "😀😀😀", "e\u{301}x"] {
            let text = text.to_owned();
            assert_eq!(tried::short(db, &text, &|found| *found == text)?, Fate::Kept, "{text:?}");
        }
        for text in ["abcd", "日本語日", "👨‍👩‍👧‍👦"] {
            let refused = Vault::draft().short(text).save(db).expect_err("longer than three").to_string();
            assert_eq!(refused, "Vault.short: longer than 3 characters");
            assert_eq!(ids(db, Vault::short.eq(text))?, [0_i64; 0]);
        }
        Vault::objects().delete(db)?;
        Vault::draft().short("😀").save(db)?;
        let twice = |db| Vault::objects().update(db, Vault::short.set(concat((Vault::short, Vault::short, "!"))));
        assert_eq!(twice(db)?, 1);
        let refused = twice(db).expect_err("seven characters").to_string();
        assert!(refused.contains("Vault"), "{refused}");
    }

    fn ten_megabytes(db) {
        let size = 10 << 20;
        for unit in ["x", "'", "%", "é", "😀"] {
            let text = unit.repeat(size / unit.len());
            let row = Vault::draft().text(&text).save(db)?;
            assert!(Vault::objects().get(db, Vault::id.eq(row.id))?.text.as_ref() == Some(&text));
            assert_eq!(ids(db, Vault::text.eq(&text))?, [row.id]);
            assert_eq!(ids(db, Vault::text.is_in([text.as_str()]))?, [row.id]);
            assert_eq!(ids(db, Vault::text.startswith(&text[..size / 2 - size / 2 % unit.len()]))?, [row.id]);
            assert_eq!(ids(db, Vault::text.length().eq(i32::try_from(text.chars().count()).unwrap_or(0)))?, [row.id]);
            let sought = Vault::objects().filter(Vault::text.contains(&text));
            assert_eq!(sought.update(db, Vault::text.set(text.clone() + "!"))?, 1);
            assert_eq!(ids(db, Vault::text.endswith("!"))?, [row.id]);
            row.delete(db)?;
        }
    }
}
