//! The attackers A1 to A5 of RFC 9700 §3, as powers that one attacker can have together.

use std::fmt;

/// One power (RFC 9700 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Power {
    /// He sets up sites, clients, authorization servers and resource servers, and lures users to any URL.
    A1,
    /// He controls what travels without TLS.
    A2,
    /// He reads authorization responses.
    A3,
    /// He reads authorization requests.
    A4,
    /// He gets hold of tokens that honest clients received.
    A5,
}

impl Power {
    /// Every power.
    pub const ALL: [Self; 5] = [Self::A1, Self::A2, Self::A3, Self::A4, Self::A5];

    /// Its word on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A1 => "a1",
            Self::A2 => "a2",
            Self::A3 => "a3",
            Self::A4 => "a4",
            Self::A5 => "a5",
        }
    }

    /// What it is, in one line.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::A1 => {
                "web attacker: own site, client, servers, browser and account; lures users to any URL"
            }
            Self::A2 => "network attacker: reads and changes what travels without TLS",
            Self::A3 => "reads the URLs of authorization responses",
            Self::A4 => "reads the URLs of authorization requests",
            Self::A5 => "holds tokens that were issued to an honest client",
        }
    }

    /// The power with this word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|power| power.as_str() == word)
    }

    const fn bit(self) -> u8 {
        match self {
            Self::A1 => 1,
            Self::A2 => 2,
            Self::A3 => 4,
            Self::A4 => 8,
            Self::A5 => 16,
        }
    }
}

/// A set of powers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Powers(u8);

impl Powers {
    /// No power: nobody attacks.
    pub const NONE: Self = Self(0);

    /// The web attacker, whom every deployment must withstand.
    pub const WEB: Self = Self(1);

    /// These and one more.
    #[must_use]
    pub const fn with(self, power: Power) -> Self {
        Self(self.0 | power.bit())
    }

    /// Whether `power` is among them.
    #[must_use]
    pub const fn has(self, power: Power) -> bool {
        self.0 & power.bit() != 0
    }

    /// Those that are there, in order.
    pub fn iter(self) -> impl Iterator<Item = Power> {
        Power::ALL.into_iter().filter(move |power| self.has(*power))
    }
}

impl FromIterator<Power> for Powers {
    fn from_iter<I: IntoIterator<Item = Power>>(powers: I) -> Self {
        powers.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Display for Powers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, power) in self.iter().enumerate() {
            let comma = if nth == 0 { "" } else { "," };
            write!(formatter, "{comma}{}", power.as_str())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_a_set() {
        let powers: Powers = [Power::A3, Power::A1, Power::A3].into_iter().collect();
        assert_eq!(powers.to_string(), "a1,a3");
        assert!(powers.has(Power::A3) && !powers.has(Power::A5));
        for power in Power::ALL {
            assert_eq!(Power::read(power.as_str()), Some(power));
        }
        assert_eq!(Power::read("a6"), None);
    }
}
