//! The digits behind the point that a selected decimal has at least.
//!
//! PostgreSQL keeps the zeros at the end of a decimal, and gives those of a quotient a dozen more; SQLite keeps none. So that both
//! give the same, a decimal that is read has as many digits as what it is made of, and beyond these no zeros.

use crate::ast::builtin::{aggregates, general, math};
use crate::ast::{Arithmetic, ArithmeticOp, Call, Case, CteColumn, Expr, Function, Select};
use crate::value::{ColumnType, Value};

impl Select {
    /// The least number of digits behind the point of the column at an index, should it be a decimal.
    pub fn decimal_places(&self, index: usize) -> u32 {
        self.selected(index)
            .map_or(0, |expr| Places(Some(self)).of(expr))
    }
}

impl Expr {
    /// The least number of digits behind the point, of a decimal, whatever decimals are bound.
    pub fn decimal_places(&self) -> u32 {
        Places(None).of(self)
    }
}

/// The least number of digits of an average of decimals, which may be those that a bound number rounds them to; else nothing.
pub(super) fn places_of_average(function: &Function, args: &[Expr]) -> u64 {
    match args {
        [value] if function == &aggregates::AVG_DECIMAL => value.decimal_places().into(),
        _ => 0,
    }
}

/// The query that an expression stands in, which knows what the numbers of columns stand for.
#[derive(Clone, Copy)]
struct Places<'s>(Option<&'s Select>);

impl Places<'_> {
    fn of(self, expr: &Expr) -> u32 {
        match expr {
            Expr::Column(column) => column.field.options.decimal_places.unwrap_or(0),
            Expr::Bind(value) => match value.plain() {
                Value::Decimal(decimal) if self.0.is_some() => decimal.scale(),
                _ => 0,
            },
            Expr::Call(call) => self.places_of_call(call),
            Expr::Arithmetic(arithmetic) => self.places_of_arithmetic(arithmetic),
            Expr::Negate(of) => self.of(&of.0),
            Expr::Case(case) => self.places_of_case(case),
            // What was no decimal has the digits of its value.
            Expr::Cast(of) if of.0.column_type() == Some(ColumnType::Decimal) => self.of(&of.0),
            Expr::Aggregate(aggregate) => self.most(&aggregate.args),
            Expr::Window(window) => self.most(&window.args),
            Expr::Related(of) | Expr::Each(of) => self.of(&of.value),
            Expr::Scalar(select) => select.decimal_places(0),
            Expr::Outer(outer) => self.of(&outer.node),
            Expr::OutputColumn(column) => {
                let rows = self
                    .0
                    .and_then(|select| select.grouping.as_ref()?.of.as_deref());
                numbered(rows, column.number)
            }
            Expr::CteColumn(column) => self.places_of_cte(*column),
            _ => 0,
        }
    }

    fn most(self, exprs: &[Expr]) -> u32 {
        let places = exprs.iter().map(|expr| self.of(expr));
        places.max().unwrap_or(0)
    }

    fn places_of_arithmetic(self, of: &Arithmetic) -> u32 {
        let (left, right) = (self.of(&of.left), self.of(&of.right));
        match of.op {
            ArithmeticOp::Mul => left + right,
            _ => left.max(right),
        }
    }

    fn places_of_case(self, case: &Case) -> u32 {
        let thens = case.whens.iter().map(|(_, then)| then);
        let all = thens.chain(&case.otherwise).map(|expr| self.of(expr));
        all.max().unwrap_or(0)
    }

    fn places_of_call(self, call: &Call) -> u32 {
        let Call { function, args } = call;
        if *function == &math::ROUND_DECIMAL {
            return match args.get(1) {
                Some(Expr::Bind(value)) => rounded(value.plain()),
                _ => 0,
            };
        }
        if *function == &general::NULL_IF_DECIMAL {
            return self.most(&args[..1]);
        }
        let kept = [
            &general::COALESCE,
            &general::GREATEST_DECIMAL,
            &general::LEAST_DECIMAL,
            &general::ABS_DECIMAL,
        ];
        if kept.contains(function) {
            return self.most(args);
        }
        0
    }

    fn places_of_cte(self, column: CteColumn) -> u32 {
        let ctes = self.0.and_then(|select| select.ctes.as_deref());
        let mut joins = ctes.iter().flat_map(|ctes| &ctes.joins);
        let cte = joins
            .find(|join| join.known_as == column.cte)
            .and_then(|join| join.cte.as_deref());
        numbered(cte.map(|cte| &cte.first), column.number)
    }
}

/// The digits of a column that is known by its number, counted from 1.
fn numbered(select: Option<&Select>, number: u32) -> u32 {
    let index = number.checked_sub(1).map(|index| index as usize);
    select
        .zip(index)
        .map_or(0, |(select, index)| select.decimal_places(index))
}

fn rounded(places: &Value) -> u32 {
    let places = match places {
        Value::I16(places) => u32::try_from(*places),
        Value::I32(places) => u32::try_from(*places),
        Value::I64(places) => u32::try_from(*places),
        _ => return 0,
    };
    places.unwrap_or(0)
}
