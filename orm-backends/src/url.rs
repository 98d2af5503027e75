//! Reading database URLs. Nothing of a URL ever gets into an error: it may hold a password.

use orm_core::error::{Error, Result};

/// What a URL points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// `sqlite::memory:`
    SqliteMemory,
    /// `sqlite://path` or `sqlite:path`, with `?mode=ro|rw|rwc`
    SqliteFile { path: String, mode: Mode },
    /// `postgres://…` or `postgresql://…`, as the driver reads it
    Postgres(String),
}

/// How a SQLite file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It must exist, and is not written.
    ReadOnly,
    /// It must exist.
    ReadWrite,
    /// It is made if it does not exist.
    Create,
}

/// Reads a URL.
pub(crate) fn parse(url: &str) -> Result<Target> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Target::Postgres(url.to_owned()));
    }
    let Some(rest) = url.strip_prefix("sqlite:") else {
        return Err(refused(
            "database",
            "the URL must begin with `sqlite:`, `postgres://` or `postgresql://`",
        ));
    };
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, options) = rest.split_once('?').unwrap_or((rest, ""));
    let mut mode = Mode::Create;
    for option in options.split('&').filter(|option| !option.is_empty()) {
        mode = match option {
            "mode=ro" => Mode::ReadOnly,
            "mode=rw" => Mode::ReadWrite,
            "mode=rwc" => Mode::Create,
            "mode=memory" => return Ok(Target::SqliteMemory),
            _ => {
                return Err(refused(
                    "SQLite",
                    "the only option of a URL is `mode`: ro, rw, rwc or memory",
                ));
            }
        };
    }
    match path {
        ":memory:" => Ok(Target::SqliteMemory),
        "" => Err(refused(
            "SQLite",
            "the URL names no file; a database in memory is `sqlite::memory:`",
        )),
        path => Ok(Target::SqliteFile {
            path: decode(path),
            mode,
        }),
    }
}

/// A URL or a setting that cannot be used.
pub(crate) fn refused(backend: &'static str, message: &str) -> Error {
    Error::Connection {
        backend,
        message: message.to_owned(),
        source: None,
    }
}

/// Decodes `%20` and its like; what is no such code stays as it is.
fn decode(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, behind @ ..] = rest {
        let code = behind
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|code| std::str::from_utf8(code).ok());
        let code = code.filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, mode: Mode) -> Target {
        Target::SqliteFile {
            path: path.to_owned(),
            mode,
        }
    }

    #[test]
    fn urls_of_sqlite() {
        for (url, target) in [
            ("sqlite::memory:", Target::SqliteMemory),
            ("sqlite://:memory:", Target::SqliteMemory),
            ("sqlite://shop.db", file("shop.db", Mode::Create)),
            ("sqlite:shop.db", file("shop.db", Mode::Create)),
            ("sqlite:///tmp/shop.db", file("/tmp/shop.db", Mode::Create)),
            (
                "sqlite:/tmp/my%20shop%2.db?mode=ro",
                file("/tmp/my shop%2.db", Mode::ReadOnly),
            ),
            ("sqlite:a?mode=rw", file("a", Mode::ReadWrite)),
        ] {
            assert_eq!(parse(url).unwrap(), target, "{url}");
        }
    }

    #[test]
    fn errors_do_not_show_the_url() {
        for url in [
            "mysql://u:secret@h/d",
            "secret",
            "sqlite:",
            "sqlite://a?key=secret",
        ] {
            let error = format!("{:?}", parse(url).unwrap_err());
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
