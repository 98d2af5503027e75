//! Random conditions and expressions, of which each compiles when it is written down, and none overflows.

use rust_decimal::Decimal;

use crate::functions::Func;
use crate::rng::Rng;
use crate::spec::{Cond, Quantifier, Rows, Val, Way};
use crate::tables::{Pool, Step, Table};
use crate::typed::ways;
use crate::values::{Cell, Compare, Look, Op, PATTERNS, Part, Ty, V};

/// Makes conditions.
pub struct Gen<'a> {
    pub rng: &'a mut Rng,
    pub pool: &'a Pool,
}

/// How large a number may become, how many digits it has behind the point, and whether a float is computed without rounding.
#[derive(Clone, Copy)]
struct Reach {
    most: f64,
    scale: u32,
    exact: bool,
}

const COMPARISONS: [Compare; 6] = [
    Compare::Eq,
    Compare::Ne,
    Compare::Gt,
    Compare::Gte,
    Compare::Lt,
    Compare::Lte,
];

const LOOKS: [Look; 7] = [
    Look::Iexact,
    Look::Contains,
    Look::Icontains,
    Look::Startswith,
    Look::Istartswith,
    Look::Endswith,
    Look::Iendswith,
];

impl Gen<'_> {
    /// A condition.
    pub fn cond(&mut self, table: Table, depth: usize) -> Cond {
        if depth == 0 || self.rng.chance(30) {
            return self.leaf(table, depth);
        }
        let one = Box::new(self.cond(table, depth - 1));
        match self.rng.below(10) {
            0..3 => Cond::Not(one),
            3..6 => Cond::And(one, Box::new(self.cond(table, depth - 1))),
            6..9 => Cond::Or(one, Box::new(self.cond(table, depth - 1))),
            _ => Cond::Xor(one, Box::new(self.cond(table, depth - 1))),
        }
    }

    fn leaf(&mut self, table: Table, depth: usize) -> Cond {
        let leaf = self.plain_leaf(table, depth);
        if self.rng.chance(25) {
            return Cond::Not(Box::new(leaf));
        }
        leaf
    }

    fn plain_leaf(&mut self, table: Table, depth: usize) -> Cond {
        let inner = depth.min(2);
        match self.rng.below(100) {
            0..30 => self.comparison(table, inner),
            30..38 => {
                let val = self.any_val(table, inner);
                match self.rng.below(4) {
                    0 => Cond::EqNone(val),
                    1 => Cond::NeNone(val),
                    2 => Cond::IsNull(val),
                    _ => Cond::IsNotNull(val),
                }
            }
            38..50 => {
                let val = self.val(table, Ty::Text, inner, true);
                if self.rng.chance(30) {
                    return Cond::Regex(val, self.rng.below(PATTERNS.len()));
                }
                let look = *self.rng.pick(&LOOKS);
                let sought = if self.rng.chance(50) {
                    Val::Lit(V::Text(crate::tables::text(self.rng)))
                } else {
                    self.operand(table, Ty::Text, inner, true)
                };
                Cond::Look(look, val, sought)
            }
            50..62 => self.membership(table, inner),
            62..68 => self.between(table, inner),
            68..74 => Cond::Is(self.val(table, Ty::Bool, inner, true)),
            74..88 => self.quantified(table, depth),
            88..98 => self.key(table, depth),
            98 => Cond::All,
            _ => Cond::Nothing,
        }
    }

    fn comparison(&mut self, table: Table, depth: usize) -> Cond {
        let a = self.any_val(table, depth);
        let ty = a.ty();
        let others: Vec<Ty> = Ty::NUMBERS
            .into_iter()
            .filter(|other| ty.is_number() && other.combined(ty).is_some())
            .collect();
        let other = if !others.is_empty() && self.rng.chance(30) {
            *self.rng.pick(&others)
        } else {
            ty
        };
        let b = self.operand(table, other, depth, true);
        let op = if ty == Ty::Json {
            COMPARISONS[self.rng.below(2)]
        } else {
            *self.rng.pick(&COMPARISONS)
        };
        Cond::Compare(op, a, b)
    }

    fn membership(&mut self, table: Table, depth: usize) -> Cond {
        let subject = self.any_val(table, depth);
        let ty = subject.ty();
        match self.rng.below(10) {
            0..5 => {
                let count = self.rng.below(4);
                let members = (0..count).map(|_| self.cell(ty)).collect();
                Cond::In(subject, members)
            }
            5..8 => {
                let count = 1 + self.rng.below(3);
                let members = (0..count).map(|_| self.operand(table, ty, depth, true));
                Cond::InExprs(subject, members.collect())
            }
            _ if [Ty::Text, Ty::I32, Ty::I64, Ty::Dec, Ty::Date].contains(&ty) => {
                match self.rows(ty, depth) {
                    Some(rows) => Cond::InRows(subject, Box::new(rows)),
                    None => Cond::IsNull(subject),
                }
            }
            _ => Cond::In(subject, vec![None]),
        }
    }

    /// A subquery whose column has a type.
    fn rows(&mut self, ty: Ty, depth: usize) -> Option<Rows> {
        let table = *self.rng.pick(&Table::ALL);
        let column = match self.column(table, ty, false)? {
            column if self.rng.chance(70) => column,
            _ => self.val(table, ty, depth.max(1), false),
        };
        let slice = self.rng.maybe(60, |rng| (rng.next() % 3, rng.next() % 6));
        Some(Rows {
            table,
            cond: self.cond(table, depth.saturating_sub(1)),
            column,
            // Without the order of a slice, which they do not select.
            distinct: slice.is_none() && self.rng.chance(30),
            slice,
        })
    }

    fn between(&mut self, table: Table, depth: usize) -> Cond {
        let mixed = [
            [Ty::I32, Ty::I64, Ty::Dec],
            [Ty::Dec, Ty::I32, Ty::Dec],
            [Ty::I64, Ty::F64, Ty::I32],
        ];
        let subject = self.any_val(table, depth);
        let [of, low, high] = match subject.ty() {
            Ty::Json | Ty::Bool => *self.rng.pick(&mixed),
            ty => [ty; 3],
        };
        let [of, low, high] = if self.rng.chance(15) {
            *self.rng.pick(&mixed)
        } else {
            [of, low, high]
        };
        let subject = if subject.ty() == of {
            subject
        } else {
            self.val(table, of, depth, true)
        };
        let low = self.operand(table, low, depth, true);
        Cond::Between(subject, low, self.operand(table, high, depth, true))
    }

    fn quantified(&mut self, table: Table, depth: usize) -> Cond {
        let Some((way, step)) = self.relation(table, true) else {
            return self.comparison(table, depth.min(1));
        };
        match self.rng.below(10) {
            0 => Cond::Some(Quantifier::None, way, step, None),
            1 => Cond::Contains(way, step, self.some_key()),
            n => {
                let quantifier = match n {
                    2..6 => Quantifier::Any,
                    6..8 => Quantifier::All,
                    _ => Quantifier::None,
                };
                let cond = self.cond(step.to, depth.saturating_sub(1));
                Cond::Some(quantifier, way, step, Some(Box::new(cond)))
            }
        }
    }

    fn key(&mut self, table: Table, depth: usize) -> Cond {
        let Some((way, step)) = self.relation(table, false) else {
            return self.comparison(table, depth.min(1));
        };
        match self.rng.below(10) {
            0..3 => Cond::Key(Compare::Eq, way, step, self.maybe_key()),
            3..6 => Cond::Key(Compare::Ne, way, step, self.maybe_key()),
            6..8 => {
                let count = self.rng.below(4);
                Cond::KeyIn(way, step, (0..count).map(|_| self.some_key()).collect())
            }
            _ => {
                let rows = Rows {
                    table: step.to,
                    cond: self.cond(step.to, depth.saturating_sub(1)),
                    column: Val::Column(
                        Way {
                            table: step.to,
                            index: 0,
                        },
                        0,
                    ),
                    distinct: false,
                    slice: self.rng.maybe(50, |rng| (rng.next() % 3, rng.next() % 6)),
                };
                Cond::KeyInRows(way, step, Box::new(rows))
            }
        }
    }

    /// A relation behind some path.
    pub fn relation(&mut self, table: Table, many: bool) -> Option<(Way, &'static Step)> {
        for _ in 0..8 {
            let way = self.way(table, true);
            let end = way.end();
            let names = relations(end, many);
            if !names.is_empty() {
                return Some((way, end.step(names[self.rng.below(names.len())])));
            }
        }
        None
    }

    /// A path: often none, or a short one.
    fn way(&mut self, table: Table, many: bool) -> Way {
        let all = ways(table);
        loop {
            let index = if self.rng.chance(45) {
                0
            } else {
                self.rng.below(all.len())
            };
            if many || !all[index].iter().any(|step| step.many) {
                return Way { table, index };
            }
        }
    }

    fn some_key(&mut self) -> i64 {
        10 * self.rng.between(1, 4) + 3 * self.rng.between(0, 8)
    }

    fn maybe_key(&mut self) -> Option<i64> {
        if self.rng.chance(30) {
            None
        } else {
            Some(self.some_key())
        }
    }

    fn cell(&mut self, ty: Ty) -> Cell {
        if self.rng.chance(10) {
            None
        } else {
            Some(self.literal(ty))
        }
    }

    /// A value to compare with.
    pub fn literal(&mut self, ty: Ty) -> V {
        match ty {
            Ty::I64 if self.rng.chance(30) => V::I64(self.some_key()),
            Ty::Dec if self.rng.chance(5) => V::Dec(crate::tables::long(self.rng)),
            ty => self.pool.value(self.rng, ty),
        }
    }

    /// An expression of any type, that of some column.
    pub fn any_val(&mut self, table: Table, depth: usize) -> Val {
        let way = self.way(table, true);
        let column = self.rng.below(way.end().columns().len());
        let val = Val::Column(way, column);
        if depth > 0 && self.rng.chance(50) {
            return self.val(table, val.ty(), depth, true);
        }
        val
    }

    /// A column of a type.
    pub fn column(&mut self, table: Table, ty: Ty, many: bool) -> Option<Val> {
        let mut all = Vec::new();
        for _ in 0..12 {
            let way = self.way(table, many);
            let columns = way.end().columns().iter().enumerate();
            all.extend(
                columns
                    .filter(|(_, column)| column.ty == ty)
                    .map(|(index, _)| Val::Column(way, index)),
            );
            if !all.is_empty() {
                return Some(self.rng.pick(&all).clone());
            }
        }
        None
    }

    /// A value, or an expression.
    pub fn operand(&mut self, table: Table, ty: Ty, depth: usize, many: bool) -> Val {
        if self.rng.chance(55) {
            Val::Lit(self.literal(ty))
        } else {
            self.val(table, ty, depth, many)
        }
    }

    /// An expression of a type.
    pub fn val(&mut self, table: Table, ty: Ty, depth: usize, many: bool) -> Val {
        if depth > 0 && self.rng.chance(50) {
            let made = self.composed(table, ty, depth - 1, many);
            if made.as_ref().is_some_and(fits) {
                return made.unwrap_or(Val::Lit(V::Bool(true)));
            }
        }
        self.column(table, ty, many)
            .unwrap_or_else(|| self.of_nothing(table, ty))
    }

    /// Where no column has the type: an expression that is no column.
    fn of_nothing(&mut self, table: Table, ty: Ty) -> Val {
        let when = Cond::IsNull(Val::Column(Way { table, index: 0 }, 1));
        Val::Case(
            vec![(Cond::Not(Box::new(when)), Val::Lit(self.literal(ty)))],
            None,
        )
    }

    fn composed(&mut self, table: Table, ty: Ty, depth: usize, many: bool) -> Option<Val> {
        if self.rng.chance(40) {
            return self.call(table, ty, depth, many);
        }
        let roll = self.rng.below(10);
        Some(match (roll, ty) {
            (0..2, _) => self.case(table, ty, depth, many),
            (2, _) => {
                let first = self.val(table, ty, depth, many);
                let mut all = vec![first];
                if self.rng.chance(30) {
                    all.push(self.val(table, ty, depth, many));
                    all.push(self.operand(table, ty, depth, many));
                } else {
                    let other = self.narrower(ty);
                    all.push(self.operand(table, other, depth, many));
                }
                Val::Coalesce(all)
            }
            (3..5, _) => {
                let of = self.val(table, ty, depth, many);
                if !of.nullable() {
                    return Some(of);
                }
                let other = self.narrower(ty);
                Val::UnwrapOr(
                    Box::new(of),
                    Box::new(self.operand(table, other, depth, many)),
                )
            }
            (5..7, Ty::I32) => self.number_of(table, depth, many)?,
            (5, ty) if ty.is_number() => Val::Negate(Box::new(self.val(table, ty, depth, many))),
            (_, ty) if ty.is_number() => self.arithmetic(table, ty, depth, many),
            (5..7, Ty::Text) => {
                let of = Box::new(self.val(table, Ty::Text, depth, many));
                if self.rng.chance(50) {
                    Val::Lower(of)
                } else {
                    Val::Upper(of)
                }
            }
            (_, Ty::Text) => {
                let count = 2 + self.rng.below(2);
                let mut all: Vec<Val> = (1..count)
                    .map(|_| self.operand(table, Ty::Text, depth, many))
                    .collect();
                let at = self.rng.below(count);
                all.insert(at, self.val(table, Ty::Text, depth, many));
                Val::Concat(all)
            }
            (_, Ty::Bool) => Val::Truth(Box::new(self.cond(table, depth))),
            (_, Ty::Date | Ty::Time) => {
                let of = if self.rng.chance(50) {
                    Ty::DateTime
                } else {
                    Ty::Timestamp
                };
                let of = Box::new(self.column(table, of, many)?);
                if ty == Ty::Date {
                    Val::DateOf(of)
                } else {
                    Val::TimeOf(of)
                }
            }
            _ => self.case(table, ty, depth, many),
        })
    }

    fn case(&mut self, table: Table, ty: Ty, depth: usize, many: bool) -> Val {
        let count = 1 + self.rng.below(3);
        let whens = (0..count).map(|index| {
            let then = if index == 0 { ty } else { self.narrower(ty) };
            let when = self.cond(table, depth.min(1));
            (when, self.operand(table, then, depth, many))
        });
        let whens: Vec<_> = whens.collect();
        let otherwise = self.rng.chance(60).then(|| {
            let other = self.narrower(ty);
            Box::new(self.operand(table, other, depth, many))
        });
        Val::Case(whens, otherwise)
    }

    /// The type, or one that widens to it.
    fn narrower(&mut self, ty: Ty) -> Ty {
        let narrow: Vec<Ty> = Ty::NUMBERS
            .into_iter()
            .filter(|narrow| narrow.widens_to(ty))
            .collect();
        if narrow.is_empty() || self.rng.chance(60) {
            ty
        } else {
            *self.rng.pick(&narrow)
        }
    }

    /// A number that something else has: a length, or a part of a date.
    fn number_of(&mut self, table: Table, depth: usize, many: bool) -> Option<Val> {
        if self.rng.chance(25) {
            return Some(Val::Length(Box::new(self.val(
                table,
                Ty::Text,
                depth,
                many,
            ))));
        }
        let of = *self.rng.pick(&[
            Ty::Date,
            Ty::Time,
            Ty::DateTime,
            Ty::Timestamp,
            Ty::Duration,
        ]);
        let clock = matches!(of, Ty::Time | Ty::Duration);
        let date = !clock && (of == Ty::Date || self.rng.chance(50));
        let part = if date {
            *self.rng.pick(&Part::OF_DATES)
        } else {
            *self.rng.pick(&Part::OF_TIMES)
        };
        let of = match of {
            // Others are too long for their hours in all.
            Ty::Duration => self.column(table, of, many)?,
            of => self.val(table, of, depth, many),
        };
        Some(Val::Part(part, Box::new(of)))
    }

    fn arithmetic(&mut self, table: Table, ty: Ty, depth: usize, many: bool) -> Val {
        let op = *self
            .rng
            .pick(&[Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Rem]);
        if ty == Ty::Dec && op == Op::Div {
            // Other quotients of decimals have digits without end.
            let divisor = *self.rng.pick(&[2, 4, 5, 8, -2]);
            let short = |of: &Val| reach(of).is_some_and(|reach| reach.most <= 400.0);
            let of = self
                .column(table, ty, many)
                .filter(short)
                .unwrap_or_else(|| self.of_nothing(table, Ty::I32));
            let divisor = Val::Lit(V::Dec(Decimal::from(divisor)));
            return Val::Arithmetic(op, Box::new(of), Box::new(divisor));
        }
        let other = self.narrower(ty);
        let (left, right) = if self.rng.chance(50) {
            (ty, other)
        } else {
            (other, ty)
        };
        let (a, b) = match self.rng.below(10) {
            0 => {
                let literal = Val::Lit(self.literal(left));
                (literal, self.val(table, right, depth, many))
            }
            1..5 => {
                let divides = matches!(op, Op::Div | Op::Rem);
                let mut literal = self.literal(right);
                while divides && is_zero(&literal) {
                    literal = self.literal(right);
                }
                (self.val(table, left, depth, many), Val::Lit(literal))
            }
            _ => (
                self.val(table, left, depth, many),
                self.val(table, right, depth, many),
            ),
        };
        Val::Arithmetic(op, Box::new(a), Box::new(b))
    }

    /// Puts other values into a condition.
    pub fn give_other_values(&mut self, cond: &mut Cond) {
        crate::shrink::each_literal(cond, &mut |value: &mut V| {
            let made = self.literal(value.ty());
            // An expression stays one that neither divides by zero nor overflows.
            if (!is_zero(&made) || is_zero(value)) && (!is_long(&made) || is_long(value)) {
                *value = made;
            }
        });
    }
}

fn is_zero(value: &V) -> bool {
    match value {
        V::I16(v) => *v == 0,
        V::I32(v) => *v == 0,
        V::I64(v) => *v == 0,
        V::F64(v) => *v == 0.0,
        V::Dec(v) => v.is_zero(),
        _ => false,
    }
}

fn is_long(value: &V) -> bool {
    matches!(value, V::Dec(value) if value.abs() > Decimal::from(400))
}

fn relations(table: Table, many: bool) -> &'static [&'static str] {
    match (table, many) {
        (Table::Person, true) => &["staff", "items", "kept", "notes"],
        (Table::Item, true) => &["notes"],
        (Table::Note, true) => &["replies"],
        (Table::Badge, true) => &[],
        (Table::Person, false) => &["boss", "badge"],
        (Table::Item, false) => &["owner", "keeper"],
        (Table::Note, false) => &["item", "author", "reply_to"],
        (Table::Badge, false) => &["person"],
    }
}

/// Whether no number in an expression leaves its type, is rounded, or has more digits than a database computes with.
pub fn fits(val: &Val) -> bool {
    !val.ty().is_number() || reach(val).is_some()
}

/// Whether a number is never larger than so much, with so many digits behind the point.
pub fn fits_in(val: &Val, most: f64, scale: u32) -> bool {
    reach(val).is_some_and(|reach| reach.most <= most && reach.scale <= scale)
}

fn reach(val: &Val) -> Option<Reach> {
    let plain = |most, scale| Reach {
        most,
        scale,
        exact: true,
    };
    let reach = match val {
        Val::Column(way, column) if way.end().columns()[*column].name == "exact" => plain(1e16, 4),
        Val::Lit(value) if is_long(value) => plain(1e16, 4),
        Val::Column(..) | Val::Lit(_) => match val.ty() {
            Ty::Dec => plain(400.0, 3),
            _ => plain(100.0, 0),
        },
        Val::Negate(of) => reach(of)?,
        // Repeated, and repeated again.
        Val::Length(_) => plain(10_000.0, 0),
        Val::Part(..) => plain(10_000.0, 0),
        Val::UnwrapOr(a, b) => either(reach(a)?, reach(b)?),
        Val::Coalesce(all) => all_of(all.iter())?,
        Val::Case(whens, otherwise) => {
            let thens = whens.iter().map(|(_, then)| then);
            all_of(thens.chain(otherwise.as_deref()))?
        }
        Val::Arithmetic(op, a, b) => computed(*op, val.ty(), reach(a)?, reach(b)?)?,
        Val::Call(func, of) => called(*func, val.ty(), of)?,
        _ => return None,
    };
    let most = match val.ty() {
        Ty::I16 => 32_000.0,
        Ty::I32 => 2e9,
        Ty::I64 => 1e12,
        Ty::Dec => 1e17,
        _ => 1e9,
    };
    (reach.most <= most && reach.scale <= 9).then_some(reach)
}

/// What a function makes of numbers.
fn called(func: Func, ty: Ty, of: &[Val]) -> Option<Reach> {
    let plain = |most, scale| Reach {
        most,
        scale,
        exact: true,
    };
    Some(match func {
        // Texts have no digits but 0 and 1.
        Func::Cast(Ty::I16) if of[0].ty() == Ty::Text => plain(12_000.0, 0),
        Func::Cast(_) if of[0].ty() == Ty::Text => plain(1.2e9, 0),
        Func::Cast(_) if of[0].ty() == Ty::Bool => plain(1.0, 0),
        Func::StrIndex => plain(10_000.0, 0),
        Func::Ord => plain(1.2e6, 0),
        Func::Microseconds => plain(1e11, 0),
        Func::AsI64 | Func::AsF64 => plain(100.0, 0),
        Func::Greatest | Func::Least | Func::NullIf => all_of(of.iter())?,
        Func::BitAnd | Func::BitOr | Func::BitXor => {
            let either = all_of(of.iter())?;
            plain(2.0 * either.most, 0)
        }
        Func::Sign => plain(1.0, 0),
        Func::Ceil | Func::Floor => {
            let of = reach(&of[0])?;
            plain(of.most + 1.0, 0)
        }
        // Whether it is half of something is then the question.
        Func::Round(_) if ty == Ty::F64 && !reach(&of[0])?.exact => return None,
        Func::Round(places) => {
            let of = reach(&of[0])?;
            Reach {
                most: of.most + 10_f64.powi(-places),
                scale: of.scale.min(u32::try_from(places).unwrap_or(0)),
                exact: ty != Ty::F64,
            }
        }
        Func::Sqrt => Reach {
            most: reach(&of[0])?.most.max(1.0),
            scale: 0,
            exact: false,
        },
        Func::Cast(_) => match (of[0].ty(), ty) {
            (Ty::F64, Ty::Dec) => {
                // Other floats have digits without end.
                let short = matches!(of[0], Val::Column(..) | Val::Lit(_));
                short.then(|| plain(400.0, 3))?
            }
            (Ty::F64 | Ty::Dec, Ty::I16 | Ty::I32 | Ty::I64) => plain(reach(&of[0])?.most, 0),
            (Ty::Dec, Ty::F64) => Reach {
                exact: false,
                ..reach(&of[0])?
            },
            _ => reach(&of[0])?,
        },
        _ => reach(&of[0])?,
    })
}

fn computed(op: Op, ty: Ty, a: Reach, b: Reach) -> Option<Reach> {
    let either = either(a, b);
    Some(match op {
        Op::Add | Op::Sub => Reach {
            most: a.most + b.most,
            ..either
        },
        Op::Mul => Reach {
            most: a.most * b.most,
            scale: a.scale + b.scale,
            ..either
        },
        Op::Div => Reach {
            most: if ty == Ty::F64 { a.most * 1e3 } else { a.most },
            scale: a.scale + 3,
            exact: ty != Ty::F64,
        },
        // Whether a quotient is a whole number or a little less is then the question.
        Op::Rem if !either.exact => return None,
        Op::Rem => Reach {
            most: a.most,
            ..either
        },
    })
}

const fn either(a: Reach, b: Reach) -> Reach {
    Reach {
        most: a.most.max(b.most),
        scale: if a.scale > b.scale { a.scale } else { b.scale },
        exact: a.exact && b.exact,
    }
}

fn all_of<'v>(mut vals: impl Iterator<Item = &'v Val>) -> Option<Reach> {
    let first = reach(vals.next()?)?;
    vals.try_fold(first, |sum, val| Some(either(sum, reach(val)?)))
}
