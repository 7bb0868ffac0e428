/* Which program run a task belongs to, and whether it is looked at. */
#pragma once
#include "kernel.h"
#include "state.h"

static __always_inline bool is_own(void)
{
	return (__u32)(bpf_get_current_pid_tgid() >> 32) == config.own_tgid;
}

static __always_inline bool in_scope(struct process *p)
{
	__u32 zero = 0, uid;
	struct settings *s;
	if (p->flags & (PROCESS_TREE | PROCESS_PID | PROCESS_EXE)) return true;
	s = bpf_map_lookup_elem(&settings, &zero);
	if (!s) return false;
	if (s->whole_machine) return true;
	if (!s->uids_used) return false;
	uid = p->uid;
	return bpf_map_lookup_elem(&uids, &uid) != 0;
}

/* The same for the current process, at a call: it may have become another user since its last exec. */
static __always_inline bool in_scope_now(struct process *p)
{
	__u64 owner;
	__u32 zero = 0;
	struct settings *s = bpf_map_lookup_elem(&settings, &zero);
	if (s && s->uids_used) {
		owner = bpf_get_current_uid_gid();
		p->uid = (__u32)owner;
		p->gid = owner >> 32;
	}
	return in_scope(p);
}

static __always_inline void fill_head(struct control_head *h, __u32 kind, __u64 process_key, __u32 scoped)
{
	__u64 id = bpf_get_current_pid_tgid();
	h->kind = kind;
	h->in_scope = scoped;
	h->time_ns = bpf_ktime_get_boot_ns();
	h->tgid = id >> 32;
	h->tid = (__u32)id;
	h->process_key = process_key;
	h->cgroup_id = bpf_get_current_cgroup_id();
}

static __always_inline void fill_process(struct control_process *c, struct process *p)
{
	c->parent_key = p->parent_key;
	c->start_ns = p->start_ns;
	c->child_key = 0;
	c->child_tgid = 0;
	c->ppid = p->ppid;
	c->uid = p->uid;
	c->gid = p->gid;
	c->wait_status = 0;
	c->dev = 0;
	c->ino = 0;
}

/* A program run that is not known (its fork was before us and the first pass missed it) is made up now and told as `seen`. */
static __noinline struct process *unknown_process(__u32 tgid)
{
	__u64 owner = bpf_get_current_uid_gid();
	struct task_struct *t = (void *)bpf_get_current_task_btf();
	struct process fresh = {}, *p;
	struct control_process *c;
	fresh.key = new_id(ID_PROCESS);
	fresh.uid = (__u32)owner;
	fresh.gid = owner >> 32;
	fresh.start_ns = BPF_CORE_READ(t, group_leader, start_boottime);
	fresh.ppid = BPF_CORE_READ(t, real_parent, tgid);
	if (bpf_map_update_elem(&processes, &tgid, &fresh, BPF_NOEXIST)) {
		p = bpf_map_lookup_elem(&processes, &tgid);
		if (!p) count(TOTAL_PROCESSES_FULL, 1);
		return p;
	}
	c = bpf_ringbuf_reserve(&control, sizeof(*c), 0);
	if (c) {
		fill_head(&c->head, CONTROL_SEEN, fresh.key, in_scope(&fresh));
		fill_process(c, &fresh);
		bpf_get_current_comm(c->comm, sizeof(c->comm));
		bpf_ringbuf_submit(c, BPF_RB_NO_WAKEUP);
		wake_reader();
	} else {
		count(TOTAL_CONTROL_LOST, 1);
	}
	return bpf_map_lookup_elem(&processes, &tgid);
}

/* The program run of the current task; 0 only when the map is full. */
static __always_inline struct process *current_process(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct process *p = bpf_map_lookup_elem(&processes, &tgid);
	return p ? p : unknown_process(tgid);
}
