//! The user-agent as its user and the network see it.

#[cfg(test)]
mod arbitrary;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod navigation;
#[cfg(test)]
mod windows;
