//! The nodes directly below a node. Aggregates and queries are closed: their insides speak of other rows.

use crate::ast::{Expr, Members};

macro_rules! children {
    ($(#[$doc:meta])* $name:ident $($mutable:tt)?) => {
        $(#[$doc])*
        pub fn $name(&$($mutable)? self, visit: &mut dyn FnMut(&$($mutable)? Self)) {
            match self {
                Self::Call(call) => {
                    for arg in &$($mutable)? call.args {
                        visit(arg);
                    }
                }
                Self::Arithmetic(of) => {
                    visit(&$($mutable)? of.left);
                    visit(&$($mutable)? of.right);
                }
                Self::Negate(of) | Self::Cast(of) => visit(&$($mutable)? of.0),
                Self::Collate(of) => visit(&$($mutable)? of.0),
                Self::Case(case) => {
                    for (when, then) in &$($mutable)? case.whens {
                        visit(when);
                        visit(then);
                    }
                    if let Some(otherwise) = &$($mutable)? case.otherwise {
                        visit(otherwise);
                    }
                }
                Self::Compare(of) => {
                    visit(&$($mutable)? of.left);
                    visit(&$($mutable)? of.right);
                }
                Self::Lookup(of) => {
                    visit(&$($mutable)? of.subject);
                    visit(&$($mutable)? of.operand);
                }
                Self::Between(of) => {
                    visit(&$($mutable)? of.subject);
                    visit(&$($mutable)? of.low);
                    visit(&$($mutable)? of.high);
                }
                Self::Truth(inner)
                | Self::IsNull(inner)
                | Self::IsNotNull(inner)
                | Self::IsTrue(inner)
                | Self::Not(inner) => visit(inner),
                Self::In(of) => {
                    let of = &$($mutable)? **of;
                    visit(&$($mutable)? of.subject);
                    if let Members::Exprs(items) = &$($mutable)? of.members {
                        for item in items {
                            visit(item);
                        }
                    }
                }
                Self::And(items) | Self::Or(items) | Self::Row(items) => {
                    for item in items {
                        visit(item);
                    }
                }
                Self::Xor(sides) => {
                    visit(&$($mutable)? sides.0);
                    visit(&$($mutable)? sides.1);
                }
                Self::Column(_)
                | Self::Bind(_)
                | Self::Constant(_)
                | Self::Aggregate(_)
                | Self::Related(_)
                | Self::Each(_)
                | Self::Outer(_)
                | Self::Window(_)
                | Self::OutputColumn(_)
                | Self::CteColumn(_)
                | Self::Quantified(_)
                | Self::Raw(_)
                | Self::Table(_)
                | Self::Exists(_)
                | Self::Scalar(_) => {}
            }
        }
    };
}

impl Expr {
    children! {
        /// Shows the nodes directly below.
        each_child
    }
    children! {
        /// Shows the nodes directly below, to be changed.
        each_child_mut mut
    }
}
