//! What goes wrong around the server: it is killed, its disk is full, its database is gone or does not write. It says so
//! to those who ask, keeps what it acknowledged, and gets well by itself.

mod backlog;
mod client;
mod kills;
mod served;
mod storage;
