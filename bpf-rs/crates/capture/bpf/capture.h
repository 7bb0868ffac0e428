/* What becomes of the bytes of one call: how many are wanted, copied, counted. */
#pragma once
#include "call.h"
#include "copy.h"

enum { HEADS_BYTES = 256 };

/* How much of the call to copy, by the verdict and the limits; the rest goes to a reason. */
static __always_inline void decide(struct copying *c, struct connection *k, struct frame *f, __u64 n, __u32 which)
{
	__u64 take = n;
	c->wanted = 0;
	c->reason = TOTAL_SKIPPED_TUNNEL;
	if (f->tunnel) return;
	if (k->flags & CONNECTION_ACCEPTED && !config.server_side) {
		c->reason = TOTAL_SKIPPED_SERVER_SIDE;
		return;
	}
	if (k->level == VERDICT_STOP) {
		c->reason = TOTAL_SKIPPED_NOT_AI;
		return;
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
		c->reason = TOTAL_SKIPPED_NOT_AI;
		c->head.flags |= FLAG_HEADS_ONLY | FLAG_TRUNCATED;
		c->wanted = HEADS_BYTES;
		return;
	}
	if (k->level == VERDICT_HEADS) c->head.flags |= FLAG_HEADS_ONLY;
	if (take > config.call_limit) {
		c->reason = TOTAL_LOST_CALL_LIMIT;
		take = config.call_limit;
	}
	if (k->exchange_bytes + take > config.exchange_limit) {
		c->reason = TOTAL_LOST_EXCHANGE_LIMIT;
		take = config.exchange_limit > k->exchange_bytes ? config.exchange_limit - k->exchange_bytes : 0;
	}
	if (take < n) c->head.flags |= FLAG_TRUNCATED;
	c->wanted = take;
}

static __always_inline void settle(struct connection *k, struct copying *c, __u64 n)
{
	__u64 take = c->wanted;
	__u32 reason = c->reason;
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
		(k->flags & CONNECTION_ACCEPTED ? FLAG_SERVER_SIDE : 0) |
		/* its offset shows only in the next record of that direction: too late to know what an answer belongs to */
		(k->hole[~which & 1].bytes ? FLAG_OTHER_LOST : 0);
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
	__u32 which;
	if (!p || !k || !t) return 0;
	f = &t->current;
	c = &t->copying;
	which = is_write(f->kind) ? 0 : 1;
	count(TOTAL_CALLS, 1);
	fill_record(c, k, f, p->key, n, which);
	decide(c, k, f, n, which);
	k->last_direction = which;
	c->left = c->wanted;
	if (c->left) {
		c->over_share = ring_share(p) > config.ring_bytes / 4;
		loop.c = c;
		bpf_loop(CHUNKS_PER_CALL, copy_chunk, &loop, 0);
		if (c->ring_used) add_share(p, c->ring_used);
	}
	settle(k, c, n);
	/* what a heads-only record leaves out shows in the record itself */
	if (n > c->wanted && !(c->head.flags & FLAG_HEADS_ONLY)) miss(c, n - c->wanted, c->reason);
	k->hole[which & 1] = c->hole;
	return 0;
}
