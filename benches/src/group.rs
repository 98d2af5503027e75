//! Groups: 1,000 members with 100,000 entries and 50,000 votes, counted, averaged and summed for each member.
//!
//! By hand means the best statement that we know for each question: entries are grouped once, and what two
//! relations hold is grouped apart and joined, so that neither multiplies the other's rows.

use orm::prelude::*;

use crate::models::{Entry, Member, Vote};

const MEMBERS: i64 = 1_000;
const ENTRIES: i64 = 100_000;
const VOTES: i64 = 50_000;

pub const BY_KEY: &str =
    "SELECT member_id, count(*), avg(points) FROM entry GROUP BY member_id ORDER BY member_id";
pub const BY_NAME: &str = "SELECT m.name, count(*), avg(e.points) FROM entry e \
                           INNER JOIN member m ON m.id = e.member_id GROUP BY m.name ORDER BY m.name";
pub const ONE_RELATION: &str = "SELECT m.id, m.name, coalesce(e.entries, 0), e.points FROM member m \
    LEFT JOIN (SELECT member_id, count(*) AS entries, avg(points) AS points FROM entry GROUP BY member_id) e \
    ON e.member_id = m.id";
pub const TWO_RELATIONS: &str = "SELECT m.id, m.name, coalesce(e.entries, 0), e.points, coalesce(v.votes, 0) FROM member m \
    LEFT JOIN (SELECT member_id, count(*) AS entries, avg(points) AS points FROM entry GROUP BY member_id) e \
    ON e.member_id = m.id \
    LEFT JOIN (SELECT member_id, count(*) AS votes FROM vote GROUP BY member_id) v ON v.member_id = m.id";
/// The best for few rows: an index finds the entries and votes of each.
pub const FEW_BY_ROW: &str = "SELECT m.id, m.name, \
    (SELECT count(*) FROM entry e WHERE e.member_id = m.id), \
    (SELECT avg(e.points) FROM entry e WHERE e.member_id = m.id), \
    (SELECT count(*) FROM vote v WHERE v.member_id = m.id) \
    FROM member m ORDER BY m.id LIMIT";

pub struct PlainMember {
    pub _id: i64,
    pub _name: String,
    pub _entries: i64,
    pub _points: Option<f64>,
    pub _votes: i64,
}

/// Fills the tables through the crate.
pub fn fill(db: &Database) -> Result<()> {
    let members = (0..MEMBERS).map(|n| Member::draft().name(format!("member {n}")));
    let members = Member::objects().bulk_create(db, members)?;
    let of = |n: i64| &members[usize::try_from((n * 7_919) % MEMBERS).unwrap_or(0)];
    let points = |n: i64| i32::try_from(n * 31 % 1_009).unwrap_or(0);
    let entries = (0..ENTRIES).map(|n| Entry::draft().member(of(n)).points(points(n)));
    Entry::objects().bulk_create_with(db, entries, BulkCreate::new())?;
    let votes = (0..VOTES).map(|n| Vote::draft().member(of(n * 3)));
    Vote::objects()
        .bulk_create_with(db, votes, BulkCreate::new())
        .map(drop)
}

pub fn by_key(db: &Database) -> Result<Vec<(i64, i64, Option<f64>)>> {
    Entry::objects()
        .values_list(Entry::member)
        .annotate((Entry::id.count(), Entry::points.avg()))
        .order_by(Entry::member)
        .all(db)
}

pub fn by_name(db: &Database) -> Result<Vec<(String, i64, Option<f64>)>> {
    Entry::objects()
        .values_list(Entry::member.name)
        .annotate((Entry::id.count(), Entry::points.avg()))
        .order_by(Entry::member.name)
        .all(db)
}

pub fn one_relation(db: &Database) -> Result<Vec<(Member, i64, Option<f64>)>> {
    Member::objects()
        .annotate((Member::entries.count(), Member::entries.avg(Entry::points)))
        .all(db)
}

/// A member with entries, their average and votes.
pub type Counted = (Member, i64, Option<f64>, i64);

pub fn two_relations(db: &Database) -> Result<Vec<Counted>> {
    Member::objects()
        .annotate((
            Member::entries.count(),
            Member::entries.avg(Entry::points),
            Member::votes.count(),
        ))
        .all(db)
}

pub fn of_few(db: &Database, limit: u64) -> Result<Vec<Counted>> {
    Member::objects()
        .annotate((
            Member::entries.count(),
            Member::entries.avg(Entry::points),
            Member::votes.count(),
        ))
        .order_by(Member::id)
        .limit(limit)
        .all(db)
}
