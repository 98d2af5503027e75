//! A row with a column of every type, and what is tried with each value of a column.

use orm::prelude::*;

/// A column of every type.
#[derive(Model, Debug, Clone)]
pub struct Vault {
    pub id: i64,
    pub flag: Option<bool>,
    pub small: Option<i16>,
    pub medium: Option<i32>,
    pub large: Option<i64>,
    pub single: Option<f32>,
    pub double: Option<f64>,
    pub text: Option<String>,
    #[field(max_length = 3)]
    pub short: Option<String>,
    pub bytes: Option<Vec<u8>>,
    pub number: Option<Decimal>,
    #[field(max_digits = 5, decimal_places = 2)]
    pub money: Option<Decimal>,
    #[field(max_digits = 28, decimal_places = 28)]
    pub fraction: Option<Decimal>,
    pub key: Option<Uuid>,
    pub day: Option<NaiveDate>,
    pub clock: Option<NaiveTime>,
    pub local: Option<NaiveDateTime>,
    pub moment: Option<DateTime<Utc>>,
    pub length: Option<Duration>,
    pub json: Option<serde_json::Value>,
}

/// What became of a value: it came back, the same in every way, or it was refused in every way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Kept,
    Refused,
}

/// The ids of the rows that meet a condition.
pub fn ids(db: &Database, condition: Condition<Vault>) -> Result<Vec<i64>> {
    let rows = Vault::objects().filter(condition).order_by(Vault::id);
    rows.values_list(Vault::id).all(db)
}

/// Tries a value of a column in every way that a value goes to the database and comes back.
macro_rules! tries {
    ($field:ident: $type:ty, |$value:ident| $literal:expr) => {
        pub fn $field(
            db: &Database,
            value: &$type,
            comes_back: &dyn Fn(&$type) -> bool,
        ) -> Result<Fate> {
            use crate::vault::{Fate, Vault, ids};
            const NAME: &str = concat!("Vault.", stringify!($field));
            let $value = value;
            Vault::objects().delete(db)?;
            let mut other = Vault::draft().save(db)?;
            let other_id = other.id;
            let by_id = Vault::objects().filter(Vault::id.eq(other_id));
            let draft = || Vault::draft().$field($value.clone()).build();
            let saved = draft().save(db);
            let Ok(saved) = saved else {
                // Whatever else is tried is refused as well, by the name of the field, and nothing is written.
                let refused = |what: &str, error: Option<Error>| match error {
                    Some(error) if error.to_string().contains(NAME) => {}
                    Some(error) => panic!("{NAME}, {what}: {error}"),
                    None => panic!("{NAME}, {what}: taken, but the draft was refused"),
                };
                refused("save", saved.err());
                refused(
                    "bulk_create",
                    Vault::objects().bulk_create(db, [draft()]).err(),
                );
                refused(
                    "update",
                    by_id.update(db, Vault::$field.set($literal)).err(),
                );
                refused("eq", ids(db, Vault::$field.eq($literal)).err());
                refused("ne", ids(db, Vault::$field.ne($literal)).err());
                refused("is_in", ids(db, Vault::$field.is_in([$literal])).err());
                other.$field = Some($value.clone());
                refused(
                    "bulk_update",
                    Vault::objects()
                        .bulk_update(db, &[other.clone()], (Vault::$field,))
                        .err(),
                );
                refused("instance", other.save(db).err());
                assert_eq!(
                    Vault::objects().filter(Vault::$field.is_null()).count(db)?,
                    1,
                    "{NAME}: nothing is written"
                );
                return Ok(Fate::Refused);
            };
            let here = |what: &str, found: Option<$type>| match found {
                Some(found) if comes_back(&found) => {}
                _ => panic!("{NAME}, {what}: another value came back"),
            };
            let read = |id: i64| {
                Vault::objects()
                    .get(db, Vault::id.eq(id))
                    .map(|row| row.$field)
            };
            here("the saved row", saved.$field.clone());
            here("read", read(saved.id)?);
            assert_eq!(
                ids(db, Vault::$field.eq($literal))?,
                [saved.id],
                "{NAME}: eq"
            );
            assert_eq!(
                ids(db, Vault::$field.ne($literal))?,
                [other_id],
                "{NAME}: ne"
            );
            assert_eq!(
                ids(db, Vault::$field.is_in([$literal]))?,
                [saved.id],
                "{NAME}: is_in"
            );
            assert_eq!(
                ids(db, !Vault::$field.is_in([$literal]))?,
                [other_id],
                "{NAME}: not is_in"
            );
            assert_eq!(
                by_id.update(db, Vault::$field.set($literal))?,
                1,
                "{NAME}: update"
            );
            here("update", read(other_id)?);
            assert_eq!(
                by_id.update(db, Vault::$field.set(None))?,
                1,
                "{NAME}: update to NULL"
            );
            other.$field = Some($value.clone());
            other.save(db)?;
            here("instance", read(other_id)?);
            other.refresh(db)?;
            here("refresh", other.$field.clone());
            by_id.update(db, Vault::$field.set(None))?;
            Vault::objects().bulk_update(db, &[other.clone()], (Vault::$field,))?;
            here("bulk_update", read(other_id)?);
            assert_eq!(
                ids(db, Vault::$field.eq($literal))?,
                [other_id.min(saved.id), other_id.max(saved.id)],
                "{NAME}: both"
            );
            assert_eq!(
                Vault::objects()
                    .values_list(Vault::$field)
                    .distinct()
                    .count(db)?,
                1,
                "{NAME}: distinct"
            );
            for row in Vault::objects().bulk_create(db, [draft(), draft()])? {
                here("bulk_create", row.$field.clone());
                here("read of bulk_create", read(row.id)?);
            }
            for row in Vault::objects()
                .order_by((Vault::$field.desc(), Vault::id))
                .iterator(db)?
            {
                here("iterator", row?.$field);
            }
            // The row written back as it was read.
            let again = saved.to_draft().save(db)?;
            here("written back", again.$field);
            Ok(Fate::Kept)
        }
    };
}
pub(crate) use tries;
