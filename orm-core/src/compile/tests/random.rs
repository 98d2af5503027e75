//! The printer, fed with trees that no user would write: whatever it is given, it prints what SQLite understands or says
//! what is wrong; it never panics, and a statement found by its shape is the one that would have been printed.

use super::schema::{AUTHOR, AUTHOR_BOOKS, BOOK, BOOK_AUTHOR, BOOK_EDITOR, BOOK_REVIEWS, REVIEW};
use super::sqlite::database;
use crate::ast::shape::{self, Shape};
use crate::ast::{
    ArithmeticOp, Arity, Case, Column, CompareOp, Distinct, Expr, In, Lookup, LookupCall, Members,
    Order, OrderTerm, Output, Quantified, Quantifier, Select, Statement, builtin,
};
use crate::compile::print;
use crate::dialect::{PostgresDialect, SqliteDialect};
use crate::schema::{ModelSchema, PathNode};
use crate::value::{ArrayValue, ColumnType, Value};

const TREES: u32 = 3_000;

/// A way to a model, and that model.
type Way = (Option<&'static PathNode>, &'static ModelSchema);

/// Small numbers from a seed, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    fn value(&mut self) -> Value {
        match self.below(9) {
            0 => Value::Null,
            1 => Value::Bool(true),
            2 => Value::I64(i64::MIN),
            3 => Value::I32(0),
            4 => Value::F64(-0.5),
            5 => Value::Text("it's 100% \\ \"odd\" \u{202e}".into()),
            6 => Value::Decimal("79228162514264337593543950335".parse().unwrap()),
            7 => Value::Date("2024-02-29".parse().unwrap()),
            _ => Value::Bytes(vec![0, 255]),
        }
    }

    fn array(&mut self) -> Value {
        let values = (0..self.below(3)).map(|_| self.value()).collect();
        let element = ColumnType::Text;
        Value::Array(Box::new(ArrayValue { element, values }))
    }

    fn column(&mut self, ways: &[Way]) -> Expr {
        let (path, model) = *self.of(ways);
        let field = self.of(model.fields);
        Expr::Column(Column { path, field })
    }

    /// Any expression or condition.
    fn expr(&mut self, ways: &[Way], depth: usize) -> Expr {
        if depth == 0 {
            return match self.below(3) {
                0 => Expr::Bind(self.value()),
                1 => Expr::Constant(self.below(2) == 0),
                _ => self.column(ways),
            };
        }
        let boxed = |random: &mut Self| Box::new(random.expr(ways, depth - 1));
        match self.below(17) {
            0 => Expr::arithmetic(self.op(), *boxed(self), *boxed(self), ColumnType::I32),
            1 => Expr::Negate(Box::new((*boxed(self), ColumnType::I64))),
            2 => self.case(ways, depth),
            3 => Expr::Truth(boxed(self)),
            4 => Expr::compare(self.compare(), *boxed(self), *boxed(self)),
            5 => self.lookup(ways, depth),
            6 => Expr::IsNull(boxed(self)),
            7 => Expr::IsNotNull(boxed(self)),
            8 => Expr::IsTrue(boxed(self)),
            9 => Expr::Not(boxed(self)),
            10 => self.membership(ways, depth),
            11 => Expr::And((0..2).map(|_| *boxed(self)).collect()),
            12 => Expr::Or((0..3).map(|_| *boxed(self)).collect()),
            13 => Expr::Xor(Box::new((*boxed(self), *boxed(self)))),
            14 => self.quantified(depth),
            15 => self.call(ways, depth),
            _ => Expr::Cast(Box::new((*boxed(self), ColumnType::Text))),
        }
    }

    fn op(&mut self) -> ArithmeticOp {
        use ArithmeticOp::{Add, Div, Mul, Rem, Sub};
        *self.of(&[Add, Sub, Mul, Div, Rem])
    }

    fn compare(&mut self) -> CompareOp {
        use CompareOp::{Eq, Gt, Gte, Lt, Lte, Ne};
        *self.of(&[Eq, Ne, Gt, Gte, Lt, Lte])
    }

    fn case(&mut self, ways: &[Way], depth: usize) -> Expr {
        let one = |random: &mut Self| random.expr(ways, depth - 1);
        Expr::Case(Box::new(Case {
            whens: vec![(one(self), one(self))],
            otherwise: (self.below(2) == 0).then(|| one(self)),
            column_type: ColumnType::Text,
        }))
    }

    fn lookup(&mut self, ways: &[Way], depth: usize) -> Expr {
        Expr::Lookup(Box::new(LookupCall {
            lookup: self.of::<&Lookup>(builtin::LOOKUPS),
            subject: self.expr(ways, depth - 1),
            operand: self.expr(ways, depth - 1),
        }))
    }

    fn membership(&mut self, ways: &[Way], depth: usize) -> Expr {
        let members = match self.below(3) {
            0 => Members::Values(self.array()),
            1 => Members::Exprs(vec![self.expr(ways, depth - 1)]),
            _ => {
                let mut inner = self.select(&REVIEW, depth - 1);
                inner.output = Output::Exprs(vec![self.column(&[(None, &REVIEW)])]);
                Members::Select(Box::new(inner))
            }
        };
        let subject = self.expr(ways, depth - 1);
        Expr::In(Box::new(In { subject, members }))
    }

    fn quantified(&mut self, depth: usize) -> Expr {
        let quantifier = *self.of(&[Quantifier::Any, Quantifier::All, Quantifier::None]);
        let condition = (self.below(3) > 0).then(|| self.expr(&[(None, &REVIEW)], depth - 1));
        Expr::Quantified(Box::new(Quantified {
            path: REVIEWS,
            quantifier,
            condition,
        }))
    }

    fn call(&mut self, ways: &[Way], depth: usize) -> Expr {
        let functions = self.of(builtin::FUNCTIONS);
        let function = *self.of(functions);
        let (Arity::Exactly(count) | Arity::AtLeast(count)) = function.arity;
        let args = (0..count).map(|_| self.expr(ways, depth - 1)).collect();
        Expr::Call(Box::new(crate::ast::Call { function, args }))
    }

    fn select(&mut self, model: &'static ModelSchema, depth: usize) -> Select {
        let ways: &[Way] = match model.name {
            "Book" => &[(None, &BOOK), (AUTHOR_OF, &AUTHOR), (EDITOR_OF, &AUTHOR)],
            _ => &[(None, &REVIEW)],
        };
        let mut select = Select::from_model(model, &[]);
        select.filters = (0..self.below(3)).map(|_| self.expr(ways, depth)).collect();
        if self.below(2) == 0 {
            let columns = (0..1 + self.below(3)).map(|_| self.expr(ways, depth.min(1)));
            select.output = Output::Exprs(columns.collect());
        }
        if self.below(3) == 0 {
            let expr = self.expr(ways, depth.min(1));
            let (descending, nulls) = (self.below(2) == 0, None);
            select.order = Order::By(vec![OrderTerm {
                expr,
                descending,
                nulls,
            }]);
        }
        if self.below(4) == 0 {
            select.distinct = Distinct::Rows;
        }
        select.limit = (self.below(3) == 0).then(|| self.below(9) as u64);
        select.reversed = self.below(4) == 0;
        select
    }
}

static AUTHOR_STEP: PathNode = PathNode {
    parent: None,
    relation: &BOOK_AUTHOR,
};
static EDITOR_STEP: PathNode = PathNode {
    parent: None,
    relation: &BOOK_EDITOR,
};
static REVIEWS: &PathNode = &PathNode {
    parent: None,
    relation: &BOOK_REVIEWS,
};
static BOOKS: &PathNode = &PathNode {
    parent: None,
    relation: &AUTHOR_BOOKS,
};
const AUTHOR_OF: Option<&PathNode> = Some(&AUTHOR_STEP);
const EDITOR_OF: Option<&PathNode> = Some(&EDITOR_STEP);

#[test]
fn what_is_printed_is_understood_and_nothing_panics() {
    let (db, mut random, mut printed) = (database(), Random(0x0005_eed0_fa11_7ee5), 0);
    for _ in 0..TREES {
        let select = random.select(&BOOK, 4);
        let in_sqlite = print(Statement::Select(select.clone()), &SqliteDialect);
        let _ = print(
            Statement::Select(select.clone()),
            PostgresDialect::standard(),
        );
        let Ok(compiled) = in_sqlite else { continue };
        printed += 1;
        if let Err(error) = db.prepare(&compiled.sql) {
            // Types are the compiler's to check, above: here nothing stands for the user's.
            let message = error.to_string();
            assert!(message.contains("depth"), "{}\n{message}", compiled.sql);
        }
        assert_eq!(compiled.params.len(), compiled.sources.len());
    }
    assert!(printed > TREES / 4, "only {printed} trees could be printed");
}

#[test]
fn numbered_values_change_nothing_of_the_text() {
    let mut random = Random(0x00dd_ba11);
    for _ in 0..TREES {
        let select = random.select(&BOOK, 3);
        // It decides by the values themselves, and is not found by its shape.
        if select.distinct != Distinct::No {
            continue;
        }
        let mut numbered = select.clone();
        shape::number_select(&mut numbered);
        assert_eq!(
            Shape::of_select(&select).values().len(),
            Shape::of_select(&numbered).values().len()
        );
        for dialect in [
            &SqliteDialect as &dyn crate::dialect::SqlDialect,
            PostgresDialect::standard(),
        ] {
            let plain = print(Statement::Select(select.clone()), dialect);
            let numbered = print(Statement::Select(numbered.clone()), dialect);
            match (plain, numbered) {
                (Ok(plain), Ok(numbered)) => assert_eq!(plain.sql, numbered.sql),
                (Err(plain), Err(numbered)) => assert_eq!(plain.to_string(), numbered.to_string()),
                // A pattern that cannot be translated is found when its value is bound.
                (Err(plain), Ok(_)) => assert!(plain.to_string().contains("regular"), "{plain}"),
                (Ok(plain), Err(error)) => panic!("{}\n{error}", plain.sql),
            }
        }
    }
}

#[test]
fn updates_and_deletes_of_random_rows_are_understood() {
    let (db, mut random) = (database(), Random(0xfeed_beef));
    for _ in 0..TREES / 4 {
        let mut rows = random.select(&BOOK, 3);
        rows.output = Output::Model;
        rows.distinct = Distinct::No;
        rows.filters.push(Expr::Quantified(Box::new(Quantified {
            path: REVIEWS,
            quantifier: Quantifier::Any,
            condition: None,
        })));
        let assigned = random.expr(&[(None, &BOOK), (AUTHOR_OF, &AUTHOR)], 2);
        let update = crate::ast::Update {
            rows: rows.clone(),
            assignments: vec![(6, assigned)],
            returning: Vec::new(),
        };
        for statement in [
            Statement::Update(update),
            Statement::Delete(crate::ast::Delete { rows }),
        ] {
            if let Ok(compiled) = print(statement, &SqliteDialect) {
                let prepared = db.prepare(&compiled.sql).map(drop);
                prepared.unwrap_or_else(|error| panic!("{}\n{error}", compiled.sql));
            }
        }
    }
    // A relation of another model where one of this model's is meant.
    let mut select = Select::from_model(&BOOK, &[]);
    select.filters.push(Expr::Quantified(Box::new(Quantified {
        path: BOOKS,
        quantifier: Quantifier::Any,
        condition: None,
    })));
    let _ = print(Statement::Select(select), &SqliteDialect);
}
