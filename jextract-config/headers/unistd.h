/*
 * What any descriptor can do: <unistd.h>, <fcntl.h>, <sys/ioctl.h>, <sys/sendfile.h>, <sys/stat.h>; <limits.h> for the
 * kernel's limits; and syscall(2) for calls without a wrapper.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* <sys/syscall.h> of an older kernel's headers lacks them; one number on every architecture since Linux 5.3. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
