//! The client through its one door.

#[cfg(test)]
mod driver;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod id_tokens;
#[cfg(test)]
mod login;
#[cfg(test)]
mod octets;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod responses;
#[cfg(test)]
mod switches;
#[cfg(test)]
mod token_answers;
#[cfg(test)]
mod tokens;
