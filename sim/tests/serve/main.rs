//! Our authorization server over real sockets: what clients and administrators see of it.

mod dialer;
mod hostile;
mod login;
