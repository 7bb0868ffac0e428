/* The id under which the kernel knows this process: inside a PID namespace it is not getpid(). Loaded before any
 * program that could see us, so that it can be denied. */
#include "kernel.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("syscall")
int own_tgid(void *ctx)
{
	return bpf_get_current_pid_tgid() >> 32;
}
