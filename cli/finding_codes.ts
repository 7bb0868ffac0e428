/** What each code of a message means; `oisp help CODE` prints it. A test compares it with the codes in the source. */
export const FINDING_CODES: Readonly<Record<string, string>> = {
  "OISP-BUG-001": "oisp itself failed; nothing the caller did should lead here",
  "OISP-CFG-001": "the configuration file is not TOML",
  "OISP-CFG-002": "unknown section or key",
  "OISP-CFG-003": "a value has the wrong type or is not allowed",
  "OISP-CFG-004": "a value names an environment variable that is not set, or a placeholder is not closed",
  "OISP-CFG-005": "the configuration file cannot be read",
  "OISP-CFG-006": "the configuration file can be changed by others than root",
  "OISP-CFG-007": "a key or section has no effect in this version",
  "OISP-CFG-008": "an environment variable has a value that its key does not allow",
  "OISP-CFG-009": "a secret and its _file form are both given, or the file cannot be read",
  "OISP-CFG-010": "a section lacks a key that it needs",
  "OISP-CFG-011": "a destination is written down and not switched on",
  "OISP-CLI-001": "the command line cannot be read",
  "OISP-CLI-002": "unknown flag",
  "OISP-CLI-003": "a flag lacks its value",
  "OISP-CLI-004": "unknown command",
  "OISP-CLI-005": "an argument is missing, wrong or one too many",
  "OISP-CLI-006": "run needs -- before the command",
  "OISP-CLI-007": "a flag or variable has a value that is not allowed",
  "OISP-CLI-008": "unknown help topic",
  "OISP-CLI-009": "flags that exclude each other",
  "OISP-CLI-010": "a flag or command belongs to a later version",
};

/** Where to go on for all codes of an area. */
export const CODE_AREAS: Readonly<Record<string, string>> = {
  BPF: "oisp doctor   tries every kernel feature and says what is used",
  CFG: "oisp config check   lists every problem of the file; oisp config init prints a commented one",
  CLI: "oisp --help   lists commands; oisp COMMAND --help lists flags",
  REC: "oisp replay reads a damaged recording up to the damage",
  TLS: "oisp doctor --pid PID   shows the libraries of a process and whether they are captured",
};
