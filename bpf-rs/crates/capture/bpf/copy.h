/* Copies the bytes of one call into the payload ring: chunks of 16 KiB, each in the smallest record class that holds it. */
#pragma once
#include "connection.h"

enum { CHUNK_MAX = 16384, CHUNKS_PER_CALL = 256 };

/* A hole that ended inside this call and cannot grow any more. */
static __noinline int end_hole(struct copying *c)
{
	struct control_loss *l;
	if (!c || !c->hole.bytes) return 0;
	l = bpf_ringbuf_reserve(&control, sizeof(*l), 0);
	if (l) {
		fill_head(&l->head, CONTROL_LOSS, c->head.process_key, 1);
		l->conn_id = c->head.conn_id;
		l->offset = c->hole.offset;
		l->bytes = c->hole.bytes;
		l->direction = c->head.direction;
		l->reason = c->hole.reason;
		bpf_ringbuf_submit(l, BPF_RB_NO_WAKEUP);
		wake_reader();
	} else {
		count(TOTAL_CONTROL_LOST, 1);
	}
	c->hole.bytes = 0;
	return 0;
}

static __noinline int miss(struct copying *c, __u64 n, __u64 reason)
{
	if (!c) return 0;
	if (c->hole.bytes && (c->hole.reason != reason || c->hole.offset + c->hole.bytes != c->head.stream_offset)) end_hole(c);
	if (!c->hole.bytes) {
		c->hole.offset = c->head.stream_offset;
		c->hole.reason = reason;
	}
	c->hole.bytes += n;
	return 0;
}

static __always_inline void fill_header(struct record *h, struct copying *c, __u32 n)
{
	*h = c->head;
	h->len = sizeof(*h) + ((n + 7) & ~7u);
	h->data_len = n;
	if (c->left > n) h->flags |= FLAG_MORE;
}

/* One record of a class; gives its size in the ring, or a negative reason. The bound is written in assembly: the compiler
 * would split the length over two registers and the verifier lose it. */
#define COPY_INTO(SIZE)                                                                            \
	({                                                                                         \
		struct { struct record h; char data[SIZE]; } *r;                                   \
		__u64 len = n;                                                                     \
		long used = -TOTAL_LOST_RING_FULL;                                                 \
		r = bpf_ringbuf_reserve(&payload, sizeof(*r), 0);                                  \
		if (r) {                                                                           \
			asm volatile("if %[l] <= %[max] goto +1\n%[l] = %[max]" : [l] "+r"(len) : [max] "i"(SIZE)); \
			if (bpf_probe_read_user(r->data, len, (void *)c->source)) {                \
				bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);                          \
				used = -TOTAL_LOST_READ_FAULT;                                     \
			} else {                                                                   \
				fill_header(&r->h, c, n);                                          \
				bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);                           \
				used = sizeof(*r) + 8;                                             \
			}                                                                          \
		}                                                                                  \
		used;                                                                              \
	})

static __noinline long copy_record(struct copying *c, __u32 n)
{
	if (!c) return -TOTAL_LOST_RING_FULL;
	if (n <= 128) return COPY_INTO(128);
	if (n <= 192) return COPY_INTO(192);
	if (n <= 288) return COPY_INTO(288);
	if (n <= 432) return COPY_INTO(432);
	if (n <= 640) return COPY_INTO(640);
	if (n <= 928) return COPY_INTO(928);
	if (n <= 1360) return COPY_INTO(1360);
	if (n <= 2032) return COPY_INTO(2032);
	if (n <= 3040) return COPY_INTO(3040);
	if (n <= 4544) return COPY_INTO(4544);
	if (n <= 6800) return COPY_INTO(6800);
	if (n <= 10192) return COPY_INTO(10192);
	return COPY_INTO(CHUNK_MAX);
}

struct loop { struct copying *c; };

static long copy_chunk(__u32 index, struct loop *loop)
{
	struct copying *c = loop->c;
	__u32 n;
	long used;
	if (!c->left) return 1;
	n = c->left > CHUNK_MAX ? CHUNK_MAX : c->left;
	if (c->over_share && bpf_ringbuf_query(&payload, BPF_RB_AVAIL_DATA) > (__u64)config.ring_bytes / 4 * 3) {
		c->lost_share += n;
		miss(c, n, TOTAL_LOST_SHARE);
	} else {
		used = copy_record(c, n);
		if (used > 0) {
			end_hole(c);
			c->captured += n;
			c->ring_used += used;
			c->records++;
		} else if (used == -TOTAL_LOST_READ_FAULT) {
			c->lost_read_fault += n;
			c->head.flags |= FLAG_READ_FAULT;
			miss(c, n, TOTAL_LOST_READ_FAULT);
		} else {
			c->lost_ring_full += n;
			miss(c, n, TOTAL_LOST_RING_FULL);
		}
	}
	wake_reader();
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
