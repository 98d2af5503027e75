//! Columns of enums, whose type on PostgreSQL may have any name: it is told by the column.

use super::schema::{FILM, eq, nullable};
use super::{both, postgres};
use crate::ast::{Case, Column, Expr, Insert, OnConflict, Select, Update, UpdateMany};
use crate::dialect::{SqlDialect, SqliteDialect};
use crate::schema::{FieldOptions, FieldSchema};
use crate::value::{ColumnType, Value};

fn rating() -> Expr {
    Expr::Column(Column {
        path: None,
        field: &FILM.fields[2],
    })
}

fn variant(text: &'static str) -> Expr {
    Expr::Bind(Value::Enum(text))
}

#[test]
fn arrays_have_the_type_of_the_column() {
    let insert = Insert {
        model: &FILM,
        columns: vec![1, 2],
        arrays: true,
        on_conflict: OnConflict::Error,
        returning: vec![],
        row_ids: false,
    };
    assert_eq!(
        postgres(insert).sql,
        r#"INSERT INTO "film" ("title", "rating") SELECT * FROM unnest($1::text[], coalesce($2, ARRAY(SELECT "rating" FROM "film" LIMIT 0)))"#
    );
    let update = UpdateMany {
        model: &FILM,
        columns: vec![2],
        arrays: true,
    };
    assert_eq!(
        postgres(update).sql,
        r#"UPDATE "film" SET "rating" = v."rating" FROM unnest(coalesce($1, ARRAY(SELECT "rating" FROM "film" LIMIT 0)), $2::bigint[]) AS v("rating", "id") WHERE "film"."id" = v."id""#
    );
}

#[test]
fn a_case_has_the_type_of_the_column_it_is_stored_in() {
    let case = Expr::Case(Box::new(Case {
        whens: vec![(eq(rating(), variant("G")), variant("PG"))],
        otherwise: Some(variant("R")),
        column_type: ColumnType::Enum,
    }));
    let update = Update {
        rows: Select::from_model(&FILM, &[]),
        assignments: vec![(2, case)],
        returning: vec![],
    };
    both(
        update,
        r#"UPDATE "film" SET "rating" = CASE WHEN "film"."rating" = ?1 THEN ?2 ELSE ?3 END"#,
        r#"UPDATE "film" SET "rating" = CASE WHEN "film"."rating" = $1 THEN $2 WHEN FALSE THEN "rating" ELSE $3 END"#,
    );
}

#[test]
fn create_tables_makes_texts_of_them() {
    let options = FieldOptions {
        max_length: Some(5),
        ..FieldOptions::NONE
    };
    let short = FieldSchema {
        options,
        ..nullable(2, "rating", ColumnType::Enum)
    };
    let dialects: [&dyn SqlDialect; 2] =
        [&SqliteDialect, crate::dialect::PostgresDialect::standard()];
    for dialect in dialects {
        assert_eq!(dialect.column_type(&FILM.fields[2]), "text");
        assert_eq!(dialect.column_type(&short), "varchar(5)");
        let mut literal = String::new();
        dialect
            .push_literal(&mut literal, &Value::Enum("it's"))
            .expect("a literal");
        assert_eq!(literal, "'it''s'");
    }
}
