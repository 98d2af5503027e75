//! Conditions and expressions as data, shown as the Rust that would say them.

use std::fmt::{self, Display, Formatter};

use crate::functions::{Called, Func};
use crate::tables::{Step, Table};
use crate::typed::ways;
use crate::values::{Cell, Compare, Look, Op, PATTERNS, Part, Shown, Ty, V};

/// A condition on rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cond {
    All,
    Nothing,
    Is(Val),
    Compare(Compare, Val, Val),
    EqNone(Val),
    NeNone(Val),
    IsNull(Val),
    IsNotNull(Val),
    Look(Look, Val, Val),
    /// By the index of the pattern.
    Regex(Val, usize),
    In(Val, Vec<Cell>),
    InExprs(Val, Vec<Val>),
    InRows(Val, Box<Rows>),
    Between(Val, Val, Val),
    Not(Box<Cond>),
    And(Box<Cond>, Box<Cond>),
    Or(Box<Cond>, Box<Cond>),
    Xor(Box<Cond>, Box<Cond>),
    Some(Quantifier, Way, &'static Step, Option<Box<Cond>>),
    Contains(Way, &'static Step, i64),
    Key(Compare, Way, &'static Step, Option<i64>),
    KeyIn(Way, &'static Step, Vec<i64>),
    KeyInRows(Way, &'static Step, Box<Rows>),
}

/// How many of the rows must meet a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    Any,
    All,
    None,
}

/// A path from a table, by its index among the paths that are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    pub table: Table,
    pub index: usize,
}

/// An expression over rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Val {
    Column(Way, usize),
    Lit(V),
    Arithmetic(Op, Box<Val>, Box<Val>),
    Negate(Box<Val>),
    Case(Vec<(Cond, Val)>, Option<Box<Val>>),
    Coalesce(Vec<Val>),
    UnwrapOr(Box<Val>, Box<Val>),
    Lower(Box<Val>),
    Upper(Box<Val>),
    Length(Box<Val>),
    Concat(Vec<Val>),
    Part(Part, Box<Val>),
    DateOf(Box<Val>),
    TimeOf(Box<Val>),
    Truth(Box<Cond>),
    /// What a function gives, called on the first.
    Call(Func, Vec<Val>),
}

/// A subquery: of a column, or of whole rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    pub table: Table,
    pub cond: Cond,
    pub column: Val,
    pub distinct: bool,
    /// Only so many, by primary key, after so many.
    pub slice: Option<(u64, u64)>,
}

impl Way {
    pub fn steps(self) -> &'static [&'static Step] {
        &ways(self.table)[self.index]
    }

    /// The table at its end.
    pub fn end(self) -> Table {
        self.steps().last().map_or(self.table, |step| step.to)
    }
}

impl Val {
    pub fn ty(&self) -> Ty {
        match self {
            Self::Column(way, column) => way.end().columns()[*column].ty,
            Self::Lit(value) => value.ty(),
            Self::Arithmetic(_, a, b) => a.ty().combined(b.ty()).unwrap_or(Ty::I64),
            Self::Negate(of) | Self::UnwrapOr(of, _) => of.ty(),
            Self::Case(whens, _) => whens[0].1.ty(),
            Self::Coalesce(of) => of[0].ty(),
            Self::Lower(_) | Self::Upper(_) | Self::Concat(_) => Ty::Text,
            Self::Length(_) | Self::Part(..) => Ty::I32,
            Self::DateOf(_) => Ty::Date,
            Self::TimeOf(_) => Ty::Time,
            Self::Truth(_) => Ty::Bool,
            Self::Call(func, of) => func.ty(of),
        }
    }

    /// Whether the crate's types know that it may be NULL.
    pub fn nullable(&self) -> bool {
        match self {
            Self::Column(way, column) => {
                let absent = |step: &&Step| {
                    step.many
                        || match step.via {
                            crate::tables::Via::Key(key) => step.from.columns()[key].nullable,
                            crate::tables::Via::Reverse(_) => true,
                        }
                };
                way.end().columns()[*column].nullable || way.steps().iter().any(absent)
            }
            Self::Lit(_) | Self::Concat(_) | Self::Truth(_) => false,
            Self::Arithmetic(op, a, b) => {
                let divides = matches!(op, Op::Div | Op::Rem) && !matches!(**b, Self::Lit(_));
                divides || a.nullable() || b.nullable()
            }
            Self::Negate(of)
            | Self::Lower(of)
            | Self::Upper(of)
            | Self::Length(of)
            | Self::Part(_, of)
            | Self::DateOf(of)
            | Self::TimeOf(of) => of.nullable(),
            Self::Case(whens, otherwise) => {
                otherwise.as_ref().is_none_or(|of| of.nullable())
                    || whens.iter().any(|(_, then)| then.nullable())
            }
            Self::Coalesce(of) => of.iter().all(Self::nullable),
            Self::UnwrapOr(_, or) => or.nullable(),
            Self::Call(func, of) => func.nullable(of),
        }
    }

    /// Calls a function with each column that is not inside a condition of its own.
    pub fn each_way(&self, tell: &mut impl FnMut(Way)) {
        match self {
            Self::Column(way, _) => tell(*way),
            Self::Lit(_) | Self::Truth(_) => {}
            Self::Arithmetic(_, a, b) | Self::UnwrapOr(a, b) => {
                a.each_way(tell);
                b.each_way(tell);
            }
            Self::Negate(of)
            | Self::Lower(of)
            | Self::Upper(of)
            | Self::Length(of)
            | Self::Part(_, of)
            | Self::DateOf(of)
            | Self::TimeOf(of) => of.each_way(tell),
            Self::Case(whens, otherwise) => {
                whens.iter().for_each(|(_, then)| then.each_way(tell));
                otherwise.iter().for_each(|of| of.each_way(tell));
            }
            Self::Coalesce(of) | Self::Concat(of) | Self::Call(_, of) => {
                of.iter().for_each(|of| of.each_way(tell));
            }
        }
    }
}

impl Display for Way {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}::", self.table)?;
        let names: Vec<&str> = self.steps().iter().map(|step| step.name).collect();
        f.write_str(&names.join("."))
    }
}

/// A path with one name more.
struct Then<'a>(&'a Way, &'a str);

impl Display for Then<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let dot = if self.0.steps().is_empty() { "" } else { "." };
        write!(f, "{}{dot}{}", self.0, self.1)
    }
}

impl Display for Val {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(way, column) => Then(way, way.end().columns()[*column].name).fmt(f),
            Self::Lit(value) => value.fmt(f),
            Self::Arithmetic(op, a, b) => {
                let sign = match op {
                    Op::Add => '+',
                    Op::Sub => '-',
                    Op::Mul => '*',
                    Op::Div => '/',
                    Op::Rem => '%',
                };
                write!(f, "({a} {sign} {b})")
            }
            Self::Negate(of) => write!(f, "(-{of})"),
            Self::Case(whens, otherwise) => {
                f.write_str("case()")?;
                for (when, then) in whens {
                    write!(f, ".when({when}, {then})")?;
                }
                otherwise
                    .as_ref()
                    .map_or(Ok(()), |of| write!(f, ".otherwise({of})"))
            }
            Self::Coalesce(of) => write!(f, "coalesce(({}))", list(of)),
            Self::UnwrapOr(of, or) => write!(f, "{of}.unwrap_or({or})"),
            Self::Lower(of) => write!(f, "{of}.lower()"),
            Self::Upper(of) => write!(f, "{of}.upper()"),
            Self::Length(of) => write!(f, "{of}.length()"),
            Self::Concat(of) => write!(f, "concat(({}))", list(of)),
            Self::Part(part, of) => write!(f, "{of}.{}()", snake(&format!("{part:?}"))),
            Self::DateOf(of) => write!(f, "{of}.date()"),
            Self::TimeOf(of) => write!(f, "{of}.time()"),
            Self::Truth(of) => write!(f, "({of})"),
            Self::Call(func, of) => Called(*func, of).fmt(f),
        }
    }
}

impl Display for Cond {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("Condition::all()"),
            Self::Nothing => f.write_str("Condition::none()"),
            Self::Is(of) => of.fmt(f),
            Self::Compare(op, a, b) => write!(f, "{a}.{}({b})", lower(*op)),
            Self::EqNone(of) => write!(f, "{of}.eq(None)"),
            Self::NeNone(of) => write!(f, "{of}.ne(None)"),
            Self::IsNull(of) => write!(f, "{of}.is_null()"),
            Self::IsNotNull(of) => write!(f, "{of}.is_not_null()"),
            Self::Look(look, a, b) => write!(f, "{a}.{}({b})", lower(*look)),
            Self::Regex(of, pattern) => {
                let pattern = &PATTERNS[*pattern];
                let name = if pattern.ignores_case {
                    "iregex"
                } else {
                    "regex"
                };
                write!(f, "{of}.{name}({:?})", pattern.text)
            }
            Self::In(of, members) => {
                let members: Vec<String> = members
                    .iter()
                    .map(|cell| match cell {
                        Some(value) => format!("Some({value})"),
                        None => Shown(cell).to_string(),
                    })
                    .collect();
                write!(f, "{of}.is_in([{}])", members.join(", "))
            }
            Self::InExprs(of, members) => write!(f, "{of}.is_in([{}].expr())", list(members)),
            Self::InRows(of, rows) => {
                let distinct = if rows.distinct { ".distinct()" } else { "" };
                write!(
                    f,
                    "{of}.is_in({rows}.values_list({}){distinct})",
                    rows.column
                )
            }
            Self::Between(of, low, high) => write!(f, "{of}.between({low}, {high})"),
            Self::Not(of) => write!(f, "!({of})"),
            Self::And(a, b) => write!(f, "({a} & {b})"),
            Self::Or(a, b) => write!(f, "({a} | {b})"),
            Self::Xor(a, b) => write!(f, "({a} ^ {b})"),
            Self::Some(quantifier, way, step, cond) => match cond {
                Some(cond) => write!(f, "{}.{}({cond})", Then(way, step.name), lower(*quantifier)),
                None => write!(f, "{}.is_empty()", Then(way, step.name)),
            },
            Self::Contains(way, step, key) => {
                write!(f, "{}.contains({key})", Then(way, step.name))
            }
            Self::Key(op, way, step, key) => {
                let key = key.map_or("None".to_owned(), |key| key.to_string());
                write!(f, "{}.{}({key})", Then(way, step.name), lower(*op))
            }
            Self::KeyIn(way, step, keys) => {
                write!(f, "{}.is_in({keys:?})", Then(way, step.name))
            }
            Self::KeyInRows(way, step, rows) => {
                write!(f, "{}.is_in({rows})", Then(way, step.name))
            }
        }
    }
}

impl Display for Rows {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}::objects().filter({})", self.table, self.cond)?;
        self.slice.map_or(Ok(()), |(offset, limit)| {
            write!(
                f,
                ".order_by({:?}::id).offset({offset}).limit({limit})",
                self.table
            )
        })
    }
}

fn list(of: &[Val]) -> String {
    let shown: Vec<String> = of.iter().map(ToString::to_string).collect();
    shown.join(", ")
}

fn lower(of: impl fmt::Debug) -> String {
    format!("{of:?}").to_lowercase()
}

/// `IsoYear` as `iso_year`.
pub fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}
