//! The walk through a statement that its shape is made by, and its values are numbered by.

use super::{Numbers, Shape};
use crate::ast::places::places_of_average;
use crate::ast::{Distinct, Expr, Members, Order, OrderTerm, Output, Quantifier, Select, SetOp};

/// Writes the walk once, for reading and for changing, so that both go in the same order.
macro_rules! walk {
    ($module:ident, $visitor:ty, $($mutable:tt)?) => {
        #[allow(clippy::needless_lifetimes, reason = "the walk that reads keeps what it shows")]
        pub(super) mod $module {
            use super::*;

            pub(in super::super) fn select<'a>(select: &'a $($mutable)? Select, to: &mut $visitor) {
                to.address(select.model);
                match &$($mutable)? select.output {
                    Output::Model => {
                        let appended = &$($mutable)? select.appended;
                        let left_out = &select.left_out;
                        to.word((left_out.len() as u64) << 32 | (appended.len() as u64) << 8);
                        for field in left_out {
                            to.word(*field as u64);
                        }
                        for item in appended {
                            expr(item, to);
                        }
                    }
                    Output::Exprs(items) | Output::Named(_, items) => {
                        to.word(1);
                        exprs(items, to);
                    }
                    Output::Count => to.word(2),
                    Output::CountOf(items) => {
                        to.word(3);
                        exprs(items, to);
                    }
                    Output::One => to.word(4),
                    Output::CountAll => to.word(5),
                    Output::All => to.word(6),
                }
                exprs(&$($mutable)? select.related, to);
                exprs(&$($mutable)? select.filters, to);
                match &$($mutable)? select.grouping {
                    None => to.word(0),
                    Some(grouping) => {
                        to.word(1 + grouping.selected as u64);
                        to.word((grouping.rows as u64) << 1 | u64::from(grouping.narrowed));
                        exprs(&$($mutable)? grouping.keys, to);
                        if let Some(inner) = &$($mutable)? grouping.of {
                            to.word(1);
                            self::select(inner, to);
                        }
                    }
                }
                match &$($mutable)? select.order {
                    Order::Default(terms) => {
                        to.word(0);
                        to.word(terms.as_ptr() as usize as u64);
                        to.word(terms.len() as u64);
                    }
                    Order::By(items) => {
                        to.word(1 + items.len() as u64);
                        for term in items {
                            order_term(term, to);
                        }
                    }
                }
                if select.distinct != Distinct::No {
                    // Whether a term of the ordering is one of these depends on the values in it.
                    for place in select.places_of_order() {
                        to.word(place.map_or(0, |place| 1 + place as u64));
                    }
                }
                match &$($mutable)? select.distinct {
                    Distinct::No => to.word(0),
                    Distinct::Rows => to.word(1),
                    Distinct::On(items) => {
                        to.word(2);
                        exprs(items, to);
                    }
                }
                let parents = &$($mutable)? select.parents;
                to.word(u64::from(select.reversed) | u64::from(select.empty) << 1 | (select.limit.is_some() as u64) << 2 | (select.combined.is_some() as u64) << 3 | (parents.is_some() as u64) << 4 | (select.ctes.is_some() as u64) << 5 | select.backend.map_or(0, |backend| 1 + backend as u64) << 6);
                if let Some(parents) = parents {
                    to.address(parents.relation);
                    to.value(&$($mutable)? parents.keys);
                }
                if let Some(ctes) = &$($mutable)? select.ctes {
                    to.word(ctes.joins.len() as u64);
                    for join in &$($mutable)? ctes.joins {
                        to.cte(join.id);
                        to.cte(join.known_as);
                        to.word(u64::from(join.optional) << 1 | u64::from(join.on.is_some()));
                        to.definition(&$($mutable)? join.cte);
                        if let Some(on) = &$($mutable)? join.on {
                            expr(on, to);
                        }
                    }
                }
                to.word(select.limit.unwrap_or(0));
                to.word(select.offset);
                to.word(select.lock.as_ref().map_or(0, |lock| 1 + ((lock.wait as u64) << 1 | u64::from(lock.no_key))));
                for path in select.lock.iter().flat_map(|lock| &lock.of) {
                    to.address(*path);
                }
                if let Some(combined) = &$($mutable)? select.combined {
                    let combined = &$($mutable)? **combined;
                    self::select(&$($mutable)? combined.first, to);
                    to.word(combined.rest.len() as u64);
                    for (op, part) in &$($mutable)? combined.rest {
                        let op: SetOp = *op;
                        to.word(op as u64);
                        self::select(part, to);
                    }
                }
                match &$($mutable)? select.slice {
                    None => to.word(0),
                    Some(inner) => {
                        to.word(1);
                        self::select(inner, to);
                    }
                }
            }

            pub(in super::super) fn assignments<'a>(assignments: &'a $($mutable)? [(usize, Expr)], to: &mut $visitor) {
                to.word(assignments.len() as u64);
                for (column, value) in assignments {
                    to.word(*column as u64);
                    expr(value, to);
                }
            }

            fn exprs<'a>(items: &'a $($mutable)? Vec<Expr>, to: &mut $visitor) {
                to.word(items.len() as u64);
                for item in items {
                    expr(item, to);
                }
            }

            fn order_term<'a>(term: &'a $($mutable)? OrderTerm, to: &mut $visitor) {
                to.word(u64::from(term.descending) | term.nulls.map_or(0, |nulls| 1 + nulls as u64) << 1);
                expr(&$($mutable)? term.expr, to);
            }

            fn expr<'a>(node: &'a $($mutable)? Expr, to: &mut $visitor) {
                match node {
                    Expr::Column(column) => {
                        to.word(0x10);
                        to.word(column.path.map_or(0, |path| std::ptr::from_ref(path) as usize as u64));
                        to.address(column.field);
                    }
                    Expr::Bind(value) => {
                        to.word(0x11);
                        to.value(value);
                    }
                    Expr::Constant(truth) => to.word(0x12 | u64::from(*truth) << 8),
                    Expr::Call(call) => {
                        to.word(0x13);
                        to.address(call.function);
                        exprs(&$($mutable)? call.args, to);
                    }
                    Expr::Arithmetic(sum) => {
                        to.word(0x14 | (sum.op as u64) << 8 | (sum.column_type as u64) << 16);
                        expr(&$($mutable)? sum.left, to);
                        expr(&$($mutable)? sum.right, to);
                    }
                    Expr::Negate(of) => {
                        to.word(0x15 | (of.1 as u64) << 8);
                        expr(&$($mutable)? of.0, to);
                    }
                    Expr::Case(case) => {
                        to.word(0x16 | (case.column_type as u64) << 8 | u64::from(case.otherwise.is_some()) << 16);
                        to.word(case.whens.len() as u64);
                        for (when, then) in &$($mutable)? case.whens {
                            expr(when, to);
                            expr(then, to);
                        }
                        if let Some(otherwise) = &$($mutable)? case.otherwise {
                            expr(otherwise, to);
                        }
                    }
                    Expr::Cast(of) => {
                        to.word(0x17 | (of.1 as u64) << 8);
                        expr(&$($mutable)? of.0, to);
                    }
                    Expr::Collate(of) => {
                        to.word(0x2a);
                        to.text(of.1);
                        expr(&$($mutable)? of.0, to);
                    }
                    Expr::Truth(of) => one(0x18, of, to),
                    Expr::Aggregate(of) => {
                        to.gathers();
                        let of = &$($mutable)? **of;
                        to.word(0x2c | (of.column_type as u64) << 8 | u64::from(of.distinct) << 16 | u64::from(of.filter.is_some()) << 17);
                        to.address(of.function);
                        to.word(places_of_average(of.function, &of.args));
                        exprs(&$($mutable)? of.args, to);
                        if let Some(filter) = &$($mutable)? of.filter {
                            expr(filter, to);
                        }
                        to.word(of.order.len() as u64);
                        for term in &$($mutable)? of.order {
                            order_term(term, to);
                        }
                    }
                    Expr::Related(of) => {
                        to.gathers();
                        let of = &$($mutable)? **of;
                        to.word(0x2d | u64::from(of.limited) << 8);
                        to.address(of.path);
                        exprs(&$($mutable)? of.filters, to);
                        expr(&$($mutable)? of.value, to);
                    }
                    Expr::Each(of) => {
                        let of = &$($mutable)? **of;
                        to.word(0x33 | u64::from(of.limited) << 8);
                        to.address(of.path);
                        exprs(&$($mutable)? of.filters, to);
                        expr(&$($mutable)? of.value, to);
                    }
                    Expr::Compare(compare) => {
                        to.word(0x19 | (compare.op as u64) << 8);
                        expr(&$($mutable)? compare.left, to);
                        expr(&$($mutable)? compare.right, to);
                    }
                    Expr::Between(between) => {
                        to.word(0x1a);
                        expr(&$($mutable)? between.subject, to);
                        expr(&$($mutable)? between.low, to);
                        expr(&$($mutable)? between.high, to);
                    }
                    Expr::Lookup(call) => {
                        to.word(0x1b);
                        to.address(call.lookup);
                        expr(&$($mutable)? call.subject, to);
                        expr(&$($mutable)? call.operand, to);
                    }
                    Expr::IsNull(of) => one(0x1c, of, to),
                    Expr::IsNotNull(of) => one(0x1d, of, to),
                    Expr::IsTrue(of) => one(0x1e, of, to),
                    Expr::Not(of) => one(0x1f, of, to),
                    Expr::In(of) => {
                        let of = &$($mutable)? **of;
                        to.word(0x20);
                        expr(&$($mutable)? of.subject, to);
                        match &$($mutable)? of.members {
                            Members::Values(values) => {
                                to.word(0);
                                to.value(values);
                            }
                            Members::Rows(arrays) => {
                                to.word(3);
                                to.word(arrays.len() as u64);
                                for array in arrays {
                                    to.value(array);
                                }
                            }
                            Members::Exprs(items) => {
                                to.word(1);
                                exprs(items, to);
                            }
                            Members::Select(inner) => {
                                to.word(2);
                                select(inner, to);
                            }
                        }
                    }
                    Expr::And(items) => {
                        to.word(0x21);
                        exprs(items, to);
                    }
                    Expr::Or(items) => {
                        to.word(0x22);
                        exprs(items, to);
                    }
                    Expr::Xor(sides) => {
                        to.word(0x23);
                        expr(&$($mutable)? sides.0, to);
                        expr(&$($mutable)? sides.1, to);
                    }
                    Expr::Quantified(of) => {
                        let quantifier: Quantifier = of.quantifier;
                        to.word(0x24 | (quantifier as u64) << 8 | u64::from(of.condition.is_some()) << 16);
                        to.address(of.path);
                        if let Some(condition) = &$($mutable)? of.condition {
                            expr(condition, to);
                        }
                    }
                    Expr::Row(parts) => {
                        to.word(0x29);
                        exprs(parts, to);
                    }
                    Expr::Raw(raw) => {
                        to.word(0x25);
                        to.text(raw.sql);
                        to.word(raw.column_type.map_or(0, |of| 1 + of as u64));
                        for value in &$($mutable)? raw.values {
                            to.value(value);
                        }
                    }
                    Expr::Exists(inner) => {
                        to.word(0x26);
                        select(inner, to);
                    }
                    Expr::Scalar(inner) => {
                        to.word(0x27);
                        select(inner, to);
                    }
                    Expr::Outer(outer) => {
                        to.word(0x2b | u64::from(outer.query.level) << 8);
                        to.address(outer.query.model);
                        expr(&$($mutable)? outer.node, to);
                    }
                    Expr::Window(window) => {
                        // One that is used twice is written once.
                        to.gathers();
                        let window = &$($mutable)? **window;
                        to.word(0x31 | (window.column_type as u64) << 8 | u64::from(window.filter.is_some()) << 16 | u64::from(window.refused) << 17);
                        to.address(window.function);
                        to.word(places_of_average(window.function, &window.args));
                        exprs(&$($mutable)? window.args, to);
                        if let Some(filter) = &$($mutable)? window.filter {
                            expr(filter, to);
                        }
                        let over = &$($mutable)? window.over;
                        exprs(&$($mutable)? over.partition, to);
                        to.word(over.order.len() as u64);
                        for term in &$($mutable)? over.order {
                            order_term(term, to);
                        }
                        match &over.frame {
                            None => to.word(0),
                            Some(frame) => {
                                to.word(1 | (frame.unit as u64) << 8 | (frame.exclude as u64) << 16
                                    | u64::from(frame.start.is_some()) << 24 | u64::from(frame.end.is_some()) << 25);
                                to.word(frame.start.unwrap_or(0).cast_unsigned());
                                to.word(frame.end.unwrap_or(0).cast_unsigned());
                            }
                        }
                    }
                    Expr::CteColumn(column) => {
                        to.word(0x30 | u64::from(column.number) << 8);
                        to.cte(column.cte);
                    }
                    // Made by lowering, which comes later.
                    Expr::Table(_) => to.word(0x28),
                    Expr::OutputColumn(column) => {
                        let of = column.column_type.map_or(0, |of| of as u64 + 1);
                        to.word(0x32 | u64::from(column.nullable) << 8 | of << 16 | u64::from(column.number) << 32);
                    }
                }
            }

            fn one<'a>(tag: u64, of: &'a $($mutable)? Expr, to: &mut $visitor) {
                to.word(tag);
                expr(of, to);
            }
        }
    };
}
walk!(shape_of, Shape<'a>,);
walk!(number, Numbers, mut);
