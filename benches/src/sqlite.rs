//! SQLite in memory: rusqlite by hand, with cached statements, columns by index and a stable planner.

use orm::prelude::*;
use rusqlite::types::ToSql;
use rusqlite::{Connection, Row, params};

use crate::harness::Harness;
use crate::models::Post;
use crate::rows::{self, ALIASED, COLUMNS, PEOPLE, POSTS, Plain, body, score, title};

fn plain(row: &Row<'_>) -> rusqlite::Result<Plain> {
    Ok(Plain {
        _id: row.get(0)?,
        _title: row.get(1)?,
        _body: row.get(2)?,
        _author: row.get(3)?,
        _views: row.get(4)?,
        _score: row.get(5)?,
        _published: row.get(6)?,
        _subtitle: row.get(7)?,
    })
}

fn select(
    hand: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> rusqlite::Result<Vec<Plain>> {
    let mut statement = hand.prepare_cached(sql)?;
    statement.query_map(params, plain)?.collect()
}

/// Runs every case.
pub fn run(harness: &Harness) -> Result<()> {
    let db = Database::connect("sqlite::memory:")?;
    db.create_tables()?;
    let hand = by_hand(&db)?;
    rows::fill(&db)?;
    fill_by_hand(&hand).expect("the same rows");
    reads(harness, &db, &hand);
    searches(harness, &db, &hand);
    inserts(harness, &db, &hand);
    updates(harness, &db, &hand);
    Ok(())
}

/// A connection of its own with the same tables.
fn by_hand(db: &Database) -> Result<Connection> {
    let hand = Connection::open_in_memory().expect("SQLite in memory");
    hand.set_prepared_statement_cache_capacity(256);
    hand.set_db_config(
        rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG,
        true,
    )
    .expect("a stable planner");
    hand.pragma_update(None, "foreign_keys", true)
        .expect("foreign keys, as the crate has them");
    for statement in db.create_tables_sql()? {
        hand.execute_batch(&statement).expect("the same tables");
    }
    Ok(hand)
}

fn fill_by_hand(hand: &Connection) -> rusqlite::Result<()> {
    hand.execute_batch("BEGIN")?;
    for n in 0..PEOPLE {
        hand.prepare_cached("INSERT INTO person (name, email, age) VALUES (?, ?, ?)")?
            .execute(params![
                format!("person {n}"),
                format!("{n}@example.com"),
                n
            ])?;
    }
    for n in 0..POSTS {
        insert_by_hand(hand, n)?;
    }
    hand.execute_batch("COMMIT")
}

fn insert_by_hand(hand: &Connection, n: i64) -> rusqlite::Result<i64> {
    hand.prepare_cached(
        "INSERT INTO post (title, body, author_id, views, score, published, subtitle) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )?
    .insert(params![title(n), body(n), n % PEOPLE + 1, n, score(n), n % 2 == 0, None::<String>])
}

fn reads(harness: &Harness, db: &Database, hand: &Connection) {
    let by_key = format!("SELECT {COLUMNS} FROM post WHERE id = ?");
    let mut next = rows::random_keys();
    let mut same = next;
    harness.compare(
        "SQLite: one row by primary key",
        || {
            hand.prepare_cached(&by_key)
                .and_then(|mut statement| statement.query_row([next()], plain))
        },
        || Post::objects().get(db, Post::id.eq(same())),
    );
    for many in [1_i64, 10, 100, 10_000] {
        let all = format!("SELECT {COLUMNS} FROM post WHERE id <= ?");
        harness.compare(
            &format!("SQLite: {many} rows, all columns"),
            || select(hand, &all, [many]),
            || Post::objects().filter(Post::id.lte(many)).all(db),
        );
    }
    let joined = format!(
        "SELECT {ALIASED} FROM post p INNER JOIN person a ON p.author_id = a.id \
         WHERE a.age > ? AND p.views > ? ORDER BY p.views LIMIT ?"
    );
    harness.compare(
        "SQLite: a join, filtered, ordered, 10 rows",
        || select(hand, &joined, params![50, 9_000, 10]),
        || {
            let popular = Post::objects()
                .filter(Post::author.age.gt(50))
                .filter(Post::views.gt(9_000));
            popular.order_by(Post::views).limit(10).all(db)
        },
    );
}

fn searches(harness: &Harness, db: &Database, hand: &Connection) {
    const CONDITIONS: [&str; 6] = [
        "id <= ?",
        "views >= ?",
        "published = ?",
        "score < ?",
        "title GLOB ?",
        "author_id IN (?, ?, ?, ?, ?)",
    ];
    for fields in 0..=6 {
        let by_hand = || {
            let mut sql = format!("SELECT {COLUMNS} FROM post");
            for (at, condition) in CONDITIONS[..fields].iter().enumerate() {
                sql.push_str(if at == 0 { " WHERE " } else { " AND " });

                sql.push_str(condition);
            }
            sql.push_str(" ORDER BY id LIMIT ?");
            let values: [&[&dyn ToSql]; 6] = [
                &[&200],
                &[&10],
                &[&true],
                &[&20.0],
                &[&"title 1*"],
                &[&5, &7, &11, &13, &17],
            ];
            let mut params: Vec<&dyn ToSql> = Vec::with_capacity(12);
            for value in &values[..fields] {
                params.extend_from_slice(value);
            }
            params.push(&10);
            select(hand, &sql, &*params)
        };
        harness.compare(
            &format!("SQLite: a dynamic filter of {fields} conditions"),
            by_hand,
            || rows::search(fields).all(db),
        );
    }
}

fn inserts(harness: &Harness, db: &Database, hand: &Connection) {
    harness.compare(
        "SQLite: insert of one row",
        || insert_by_hand(hand, 1),
        || rows::draft(1).save(db),
    );
    for many in [100_i64, 10_000] {
        harness.compare(
            &format!("SQLite: insert of {many} rows"),
            || {
                hand.execute_batch("BEGIN")?;
                (0..many).try_for_each(|n| insert_by_hand(hand, n).map(drop))?;
                hand.execute_batch("COMMIT")
            },
            || {
                let drafts = (0..many).map(rows::draft);
                Post::objects().bulk_create_with(db, drafts, BulkCreate::new())
            },
        );
    }
}

fn updates(harness: &Harness, db: &Database, hand: &Connection) {
    harness.compare(
        "SQLite: 1,000 updates by key in a transaction",
        || {
            hand.execute_batch("BEGIN")?;
            for id in 1..=1_000 {
                hand.prepare_cached("UPDATE post SET views = views + ? WHERE id = ?")?
                    .execute([1, id])?;
            }
            hand.execute_batch("COMMIT")
        },
        || {
            db.atomic(|tx| {
                (1..=1_000_i64).try_for_each(|id| {
                    Post::objects()
                        .filter(Post::id.eq(id))
                        .update(tx, Post::views.set(Post::views + 1))
                        .map(drop)
                })
            })
        },
    );
}
