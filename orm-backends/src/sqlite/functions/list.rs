//! Aggregates that gather values as one text: an array of JSON, and an array of values as SQLite holds them.

use orm_core::types::array_text;
use orm_core::value::ValueRef as Held;
use rusqlite::functions::{Aggregate, Context, WindowAggregate};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};

use super::{FLAGS, failure};

/// Registers `orm_json_list` and `orm_array_agg`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    let json = List { push: push_json };
    connection.create_window_function("orm_json_list", 1, FLAGS, json)?;
    let array = List { push: push_element };
    connection.create_window_function("orm_array_agg", 1, FLAGS, array)
}

/// `orm_json_list(x)` and `orm_array_agg(x)`: NULLs are elements, and of no rows there is no list.
struct List {
    /// Adds a value with what separates it from those before.
    push: fn(&mut String, ValueRef<'_>) -> Result<()>,
}

/// The elements as one text, each behind a bracket or a comma.
#[derive(Default)]
struct Elements {
    text: String,
    /// Where those begin that no window has left out.
    start: usize,
}

impl Elements {
    /// What a window leaves out is what came first.
    fn leave_out(&mut self) {
        let rest = self.text.get(self.start + 1..).unwrap_or_default();
        self.start += 1 + end_of_element(rest);
        if self.start == self.text.len() {
            *self = Self::default();
        } else if self.start > self.text.len() / 2 {
            self.text.drain(..self.start);
            self.start = 0;
        }
    }

    fn list(&self) -> Option<String> {
        let elements = self.text.get(self.start + 1..)?;
        let mut list = String::with_capacity(elements.len() + 2);
        list.push('[');
        list.push_str(elements);
        list.push(']');
        Some(list)
    }
}

/// Where the element that a text of JSON begins with ends.
fn end_of_element(text: &str) -> usize {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

impl Aggregate<Elements, Option<String>> for List {
    fn init(&self, _: &mut Context<'_>) -> Result<Elements> {
        Ok(Elements::default())
    }

    fn step(&self, context: &mut Context<'_>, elements: &mut Elements) -> Result<()> {
        (self.push)(&mut elements.text, context.get_raw(0))
    }

    fn finalize(&self, _: &mut Context<'_>, elements: Option<Elements>) -> Result<Option<String>> {
        Ok(elements.and_then(|mut elements| {
            if elements.start > 0 {
                return elements.list();
            }
            (!elements.text.is_empty()).then(|| {
                elements.text.push(']');
                elements.text
            })
        }))
    }
}

impl WindowAggregate<Elements, Option<String>> for List {
    fn value(&self, elements: Option<&mut Elements>) -> Result<Option<String>> {
        Ok(elements.and_then(|elements| elements.list()))
    }

    fn inverse(&self, _: &mut Context<'_>, elements: &mut Elements) -> Result<()> {
        elements.leave_out();
        Ok(())
    }
}

/// A text is one of JSON already.
fn push_json(list: &mut String, value: ValueRef<'_>) -> Result<()> {
    list.push(if list.is_empty() { '[' } else { ',' });
    match value {
        ValueRef::Null => list.push_str("null"),
        ValueRef::Integer(integer) => list.push_str(&integer.to_string()),
        ValueRef::Real(real) => list.push_str(&json_number(real)?),
        ValueRef::Text(text) => list.push_str(std::str::from_utf8(text)?),
        ValueRef::Blob(_) => return Err(failure("bytes are no JSON")),
    }
    Ok(())
}

fn json_number(real: f64) -> Result<String> {
    // Whole ones as PostgreSQL writes them.
    if real.fract() == 0.0 && real.abs() < 1e15 {
        return Ok((real as i64).to_string());
    }
    serde_json::Number::from_f64(real)
        .map(|number| number.to_string())
        .ok_or_else(|| failure("numeric value out of range"))
}

fn push_element(list: &mut String, value: ValueRef<'_>) -> Result<()> {
    array_text::push(
        list,
        match value {
            ValueRef::Null => Held::Null,
            ValueRef::Integer(integer) => Held::Integer(integer),
            ValueRef::Real(real) => Held::Float(real),
            ValueRef::Text(text) => Held::Text(std::str::from_utf8(text)?),
            ValueRef::Blob(bytes) => Held::Bytes(bytes),
        },
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::super::tests::connection;

    fn of(call: &str, rows: &str) -> Vec<Value> {
        let sql = format!("SELECT {call} FROM (SELECT NULL AS x WHERE 0 UNION ALL {rows})");
        let connection = connection();
        let mut statement = connection.prepare(&sql).unwrap();
        let found = statement.query_map([], |row| row.get(0)).unwrap();
        found.map(Result::unwrap).collect()
    }

    fn texts<const N: usize>(texts: [&str; N]) -> [Value; N] {
        texts.map(|text| Value::Text(text.to_owned()))
    }

    #[test]
    fn lists_of_values() {
        let rows = "VALUES (2), (NULL), (1.5)";
        assert_eq!(
            of("orm_json_list(x ORDER BY x)", rows),
            texts(["[null,1.5,2]"])
        );
        assert_eq!(of("orm_json_list(x)", "SELECT 1 WHERE 0"), [Value::Null]);
        let rows = "VALUES (2), ('a\"'), (NULL), (2.0), (x'00ff'), (2)";
        assert_eq!(
            of("orm_array_agg(x)", rows),
            texts([r#"[2,"a\"",null,2.0,"00ff",2]"#])
        );
        assert_eq!(
            of(
                "orm_array_agg(DISTINCT x ORDER BY x)",
                "VALUES (3), (1), (3)"
            ),
            texts(["[1,3]"])
        );
        assert_eq!(of("orm_array_agg(x)", "SELECT 1 WHERE 0"), [Value::Null]);
    }

    #[test]
    fn lists_over_a_window() {
        let rows = r#"VALUES ('[1,{"a":"],"}]'), ('"\","'), (NULL), ('2'), ('{}')"#;
        let found = of("orm_json_list(x) OVER (ROWS 1 PRECEDING)", rows);
        let expected = [
            r#"[[1,{"a":"],"}]]"#,
            r#"[[1,{"a":"],"}],"\","]"#,
            r#"["\",",null]"#,
            "[null,2]",
            "[2,{}]",
        ];
        assert_eq!(found, texts(expected));
        let frame = "ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING";
        let found = of(
            &format!("orm_array_agg(x) OVER ({frame})"),
            "VALUES ('a'), (','), ('c')",
        );
        assert_eq!(found[0], Value::Null);
        assert_eq!(found[1..], texts([r#"["a"]"#, r#"["a",","]"#]));
    }
}
