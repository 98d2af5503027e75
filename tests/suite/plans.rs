//! How the databases find what is asked for: values of relations for all rows are grouped once and joined, and those of
//! a few rows are looked up by an index, as `explain` shows.

use orm::prelude::*;

use crate::support::{dialect, suite};

/// Somebody who reads, with two relations to many.
#[derive(Model, Debug, Clone, PartialEq)]
struct Reader {
    id: i64,
    name: String,
    #[reverse(Loan::reader)]
    loans: HasMany<Loan>,
    #[reverse(Fine::reader)]
    fines: HasMany<Fine>,
}

/// A book lent to a reader.
#[derive(Model, Debug, Clone, PartialEq)]
struct Loan {
    id: i64,
    #[field(on_delete = cascade)]
    reader: ForeignKey<Reader>,
    days: i32,
}

/// What a reader has to pay.
#[derive(Model, Debug, Clone, PartialEq)]
struct Fine {
    id: i64,
    #[field(on_delete = cascade)]
    reader: ForeignKey<Reader>,
    cents: i32,
}

type Counted = (Reader, i64, Option<f64>, Option<i64>);

/// Two aggregates over one relation and one over the other.
fn counted() -> QuerySet<Reader, Rows<Reader, Counted>> {
    Reader::objects().annotate((
        Reader::loans.count(),
        Reader::loans.avg(Loan::days),
        Reader::fines.sum(Fine::cents),
    ))
}

/// 200 readers; the first has three loans and two fines, the second one loan, the others a loan and a fine each.
fn readers(db: &Database) -> Result<()> {
    let readers = (0..200).map(|n| Reader::draft().name(format!("reader {n}")));
    let readers = Reader::objects().bulk_create(db, readers)?;
    let loans = readers.iter().chain([&readers[0], &readers[0]]);
    let loans: Vec<_> = loans
        .map(|reader| Loan::draft().reader(reader).days(10))
        .collect();
    Loan::objects().bulk_create(db, loans)?;
    let fines = readers
        .iter()
        .take(1)
        .chain(&readers[2..])
        .chain([&readers[0]]);
    let fines: Vec<_> = fines
        .map(|reader| Fine::draft().reader(reader).cents(50))
        .collect();
    Fine::objects().bulk_create(db, fines)?;
    db.execute_batch("ANALYZE")
}

/// How a plan says that a subquery runs for each row.
fn runs_for_each_row(db: &Database, plan: &str) -> bool {
    match dialect(db) {
        Dialect::Sqlite => plan.contains("CORRELATED"),
        _ => plan.contains("SubPlan"),
    }
}

suite! {
    fn two_relations_of_all_rows_are_grouped_once_each(db) {
        readers(db)?;
        let rows = assert_queries!(db, 1, { counted().order_by(Reader::id).all(db)? });
        assert_eq!(rows.len(), 200);
        assert_eq!((rows[0].1, rows[0].2, rows[0].3), (3, Some(10.0), Some(100)));
        assert_eq!((rows[1].1, rows[1].2, rows[1].3), (1, Some(10.0), None));
        let plan = counted().explain(db)?;
        assert!(!runs_for_each_row(db, &plan), "{plan}");
        // Two groupings, however many values are taken from each.
        let (sql, _) = counted().to_sql(dialect(db))?;
        assert_eq!(sql.matches("GROUP BY").count(), 2, "{sql}");
        if dialect(db) == Dialect::Postgres {
            assert_eq!(plan.matches("Aggregate").count(), 2, "{plan}");
        }
    }

    fn a_value_that_decides_which_rows_come_is_grouped_once(db) {
        readers(db)?;
        for query in [
            counted().filter(Reader::loans.count().gt(2)),
            counted().order_by(Reader::fines.sum(Fine::cents).desc()).limit(3),
        ] {
            let plan = query.explain(db)?;
            assert!(!runs_for_each_row(db, &plan), "{plan}");
        }
        let most = counted().filter(Reader::loans.count().gt(2)).all(db)?;
        assert_eq!(most.len(), 1);
    }

    fn values_of_few_rows_are_looked_up(db) {
        readers(db)?;
        for query in [
            counted().filter(Reader::id.eq(1)),
            counted().order_by(Reader::id).limit(2),
        ] {
            let plan = query.explain(db)?;
            assert!(runs_for_each_row(db, &plan), "{plan}");
            assert!(!plan.contains("SCAN loan"), "an index serves: {plan}");
            assert_eq!(query.all(db)?[0].1, 3);
        }
    }

    fn groups_are_made_in_one_pass(db) {
        readers(db)?;
        let groups = Loan::objects()
            .values_list(Loan::reader)
            .annotate((Loan::id.count(), Loan::days.avg()));
        let plan = groups.clone().explain(db)?;
        assert!(!runs_for_each_row(db, &plan), "{plan}");
        assert_eq!(groups.filter(Loan::id.count().gt(1)).all(db)?.len(), 1);
    }
}
