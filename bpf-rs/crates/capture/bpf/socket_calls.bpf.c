/* The same as socket.bpf.c for kernels without its tracepoints: at the system calls themselves, by descriptor. Any
 * tracepoint on a system call makes every system call a little slower, so this is the second choice. */
#include "kernel.h"
#include "socket.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum { S_IFMT = 0170000, S_IFSOCK = 0140000 };

struct enter_context { __u64 common; int nr, reserved; __u64 args[6]; };
struct leave_context { __u64 common; int nr, reserved; long result; };

/* Cookies are given on request only; until then the socket's address has to do, which may be used again later. */
static __always_inline bool endpoints_of_descriptor(int fd, struct endpoints *e)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **slots = BPF_CORE_READ(table, fd), *file = 0;
	struct socket *socket;
	struct sock *sk;
	if (fd < 0 || (__u32)fd >= BPF_CORE_READ(table, max_fds)) return false;
	if (bpf_probe_read_kernel(&file, sizeof(file), slots + fd) || !file) return false;
	if ((BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK) return false;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	return sk && endpoints_of(sk, (__u64)sk, e);
}

static __always_inline struct thread *known_thread(void)
{
	__u32 tid = (__u32)bpf_get_current_pid_tgid();
	return bpf_map_lookup_elem(&threads, &tid);
}

static __always_inline int send_begins(struct enter_context *ctx)
{
	struct thread *t = known_thread();
	struct endpoints e;
	if (!t || (!t->depth && !t->after_object)) return 0;
	if (!endpoints_of_descriptor(ctx->args[0], &e)) return 0;
	if (t->depth)
		nested(t, &e);
	else
		sent(t, &e, buffer_of(ctx->nr, ctx->args[1]));
	return 0;
}

static __always_inline int receive_begins(struct enter_context *ctx)
{
	struct thread *t = known_thread();
	struct endpoints e;
	if (!t) return 0;
	if (t->depth) {
		if (endpoints_of_descriptor(ctx->args[0], &e)) nested(t, &e);
		return 0;
	}
	t->receive_fd = ctx->args[0];
	t->receive_at = ctx->args[1];
	return 0;
}

static __always_inline int receive_ends(struct leave_context *ctx)
{
	struct thread *t = known_thread();
	struct endpoints e;
	__u64 at;
	if (!t || t->depth || !t->receive_at) return 0;
	at = t->receive_at;
	t->receive_at = 0;
	if (ctx->result > 0 && endpoints_of_descriptor(t->receive_fd, &e)) received(t, &e, buffer_of(ctx->nr, at));
	return 0;
}

SEC("tracepoint")
int on_send_call(struct enter_context *ctx)
{
	guard();
	send_begins(ctx);
	unguard();
	return 0;
}

SEC("tracepoint")
int on_receive_call(struct enter_context *ctx)
{
	guard();
	receive_begins(ctx);
	unguard();
	return 0;
}

SEC("tracepoint")
int on_receive_return(struct leave_context *ctx)
{
	guard();
	receive_ends(ctx);
	unguard();
	return 0;
}
