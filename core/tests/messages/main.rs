//! What is written is read back, and whatever is read has an answer: for every message.

mod fields;
mod json;
mod strategies;
