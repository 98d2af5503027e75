//! Arithmetic, functions, casts and lookups.

use super::schema::*;
use super::{both, postgres, refused, same, sqlite};
use crate::ast::builtin::dates::DatePart;
use crate::ast::builtin::{general, lookups, text as texts};
use crate::ast::{ArithmeticOp, Arity, Case, Expr, Function, In, Lookup, Members, builtin};
use crate::value::{ArrayValue, ColumnType, Value};
use ArithmeticOp::{Add, Div, Mul, Rem, Sub};

/// The expression as both databases print it.
#[track_caller]
fn selects(
    model: &'static crate::schema::ModelSchema,
    expr: Expr,
    in_sqlite: &str,
    in_postgres: &str,
) {
    let table = model.table;
    both(
        values(model, vec![expr]),
        &format!("SELECT {in_sqlite} FROM \"{table}\""),
        &format!("SELECT {in_postgres} FROM \"{table}\""),
    );
}

fn sales() -> Expr {
    col(&BOOK, "sales_count")
}

fn stock() -> Expr {
    col(&BOOK, "stock_level")
}

fn price() -> Expr {
    col(&BOOK, "price")
}

fn weight() -> Expr {
    col(&SAMPLE, "weight")
}

fn op(op: ArithmeticOp, left: Expr, right: Expr, of: ColumnType) -> Expr {
    Expr::arithmetic(op, left, right, of)
}

#[test]
fn integers_are_checked_at_their_type() {
    let of = ColumnType::I32;
    selects(
        &BOOK,
        op(Sub, sales(), op(Sub, stock(), int(1), of), of),
        r#"orm_sub("book"."sales_count", orm_sub("book"."stock_level", ?1, 32), 32)"#,
        r#""book"."sales_count" - ("book"."stock_level" - $1)"#,
    );
    selects(
        &BOOK,
        op(
            Mul,
            op(Add, sales(), int(1), of),
            op(Mul, stock(), int(2), of),
            of,
        ),
        r#"orm_mul(orm_add("book"."sales_count", ?1, 32), orm_mul("book"."stock_level", ?2, 32), 32)"#,
        r#"("book"."sales_count" + $1) * ("book"."stock_level" * $2)"#,
    );
    selects(
        &BOOK,
        op(Div, sales(), stock(), of),
        r#"orm_div("book"."sales_count", "book"."stock_level", 32)"#,
        r#""book"."sales_count" / NULLIF("book"."stock_level", 0)"#,
    );
    selects(
        &BOOK,
        op(Rem, sales(), int(7), of),
        r#"orm_mod("book"."sales_count", ?1, 32)"#,
        r#""book"."sales_count" % $1"#,
    );
    selects(
        &BOOK,
        op(Add, sales(), stock(), ColumnType::I64),
        r#"orm_add("book"."sales_count", "book"."stock_level", 64)"#,
        r#"CAST("book"."sales_count" AS bigint) + "book"."stock_level""#,
    );
    let negative = |inner| Expr::Negate(Box::new((inner, of)));
    selects(
        &BOOK,
        negative(negative(sales())),
        r#"orm_neg(orm_neg("book"."sales_count", 32), 32)"#,
        r#"-(-"book"."sales_count")"#,
    );
}

#[test]
fn floats_are_checked() {
    let of = ColumnType::F64;
    selects(
        &SAMPLE,
        op(Div, op(Add, weight(), col(&SAMPLE, "id"), of), weight(), of),
        r#"orm_float_div(orm_float_add("sample"."weight", "sample"."id", 64), "sample"."weight", 64)"#,
        r#"("sample"."weight" + "sample"."id") / NULLIF("sample"."weight", 0)"#,
    );
    selects(
        &SAMPLE,
        op(Rem, weight(), Expr::Bind(Value::F64(1.5)), of),
        r#"("sample"."weight" - ?1 * iif(abs("sample"."weight" / ?2) < 9e15, CAST("sample"."weight" / ?3 AS INTEGER), "sample"."weight" / ?4))"#,
        r#"("sample"."weight" - $1 * trunc("sample"."weight" / NULLIF($2, 0)))"#,
    );
}

#[test]
fn decimals_are_exact() {
    let of = ColumnType::Decimal;
    selects(
        &BOOK,
        op(Mul, price(), op(Add, sales(), dec("0.5"), of), of),
        r#"orm_dec_mul("book"."price", orm_dec_add("book"."sales_count", ?1))"#,
        r#""book"."price" * ("book"."sales_count" + $1)"#,
    );
    selects(
        &BOOK,
        Expr::Negate(Box::new((price(), of))),
        r#"orm_dec_neg("book"."price")"#,
        r#"-"book"."price""#,
    );
    let double = op(Mul, price(), dec("2"), of);
    both(
        ids(
            &BOOK,
            vec![
                gt(double.clone(), dec("3")),
                not(gt(double.clone(), price())),
            ],
        ),
        r#"SELECT "book"."id" FROM "book" WHERE orm_dec_cmp(orm_dec_mul("book"."price", ?1), ?2) > 0 AND orm_dec_cmp(orm_dec_mul("book"."price", ?3), "book"."price") <= 0"#,
        r#"SELECT "book"."id" FROM "book" WHERE "book"."price" * $1 > $2 AND "book"."price" * $3 <= "book"."price""#,
    );
    let mut ordered = ids(&BOOK, vec![]);
    ordered.order = by(vec![(double, true)]);
    both(
        ordered,
        r#"SELECT "book"."id" FROM "book" ORDER BY CAST(orm_dec_mul("book"."price", ?1) AS TEXT) COLLATE orm_decimal DESC"#,
        r#"SELECT "book"."id" FROM "book" ORDER BY "book"."price" * $1 DESC"#,
    );
}

#[test]
fn decimals_compare_by_how_they_are_held() {
    let where_sample = |condition, sql: &str| {
        let printed = sqlite(ids(&SAMPLE, vec![condition])).sql;
        assert_eq!(
            printed,
            format!(r#"SELECT "sample"."id" FROM "sample" WHERE {sql}"#)
        );
        super::sqlite::prepare(&printed);
    };
    let exact = || col(&SAMPLE, "exact");
    where_sample(gt(exact(), dec("3")), r#""sample"."exact" > ?1"#);
    where_sample(
        gt(exact(), col(&SAMPLE, "id")),
        r#"orm_dec_cmp("sample"."exact", "sample"."id") > 0"#,
    );
    where_sample(
        eq(exact(), exact()),
        r#""sample"."exact" = "sample"."exact""#,
    );
    let long = "1.2345678901234567";
    let printed = sqlite(ids(
        &BOOK,
        vec![
            gt(price(), dec("1.5")),
            gt(price(), dec(long)),
            gt(price(), sales()),
        ],
    ))
    .sql;
    assert!(printed.ends_with(
        r#"WHERE "book"."price" > ?1 AND orm_dec_cmp("book"."price", ?2) > 0 AND "book"."price" > "book"."sales_count""#
    ));
    let members = |values: &[&str]| {
        let values = values
            .iter()
            .map(|value| Value::Decimal(value.parse().unwrap()))
            .collect();
        Members::Values(Value::Array(Box::new(ArrayValue {
            element: ColumnType::Decimal,
            values,
        })))
    };
    let among = |subject, values: &[&str]| {
        Expr::In(Box::new(In {
            subject,
            members: members(values),
        }))
    };
    where_sample(
        among(exact(), &["1"]),
        r#""sample"."exact" IN (SELECT CAST(value AS TEXT) FROM rarray(?1))"#,
    );
    let printed = sqlite(ids(
        &BOOK,
        vec![among(price(), &["1"]), not(among(price(), &[long]))],
    ))
    .sql;
    assert!(printed.ends_with(
        r#"WHERE "book"."price" IN rarray(?1) AND CAST("book"."price" AS TEXT) COLLATE orm_decimal NOT IN (SELECT CAST(value AS TEXT) FROM rarray(?2))"#
    ));
}

#[test]
fn json_is_compared_by_value() {
    let data = || col(&SAMPLE, "data");
    let document = || Value::Json(Box::new(serde_json::json!({"b": 1, "a": 2})));
    let members = Members::Values(Value::Array(Box::new(ArrayValue {
        element: ColumnType::Json,
        values: vec![document()],
    })));
    let among = Expr::In(Box::new(In {
        subject: data(),
        members,
    }));
    let mut select = ids(
        &SAMPLE,
        vec![eq(data(), Expr::Bind(document())), not(among)],
    );
    select.order = by(vec![(data(), false)]);
    both(
        select,
        r#"SELECT "sample"."id" FROM "sample" WHERE orm_json_cmp("sample"."data", ?1) = 0 AND CAST("sample"."data" AS TEXT) COLLATE orm_json NOT IN (SELECT value FROM rarray(?2)) ORDER BY CAST("sample"."data" AS TEXT) COLLATE orm_json"#,
        r#"SELECT "sample"."id" FROM "sample" WHERE "sample"."data" = $1 AND "sample"."data" <> ALL($2) ORDER BY "sample"."data""#,
    );
}

#[test]
fn functions() {
    let (title, subtitle) = (|| col(&BOOK, "title"), || col(&BOOK, "subtitle"));
    selects(
        &BOOK,
        Expr::call(&texts::LOWER, vec![Expr::call(&texts::TRIM, vec![title()])]),
        r#"orm_lower(trim("book"."title"))"#,
        r#"lower(trim("book"."title") COLLATE "C.utf8")"#,
    );
    selects(
        &BOOK,
        Expr::call(&texts::CONCAT, vec![title(), text(" - "), subtitle()]),
        r#"(coalesce("book"."title", '') || coalesce(?1, '') || coalesce("book"."subtitle", ''))"#,
        r#"(coalesce("book"."title", '') || coalesce($1, '') || coalesce("book"."subtitle", ''))"#,
    );
    selects(
        &BOOK,
        Expr::call(&general::GREATEST, vec![sales(), int(3)]),
        r#"max(coalesce("book"."sales_count", "book"."sales_count", ?1), coalesce(?2, "book"."sales_count", ?3))"#,
        r#"greatest("book"."sales_count", $1)"#,
    );
    selects(
        &BOOK,
        Expr::call(&general::COALESCE, vec![subtitle(), text("none")]),
        r#"coalesce("book"."subtitle", ?1)"#,
        r#"coalesce("book"."subtitle", $1)"#,
    );
    selects(
        &BOOK,
        Expr::call(&general::NOW, vec![]),
        "orm_now()",
        "statement_timestamp()",
    );
    let short = Expr::call(&texts::REPLACE, vec![title()]);
    let message = "this query of Book cannot run: a function has the wrong number of arguments";
    refused(values(&BOOK, vec![short]), message, message);
}

#[test]
fn parts_of_dates() {
    let created = || col(&BOOK, "created_at");
    let part = |part: DatePart, of, expr| Expr::call(part.function(of), vec![expr]);
    selects(
        &BOOK,
        part(DatePart::Year, ColumnType::Timestamp, created()),
        r#"CAST(substr("book"."created_at", 1, 4) AS INTEGER)"#,
        r#"CAST(EXTRACT(YEAR FROM "book"."created_at" AT TIME ZONE 'UTC') AS integer)"#,
    );
    selects(
        &AUTHOR,
        part(
            DatePart::WeekDay,
            ColumnType::Date,
            col(&AUTHOR, "joined_date"),
        ),
        r#"(CAST(strftime('%w', substr("author"."joined_date", 1, 10)) AS INTEGER) + 1)"#,
        r#"CAST(EXTRACT(DOW FROM "author"."joined_date") + 1 AS integer)"#,
    );
    selects(
        &SAMPLE,
        part(DatePart::Hour, ColumnType::Time, col(&SAMPLE, "time")),
        r#"CAST(substr("sample"."time", 1, 2) AS INTEGER)"#,
        r#"CAST(EXTRACT(HOUR FROM "sample"."time") AS integer)"#,
    );
    selects(
        &BOOK,
        part(DatePart::Date, ColumnType::Timestamp, created()),
        r#"substr("book"."created_at", 1, 10)"#,
        r#"CAST("book"."created_at" AT TIME ZONE 'UTC' AS date)"#,
    );
}

#[test]
fn casts() {
    let cast = |expr, to| Expr::Cast(Box::new((expr, to)));
    selects(
        &SAMPLE,
        cast(weight(), ColumnType::I32),
        r#"orm_int("sample"."weight", 32)"#,
        r#"CAST(trunc("sample"."weight") AS integer)"#,
    );
    selects(
        &SAMPLE,
        cast(col(&SAMPLE, "flag"), ColumnType::Text),
        r#"CASE WHEN "sample"."flag" THEN 'true' WHEN NOT "sample"."flag" THEN 'false' END"#,
        r#"CAST("sample"."flag" AS text)"#,
    );
    selects(
        &BOOK,
        cast(op(Add, sales(), int(1), ColumnType::I32), ColumnType::F64),
        r#"CAST(orm_add("book"."sales_count", ?1, 32) AS REAL)"#,
        r#"CAST("book"."sales_count" + $1 AS double precision)"#,
    );
    selects(
        &BOOK,
        cast(price(), ColumnType::Text),
        r#"orm_dec_text("book"."price")"#,
        r#"CAST(trim_scale("book"."price") AS text)"#,
    );
    selects(
        &BOOK,
        cast(sales(), ColumnType::Decimal),
        r#"("book"."sales_count")"#,
        r#"CAST("book"."sales_count" AS numeric)"#,
    );
}

#[test]
fn case() {
    let case = Expr::Case(Box::new(Case {
        whens: vec![
            (not(eq(col(&BOOK, "subtitle"), text("a"))), text("x")),
            (is_true(col(&BOOK, "is_published")), text("y")),
        ],
        otherwise: Some(null()),
        column_type: ColumnType::Text,
    }));
    selects(
        &BOOK,
        case,
        r#"CASE WHEN ("book"."subtitle" = ?1) IS NOT TRUE THEN ?2 WHEN "book"."is_published" THEN ?3 ELSE NULL END"#,
        r#"CASE WHEN ("book"."subtitle" = $1) IS NOT TRUE THEN $2 WHEN "book"."is_published" THEN $3 ELSE NULL END"#,
    );
}

#[track_caller]
fn finds(lookup: &'static Lookup, operand: Expr, in_sqlite: &str, in_postgres: &str) {
    let condition = Expr::lookup(lookup, col(&BOOK, "title"), operand);
    both(
        ids(&BOOK, vec![condition]),
        &format!(r#"SELECT "book"."id" FROM "book" WHERE {in_sqlite}"#),
        &format!(r#"SELECT "book"."id" FROM "book" WHERE {in_postgres}"#),
    );
}

#[test]
fn lookups_of_values() {
    let like = r#""book"."title" LIKE $1"#;
    let upper_like = r#"upper("book"."title" COLLATE "C.utf8") LIKE $1"#;
    finds(
        &lookups::CONTAINS,
        text("5%"),
        r#"instr("book"."title", ?1) > 0"#,
        like,
    );
    finds(
        &lookups::STARTSWITH,
        text("5%"),
        r#"("book"."title" >= ?1 AND "book"."title" < ?2)"#,
        like,
    );
    finds(
        &lookups::ENDSWITH,
        text("5%"),
        r#"orm_ends_with("book"."title", ?1)"#,
        like,
    );
    finds(
        &lookups::ICONTAINS,
        text("Ä"),
        r#"instr(orm_upper("book"."title"), ?1) > 0"#,
        upper_like,
    );
    finds(
        &lookups::ISTARTSWITH,
        text("Ä"),
        r#"instr(orm_upper("book"."title"), ?1) = 1"#,
        upper_like,
    );
    finds(
        &lookups::IENDSWITH,
        text("Ä"),
        r#"orm_ends_with(orm_upper("book"."title"), ?1)"#,
        upper_like,
    );
    finds(
        &lookups::IEXACT,
        text("Ä"),
        r#"orm_upper("book"."title") = ?1"#,
        r#"upper("book"."title" COLLATE "C.utf8") = $1"#,
    );
    finds(
        &lookups::REGEX,
        text(r"^\d"),
        r#"orm_regexp(?1, "book"."title", 0)"#,
        r#""book"."title" ~ $1"#,
    );
    finds(
        &lookups::IREGEX,
        text("a"),
        r#"orm_regexp(?1, "book"."title", 1)"#,
        r#""book"."title" ~ $1"#,
    );
}

#[test]
fn the_values_of_lookups() {
    let params = |lookup, operand| {
        let condition = Expr::lookup(lookup, col(&BOOK, "title"), operand);
        let select = ids(&BOOK, vec![condition]);
        (sqlite(select.clone()).params, postgres(select).params)
    };
    let value = |text: &str| Value::Text(text.to_owned().into());
    assert_eq!(
        params(&lookups::CONTAINS, text(r"5%_\")),
        (vec![value(r"5%_\")], vec![value(r"%5\%\_\\%")])
    );
    assert_eq!(
        params(&lookups::STARTSWITH, text("ab")),
        (vec![value("ab"), value("ac")], vec![value("ab%")])
    );
    assert_eq!(
        params(&lookups::IEXACT, text("äß")),
        (vec![value("Äß")], vec![value("Äß")])
    );
    assert_eq!(params(&lookups::IREGEX, text("ab")).1, [value("[Aa][Bb]")]);
}

#[test]
fn lookups_of_expressions() {
    let subtitle = || col(&BOOK, "subtitle");
    finds(
        &lookups::STARTSWITH,
        subtitle(),
        r#"instr("book"."title", "book"."subtitle") = 1"#,
        r#"starts_with("book"."title", "book"."subtitle")"#,
    );
    finds(
        &lookups::ICONTAINS,
        subtitle(),
        r#"instr(orm_upper("book"."title"), orm_upper("book"."subtitle")) > 0"#,
        r#"strpos(upper("book"."title" COLLATE "C.utf8"), upper("book"."subtitle" COLLATE "C.utf8")) > 0"#,
    );
    let regex = |operand| {
        ids(
            &BOOK,
            vec![Expr::lookup(&lookups::REGEX, col(&BOOK, "title"), operand)],
        )
    };
    assert_eq!(
        crate::compile::print(
            regex(subtitle()).into(),
            crate::dialect::PostgresDialect::standard()
        )
        .unwrap_err()
        .to_string(),
        "PostgreSQL does not support a regular expression that is not a literal"
    );
    let message = "this query of Book cannot run: invalid regular expression: unclosed group (at character 7)";
    refused(regex(text("secret(")), message, message);
}

#[test]
fn every_row_prints_and_sqlite_knows_it() {
    let moment = chrono::NaiveDate::MIN.and_time(chrono::NaiveTime::MIN);
    let argument = |function: &Function, index: usize| match (function.name, index) {
        ("lpad" | "rpad", 1) | ("substr" | "substr_from" | "left" | "right" | "repeat", 1..) => {
            int(1)
        }
        (name, 1) if name.ends_with("_in") || name == "in_tz" => text("Asia/Kathmandu"),
        ("json_at", 1) => int(1),
        ("abs", _) => sales(),
        (_, _) if builtin::math::ALL.contains(&function) => sales(),
        (name, _) if name.ends_with("decimal") => price(),
        (name, _) if name.ends_with("json") => {
            Expr::Bind(Value::Json(Box::new(serde_json::Value::Null)))
        }
        (name, _) if name.ends_with("_utc") => col(&BOOK, "created_at"),
        (name, _) if name.ends_with("_time") => Expr::Bind(Value::Time(moment.time())),
        (_, _) if builtin::dates::ALL.contains(&function) => Expr::Bind(Value::DateTime(moment)),
        _ => col(&BOOK, "title"),
    };
    for function in builtin::FUNCTIONS.iter().copied().flatten() {
        let (Arity::Exactly(count) | Arity::AtLeast(count)) = function.arity;
        let args = (0..count).map(|index| argument(function, index)).collect();
        let select = values(&BOOK, vec![Expr::call(function, args)]);
        super::sqlite::prepare(&sqlite(select.clone()).sql);
        assert!(!postgres(select).sql.contains('{'), "{}", function.name);
    }
    for lookup in builtin::LOOKUPS.iter().copied() {
        for operand in [text("x"), col(&BOOK, "subtitle")] {
            let select = ids(
                &BOOK,
                vec![Expr::lookup(lookup, col(&BOOK, "title"), operand)],
            );
            super::sqlite::prepare(&sqlite(select).sql);
        }
    }
}

#[test]
fn null_is_a_literal() {
    same(
        values(
            &BOOK,
            vec![Expr::call(&general::COALESCE, vec![null(), text("a")])],
        ),
        r#"SELECT coalesce(NULL, ?1) FROM "book""#,
    );
}
