/* Birth, exec and death of processes; makes process keys and keeps the process tree scope. */
#include "kernel.h"
#include "process.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

static __always_inline int fork_seen(struct task_struct *parent, struct task_struct *child)
{
	__u32 tgid = child->tgid, parent_tgid = parent->tgid;
	struct process *p, fresh = {};
	struct control_process *c;
	__u64 owner;
	if (tgid == parent_tgid) return 0; /* a thread */
	p = current_process();
	fresh.key = new_id(ID_PROCESS);
	fresh.start_ns = child->start_boottime;
	fresh.ppid = parent_tgid;
	if (p) {
		fresh.parent_key = p->key;
		fresh.flags = p->flags & (PROCESS_TREE | PROCESS_EXE);
		owner = bpf_get_current_uid_gid();
		fresh.uid = (__u32)owner;
		fresh.gid = owner >> 32;
	}
	if (bpf_map_update_elem(&processes, &tgid, &fresh, BPF_ANY)) {
		count(TOTAL_PROCESSES_FULL, 1);
		return 0;
	}
	c = bpf_ringbuf_reserve(&control, sizeof(*c), 0);
	if (!c) {
		count(TOTAL_CONTROL_LOST, 1);
		return 0;
	}
	fill_head(&c->head, CONTROL_FORK, fresh.parent_key, in_scope(&fresh));
	fill_process(c, &fresh);
	c->child_key = fresh.key;
	c->child_tgid = tgid;
	bpf_get_current_comm(c->comm, sizeof(c->comm));
	bpf_ringbuf_submit(c, BPF_RB_NO_WAKEUP);
	wake_reader();
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	guard();
	fork_seen(parent, child);
	unguard();
	return 0;
}

static __always_inline void fill_exec(struct control_exec *c, struct task_struct *task, struct linux_binprm *bprm)
{
	struct inode *inode = BPF_CORE_READ(bprm, file, f_inode);
	struct mm_struct *mm = task->mm;
	__u64 start = BPF_CORE_READ(mm, arg_start), total = BPF_CORE_READ(mm, arg_end) - start, n = total;
	long len = bpf_probe_read_kernel_str(c->filename, sizeof(c->filename), BPF_CORE_READ(bprm, filename));
	c->filename_len = len > 0 ? len : 0;
	c->process.ino = BPF_CORE_READ(inode, i_ino);
	c->process.dev = BPF_CORE_READ(inode, i_sb, s_dev);
	asm volatile("if %[n] <= 1024 goto +1\n%[n] = 1024" : [n] "+r"(n));
	c->args_total = total;
	c->args_len = bpf_probe_read_user(c->args, n, (void *)start) ? 0 : n;
	c->reserved_0 = 0;
}

static __always_inline int exec_seen(struct task_struct *task, __u32 old_tid, struct linux_binprm *bprm)
{
	__u64 owner = bpf_get_current_uid_gid(), old_key;
	__u32 tid = task->pid;
	struct process *p = current_process();
	struct control_exec *c;
	/* calls under way in the old program never return */
	bpf_map_delete_elem(&threads, &old_tid);
	bpf_map_delete_elem(&threads, &tid);
	if (!p) return 0;
	old_key = p->key;
	p->parent_key = old_key;
	p->key = new_id(ID_PROCESS);
	p->uid = (__u32)owner;
	p->gid = owner >> 32;
	p->ppid = BPF_CORE_READ(task, real_parent, tgid);
	c = bpf_ringbuf_reserve(&control, sizeof(*c), 0);
	if (!c) {
		count(TOTAL_CONTROL_LOST, 1);
		return 0;
	}
	fill_head(&c->process.head, CONTROL_EXEC, p->key, in_scope(p));
	fill_process(&c->process, p);
	bpf_get_current_comm(c->process.comm, sizeof(c->process.comm));
	fill_exec(c, task, bprm);
	bpf_ringbuf_submit(c, BPF_RB_NO_WAKEUP);
	wake_reader();
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_tid, struct linux_binprm *bprm)
{
	guard();
	exec_seen(task, old_tid, bprm);
	unguard();
	return 0;
}

static __always_inline int exit_seen(struct task_struct *task)
{
	__u32 tid = task->pid, tgid = task->tgid;
	struct process *p, gone;
	struct control_process *c;
	int code;
	bpf_map_delete_elem(&threads, &tid);
	if (BPF_CORE_READ(task, signal, live.counter)) return 0; /* other threads are left */
	p = bpf_map_lookup_elem(&processes, &tgid);
	if (!p) return 0;
	gone = *p;
	if (bpf_map_delete_elem(&processes, &tgid)) return 0; /* two last threads: one of them tells it */
	c = bpf_ringbuf_reserve(&control, sizeof(*c), 0);
	if (!c) {
		count(TOTAL_CONTROL_LOST, 1);
		return 0;
	}
	fill_head(&c->head, CONTROL_EXIT, gone.key, in_scope(&gone));
	fill_process(c, &gone);
	bpf_get_current_comm(c->comm, sizeof(c->comm));
	code = BPF_CORE_READ(task, signal, group_exit_code);
	c->wait_status = code ? code : task->exit_code;
	bpf_ringbuf_submit(c, BPF_RB_NO_WAKEUP);
	wake_reader();
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	guard();
	exit_seen(task);
	unguard();
	return 0;
}

/* The first pass: every process that runs already. Scope is set by user space after it. */
SEC("iter/task")
int seen_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *t = ctx->task; /* read once: a second read is unchecked again for the verifier */
	struct process fresh = {};
	struct control_process *c;
	__u32 tgid;
	if (!t || t->pid != t->tgid || t->flags & PF_KTHREAD) return 0;
	if (!BPF_CORE_READ(t, signal, live.counter)) return 0;
	tgid = t->tgid;
	fresh.key = new_id(ID_PROCESS);
	fresh.start_ns = t->start_boottime;
	fresh.ppid = BPF_CORE_READ(t, real_parent, tgid);
	fresh.uid = BPF_CORE_READ(t, cred, uid.val);
	fresh.gid = BPF_CORE_READ(t, cred, gid.val);
	if (bpf_map_update_elem(&processes, &tgid, &fresh, BPF_NOEXIST)) return 0;
	c = bpf_ringbuf_reserve(&control, sizeof(*c), 0);
	if (!c) {
		count(TOTAL_CONTROL_LOST, 1);
		return 0;
	}
	fill_head(&c->head, CONTROL_SEEN, fresh.key, in_scope(&fresh));
	c->head.tgid = c->head.tid = tgid;
	c->head.cgroup_id = 0;
	fill_process(c, &fresh);
	BPF_CORE_READ_INTO(&c->comm, t, comm);
	bpf_ringbuf_submit(c, BPF_RB_NO_WAKEUP);
	wake_reader();
	return 0;
}

/* PID namespaces are at most so deep (MAX_PID_NS_LEVEL). */
enum { NAMESPACES_MAX = 33 };

struct named { __u32 typed, tgid; };

/* The number that a task has in the sensor's own PID namespace; 0 when it is not visible there. */
static __always_inline __u32 number_here(struct task_struct *t)
{
	struct pid *pid = BPF_CORE_READ(t, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);
	void *numbers = (void *)pid + bpf_core_field_offset(struct pid, numbers);
	for (__u32 i = 0; i < NAMESPACES_MAX && i <= level; i++) {
		struct upid *at = numbers + i * bpf_core_type_size(struct upid);
		if (BPF_CORE_READ(at, ns, ns.inum) == config.pid_namespace) return BPF_CORE_READ(at, nr);
	}
	return 0;
}

/* Every process that is visible in the sensor's PID namespace: what it is called there, and what the kernel calls it. */
SEC("iter/task")
int named_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *t = ctx->task;
	struct seq_file *seq = ctx->meta->seq;
	struct named named;
	if (!t || t->pid != t->tgid) return 0;
	named.typed = number_here(t);
	named.tgid = t->tgid;
	if (named.typed) bpf_seq_write(seq, &named, sizeof(named));
	return 0;
}
