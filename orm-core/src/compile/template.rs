//! Filling in the templates of functions, lookups and casts.

use super::precedence::Precedence;
use super::writer::Writer;
use crate::ast::{Expr, OrderTerm, WindowSpec};
use crate::dialect::Transform;
use crate::error::Result;
use crate::value::ColumnType;

/// What a template is filled in with.
pub(super) struct Arguments {
    values: Vec<Expr>,
    cast_to: Option<ColumnType>,
    aggregate: Option<Over>,
}

/// What an aggregate says of the rows that it looks at.
#[derive(Clone)]
pub(super) struct Over {
    pub(super) distinct: bool,
    pub(super) filter: Option<Expr>,
    pub(super) order: Vec<OrderTerm>,
    pub(super) window: Option<WindowSpec>,
}

impl Arguments {
    pub(super) const fn new(values: Vec<Expr>) -> Self {
        Self {
            values,
            cast_to: None,
            aggregate: None,
        }
    }

    pub(super) fn of_aggregate(values: Vec<Expr>, over: Over) -> Self {
        Self {
            values,
            cast_to: None,
            aggregate: Some(over),
        }
    }

    pub(super) fn of_cast(value: Expr, to: ColumnType) -> Self {
        Self {
            values: vec![value],
            cast_to: Some(to),
            aggregate: None,
        }
    }
}

/// A part of a template, with what surrounds it.
#[derive(Clone, Copy)]
struct Part {
    /// The part's text.
    text: &'static str,
    /// The argument that `{}` stands for.
    each: Option<usize>,
}

impl Writer<'_> {
    /// Writes a template with its arguments in their places.
    pub(super) fn template(&mut self, text: &'static str, mut arguments: Arguments) -> Result<()> {
        self.part(Part { text, each: None }, &mut arguments)
    }

    fn part(&mut self, part: Part, arguments: &mut Arguments) -> Result<()> {
        let mut rest = part.text;
        let mut distinct = false;
        while let Some(open) = rest.find('{') {
            let (before, from_brace) = rest.split_at(open);
            self.push_sql(before);
            let close = closing_brace(from_brace);
            let slot = from_brace.get(1..close).unwrap_or_default();
            let after = from_brace.get(close + 1..).unwrap_or_default();
            // Between commas, parentheses and AS nothing can bind into an argument.
            let begins = before.ends_with('(') || before.ends_with(", ") || distinct;
            let ends = after.starts_with([')', ',']) || after.starts_with(" AS ");
            let listed = begins && (ends || after.starts_with("{order})"));
            distinct = slot == "distinct";
            let least = if listed {
                Precedence::Loose
            } else {
                Precedence::Atom
            };
            self.slot(
                slot,
                least,
                Part {
                    text: after,
                    each: part.each,
                },
                arguments,
            )?;
            rest = after;
        }
        self.push_sql(rest);
        Ok(())
    }

    fn slot(
        &mut self,
        slot: &'static str,
        least: Precedence,
        rest: Part,
        arguments: &mut Arguments,
    ) -> Result<()> {
        match slot.as_bytes() {
            b"unicode" => {
                let collation = self.dialect.unicode_collation();
                self.push_identifier(collation);
                Ok(())
            }
            b"type" => {
                if let Some(to) = arguments.cast_to {
                    let name = self.dialect.type_name(to);
                    self.push_sql(name);
                }
                Ok(())
            }
            b"distinct" | b"filter" | b"order" => match &arguments.aggregate {
                Some(over) => self.over(slot, over),
                None => Ok(()),
            },
            b"" => match rest.each {
                Some(index) => self.argument(index, None, least, rest, arguments),
                None => Ok(()),
            },
            b"*" => self.push_list(0..arguments.values.len(), ", ", |writer, index| {
                writer.argument(index, None, Precedence::Loose, rest, arguments)
            }),
            [b'*', b'[', ..] => {
                let (separator, text) = slot[2..].split_once(']').unwrap_or_default();
                self.push_list(0..arguments.values.len(), separator, |writer, index| {
                    writer.part(
                        Part {
                            text,
                            each: Some(index),
                        },
                        arguments,
                    )
                })
            }
            [digit, name @ ..] => {
                let index = usize::from(digit.wrapping_sub(b'0'));
                let transform = name
                    .get(1..)
                    .and_then(|name| std::str::from_utf8(name).ok());
                let distinct = arguments
                    .aggregate
                    .as_ref()
                    .is_some_and(|over| over.distinct);
                if transform == Some("sort") || (distinct && index == 0) {
                    return self.sorted_argument(index, rest, arguments);
                }
                self.argument(
                    index,
                    transform.and_then(Transform::by_name),
                    least,
                    rest,
                    arguments,
                )
            }
        }
    }

    fn argument(
        &mut self,
        index: usize,
        transform: Option<Transform>,
        least: Precedence,
        rest: Part,
        arguments: &mut Arguments,
    ) -> Result<()> {
        let value = self.taken(index, rest, arguments)?;
        match (value, transform) {
            (Expr::Bind(value), Some(transform)) => self.push_transformed(value, transform),
            (value, _) => self.expr(value, least),
        }
    }
}

impl Writer<'_> {
    /// An argument: what is printed again further on is copied, what is not moves.
    fn taken(&self, index: usize, rest: Part, arguments: &mut Arguments) -> Result<Expr> {
        let again = rest.each.is_some() || rest.text.contains('{');
        match arguments.values.get_mut(index) {
            Some(value) if again => Ok(value.clone()),
            Some(value) => Ok(std::mem::replace(value, Expr::Constant(false))),
            None => Err(self.invalid("a function has too few arguments")),
        }
    }

    /// An argument in the form in which it is sorted.
    fn sorted_argument(
        &mut self,
        index: usize,
        rest: Part,
        arguments: &mut Arguments,
    ) -> Result<()> {
        let value = self.taken(index, rest, arguments)?;
        self.sortable(value)
    }
}

/// Where the brace that opens the text is closed.
fn closing_brace(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return at,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}
