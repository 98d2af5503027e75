//! Aggregates: one value of many rows.

use crate::ast::builtin::aggregates;
use crate::ast::{Expr, Function, Order, OrderTerm, Output, Select};
use crate::schema::PathNode;
use crate::value::ColumnType;

/// An aggregate of the query's rows, or of those of each group.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// The function.
    pub function: &'static Function,
    /// Its arguments; none for the number of rows.
    pub args: Vec<Expr>,
    /// Whether equal arguments count once.
    pub distinct: bool,
    /// Which rows it looks at; `None` for all.
    pub filter: Option<Expr>,
    /// The order in which it takes the rows, where that matters.
    pub order: Vec<OrderTerm>,
    /// The type of the result.
    pub column_type: ColumnType,
}

/// A value of all the rows together that a relation leads to from one row of the query; in an [`Each`](Expr::Each), of one of
/// them.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    /// The way to the rows.
    pub path: &'static PathNode,
    /// Conditions on them, in terms of the model at the path's end.
    pub filters: Vec<Expr>,
    /// Whether some of them are chosen by a limit or the like, for each row of the query: of those there is no value.
    pub limited: bool,
    /// The value, made of aggregates over that model's rows; in an [`Each`](Expr::Each), of one of the rows.
    pub value: Expr,
}

/// How rows are gathered into groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grouping {
    /// The query whose rows are gathered, by the numbers of its columns; `None` for the model's own.
    pub of: Option<Box<Select>>,
    /// How many of the selected expressions were there before anything was annotated: what a relation's rows give is a value
    /// of one row in these, and of the whole group in those behind.
    pub selected: usize,
    /// How many of the first conditions are on one row each, whatever they ask of its related rows.
    pub rows: usize,
    /// What the rows of a group have in common, beside what is selected; made by lowering: all of it.
    pub keys: Vec<Expr>,
    /// Whether other things are selected of the groups than made them: `keys` are all.
    pub narrowed: bool,
    /// Made by lowering: conditions on the groups.
    pub having: Vec<Expr>,
}

impl Select {
    /// What the rows of a group have in common.
    pub fn group_keys(&self) -> Vec<Expr> {
        let (Output::Exprs(exprs) | Output::Named(_, exprs)) = &self.output else {
            return Vec::new();
        };
        let (mut keys, selected) = match self.grouping.as_deref() {
            Some(grouping) if grouping.narrowed => return grouping.keys.clone(),
            Some(grouping) => (grouping.keys.clone(), grouping.selected),
            None => (Vec::new(), exprs.len()),
        };
        for (index, expr) in exprs.iter().enumerate() {
            let of_group = expr.has_aggregate()
                || expr.has_window()
                || (index >= selected && expr.has_related());
            if !of_group && !keys.contains(expr) {
                keys.push(expr.clone());
            }
        }
        keys
    }

    /// Selects other values; the groups stay those that they were.
    pub fn narrow(&mut self, exprs: Vec<Expr>) {
        self.grouping = self.is_gathered().then(|| {
            Box::new(Grouping {
                keys: self.group_keys(),
                narrowed: true,
                ..Grouping::default()
            })
        });
        self.output = Output::Exprs(exprs);
    }
}

impl Expr {
    /// An aggregate of all rows, in no order.
    pub fn aggregate(
        function: &'static Function,
        args: Vec<Self>,
        column_type: ColumnType,
    ) -> Self {
        Self::Aggregate(Box::new(Aggregate {
            function,
            args,
            distinct: false,
            filter: None,
            order: Vec::new(),
            column_type,
        }))
    }

    /// Lets its aggregates whose result depends on the order of the rows, and which have none of their own, take them in that of
    /// a query.
    pub fn gather_in(&mut self, select: &Select) {
        let Order::By(terms) = &select.order else {
            return;
        };
        self.each_aggregate_mut(&mut |aggregate| {
            let gathers = aggregates::GATHERING.contains(&aggregate.function);
            if gathers && aggregate.order.is_empty() && !aggregate.distinct {
                aggregate.order.clone_from(terms);
                if select.reversed {
                    aggregate.order.iter_mut().for_each(OrderTerm::turn);
                }
            }
        });
    }

    /// Whether an aggregate of the query's rows is in it.
    pub fn has_aggregate(&self) -> bool {
        self.has(&|node| matches!(node, Self::Aggregate(_)))
    }

    /// Whether a value of a relation's rows is in it.
    pub fn has_related(&self) -> bool {
        self.has(&|node| matches!(node, Self::Related(_)))
    }

    /// Whether a node of some kind is in it; what is inside of aggregates and subqueries is not looked at.
    pub(super) fn has(&self, wanted: &dyn Fn(&Self) -> bool) -> bool {
        let mut found = wanted(self);
        self.each_child(&mut |child| found = found || child.has(wanted));
        found
    }

    /// Shows the aggregates of the query's rows.
    pub fn each_aggregate_mut(&mut self, visit: &mut dyn FnMut(&mut Aggregate)) {
        match self {
            Self::Aggregate(aggregate) => visit(aggregate),
            other => other.each_child_mut(&mut |child| child.each_aggregate_mut(visit)),
        }
    }
}
