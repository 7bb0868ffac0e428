/*
 * Entry stub of the one-file program (Linux, x86_64, glibc).
 *
 * The build adds it to the Deno executable as one more PT_LOAD and points e_entry to it, so the dynamic loader runs it instead
 * of `_start`. It
 *   1. copies the program's modules and the native library from this very file into sealed memfds,
 *   2. lays out a new argc/argv/envp block: `run <fixed flags> /proc/self/fd/N <user's arguments>`, and an environment without
 *      the names that steer Deno itself,
 *   3. saves what Deno changes at start (signal mask, ignored signals, NOFILE limits) for the programs that `oisp run` starts,
 *   4. blocks SIGUSR1: Deno opens a debugger port on it,
 *   5. goes on at the real `_start`, on a stack that looks as if the kernel had made it so.
 *
 * No second exec: file capabilities survive, nothing is extracted, and /proc/self/environ stays the environment of the start.
 */
typedef unsigned long u64;
typedef unsigned int u32;
typedef long i64;

enum { SYS_open = 2, SYS_close = 3, SYS_mmap = 9, SYS_rt_sigaction = 13, SYS_rt_sigprocmask = 14, SYS_pwrite64 = 18,
       SYS_sendfile = 40, SYS_write = 1, SYS_fcntl = 72, SYS_getrlimit = 97, SYS_exit_group = 231, SYS_memfd_create = 319 };
enum { O_CLOEXEC = 0x80000, MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2, MFD_NOEXEC_SEAL = 8, F_DUPFD_CLOEXEC = 1030,
       F_ADD_SEALS = 1033, SEAL_SEAL = 1, SEAL_SHRINK = 2, SEAL_GROW = 4, SEAL_WRITE = 8, SIG_BLOCK = 0, SIGUSR1 = 10,
       NSIG = 64, RLIMIT_NOFILE = 7, EXIT_NOT_POSSIBLE = 69 };
/* Descriptors start here, so that a closed stdin is not filled by one of ours. */
enum { FIRST_FD = 100, FIRST_FD_SMALL = 3, FD_DIGITS = 8, MAX_BLOBS = 512, STRINGS_BYTES = 65536 };

/* A file inside this file. */
struct blob { u64 offset, length; };
/* Place in a blob where the descriptor number of another blob is to be written, FD_DIGITS wide: "123?0000". */
struct patch { u32 blob, target; u64 offset; };

/* Written by scripts/one_file/inject.ts; the offsets count from the start of this struct. */
struct parameters {
  u64 vaddr;       /* of this struct, to find the load bias */
  u64 entry;       /* the real _start */
  u64 environ_got; /* GOT slot that holds the address of glibc's `environ` */
  u64 blob_count, blobs;
  u64 patch_count, patches;
  u64 arguments;   /* NUL-ended texts, then an empty one */
  u64 settings;    /* the same: NAME=value */
  u64 removed;     /* the same: beginnings of names that are not passed on */
};
extern const struct parameters parameters __attribute__((visibility("hidden")));

static i64 syscall6(i64 number, i64 a, i64 b, i64 c, i64 d, i64 e, i64 f) {
  i64 result;
  register i64 r10 __asm__("r10") = d;
  register i64 r8 __asm__("r8") = e;
  register i64 r9 __asm__("r9") = f;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

static u64 length_of(const char *text) {
  u64 length = 0;
  while (text[length]) length++;
  return length;
}

static void fail(const char *message) {
  syscall6(SYS_write, 2, (i64)message, (i64)length_of(message), 0, 0, 0);
  syscall6(SYS_exit_group, EXIT_NOT_POSSIBLE, 0, 0, 0, 0, 0);
}

static int begins_with(const char *text, const char *start) {
  while (*start)
    if (*text++ != *start++) return 0;
  return 1;
}

static char *append(char *to, const char *text) {
  while (*text) *to++ = *text++;
  *to = 0;
  return to;
}

static char *append_number(char *to, u64 value, u64 base) {
  char digits[24];
  int count = 0;
  do {
    u64 digit = value % base;
    digits[count++] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
    value /= base;
  } while (value);
  while (count) *to++ = digits[--count];
  *to = 0;
  return to;
}

static const char *text_list(u64 offset) { return (const char *)&parameters + offset; }

static u64 count_texts(const char *list) {
  u64 count = 0;
  for (; *list; list += length_of(list) + 1) count++;
  return count;
}

/* Copies one blob into a memfd above FIRST_FD; it is still writable. */
static i64 open_blob(i64 self, const struct blob *blob) {
  i64 fd = syscall6(SYS_memfd_create, (i64) "oisp", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL, 0, 0, 0, 0);
  if (fd < 0) fd = syscall6(SYS_memfd_create, (i64) "oisp", MFD_CLOEXEC | MFD_ALLOW_SEALING, 0, 0, 0, 0);
  if (fd < 0) fail("oisp: Cannot start: memfd_create was refused\n");
  i64 high = syscall6(SYS_fcntl, fd, F_DUPFD_CLOEXEC, FIRST_FD, 0, 0, 0);
  if (high < 0) high = syscall6(SYS_fcntl, fd, F_DUPFD_CLOEXEC, FIRST_FD_SMALL, 0, 0, 0);
  if (high < 0) fail("oisp: Cannot start: too many open files\n");
  syscall6(SYS_close, fd, 0, 0, 0, 0, 0);
  i64 offset = (i64)blob->offset;
  for (u64 left = blob->length; left;) {
    i64 moved = syscall6(SYS_sendfile, high, self, (i64)&offset, (i64)left, 0, 0);
    if (moved <= 0) fail("oisp: Cannot start: the program file is cut short\n");
    left -= (u64)moved;
  }
  return high;
}

static void open_blobs(i64 *fds) {
  const struct blob *blobs = (const struct blob *)text_list(parameters.blobs);
  const struct patch *patches = (const struct patch *)text_list(parameters.patches);
  i64 self = syscall6(SYS_open, (i64) "/proc/self/exe", O_CLOEXEC, 0, 0, 0, 0);
  if (self < 0) fail("oisp: Cannot start: /proc/self/exe cannot be opened; is /proc mounted?\n");
  for (u64 i = 0; i < parameters.blob_count; i++) fds[i] = open_blob(self, &blobs[i]);
  syscall6(SYS_close, self, 0, 0, 0, 0, 0);
  for (u64 i = 0; i < parameters.patch_count; i++) {
    char text[32];
    char *end = append_number(text, (u64)fds[patches[i].target], 10);
    *end++ = '?';
    while (end < text + FD_DIGITS) *end++ = '0';
    syscall6(SYS_pwrite64, fds[patches[i].blob], (i64)text, FD_DIGITS, (i64)patches[i].offset, 0, 0);
  }
  for (u64 i = 0; i < parameters.blob_count; i++)
    syscall6(SYS_fcntl, fds[i], F_ADD_SEALS, SEAL_SEAL | SEAL_SHRINK | SEAL_GROW | SEAL_WRITE, 0, 0, 0);
}

/* Writes `OISP_START=<mask>:<ignored>:<soft>:<hard>`, all hexadecimal, and blocks SIGUSR1. */
static char *save_start(char *to) {
  u64 mask = 0, ignored = 0, limit[2] = {0, 0}, action[4];
  u64 block = 1UL << (SIGUSR1 - 1);
  syscall6(SYS_rt_sigprocmask, SIG_BLOCK, (i64)&block, (i64)&mask, 8, 0, 0);
  for (u64 number = 1; number <= NSIG; number++) {
    if (syscall6(SYS_rt_sigaction, (i64)number, 0, (i64)action, 8, 0, 0) == 0 && action[0] == 1)
      ignored |= 1UL << (number - 1);
  }
  syscall6(SYS_getrlimit, RLIMIT_NOFILE, (i64)limit, 0, 0, 0, 0);
  to = append_number(append(to, "OISP_START="), mask, 16);
  to = append_number(append(to, ":"), ignored, 16);
  to = append_number(append(to, ":"), limit[0], 16);
  return append_number(append(to, ":"), limit[1], 16) + 1;
}

static int is_removed(const char *variable) {
  for (const char *name = text_list(parameters.removed); *name; name += length_of(name) + 1)
    if (begins_with(variable, name)) return 1;
  return 0;
}

/* Bytes the new block needs at most. */
__attribute__((used, visibility("hidden"))) u64 stub_measure(const u64 *old) {
  u64 words = old[0] + 2;
  for (const u64 *env = old + words; *env; env++) words++;
  words += count_texts(text_list(parameters.arguments)) + count_texts(text_list(parameters.settings)) + 16;
  return words * 8;
}

/* Fills the new block and gives the address to go on at. Blob 0 is the library, blob 1 the main module. */
__attribute__((used, visibility("hidden"))) u64 stub_build(u64 *old, u64 *block) {
  i64 fds[MAX_BLOBS];
  u64 bias = (u64)&parameters - parameters.vaddr;
  char *strings = (char *)syscall6(SYS_mmap, 0, STRINGS_BYTES, 3, 0x22, -1, 0);
  if ((i64)strings < 0 && (i64)strings > -4096) fail("oisp: Cannot start: no memory\n");
  open_blobs(fds);

  u64 at = 1;
  block[at++] = (u64) "oisp";
  for (const char *text = text_list(parameters.arguments); *text; text += length_of(text) + 1) block[at++] = (u64)text;
  block[at++] = (u64)strings;
  strings = append_number(append(strings, "/proc/self/fd/"), (u64)fds[1], 10) + 1;
  for (u64 i = 1; i < old[0]; i++) block[at++] = old[i + 1];
  block[0] = at - 1;
  block[at++] = 0;

  u64 *env = block + at;
  for (u64 *variable = old + old[0] + 2; *variable; variable++)
    if (!is_removed((const char *)*variable)) block[at++] = *variable;
  for (const char *text = text_list(parameters.settings); *text; text += length_of(text) + 1) block[at++] = (u64)text;
  block[at++] = (u64)strings;
  strings = append_number(append(strings, "OISP_LIBRARY=/proc/self/fd/"), (u64)fds[0], 10) + 1;
  block[at++] = (u64)strings;
  strings = save_start(strings);
  block[at++] = 0;
  block[at++] = 0; /* an empty auxiliary vector: the loader has kept its own copy */
  block[at++] = 0;

  u64 ***slot = (u64 ***)(bias + parameters.environ_got);
  if (*slot) **slot = env;
  return bias + parameters.entry;
}

/* rdx holds the loader's exit function and has to reach the real _start; rsp points to argc. */
__asm__(".section .text.entry,\"ax\"\n"
        ".globl stub_entry\n"
        "stub_entry:\n"
        "  mov %rdx, %r12\n"
        "  mov %rsp, %r13\n"
        "  mov %rsp, %rdi\n"
        "  and $-16, %rsp\n"
        "  call stub_measure\n"
        "  mov %r13, %rsp\n"
        "  sub %rax, %rsp\n"
        "  and $-16, %rsp\n"
        "  mov %rsp, %r14\n"
        "  mov %r13, %rdi\n"
        "  mov %rsp, %rsi\n"
        "  call stub_build\n"
        "  mov %r14, %rsp\n"
        "  mov %r12, %rdx\n"
        "  xor %ebp, %ebp\n"
        "  jmp *%rax\n"
        ".text\n");
