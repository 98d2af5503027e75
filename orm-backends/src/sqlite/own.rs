//! Functions of the program's own, registered with every connection.

use std::fmt;
use std::sync::Arc;

use orm_core::BoxError;
use orm_core::value::{Value, ValueRef};
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef as Sql;
use rusqlite::{Connection, Error, Result};

use super::bind::encode;

type Body = dyn Fn(&[ValueRef<'_>]) -> std::result::Result<Value, BoxError> + Send + Sync;

/// A function with its name and the number of its arguments.
#[derive(Clone)]
pub(crate) struct OwnFunction {
    name: String,
    arguments: u8,
    body: Arc<Body>,
}

impl OwnFunction {
    pub(crate) fn new<F>(name: &str, arguments: u8, body: F) -> Self
    where
        F: Fn(&[ValueRef<'_>]) -> std::result::Result<Value, BoxError> + Send + Sync + 'static,
    {
        Self {
            name: name.to_owned(),
            arguments,
            body: Arc::new(body),
        }
    }

    /// Makes it known to a connection.
    pub(super) fn register(&self, connection: &Connection) -> Result<()> {
        const FLAGS: FunctionFlags =
            FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DETERMINISTIC);
        let body = Arc::clone(&self.body);
        connection.create_scalar_function(
            self.name.as_str(),
            self.arguments.into(),
            FLAGS,
            move |context| {
                let mut arguments = Vec::with_capacity(context.len());
                for index in 0..context.len() {
                    arguments.push(argument(context.get_raw(index))?);
                }
                let value = body(&arguments).map_err(Error::UserFunctionError)?;
                encode(&value).map_err(|reason| Error::UserFunctionError(reason.into()))
            },
        )
    }
}

impl fmt::Debug for OwnFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.name, self.arguments)
    }
}

fn argument(value: Sql<'_>) -> Result<ValueRef<'_>> {
    Ok(match value {
        Sql::Null => ValueRef::Null,
        Sql::Integer(v) => ValueRef::Integer(v),
        Sql::Real(v) => ValueRef::Float(v),
        Sql::Blob(v) => ValueRef::Bytes(v),
        Sql::Text(v) => match std::str::from_utf8(v) {
            Ok(text) => ValueRef::Text(text),
            Err(_) => return Err(super::functions::failure("the text is not valid UTF-8")),
        },
    })
}
