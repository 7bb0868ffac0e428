/* Scope by the program's path, decided at the exec itself: a program that is over before user space has looked at it is seen
 * from its first call on. An object of its own: where it does not load, user space decides, later. */
#include "kernel.h"
#include "process.h"
#include "glob.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

static __always_inline struct path_text *path_of(__u32 tid)
{
	__u32 zero = 0;
	struct path_text *empty = bpf_map_lookup_elem(&blank_path, &zero);
	if (!empty || bpf_map_update_elem(&paths, &tid, empty, BPF_ANY)) return 0;
	return bpf_map_lookup_elem(&paths, &tid);
}

static __always_inline int decide_exec(struct task_struct *task, struct linux_binprm *bprm)
{
	__u32 zero = 0, tid = task->pid;
	struct settings *s = bpf_map_lookup_elem(&settings, &zero);
	struct path_text *path;
	struct process *p;
	bool is_match = false;
	if (!s || !s->globs || is_own()) return 0;
	p = current_process();
	path = path_of(tid);
	if (!p || !path) return 0;
	if (read_path(path, BPF_CORE_READ(bprm, file))) is_match = matches_any(path, s->globs);
	bpf_map_delete_elem(&paths, &tid);
	if (is_match)
		p->flags |= PROCESS_EXE;
	else
		p->flags &= ~PROCESS_EXE;
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec_scope, struct task_struct *task, int old_tid, struct linux_binprm *bprm)
{
	guard();
	decide_exec(task, bprm);
	unguard();
	return 0;
}

/* For the test that compares both matchers: the path lies in the map under 0, which is no thread. */
SEC("syscall")
int match_path(void *ctx)
{
	__u32 zero = 0;
	struct path_text *path = bpf_map_lookup_elem(&paths, &zero);
	struct settings *s = bpf_map_lookup_elem(&settings, &zero);
	return path && s ? matches_any(path, s->globs) : 0;
}
