//! Aggregates as data: of which types they are, what they mean in plain Rust, random ones, and the crate's.

use std::fmt::{self, Display, Formatter};

use chrono::TimeDelta;
use orm::expr::Aggregated;
use orm::prelude::*;
use rust_decimal::Decimal;

use crate::any::{Erased, erased};
use crate::build::{condition, expr};
use crate::eval::At;
use crate::generate::Gen;
use crate::plan::crosses_many;
use crate::shrink::smaller;
use crate::spec::{Cond, Val, Way, snake};
use crate::tables::{Step, Table};
use crate::typed::{AnyAggregate, Rows, Typed, each};
use crate::values::{self, Cell, Compare, Shown, Ty, V};

/// Which aggregate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Func {
    Count,
    Sum,
    Avg,
    Min,
    Max,
    StdDev,
    StdDevSample,
    Variance,
    VarianceSample,
    BoolAnd,
    BoolOr,
    /// In the order of the texts.
    StringAgg,
}

/// An aggregate of an expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Agg {
    pub func: Func,
    pub of: Val,
    pub distinct: bool,
    pub filter: Option<Cond>,
}

/// An aggregate of the rows that a relation leads to.
#[derive(Clone, Debug)]
pub struct Related {
    pub way: Way,
    pub step: &'static Step,
    pub filter: Option<Cond>,
    pub agg: Agg,
}

impl Agg {
    pub fn ty(&self) -> Ty {
        match (self.func, self.of.ty()) {
            (Func::Count, _) => Ty::I64,
            (Func::Sum, Ty::I16 | Ty::I32) => Ty::I64,
            (Func::Avg, Ty::I16 | Ty::I32 | Ty::I64) => Ty::F64,
            (Func::Sum | Func::Avg | Func::Min | Func::Max, ty) => ty,
            (Func::BoolAnd | Func::BoolOr, _) => Ty::Bool,
            (Func::StringAgg, _) => Ty::Text,
            _ => Ty::F64,
        }
    }

    /// Whether its value is told to the last digit.
    pub fn is_exact(&self) -> bool {
        !matches!(
            self.func,
            Func::StdDev | Func::StdDevSample | Func::Variance | Func::VarianceSample | Func::Avg
        )
    }

    /// Its value over rows.
    pub fn value(&self, rows: &[At<'_>]) -> Cell {
        let mut found = Vec::new();
        for at in rows {
            for at in at.joined(&[&self.of]) {
                if self.filter.as_ref().is_none_or(|cond| at.own().holds(cond)) {
                    found.extend(at.value(&self.of));
                }
            }
        }
        if self.distinct {
            let mut different: Vec<V> = Vec::new();
            for value in found {
                if !different.iter().any(|other| values::equal(other, &value)) {
                    different.push(value);
                }
            }
            found = different;
        }
        if self.func == Func::Count {
            return Some(V::I64(found.len() as i64));
        }
        self.of_some(found)
    }

    fn of_some(&self, mut found: Vec<V>) -> Cell {
        let mut all = found.iter();
        match self.func {
            Func::Sum => sum(&found),
            Func::Avg => average(&found),
            Func::BoolAnd | Func::BoolOr if found.is_empty() => None,
            Func::BoolAnd => Some(V::Bool(all.all(V::truth))),
            Func::BoolOr => Some(V::Bool(all.any(V::truth))),
            Func::StringAgg => {
                found.sort_by(values::compare);
                let texts: Vec<&str> = found.iter().map(V::text).collect();
                (!texts.is_empty()).then(|| V::Text(texts.join("-")))
            }
            Func::Min => found.into_iter().min_by(values::compare),
            Func::Max => found.into_iter().max_by(values::compare),
            _ => self.spread(&found),
        }
    }

    fn spread(&self, found: &[V]) -> Cell {
        let sample = matches!(self.func, Func::StdDevSample | Func::VarianceSample);
        let numbers: Vec<f64> = found.iter().map(float).collect();
        let n = numbers.len() as f64;
        let of = if sample { n - 1.0 } else { n };
        if of <= 0.0 {
            return None;
        }
        let mean = numbers.iter().sum::<f64>() / n;
        let variance = numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / of;
        Some(V::F64(match self.func {
            Func::StdDev | Func::StdDevSample => variance.sqrt(),
            _ => variance,
        }))
    }

    /// Whether an answer is its value.
    pub fn agrees(&self, expected: &Cell, found: &Cell) -> bool {
        match (expected, found) {
            (Some(expected), Some(found)) if !self.is_exact() => match (expected, found) {
                (V::Duration(a), V::Duration(b)) => (*a - *b).abs() <= TimeDelta::microseconds(1),
                (a, b) => {
                    let (a, b) = (float(a), float(b));
                    (a - b).abs() <= 1e-9 * (a.abs() + b.abs()) + 1e-12
                }
            },
            (Some(expected), Some(found)) => values::equal(expected, found),
            (expected, found) => expected.is_none() && found.is_none(),
        }
    }

    fn smaller(&self) -> Vec<Self> {
        let mut out = Vec::new();
        if let Some(filter) = &self.filter {
            out.push(Self {
                filter: None,
                ..self.clone()
            });
            out.extend(smaller(filter).into_iter().map(|cond| Self {
                filter: Some(cond),
                ..self.clone()
            }));
        }
        if self.distinct {
            out.push(Self {
                distinct: false,
                ..self.clone()
            });
        }
        out.extend(
            crate::shrink::lesser(&self.of)
                .into_iter()
                .map(|of| Self { of, ..self.clone() }),
        );
        out.retain(Self::is_told);
        out
    }

    /// Whether its value is told: no float in it is rounded, and what stands beyond a relation to many is a column of it.
    fn is_told(&self) -> bool {
        let column = matches!(self.of, Val::Column(..));
        let plain = !matches!(self.of.ty(), Ty::F64 | Ty::Duration) && !crosses_many(&self.of);
        column || plain
    }
}

fn float(of: &V) -> f64 {
    match of {
        V::I16(v) => f64::from(*v),
        V::I32(v) => f64::from(*v),
        V::I64(v) => *v as f64,
        V::F64(v) => *v,
        V::Dec(v) => v.to_string().parse().expect("a number"),
        other => panic!("{other} is no number"),
    }
}

fn sum(found: &[V]) -> Cell {
    let mut all = found.iter();
    let first = all.next()?.clone();
    let first = match first {
        V::I16(_) | V::I32(_) => first.widened(Ty::I64),
        other => other,
    };
    Some(all.fold(first, |sum, next| match (sum, next) {
        (V::Duration(a), V::Duration(b)) => V::Duration(a + *b),
        (sum, next) => values::arithmetic(values::Op::Add, &sum, next).expect("a sum"),
    }))
}

fn average(found: &[V]) -> Cell {
    let count = found.len();
    Some(match sum(found)? {
        V::Dec(sum) => V::Dec(sum / Decimal::from(count)),
        V::Duration(sum) => V::Duration(sum / i32::try_from(count).ok()?),
        sum => V::F64(float(&sum) / count as f64),
    })
}

impl Related {
    /// Its value for one row.
    pub fn value(&self, at: &At<'_>) -> Cell {
        self.agg.value(&self.rows(at))
    }

    /// The rows that it looks at.
    pub fn rows<'w>(&self, at: &At<'w>) -> Vec<At<'w>> {
        let mut rows = at.beyond(self.way, self.step);
        rows.retain(|at| self.filter.as_ref().is_none_or(|cond| at.holds(cond)));
        rows
    }

    pub fn smaller(&self) -> Vec<Self> {
        let mut out = Vec::new();
        if let Some(filter) = &self.filter {
            out.push(Self {
                filter: None,
                ..self.clone()
            });
            out.extend(smaller(filter).into_iter().map(|cond| Self {
                filter: Some(cond),
                ..self.clone()
            }));
        }
        out.extend(self.agg.smaller().into_iter().map(|agg| Self {
            agg,
            ..self.clone()
        }));
        out
    }

    /// The crate's.
    pub fn build<M: Rows>(&self) -> Erased<M> {
        let many = crate::build::named(&M::ends()[self.way.index].manys, self.step.name);
        let filter = self.filter.as_ref();
        let filter = filter.map(|cond| crate::build::any_condition_of(self.step.to, cond));
        many.aggregate(filter, self.agg.any(self.step.to))
    }
}

impl Agg {
    /// The crate's, of rows of some model.
    fn any(&self, table: Table) -> AnyAggregate {
        fn made<M: Rows>(agg: &Agg) -> AnyAggregate {
            Box::new(agg.build::<M>())
        }
        crate::typed::with_model!(table, made(self))
    }

    /// The crate's.
    pub fn build<M: Rows>(&self) -> Erased<M, Aggregated> {
        let of = expr::<M>(&self.of);
        macro_rules! types {
            (|$of:ident| $body:expr, $($type:ident)+) => {
                match &of {
                    $(Typed::$type($of) => erased(&$body),)+
                    _ => panic!("no {:?} of {}", self.func, self.of),
                }
            };
        }
        macro_rules! numbers {
            (|$of:ident| $body:expr) => { types!(|$of| $body, I16 I32 I64 F64 Dec) };
        }
        let made = match self.func {
            Func::Count => each!(&of, |of| erased(&of.count())),
            Func::Sum => types!(|of| of.sum(), I16 I32 I64 F64 Dec Duration),
            Func::Avg => types!(|of| of.avg(), I16 I32 I64 F64 Dec Duration),
            Func::Min => {
                types!(|of| of.min(), Bool I16 I32 I64 F64 Dec Text Date Time DateTime Timestamp Duration)
            }
            Func::Max => {
                types!(|of| of.max(), Bool I16 I32 I64 F64 Dec Text Date Time DateTime Timestamp Duration)
            }
            Func::StdDev => numbers!(|of| of.std_dev()),
            Func::StdDevSample => numbers!(|of| of.std_dev_sample()),
            Func::Variance => numbers!(|of| of.variance()),
            Func::VarianceSample => numbers!(|of| of.variance_sample()),
            Func::BoolAnd => types!(|of| of.bool_and(), Bool),
            Func::BoolOr => types!(|of| of.bool_or(), Bool),
            Func::StringAgg => types!(|of| of.string_agg("-").order_by(of), Text),
        };
        let made = if self.distinct { made.distinct() } else { made };
        match &self.filter {
            Some(cond) => made.filter(condition::<M>(cond)),
            None => made,
        }
    }
}

const NUMBERS: [Ty; 5] = [Ty::I16, Ty::I32, Ty::I64, Ty::F64, Ty::Dec];
const SUMMABLE: [Ty; 6] = [Ty::I16, Ty::I32, Ty::I64, Ty::F64, Ty::Dec, Ty::Duration];
const SORTED: [Ty; 12] = [
    Ty::Bool,
    Ty::I16,
    Ty::I32,
    Ty::I64,
    Ty::F64,
    Ty::Dec,
    Ty::Text,
    Ty::Date,
    Ty::Time,
    Ty::DateTime,
    Ty::Timestamp,
    Ty::Duration,
];

impl Gen<'_> {
    /// An aggregate; of one value in each row, unless `many`. Over a window it is not of different values.
    pub fn agg(&mut self, table: Table, many: bool) -> Agg {
        use Func as F;
        loop {
            let func = *self.rng.pick(&[
                F::Count,
                F::Count,
                F::Sum,
                F::Sum,
                F::Sum,
                F::Avg,
                F::Avg,
                F::Min,
                F::Max,
                F::StdDev,
                F::StdDevSample,
                F::Variance,
                F::VarianceSample,
                F::BoolAnd,
                F::BoolOr,
                F::StringAgg,
            ]);
            let ty = match func {
                F::Sum | F::Avg => *self.rng.pick(&SUMMABLE),
                F::BoolAnd | F::BoolOr => Ty::Bool,
                F::StringAgg => Ty::Text,
                F::Min | F::Max | F::Count => *self.rng.pick(&SORTED),
                _ => *self.rng.pick(&NUMBERS),
            };
            let many = many && self.rng.chance(40);
            let of = if many || matches!(ty, Ty::F64 | Ty::Duration) {
                match self.column(table, ty, many) {
                    Some(of) => of,
                    None => continue,
                }
            } else {
                self.val(table, ty, 2, false)
            };
            let filter = (!crosses_many(&of) && self.rng.chance(35)).then(|| self.cond(table, 2));
            let distinct = self.rng.chance(25);
            let agg = Agg {
                func,
                of,
                distinct,
                filter,
            };
            // The squares of others need more digits than a double has.
            let long = !agg.is_exact() && func != F::Avg && ty == Ty::Dec;
            let fits = !long || crate::generate::fits_in(&agg.of, 1e6, 6);
            if fits && agg.is_told() {
                return agg;
            }
        }
    }

    /// An aggregate of the rows that a relation leads to, from `table` itself or behind a path of keys.
    pub fn related(&mut self, table: Table, direct: bool) -> Option<Related> {
        for _ in 0..8 {
            let (way, step) = self.relation(table, true)?;
            if way.steps().iter().any(|step| step.many) || (direct && way.index != 0) {
                continue;
            }
            let filter = self.rng.chance(50).then(|| self.cond(step.to, 2));
            let agg = self.agg(step.to, true);
            return Some(Related {
                way,
                step,
                filter,
                agg,
            });
        }
        None
    }
}

/// A comparison of an aggregate with a value.
#[derive(Clone, Debug)]
pub struct Having {
    /// Which of the aggregates.
    pub of: usize,
    pub op: Compare,
    pub than: V,
}

impl Having {
    pub fn holds(&self, cells: &[Cell]) -> bool {
        values::holds(self.op, &cells[self.of], &Some(self.than.clone()))
    }
}

impl Display for Having {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let op = format!("{:?}", self.op).to_lowercase();
        write!(
            f,
            ".filter(of_{}.{op}({}))",
            self.of,
            Shown(&Some(self.than.clone()))
        )
    }
}

impl Display for Agg {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}()", self.of, snake(&format!("{:?}", self.func)))?;
        if self.distinct {
            f.write_str(".distinct()")?;
        }
        self.filter
            .as_ref()
            .map_or(Ok(()), |cond| write!(f, ".filter({cond})"))
    }
}

impl Display for Related {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let dot = if self.way.steps().is_empty() { "" } else { "." };
        write!(f, "{}{dot}{}", self.way, self.step.name)?;
        if let Some(cond) = &self.filter {
            write!(f, ".filter({cond})")?;
        }
        write!(f, ".aggregate({})", self.agg)
    }
}

/// What is told of a group or of a row.
#[derive(Clone, Debug)]
pub enum Told {
    Agg(Agg),
    Related(Related),
}

impl Told {
    pub fn agg(&self) -> &Agg {
        match self {
            Self::Agg(agg) => agg,
            Self::Related(related) => &related.agg,
        }
    }

    /// Its value for the rows of a group.
    pub fn value(&self, rows: &[At<'_>]) -> Cell {
        match self {
            Self::Agg(agg) => agg.value(rows),
            Self::Related(related) => {
                let rows: Vec<At<'_>> = rows.iter().flat_map(|at| related.rows(at)).collect();
                related.agg.value(&rows)
            }
        }
    }

    pub fn smaller(&self) -> Vec<Self> {
        match self {
            Self::Agg(agg) => agg.smaller().into_iter().map(Self::Agg).collect(),
            Self::Related(related) => related.smaller().into_iter().map(Self::Related).collect(),
        }
    }
}

impl Display for Told {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agg(agg) => agg.fmt(f),
            Self::Related(related) => related.fmt(f),
        }
    }
}
