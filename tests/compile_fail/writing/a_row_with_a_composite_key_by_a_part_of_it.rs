use orm::prelude::*;

#[derive(Model)]
struct Film {
    id: i64,
    #[reverse(Role::film)]
    roles: HasMany<Role>,
}

#[derive(Model)]
#[model(primary_key = [film, actor])]
struct Role {
    film: ForeignKey<Film>,
    actor: i64,
    name: String,
}

fn write(db: &Database, film: &Film) {
    let _ = film.roles.contains(db, 1);
}

fn main() {}
