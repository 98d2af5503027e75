//! `db.create_tables()`.

use orm_backends::Database;
use orm_core::error::Result;
use orm_core::model::registered;

/// Makes the tables of all models.
pub trait CreateTables {
    /// Makes the table of every model linked into the program, with its keys, indexes, unique
    /// constraints, checks and generated columns, in an order that works when models point at each other.
    /// Tables that are there stay as they are. All or nothing.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Model)]
    /// struct Shelf {
    ///     id: i64,
    ///     #[field(max_length = 20, unique)]
    ///     label: String,
    /// }
    ///
    /// let db = Database::connect("sqlite::memory:")?;
    /// db.create_tables()?;
    /// assert_eq!(Shelf::draft().label("A 1").save(&db)?.label, "A 1");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Migration`](crate::Error::Migration) where two models want one table,
    /// [`Error::Unsupported`](crate::Error::Unsupported) for an index that the database lacks, and the database's.
    fn create_tables(&self) -> Result<()>;

    /// The statements that [`create_tables`](Self::create_tables) runs: to read them, or to make the tables by other means.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Model)]
    /// struct Drawer {
    ///     id: i64,
    ///     #[field(index)]
    ///     content: String,
    /// }
    ///
    /// let db = Database::connect("sqlite::memory:")?;
    /// let script = db.create_tables_sql()?.join(";\n");
    /// assert!(script.contains(r#"CREATE INDEX IF NOT EXISTS "drawer_content_idx" ON "drawer" ("content")"#));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`create_tables`](Self::create_tables), but the database's.
    fn create_tables_sql(&self) -> Result<Vec<String>>;
}

impl CreateTables for Database {
    fn create_tables(&self) -> Result<()> {
        let statements = self.create_tables_sql()?;
        self.atomic(|tx| {
            statements
                .iter()
                .try_for_each(|statement| tx.execute_batch(statement))
        })
    }

    fn create_tables_sql(&self) -> Result<Vec<String>> {
        use orm_core::executor::Executor;
        orm_migrate::create_statements(&registered(), self.dialect())
    }
}
