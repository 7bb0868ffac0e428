/* Facts that the kernel side tells the Rust side through the control ring. They never leave the library as they are.
 * The Rust mirror is src/engine/control_ring.rs; a test compares sizes by BTF. */
#pragma once

enum control_kind {
	CONTROL_SEEN = 1,
	CONTROL_FORK = 2,
	CONTROL_EXEC = 3,
	CONTROL_EXIT = 4,
	CONTROL_OPENED = 5,
	CONTROL_BOUND = 6,
	CONTROL_CLOSED = 7,
	CONTROL_LOSS = 8,
};

struct control_head {
	__u32 kind;
	__u32 in_scope;
	__u64 time_ns;
	__u32 tgid;
	__u32 tid;
	__u64 process_key;
	__u64 cgroup_id;
};

struct control_process {
	struct control_head head;
	__u64 parent_key; /* exec: the key before it */
	__u64 start_ns;
	__u64 child_key;
	__u32 child_tgid;
	__u32 ppid;
	__u32 uid;
	__u32 gid;
	__u32 wait_status;
	__u32 dev; /* kernel's own encoding: major << 20 | minor */
	__u64 ino;
	char comm[16];
};

enum { FILENAME_MAX = 256, ARGS_MAX = 1024 };

struct control_exec {
	struct control_process process;
	__u32 filename_len; /* with its NUL; 0 unreadable */
	__u32 args_len;     /* copied */
	__u32 args_total;
	__u32 reserved_0;
	char filename[FILENAME_MAX];
	char args[ARGS_MAX];
};

struct endpoints {
	__u64 cookie;
	__u8 local_ip[16];
	__u8 remote_ip[16];
	__u16 local_port;
	__u16 remote_port;
	__u8 family; /* 4, 6, 0 unknown */
	__u8 accepted;
	__u16 reserved_0;
};

struct control_connection {
	struct control_head head;
	__u64 conn_id;
	__u64 object;
	__u64 sent_end;
	__u64 received_end;
	__u64 seen_bytes;
	__u64 captured_bytes;
	__u64 skipped_bytes;
	__u64 lost_bytes;
	struct endpoints endpoints;
	__u8 library;
	__u8 binding;
	__u8 joined_late;
	__u8 reserved_0[5];
};

struct control_loss {
	struct control_head head;
	__u64 conn_id;
	__u64 offset;
	__u64 bytes;
	__u8 direction;
	__u8 reason; /* enum total */
	__u8 reserved_0[6];
};
