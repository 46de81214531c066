//! Policy switches: weaknesses as values.
//!
//! A switch is a closed enum whose variants have the names that profiles and the command line use.
//! A policy is a plain struct of switches. There is no default: a policy starts from a named constructor.

/// What there is to know about one switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Its name, such as `as.redirect_match`.
    pub key: &'static str,
    /// What it decides, in one sentence.
    pub about: &'static str,
    /// The names of its values.
    pub values: &'static [&'static str],
    /// The value that the text in `demanded_by` asks for.
    pub secure: &'static str,
    /// Who asks for it: RFC and section.
    pub demanded_by: &'static str,
}

/// Why a switch could not be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSuchSetting {
    /// There is no switch of that name in this policy.
    Key,
    /// The switch is there and has no value of that name.
    Value(&'static Switch),
}

/// Declares one switch.
#[macro_export]
macro_rules! switch {
    (
        $(#[doc = $about:literal])+
        $key:literal, demanded by $demanded_by:literal, secure $secure:ident,
        pub enum $name:ident { $( $(#[doc = $doc:literal])+ $variant:ident = $value:literal, )+ }
    ) => {
        $(#[doc = $about])+
        #[doc = ""]
        #[doc = concat!("Switch `", $key, "`, demanded by ", $demanded_by, ".")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $( $(#[doc = $doc])+ $variant, )+ }

        impl $name {
            /// Name, values and source of this switch.
            pub const SWITCH: $crate::switch::Switch = $crate::switch::Switch {
                key: $key,
                about: concat!($($about),+),
                values: &[$($value),+],
                secure: Self::$secure.as_str(),
                demanded_by: $demanded_by,
            };

            /// The value that the standards demand.
            pub const SECURE: Self = Self::$secure;

            /// The name of this value.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $value),+ }
            }

            /// The value called `name`.
            #[must_use]
            pub fn read(name: &str) -> Option<Self> {
                [$(Self::$variant),+].into_iter().find(|value| value.as_str() == name)
            }
        }

        impl $crate::canonical::Canonical for $name {
            fn encode(&self, out: &mut $crate::canonical::Encoder) {
                $crate::canonical::Canonical::encode(self.as_str(), out);
            }
        }
    };
}

/// Declares a policy: a struct of switches with names, a secure constructor and a setter by name.
#[macro_export]
macro_rules! policy {
    (
        $(#[doc = $about:literal])+
        pub struct $name:ident { $( $(#[doc = $doc:literal])+ pub $field:ident: $switch:ty, )+ }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name { $( $(#[doc = $doc])+ pub $field: $switch, )+ }

        $crate::canonical_struct!($name { $($field),+ });

        impl $name {
            /// Every switch of this policy.
            pub const SWITCHES: &'static [$crate::switch::Switch] = &[$(<$switch>::SWITCH),+];

            /// Every switch at the value that the standards demand.
            #[must_use]
            pub const fn secure() -> Self {
                Self { $($field: <$switch>::SECURE),+ }
            }

            /// Sets the switch called `key` to the value called `value`.
            ///
            /// # Errors
            /// [`NoSuchSetting`]($crate::switch::NoSuchSetting) when there is no such switch here, or no such value.
            pub fn set(&mut self, key: &str, value: &str) -> Result<(), $crate::switch::NoSuchSetting> {
                $(
                    if key == <$switch>::SWITCH.key {
                        self.$field = <$switch>::read(value)
                            .ok_or($crate::switch::NoSuchSetting::Value(&<$switch>::SWITCH))?;
                        return Ok(());
                    }
                )+
                Err($crate::switch::NoSuchSetting::Key)
            }

            /// Every switch with the name of its value, in the order of the struct.
            #[must_use]
            pub fn settings(&self) -> alloc::vec::Vec<(&'static str, &'static str)> {
                alloc::vec![$((<$switch>::SWITCH.key, self.$field.as_str())),+]
            }
        }
    };
}
