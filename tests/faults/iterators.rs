//! Iterators that are dropped before their last row: the connection comes back as it was.

use std::time::Duration;

use orm::prelude::*;

use crate::models::*;
use crate::place::{Place, on_each};

/// With a single connection and ten rows.
fn open(at: &Place) -> Result<Database> {
    let db = at.open_with(|builder| {
        builder
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(5))
    });
    Account::objects().bulk_create(&db, (0..10).map(|n| account(&n.to_string())))?;
    Ok(db)
}

/// An iterator that has shown four of the ten rows.
fn half_read<D: orm::Handle + ?Sized>(db: &D) -> Result<impl Iterator<Item = Result<Account>>> {
    let mut rows = Account::objects().iterator(db)?.chunk_size(3);
    for _ in 0..4 {
        rows.next().expect("a row")?;
    }
    Ok(rows)
}

on_each! {
    fn on_a_database(at) {
        let db = open(at)?;
        for round in 1..=30 {
            drop(half_read(&db)?);
            Account::objects().update(&db, Account::balance.set(Account::balance + 1))?;
            assert_eq!(balance(&db, "9")?, round);
        }
        // One that never began.
        drop(Account::objects().iterator(&db)?);
        db.atomic(|tx| account("Ann").save(tx))?;
        assert_eq!(names(&db)?.len(), 11);
    }

    fn in_a_transaction(at) {
        let db = open(at)?;
        db.atomic(|tx| {
            for _ in 0..30 {
                drop(half_read(tx)?);
                Account::objects().update(tx, Account::balance.set(Account::balance + 1))?;
            }
            Ok(())
        })?;
        assert_eq!(balance(&db, "9")?, 30);
    }

    fn around_an_error_in_a_savepoint(at) {
        let db = open(at)?;
        db.atomic(|tx| {
            let mut rows = half_read(tx)?;
            let taken = tx.atomic(|sp| account("9").save(sp));
            assert!(matches!(taken, Err(Error::UniqueViolation { .. })), "{taken:?}");
            // Opened outside of the savepoint, it goes on behind it.
            assert_eq!(rows.next().expect("a row")?.name, "4");
            drop(rows);
            account("Ann").save(tx)
        })?;
        assert_eq!(names(&db)?.len(), 11);
    }

    fn opened_in_a_savepoint_that_is_rolled_back(at) {
        let db = open(at)?;
        db.atomic(|tx| {
            let mut kept = None;
            let back: Result<()> = tx.atomic(|_| {
                kept = Some(half_read(tx)?);
                Err(Error::custom("back"))
            });
            assert!(back.is_err() && kept.is_some());
            // Its cursor went with the savepoint. To drop it must not harm the transaction.
            drop(kept);
            account("Ann").save(tx)
        })?;
        assert_eq!(names(&db)?.len(), 11);
    }

    fn in_a_transaction_that_an_error_has_ended(at) {
        let db = open(at)?;
        let failed = db.atomic(|tx| {
            let _rows = half_read(tx)?;
            account("9").save(tx)
        });
        assert!(matches!(failed, Err(Error::UniqueViolation { .. })), "{failed:?}");
        assert_eq!(names(&db)?.len(), 10);
    }

    fn behind_a_row_that_cannot_be_read(at) {
        let db = open(at)?;
        db.execute("UPDATE account SET name = ? WHERE name = '5'", ("",))?;
        if at.is_postgres() {
            db.execute_batch("ALTER TABLE account ALTER COLUMN balance DROP NOT NULL")?;
        } else {
            db.execute_batch("CREATE TABLE copy AS SELECT * FROM account; DROP TABLE account; \
                              ALTER TABLE copy RENAME TO account")?;
        }
        db.execute_batch("UPDATE account SET balance = NULL WHERE name = '7'")?;
        let mut rows = Account::objects().iterator(&db)?.chunk_size(2);
        let failed = rows.find_map(Result::err).expect("an error");
        assert!(matches!(&failed, Error::Decode { model: "Account", field, .. } if field == "balance"), "{failed:?}");
        assert!(rows.next().is_none(), "after an error it ends");
        assert_eq!(Account::objects().filter(Account::balance.eq(0)).count(&db)?, 9);
    }
}
