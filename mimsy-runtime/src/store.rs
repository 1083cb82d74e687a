//! The only module that touches a database driver: connections, transactions, binds and cells.
