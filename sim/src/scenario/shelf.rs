//! The scenarios inside the binary: every file of `scenarios/` but the profiles, as it was when it was built.

use crate::input_error::SourceText;

/// Name and text of every scenario, in the order of their names.
const SHELF: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/shelf.rs"));

/// The names of all scenarios: their paths below `scenarios/`, without `.json`.
pub fn names() -> impl Iterator<Item = &'static str> {
    SHELF.iter().map(|(name, _)| *name)
}

/// The scenario called `name`.
#[must_use]
pub fn find(name: &str) -> Option<SourceText> {
    let (name, text) = SHELF.iter().find(|(known, _)| *known == name)?;
    Some(SourceText::new(&format!("scenarios/{name}.json"), text))
}

/// The names of all scenarios in a folder, such as `flows`, and below it.
pub fn below(folder: &str) -> impl Iterator<Item = &'static str> {
    let folder = folder.trim_end_matches('/');
    names().filter(move |name| {
        name.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_are_found_by_name_and_by_folder() {
        let Some(name) = names().next() else {
            return;
        };
        let source = find(name).unwrap();
        assert_eq!(*source.name, *format!("scenarios/{name}.json"));
        assert!(find("flows/no-such-scenario").is_none());
        let folder = name.split('/').next().unwrap();
        assert!(below(folder).any(|found| found == name));
        assert_eq!(below("flow").count(), 0, "half a name is no folder");
        assert_eq!(below("profiles").count(), 0);
    }
}
