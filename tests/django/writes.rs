//! Updates, inserts, deletions and what refuses them.

use orm::prelude::*;

use crate::case::{
    Expected::{Ours, Part, Postgres},
    cases,
};
use crate::day;
use crate::models::bookstore::Author;
use crate::models::lab::{Label, Membership, Person, Plan, Setting, Subscription, Task, Word};

const M2M: &str =
    "section 3 of the relations: `set` is a DELETE and an INSERT, without a SELECT before them";
const COUNTS: &str =
    "section 12, Writing: a query set's delete counts the model's own rows, a row's nothing";

cases! { "writes",
    fn update_with_f(db) {
        let n = Setting::objects().update(db, Setting::hits.set(Setting::hits * 2 + 1))?;
        (n, Setting::objects().order_by(Setting::id).values_list(Setting::hits).all(db)?)
    }

    fn update_with_case(db) {
        let priority = case()
            .when(Task::state.eq("done"), 0)
            .when(Task::state.eq("doing"), Task::priority + 10)
            .otherwise(Task::priority);
        let n = Task::objects().update(db, Task::priority.set(priority))?;
        (n, Task::objects().order_by(Task::id).values_list((Task::id, Task::priority)).all(db)?)
    }

    fn update_filtered_on_m2m_counts_once(db) {
        Author::objects().filter(Author::books.pages.gt(100)).update(db, Author::rating.set(1.0))?
    }

    fn update_ordered(db) {
        Setting::objects().order_by(Setting::hits.desc()).update(db, Setting::value.set("same"))?
    }

    fn bulk_create_update_conflicts(db) {
        let drafts = [
            Setting::draft().scope("ui").key("theme").value("light").hits(100).build(),
            Setting::draft().scope("ui").key("size").value("12").build(),
        ];
        let overwrite = BulkCreate::new().on_conflict((Setting::scope, Setting::key)).update(Setting::value);
        Setting::objects().bulk_create_with(db, drafts, overwrite)?;
        let ui = Setting::objects().filter(Setting::scope.eq("ui")).order_by(Setting::key);
        ui.values_list((Setting::id, Setting::key, Setting::value, Setting::hits)).all(db)?
    }

    // A row of ours holds values, never expressions: the rows' keys and one UPDATE say the same, in a statement less.
    fn bulk_update_with_f(db) {
        let ui = Setting::objects().filter(Setting::scope.eq("ui")).all(db)?;
        let keys = ui.iter().map(|setting| setting.id);
        Setting::objects().filter(Setting::id.is_in(keys)).update(db, Setting::hits.set(Setting::hits + 5))?;
        Setting::objects().order_by(Setting::id).values_list((Setting::key, Setting::hits)).all(db)?
    }

    fn get_or_create_ambiguous(db) {
        Setting::draft().scope("ui").key("new").get_or_create(db, Setting::scope)?.1
    }

    fn m2m_queries(db, Ours(json!({ "add two": 1, "add again": 1, "set": 2, "remove": 1, "clear": 1 }), M2M)) {
        let mut task = Task::objects().get(db, Task::title.eq("fix login"))?;
        type Step = fn(&Transaction<'_>, &mut Task) -> Result<()>;
        let steps: [(&str, Step); 5] = [
            ("add two", |db, task| task.labels.add(db, [2, 3]).map(drop)),
            ("add again", |db, task| task.labels.add(db, [2]).map(drop)),
            ("set", |db, task| task.labels.set(db, [1, 4])),
            ("remove", |db, task| task.labels.remove(db, [4]).map(drop)),
            ("clear", |db, task| task.labels.clear(db).map(drop)),
        ];
        let mut numbers = serde_json::Map::new();
        for (name, step) in steps {
            let ((), log) = db.capture(|db| step(db, &mut task))?;
            numbers.insert(name.to_owned(), log.len().into());
        }
        numbers
    }

    fn m2m_symmetrical(db) {
        let mut three = Author::objects().get(db, Author::id.eq(3))?;
        let mut four = Author::objects().get(db, Author::id.eq(4))?;
        three.friends.add(db, [&four])?;
        let ids = |author: &Author| author.friends.order_by(Author::id).values_list(Author::id).all(db);
        let both = vec![ids(&three)?, ids(&four)?];
        four.friends.remove(db, [&three])?;
        (both, ids(&three)?)
    }

    fn reverse_foreign_key_manager_writes(db) {
        let mut bob = Person::objects().get(db, Person::name.eq("Bob"))?;
        let task = |title| Task::objects().get(db, Task::title.eq(title));
        let titles = |bob: &Person| bob.tasks.order_by(Task::id).values_list(Task::title).all(db);
        let mut steps = vec![titles(&bob)?];
        bob.tasks.draft().title("made by manager").save(db)?;
        steps.push(titles(&bob)?);
        bob.tasks.add(db, [&task("draw logo")?])?;
        steps.push(titles(&bob)?);
        bob.tasks.remove(db, [&task("test parser")?])?;
        steps.push(titles(&bob)?);
        bob.tasks.set(db, &Task::objects().filter(Task::state.eq("done")).all(db)?)?;
        steps.push(titles(&bob)?);
        bob.tasks.clear(db)?;
        steps.push(titles(&bob)?);
        (steps, Task::objects().count(db)?)
    }

    fn delete_object(db, Part("/0", COUNTS)) {
        Word::objects().filter(Word::id.eq(1)).delete(db)?
    }

    fn delete_set_default(db, Part("/1", COUNTS)) {
        Plan::objects().get(db, Plan::code.eq("gold"))?.delete(db)?;
        let rows = Subscription::objects().order_by(Subscription::id);
        rows.values_list((Subscription::id, Subscription::plan.code)).all(db)?
    }

    fn unique_together_violation(db) {
        Membership::draft().team(1).person(1).role("dev").joined(day("2023-01-01")).save(db)?.id
    }

    fn text_too_long(db, Postgres("section 11: a text longer than its max_length is refused on both, before any SQL")) {
        Label::draft().name("x".repeat(30)).save(db)?.name
    }
}
