//! Where the functions to probe are, from the bytes of an ELF file alone: no libbpf, no kernel, no rights.
//!
//! A tour: [`locate`] (or [`locate_libraries`]) reads the headers ([`Image`]), asks each tier of [`tier::TIERS`] for the TLS libraries it knows,
//! and looks for signs of other TLS code where no tier found any ([`Sign`]). A tier gives functions that are *unique*
//! or a [`Refusal`]; it never gives the best of several. The file is hostile: every read is bounded ([`Reader`]),
//! nothing is mapped (a file that shrinks under a mapping would kill this process), nothing panics.
mod calls;
#[cfg(test)]
mod elf_builder;
mod image;
mod instruction;
mod read;
mod sign;
mod symbol;
mod target;
pub mod tier;

pub use image::{Image, Machine};
pub use read::{MAX_FILE_BYTES, ReadAt, Reader};
pub use sign::Sign;
pub use target::{Abi, Cost, Function, Library, LibraryKind, Refusal, RefusalCode, Target};

/// What one file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    pub machine: Machine,
    /// The linker's name of this build, absent where it made none.
    pub build_id: Option<Vec<u8>>,
    /// TLS libraries whose functions were found, or that are there and were refused. Empty for most files.
    pub libraries: Vec<Library>,
    /// Signs of TLS code that no tier can locate; looked for only where `libraries` is empty.
    pub signs: Vec<Sign>,
}

/// Reads the file behind `source` and finds the TLS functions in it, or signs of TLS code that cannot be located.
///
/// Work is bounded by the size of what is read (at most 512 MiB of a file of at most 1 GiB) and by fixed limits on
/// counts. Errors say why the file is not one to look at: not ELF, another word size or byte order, damaged, too large.
pub fn locate(source: &dyn ReadAt) -> Result<Located, Refusal> {
    look(source, true)
}

/// The same without looking for signs, which means reading most of a large program: for the moment in which it matters
/// how soon the probes are in place.
pub fn locate_libraries(source: &dyn ReadAt) -> Result<Located, Refusal> {
    look(source, false)
}

fn look(source: &dyn ReadAt, with_signs: bool) -> Result<Located, Refusal> {
    let reader = Reader::new(source)?;
    let image = Image::read(&reader)?;
    let symbols = symbol::wanted(&image, &tier::wanted_names())?;
    let libraries: Vec<Library> = tier::TIERS.iter().flat_map(|t| (t.locate)(&image, &symbols)).collect();
    let signs = if with_signs && libraries.is_empty() { sign::find(&image, &symbols) } else { Vec::new() };
    Ok(Located { machine: image.machine, build_id: image.build_id.clone(), libraries, signs })
}

/// Whether bytes begin like an ELF file; for callers that want to skip scripts and data without an error.
pub fn is_elf(head: &[u8]) -> bool {
    head.starts_with(b"\x7fELF")
}

#[cfg(test)]
mod tests;
