//! How each database words what SQL can say: ANSI where they agree, small overrides where not.
//!
//! A function or lookup whose text differs has a row in its dialect's table; `compile` asks for
//! words here and never for the database's name.

mod features;
mod literal;
mod postgres;
pub mod regex;
mod sqlite;
mod transform;

pub use features::Features;
pub use postgres::PostgresDialect;
pub use regex::{RegexError, to_postgres as regex_to_postgres, validate as validate_regex};
pub use sqlite::SqliteDialect;
pub use transform::{Transform, Unfit};

use crate::ast::{ArithmeticOp, Function, Lookup};
use crate::schema::FieldSchema;
use crate::value::{ColumnType, Value};

/// The databases, by name: for [`to_sql`](crate::query::QuerySet::to_sql) without a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// SQLite
    Sqlite,
    /// PostgreSQL
    Postgres,
}

impl Dialect {
    /// The dialect's words.
    pub fn words(self) -> &'static dyn SqlDialect {
        match self {
            Self::Sqlite => &SqliteDialect,
            Self::Postgres => PostgresDialect::standard(),
        }
    }
}

/// A side of a comparison or a member of an ordering, as far as a dialect must know it.
#[derive(Clone, Copy, Debug)]
pub enum Operand<'a> {
    /// A column.
    Column {
        /// What it holds.
        column_type: ColumnType,
        /// Digits of a decimal column, where it has a bound.
        max_digits: Option<u32>,
    },
    /// A bound value.
    Value(&'a Value),
    /// Anything computed, with its type where that is known.
    Computed(Option<ColumnType>),
}

impl Operand<'_> {
    /// The type, where it is known.
    pub fn column_type(&self) -> Option<ColumnType> {
        match self {
            Self::Column { column_type, .. } => Some(*column_type),
            Self::Value(value) => match value.plain() {
                Value::Array(array) => Some(array.element),
                plain => plain.column_type(),
            },
            Self::Computed(column_type) => *column_type,
        }
    }
}

/// How an arithmetic operator is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithmeticForm {
    /// By an operator, whose precedence is that of the standard one. A divisor that may be zero is
    /// made NULL by `NULLIF`.
    Operator(&'static str),
    /// By a function of the two sides.
    Function(&'static str),
    /// By a function of the two sides and the bits of the result.
    SizedFunction(&'static str, u8),
    /// By a template.
    Template(&'static str),
}

/// How arrays become rows, a column each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowsForm {
    /// `unnest` of all of them.
    Unnest,
    /// A table function of one array, whose rows are joined by their numbers.
    ByNumber(&'static str),
}

/// The words of a database.
pub trait SqlDialect: Send + Sync {
    /// Which database.
    fn dialect(&self) -> Dialect;

    /// Its name, as in error messages.
    fn name(&self) -> &'static str;

    /// What it can do.
    fn features(&self) -> &'static Features;

    /// Writes the placeholder of the parameter with this number, counted from 1.
    fn push_placeholder(&self, sql: &mut String, number: usize);

    /// Writes a name in quotes.
    fn push_identifier(&self, sql: &mut String, name: &str) {
        sql.push('"');
        if name.contains('"') {
            sql.push_str(&name.replace('"', "\"\""));
        } else {
            sql.push_str(name);
        }
        sql.push('"');
    }

    /// Writes a value as a literal, for definitions only.
    ///
    /// # Errors
    /// When the value has no literal; the text says why.
    fn push_literal(&self, sql: &mut String, value: &Value) -> Result<(), &'static str>;

    /// The template of a function.
    fn function_sql(&self, function: &'static Function) -> &'static str {
        function.sql
    }

    /// The template of a function in a definition of a table, which other programs must be able to read.
    fn definition_sql(&self, function: &'static Function) -> &'static str {
        self.function_sql(function)
    }

    /// The template of a lookup, whose operand is a bound value or any expression.
    fn lookup_sql(&self, lookup: &'static Lookup, literal: bool) -> &'static str {
        lookup.literal.filter(|_| literal).unwrap_or(lookup.sql)
    }

    /// The template of a lookup in a definition of a table, which other programs must be able to read.
    fn definition_lookup_sql(&self, lookup: &'static Lookup) -> &'static str {
        self.lookup_sql(lookup, true)
    }

    /// The collation under which case is mapped by Unicode: what `{unicode}` stands for.
    fn unicode_collation(&self) -> &'static str {
        "und-x-icu"
    }

    /// A collation's name here: `C`, the order of code points, is called otherwise on SQLite.
    fn collation(&self, name: &'static str) -> &'static str {
        name
    }

    /// The template of a cast. `{type}` is the name of the type `to`.
    fn cast_sql(&self, from: Option<ColumnType>, to: ColumnType) -> &'static str {
        let _ = (from, to);
        "CAST({0} AS {type})"
    }

    /// Whether the columns of a recursion's step must have exactly the types of those it begins with, lengths and digits included.
    fn recursion_has_types(&self) -> bool {
        true
    }

    /// Whether `INTERSECT ALL` and `EXCEPT ALL` are said by giving equal rows numbers.
    fn numbers_equal_rows(&self) -> bool {
        false
    }

    /// The name of a type in casts, without lengths and digits.
    fn type_name(&self, column_type: ColumnType) -> &'static str;

    /// The type of a column in `CREATE TABLE`, with lengths and digits.
    fn column_type(&self, field: &FieldSchema) -> String {
        self.type_name(field.column_type).to_owned()
    }

    /// The whole definition, behind its name, of a primary key that counts itself up.
    fn auto_increment(&self, column_type: ColumnType) -> &'static str;

    /// How an operator is said, by the type of the result.
    fn arithmetic(&self, op: ArithmeticOp, result: ColumnType) -> ArithmeticForm {
        let _ = result;
        ArithmeticForm::Operator(match op {
            ArithmeticOp::Add => " + ",
            ArithmeticOp::Sub => " - ",
            ArithmeticOp::Mul => " * ",
            ArithmeticOp::Div => " / ",
            ArithmeticOp::Rem => " % ",
        })
    }

    /// How a number is negated, by its type.
    fn negation(&self, column_type: ColumnType) -> ArithmeticForm {
        let _ = column_type;
        ArithmeticForm::Operator("-")
    }

    /// Whether `/` and `%` give NULL for a zero divisor by themselves.
    fn zero_divisor_is_null(&self) -> bool {
        false
    }

    /// A function whose result (less than, equal to or greater than zero) tells the order of the
    /// two sides, where the plain operators would tell it wrongly.
    fn compare_function(&self, left: &Operand<'_>, right: &Operand<'_>) -> Option<&'static str> {
        let _ = (left, right);
        None
    }

    /// The template by which equal values are found equal and different ones in their order, by `DISTINCT` and
    /// `ORDER BY`, where those would not do so with the expression itself.
    fn sortable_sql(&self, operand: &Operand<'_>) -> Option<&'static str> {
        let _ = operand;
        None
    }

    /// The template of the condition that `{0}` is, or is not, among the values of the array `{1}`.
    fn in_values_sql(&self, subject: &Operand<'_>, values: &Value, negated: bool) -> &'static str;

    /// How arrays that lie side by side become rows.
    fn rows_form(&self) -> RowsForm {
        RowsForm::Unnest
    }

    /// The templates by which a part of a row value, and the values of the array beside it, are compared.
    fn row_part_sql(&self, part: &Operand<'_>, values: &Value) -> (&'static str, &'static str) {
        let _ = (part, values);
        ("{0}", "{0}")
    }

    /// What stands before the `WHERE` of an `UPDATE` whose new values come from subqueries about the same table, so that
    /// those see no row that the statement has changed already.
    fn update_as_it_was(&self) -> &'static str {
        ""
    }

    /// Whether NULLs come first in an ordering that does not say where they come.
    fn nulls_first(&self, descending: bool) -> bool;

    /// The limit to be written where there is an offset without a limit, if one must be.
    fn no_limit(&self) -> Option<&'static str> {
        None
    }

    /// Whether a column of enums may have a type of its own, which a text becomes by what stands beside it.
    fn enums_have_types(&self) -> bool {
        false
    }

    /// A function that rounds a decimal to so many places, where a column does not do it itself.
    fn round_function(&self) -> Option<&'static str> {
        None
    }
}

/// Writes a number without the formatting machinery.
pub(crate) fn push_number(sql: &mut String, number: u64) {
    if number >= 10 {
        push_number(sql, number / 10);
    }
    sql.push(char::from(b'0' + (number % 10) as u8));
}
