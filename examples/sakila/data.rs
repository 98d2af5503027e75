//! Sakila itself: unpacked for SQLite, loaded for PostgreSQL. The files are in `tests/data/sakila`.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use orm::prelude::*;

fn packed(name: &str) -> Result<GzDecoder<BufReader<File>>> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/data/sakila", name]
        .iter()
        .collect();
    let file = File::open(path).map_err(Error::custom)?;
    Ok(GzDecoder::new(BufReader::new(file)))
}

/// Writes the SQLite database to a file, in the place of what is there.
pub fn unpack(to: &Path) -> Result<()> {
    // What a program that ended badly has left beside it would be taken for part of the new file.
    for rest in ["-wal", "-shm"] {
        let mut name = to.as_os_str().to_owned();
        name.push(rest);
        let _ = std::fs::remove_file(name);
    }
    let mut file = File::create(to).map_err(Error::custom)?;
    std::io::copy(&mut packed("sakila.db.gz")?, &mut file).map_err(Error::custom)?;
    Ok(())
}

/// Loads the dump into the PostgreSQL database of a URL, which should be an empty one.
///
/// It does what `psql -f` does: rows stand between `COPY .. FROM stdin` and `\.`, all the rest is SQL.
#[cfg(feature = "postgres")]
pub fn load(url: &str) -> Result<()> {
    use std::io::{Read, Write};

    let mut dump = String::new();
    packed("sakila.postgres.sql.gz")?
        .read_to_string(&mut dump)
        .map_err(Error::custom)?;
    let mut client = postgres::Client::connect(url, postgres::NoTls).map_err(Error::custom)?;
    let mut sql = String::new();
    let mut lines = dump.split_inclusive('\n');
    while let Some(line) = lines.next() {
        // What is for psql alone.
        if line.starts_with('\\') {
            continue;
        }
        sql.push_str(line);
        if !line.starts_with("COPY ") {
            continue;
        }
        let copy = sql.split_off(sql.len() - line.len());
        client.batch_execute(&sql).map_err(Error::custom)?;
        sql.clear();
        let mut rows = client.copy_in(copy.trim_end()).map_err(Error::custom)?;
        for row in lines.by_ref().take_while(|row| *row != "\\.\n") {
            rows.write_all(row.as_bytes()).map_err(Error::custom)?;
        }
        rows.finish().map_err(Error::custom)?;
    }
    client.batch_execute(&sql).map_err(Error::custom)
}
