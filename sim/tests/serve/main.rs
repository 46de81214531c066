//! Our authorization server over real sockets: what clients and administrators see of it.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod dialer;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod login;
#[cfg(test)]
mod own_client;
