//! Designing a policy: which figures of a package may be turned, packages with other figures, what those would do to
//! a population, and which of them keep to a budget. A policy tried here is always a package, loaded as any other.

pub(crate) mod amount;
pub(crate) mod charts;
pub(crate) mod levers;
pub(crate) mod overlay;
pub(crate) mod shape;
pub(crate) mod tables;
pub(crate) mod trial;
