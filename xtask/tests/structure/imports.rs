//! Which file of a crate imports from which other, and the circles among them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::source::Source;

/// A module path from the crate's root, for example `["kernel", "columns"]`.
type Module = Vec<String>;

/// Stands for a path into another crate.
const FOREIGN: &str = "another crate";

/// The files of a crate as modules.
pub struct Crate {
    name: String,
    modules: BTreeMap<Module, File>,
}

struct File {
    path: String,
    code: String,
    /// Child modules whose file a `path` attribute names, with the module of that file; one for each alternative.
    redirected: Vec<(String, Module)>,
    /// Names that `use` brings in, with the absolute path that each stands for; `*` for globs. Alternatives of one name
    /// (`#[cfg]`) are all there.
    bindings: Vec<(String, Vec<String>)>,
}

impl Crate {
    /// Reads the crate in a folder of the repository.
    pub fn read(root: &Path, name: &str) -> Self {
        let folder = root.join(name);
        let paths = super::files_below(&folder.join("src"));
        let files = paths.iter().map(|path| {
            let relative = path.strip_prefix(&folder).unwrap_or(path).to_string_lossy().into_owned();
            (relative, std::fs::read_to_string(path).unwrap())
        });
        let read = Crate::new(name, files);
        assert!(read.modules.len() > 1, "{name}: only {} files were found", read.modules.len());
        read
    }

    /// Takes the files `(path, text)` of a crate.
    pub fn new<P: AsRef<str>, T: AsRef<str>>(name: &str, files: impl IntoIterator<Item = (P, T)>) -> Self {
        let files: Vec<(P, T)> = files.into_iter().collect();
        let has_library = files.iter().any(|(path, _)| path.as_ref() == "src/lib.rs");
        let mut modules = BTreeMap::new();
        for (path, text) in &files {
            let module = module_of(path.as_ref(), has_library);
            let code = Source::new(text.as_ref()).without_tests().replace("$crate", "crate");
            let redirected = redirected(path.as_ref(), text.as_ref(), has_library);
            let file = File { path: format!("{name}/{}", path.as_ref()), code, redirected, bindings: Vec::new() };
            modules.insert(module, file);
        }
        let mut this = Crate { name: name.to_owned(), modules };
        let bindings: Vec<_> = this.modules.iter().map(|(module, file)| this.bindings_of(module, &file.code)).collect();
        for (file, bindings) in this.modules.values_mut().zip(bindings) {
            file.bindings = bindings;
        }
        this
    }

    /// Every circle as text: its files, and for each import of it the names.
    pub fn circles(&self) -> Vec<String> {
        let edges: BTreeMap<&Module, BTreeMap<Module, BTreeSet<String>>> =
            self.modules.iter().map(|(module, file)| (module, self.imports_of(module, file))).collect();
        let reach = |from: &Module| {
            let (mut seen, mut open) = (BTreeSet::new(), vec![from.clone()]);
            while let Some(next) = open.pop() {
                for to in edges[&next].keys() {
                    if seen.insert(to.clone()) {
                        open.push(to.clone());
                    }
                }
            }
            seen
        };
        let reached: BTreeMap<&Module, BTreeSet<Module>> =
            edges.keys().map(|module| (*module, reach(module))).collect();
        let mut done = BTreeSet::new();
        let mut circles = Vec::new();
        for (module, reaches) in &reached {
            if !reaches.contains(*module) || !done.insert((*module).clone()) {
                continue;
            }
            let circle: BTreeSet<&Module> = reached
                .keys()
                .filter(|other| reaches.contains(**other) && reached[*other].contains(*module))
                .copied()
                .collect();
            done.extend(circle.iter().map(|module| (*module).clone()));
            let mut text = format!("circle of {} files in {}:\n", circle.len(), self.name);
            for from in &circle {
                for (to, names) in edges[*from].iter().filter(|(to, _)| circle.contains(to)) {
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    let (from, to) = (&self.modules[*from].path, &self.modules[to].path);
                    text.push_str(&format!("  {from} → {to} ({})\n", names.join(", ")));
                }
            }
            circles.push(text);
        }
        circles
    }

    /// The files that define what `file` names, with the names.
    fn imports_of(&self, module: &Module, file: &File) -> BTreeMap<Module, BTreeSet<String>> {
        let mut imports: BTreeMap<Module, BTreeSet<String>> = BTreeMap::new();
        let uses = file.bindings.iter().map(|(_, path)| path.clone());
        let inline = paths_in(&file.code).into_iter().flat_map(|path| self.absolute(module, file, &path));
        for path in uses.chain(inline) {
            for (definer, name) in self.definers(&path, 0) {
                if definer != *module {
                    imports.entry(definer).or_default().insert(name);
                }
            }
        }
        imports
    }

    /// The modules that define the item of an absolute path, and the item; none for modules and other crates, several
    /// for alternatives.
    fn definers(&self, path: &[String], depth: usize) -> Vec<(Module, String)> {
        if path.first().is_some_and(|first| first == FOREIGN) {
            return Vec::new();
        }
        let Some(length) = (0..=path.len()).rev().find(|&length| self.modules.contains_key(&path[..length])) else {
            return Vec::new();
        };
        let (module, rest) = path.split_at(length);
        let [item, ..] = rest else { return Vec::new() };
        // An item that the module has from elsewhere is that other module's.
        let is_origin = |(name, _): &&(String, Vec<String>)| item != "*" && name == item && depth < 8;
        let mut origins = self.modules[module].bindings.iter().filter(is_origin).peekable();
        if origins.peek().is_none() {
            return vec![(module.to_vec(), item.clone())];
        }
        origins.flat_map(|(_, origin)| self.definers(&[origin, &rest[1..]].concat(), depth + 1)).collect()
    }

    /// Names and absolute paths of all `use` declarations.
    fn bindings_of(&self, module: &Module, code: &str) -> Vec<(String, Vec<String>)> {
        let mut bindings = Vec::new();
        for (start, _) in code.match_indices("use ") {
            if code[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let Some(end) = code[start..].find(';') else { continue };
            expand(&code[start + 4..start + end], &[], &mut |path, name| {
                let mut paths = self.anchored(module, &path);
                if paths.is_empty() && path.len() > 1 {
                    paths.push(vec![FOREIGN.to_owned()]);
                }
                bindings.extend(paths.into_iter().map(|path| (name.clone(), path)));
            });
        }
        bindings
    }

    /// The absolute paths of one in a `use`; none if it leads to another crate.
    fn anchored(&self, module: &Module, path: &[String]) -> Vec<Vec<String>> {
        let Some(first) = path.first() else { return Vec::new() };
        match first.as_str() {
            "crate" => vec![path[1..].to_vec()],
            "self" => vec![[module, &path[1..]].concat()],
            "super" => {
                let depth = path.iter().take_while(|segment| *segment == "super").count();
                let parent = module.len().checked_sub(depth).map(|length| &module[..length]);
                parent.map(|parent| [parent, &path[depth..]].concat()).into_iter().collect()
            }
            _ => {
                let redirected = self.modules[module].redirected.iter().filter(|(name, _)| name == first);
                let mut paths: Vec<_> = redirected.map(|(_, to)| [to, &path[1..]].concat()).collect();
                let child = [&module[..], std::slice::from_ref(first)].concat();
                if self.modules.contains_key(&child) {
                    paths.push([module, path].concat());
                }
                paths
            }
        }
    }

    /// The absolute paths of one in an expression or type: by a name of a `use`, else by keyword or child module.
    fn absolute(&self, module: &Module, file: &File, path: &[String]) -> Vec<Vec<String>> {
        let bound = file.bindings.iter().filter(|(name, _)| *name == path[0]);
        let paths: Vec<_> = bound.map(|(_, to)| [to, &path[1..]].concat()).collect();
        if paths.is_empty() { self.anchored(module, path) } else { paths }
    }
}

/// Child modules that have a `path` attribute, with the modules of the files that it names.
fn redirected(file: &str, text: &str, has_library: bool) -> Vec<(String, Module)> {
    let folder: Vec<&str> = file.split('/').collect();
    let folder = &folder[..folder.len() - 1];
    let (mut targets, mut redirected) = (Vec::new(), Vec::new());
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[") {
            let named = line.split_once("path = \"").and_then(|(_, rest)| rest.split_once('"'));
            targets.extend(named.map(|(target, _)| target));
            continue;
        }
        let child = line.strip_suffix(';').and_then(|line| line.rsplit_once("mod ")).map(|(_, child)| child);
        for target in targets.drain(..) {
            let mut path = folder.to_vec();
            for segment in target.split('/') {
                if segment == ".." {
                    path.pop();
                } else {
                    path.push(segment);
                }
            }
            redirected.extend(child.map(|child| (child.to_owned(), module_of(&path.join("/"), has_library))));
        }
    }
    redirected
}

/// Module of a file: `src/kernel/mod.rs` is `kernel`, `lib.rs` is the root, and so is `main.rs` if there is no library.
fn module_of(path: &str, has_library: bool) -> Module {
    let path = path.strip_prefix("src/").unwrap_or(path);
    let path = path.strip_suffix(".rs").unwrap_or(path);
    match path {
        "lib" => Vec::new(),
        "main" if !has_library => Vec::new(),
        _ => path.strip_suffix("/mod").unwrap_or(path).split('/').map(str::to_owned).collect(),
    }
}

/// Calls `found` with every path of a `use` tree and the name that it brings in.
fn expand(tree: &str, prefix: &[String], found: &mut impl FnMut(Vec<String>, String)) {
    let tree = tree.trim();
    if let Some(open) = tree.find('{') {
        let inner = tree[open + 1..].trim_end().strip_suffix('}').unwrap_or_default();
        let prefix = [prefix, &segments(&tree[..open])].concat();
        let (mut depth, mut start) = (0, 0);
        for (index, c) in inner.char_indices().chain([(inner.len(), ',')]) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    if !inner[start..index].trim().is_empty() {
                        expand(&inner[start..index], &prefix, found);
                    }
                    start = index + 1;
                }
                _ => {}
            }
        }
        return;
    }
    let (path, alias) = tree.split_once(" as ").map_or((tree, None), |(path, alias)| (path, Some(alias.trim())));
    let mut path = [prefix, &segments(path)].concat();
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    let name = alias.map(str::to_owned).or_else(|| path.last().cloned()).unwrap_or_default();
    found(path, name);
}

fn segments(path: &str) -> Vec<String> {
    path.split("::").map(str::trim).filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
}

/// Paths of at least two segments in code, `use` declarations among them; calls of macros are none.
fn paths_in(code: &str) -> Vec<Vec<String>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let (mut paths, mut rest) = (Vec::new(), code);
    while let Some(start) = rest.find(is_part) {
        let end = rest[start..].find(|c| !is_part(c)).map_or(rest.len(), |length| start + length);
        let word = &rest[start..end];
        rest = &rest[end..];
        if word.contains("::") && !word.starts_with(':') && !rest.starts_with('!') {
            paths.push(segments(word));
        }
    }
    paths.retain(|path| path.len() > 1);
    paths
}
