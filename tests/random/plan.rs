//! Query sets as data: filters, orderings, slices and values in random order, and what they mean in plain Rust.

use std::cmp::Ordering;
use std::fmt::{self, Display, Formatter};
use std::sync::OnceLock;

use crate::conditions::Question;
use crate::eval::At;
use crate::generate::Gen;
use crate::spec::{Cond, Val, Way};
use crate::tables::{Table, World};
use crate::values::{self, Cell, Ty, V};

/// A query set.
#[derive(Clone, Debug)]
pub struct Plan {
    pub table: Table,
    pub before: Vec<Stage>,
    /// What `values_list` takes; nothing for whole rows.
    pub selected: Vec<Val>,
    pub after: Vec<Stage>,
}

/// A step of a query set.
#[derive(Clone, Debug)]
pub enum Stage {
    Filter(Cond),
    Exclude(Cond),
    Order(Vec<Term>),
    Reverse,
    Limit(u64),
    Offset(u64),
    Slice(u64, Option<u64>),
    Distinct,
}

/// A term of an ordering.
#[derive(Clone, Debug)]
pub struct Term {
    pub val: Val,
    pub descending: bool,
    pub nulls_first: Option<bool>,
}

/// A query set on its way through the steps.
struct Found<'p> {
    base: Vec<At<'p>>,
    filters: Vec<(&'p Cond, bool)>,
    order: Option<&'p [Term]>,
    /// The model's own ordering, which is one of whole rows alone.
    own: Option<&'p [Term]>,
    reversed: bool,
    window: Window,
    distinct: bool,
    selected: &'p [Val],
}

/// A part of the rows, by their numbers.
#[derive(Clone, Copy, Default)]
struct Window {
    offset: u64,
    limit: Option<u64>,
    /// A slice was taken: what follows counts within it.
    within: bool,
}

impl Window {
    const fn is_whole(self) -> bool {
        self.offset == 0 && self.limit.is_none()
    }

    fn cut(self, from: u64, to: Option<u64>) -> Self {
        let left = self.limit.map(|limit| limit.saturating_sub(from));
        let asked = to.map(|to| to.saturating_sub(from));
        let limit = match (left, asked) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self {
            offset: self.offset + from,
            limit,
            within: true,
        }
    }
}

impl<'p> Found<'p> {
    fn step(&mut self, stage: &'p Stage) {
        if !matches!(stage, Stage::Limit(_) | Stage::Offset(_) | Stage::Slice(..)) {
            self.close();
        }
        match stage {
            Stage::Filter(cond) => self.filters.push((cond, true)),
            Stage::Exclude(cond) => self.filters.push((cond, false)),
            Stage::Order(terms) => {
                self.order = Some(terms);
                self.own = None;
                self.reversed = false;
            }
            Stage::Distinct => self.distinct = true,
            Stage::Reverse => self.reversed = !self.reversed,
            Stage::Limit(rows) => {
                let limit = self.window.limit;
                self.window.limit = Some(limit.map_or(*rows, |limit| limit.min(*rows)));
            }
            Stage::Offset(rows) if self.window.within => self.window = self.window.cut(*rows, None),
            Stage::Offset(rows) => self.window.offset += rows,
            Stage::Slice(from, to) => self.window = self.window.cut(*from, *to),
        }
    }

    /// What comes after a slice sees its rows, in its order.
    fn close(&mut self) {
        if self.window.is_whole() {
            return;
        }
        self.base = self.rows();
        self.filters.clear();
        (self.order, self.own) = (None, None);
        self.reversed = false;
        self.window = Window::default();
        self.distinct = false;
    }

    fn select(&mut self, selected: &'p [Val]) {
        self.close();
        self.own = None;
        self.selected = selected;
        let all: Vec<&Val> = selected.iter().collect();
        // A row for each row of a relation to many.
        self.base = self.base.iter().flat_map(|at| at.joined(&all)).collect();
    }

    fn rows(&self) -> Vec<At<'p>> {
        let meets = |at: &&At<'p>| {
            let mut filters = self.filters.iter();
            filters.all(|(cond, wanted)| at.own().holds(cond) == *wanted)
        };
        let mut rows: Vec<At<'p>> = self.base.iter().filter(meets).cloned().collect();
        if let Some(terms) = self.order.or(self.own) {
            rows.sort_by(|a, b| order(a, b, terms));
        }
        if self.reversed {
            rows.reverse();
        }
        if self.distinct && !self.selected.is_empty() {
            let mut kept: Vec<At<'p>> = Vec::new();
            for row in rows {
                if !kept
                    .iter()
                    .any(|other| same(&self.cells(other), &self.cells(&row)))
                {
                    kept.push(row);
                }
            }
            rows = kept;
        }
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let limit = self.window.limit.unwrap_or(u64::MAX);
        rows.into_iter()
            .skip(number(self.window.offset))
            .take(number(limit))
            .collect()
    }

    fn cells(&self, at: &At<'_>) -> Vec<Cell> {
        self.selected.iter().map(|val| at.value(val)).collect()
    }
}

pub fn order(a: &At<'_>, b: &At<'_>, terms: &[Term]) -> Ordering {
    let by = |term: &Term| {
        let (a, b) = (a.value(&term.val), b.value(&term.val));
        values::sort(&a, &b, term.descending, term.nulls_first)
    };
    terms
        .iter()
        .map(by)
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Whether two rows are equal, NULLs too.
pub fn same(a: &[Cell], b: &[Cell]) -> bool {
    let equal = |(a, b): (&Cell, &Cell)| match (a, b) {
        (Some(a), Some(b)) => values::equal(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    a.len() == b.len() && a.iter().zip(b).all(equal)
}

impl Question for Plan {
    fn each_condition(&mut self, tell: &mut dyn FnMut(&mut Cond)) {
        for stage in self.before.iter_mut().chain(&mut self.after) {
            if let Stage::Filter(cond) | Stage::Exclude(cond) = stage {
                tell(cond);
            }
        }
    }
}

impl Term {
    const fn is_key(&self) -> bool {
        matches!(self.val, Val::Column(Way { index: 0, .. }, 0))
    }
}

impl Stage {
    /// Whether it takes a part of the rows by their numbers.
    const fn is_cut(&self) -> bool {
        match self {
            Self::Offset(rows) => *rows > 0,
            Self::Slice(from, to) => *from > 0 || to.is_some(),
            Self::Limit(_) => true,
            _ => false,
        }
    }

    /// Orders by an expression instead of another.
    fn replace(&mut self, old: &Val, new: &Val) {
        if let Self::Order(terms) = self {
            for term in terms.iter_mut().filter(|term| term.val == *old) {
                term.val = new.clone();
            }
        }
    }
}

impl Plan {
    /// The rows that it has: the selected values of each, or its key.
    pub fn rows(&self, world: &World) -> Vec<Vec<Cell>> {
        let mut found = self.found(world);
        if self.selected.is_empty() {
            let key = key(self.table);
            let rows = found.rows();
            return rows.iter().map(|at| vec![at.value(&key)]).collect();
        }
        found.select(&self.selected);
        self.after.iter().for_each(|stage| found.step(stage));
        found.rows().iter().map(|at| found.cells(at)).collect()
    }

    /// The keys of the first and the last of its rows by an ordering, of those in which no term is NULL.
    pub fn ends(&self, world: &World, terms: &[Term]) -> (Option<i64>, Option<i64>) {
        let mut rows = self.found(world).rows();
        rows.retain(|at| terms.iter().all(|term| at.value(&term.val).is_some()));
        rows.sort_by(|a, b| order(a, b, terms));
        let key = |at: Option<&At<'_>>| match at?.value(&key(self.table)) {
            Some(V::I64(key)) => Some(key),
            other => panic!("the key is {other:?}"),
        };
        (key(rows.first()), key(rows.last()))
    }

    fn found<'p>(&'p self, world: &'p World) -> Found<'p> {
        let all = 0..world.rows(self.table).len();
        let mut found = Found {
            base: all.map(|row| At::new(world, row)).collect(),
            filters: Vec::new(),
            order: None,
            own: own_order(self.table),
            reversed: false,
            window: Window::default(),
            distinct: false,
            selected: &[],
        };
        self.before.iter().for_each(|stage| found.step(stage));
        found
    }

    /// Whether the order of its rows is told.
    pub fn is_ordered(&self) -> bool {
        let whole = self.selected.is_empty() && own_order(self.table).is_some();
        whole || self.is_ordered_by_values()
    }

    /// Whether it is still where values are selected: the model's own ordering is one of whole rows.
    pub fn is_ordered_by_values(&self) -> bool {
        let mut stages = self.before.iter().chain(&self.after);
        let cut = own_order(self.table).is_some() && self.before.iter().any(Stage::is_cut);
        cut || stages.any(|stage| matches!(stage, Stage::Order(_)))
    }

    /// Whether its rows cannot be asked for from behind: a slice of what has no keys of its own.
    pub fn is_last_refused(&self) -> bool {
        let keyless = self
            .after
            .iter()
            .any(|stage| matches!(stage, Stage::Distinct))
            || self.selected.iter().any(crosses_many);
        keyless && self.after.iter().any(Stage::is_cut)
    }

    /// Query sets with a part less.
    pub fn smaller(&self) -> Vec<Self> {
        let mut out = Vec::new();
        let with = |before: Vec<Stage>, after: Vec<Stage>| Self {
            before,
            after,
            ..self.clone()
        };
        for before in fewer(&self.before) {
            out.push(with(before, self.after.clone()));
        }
        for after in fewer(&self.after) {
            out.push(with(self.before.clone(), after));
        }
        for index in 0..self.selected.len() {
            for val in crate::shrink::lesser(&self.selected[index]) {
                let mut plan = self.clone();
                for stage in &mut plan.after {
                    stage.replace(&self.selected[index], &val);
                }
                plan.selected[index] = val;
                out.push(plan);
            }
        }
        out.retain(Self::is_told);
        out
    }

    /// Whether its rows are told: a slice has an order that tells all rows apart.
    fn is_told(&self) -> bool {
        let orders = |stage: &Stage| matches!(stage, Stage::Order(_));
        let own = own_order(self.table).is_some();
        let cut_in_order = |stages: &[Stage], mut ordered: bool| {
            stages.iter().all(|stage| {
                ordered |= orders(stage);
                ordered || !stage.is_cut()
            })
        };
        // Values have not the model's own order, but that of a slice of rows.
        let cut = own && self.before.iter().any(Stage::is_cut);
        let ordered = cut || self.before.iter().any(orders);
        cut_in_order(&self.before, own)
            && cut_in_order(&self.after, ordered)
            && self.is_told_after()
    }

    /// Whether values of many rows, and values without repetitions, are ordered by what they select.
    fn is_told_after(&self) -> bool {
        let needs = self
            .after
            .iter()
            .any(|stage| matches!(stage, Stage::Distinct))
            || self.selected.iter().any(crosses_many);
        !needs || matches!(self.after.first(), Some(Stage::Order(_)))
    }
}

/// Stages with one less, and with a smaller condition.
fn fewer(stages: &[Stage]) -> Vec<Vec<Stage>> {
    let mut out = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        let mut less = stages.to_vec();
        less.remove(index);
        out.push(less);
        let mut other = |stage: Stage| {
            let mut stages = stages.to_vec();
            stages[index] = stage;
            out.push(stages);
        };
        match stage {
            Stage::Filter(cond) => crate::shrink::smaller(cond)
                .into_iter()
                .for_each(|cond| other(Stage::Filter(cond))),
            Stage::Exclude(cond) => crate::shrink::smaller(cond)
                .into_iter()
                .for_each(|cond| other(Stage::Exclude(cond))),
            // The last term tells all rows apart; an ordering of values needs each of its terms.
            Stage::Order(terms) if terms.last().is_some_and(Term::is_key) => (0..terms.len() - 1)
                .for_each(|index| {
                    let mut terms = terms.clone();
                    terms.remove(index);
                    other(Stage::Order(terms));
                }),
            _ => {}
        }
    }
    out
}

/// The ordering that a model has of its own: that of `Person` tells all rows apart.
fn own_order(table: Table) -> Option<&'static [Term]> {
    static PERSON: OnceLock<[Term; 2]> = OnceLock::new();
    (table == Table::Person).then(|| {
        let level = table
            .columns()
            .iter()
            .position(|column| column.name == "level");
        let terms = PERSON.get_or_init(|| {
            let level = Val::Column(Way { table, index: 0 }, level.unwrap_or(0));
            [
                Term {
                    descending: true,
                    ..plain(level)
                },
                plain(key(table)),
            ]
        });
        &terms[..]
    })
}

/// The primary key.
pub const fn key(table: Table) -> Val {
    Val::Column(Way { table, index: 0 }, 0)
}

/// Whether an expression has a value for each row of a relation to many.
pub fn crosses_many(val: &Val) -> bool {
    let mut found = false;
    val.each_way(&mut |way| found |= way.steps().iter().any(|step| step.many));
    found
}

impl Gen<'_> {
    /// A query set of whole rows.
    pub fn plan(&mut self) -> Plan {
        let table = *self.rng.pick(&Table::ALL);
        let mut before = Vec::new();
        if self.rng.chance(30) {
            before.push(Stage::Filter(self.cond(table, 2)));
        }
        if own_order(table).is_none() || self.rng.chance(50) {
            before.push(Stage::Order(self.order_of_rows(table)));
        }
        self.stages(table, &mut before, true);
        Plan {
            table,
            before,
            selected: Vec::new(),
            after: Vec::new(),
        }
    }

    /// A query set of values of these types.
    pub fn plan_of_values(&mut self, types: &[Ty]) -> Plan {
        let mut plan = self.plan();
        if self.rng.chance(50) {
            plan.before.truncate(1);
        }
        let many = self.rng.chance(40);
        plan.selected = types
            .iter()
            .map(|ty| self.val(plan.table, *ty, 2, many))
            .collect();
        let joined = plan.selected.iter().any(crosses_many);
        let distinct = self.rng.chance(40);
        // The order of documents is not the evaluator's to know.
        let unordered = types.contains(&Ty::Json) || self.rng.chance(15);
        if unordered {
            plan.before
                .retain(|stage| matches!(stage, Stage::Filter(_) | Stage::Exclude(_)));
        }
        if distinct {
            plan.after.push(Stage::Distinct);
        }
        if (distinct || joined || self.rng.chance(30)) && !unordered {
            let mut terms = self.order_of_values(&plan.selected);
            if !distinct && !joined {
                terms.push(plain(key(plan.table)));
            }
            // First, so that it stays there when the query set is made smaller.
            plan.after.insert(0, Stage::Order(terms));
        }
        if plan
            .after
            .iter()
            .any(|stage| matches!(stage, Stage::Order(_)))
        {
            self.stages(plan.table, &mut plan.after, !distinct && !joined);
        }
        plan
    }

    /// Further steps; behind a slice only where its rows have keys of their own.
    fn stages(&mut self, table: Table, stages: &mut Vec<Stage>, beyond_slices: bool) {
        let (mut sliced, mut within, mut limited) = (false, false, false);
        for _ in 0..self.rng.below(5) {
            let stage = match self.rng.below(9) {
                0 => Stage::Filter(self.cond(table, 2)),
                1 => Stage::Exclude(self.cond(table, 2)),
                2 => Stage::Reverse,
                3 if beyond_slices => Stage::Order(self.order_of_rows(table)),
                4 => Stage::Limit(self.rng.next() % 12),
                // What it counts from is told only behind a slice, or before a limit.
                5 if !(limited && within) => Stage::Offset(self.rng.next() % 4),
                6..8 => {
                    let from = self.rng.next() % 4;
                    let length = self.rng.maybe(30, |rng| rng.next() % 12);
                    Stage::Slice(from, length.map(|length| from + length))
                }
                _ => continue,
            };
            match stage {
                Stage::Limit(_) | Stage::Offset(_) | Stage::Slice(..) => {
                    sliced = true;
                    within |= matches!(stage, Stage::Slice(..));
                    limited |= matches!(stage, Stage::Limit(_));
                }
                _ if sliced && !beyond_slices => continue,
                _ => (sliced, within, limited) = (false, false, false),
            }
            stages.push(stage);
        }
    }

    /// A term of an ordering.
    pub fn term(&mut self, val: Val) -> Term {
        Term {
            val,
            descending: self.rng.chance(50),
            nulls_first: self.rng.maybe(60, |rng| rng.chance(50)),
        }
    }

    /// An ordering that tells all rows of a table apart.
    fn order_of_rows(&mut self, table: Table) -> Vec<Term> {
        let mut terms = Vec::new();
        for _ in 0..self.rng.below(4) {
            let val = self.any_val(table, 0);
            if val.ty() == Ty::Json {
                continue;
            }
            let val = self.val(table, val.ty(), 2, false);
            terms.push(self.term(val));
        }
        let last = self.term(key(table));
        terms.push(last);
        terms
    }

    /// An ordering that tells all different rows of values apart.
    fn order_of_values(&mut self, selected: &[Val]) -> Vec<Term> {
        let mut rest: Vec<Val> = selected.to_vec();
        let mut terms = Vec::new();
        while !rest.is_empty() {
            let val = rest.remove(self.rng.below(rest.len()));
            terms.push(self.term(val));
        }
        terms
    }
}

const fn plain(val: Val) -> Term {
    Term {
        val,
        descending: false,
        nulls_first: None,
    }
}

impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}::objects()", self.table)?;
        self.before.iter().try_for_each(|stage| stage.fmt(f))?;
        if !self.selected.is_empty() {
            let selected: Vec<String> = self.selected.iter().map(ToString::to_string).collect();
            write!(f, "\n    .values_list(({}))", selected.join(", "))?;
        }
        self.after.iter().try_for_each(|stage| stage.fmt(f))
    }
}

impl Display for Stage {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("\n    ")?;
        match self {
            Self::Filter(cond) => write!(f, ".filter({cond})"),
            Self::Exclude(cond) => write!(f, ".exclude({cond})"),
            Self::Order(terms) => {
                let terms: Vec<String> = terms.iter().map(ToString::to_string).collect();
                write!(f, ".order_by(({}))", terms.join(", "))
            }
            Self::Reverse => f.write_str(".reverse()"),
            Self::Limit(rows) => write!(f, ".limit({rows})"),
            Self::Offset(rows) => write!(f, ".offset({rows})"),
            Self::Slice(from, Some(to)) => write!(f, ".slice({from}..{to})"),
            Self::Slice(from, None) => write!(f, ".slice({from}..)"),
            Self::Distinct => f.write_str(".distinct()"),
        }
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let way = if self.descending { "desc" } else { "asc" };
        write!(f, "{}.{way}()", self.val)?;
        match self.nulls_first {
            Some(true) => f.write_str(".nulls_first()"),
            Some(false) => f.write_str(".nulls_last()"),
            None => Ok(()),
        }
    }
}
