//! Proofs: what a rule hands out when it is kept, and the only thing that lets an act go on.
//!
//! A proof is a private zero-size type with at most two makers. `check` is written next to the rule.
//! `waived` exists only where a policy may ask for the weakness, and is called only there.

/// Declares proofs. The one maker that comes with a `waivable` one says that a policy let the rule go.
macro_rules! proof {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(super) struct $name(());
    };
    ($(#[$doc:meta])* waivable $name:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(super) struct $name(());

        impl $name {
            /// The policy asks for this weakness.
            const fn waived() -> Self {
                Self(())
            }
        }
    };
}
pub(crate) use proof;
