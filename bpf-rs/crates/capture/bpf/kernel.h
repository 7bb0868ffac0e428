/* The few kernel types that the programs read. Offsets are relocated at load time (CO-RE), so only names and types
 * matter here, not the layout. No system header and no vmlinux.h: the build needs nothing of the build machine. */
#pragma once
#define __VMLINUX_H__ /* tells bpf_tracing.h which register names we use */

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16, __le16;
typedef __u32 __be32, __le32, __wsum;
typedef __u64 __be64;
typedef _Bool bool;
#define true 1
#define false 0

/* numbers of the user interface, which never change */
enum { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_ARRAY = 2, BPF_MAP_TYPE_PERCPU_ARRAY = 6, BPF_MAP_TYPE_LRU_HASH = 9 };
enum { BPF_MAP_TYPE_RINGBUF = 27 };
enum { BPF_ANY = 0, BPF_NOEXIST = 1, BPF_EXIST = 2 };
enum { BPF_F_MMAPABLE = 1 << 10 };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };
enum { BPF_RB_AVAIL_DATA = 0, BPF_RB_RING_SIZE = 1, BPF_RB_CONS_POS = 2, BPF_RB_PROD_POS = 3 };
enum { AF_INET = 2, AF_INET6 = 10, IPPROTO_TCP = 6 };
enum { PF_KTHREAD = 0x00200000 };

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#define RELOCATED __attribute__((preserve_access_index))

struct super_block { __u32 s_dev; } RELOCATED;
struct inode { __u16 i_mode; unsigned long i_ino; struct super_block *i_sb; } RELOCATED;
struct file { struct inode *f_inode; void *private_data; } RELOCATED;
struct fdtable { __u32 max_fds; struct file **fd; } RELOCATED;
struct files_struct { struct fdtable *fdt; } RELOCATED;
struct linux_binprm { struct file *file; const char *filename; } RELOCATED;
typedef struct { __u32 val; } kuid_t;
typedef struct { __u32 val; } kgid_t;
struct cred { kuid_t uid; kgid_t gid; } RELOCATED;
struct mm_struct { unsigned long arg_start, arg_end; } RELOCATED;
typedef struct { int counter; } atomic_t;
struct signal_struct { atomic_t live; int group_exit_code; } RELOCATED;
struct ns_common { unsigned int inum; } RELOCATED;
struct pid_namespace { struct ns_common ns; } RELOCATED;
struct upid { int nr; struct pid_namespace *ns; } RELOCATED;
struct pid { unsigned int level; struct upid numbers[1]; } RELOCATED;
struct task_struct {
	struct pid *thread_pid;
	int pid, tgid, exit_code;
	unsigned int flags;
	__u64 start_boottime;
	struct task_struct *real_parent, *group_leader;
	struct signal_struct *signal;
	struct mm_struct *mm;
	struct files_struct *files;
	const struct cred *cred;
	char comm[16];
} RELOCATED;

struct in6_addr { union { __u8 u6_addr8[16]; } in6_u; } RELOCATED;
struct sock_common {
	__u16 skc_family, skc_num;
	__be16 skc_dport;
	__be32 skc_daddr, skc_rcv_saddr;
	struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
} RELOCATED;
struct sock { struct sock_common __sk_common; __u16 sk_protocol; __u32 sk_max_ack_backlog; } RELOCATED;

struct socket { struct sock *sk; } RELOCATED;

struct seq_file;
struct bpf_iter_meta { struct seq_file *seq; } RELOCATED;
struct bpf_iter__task { struct bpf_iter_meta *meta; struct task_struct *task; } RELOCATED;

/* user space's own structures, not relocated */
struct iovec { __u64 base, len; };
struct user_msghdr { __u64 name; __u32 namelen, pad; __u64 iov; };

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
} RELOCATED;
/* a return probe sees the stack without the return address */
#define ENTRY_SP_AT_RETURN(ctx) (PT_REGS_SP(ctx) - 8)
#define SYSCALL_NUMBER(regs) ((regs)->orig_ax)
#define SYSCALL_ARG1(regs) ((regs)->di)
#define SYSCALL_ARG2(regs) ((regs)->si)
enum { NR_read = 0, NR_write = 1, NR_readv = 19, NR_writev = 20, NR_sendto = 44, NR_recvfrom = 45, NR_sendmsg = 46, NR_recvmsg = 47 };
#elif defined(__TARGET_ARCH_arm64)
struct user_pt_regs { __u64 regs[31]; __u64 sp; __u64 pc; __u64 pstate; } RELOCATED;
struct pt_regs {
	union { struct user_pt_regs user_regs; struct { __u64 regs[31]; __u64 sp; __u64 pc; __u64 pstate; }; };
	__u64 orig_x0;
	int syscallno;
} RELOCATED;
#define ENTRY_SP_AT_RETURN(ctx) PT_REGS_SP(ctx)
#define SYSCALL_NUMBER(regs) ((regs)->syscallno)
#define SYSCALL_ARG1(regs) ((regs)->orig_x0)
#define SYSCALL_ARG2(regs) ((regs)->regs[1])
enum { NR_readv = 65, NR_writev = 66, NR_read = 63, NR_write = 64, NR_sendto = 206, NR_recvfrom = 207, NR_sendmsg = 211, NR_recvmsg = 212 };
#else
#error "add the registers of this architecture"
#endif
