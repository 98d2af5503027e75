//! `cargo xtask tidy`: the house rules that neither rustc nor clippy can know.
//!
//! Every rule is a function from files to violations; a violation prints as `path:line: message`,
//! which editors and terminals turn into a link.

mod compile_fail;
mod crates;
mod directions;
mod files;
mod source;
mod text;

use std::fmt;
use std::path::Path;

pub(crate) struct Violation {
    path: String,
    line: usize,
    message: String,
}

impl Violation {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// Prints every violation; `Ok(true)` when there is none.
pub(crate) fn run(root: &Path) -> Result<bool, String> {
    let files = files::list(root)?;
    let mut violations = Vec::new();
    for file in &files {
        text::check(file, &mut violations);
        directions::check(file, &mut violations);
        crates::check(file, &mut violations);
    }
    compile_fail::check(&files, &mut violations);

    violations.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    for violation in &violations {
        println!("{violation}");
    }
    match violations.len() {
        0 => println!("tidy: {} files, all in order", files.len()),
        n => println!("tidy: {} files, {n} violations", files.len()),
    }
    Ok(violations.is_empty())
}
