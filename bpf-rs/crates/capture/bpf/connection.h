/* Connections: made at their first use, bound to a socket, told, closed. */
#pragma once
#include "process.h"

static __always_inline void fill_connection(struct control_connection *c, struct connection *k, __u64 object)
{
	c->conn_id = k->id;
	c->object = object;
	c->sent_end = k->end[0];
	c->received_end = k->end[1];
	c->seen_bytes = k->seen_bytes;
	c->captured_bytes = k->captured_bytes;
	c->skipped_bytes = k->skipped_bytes;
	c->lost_bytes = k->lost_bytes;
	c->endpoints = k->endpoints;
	c->library = k->library;
	c->binding = k->binding;
	c->joined_late = !!(k->flags & CONNECTION_JOINED_LATE);
}

static __noinline int tell_connection(struct connection *k, struct connection_key *key, __u32 kind)
{
	struct control_connection *c;
	if (!k || !key) return 0;
	c = bpf_ringbuf_reserve(&control, sizeof(*c), 0);
	if (!c) {
		count(TOTAL_CONTROL_LOST, 1);
		return 0;
	}
	fill_head(&c->head, kind, key->process_key, 1);
	c->head.tgid = k->tgid; /* who closes may be somebody else */
	fill_connection(c, k, key->object);
	bpf_ringbuf_submit(c, BPF_RB_NO_WAKEUP);
	wake_reader();
	return 0;
}

/* The connection of a key; made when it is not there, 0 when there is no room. `late`: its beginning was not seen. */
static __noinline struct connection *connection_of(struct connection_key *key, __u32 library, __u32 late)
{
	struct connection *k = bpf_map_lookup_elem(&connections, key);
	__u32 zero = 0;
	struct blank *empty;
	if (k) return k;
	empty = bpf_map_lookup_elem(&blank, &zero);
	if (!empty || bpf_map_update_elem(&connections, key, empty, BPF_NOEXIST)) return 0;
	k = bpf_map_lookup_elem(&connections, key);
	if (!k) return 0;
	k->library = library;
	k->flags = late;
	k->tgid = bpf_get_current_pid_tgid() >> 32;
	k->id = new_id(ID_CONNECTION);
	count(TOTAL_CONNECTIONS, 1);
	tell_connection(k, key, CONTROL_OPENED);
	return k;
}

static __noinline int tell_hole(struct connection *k, struct connection_key *key, __u32 which)
{
	struct control_loss *c;
	struct hole *hole;
	if (!k || !key) return 0;
	hole = &k->hole[which & 1];
	if (!hole->bytes) return 0;
	c = bpf_ringbuf_reserve(&control, sizeof(*c), 0);
	if (!c) {
		count(TOTAL_CONTROL_LOST, 1);
		return 0;
	}
	fill_head(&c->head, CONTROL_LOSS, key->process_key, 1);
	c->head.tgid = k->tgid;
	c->conn_id = k->id;
	c->offset = hole->offset;
	c->bytes = hole->bytes;
	c->direction = (which & 1) + 1;
	c->reason = hole->reason;
	hole->bytes = 0;
	bpf_ringbuf_submit(c, BPF_RB_NO_WAKEUP);
	wake_reader();
	return 0;
}

/* Ends a connection. Two threads may free the same object at once: one of them tells it. */
static __noinline int close_connection(struct connection_key *key)
{
	struct connection *k = bpf_map_lookup_elem(&connections, key);
	__u64 cookie;
	if (!k || __sync_fetch_and_or(&k->flags, CONNECTION_CLOSED) & CONNECTION_CLOSED) return 0;
	cookie = k->endpoints.cookie;
	if (cookie) bpf_map_delete_elem(&sockets, &cookie);
	tell_hole(k, key, 0);
	tell_hole(k, key, 1);
	tell_connection(k, key, CONTROL_CLOSED);
	bpf_map_delete_elem(&connections, key);
	return 1;
}

/* Ties a connection to a socket. What was found by circumstance (after, before) never takes a socket that another
 * connection has. */
static __always_inline int bind_connection(struct connection *k, struct connection_key *key, struct endpoints *e, __u8 how)
{
	__u64 cookie = e->cookie;
	if (k->binding) return 0;
	if (how == BINDING_NESTED) {
		bpf_map_update_elem(&sockets, &cookie, key, BPF_ANY);
	} else if (bpf_map_update_elem(&sockets, &cookie, key, BPF_NOEXIST)) {
		struct connection_key *other = bpf_map_lookup_elem(&sockets, &cookie);
		if (other && bpf_map_lookup_elem(&connections, other)) return 0;
		bpf_map_update_elem(&sockets, &cookie, key, BPF_ANY);
	}
	k->endpoints = *e;
	k->binding = how;
	if (e->accepted) k->flags |= CONNECTION_ACCEPTED;
	tell_connection(k, key, CONTROL_BOUND);
	return 1;
}
