/* Copies the bytes of one call into the payload ring: chunks of 16 KiB, each in the smallest record class that holds it. */
#pragma once
#include "connection.h"

enum { CHUNK_MAX = 16384, CHUNKS_PER_CALL = 256 };

/* A hole that ended inside this call and cannot grow any more. */
static __always_inline void end_hole(struct copying *c)
{
	struct control_loss *l;
	if (!c->hole.bytes) return;
	l = bpf_ringbuf_reserve(&control, sizeof(*l), 0);
	if (l) {
		fill_head(&l->head, CONTROL_LOSS, c->head.process_key, 1);
		l->conn_id = c->head.conn_id;
		l->offset = c->hole.offset;
		l->bytes = c->hole.bytes;
		l->direction = c->head.direction;
		l->reason = c->hole.reason;
		bpf_ringbuf_submit(l, wake(&control));
	} else {
		count(TOTAL_CONTROL_LOST, 1);
	}
	c->hole.bytes = 0;
}

static __always_inline void miss(struct copying *c, __u64 n, __u64 reason)
{
	if (c->hole.bytes && (c->hole.reason != reason || c->hole.offset + c->hole.bytes != c->head.stream_offset)) end_hole(c);
	if (!c->hole.bytes) {
		c->hole.offset = c->head.stream_offset;
		c->hole.reason = reason;
	}
	c->hole.bytes += n;
	if (reason == TOTAL_LOST_RING_FULL) {
		c->lost_ring_full += n;
	} else if (reason == TOTAL_LOST_SHARE) {
		c->lost_share += n;
	} else {
		c->lost_read_fault += n;
		c->head.flags |= FLAG_READ_FAULT;
	}
}

/* The bound is written in assembly: the compiler would split the length over two registers and the verifier lose it. */
#define COPY_INTO(SIZE)                                                                            \
	do {                                                                                       \
		struct { struct record h; char data[SIZE]; } *r;                                   \
		__u64 len = n;                                                                     \
		r = bpf_ringbuf_reserve(&payload, sizeof(*r), 0);                                  \
		if (!r) { miss(c, n, TOTAL_LOST_RING_FULL); break; }                               \
		asm volatile("if %[l] <= %[max] goto +1\n%[l] = %[max]" : [l] "+r"(len) : [max] "i"(SIZE)); \
		if (bpf_probe_read_user(r->data, len, (void *)c->source)) {                        \
			bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);                                  \
			miss(c, n, TOTAL_LOST_READ_FAULT);                                         \
			break;                                                                     \
		}                                                                                  \
		end_hole(c);                                                                       \
		r->h = c->head;                                                                    \
		r->h.len = sizeof(struct record) + ((n + 7) & ~7u);                                \
		r->h.data_len = n;                                                                 \
		if (c->left > n) r->h.flags |= FLAG_MORE;                                          \
		bpf_ringbuf_submit(r, wake(&payload));                                             \
		c->captured += n;                                                                  \
		c->ring_used += sizeof(*r) + 8;                                                    \
		c->records++;                                                                      \
	} while (0)

struct loop { struct copying *c; };

static long copy_chunk(__u32 index, struct loop *loop)
{
	struct copying *c = loop->c;
	__u32 n;
	if (!c->left) return 1;
	n = c->left > CHUNK_MAX ? CHUNK_MAX : c->left;
	if (c->over_share && bpf_ringbuf_query(&payload, BPF_RB_AVAIL_DATA) > (__u64)config.ring_bytes / 4 * 3)
		miss(c, n, TOTAL_LOST_SHARE);
	else if (n <= 128) COPY_INTO(128);
	else if (n <= 192) COPY_INTO(192);
	else if (n <= 288) COPY_INTO(288);
	else if (n <= 432) COPY_INTO(432);
	else if (n <= 640) COPY_INTO(640);
	else if (n <= 928) COPY_INTO(928);
	else if (n <= 1360) COPY_INTO(1360);
	else if (n <= 2032) COPY_INTO(2032);
	else if (n <= 3040) COPY_INTO(3040);
	else if (n <= 4544) COPY_INTO(4544);
	else if (n <= 6800) COPY_INTO(6800);
	else if (n <= 10192) COPY_INTO(10192);
	else COPY_INTO(CHUNK_MAX);
	c->source += n;
	c->head.stream_offset += n;
	c->left -= n;
	return 0;
}

/* Bytes of this process that may still lie in the ring, counted by halves of it: at most a quarter of the ring too many. */
static __always_inline __u64 ring_share(struct process *p)
{
	__u64 half = config.ring_bytes / 2;
	bool is_read = bpf_ringbuf_query(&payload, BPF_RB_CONS_POS) >= p->share_half * half;
	return p->share_now + (is_read ? 0 : p->share_before);
}

static __always_inline void add_share(struct process *p, __u64 bytes)
{
	__u64 half = config.ring_bytes / 2, now;
	if (!half) return;
	now = bpf_ringbuf_query(&payload, BPF_RB_PROD_POS) / half;
	if (now != p->share_half) {
		p->share_before = now == p->share_half + 1 ? p->share_now : 0;
		p->share_now = 0;
		p->share_half = now;
	}
	__sync_fetch_and_add(&p->share_now, bytes);
}
