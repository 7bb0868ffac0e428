/* Calls of TLS libraries: what they moved, on which connection. One program for entries, one for returns; the attach
 * cookie says which function it is. */
#include "kernel.h"
#include "call.h"
#include "copy.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Puts the published types into the object's BTF, from which ffi/layout.ts is made. */
const struct record *layout_of_record __attribute__((unused)) = 0;
const struct verdict *layout_of_verdict __attribute__((unused)) = 0;
const enum record_kind *layout_of_kind __attribute__((unused)) = 0;
const enum record_flag *layout_of_flag __attribute__((unused)) = 0;
const enum direction *layout_of_direction __attribute__((unused)) = 0;
const enum binding *layout_of_binding __attribute__((unused)) = 0;
const enum verdict_level *layout_of_level __attribute__((unused)) = 0;

enum { BEFORE_MAX_NS = 100 * 1000 * 1000, HEADS_BYTES = 256 };

static __always_inline struct thread *thread_of(struct process *p)
{
	__u32 tid = (__u32)bpf_get_current_pid_tgid();
	struct thread *t = bpf_map_lookup_elem(&threads, &tid);
	__u32 zero = 0;
	if (!t) {
		struct blank *empty = bpf_map_lookup_elem(&blank, &zero);
		if (!empty) return 0;
		bpf_map_update_elem(&threads, &tid, empty, BPF_NOEXIST);
		t = bpf_map_lookup_elem(&threads, &tid);
	}
	if (t && t->process_key != p->key) { /* a new program runs: its thread has no calls yet */
		t->process_key = p->key;
		t->depth = 0;
		t->before_ns = 0;
		t->after_object = 0;
		t->after_several = 0;
	}
	return t;
}

struct arguments { __u64 object, buffer, fourth, fifth, sp; };

static __always_inline void push_frame(struct thread *t, __u32 kind, struct arguments *a)
{
	__u32 depth = t->depth & 3;
	struct frame *f, *outer = 0;
	/* a frame at or below this call's stack pointer belongs to a call that will not return (longjmp, exception) */
#pragma unroll
	for (int i = 0; i < MAX_DEPTH; i++)
		if (depth && t->frames[(depth - 1) & 3].sp <= a->sp) depth--;
	t->depth = depth;
	if (depth >= MAX_DEPTH) return;
	if (depth) outer = &t->frames[(depth - 1) & 3];
	f = &t->frames[depth & 3];
	f->sp = a->sp;
	f->object = a->object;
	f->buffer = a->buffer;
	f->length_at = kind == CALL_SSL_WRITE_EX2 ? a->fifth : kind == CALL_SSL_READ_EX || kind == CALL_SSL_WRITE_EX ? a->fourth : 0;
	f->entry_ns = bpf_ktime_get_boot_ns();
	f->kind = kind;
	f->nested = 0;
	f->again = outer && outer->object == a->object && is_write(outer->kind) == is_write(kind) && !is_handshake(outer->kind);
	f->tunnel = outer && (outer->tunnel || outer->object != a->object);
	t->depth = depth + 1;
}

/* An object that was made, or cleared, which is as good as new. OpenSSL clears one several times before its first byte. */
static __always_inline void fresh_connection(struct connection_key *key, __u8 library)
{
	struct connection *k = bpf_map_lookup_elem(&connections, key);
	if (!key->object) return;
	if (k && !k->end[0] && !k->end[1] && !k->binding && !(k->flags & CONNECTION_JOINED_LATE)) return;
	if (k) close_connection(key); /* its end was not seen */
	connection_of(key, library, 0);
}

static __always_inline int enter(struct pt_regs *ctx)
{
	__u32 kind = bpf_get_attach_cookie(ctx);
	struct arguments a = { .object = PT_REGS_PARM1(ctx), .buffer = PT_REGS_PARM2(ctx), .fourth = PT_REGS_PARM4(ctx),
		.fifth = PT_REGS_PARM5(ctx), .sp = PT_REGS_SP(ctx) };
	struct connection_key key = { .object = a.object };
	struct connection *k;
	struct process *p;
	struct thread *t;
	if (is_own()) return 0;
	p = current_process();
	if (!p || !in_scope(p)) {
		if (is_read(kind) || is_write(kind)) count(TOTAL_OUT_OF_SCOPE_CALLS, 1);
		return 0;
	}
	key.process_key = p->key;
	if (is_end(kind)) {
		if (kind == CALL_SSL_CLEAR)
			fresh_connection(&key, LIBRARY_OPENSSL);
		else
			close_connection(&key);
		return 0;
	}
	if (is_shutdown(kind)) {
		k = bpf_map_lookup_elem(&connections, &key);
		if (k) k->flags |= CONNECTION_SHUTDOWN;
		return 0;
	}
	t = thread_of(p);
	if (t) push_frame(t, kind, &a);
	return 0;
}

/* Finds the frame of the call that returns by its stack pointer, takes it and all frames inside it off. */
static __always_inline bool pop_frame(struct thread *t, __u64 sp, __u32 kind)
{
	__u32 depth = t->depth & 3;
#pragma unroll
	for (int i = 0; i < MAX_DEPTH; i++) {
		struct frame *f = &t->frames[(depth - 1) & 3];
		if (!depth) return false;
		depth--;
		if (f->sp == sp && f->kind == kind) {
			t->current = *f;
			t->depth = depth;
			return true;
		}
	}
	return false;
}

/* Bytes that a call moved; 0 when it failed or would have blocked. */
static __always_inline __u64 bytes_moved(struct frame *f, __u64 result)
{
	__u64 n = 0;
	if (f->length_at) {
		if ((int)result <= 0) return 0;
		if (bpf_probe_read_user(&n, sizeof(n), (void *)f->length_at)) return 0;
		return (long)n > 0 ? n : 0;
	}
	if (library_of(f->kind) == LIBRARY_OPENSSL) return (int)result > 0 ? (__u32)result : 0;
	return (long)result > 0 ? result : 0;
}

/* What binds an unbound connection at the return of a call. */
static __always_inline void bind_at_return(struct thread *t, struct frame *f, struct connection *k, struct connection_key *key, __u64 n)
{
	if (f->nested == 1) {
		bind_connection(k, key, &t->peer, BINDING_NESTED);
	} else if (!f->nested && t->before_ns && (is_read(f->kind) || is_handshake(f->kind)) && f->entry_ns - t->before_ns < BEFORE_MAX_NS) {
		bind_connection(k, key, &t->before, BINDING_BEFORE);
	}
	if (k->binding || f->nested || is_read(f->kind) || (is_write(f->kind) && !n)) return;
	/* its records are in memory now: the next send of this thread takes them, if it is the only one that wrote */
	if (t->after_object && t->after_object != f->object) t->after_several = 1;
	t->after_object = f->object;
	t->after_ns = bpf_ktime_get_boot_ns();
}

/* How much of the call to copy, by the verdict and the limits; the rest goes to `*reason`. */
static __always_inline __u64 wanted(struct connection *k, struct frame *f, __u64 n, __u32 which, __u32 *reason, __u32 *flags)
{
	__u64 take = n;
	if (k->flags & CONNECTION_ACCEPTED && !config.server_side) {
		*reason = TOTAL_SKIPPED_SERVER_SIDE;
		return 0;
	}
	if (k->level == VERDICT_STOP) {
		*reason = TOTAL_SKIPPED_NOT_AI;
		return 0;
	}
	if (which == 0) {
		char head[6] = {};
		__u32 first = 0;
		bool starts = n < 5;
		if (!bpf_probe_read_user(head, 5, (void *)f->buffer)) __builtin_memcpy(&first, head, 4);
		/* "POST", "PUT ", "PATC": little-endian on both machines that are built */
		starts |= first == 0x54534f50 || first == 0x20545550 || first == 0x43544150;
		if (k->level == VERDICT_HEADS && starts) k->level = VERDICT_OPEN;
		if (starts || k->last_direction == 1) k->exchange_bytes = 0;
	}
	if (k->level == VERDICT_HEADS && n > HEADS_BYTES) {
		*reason = TOTAL_SKIPPED_NOT_AI;
		*flags = FLAG_HEADS_ONLY | FLAG_TRUNCATED;
		return HEADS_BYTES;
	}
	if (k->level == VERDICT_HEADS) *flags = FLAG_HEADS_ONLY;
	if (take > config.call_limit) {
		*reason = TOTAL_LOST_CALL_LIMIT;
		take = config.call_limit;
	}
	if (k->exchange_bytes + take > config.exchange_limit) {
		*reason = TOTAL_LOST_EXCHANGE_LIMIT;
		take = config.exchange_limit > k->exchange_bytes ? config.exchange_limit - k->exchange_bytes : 0;
	}
	if (take < n) *flags = FLAG_TRUNCATED;
	return take;
}

/* Adds bytes that are left out after `c` to the hole of this direction. */
static __always_inline void leave_out(struct copying *c, __u64 n, __u64 reason)
{
	if (c->hole.bytes && (c->hole.reason != reason || c->hole.offset + c->hole.bytes != c->head.stream_offset)) end_hole(c);
	if (!c->hole.bytes) {
		c->hole.offset = c->head.stream_offset;
		c->hole.reason = reason;
	}
	c->hole.bytes += n;
}

static __always_inline void settle(struct connection *k, struct copying *c, __u64 n, __u64 take, __u32 reason)
{
	__u64 lost = c->lost_ring_full + c->lost_read_fault + c->lost_share, rest = n - take;
	/* what the loop could not reach (it always can: its bound is the hard limit of a call) */
	__u64 unreached = take - c->captured - lost;
	bool skipped = reason >= TOTAL_SKIPPED_NOT_AI && reason <= TOTAL_SKIPPED_SERVER_SIDE;
	count(TOTAL_SEEN, n);
	if (c->captured) count(TOTAL_CAPTURED, c->captured);
	if (c->records) count(TOTAL_RECORDS, c->records);
	if (c->lost_ring_full) count(TOTAL_LOST_RING_FULL, c->lost_ring_full);
	if (c->lost_read_fault) count(TOTAL_LOST_READ_FAULT, c->lost_read_fault);
	if (c->lost_share) count(TOTAL_LOST_SHARE, c->lost_share);
	if (unreached) count(TOTAL_LOST_CALL_LIMIT, unreached);
	if (rest) count(reason, rest);
	__sync_fetch_and_add(&k->seen_bytes, n);
	__sync_fetch_and_add(&k->captured_bytes, c->captured);
	__sync_fetch_and_add(&k->skipped_bytes, skipped ? rest : 0);
	__sync_fetch_and_add(&k->lost_bytes, lost + unreached + (skipped ? 0 : rest));
	__sync_fetch_and_add(&k->exchange_bytes, c->captured);
}

static __always_inline void fill_record(struct copying *c, struct connection *k, struct frame *f, __u64 process_key, __u64 n, __u32 which)
{
	__u64 id = bpf_get_current_pid_tgid();
	__builtin_memset(c, 0, sizeof(*c));
	c->source = f->buffer;
	c->hole = k->hole[which & 1];
	c->head.header_len = sizeof(struct record);
	c->head.kind = KIND_DATA;
	c->head.flags = (k->flags & CONNECTION_JOINED_LATE ? FLAG_JOINED_LATE : 0) |
		(k->flags & CONNECTION_ACCEPTED ? FLAG_SERVER_SIDE : 0);
	c->head.entry_ns = f->entry_ns;
	c->head.return_ns = bpf_ktime_get_boot_ns();
	c->head.tgid = id >> 32;
	c->head.tid = (__u32)id;
	c->head.process_key = process_key;
	c->head.cgroup_id = bpf_get_current_cgroup_id();
	c->head.conn_id = k->id;
	/* before anything can fail: a hole shows by its offset, whatever becomes of its loss record */
	c->head.stream_offset = __sync_fetch_and_add(&k->end[which & 1], n);
	c->head.call_total = n > 0xffffffff ? 0xffffffff : n;
	c->head.probe_id = f->kind;
	c->head.direction = which + 1;
	c->head.binding = k->binding;
}

static __noinline int capture(struct process *p, struct connection *k, struct thread *t, __u64 n)
{
	struct copying *c;
	struct loop loop;
	struct frame *f;
	__u64 take = 0;
	__u32 which, reason = TOTAL_SKIPPED_TUNNEL, flags = 0;
	if (!p || !k || !t) return 0;
	f = &t->current;
	c = &t->copying;
	which = is_write(f->kind) ? 0 : 1;
	count(TOTAL_CALLS, 1);
	if (!f->tunnel) take = wanted(k, f, n, which, &reason, &flags);
	fill_record(c, k, f, p->key, n, which);
	c->head.flags |= flags;
	k->last_direction = which;
	if (take) {
		c->left = take;
		c->over_share = ring_share(p) > config.ring_bytes / 4;
		loop.c = c;
		bpf_loop(CHUNKS_PER_CALL, copy_chunk, &loop, 0);
		if (c->ring_used) add_share(p, c->ring_used);
	}
	settle(k, c, n, take, reason);
	/* what a heads-only record leaves out shows in the record itself */
	if (n > take && !(flags & FLAG_HEADS_ONLY)) leave_out(c, n - take, reason);
	k->hole[which & 1] = c->hole;
	return 0;
}

/* A call that ended without a frame: attached in the middle of it, or nested too deep. */
static __always_inline void no_frame(__u32 kind, __u64 result)
{
	struct frame f = { .kind = kind };
	__u64 n;
	if (!is_read(kind) && !is_write(kind)) return;
	if (kind == CALL_SSL_READ_EX || kind == CALL_SSL_WRITE_EX || kind == CALL_SSL_WRITE_EX2) return; /* count unknown */
	n = bytes_moved(&f, result);
	count(TOTAL_SEEN, n);
	count(TOTAL_LOST_NO_STASH, n);
}

/* After its shutdown an object may be used for another socket: that is another connection. */
static __always_inline bool is_used_again(struct connection *k, struct thread *t, struct frame *f)
{
	return k->flags & CONNECTION_SHUTDOWN && k->binding && f->nested == 1 && t->peer.cookie != k->endpoints.cookie;
}

static __always_inline int leave(struct pt_regs *ctx)
{
	__u32 kind = bpf_get_attach_cookie(ctx);
	__u64 result = PT_REGS_RC(ctx), sp = ENTRY_SP_AT_RETURN(ctx), n;
	struct connection_key key = {};
	struct connection *k;
	struct process *p;
	struct thread *t;
	struct frame *f;
	if (is_own()) return 0;
	p = current_process();
	if (!p || !in_scope(p)) return 0;
	key.process_key = p->key;
	if (kind == CALL_SSL_NEW) {
		key.object = result;
		fresh_connection(&key, LIBRARY_OPENSSL);
		return 0;
	}
	t = thread_of(p);
	if (!t || !pop_frame(t, sp, kind)) {
		no_frame(kind, result);
		return 0;
	}
	f = &t->current;
	if (kind == CALL_GNUTLS_INIT) {
		/* argument 0 points to the new object */
		if (!(int)result && !bpf_probe_read_user(&key.object, sizeof(key.object), (void *)f->object))
			fresh_connection(&key, LIBRARY_GNUTLS);
		return 0;
	}
	n = is_read(kind) || is_write(kind) ? bytes_moved(f, result) : 0;
	if (f->again) return 0;
	key.object = f->object;
	k = connection_of(&key, library_of(kind), CONNECTION_JOINED_LATE);
	if (k && is_used_again(k, t, f)) {
		close_connection(&key);
		k = connection_of(&key, library_of(kind), 0);
	}
	if (k) {
		if (!k->binding) bind_at_return(t, f, k, &key, n);
		if (n) capture(p, k, t, n);
	} else if (n) {
		count(TOTAL_CALLS, 1);
		count(TOTAL_SEEN, n);
		count(TOTAL_LOST_MAP_FULL, n);
	}
	t->before_ns = 0;
	return 0;
}

SEC("uprobe.multi")
int tls_enter(struct pt_regs *ctx)
{
	guard();
	enter(ctx);
	unguard();
	return 0;
}

SEC("uprobe.multi")
int tls_leave(struct pt_regs *ctx)
{
	guard();
	leave(ctx);
	unguard();
	return 0;
}
