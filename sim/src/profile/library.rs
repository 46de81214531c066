//! Finds profiles: those inside the binary by name, others by the path of their file.

use std::fmt;

use super::Profile;
use super::file::ProfileFile;
use crate::document::{Document, Step};
use crate::input_error::{InputError, SourceText};
use crate::switches::Policies;

/// A profile that is based on one that is based on one …: so many at most.
const BASES_MAX: usize = 8;

macro_rules! built_in {
    ($($name:literal),+) => {
        /// Name and text of every profile inside the binary.
        pub const BUILT_IN: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../../scenarios/profiles/", $name, ".json")))),+
        ];
    };
}

built_in!(
    "rfc6749",
    "rfc9700",
    "oauth21",
    "wishtack",
    "isogeo",
    "pockets",
    "login-retry",
    "aidbox"
);

/// Reads a file. The library does no I/O of its own: whoever runs it says how.
pub type ReadFile<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

/// Where profiles come from.
pub struct Profiles<'a> {
    read_file: &'a ReadFile<'a>,
}

impl fmt::Debug for Profiles<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Profiles")
    }
}

/// Who names a profile: the place that a mistake in the name is shown at.
#[derive(Clone, Copy, Debug)]
pub enum NamedBy<'a> {
    /// The command line.
    Argument,
    /// A member of a document.
    Member(&'a Document, &'a str),
}

impl NamedBy<'_> {
    fn mistake(self, name: &str, problem: String) -> InputError {
        match self {
            Self::Argument => InputError::about(name, problem),
            Self::Member(document, member) => document.mistake(&[Step::from(member)], problem),
        }
    }
}

impl Profiles<'static> {
    /// The profiles inside the binary alone.
    #[must_use]
    pub const fn built_in() -> Self {
        Self {
            read_file: &|_| Err("files are not read here".to_owned()),
        }
    }
}

impl<'a> Profiles<'a> {
    /// The profiles inside the binary, and those in files.
    #[must_use]
    pub const fn with_files(read_file: &'a ReadFile<'a>) -> Self {
        Self { read_file }
    }

    /// The names of the profiles inside the binary.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// The profile called `name`. What ends in `.json` is the path of a file.
    ///
    /// # Errors
    /// There is none, its file cannot be read, or there is a mistake in it.
    pub fn find(&self, name: &str, named_by: NamedBy<'_>) -> Result<Profile, InputError> {
        self.find_below(name, named_by, BASES_MAX)
    }

    fn find_below(
        &self,
        name: &str,
        named_by: NamedBy<'_>,
        bases_max: usize,
    ) -> Result<Profile, InputError> {
        let source = self.source(name, named_by)?;
        let (document, file) = Document::read::<ProfileFile>(source)?;
        match &file.based_on {
            None => complete(name, &document, &file),
            Some(base) => {
                let below = NamedBy::Member(&document, "based_on");
                let Some(bases_max) = bases_max.checked_sub(1) else {
                    let problem = "too many profiles are based on each other".to_owned();
                    return Err(below.mistake(base, problem));
                };
                let base = self.find_below(&beside(name, base), below, bases_max)?;
                changed(name, &document, &file, base)
            }
        }
    }

    fn source(&self, name: &str, named_by: NamedBy<'_>) -> Result<SourceText, InputError> {
        if let Some((_, text)) = BUILT_IN.iter().find(|(known, _)| *known == name) {
            let file = format!("scenarios/profiles/{name}.json");
            return Ok(SourceText::new(&file, text));
        }
        if name.ends_with(".json") {
            return match (self.read_file)(name) {
                Ok(text) => Ok(SourceText::new(name, &text)),
                Err(why) => Err(named_by.mistake(name, format!("`{name}` cannot be read: {why}"))),
            };
        }
        Err(named_by
            .mistake(name, format!("there is no profile called `{name}`"))
            .instead_of(name, Self::names()))
    }
}

/// The profile of a file that is based on no other.
fn complete(name: &str, document: &Document, file: &ProfileFile) -> Result<Profile, InputError> {
    let missing = |part: &str, member: &str| {
        let problem = format!("a profile that is based on no other has to state `{part}.{member}`");
        document.mistake_in_name(&[Step::from(part)], problem)
    };
    let profile = Profile {
        name: name.to_owned(),
        title: file.title.clone(),
        note: file.note.clone(),
        policies: Policies::secure(),
        server: file
            .server
            .complete()
            .map_err(|member| missing("server", member))?,
        client: file
            .client
            .complete()
            .map_err(|member| missing("client", member))?,
        resource: file
            .resource
            .complete()
            .map_err(|member| missing("resource", member))?,
    };
    with_switches(document, file, profile)
}

/// The profile of a file that is based on `base`.
fn changed(
    name: &str,
    document: &Document,
    file: &ProfileFile,
    base: Profile,
) -> Result<Profile, InputError> {
    let mut profile = Profile {
        name: name.to_owned(),
        title: file.title.clone(),
        note: file.note.clone(),
        ..base
    };
    file.server.apply(&mut profile.server);
    file.client.apply(&mut profile.client);
    file.resource.apply(&mut profile.resource);
    with_switches(document, file, profile)
}

fn with_switches(
    document: &Document,
    file: &ProfileFile,
    mut profile: Profile,
) -> Result<Profile, InputError> {
    match profile.set(&file.switches) {
        Ok(()) => Ok(profile),
        Err(_) => Err(document.mistake(&[Step::from("switches")], "a switch that does not exist")),
    }
}

/// A path as it is meant in the file at `file`: beside that file, unless it is absolute. Names stay names.
#[must_use]
pub fn beside(file: &str, path: &str) -> String {
    match file.rfind('/') {
        Some(end) if path.ends_with(".json") && !path.starts_with('/') => {
            format!("{}/{path}", file.get(..end).unwrap_or(""))
        }
        Some(_) | None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Scale;

    /// A profile called `own.json` whose bases may be called `other.json` and `own.json`.
    fn own(text: &str) -> Result<Profile, InputError> {
        let read_file = |path: &str| match path {
            "dir/own.json" => Ok(text.to_owned()),
            "dir/other.json" => Ok(r#"{"title": "other", "based_on": "isogeo"}"#.to_owned()),
            _ => Err("no such file".to_owned()),
        };
        Profiles::with_files(&read_file).find("dir/own.json", NamedBy::Argument)
    }

    #[test]
    fn every_built_in_profile_makes_a_setup() {
        for name in Profiles::names() {
            let profile = Profiles::built_in().find(name, NamedBy::Argument).unwrap();
            let large = Scale {
                servers: 2,
                nodes: 2,
                clock_skew_ms: vec![("as/2".to_owned(), -5), ("client".to_owned(), 7)],
            };
            let setup = profile.setup(&large).unwrap();
            assert_eq!(setup.servers.len(), 2, "{name}");
            assert_eq!(setup.servers[0].clock_skew_ms, [0, -5]);
            assert_eq!(setup.clients[0].clock_skew_ms, 7);
            assert_eq!(setup.clients[0].configuration.providers.len(), 2);
            assert_eq!(profile.setup(&Scale::SMALL).unwrap().servers.len(), 1);
        }
    }

    #[test]
    fn only_rfc9700_is_secure() {
        for name in Profiles::names() {
            let profile = Profiles::built_in().find(name, NamedBy::Argument).unwrap();
            let secure = profile.policies == Policies::secure();
            assert_eq!(secure, name == "rfc9700", "{name}");
        }
    }

    #[test]
    fn a_profile_of_ones_own_differs_from_its_base_alone() {
        let text = r#"{
            "title": "own", "based_on": "other.json",
            "switches": {"as.code_ttl": "none"}, "client": {"scope": "read"}
        }"#;
        let profile = own(text).unwrap();
        let base = Profiles::built_in()
            .find("isogeo", NamedBy::Argument)
            .unwrap();
        assert_eq!(profile.policies.code_lifetime, None);
        assert!(profile.client.scope.is_some() && base.client.scope.is_none());
        assert_eq!(profile.server, base.server);
        assert_eq!(profile.name, "dir/own.json");
    }

    #[test]
    fn mistakes_in_profiles_are_shown_at_their_place() {
        insta::assert_snapshot!(
            own("{\n  \"title\": \"own\",\n  \"based_on\": \"isogo\"\n}").unwrap_err().render(false),
            @r#"
            error: there is no profile called `isogo`
             --> dir/own.json:3:15
              |
            3 |   "based_on": "isogo"
              |               ^^^^^^^
              |
              = help: did you mean `isogeo`?
              = note: allowed: `rfc6749`, `rfc9700`, `oauth21`, `wishtack`, `isogeo`, `pockets`,
                      `login-retry`, `aidbox`
            "#
        );
        insta::assert_snapshot!(
            own("{\n  \"title\": \"own\",\n  \"server\": {}\n}").unwrap_err().render(false),
            @r#"
            error: a profile that is based on no other has to state `server.authorization_endpoint`
             --> dir/own.json:3:3
              |
            3 |   "server": {}
              |   ^^^^^^^^
            "#
        );
        insta::assert_snapshot!(
            own("{\"title\": \"own\", \"based_on\": \"own.json\"}").unwrap_err().render(false),
            @r#"
            error: too many profiles are based on each other
             --> dir/own.json:1:30
              |
            1 | {"title": "own", "based_on": "own.json"}
              |                              ^^^^^^^^^^
            "#
        );
        insta::assert_snapshot!(
            own("{\"title\": \"own\", \"based_on\": \"rfc6749\",\n \"switches\": {\"as.pkce\": \"requird\"}}")
                .unwrap_err()
                .render(false),
            @r#"
            error: unknown word `requird`
             --> dir/own.json:2:26
              |
            2 |  "switches": {"as.pkce": "requird"}}
              |                          ^^^^^^^^^
              |
              = help: did you mean `required`?
              = note: allowed: `required`, `required_public`, `optional`, `ignored`
            "#
        );
        insta::assert_snapshot!(
            own("{\"title\": \"own\", \"based_on\": \"rfc6749\",\n \"client\": {\"scope\": \"a  b\"}}")
                .unwrap_err()
                .render(false),
            @r#"
            error: not a scope: octet 2: expected scope tokens separated by single blanks
             --> dir/own.json:2:22
              |
            2 |  "client": {"scope": "a  b"}}
              |                      ^^^^^^
            "#
        );
    }
}
