/* What user space asks for, run on its own thread. Values are changed in place, since the other programs change them too. */
#include "kernel.h"
#include "connection.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct verdict_request { struct connection_key key; __u64 conn_id; __u64 sent_offset; __u32 level; __u32 reserved_0; };

/* Gives 1 when the verdict holds from now on; 0 when the connection is gone, or moved on since. */
SEC("syscall")
int set_verdict(struct verdict_request *request)
{
	struct connection_key key = request->key;
	__u32 level = request->level;
	struct connection *k = bpf_map_lookup_elem(&connections, &key);
	if (!k || k->id != request->conn_id || k->end[0] > request->sent_offset) return 0;
	/* a connection that was open before us may yet show what it is */
	if (level == VERDICT_STOP && k->flags & CONNECTION_JOINED_LATE) level = VERDICT_HEADS;
	k->level = level;
	return 1;
}

SEC("syscall")
int end_connection(struct connection_key *request)
{
	struct connection_key key = *request;
	return close_connection(&key);
}

struct scope_request { __u32 tgid, set, clear, reserved_0; };

/* Gives 1 when the process is known. */
SEC("syscall")
int set_scope(struct scope_request *request)
{
	__u32 tgid = request->tgid;
	struct process *p = bpf_map_lookup_elem(&processes, &tgid);
	if (!p) return 0;
	p->flags = (p->flags | request->set) & ~request->clear;
	return 1;
}
