//! PostgreSQL: the `postgres` crate by hand, with statements that are prepared once, and columns by index.
//!
//! Both sides have a connection of their own to one server and work on the same tables.

use orm::prelude::*;
use postgres::types::{ToSql, Type};
use postgres::{Client, NoTls, Row, Statement};

use crate::graph::{self, Graph::*, PlainArticle, PlainPerson, PlainRemark, PlainWriter};
use crate::group::{self, PlainMember};
use crate::harness::Harness;
use crate::models::Post;
use crate::rows::{self, ALIASED, COLUMNS, PEOPLE, Plain, body, score, title};

fn plain(row: &Row) -> Plain {
    Plain {
        _id: row.get(0),
        _title: row.get(1),
        _body: row.get(2),
        _author: row.get(3),
        _views: row.get(4),
        _score: row.get(5),
        _published: row.get(6),
        _subtitle: row.get(7),
    }
}

type Params<'a> = &'a [&'a (dyn ToSql + Sync)];

fn select(hand: &mut Client, statement: &Statement, params: Params<'_>) -> Vec<Plain> {
    let rows = hand.query(statement, params).expect("rows");
    rows.iter().map(plain).collect()
}

fn prepare(hand: &mut Client, sql: &str) -> Statement {
    hand.prepare(sql).expect("a statement")
}

/// Runs every case.
pub fn run(harness: &Harness, url: &str) -> Result<()> {
    let db = Database::connect(url)?;
    const TABLES: &str = "comment, post, person, remark, article, writer, vote, entry, member";
    db.execute_batch(&format!("DROP TABLE IF EXISTS {TABLES} CASCADE"))?;
    db.create_tables()?;
    rows::fill(&db)?;
    graph::fill(&db)?;
    group::fill(&db)?;
    db.execute_batch("ANALYZE")?;
    let mut hand = Client::connect(url, NoTls).expect("a connection");
    reads(harness, &db, &mut hand);
    graphs(harness, &db, &mut hand);
    groups(harness, &db, &mut hand);
    searches(harness, &db, &mut hand);
    inserts(harness, &db, &mut hand);
    updates(harness, &db, &mut hand);
    db.execute_batch(&format!("DROP TABLE {TABLES}"))
}

fn reads(harness: &Harness, db: &Database, hand: &mut Client) {
    let by_key = prepare(hand, &format!("SELECT {COLUMNS} FROM post WHERE id = $1"));
    let mut next = rows::random_keys();
    let mut same = next;
    harness.compare(
        "PostgreSQL: one row by primary key",
        || hand.query_one(&by_key, &[&next()]).map(|row| plain(&row)),
        || Post::objects().get(db, Post::id.eq(same())),
    );
    let all = prepare(hand, &format!("SELECT {COLUMNS} FROM post WHERE id <= $1"));
    for many in [1_i64, 10, 100, 10_000] {
        harness.compare(
            &format!("PostgreSQL: {many} rows, all columns"),
            || select(hand, &all, &[&many]),
            || Post::objects().filter(Post::id.lte(many)).all(db),
        );
    }
    let joined = format!(
        "SELECT {ALIASED} FROM post p INNER JOIN person a ON p.author_id = a.id \
         WHERE a.age > $1 AND p.views > $2 ORDER BY p.views LIMIT $3"
    );
    let joined = prepare(hand, &joined);
    harness.compare(
        "PostgreSQL: a join, filtered, ordered, 10 rows",
        || select(hand, &joined, &[&50, &9_000, &10_i64]),
        || {
            let popular = Post::objects()
                .filter(Post::author.age.gt(50))
                .filter(Post::views.gt(9_000));
            popular.order_by(Post::views).limit(10).all(db)
        },
    );
}

fn graphs(harness: &Harness, db: &Database, hand: &mut Client) {
    let joined = prepare(hand, graph::JOINED);
    harness.compare(
        "PostgreSQL: select_related of 10,000 rows",
        || -> Vec<(Plain, PlainPerson)> {
            let rows = hand.query(&joined, &[]).expect("rows");
            rows.iter().map(|row| (plain(row), person(row))).collect()
        },
        || graph::related(db),
    );
    let mut prepared = |graph| graph::queries(graph, "= ANY($1)").map(|sql| prepare(hand, &sql));
    let (keys, scans, half) = (
        prepared(AllByKeys),
        prepared(AllByScans),
        prepared(HalfByKeys),
    );
    harness.compare(
        "PostgreSQL: a graph of 100, 1,000 and 10,000 rows, prefetched",
        || graph_by_hand(hand, &keys),
        || graph::prefetched(db),
    );
    harness.compare(
        "PostgreSQL: a graph of 100, 1,000 and 10,000 rows, by with",
        || graph_by_hand(hand, &keys),
        || graph::beside(db),
    );
    harness.compare(
        "PostgreSQL: a graph of 100, 1,000 and 10,000 rows, projected",
        || graph_by_hand(hand, &keys),
        || graph::projected(db),
    );
    harness.compare(
        "PostgreSQL: the graph, prefetched; by hand without conditions",
        || graph_by_hand(hand, &scans),
        || graph::prefetched(db),
    );
    harness.compare(
        "PostgreSQL: half of the graph, prefetched",
        || graph_by_hand(hand, &half),
        || graph::half(db),
    );
}

fn person(row: &Row) -> PlainPerson {
    PlainPerson {
        _id: row.get(8),
        _name: row.get(9),
        _email: row.get(10),
        _age: row.get(11),
    }
}

/// The keys, for a statement that has a condition on them.
fn among<'p>(statement: &Statement, keys: Params<'p>) -> Params<'p> {
    &keys[..statement.params().len()]
}

fn graph_by_hand(hand: &mut Client, statements: &[Statement; 3]) -> Vec<PlainWriter> {
    let [writers, articles, remarks] = statements;
    let writers = hand.query(writers, &[]).expect("rows");
    let writers: Vec<_> = writers
        .iter()
        .map(|row| PlainWriter {
            id: row.get(0),
            _name: row.get(1),
            _email: row.get(2),
            articles: Vec::new(),
        })
        .collect();
    let of: Vec<i64> = writers.iter().map(|writer| writer.id).collect();
    let articles = hand.query(articles, among(articles, &[&of])).expect("rows");
    let articles: Vec<_> = articles
        .iter()
        .map(|row| PlainArticle {
            id: row.get(0),
            writer: row.get(1),
            _title: row.get(2),
            _body: row.get(3),
            _views: row.get(4),
            remarks: Vec::new(),
        })
        .collect();
    let of: Vec<i64> = articles.iter().map(|article| article.id).collect();
    let remarks = hand.query(remarks, among(remarks, &[&of])).expect("rows");
    let remarks = remarks.iter().map(|row| PlainRemark {
        _id: row.get(0),
        article: row.get(1),
        _body: row.get(2),
        _likes: row.get(3),
    });
    graph::assembled(writers, articles, remarks.collect())
}

fn groups(harness: &Harness, db: &Database, hand: &mut Client) {
    // Of integers PostgreSQL's average is a numeric.
    let averaged = |sql: &str| {
        sql.replace("avg(points)", "avg(points)::float8")
            .replace("avg(e.points)", "avg(e.points)::float8")
    };
    let by_key = prepare(hand, &averaged(group::BY_KEY));
    harness.compare(
        "PostgreSQL: 100,000 rows grouped by key, counted, averaged",
        || {
            collect(hand, &by_key, |row| {
                (
                    row.get::<_, i64>(0),
                    row.get::<_, i64>(1),
                    row.get::<_, Option<f64>>(2),
                )
            })
        },
        || group::by_key(db),
    );
    let by_name = prepare(hand, &averaged(group::BY_NAME));
    harness.compare(
        "PostgreSQL: 100,000 rows grouped by a name, by a join",
        || {
            collect(hand, &by_name, |row| {
                (
                    row.get::<_, String>(0),
                    row.get::<_, i64>(1),
                    row.get::<_, Option<f64>>(2),
                )
            })
        },
        || group::by_name(db),
    );
    let one = prepare(hand, &averaged(group::ONE_RELATION));
    harness.compare(
        "PostgreSQL: 1,000 members with two aggregates of a relation",
        || collect(hand, &one, |row| member(row, false)),
        || group::one_relation(db),
    );
    let two = prepare(hand, &averaged(group::TWO_RELATIONS));
    harness.compare(
        "PostgreSQL: 1,000 members with aggregates of two relations",
        || collect(hand, &two, |row| member(row, true)),
        || group::two_relations(db),
    );
    for limit in [1, 10, 100, 1_000] {
        let by_row = prepare(hand, &format!("{} {limit}", averaged(group::FEW_BY_ROW)));
        harness.compare(
            &format!("PostgreSQL: the first {limit} members, a subquery each"),
            || collect(hand, &by_row, |row| member(row, true)),
            || group::of_few(db, limit),
        );
        let joined = prepare(
            hand,
            &format!(
                "{} ORDER BY m.id LIMIT {limit}",
                averaged(group::TWO_RELATIONS)
            ),
        );
        harness.compare(
            &format!("PostgreSQL: the first {limit} members, joined"),
            || collect(hand, &joined, |row| member(row, true)),
            || group::of_few(db, limit),
        );
    }
}

fn collect<T>(hand: &mut Client, statement: &Statement, row: impl Fn(&Row) -> T) -> Vec<T> {
    let rows = hand.query(statement, &[]).expect("rows");
    rows.iter().map(row).collect()
}

fn member(row: &Row, votes: bool) -> PlainMember {
    PlainMember {
        _id: row.get(0),
        _name: row.get(1),
        _entries: row.get(2),
        _points: row.get(3),
        _votes: if votes { row.get(4) } else { 0 },
    }
}

fn searches(harness: &Harness, db: &Database, hand: &mut Client) {
    const CONDITIONS: [&str; 6] = [
        "id <= ",
        "views >= ",
        "published = ",
        "score < ",
        "title LIKE ",
        "author_id = ANY",
    ];
    for fields in 0..=6 {
        let mut statement = None;
        let by_hand = || {
            let mut sql = format!("SELECT {COLUMNS} FROM post");
            for (at, condition) in CONDITIONS[..fields].iter().enumerate() {
                let word = if at == 0 { "WHERE" } else { "AND" };
                sql.push_str(&format!(" {word} {condition}(${})", at + 1));
            }
            sql.push_str(&format!(" ORDER BY id LIMIT ${}", fields + 1));
            // A form has few shapes; each is prepared once and found by its text.
            let (_, statement) =
                statement.get_or_insert_with(|| (sql.clone(), prepare(hand, &sql)));
            let authors = [5_i64, 7, 11, 13, 17];
            let values: [&(dyn ToSql + Sync); 6] = [
                &200_i64,
                &10_i32,
                &true,
                &20.0_f64,
                &"title 1%",
                &authors.as_slice(),
            ];
            let mut params: Vec<&(dyn ToSql + Sync)> = Vec::with_capacity(7);
            params.extend_from_slice(&values[..fields]);
            params.push(&10_i64);
            select(hand, statement, &params)
        };
        harness.compare(
            &format!("PostgreSQL: a dynamic filter of {fields} conditions"),
            by_hand,
            || rows::search(fields).all(db),
        );
    }
}

const INSERT: &str = "INSERT INTO post (title, body, author_id, views, score, published, subtitle)";

fn inserts(harness: &Harness, db: &Database, hand: &mut Client) {
    let one = prepare(
        hand,
        &format!("{INSERT} VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id"),
    );
    harness.compare(
        "PostgreSQL: insert of one row",
        || {
            let (title, body, subtitle) = (title(1), body(1), None::<String>);
            let row = hand.query_one(
                &one,
                &[&title, &body, &2_i64, &1_i32, &score(1), &false, &subtitle],
            );
            row.map(|row| row.get::<_, i64>(0))
        },
        || rows::draft(1).save(db),
    );
    let many = prepare(
        hand,
        &format!(
            "{INSERT} SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::integer[], $5::double precision[], $6::boolean[], $7::text[])"
        ),
    );
    for count in [100_i64, 10_000] {
        harness.compare(
            &format!("PostgreSQL: insert of {count} rows, by unnest"),
            || unnest(hand, &many, count),
            || {
                let drafts = (0..count).map(rows::draft);
                Post::objects().bulk_create_with(db, drafts, BulkCreate::new())
            },
        );
        harness.compare(
            &format!("PostgreSQL: insert of {count} rows, by COPY"),
            || copy(hand, count),
            || {
                let drafts = (0..count).map(rows::draft);
                Post::objects().bulk_create_with(db, drafts, BulkCreate::new())
            },
        );
    }
}

fn unnest(hand: &mut Client, statement: &Statement, count: i64) -> u64 {
    let all = 0..count;
    let titles: Vec<String> = all.clone().map(title).collect();
    let bodies: Vec<String> = all.clone().map(body).collect();
    let authors: Vec<i64> = all.clone().map(|n| n % PEOPLE + 1).collect();
    let views: Vec<i32> = all.clone().map(|n| i32::try_from(n).unwrap_or(0)).collect();
    let scores: Vec<f64> = all.clone().map(score).collect();
    let published: Vec<bool> = all.clone().map(|n| n % 2 == 0).collect();
    let subtitles: Vec<Option<String>> = all.map(|_| None).collect();
    let params: Params<'_> = &[
        &titles, &bodies, &authors, &views, &scores, &published, &subtitles,
    ];
    hand.execute(statement, params).expect("inserted")
}

fn copy(hand: &mut Client, count: i64) -> u64 {
    const TYPES: [Type; 7] = [
        Type::TEXT,
        Type::TEXT,
        Type::INT8,
        Type::INT4,
        Type::FLOAT8,
        Type::BOOL,
        Type::TEXT,
    ];
    let sql =
        "COPY post (title, body, author_id, views, score, published, subtitle) FROM STDIN BINARY";
    let writer = hand.copy_in(sql).expect("a copy");
    let mut writer = postgres::binary_copy::BinaryCopyInWriter::new(writer, &TYPES);
    for n in 0..count {
        let views = i32::try_from(n).unwrap_or(0);
        let row: Params<'_> = &[
            &title(n),
            &body(n),
            &(n % PEOPLE + 1),
            &views,
            &score(n),
            &(n % 2 == 0),
            &None::<String>,
        ];
        writer.write(row).expect("a row");
    }
    writer.finish().expect("copied")
}

fn updates(harness: &Harness, db: &Database, hand: &mut Client) {
    let update = prepare(hand, "UPDATE post SET views = views + $1 WHERE id = $2");
    harness.compare(
        "PostgreSQL: 1,000 updates by key in a transaction",
        || {
            let mut tx = hand.transaction().expect("a transaction");
            for id in 1..=1_000_i64 {
                tx.execute(&update, &[&1_i32, &id]).expect("updated");
            }
            tx.commit()
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
