//! Octets to fields and back.
