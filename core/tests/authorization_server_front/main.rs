//! The front half of the authorization server, driven through its one door.

#[cfg(test)]
mod driver;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod expectations;
#[cfg(test)]
mod flows;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod octets;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod switches;
