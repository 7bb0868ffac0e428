/* Which socket carries a TLS connection, seen at the end of each send and receive. These tracepoints (Linux 6.3) fire
 * for sockets only, so that other system calls cost nothing more. */
#include "kernel.h"
#include "socket.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

static __always_inline __u64 buffer_of_call(void)
{
	struct pt_regs *regs = (void *)bpf_task_pt_regs((void *)bpf_get_current_task_btf());
	return buffer_of(SYSCALL_NUMBER(regs), SYSCALL_ARG2(regs));
}

static __always_inline int socket_used(struct sock *sk, int result, bool is_send)
{
	__u32 tid = (__u32)bpf_get_current_pid_tgid();
	struct thread *t = bpf_map_lookup_elem(&threads, &tid);
	struct endpoints e;
	if (!t) return 0;
	if (!t->depth && (is_send ? !t->after_object : result <= 0)) return 0;
	if (!endpoints_of(sk, bpf_get_socket_cookie(sk), &e)) return 0;
	if (t->depth)
		nested(t, &e);
	else if (is_send)
		sent(t, &e, buffer_of_call());
	else
		received(t, &e, buffer_of_call());
	return 0;
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(on_send, struct sock *sk, int result, int flags)
{
	guard();
	socket_used(sk, result, true);
	unguard();
	return 0;
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(on_receive, struct sock *sk, int result, int flags)
{
	guard();
	socket_used(sk, result, false);
	unguard();
	return 0;
}
