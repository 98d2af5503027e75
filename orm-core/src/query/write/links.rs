//! Changing the rows of a link table: what `add`, `remove`, `set` and `clear` of a many-to-many send.

use std::cmp::Ordering;

use super::insert::time_of;
use super::validate::Problems;
use crate::ast::{
    Column, CompareOp, Expr as Node, In, Insert, Members, OnConflict, Output, Select,
};
use crate::draft::LinkValues;
use crate::error::{Error, Result};
use crate::executor::{Executor, Flow, Subject};
use crate::query::run::{self, Caller};
use crate::schema::{FieldSchema, LinkSchema, RelationSchema};
use crate::value::{ArrayValue, Value};

/// The links of one row.
pub(crate) struct Links<'a> {
    pub(crate) link: &'static LinkSchema,
    /// The row's primary key.
    pub(crate) owner: &'a Value,
    pub(crate) caller: Caller,
}

impl Links<'_> {
    /// Links these rows, unless they are; gives the number of those that were not. The links get these values.
    pub(crate) fn add(
        &self,
        rows: Vec<Value>,
        values: &LinkValues,
        db: &dyn Executor,
    ) -> Result<u64> {
        let values = self.own(values)?;
        let pairs = self.pairs(sorted(rows));
        let Some(new) = self.complete(pairs, values)? else {
            return Ok(0);
        };
        let arrays = db.dialect().features().insert_arrays;
        let insert = self.insert(new.columns, arrays);
        let mut compiled = run::ready_insert(&insert, db)?;
        let subject = Subject::Insert(&insert);
        let mut written = 0;
        if arrays {
            compiled.params = self.arrays(&insert, new.rows).into();
            written = db.execute(&run::command(&compiled, subject, self.caller))?;
        } else {
            db.atomic(&mut |db| {
                let command = run::command(&compiled, subject, self.caller);
                written = db.query_each(&command, &new.rows, &mut |_| Ok(Flow::Continue))?;
                Ok(())
            })?;
        }
        Ok(self.rows_of(written))
    }

    /// Removes the links of these rows; gives their number.
    pub(crate) fn remove(&self, rows: Vec<Value>, db: &dyn Executor) -> Result<u64> {
        if rows.is_empty() {
            return Ok(0);
        }
        let rows = sorted(rows);
        self.delete(Some(&|far: &RelationSchema| among(far, rows.clone())), db)
    }

    /// Removes all links; gives their number.
    pub(crate) fn clear(&self, db: &dyn Executor) -> Result<u64> {
        self.delete(None, db)
    }

    /// Links exactly these rows: others no more, and those that are linked already stay as they are.
    pub(crate) fn set(
        &self,
        rows: Vec<Value>,
        values: &LinkValues,
        db: &dyn Executor,
    ) -> Result<()> {
        let own = self.own(values)?;
        if rows.is_empty() {
            return self.clear(db).map(drop);
        }
        let rows = sorted(rows);
        // What cannot be added is refused before anything goes.
        self.complete(self.pairs(rows.clone()), own)?;
        db.atomic(&mut |db| {
            let others = |far: &RelationSchema| among(far, rows.clone()).negate();
            self.delete(Some(&others), db)?;
            self.add(rows.clone(), values, db).map(drop)
        })
    }

    /// Refuses links that could not be made, before any SQL is sent.
    pub(crate) fn check(&self, values: &LinkValues) -> Result<()> {
        let values = self.own(values)?;
        let pair = [Value::Null, Value::Null];
        self.complete(vec![pair], values).map(drop)
    }

    /// Values that are of fields of the link model.
    fn own<'v>(&self, values: &'v LinkValues) -> Result<&'v [(usize, Node)]> {
        let model = self.link.model();
        match values.of {
            Some(of) if *of != *model => Err(Error::InvalidQuery {
                model: of.name,
                message: format!(
                    "`{}` links its rows through `{}`",
                    self.link.links.name, model.name
                ),
            }),
            _ => Ok(&values.values),
        }
    }

    /// `DELETE` of the links from the row, and of those to it where they are symmetrical, of which holds what `of` says of
    /// their other key.
    fn delete(
        &self,
        of: Option<&dyn Fn(&RelationSchema) -> Node>,
        db: &dyn Executor,
    ) -> Result<u64> {
        let LinkSchema { home, onward, .. } = *self.link;
        let from = |near: &RelationSchema, far: &RelationSchema| {
            let own = Node::compare(CompareOp::Eq, key(near), Node::Bind(self.owner.clone()));
            of.map_or(Node::Constant(true), |of| of(far)).and(own)
        };
        let mut links = Select::from_model(self.link.model(), &[]);
        links.filters.push(if self.link.symmetrical {
            from(home, onward).or(from(onward, home))
        } else {
            from(home, onward)
        });
        let compiled = run::ready_delete(&links, db)?;
        let subject = Subject::Delete(&links);
        let gone = db.execute(&run::command(&compiled, subject, self.caller))?;
        Ok(self.rows_of(gone))
    }

    /// The number of linked rows that a number of links is about. A row that is linked to itself has one of the two.
    const fn rows_of(&self, links: u64) -> u64 {
        if self.link.symmetrical {
            links.div_ceil(2)
        } else {
            links
        }
    }

    /// The keys of each link, in an order that is the same for all who write: they wait for each other, and not in a ring.
    fn pairs(&self, rows: Vec<Value>) -> Vec<[Value; 2]> {
        let own = self.owner;
        let mut pairs = Vec::with_capacity(rows.len());
        for row in rows {
            if self.link.symmetrical && row != *own {
                pairs.push([row.clone(), own.clone()]);
            }
            pairs.push([own.clone(), row]);
        }
        if self.link.symmetrical {
            pairs.sort_by(|a, b| order(&a[0], &b[0]).then_with(|| order(&a[1], &b[1])));
        }
        pairs
    }

    fn insert(&self, columns: Vec<usize>, arrays: bool) -> Insert {
        let mut pair = vec![self.link.home.key, self.link.onward.key];
        pair.sort_unstable();
        Insert {
            model: self.link.model(),
            columns,
            arrays,
            on_conflict: if self.link.is_unique() {
                OnConflict::Update {
                    target: pair,
                    columns: Vec::new(),
                }
            } else {
                OnConflict::Absent(pair)
            },
            returning: Vec::new(),
            row_ids: false,
        }
    }

    /// The new rows of the link table, checked; none where there is no pair.
    fn complete(&self, pairs: Vec<[Value; 2]>, values: &[(usize, Node)]) -> Result<Option<New>> {
        let model = self.link.model();
        let mut problems = Problems::default();
        let (mut columns, mut sources) = (Vec::new(), Vec::new());
        for field in model.fields {
            let Some(source) = self.source(field, values)? else {
                if !field.nullable && !field.database_fills() {
                    problems.add(field, "it has no value");
                }
                continue;
            };
            columns.push(field.index);
            sources.push(match source {
                Source::Value(mut value) => {
                    problems.fit(field, &mut value);
                    Source::Value(value)
                }
                other => other,
            });
        }
        problems.into_result(model)?;
        let row = |[home, onward]: &[Value; 2]| {
            let value = |source: &Source| match source {
                Source::Home => home.clone(),
                Source::Onward => onward.clone(),
                Source::Value(value) => value.clone(),
                // Another one for each row, as a UUID must be.
                Source::Default(field) => (self.link.default_value)(*field).unwrap_or(Value::Null),
            };
            sources.iter().map(value).collect()
        };
        let rows: Vec<_> = pairs.iter().map(row).collect();
        Ok((!rows.is_empty()).then_some(New { columns, rows }))
    }

    /// Where the value of a column comes from; none where it is left to the database.
    fn source(
        &self,
        field: &'static FieldSchema,
        values: &[(usize, Node)],
    ) -> Result<Option<Source>> {
        let index = field.index;
        if index == self.link.home.key {
            return Ok(Some(Source::Home));
        }
        if index == self.link.onward.key {
            return Ok(Some(Source::Onward));
        }
        let told = values.iter().rev().find(|(column, _)| *column == index);
        Ok(match told {
            Some((_, Node::Bind(value))) => Some(Source::Value(value.clone())),
            Some(_) => return Err(self.invalid("a new link takes values, and no expressions")),
            None if field.options.auto_now || field.options.auto_now_add => {
                Some(Source::Value(time_of(field)))
            }
            None => (self.link.default_value)(index).map(|_| Source::Default(index)),
        })
    }

    fn arrays(&self, insert: &Insert, rows: Vec<Vec<Value>>) -> Vec<Value> {
        let empty = |column: &usize| ArrayValue {
            element: insert.model.fields[*column].column_type,
            values: Vec::with_capacity(rows.len()),
        };
        let mut arrays: Vec<_> = insert.columns.iter().map(empty).collect();
        for row in rows {
            for (array, value) in arrays.iter_mut().zip(row) {
                array.values.push(value);
            }
        }
        arrays
            .into_iter()
            .map(|array| Value::Array(Box::new(array)))
            .collect()
    }

    #[cold]
    fn invalid(&self, message: &str) -> Error {
        Error::InvalidQuery {
            model: self.link.model().name,
            message: message.to_owned(),
        }
    }
}

/// Rows of a link table.
struct New {
    columns: Vec<usize>,
    rows: Vec<Vec<Value>>,
}

/// Where the value of a column of a new link comes from.
enum Source {
    Home,
    Onward,
    Value(Value),
    Default(usize),
}

/// Of rows of the other side: they are linked to this one.
pub(crate) fn linked_to(link: &LinkSchema, owner: &Value) -> Node {
    let mut links = Select::from_model(link.model(), &[]);
    links.output = Output::Exprs(vec![key(link.onward)]);
    let own = Node::compare(CompareOp::Eq, key(link.home), Node::Bind(owner.clone()));
    links.filters.push(own);
    let field = link.onward.remote();
    Node::In(Box::new(In {
        subject: Node::Column(Column { path: None, field }),
        members: Members::Select(Box::new(links)),
    }))
}

/// A key of the link table.
fn key(relation: &RelationSchema) -> Node {
    let field = relation.local();
    Node::Column(Column { path: None, field })
}

/// The key is one of these.
fn among(relation: &RelationSchema, values: Vec<Value>) -> Node {
    let element = relation.local().column_type;
    let members = Members::Values(Value::Array(Box::new(ArrayValue { element, values })));
    let subject = key(relation);
    Node::In(Box::new(In { subject, members }))
}

/// Keys in order, each once.
fn sorted(mut keys: Vec<Value>) -> Vec<Value> {
    keys.sort_by(order);
    keys.dedup();
    keys
}

/// Some order of keys: which one does not matter.
fn order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::I64(a), Value::I64(b)) => a.cmp(b),
        (Value::I32(a), Value::I32(b)) => a.cmp(b),
        (Value::I16(a), Value::I16(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Uuid(a), Value::Uuid(b)) => a.cmp(b),
        (a, b) => format!("{a:?}").cmp(&format!("{b:?}")),
    }
}
