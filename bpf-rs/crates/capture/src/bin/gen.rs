//! `gen symbols` and `gen layout` print `ffi/symbols.ts` (from the exports) and `ffi/layout.ts` (from the BTF of the
//! compiled BPF object). Needs neither root nor a kernel with BTF.
use libbpf_rs::HasSize as _;
use libbpf_rs::btf::types::{Enum, Int, MemberAttr, Struct};
use libbpf_rs::btf::{Btf, BtfType};
use std::fmt::Write as _;

/// C structure, name in TypeScript, what it is.
const STRUCTURES: [(&str, &str, &str); 2] = [
    ("record", "RECORD", "Header of every record"),
    ("verdict", "VERDICT", "One entry of a batch for `oisp_verdicts`"),
];

/// C enumeration, prefix of its constants, name in TypeScript, what it is.
const ENUMERATIONS: [(&str, &str, &str, &str); 5] = [
    ("record_kind", "KIND_", "KIND", "`kind` of a record"),
    ("record_flag", "FLAG_", "FLAG", "Bits of a record's `flags`"),
    ("direction", "DIRECTION_", "DIRECTION", "`direction` of a record"),
    ("binding", "BINDING_", "BINDING", "`binding` of a record: how the address pair became known"),
    ("verdict_level", "VERDICT_", "LEVEL", "`level` of a verdict"),
];

fn structure(out: &mut String, btf: &Btf<'_>, (c, name, doc): (&str, &str, &str)) {
    let found: Struct<'_> = btf.type_by_name(c).expect("a structure of bpf/record.h");
    let _ = writeln!(out, "\n/** {doc}: offsets and sizes in bytes. */\nexport const {name} = {{");
    for member in found.iter() {
        let MemberAttr::Normal { offset } = member.attr else { panic!("bit field in {c}") };
        let ty: BtfType<'_> = btf.type_by_id(member.ty).expect("type of a member");
        let size = Int::try_from(ty.skip_mods_and_typedefs()).expect("records have integers only").bits / 8;
        let field = member.name.expect("no anonymous members").to_string_lossy();
        let _ = writeln!(out, "  {field}: {{ offset: {}, size: {size} }},", offset / 8);
    }
    let _ = writeln!(out, "  size: {},\n}} as const;", found.size());
}

fn enumeration(out: &mut String, btf: &Btf<'_>, (c, prefix, name, doc): (&str, &str, &str, &str)) {
    let found: Enum<'_> = btf.type_by_name(c).expect("an enumeration of bpf/record.h");
    let _ = writeln!(out, "\n/** {doc}. */\nexport const {name} = {{");
    for row in found.iter() {
        let constant = row.name.expect("named").to_string_lossy().to_lowercase();
        let _ = writeln!(out, "  {}: {},", constant.trim_start_matches(&prefix.to_lowercase()), row.value);
    }
    out.push_str("} as const;\n");
}

fn layout(object: &[u8]) -> String {
    let btf = Btf::from_raw("record", object).expect("read BTF").expect("the object has BTF");
    let mut out = oisp_abi::generated_by("layout");
    let _ = writeln!(
        out,
        "/** Version of symbols and layouts, as `oisp_abi_version` gives it. */\nexport const ABI_VERSION = {};",
        oisp_capture::ffi::ABI_VERSION
    );
    STRUCTURES.into_iter().for_each(|row| structure(&mut out, &btf, row));
    ENUMERATIONS.into_iter().for_each(|row| enumeration(&mut out, &btf, row));
    out
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("symbols") => print!("{}", oisp_abi::typescript(oisp_capture::ffi::SYMBOLS)),
        Some("layout") => print!("{}", layout(oisp_capture::engine::TLS_OBJECT)),
        _ => {
            eprintln!("usage: gen symbols | gen layout");
            std::process::exit(2)
        }
    }
}
