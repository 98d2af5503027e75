//! Primary keys that are made of several fields.

use std::collections::HashSet;

use orm::prelude::*;

use crate::support::{day, dialect, suite};

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Movie {
    pub id: i64,
    pub title: String,
    #[reverse(Role::movie)]
    pub roles: HasMany<Role>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Player {
    pub id: i64,
    pub name: String,
    #[reverse(Role::player)]
    pub roles: HasMany<Role>,
}

/// The link between the two, with columns of its own.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key = [movie, player], check(name = "fee_is_paid", condition = Role::fee.gte(0)))]
pub struct Role {
    #[field(on_delete = cascade)]
    pub movie: ForeignKey<Movie>,
    #[field(on_delete = cascade)]
    pub player: ForeignKey<Player>,
    pub name: String,
    #[field(max_digits = 8, decimal_places = 2, default = 0)]
    pub fee: Decimal,
    #[field(generated = Role::fee * 2)]
    pub double_fee: Decimal,
}

/// Rows with a composite key that may be without the row that they point at.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "composite_shelf")]
pub struct Shelf {
    pub id: i64,
    #[reverse(Volume::shelf)]
    pub volumes: HasMany<Volume>,
    #[reverse(Volume::stand)]
    pub stand: HasOne<Volume>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key = [series, number], ordering = [number])]
pub struct Volume {
    pub series: String,
    pub number: i32,
    #[field(on_delete = set_null)]
    pub shelf: Option<ForeignKey<Shelf>>,
    #[field(on_delete = set_null)]
    pub stand: Option<OneToOne<Shelf>>,
}

/// Linked through rows with a composite key.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Squad {
    pub id: i64,
    #[field(through = Duty)]
    pub guards: ManyToMany<Guard>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [id])]
pub struct Guard {
    pub id: i64,
    #[reverse(Squad::guards)]
    pub squads: ManyToMany<Squad>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key = [squad, guard])]
pub struct Duty {
    #[field(on_delete = cascade)]
    pub squad: ForeignKey<Squad>,
    #[field(on_delete = cascade)]
    pub guard: ForeignKey<Guard>,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Depth {
    Shallow,
    Deep,
}

/// A key of parts that databases keep in several ways, in another order than that of the fields.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key = [station, taken, depth, share, tag], ordering = [-value])]
pub struct Sample {
    pub value: i32,
    #[field(max_digits = 5, decimal_places = 2)]
    pub share: Decimal,
    #[field(max_length = 20)]
    pub station: String,
    pub taken: NaiveDate,
    pub depth: Depth,
    pub tag: Uuid,
}

fn cast(db: &Database) -> Result<(Vec<Movie>, Vec<Player>)> {
    let movies = ["Alien", "Brazil", "Cube"].map(|title| Movie::draft().title(title));
    let movies = Movie::objects().bulk_create(db, movies)?;
    let players = ["Ida", "Jon"].map(|name| Player::draft().name(name));
    let players = Player::objects().bulk_create(db, players)?;
    let mut drafts = Vec::new();
    for movie in &movies {
        for player in &players {
            let name = format!("{} in {}", player.name, movie.title);
            drafts.push(
                Role::draft()
                    .movie(movie)
                    .player(player)
                    .name(name)
                    .fee(movie.id * 10 + player.id),
            );
        }
    }
    Role::objects().bulk_create(db, drafts)?;
    Ok((movies, players))
}

fn samples(db: &Database) -> Result<Vec<Sample>> {
    let draft = |value: i32, station: &str, share: Decimal, depth| {
        Sample::draft()
            .value(value)
            .station(station)
            .taken(day(2024, 2, 29))
            .depth(depth)
            .share(share)
            .tag(Uuid::from_u128(value as u128))
    };
    let drafts = [
        draft(1, "a", dec!(0.10), Depth::Deep),
        draft(2, "a", dec!(0.1), Depth::Shallow),
        draft(3, "it's \"b\"", dec!(12.25), Depth::Deep),
        draft(4, "", dec!(-7), Depth::Deep),
    ];
    Sample::objects().bulk_create(db, drafts)
}

suite! {
    fn a_row_is_made_found_and_gone(db) {
        let (movies, players) = cast(db)?;
        let role = Role::objects().get(db, Role::movie.eq(&movies[1]) & Role::player.eq(&players[0]))?;
        assert_eq!(role.key(), (movies[1].id, players[0].id));
        assert_eq!(role.name, "Ida in Brazil");
        assert_eq!(Role::objects().get(db, Role::pk().eq(role.key()))?, role);
        assert_eq!(Role::objects().get(db, Role::player.eq(&players[0]) & Role::movie.eq(role.movie.id()))?, role);
        let none = Role::objects().get(db, Role::movie.eq(-1) & Role::player.eq(-1));
        assert!(matches!(none, Err(Error::DoesNotExist { model: "Role" })));
        let many = Role::objects().get(db, Role::movie.eq(&movies[1]));
        assert!(matches!(many, Err(Error::MultipleObjects { model: "Role" })));
        role.clone().delete(db)?;
        assert!(matches!(role.delete(db), Err(Error::DoesNotExist { model: "Role" })));
        assert_eq!(Role::objects().count(db)?, 5);
    }

    fn a_whole_key_is_looked_up_without_a_limit(db) {
        let (movies, players) = cast(db)?;
        let (_, log) = db.capture(|db| {
            Role::objects().get(db, Role::movie.eq(&movies[0]) & Role::player.eq(&players[0]))
        })?;
        let sql = &log.queries()[0].sql;
        assert!(!sql.contains("LIMIT") && !sql.contains("JOIN"), "{sql}");
    }

    fn an_instance_writes_its_own_row_alone(db) {
        let (movies, players) = cast(db)?;
        let of = |movie: usize, player: usize| {
            Role::objects().get(db, Role::movie.eq(&movies[movie]) & Role::player.eq(&players[player]))
        };
        let mut role = of(0, 1)?;
        role.name = "Kane".to_owned();
        role.fee = dec!(7.5);
        role.save(db)?;
        assert_eq!((&*role.name, role.double_fee), ("Kane", dec!(15.00)));
        assert_eq!(of(0, 1)?, role);
        role.name = "Ash".to_owned();
        role.fee = dec!(1);
        role.save_only(db, Role::name)?;
        role.refresh(db)?;
        assert_eq!((&*role.name, role.fee), ("Ash", dec!(7.50)));
        role.update(db, Role::fee.set(Role::fee + 1))?;
        assert_eq!((role.fee, role.double_fee), (dec!(8.50), dec!(17.00)));
        Role::objects().filter(Role::movie.eq(&movies[0])).update(db, Role::name.set("Dallas"))?;
        role.refresh_only(db, Role::name)?;
        assert_eq!(role.name, "Dallas");
        assert_eq!(of(1, 1)?.name, "Jon in Brazil");
        assert_eq!(of(0, 0)?.fee, dec!(10) * Decimal::from(movies[0].id) + Decimal::from(players[0].id));
        let mut gone = of(2, 1)?;
        gone.clone().delete(db)?;
        assert!(matches!(gone.save(db), Err(Error::DoesNotExist { model: "Role" })));
        assert!(matches!(gone.refresh(db), Err(Error::DoesNotExist { model: "Role" })));
        assert!(matches!(gone.update(db, Role::name.set("")), Err(Error::DoesNotExist { model: "Role" })));
    }

    fn many_rows_are_written_by_their_keys(db) {
        cast(db)?;
        let mut roles = Role::objects().all(db)?;
        for (place, role) in roles.iter_mut().enumerate() {
            role.name = format!("n{place}");
        }
        assert_eq!(Role::objects().bulk_update(db, &roles, (Role::name, Role::movie))?, 6);
        let read = Role::objects().in_bulk_all(db)?;
        assert!(roles.iter().all(|role| read[&role.key()].name == role.name));
    }

    fn keys_in_bulk_are_tuples(db) {
        let (movies, players) = cast(db)?;
        let keys = [(movies[0].id, players[1].id), (movies[2].id, players[0].id), (movies[1].id, -1)];
        let found: HashMap<(i64, i64), Role> = Role::objects().in_bulk(db, keys)?;
        let expected: HashSet<_> = keys[..2].iter().copied().collect();
        assert_eq!(found.keys().copied().collect::<HashSet<_>>(), expected);
        assert!(found.iter().all(|(key, role)| *key == role.key()));
        assert_eq!(Role::objects().in_bulk(db, [(0, 0); 0])?.len(), 0);
        assert_eq!(Role::objects().filter(!Role::pk().is_in(keys)).count(db)?, 4);
        assert_eq!(Role::objects().filter(!Role::pk().is_in([(0, 0); 0])).count(db)?, 6);
        assert_eq!(Role::objects().filter(Role::pk().ne(keys[0])).count(db)?, 5);
    }

    fn a_hundred_thousand_keys_are_one_query(db) {
        let (movies, players) = cast(db)?;
        let mut keys: Vec<_> = (0..100_000).map(|n| (-n, n)).collect();
        keys.push((movies[1].id, players[0].id));
        assert_queries!(db, 1, {
            assert_eq!(Role::objects().in_bulk(db, keys)?.len(), 1);
        });
    }

    fn slices_know_their_rows_by_the_whole_key(db) {
        let (movies, players) = cast(db)?;
        let first_two = || Role::objects().order_by(Role::pk()).limit(2);
        assert_eq!(first_two().filter(Role::player.eq(&players[1])).count(db)?, 1);
        assert_eq!(first_two().update(db, Role::name.set("first"))?, 2);
        assert_eq!(Role::objects().filter(Role::name.eq("first")).values_list(Role::movie).all(db)?, [movies[0].id; 2]);
        assert_eq!(Role::objects().order_by(Role::pk().desc()).slice(1..3).delete(db)?, 2);
        let left: Vec<(i64, i64)> = Role::objects().order_by(Role::pk()).values_list((Role::movie, Role::player)).all(db)?;
        let pair = |movie: usize, player: usize| (movies[movie].id, players[player].id);
        assert_eq!(left, [pair(0, 0), pair(0, 1), pair(1, 0), pair(2, 1)]);
        // Through a join: a subquery of keys.
        assert_eq!(Role::objects().filter(Role::movie.title.eq("Alien") & Role::player.name.eq("Jon")).delete(db)?, 1);
        assert_eq!(Role::objects().filter(Role::movie.title.eq("Cube")).update(db, Role::name.set("Worth"))?, 1);
        assert_eq!(Role::objects().filter(Role::name.eq("Worth")).one(db)?.key(), pair(2, 1));
    }

    fn first_and_last_are_those_of_the_key(db) {
        let (movies, players) = cast(db)?;
        assert_eq!(Role::objects().first(db)?.unwrap().key(), (movies[0].id, players[0].id));
        assert_eq!(Role::objects().last(db)?.unwrap().key(), (movies[2].id, players[1].id));
        let mut all = Role::objects().order_by((Role::movie.desc(), Role::player)).iterator(db)?;
        assert_eq!(all.next().unwrap()?.key(), (movies[2].id, players[0].id));
    }

    fn a_key_that_is_taken_names_its_fields(db) {
        let (movies, players) = cast(db)?;
        let draft = || Role::draft().movie(&movies[0]).player(&players[0]).name("again").build();
        let taken = draft().save(db);
        let Err(Error::UniqueViolation { model, constraint, fields, .. }) = taken else { panic!("{taken:?}") };
        assert_eq!((model, constraint.as_deref()), (Some("Role"), Some("role_pkey")));
        assert_eq!(fields, ["movie", "player"]);
        let orphan = Role::draft().movie(-5).player(&players[0]).name("").save(db);
        assert!(matches!(orphan, Err(Error::ForeignKeyViolation { .. })), "{orphan:?}");
        let unpaid = Role::objects().update(db, Role::fee.set(-1));
        assert!(matches!(unpaid, Err(Error::CheckViolation { .. })), "{unpaid:?}");
        assert_eq!(Role::objects().bulk_create_with(db, [draft()], BulkCreate::new().ignore_conflicts())?, 0);
        let upsert = BulkCreate::new().on_conflict((Role::movie, Role::player)).update((Role::name,));
        assert_eq!(Role::objects().bulk_create_with(db, [draft()], upsert)?, 1);
        assert_eq!(Role::objects().filter(Role::name.eq("again")).count(db)?, 1);
    }

    fn rows_are_made_or_found_by_the_key(db) {
        let (movies, players) = cast(db)?;
        let draft = |fee: i64| Role::draft().movie(&movies[0]).player(&players[0]).name("Lambert").fee(fee);
        let (role, created) = draft(1).get_or_create(db, (Role::movie, Role::player))?;
        assert!(!created && role.name == "Ida in Alien");
        let (role, created) = draft(2).update_or_create(db, (Role::movie, Role::player))?;
        assert!(!created && role.name == "Lambert" && role.fee == dec!(2.00));
        role.delete(db)?;
        let (role, created) = draft(3).update_or_create(db, (Role::movie, Role::player))?;
        assert!(created && role.fee == dec!(3.00));
        assert_eq!(Role::objects().count(db)?, 6);
    }

    fn what_its_parts_point_at_is_loaded(db) {
        let (_, players) = cast(db)?;
        assert_queries!(db, 1, {
            let roles = Role::objects().select_related((Role::movie, Role::player)).order_by(Role::pk()).all(db)?;
            assert_eq!(roles[3].movie.get()?.title, "Brazil");
            assert_eq!(roles[3].player.get()?.name, "Jon");
        });
        assert_queries!(db, 3, {
            let nested = Movie::roles.prefetch_related(Role::player).order_by(Role::pk());
            let movies = Movie::objects().prefetch_related(nested).order_by(Movie::id).all(db)?;
            let names = |movie: &Movie| -> Result<Vec<String>> {
                movie.roles.loaded()?.iter().map(|role| Ok(role.player.get()?.name.clone())).collect()
            };
            assert_eq!(names(&movies[2])?, ["Ida", "Jon"]);
        });
        assert_eq!(Movie::objects().filter(Movie::roles.player.name.eq("Ida")).count(db)?, 3);
        assert_eq!(Player::objects().filter(Player::roles.any(Role::movie.title.eq("Cube"))).count(db)?, 2);
        // Those that point at a row go with it.
        let jon = players.into_iter().nth(1).unwrap();
        jon.delete(db)?;
        assert_eq!(Role::objects().count(db)?, 3);
    }

    fn rows_are_given_to_a_relation_and_taken_out_of_it(db) {
        let mut shelves = [Shelf::draft().save(db)?, Shelf::draft().save(db)?];
        let nobody: [(String, i32); 0] = [];
        let drafts = (1..=4).map(|number| Volume::draft().series("it's \"a\"").number(number));
        let volumes = Volume::objects().bulk_create(db, drafts)?;
        let numbers = |shelf: &Shelf| shelf.volumes.values_list(Volume::number).order_by(Volume::number).all(db);
        let [first, second] = &mut shelves;
        assert_queries!(db, 1, { assert_eq!(first.volumes.add(db, &volumes[..3])?, 3) });
        assert_eq!(first.volumes.add(db, [&volumes[0]])?, 0);
        assert_queries!(db, 1, { assert_eq!(second.volumes.add(db, [volumes[2].key(), volumes[3].key()])?, 2) });
        assert_eq!((numbers(first)?, numbers(second)?), (vec![1, 2], vec![3, 4]));
        assert!(first.volumes.contains(db, &volumes[0])? && !first.volumes.contains(db, volumes[2].key())?);
        prefetch(db, std::slice::from_mut(first), Shelf::volumes)?;
        assert_queries!(db, 0, {
            assert!(first.volumes.contains(db, volumes[1].key())? && !first.volumes.contains(db, &volumes[3])?);
        });
        assert_eq!(first.volumes.remove(db, &volumes[1..])?, 1);
        assert_eq!((numbers(first)?, numbers(second)?), (vec![1], vec![3, 4]));
        first.volumes.set(db, [&volumes[1], &volumes[2]])?;
        assert_eq!((numbers(first)?, numbers(second)?), (vec![2, 3], vec![4]));
        assert_eq!(second.volumes.add(db, nobody.clone())?, 0);
        second.volumes.set(db, nobody)?;
        assert_eq!((first.volumes.clear(db)?, second.volumes.clear(db)?), (2, 0));
        assert_eq!(Volume::objects().filter(Volume::shelf.is_null()).count(db)?, 4);
        let fifth = first.volumes.draft().series("b").number(5).save(db)?;
        assert_eq!(fifth.shelf.id(), Some(first.id));
        let (again, created) = first.volumes.draft().series("b").number(5).get_or_create(db, Volume::number)?;
        assert!(!created && again == fifth);
        // One row, and not many.
        first.stand.set(db, &fifth)?;
        first.stand.set(db, volumes[0].key())?;
        assert_eq!(first.stand.fetch(db)?.map(Volume::key), Some(volumes[0].key()));
        assert_eq!(Volume::objects().filter(Volume::stand.is_not_null()).count(db)?, 1);
    }

    fn rows_whose_key_has_the_owner_in_it_get_another_key(db) {
        let (mut movies, players) = cast(db)?;
        Role::objects().filter(Role::movie.ne(&movies[0])).delete(db)?;
        let roles = Role::objects().order_by(Role::pk()).all(db)?;
        let [alien, brazil, _] = &mut movies[..] else { panic!("three movies") };
        assert_queries!(db, 1, { assert_eq!(brazil.roles.add(db, [&roles[0]])?, 1) });
        assert_eq!(brazil.roles.one(db)?.key(), (brazil.id, players[0].id));
        assert!(!alien.roles.contains(db, &roles[0])?);
        // The row that comes is known by the key that it has then.
        brazil.roles.set(db, [(alien.id, players[1].id), (brazil.id, players[0].id)])?;
        assert_eq!((alien.roles.count(db)?, brazil.roles.count(db)?), (0, 2));
        // A role cannot be in no movie, and nothing changes.
        assert!(matches!(brazil.roles.set(db, [(brazil.id, players[0].id)]), Err(Error::InvalidQuery { .. })));
        assert_eq!(brazil.roles.count(db)?, 2);
        // A key that is taken.
        alien.roles.draft().player(&players[0]).name("Ripley").save(db)?;
        assert!(matches!(brazil.roles.add(db, [(alien.id, players[0].id)]), Err(Error::UniqueViolation { .. })));
        let (role, created) = alien.roles.draft().player(&players[0]).name("Ash").update_or_create(db, Role::player)?;
        assert!(!created && role.name == "Ash" && role.movie.id() == alien.id);
    }

    fn links_with_a_composite_key_are_made_and_gone(db) {
        let mut squad = Squad::draft().save(db)?;
        let guards = Guard::objects().bulk_create(db, (0..3).map(|_| Guard::draft()))?;
        assert_eq!(squad.guards.add(db, &guards[..2])?, 2);
        assert_eq!(squad.guards.add(db, [guards[0].id])?, 0);
        squad.guards.set(db, &guards[1..])?;
        assert_eq!(squad.guards.all(db)?, guards[1..]);
        assert!(guards[2].squads.contains(db, &squad)?);
        assert_eq!(squad.guards.remove(db, [&guards[0], &guards[1]])?, 1);
        let pairs: Vec<(i64, i64)> = Duty::objects().values_list(Duty::pk()).all(db)?;
        assert_eq!(pairs, [(squad.id, guards[2].id)]);
        assert_eq!(squad.guards.clear(db)?, 1);
    }

    fn the_key_is_selected_and_compared_with_queries(db) {
        let (movies, players) = cast(db)?;
        let all: Vec<(i64, i64)> = Role::objects().order_by(Role::pk()).values_list(Role::pk()).all(db)?;
        assert_eq!(all.len(), 6);
        assert_eq!(all[3], (movies[1].id, players[1].id));
        let roles = || Role::objects().filter(Role::movie.eq(&movies[0]));
        assert_eq!(Role::objects().filter(Role::pk().is_in(roles())).count(db)?, 2);
        let of_first = roles();
        assert_eq!(Role::objects().filter(!Role::pk().is_in(&of_first)).count(db)?, 4);
        assert_eq!(Role::objects().filter(Role::pk().is_in(roles().values_list(Role::pk()))).count(db)?, 2);
        assert_eq!(Role::objects().filter(Role::pk().is_in(roles().order_by(Role::pk()).limit(1))).one(db)?.key(), all[0]);
        assert_eq!(Role::objects().filter(!Role::pk().is_in(roles().none())).count(db)?, 6);
        // The keys of another model's rows.
        let swapped = Role::objects().values_list((Role::player, Role::movie));
        let same = all.iter().filter(|(movie, player)| all.contains(&(*player, *movie))).count() as u64;
        assert_eq!(Role::objects().filter(Role::pk().is_in(&swapped)).count(db)?, same);
        let united = roles().union(Role::objects().filter(Role::movie.eq(&movies[2])));
        assert_eq!(Role::objects().filter(Role::pk().is_in(united)).count(db)?, 4);
        let united = roles().values_list(Role::pk()).union(swapped);
        assert!(Role::objects().filter(Role::pk().is_in(united)).count(db)? >= 2);
        // Written and ordered by it, and of several queries.
        assert_eq!(Role::objects().filter(Role::pk().is_in(roles())).update(db, Role::name.set("x"))?, 2);
        assert_eq!(Role::objects().filter(Role::pk().is_in(roles())).delete(db)?, 2);
        let left = Role::objects().order_by((Role::player.desc(), Role::pk().desc())).values_list(Role::pk()).all(db)?;
        assert_eq!(left[0], (movies[2].id, players[1].id));
        assert_eq!(Role::objects().values_list(Role::pk()).order_by(Role::pk()).distinct().first(db)?, Some((movies[1].id, players[0].id)));
        // A key of one field.
        assert_eq!(Movie::objects().values_list(Movie::pk()).order_by(Movie::pk()).all(db)?, [movies[0].id, movies[1].id, movies[2].id]);
        let titles: Vec<(i64, String)> = Movie::objects().order_by(Movie::pk().desc()).values_list((Movie::pk(), Movie::title)).all(db)?;
        assert_eq!(titles[0], (movies[2].id, "Cube".to_owned()));
        assert_eq!(Movie::objects().filter(!Movie::pk().is_in(Role::objects().values_list(Role::movie))).one(db)?.title, "Alien");
        assert_eq!(Movie::objects().filter(Movie::pk().is_in(Movie::objects().order_by(Movie::title).limit(2))).count(db)?, 2);
    }

    fn parts_of_every_kind_find_their_row(db) {
        for sample in samples(db)? {
            let found = Sample::objects().get(db, Sample::pk().eq(sample.key()))?;
            assert_eq!(found, sample);
            assert_eq!(Sample::objects().filter(Sample::pk().ne(sample.key())).count(db)?, 3);
        }
        let all = Sample::objects().all(db)?;
        assert_eq!(all.iter().map(|sample| sample.value).collect::<Vec<_>>(), [4, 3, 2, 1]);
        let mut keys: Vec<_> = all.iter().map(Sample::key).collect();
        assert_eq!(Sample::objects().in_bulk(db, keys.clone())?.len(), 4);
        // Nearly the same.
        keys.iter_mut().for_each(|key| key.3 += dec!(0.01));
        assert_eq!(Sample::objects().in_bulk(db, keys)?.len(), 0);
        assert_eq!(Sample::objects().order_by(Sample::value).limit(3).delete(db)?, 3);
        let last = Sample::objects().one(db)?;
        assert_eq!((last.value, &*last.station), (4, ""));
        assert_eq!(Sample::objects().bulk_update(db, [&last], Sample::value)?, 1);
        last.delete(db)?;
    }

    fn a_row_is_locked_and_counted_and_explained(db) {
        let (movies, _) = cast(db)?;
        db.atomic(|tx| {
            let roles = Role::objects().filter(Role::movie.eq(&movies[0])).select_for_update().all(tx)?;
            assert_eq!(roles.len(), 2);
            Ok(())
        })?;
        assert!(Role::objects().filter(Role::pk().eq((movies[0].id, -1))).distinct().count(db)? == 0);
        assert!(!Role::objects().filter(Role::pk().is_in([(1, 1)])).explain(db)?.is_empty());
    }

    fn its_sql_is_plain(db) {
        let update = Role::objects().order_by(Role::pk()).limit(2).filter(Role::name.eq("x")).to_sql(dialect(db))?.0;
        assert!(update.contains(r#"("role"."movie_id", "role"."player_id") IN (SELECT "t1"."movie_id", "t1"."player_id" FROM"#), "{update}");
    }

    fn its_table_has_the_key_and_the_indexes(db) {
        let script = db.create_tables_sql()?;
        let role: Vec<_> = script.iter().filter(|sql| sql.contains("\"role\" (")).collect();
        assert!(role[0].contains("PRIMARY KEY (\"movie_id\", \"player_id\")"), "{role:?}");
        // The key's own index serves its first field.
        assert_eq!(role.len(), 2, "{role:?}");
        assert!(role[1].contains("\"role_player_id_idx\""), "{role:?}");
    }
}
