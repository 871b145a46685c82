//! The judge against conversations.
