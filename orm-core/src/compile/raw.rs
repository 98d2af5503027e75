//! The user's own SQL, where each `?` outside of quotes and comments stands for a value and `??`
//! for a question mark.

/// A piece of raw SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// SQL as it stands.
    Sql(&'a str),
    /// The place of the next value.
    Value,
}

/// The pieces of raw SQL, in order.
pub(super) fn pieces(sql: &str) -> Pieces<'_> {
    Pieces {
        rest: sql,
        pending: false,
    }
}

/// Iterates over [`Piece`]s.
#[derive(Clone, Debug)]
pub(super) struct Pieces<'a> {
    rest: &'a str,
    /// Whether a value stands before the rest.
    pending: bool,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if std::mem::take(&mut self.pending) {
            return Some(Piece::Value);
        }
        if self.rest.is_empty() {
            return None;
        }
        let Some(mark) = find_mark(self.rest) else {
            return Some(Piece::Sql(std::mem::take(&mut self.rest)));
        };
        let (text, marked) = (&self.rest[..mark], &self.rest[mark..]);
        if let Some(rest) = marked.strip_prefix("??") {
            let with_mark = &self.rest[..=mark];
            self.rest = rest;
            return Some(Piece::Sql(with_mark));
        }
        self.rest = &marked[1..];
        if text.is_empty() {
            return Some(Piece::Value);
        }
        self.pending = true;
        Some(Piece::Sql(text))
    }
}

/// Where the first `?` is that stands neither in quotes nor in a comment.
fn find_mark(sql: &str) -> Option<usize> {
    let bytes = sql.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        at += match rest {
            [b'?', ..] => return Some(at),
            [quote @ (b'\'' | b'"'), ..] => skip_to(rest, &[*quote], 1),
            [b'-', b'-', ..] => skip_to(rest, b"\n", 2),
            [b'/', b'*', ..] => skip_to(rest, b"*/", 2),
            _ => 1,
        };
    }
    None
}

/// The length of what begins here and ends with `end`. A doubled quote is taken for two texts,
/// which comes to the same.
fn skip_to(bytes: &[u8], end: &[u8], from: usize) -> usize {
    let found = bytes[from..]
        .windows(end.len())
        .position(|window| window == end);
    found.map_or(bytes.len(), |index| from + index + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_outside_of_quotes_and_comments_are_values() {
        let sql =
            "SELECT '?' || ?, \"a?\"\"?\" -- ?\n FROM t /* ? */ WHERE x = ? AND d ?? 'it''s ?'";
        let mut out = String::new();
        for piece in pieces(sql) {
            out.push_str(match piece {
                Piece::Sql(text) => text,
                Piece::Value => "$",
            });
        }
        assert_eq!(
            out,
            "SELECT '?' || $, \"a?\"\"?\" -- ?\n FROM t /* ? */ WHERE x = $ AND d ? 'it''s ?'"
        );
        assert_eq!(pieces("??").collect::<Vec<_>>(), [Piece::Sql("?")]);
        assert_eq!(pieces("?").collect::<Vec<_>>(), [Piece::Value]);
    }
}
