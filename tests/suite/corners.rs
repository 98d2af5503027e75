//! Relations where they are least expected to hold: keys of every type, names that mean something else, keys that are keys
//! themselves, slices of slices, links that are there twice.

use orm::prelude::*;

use crate::support::{day, moment, suite};

/// A pair of models, one with keys of some type and one that points at it.
macro_rules! keyed {
    ($($module:ident $table:literal $child:literal $key:ty;)+) => { $(
        mod $module {
            #[allow(unused_imports, reason = "not every type of key is in it")]
            use orm::prelude::*;

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(table = $table, ordering = [name])]
            pub struct Parent {
                #[field(primary_key)]
                pub key: $key,
                pub name: String,
                #[reverse(Child::parent)]
                pub children: HasMany<Child>,
                pub links: ManyToMany<Child>,
            }

            #[derive(Model, Debug, Clone, PartialEq)]
            #[model(table = $child, ordering = [name])]
            pub struct Child {
                pub id: i32,
                pub name: String,
                #[field(on_delete = cascade)]
                pub parent: Option<ForeignKey<Parent>>,
                #[reverse(Parent::links)]
                pub linked: ManyToMany<Parent>,
            }

            /// Two parents, the first with two children; every child is linked to the second.
            pub fn check(db: &Database, first: $key, second: $key) -> Result<()> {
                let first = Parent::draft().key(first).name("first").save(db)?;
                let mut second = Parent::draft().key(second).name("second").save(db)?;
                for name in ["a", "b"] {
                    Child::draft().name(name).parent(&first).save(db)?;
                }
                Child::draft().name("c").save(db)?;
                let children = Child::objects().all(db)?;
                assert_eq!(second.links.add(db, &children)?, 3);
                assert_eq!(second.links.add(db, &children)?, 0);
                assert_eq!(second.links.remove(db, &children[..1])?, 1);
                second.links.set(db, &children)?;
                assert!(second.links.contains(db, &children[0])?);
                let names = |rows: &[Child]| rows.iter().map(|row| row.name.clone()).collect::<String>();
                let parents = assert_queries!(db, 3, {
                    Parent::objects().prefetch_related((Parent::children, Parent::links)).all(db)?
                });
                assert_eq!((names(parents[0].children.loaded()?), names(parents[0].links.loaded()?)), ("ab".into(), String::new()));
                assert_eq!((names(parents[1].children.loaded()?), names(parents[1].links.loaded()?)), (String::new(), "abc".into()));
                assert_eq!(parents[0].children.loaded()?[1].parent.get()?.map(|parent| &parent.key), Some(&first.key));
                assert_eq!(names(&parents[0].children.filter(Child::name.ne("a")).all(db)?), "b");
                let rows = Parent::objects()
                    .with(Parent::children.order_by(Child::name.desc()).limit(1))
                    .with(Parent::links.order_by(Child::name.desc()).limit(2))
                    .all(db)?;
                assert_eq!((names(&rows[0].1), names(&rows[0].2)), ("b".into(), String::new()));
                assert_eq!((names(&rows[1].1), names(&rows[1].2)), (String::new(), "cb".into()));
                let children = Child::objects().prefetch_related((Child::parent, Child::linked)).all(db)?;
                assert_eq!(children[0].parent.get()?, Some(&first));
                assert!(children[2].parent.get()?.is_none());
                assert_eq!(children[2].linked.loaded()?, [second.clone()]);
                let joined = Child::objects().select_related(Child::parent).with(Child::parent).all(db)?;
                assert_eq!((joined[0].0.parent.get()?, joined[0].1.as_ref(), joined[2].1.is_none()), (Some(&first), Some(&first), true));
                let found = Parent::objects().prefetch_related(Parent::children).in_bulk(db, [first.key.clone()])?;
                assert_eq!(found[&first.key].children.loaded()?.len(), 2);
                assert_eq!(Parent::objects().filter(Parent::links.contains(&children[0])).all(db)?, [second.clone()]);
                assert_eq!(Child::objects().filter(Child::linked.contains(&second) & Child::parent.eq(&first)).count(db)?, 2);
                Ok(())
            }
        }
    )+ };
}
keyed! {
    small "corner_small" "corner_of_small" i16;
    medium "corner_medium" "corner_of_medium" i32;
    text "corner_text" "corner_of_text" String;
    uuid "corner_uuid" "corner_of_uuid" Uuid;
    date "corner_date" "corner_of_date" NaiveDate;
    instant "corner_instant" "corner_of_instant" DateTime<Utc>;
}

/// A model whose names mean something to SQL, or to what is printed around them.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "t1", ordering = [order])]
pub struct Odd {
    pub id: i64,
    pub order: i32,
    #[field(column = "__number")]
    pub number: i32,
    #[field(column = "quo\"te")]
    pub quote: i32,
    #[reverse(OddChild::owner)]
    pub children: HasMany<OddChild>,
    #[field(table = "t2")]
    pub friends: ManyToMany<OddChild>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "t0", ordering = [order])]
pub struct OddChild {
    pub id: i64,
    #[field(column = "se\"lect")]
    pub owner: ForeignKey<Odd>,
    pub order: Option<i32>,
    #[field(column = "__number")]
    pub number: i32,
    #[field(column = "c1")]
    pub c1: i32,
    #[reverse(Odd::friends)]
    pub friends: ManyToMany<Odd>,
}

/// A table that is called as an alias would be, if there were ever so many.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "t4294967295")]
pub struct Last {
    pub id: i64,
    pub odd: ForeignKey<Odd>,
}

/// A table that is called as the parents' keys are where they are looked up.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "__keys", ordering = [key], index(fields = [above, key]))]
pub struct Keys {
    pub id: i64,
    pub key: i32,
    pub above: Option<ForeignKey<Self>>,
    #[reverse(Keys::above)]
    pub below: HasMany<Keys>,
}

/// A key that is a key: one row for each user, and rows that point at it.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "corner_user", ordering = [name])]
pub struct User {
    pub id: i32,
    pub name: String,
    #[reverse(Account::user)]
    pub account: HasOne<Account>,
    #[reverse(Badge::user)]
    pub badge: HasOne<Badge>,
}

/// One for each user, by a key of two fields of which the relation is the second.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "corner_badge", primary_key = [colour, user])]
pub struct Badge {
    pub colour: String,
    pub user: OneToOne<User>,
    pub note: Deferred<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "corner_account")]
pub struct Account {
    pub id: i64,
    pub user: OneToOne<User>,
    #[field(default = 0)]
    pub balance: i32,
    #[reverse(Transfer::sender)]
    pub sent: HasMany<Transfer>,
    #[reverse(Transfer::receiver)]
    pub received: HasMany<Transfer>,
    #[reverse(Transfer::witness)]
    pub witnessed: HasMany<Transfer>,
    #[field(through = (Transfer::sender, Transfer::receiver))]
    pub paid: ManyToMany<Account>,
    #[reverse(Account::paid)]
    pub paid_by: ManyToMany<Account>,
}

/// A link by a key of three fields, so that a pair may be there several times, from a model to itself.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "corner_transfer", primary_key = [on, sender, receiver], ordering = [-amount])]
pub struct Transfer {
    #[field(on_delete = cascade)]
    pub sender: ForeignKey<Account>,
    pub on: NaiveDate,
    #[field(on_delete = cascade)]
    pub receiver: ForeignKey<Account>,
    #[field(default = 1)]
    pub amount: i32,
    pub witness: Option<ForeignKey<Account>>,
    pub memo: Deferred<Option<String>>,
}

/// A symmetrical link of a model that says more, both of whose keys may be NULL.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "corner_node", ordering = [code])]
pub struct Node {
    #[field(primary_key, max_length = 8)]
    pub code: String,
    #[field(symmetrical, through = (Edge::a, Edge::b))]
    pub near: ManyToMany<Self>,
    #[field(through = (Edge::b, Edge::a), symmetrical)]
    pub again: ManyToMany<Node>,
    #[field(on_delete = set_null)]
    pub best: Option<ForeignKey<Self>>,
    #[reverse(Node::best)]
    pub fans: HasMany<Node>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "corner_edge", unique(fields = [b, a]))]
pub struct Edge {
    pub id: i64,
    pub a: Option<ForeignKey<Node>>,
    pub length: i32,
    pub b: Option<ForeignKey<Node>>,
}

/// Rows that are ordered by what may be NULL, and hidden by a default filter on either side.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "corner_shelf", ordering = [id], default_filter = !Shelf::hidden)]
pub struct Shelf {
    pub id: i64,
    #[field(default)]
    pub hidden: bool,
    pub label: Deferred<String>,
    #[reverse(Item::shelf)]
    pub items: HasMany<Item>,
    pub seen: ManyToMany<Item>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "corner_item", ordering = [rank, id], index(fields = [shelf, rank]), default_filter = Item::rank.ne(0))]
pub struct Item {
    pub id: i64,
    pub shelf: Option<ForeignKey<Shelf>>,
    pub rank: Option<i32>,
    pub text: Deferred<String>,
    #[reverse(Shelf::seen)]
    pub seen_on: ManyToMany<Shelf>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Shelf)]
struct Board {
    #[projection(Shelf::items.filter(Item::rank.ne(1)).order_by(Item::rank.desc()).slice(1..3))]
    first: Vec<Slip>,
    #[projection(Shelf::seen)]
    seen: Vec<Item>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Item)]
struct Slip {
    rank: Option<i32>,
    #[projection(Item::shelf)]
    shelf: Option<Label>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Shelf)]
struct Label {
    label: String,
    #[projection(Shelf::items)]
    items: Vec<Item>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Account)]
struct Payer {
    #[projection(Account::user.name)]
    name: String,
    #[projection(Account::user.badge)]
    badge: Option<Badge>,
    #[projection(Account::sent.order_by(Transfer::amount.desc()).limit(2))]
    last: Vec<Sent>,
    #[projection(Account::paid.order_by(Account::balance.desc()))]
    paid: Vec<Account>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Transfer)]
struct Sent {
    amount: i32,
    #[projection(Transfer::receiver)]
    receiver: Receiver,
    #[projection(Transfer::witness)]
    witness: Option<Account>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Account)]
struct Receiver {
    #[projection(Account::user.name)]
    name: String,
    #[projection(Account::sent)]
    sent: Vec<Transfer>,
}

/// Two shelves, one hidden shelf, and six items each, whose ranks are 1, 1, 2, 3, NULL and 0, of which the default filter hides
/// the last.
fn shelves(db: &Database) -> Result<Vec<Shelf>> {
    let drafts = [("one", false), ("two", false), ("hidden", true)]
        .map(|(label, hidden)| Shelf::draft().label(label).hidden(hidden));
    let mut shelves = Shelf::objects().bulk_create(db, drafts)?;
    for shelf in &shelves {
        let ranks = [Some(1), Some(1), Some(2), Some(3), None, Some(0)];
        let drafts = ranks.map(|rank| {
            Item::draft()
                .shelf(shelf)
                .rank(rank)
                .text(format!("{rank:?}"))
        });
        Item::objects().bulk_create(db, drafts)?;
    }
    let items = Item::all_objects().order_by(Item::id).all(db)?;
    shelves[0].seen.add(db, &items[..7])?;
    shelves[1].seen.add(db, &items[5..8])?;
    shelves[2].seen.add(db, &items[..3])?;
    Ok(shelves)
}

fn ranks(rows: &[Item]) -> Vec<Option<i32>> {
    rows.iter().map(|item| item.rank).collect()
}

/// A world of nodes in memory, and conditions that are asked of it and of the database.
struct World {
    near: Vec<Vec<usize>>,
    best: Vec<Option<usize>>,
}

type Asked = Box<dyn Fn(&World, usize) -> bool>;

impl World {
    fn fans(&self, of: usize) -> Vec<usize> {
        (0..self.best.len())
            .filter(|node| self.best[*node] == Some(of))
            .collect()
    }
}

const CODES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Numbers of chance that are the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

fn leaf(chance: &mut Chance) -> (Condition<Node>, Asked) {
    let code = chance.below(CODES.len());
    let text = CODES[code];
    match chance.below(16) {
        0 => (Node::code.eq(text), Box::new(move |_, node| node == code)),
        1 => (
            Node::near.code.eq(text),
            Box::new(move |world, node| world.near[node].contains(&code)),
        ),
        2 => (
            Node::near.is_empty(),
            Box::new(|world, node| world.near[node].is_empty()),
        ),
        3 => (
            Node::fans.code.ne(text),
            Box::new(move |world, node| world.fans(node).iter().any(|fan| *fan != code)),
        ),
        4 => (
            Node::best.code.eq(text),
            Box::new(move |world, node| world.best[node] == Some(code)),
        ),
        5 => (
            Node::best.is_null(),
            Box::new(|world, node| world.best[node].is_none()),
        ),
        6 => (
            Node::near.contains(text),
            Box::new(move |world, node| world.near[node].contains(&code)),
        ),
        7 => (
            Node::near.near.code.eq(text),
            Box::new(move |world, node| {
                world.near[node]
                    .iter()
                    .any(|near| world.near[*near].contains(&code))
            }),
        ),
        8 => (
            Node::near.fans.code.lt(text),
            Box::new(move |world, node| {
                world.near[node]
                    .iter()
                    .any(|near| world.fans(*near).iter().any(|fan| *fan < code))
            }),
        ),
        9 => (
            Node::best.near.code.gt(text),
            Box::new(move |world, node| {
                world.best[node]
                    .is_some_and(|best| world.near[best].iter().any(|near| *near > code))
            }),
        ),
        10 => (
            Node::fans.near.is_empty(),
            Box::new(|world, node| {
                world
                    .fans(node)
                    .iter()
                    .all(|fan| world.near[*fan].is_empty())
            }),
        ),
        11 => (
            Node::fans.best.code.eq(text),
            Box::new(move |world, node| node == code && !world.fans(node).is_empty()),
        ),
        12 => (
            Node::best.best.code.ne(text),
            Box::new(move |world, node| {
                world.best[node].and_then(|best| world.best[best]) != Some(code)
            }),
        ),
        13 => (
            Node::best.eq(text),
            Box::new(move |world, node| world.best[node] == Some(code)),
        ),
        14 => (
            Node::near.best.is_null(),
            Box::new(|world, node| {
                world.near[node]
                    .iter()
                    .any(|near| world.best[*near].is_none())
            }),
        ),
        _ => (
            Node::near.code.eq(Node::code),
            Box::new(|world, node| world.near[node].contains(&node)),
        ),
    }
}

fn condition(chance: &mut Chance, depth: usize) -> (Condition<Node>, Asked) {
    if depth == 0 {
        return leaf(chance);
    }
    let (a, is_a) = condition(chance, depth - 1);
    match chance.below(11) {
        0 => {
            let (b, is_b) = condition(chance, depth - 1);
            (
                a & b,
                Box::new(move |world, node| is_a(world, node) && is_b(world, node)),
            )
        }
        1 => {
            let (b, is_b) = condition(chance, depth - 1);
            (
                a | b,
                Box::new(move |world, node| is_a(world, node) || is_b(world, node)),
            )
        }
        2 => {
            let (b, is_b) = condition(chance, depth - 1);
            (
                a ^ b,
                Box::new(move |world, node| is_a(world, node) ^ is_b(world, node)),
            )
        }
        3 => (!a, Box::new(move |world, node| !is_a(world, node))),
        4 => (
            Node::near.any(a),
            Box::new(move |world, node| world.near[node].iter().any(|near| is_a(world, *near))),
        ),
        5 => (
            Node::near.all(a),
            Box::new(move |world, node| world.near[node].iter().all(|near| is_a(world, *near))),
        ),
        6 => (
            Node::near.none(a),
            Box::new(move |world, node| !world.near[node].iter().any(|near| is_a(world, *near))),
        ),
        7 => (
            Node::fans.any(a),
            Box::new(move |world, node| world.fans(node).iter().any(|fan| is_a(world, *fan))),
        ),
        8 => (
            Node::fans.all(a),
            Box::new(move |world, node| world.fans(node).iter().all(|fan| is_a(world, *fan))),
        ),
        9 => (
            Node::near.fans.any(a),
            Box::new(move |world, node| {
                world.near[node]
                    .iter()
                    .any(|near| world.fans(*near).iter().any(|fan| is_a(world, *fan)))
            }),
        ),
        _ => (
            Node::near.near.none(a),
            Box::new(move |world, node| {
                !world.near[node]
                    .iter()
                    .any(|near| world.near[*near].iter().any(|near| is_a(world, *near)))
            }),
        ),
    }
}

suite! {
    fn keys_of_every_type_lead_to_their_rows(db) {
        small::check(db, -7, i16::MAX)?;
        medium::check(db, i32::MIN, 0)?;
        text::check(db, "it's \"quoted\", {1,2}, NULL \\ ü".into(), String::new())?;
        uuid::check(db, Uuid::nil(), Uuid::from_u128(u128::MAX))?;
        date::check(db, day(1, 1, 1), day(2024, 2, 29))?;
        instant::check(db, moment("1969-12-31T23:59:59.999999Z"), moment("2024-02-29T12:30:00.000001Z"))?;
    }

    fn names_that_mean_something_else(db) {
        let mut odd = Vec::new();
        for order in 0..3 {
            odd.push(Odd::draft().order(order).number(9).quote(order).save(db)?);
        }
        for (owner, order) in [(0, Some(2)), (0, Some(1)), (0, None), (1, Some(5)), (1, Some(5))] {
            OddChild::draft().owner(&odd[owner]).order(order).number(7).c1(order.unwrap_or(0)).save(db)?;
        }
        let children = OddChild::objects().all(db)?;
        odd[0].friends.add(db, &children)?;
        let of = |rows: &[OddChild]| rows.iter().map(|row| row.order).collect::<Vec<_>>();
        let rows = Odd::objects()
            .with(Odd::children.order_by(OddChild::order.desc()).limit(2))
            .with(Odd::children.limit(2).filter(OddChild::number.eq(7)).offset(1).filter(OddChild::c1.gte(0)))
            .with(Odd::friends.limit(2).select_related(OddChild::owner))
            .with(Odd::children.slice(1..3).values_list((OddChild::number, OddChild::owner.number, OddChild::c1)))
            .all(db)?;
        assert_eq!((of(&rows[0].1), of(&rows[1].1), of(&rows[2].1)), (vec![None, Some(2)], vec![Some(5); 2], vec![]));
        assert_eq!((of(&rows[0].2), of(&rows[1].2)), (vec![Some(2)], vec![Some(5)]));
        assert_eq!((of(&rows[0].3), of(&rows[1].3)), (vec![Some(1), Some(2)], vec![]));
        assert_eq!(rows[0].3[0].owner.get()?.quote, 0);
        assert_eq!(rows[0].4, [(7, 9, 2), (7, 9, 0)]);
        assert_eq!(rows[1].4, [(7, 9, 5)]);
        let odd = Odd::objects().prefetch_related((Odd::friends.prefetch_related(OddChild::friends), Odd::children)).all(db)?;
        assert_eq!(odd[0].friends.loaded()?[4].friends.loaded()?[0].id, odd[0].id);
        let found = Odd::objects().filter(Odd::friends.any(OddChild::owner.quote.eq(1)) & Odd::children.order.eq(1));
        assert_eq!(found.count(db)?, 1);
        let top = Keys::draft().key(0).save(db)?;
        for key in [3, 1, 2] {
            top.below.draft().key(key).save(db)?;
        }
        let rows = Keys::objects().with(Keys::below.offset(1).limit(1)).all(db)?;
        assert_eq!(rows.iter().map(|(_, below)| below.iter().map(|row| row.key).collect::<Vec<_>>()).collect::<Vec<_>>(), [vec![2], vec![], vec![], vec![]]);
        Last::draft().odd(&odd[1]).save(db)?;
        let last = Last::objects().filter(Last::odd.children.order.eq(5)).select_related(Last::odd).one(db)?;
        assert_eq!(last.odd.get()?.quote, 1);
    }

    fn slices_of_slices_count_for_each_row(db) {
        shelves(db)?;
        let all = Shelf::objects();
        // 1, 1, 2, 3, NULL, then 1, 2, 3, then 2, 3.
        let twice = || Shelf::items.limit(4).filter(Item::rank.gte(1)).offset(1).limit(3).filter(Item::rank.gt(1));
        let rows = all.clone().with(twice()).all(db)?;
        assert_eq!(rows.iter().map(|row| ranks(&row.1)).collect::<Vec<_>>(), [[Some(2), Some(3)], [Some(2), Some(3)]]);
        let rows = all.clone().with(twice().values_list(Item::rank)).all(db)?;
        assert_eq!(rows.iter().map(|row| row.1.clone()).collect::<Vec<_>>(), [[Some(2), Some(3)], [Some(2), Some(3)]]);
        let thrice = twice().reverse().limit(1).filter(Item::rank.eq(3));
        let rows = all.clone().with(thrice).all(db)?;
        assert_eq!(rows.iter().map(|row| ranks(&row.1)).collect::<Vec<_>>(), [[Some(3)], [Some(3)]]);
        // The same of a many-to-many, where the shelves share items.
        let linked = Shelf::seen.limit(3).filter(Item::rank.gte(1)).offset(1).filter(Item::rank.gte(1)).order_by(Item::rank.desc());
        let rows = all.with(linked).all(db)?;
        assert_eq!(rows.iter().map(|row| ranks(&row.1)).collect::<Vec<_>>(), [vec![Some(1), Some(1)], vec![Some(1)]]);
    }

    fn nulls_and_ties_in_a_limit(db) {
        shelves(db)?;
        let all = || Shelf::objects().order_by(Shelf::id);
        let of = |rows: Vec<(Shelf, Vec<Item>)>| rows.iter().map(|row| ranks(&row.1)).collect::<Vec<_>>();
        assert_eq!(of(all().with(Shelf::items.limit(2)).all(db)?), [[Some(1), Some(1)]; 2]);
        assert_eq!(of(all().with(Shelf::items.order_by((Item::rank.desc(), Item::id)).limit(2)).all(db)?), [[None, Some(3)]; 2]);
        assert_eq!(of(all().with(Shelf::items.reverse().limit(2)).all(db)?), [[None, Some(3)]; 2]);
        let first = Shelf::items.order_by((Item::rank.asc().nulls_first(), Item::id)).limit(2);
        assert_eq!(of(all().with(first.clone()).all(db)?), [[None, Some(1)]; 2]);
        assert_eq!(of(all().with(first.reverse()).all(db)?), [[Some(1), None]; 2]);
        assert_eq!(of(all().with(Shelf::items.limit(0)).all(db)?), [[]; 2] as [[Option<i32>; 0]; 2]);
        assert_eq!(of(all().with(Shelf::items.offset(4)).all(db)?), [[None]; 2]);
        assert_eq!(of(all().with(Shelf::items.limit(u64::MAX).offset(u64::MAX)).all(db)?), [[]; 2] as [[Option<i32>; 0]; 2]);
        assert_eq!(of(all().with(Shelf::items.distinct().limit(1)).all(db)?), [[Some(1)]; 2]);
        // A slice of the parents beside one for each of them.
        assert_eq!(of(all().reverse().limit(1).with(Shelf::items.limit(1)).all(db)?), [[Some(1)]]);
        assert_eq!(of(all().with(Shelf::items.limit(1)).limit(2).filter(Shelf::id.gt(0)).offset(1).all(db)?), [[Some(1)]]);
    }

    fn default_filters_of_both_sides(db) {
        shelves(db)?;
        let shelves = Shelf::objects().prefetch_related((Shelf::items, Shelf::seen)).all(db)?;
        assert_eq!(shelves.iter().map(|shelf| shelf.items.loaded().unwrap().len()).collect::<Vec<_>>(), [5, 5]);
        assert_eq!(shelves.iter().map(|shelf| shelf.seen.loaded().unwrap().len()).collect::<Vec<_>>(), [6, 2]);
        for shelf in Shelf::objects().all(db)? {
            let loaded = shelves.iter().find(|loaded| loaded.id == shelf.id).unwrap();
            assert_eq!(shelf.items.all(db)?, loaded.items.loaded()?);
            assert_eq!(shelf.seen.all(db)?, loaded.seen.loaded()?);
        }
        // The row of a key is that row, hidden or not; of many the filter holds.
        let items = Item::objects().prefetch_related((Item::shelf, Item::seen_on)).all(db)?;
        assert_eq!(items.len(), 15);
        assert_eq!(items.iter().filter(|item| item.shelf.get().unwrap().unwrap().hidden).count(), 5);
        assert!(items.iter().all(|item| item.seen_on.loaded().unwrap().iter().all(|shelf| !shelf.hidden)));
        let joined = Item::objects().with(Item::shelf).all(db)?;
        assert_eq!(joined.iter().filter(|(_, shelf)| shelf.as_ref().unwrap().hidden).count(), 5);
        let all = Shelf::objects().with(Shelf::items.query(Item::all_objects())).all(db)?;
        assert!(all.iter().all(|(_, items)| items.len() == 6));
    }

    fn values_of_a_relation_pass_over_its_default_filter(db) {
        shelves(db)?;
        let few = Shelf::items.filter(Item::rank.lte(1));
        let asked = (Shelf::items.count(), few.count(), Shelf::items.query(Item::objects()).count());
        assert_eq!(Shelf::objects().values_list(asked).all(db)?, [(6, 3, 5), (6, 3, 5)]);
        Item::all_objects().update(db, Item::rank.set(0))?;
        let count = |condition: Condition<Shelf>| Shelf::objects().filter(condition).count(db);
        assert_eq!((count(Shelf::items.exists())?, count(Shelf::items.any(Item::rank.eq(0)))?, count(Shelf::items.is_empty())?), (2, 2, 0));
        assert_eq!(count(Shelf::items.filter(Item::rank.eq(0)).exists())?, 2);
        assert_eq!(count(Shelf::items.order_by(Item::id).slice(5..).exists())?, 2);
        assert_eq!(count(Shelf::items.limit(4).slice(3..).filter(Item::rank.eq(0)).exists())?, 2);
        assert_eq!(count(Shelf::items.first(Item::rank).eq(0) & Shelf::items.order_by(Item::id).last(Item::rank).eq(0))?, 2);
        // A query set says what it says, and what is loaded has the filter.
        let shown = || Shelf::items.query(Item::objects());
        assert_eq!((count(shown().exists())?, count(shown().first(Item::id).is_not_null())?), (0, 0));
        assert!(Shelf::objects().with(Shelf::items.limit(2)).all(db)?.iter().all(|(_, items)| items.is_empty()));
    }

    fn deferred_columns_inside_of_all_that_is_loaded(db) {
        shelves(db)?;
        let light = || Item::objects().defer(Item::text);
        let shelves = Shelf::objects()
            .defer(Shelf::label)
            .with(Shelf::items.query(light()))
            .with(Shelf::items.query(light().limit(1)))
            .with(Shelf::seen.query(light().limit(4).filter(Item::rank.eq(1))))
            .prefetch_related(Shelf::items)
            .all(db)?;
        for (shelf, items, first, seen) in &shelves {
            assert!(shelf.label.is_unloaded());
            assert_eq!((items.len(), first.len()), (5, 1));
            for item in items.iter().chain(first).chain(seen) {
                assert!(item.text.is_unloaded());
                assert_eq!(*item.text.fetch(db)?, format!("{:?}", item.rank));
            }
            // The children know their parent as it was read.
            let parent = shelf.items.loaded()?[0].shelf.get()?.expect("a shelf");
            assert!(parent.label.is_unloaded() && !shelf.items.loaded()?[0].text.is_unloaded());
            assert_eq!(parent.label.fetch(db)?, shelf.label.fetch(db)?);
        }
        let joined = light().select_related(Item::shelf).with(Item::shelf).prefetch_related(Item::seen_on).first(db)?.unwrap();
        assert!(joined.0.text.is_unloaded());
        assert_eq!((joined.0.shelf.get()?.unwrap().label.get()?, joined.1.unwrap().label.get()?), (&"one".to_owned(), &"one".to_owned()));
        for item in light().prefetch_related(Item::shelf).iterator(db)?.chunk_size(3) {
            let item = item?;
            assert!(item.text.is_unloaded() && !item.shelf.get()?.unwrap().label.is_unloaded());
        }
    }

    fn a_row_by_a_key_of_several_fields(db) {
        let ann = User::draft().name("Ann").save(db)?;
        User::draft().name("Ben").save(db)?;
        Badge::draft().colour("red").user(&ann).note("mine").save(db)?;
        let users = User::objects().select_related((User::badge, User::account)).with(User::badge).prefetch_related(User::badge).all(db)?;
        assert_eq!(users[0].0.badge.get()?.map(|badge| &*badge.colour), Some("red"));
        assert_eq!(users[0].1.as_ref().map(|badge| badge.key()), Some(("red".to_owned(), ann.id)));
        assert!(users[1].0.badge.get()?.is_none() && users[1].1.is_none() && users[1].0.account.get()?.is_none());
        assert_eq!(users[0].0.badge.get()?.unwrap().user.get()?.name, "Ann");
        let light = User::badge.query(Badge::objects().defer(Badge::note));
        let rows = User::objects().with(light).all(db)?;
        assert_eq!(rows[0].1.as_ref().unwrap().note.fetch(db)?, "mine");
        assert!(rows[1].1.is_none());
        let badge = Badge::objects().select_related(Badge::user.badge).one(db)?;
        assert_eq!(badge.user.get()?.badge.get()?, Some(&badge));
        assert_eq!(Badge::objects().filter(Badge::user.badge.colour.eq("red")).count(db)?, 1);
        assert_eq!(User::objects().filter(User::badge.colour.is_null()).one(db)?.name, "Ben");
    }

    fn links_of_three_fields_from_a_model_to_itself(db) {
        let mut accounts = Vec::new();
        for name in ["a", "b", "c"] {
            let user = User::draft().name(name).save(db)?;
            accounts.push(Account::draft().user(&user).balance(accounts.len() as i32).save(db)?);
        }
        // a pays b three times and c once, b pays a and itself twice.
        for (from, to, on) in [(0, 1, 1), (0, 1, 2), (0, 1, 3), (0, 2, 1), (1, 0, 1), (1, 1, 1), (1, 1, 2)] {
            let draft = Transfer::draft().sender(&accounts[from]).receiver(&accounts[to]).on(day(2024, 1, on)).amount(on as i32);
            draft.witness(&accounts[2]).memo(format!("{on}")).save(db)?;
        }
        let balances = |rows: &[Account]| {
            let mut of: Vec<_> = rows.iter().map(|account| account.balance).collect();
            of.sort_unstable();
            of
        };
        let all = Account::objects().order_by(Account::balance);
        let rows = assert_queries!(db, 7, {
            all.clone()
                .prefetch_related((Account::paid, Account::paid_by, Account::witnessed))
                .with(Account::paid.order_by(Account::balance).limit(1))
                .with(Account::paid_by.order_by(Account::balance.desc()).limit(1).filter(Account::balance.gte(0)))
                .with(Account::sent.limit(2).select_related(Transfer::receiver.user).filter(Transfer::amount.gt(0)))
                .all(db)?
        });
        let of = |row: usize| (balances(rows[row].0.paid.loaded().unwrap()), balances(rows[row].0.paid_by.loaded().unwrap()));
        assert_eq!((of(0), of(1), of(2)), ((vec![1, 2], vec![1]), (vec![0, 1], vec![0, 1]), (vec![], vec![0])));
        assert_eq!(rows.iter().map(|row| (balances(&row.1), balances(&row.2))).collect::<Vec<_>>(),
            [(vec![1], vec![1]), (vec![0], vec![1]), (vec![], vec![0])]);
        let sent = |row: usize| rows[row].3.iter().map(|transfer| transfer.amount).collect::<Vec<_>>();
        assert_eq!((sent(0), sent(1), sent(2)), (vec![3, 2], vec![2, 1], vec![]));
        assert_eq!(rows[0].3[0].receiver.get()?.user.get()?.name, "b");
        assert_eq!(rows[2].0.witnessed.loaded()?.len(), 7);
        for (account, ..) in &rows {
            let fresh = all.get(db, Account::id.eq(account.id))?;
            assert_eq!(balances(&fresh.paid.all(db)?), balances(account.paid.loaded()?));
            assert_eq!(fresh.paid_by.count(db)?, account.paid_by.count(db)?);
        }
        // Without what the model asks for beside the pair there is no link.
        let ids: Vec<i64> = accounts.iter().map(|account| account.id).collect();
        assert!(matches!(accounts[2].paid.add(db, [ids[0]]), Err(Error::Validation { model: "Transfer", .. })));
        assert_eq!(accounts[2].paid.add_with(db, [ids[0], ids[0]], Transfer::on.set(day(2025, 1, 1)))?, 1);
        assert_eq!(accounts[0].paid.remove(db, [ids[1]])?, 3);
        assert_eq!(balances(&accounts[0].paid.all(db)?), [2]);
        assert_eq!(Account::objects().filter(Account::paid.paid.any(Account::balance.eq(1))).count(db)?, 1);
        let light = Account::sent.query(Transfer::objects().defer(Transfer::memo).limit(1));
        let rows = all.with(light).all(db)?;
        assert_eq!(rows[1].1[0].memo.fetch(db)?.as_deref(), Some("2"));
    }

    fn parents_that_are_there_twice(db) {
        let shelves = shelves(db)?;
        let mut twice = vec![shelves[0].clone(), shelves[1].clone(), shelves[0].clone()];
        assert_queries!(db, 4, {
            let items = Shelf::items.prefetch_related((Item::seen_on, Item::shelf));
            prefetch(db, &mut twice, (items, Shelf::seen))?;
        });
        assert_eq!(twice[0].items.loaded()?, twice[2].items.loaded()?);
        assert_eq!((twice[2].items.loaded()?.len(), twice[2].seen.loaded()?.len()), (5, 6));
        // Many rows that lead to one: each gets rows of its own.
        let rows = Item::objects().with(Item::shelf.with(Shelf::items.limit(1))).all(db)?;
        assert!(rows.iter().all(|(_, shelf)| shelf.as_ref().is_some_and(|(_, items)| items.len() == 1)));
        let mut none: Vec<Shelf> = Vec::new();
        assert_queries!(db, 0, { prefetch(db, &mut none, (Shelf::items, Shelf::seen))? });
    }

    fn rows_that_are_loaded_beside_united_ones(db) {
        shelves(db)?;
        let base = Shelf::objects().with(Shelf::items.filter(Item::rank.eq(1)));
        let first = base.clone().filter(Shelf::id.lte(1));
        let both = first.clone().union(base.filter(Shelf::id.gt(1))).order_by(Shelf::id).all(db)?;
        assert!(both.len() == 2 && both.iter().all(|(_, items)| ranks(items) == [Some(1), Some(1)]));
        let other = Shelf::objects().with(Shelf::items.filter(Item::rank.eq(3)));
        assert!(matches!(first.union(other).all(db), Err(Error::InvalidQuery { .. })));
        let joined = Item::objects().select_related(Item::shelf).prefetch_related(Item::seen_on);
        let united = joined.clone().filter(Item::rank.eq(1)).union(joined.filter(Item::rank.eq(2))).order_by(Item::id);
        for item in united.all(db)? {
            assert!(item.shelf.get()?.is_some() && item.seen_on.loaded().is_ok());
        }
        let steps = Item::objects().with(Item::shelf);
        let united = steps.clone().filter(Item::rank.eq(3)).union(steps.filter(Item::rank.is_null())).limit(2).all(db)?;
        assert!(united.len() == 2 && united.iter().all(|(item, shelf)| shelf.as_ref().map(|shelf| shelf.id) == item.shelf.id()));
    }

    fn typed_graphs_in_corners(db) {
        let shelves = shelves(db)?;
        let boards: Vec<Board> = assert_queries!(db, 4, { Shelf::objects().order_by(Shelf::id).values().all(db)? });
        let of = |board: &Board| board.first.iter().map(|slip| slip.rank).collect::<Vec<_>>();
        assert_eq!(boards.iter().map(of).collect::<Vec<_>>(), [[Some(3), Some(2)], [Some(3), Some(2)]]);
        assert_eq!(boards.iter().map(|board| board.seen.len()).collect::<Vec<_>>(), [6, 2]);
        assert!(boards.iter().all(|board| board.first.iter().all(|slip| slip.shelf.as_ref().unwrap().items.len() == 5)));
        assert_eq!(boards[0].first[0].shelf.as_ref().unwrap().label, "one");
        // Both parts have the lists of the type.
        let part = |id: i64| Shelf::objects().filter(Shelf::id.eq(id)).values::<Board>();
        assert_eq!(part(shelves[0].id).union(part(shelves[1].id)).all(db)?.len(), 2);
        // Where there is no row, nothing is loaded for it.
        Item::objects().filter(Item::rank.eq(1)).update(db, Item::shelf.set(None))?;
        let slips: Vec<Slip> = Item::objects().order_by(Item::id).values().all(db)?;
        assert!(slips[0].shelf.is_none() && slips[2].shelf.is_some());
        let rows: Vec<(Shelf, Vec<Slip>)> = Shelf::objects().with(Shelf::items.limit(1).values::<Slip>()).all(db)?;
        assert_eq!(rows[0].1[0].shelf.as_ref().unwrap().items.len(), 3);
    }

    fn windows_among_the_rows_of_a_relation(db) {
        let mut accounts = Vec::new();
        for name in ["a", "b", "c"] {
            let user = User::draft().name(name).save(db)?;
            accounts.push(Account::draft().user(&user).save(db)?);
        }
        for (from, to, amount) in [(0, 1, 1), (0, 1, 5), (0, 2, 3), (1, 0, 4), (1, 0, 2)] {
            Transfer::draft().sender(&accounts[from]).receiver(&accounts[to]).on(day(2024, 1, amount)).amount(amount as i32).save(db)?;
        }
        let most = row_number().over(partition_by((Transfer::sender, Transfer::receiver)).order_by(Transfer::amount.desc()));
        let amounts = |rows: &[Transfer]| rows.iter().map(|row| row.amount).collect::<Vec<_>>();
        let largest = || Transfer::objects().filter(most.eq(1));
        let rows = Account::objects()
            .order_by(Account::id)
            .with(Account::sent.query(largest()))
            .with(Account::sent.query(largest().limit(1)))
            .with(Account::sent.query(largest().reverse()))
            .all(db)?;
        assert_eq!(rows.iter().map(|row| amounts(&row.1)).collect::<Vec<_>>(), [vec![5, 3], vec![4], vec![]]);
        assert_eq!(rows.iter().map(|row| amounts(&row.2)).collect::<Vec<_>>(), [vec![5], vec![4], vec![]]);
        assert_eq!(rows.iter().map(|row| amounts(&row.3)).collect::<Vec<_>>(), [vec![3, 5], vec![4], vec![]]);
        // Of what a slice leaves, and through links.
        let second = row_number().over(partition_by(Transfer::sender).order_by(Transfer::amount));
        let rows = Account::objects().order_by(Account::id).with(Account::sent.query(Transfer::objects().limit(2).filter(second.eq(1)))).all(db)?;
        assert_eq!(rows.iter().map(|row| amounts(&row.1)).collect::<Vec<_>>(), [vec![3], vec![2], vec![]]);
        let high = row_number().over(order_by(Account::id));
        let paid = Account::objects().order_by(Account::id).filter(high.gte(2));
        let rows = Account::objects().order_by(Account::id).with(Account::paid.query(paid)).all(db)?;
        assert_eq!(rows.iter().map(|row| row.1.len()).collect::<Vec<_>>(), [1, 0, 0]);
        // The same on an instance and as a condition.
        for row in &rows {
            assert_eq!(row.0.paid.objects().filter(high.gte(2)).all(db)?, row.1);
        }
        let high = row_number().over(order_by(Account::id));
        assert_eq!(Account::objects().filter(Account::paid.query(Account::objects().filter(high.gte(2))).exists()).count(db)?, 1);
    }

    fn a_window_sees_the_rows_of_one_parent(db) {
        let shelves = shelves(db)?;
        let number = row_number().over(order_by(Item::id));
        let selected = || Item::objects().order_by((Item::rank, Item::id)).values_list((Item::rank, &number));
        let numbered = |least: i64| Item::objects().filter(number.gte(least));
        let last = |least: i64| Shelf::items.query(numbered(least));
        let rows = Shelf::objects()
            .with(Shelf::items.query(selected().limit(2)))
            .with(Shelf::items.query(selected().offset(1)))
            .with(last(4))
            .with(last(2).order_by(Item::id).limit(2))
            .with(Shelf::items.query(Item::objects().order_by(number.desc())))
            .with(Shelf::seen.query(selected()))
            .with(Shelf::seen.query(Item::objects().filter(number.eq(2))))
            .all(db)?;
        let ids = |items: &[Item]| items.iter().map(|item| item.id).collect::<Vec<_>>();
        for (shelf, row) in shelves.iter().zip(&rows) {
            assert_eq!(row.1, shelf.items.objects().order_by((Item::rank, Item::id)).values_list((Item::rank, &number)).limit(2).all(db)?);
            assert_eq!((row.1[0].1, row.1[1].1), (1, 2));
            assert_eq!(row.2.len(), shelf.items.count(db)? as usize - 1);
            assert_eq!(ids(&row.3), ids(&shelf.items.objects().filter(number.gte(4)).all(db)?));
            assert_eq!(ids(&row.4), ids(&shelf.items.objects().filter(number.gte(2)).order_by(Item::id).limit(2).all(db)?));
            assert_eq!(ids(&row.5), ids(&shelf.items.objects().order_by(number.desc()).all(db)?));
            assert_eq!(row.6, shelf.seen.objects().order_by((Item::rank, Item::id)).values_list((Item::rank, &number)).all(db)?);
            assert_eq!(ids(&row.7), ids(&shelf.seen.objects().filter(number.eq(2)).all(db)?));
            assert!(!row.3.is_empty() && !row.7.is_empty());
        }
        let by_window = Shelf::items.query(Item::objects().order_by(number.desc()).limit(1));
        assert!(matches!(Shelf::objects().with(by_window).all(db), Err(Error::InvalidQuery { .. })));
        let fourth = Shelf::objects().filter(Shelf::items.query(numbered(4)).exists());
        assert_eq!(fourth.count(db)?, 2);
    }

    fn a_window_among_rows_of_a_key_of_several_fields(db) {
        let ann = User::draft().name("Ann").save(db)?;
        let ben = User::draft().name("Ben").save(db)?;
        for (colour, user) in [("red", &ann), ("blue", &ben)] {
            Badge::draft().colour(colour).user(user).note("mine").save(db)?;
        }
        let first = row_number().over(order_by(Badge::colour)).lte(1);
        let rows = User::objects().order_by(User::id).with(User::badge.query(Badge::objects().filter(first))).all(db)?;
        assert!(rows.iter().all(|row| row.1.is_some()));
    }

    fn a_window_behind_a_slice_of_links(db) {
        shelves(db)?;
        // The first three items that were seen on each shelf, and of these those that are not its first two.
        let number = row_number().over(order_by(Item::id));
        let seen = |least: i64| Shelf::seen.query(Item::objects().order_by(Item::id).limit(3).filter(number.gte(least)));
        let rows = Shelf::objects().with(seen(1)).with(seen(3)).with(seen(2).limit(1)).all(db)?;
        assert_eq!(rows.iter().map(|row| row.1.len()).collect::<Vec<_>>(), [3, 2]);
        assert_eq!(rows.iter().map(|row| row.2.len()).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(rows.iter().map(|row| row.3.len()).collect::<Vec<_>>(), [1, 1]);
    }

    fn symmetrical_links_of_a_model_that_says_more(db) {
        let mut nodes = Node::objects().bulk_create(db, ["a", "b", "c"].map(|code| Node::draft().code(code)))?;
        let codes = |rows: &[Node]| rows.iter().map(|row| row.code.clone()).collect::<String>();
        let [a, b, c] = &mut nodes[..] else { panic!() };
        assert!(matches!(a.near.add(db, ["b"]), Err(Error::Validation { model: "Edge", .. })));
        assert_eq!(a.near.add_with(db, ["b", "c", "a"], Edge::length.set(3))?, 3);
        assert_eq!(b.near.add_with(db, ["a"], Edge::length.set(4))?, 0);
        Edge::draft().a(&*a).length(9).save(db)?;
        Edge::draft().length(9).save(db)?;
        assert_eq!((codes(&a.near.all(db)?), codes(&a.again.all(db)?)), ("abc".into(), "abc".into()));
        let all = Node::objects().prefetch_related((Node::near, Node::again)).with(Node::near.reverse().limit(1)).all(db)?;
        assert_eq!(all.iter().map(|row| codes(row.0.near.loaded().unwrap())).collect::<Vec<_>>(), ["abc", "a", "a"]);
        assert_eq!(all.iter().map(|row| codes(row.0.again.loaded().unwrap())).collect::<Vec<_>>(), ["abc", "a", "a"]);
        assert_eq!(all.iter().map(|row| codes(&row.1)).collect::<Vec<_>>(), ["c", "a", "a"]);
        c.near.set_with(db, ["b"], Edge::length.set(1))?;
        assert_eq!(codes(&a.near.all(db)?), "ab");
        assert_eq!(codes(&Node::objects().filter(Node::near.near.code.eq("c")).all(db)?), "ac");
        assert_eq!(a.again.clear(db)?, 2);
        assert_eq!(Node::objects().filter(Node::near.is_empty()).count(db)?, 1);
        // A key that may be NULL, to the same table: rows that point nowhere come too, and the own row.
        assert_eq!(a.fans.add(db, ["a", "b", "b", "nobody"])?, 2);
        a.fans.set(db, ["b", "c"])?;
        assert_eq!(codes(&a.fans.all(db)?), "bc");
        b.fans.add(db, ["c"])?;
        assert_eq!((codes(&a.fans.all(db)?), b.fans.remove(db, ["b", "c"])?), ("b".into(), 1));
        let tree = Node::objects().prefetch_related(Node::fans.prefetch_related(Node::best.prefetch_related(Node::fans))).all(db)?;
        assert_eq!(codes(tree[0].fans.loaded()?[0].best.get()?.unwrap().fans.loaded()?), "b");
    }

    fn conditions_of_chance_over_links_and_keys_to_the_same_model(db) {
        let nodes = Node::objects().bulk_create(db, CODES.map(|code| Node::draft().code(code)))?;
        for seed in 0..3 {
            let chance = &mut Chance(seed);
            let mut world = World { near: vec![Vec::new(); CODES.len()], best: vec![None; CODES.len()] };
            for (place, node) in nodes.iter().enumerate() {
                node.clone().near.clear(db)?;
                let best = chance.below(CODES.len() + 3);
                world.best[place] = (best < CODES.len()).then_some(best);
                let best = world.best[place].map(|best| &nodes[best]);
                Node::objects().filter(Node::code.eq(&*node.code)).update(db, Node::best.set(best))?;
            }
            for _ in 0..chance.below(8) {
                let (a, b) = (chance.below(CODES.len()), chance.below(CODES.len()));
                let added = nodes[a].clone().near.add_with(db, [&nodes[b]], Edge::length.set(1))?;
                if added > 0 {
                    world.near[a].push(b);
                    if a != b {
                        world.near[b].push(a);
                    }
                }
            }
            for depth in [0, 1, 1, 2, 2, 2, 3, 3, 3, 3].repeat(12) {
                let (condition, asked) = condition(chance, depth);
                let expected: Vec<&str> = (0..CODES.len()).filter(|node| asked(&world, *node)).map(|node| CODES[node]).collect();
                let query = Node::objects().filter(condition.clone());
                let rows = query.clone().values_list(Node::code).order_by(Node::code).all(db)?;
                assert_eq!(rows, expected, "seed {seed}: {:?}", query.to_sql(crate::support::dialect(db))?);
                assert_eq!(Node::objects().exclude(condition.clone()).count(db)?, (CODES.len() - rows.len()) as u64);
                assert_eq!(query.update(db, Node::best.set(Node::best))?, rows.len() as u64);
                // The same of the parents' rows, and of each parent's.
                let near = Node::objects().with(Node::near.filter(condition)).all(db)?;
                for (node, (_, near)) in near.iter().enumerate() {
                    let expected = world.near[node].iter().filter(|near| asked(&world, **near)).count();
                    assert_eq!(near.len(), expected);
                }
            }
        }
    }

    fn orders_by_paths_and_later_wins(db) {
        shelves(db)?;
        let by_label = Shelf::seen.order_by((Item::shelf.label.desc(), Item::rank.desc(), Item::id)).limit(2).values_list((Item::shelf.label, Item::rank));
        let rows = Shelf::objects().with(by_label).all(db)?;
        assert_eq!(rows[0].1, [(Some("two".into()), Some(1)), (Some("one".into()), None)]);
        let both = (Shelf::items, Shelf::items.order_by((Item::rank.desc(), Item::id)));
        let shelves = assert_queries!(db, 3, { Shelf::objects().prefetch_related(both).all(db)? });
        assert_eq!(ranks(shelves[0].items.loaded()?), [None, Some(3), Some(2), Some(1), Some(1)]);
        let distinct = Shelf::items.query(Item::objects().distinct_on(Item::rank).order_by((Item::rank, Item::id)));
        let result = Shelf::objects().with(distinct).all(db);
        match crate::support::dialect(db) {
            Dialect::Postgres => assert!(result?.iter().all(|row| ranks(&row.1) == [Some(1), Some(2), Some(3), None])),
            _ => assert!(matches!(result, Err(Error::Unsupported { .. }))),
        }
    }

    fn a_tree_of_rows_for_each(db) {
        Node::objects().bulk_create(db, ["a", "b", "c", "d"].map(|code| Node::draft().code(code)))?;
        for (code, best) in [("b", "a"), ("c", "a"), ("d", "b")] {
            Node::objects().filter(Node::code.eq(code)).update(db, Node::best.set(best))?;
        }
        let below = Node::objects().filter(Node::code.eq("a")).descend(Node::best);
        let codes = |rows: &[Node]| rows.iter().map(|row| row.code.clone()).collect::<String>();
        let rows = Node::objects()
            .with(Node::fans.query(below.rows().filter(below.depth().gt(1))))
            .with(Node::fans.query(below.rows().limit(1)))
            .with(Node::fans.query(below.rows().limit(2).filter(below.depth().gt(0))))
            .all(db)?;
        assert_eq!(rows.iter().map(|row| codes(&row.1)).collect::<Vec<_>>(), ["", "d", "", ""]);
        assert_eq!(rows.iter().map(|row| codes(&row.2)).collect::<Vec<_>>(), ["b", "d", "", ""]);
        assert_eq!(rows.iter().map(|row| codes(&row.3)).collect::<Vec<_>>(), ["bc", "d", "", ""]);
    }

    fn a_hundred_thousand_texts(db) {
        let drafts = (0..100_000).map(|number| Node::draft().code(number.to_string()));
        let mut nodes = Node::objects().bulk_create(db, drafts)?;
        nodes[0].fans.add(db, ["7", "8"])?;
        nodes[9].near.add_with(db, ["7"], Edge::length.set(1))?;
        assert_queries!(db, 2, { prefetch(db, &mut nodes, (Node::fans, Node::near))? });
        assert_eq!(nodes.iter().map(|node| node.fans.loaded().unwrap().len()).sum::<usize>(), 2);
        assert_eq!(nodes.iter().map(|node| node.near.loaded().unwrap().len()).sum::<usize>(), 2);
    }

    fn what_cannot_be_read_names_its_field(db) {
        shelves(db)?;
        if crate::support::dialect(db) == Dialect::Sqlite {
            db.execute("UPDATE corner_item SET rank = 'much' WHERE rank = 3", ())?;
            let told = |error: Error| matches!(&error, Error::Decode { model: "Item", field, .. } if field == "rank");
            assert!(Shelf::objects().prefetch_related(Shelf::items).all(db).is_err_and(told));
            assert!(Shelf::objects().with(Shelf::items).all(db).is_err_and(told));
            assert!(Shelf::objects().with(Shelf::items.order_by(Item::id).limit(5)).all(db).is_err_and(told));
            assert!(Shelf::objects().values::<Board>().all(db).is_err());
            db.execute("PRAGMA foreign_keys = OFF", ())?;
            db.execute("UPDATE corner_item SET shelf_id = 'here' WHERE id = 1", ())?;
            let error = Item::all_objects().order_by(Item::id).limit(1).with(Item::shelf.filter(Shelf::id.gt(0))).all(db).unwrap_err();
            assert!(matches!(&error, Error::Decode { model: "Item", .. }), "{error:?}");
        }
    }

    fn one_connection_is_enough(db) {
        let _ = db;
        let db = &Database::builder("sqlite::memory:").max_connections(1).connect()?;
        db.create_tables()?;
        let mut shelves = shelves(db)?;
        assert_eq!(Shelf::objects().prefetch_related(Shelf::items).with(Shelf::seen).all(db)?.len(), 2);
        let items = shelves[0].items.all(db)?;
        shelves[0].seen.set(db, &items[1..])?;
        shelves[0].items.set(db, &items[1..])?;
        // An iterator holds it, so that what is loaded beside the rows is loaded in a transaction.
        let nested = Shelf::objects().prefetch_related(Shelf::items.prefetch_related(Item::seen_on)).chunk_size(1);
        assert!(matches!(nested.iterator(db)?.next(), Some(Err(Error::PoolTimeout { .. }))));
        db.atomic(|tx| {
            for shelf in nested.iterator(tx)? {
                assert!(!shelf?.items.loaded()?.is_empty());
            }
            Ok(())
        })?;
    }

    fn graphs_over_keys_of_several_fields_and_links(db) {
        let mut accounts = Vec::new();
        for name in ["a", "b", "c"] {
            let user = User::draft().name(name).save(db)?;
            accounts.push(Account::draft().user(&user).balance(accounts.len() as i32).save(db)?);
        }
        Badge::draft().colour("red").user(accounts[0].user.id()).note("mine").save(db)?;
        for (from, to, on) in [(0, 1, 1), (0, 1, 2), (0, 2, 3), (1, 0, 4)] {
            let draft = Transfer::draft().sender(&accounts[from]).receiver(&accounts[to]).on(day(2024, 1, on)).amount(on as i32);
            draft.witness((on > 1).then_some(&accounts[2])).save(db)?;
        }
        let payers: Vec<Payer> = assert_queries!(db, 4, { Account::objects().order_by(Account::id).values().all(db)? });
        let a = &payers[0];
        assert_eq!((&*a.name, a.badge.as_ref().map(|badge| &*badge.colour)), ("a", Some("red")));
        assert_eq!(a.last.iter().map(|sent| (sent.amount, &*sent.receiver.name)).collect::<Vec<_>>(), [(3, "c"), (2, "b")]);
        assert_eq!(a.last[0].witness.as_ref().map(|witness| witness.balance), Some(2));
        assert_eq!(a.last[0].receiver.sent.len(), 0);
        assert_eq!(a.last[1].receiver.sent[0].key().0, day(2024, 1, 4));
        assert_eq!(a.paid.iter().map(|account| account.balance).collect::<Vec<_>>(), [2, 1]);
        assert!(payers[2].last.is_empty() && payers[2].paid.is_empty() && payers[2].badge.is_none());
        assert!(payers[1].last[0].witness.is_some());
        // In every way of asking.
        let graphs = || Account::objects().order_by(Account::id).values::<Payer>();
        assert_eq!(graphs().first(db)?.unwrap(), payers[0]);
        assert_eq!(graphs().get(db, Account::balance.eq(1))?, payers[1]);
        let mut one_by_one = Vec::new();
        for payer in graphs().chunk_size(1).iterator(db)? {
            one_by_one.push(payer?);
        }
        assert_eq!(one_by_one, payers);
        assert_eq!(graphs().limit(1).offset(1).all(db)?, payers[1..2]);
        let users = User::objects().with(User::account.values::<Payer>()).with(User::account.filter(Account::balance.gt(0)).with(Account::sent)).all(db)?;
        assert_eq!(users[0].1.as_ref(), Some(&payers[0]));
        assert!(users[0].2.is_none());
        assert_eq!(users[1].2.as_ref().map(|(account, sent)| (account.balance, sent.len())), Some((1, 1)));
    }

    fn what_fails_changes_nothing(db) {
        let mut shelves = shelves(db)?;
        let items = Item::all_objects().order_by(Item::id).all(db)?;
        let before = shelves[0].seen.count(db)?;
        let missing = shelves[0].seen.set(db, [items[0].id, 10_000]);
        assert!(matches!(missing, Err(Error::ForeignKeyViolation { .. })), "{missing:?}");
        assert_eq!(shelves[0].seen.count(db)?, before);
        let rolled_back = db.atomic(|tx| {
            shelves[0].seen.clear(tx)?;
            shelves[0].items.clear(tx)?;
            assert!(matches!(shelves[1].seen.add(tx, [10_000]), Err(Error::ForeignKeyViolation { .. })));
            // The transaction goes on: what failed was a savepoint of its own, or is over.
            Err::<(), _>(Error::Custom("no".into()))
        });
        assert!(rolled_back.is_err());
        assert_eq!((shelves[0].seen.count(db)?, shelves[0].items.count(db)?), (before, 5));
        let ann = User::draft().name("Ann").save(db)?;
        let mut ben = User::draft().name("Ben").save(db)?;
        let of_ann = Account::draft().user(&ann).save(db)?;
        Account::draft().user(&ben).save(db)?;
        // Two accounts cannot be one user's, and the second has nowhere to go.
        assert!(matches!(ben.account.set(db, &of_ann), Err(Error::UniqueViolation { .. })));
        assert_eq!(ann.account.fetch(db)?.map(|account| account.id), Some(of_ann.id));
    }

    fn one_relation_in_several_ways_at_once(db) {
        shelves(db)?;
        let items = Item::objects()
            .select_related((Item::shelf, Item::shelf))
            .prefetch_related(Item::shelf.prefetch_related(Shelf::items))
            .with(Item::shelf)
            .with(Item::shelf.filter(Shelf::id.gt(0)))
            .order_by(Item::id)
            .all(db)?;
        for (item, joined, loaded) in &items {
            let shelf = item.shelf.get()?.expect("a shelf");
            assert_eq!((Some(shelf), Some(shelf)), (joined.as_ref(), loaded.as_ref()));
            assert_eq!(shelf.items.loaded()?.len(), 5);
        }
        let deep = Shelf::seen.prefetch_related(Item::seen_on.prefetch_related(Shelf::seen.prefetch_related(Item::seen_on.order_by(Shelf::id.desc()))));
        let shelves = assert_queries!(db, 5, { Shelf::objects().prefetch_related(deep).all(db)? });
        let inner = &shelves[0].seen.loaded()?[0].seen_on.loaded()?[0].seen.loaded()?[5].seen_on.loaded()?;
        assert_eq!(inner.len(), 1);
    }

    fn annotated_rows_of_a_relation(db) {
        shelves(db)?;
        // Of the shelves that are not hidden.
        let number = Item::seen_on.query(Shelf::objects()).count();
        let counted = || Item::objects().annotate(&number);
        let rows: Vec<(Shelf, Vec<(Item, i64)>, Vec<(Item, i64)>, Vec<(Item, i64)>)> = Shelf::objects()
            .with(Shelf::items.query(counted()))
            .with(Shelf::seen.query(counted().filter(number.gt(1)).order_by(Item::id).limit(2)))
            .with(Shelf::items.query(counted().order_by((number.desc(), Item::id)).limit(1)))
            .all(db)?;
        let of = |rows: &[(Item, i64)]| rows.iter().map(|(item, number)| (item.id, *number)).collect::<Vec<_>>();
        assert_eq!(of(&rows[0].1), [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)]);
        assert_eq!(of(&rows[1].1), [(7, 2), (8, 1), (9, 0), (10, 0), (11, 0)]);
        assert_eq!((of(&rows[0].2), of(&rows[1].2)), (vec![(7, 2)], vec![(7, 2)]));
        assert_eq!((of(&rows[0].3), of(&rows[1].3)), (vec![(1, 1)], vec![(7, 2)]));
        // Groups would be of the rows of all: refused before any SQL.
        let groups = || Item::objects().values_list(Item::rank).annotate(Item::id.count());
        let refused = |result: Result<Vec<(Shelf, Vec<(Option<i32>, i64)>)>>| matches!(result, Err(Error::InvalidQuery { .. }));
        assert!(refused(Shelf::objects().with(Shelf::items.query(groups())).all(db)));
        assert!(refused(Shelf::objects().with(Shelf::seen.query(groups().filter(Item::id.count().gt(1)))).all(db)));
        assert!(refused(Shelf::objects().with(Shelf::items.query(groups().order_by(Item::id.count().desc()).limit(1))).all(db)));
    }

    fn all_ways_of_asking_load(db) {
        shelves(db)?;
        let all = Shelf::objects().prefetch_related(Shelf::items).with(Shelf::seen);
        assert_eq!(all.latest(db, Shelf::id)?.unwrap().0.items.loaded()?.len(), 5);
        assert_eq!(all.earliest(db, Shelf::id)?.unwrap().1.len(), 6);
        assert!(matches!(all.one(db), Err(Error::MultipleObjects { model: "Shelf" })));
        assert!(matches!(all.get(db, Shelf::id.eq(-1)), Err(Error::DoesNotExist { model: "Shelf" })));
        let bulk = Shelf::objects().prefetch_related(Shelf::items).in_bulk_by(db, Shelf::id, [1, 2])?;
        assert!(bulk.values().all(|shelf| shelf.items.loaded().is_ok_and(|items| items.len() == 5)));
        db.atomic(|tx| {
            for shelf in all.clone().chunk_size(1).iterator(tx)? {
                assert_eq!(shelf?.0.items.loaded()?.len(), 5);
            }
            let locked = Item::objects().select_related(Item::shelf).select_for_update().prefetch_related(Item::seen_on).all(tx)?;
            assert!(locked.iter().all(|item| item.seen_on.loaded().is_ok()));
            Ok(())
        })?;
        let plan = all.explain(db)?;
        assert!(!plan.is_empty());
    }
}
