//! Random graphs of rows, loaded in every way there is: each must show the rows as they were inserted, in exactly as many
//! queries as it says.
//!
//! What is loaded and what was inserted are both written down as one text for each row with all that belongs to it, and the
//! texts are compared. A graph that is shown wrongly loses rows for as long as it is.

use std::fmt::Write as _;

use orm::prelude::*;

use crate::rng::{Rng, seed, times};
use crate::shrink::smallest;
use crate::support::{dialect, suite};

/// The other end of most keys.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Crew {
    pub id: i64,
    pub name: String,
    #[field(on_delete = set_null)]
    pub lead: Option<ForeignKey<Sailor>>,
    #[reverse(Sailor::crew)]
    pub sailors: HasMany<Sailor>,
    #[reverse(Ship::crew)]
    pub ship: HasOne<Ship>,
}

/// A row that points at its own table too, and at which its own crew may point.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Sailor {
    pub id: i64,
    pub rank: i32,
    #[field(on_delete = cascade)]
    pub crew: ForeignKey<Crew>,
    #[field(on_delete = set_null)]
    pub mentor: Option<ForeignKey<Self>>,
    #[reverse(Sailor::mentor)]
    pub pupils: HasMany<Sailor>,
    #[reverse(Crew::lead)]
    pub leads: HasMany<Crew>,
    #[reverse(Berth::sailor)]
    pub berths: HasMany<Berth>,
    #[reverse(Ship::aboard)]
    pub ships: ManyToMany<Ship>,
    pub ports: ManyToMany<Port>,
    #[field(symmetrical)]
    pub mates: ManyToMany<Self>,
}

/// What any number of sailors know.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Port {
    pub id: i64,
    pub depth: i32,
    #[reverse(Sailor::ports)]
    pub sailors: ManyToMany<Sailor>,
}

/// At most one for each crew. Its key is a text.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Ship {
    #[field(primary_key)]
    pub name: String,
    #[field(on_delete = cascade)]
    pub crew: OneToOne<Crew>,
    #[reverse(Berth::ship)]
    pub berths: HasMany<Berth>,
    #[field(through = Berth)]
    pub aboard: ManyToMany<Sailor>,
}

/// A link whose key is both of its ends.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key = [ship, sailor])]
pub struct Berth {
    #[field(on_delete = cascade)]
    pub ship: ForeignKey<Ship>,
    #[field(on_delete = cascade)]
    pub sailor: ForeignKey<Sailor>,
    pub deck: i32,
}

/// The rows that are inserted, by their places.
#[derive(Clone, Debug, Default)]
struct World {
    crews: Vec<CrewRow>,
    sailors: Vec<SailorRow>,
    ships: Vec<ShipRow>,
    berths: Vec<BerthRow>,
    ports: Vec<i64>,
    /// Sailors with the ports that they know.
    known: Vec<(i64, i64)>,
    /// Pairs of sailors, each once.
    mates: Vec<(i64, i64)>,
}

#[derive(Clone, Debug)]
struct CrewRow {
    id: i64,
    lead: Option<i64>,
}

#[derive(Clone, Debug)]
struct SailorRow {
    id: i64,
    rank: i32,
    crew: i64,
    mentor: Option<i64>,
}

#[derive(Clone, Debug)]
struct ShipRow {
    name: String,
    crew: i64,
}

#[derive(Clone, Debug)]
struct BerthRow {
    ship: String,
    sailor: i64,
    deck: i32,
}

impl World {
    /// Few rows, or none, with gaps between their keys.
    fn random(rng: &mut Rng) -> Self {
        let mut world = Self::default();
        let crews = rng.below(5);
        let keys = |rng: &mut Rng, count: usize| -> Vec<i64> {
            let mut last = 0;
            let next = |_| {
                last += rng.between(1, 3);
                last
            };
            (0..count).map(next).collect()
        };
        let crew_keys = keys(rng, crews);
        let sailor_keys = match crews {
            0 => Vec::new(),
            _ => {
                let count = rng.below(9);
                keys(rng, count)
            }
        };
        let one_of = |rng: &mut Rng, of: &[i64]| match of {
            [] => None,
            of => rng.maybe(30, |rng| *rng.pick(of)),
        };
        for id in &sailor_keys {
            world.sailors.push(SailorRow {
                id: *id,
                rank: i32::try_from(rng.below(4)).unwrap_or(0),
                crew: *rng.pick(&crew_keys),
                mentor: one_of(rng, &sailor_keys),
            });
        }
        for id in crew_keys {
            let lead = one_of(rng, &sailor_keys);
            world.crews.push(CrewRow { id, lead });
            if rng.chance(60) {
                let letter = *rng.pick(&["a", "B", "é"]);
                let name = format!("{letter}'s {id}");
                world.ships.push(ShipRow { name, crew: id });
            }
        }
        let ports = rng.below(5);
        world.ports = keys(rng, ports);
        for sailor in &sailor_keys {
            let ports = world.ports.iter().filter(|_| rng.chance(35));
            world.known.extend(ports.map(|port| (*sailor, *port)));
            let others = sailor_keys
                .iter()
                .filter(|other| *other > sailor && rng.chance(20));
            world.mates.extend(others.map(|other| (*sailor, *other)));
        }
        for ship in &world.ships {
            for sailor in &world.sailors {
                if rng.chance(40) {
                    world.berths.push(BerthRow {
                        ship: ship.name.clone(),
                        sailor: sailor.id,
                        deck: i32::try_from(rng.below(3)).unwrap_or(0),
                    });
                }
            }
        }
        world
    }

    /// Graphs with a row less, and without what needs that row.
    fn smaller(&self) -> Vec<Self> {
        let mut all = Vec::new();
        for crew in &self.crews {
            let mut world = self.clone();
            world.crews.retain(|row| row.id != crew.id);
            world.sailors.retain(|row| row.crew != crew.id);
            world.ships.retain(|row| row.crew != crew.id);
            all.push(world.consistent());
        }
        for place in 0..self.sailors.len() {
            let mut world = self.clone();
            world.sailors.remove(place);
            all.push(world.consistent());
        }
        for place in 0..self.ships.len() {
            let mut world = self.clone();
            world.ships.remove(place);
            all.push(world.consistent());
        }
        for place in 0..self.berths.len() {
            let mut world = self.clone();
            world.berths.remove(place);
            all.push(world);
        }
        for place in 0..self.sailors.len() {
            let mut world = self.clone();
            if world.sailors[place].mentor.take().is_some() {
                all.push(world);
            }
        }
        for place in 0..self.ports.len() {
            let mut world = self.clone();
            world.ports.remove(place);
            all.push(world.consistent());
        }
        for place in 0..self.known.len() {
            let mut world = self.clone();
            world.known.remove(place);
            all.push(world);
        }
        for place in 0..self.mates.len() {
            let mut world = self.clone();
            world.mates.remove(place);
            all.push(world);
        }
        all
    }

    /// Without keys that point at nothing.
    fn consistent(mut self) -> Self {
        let sailors: Vec<i64> = self.sailors.iter().map(|row| row.id).collect();
        let ships: Vec<String> = self.ships.iter().map(|row| row.name.clone()).collect();
        for crew in &mut self.crews {
            crew.lead = crew.lead.filter(|lead| sailors.contains(lead));
        }
        for sailor in &mut self.sailors {
            sailor.mentor = sailor.mentor.filter(|mentor| sailors.contains(mentor));
        }
        let ports = &self.ports;
        self.known
            .retain(|(sailor, port)| sailors.contains(sailor) && ports.contains(port));
        self.mates
            .retain(|(one, other)| sailors.contains(one) && sailors.contains(other));
        self.berths
            .retain(|row| sailors.contains(&row.sailor) && ships.contains(&row.ship));
        self
    }

    /// Replaces all rows of the database.
    fn load(&self, db: &Database) -> Result<()> {
        db.atomic(|tx| {
            Crew::objects().update(tx, Crew::lead.set(None))?;
            Berth::objects().delete(tx)?;
            Ship::objects().delete(tx)?;
            Sailor::objects().delete(tx)?;
            Crew::objects().delete(tx)?;
            Port::objects().delete(tx)?;
            let crews = self
                .crews
                .iter()
                .map(|row| Crew::draft().id(row.id).name("c"));
            let mut crews = Crew::objects().bulk_create(tx, crews)?;
            let sailors = self
                .sailors
                .iter()
                .map(|row| Sailor::draft().id(row.id).rank(row.rank).crew(row.crew));
            // The keys that may be NULL come later, when all rows are there that they may point at.
            let mut sailors = Sailor::objects().bulk_create(tx, sailors)?;
            for (sailor, row) in sailors.iter_mut().zip(&self.sailors) {
                sailor.mentor = row.mentor.map(ForeignKey::new);
            }
            Sailor::objects().bulk_update(tx, &sailors, Sailor::mentor)?;
            let ports = self.ports.iter().map(|id| Port::draft().id(*id).depth(1));
            Port::objects().bulk_create(tx, ports)?;
            for sailor in &mut sailors {
                let ports = self.known.iter().filter(|(of, _)| *of == sailor.id);
                let ports: Vec<i64> = ports.map(|(_, port)| *port).collect();
                sailor.ports.add(tx, ports)?;
                let mates = self.mates.iter().filter(|(of, _)| *of == sailor.id);
                let mates: Vec<i64> = mates.map(|(_, mate)| *mate).collect();
                sailor.mates.add(tx, mates)?;
            }
            for (crew, row) in crews.iter_mut().zip(&self.crews) {
                crew.lead = row.lead.map(ForeignKey::new);
            }
            Crew::objects().bulk_update(tx, &crews, Crew::lead)?;
            let ships = self
                .ships
                .iter()
                .map(|row| Ship::draft().name(&row.name).crew(row.crew));
            Ship::objects().bulk_create(tx, ships)?;
            let berths = self.berths.iter().map(|row| {
                Berth::draft()
                    .ship(row.ship.as_str())
                    .sailor(row.sailor)
                    .deck(row.deck)
            });
            Berth::objects().bulk_create(tx, berths).map(drop)
        })
    }

    fn crew(&self, id: i64) -> &CrewRow {
        let found = self.crews.iter().find(|row| row.id == id);
        found.expect("a crew that a key points at")
    }

    fn sailor(&self, id: i64) -> &SailorRow {
        let found = self.sailors.iter().find(|row| row.id == id);
        found.expect("a sailor that a key points at")
    }

    fn ship_of(&self, crew: i64) -> Option<&ShipRow> {
        self.ships.iter().find(|row| row.crew == crew)
    }

    /// The sailors of a crew, the highest first.
    fn sailors_of(&self, crew: i64) -> Vec<&SailorRow> {
        let rows = self.sailors.iter().filter(|row| row.crew == crew);
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by_key(|row| (-row.rank, row.id));
        rows
    }

    /// Who has a berth on a ship.
    fn aboard(&self, ship: &str) -> Vec<i64> {
        let berths = self.berths.iter().filter(|berth| berth.ship == ship);
        let mut sailors: Vec<_> = berths.map(|berth| berth.sailor).collect();
        sailors.sort_unstable();
        sailors
    }

    /// On whose ships a sailor has a berth.
    fn ships_of(&self, sailor: i64) -> Vec<i64> {
        let has = |ship: &&ShipRow| self.aboard(&ship.name).contains(&sailor);
        let mut crews: Vec<_> = self
            .ships
            .iter()
            .filter(has)
            .map(|ship| ship.crew)
            .collect();
        crews.sort_unstable();
        crews
    }

    fn ports_of(&self, sailor: i64) -> Vec<i64> {
        let known = self.known.iter().filter(|(of, _)| *of == sailor);
        known.map(|(_, port)| *port).collect()
    }

    /// The sailors that know a port, the highest first.
    fn sailors_at(&self, port: i64) -> Vec<&SailorRow> {
        let known = self.known.iter().filter(|(_, of)| *of == port);
        let mut rows: Vec<_> = known.map(|(sailor, _)| self.sailor(*sailor)).collect();
        rows.sort_by_key(|row| (-row.rank, row.id));
        rows
    }

    fn mates_of(&self, sailor: i64) -> Vec<i64> {
        let mates = self.mates.iter().filter_map(|(one, other)| match sailor {
            of if of == *one => Some(*other),
            of if of == *other => Some(*one),
            _ => None,
        });
        let mut mates: Vec<i64> = mates.collect();
        mates.sort_unstable();
        mates
    }

    fn pupils_of(&self, mentor: i64) -> Vec<&SailorRow> {
        let rows = self.sailors.iter().filter(|row| row.mentor == Some(mentor));
        rows.collect()
    }
}

/// What a way of loading shows, what it should show, and the number of queries that it took and should take.
struct Shown {
    found: Vec<String>,
    expected: Vec<String>,
    queries: usize,
    allowed: usize,
}

/// A way of loading, with numbers of its own for what is free in it.
type Way = fn(&Database, &World, &mut Rng) -> Result<Shown>;

const WAYS: &[(&str, Way)] = &[
    ("select_related", select_related),
    ("select_related beside a slice", select_related_of_a_slice),
    ("prefetch_related, nested", prefetch_nested),
    (
        "prefetch_related with select_related inside",
        prefetch_with_related,
    ),
    ("prefetch of rows that are there", prefetch_of_rows),
    (
        "prefetch_related over links with composite keys",
        prefetch_of_links,
    ),
    ("links that are followed", followed_links),
    (
        "links of tables of their own, prefetched",
        prefetch_own_links,
    ),
    ("links of tables of their own, by with", with_own_links),
    ("projections of projections", nested_projections),
    ("an iterator that prefetches", prefetch_by_chunks),
    ("one row at a time", one_at_a_time),
    ("with, lists side by side", with_lists),
    ("with, one row for each", with_one_row),
    (
        "with, of other shapes and a slice for each",
        with_other_shapes,
    ),
];

suite! {
    fn graphs_are_loaded_as_they_were_inserted(db) {
        let seed = seed();
        println!("ORM_RANDOM_SEED={seed}");
        let mut rng = Rng::new(seed);
        let worlds = match dialect(db) {
            Dialect::Sqlite => 60,
            _ => 20,
        };
        for _ in 0..worlds * times() {
            let world = World::random(&mut rng);
            world.load(db)?;
            for (name, way) in WAYS {
                let free = rng.next();
                let wrong = |world: &World| -> Option<String> {
                    match way(db, world, &mut Rng::new(free)) {
                        Ok(shown) => shown.difference(),
                        Err(error) => Some(error.to_string()),
                    }
                };
                if wrong(&world).is_none() {
                    continue;
                }
                let mut fails = |world: &World| world.load(db).is_ok() && wrong(world).is_some();
                let world = smallest(world, World::smaller, &mut fails);
                world.load(db)?;
                let why = wrong(&world).unwrap_or_default();
                panic!("{name}: {why}\n{world:#?}\nORM_RANDOM_SEED={seed}");
            }
        }
    }
}

impl Shown {
    fn difference(&self) -> Option<String> {
        if self.found != self.expected {
            return Some(format!(
                "found    {:?}\nexpected {:?}",
                self.found, self.expected
            ));
        }
        (self.queries != self.allowed).then(|| {
            format!(
                "{} queries, where {} are enough",
                self.queries, self.allowed
            )
        })
    }
}

/// What a way gives, with the number of its queries.
fn counted<T>(db: &Database, way: impl FnOnce(&Database) -> Result<T>) -> Result<(T, usize)> {
    let (found, log) = db.capture(way)?;
    Ok((found, log.queries().len()))
}

fn optional(key: Option<i64>) -> String {
    key.map_or("none".to_owned(), |key| key.to_string())
}

/// Sailors of at least a rank, with all that to-one relations lead to.
fn select_related(db: &Database, world: &World, rng: &mut Rng) -> Result<Shown> {
    let least = i32::try_from(rng.below(4)).unwrap_or(0);
    let query = Sailor::objects()
        .filter(Sailor::rank.gte(least))
        .select_related((
            Sailor::crew.lead.mentor,
            Sailor::mentor.crew,
            Sailor::crew.ship,
        ))
        .order_by(Sailor::id);
    let (sailors, queries) = counted(db, |db| query.all(db))?;
    let found = sailors.iter().map(|sailor| {
        let crew = sailor.crew.get()?;
        let lead = crew.lead.get()?;
        let above = lead.map(|lead| lead.mentor.get()).transpose()?.flatten();
        let mentor = sailor.mentor.get()?;
        let other = mentor.map(|mentor| mentor.crew.get()).transpose()?;
        let ship = crew.ship.get()?.map_or("none", |ship| &ship.name);
        Ok(format!(
            "{} in {} lead {} above {} mentor {} of {} on {ship}",
            sailor.id,
            crew.id,
            optional(lead.map(|row| row.id)),
            optional(above.map(|row| row.id)),
            optional(mentor.map(|row| row.id)),
            optional(other.map(|row| row.id)),
        ))
    });
    let expected = world.sailors.iter().filter(|sailor| sailor.rank >= least);
    let expected = expected.map(|sailor| {
        let crew = world.crew(sailor.crew);
        let lead = crew.lead.map(|lead| world.sailor(lead));
        let mentor = sailor.mentor.map(|mentor| world.sailor(mentor));
        let ship = world.ship_of(crew.id).map_or("none", |ship| &ship.name);
        format!(
            "{} in {} lead {} above {} mentor {} of {} on {ship}",
            sailor.id,
            crew.id,
            optional(lead.map(|row| row.id)),
            optional(lead.and_then(|row| row.mentor)),
            optional(mentor.map(|row| row.id)),
            optional(mentor.map(|row| row.crew)),
        )
    });
    Ok(Shown {
        found: found.collect::<Result<_>>()?,
        expected: expected.collect(),
        queries,
        allowed: 1,
    })
}

/// A slice of sailors, filtered behind it, with what is related.
fn select_related_of_a_slice(db: &Database, world: &World, rng: &mut Rng) -> Result<Shown> {
    let (limit, least) = (rng.below(6), i32::try_from(rng.below(3)).unwrap_or(0));
    let query = Sailor::objects()
        .order_by((Sailor::rank.desc(), Sailor::id))
        .limit(limit as u64)
        .filter(Sailor::rank.gte(least))
        .select_related(Sailor::mentor);
    let (sailors, queries) = counted(db, |db| query.all(db))?;
    let found = sailors.iter().map(|sailor| {
        let mentor = sailor.mentor.get()?.map(|mentor| (mentor.id, mentor.rank));
        Ok(format!("{} mentor {mentor:?}", sailor.id))
    });
    let mut rows: Vec<_> = world.sailors.iter().collect();
    rows.sort_by_key(|row| (-row.rank, row.id));
    let rows = rows.into_iter().take(limit).filter(|row| row.rank >= least);
    let expected = rows.map(|row| {
        let mentor = row.mentor.map(|mentor| (mentor, world.sailor(mentor).rank));
        format!("{} mentor {mentor:?}", row.id)
    });
    Ok(Shown {
        found: found.collect::<Result<_>>()?,
        expected: expected.collect(),
        queries,
        allowed: 1,
    })
}

/// Crews with their sailors, with their pupils and mentors, with the crews of those; and with their lead and their ship.
fn prefetch_nested(db: &Database, world: &World, rng: &mut Rng) -> Result<Shown> {
    let least = rng.between(0, 6);
    let query = Crew::objects()
        .filter(Crew::id.gte(least))
        .order_by(Crew::id)
        .prefetch_related((
            Crew::sailors
                .order_by((Sailor::rank.desc(), Sailor::id))
                .prefetch_related((
                    Sailor::pupils.order_by(Sailor::id),
                    Sailor::mentor.prefetch_related(Sailor::crew),
                )),
            Crew::lead,
            Crew::ship,
        ));
    let (crews, queries) = counted(db, |db| query.all(db))?;
    let mut found = Vec::new();
    for crew in &crews {
        let lead = crew.lead.get()?.map(|lead| lead.id);
        let ship = crew.ship.get()?.map(|ship| &ship.name);
        let mut text = format!("{} lead {lead:?} ship {ship:?}", crew.id);
        for sailor in crew.sailors.loaded()? {
            let pupils: Vec<i64> = sailor.pupils.loaded()?.iter().map(Model::key).collect();
            let mentor = match sailor.mentor.get()? {
                None => None,
                Some(mentor) => Some((mentor.id, mentor.crew.get()?.id)),
            };
            let _ = write!(text, " [{} pupils {pupils:?} mentor {mentor:?}]", sailor.id);
        }
        found.push(text);
    }
    let rows = || world.crews.iter().filter(|crew| crew.id >= least);
    let expected = rows().map(|crew| {
        let ship = world.ship_of(crew.id).map(|ship| &ship.name);
        let mut text = format!("{} lead {:?} ship {ship:?}", crew.id, crew.lead);
        for sailor in world.sailors_of(crew.id) {
            let pupils: Vec<i64> = world
                .pupils_of(sailor.id)
                .iter()
                .map(|row| row.id)
                .collect();
            let mentor = sailor
                .mentor
                .map(|mentor| (mentor, world.sailor(mentor).crew));
            let _ = write!(text, " [{} pupils {pupils:?} mentor {mentor:?}]", sailor.id);
        }
        text
    });
    let sailors: Vec<_> = rows().flat_map(|crew| world.sailors_of(crew.id)).collect();
    // A level of no rows or keys asks nothing.
    let some_crew = usize::from(rows().next().is_some());
    let some_lead = usize::from(rows().any(|crew| crew.lead.is_some()));
    let some_sailor = usize::from(!sailors.is_empty());
    let some_mentor = usize::from(sailors.iter().any(|row| row.mentor.is_some()));
    Ok(Shown {
        expected: expected.collect(),
        found,
        queries,
        allowed: 1 + 2 * some_crew + some_lead + some_sailor + 2 * some_mentor,
    })
}

/// Crews with their sailors, whose mentors and their crews come in the sailors' query.
fn prefetch_with_related(db: &Database, world: &World, _: &mut Rng) -> Result<Shown> {
    let sailors = Crew::sailors
        .select_related(Sailor::mentor.crew)
        .order_by((Sailor::rank.desc(), Sailor::id));
    let query = Crew::objects().order_by(Crew::id).prefetch_related(sailors);
    let (crews, queries) = counted(db, |db| query.all(db))?;
    let mut found = Vec::new();
    for crew in &crews {
        let mut text = crew.id.to_string();
        for sailor in crew.sailors.loaded()? {
            let mentor = sailor.mentor.get()?;
            let of = mentor.map(|mentor| mentor.crew.get()).transpose()?;
            let _ = write!(
                text,
                " {} {:?}",
                sailor.id,
                mentor.map(Model::key).zip(of.map(Model::key))
            );
        }
        found.push(text);
    }
    let expected = world.crews.iter().map(|crew| {
        let mut text = crew.id.to_string();
        for sailor in world.sailors_of(crew.id) {
            let mentor = sailor
                .mentor
                .map(|mentor| (mentor, world.sailor(mentor).crew));
            let _ = write!(text, " {} {mentor:?}", sailor.id);
        }
        text
    });
    Ok(Shown {
        expected: expected.collect(),
        found,
        queries,
        allowed: 1 + usize::from(!world.crews.is_empty()),
    })
}

/// Sailors that were read before get their pupils, and then those again theirs.
fn prefetch_of_rows(db: &Database, world: &World, _: &mut Rng) -> Result<Shown> {
    let mut sailors = Sailor::objects().order_by(Sailor::id).all(db)?;
    let ((), queries) = counted(db, |db| {
        let pupils = Sailor::pupils
            .order_by(Sailor::id)
            .prefetch_related(Sailor::pupils.order_by(Sailor::id));
        prefetch(db, &mut sailors, (pupils, Sailor::leads.order_by(Crew::id)))
    })?;
    let mut found = Vec::new();
    for sailor in &sailors {
        let leads: Vec<i64> = sailor.leads.loaded()?.iter().map(Model::key).collect();
        let mut text = format!("{} leads {leads:?}", sailor.id);
        for pupil in sailor.pupils.loaded()? {
            let below: Vec<i64> = pupil.pupils.loaded()?.iter().map(Model::key).collect();
            let _ = write!(text, " {} {below:?}", pupil.id);
        }
        found.push(text);
    }
    let expected = world.sailors.iter().map(|sailor| {
        let leads = world
            .crews
            .iter()
            .filter(|crew| crew.lead == Some(sailor.id));
        let leads: Vec<i64> = leads.map(|crew| crew.id).collect();
        let mut text = format!("{} leads {leads:?}", sailor.id);
        for pupil in world.pupils_of(sailor.id) {
            let below: Vec<i64> = world.pupils_of(pupil.id).iter().map(|row| row.id).collect();
            let _ = write!(text, " {} {below:?}", pupil.id);
        }
        text
    });
    let some = usize::from(!world.sailors.is_empty());
    let some_pupil = usize::from(world.sailors.iter().any(|row| row.mentor.is_some()));
    Ok(Shown {
        expected: expected.collect(),
        found,
        queries,
        allowed: 2 * some + some_pupil,
    })
}

/// Ships with the links to their sailors and those, and sailors with the links to their ships.
fn prefetch_of_links(db: &Database, world: &World, _: &mut Rng) -> Result<Shown> {
    let ((ships, sailors), queries) = counted(db, |db| {
        let berths = Ship::berths
            .select_related(Berth::sailor)
            .order_by(Berth::sailor);
        let ships = Ship::objects()
            .order_by(Ship::crew)
            .prefetch_related(berths)
            .all(db)?;
        let berths = Sailor::berths
            .order_by(Berth::pk())
            .prefetch_related(Berth::ship);
        let sailors = Sailor::objects()
            .order_by(Sailor::id)
            .prefetch_related(berths)
            .all(db)?;
        Ok((ships, sailors))
    })?;
    let mut found = Vec::new();
    for ship in &ships {
        let berths = ship.berths.loaded()?.iter();
        let berths =
            berths.map(|berth| Ok((berth.sailor.get()?.rank, berth.sailor.id(), berth.deck)));
        found.push(format!(
            "{} {:?}",
            ship.name,
            berths.collect::<Result<Vec<_>>>()?
        ));
    }
    for sailor in &sailors {
        let berths = sailor.berths.loaded()?.iter();
        let berths = berths.map(|berth| Ok((berth.ship.get()?.crew.id(), berth.deck)));
        let mut berths = berths.collect::<Result<Vec<_>>>()?;
        berths.sort_unstable();
        found.push(format!("{} {berths:?}", sailor.id));
    }
    let mut expected = Vec::new();
    let mut by_crew: Vec<_> = world.ships.iter().collect();
    by_crew.sort_by_key(|ship| ship.crew);
    for ship in by_crew {
        let berths = world.berths.iter().filter(|berth| berth.ship == ship.name);
        let berths =
            berths.map(|berth| (world.sailor(berth.sailor).rank, berth.sailor, berth.deck));
        expected.push(format!("{} {:?}", ship.name, berths.collect::<Vec<_>>()));
    }
    for sailor in &world.sailors {
        let berths = world
            .berths
            .iter()
            .filter(|berth| berth.sailor == sailor.id);
        let crew_of = |name: &str| {
            world
                .ships
                .iter()
                .find(|ship| ship.name == name)
                .map(|ship| ship.crew)
        };
        let berths = berths.filter_map(|berth| Some((crew_of(&berth.ship)?, berth.deck)));
        let mut berths: Vec<_> = berths.collect();
        berths.sort_unstable();
        expected.push(format!("{} {berths:?}", sailor.id));
    }
    let some = |rows: bool| usize::from(rows);
    let allowed = 2
        + some(!world.ships.is_empty())
        + some(!world.sailors.is_empty())
        + some(!world.berths.is_empty());
    Ok(Shown {
        found,
        expected,
        queries,
        allowed,
    })
}

/// Ships with those aboard and their ships, and sailors with some of their ships.
fn followed_links(db: &Database, world: &World, rng: &mut Rng) -> Result<Shown> {
    let limit = 1 + rng.below(3);
    let ((ships, sailors), queries) = counted(db, |db| {
        let aboard = Ship::aboard
            .order_by(Sailor::id)
            .prefetch_related(Sailor::ships.order_by(Ship::crew));
        let ships = Ship::objects()
            .order_by(Ship::crew)
            .prefetch_related(aboard)
            .all(db)?;
        let last = Sailor::ships
            .order_by(Ship::crew.desc())
            .limit(limit as u64);
        let sailors = Sailor::objects().order_by(Sailor::id).with(last).all(db)?;
        Ok((ships, sailors))
    })?;
    let mut found = Vec::new();
    for ship in &ships {
        let mut text = ship.name.clone();
        for sailor in ship.aboard.loaded()? {
            let ships = sailor.ships.loaded()?.iter().map(|ship| ship.crew.id());
            let _ = write!(text, " {} {:?}", sailor.id, ships.collect::<Vec<_>>());
        }
        found.push(text);
    }
    for (sailor, ships) in &sailors {
        let ships: Vec<_> = ships.iter().map(|ship| ship.crew.id()).collect();
        found.push(format!("{} {ships:?}", sailor.id));
    }
    let mut expected = Vec::new();
    let mut by_crew: Vec<_> = world.ships.iter().collect();
    by_crew.sort_by_key(|ship| ship.crew);
    for ship in by_crew {
        let mut text = ship.name.clone();
        for sailor in world.aboard(&ship.name) {
            let _ = write!(text, " {sailor} {:?}", world.ships_of(sailor));
        }
        expected.push(text);
    }
    for sailor in &world.sailors {
        let ships = world.ships_of(sailor.id).into_iter().rev().take(limit);
        expected.push(format!("{} {:?}", sailor.id, ships.collect::<Vec<_>>()));
    }
    let some = |rows: bool| usize::from(rows);
    let allowed = 2
        + some(!world.ships.is_empty())
        + some(!world.sailors.is_empty())
        + some(!world.berths.is_empty());
    Ok(Shown {
        found,
        expected,
        queries,
        allowed,
    })
}

/// Sailors as a stream, with their pupils for each chunk.
fn prefetch_by_chunks(db: &Database, world: &World, rng: &mut Rng) -> Result<Shown> {
    let size = 1 + rng.below(4);
    let query = Sailor::objects()
        .order_by(Sailor::id)
        .prefetch_related(Sailor::pupils.order_by(Sailor::id));
    let (found, queries) = counted(db, |db| {
        let mut found = Vec::new();
        for sailor in query.iterator(db)?.chunk_size(size) {
            let sailor = sailor?;
            let pupils: Vec<i64> = sailor.pupils.loaded()?.iter().map(Model::key).collect();
            found.push(format!("{} {pupils:?}", sailor.id));
        }
        Ok(found)
    })?;
    let expected = world.sailors.iter().map(|sailor| {
        let pupils: Vec<i64> = world
            .pupils_of(sailor.id)
            .iter()
            .map(|row| row.id)
            .collect();
        format!("{} {pupils:?}", sailor.id)
    });
    Ok(Shown {
        found,
        expected: expected.collect(),
        queries,
        allowed: 1 + world.sailors.len().div_ceil(size),
    })
}

/// What is related, by a query for each row: and none the second time.
fn one_at_a_time(db: &Database, world: &World, _: &mut Rng) -> Result<Shown> {
    let sailors = Sailor::objects().order_by(Sailor::id).all(db)?;
    let (found, queries) = counted(db, |db| {
        let mut found = Vec::new();
        for sailor in &sailors {
            for _ in 0..2 {
                sailor.mentor.fetch(db)?;
                sailor.crew.fetch(db)?.ship.fetch(db)?;
            }
            let mentor = sailor.mentor.get()?.map(Model::key);
            let ship = sailor.crew.get()?.ship.get()?.map(|ship| &ship.name);
            let pupils = sailor.pupils.count(db)?;
            found.push(format!("{} {mentor:?} {ship:?} {pupils}", sailor.id));
        }
        Ok(found)
    })?;
    let expected = world.sailors.iter().map(|sailor| {
        let ship = world.ship_of(sailor.crew).map(|ship| &ship.name);
        let pupils = world.pupils_of(sailor.id).len();
        format!("{} {:?} {ship:?} {pupils}", sailor.id, sailor.mentor)
    });
    let mentors = world.sailors.iter().filter(|row| row.mentor.is_some());
    Ok(Shown {
        found,
        expected: expected.collect(),
        queries,
        allowed: 3 * world.sailors.len() + mentors.count(),
    })
}

/// Crews with two parts of their sailors side by side, one of them cut off for each crew, the other with their pupils; and
/// with their lead and their ship.
fn with_lists(db: &Database, world: &World, rng: &mut Rng) -> Result<Shown> {
    let least = i32::try_from(rng.below(4)).unwrap_or(0);
    let limit = rng.below(3);
    type Rows = Vec<(
        Crew,
        Vec<Sailor>,
        Vec<(Sailor, Vec<Sailor>)>,
        Option<Sailor>,
        Option<Ship>,
    )>;
    let order = || (Sailor::rank.desc(), Sailor::id);
    let query = Crew::objects()
        .order_by(Crew::id)
        .with(
            Crew::sailors
                .filter(Sailor::rank.gte(least))
                .order_by(order())
                .limit(limit as u64),
        )
        .with(
            Crew::sailors
                .filter(!Sailor::rank.gte(least))
                .order_by(order())
                .with(Sailor::pupils.order_by(Sailor::id)),
        )
        .with(Crew::lead)
        .with(Crew::ship);
    let (rows, queries): (Rows, usize) = counted(db, |db| query.all(db))?;
    let keys = |rows: &[Sailor]| rows.iter().map(Model::key).collect::<Vec<_>>();
    let found = rows.iter().map(|(crew, high, low, lead, ship)| {
        let low: Vec<_> = low
            .iter()
            .map(|(row, pupils)| (row.id, keys(pupils)))
            .collect();
        let (lead, ship) = (
            lead.as_ref().map(|lead| lead.id),
            ship.as_ref().map(|ship| &ship.name),
        );
        format!("{} {:?} {low:?} {lead:?} {ship:?}", crew.id, keys(high))
    });
    let expected = world.crews.iter().map(|crew| {
        let sailors = world.sailors_of(crew.id);
        let (high, low): (Vec<_>, Vec<_>) = sailors.into_iter().partition(|row| row.rank >= least);
        let high: Vec<i64> = high.iter().map(|row| row.id).take(limit).collect();
        let pupils = |id: i64| {
            world
                .pupils_of(id)
                .iter()
                .map(|row| row.id)
                .collect::<Vec<_>>()
        };
        let low: Vec<_> = low.iter().map(|row| (row.id, pupils(row.id))).collect();
        let ship = world.ship_of(crew.id).map(|ship| &ship.name);
        format!("{} {high:?} {low:?} {:?} {ship:?}", crew.id, crew.lead)
    });
    let some_crew = usize::from(!world.crews.is_empty());
    let some_low = usize::from(world.sailors.iter().any(|row| row.rank < least));
    Ok(Shown {
        found: found.collect(),
        expected: expected.collect(),
        queries,
        // The rows of keys come in the query itself.
        allowed: 1 + 2 * some_crew + some_low,
    })
}

/// Sailors with their crew, which each of them has, and their mentor, which some have.
fn with_one_row(db: &Database, world: &World, rng: &mut Rng) -> Result<Shown> {
    let query = Sailor::objects()
        .order_by(Sailor::id)
        .select_related(Sailor::crew.lead)
        .with(Sailor::crew)
        .with(Sailor::mentor);
    let streamed = rng.chance(50);
    let (rows, queries): (Vec<(Sailor, Crew, Option<Sailor>)>, usize) = counted(db, |db| {
        if streamed {
            query.iterator(db)?.collect()
        } else {
            query.all(db)
        }
    })?;
    let found = rows.iter().map(|(sailor, crew, mentor)| {
        let lead = sailor.crew.get()?.lead.get()?.map(Model::key);
        Ok(format!(
            "{} {} {lead:?} {:?}",
            sailor.id,
            crew.id,
            mentor.as_ref().map(Model::key)
        ))
    });
    let expected = world.sailors.iter().map(|sailor| {
        let lead = world.crew(sailor.crew).lead;
        format!("{} {} {lead:?} {:?}", sailor.id, sailor.crew, sailor.mentor)
    });
    Ok(Shown {
        found: found.collect::<Result<_>>()?,
        expected: expected.collect(),
        queries,
        allowed: 1,
    })
}

/// Crews with values of their sailors, and with a slice of whole ones for each.
fn with_other_shapes(db: &Database, world: &World, rng: &mut Rng) -> Result<Shown> {
    let (from, to) = (rng.below(3), 2 + rng.below(3));
    let order = || (Sailor::rank.desc(), Sailor::id);
    let query = Crew::objects()
        .order_by(Crew::id)
        .with(Crew::sailors.order_by(order()).values_list((
            Sailor::id,
            Sailor::rank,
            Sailor::mentor.rank,
        )))
        .with(
            Crew::sailors
                .order_by(order())
                .slice(from as u64..to as u64)
                .select_related(Sailor::mentor),
        );
    let (rows, queries) = counted(db, |db| query.all(db))?;
    let found = rows.iter().map(|(crew, values, sailors)| {
        let sailors = sailors
            .iter()
            .map(|row| Ok((row.id, row.mentor.get()?.map(Model::key))));
        let sailors = sailors.collect::<Result<Vec<_>>>()?;
        Ok(format!("{} {values:?} {sailors:?}", crew.id))
    });
    let expected = world.crews.iter().map(|crew| {
        let sailors = world.sailors_of(crew.id);
        let above = |row: &SailorRow| row.mentor.map(|mentor| world.sailor(mentor).rank);
        let values: Vec<_> = sailors
            .iter()
            .map(|row| (row.id, row.rank, above(row)))
            .collect();
        let cut = sailors.iter().skip(from).take(to.saturating_sub(from));
        let cut: Vec<_> = cut.map(|row| (row.id, row.mentor)).collect();
        format!("{} {values:?} {cut:?}", crew.id)
    });
    Ok(Shown {
        found: found.collect::<Result<_>>()?,
        expected: expected.collect(),
        queries,
        allowed: 1 + 2 * usize::from(!world.crews.is_empty()),
    })
}

/// Sailors with the ports that they know and who else knows those, and with their mates.
fn prefetch_own_links(db: &Database, world: &World, _: &mut Rng) -> Result<Shown> {
    let at = Port::sailors.order_by((Sailor::rank.desc(), Sailor::id));
    let query = Sailor::objects().order_by(Sailor::id).prefetch_related((
        Sailor::ports.order_by(Port::id).prefetch_related(at),
        Sailor::mates.order_by(Sailor::id),
    ));
    let (sailors, queries) = counted(db, |db| query.all(db))?;
    let keys = |rows: &[Sailor]| rows.iter().map(Model::key).collect::<Vec<_>>();
    let mut found = Vec::new();
    for sailor in &sailors {
        let mut text = format!("{} {:?}", sailor.id, keys(sailor.mates.loaded()?));
        for port in sailor.ports.loaded()? {
            let _ = write!(text, " {} {:?}", port.id, keys(port.sailors.loaded()?));
        }
        found.push(text);
    }
    let expected = world.sailors.iter().map(|sailor| {
        let mut text = format!("{} {:?}", sailor.id, world.mates_of(sailor.id));
        for port in world.ports_of(sailor.id) {
            let others: Vec<i64> = world.sailors_at(port).iter().map(|row| row.id).collect();
            let _ = write!(text, " {port} {others:?}");
        }
        text
    });
    let some = usize::from(!world.sailors.is_empty());
    Ok(Shown {
        expected: expected.collect(),
        found,
        queries,
        allowed: 1 + 2 * some + usize::from(!world.known.is_empty()),
    })
}

/// Ports with the highest of those who know them, and these with the ports that they know.
fn with_own_links(db: &Database, world: &World, rng: &mut Rng) -> Result<Shown> {
    let (least, limit) = (i32::try_from(rng.below(3)).unwrap_or(0), rng.below(3));
    let sailors = Port::sailors
        .filter(Sailor::rank.gte(least))
        .order_by((Sailor::rank.desc(), Sailor::id))
        .limit(limit as u64)
        .with(Sailor::ports.order_by(Port::id));
    let query = Port::objects().order_by(Port::id).with(sailors);
    let (ports, queries) = counted(db, |db| query.all(db))?;
    let found = ports.iter().map(|(port, sailors)| {
        let known = |ports: &[Port]| ports.iter().map(Model::key).collect::<Vec<_>>();
        let sailors: Vec<_> = sailors
            .iter()
            .map(|(row, ports)| (row.id, known(ports)))
            .collect();
        format!("{} {sailors:?}", port.id)
    });
    let there = |port: &i64| {
        let sailors = world.sailors_at(*port).into_iter();
        sailors
            .filter(|row| row.rank >= least)
            .take(limit)
            .collect::<Vec<_>>()
    };
    let expected = world.ports.iter().map(|port| {
        let sailors = there(port).into_iter();
        let sailors: Vec<_> = sailors
            .map(|row| (row.id, world.ports_of(row.id)))
            .collect();
        format!("{port} {sailors:?}")
    });
    let some_port = usize::from(!world.ports.is_empty());
    let some_sailor = usize::from(world.ports.iter().any(|port| !there(port).is_empty()));
    Ok(Shown {
        found: found.collect(),
        expected: expected.collect(),
        queries,
        allowed: 1 + some_port + some_sailor,
    })
}

/// A sailor by name and place.
#[derive(Projection, Debug)]
#[projection(Sailor)]
struct Place {
    id: i64,
    #[projection(Sailor::crew.id)]
    crew: i64,
}

/// A sailor with all that leads on from there.
#[derive(Projection, Debug)]
#[projection(Sailor)]
struct Card {
    id: i64,
    rank: i32,
    #[projection(Sailor::mentor)]
    mentor: Option<Place>,
    #[projection(Sailor::pupils.order_by(Sailor::id))]
    pupils: Vec<Place>,
    #[projection(Sailor::ports.order_by(Port::id))]
    ports: Vec<PortCard>,
}

#[derive(Projection, Debug)]
#[projection(Port)]
struct PortCard {
    id: i64,
}

#[derive(Projection, Debug)]
#[projection(Ship)]
struct ShipCard {
    name: String,
    #[projection(Ship::berths.order_by(Berth::sailor))]
    berths: Vec<BerthCard>,
}

#[derive(Projection, Debug)]
#[projection(Berth)]
struct BerthCard {
    deck: i32,
    #[projection(Berth::sailor)]
    sailor: Place,
}

/// A crew as a whole graph.
#[derive(Projection, Debug)]
#[projection(Crew)]
struct Whole {
    id: i64,
    #[projection(Crew::lead)]
    lead: Option<Place>,
    #[projection(Crew::sailors.filter(Sailor::rank.gte(1)).order_by((Sailor::rank.desc(), Sailor::id)))]
    sailors: Vec<Card>,
    #[projection(Crew::ship)]
    ship: Option<ShipCard>,
}

/// Crews as graphs of structs that name what they want.
fn nested_projections(db: &Database, world: &World, _: &mut Rng) -> Result<Shown> {
    let query = Crew::objects().order_by(Crew::id).values::<Whole>();
    let (crews, queries) = counted(db, |db| query.all(db))?;
    let place = |place: &Place| (place.id, place.crew);
    let mut found = Vec::new();
    for crew in &crews {
        let mut text = format!("{} {:?}", crew.id, crew.lead.as_ref().map(place));
        for card in &crew.sailors {
            let pupils: Vec<_> = card.pupils.iter().map(place).collect();
            let ports: Vec<i64> = card.ports.iter().map(|port| port.id).collect();
            let mentor = card.mentor.as_ref().map(place);
            let _ = write!(
                text,
                " {} {} {mentor:?} {pupils:?} {ports:?}",
                card.id, card.rank
            );
        }
        if let Some(ship) = &crew.ship {
            let berths = ship.berths.iter();
            let berths: Vec<_> = berths
                .map(|berth| (place(&berth.sailor), berth.deck))
                .collect();
            let _ = write!(text, " on {} {berths:?}", ship.name);
        }
        found.push(text);
    }
    let place = |id: i64| (id, world.sailor(id).crew);
    let highest = |crew: &CrewRow| {
        let sailors = world.sailors_of(crew.id).into_iter();
        sailors.filter(|row| row.rank >= 1).collect::<Vec<_>>()
    };
    let expected = world.crews.iter().map(|crew| {
        let mut text = format!("{} {:?}", crew.id, crew.lead.map(place));
        for row in highest(crew) {
            let pupils: Vec<_> = world
                .pupils_of(row.id)
                .iter()
                .map(|row| place(row.id))
                .collect();
            let (mentor, ports) = (row.mentor.map(place), world.ports_of(row.id));
            let _ = write!(
                text,
                " {} {} {mentor:?} {pupils:?} {ports:?}",
                row.id, row.rank
            );
        }
        if let Some(ship) = world.ship_of(crew.id) {
            let berths = world.berths.iter().filter(|berth| berth.ship == ship.name);
            let berths: Vec<_> = berths
                .map(|berth| (place(berth.sailor), berth.deck))
                .collect();
            let _ = write!(text, " on {} {berths:?}", ship.name);
        }
        text
    });
    let some_crew = usize::from(!world.crews.is_empty());
    let some_sailor = usize::from(world.crews.iter().any(|crew| !highest(crew).is_empty()));
    let some_ship = usize::from(!world.ships.is_empty());
    Ok(Shown {
        expected: expected.collect(),
        found,
        queries,
        // A query for each list that some row may have.
        allowed: 1 + some_crew + 2 * some_sailor + some_ship,
    })
}
