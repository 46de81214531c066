//! The client through its one door.

mod driver;
mod login;
