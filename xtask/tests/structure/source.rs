//! Rust source as far as these tests need it: code without comments, literals and unit tests; lengths of functions.

/// The code of a file. Comments and the content of literals are blank; lines stay where they are.
pub struct Source {
    code: String,
}

impl Source {
    /// Blanks comments and literals.
    pub fn new(text: &str) -> Self {
        let mut code = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = skipped_length(rest, code.chars().next_back()).unwrap_or(0);
            let (skipped, after) = rest.split_at(length.max(first.len_utf8()));
            if length == 0 {
                code.push_str(skipped);
            } else {
                code.extend(skipped.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            }
            rest = after;
        }
        Source { code }
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The code without items that are compiled for tests alone.
    pub fn without_tests(&self) -> String {
        let mut code = self.code.clone();
        while let Some(start) = code.find("#[cfg(test)]") {
            let end = end_of_item(&code, start).unwrap_or(code.len());
            let blank: String = code[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
            code.replace_range(start..end, &blank);
        }
        code
    }
}

/// Bytes of the comment or literal at the beginning of `rest`, after the character `before`; `None` if there is none.
fn skipped_length(rest: &str, before: Option<char>) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(rest.find("*/").map_or(rest.len(), |end| end + 2));
    }
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if !in_word && (rest.starts_with("r\"") || rest.starts_with("r#")) {
        let hashes = rest[1..].bytes().take_while(|&byte| byte == b'#').count();
        let end = format!("\"{}", "#".repeat(hashes));
        let content = rest[1 + hashes..].strip_prefix('"')?;
        return Some(2 + hashes + content.find(&end)? + end.len());
    }
    match rest.as_bytes() {
        [b'"', ..] => Some(quoted_length(rest, '"')),
        [b'\'', b'\\', ..] => Some(quoted_length(rest, '\'')),
        // A lifetime has no quote behind its first character.
        [b'\'', ..] => {
            let mut characters = rest.char_indices().skip(2);
            characters.next().filter(|&(_, c)| c == '\'').map(|(end, _)| end + 1)
        }
        _ => None,
    }
}

fn quoted_length(rest: &str, quote: char) -> usize {
    let mut characters = rest.char_indices().skip(1);
    while let Some((index, c)) = characters.next() {
        if c == '\\' {
            characters.next();
        } else if c == quote {
            return index + 1;
        }
    }
    rest.len()
}

/// End of the item that starts at `start`: its `;` outside of braces, or its closing brace.
fn end_of_item(code: &str, start: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (index, c) in code[start..].char_indices().skip("#[cfg(test)]".len()) {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return Some(start + index + 1),
            '}' => depth -= 1,
            ';' if depth == 0 => return Some(start + index + 1),
            _ => {}
        }
    }
    None
}

/// A function and the number of its lines, signature included.
pub struct Function {
    pub name: String,
    pub lines: usize,
}

/// All functions with a body, but those that a macro defines.
pub fn functions(source: &Source) -> Vec<Function> {
    let code = without_macros(source.code());
    let mut functions = Vec::new();
    for (start, _) in code.match_indices("fn ") {
        let is_word = !code[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let rest = &code[start + 3..];
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let (Some(open), semicolon) = (rest.find('{'), rest.find(';').unwrap_or(usize::MAX)) else { continue };
        // `;` before the body ends a declaration, but not that of an array type.
        let declared = semicolon < open && !rest[..semicolon].contains('[');
        if !is_word || name.is_empty() || declared {
            continue;
        }
        let mut depth = 0usize;
        let end = rest[open..].char_indices().find(|&(_, c)| {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let end = end.map_or(rest.len(), |(index, _)| open + index);
        functions.push(Function { name, lines: rest[..end].matches('\n').count() + 1 });
    }
    functions
}

/// The code without the bodies of `macro_rules!`.
fn without_macros(code: &str) -> String {
    let mut kept = String::new();
    let mut rest = code;
    while let Some(start) = rest.find("macro_rules!") {
        kept.push_str(&rest[..start]);
        let end = end_of_item(&format!("#[cfg(test)]{}", &rest[start..]), 0).unwrap_or(usize::MAX);
        rest = rest.get(start + end.saturating_sub("#[cfg(test)]".len())..).unwrap_or_default();
    }
    kept + rest
}
