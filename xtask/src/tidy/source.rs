//! Just enough reading of Rust to find paths in it: comments blanked, in-file tests cut off.

/// The code of a file, line for line, without comments and without the tests at its end.
///
/// A string that contains `//` loses its tail, which is harmless to a search for paths.
pub(crate) fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    let mut in_block = false;
    while let Some(line) = lines.next() {
        let next = lines.peek().map_or("", |next| next.trim());
        let opens_module = next.starts_with("mod ") && next.ends_with('{');
        if opens_module && line.trim() == "#[cfg(test)]" {
            break;
        }
        let mut rest = line;
        while !rest.is_empty() {
            if in_block {
                match rest.split_once("*/") {
                    Some((_, after)) => (rest, in_block) = (after, false),
                    None => break,
                }
            } else {
                let line_comment = rest.find("//").unwrap_or(rest.len());
                let block_comment = rest.find("/*").unwrap_or(rest.len());
                code.push_str(&rest[..line_comment.min(block_comment)]);
                if block_comment >= line_comment {
                    break;
                }
                (rest, in_block) = (&rest[block_comment + 2..], true);
            }
        }
        code.push('\n');
    }
    code
}

pub(crate) fn line_at(code: &str, offset: usize) -> usize {
    1 + code[..offset].bytes().filter(|byte| *byte == b'\n').count()
}

/// The names that follow a `crate::` or `super::` ending at `offset`, with their places: one, or
/// every first name of a `{..}` group.
pub(crate) fn names_after(code: &str, offset: usize) -> Vec<(usize, &str)> {
    let rest = &code[offset..];
    let Some(group) = rest.strip_prefix('{') else {
        return name_at(code, offset).into_iter().collect();
    };
    let mut names = Vec::new();
    let (mut depth, mut expected) = (1, true);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => expected = true,
            _ if depth == 1 && expected && !character.is_whitespace() => {
                names.extend(name_at(code, offset + 1 + at));
                expected = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn name_at(code: &str, offset: usize) -> Option<(usize, &str)> {
    let rest = &code[offset..];
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
    let name = &rest[..end.unwrap_or(rest.len())];
    (!name.is_empty()).then_some((offset, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_tests_are_not_code() {
        let text = "a // b\n/* c\nd */ e\n#[cfg(test)]\nmod tests {\n}\n";
        assert_eq!(code(text), "a \n\n e\n");
        assert_eq!(
            code("#[cfg(test)]\nmod tests;\nb"),
            "#[cfg(test)]\nmod tests;\nb\n"
        );
    }

    #[test]
    fn groups_give_each_first_name() {
        let code = "{ast::{self, query}, path,\n value::Value}";
        let names: Vec<_> = names_after(code, 0)
            .into_iter()
            .map(|(_, name)| name)
            .collect();
        assert_eq!(names, ["ast", "path", "value"]);
        assert_eq!(names_after("ast::Expr", 0), [(0, "ast")]);
    }
}
