//! Our authorization server over real sockets: what clients and administrators see of it.

mod cases;
mod dialer;
mod hostile;
mod login;
mod own_client;
