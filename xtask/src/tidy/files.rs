//! Which files the rules look at: those that git tracks, or would if they were added now.

use std::path::Path;
use std::process::Command;

const CHECKED: &[&str] = &[".rs", ".toml", ".sh", ".stderr"];

pub(crate) struct File {
    /// Relative to the root, with `/` on every platform.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether one of the directories above the file is called `name`.
    pub(crate) fn is_in(&self, name: &str) -> bool {
        let mut parts = self.path.split('/');
        parts.next_back();
        parts.any(|part| part == name)
    }
}

pub(crate) fn list(root: &Path) -> Result<Vec<File>, String> {
    let output = Command::new("git")
        .args(["ls-files", "-co", "--exclude-standard", "-z"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("cannot run git: {error}"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        return Err(format!("git ls-files failed: {reason}"));
    }
    let names = String::from_utf8_lossy(&output.stdout);
    let mut files = Vec::new();
    for path in names.split('\0').filter(|path| !path.is_empty()) {
        let checked = CHECKED.iter().any(|ending| path.ends_with(ending));
        // A file that was deleted but not yet committed is still listed.
        if !checked || !root.join(path).is_file() {
            continue;
        }
        let bytes = std::fs::read(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
        files.push(File {
            path: path.to_owned(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        });
    }
    Ok(files)
}

#[cfg(test)]
pub(crate) fn file(path: &str, text: &str) -> File {
    File {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}
