//! SQLite in memory: rusqlite by hand, with cached statements, columns by index and a stable planner.

use orm::prelude::*;
use rusqlite::types::{ToSql, Value};
use rusqlite::{Connection, Row, params, params_from_iter};

use crate::graph::{self, Graph::*, PlainArticle, PlainPerson, PlainRemark, PlainWriter};
use crate::group::{self, PlainMember};
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
    harness.compare(
        "SQLite: a connection is opened and asked",
        || {
            let hand = Connection::open_in_memory()?;
            hand.pragma_update(None, "foreign_keys", true)?;
            hand.query_row("SELECT 1", [], |row| row.get::<_, i64>(0))
        },
        || {
            let db = Database::connect("sqlite::memory:")?;
            db.query::<(i64,)>("SELECT 1", ())
        },
    );
    reads(harness, &db, &hand);
    graphs(harness, &db, &hand)?;
    groups(harness, &db, &hand);
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
    rusqlite::vtab::array::load_module(&hand).expect("arrays as parameters");
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

fn graphs(harness: &Harness, db: &Database, hand: &Connection) -> Result<()> {
    harness.compare(
        "SQLite: select_related of 10,000 rows",
        || -> rusqlite::Result<Vec<(Plain, PlainPerson)>> {
            let mut statement = hand.prepare_cached(graph::JOINED)?;
            let rows = statement.query_map([], |row| Ok((plain(row)?, person(row)?)))?;
            rows.collect()
        },
        || graph::related(db),
    );
    graph::fill(db)?;
    group::fill(db)?;
    copy_related(db, hand)?;

    let queries = |graph| graph::queries(graph, "IN rarray(?)");
    let (keys, scans, half) = (queries(AllByKeys), queries(AllByScans), queries(HalfByKeys));
    harness.compare(
        "SQLite: a graph of 100, 1,000 and 10,000 rows, prefetched",
        || graph_by_hand(hand, &keys),
        || graph::prefetched(db),
    );
    harness.compare(
        "SQLite: a graph of 100, 1,000 and 10,000 rows, by with",
        || graph_by_hand(hand, &keys),
        || graph::beside(db),
    );
    harness.compare(
        "SQLite: a graph of 100, 1,000 and 10,000 rows, projected",
        || graph_by_hand(hand, &keys),
        || graph::projected(db),
    );
    harness.compare(
        "SQLite: the graph, prefetched; by hand without conditions",
        || graph_by_hand(hand, &scans),
        || graph::prefetched(db),
    );
    harness.compare(
        "SQLite: half of the graph, prefetched",
        || graph_by_hand(hand, &half),
        || graph::half(db),
    );
    Ok(())
}

fn person(row: &Row<'_>) -> rusqlite::Result<PlainPerson> {
    Ok(PlainPerson {
        _id: row.get(8)?,
        _name: row.get(9)?,
        _email: row.get(10)?,
        _age: row.get(11)?,
    })
}

/// The same rows on the other connection.
fn copy_related(db: &Database, hand: &Connection) -> Result<()> {
    let path = std::env::temp_dir().join(format!("orm-benches-{}.db", std::process::id()));
    db.execute("VACUUM INTO ?", (path.to_string_lossy().into_owned(),))?;
    hand.execute("ATTACH ? AS other", [path.to_string_lossy()])
        .expect("the copy");
    hand.execute_batch(
        "INSERT INTO writer SELECT * FROM other.writer; INSERT INTO article SELECT * FROM other.article;
         INSERT INTO remark SELECT * FROM other.remark; INSERT INTO member SELECT * FROM other.member;
         INSERT INTO entry SELECT * FROM other.entry; INSERT INTO vote SELECT * FROM other.vote; DETACH other",
    )
    .expect("the same rows");
    std::fs::remove_file(path).expect("the copy goes");
    Ok(())
}

fn graph_by_hand(
    hand: &Connection,
    [writers, articles, remarks]: &[String; 3],
) -> rusqlite::Result<Vec<PlainWriter>> {
    let keyed = articles.contains("WHERE");
    let keys = |keys: Vec<Value>| std::rc::Rc::new(keys);
    let mut statement = hand.prepare_cached(writers)?;
    let writers = statement.query_map([], |row| {
        Ok(PlainWriter {
            id: row.get(0)?,
            _name: row.get(1)?,
            _email: row.get(2)?,
            articles: Vec::new(),
        })
    })?;
    let writers = writers.collect::<rusqlite::Result<Vec<_>>>()?;
    let of = keyed.then(|| keys(writers.iter().map(|writer| writer.id.into()).collect()));
    let mut statement = hand.prepare_cached(articles)?;
    let articles = statement.query_map(params_from_iter(of), |row| {
        Ok(PlainArticle {
            id: row.get(0)?,
            writer: row.get(1)?,
            _title: row.get(2)?,
            _body: row.get(3)?,
            _views: row.get(4)?,
            remarks: Vec::new(),
        })
    })?;
    let articles = articles.collect::<rusqlite::Result<Vec<_>>>()?;
    let of = keyed.then(|| keys(articles.iter().map(|article| article.id.into()).collect()));
    let mut statement = hand.prepare_cached(remarks)?;
    let remarks = statement.query_map(params_from_iter(of), |row| {
        Ok(PlainRemark {
            _id: row.get(0)?,
            article: row.get(1)?,
            _body: row.get(2)?,
            _likes: row.get(3)?,
        })
    })?;
    let remarks = remarks.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(graph::assembled(writers, articles, remarks))
}

fn groups(harness: &Harness, db: &Database, hand: &Connection) {
    harness.compare(
        "SQLite: 100,000 rows grouped by key, counted, averaged",
        || collect(hand, group::BY_KEY, keyed::<i64>),
        || group::by_key(db),
    );
    harness.compare(
        "SQLite: 100,000 rows grouped by a name, by a join",
        || collect(hand, group::BY_NAME, keyed::<String>),
        || group::by_name(db),
    );
    harness.compare(
        "SQLite: 1,000 members with two aggregates of a relation",
        || collect(hand, group::ONE_RELATION, |row| member(row, false)),
        || group::one_relation(db),
    );
    harness.compare(
        "SQLite: 1,000 members with aggregates of two relations",
        || collect(hand, group::TWO_RELATIONS, |row| member(row, true)),
        || group::two_relations(db),
    );
    for limit in [1, 10, 100, 1_000] {
        let by_row = format!("{} {limit}", group::FEW_BY_ROW);
        harness.compare(
            &format!("SQLite: the first {limit} members, a subquery each"),
            || collect(hand, &by_row, |row| member(row, true)),
            || group::of_few(db, limit),
        );
        let joined = format!("{} ORDER BY m.id LIMIT {limit}", group::TWO_RELATIONS);
        harness.compare(
            &format!("SQLite: the first {limit} members, joined"),
            || collect(hand, &joined, |row| member(row, true)),
            || group::of_few(db, limit),
        );
    }
}

fn collect<T>(
    hand: &Connection,
    sql: &str,
    row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = hand.prepare_cached(sql)?;
    statement.query_map([], row)?.collect()
}

fn keyed<K: rusqlite::types::FromSql>(row: &Row<'_>) -> rusqlite::Result<(K, i64, Option<f64>)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn member(row: &Row<'_>, votes: bool) -> rusqlite::Result<PlainMember> {
    Ok(PlainMember {
        _id: row.get(0)?,
        _name: row.get(1)?,
        _entries: row.get(2)?,
        _points: row.get(3)?,
        _votes: if votes { row.get(4)? } else { 0 },
    })
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
