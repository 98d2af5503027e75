//! SQLite in memory: rusqlite by hand, with cached statements, columns by index and a stable planner.

use orm::prelude::*;
use rusqlite::{Connection, Row, params};

use crate::harness::compare;
use crate::models::{Person, Post};

const POSTS: i64 = 10_000;
const COLUMNS: &str = "id, title, body, author_id, views, score, published, subtitle";

/// What a careful author reads a row into.
struct Plain {
    _id: i64,
    _title: String,
    _body: String,
    _author: i64,
    _views: i32,
    _score: f64,
    _published: bool,
    _subtitle: Option<String>,
}

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

fn rows(
    hand: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> rusqlite::Result<Vec<Plain>> {
    let mut statement = hand.prepare_cached(sql)?;
    statement.query_map(params, plain)?.collect()
}

/// Runs every case.
pub fn run() -> Result<()> {
    let db = Database::connect("sqlite::memory:")?;
    db.create_tables()?;
    let hand = by_hand(&db)?;
    fill(&db)?;
    fill_by_hand(&hand).expect("the same rows");
    reads(&db, &hand);
    writes(&db, &hand);
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
    for statement in db.create_tables_sql()? {
        hand.execute_batch(&statement).expect("the same tables");
    }
    Ok(hand)
}

fn fill(db: &Database) -> Result<()> {
    let people = (0..100).map(|n| {
        Person::draft()
            .name(format!("person {n}"))
            .email(format!("{n}@example.com"))
            .age(n)
    });
    let people = Person::objects().bulk_create(db, people)?;
    let posts = (0..POSTS).map(|n| {
        Post::draft()
            .title(format!("title {n}"))
            .body(format!("a body of some forty characters, number {n}"))
            .author(&people[usize::try_from(n).unwrap_or(0) % 100])
            .views(i32::try_from(n).unwrap_or(0))
            .score(n as f64 / 7.0)
            .published(n % 2 == 0)
    });
    Post::objects().bulk_create(db, posts).map(drop)
}

fn fill_by_hand(hand: &Connection) -> rusqlite::Result<()> {
    hand.execute_batch("BEGIN")?;
    for n in 0..100 {
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
    .insert(params![
        format!("title {n}"),
        format!("a body of some forty characters, number {n}"),
        n % 100 + 1,
        n,
        n as f64 / 7.0,
        n % 2 == 0,
        None::<String>
    ])
}

fn reads(db: &Database, hand: &Connection) {
    let by_key = format!("SELECT {COLUMNS} FROM post WHERE id = ?");
    let mut key = 0;
    let mut next = move || {
        key = (key * 7919 + 13) % POSTS;
        key + 1
    };
    let mut same = next;
    compare(
        "SQLite: one row by primary key",
        || {
            hand.prepare_cached(&by_key)
                .and_then(|mut statement| statement.query_row([next()], plain))
        },
        || Post::objects().get(db, Post::id.eq(same())),
    );
    for many in [10_i64, 100, 10_000] {
        let all = format!("SELECT {COLUMNS} FROM post WHERE id <= ?");
        compare(
            &format!("SQLite: {many} rows, all columns"),
            || rows(hand, &all, [many]),
            || Post::objects().filter(Post::id.lte(many)).all(db),
        );
    }
    let joined = "SELECT p.id, p.title, p.body, p.author_id, p.views, p.score, p.published, p.subtitle FROM post p \
                  INNER JOIN person a ON p.author_id = a.id WHERE a.age > ? AND p.views > ? ORDER BY p.views LIMIT ?";
    compare(
        "SQLite: a join, filtered, ordered, 10 rows",
        || rows(hand, joined, params![50, 9_000, 10]),
        || {
            let popular = Post::objects()
                .filter(Post::author.age.gt(50))
                .filter(Post::views.gt(9_000));
            popular.order_by(Post::views).limit(10).all(db)
        },
    );
}

fn writes(db: &Database, hand: &Connection) {
    let mut n = POSTS;
    compare(
        "SQLite: insert of one row",
        || insert_by_hand(hand, 1),
        || {
            n += 1;
            Post::draft()
                .title("title 1")
                .body("a body of some forty characters, number 1")
                .author(1)
                .views(1)
                .score(0.5)
                .published(true)
                .save(db)
        },
    );
    compare(
        "SQLite: insert of 100 rows",
        || {
            hand.execute_batch("BEGIN")?;
            (0..100).try_for_each(|n| insert_by_hand(hand, n).map(drop))?;
            hand.execute_batch("COMMIT")
        },
        || {
            let drafts = (0..100).map(|n: i32| {
                let draft = Post::draft()
                    .title(format!("title {n}"))
                    .author(i64::from(n % 100 + 1))
                    .views(n);
                let body = format!("a body of some forty characters, number {n}");
                draft
                    .body(body)
                    .score(f64::from(n) / 7.0)
                    .published(n % 2 == 0)
            });
            Post::objects().bulk_create_with(db, drafts, BulkCreate::new())
        },
    );
    compare(
        "SQLite: 1,000 updates by key in a transaction",
        || {
            hand.execute_batch("BEGIN")?;
            for id in 1..=1_000 {
                hand.prepare_cached("UPDATE post SET views = views + 1 WHERE id = ?")?
                    .execute([id])?;
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
