//! The pages that are tested: what `grantlab lesson --all` writes, copies with a script more, and the page that tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

/// The file of the page that leads to all others.
pub(crate) const GALLERY: &str = "index.html";

/// What a lesson is about to be tested for.
pub(crate) struct Lesson {
    pub(crate) name: String,
    pub(crate) file: String,
    /// The steps of all its runs.
    pub(crate) steps: usize,
    pub(crate) has_attack: bool,
    pub(crate) steps_of_first_run: usize,
    pub(crate) titles_of_first_run: Vec<String>,
}

/// A folder of pages.
pub(crate) struct Pages {
    folder: PathBuf,
    lessons: Vec<Lesson>,
}

impl Pages {
    /// All lessons, written once for all tests.
    pub(crate) fn ready() -> &'static Self {
        static READY: LazyLock<Pages> = LazyLock::new(Pages::write);
        &READY
    }

    fn write() -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("lessons");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_grantlab"))
            .args(["lesson", "--all", "-o"])
            .arg(&folder)
            .output()
            .unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{complaint}");
        let lessons = lessons(&folder);
        assert!(!lessons.is_empty(), "no lessons in {}", folder.display());
        Self { folder, lessons }
    }

    pub(crate) fn lessons(&self) -> &[Lesson] {
        &self.lessons
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.join(file)).unwrap()
    }

    pub(crate) fn address(&self, file: &str) -> String {
        format!("file://{}", self.folder.join(file).display())
    }

    /// Writes the page that tests others by this plan, and answers with its address.
    pub(crate) fn harness(&self, file: &str, plan: &Value) -> String {
        let plan = plan.to_string().replace('<', "\\u003c");
        let checks = include_str!("checks.js");
        let page = format!(
            "<!doctype html><meta charset=\"utf-8\"><title>checks</title>\n\
             <iframe id=\"frame\"></iframe><pre id=\"report\"></pre>\n\
             <script>const plan = {plan};\n{checks}</script>\n"
        );
        fs::write(self.folder.join(file), page).unwrap();
        self.address(file)
    }

    /// A copy of a page that runs a script more; its policy lets this one script through and is the same otherwise.
    pub(crate) fn with_script(&self, file: &str, name: &str, script: &str) -> String {
        let page = self.read(file);
        let allowed = page.replacen("script-src '", "script-src 'nonce-check' '", 1);
        assert_ne!(allowed, page, "the page has no policy for scripts");
        let (before, after) = allowed.rsplit_once("</body>").unwrap();
        let copy = format!("{name}-{file}");
        let page = format!("{before}<script nonce=\"check\">{script}</script></body>{after}");
        fs::write(self.folder.join(&copy), page).unwrap();
        copy
    }

    /// A copy of a lesson whose first run has this many steps, by telling it again and again.
    pub(crate) fn with_steps(&self, file: &str, steps: usize) -> String {
        let page = self.read(file);
        let (before, data, after) = embedded(&page);
        let mut data: Value = serde_json::from_str(data).unwrap();
        let told = data["runs"][0]["steps"].as_array().unwrap().clone();
        let repeated = told.iter().cycle().take(steps).cloned().collect();
        data["runs"][0]["steps"] = Value::Array(repeated);
        let data = data.to_string().replace('<', "\\u003c");
        let copy = format!("long-{file}");
        fs::write(self.folder.join(&copy), format!("{before}{data}{after}")).unwrap();
        copy
    }
}

/// The text of axe-core, if it is installed.
pub(crate) fn axe() -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let file = "target/axe/node_modules/axe-core/axe.min.js";
    fs::read_to_string(root.join(file)).ok()
}

/// The ready lessons; those of single scenarios lie in folders of their own.
fn lessons(folder: &Path) -> Vec<Lesson> {
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|file| file.ends_with(".html") && file != GALLERY)
        .collect();
    files.sort();
    files.into_iter().map(|file| lesson(folder, file)).collect()
}

fn lesson(folder: &Path, file: String) -> Lesson {
    let page = fs::read_to_string(folder.join(&file)).unwrap();
    let data: Value = serde_json::from_str(embedded(&page).1).unwrap();
    let runs = data["runs"].as_array().unwrap();
    let steps = |run: &Value| run["steps"].as_array().unwrap().clone();
    let first = steps(&runs[0]);
    let language = data["languages"][0].as_str().unwrap();
    let words = |key: &Value| data["texts"][language][key.as_str().unwrap()].as_str();
    let scenarios = data["scenarios"].as_array().unwrap();
    Lesson {
        name: data["id"].as_str().unwrap().to_owned(),
        steps: runs.iter().map(|run| steps(run).len()).sum(),
        has_attack: scenarios.iter().any(|one| one.get("defence").is_some()),
        steps_of_first_run: first.len(),
        titles_of_first_run: first
            .iter()
            .map(|step| words(&step["title"]).unwrap().to_owned())
            .collect(),
        file,
    }
}

/// A page around its data.
fn embedded(page: &str) -> (&str, &str, &str) {
    let begin = "<script type=\"application/json\" id=\"lesson\">";
    let start = page.find(begin).unwrap() + begin.len();
    let end = start + page[start..].find("</script>").unwrap();
    (&page[..start], &page[start..end], &page[end..])
}
