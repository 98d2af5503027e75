//! What the printed SQL finds, on SQLite: NULL, to-many paths, slices, decimals.

use super::schema::*;
use super::sqlite::{database, run};
use crate::ast::builtin::dates::DatePart;
use crate::ast::builtin::{general, lookups, text as texts};
use crate::ast::{
    ArithmeticOp, Case, CompareOp, Expr, In, Members, Nulls, Order, OrderTerm, Quantifier, Select,
    Update,
};
use crate::schema::ModelSchema;
use crate::value::{ArrayValue, ColumnType, Value};
use rusqlite::Connection;

/// Ann has books 1 (edited by Ben) and 2, Ben has book 3, Cid none.
fn bookstore() -> Connection {
    let db = database();
    db.execute_batch(
        "INSERT INTO author VALUES (1, 'Ann', '2020-01-01'), (2, 'Ben', '2021-01-01'), (3, 'Cid', '2022-12-31');
         INSERT INTO profile VALUES (1, 1, 'writes');
         INSERT INTO book VALUES
            (1, 'Rust 100%', 'a tale', 1, 2, 10.5, 5, 3, 1, '2024-12-31 23:59:59.999999'),
            (2, 'SQL', NULL, 1, NULL, 9, 0, 0, 0, '2024-01-01 00:00:00'),
            (3, 'Ärger_', 'b', 2, NULL, 0.1, 7, 0, 1, '2023-06-15 12:30:00');
         INSERT INTO review VALUES (1, 1, 5, NULL), (2, 1, 2, 'meh'), (3, 3, 4, 'good');
         INSERT INTO category VALUES (1, 'root', NULL), (2, 'child', 1), (3, 'grandchild', 2);",
    )
    .unwrap();
    db
}

/// The keys of the rows that meet a condition; those that do not must be the others.
#[track_caller]
fn found(model: &'static ModelSchema, condition: Expr) -> String {
    let db = bookstore();
    let sorted = |conditions| {
        let mut select = ids(model, conditions);
        select.order = by(vec![(
            Expr::Column(crate::ast::Column {
                path: None,
                field: model.key(),
            }),
            false,
        )]);
        run(&db, select)
    };
    let (all, yes) = (sorted(vec![]), sorted(vec![condition.clone()]));
    let mut together = yes.clone();
    together.extend(sorted(vec![Expr::Not(Box::new(condition.clone()))]));
    together.sort();
    assert_eq!(
        together, all,
        "a row meets a condition or its negation: {condition:?}"
    );
    let mut by_value = values(model, vec![truth(condition)]);
    by_value.order = by(vec![(
        Expr::Column(crate::ast::Column {
            path: None,
            field: model.key(),
        }),
        false,
    )]);
    let truths: Vec<_> = all
        .iter()
        .map(|id| u8::from(yes.contains(id)).to_string())
        .collect();
    assert_eq!(run(&db, by_value), truths);
    yes.join(" ")
}

#[test]
fn null_follows_rust() {
    let subtitle = || col(&BOOK, "subtitle");
    assert_eq!(found(&BOOK, eq(subtitle(), text("b"))), "3");
    assert_eq!(found(&BOOK, ne(subtitle(), text("b"))), "1 2");
    assert_eq!(found(&BOOK, ne(subtitle(), subtitle())), "2");
    assert_eq!(found(&BOOK, eq(subtitle(), null())), "2");
    assert_eq!(found(&BOOK, ne(subtitle(), null())), "1 3");
    assert_eq!(found(&BOOK, gt(subtitle(), text("a"))), "1 3");
    assert_eq!(found(&BOOK, not(gt(subtitle(), text("a")))), "2");
    assert_eq!(
        found(
            &BOOK,
            eq(via(&[&BOOK_EDITOR], &AUTHOR, "name"), text("Ben"))
        ),
        "1"
    );
    assert_eq!(
        found(&BOOK, via(&[&BOOK_EDITOR], &AUTHOR, "name").is_null()),
        "2 3"
    );
    let (a, b) = (
        gt(subtitle(), text("b")),
        is_true(col(&BOOK, "is_published")),
    );
    assert_eq!(
        found(&BOOK, Expr::Xor(Box::new((a.clone(), b.clone())))),
        "1 3"
    );
    assert_eq!(found(&BOOK, not(a.clone().and(not(b.clone())))), "1 2 3");
    assert_eq!(found(&BOOK, not(a.or(b))), "2");
    assert_eq!(
        found(
            &BOOK,
            eq(
                truth(eq(subtitle(), text("b"))),
                Expr::Bind(Value::Bool(false))
            )
        ),
        "1 2"
    );
}

#[test]
fn nulls_among_members() {
    let subtitles = || Members::Select(Box::new(values(&BOOK, vec![col(&BOOK, "subtitle")])));
    let member = |subject, members| Expr::In(Box::new(In { subject, members }));
    assert_eq!(found(&BOOK, member(text("b"), subtitles())), "1 2 3");
    assert_eq!(found(&BOOK, member(col(&BOOK, "title"), subtitles())), "");
    assert_eq!(
        found(
            &BOOK,
            member(col(&BOOK, "editor_id"), Members::Values(integers(&[2, 9])))
        ),
        "1"
    );
    assert_eq!(
        found(
            &BOOK,
            member(
                col(&BOOK, "title"),
                Members::Exprs(vec![col(&BOOK, "subtitle"), text("SQL")])
            )
        ),
        "2"
    );
}

#[test]
fn to_many_means_some() {
    let title = || via(&[&AUTHOR_BOOKS], &BOOK, "title");
    assert_eq!(found(&AUTHOR, eq(title(), text("SQL"))), "1");
    assert_eq!(found(&AUTHOR, ne(title(), text("SQL"))), "1 2");
    assert_eq!(found(&AUTHOR, not(eq(title(), text("SQL")))), "2 3");
    assert_eq!(
        found(&AUTHOR, via(&[&AUTHOR_BOOKS], &BOOK, "subtitle").is_null()),
        "1"
    );
    assert_eq!(
        found(
            &AUTHOR,
            via(&[&AUTHOR_BOOKS], &BOOK, "subtitle").is_not_null()
        ),
        "1 2"
    );
    assert_eq!(
        found(
            &AUTHOR,
            gt(
                via(&[&AUTHOR_BOOKS, &BOOK_REVIEWS], &REVIEW, "rating"),
                int(4)
            )
        ),
        "1"
    );
    assert_eq!(
        found(
            &AUTHOR,
            eq(
                via(&[&AUTHOR_BOOKS], &BOOK, "title"),
                via(&[&AUTHOR_EDITED], &BOOK, "title")
            )
        ),
        ""
    );
    assert_eq!(
        found(
            &AUTHOR,
            quantified(&[&AUTHOR_BOOKS], Quantifier::None, None)
        ),
        "3"
    );
    let published = is_true(col(&BOOK, "is_published"));
    assert_eq!(
        found(
            &AUTHOR,
            quantified(&[&AUTHOR_BOOKS], Quantifier::All, Some(published.clone()))
        ),
        "2 3"
    );
    let unsubtitled = eq(col(&BOOK, "subtitle"), text("a tale"));
    assert_eq!(
        found(
            &AUTHOR,
            quantified(&[&AUTHOR_BOOKS], Quantifier::All, Some(unsubtitled))
        ),
        "3"
    );
    let reviewed = quantified(
        &[&BOOK_REVIEWS],
        Quantifier::Any,
        Some(gt(col(&REVIEW, "rating"), int(4))),
    );
    assert_eq!(
        found(
            &AUTHOR,
            quantified(
                &[&AUTHOR_BOOKS],
                Quantifier::Any,
                Some(reviewed.and(published))
            )
        ),
        "1"
    );
    assert_eq!(
        found(
            &CATEGORY,
            eq(
                via(&[&CATEGORY_CHILDREN, &CATEGORY_CHILDREN], &CATEGORY, "id"),
                int(3)
            )
        ),
        "1"
    );
    assert_eq!(
        found(
            &CATEGORY,
            quantified(&[&CATEGORY_PARENT], Quantifier::None, None)
        ),
        "1"
    );
}

#[test]
fn text_lookups_take_every_character_for_itself() {
    let finds = |lookup, operand: &'static str| {
        found(
            &BOOK,
            Expr::lookup(lookup, col(&BOOK, "title"), text(operand)),
        )
    };
    assert_eq!(finds(&lookups::CONTAINS, "%"), "1");
    assert_eq!(finds(&lookups::CONTAINS, "_"), "3");
    assert_eq!(finds(&lookups::CONTAINS, ""), "1 2 3");
    assert_eq!(finds(&lookups::CONTAINS, "sql"), "");
    assert_eq!(finds(&lookups::ICONTAINS, "äR"), "3");
    assert_eq!(finds(&lookups::STARTSWITH, "S"), "2");
    assert_eq!(finds(&lookups::STARTSWITH, ""), "1 2 3");
    assert_eq!(finds(&lookups::ISTARTSWITH, "ä"), "3");
    assert_eq!(finds(&lookups::ENDSWITH, "%"), "1");
    assert_eq!(finds(&lookups::ENDSWITH, ""), "1 2 3");
    assert_eq!(finds(&lookups::ENDSWITH, "Rust 100% and more"), "");
    assert_eq!(finds(&lookups::IENDSWITH, "QL"), "2");
    assert_eq!(finds(&lookups::IEXACT, "ÄRGER_"), "3");
    let by_column = |lookup| {
        found(
            &BOOK,
            Expr::lookup(lookup, col(&BOOK, "title"), col(&BOOK, "subtitle")),
        )
    };
    assert_eq!(by_column(&lookups::CONTAINS), "");
    assert_eq!(by_column(&lookups::STARTSWITH), "");
}

#[test]
fn slices() {
    let db = bookstore();
    let mut inner = Select::from_model(&BOOK, &[]);
    inner.order = by(vec![(col(&BOOK, "price"), true)]);
    inner.limit = Some(2);
    let about = || {
        let mut outer = ids(&BOOK, vec![]);
        outer.order = Order::By(vec![]);
        outer.slice = Some(Box::new(inner.clone()));
        outer
    };
    assert_eq!(run(&db, about()), ["1", "2"]);
    assert_eq!(
        run(
            &db,
            Select {
                reversed: true,
                ..about()
            }
        ),
        ["2", "1"]
    );
    assert_eq!(
        run(
            &db,
            Select {
                filters: vec![not(is_true(col(&BOOK, "is_published")))],
                ..about()
            }
        ),
        ["2"]
    );
    assert_eq!(
        run(
            &db,
            Select {
                output: crate::ast::Output::Count,
                ..about()
            }
        ),
        ["2"]
    );
}

#[test]
fn nulls_sort_as_the_largest_value() {
    let db = bookstore();
    let sorted = |descending, nulls| {
        let mut books = ids(&BOOK, vec![]);
        books.order = Order::By(vec![OrderTerm {
            expr: col(&BOOK, "subtitle"),
            descending,
            nulls,
        }]);
        run(&db, books).join(" ")
    };
    assert_eq!(sorted(false, None), "1 3 2");
    assert_eq!(sorted(true, None), "2 3 1");
    assert_eq!(sorted(false, Some(Nulls::First)), "2 1 3");
    assert_eq!(sorted(true, Some(Nulls::Last)), "3 1 2");
}

#[test]
fn decimals_compare_by_value() {
    let price = || col(&BOOK, "price");
    let double =
        |by: &str| Expr::arithmetic(ArithmeticOp::Mul, price(), dec(by), ColumnType::Decimal);
    assert_eq!(found(&BOOK, eq(double("3"), dec("0.3"))), "3");
    assert_eq!(found(&BOOK, gt(double("10"), dec("95"))), "1");
    assert_eq!(found(&BOOK, gt(price(), dec("9.0000000000000000001"))), "1");
    assert_eq!(found(&BOOK, eq(price(), dec("0.1000000000000000001"))), "");
    let long = Value::Array(Box::new(ArrayValue {
        element: ColumnType::Decimal,
        values: vec![
            Value::Decimal("0.1000000000000000001".parse().unwrap()),
            Value::Decimal("9.00".parse().unwrap()),
        ],
    }));
    assert_eq!(
        found(
            &BOOK,
            Expr::In(Box::new(In {
                subject: price(),
                members: Members::Values(long)
            }))
        ),
        "2"
    );
    let db = bookstore();
    let mut ordered = ids(&BOOK, vec![]);
    ordered.order = by(vec![(double("1.00000000000000000001"), false)]);
    assert_eq!(run(&db, ordered), ["3", "2", "1"]);
    let greatest = Expr::call(
        &general::GREATEST_DECIMAL,
        vec![price(), null(), dec("9.5")],
    );
    assert_eq!(
        run(&db, values(&BOOK, vec![greatest])),
        ["10.5", "9.5", "9.5"]
    );
}

#[test]
fn long_decimals_are_texts_that_compare_by_value() {
    let db = database();
    db.execute_batch(
        "INSERT INTO sample (id, exact) VALUES (1, 10), (2, '12345678901234567.50'), (3, 9.5), (4, '1000000000000000000');",
    )
    .unwrap();
    let exact = || col(&SAMPLE, "exact");
    let ids_of = |condition| run(&db, ids(&SAMPLE, vec![condition])).join(" ");
    assert_eq!(ids_of(gt(exact(), dec("9.75"))), "1 2 4");
    assert_eq!(ids_of(eq(exact(), dec("10.00"))), "1");
    assert_eq!(ids_of(eq(exact(), dec("12345678901234567.5"))), "2");
    assert_eq!(
        ids_of(Expr::compare(
            CompareOp::Lt,
            exact(),
            Expr::Bind(Value::I64(10))
        )),
        "3"
    );
    let some = Value::Array(Box::new(ArrayValue {
        element: ColumnType::Decimal,
        values: ["10", "12345678901234567.5"]
            .map(|text| Value::Decimal(text.parse().unwrap()))
            .to_vec(),
    }));
    assert_eq!(
        ids_of(Expr::In(Box::new(In {
            subject: exact(),
            members: Members::Values(some)
        }))),
        "1 2"
    );
    let mut ordered = ids(&SAMPLE, vec![]);
    ordered.order = by(vec![(exact(), true)]);
    assert_eq!(run(&db, ordered), ["4", "2", "1", "3"]);
}

#[test]
fn parts_of_dates() {
    let db = bookstore();
    let parts = |column: Expr, of, parts: &[DatePart]| {
        let exprs = parts
            .iter()
            .map(|part| Expr::call(part.function(of), vec![column.clone()]))
            .collect();
        let mut select = values(&BOOK, exprs);
        select.filters = vec![eq(col(&BOOK, "id"), int(1))];
        run(&db, select).join("")
    };
    use DatePart::{
        Date, Day, Hour, IsoWeekDay, IsoYear, Minute, Month, Quarter, Second, Time, Week, WeekDay,
        Year,
    };
    let all = [
        Year, IsoYear, Quarter, Month, Week, WeekDay, IsoWeekDay, Day, Hour, Minute, Second, Date,
        Time,
    ];
    let created = col(&BOOK, "created_at");
    assert_eq!(
        parts(created.clone(), ColumnType::Timestamp, &all),
        "2024 2025 4 12 1 3 2 31 23 59 59 2024-12-31 23:59:59.999999"
    );
    let time = Expr::call(Time.function(ColumnType::Timestamp), vec![created]);
    assert_eq!(
        parts(time, ColumnType::Time, &[Hour, Minute, Second]),
        "23 59 59"
    );
}

#[test]
fn functions() {
    let db = bookstore();
    let value = |expr| {
        let mut select = values(&BOOK, vec![expr]);
        select.filters = vec![eq(col(&BOOK, "id"), int(2))];
        run(&db, select).join("")
    };
    let (title, subtitle) = (|| col(&BOOK, "title"), || col(&BOOK, "subtitle"));
    assert_eq!(
        value(Expr::call(
            &texts::CONCAT,
            vec![title(), text("/"), subtitle()]
        )),
        "SQL/"
    );
    assert_eq!(value(Expr::call(&texts::LOWER, vec![title()])), "sql");
    assert_eq!(
        value(Expr::call(
            &general::GREATEST,
            vec![subtitle(), title(), text("A")]
        )),
        "SQL"
    );
    assert_eq!(
        value(Expr::call(&general::LEAST, vec![subtitle(), subtitle()])),
        "NULL"
    );
    assert_eq!(
        value(Expr::call(
            &general::NULL_IF_DECIMAL,
            vec![col(&BOOK, "price"), dec("9.0")]
        )),
        "NULL"
    );
    assert_eq!(
        value(Expr::Cast(Box::new((
            col(&BOOK, "is_published"),
            ColumnType::Text
        )))),
        "false"
    );
    let now = value(Expr::call(&general::NOW, vec![]));
    assert!(crate::types::date_text::date_time(&now).is_some(), "{now}");
    let remainder = |a, b| {
        let (a, b) = (
            Expr::Bind(Value::F64(a)),
            Expr::Cast(Box::new((Expr::Bind(Value::F64(b)), ColumnType::F64))),
        );
        Expr::arithmetic(ArithmeticOp::Rem, a, b, ColumnType::F64)
    };
    assert_eq!(value(remainder(-7.5, 2.0)), "-1.5");
    assert_eq!(value(remainder(1.0, 0.0)), "NULL");
}

#[test]
fn updates() {
    let db = bookstore();
    let raise = Expr::arithmetic(
        ArithmeticOp::Mul,
        col(&BOOK, "price"),
        dec("1.055"),
        ColumnType::Decimal,
    );
    let case = Expr::Case(Box::new(Case {
        whens: vec![(
            via(&[&BOOK_EDITOR], &AUTHOR, "name").is_null(),
            via(&[&BOOK_AUTHOR], &AUTHOR, "name"),
        )],
        otherwise: Some(col(&BOOK, "title")),
        column_type: ColumnType::Text,
    }));
    let rows = Select {
        filters: vec![eq(
            via(&[&BOOK_AUTHOR, &AUTHOR_PROFILE], &PROFILE, "bio"),
            text("writes"),
        )],
        ..Select::from_model(&BOOK, BOOK_ORDERING)
    };
    let update = Update {
        rows,
        assignments: vec![(5, raise), (1, case)],
        returning: vec![],
    };
    run(&db, update);
    let mut all = values(&BOOK, vec![col(&BOOK, "title"), col(&BOOK, "price")]);
    all.order = by(vec![(col(&BOOK, "id"), false)]);
    assert_eq!(run(&db, all), ["Rust 100% 11.08", "Ann 9.5", "Ärger_ 0.1"]);
}
