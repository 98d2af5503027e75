//! What is part of a shape, and what is not.

use super::*;
use crate::ast::{ArithmeticOp, Case, Column, CompareOp, In, Members, Order, OrderTerm, Output};
use crate::compile::tests::schema::BOOK;
use crate::value::{ArrayValue, ColumnType};

fn bind(number: i64) -> Expr {
    Expr::Bind(Value::I64(number))
}

/// A query with values in every place that holds some.
fn query() -> Select {
    let column = || {
        Expr::Column(Column {
            path: None,
            field: &BOOK.fields[0],
        })
    };
    let array = ArrayValue {
        element: ColumnType::I64,
        values: vec![Value::I64(7), Value::I64(8)],
    };
    let mut inner = Select::from_model(&BOOK, &[]);
    inner
        .filters
        .push(Expr::compare(CompareOp::Gt, column(), bind(20)));
    let mut select = Select::from_model(&BOOK, &[]);
    select.output = Output::Exprs(vec![
        bind(1),
        Expr::arithmetic(ArithmeticOp::Add, bind(2), bind(3), ColumnType::I64),
    ]);
    select.filters = vec![
        Expr::compare(CompareOp::Eq, column(), bind(4)).or(Expr::Bind(Value::Null).is_null()),
        Expr::In(Box::new(In {
            subject: bind(5),
            members: Members::Values(Value::Array(Box::new(array))),
        })),
        Expr::In(Box::new(In {
            subject: bind(6),
            members: Members::Select(Box::new(inner)),
        })),
        Expr::Case(Box::new(Case {
            whens: vec![(Expr::compare(CompareOp::Lt, bind(9), column()), bind(10))],
            otherwise: Some(bind(11)),
            column_type: ColumnType::I64,
        })),
    ];
    select.order = Order::By(vec![OrderTerm {
        expr: bind(12),
        descending: true,
        nulls: None,
    }]);
    select
}

#[test]
fn values_are_numbered_in_the_order_of_the_shape() {
    let plain = query();
    let mut numbered = query();
    number_select(&mut numbered);
    let (plain, numbered) = (Shape::of_select(&plain), Shape::of_select(&numbered));
    assert_eq!(plain.values().len(), numbered.values().len());
    for (place, (plain, numbered)) in plain.values().iter().zip(numbered.values()).enumerate() {
        match numbered {
            Value::Numbered(numbered) => {
                assert_eq!((numbered.0.0 as usize, &numbered.1), (place, *plain))
            }
            other => assert!(other.is_null()),
        }
    }
}

#[test]
fn values_are_no_part_of_a_shape_but_their_kinds_are() {
    let shape = |value: Value| {
        let mut select = query();
        select
            .filters
            .push(Expr::compare(CompareOp::Eq, bind(0), Expr::Bind(value)));
        Shape::of_select(&select).words().to_vec()
    };
    assert_eq!(shape(Value::I64(1)), shape(Value::I64(2)));
    assert_ne!(shape(Value::I64(1)), shape(Value::I64(0)));
    assert_ne!(shape(Value::I64(1)), shape(Value::I32(1)));
    assert_ne!(shape(Value::I64(1)), shape(Value::Null));
    assert_ne!(
        shape(Value::Decimal(1.into())),
        shape(Value::Decimal(rust_decimal::Decimal::MAX))
    );
}

#[test]
fn common_table_expressions_are_told_apart_by_their_places() {
    use crate::ast::{CteColumn, CteJoin};
    let joining = |ids: [u64; 2], of: u64| {
        let cte = |id| CteJoin {
            id,
            cte: Some(Arc::new(Cte {
                id,
                first: query(),
                step: None,
            })),
            on: None,
            optional: false,
            known_as: id,
        };
        let mut select = Select::from_model(&BOOK, &[]);
        select.ctes.get_or_insert_default().joins = ids.map(cte).to_vec();
        select.output = Output::Exprs(vec![Expr::CteColumn(CteColumn {
            cte: of,
            number: 1,
            column_type: ColumnType::I64,
            nullable: false,
        })]);
        select
    };
    let words = |select: &Select| Shape::of_select(select).words().to_vec();
    let first = joining([7, 8], 8);
    assert_eq!(words(&first), words(&joining([18, 20], 20)));
    assert_ne!(words(&first), words(&joining([18, 20], 18)));
    assert_ne!(words(&first), words(&joining([8, 8], 8)));
    let mut optional = first.clone();
    if let Some(ctes) = &mut optional.ctes {
        ctes.joins[1].optional = true;
    }
    assert_ne!(words(&first), words(&optional));
    // Each has values of its own.
    let mut numbered = first.clone();
    number_select(&mut numbered);
    let count = Shape::of_select(&first).values().len();
    let last = Shape::of_select(&numbered)
        .values()
        .iter()
        .rev()
        .find_map(|value| match value {
            Value::Numbered(numbered) => Some(numbered.0.0 as usize),
            _ => None,
        });
    assert_eq!(last, Some(count - 1));
}
