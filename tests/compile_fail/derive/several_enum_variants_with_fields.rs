use orm::prelude::*;

#[derive(DbEnum, Debug, Clone, PartialEq)]
enum State {
    Draft,
    Published(NaiveDate),
    Withdrawn { why: String },
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(check(name = "no_draft", condition = Post::state.ne(State::Draft)))]
struct Post {
    id: i64,
    #[field(default = State::Draft)]
    state: State,
}

fn main() {}
