/* What leaves the library: the record header and the verdict. docs/decisions/0001-record-format.md explains each field.
 * ffi/layout.ts is generated from the BTF of these types. */
#pragma once

enum record_kind {
	KIND_DATA = 1,
	KIND_CONNECTION = 2,
	KIND_PROCESS = 3,
	KIND_FILE = 4,
	KIND_DNS = 5,
	KIND_LOSS = 6,
	KIND_COVERAGE = 7,
	KIND_CLOCK = 8,
	KIND_ADVANCE = 9,
	KIND_ACCOUNT = 10,
};

enum record_flag {
	FLAG_JOINED_LATE = 1,
	FLAG_TRUNCATED = 2,
	FLAG_MORE = 4,
	FLAG_HEADS_ONLY = 8,
	FLAG_READ_FAULT = 16,
	FLAG_SERVER_SIDE = 32,
	FLAG_OTHER_LOST = 64,
};

enum direction { DIRECTION_NONE = 0, DIRECTION_SENT = 1, DIRECTION_RECEIVED = 2 };

enum binding {
	BINDING_UNBOUND = 0,
	BINDING_NESTED = 1,
	BINDING_AFTER = 2,
	BINDING_BEFORE = 3,
	BINDING_STRUCT = 4,
	BINDING_PREFIX = 5,
};

struct record {
	__u32 len;
	__u16 header_len;
	__u16 kind;
	__u32 flags;
	__u32 reserved_0;
	__u64 seq;
	__u64 entry_ns;
	__u64 return_ns;
	__u32 tgid;
	__u32 tid;
	__u64 process_key;
	__u64 cgroup_id;
	__u64 conn_id;
	__u64 stream_offset;
	__u32 call_total;
	__u32 data_len;
	__u16 probe_id;
	__u8 direction;
	__u8 binding;
	__u32 reserved_1;
};

enum verdict_level { VERDICT_OPEN = 0, VERDICT_HEADS = 1, VERDICT_STOP = 2 };

/* One entry of a batch given to oisp_verdicts. */
struct verdict {
	__u64 conn_id;
	__u64 sent_offset;
	__u32 level;
	__u32 reserved_0;
};
