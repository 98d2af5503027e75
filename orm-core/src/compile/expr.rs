//! Printing expressions and conditions.

use super::precedence::Precedence;
use super::raw;
use super::template::Arguments;
use super::writer::Writer;
use crate::ast::{
    Arithmetic, Between, Call, Case, Compare, CompareOp, Expr, In, LookupCall, Members, Raw, Select,
};
use crate::dialect::{ArithmeticForm, Operand};
use crate::error::Result;
use crate::value::{ColumnType, Value};

impl Writer<'_> {
    /// Writes an expression, in parentheses if it holds together less tightly than `least`.
    pub(super) fn expr(&mut self, expr: Expr, least: Precedence) -> Result<()> {
        if Precedence::of(&expr, self.dialect, self.inline) >= least {
            return self.bare(expr);
        }
        self.push_sql("(");
        self.bare(expr)?;
        self.push_sql(")");
        Ok(())
    }

    /// Writes expressions with commas between.
    pub(super) fn exprs(&mut self, exprs: Vec<Expr>) -> Result<()> {
        self.push_list(exprs, ", ", |writer, expr| {
            writer.expr(expr, Precedence::Loose)
        })
    }

    fn bare(&mut self, expr: Expr) -> Result<()> {
        match expr {
            Expr::Table(column) => {
                self.push_column(column.table, column.column);
                Ok(())
            }
            Expr::OutputColumn(column) => {
                self.push_table(column.table);
                self.push_sql(".");
                self.push_number_name(u64::from(column.number));
                Ok(())
            }
            Expr::Bind(value) => self.push_bind(value),
            Expr::Constant(value) => {
                self.push_sql(if value { "TRUE" } else { "FALSE" });
                Ok(())
            }
            Expr::Row(parts) => {
                self.push_sql("(");
                self.exprs(parts)?;
                self.push_sql(")");
                Ok(())
            }
            Expr::Call(call) => self.call(*call),
            Expr::Window(window) => self.window(*window),
            Expr::Arithmetic(arithmetic) => self.arithmetic(*arithmetic),
            Expr::Negate(negate) => self.negate(negate.0, negate.1),
            Expr::Case(case) => self.case(*case),
            Expr::Cast(cast) => self.cast(cast.0, cast.1),
            Expr::Collate(of) => {
                self.expr(of.0, Precedence::Atom)?;
                self.push_sql(" COLLATE ");
                let name = self.dialect.collation(of.1);
                self.push_identifier(name);
                Ok(())
            }
            Expr::Truth(inner) => self.suffixed(*inner, " IS TRUE"),
            Expr::Compare(compare) => self.compare(*compare),
            Expr::Lookup(lookup) => self.lookup(*lookup),
            Expr::Between(between) => self.between(*between, false),
            Expr::IsNull(inner) => self.suffixed(*inner, " IS NULL"),
            Expr::IsNotNull(inner) => self.suffixed(*inner, " IS NOT NULL"),
            Expr::IsTrue(inner) => self.bare(*inner),
            Expr::In(of) => self.is_in(*of, false),
            Expr::Not(inner) => self.not(*inner),
            Expr::And(items) => self.all_of(items),
            Expr::Or(items) => self.connected(items, "FALSE", " OR ", Precedence::Or),
            Expr::Raw(raw) => self.raw(*raw),
            Expr::Exists(select) => {
                self.push_sql("EXISTS ");
                self.subquery(*select)
            }
            Expr::Scalar(select) => self.subquery(*select),
            Expr::Aggregate(aggregate) => self.aggregate(*aggregate),
            Expr::Column(_)
            | Expr::Xor(_)
            | Expr::Quantified(_)
            | Expr::Related(_)
            | Expr::Each(_)
            | Expr::Outer(_)
            | Expr::CteColumn(_) => Err(self.invalid("it was printed without being lowered")),
        }
    }

    /// Writes a query in parentheses.
    pub(super) fn subquery(&mut self, select: Select) -> Result<()> {
        self.push_sql("(");
        self.select(select)?;
        self.push_sql(")");
        Ok(())
    }

    fn suffixed(&mut self, inner: Expr, suffix: &str) -> Result<()> {
        self.expr(inner, Precedence::Additive)?;
        self.push_sql(suffix);
        Ok(())
    }

    /// Writes conditions that must all hold.
    pub(super) fn all_of(&mut self, items: Vec<Expr>) -> Result<()> {
        self.connected(items, "TRUE", " AND ", Precedence::And)
    }

    fn connected(
        &mut self,
        mut items: Vec<Expr>,
        none: &str,
        word: &str,
        own: Precedence,
    ) -> Result<()> {
        match items.len() {
            0 => self.push_sql(none),
            1 => return self.bare(items.swap_remove(0)),
            _ => self.push_list(items, word, |writer, item| writer.expr(item, own))?,
        }
        Ok(())
    }

    fn not(&mut self, inner: Expr) -> Result<()> {
        match inner {
            Expr::In(of) => self.is_in(*of, true),
            Expr::Between(between) => self.between(*between, true),
            Expr::IsNull(operand) => self.suffixed(*operand, " IS NOT NULL"),
            Expr::Truth(condition) => self.suffixed(*condition, " IS NOT TRUE"),
            other => {
                self.push_sql("NOT ");
                self.expr(other, Precedence::Atom)
            }
        }
    }

    fn call(&mut self, call: Call) -> Result<()> {
        if !call.function.arity.allows(call.args.len()) {
            return Err(self.invalid("a function has the wrong number of arguments"));
        }
        let template = if self.inline {
            self.dialect.definition_sql(call.function)
        } else {
            self.dialect.function_sql(call.function)
        };
        self.template(template, Arguments::new(call.args))
    }

    fn cast(&mut self, inner: Expr, to: ColumnType) -> Result<()> {
        let template = self.dialect.cast_sql(inner.column_type(), to);
        self.template(template, Arguments::of_cast(inner, to))
    }

    fn case(&mut self, case: Case) -> Result<()> {
        self.push_sql("CASE");
        for (when, then) in case.whens {
            self.push_sql(" WHEN ");
            self.expr(when, Precedence::Loose)?;
            self.push_sql(" THEN ");
            self.expr(then, Precedence::Loose)?;
        }
        if let Some(otherwise) = case.otherwise {
            self.push_sql(" ELSE ");
            self.expr(otherwise, Precedence::Loose)?;
        }
        self.push_sql(" END");
        Ok(())
    }

    fn raw(&mut self, raw: Raw) -> Result<()> {
        let mut values = raw.values.into_iter();
        for piece in raw::pieces(raw.sql) {
            match piece {
                raw::Piece::Sql(text) => self.push_sql(text),
                raw::Piece::Value => match values.next() {
                    Some(value) => self.push_bind(value)?,
                    None => return Err(self.invalid("raw SQL has more `?` than values")),
                },
            }
        }
        match values.next() {
            Some(_) => Err(self.invalid("raw SQL has fewer `?` than values")),
            None => Ok(()),
        }
    }

    fn arithmetic(&mut self, of: Arithmetic) -> Result<()> {
        let guarded = of.may_divide_by_zero() && !self.dialect.zero_divisor_is_null();
        match self.dialect.arithmetic(of.op, of.column_type) {
            ArithmeticForm::Operator(word) => {
                let own = Precedence::of_operator(of.op);
                self.widened(of.left, &of.right, of.column_type, own)?;
                self.push_sql(word);
                if guarded {
                    return self.template("NULLIF({0}, 0)", Arguments::new(vec![of.right]));
                }
                self.expr(of.right, own.tighter())
            }
            ArithmeticForm::Function(name) => self.function(name, vec![of.left, of.right], None),
            ArithmeticForm::SizedFunction(name, bits) => {
                self.function(name, vec![of.left, of.right], Some(bits))
            }
            ArithmeticForm::Template(template) => {
                self.template(template, Arguments::new(vec![of.left, of.right]))
            }
        }
    }

    /// Writes the left side of an operator; cast to the result's type where neither side has it,
    /// since the database judges overflow at the wider type of the two.
    fn widened(&mut self, left: Expr, right: &Expr, to: ColumnType, own: Precedence) -> Result<()> {
        match (left.column_type(), right.column_type()) {
            (Some(a), Some(b)) if a != to && b != to => self.cast(left, to),
            _ => self.expr(left, own),
        }
    }

    fn negate(&mut self, operand: Expr, of: ColumnType) -> Result<()> {
        match self.dialect.negation(of) {
            ArithmeticForm::Operator(word) => {
                self.push_sql(word);
                // Tighter than unary: two signs in a row would begin a comment.
                self.expr(operand, Precedence::Atom)
            }
            ArithmeticForm::Function(name) => self.function(name, vec![operand], None),
            ArithmeticForm::SizedFunction(name, bits) => {
                self.function(name, vec![operand], Some(bits))
            }
            ArithmeticForm::Template(template) => {
                self.template(template, Arguments::new(vec![operand]))
            }
        }
    }

    fn function(&mut self, name: &str, args: Vec<Expr>, bits: Option<u8>) -> Result<()> {
        self.push_sql(name);
        self.push_sql("(");
        self.exprs(args)?;
        if let Some(bits) = bits {
            self.push_sql(", ");
            self.push_number(u64::from(bits));
        }
        self.push_sql(")");
        Ok(())
    }

    fn compare(&mut self, compare: Compare) -> Result<()> {
        let word = word(compare.op);
        match self
            .dialect
            .compare_function(&operand(&compare.left), &operand(&compare.right))
        {
            Some(name) => {
                self.function(name, vec![compare.left, compare.right], None)?;
                self.push_sql(word);
                self.push_sql("0");
                Ok(())
            }
            None => {
                self.expr(compare.left, Precedence::Additive)?;
                self.push_sql(word);
                self.expr(compare.right, Precedence::Additive)
            }
        }
    }

    fn between(&mut self, of: Between, negated: bool) -> Result<()> {
        let differs = {
            let subject = operand(&of.subject);
            [&of.low, &of.high].iter().any(|end| {
                self.dialect
                    .compare_function(&subject, &operand(end))
                    .is_some()
            })
        };
        if differs {
            let (low, high, joint) = if negated {
                (CompareOp::Lt, CompareOp::Gt, " OR ")
            } else {
                (CompareOp::Gte, CompareOp::Lte, " AND ")
            };
            self.push_sql("(");
            self.compare(Compare {
                op: low,
                left: of.subject.clone(),
                right: of.low,
            })?;
            self.push_sql(joint);
            self.compare(Compare {
                op: high,
                left: of.subject,
                right: of.high,
            })?;
            self.push_sql(")");
            return Ok(());
        }
        self.expr(of.subject, Precedence::Additive)?;
        self.push_sql(if negated {
            " NOT BETWEEN "
        } else {
            " BETWEEN "
        });
        self.expr(of.low, Precedence::Additive)?;
        self.push_sql(" AND ");
        self.expr(of.high, Precedence::Additive)
    }

    fn lookup(&mut self, call: LookupCall) -> Result<()> {
        let literal = matches!(&call.operand, Expr::Bind(value) if !value.is_null());
        let template = if self.inline && literal {
            self.dialect.definition_lookup_sql(call.lookup)
        } else {
            self.dialect.lookup_sql(call.lookup, literal)
        };
        self.template(template, Arguments::new(vec![call.subject, call.operand]))
    }

    fn is_in(&mut self, of: In, negated: bool) -> Result<()> {
        match of.members {
            Members::Values(Value::Array(array)) if self.inline => {
                let items = array.values.into_iter().map(Expr::Bind).collect();
                self.in_list(of.subject, items, negated)
            }
            Members::Values(values) => {
                let template = self
                    .dialect
                    .in_values_sql(&operand(&of.subject), &values, negated);
                self.template(
                    template,
                    Arguments::new(vec![of.subject, Expr::Bind(values)]),
                )
            }
            Members::Rows(arrays) => self.in_rows(of.subject.into_parts(), arrays, negated),
            Members::Exprs(items) => self.in_list(of.subject, items, negated),
            Members::Select(select) => {
                self.in_head(of.subject, negated)?;
                self.subquery(*select)
            }
        }
    }

    fn in_head(&mut self, subject: Expr, negated: bool) -> Result<()> {
        self.expr(subject, Precedence::Additive)?;
        self.push_sql(if negated { " NOT IN " } else { " IN " });
        Ok(())
    }

    fn in_list(&mut self, subject: Expr, items: Vec<Expr>, negated: bool) -> Result<()> {
        let plain = {
            let side = operand(&subject);
            items.iter().all(|item| {
                self.dialect
                    .compare_function(&side, &operand(item))
                    .is_none()
            })
        };
        if plain {
            self.in_head(subject, negated)?;
            self.push_sql("(");
            self.exprs(items)?;
            self.push_sql(")");
            return Ok(());
        }
        // `IN` would compare as `=` does, and here that is wrong for some member.
        let (op, joint) = if negated {
            (CompareOp::Ne, " AND ")
        } else {
            (CompareOp::Eq, " OR ")
        };
        self.push_sql("(");
        self.push_list(items, joint, |writer, item| {
            writer.compare(Compare {
                op,
                left: subject.clone(),
                right: item,
            })
        })?;
        self.push_sql(")");
        Ok(())
    }
}

const fn word(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => " = ",
        CompareOp::Ne => " <> ",
        CompareOp::Gt => " > ",
        CompareOp::Gte => " >= ",
        CompareOp::Lt => " < ",
        CompareOp::Lte => " <= ",
    }
}

/// What a dialect must know of an expression.
pub(super) fn operand(expr: &Expr) -> Operand<'_> {
    match expr {
        Expr::Table(column) => Operand::Column {
            column_type: column.column_type,
            max_digits: column.max_digits,
        },
        Expr::Bind(value) => Operand::Value(value),
        other => Operand::Computed(other.column_type()),
    }
}
