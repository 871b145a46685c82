//! The counter of the agency (经办机构): what officers do with members and their personal accounts. Commands and the REST
//! interface are thin on top of it. Knows no wire format and no field name of the national interface.

pub(crate) mod import;
