//! The files of the repository: everything below its root but what git ignores.

use std::fs;
use std::path::Path;

/// A file: its path from the root with `/`, and its text.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// All files, in the order of their paths.
pub(crate) struct Repository {
    files: Vec<File>,
}

impl Repository {
    pub(crate) fn open() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let ignored = fs::read_to_string(root.join(".gitignore")).unwrap();
        let mut paths = Vec::new();
        walk(&root, "", &ignored, &mut paths);
        paths.sort();
        let files = paths
            .into_iter()
            .map(|path| {
                let octets = fs::read(root.join(&path)).unwrap();
                let text = String::from_utf8_lossy(&octets).into_owned();
                File { path, text }
            })
            .collect();
        Self { files }
    }

    pub(crate) fn files(&self) -> &[File] {
        &self.files
    }

    /// The names at the root.
    pub(crate) fn top_level(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .files
            .iter()
            .map(|file| file.path.split('/').next().unwrap())
            .collect();
        names.dedup();
        names
    }
}

fn walk(root: &Path, folder: &str, ignored: &str, paths: &mut Vec<String>) {
    for entry in fs::read_dir(root.join(folder)).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let path = if folder.is_empty() {
            name
        } else {
            format!("{folder}/{name}")
        };
        if path == ".git" || is_ignored(&path, ignored) {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            walk(root, &path, ignored, paths);
        } else {
            paths.push(path);
        }
    }
}

/// The two forms of line that our `.gitignore` has: `/path` and `*ending`.
fn is_ignored(path: &str, ignored: &str) -> bool {
    ignored.lines().any(|line| {
        line.strip_prefix('/') == Some(path)
            || line
                .strip_prefix('*')
                .is_some_and(|ending| path.ends_with(ending))
    })
}

#[test]
fn ignored_files_are_no_part_of_the_house() {
    let ignored = "/target\n*.snap.new\n";
    assert!(is_ignored("target", ignored));
    assert!(is_ignored("scenarios/a.snap.new", ignored));
    assert!(!is_ignored("core/target", ignored));
    assert!(!is_ignored("scenarios/a.snap", ignored));
}

#[test]
fn the_walk_reaches_every_corner() {
    let repository = Repository::open();
    for path in [
        ".ci/run",
        "Cargo.toml",
        "core/src/lib.rs",
        "sim/tests/layout/repository.rs",
    ] {
        assert!(
            repository.files().iter().any(|file| file.path == path),
            "{path}"
        );
    }
}
