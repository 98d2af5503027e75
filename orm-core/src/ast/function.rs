//! Functions and lookups as data: one static row each.
//!
//! The text is a template, whose syntax is told at [`compile`](crate::compile): `{0}`, `{1}` are the
//! arguments, `{*}` all of them with commas between. A placeholder may name a
//! [transform](crate::dialect::Transform) of a bound value: `{1:prefix}`. A dialect whose text
//! differs has a row of the same name in its own table of overrides.

use crate::value::ColumnType;

/// A function of the database.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// The name by which a dialect overrides the text.
    pub name: &'static str,
    /// How many arguments it takes.
    pub arity: Arity,
    /// The text in standard SQL (PostgreSQL's, where the standard has none).
    pub sql: &'static str,
    /// When the result is NULL.
    pub nulls: NullRule,
    /// What the result is; `None` for the type of the first argument whose type is known.
    pub result: Option<ColumnType>,
    /// The text on SQLite of a function of the user's; the house's own have theirs in the dialect's table.
    pub sqlite: Option<&'static str>,
}

/// How many arguments a function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arity {
    /// So many.
    Exactly(usize),
    /// So many or more.
    AtLeast(usize),
}

/// When a function's result is NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullRule {
    /// When, and only when, some argument is.
    AnyArgument,
    /// When, and only when, all arguments are.
    AllArguments,
    /// Never.
    Never,
    /// Maybe even when no argument is.
    Maybe,
}

/// A condition on a subject and an operand, such as `contains`.
#[derive(Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The name by which a dialect overrides the text.
    pub name: &'static str,
    /// The text where the operand is any expression. `{0}` is the subject, `{1}` the operand.
    pub sql: &'static str,
    /// The text where the operand is a bound value, if that can be better (an index can serve it).
    pub literal: Option<&'static str>,
    /// The text on SQLite of a lookup of the user's.
    pub sqlite: Option<&'static str>,
}

impl Lookup {
    /// A lookup of the user's own: `{0}` in the text is the subject, `{1}` the operand. See [`custom`](crate::expr::custom).
    pub const fn custom(name: &'static str, sql: &'static str) -> Self {
        Self {
            name,
            sql,
            literal: None,
            sqlite: Some(sql),
        }
    }

    /// The same lookup with another text on SQLite.
    #[must_use]
    pub const fn on_sqlite(mut self, sql: &'static str) -> Self {
        self.sqlite = Some(sql);
        self
    }
}

impl Arity {
    /// Whether so many arguments may be given.
    pub const fn allows(self, arguments: usize) -> bool {
        match self {
            Self::Exactly(count) => arguments == count,
            Self::AtLeast(count) => arguments >= count,
        }
    }
}

impl Function {
    /// A function that is NULL exactly when an argument is.
    pub const fn strict(name: &'static str, arity: Arity, sql: &'static str) -> Self {
        Self {
            name,
            arity,
            sql,
            nulls: NullRule::AnyArgument,
            result: None,
            sqlite: None,
        }
    }

    /// A function that is NULL exactly when all arguments are.
    pub const fn null_if_all(name: &'static str, arity: Arity, sql: &'static str) -> Self {
        Self {
            name,
            arity,
            sql,
            nulls: NullRule::AllArguments,
            result: None,
            sqlite: None,
        }
    }

    /// A function that is never NULL.
    pub const fn never_null(name: &'static str, arity: Arity, sql: &'static str) -> Self {
        Self {
            name,
            arity,
            sql,
            nulls: NullRule::Never,
            result: None,
            sqlite: None,
        }
    }

    /// A function that may be NULL whatever its arguments are.
    pub const fn nullable(name: &'static str, arity: Arity, sql: &'static str) -> Self {
        Self {
            name,
            arity,
            sql,
            nulls: NullRule::Maybe,
            result: None,
            sqlite: None,
        }
    }

    /// A function of the user's own, of so many arguments, which the text has as `{0}`, `{1}` and so on. See
    /// [`custom`](crate::expr::custom).
    pub const fn custom(
        name: &'static str,
        arguments: usize,
        sql: &'static str,
        result: ColumnType,
    ) -> Self {
        let mut function = Self::nullable(name, Arity::Exactly(arguments), sql).returning(result);
        function.sqlite = Some(sql);
        function
    }

    /// The same function with another text on SQLite.
    #[must_use]
    pub const fn on_sqlite(mut self, sql: &'static str) -> Self {
        self.sqlite = Some(sql);
        self
    }

    /// The same function with a result of this type.
    #[must_use]
    pub const fn returning(mut self, result: ColumnType) -> Self {
        self.result = Some(result);
        self
    }
}
