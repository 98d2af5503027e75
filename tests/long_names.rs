//! A program one of whose models has a name that no database would keep whole.

use orm::prelude::*;

/// Its column has 64 bytes, one more than PostgreSQL keeps.
#[derive(Model, Debug)]
struct Wordy {
    id: i64,
    #[field(column = "a_name_of_one_more_byte_than_postgresql_lets_a_name_have_so_64_b")]
    long: i32,
}

#[test]
fn a_name_that_would_be_cut_is_refused_before_any_sql() -> Result<()> {
    let db = Database::connect("sqlite::memory:")?;
    let message = db.create_tables().unwrap_err().to_string();
    assert!(
        message.contains("Wordy") && message.contains("64 bytes"),
        "{message}"
    );
    let tables = db.query::<(i64,)>("SELECT count(*) FROM sqlite_schema", ())?;
    assert_eq!(tables, [(0,)]);
    Ok(())
}
