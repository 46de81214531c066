//! Every decision in turn: small spaces, exhaustively.

use super::{Choices, Key};

/// Counts through all runs like an odometer: after each run, [`Odometer::advance`] turns the last wheel that
/// has a place left and drops the wheels behind it.
#[derive(Clone, Debug, Default)]
pub struct Odometer {
    wheels: Vec<Wheel>,
    next: usize,
}

#[derive(Clone, Copy, Debug)]
struct Wheel {
    place: usize,
    places: usize,
}

impl Odometer {
    /// At the first run: every decision the honest one.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            wheels: Vec::new(),
            next: 0,
        }
    }

    /// Goes to the next run; `false` when there is none.
    pub fn advance(&mut self) -> bool {
        self.next = 0;
        while let Some(wheel) = self.wheels.last_mut() {
            if wheel.place + 1 < wheel.places {
                wheel.place += 1;
                return true;
            }
            self.wheels.pop();
        }
        false
    }
}

impl Choices for Odometer {
    fn pick(&mut self, _site: &'static str, alternatives: &[Key]) -> usize {
        if alternatives.len() < 2 {
            return 0;
        }
        let place = match self.wheels.get(self.next) {
            Some(wheel) => wheel.place.min(alternatives.len() - 1),
            None => {
                self.wheels.push(Wheel {
                    place: 0,
                    places: alternatives.len(),
                });
                0
            }
        };
        self.next += 1;
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_once() {
        let mut choices = Odometer::new();
        let mut runs = Vec::new();
        loop {
            let first = choices.pick("", &[Key(0), Key(1)]);
            let alternatives = [Key(0), Key(1), Key(2)];
            let second = if first == 0 {
                choices.pick("", &alternatives)
            } else {
                9
            };
            runs.push((first, second));
            if !choices.advance() {
                break;
            }
        }
        assert_eq!(runs, [(0, 0), (0, 1), (0, 2), (1, 9)]);
    }
}
