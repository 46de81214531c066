//! The front half of the authorization server, driven through its one door.

mod driver;
mod flows;
mod forms;
mod hostile;
mod rules;
mod switches;
