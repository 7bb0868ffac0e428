/* What a send or receive of a thread that makes TLS calls says about the connection's socket. */
#pragma once
#include "connection.h"

enum { AFTER_MAX_NS = 100 * 1000 * 1000 };

/* `cookie` names the socket; it is never used for another one. */
static __always_inline bool endpoints_of(struct sock *sk, __u64 cookie, struct endpoints *e)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	__builtin_memset(e, 0, sizeof(*e));
	if (BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP) return false;
	if (family == AF_INET) {
		__be32 local = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr), remote = BPF_CORE_READ(sk, __sk_common.skc_daddr);
		__builtin_memcpy(e->local_ip, &local, 4);
		__builtin_memcpy(e->remote_ip, &remote, 4);
		e->family = 4;
	} else if (family == AF_INET6) {
		BPF_CORE_READ_INTO(&e->local_ip, sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8);
		BPF_CORE_READ_INTO(&e->remote_ip, sk, __sk_common.skc_v6_daddr.in6_u.u6_addr8);
		e->family = 6;
	} else {
		return false;
	}
	e->cookie = cookie;
	e->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	e->remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	/* inherited from the listening socket; 0 where none listened */
	e->accepted = BPF_CORE_READ(sk, sk_max_ack_backlog) > 0;
	return cookie != 0;
}

/* The user's buffer of a system call, the first one where there are several; 0 unknown (io_uring). */
static __always_inline __u64 buffer_of(long nr, __u64 at)
{
	struct iovec first = {};
	if (nr == NR_read || nr == NR_write || nr == NR_recvfrom || nr == NR_sendto) return at;
	if (nr == NR_recvmsg || nr == NR_sendmsg) {
		struct user_msghdr m = {};
		if (bpf_probe_read_user(&m, sizeof(m), (void *)at)) return 0;
		at = m.iov;
	} else if (nr != NR_readv && nr != NR_writev) {
		return 0;
	}
	return bpf_probe_read_user(&first, sizeof(first), (void *)at) ? 0 : first.base;
}

/* Begins with the header of a TLS record: type 20 to 23, version 3.0 to 3.4. */
static __always_inline bool is_tls(__u64 at)
{
	__u8 head[3] = {};
	if (!at || bpf_probe_read_user(head, sizeof(head), (void *)at)) return false;
	return head[0] >= 20 && head[0] <= 23 && head[1] == 3 && head[2] <= 4;
}

/* Inside a TLS call: its frames learn the socket. */
static __always_inline void nested(struct thread *t, struct endpoints *e)
{
	bool other = t->peer.cookie != e->cookie;
	if (other) t->peer = *e;
#pragma unroll
	for (__u32 i = 0; i < MAX_DEPTH; i++) {
		if (i >= t->depth) break;
		t->frames[i].nested = !t->frames[i].nested ? 1 : other ? 2 : t->frames[i].nested;
	}
}

/* Outside of TLS calls: records that were sent are those of the object that wrote last, if only one did. */
static __always_inline void sent(struct thread *t, struct endpoints *e, __u64 buffer)
{
	struct connection_key key = { .process_key = t->process_key, .object = t->after_object };
	bool clear = !t->after_several && bpf_ktime_get_boot_ns() - t->after_ns < AFTER_MAX_NS;
	struct connection *k;
	if (!is_tls(buffer)) return;
	t->after_object = 0;
	t->after_several = 0;
	k = clear ? bpf_map_lookup_elem(&connections, &key) : 0;
	if (k) bind_connection(k, &key, e, BINDING_AFTER);
}

/* Outside of TLS calls: records that were received go to the next TLS call that reads. */
static __always_inline void received(struct thread *t, struct endpoints *e, __u64 buffer)
{
	t->before_ns = is_tls(buffer) ? bpf_ktime_get_boot_ns() : 0;
	if (t->before_ns) t->before = *e;
}
