//! Names of constraints and indexes that were given none: made up of table and columns, and short
//! enough for every database. Tables are made with them, and errors tell them.

use super::{FieldSchema, ModelSchema, UniqueSchema};

/// So many bytes a name may have: PostgreSQL cuts longer ones without a word.
pub const LONGEST: usize = 63;

/// `table_column_column_suffix`, with a hash in the place of what is too long.
pub fn constraint_name<'a>(
    table: &str,
    columns: impl IntoIterator<Item = &'a str>,
    suffix: &str,
) -> String {
    let mut name = table.to_owned();
    for column in columns {
        name.push('_');
        name.push_str(column);
    }
    let whole = name.len() + 1 + suffix.len();
    if whole > LONGEST {
        let hash = format!("_{:08x}", fnv(&name));
        cut(&mut name, LONGEST - hash.len() - 1 - suffix.len());
        name.push_str(&hash);
    }
    name.push('_');
    name.push_str(suffix);
    name
}

/// Cuts a name to a number of bytes, or a few less: between two characters.
fn cut(name: &mut String, mut length: usize) {
    while !name.is_char_boundary(length) {
        length -= 1;
    }
    name.truncate(length);
}

/// FNV-1a: stable for all time, as names in a database must be.
fn fnv(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// Fields that no two rows share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UniqueKey {
    /// The constraint's name.
    pub name: String,
    /// The indexes in [`ModelSchema::fields`].
    pub fields: Vec<usize>,
    /// Whether it is the primary key, whose name PostgreSQL alone knows.
    pub is_primary: bool,
}

impl ModelSchema {
    /// The name of what is made over these fields, where it was given none.
    pub fn name_of(&self, fields: &[usize], suffix: &str) -> String {
        let columns = fields.iter().map(|field| self.fields[*field].column);
        constraint_name(self.table, columns, suffix)
    }

    /// The name of the unique constraint of one field.
    pub fn unique_field_name(&self, field: &FieldSchema) -> String {
        constraint_name(self.table, [field.column], "uniq")
    }

    /// The name of a unique constraint of several fields.
    pub fn unique_name(&self, unique: &UniqueSchema) -> String {
        match unique.name {
            Some(name) => name.to_owned(),
            None => self.name_of(unique.fields, "uniq"),
        }
    }

    /// The name of the constraint of a foreign key.
    pub fn foreign_key_name(&self, field: &FieldSchema) -> String {
        constraint_name(self.table, [field.column], "fk")
    }

    /// The name of the check that keeps a column within its length and digits, where its type does not.
    pub fn limit_name(&self, field: &FieldSchema) -> String {
        constraint_name(self.table, [field.column], "fits")
    }

    /// The fields that no two rows share: the primary key, and what the unique constraints say.
    pub fn unique_keys(&self) -> Vec<UniqueKey> {
        let mut primary = self.table.to_owned();
        if primary.len() + "_pkey".len() > LONGEST {
            cut(&mut primary, LONGEST - "_pkey".len());
        }
        primary.push_str("_pkey");
        let mut keys = vec![UniqueKey {
            name: primary,
            fields: self.primary_key.to_vec(),
            is_primary: true,
        }];
        let single = self.fields.iter().filter(|field| {
            let options = &field.options;
            options.unique && !self.is_key(field.index)
        });
        keys.extend(single.map(|field| UniqueKey {
            name: self.unique_field_name(field),
            fields: vec![field.index],
            is_primary: false,
        }));
        keys.extend(self.uniques.iter().map(|unique| UniqueKey {
            name: self.unique_name(unique),
            fields: unique.fields.to_vec(),
            is_primary: false,
        }));
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_readable() {
        assert_eq!(
            constraint_name("book", ["author_id", "title"], "uniq"),
            "book_author_id_title_uniq"
        );
    }

    #[test]
    fn a_primary_key_is_called_as_postgresql_calls_it() {
        use crate::compile::tests::schema::BOOK;
        let keys = BOOK.unique_keys();
        assert_eq!(
            (keys[0].name.as_str(), keys[0].is_primary),
            ("book_pkey", true)
        );
        let long = ModelSchema {
            name: "Long",
            table: "a_table_of_a_name_that_is_longer_than_what_postgresql_can_take_for_one",
            ..BOOK
        };
        // What `CREATE TABLE .. PRIMARY KEY` makes of this name.
        let expected = "a_table_of_a_name_that_is_longer_than_what_postgresql_can__pkey";
        assert_eq!(long.unique_keys()[0].name, expected);
    }

    #[test]
    fn long_names_are_cut_and_still_differ() {
        let (a, b) = ("é".repeat(40), "é".repeat(41));
        let (a, b) = (
            constraint_name(&a, ["x"], "idx"),
            constraint_name(&b, ["x"], "idx"),
        );
        assert!(a.len() <= LONGEST && b.len() <= LONGEST && a != b && a.ends_with("_idx"));
    }
}
