//! Groups of rows that have something in common.

use orm::prelude::*;

use crate::answer::Answer;
use crate::case::cases;
use crate::models::bookstore::Book;
use crate::models::lab::{Document, Task};

cases! { "group_by",
    fn by_null_group(db) {
        let groups = Task::objects().values_list(Task::urgent).annotate(Task::id.count());
        groups.order_by(Task::urgent.asc().nulls_first()).all(db)?
    }

    // Section 12: the model's ordering is one of whole models.
    fn group_keeps_given_order_only(db) {
        let groups = Task::objects().values_list(Task::state).annotate(Task::id.count()).order_by(Task::state).all(db)?;
        groups.into_iter().map(|(state, n)| [("state", state.into_json()), ("n", n.into_json())]).collect::<Vec<_>>()
    }

    fn group_by_m2m(db) {
        let author = Book::authors.name;
        let groups = Book::objects().values_list(author).annotate((Book::id.count(), Book::pages.sum())).order_by(author).all(db)?;
        let row = |(name, n, pages): (Option<String>, i64, Option<i64>)| {
            [("authors__name", name.into_json()), ("n", n.into_json()), ("p", pages.into_json())]
        };
        groups.into_iter().map(row).collect::<Vec<_>>()
    }

    fn group_of_json_key(db) {
        let (flag, n) = (Document::body.key("flag").as_text(), Document::id.count());
        let titled = Document::objects().filter(Document::body.has_key("title"));
        titled.values_list(&flag).annotate(&n).order_by((&n, &flag)).all(db)?
    }
}
