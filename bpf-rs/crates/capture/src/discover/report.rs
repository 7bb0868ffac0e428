//! What is told about a file: covered, or not, with the reason and what to do. One row a reason.
use super::examine::Unexamined;
use super::open::OpenError;
use oisp_locate::{Library, Located, Sign};
use serde_json::{Map, Value, json};

/// One fact about coverage, the body of a `coverage` record.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// Stable code.
    pub reason: String,
    pub covered: bool,
    /// Program, where the fact is about one.
    pub exe: Option<String>,
    /// File with the TLS code, where it is not the program itself.
    pub library: Option<String>,
    pub detail: String,
    pub fix: Option<String>,
    /// `mapped_late`: from the mapping to the last probe.
    pub delay_ms: Option<f64>,
}

impl Coverage {
    /// As it stands in a record.
    pub fn to_json(&self) -> Value {
        let mut body = Map::new();
        body.insert("reason".into(), json!(self.reason));
        body.insert("covered".into(), json!(self.covered));
        let texts = [("exe", &self.exe), ("library", &self.library), ("fix", &self.fix)];
        body.extend(texts.into_iter().filter_map(|(key, value)| Some((key.to_owned(), json!(value.as_ref()?)))));
        if !self.detail.is_empty() {
            body.insert("detail".into(), json!(self.detail));
        }
        if let Some(delay) = self.delay_ms {
            body.insert("delay_ms".into(), json!(delay));
        }
        Value::Object(body)
    }
}

const OTHER_CLIENT: &str =
    "calls of this program are missing; use a client on OpenSSL or GnuTLS (curl, Python, Node) to see them";

/// (sign, reason, why it is not captured, what to do)
const SIGNS: &[(Sign, &str, &str, &str)] = &[
    (Sign::GoTls, "go_tls", "a Go program: its TLS functions are not located by this version", OTHER_CLIENT),
    (
        Sign::BoringSslStripped,
        "static_boringssl",
        "BoringSSL is linked in and its symbols were stripped; this version locates functions by symbol only",
        OTHER_CLIENT,
    ),
    (
        Sign::OpenSslStripped,
        "static_openssl_stripped",
        "OpenSSL is linked in and its symbols were stripped; this version locates functions by symbol only",
        "use a build with symbols, or one that loads the system's libssl",
    ),
    (
        Sign::Rustls,
        "rustls",
        "rustls is linked in: its functions have no stable names and are not located by this version",
        "build it with native-tls, or use a client on OpenSSL or GnuTLS",
    ),
    (
        Sign::Java,
        "java_tls",
        "Java's own TLS is Java code that no probe can be put on",
        "use a TLS provider on OpenSSL (netty-tcnative, Conscrypt), or another client",
    ),
    (Sign::Nss, "nss", "NSS is not captured by this version", OTHER_CLIENT),
    (Sign::MbedTls, "mbedtls", "mbed TLS is not captured by this version", OTHER_CLIENT),
    (Sign::WolfSsl, "wolfssl", "wolfSSL is not captured by this version", OTHER_CLIENT),
];

/// TLS code that is there and is not captured.
pub fn sign(sign: Sign) -> Coverage {
    let row = SIGNS.iter().find(|row| row.0 == sign);
    let (_, reason, why, fix) =
        row.copied().unwrap_or((sign, sign.name(), "not captured by this version", OTHER_CLIENT));
    not_covered(reason, why, Some(fix))
}

/// A library whose functions are not unique, or not all there.
pub fn refused_library(library: &Library) -> Option<Coverage> {
    let refusal = library.outcome.as_ref().err()?;
    let detail = format!("{} is in this file, but {}", library.kind.name(), refusal.what);
    let fix = "no probe is put where it might be wrong; use the library's official build";
    Some(not_covered(&format!("refused_{}", refusal.code.name()), &detail, Some(fix)))
}

/// A file that was not opened. `None` where that says nothing about TLS: the process is gone.
pub fn unopened(error: &OpenError) -> Option<Coverage> {
    let fix = match error {
        OpenError::Io(e) if matches!(e.raw_os_error(), Some(libc::ENOENT | libc::ESRCH)) => return None,
        OpenError::Io(_) => "run oisp with the right to read it (CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE)",
        OpenError::NotRegular | OpenError::TooLarge(_) | OpenError::OtherFile => "look at who put it there",
    };
    Some(not_covered(&format!("refused_{}", error.code()), &error.to_string(), Some(fix)))
}

/// A file that was not looked into. `None` where it is none that holds code (a script).
pub fn unexamined(why: &Unexamined) -> Option<Coverage> {
    use oisp_locate::RefusalCode::{NotElf, UnsupportedMachine};
    match why {
        Unexamined::Refused(r) if r.code == NotElf => None,
        Unexamined::Refused(r) if r.code == UnsupportedMachine => {
            Some(not_covered("unsupported_machine", &r.what, Some("use a program built for this machine's own type")))
        }
        Unexamined::Refused(r) => Some(not_covered(&format!("refused_{}", r.code.name()), &r.what, None)),
        Unexamined::TimedOut => Some(not_covered(
            "refused_timeout",
            "reading it took more than 2 s",
            Some("copy the program to a local file system"),
        )),
    }
}

/// The kernel did not take the probes.
pub fn attach_failed(error: &str) -> Coverage {
    not_covered("attach_failed", error, Some("oisp doctor shows what this kernel allows"))
}

/// Probes are in place: library names, tier, and how they are attached.
pub fn attached(located: &Located, method: &str) -> Coverage {
    let libraries: Vec<String> = located
        .libraries
        .iter()
        .filter(|l| l.outcome.is_ok())
        .map(|l| format!("{} by {}", l.kind.name(), l.tier))
        .collect();
    Coverage {
        covered: true,
        detail: format!("{}, {method}", libraries.join(", ")),
        ..not_covered("attached", "", None)
    }
}

/// The kernel does not decide which programs fit a pattern.
pub fn scope_late() -> Coverage {
    let why =
        "this kernel cannot match programs' paths at their start: calls in their first milliseconds may be missing";
    not_covered(
        "exe_scope_late",
        why,
        Some("name the process (--pid, --tree) or its user (--uid), or capture the whole machine"),
    )
}

/// Probes came after the code was mapped: calls in between were not seen.
pub fn mapped_late(delay_ms: f64) -> Coverage {
    Coverage {
        covered: true,
        delay_ms: Some(delay_ms),
        ..not_covered(
            "mapped_late",
            "the file was not known before it was loaded; calls made in the meantime are missing",
            Some("the next start of this program is covered from its first call"),
        )
    }
}

fn not_covered(reason: &str, detail: &str, fix: Option<&str>) -> Coverage {
    Coverage {
        reason: reason.into(),
        covered: false,
        exe: None,
        library: None,
        detail: detail.into(),
        fix: fix.map(str::to_owned),
        delay_ms: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_has_its_own_reason_why_and_fix() {
        let all = [
            Sign::GoTls,
            Sign::BoringSslStripped,
            Sign::OpenSslStripped,
            Sign::Rustls,
            Sign::Java,
            Sign::Nss,
            Sign::MbedTls,
            Sign::WolfSsl,
        ];
        let reasons: std::collections::BTreeSet<String> = all.iter().map(|s| sign(*s).reason).collect();
        assert_eq!(reasons.len(), all.len());
        assert!(all.iter().all(|s| sign(*s).fix.is_some() && !sign(*s).covered));
        assert_eq!(SIGNS.len(), all.len());
    }

    #[test]
    fn absent_facts_are_absent_in_the_record() {
        assert_eq!(
            mapped_late(2.5).to_json().as_object().unwrap().keys().collect::<Vec<_>>(),
            ["covered", "delay_ms", "detail", "fix", "reason"]
        );
        assert_eq!(attach_failed("no").to_json()["covered"], json!(false));
    }

    #[test]
    fn a_process_that_is_gone_is_no_finding() {
        let gone = OpenError::Io(std::io::Error::from_raw_os_error(libc::ENOENT));
        assert_eq!(unopened(&gone), None);
        assert_eq!(unopened(&OpenError::NotRegular).unwrap().reason, "refused_not_regular");
    }
}
