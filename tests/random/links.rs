//! Many-to-many relations: links that are added, removed and set at random, and conditions, values and aggregates across them.

use std::collections::BTreeSet;

use orm::prelude::*;

use crate::query_sets::sql;
use crate::rng::{Rng, seed, times};
use crate::spec::Quantifier;
use crate::support::{dialect, suite};
use crate::values::{self, Compare, V};

/// Who plays in clubs, has friends, and admires others, who need not know.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Player {
    pub id: i64,
    pub age: Option<i32>,
    #[field(symmetrical)]
    pub friends: ManyToMany<Self>,
    pub idols: ManyToMany<Player>,
    #[reverse(Player::idols)]
    pub fans: ManyToMany<Player>,
    #[reverse(Club::players)]
    pub clubs: ManyToMany<Club>,
}

/// A club, and who leads it.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Club {
    pub id: i64,
    pub size: i32,
    pub players: ManyToMany<Player>,
    #[field(on_delete = set_null)]
    pub captain: Option<ForeignKey<Player>>,
}

suite! {
    fn conditions_across_links(db) {
        run(db, 20, |db, rng, world| {
            let (player, club) = (for_player(rng, 3), for_club(rng, 3));
            let (players, clubs) = (player.built(), club.built());
            let expected = world.players(|id| world.holds(&player, id));
            let query = Player::objects().filter(&players).order_by(Player::id).values_list(Player::id);
            assert_eq!(query.all(db)?, expected, "{player:?}\n{}", sql(db, &query));
            assert_eq!(Player::objects().exclude(&players).count(db)?, (world.ages.len() - expected.len()) as u64, "{player:?}");
            let expected = world.clubs(|id| world.club_holds(&club, id));
            let query = Club::objects().filter(&clubs).order_by(Club::id).values_list(Club::id);
            assert_eq!(query.all(db)?, expected, "{club:?}\n{}", sql(db, &query));
            // As a subquery's rows, whose links lead on.
            let query = Player::objects().filter(Player::clubs.any(Club::id.is_in(Club::objects().filter(&clubs).values_list(Club::id))));
            let expected = world.players(|id| world.clubs_of(id).iter().any(|club| expected.contains(club)));
            let query = query.order_by(Player::id).values_list(Player::id);
            assert_eq!(query.all(db)?, expected, "{club:?}\n{}", sql(db, &query));
            Ok(())
        })?;
    }

    fn values_across_links(db) {
        run(db, 8, |db, rng, world| {
            let (player, club) = (for_player(rng, 2), for_club(rng, 2));
            let query = Player::objects().filter(player.built()).values_list((Player::id, Player::clubs.id, Player::clubs.captain.age));
            let mut expected = Vec::new();
            for id in world.players(|id| world.holds(&player, id)) {
                let clubs = world.clubs_of(id);
                if clubs.is_empty() {
                    expected.push((id, None, None));
                }
                for club in clubs {
                    expected.push((id, Some(club), world.captain(club).and_then(|captain| world.age(captain))));
                }
            }
            let mut found = query.all(db)?;
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{player:?}\n{}", sql(db, &query));

            let of_clubs = || Player::clubs.filter(club.built());
            let query = Player::objects().order_by(Player::id).values_list((
                Player::id,
                of_clubs().count(),
                of_clubs().aggregate(Club::size.sum()),
                Player::friends.filter(player.built()).aggregate(Player::age.max()),
                Player::fans.count(),
            ));
            let expected: Vec<_> = world.players(|_| true).into_iter().map(|id| {
                let mut clubs = world.clubs_of(id);
                clubs.retain(|id| world.club_holds(&club, *id));
                let sizes = clubs.iter().map(|club| i64::from(world.size(*club)));
                let mut friends = world.friends_of(id);
                friends.retain(|id| world.holds(&player, *id));
                let oldest = friends.into_iter().filter_map(|id| world.age(id)).max();
                (id, clubs.len() as i64, (!clubs.is_empty()).then(|| sizes.sum()), oldest, world.fans_of(id).len() as i64)
            }).collect();
            assert_eq!(query.all(db)?, expected, "{club:?} {player:?}\n{}", sql(db, &query));

            let found = Player::objects().filter(player.built()).order_by(Player::id).prefetch_related((Player::clubs, Player::friends.idols)).all(db)?;
            for row in found {
                let ids = |rows: Vec<Player>| rows.into_iter().map(|row| row.id).collect::<BTreeSet<i64>>();
                let clubs: BTreeSet<i64> = row.clubs.all(db)?.into_iter().map(|club| club.id).collect();
                assert_eq!(clubs, world.clubs_of(row.id).into_iter().collect());
                let friends = row.friends.all(db)?;
                for friend in &friends {
                    assert_eq!(ids(friend.idols.all(db)?), world.idols_of(friend.id).into_iter().collect());
                }
                assert_eq!(ids(friends), world.friends_of(row.id).into_iter().collect());
            }
            Ok(())
        })?;
    }
}

/// The rows and the links as they should be.
struct World {
    ages: Vec<Option<i32>>,
    sizes: Vec<(i32, Option<i64>)>,
    /// Clubs and players.
    plays: BTreeSet<(i64, i64)>,
    /// Both ways.
    friends: BTreeSet<(i64, i64)>,
    /// Who admires whom.
    idols: BTreeSet<(i64, i64)>,
}

/// Makes rows and links some times, and puts so many questions to each.
fn run(
    db: &Database,
    questions: usize,
    question: impl Fn(&Database, &mut Rng, &World) -> Result<()>,
) -> Result<()> {
    let seed = seed();
    println!("ORM_RANDOM_SEED={seed}");
    let mut rng = Rng::new(seed);
    let worlds = match dialect(db) {
        Dialect::Sqlite => 4,
        _ => 2,
    };
    for _ in 0..worlds * times() {
        let mut world = World::made(db, &mut rng)?;
        for _ in 0..3 {
            for _ in 0..12 {
                world.write(db, &mut rng)?;
            }
            // Else the server takes the tables for large ones, and makes plans for such.
            db.execute("ANALYZE", ())?;
            for _ in 0..questions {
                question(db, &mut rng, &world)?;
            }
        }
    }
    Ok(())
}

impl World {
    fn made(db: &Database, rng: &mut Rng) -> Result<Self> {
        Club::objects().delete(db)?;
        Player::objects().delete(db)?;
        let ages: Vec<_> = (0..8)
            .map(|_| rng.maybe(20, |rng| rng.between(0, 5) as i32))
            .collect();
        let players = (1..)
            .zip(&ages)
            .map(|(id, age)| Player::draft().id(id).age(*age).build());
        Player::objects().bulk_create(db, players.collect::<Vec<_>>())?;
        let sizes: Vec<_> = (0..6)
            .map(|_| {
                (
                    rng.between(0, 5) as i32,
                    rng.maybe(30, |rng| rng.between(1, 8)),
                )
            })
            .collect();
        let clubs = (1..).zip(&sizes).map(|(id, (size, captain))| {
            let captain: Option<ForeignKey<Player>> = captain.map(ForeignKey::new);
            Club::draft().id(id).size(*size).captain(&captain).build()
        });
        Club::objects().bulk_create(db, clubs.collect::<Vec<_>>())?;
        Ok(Self {
            ages,
            sizes,
            plays: BTreeSet::new(),
            friends: BTreeSet::new(),
            idols: BTreeSet::new(),
        })
    }

    /// Changes links from either side, and looks how many were said to have changed.
    fn write(&mut self, db: &Database, rng: &mut Rng) -> Result<()> {
        let others = |rng: &mut Rng, most| {
            (0..rng.below(4))
                .map(|_| rng.between(1, most))
                .collect::<BTreeSet<i64>>()
        };
        let (player, club) = (rng.between(1, 8), rng.between(1, 6));
        let both = |id: i64| move |other: &i64| [(id, *other), (*other, id)];
        let mut row = Player::objects().get(db, Player::id.eq(player))?;
        match rng.below(10) {
            0 | 1 => {
                let clubs = others(rng, 6);
                let added = row.clubs.add(db, clubs.iter().copied())?;
                let new = clubs
                    .iter()
                    .filter(|club| self.plays.insert((**club, player)))
                    .count();
                assert_eq!(added, new as u64, "clubs of {player}");
            }
            2 | 3 => {
                let players = others(rng, 8);
                let mut row = Club::objects().get(db, Club::id.eq(club))?;
                let added = row.players.add(db, players.iter().copied())?;
                let new = players
                    .iter()
                    .filter(|player| self.plays.insert((club, **player)))
                    .count();
                assert_eq!(added, new as u64, "players of {club}");
            }
            4 => {
                let clubs = others(rng, 6);
                row.clubs.set(db, clubs.iter().copied())?;
                self.plays.retain(|(_, of)| *of != player);
                self.plays
                    .extend(clubs.into_iter().map(|club| (club, player)));
            }
            5 => {
                let clubs = others(rng, 6);
                let removed = row.clubs.remove(db, clubs.iter().copied())?;
                let gone = clubs
                    .iter()
                    .filter(|club| self.plays.remove(&(**club, player)))
                    .count();
                assert_eq!(removed, gone as u64, "clubs of {player}");
            }
            6 => {
                let friends = others(rng, 8);
                row.friends.add(db, friends.iter().copied())?;
                self.friends.extend(friends.iter().flat_map(both(player)));
            }
            7 => {
                let friends = others(rng, 8);
                row.friends.set(db, friends.iter().copied())?;
                self.friends.retain(|(a, b)| *a != player && *b != player);
                self.friends.extend(friends.iter().flat_map(both(player)));
            }
            8 => {
                let idols = others(rng, 8);
                row.idols.add(db, idols.iter().copied())?;
                self.idols
                    .extend(idols.into_iter().map(|idol| (player, idol)));
            }
            _ if rng.chance(30) => {
                row.fans.clear(db)?;
                self.idols.retain(|(_, idol)| *idol != player);
            }
            _ => {
                let fans = others(rng, 8);
                row.fans.add(db, fans.iter().copied())?;
                self.idols.extend(fans.into_iter().map(|fan| (fan, player)));
            }
        }
        Ok(())
    }

    fn players(&self, holds: impl Fn(i64) -> bool) -> Vec<i64> {
        (1..=self.ages.len() as i64)
            .filter(|id| holds(*id))
            .collect()
    }

    fn clubs(&self, holds: impl Fn(i64) -> bool) -> Vec<i64> {
        (1..=self.sizes.len() as i64)
            .filter(|id| holds(*id))
            .collect()
    }

    fn age(&self, player: i64) -> Option<i32> {
        self.ages[player as usize - 1]
    }

    fn size(&self, club: i64) -> i32 {
        self.sizes[club as usize - 1].0
    }

    fn captain(&self, club: i64) -> Option<i64> {
        self.sizes[club as usize - 1].1
    }

    fn clubs_of(&self, player: i64) -> Vec<i64> {
        self.plays
            .iter()
            .filter(|(_, of)| *of == player)
            .map(|(club, _)| *club)
            .collect()
    }

    fn players_of(&self, club: i64) -> Vec<i64> {
        self.plays
            .iter()
            .filter(|(of, _)| *of == club)
            .map(|(_, player)| *player)
            .collect()
    }

    fn friends_of(&self, player: i64) -> Vec<i64> {
        self.friends
            .iter()
            .filter(|(of, _)| *of == player)
            .map(|(_, friend)| *friend)
            .collect()
    }

    fn idols_of(&self, player: i64) -> Vec<i64> {
        self.idols
            .iter()
            .filter(|(of, _)| *of == player)
            .map(|(_, idol)| *idol)
            .collect()
    }

    fn fans_of(&self, player: i64) -> Vec<i64> {
        self.idols
            .iter()
            .filter(|(_, of)| *of == player)
            .map(|(fan, _)| *fan)
            .collect()
    }

    fn holds(&self, cond: &OfPlayer, id: i64) -> bool {
        let some_age = |(op, than): (Compare, i32), mut players: Vec<i64>| {
            players.retain(|id| holds(op, self.age(*id), than));
            !players.is_empty()
        };
        match cond {
            OfPlayer::Age(test) => some_age(*test, vec![id]),
            OfPlayer::Clubs(quantifier, cond) => quantified(*quantifier, self.clubs_of(id), |id| {
                self.club_holds(cond, id)
            }),
            OfPlayer::Fans(quantifier, cond) => {
                quantified(*quantifier, self.fans_of(id), |id| self.holds(cond, id))
            }
            OfPlayer::PlaysIn(club) => self.clubs_of(id).contains(club),
            OfPlayer::InNoClub => self.clubs_of(id).is_empty(),
            OfPlayer::ClubSize((op, than)) => {
                let mut clubs = self.clubs_of(id).into_iter();
                clubs.any(|club| holds(*op, Some(self.size(club)), *than))
            }
            OfPlayer::FriendAge(test) => some_age(*test, self.friends_of(id)),
            OfPlayer::IdolOfIdolAge(test) => {
                let idols = self.idols_of(id).into_iter();
                some_age(*test, idols.flat_map(|idol| self.idols_of(idol)).collect())
            }
            OfPlayer::ClubPlayerAge(test) => {
                let clubs = self.clubs_of(id).into_iter();
                some_age(
                    *test,
                    clubs.flat_map(|club| self.players_of(club)).collect(),
                )
            }
            OfPlayer::ClubCaptainAge((op, than)) => {
                let mut clubs = self.clubs_of(id).into_iter();
                clubs.any(|club| holds(*op, self.captain(club).and_then(|id| self.age(id)), *than))
            }
            OfPlayer::Not(cond) => !self.holds(cond, id),
            OfPlayer::And(a, b) => self.holds(a, id) && self.holds(b, id),
            OfPlayer::Or(a, b) => self.holds(a, id) || self.holds(b, id),
        }
    }

    fn club_holds(&self, cond: &OfClub, id: i64) -> bool {
        let some_age = |(op, than): (Compare, i32), players: Vec<i64>| {
            players.into_iter().any(|id| holds(op, self.age(id), than))
        };
        match cond {
            OfClub::Size((op, than)) => holds(*op, Some(self.size(id)), *than),
            OfClub::Players(quantifier, cond) => {
                quantified(*quantifier, self.players_of(id), |id| self.holds(cond, id))
            }
            OfClub::Has(player) => self.players_of(id).contains(player),
            OfClub::PlayerAge(test) => some_age(*test, self.players_of(id)),
            OfClub::FriendOfCaptainAge(test) => {
                let captain = self.captain(id);
                some_age(
                    *test,
                    captain.map(|id| self.friends_of(id)).unwrap_or_default(),
                )
            }
            OfClub::Not(cond) => !self.club_holds(cond, id),
            OfClub::Or(a, b) => self.club_holds(a, id) || self.club_holds(b, id),
        }
    }
}

fn holds(op: Compare, a: Option<i32>, b: i32) -> bool {
    values::holds(op, &a.map(V::I32), &Some(V::I32(b)))
}

fn quantified(quantifier: Quantifier, rows: Vec<i64>, holds: impl Fn(i64) -> bool) -> bool {
    let mut rows = rows.into_iter();
    match quantifier {
        Quantifier::Any => rows.any(holds),
        Quantifier::All => rows.all(holds),
        Quantifier::None => !rows.any(holds),
    }
}

type Test = (Compare, i32);

#[derive(Debug)]
enum OfPlayer {
    Age(Test),
    Clubs(Quantifier, Box<OfClub>),
    Fans(Quantifier, Box<Self>),
    PlaysIn(i64),
    InNoClub,
    ClubSize(Test),
    FriendAge(Test),
    IdolOfIdolAge(Test),
    ClubPlayerAge(Test),
    ClubCaptainAge(Test),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

#[derive(Debug)]
enum OfClub {
    Size(Test),
    Players(Quantifier, Box<OfPlayer>),
    Has(i64),
    PlayerAge(Test),
    FriendOfCaptainAge(Test),
    Not(Box<Self>),
    Or(Box<Self>, Box<Self>),
}

fn test(rng: &mut Rng) -> Test {
    let op = rng.pick(&[
        Compare::Eq,
        Compare::Ne,
        Compare::Gt,
        Compare::Gte,
        Compare::Lt,
        Compare::Lte,
    ]);
    (*op, rng.between(0, 5) as i32)
}

fn quantifier(rng: &mut Rng) -> Quantifier {
    *rng.pick(&[Quantifier::Any, Quantifier::All, Quantifier::None])
}

fn for_player(rng: &mut Rng, depth: usize) -> OfPlayer {
    let deeper = depth.saturating_sub(1);
    let roll = rng.below(if depth == 0 { 8 } else { 15 });
    match roll {
        0 => OfPlayer::Age(test(rng)),
        1 => OfPlayer::PlaysIn(rng.between(1, 6)),
        2 => OfPlayer::InNoClub,
        3 => OfPlayer::ClubSize(test(rng)),
        4 => OfPlayer::FriendAge(test(rng)),
        5 => OfPlayer::IdolOfIdolAge(test(rng)),
        6 => OfPlayer::ClubPlayerAge(test(rng)),
        7 => OfPlayer::ClubCaptainAge(test(rng)),
        8 | 9 => OfPlayer::Clubs(quantifier(rng), Box::new(for_club(rng, deeper))),
        10 => OfPlayer::Fans(quantifier(rng), Box::new(for_player(rng, deeper))),
        11 | 12 => OfPlayer::Not(Box::new(for_player(rng, deeper))),
        13 => OfPlayer::And(
            Box::new(for_player(rng, deeper)),
            Box::new(for_player(rng, deeper)),
        ),
        _ => OfPlayer::Or(
            Box::new(for_player(rng, deeper)),
            Box::new(for_player(rng, deeper)),
        ),
    }
}

fn for_club(rng: &mut Rng, depth: usize) -> OfClub {
    let deeper = depth.saturating_sub(1);
    let roll = rng.below(if depth == 0 { 4 } else { 8 });
    match roll {
        0 => OfClub::Size(test(rng)),
        1 => OfClub::Has(rng.between(1, 8)),
        2 => OfClub::PlayerAge(test(rng)),
        3 => OfClub::FriendOfCaptainAge(test(rng)),
        4 | 5 => OfClub::Players(quantifier(rng), Box::new(for_player(rng, deeper))),
        6 => OfClub::Not(Box::new(for_club(rng, deeper))),
        _ => OfClub::Or(
            Box::new(for_club(rng, deeper)),
            Box::new(for_club(rng, deeper)),
        ),
    }
}

macro_rules! compared {
    ($path:expr, $test:expr) => {{
        let (op, than) = *$test;
        match op {
            Compare::Eq => $path.eq(than),
            Compare::Ne => $path.ne(than),
            Compare::Gt => $path.gt(than),
            Compare::Gte => $path.gte(than),
            Compare::Lt => $path.lt(than),
            Compare::Lte => $path.lte(than),
        }
    }};
}

macro_rules! every {
    ($relation:expr, $quantifier:expr, $cond:expr) => {
        match $quantifier {
            Quantifier::Any => $relation.any($cond.built()),
            Quantifier::All => $relation.all($cond.built()),
            Quantifier::None => $relation.none($cond.built()),
        }
    };
}

impl OfPlayer {
    fn built(&self) -> Condition<Player> {
        match self {
            Self::Age(test) => compared!(Player::age, test),
            Self::Clubs(quantifier, cond) => every!(Player::clubs, quantifier, cond),
            Self::Fans(quantifier, cond) => every!(Player::fans, quantifier, cond),
            Self::PlaysIn(club) => Player::clubs.contains(*club),
            Self::InNoClub => Player::clubs.is_empty(),
            Self::ClubSize(test) => compared!(Player::clubs.size, test),
            Self::FriendAge(test) => compared!(Player::friends.age, test),
            Self::IdolOfIdolAge(test) => compared!(Player::idols.idols.age, test),
            Self::ClubPlayerAge(test) => compared!(Player::clubs.players.age, test),
            Self::ClubCaptainAge(test) => compared!(Player::clubs.captain.age, test),
            Self::Not(cond) => !cond.built(),
            Self::And(a, b) => a.built() & b.built(),
            Self::Or(a, b) => a.built() | b.built(),
        }
    }
}

impl OfClub {
    fn built(&self) -> Condition<Club> {
        match self {
            Self::Size(test) => compared!(Club::size, test),
            Self::Players(quantifier, cond) => every!(Club::players, quantifier, cond),
            Self::Has(player) => Club::players.contains(*player),
            Self::PlayerAge(test) => compared!(Club::players.age, test),
            Self::FriendOfCaptainAge(test) => compared!(Club::captain.friends.age, test),
            Self::Not(cond) => !cond.built(),
            Self::Or(a, b) => a.built() | b.built(),
        }
    }
}
