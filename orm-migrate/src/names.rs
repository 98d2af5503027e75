//! Names of constraints and indexes that were given none: made up of table and columns, and short
//! enough for every database.

/// PostgreSQL cuts longer names without a word.
const LONGEST: usize = 63;

/// `table_column_column_suffix`, with a hash in the place of what is too long.
pub(crate) fn constraint_name<'a>(
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
        let mut room = LONGEST - hash.len() - 1 - suffix.len();
        while !name.is_char_boundary(room) {
            room -= 1;
        }
        name.truncate(room);
        name.push_str(&hash);
    }
    name.push('_');
    name.push_str(suffix);
    name
}

/// FNV-1a: stable for all time, as names in a database must be.
fn fnv(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
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
    fn long_names_are_cut_and_still_differ() {
        let (a, b) = ("é".repeat(40), "é".repeat(41));
        let (a, b) = (
            constraint_name(&a, ["x"], "idx"),
            constraint_name(&b, ["x"], "idx"),
        );
        assert!(a.len() <= LONGEST && b.len() <= LONGEST && a != b && a.ends_with("_idx"));
    }
}
