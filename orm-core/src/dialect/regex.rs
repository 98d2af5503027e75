//! Regular expressions: the syntax of the `regex` crate, translated for PostgreSQL.
//!
//! The pattern goes through `regex-syntax` into its high-level form, in which classes, flags and
//! case-insensitivity are already spelled out as ranges of characters. What is printed from there
//! needs nothing of the server: no locale (in a C database PostgreSQL's own `\w`, `\d`,
//! `[[:alpha:]]`, `\y` and `~*` know ASCII alone) and no embedded option.
//!
//! Only whether a text matches is asked for (`text ~ pattern`), so groups do not capture, and lazy
//! repetition is printed as greedy: PostgreSQL lets one lazy quantifier change its whole branch,
//! but never whether there is a match.
//!
//! The result is an advanced regular expression, which `~` takes by default. It begins with neither
//! `***` nor an option such as `(?i)`: a literal `*` is escaped, and the only groups are `(?:` and
//! look-around.

use std::fmt::Write as _;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Look, Repetition};

/// The largest count in PostgreSQL's `{m,n}`.
const COUNT_LIMIT: u32 = 255;

/// The largest count that is translated, by repeating the repetition. PostgreSQL copies what is
/// repeated so many times.
const REPETITION_LIMIT: u32 = 1000;

/// Why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegexError {
    /// The pattern is not well-formed. The text names the mistake and its place, and does not quote
    /// the pattern.
    #[error("invalid regular expression: {0}")]
    Invalid(String),
    /// The pattern is well-formed, but PostgreSQL has no counterpart.
    #[error("regular expression not supported by PostgreSQL: {0}")]
    Unsupported(&'static str),
}

/// Whether the pattern is well-formed.
pub fn validate(pattern: &str) -> Result<(), RegexError> {
    parse(pattern, false).map(drop)
}

/// A PostgreSQL pattern that matches (by `~`) the texts in which this pattern is found.
pub fn to_postgres(pattern: &str, ignore_case: bool) -> Result<String, RegexError> {
    let mut printer = Printer {
        out: String::with_capacity(pattern.len() + 16),
    };
    printer.any(&parse(pattern, ignore_case)?)?;
    Ok(printer.out)
}

fn parse(pattern: &str, ignore_case: bool) -> Result<Hir, RegexError> {
    let parsed = ParserBuilder::new()
        .case_insensitive(ignore_case)
        .build()
        .parse(pattern);
    // The library's own messages draw the pattern with the place underlined; a pattern may be a
    // bound value.
    parsed.map_err(|error| match error {
        regex_syntax::Error::Parse(error) => {
            invalid(error.kind(), pattern, error.span().start.offset)
        }
        regex_syntax::Error::Translate(error) => {
            invalid(error.kind(), pattern, error.span().start.offset)
        }
        _ => RegexError::Invalid("it cannot be parsed".to_owned()),
    })
}

#[cold]
fn invalid(kind: &dyn std::fmt::Display, pattern: &str, offset: usize) -> RegexError {
    let character = pattern.get(..offset).unwrap_or(pattern).chars().count() + 1;
    RegexError::Invalid(format!("{kind} (at character {character})"))
}

/// Prints the high-level form as a PostgreSQL advanced regular expression.
struct Printer {
    out: String,
}

type Printed = Result<(), RegexError>;

impl Printer {
    /// An expression where everything may stand: the whole, or the inside of a group.
    fn any(&mut self, hir: &Hir) -> Printed {
        match hir.kind() {
            HirKind::Alternation(branches) => {
                for (index, branch) in branches.iter().enumerate() {
                    if index > 0 {
                        self.out.push('|');
                    }
                    self.branch(branch)?;
                }
                Ok(())
            }
            _ => self.branch(hir),
        }
    }

    /// An expression that may stand beside others.
    fn branch(&mut self, hir: &Hir) -> Printed {
        match hir.kind() {
            HirKind::Empty => self.out.push_str("(?:)"),
            HirKind::Literal(literal) => {
                for character in text_of(&literal.0)?.chars() {
                    self.character(character);
                }
            }
            HirKind::Class(class) => self.class(&unicode(class)?),
            HirKind::Look(look) => self.look(*look, None, None)?,
            HirKind::Repetition(repetition) => self.repetition(repetition)?,
            HirKind::Capture(capture) => self.branch(&capture.sub)?,
            HirKind::Concat(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    match part.kind() {
                        HirKind::Look(look) => {
                            let before = index.checked_sub(1).and_then(|index| parts.get(index));
                            self.look(*look, before, parts.get(index + 1))?;
                        }
                        _ => self.branch(part)?,
                    }
                }
            }
            HirKind::Alternation(_) => self.group(hir)?,
        }
        Ok(())
    }

    /// An expression that a quantifier may follow.
    fn atom(&mut self, hir: &Hir) -> Printed {
        match hir.kind() {
            HirKind::Class(class) if !unicode(class)?.ranges().is_empty() => self.branch(hir),
            HirKind::Literal(literal) if text_of(&literal.0)?.chars().count() == 1 => {
                self.branch(hir)
            }
            HirKind::Capture(capture) => self.atom(&capture.sub),
            _ => self.group(hir),
        }
    }

    fn group(&mut self, hir: &Hir) -> Printed {
        self.out.push_str("(?:");
        self.any(hir)?;
        self.out.push(')');
        Ok(())
    }

    fn character(&mut self, character: char) {
        if character == '\0' {
            // Neither a text nor a pattern of PostgreSQL can hold it, so it never matches.
            self.never();
        } else if character.is_ascii_punctuation() {
            self.out.push('\\');
            self.out.push(character);
        } else {
            self.plain(character);
        }
    }

    /// A character that means itself, inside of brackets too.
    fn plain(&mut self, character: char) {
        let code = u32::from(character);
        // Writing to a `String` cannot fail.
        let _ = if character.is_alphanumeric() || character == ' ' {
            self.out.push(character);
            Ok(())
        } else if code <= 0xFFFF {
            write!(self.out, "\\u{code:04X}")
        } else {
            write!(self.out, "\\U{code:08X}")
        };
    }

    /// An expression that no text matches.
    fn never(&mut self) {
        self.out.push_str("(?:(?!))");
    }

    fn class(&mut self, class: &ClassUnicode) {
        let mut inside = without_nul(class);
        let mut outside = inside.clone();
        outside.negate();
        let outside = without_nul(&outside);
        if inside.ranges().is_empty() {
            return self.never();
        }
        if outside.ranges().is_empty() {
            // Any character, the line feed too: without options PostgreSQL does not treat lines
            // apart.
            return self.out.push('.');
        }
        self.out.push('[');
        if outside.ranges().len() < inside.ranges().len() {
            self.out.push('^');
            inside = outside;
        }
        for range in inside.ranges() {
            self.plain(range.start());
            if range.start() != range.end() {
                if u32::from(range.end()) - u32::from(range.start()) > 1 {
                    self.out.push('-');
                }
                self.plain(range.end());
            }
        }
        self.out.push(']');
    }

    fn repetition(&mut self, repetition: &Repetition) -> Printed {
        let Repetition { min, max, sub, .. } = repetition;
        if max.unwrap_or(*min).max(*min) > REPETITION_LIMIT {
            return Err(RegexError::Unsupported(
                "a repetition of more than 1000 times",
            ));
        }
        match (*min, *max) {
            (0, None) => return self.quantified(sub, "*"),
            (1, None) => return self.quantified(sub, "+"),
            (0, Some(1)) => return self.quantified(sub, "?"),
            _ => {}
        }
        // x{300,} is x{255}x{45}x*, and x{2,300} is x{2}x{0,255}x{0,43}: which copy matches does
        // not matter.
        if *min <= COUNT_LIMIT && max.is_none_or(|max| max <= COUNT_LIMIT) {
            let quantifier = match *max {
                None => format!("{{{min},}}"),
                Some(max) if max == *min => format!("{{{min}}}"),
                Some(max) => format!("{{{min},{max}}}"),
            };
            return self.quantified(sub, &quantifier);
        }
        self.copies(sub, *min, "")?;
        match max {
            None => self.quantified(sub, "*"),
            Some(max) => self.copies(sub, max - min, "0,"),
        }
    }

    /// So many copies, in portions that PostgreSQL takes.
    fn copies(&mut self, sub: &Hir, mut count: u32, least: &str) -> Printed {
        while count > 0 {
            let portion = count.min(COUNT_LIMIT);
            self.quantified(sub, &format!("{{{least}{portion}}}"))?;
            count -= portion;
        }
        Ok(())
    }

    fn quantified(&mut self, sub: &Hir, quantifier: &str) -> Printed {
        self.atom(sub)?;
        self.out.push_str(quantifier);
        Ok(())
    }

    /// A place, between the expressions before and after it.
    fn look(&mut self, look: Look, before: Option<&Hir>, after: Option<&Hir>) -> Printed {
        match look {
            Look::Start => self.out.push('^'),
            Look::End => self.out.push('$'),
            Look::StartLF => self.out.push_str(r"(?:^|(?<=\n))"),
            Look::EndLF => self.out.push_str(r"(?:$|(?=\n))"),
            // Between \r and \n there is neither a start nor an end.
            Look::StartCRLF => self.out.push_str(r"(?:^|(?<=\n)|(?<=\r)(?!\n))"),
            Look::EndCRLF => self.out.push_str(r"(?:$|(?=\r)|(?<!\r)(?=\n))"),
            _ => return self.boundary(look, before, after),
        }
        Ok(())
    }

    /// A place judged by whether the characters on both sides of it belong to words.
    fn boundary(&mut self, look: Look, before: Option<&Hir>, after: Option<&Hir>) -> Printed {
        const YES: Option<bool> = Some(true);
        const NO: Option<bool> = Some(false);
        // The cases in which it holds: what is on the left, and on the right.
        let cases: &[(Option<bool>, Option<bool>)] = match look {
            Look::WordAscii | Look::WordUnicode => &[(YES, NO), (NO, YES)],
            Look::WordAsciiNegate | Look::WordUnicodeNegate => &[(YES, YES), (NO, NO)],
            Look::WordStartAscii | Look::WordStartUnicode => &[(NO, YES)],
            Look::WordEndAscii | Look::WordEndUnicode => &[(YES, NO)],
            Look::WordStartHalfAscii | Look::WordStartHalfUnicode => &[(NO, None)],
            Look::WordEndHalfAscii | Look::WordEndHalfUnicode => &[(None, NO)],
            _ => return Err(RegexError::Unsupported("a place of this kind")),
        };
        let word = Word::of(look)?;
        // The class of all letters is long. Where a neighbour tells one side, as in \bword\b, it
        // need not be asked.
        let left = before.and_then(|hir| word.edge(hir, Edge::Last));
        let right = after.and_then(|hir| word.edge(hir, Edge::First));
        let possible = |asked: Option<bool>, known: Option<bool>| {
            asked.is_none() || known.is_none() || asked == known
        };
        self.out.push_str("(?:");
        let start = self.out.len();
        for (asked_left, asked_right) in cases {
            if !possible(*asked_left, left) || !possible(*asked_right, right) {
                continue;
            }
            if self.out.len() > start {
                self.out.push('|');
            }
            match (asked_left, left) {
                (Some(true), None) => self.around("(?<=", &word),
                (Some(false), None) => self.around("(?<!", &word),
                _ => {}
            }
            match (asked_right, right) {
                (Some(true), None) => self.around("(?=", &word),
                (Some(false), None) => self.around("(?!", &word),
                _ => {}
            }
            if self.out.len() == start {
                self.out.push_str("(?:)");
            }
        }
        if self.out.len() == start {
            self.out.push_str("(?!)");
        }
        self.out.push(')');
        Ok(())
    }

    fn around(&mut self, opening: &str, word: &Word) {
        self.out.push_str(opening);
        self.class(&word.0);
        self.out.push(')');
    }
}

/// The characters of which words consist.
struct Word(ClassUnicode);

/// Which end of what an expression matches.
#[derive(Clone, Copy)]
enum Edge {
    First,
    Last,
}

impl Word {
    /// The characters meant by a word boundary.
    fn of(look: Look) -> Result<Self, RegexError> {
        let ascii = matches!(
            look,
            Look::WordAscii
                | Look::WordAsciiNegate
                | Look::WordStartAscii
                | Look::WordEndAscii
                | Look::WordStartHalfAscii
                | Look::WordEndHalfAscii
        );
        match parse(if ascii { r"(?-u:\w)" } else { r"\w" }, false)?.kind() {
            HirKind::Class(class) => Ok(Self(unicode(class)?)),
            _ => Err(RegexError::Unsupported("a word boundary")),
        }
    }

    /// Whether every match has a character of a word at that end, or none has; `None` if it
    /// depends.
    fn edge(&self, hir: &Hir, edge: Edge) -> Option<bool> {
        match hir.kind() {
            HirKind::Literal(literal) => {
                let mut characters = text_of(&literal.0).ok()?.chars();
                let character = match edge {
                    Edge::First => characters.next(),
                    Edge::Last => characters.next_back(),
                }?;
                let ranges = self.0.ranges();
                Some(
                    ranges
                        .iter()
                        .any(|range| (range.start()..=range.end()).contains(&character)),
                )
            }
            HirKind::Class(class) => {
                let class = unicode(class).ok()?;
                let mut common = class.clone();
                common.intersect(&self.0);
                match common.ranges() {
                    [] => Some(false),
                    _ if common == class => Some(true),
                    _ => None,
                }
            }
            HirKind::Repetition(repetition) if repetition.min > 0 => {
                self.edge(&repetition.sub, edge)
            }
            HirKind::Capture(capture) => self.edge(&capture.sub, edge),
            HirKind::Concat(parts) => match edge {
                Edge::First => self.edge(parts.first()?, edge),
                Edge::Last => self.edge(parts.last()?, edge),
            },
            HirKind::Alternation(branches) => {
                let known = self.edge(branches.first()?, edge)?;
                branches
                    .iter()
                    .all(|branch| self.edge(branch, edge) == Some(known))
                    .then_some(known)
            }
            _ => None,
        }
    }
}

fn text_of(bytes: &[u8]) -> Result<&str, RegexError> {
    std::str::from_utf8(bytes).map_err(|_| RegexError::Unsupported("a byte that is no character"))
}

fn unicode(class: &Class) -> Result<ClassUnicode, RegexError> {
    match class {
        Class::Unicode(class) => Ok(class.clone()),
        Class::Bytes(class) => class
            .to_unicode_class()
            .ok_or(RegexError::Unsupported("a byte that is no character")),
    }
}

/// The class without U+0000, which no text of PostgreSQL holds and no pattern can spell.
fn without_nul(class: &ClassUnicode) -> ClassUnicode {
    let nul = ClassUnicode::new([regex_syntax::hir::ClassUnicodeRange::new('\0', '\0')]);
    let mut class = class.clone();
    class.difference(&nul);
    class
}

#[cfg(test)]
#[path = "regex_tests.rs"]
mod tests;
