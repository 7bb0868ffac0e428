/* Maps and their values, shared by all objects: each object declares them, the loader gives all of them one.
 * The Rust mirror of what it reads is src/engine/maps.rs. */
#pragma once
#include "control.h"
#include "record.h"

enum { MAX_DEPTH = 3 };

/* Fixed before load. */
struct config {
	__u32 own_tgid;
	__u32 server_side;
	__u32 call_limit;
	__u32 ring_bytes;
	__u64 exchange_limit;
	__u32 watermark;
	__u32 pid_namespace; /* of the sensor, as its inode number */
};
const volatile struct config config SEC(".rodata.config") = {};

/* Changed while running, by user space. */
struct settings {
	__u32 whole_machine;
	__u32 uids_used;
	__u32 globs; /* patterns of programs' paths in use */
	__u32 reserved_0;
};

/* What the drain thread does: it sets IDLE or NAPPING before it sleeps, the waker sets RUNNING. */
enum drain_state { DRAIN_RUNNING = 0, DRAIN_NAPPING = 1, DRAIN_IDLE = 2 };

/* EXE: its program's path fits a pattern; children have it until they run another program. */
enum process_flag { PROCESS_TREE = 1, PROCESS_PID = 2, PROCESS_EXE = 4 };

struct process {
	__u64 key;
	__u64 parent_key;
	__u64 start_ns;
	__u32 flags;
	__u32 uid;
	__u32 gid;
	__u32 ppid;
	/* bytes put into the payload ring, in the half of it that is being written, and in the one before */
	__u64 share_half;
	__u64 share_now;
	__u64 share_before;
};

struct frame {
	__u64 sp;
	__u64 object;
	__u64 buffer;
	__u64 length_at; /* where the count stands after return; 0: it is the result */
	__u64 entry_ns;
	__u8 kind;
	__u8 nested; /* sockets seen inside the call: 0, 1 = `thread.peer`, 2 = several */
	__u8 tunnel; /* carries the records of the TLS object outside */
	__u8 again;  /* the library's own inner call for the same bytes */
	__u32 reserved_0;
};

struct hole {
	__u64 offset;
	__u64 bytes;
	__u64 reason;
};

/* One call while its bytes are copied. Kept with its thread, not on the stack: the verifier would follow every number. */
struct copying {
	struct record head; /* as every record of this call has it, but for offset and lengths */
	struct hole hole;   /* the last one, which may still grow */
	__u64 source;
	__u64 left; /* still to copy */
	__u64 captured;
	__u64 ring_used; /* with heads and class waste, for the share rule */
	__u64 lost_ring_full;
	__u64 lost_read_fault;
	__u64 lost_share;
	__u64 wanted; /* of the call's bytes; the rest goes to `reason` */
	__u32 reason;
	__u32 over_share;
	__u32 records;
	__u32 reserved_0;
};

struct thread {
	__u64 process_key;
	__u32 depth;
	__u32 after_several; /* more than one object wrote since the last send */
	struct frame frames[MAX_DEPTH + 1]; /* one more than used, so that an index can be masked */
	struct endpoints peer;   /* of the socket call inside the current call */
	struct endpoints before; /* of the last read of TLS records, until a call takes it */
	__u64 before_ns;         /* 0: none */
	__u64 after_object;      /* wrote without a socket call of its own; 0: none */
	__u64 after_ns;
	__u64 receive_at; /* second argument of the receive under way, where only system calls are seen; 0: none */
	__u64 receive_fd;
	struct frame current; /* of the call that returns */
	struct copying copying;
};

struct connection_key {
	__u64 process_key;
	__u64 object;
};

enum connection_flag {
	CONNECTION_JOINED_LATE = 1,
	CONNECTION_SHUTDOWN = 2,
	CONNECTION_ACCEPTED = 4,
	CONNECTION_CLOSED = 8,
};

struct connection {
	__u64 id;
	__u64 end[2]; /* absolute offsets: sent, received */
	__u64 seen_bytes;
	__u64 captured_bytes;
	__u64 skipped_bytes;
	__u64 lost_bytes;
	__u64 exchange_bytes;
	struct hole hole[2]; /* not told yet */
	struct endpoints endpoints;
	__u32 flags;
	__u8 library;
	__u8 binding;
	__u8 level; /* enum verdict_level */
	__u8 last_direction;
	__u32 tgid;
	__u32 reserved_0;
};

/* Counters. Order is known to src/account.rs. */
enum total {
	TOTAL_SEEN,
	TOTAL_CAPTURED,
	TOTAL_SKIPPED_NOT_AI,
	TOTAL_SKIPPED_TUNNEL,
	TOTAL_SKIPPED_SERVER_SIDE,
	TOTAL_LOST_RING_FULL,
	TOTAL_LOST_READ_FAULT,
	TOTAL_LOST_CALL_LIMIT,
	TOTAL_LOST_EXCHANGE_LIMIT,
	TOTAL_LOST_MAP_FULL,
	TOTAL_LOST_NO_STASH,
	TOTAL_LOST_SHARE,
	TOTAL_CALLS,
	TOTAL_OUT_OF_SCOPE_CALLS,
	TOTAL_CONNECTIONS,
	TOTAL_RECORDS,
	TOTAL_CONTROL_LOST,
	TOTAL_PROCESSES_FULL,
	TOTAL_COUNT,
};

/* One BPF_MAP a line, sizes set by the loader where they are configurable. */
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 1 << 25); } payload SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 1 << 22); } control SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, struct settings); } settings SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __uint(map_flags, BPF_F_MMAPABLE); __type(key, __u32); __type(value, __u64); } drain SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 2); __type(key, __u32); __type(value, __u64); } ids SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, TOTAL_COUNT); __type(key, __u32); __type(value, __u64); } totals SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 32768); __type(key, __u32); __type(value, struct process); } processes SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8192); __type(key, __u32); __type(value, struct thread); } threads SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 32768); __type(key, struct connection_key); __type(value, struct connection); } connections SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1024); __type(key, __u32); __type(value, __u32); } uids SEC(".maps");
/* Which connection has a socket. Only a guard against binding a second one by circumstance, so that losing an entry costs nothing. */
struct { __uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 32768); __type(key, __u64); __type(value, struct connection_key); } sockets SEC(".maps");

/* Zeroes, never written: a new value too large for the stack is made from it. */
struct blank { __u64 zero[96]; };
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, struct blank); } blank SEC(".maps");

/* An uprobe program may be preempted by another one on the same CPU; kernels that can be told not to, are. */
extern void bpf_preempt_disable(void) __ksym __weak;
extern void bpf_preempt_enable(void) __ksym __weak;
static __always_inline void guard(void)
{
	if (bpf_preempt_disable) bpf_preempt_disable();
}
static __always_inline void unguard(void)
{
	if (bpf_preempt_enable) bpf_preempt_enable();
}

static __always_inline void count(__u32 which, __u64 n)
{
	__u64 *at = bpf_map_lookup_elem(&totals, &which);
	if (at) __sync_fetch_and_add(at, n); /* atomic: nobody may interrupt between load and store */
}

enum id_kind { ID_PROCESS = 0, ID_CONNECTION = 1 };

/* Never 0, never given twice. */
static __always_inline __u64 new_id(__u32 which)
{
	__u64 *at = bpf_map_lookup_elem(&ids, &which);
	return at ? __sync_fetch_and_add(at, 1) + 1 : 0;
}

/* To be called after records were submitted without waking anybody: wakes the drain thread if it waits for them. An
 * empty record does it, so that the decision is made in one place and after the records are there. */
static __noinline int wake_reader(void)
{
	__u32 zero = 0;
	__u64 *state = bpf_map_lookup_elem(&drain, &zero), *nothing;
	if (!state || *(volatile __u64 *)state == DRAIN_RUNNING) return 0;
	if (*(volatile __u64 *)state == DRAIN_NAPPING && bpf_ringbuf_query(&payload, BPF_RB_AVAIL_DATA) < config.watermark) return 0;
	*(volatile __u64 *)state = DRAIN_RUNNING;
	nothing = bpf_ringbuf_reserve(&control, sizeof(*nothing), 0);
	if (nothing) {
		bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
		return 1;
	}
	nothing = bpf_ringbuf_reserve(&payload, sizeof(*nothing), 0);
	if (nothing) bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
	return 1;
}
