//! What is written is read back, and whatever is read has an answer: for every message.

#[cfg(test)]
mod fields;
#[cfg(test)]
mod id_token;
#[cfg(test)]
mod json;
#[cfg(test)]
mod strategies;
