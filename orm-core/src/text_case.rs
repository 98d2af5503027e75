//! Case mapping, one character to one character, as PostgreSQL does it in the C.UTF-8 locale.
//!
//! `str::to_uppercase` maps fully ("ß" becomes "SS") and minds its surroundings (the final sigma);
//! SQL's `upper` and `lower` map each code point by Unicode's *simple* mapping, so that a text
//! keeps its number of characters.
//!
//! Compared over all code points with PostgreSQL 15 on glibc 2.36 (`upper(chr(i) COLLATE
//! "C.utf8")`), what differs are only letters that Unicode gained a case partner for in versions 16
//! and 17, which that glibc does not know yet and Rust's tables do: U+019B, U+0264, U+1C89..1C8A,
//! U+A7CB..A7DC (in part), Garay (U+10D50..10D85) and Beria Erfe (U+16EA0..16ED3). A newer glibc
//! agrees on them too.

/// The text with each character in lower case, where it has a lower case of one character.
pub fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().map(lower_char).collect()
}

/// The text with each character in upper case, where it has an upper case of one character.
pub fn upper(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_uppercase();
    }
    text.chars().map(upper_char).collect()
}

/// Unicode's simple lower case of one character.
pub fn lower_char(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    // 'İ' is the only character whose full mapping has several ("i" and a dot above); its simple
    // one is the plain 'i'.
    character.to_lowercase().next().unwrap_or(character)
}

/// Unicode's simple upper case of one character.
pub fn upper_char(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_uppercase();
    }
    let mut full = character.to_uppercase();
    match (full.next(), full.next()) {
        (Some(upper), None) => upper,
        _ => simple_upper_of_many(character),
    }
}

/// The simple upper case of a character whose full upper case is several characters.
///
/// Greek letters with iota subscript have a title case of one character, which is their simple
/// upper case. All others ("ß", "ŉ", ligatures, letters whose capital needs a combining mark) stay
/// as they are.
fn simple_upper_of_many(character: char) -> char {
    let code = u32::from(character);
    let upper = match code {
        // Eight small letters, then their eight title case forms, six times.
        0x1F80..=0x1FAF => code | 8,
        0x1FB3 | 0x1FC3 | 0x1FF3 => code + 9,
        _ => code,
    };
    char::from_u32(upper).unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_maps_letters_alone() {
        assert_eq!(upper("abc-Z_9{"), "ABC-Z_9{");
        assert_eq!(lower("ABC-z_9["), "abc-z_9[");
        assert_eq!(upper(""), "");
    }

    #[test]
    fn one_character_stays_one_character() {
        assert_eq!(upper("straße"), "STRAßE");
        assert_eq!(upper("ŉ ǰ ﬁ"), "ŉ ǰ ﬁ");
        assert_eq!(lower("İ"), "i");
        for code in 0..=0x10FFFF {
            let Some(character) = char::from_u32(code) else {
                continue;
            };
            let text = String::from(character);
            assert_eq!(upper(&text).chars().count(), 1);
            assert_eq!(lower(&text).chars().count(), 1);
        }
    }

    #[test]
    fn letters_of_other_scripts() {
        assert_eq!(upper("éàç žluťoučký ёж"), "ÉÀÇ ŽLUŤOUČKÝ ЁЖ");
        assert_eq!(lower("ÉÀÇ ŽLUŤOUČKÝ ЁЖ"), "éàç žluťoučký ёж");
        assert_eq!(upper("ıſµÿ"), "ISΜŸ");
        assert_eq!(lower("ẞK"), "ßk");
    }

    #[test]
    fn sigma_does_not_mind_its_place() {
        assert_eq!(lower("ΟΔΟΣ"), "οδοσ");
        assert_eq!(upper("οδος"), "ΟΔΟΣ");
    }

    #[test]
    fn iota_subscript_has_a_simple_upper_case() {
        assert_eq!(upper_char('\u{1F80}'), '\u{1F88}');
        assert_eq!(upper_char('\u{1F88}'), '\u{1F88}');
        assert_eq!(upper_char('\u{1FA7}'), '\u{1FAF}');
        assert_eq!(upper_char('\u{1FB3}'), '\u{1FBC}');
        assert_eq!(upper_char('\u{1FF3}'), '\u{1FFC}');
        assert_eq!(upper_char('\u{1FB2}'), '\u{1FB2}');
        assert_eq!(lower_char('\u{1F88}'), '\u{1F80}');
    }

    #[test]
    fn title_case_digraphs() {
        assert_eq!(upper("ǆǅ"), "ǄǄ");
        assert_eq!(lower("Ǆǅ"), "ǆǆ");
    }
}
