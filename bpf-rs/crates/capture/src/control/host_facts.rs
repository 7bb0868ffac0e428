//! `host_facts`: what identifies this machine, its system and this boot.
use super::{Operation, parameters};
use crate::engine::Host;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const OPERATION: Operation = Operation {
    id: "host_facts",
    summary: "tells what identifies this machine and this boot",
    needs_engine: false,
    run,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {}

/// Where each fact stands, as one line.
const FILES: [(&str, &str); 4] = [
    ("boot_id", "/proc/sys/kernel/random/boot_id"),
    ("hostname", "/proc/sys/kernel/hostname"),
    ("kernel_version", "/proc/sys/kernel/osrelease"),
    ("machine_id", "/etc/machine-id"),
];

/// `{"os","arch","boot_id"?,"hostname"?,"kernel_version"?,"os_version"?,"machine_id"?}`: what cannot be read is absent. The
/// machine's id is for making a keyed hash of it, and leaves the program in no other form.
fn run(_: Option<&Arc<Host>>, request: Map<String, Value>) -> Result<Value, String> {
    let Parameters {} = parameters(request)?;
    let fixed = [("os", std::env::consts::OS), ("arch", std::env::consts::ARCH)];
    let mut facts: Map<String, Value> =
        fixed.map(|(name, value)| (name.to_owned(), value.into())).into_iter().collect();
    let read = FILES.iter().filter_map(|(name, path)| Some((*name, line(&std::fs::read_to_string(path).ok()?)?)));
    let system = std::fs::read_to_string("/etc/os-release").ok().and_then(|text| pretty_name(&text));
    facts.extend(
        read.chain(system.map(|name| ("os_version", name))).map(|(name, value)| (name.to_owned(), value.into())),
    );
    Ok(Value::Object(facts))
}

fn line(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|line| !line.is_empty() && line != "(none)")
}

/// `PRETTY_NAME` of os-release(5), without its quotes.
fn pretty_name(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    line(value.trim().trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_name_has_no_quotes_and_is_absent_where_it_is_empty() {
        assert_eq!(pretty_name("ID=x\nPRETTY_NAME=\"A System 1 (name)\"\n").as_deref(), Some("A System 1 (name)"));
        assert_eq!(pretty_name("PRETTY_NAME=Plain\n").as_deref(), Some("Plain"));
        assert_eq!(pretty_name("PRETTY_NAME=\"\"\nNAME=x\n"), None);
    }

    #[test]
    fn a_host_without_a_name_has_none() {
        assert_eq!((line("(none)\n"), line(" \n")), (None, None));
    }
}
