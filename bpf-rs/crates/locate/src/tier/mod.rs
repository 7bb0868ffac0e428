//! The ways to find TLS functions, one file each, best first.
use crate::image::Image;
use crate::symbol::Symbols;
use crate::target::Library;

mod symbols;

/// One way to find the functions of TLS libraries in a file.
pub struct Tier {
    /// Stable id, in records and in the doctor's answer.
    pub id: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// Names of functions it wants to know about.
    pub names: fn() -> Vec<&'static str>,
    /// Libraries found; empty where the file has none that this tier knows.
    pub(crate) locate: fn(&Image<'_>, &Symbols) -> Vec<Library>,
}

/// All tiers, in the order in which they are asked.
pub const TIERS: &[Tier] = &[symbols::TIER];

/// Every function name that a tier or a sign looks for.
pub(crate) fn wanted_names() -> Vec<&'static str> {
    TIERS.iter().flat_map(|t| (t.names)()).chain(crate::sign::symbol_names()).collect()
}
