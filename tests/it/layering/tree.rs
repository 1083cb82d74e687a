//! The sources of the workspace, file by file.

use std::path::{Path, PathBuf};

use super::source::{self, Named};

/// A file of Rust source.
pub(crate) struct SourceFile {
    /// Its path from the root of the workspace.
    pub(crate) name: String,
    /// The path of its module, as in `["crate", "http", "params"]`.
    pub(crate) module: Vec<String>,
    /// Its text, without comments and literals.
    pub(crate) code: String,
}

impl SourceFile {
    /// A text as the file of a name.
    pub(crate) fn of(name: &str, text: &str) -> Self {
        let inside = name.split_once("/src/").map_or(name, |(_, inside)| inside).trim_end_matches(".rs");
        let segments = inside.split('/').filter(|segment| !matches!(*segment, "lib" | "main"));
        let module = std::iter::once("crate").chain(segments).map(str::to_owned).collect();
        Self { name: name.to_owned(), module, code: source::code(text) }
    }

    /// Every path that it names.
    pub(crate) fn paths(&self) -> Vec<Named> {
        let module: Vec<&str> = self.module.iter().map(String::as_str).collect();
        source::paths(&self.code, &module)
    }

    /// Whether it is the module at a path, or inside of it.
    pub(crate) fn is_in(&self, module: &str) -> bool {
        let mut own = self.module[1..].iter();
        module.split("::").all(|segment| own.next().is_some_and(|one| one == segment))
    }

    /// Whether it holds tests: those may know what they test with.
    pub(crate) fn is_test(&self) -> bool {
        self.module[1..].iter().any(|segment| segment == "tests")
    }
}

/// The files below a folder of the workspace, in the order of their names.
pub(crate) fn files(folder: &str) -> Vec<SourceFile> {
    let mut found = Vec::new();
    walk(&root().join(folder), "rs", &mut found);
    assert!(!found.is_empty(), "no sources in {folder}");
    found.iter().map(|path| SourceFile::of(&name(path), &read(path))).collect()
}

/// The workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace").to_owned()
}

/// A file's path from the root of the workspace.
pub(crate) fn name(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file with an extension, sorted; what is built and what is hidden is left out.
pub(crate) fn walk(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.expect("a folder's entry").path()).collect();
    entries.sort();
    for path in entries {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.') || name == "target");
        if path.is_dir() && !hidden {
            walk(&path, extension, found);
        } else if path.extension().is_some_and(|one| one == extension) {
            found.push(path);
        }
    }
}
