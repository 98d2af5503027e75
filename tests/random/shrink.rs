//! Makes what fails smaller, as long as it fails.

use crate::spec::{Cond, Val};
use crate::values::{Cell, Op, Ty, V};

/// The smallest to be found that still fails.
pub fn smallest<T>(failing: T, smaller: fn(&T) -> Vec<T>, fails: &mut dyn FnMut(&T) -> bool) -> T {
    let mut found = failing;
    let mut tries = 0;
    loop {
        let next = smaller(&found).into_iter().find(|candidate| {
            tries += 1;
            tries < 3_000 && fails(candidate)
        });
        match next {
            Some(next) => found = next,
            None => return found,
        }
    }
}

/// Conditions with a part less.
pub fn smaller(cond: &Cond) -> Vec<Cond> {
    let mut out = Vec::new();
    match cond {
        Cond::All | Cond::Nothing | Cond::Contains(..) | Cond::Key(..) => {}
        Cond::Not(of) => {
            out.push((**of).clone());
            out.extend(smaller(of).into_iter().map(|of| Cond::Not(Box::new(of))));
        }
        Cond::And(a, b) => both(&mut out, a, b, Cond::And),
        Cond::Or(a, b) => both(&mut out, a, b, Cond::Or),
        Cond::Xor(a, b) => both(&mut out, a, b, Cond::Xor),
        Cond::Is(of) => out.extend(lesser(of).into_iter().map(Cond::Is)),
        Cond::EqNone(of) => out.extend(lesser(of).into_iter().map(Cond::EqNone)),
        Cond::NeNone(of) => out.extend(lesser(of).into_iter().map(Cond::NeNone)),
        Cond::IsNull(of) => out.extend(lesser(of).into_iter().map(Cond::IsNull)),
        Cond::IsNotNull(of) => out.extend(lesser(of).into_iter().map(Cond::IsNotNull)),
        Cond::Regex(of, pattern) => {
            out.extend(lesser(of).into_iter().map(|of| Cond::Regex(of, *pattern)));
        }
        Cond::Compare(op, a, b) => two(&mut out, a, b, |a, b| Cond::Compare(*op, a, b)),
        Cond::Look(look, a, b) => two(&mut out, a, b, |a, b| Cond::Look(*look, a, b)),
        Cond::Between(of, low, high) => {
            two(&mut out, of, low, |of, low| {
                Cond::Between(of, low, high.clone())
            });
            let highs = lesser(high).into_iter();
            out.extend(highs.map(|high| Cond::Between(of.clone(), low.clone(), high)));
        }
        Cond::In(of, members) => {
            out.extend(fewer(members).map(|members| Cond::In(of.clone(), members)));
            out.extend(
                lesser(of)
                    .into_iter()
                    .map(|of| Cond::In(of, members.clone())),
            );
        }
        Cond::InExprs(of, members) => {
            if members.len() > 1 {
                out.extend(fewer(members).map(|members| Cond::InExprs(of.clone(), members)));
            }
            out.extend(list(members).map(|members| Cond::InExprs(of.clone(), members)));
            let ofs = lesser(of).into_iter();
            out.extend(ofs.map(|of| Cond::InExprs(of, members.clone())));
        }
        Cond::InRows(of, rows) => {
            out.extend(fewer_rows(rows).map(|rows| Cond::InRows(of.clone(), Box::new(rows))));
            out.extend(
                lesser(of)
                    .into_iter()
                    .map(|of| Cond::InRows(of, rows.clone())),
            );
        }
        Cond::Some(quantifier, way, step, Some(inner)) => {
            out.push(Cond::Some(
                *quantifier,
                *way,
                step,
                Some(Box::new(Cond::All)),
            ));
            let inners = smaller(inner).into_iter().map(Box::new);
            out.extend(inners.map(|inner| Cond::Some(*quantifier, *way, step, Some(inner))));
            // Without `All` for ever.
            if matches!(**inner, Cond::All) {
                out.remove(0);
            }
        }
        Cond::Some(..) => {}
        Cond::KeyIn(way, step, keys) => {
            out.extend(fewer(keys).map(|keys| Cond::KeyIn(*way, step, keys)));
        }
        Cond::KeyInRows(way, step, rows) => {
            let rows = fewer_rows(rows).map(Box::new);
            out.extend(rows.map(|rows| Cond::KeyInRows(*way, step, rows)));
        }
    }
    out
}

fn both(out: &mut Vec<Cond>, a: &Cond, b: &Cond, make: fn(Box<Cond>, Box<Cond>) -> Cond) {
    out.extend([a.clone(), b.clone()]);
    let with_a = |a| make(Box::new(a), Box::new(b.clone()));
    out.extend(smaller(a).into_iter().map(with_a));
    let with_b = |b| make(Box::new(a.clone()), Box::new(b));
    out.extend(smaller(b).into_iter().map(with_b));
}

fn two(out: &mut Vec<Cond>, a: &Val, b: &Val, make: impl Fn(Val, Val) -> Cond) {
    out.extend(lesser(a).into_iter().map(|a| make(a, b.clone())));
    out.extend(lesser(b).into_iter().map(|b| make(a.clone(), b)));
}

/// Lists with a member less.
fn fewer<T: Clone>(list: &[T]) -> impl Iterator<Item = Vec<T>> {
    (0..list.len()).map(|index| {
        let mut list = list.to_vec();
        list.remove(index);
        list
    })
}

/// Lists with a smaller member.
fn list(vals: &[Val]) -> impl Iterator<Item = Vec<Val>> {
    vals.iter().enumerate().flat_map(move |(index, val)| {
        lesser(val).into_iter().map(move |val| {
            let mut vals = vals.to_vec();
            vals[index] = val;
            vals
        })
    })
}

fn fewer_rows(rows: &crate::spec::Rows) -> impl Iterator<Item = crate::spec::Rows> {
    let unsliced = rows.slice.map(|_| crate::spec::Rows {
        slice: None,
        ..rows.clone()
    });
    let all = matches!(rows.cond, Cond::All);
    let conds = (!all).then_some(Cond::All).into_iter();
    let conds = conds
        .chain(smaller(&rows.cond))
        .map(|cond| crate::spec::Rows {
            cond,
            ..rows.clone()
        });
    let columns = lesser(&rows.column).into_iter();
    let columns = columns.map(|column| crate::spec::Rows {
        column,
        ..rows.clone()
    });
    unsliced.into_iter().chain(conds).chain(columns)
}

/// Expressions of the same type with a part less.
pub fn lesser(val: &Val) -> Vec<Val> {
    let mut out = Vec::new();
    let ty = val.ty();
    let parts: Vec<&Val> = match val {
        Val::Column(..) | Val::Truth(_) => Vec::new(),
        Val::Lit(V::Text(text)) if !text.is_empty() => {
            let chars: Vec<char> = text.chars().collect();
            let shorter = fewer(&chars).map(|chars| Val::Lit(V::Text(chars.into_iter().collect())));
            return shorter.collect();
        }
        Val::Lit(_) => Vec::new(),
        Val::Arithmetic(_, a, b) | Val::UnwrapOr(a, b) => vec![a, b],
        Val::Negate(of) | Val::Lower(of) | Val::Upper(of) => vec![of],
        Val::Length(_) | Val::Part(..) | Val::DateOf(_) | Val::TimeOf(_) => Vec::new(),
        Val::Case(whens, otherwise) => {
            let thens = whens.iter().map(|(_, then)| then);
            thens.chain(otherwise.as_deref()).collect()
        }
        Val::Coalesce(of) | Val::Concat(of) | Val::Call(_, of) => of.iter().collect(),
    };
    let whole = |part: &&Val| part.ty() == ty && !matches!(part, Val::Lit(_));
    out.extend(parts.into_iter().filter(whole).cloned());
    out.extend(inside(val));
    out
}

/// The same expression with a smaller part.
fn inside(val: &Val) -> Vec<Val> {
    let one = |of: &Val, make: fn(Box<Val>) -> Val| -> Vec<Val> {
        lesser(of)
            .into_iter()
            .map(|of| make(Box::new(of)))
            .collect()
    };
    match val {
        Val::Column(..) | Val::Lit(_) => Vec::new(),
        Val::Negate(of) => one(of, Val::Negate),
        Val::Lower(of) => one(of, Val::Lower),
        Val::Upper(of) => one(of, Val::Upper),
        Val::Length(of) => one(of, Val::Length),
        Val::DateOf(of) => one(of, Val::DateOf),
        Val::TimeOf(of) => one(of, Val::TimeOf),
        Val::Part(part, of) => {
            let of = lesser(of).into_iter().map(Box::new);
            of.map(|of| Val::Part(*part, of)).collect()
        }
        Val::Arithmetic(op, a, b) => {
            let mut out = Vec::new();
            for a in lesser(a) {
                out.push(Val::Arithmetic(*op, Box::new(a), b.clone()));
            }
            for b in lesser(b) {
                out.push(Val::Arithmetic(*op, a.clone(), Box::new(b)));
            }
            out.retain(crate::generate::fits);
            out
        }
        Val::UnwrapOr(a, b) => {
            let mut out = Vec::new();
            for a in lesser(a).into_iter().filter(Val::nullable) {
                out.push(Val::UnwrapOr(Box::new(a), b.clone()));
            }
            for b in lesser(b) {
                out.push(Val::UnwrapOr(a.clone(), Box::new(b)));
            }
            out
        }
        Val::Coalesce(of) => list(of).map(Val::Coalesce).collect(),
        Val::Concat(of) => list(of).map(Val::Concat).collect(),
        Val::Call(func, of) => {
            let mut out: Vec<Val> = list(of)
                .filter(|of| func.takes(&of[0]))
                .map(|of| Val::Call(*func, of))
                .collect();
            out.retain(crate::generate::fits);
            out
        }
        Val::Truth(cond) => {
            let conds = smaller(cond).into_iter().map(Box::new);
            conds.map(Val::Truth).collect()
        }
        Val::Case(whens, otherwise) => {
            let mut out = Vec::new();
            if whens.len() > 1 {
                let fewer = fewer(&whens[1..]).map(|rest| {
                    let first = whens[..1].iter().cloned();
                    Val::Case(first.chain(rest).collect(), otherwise.clone())
                });
                out.extend(fewer);
            }
            for (index, (when, then)) in whens.iter().enumerate() {
                let changed = |when: Cond, then: Val| {
                    let mut whens = whens.clone();
                    whens[index] = (when, then);
                    Val::Case(whens, otherwise.clone())
                };
                out.extend(
                    smaller(when)
                        .into_iter()
                        .map(|when| changed(when, then.clone())),
                );
                out.extend(
                    lesser(then)
                        .into_iter()
                        .map(|then| changed(when.clone(), then)),
                );
            }
            if let Some(of) = otherwise {
                out.push(Val::Case(whens.clone(), None));
                let of = lesser(of).into_iter().map(Box::new);
                out.extend(of.map(|of| Val::Case(whens.clone(), Some(of))));
            }
            out
        }
    }
}

/// Calls a function with each value in a condition.
pub fn each_literal(cond: &mut Cond, tell: &mut dyn FnMut(&mut V)) {
    match cond {
        Cond::All | Cond::Nothing | Cond::Some(_, _, _, None) => {}
        Cond::Not(of) | Cond::Some(_, _, _, Some(of)) => each_literal(of, tell),
        Cond::And(a, b) | Cond::Or(a, b) | Cond::Xor(a, b) => {
            each_literal(a, tell);
            each_literal(b, tell);
        }
        Cond::Is(of)
        | Cond::EqNone(of)
        | Cond::NeNone(of)
        | Cond::IsNull(of)
        | Cond::IsNotNull(of)
        | Cond::Regex(of, _) => literals(of, tell),
        Cond::Compare(_, a, b) | Cond::Look(_, a, b) => {
            literals(a, tell);
            literals(b, tell);
        }
        Cond::Between(of, low, high) => {
            literals(of, tell);
            literals(low, tell);
            literals(high, tell);
        }
        Cond::In(of, members) => {
            literals(of, tell);
            members.iter_mut().flatten().for_each(tell);
        }
        Cond::InExprs(of, members) => {
            literals(of, tell);
            members.iter_mut().for_each(|of| literals(of, tell));
        }
        Cond::InRows(of, rows) => {
            literals(of, tell);
            each_literal(&mut rows.cond, tell);
        }
        Cond::KeyInRows(_, _, rows) => each_literal(&mut rows.cond, tell),
        Cond::Contains(_, _, key) | Cond::Key(_, _, _, Some(key)) => number(key, tell),
        Cond::Key(_, _, _, None) => {}
        Cond::KeyIn(_, _, keys) => keys.iter_mut().for_each(|key| number(key, tell)),
    }
}

fn number(key: &mut i64, tell: &mut dyn FnMut(&mut V)) {
    let mut value = V::I64(*key);
    tell(&mut value);
    if let V::I64(other) = value {
        *key = other;
    }
}

fn literals(val: &mut Val, tell: &mut dyn FnMut(&mut V)) {
    match val {
        Val::Column(..) => {}
        Val::Lit(value) => tell(value),
        // Other quotients of decimals may have digits without end.
        Val::Arithmetic(Op::Div, a, b) if b.ty() == Ty::Dec => literals(a, tell),
        Val::Arithmetic(_, a, b) | Val::UnwrapOr(a, b) => {
            literals(a, tell);
            literals(b, tell);
        }
        Val::Negate(of)
        | Val::Lower(of)
        | Val::Upper(of)
        | Val::Length(of)
        | Val::Part(_, of)
        | Val::DateOf(of)
        | Val::TimeOf(of) => literals(of, tell),
        Val::Case(whens, otherwise) => {
            for (when, then) in whens {
                each_literal(when, tell);
                literals(then, tell);
            }
            otherwise.iter_mut().for_each(|of| literals(of, tell));
        }
        Val::Coalesce(of) | Val::Concat(of) => of.iter_mut().for_each(|of| literals(of, tell)),
        Val::Truth(cond) => each_literal(cond, tell),
        Val::Call(func, of) => {
            let some = if func.takes_any() { of.len() } else { 1 };
            of[..some].iter_mut().for_each(|of| literals(of, tell));
        }
    }
}

/// A row as it is printed beside a failure.
pub fn row(cells: &[Cell]) -> String {
    let shown: Vec<String> = cells
        .iter()
        .map(|cell| crate::values::Shown(cell).to_string())
        .collect();
    shown.join(", ")
}
