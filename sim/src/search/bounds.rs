//! How far a search may go.

/// Uses of each budget: of one move, of a path, or what is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost {
    /// Sessions that are started.
    pub sessions: u8,
    /// Messages that an attacker makes up.
    pub injections: u8,
    /// Faults of the environment.
    pub faults: u8,
}

impl Cost {
    /// Uses nothing.
    pub const FREE: Self = Self {
        sessions: 0,
        injections: 0,
        faults: 0,
    };
    /// One session.
    pub const SESSION: Self = Self {
        sessions: 1,
        ..Self::FREE
    };
    /// One injection.
    pub const INJECTION: Self = Self {
        injections: 1,
        ..Self::FREE
    };
    /// One fault.
    pub const FAULT: Self = Self {
        faults: 1,
        ..Self::FREE
    };

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            sessions: self.sessions.saturating_add(other.sessions),
            injections: self.injections.saturating_add(other.injections),
            faults: self.faults.saturating_add(other.faults),
        }
    }

    /// What `used` leaves of this.
    #[must_use]
    pub const fn less(self, used: Self) -> Self {
        Self {
            sessions: self.sessions.saturating_sub(used.sessions),
            injections: self.injections.saturating_sub(used.injections),
            faults: self.faults.saturating_sub(used.faults),
        }
    }

    /// Whether no budget is exceeded by this.
    #[must_use]
    pub const fn fits(self, left: Self) -> bool {
        self.sessions <= left.sessions
            && self.injections <= left.injections
            && self.faults <= left.faults
    }

    /// Uses of all budgets together.
    #[must_use]
    pub const fn total(self) -> u16 {
        self.sessions as u16 + self.injections as u16 + self.faults as u16
    }

    /// Whether nothing is used: the move is progress.
    #[must_use]
    pub const fn is_free(self) -> bool {
        self.total() == 0
    }

    const fn packed(self) -> u128 {
        u128::from_le_bytes([
            self.sessions,
            self.injections,
            self.faults,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
        ])
    }
}

/// Odd, with its bits well spread: the golden ratio's first 128 binary places.
const SPREAD: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;

/// What is searched: all paths within these bounds. They are part of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Uses of each budget at most.
    pub cost: Cost,
    /// Uses of all budgets together at most.
    pub total: u16,
    /// Moves of a path at most.
    pub depth: u32,
    /// Moves of a path at most in the search that this one is a part of: what lasts that long cannot be used up.
    pub horizon: u32,
}

impl Bounds {
    /// Paths of at most `depth` moves, with any mixture of uses within `cost`.
    #[must_use]
    pub const fn new(cost: Cost, depth: u32) -> Self {
        Self {
            cost,
            total: cost.total(),
            depth,
            horizon: depth,
        }
    }

    /// These bounds with 0, 1, 2, … uses of all budgets together; the last is these bounds.
    pub fn rounds(self) -> impl Iterator<Item = Self> {
        (0..=self.total).map(move |total| Self { total, ..self })
    }

    /// The name of a state together with what its path used: the same world with more left is another state. A budget
    /// that no path can use up makes no difference.
    #[must_use]
    pub(super) fn visited_key(&self, fingerprint: u128, used: Cost) -> u128 {
        let unless = |enough: bool, used: u8| if enough { 0 } else { used };
        let lasts = |budget: u8| u32::from(budget) >= self.horizon;
        let counted = if u32::from(self.total) >= self.horizon {
            Cost {
                sessions: unless(lasts(self.cost.sessions), used.sessions),
                injections: unless(lasts(self.cost.injections), used.injections),
                faults: unless(lasts(self.cost.faults), used.faults),
            }
        } else {
            used
        };
        fingerprint.wrapping_add(counted.packed().wrapping_mul(SPREAD))
    }

    /// What is left of each budget when `used` is spent.
    pub(super) fn left(&self, used: Cost) -> Cost {
        let each = self.cost.less(used);
        let all = self.total.saturating_sub(used.total());
        let all = u8::try_from(all).unwrap_or(u8::MAX);
        Cost {
            sessions: each.sessions.min(all),
            injections: each.injections.min(all),
            faults: each.faults.min(all),
        }
    }
}

/// What a search may use up before it gives up. Seconds are the business of whoever watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Distinct states at most.
    pub states: u64,
    /// Octets of memory for visited states, links and moves at most. The worlds of the paths that are being looked
    /// at come on top: for each thread as many as the depth.
    pub octets: u64,
}

impl Limits {
    /// As much as there is.
    pub const NONE: Self = Self {
        states: u64::MAX,
        octets: u64::MAX,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_respects_each_budget_and_their_sum() {
        let both = Cost::INJECTION.plus(Cost::FAULT);
        let bounds = Bounds {
            total: 1,
            ..Bounds::new(both, 9)
        };
        assert_eq!(bounds.left(Cost::FREE), both);
        assert_eq!(bounds.left(Cost::FAULT), Cost::FREE);
        let totals: Vec<u16> = bounds.rounds().map(|round| round.total).collect();
        assert_eq!(totals, [0, 1]);
    }

    #[test]
    fn uses_are_part_of_the_name_where_a_path_can_use_a_budget_up() {
        let one = Cost::SESSION.plus(Cost::INJECTION).plus(Cost::FAULT);
        let scarce = Bounds::new(one, 2);
        let costs = [
            Cost::FREE,
            Cost::SESSION,
            Cost::INJECTION,
            Cost::FAULT,
            Cost::FAULT.plus(Cost::FAULT),
        ];
        let mut names = costs.map(|cost| scarce.visited_key(7, cost)).to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), costs.len());
        assert_eq!(scarce.visited_key(7, Cost::FREE), 7);

        let plenty = Bounds::new(one, 1);
        assert_eq!(plenty.visited_key(7, Cost::FAULT), 7);
        let few_in_all = Bounds { total: 0, ..plenty };
        assert_ne!(few_in_all.visited_key(7, Cost::FAULT), 7);
    }
}
