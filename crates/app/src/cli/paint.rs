//! Drawing for people.
