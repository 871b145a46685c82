//! The PostgreSQL engine on servers that tests start: one node, several nodes, and a server that goes away.

mod nodes;
mod one;
mod outage;
mod world;
