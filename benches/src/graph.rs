//! Graphs of related rows: 100 writers, 10 articles of each, 10 remarks on each article, and 10,000 posts with their authors.
//!
//! By hand a graph is three queries and two hash maps, and a post with its author is a row of a join.

use std::collections::HashMap;

use orm::prelude::*;

use crate::models::{Article, Post, Remark, Writer};

pub const WRITERS: i64 = 100;
const EACH: i64 = 10;

/// Which rows a graph by hand has, and how its second and third query ask for them.
#[derive(Clone, Copy)]
pub enum Graph {
    /// All, by the keys of the rows above them.
    AllByKeys,
    /// All, without a condition.
    AllByScans,
    /// Those of half of the writers, by keys.
    HalfByKeys,
}

/// The three queries; `among` is the condition on keys in the database's words.
pub fn queries(graph: Graph, among: &str) -> [String; 3] {
    let writers = "SELECT id, name, email FROM writer";
    let articles = "SELECT id, writer_id, title, body, views FROM article";
    let remarks = "SELECT id, article_id, body, likes FROM remark";
    match graph {
        Graph::AllByScans => [writers.into(), articles.into(), remarks.into()],
        Graph::AllByKeys | Graph::HalfByKeys => [
            match graph {
                Graph::HalfByKeys => format!("{writers} WHERE id % 2 = 0"),
                _ => writers.into(),
            },
            format!("{articles} WHERE writer_id {among}"),
            format!("{remarks} WHERE article_id {among}"),
        ],
    }
}

pub const JOINED: &str = "SELECT p.id, p.title, p.body, p.author_id, p.views, p.score, p.published, p.subtitle, \
                          a.id, a.name, a.email, a.age FROM post p INNER JOIN person a ON a.id = p.author_id";

pub struct PlainWriter {
    pub id: i64,
    pub _name: String,
    pub _email: String,
    pub articles: Vec<PlainArticle>,
}

pub struct PlainArticle {
    pub id: i64,
    pub writer: i64,
    pub _title: String,
    pub _body: String,
    pub _views: i32,
    pub remarks: Vec<PlainRemark>,
}

pub struct PlainRemark {
    pub _id: i64,
    pub article: i64,
    pub _body: String,
    pub _likes: i32,
}

pub struct PlainPerson {
    pub _id: i64,
    pub _name: String,
    pub _email: String,
    pub _age: i32,
}

/// Puts the rows of three queries into each other.
pub fn assembled(
    mut writers: Vec<PlainWriter>,
    articles: Vec<PlainArticle>,
    remarks: Vec<PlainRemark>,
) -> Vec<PlainWriter> {
    let mut of_article: HashMap<i64, Vec<PlainRemark>> = HashMap::with_capacity(articles.len());
    for remark in remarks {
        of_article.entry(remark.article).or_default().push(remark);
    }
    let mut of_writer: HashMap<i64, Vec<PlainArticle>> = HashMap::with_capacity(writers.len());
    for mut article in articles {
        article.remarks = of_article.remove(&article.id).unwrap_or_default();
        of_writer.entry(article.writer).or_default().push(article);
    }
    for writer in &mut writers {
        writer.articles = of_writer.remove(&writer.id).unwrap_or_default();
    }
    writers
}

/// Fills the tables through the crate.
pub fn fill(db: &Database) -> Result<()> {
    let writers = (0..WRITERS).map(|n| {
        Writer::draft()
            .name(format!("writer {n}"))
            .email(format!("{n}@example.com"))
    });
    let writers = Writer::objects().bulk_create(db, writers)?;
    // As they come in the course of time: not those of one writer in a row.
    let articles = (0..EACH).flat_map(|n| writers.iter().map(move |writer| (n, writer)));
    let articles = articles.map(|(n, writer)| {
        Article::draft()
            .writer(writer)
            .title(format!("article {n}"))
            .body(crate::rows::body(n))
            .views(1)
    });
    let articles = Article::objects().bulk_create(db, articles)?;
    let remarks = (0..EACH).flat_map(|n| articles.iter().map(move |article| (n, article)));
    let remarks = remarks.map(|(n, article)| {
        Remark::draft()
            .article(article)
            .body(format!("a remark, number {n}"))
            .likes(2)
    });
    Remark::objects().bulk_create(db, remarks).map(drop)
}

/// The graph in the instances' relation fields.
pub fn prefetched(db: &Database) -> Result<Vec<Writer>> {
    let articles = Writer::articles.prefetch_related(Article::remarks);
    Writer::objects().prefetch_related(articles).all(db)
}

/// The graph of half of the writers.
pub fn half(db: &Database) -> Result<Vec<Writer>> {
    let articles = Writer::articles.prefetch_related(Article::remarks);
    let writers = Writer::objects().filter((Writer::id % 2).eq(0));
    writers.prefetch_related(articles).all(db)
}

/// The same graph as tuples: what belongs to a row stands beside it.
pub type Beside = (Writer, Vec<(Article, Vec<Remark>)>);

/// The graph beside the instances.
pub fn beside(db: &Database) -> Result<Vec<Beside>> {
    let articles = Writer::articles.with(Article::remarks);
    Writer::objects().with(articles).all(db)
}

/// The same graph as structs that name what they hold.
#[derive(Projection)]
#[allow(dead_code, reason = "what counts is that it is loaded")]
#[projection(Writer)]
pub struct WriterCard {
    pub id: i64,
    pub name: String,
    pub email: String,
    #[projection(Writer::articles)]
    pub articles: Vec<ArticleCard>,
}

/// The middle of it.
#[derive(Projection)]
#[allow(dead_code, reason = "what counts is that it is loaded")]
#[projection(Article)]
pub struct ArticleCard {
    pub id: i64,
    #[projection(Article::writer)]
    pub writer: i64,
    pub title: String,
    pub body: String,
    pub views: i32,
    #[projection(Article::remarks)]
    pub remarks: Vec<RemarkCard>,
}

/// The end of it.
#[derive(Projection)]
#[allow(dead_code, reason = "what counts is that it is loaded")]
#[projection(Remark)]
pub struct RemarkCard {
    pub id: i64,
    #[projection(Remark::article)]
    pub article: i64,
    pub body: String,
    pub likes: i32,
}

/// The graph as a projection.
pub fn projected(db: &Database) -> Result<Vec<WriterCard>> {
    Writer::objects().values::<WriterCard>().all(db)
}

/// Posts with their authors, in one query.
pub fn related(db: &Database) -> Result<Vec<Post>> {
    Post::objects().select_related(Post::author).all(db)
}
