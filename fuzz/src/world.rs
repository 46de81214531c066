//! Whole worlds: whatever happens, in whatever order, a hardened world keeps every promise.

use std::sync::{Arc, LazyLock};

use grantlab_sim::choices::Bytes;
use grantlab_sim::profile::{NamedBy, Profiles, Scale};
use grantlab_sim::seed::Seed;
use grantlab_sim::setup::Setup;
use grantlab_sim::walk::{Plan, violations, walk};
use grantlab_sim::world::Mode;

/// Two nodes on one store, so that requests can race.
static HARDENED: LazyLock<Option<Arc<Setup>>> = LazyLock::new(|| {
    let profile = Profiles::built_in().find("rfc9700", NamedBy::Argument);
    let scale = Scale {
        nodes: 2,
        ..Scale::SMALL
    };
    profile.ok()?.setup(&scale).ok().map(Arc::new)
});

/// The octets decide what happens, two for each decision. No invariant is violated, everybody who wants to log in
/// gets there once the faults stop, and the octets of HTTP carry the same run as the values.
pub fn world(octets: &[u8]) {
    let setup = HARDENED.as_ref();
    assert!(setup.is_some(), "the hardened profile makes a world");
    let Some(setup) = setup else { return };
    let run = |mode| walk(setup, Seed(0), &mut Bytes::new(octets), &Plan::probed(mode));
    let walked = run(Mode::Message);
    assert_eq!(violations(&walked.trace), []);
    assert!(walked.completed, "somebody never got logged in");

    let wire = run(Mode::Wire);
    let parted = walked.trace.hash().first_difference(wire.trace.hash());
    assert_eq!(parted, None, "values and octets part at this entry");
}
