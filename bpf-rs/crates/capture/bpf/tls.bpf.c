/* Calls of TLS libraries: what they moved, on which connection. One program for entries, one for returns; the attach
 * cookie says which function it is. */
#include "kernel.h"
#include "call.h"
#include "capture.h"
#include "frame.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Puts the published types into the object's BTF, from which ffi/layout.ts is made. */
const struct record *layout_of_record __attribute__((unused)) = 0;
const struct verdict *layout_of_verdict __attribute__((unused)) = 0;
const enum record_kind *layout_of_kind __attribute__((unused)) = 0;
const enum record_flag *layout_of_flag __attribute__((unused)) = 0;
const enum direction *layout_of_direction __attribute__((unused)) = 0;
const enum binding *layout_of_binding __attribute__((unused)) = 0;
const enum verdict_level *layout_of_level __attribute__((unused)) = 0;

enum { BEFORE_MAX_NS = 100 * 1000 * 1000 };

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
	if (!p || !in_scope_now(p)) {
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
