//! Loading: one object a feature, each a trial of its own, all on the same maps.
use super::config::Config;
use super::maps::{BpfConfig, bytes_of};
use libbpf_rs::{
    Link, MapCore, MapHandle, Object, ObjectBuilder, OpenObject, ProgramAttachType, ProgramInput, ProgramMut,
};
use std::collections::HashMap;
use std::os::fd::AsFd as _;

macro_rules! object {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".bpf.o"))
    };
}

/// The object whose BTF has the published layouts.
pub const TLS_OBJECT: &[u8] = object!("tls");
const OWN: &[u8] = object!("own");
pub(super) const PROCESS: &[u8] = object!("process");
pub(super) const EXE_SCOPE: &[u8] = object!("exe_scope");
/// Program that only a test runs.
const FOR_TESTS: &str = "match_path";
pub(super) const SOCKET: &[u8] = object!("socket");
pub(super) const SOCKET_CALLS: &[u8] = object!("socket_calls");
pub(super) const COMMAND: &[u8] = object!("command");

/// A cause that repeats itself: libbpf's advice on EPERM points the wrong way.
pub(super) fn explain(what: &str, error: &libbpf_rs::Error) -> String {
    format!("{what}: {error}")
}

/// The id under which the kernel knows this process. The first program that is loaded, and it looks at nobody.
pub(super) fn own_tgid() -> Result<u32, String> {
    let object = ObjectBuilder::default()
        .open_memory(OWN)
        .and_then(OpenObject::load)
        .map_err(|e| explain("cannot load the first kernel program", &e))?;
    let program = program(&object, "own_tgid")?;
    let output = program.test_run(ProgramInput::default()).map_err(|e| explain("cannot run a kernel program", &e))?;
    Ok(output.return_value)
}

/// A program of a loaded object.
pub(super) fn program<'o>(object: &'o Object, name: &str) -> Result<ProgramMut<'o>, String> {
    object.progs_mut().find(|p| p.name() == name).ok_or_else(|| format!("no kernel program {name}"))
}

/// Attaches `tp_btf` programs of an object.
pub(super) fn attach_all(object: &Object, names: &[&str]) -> Result<Vec<Link>, String> {
    names.iter().map(|name| program(object, name)?.attach_trace().map_err(|e| explain(name, &e))).collect()
}

/// Opens objects so that they share maps: the first that has a map makes it.
pub(super) struct Loader {
    config: Vec<u8>,
    sizes: HashMap<&'static str, u32>,
    shared: HashMap<String, MapHandle>,
}

impl Loader {
    /// `own_tgid` is denied in every object from its first instruction on.
    pub fn new(config: &Config, own_tgid: u32) -> Self {
        let sizes = [
            ("payload", config.payload_ring_bytes),
            ("control", config.control_ring_bytes),
            ("connections", config.max_connections),
        ];
        let fixed = BpfConfig::new(config, own_tgid);
        Self { config: bytes_of(&fixed).to_vec(), sizes: sizes.into(), shared: HashMap::new() }
    }

    /// Loads one object. `perf`: its uprobe programs are for perf_event instead of uprobe.multi.
    pub fn load(&mut self, what: &str, object: &[u8], perf: bool) -> Result<Object, String> {
        let mut open = ObjectBuilder::default().open_memory(object).map_err(|e| explain(what, &e))?;
        for mut map in open.maps_mut() {
            self.prepare(&mut map).map_err(|e| explain(what, &e))?;
        }
        for mut program in open.progs_mut() {
            if program.name() == FOR_TESTS && !cfg!(test) {
                program.set_autoload(false);
            }
            if perf && program.section() == "uprobe.multi" {
                // attach type 0, which is what perf_event wants; the name is an accident of the enumeration
                program.set_attach_type(ProgramAttachType::CgroupInetIngress);
            }
        }
        let object = open.load().map_err(|e| explain(what, &e))?;
        for map in object.maps() {
            let name = map.name().to_string_lossy().into_owned();
            if !name.contains(".rodata") && !self.shared.contains_key(&name) {
                let handle = MapHandle::try_from(&map).map_err(|e| explain(what, &e))?;
                self.shared.insert(name, handle);
            }
        }
        Ok(object)
    }

    fn prepare(&self, map: &mut libbpf_rs::OpenMapMut<'_>) -> libbpf_rs::Result<()> {
        let name = map.name().to_string_lossy().into_owned();
        if name.contains(".rodata.config") {
            return map.set_initial_value(&self.config);
        }
        if let Some(shared) = self.shared.get(&name) {
            return map.reuse_fd(shared.as_fd());
        }
        self.sizes.get(name.as_str()).map_or(Ok(()), |size| map.set_max_entries(*size))
    }

    /// A shared map of its own descriptor.
    pub fn map(&self, name: &str) -> Result<MapHandle, String> {
        let shared = self.shared.get(name).ok_or_else(|| format!("no kernel map {name}"))?;
        MapHandle::try_from(shared).map_err(|e| explain(name, &e))
    }
}
