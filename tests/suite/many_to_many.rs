//! Many-to-many relations: own link tables and those of models, both sides, symmetrical ones, many rows, many writers.

use orm::prelude::*;

use crate::support::suite;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "m2m_post", ordering = [title])]
pub struct Post {
    pub id: i64,
    pub title: String,
    pub topics: ManyToMany<Topic>,
    /// A second relation between the same two models.
    #[field(table = "m2m_suggestions")]
    pub suggested: ManyToMany<Topic>,
    #[field(on_delete = set_null)]
    pub parent: Option<ForeignKey<Self>>,
    #[reverse(Post::parent)]
    pub replies: HasMany<Post>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "m2m_topic", ordering = [name], default_filter = !Topic::hidden)]
pub struct Topic {
    #[field(primary_key)]
    pub name: String,
    #[field(default)]
    pub hidden: bool,
    #[reverse(Post::topics)]
    pub posts: ManyToMany<Post>,
    #[reverse(Post::suggested)]
    pub suggested_for: ManyToMany<Post>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "m2m_person", ordering = [name])]
pub struct Person {
    pub id: i64,
    pub name: String,
    #[field(symmetrical)]
    pub friends: ManyToMany<Self>,
    pub follows: ManyToMany<Person>,
    #[reverse(Person::follows)]
    pub followers: ManyToMany<Person>,
    #[reverse(Team::members)]
    pub teams: ManyToMany<Team>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "m2m_team")]
pub struct Team {
    pub id: i64,
    pub name: String,
    #[field(through = (Membership::team, Membership::person))]
    pub members: ManyToMany<Person>,
    #[field(through = Visit)]
    pub guests: ManyToMany<Person>,
    #[field(through = Fan)]
    pub fans: ManyToMany<Person>,
}

/// The pair is the primary key.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "m2m_fan", primary_key = [person, team])]
pub struct Fan {
    #[field(on_delete = cascade)]
    pub team: ForeignKey<Team>,
    #[field(on_delete = cascade)]
    pub person: ForeignKey<Person>,
}

/// Two keys to one model, a required field, a default of Rust and one of the clock.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "m2m_membership", unique(fields = [person, team]))]
pub struct Membership {
    #[field(primary_key, default = Uuid::new_v4())]
    pub id: Uuid,
    #[field(on_delete = cascade)]
    pub person: ForeignKey<Person>,
    #[field(on_delete = cascade)]
    pub team: ForeignKey<Team>,
    #[field(on_delete = cascade)]
    pub invited_by: Option<ForeignKey<Person>>,
    #[field(max_length = 10)]
    pub role: String,
    #[field(default = 7)]
    pub points: i32,
    #[field(auto_now_add)]
    pub since: DateTime<Utc>,
}

/// A person may visit a team many times: no constraint keeps pairs apart.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "m2m_visit")]
pub struct Visit {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub team: ForeignKey<Team>,
    #[field(on_delete = cascade)]
    pub person: ForeignKey<Person>,
    #[field(default = "")]
    pub remark: String,
}

fn topics(db: &Database, names: &[&str]) -> Result<Vec<Topic>> {
    let drafts = names.iter().map(|name| Topic::draft().name(*name));
    Topic::objects().bulk_create(db, drafts)
}

fn post(db: &Database, title: &str) -> Result<Post> {
    Post::draft().title(title).save(db)
}

fn people(db: &Database, names: &[&str]) -> Result<Vec<Person>> {
    let drafts = names.iter().map(|name| Person::draft().name(*name));
    Person::objects().bulk_create(db, drafts)
}

fn names(rows: &[Topic]) -> Vec<&str> {
    rows.iter().map(|topic| &*topic.name).collect()
}

fn called(rows: &[Person]) -> Vec<&str> {
    rows.iter().map(|person| &*person.name).collect()
}

suite! {
    fn links_are_added_once_and_removed(db) {
        let topics = topics(db, &["a", "b", "c"])?;
        let (mut one, mut two) = (post(db, "one")?, post(db, "two")?);
        assert_queries!(db, 1, { assert_eq!(one.topics.add(db, [&topics[0], &topics[1]])?, 2) });
        assert_queries!(db, 1, { assert_eq!(one.topics.add(db, [&topics[1], &topics[2], &topics[2]])?, 1) });
        two.topics.add(db, ["a"])?;
        assert_eq!(names(&one.topics.all(db)?), ["a", "b", "c"]);
        assert_queries!(db, 1, { assert_eq!(one.topics.remove(db, ["a", "nobody"])?, 1) });
        assert_eq!(names(&one.topics.all(db)?), ["b", "c"]);
        // The other post keeps its own.
        assert_eq!((two.topics.count(db)?, Topic::objects().count(db)?), (1, 3));
        assert!(one.topics.contains(db, "b")? && !one.topics.contains(db, &topics[0])?);
        assert_queries!(db, 1, { assert_eq!(one.topics.clear(db)?, 2) });
        assert!(!one.topics.exists(db)? && two.topics.exists(db)?);
        // Nothing to do is no statement.
        assert_queries!(db, 0, {
            one.topics.add(db, [] as [&str; 0])?;
            one.topics.remove(db, Vec::<&Topic>::new())?;
        });
    }

    fn set_leaves_what_is_there_and_changes_the_rest(db) {
        let topics = topics(db, &["a", "b", "c"])?;
        let mut post = post(db, "one")?;
        post.topics.set(db, &topics[..2])?;
        let ids = || db.query::<(i64, String)>("SELECT id, topic_id FROM m2m_post_topics ORDER BY topic_id", ());
        let before = ids()?;
        assert_queries!(db, 2, { post.topics.set(db, &topics[1..])? });
        let after = ids()?;
        assert_eq!(after.iter().map(|(_, topic)| &**topic).collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(before[1], after[0]);
        post.topics.set(db, [] as [&Topic; 0])?;
        assert_eq!(ids()?, []);
        // One bad key, and nothing has changed.
        post.topics.set(db, ["a"])?;
        assert!(matches!(post.topics.set(db, ["b", "none"]), Err(Error::ForeignKeyViolation { .. })));
        assert_eq!(names(&post.topics.all(db)?), ["a"]);
    }

    fn both_sides_are_one_table(db) {
        let mut topics = topics(db, &["a", "b"])?;
        let (mut one, two) = (post(db, "one")?, post(db, "two")?);
        topics[0].posts.add(db, [&one, &two])?;
        one.topics.add(db, [&topics[0], &topics[1]])?;
        assert_eq!(topics[0].posts.all(db)?, [one.clone(), two]);
        assert_eq!(topics[1].posts.all(db)?, [one.clone()]);
        topics[0].posts.remove(db, [one.id])?;
        assert_eq!(names(&one.topics.all(db)?), ["b"]);
        // Links go with either row.
        one.delete(db)?;
        assert_eq!(topics[1].posts.count(db)?, 0);
        topics.swap_remove(0).delete(db)?;
        assert_eq!(db.query::<(i64,)>("SELECT count(*) FROM m2m_post_topics", ())?, [(0,)]);
    }

    fn two_relations_between_the_same_models_are_apart(db) {
        let topics = topics(db, &["a", "b"])?;
        let mut post = post(db, "one")?;
        post.topics.add(db, ["a"])?;
        post.suggested.add(db, ["b"])?;
        assert_eq!((names(&post.topics.all(db)?), names(&post.suggested.all(db)?)), (vec!["a"], vec!["b"]));
        assert_eq!((topics[1].posts.count(db)?, topics[1].suggested_for.count(db)?), (0, 1));
        let both = Post::objects().filter(Post::topics.contains("a") & Post::suggested.contains("b"));
        assert_eq!(both.count(db)?, 1);
        assert_eq!(Post::objects().filter(Post::suggested.contains("a")).count(db)?, 0);
    }

    fn symmetrical_links_hold_both_ways(db) {
        let mut people = people(db, &["Ann", "Ben", "Cid"])?;
        let [ann, ben, cid] = &mut people[..] else { panic!() };
        assert_queries!(db, 1, { assert_eq!(ann.friends.add(db, [&*ben, &*cid])?, 2) });
        assert_eq!(ben.friends.add(db, [&*ann])?, 0);
        assert_eq!(called(&ben.friends.all(db)?), ["Ann"]);
        assert_eq!(called(&ann.friends.all(db)?), ["Ben", "Cid"]);
        // A friend of oneself.
        let me = cid.id;
        assert_eq!(cid.friends.add(db, [me])?, 1);
        assert_eq!(called(&cid.friends.all(db)?), ["Ann", "Cid"]);
        assert_eq!(cid.friends.add(db, [me])?, 0);
        assert_queries!(db, 1, { assert_eq!(ben.friends.remove(db, [&*ann])?, 1) });
        assert_eq!(called(&ann.friends.all(db)?), ["Cid"]);
        assert_queries!(db, 2, { cid.friends.set(db, [&*ben])? });
        assert_eq!((called(&ben.friends.all(db)?), ann.friends.count(db)?), (vec!["Cid"], 0));
        assert_eq!(ben.friends.clear(db)?, 1);
        assert_eq!(db.query::<(i64,)>("SELECT count(*) FROM m2m_person_friends", ())?, [(0,)]);
    }

    fn links_to_the_same_model_have_a_direction(db) {
        let mut people = people(db, &["Ann", "Ben", "Cid"])?;
        let [ann, ben, cid] = &mut people[..] else { panic!() };
        ann.follows.add(db, [&*ben, &*cid])?;
        assert_eq!((called(&ben.followers.all(db)?), ben.follows.count(db)?), (vec!["Ann"], 0));
        cid.followers.set(db, [&*ben])?;
        assert_eq!((called(&ann.follows.all(db)?), called(&ben.follows.all(db)?)), (vec!["Ben"], vec!["Cid"]));
        let follow_cid = Person::objects().filter(Person::follows.follows.name.eq("Cid"));
        assert_eq!(called(&follow_cid.all(db)?), ["Ann"]);
        assert_eq!(Person::objects().filter(Person::followers.is_empty()).one(db)?.name, "Ann");
    }

    fn a_link_model_says_more(db) {
        let people = people(db, &["Ann", "Ben", "Cid"])?;
        let mut team = Team::draft().name("red").save(db)?;
        let refused = assert_queries!(db, 0, { team.members.add(db, &people) });
        let Err(Error::Validation { model: "Membership", errors, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(errors.iter().map(|error| &*error.field).collect::<Vec<_>>(), ["role"]);
        let refused = assert_queries!(db, 0, { team.members.set(db, &people) });
        assert!(matches!(refused, Err(Error::Validation { .. })));
        assert_queries!(db, 1, {
            assert_eq!(team.members.add_with(db, &people[..2], (Membership::role.set("coach"), Membership::points.set(1)))?, 2);
        });
        team.members.set_with(db, &people[1..], Membership::role.set("player"))?;
        let links = Membership::objects().order_by(Membership::person.name);
        let of = |link: &Membership| (link.role.clone(), link.points);
        assert_eq!(links.all(db)?.iter().map(of).collect::<Vec<_>>(), [("coach".into(), 1), ("player".into(), 7)]);
        assert_eq!(called(&team.members.all(db)?), ["Ben", "Cid"]);
        assert_eq!(people[1].teams.all(db)?, [team.clone()]);
        // What does not fit, and what is of another model.
        let long = team.members.add_with(db, [&people[0]], Membership::role.set("a role that is too long"));
        assert!(matches!(long, Err(Error::Validation { model: "Membership", .. })));
        let other = assert_queries!(db, 0, { team.members.add_with(db, [&people[0]], Visit::remark.set("x")) });
        assert!(matches!(other, Err(Error::InvalidQuery { .. })));
        let computed = team.members.add_with(db, [&people[0]], Membership::role.set(Membership::role));
        assert!(matches!(computed, Err(Error::InvalidQuery { .. })));
        // By the way of the link model itself.
        let coaches = Team::objects().filter(Team::members.name.eq("Ben") & Team::members.contains(&people[2]));
        assert_eq!(coaches.count(db)?, 1);
    }

    fn a_pair_that_may_be_there_twice_is_added_once(db) {
        let people = people(db, &["Ann", "Ben"])?;
        let mut team = Team::draft().name("red").save(db)?;
        assert_eq!(team.guests.add(db, [&people[0], &people[0]])?, 1);
        assert_queries!(db, 1, { assert_eq!(team.guests.add(db, &people)?, 1) });
        Visit::draft().team(&team).person(&people[0]).remark("again").save(db)?;
        // A row is a row, however often it is linked.
        assert_eq!(called(&team.guests.all(db)?), ["Ann", "Ben"]);
        assert_eq!((team.guests.count(db)?, Team::objects().filter(Team::guests.name.eq("Ann")).count(db)?), (2, 1));
        assert_eq!(team.guests.remove(db, [&people[0]])?, 2);
        assert_eq!(called(&team.guests.all(db)?), ["Ben"]);
    }

    fn the_pair_may_be_the_primary_key(db) {
        let people = people(db, &["Ann", "Ben"])?;
        let mut team = Team::draft().name("red").save(db)?;
        assert_eq!(team.fans.add(db, &people)?, 2);
        assert_eq!(team.fans.add(db, &people)?, 0);
        team.fans.set(db, &people[1..])?;
        assert_eq!((called(&team.fans.all(db)?), Fan::objects().count(db)?), (vec!["Ben"], 1));
        assert_eq!(Team::objects().filter(Team::fans.contains(&people[1])).count(db)?, 1);
    }

    fn conditions_ask_of_some_all_and_none(db) {
        let topics = topics(db, &["a", "b", "c"])?;
        for (title, of) in [("ab", &topics[..2]), ("c", &topics[2..]), ("none", &[])] {
            post(db, title)?.topics.add(db, of)?;
        }
        let mut reply = Post::draft().title("reply").parent(&Post::objects().get(db, Post::title.eq("ab"))?).save(db)?;
        reply.topics.add(db, ["c"])?;
        let titles = |condition: Condition<Post>| Post::objects().filter(condition).values_list(Post::title).order_by(Post::title).all(db);
        assert_eq!(titles(Post::topics.name.eq("a"))?, ["ab"]);
        assert_eq!(titles(!Post::topics.name.eq("a"))?, ["c", "none", "reply"]);
        assert_eq!(titles(Post::topics.name.ne("a"))?, ["ab", "c", "reply"]);
        // Two topics, or one that is both.
        assert_eq!(titles(Post::topics.name.eq("a") & Post::topics.name.eq("b"))?, ["ab"]);
        assert_eq!(titles(Post::topics.any(Topic::name.eq("a") & Topic::name.eq("b")))?, [""; 0]);
        assert_eq!(titles(Post::topics.all(Topic::name.lt("c")))?, ["ab", "none"]);
        assert_eq!(titles(Post::topics.none(Topic::name.eq("c")))?, ["ab", "none"]);
        assert_eq!(titles(Post::topics.is_empty())?, ["none"]);
        assert_eq!(titles(!Post::topics.is_empty())?, ["ab", "c", "reply"]);
        assert_eq!(titles(Post::topics.contains(&topics[1]) | Post::topics.contains("c"))?, ["ab", "c", "reply"]);
        assert_eq!(titles(Post::parent.topics.contains("a"))?, ["reply"]);
        assert_eq!(titles(Post::replies.topics.name.eq("c"))?, ["ab"]);
        // Inside of each other, and back again.
        assert_eq!(titles(Post::topics.any(Topic::posts.any(Post::title.eq("c"))))?, ["c", "reply"]);
        assert_eq!(titles(Post::topics.posts.title.eq("c"))?, ["c", "reply"]);
        assert_eq!(titles(Post::topics.any(Topic::posts.none(Post::title.eq("c"))))?, ["ab"]);
        assert_eq!(Topic::objects().filter(Topic::posts.replies.is_empty()).count(db)?, 1);
        // In writes too.
        assert_eq!(Post::objects().filter(Post::topics.name.eq("a")).update(db, Post::title.set("x"))?, 1);
        assert_eq!(Post::objects().filter(Post::topics.contains("c")).delete(db)?, 2);
    }

    fn values_cross_the_link_table(db) {
        let topics = topics(db, &["a", "b"])?;
        post(db, "one")?.topics.add(db, &topics)?;
        post(db, "two")?;
        let rows = Post::objects().values_list((Post::title, Post::topics.name)).order_by((Post::title, Post::topics.name));
        let expected = [("one", Some("a")), ("one", Some("b")), ("two", None)];
        assert_eq!(rows.all(db)?, expected.map(|(title, name)| (title.to_owned(), name.map(str::to_owned))));
        let json = Post::objects().values_json((Post::title, Post::topics.hidden)).all(db)?;
        assert!(json[0].contains_key("topics.hidden"));
        assert_eq!(format!("{:?}", Post::topics.posts.title), "Post.topics.posts.title");
    }

    fn the_query_of_an_instance_is_a_query_set(db) {
        topics(db, &["a", "b", "c"])?;
        Topic::draft().name("d").hidden(true).save(db)?;
        let mut post = post(db, "one")?;
        post.topics.add(db, ["a", "b", "d"])?;
        // The default filter holds here too.
        assert_eq!(names(&post.topics.all(db)?), ["a", "b"]);
        assert_eq!(names(&post.topics.exclude(Topic::name.eq("a")).all(db)?), ["b"]);
        assert_eq!(post.topics.get(db, Topic::name.eq("b"))?.name, "b");
        assert_eq!(post.topics.last(db)?.expect("a topic").name, "b");
        assert_eq!(post.topics.order_by(Topic::name.desc()).first(db)?.expect("a topic").name, "b");
        assert_eq!(post.topics.objects().update(db, Topic::hidden.set(true))?, 2);
        assert_eq!(post.topics.count(db)?, 0);
        let made = post.topics.create(db, Topic::draft().name("e"))?;
        assert_eq!(post.topics.all(db)?, [made]);
        assert!(matches!(post.topics.create(db, Topic::draft().name("e")), Err(Error::UniqueViolation { .. })));
        // An instance made by hand belongs to no row.
        let mut by_hand = Post { topics: ManyToMany::default(), ..post.clone() };
        assert_eq!(by_hand.topics.count(db)?, 0);
        assert!(matches!(by_hand.topics.add(db, ["a"]), Err(Error::InvalidQuery { .. })));
    }

    fn links_are_followed_for_all_rows_at_once(db) {
        let topics = topics(db, &["a", "b", "c"])?;
        let mut posts = [post(db, "one")?, post(db, "two")?, post(db, "three")?];
        posts[0].topics.add(db, ["a", "c"])?;
        posts[1].topics.add(db, ["a", "b"])?;
        let all = Post::objects().order_by(Post::id);
        assert_queries!(db, 2, {
            let posts = all.clone().prefetch_related(Post::topics).all(db)?;
            let of: Vec<_> = posts.iter().map(|post| names(post.topics.loaded().expect("loaded"))).collect();
            assert_eq!(of, [vec!["a", "c"], vec!["a", "b"], vec![]]);
            assert_eq!((posts[0].topics.count(db)?, posts[0].topics.contains(db, "b")?), (2, false));
        });
        // From the other side and on, ordered, and of both relations.
        assert_queries!(db, 4, {
            let posts = Topic::posts.order_by(Post::title.desc()).prefetch_related((Post::topics, Post::suggested));
            let topics = Topic::objects().prefetch_related(posts).all(db)?;
            let of_a = topics[0].posts.loaded()?;
            assert_eq!(of_a.iter().map(|post| &*post.title).collect::<Vec<_>>(), ["two", "one"]);
            assert_eq!(names(of_a[0].topics.loaded()?), ["a", "b"]);
            assert!(of_a[0].suggested.loaded()?.is_empty() && topics[2].posts.loaded()?.len() == 1);
        });
        // A write forgets what was loaded.
        prefetch(db, &mut posts, Post::topics)?;
        posts[0].topics.remove(db, [&topics[0]])?;
        assert!(posts[0].topics.loaded().is_err() && posts[1].topics.loaded().is_ok());
    }

    fn links_are_followed_in_other_shapes(db) {
        topics(db, &["a", "b", "c"])?;
        let mut posts = [post(db, "one")?, post(db, "two")?, post(db, "none")?];
        posts[0].topics.add(db, ["a", "b", "c"])?;
        posts[1].topics.add(db, ["b", "c"])?;
        let all = Post::objects().order_by(Post::id);
        // The limit is one for each post, though they share topics.
        let last = Post::topics.order_by(Topic::name.desc()).limit(2).values_list(Topic::name);
        let rows = assert_queries!(db, 3, {
            all.clone().with(last).with(Post::topics.filter(Topic::name.lt("c"))).all(db)?
        });
        let of: Vec<_> = rows.iter().map(|(_, last, low)| (last.clone(), names(low))).collect();
        let expected: [(&[&str], &[&str]); 3] = [(&["c", "b"], &["a", "b"]), (&["c", "b"], &["b"]), (&[], &[])];
        assert_eq!(of, expected.map(|(last, low)| (last.iter().map(|name| (*name).to_owned()).collect(), low.to_vec())));
        // What comes after a limit sees the rows of each post.
        let first = Post::topics.order_by(Topic::name).limit(1).filter(Topic::name.ne("a")).values_list(Topic::name);
        let rows = all.clone().with(first).all(db)?;
        assert_eq!(rows.iter().map(|(_, first)| first.len()).collect::<Vec<_>>(), [0, 1, 0]);
        let distinct = Post::topics.values_list(Topic::hidden).distinct();
        assert_eq!(all.with(distinct).all(db)?.iter().map(|(_, hidden)| hidden.len()).collect::<Vec<_>>(), [1, 1, 0]);
    }

    fn a_row_that_is_linked_twice_is_loaded_once(db) {
        let people = people(db, &["Ann", "Ben"])?;
        let mut teams = [Team::draft().name("red").save(db)?, Team::draft().name("blue").save(db)?];
        teams[0].guests.add(db, &people)?;
        Visit::draft().team(&teams[0]).person(&people[0]).remark("again").save(db)?;
        Visit::draft().team(&teams[1]).person(&people[1]).save(db)?;
        assert_queries!(db, 1, { prefetch(db, &mut teams, Team::guests)? });
        assert_eq!(called(teams[0].guests.loaded()?), ["Ann", "Ben"]);
        assert_eq!(called(teams[1].guests.loaded()?), ["Ben"]);
        let two = Team::objects().order_by(Team::id).with(Team::guests.limit(2)).all(db)?;
        assert_eq!(called(&two[0].1), ["Ann", "Ben"]);
    }

    fn symmetrical_and_directed_links_are_loaded(db) {
        let mut people = people(db, &["Ann", "Ben", "Cid"])?;
        let [ben, cid] = [people[1].id, people[2].id];
        people[0].friends.add(db, [ben])?;
        people[0].follows.add(db, [ben, cid])?;
        assert_queries!(db, 3, { prefetch(db, &mut people, (Person::friends, Person::followers, Person::follows))? });
        let friends: Vec<_> = people.iter().map(|person| called(person.friends.loaded().expect("loaded"))).collect();
        assert_eq!(friends, [vec!["Ben"], vec!["Ann"], vec![]]);
        let followers: Vec<_> = people.iter().map(|person| person.followers.loaded().expect("loaded").len()).collect();
        assert_eq!((followers, people[0].follows.loaded()?.len()), (vec![0, 1, 1], 2));
    }

    fn links_that_are_followed_row_by_row_are_seen(db) {
        topics(db, &["a", "b"])?;
        let mut posts = [post(db, "one")?, post(db, "two")?];
        posts[0].topics.set(db, ["a", "b"])?;
        let ((), log) = db.capture(|db| {
            for post in &posts {
                post.topics.all(db)?;
                post.topics.contains(db, "a")?;
            }
            Ok(())
        })?;
        let told: Vec<_> = log.n_plus_one().iter().map(ToString::to_string).collect();
        let advice = "relation Post::topics: add `.prefetch_related(Post::topics)`";
        assert!(told.len() == 2 && told.iter().all(|hint| hint.ends_with(advice)), "{told:?}");
        // More of what a query set can do.
        let topics = &posts[0].topics;
        assert_eq!(topics.latest(db, Topic::name)?.expect("a topic").name, "b");
        assert_eq!(topics.in_bulk(db, ["b", "c"])?.len(), 1);
        assert_eq!((topics.limit(1).all(db)?.len(), topics.iterator(db)?.count()), (1, 2));
        assert_eq!(topics.values_json(Topic::name).order_by(Topic::name).all(db)?[1]["name"], "b");
    }

    fn ten_thousand_rows_are_one_statement(db) {
        let drafts = (0..10_000).map(|n| Topic::draft().name(format!("{n:05}")));
        let topics = Topic::objects().bulk_create(db, drafts)?;
        let mut post = post(db, "one")?;
        assert_queries!(db, 1, { assert_eq!(post.topics.add(db, &topics)?, 10_000) });
        assert_queries!(db, 2, { post.topics.set(db, &topics[5_000..])? });
        assert_eq!(post.topics.count(db)?, 5_000);
        assert_queries!(db, 2, { post.topics.set(db, &topics)? });
        assert_queries!(db, 1, { assert_eq!(post.topics.remove(db, &topics[1..])?, 9_999) });
    }

    fn many_writers_at_once_make_each_link_once(db) {
        let topics = topics(db, &["a", "b", "c", "d", "e", "f"])?;
        let post = post(db, "one")?;
        let people = people(db, &["Ann", "Ben", "Cid"])?;
        std::thread::scope(|scope| {
            for shift in 0..6 {
                let (mut post, mut people) = (post.clone(), people.clone());
                let mut topics = topics.clone();
                topics.rotate_left(shift);
                scope.spawn(move || {
                    for _ in 0..20 {
                        post.topics.add(db, &topics).expect("no deadlock");
                        let others = [people[1].id, people[2].id, people[0].id];
                        people[shift % 3].friends.add(db, others).expect("no deadlock");
                        post.topics.remove(db, &topics[..1]).expect("no deadlock");
                    }
                    post.topics.add(db, &topics).expect("no deadlock");
                });
            }
        });
        assert_eq!(db.query::<(i64,)>("SELECT count(*) FROM m2m_post_topics", ())?, [(6,)]);
        assert_eq!(db.query::<(i64,)>("SELECT count(*) FROM m2m_person_friends", ())?, [(9,)]);
    }

    fn new_rows_are_linked_as_they_are_saved(db) {
        let (mut one, mut two) = (post(db, "one")?, post(db, "two")?);
        let a = one.topics.draft().name("a").save(db)?;
        assert_eq!(names(&one.topics.all(db)?), ["a"]);
        // What is looked for is looked for among the linked.
        let (same, created) = one.topics.draft().name("a").get_or_create(db, Topic::name)?;
        assert!(!created && same == a);
        let taken = two.topics.draft().name("a").get_or_create(db, Topic::name);
        assert!(matches!(taken, Err(Error::UniqueViolation { .. })), "{taken:?}");
        let taken = two.topics.draft().name("a").update_or_create(db, Topic::name);
        assert!(matches!(taken, Err(Error::UniqueViolation { .. })), "{taken:?}");
        assert_eq!(two.topics.count(db)?, 0);
        let (_, created) = two.topics.draft().name("b").get_or_create(db, Topic::name)?;
        assert!(created && two.topics.contains(db, "b")?);
        let (c, created) = two.topics.draft().name("c").update_or_create(db, Topic::name)?;
        assert!(created && two.topics.contains(db, &c)?);
        let (c, created) = two.topics.draft().name("c").hidden(true).update_or_create(db, Topic::name)?;
        assert!(!created && c.hidden);
        let (c, created) = two.topics.draft().name("c").update_or_create_with(db, Topic::name, Topic::hidden.set(false))?;
        assert!(!created && !c.hidden);
        let (found, created) = two.topics.draft().name("C").get_or_create_by(db, Topic::name.iexact("C"))?;
        assert!(!created && found == c);
        assert_eq!(names(&two.topics.all(db)?), ["b", "c"]);
        assert_eq!(one.topics.create(db, two.topics.draft().name("d"))?.name, "d");
        assert!(one.topics.contains(db, "d")? && !two.topics.contains(db, "d")?);
        // Many at once.
        let made = two.topics.bulk_create(db, ["x", "y"].map(|name| Topic::draft().name(name)))?;
        assert_eq!((names(&made), two.topics.count(db)?), (vec!["x", "y"], 4));
        let failed = one.topics.bulk_create(db, ["z", "x"].map(|name| Topic::draft().name(name)));
        assert!(matches!(failed, Err(Error::UniqueViolation { .. })), "{failed:?}");
        assert_eq!((one.topics.count(db)?, Topic::objects().filter(Topic::name.eq("z")).count(db)?), (2, 0));
        let unlinked = assert_queries!(db, 0, { Topic::objects().bulk_create(db, [one.topics.draft().name("q")]) });
        assert!(matches!(unlinked, Err(Error::InvalidQuery { model: "Topic", .. })));
        let by_hand = Post { topics: ManyToMany::default(), ..one.clone() };
        let unlinked = assert_queries!(db, 0, { by_hand.topics.draft().name("q").save(db) });
        assert!(matches!(unlinked, Err(Error::InvalidQuery { model: "Topic", .. })));
        // From the other side.
        let tagged = a.posts.draft().title("three").save(db)?;
        assert_eq!(names(&tagged.topics.all(db)?), ["a"]);
    }

    fn new_rows_are_linked_through_a_model(db) {
        let team = Team::draft().name("A").save(db)?;
        // Each membership has a role, and this says none.
        let roleless = assert_queries!(db, 0, { team.members.draft().name("Ann").save(db) });
        assert!(matches!(roleless, Err(Error::Validation { model: "Membership", .. })));
        let coach = || team.members.draft_with((Membership::role.set("coach"), Membership::points.set(1)));
        let ann = coach().name("Ann").save(db)?;
        let (same, created) = coach().name("Ann").get_or_create(db, Person::name)?;
        assert!(!created && same == ann);
        let player = team.members.draft_with(Membership::role.set("player"));
        let (ben, created) = player.name("Ben").update_or_create(db, Person::name)?;
        assert!(created);
        let roles: Vec<(i64, String, i32)> =
            Membership::objects().order_by(Membership::person).values_list((Membership::person, Membership::role, Membership::points)).all(db)?;
        assert_eq!(roles, [(ann.id, "coach".to_owned(), 1), (ben.id, "player".to_owned(), 7)]);
        // Values of another link model than the relation's.
        let other = assert_queries!(db, 0, { team.members.draft_with(Visit::remark.set("x")).name("Eve").save(db) });
        assert!(matches!(other, Err(Error::InvalidQuery { model: "Visit", .. })));
        let long = team.members.draft_with(Membership::role.set("much too long a role")).name("Eve").save(db);
        assert!(matches!(long, Err(Error::Validation { model: "Membership", .. })));
        assert_eq!(Person::objects().count(db)?, 2);
        // Both ways.
        let friend = ann.friends.draft().name("Eve").save(db)?;
        assert!(ann.friends.contains(db, &friend)? && friend.friends.contains(db, &ann)?);
    }

    fn a_pair_that_is_there_twice_is_one_row_and_two_links(db) {
        let mut team = Team::draft().name("A").save(db)?;
        let people = people(db, &["Ann", "Ben"])?;
        team.guests.add(db, &people)?;
        Visit::draft().team(&team).person(&people[0]).remark("again").save(db)?;
        // Whole rows come once.
        assert_eq!((team.guests.count(db)?, called(&team.guests.all(db)?)), (2, vec!["Ann", "Ben"]));
        let rows = Team::objects().prefetch_related(Team::guests).with(Team::guests.order_by(Person::name.desc())).all(db)?;
        assert_eq!((called(rows[0].0.guests.loaded()?), called(&rows[0].1)), (vec!["Ann", "Ben"], vec!["Ben", "Ann"]));
        assert_eq!(Person::objects().filter(Person::id.is_in(Visit::objects().values_list(Visit::person))).count(db)?, 2);
        // Values of them count as often as they are linked, as Django's do.
        let (all, different) = (Team::guests.count(), Team::guests.count_distinct(Person::id));
        let some = Team::guests.filter(Person::name.eq("Ann")).count();
        let counted: (Team, i64, i64, i64) = Team::objects().annotate((&all, &different, &some)).filter(all.gt(2)).one(db)?;
        assert_eq!((counted.1, counted.2, counted.3), (3, 2, 2));
        let few: Vec<(i64, i64)> = Team::objects().filter(Team::id.eq(team.id)).values_list((&all, &different)).all(db)?;
        assert_eq!(few, [(3, 2)]);
        let mut each: Vec<Option<String>> = Team::objects().values_list(Team::guests.name).all(db)?;
        each.sort();
        assert_eq!(each, ["Ann", "Ann", "Ben"].map(|name| Some(name.to_owned())));
        assert_eq!(Team::objects().aggregate(db, (Team::guests.id.count(), Team::guests.id.count().distinct()))?, (3, 2));
    }

    fn links_of_rows_that_keys_lead_to_are_followed(db) {
        let mut team = Team::draft().name("A").save(db)?;
        let people = people(db, &["Ann", "Ben"])?;
        team.members.add_with(db, &people, Membership::role.set("player"))?;
        assert_queries!(db, 2, {
            let rows: Vec<(Membership, Vec<Person>)> =
                Membership::objects().with(Membership::team.members.filter(Person::name.eq("Ben"))).all(db)?;
            assert!(rows.len() == 2 && rows.iter().all(|row| called(&row.1) == ["Ben"]));
        });
        assert_queries!(db, 3, {
            for membership in Membership::objects().prefetch_related(Membership::team.members).all(db)? {
                assert_eq!(called(membership.team.get()?.members.loaded()?), ["Ann", "Ben"]);
            }
        });
    }
}
