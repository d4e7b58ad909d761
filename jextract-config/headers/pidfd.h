/* <sys/wait.h>: how a process that a pidfd refers to has ended. */
#define _GNU_SOURCE
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>

/* The part of siginfo_t that waitid(2) fills; the unions of the whole would be printed on 2,600 lines. */
struct child_info {
    int signo;
    int error;
    int code;
    int pad;
    pid_t pid;
    uid_t uid;
    int status;
    char rest[sizeof(siginfo_t) - 7 * sizeof(int)];
};
_Static_assert(sizeof(struct child_info) == sizeof(siginfo_t), "child_info: size");
_Static_assert(offsetof(struct child_info, code) == offsetof(siginfo_t, si_code), "child_info: si_code");
_Static_assert(offsetof(struct child_info, pid) == offsetof(siginfo_t, si_pid), "child_info: si_pid");
_Static_assert(offsetof(struct child_info, status) == offsetof(siginfo_t, si_status), "child_info: si_status");
