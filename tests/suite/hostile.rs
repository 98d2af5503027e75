//! Values and names that break programs which paste them into SQL, or hold less than they say.

use orm::prelude::*;

use crate::models::{Number, Paper, Word};
use crate::support::{dialect, suite};

/// Texts that mean something to a database, a shell, a terminal or a library of text.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "'",
        "''",
        "\"",
        "`",
        "\\",
        "\\'",
        "%",
        "_",
        "%_\\%",
        "?",
        "?1",
        "$1",
        ":name",
        "@p",
        "--",
        "/*",
        "*/",
        ";",
        "'); DROP TABLE word; --",
        "\" OR 1 = 1",
        "x' UNION SELECT 1",
        "NULL",
        "null",
        "\n\r\t",
        "\u{1}\u{1f}\u{7f}",
        "{0}{*}",
        "%s",
        "e\u{301}",
        "é",
        "🎵",
        "👨‍👩‍👧‍👦",
        "\u{202e}abc\u{202c}",
        "\u{200b}",
        "\u{feff}",
        "\u{fffd}",
        "\u{10ffff}",
        "ﷺ",
        "İıſß",
        "[a-z]*",
        "^.*$",
        "0x41",
        "1e309",
        "9223372036854775808",
    ]
    .map(String::from)
    .into();
    texts.push("long ".repeat(2_000));
    texts
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "select \"from\" where; --", unique(name = "Group 'by' \"having\"", fields = [order, group]))]
struct Keywords {
    #[field(primary_key, column = "table")]
    id: i64,
    #[field(column = "order by")]
    order: i32,
    #[field(column = "GROUP", index)]
    group: String,
    #[field(column = "\"quoted\" 'twice'")]
    quoted: Option<String>,
    #[field(column = "1 🎵")]
    digit: i32,
    #[field(column = "a_name_of_as_many_bytes_as_postgresql_lets_a_name_have_63_bytes")]
    long: i32,
    #[field(column = "user", on_delete = set_null)]
    parent: Option<ForeignKey<Keywords>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Exact {
    id: i64,
    #[field(max_digits = 28, decimal_places = 10)]
    amount: Decimal,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Octets {
    id: i64,
    bytes: Vec<u8>,
}

suite! {
    fn every_text_is_kept_and_found_as_it_is(db) {
        let texts = texts();
        let drafts = texts.iter().map(|text| Word::draft().text(text).other(text));
        let rows = Word::objects().bulk_create(db, drafts)?;
        for (row, text) in rows.iter().zip(&texts) {
            assert_eq!(&Word::objects().get(db, Word::id.eq(row.id))?.text, text);
            let found = Word::objects().filter(Word::text.eq(text.as_str())).values_list(Word::id).all(db)?;
            assert_eq!(found, [row.id], "{text:?}");
            assert_eq!(Word::objects().filter(Word::text.ne(text.as_str())).count(db)?, texts.len() as u64 - 1);
            for part in [Word::text.contains(text.as_str()), Word::text.startswith(text.as_str()), Word::text.endswith(text.as_str())] {
                let expected = texts.iter().filter(|other| other.contains(text.as_str())).count() as u64;
                let found = Word::objects().filter(part & Word::text.contains(text.as_str())).count(db)?;
                assert!(found >= 1 && found <= expected, "{text:?}");
            }
            let contains = Word::objects().filter(Word::text.contains(text.as_str())).count(db)?;
            assert_eq!(contains, texts.iter().filter(|other| other.contains(text.as_str())).count() as u64, "{text:?}");
            Word::objects().filter(Word::id.eq(row.id)).update(db, Word::other.set(concat((Word::text, text.as_str()))))?;
            let other = Word::objects().get(db, Word::id.eq(row.id))?.other;
            assert_eq!(other, Some(format!("{text}{text}")));
        }
        let all = Word::objects().filter(Word::text.is_in(texts.clone())).count(db)?;
        assert_eq!(all, texts.len() as u64);
        let (word, created) = Word::draft().text("'); DROP TABLE word; --").get_or_create(db, Word::text)?;
        assert!(!created && word.text == texts[20]);
    }

    fn ten_megabytes_of_text(db) {
        let text = "0123456789".repeat(1 << 20);
        let row = Word::draft().text(&text).save(db)?;
        assert!(Word::objects().get(db, Word::text.eq(text.as_str()))? == row);
        assert_eq!(Word::objects().values_list(Word::text.length()).one(db)?, 10 << 20);
    }

    fn a_nul_is_kept_or_refused_by_field(db) {
        let saved = Word::draft().text("a\0b").save(db);
        if dialect(db) == Dialect::Sqlite {
            let row = saved?;
            assert_eq!(Word::objects().get(db, Word::text.eq("a\0b"))?, row);
        } else {
            let message = saved.unwrap_err().to_string();
            assert!(message.contains("Word") && message.contains("text") && !message.contains("a\0b"), "{message}");
            let message = Word::objects().filter(Word::text.eq("a\0b")).count(db).unwrap_err().to_string();
            assert!(message.contains("Word.text"), "{message}");
        }
        assert_eq!(Word::objects().count(db)?, u64::from(dialect(db) == Dialect::Sqlite));
    }

    fn numbers_at_the_ends_of_their_types(db) {
        let ends = [(i16::MIN, i32::MIN, i64::MIN), (i16::MAX, i32::MAX, i64::MAX), (-1, -1, -1), (0, 0, 0)];
        for (small, medium, large) in ends {
            for float in [f64::MIN, f64::MAX, f64::MIN_POSITIVE, 5e-324, -0.0, f64::INFINITY, f64::NEG_INFINITY] {
                let draft = Number::draft().small(small).medium(medium).large(large).float(float).exact(0);
                let row = draft.maybe(medium).save(db)?;
                let read = Number::objects().get(
                    db,
                    Number::id.eq(row.id) & Number::small.eq(small) & Number::medium.eq(medium) & Number::large.eq(large) & Number::float.eq(float),
                )?;
                assert_eq!((read.small, read.medium, read.large, read.maybe), (small, medium, large, Some(medium)));
                assert_eq!(read.float, float);
            }
        }
        let nan = Number::draft().small(0).medium(0).large(0).float(f64::NAN).exact(0).save(db);
        if dialect(db) == Dialect::Sqlite {
            let message = nan.unwrap_err().to_string();
            assert!(message.contains("Number") && message.contains("float"), "{message}");
        } else {
            assert!(nan?.float.is_nan());
        }
        // Beyond the ends there is an error, and nothing is written.
        let highest = Number::objects().filter(Number::large.eq(i64::MAX));
        let before = highest.count(db)?;
        assert!(matches!(highest.update(db, Number::large.set(Number::large + 1)), Err(Error::OutOfRange { .. })));
        assert!(matches!(highest.update(db, Number::small.set(Number::small + 1)), Err(Error::OutOfRange { .. })));
        assert_eq!(highest.count(db)?, before);
    }

    fn decimals_of_many_digits(db) {
        for text in ["7922816251426433759", "0.0000000001", "-999999999999999999.9999999999", "123456789012345678.1234567890", "0"] {
            let number: Decimal = text.parse().expect("a decimal");
            let row = Exact::draft().amount(number).save(db);
            match row {
                Ok(row) => {
                    assert_eq!(row.amount, number);
                    let read = Exact::objects().get(db, Exact::amount.eq(number))?;
                    assert_eq!(read.amount, number);
                    read.delete(db)?;
                }
                // More digits in front than the column has.
                Err(Error::Validation { model: "Exact", errors, .. }) => {
                    assert_eq!(errors[0].field, "amount");
                    assert!(text.starts_with("792"), "{text}");
                }
                Err(error) => return Err(error),
            }
        }
        for number in [Decimal::MAX, Decimal::MIN, Decimal::new(1, 28)] {
            let refused = Exact::draft().amount(number).save(db);
            assert!(matches!(refused, Err(Error::Validation { model: "Exact", .. })), "{number}");
        }
        assert_eq!(Exact::objects().count(db)?, 0);
    }

    fn every_byte_and_a_deep_document(db) {
        let bytes: Vec<u8> = (0..=255).collect();
        let row = Octets::draft().bytes(&*bytes).save(db)?;
        assert_eq!(Octets::objects().get(db, Octets::bytes.eq(bytes.clone()))?.id, row.id);
        let mut document = json!("it's \\ \"quoted\" 🎵 \u{202e}");
        for depth in 0..63 {
            document = json!({ format!("'key' {depth}"): [document, null, -0.5, i64::MIN] });
        }
        let paper = Paper::draft().body(document.clone()).save(db)?;
        assert_eq!(paper.body, Some(document.clone()));
        assert_eq!(Paper::objects().get(db, Paper::body.eq(document.clone()))?.body, Some(document.clone()));
        // One that could be written and not be read again is refused.
        let deepest = Paper::draft().body(json!([document])).save(db)?;
        assert_eq!(Paper::objects().get(db, Paper::id.eq(deepest.id))?, deepest);
        let refused = Paper::draft().body(json!([[document]])).save(db).unwrap_err().to_string();
        assert!(refused.contains("Paper") && refused.contains("body"), "{refused}");
        assert_eq!(Paper::objects().filter(Paper::id.gt(paper.id)).count(db)?, 1);
    }

    fn any_name_is_a_name(db) {
        let first = Keywords::draft().order(1).group("a").quoted("q").digit(2).long(3).save(db)?;
        let child = Keywords::draft().order(2).group("b").digit(4).long(5).parent(&first).save(db)?;
        let found = Keywords::objects()
            .filter(Keywords::parent.quoted.eq("q") & Keywords::long.gt(Keywords::digit))
            .order_by((Keywords::order.desc(), Keywords::group))
            .select_related(Keywords::parent)
            .one(db)?;
        assert_eq!(found.parent.get()?, Some(&first));
        assert_eq!(Keywords::objects().filter(Keywords::quoted.is_null()).update(db, Keywords::digit.set(Keywords::digit * 2))?, 1);
        assert_eq!(Keywords::objects().get(db, Keywords::id.eq(child.id))?.digit, 8);
        let again = Keywords::draft().order(1).group("a").digit(0).long(0).save(db);
        let Err(Error::UniqueViolation { model: Some("Keywords"), fields, .. }) = again else { panic!("{again:?}") };
        assert_eq!(fields, ["order", "group"]);
        let (row, created) =
            Keywords::draft().order(1).group("a").digit(9).long(9).update_or_create(db, (Keywords::order, Keywords::group))?;
        assert!(!created && row.digit == 9 && row.id == first.id);
        first.delete(db)?;
        assert_eq!(Keywords::objects().values_list(Keywords::parent).one(db)?, None);
    }
}
