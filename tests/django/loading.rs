//! Related rows, loaded with the rows or row by row.

use orm::prelude::*;

use crate::answer::Answer;
use crate::case::cases;
use crate::models::lab::Person;

cases! { "loading",
    fn prefetch_one_to_one(db) {
        let (people, log) = db.capture(|db| {
            let people = Person::objects().prefetch_related(Person::passport).order_by(Person::id).all(db)?;
            let numbers = people.iter().map(|person| {
                let number = person.passport.get()?.map(|passport| passport.number.clone());
                Ok((person.name.clone(), number))
            });
            numbers.collect::<Result<Vec<_>>>()
        })?;
        [("rows", people.into_json()), ("queries", (log.len() as u64).into_json())]
    }
}
