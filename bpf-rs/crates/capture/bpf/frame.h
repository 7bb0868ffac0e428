/* Calls under way on a thread: pushed at entry, found again at return by their stack pointer. */
#pragma once
#include "call.h"
#include "process.h"

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
