/*
 * What the bindings under src/core/main/generated hold, asserted against this compiler's headers:
 * the value of every constant, size and fields of every structure, the prototype of every function,
 * and the size of every integer type in a prototype.
 *
 *     gcc -std=gnu11 -Wall -Wextra -Werror -fsyntax-only audit.c
 *
 * Written by generate.sh; not to be edited. -DOFF_BY=1 falsifies every line, to show that each of them
 * can fail.
 */
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/types.h>

#include "headers/epoll.h"
#include "headers/errno.h"
#include "headers/eventfd.h"
#include "headers/inotify.h"
#include "headers/message.h"
#include "headers/pidfd.h"
#include "headers/poll.h"
#include "headers/select.h"
#include "headers/signalfd.h"
#include "headers/socket.h"
#include "headers/timerfd.h"
#include "headers/unistd.h"
#include "headers/epoll_event.h"

#ifndef OFF_BY
#define OFF_BY 0
#endif

#define CONSTANT(name, value) _Static_assert((name) == (value) + OFF_BY, #name)
#define BITS(name, value) _Static_assert((unsigned) (name) == (value) + OFF_BY, #name)
#define SIZE(type, size) _Static_assert(sizeof(type) == (size) + OFF_BY, "size of " #type)
#define FIELD(type, field, offset, size) \
    _Static_assert(offsetof(type, field) == (offset) + OFF_BY, "offset of " #type "." #field); \
    _Static_assert(sizeof(((type *) 0)->field) == (size) + OFF_BY, "size of " #type "." #field)
#define FLEXIBLE(type, field, offset) \
    _Static_assert(offsetof(type, field) == (offset) + OFF_BY, "offset of " #type "." #field)
#define INTEGER(type, size) \
    _Static_assert(sizeof(type) == (size) + OFF_BY && (type) 0.5 == 0, "integer " #type)
#define FUNCTION(name, ...) \
    _Static_assert(__builtin_types_compatible_p(__typeof__(name), __VA_ARGS__) != OFF_BY, \
                   "prototype of " #name)

/* epoll_event.h on aarch64 */
#ifdef __aarch64__
SIZE(union epoll_data, 8);
FIELD(union epoll_data, ptr, 0, 8);
FIELD(union epoll_data, fd, 0, 4);
FIELD(union epoll_data, u32, 0, 4);
FIELD(union epoll_data, u64, 0, 8);
SIZE(struct epoll_event, 16);
FIELD(struct epoll_event, events, 0, 4);
FIELD(struct epoll_event, data, 8, 8);
SIZE(epoll_data_t, 8);
FIELD(epoll_data_t, ptr, 0, 8);
FIELD(epoll_data_t, fd, 0, 4);
FIELD(epoll_data_t, u32, 0, 4);
FIELD(epoll_data_t, u64, 0, 8);
#endif

/* epoll.h */
CONSTANT(EPOLL_CTL_ADD, 1);
CONSTANT(EPOLL_CTL_DEL, 2);
CONSTANT(EPOLL_CTL_MOD, 3);
CONSTANT(EPOLL_CLOEXEC, 524288);
CONSTANT(EPOLLIN, 1);
CONSTANT(EPOLLPRI, 2);
CONSTANT(EPOLLOUT, 4);
CONSTANT(EPOLLRDNORM, 64);
CONSTANT(EPOLLRDBAND, 128);
CONSTANT(EPOLLWRNORM, 256);
CONSTANT(EPOLLWRBAND, 512);
CONSTANT(EPOLLMSG, 1024);
CONSTANT(EPOLLERR, 8);
CONSTANT(EPOLLHUP, 16);
CONSTANT(EPOLLRDHUP, 8192);
CONSTANT(EPOLLEXCLUSIVE, 268435456);
CONSTANT(EPOLLWAKEUP, 536870912);
CONSTANT(EPOLLONESHOT, 1073741824);
BITS(EPOLLET, 0x80000000);
CONSTANT(EPIOCSPARAMS, 1074301441);
CONSTANT(EPIOCGPARAMS, 2148043266);
SIZE(struct epoll_params, 8);
FIELD(struct epoll_params, busy_poll_usecs, 0, 4);
FIELD(struct epoll_params, busy_poll_budget, 4, 2);
FIELD(struct epoll_params, prefer_busy_poll, 6, 1);
FIELD(struct epoll_params, __pad, 7, 1);
FUNCTION(epoll_create, int(int));
FUNCTION(epoll_create1, int(int));
FUNCTION(epoll_ctl, int(int, int, int, struct epoll_event *));
FUNCTION(epoll_wait, int(int, struct epoll_event *, int, int));
#ifdef __GLIBC__
FUNCTION(epoll_pwait2, int(int, struct epoll_event *, int, const struct timespec *, const sigset_t *));
#else /* musl: lacks it; the call in milliseconds stands in */
#endif

/* errno.h */
CONSTANT(EPERM, 1);
CONSTANT(ENOENT, 2);
CONSTANT(ESRCH, 3);
CONSTANT(EINTR, 4);
CONSTANT(EIO, 5);
CONSTANT(ENXIO, 6);
CONSTANT(E2BIG, 7);
CONSTANT(ENOEXEC, 8);
CONSTANT(EBADF, 9);
CONSTANT(ECHILD, 10);
CONSTANT(EAGAIN, 11);
CONSTANT(ENOMEM, 12);
CONSTANT(EACCES, 13);
CONSTANT(EFAULT, 14);
CONSTANT(ENOTBLK, 15);
CONSTANT(EBUSY, 16);
CONSTANT(EEXIST, 17);
CONSTANT(EXDEV, 18);
CONSTANT(ENODEV, 19);
CONSTANT(ENOTDIR, 20);
CONSTANT(EISDIR, 21);
CONSTANT(EINVAL, 22);
CONSTANT(ENFILE, 23);
CONSTANT(EMFILE, 24);
CONSTANT(ENOTTY, 25);
CONSTANT(ETXTBSY, 26);
CONSTANT(EFBIG, 27);
CONSTANT(ENOSPC, 28);
CONSTANT(ESPIPE, 29);
CONSTANT(EROFS, 30);
CONSTANT(EMLINK, 31);
CONSTANT(EPIPE, 32);
CONSTANT(EDOM, 33);
CONSTANT(ERANGE, 34);
CONSTANT(EDEADLK, 35);
CONSTANT(ENAMETOOLONG, 36);
CONSTANT(ENOLCK, 37);
CONSTANT(ENOSYS, 38);
CONSTANT(ENOTEMPTY, 39);
CONSTANT(ELOOP, 40);
CONSTANT(ENOMSG, 42);
CONSTANT(EIDRM, 43);
CONSTANT(ECHRNG, 44);
CONSTANT(EL2NSYNC, 45);
CONSTANT(EL3HLT, 46);
CONSTANT(EL3RST, 47);
CONSTANT(ELNRNG, 48);
CONSTANT(EUNATCH, 49);
CONSTANT(ENOCSI, 50);
CONSTANT(EL2HLT, 51);
CONSTANT(EBADE, 52);
CONSTANT(EBADR, 53);
CONSTANT(EXFULL, 54);
CONSTANT(ENOANO, 55);
CONSTANT(EBADRQC, 56);
CONSTANT(EBADSLT, 57);
CONSTANT(EBFONT, 59);
CONSTANT(ENOSTR, 60);
CONSTANT(ENODATA, 61);
CONSTANT(ETIME, 62);
CONSTANT(ENOSR, 63);
CONSTANT(ENONET, 64);
CONSTANT(ENOPKG, 65);
CONSTANT(EREMOTE, 66);
CONSTANT(ENOLINK, 67);
CONSTANT(EADV, 68);
CONSTANT(ESRMNT, 69);
CONSTANT(ECOMM, 70);
CONSTANT(EPROTO, 71);
CONSTANT(EMULTIHOP, 72);
CONSTANT(EDOTDOT, 73);
CONSTANT(EBADMSG, 74);
CONSTANT(EOVERFLOW, 75);
CONSTANT(ENOTUNIQ, 76);
CONSTANT(EBADFD, 77);
CONSTANT(EREMCHG, 78);
CONSTANT(ELIBACC, 79);
CONSTANT(ELIBBAD, 80);
CONSTANT(ELIBSCN, 81);
CONSTANT(ELIBMAX, 82);
CONSTANT(ELIBEXEC, 83);
CONSTANT(EILSEQ, 84);
CONSTANT(ERESTART, 85);
CONSTANT(ESTRPIPE, 86);
CONSTANT(EUSERS, 87);
CONSTANT(ENOTSOCK, 88);
CONSTANT(EDESTADDRREQ, 89);
CONSTANT(EMSGSIZE, 90);
CONSTANT(EPROTOTYPE, 91);
CONSTANT(ENOPROTOOPT, 92);
CONSTANT(EPROTONOSUPPORT, 93);
CONSTANT(ESOCKTNOSUPPORT, 94);
CONSTANT(EOPNOTSUPP, 95);
CONSTANT(EPFNOSUPPORT, 96);
CONSTANT(EAFNOSUPPORT, 97);
CONSTANT(EADDRINUSE, 98);
CONSTANT(EADDRNOTAVAIL, 99);
CONSTANT(ENETDOWN, 100);
CONSTANT(ENETUNREACH, 101);
CONSTANT(ENETRESET, 102);
CONSTANT(ECONNABORTED, 103);
CONSTANT(ECONNRESET, 104);
CONSTANT(ENOBUFS, 105);
CONSTANT(EISCONN, 106);
CONSTANT(ENOTCONN, 107);
CONSTANT(ESHUTDOWN, 108);
CONSTANT(ETOOMANYREFS, 109);
CONSTANT(ETIMEDOUT, 110);
CONSTANT(ECONNREFUSED, 111);
CONSTANT(EHOSTDOWN, 112);
CONSTANT(EHOSTUNREACH, 113);
CONSTANT(EALREADY, 114);
CONSTANT(EINPROGRESS, 115);
CONSTANT(ESTALE, 116);
CONSTANT(EUCLEAN, 117);
CONSTANT(ENOTNAM, 118);
CONSTANT(ENAVAIL, 119);
CONSTANT(EISNAM, 120);
CONSTANT(EREMOTEIO, 121);
CONSTANT(EDQUOT, 122);
CONSTANT(ENOMEDIUM, 123);
CONSTANT(EMEDIUMTYPE, 124);
CONSTANT(ECANCELED, 125);
CONSTANT(ENOKEY, 126);
CONSTANT(EKEYEXPIRED, 127);
CONSTANT(EKEYREVOKED, 128);
CONSTANT(EKEYREJECTED, 129);
CONSTANT(EOWNERDEAD, 130);
CONSTANT(ENOTRECOVERABLE, 131);
CONSTANT(ERFKILL, 132);
CONSTANT(EHWPOISON, 133);
CONSTANT(EWOULDBLOCK, 11);
CONSTANT(ENOTSUP, 95);

/* eventfd.h */
CONSTANT(EFD_SEMAPHORE, 1);
CONSTANT(EFD_CLOEXEC, 524288);
CONSTANT(EFD_NONBLOCK, 2048);
FUNCTION(eventfd, int(unsigned int, int));

/* inotify.h */
CONSTANT(NAME_MAX, 255);
CONSTANT(IN_ACCESS, 1);
CONSTANT(IN_MODIFY, 2);
CONSTANT(IN_ATTRIB, 4);
CONSTANT(IN_CLOSE_WRITE, 8);
CONSTANT(IN_CLOSE_NOWRITE, 16);
CONSTANT(IN_OPEN, 32);
CONSTANT(IN_MOVED_FROM, 64);
CONSTANT(IN_MOVED_TO, 128);
CONSTANT(IN_CREATE, 256);
CONSTANT(IN_DELETE, 512);
CONSTANT(IN_DELETE_SELF, 1024);
CONSTANT(IN_MOVE_SELF, 2048);
CONSTANT(IN_UNMOUNT, 8192);
CONSTANT(IN_Q_OVERFLOW, 16384);
CONSTANT(IN_IGNORED, 32768);
CONSTANT(IN_ONLYDIR, 16777216);
CONSTANT(IN_DONT_FOLLOW, 33554432);
CONSTANT(IN_EXCL_UNLINK, 67108864);
CONSTANT(IN_MASK_CREATE, 268435456);
CONSTANT(IN_MASK_ADD, 536870912);
CONSTANT(IN_ISDIR, 1073741824);
CONSTANT(IN_CLOEXEC, 524288);
CONSTANT(IN_NONBLOCK, 2048);
CONSTANT(IN_CLOSE, 24);
CONSTANT(IN_MOVE, 192);
BITS(IN_ONESHOT, 0x80000000);
CONSTANT(IN_ALL_EVENTS, 4095);
SIZE(struct inotify_event, 16);
FIELD(struct inotify_event, wd, 0, 4);
FIELD(struct inotify_event, mask, 4, 4);
FIELD(struct inotify_event, cookie, 8, 4);
FIELD(struct inotify_event, len, 12, 4);
FLEXIBLE(struct inotify_event, name, 16);
FUNCTION(inotify_init1, int(int));
FUNCTION(inotify_add_watch, int(int, const char *, uint32_t));
FUNCTION(inotify_rm_watch, int(int, int));

/* message.h */
CONSTANT(SO_PRIORITY, 12);
CONSTANT(SO_PEERCRED, 17);
CONSTANT(SO_MARK, 36);
CONSTANT(IP_TOS, 1);
CONSTANT(IP_TTL, 2);
CONSTANT(IP_MULTICAST_IF, 32);
CONSTANT(IP_MULTICAST_TTL, 33);
CONSTANT(IP_MULTICAST_LOOP, 34);
CONSTANT(IP_ADD_MEMBERSHIP, 35);
CONSTANT(IP_DROP_MEMBERSHIP, 36);
CONSTANT(IP_PKTINFO, 8);
CONSTANT(IP_FREEBIND, 15);
CONSTANT(IP_TRANSPARENT, 19);
CONSTANT(IPV6_UNICAST_HOPS, 16);
CONSTANT(IPV6_MULTICAST_IF, 17);
CONSTANT(IPV6_MULTICAST_HOPS, 18);
CONSTANT(IPV6_MULTICAST_LOOP, 19);
CONSTANT(IPV6_RECVPKTINFO, 49);
CONSTANT(IPV6_PKTINFO, 50);
CONSTANT(IPV6_TCLASS, 67);
CONSTANT(UDP_SEGMENT, 103);
CONSTANT(UDP_GRO, 104);
CONSTANT(SCM_PIDFD, 4);
CONSTANT(MSG_CTRUNC, 8);
CONSTANT(MSG_CMSG_CLOEXEC, 1073741824);
CONSTANT(SCM_RIGHTS, 1);
CONSTANT(IPV6_ADD_MEMBERSHIP, 20);
CONSTANT(IPV6_DROP_MEMBERSHIP, 21);
SIZE(struct cmsghdr, 16);
#ifdef __GLIBC__
FIELD(struct cmsghdr, cmsg_len, 0, 8);
#else /* musl: a socklen_t and padding, which it ignores */
FIELD(struct cmsghdr, cmsg_len, 0, 4);
#endif
FIELD(struct cmsghdr, cmsg_level, 8, 4);
FIELD(struct cmsghdr, cmsg_type, 12, 4);
#ifdef __GLIBC__
FLEXIBLE(struct cmsghdr, __cmsg_data, 16);
#else /* musl: not declared; the data begins behind the header all the same */
#endif
SIZE(struct in6_addr, 16);
#ifdef __GLIBC__
FIELD(struct in6_addr, __in6_u, 0, 16);
#else /* musl: another name */
FIELD(struct in6_addr, __in6_union, 0, 16);
#endif
#ifdef __GLIBC__
FIELD(struct in6_addr, __in6_u.__u6_addr8, 0, 16);
#else /* musl: another name */
FIELD(struct in6_addr, __in6_union.__s6_addr, 0, 16);
#endif
#ifdef __GLIBC__
FIELD(struct in6_addr, __in6_u.__u6_addr16, 0, 16);
#else /* musl: another name */
FIELD(struct in6_addr, __in6_union.__s6_addr16, 0, 16);
#endif
#ifdef __GLIBC__
FIELD(struct in6_addr, __in6_u.__u6_addr32, 0, 16);
#else /* musl: another name */
FIELD(struct in6_addr, __in6_union.__s6_addr32, 0, 16);
#endif
SIZE(struct in6_pktinfo, 20);
FIELD(struct in6_pktinfo, ipi6_addr, 0, 16);
FIELD(struct in6_pktinfo, ipi6_ifindex, 16, 4);
SIZE(struct in_addr, 4);
FIELD(struct in_addr, s_addr, 0, 4);
SIZE(struct in_pktinfo, 12);
FIELD(struct in_pktinfo, ipi_ifindex, 0, 4);
FIELD(struct in_pktinfo, ipi_spec_dst, 4, 4);
FIELD(struct in_pktinfo, ipi_addr, 8, 4);
SIZE(struct iovec, 16);
FIELD(struct iovec, iov_base, 0, 8);
FIELD(struct iovec, iov_len, 8, 8);
SIZE(struct ip_mreqn, 12);
FIELD(struct ip_mreqn, imr_multiaddr, 0, 4);
FIELD(struct ip_mreqn, imr_address, 4, 4);
FIELD(struct ip_mreqn, imr_ifindex, 8, 4);
SIZE(struct ipv6_mreq, 20);
FIELD(struct ipv6_mreq, ipv6mr_multiaddr, 0, 16);
FIELD(struct ipv6_mreq, ipv6mr_interface, 16, 4);
SIZE(struct mmsghdr, 64);
FIELD(struct mmsghdr, msg_hdr, 0, 56);
FIELD(struct mmsghdr, msg_len, 56, 4);
SIZE(struct msghdr, 56);
FIELD(struct msghdr, msg_name, 0, 8);
FIELD(struct msghdr, msg_namelen, 8, 4);
FIELD(struct msghdr, msg_iov, 16, 8);
#ifdef __GLIBC__
FIELD(struct msghdr, msg_iovlen, 24, 8);
#else /* musl: an int and padding, which it ignores */
FIELD(struct msghdr, msg_iovlen, 24, 4);
#endif
FIELD(struct msghdr, msg_control, 32, 8);
#ifdef __GLIBC__
FIELD(struct msghdr, msg_controllen, 40, 8);
#else /* musl: a socklen_t and padding, which it ignores */
FIELD(struct msghdr, msg_controllen, 40, 4);
#endif
FIELD(struct msghdr, msg_flags, 48, 4);
SIZE(struct ucred, 12);
FIELD(struct ucred, pid, 0, 4);
FIELD(struct ucred, uid, 4, 4);
FIELD(struct ucred, gid, 8, 4);
FUNCTION(sendmsg, ssize_t(int, const struct msghdr *, int));
#ifdef __GLIBC__
FUNCTION(sendmmsg, int(int, struct mmsghdr *, unsigned int, int));
#else /* musl: unsigned flags */
FUNCTION(sendmmsg, int(int, struct mmsghdr *, unsigned int, unsigned int));
#endif
FUNCTION(recvmsg, ssize_t(int, struct msghdr *, int));
#ifdef __GLIBC__
FUNCTION(recvmmsg, int(int, struct mmsghdr *, unsigned int, int, struct timespec *));
#else /* musl: unsigned flags */
FUNCTION(recvmmsg, int(int, struct mmsghdr *, unsigned int, unsigned int, struct timespec *));
#endif

/* pidfd.h */
CONSTANT(WNOHANG, 1);
CONSTANT(WEXITED, 4);
CONSTANT(WNOWAIT, 16777216);
CONSTANT(CLD_EXITED, 1);
CONSTANT(P_PIDFD, 3);
SIZE(struct child_info, 128);
FIELD(struct child_info, signo, 0, 4);
FIELD(struct child_info, error, 4, 4);
FIELD(struct child_info, code, 8, 4);
FIELD(struct child_info, pad, 12, 4);
FIELD(struct child_info, pid, 16, 4);
FIELD(struct child_info, uid, 20, 4);
FIELD(struct child_info, status, 24, 4);
FIELD(struct child_info, rest, 28, 100);
FUNCTION(waitid, int(idtype_t, id_t, siginfo_t *, int));

/* poll.h */
CONSTANT(POLLIN, 1);
CONSTANT(POLLPRI, 2);
CONSTANT(POLLOUT, 4);
CONSTANT(POLLRDNORM, 64);
CONSTANT(POLLRDBAND, 128);
CONSTANT(POLLWRNORM, 256);
CONSTANT(POLLWRBAND, 512);
CONSTANT(POLLMSG, 1024);
CONSTANT(POLLRDHUP, 8192);
CONSTANT(POLLERR, 8);
CONSTANT(POLLHUP, 16);
CONSTANT(POLLNVAL, 32);
SIZE(struct pollfd, 8);
FIELD(struct pollfd, fd, 0, 4);
FIELD(struct pollfd, events, 4, 2);
FIELD(struct pollfd, revents, 6, 2);
FUNCTION(poll, int(struct pollfd *, nfds_t, int));
FUNCTION(ppoll, int(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *));

/* select.h */
CONSTANT(FD_SETSIZE, 1024);
SIZE(struct timespec, 16);
FIELD(struct timespec, tv_sec, 0, 8);
FIELD(struct timespec, tv_nsec, 8, 8);
SIZE(struct timeval, 16);
FIELD(struct timeval, tv_sec, 0, 8);
FIELD(struct timeval, tv_usec, 8, 8);
FUNCTION(select, int(int, fd_set *, fd_set *, fd_set *, struct timeval *));
FUNCTION(pselect, int(int, fd_set *, fd_set *, fd_set *, const struct timespec *, const sigset_t *));

/* signalfd.h */
CONSTANT(SIGINT, 2);
CONSTANT(SIGILL, 4);
CONSTANT(SIGABRT, 6);
CONSTANT(SIGFPE, 8);
CONSTANT(SIGSEGV, 11);
CONSTANT(SIGTERM, 15);
CONSTANT(SIGHUP, 1);
CONSTANT(SIGQUIT, 3);
CONSTANT(SIGTRAP, 5);
CONSTANT(SIGKILL, 9);
CONSTANT(SIGPIPE, 13);
CONSTANT(SIGALRM, 14);
CONSTANT(SIGSTKFLT, 16);
CONSTANT(SIGPWR, 30);
CONSTANT(SIGBUS, 7);
CONSTANT(SIGSYS, 31);
CONSTANT(SIGURG, 23);
CONSTANT(SIGSTOP, 19);
CONSTANT(SIGTSTP, 20);
CONSTANT(SIGCONT, 18);
CONSTANT(SIGCHLD, 17);
CONSTANT(SIGTTIN, 21);
CONSTANT(SIGTTOU, 22);
CONSTANT(SIGXFSZ, 25);
CONSTANT(SIGXCPU, 24);
CONSTANT(SIGVTALRM, 26);
CONSTANT(SIGPROF, 27);
CONSTANT(SIGUSR1, 10);
CONSTANT(SIGUSR2, 12);
CONSTANT(SIGWINCH, 28);
CONSTANT(SIG_BLOCK, 0);
CONSTANT(SIG_UNBLOCK, 1);
BITS(SI_TKILL, 0xfffffffa);
BITS(SI_TIMER, 0xfffffffe);
BITS(SI_QUEUE, 0xffffffff);
CONSTANT(SI_USER, 0);
CONSTANT(SI_KERNEL, 128);
CONSTANT(SFD_CLOEXEC, 524288);
CONSTANT(SFD_NONBLOCK, 2048);
CONSTANT(SIGIO, 29);
#ifdef __GLIBC__
SIZE(__sigset_t, 128);
#else /* musl: a tag */
SIZE(struct __sigset_t, 128);
#endif
#ifdef __GLIBC__
FIELD(__sigset_t, __val, 0, 128);
#else /* musl: another name */
FIELD(struct __sigset_t, __bits, 0, 128);
#endif
SIZE(struct signalfd_siginfo, 128);
FIELD(struct signalfd_siginfo, ssi_signo, 0, 4);
FIELD(struct signalfd_siginfo, ssi_errno, 4, 4);
FIELD(struct signalfd_siginfo, ssi_code, 8, 4);
FIELD(struct signalfd_siginfo, ssi_pid, 12, 4);
FIELD(struct signalfd_siginfo, ssi_uid, 16, 4);
FIELD(struct signalfd_siginfo, ssi_fd, 20, 4);
FIELD(struct signalfd_siginfo, ssi_tid, 24, 4);
FIELD(struct signalfd_siginfo, ssi_band, 28, 4);
FIELD(struct signalfd_siginfo, ssi_overrun, 32, 4);
FIELD(struct signalfd_siginfo, ssi_trapno, 36, 4);
FIELD(struct signalfd_siginfo, ssi_status, 40, 4);
FIELD(struct signalfd_siginfo, ssi_int, 44, 4);
FIELD(struct signalfd_siginfo, ssi_ptr, 48, 8);
FIELD(struct signalfd_siginfo, ssi_utime, 56, 8);
FIELD(struct signalfd_siginfo, ssi_stime, 64, 8);
FIELD(struct signalfd_siginfo, ssi_addr, 72, 8);
FIELD(struct signalfd_siginfo, ssi_addr_lsb, 80, 2);
FIELD(struct signalfd_siginfo, __pad2, 82, 2);
FIELD(struct signalfd_siginfo, ssi_syscall, 84, 4);
FIELD(struct signalfd_siginfo, ssi_call_addr, 88, 8);
FIELD(struct signalfd_siginfo, ssi_arch, 96, 4);
FIELD(struct signalfd_siginfo, __pad, 100, 28);
SIZE(sigset_t, 128);
#ifdef __GLIBC__
FIELD(sigset_t, __val, 0, 128);
#else /* musl: another name */
FIELD(sigset_t, __bits, 0, 128);
#endif
FUNCTION(sigemptyset, int(sigset_t *));
FUNCTION(sigaddset, int(sigset_t *, int));
FUNCTION(pthread_sigmask, int(int, const sigset_t *, sigset_t *));
FUNCTION(signalfd, int(int, const sigset_t *, int));

/* socket.h */
#ifdef __GLIBC__
CONSTANT(SOMAXCONN, 4096);
#else /* musl: has the value of older kernels, which each kernel takes */
CONSTANT(SOMAXCONN, 128);
#endif
CONSTANT(SOL_SOCKET, 1);
CONSTANT(SO_REUSEADDR, 2);
CONSTANT(SO_TYPE, 3);
CONSTANT(SO_ERROR, 4);
CONSTANT(SO_BROADCAST, 6);
CONSTANT(SO_SNDBUF, 7);
CONSTANT(SO_RCVBUF, 8);
CONSTANT(SO_KEEPALIVE, 9);
CONSTANT(SO_OOBINLINE, 10);
CONSTANT(SO_LINGER, 13);
CONSTANT(SO_REUSEPORT, 15);
CONSTANT(SO_RCVLOWAT, 18);
CONSTANT(SO_ACCEPTCONN, 30);
CONSTANT(SO_DOMAIN, 39);
CONSTANT(SO_BUSY_POLL, 46);
CONSTANT(SO_INCOMING_NAPI_ID, 56);
CONSTANT(IPV6_V6ONLY, 26);
CONSTANT(TCP_NODELAY, 1);
CONSTANT(TCP_MAXSEG, 2);
CONSTANT(TCP_CORK, 3);
CONSTANT(TCP_KEEPIDLE, 4);
CONSTANT(TCP_KEEPINTVL, 5);
CONSTANT(TCP_KEEPCNT, 6);
CONSTANT(TCP_DEFER_ACCEPT, 9);
CONSTANT(TCP_INFO, 11);
CONSTANT(TCP_QUICKACK, 12);
CONSTANT(TCP_CONGESTION, 13);
CONSTANT(TCP_USER_TIMEOUT, 18);
CONSTANT(TCP_FASTOPEN, 23);
CONSTANT(TCP_NOTSENT_LOWAT, 25);
CONSTANT(TCP_FASTOPEN_CONNECT, 30);
CONSTANT(SOCK_STREAM, 1);
CONSTANT(SOCK_DGRAM, 2);
CONSTANT(SOCK_SEQPACKET, 5);
CONSTANT(SOCK_CLOEXEC, 524288);
CONSTANT(SOCK_NONBLOCK, 2048);
CONSTANT(MSG_OOB, 1);
CONSTANT(MSG_PEEK, 2);
CONSTANT(MSG_TRUNC, 32);
CONSTANT(MSG_NOSIGNAL, 16384);
CONSTANT(MSG_MORE, 32768);
CONSTANT(SHUT_RD, 0);
CONSTANT(SHUT_WR, 1);
CONSTANT(IPPROTO_IP, 0);
CONSTANT(IPPROTO_TCP, 6);
CONSTANT(IPPROTO_UDP, 17);
CONSTANT(IPPROTO_IPV6, 41);
CONSTANT(AF_UNSPEC, 0);
CONSTANT(AF_UNIX, 1);
CONSTANT(AF_INET, 2);
CONSTANT(AF_INET6, 10);
SIZE(struct in6_addr, 16);
#ifdef __GLIBC__
FIELD(struct in6_addr, __in6_u, 0, 16);
#else /* musl: another name */
FIELD(struct in6_addr, __in6_union, 0, 16);
#endif
#ifdef __GLIBC__
FIELD(struct in6_addr, __in6_u.__u6_addr8, 0, 16);
#else /* musl: another name */
FIELD(struct in6_addr, __in6_union.__s6_addr, 0, 16);
#endif
#ifdef __GLIBC__
FIELD(struct in6_addr, __in6_u.__u6_addr16, 0, 16);
#else /* musl: another name */
FIELD(struct in6_addr, __in6_union.__s6_addr16, 0, 16);
#endif
#ifdef __GLIBC__
FIELD(struct in6_addr, __in6_u.__u6_addr32, 0, 16);
#else /* musl: another name */
FIELD(struct in6_addr, __in6_union.__s6_addr32, 0, 16);
#endif
SIZE(struct in_addr, 4);
FIELD(struct in_addr, s_addr, 0, 4);
SIZE(struct linger, 8);
FIELD(struct linger, l_onoff, 0, 4);
FIELD(struct linger, l_linger, 4, 4);
SIZE(struct sockaddr_in, 16);
FIELD(struct sockaddr_in, sin_family, 0, 2);
FIELD(struct sockaddr_in, sin_port, 2, 2);
FIELD(struct sockaddr_in, sin_addr, 4, 4);
FIELD(struct sockaddr_in, sin_zero, 8, 8);
SIZE(struct sockaddr_in6, 28);
FIELD(struct sockaddr_in6, sin6_family, 0, 2);
FIELD(struct sockaddr_in6, sin6_port, 2, 2);
FIELD(struct sockaddr_in6, sin6_flowinfo, 4, 4);
FIELD(struct sockaddr_in6, sin6_addr, 8, 16);
FIELD(struct sockaddr_in6, sin6_scope_id, 24, 4);
SIZE(struct sockaddr_storage, 128);
FIELD(struct sockaddr_storage, ss_family, 0, 2);
FIELD(struct sockaddr_storage, __ss_padding, 2, 118);
FIELD(struct sockaddr_storage, __ss_align, 120, 8);
SIZE(struct sockaddr_un, 110);
FIELD(struct sockaddr_un, sun_family, 0, 2);
FIELD(struct sockaddr_un, sun_path, 2, 108);
#ifdef __GLIBC__
SIZE(struct tcp_info, 104);
#else /* musl: has more fields behind these; the kernel says how many it fills */
#endif
FIELD(struct tcp_info, tcpi_state, 0, 1);
FIELD(struct tcp_info, tcpi_ca_state, 1, 1);
FIELD(struct tcp_info, tcpi_retransmits, 2, 1);
FIELD(struct tcp_info, tcpi_probes, 3, 1);
FIELD(struct tcp_info, tcpi_backoff, 4, 1);
FIELD(struct tcp_info, tcpi_options, 5, 1);
FIELD(struct tcp_info, tcpi_rto, 8, 4);
FIELD(struct tcp_info, tcpi_ato, 12, 4);
FIELD(struct tcp_info, tcpi_snd_mss, 16, 4);
FIELD(struct tcp_info, tcpi_rcv_mss, 20, 4);
FIELD(struct tcp_info, tcpi_unacked, 24, 4);
FIELD(struct tcp_info, tcpi_sacked, 28, 4);
FIELD(struct tcp_info, tcpi_lost, 32, 4);
FIELD(struct tcp_info, tcpi_retrans, 36, 4);
FIELD(struct tcp_info, tcpi_fackets, 40, 4);
FIELD(struct tcp_info, tcpi_last_data_sent, 44, 4);
FIELD(struct tcp_info, tcpi_last_ack_sent, 48, 4);
FIELD(struct tcp_info, tcpi_last_data_recv, 52, 4);
FIELD(struct tcp_info, tcpi_last_ack_recv, 56, 4);
FIELD(struct tcp_info, tcpi_pmtu, 60, 4);
FIELD(struct tcp_info, tcpi_rcv_ssthresh, 64, 4);
FIELD(struct tcp_info, tcpi_rtt, 68, 4);
FIELD(struct tcp_info, tcpi_rttvar, 72, 4);
FIELD(struct tcp_info, tcpi_snd_ssthresh, 76, 4);
FIELD(struct tcp_info, tcpi_snd_cwnd, 80, 4);
FIELD(struct tcp_info, tcpi_advmss, 84, 4);
FIELD(struct tcp_info, tcpi_reordering, 88, 4);
FIELD(struct tcp_info, tcpi_rcv_rtt, 92, 4);
FIELD(struct tcp_info, tcpi_rcv_space, 96, 4);
FIELD(struct tcp_info, tcpi_total_retrans, 100, 4);
FUNCTION(socket, int(int, int, int));
FUNCTION(socketpair, int(int, int, int, int *));
FUNCTION(bind, int(int, const struct sockaddr *, socklen_t));
FUNCTION(getsockname, int(int, struct sockaddr *, socklen_t *));
FUNCTION(connect, int(int, const struct sockaddr *, socklen_t));
FUNCTION(getpeername, int(int, struct sockaddr *, socklen_t *));
FUNCTION(send, ssize_t(int, const void *, size_t, int));
FUNCTION(recv, ssize_t(int, void *, size_t, int));
FUNCTION(sendto, ssize_t(int, const void *, size_t, int, const struct sockaddr *, socklen_t));
FUNCTION(recvfrom, ssize_t(int, void *, size_t, int, struct sockaddr *, socklen_t *));
FUNCTION(getsockopt, int(int, int, int, void *, socklen_t *));
FUNCTION(setsockopt, int(int, int, int, const void *, socklen_t));
FUNCTION(listen, int(int, int));
FUNCTION(shutdown, int(int, int));
FUNCTION(accept4, int(int, struct sockaddr *, socklen_t *, int));

/* timerfd.h */
CONSTANT(CLOCK_REALTIME, 0);
CONSTANT(CLOCK_MONOTONIC, 1);
CONSTANT(CLOCK_BOOTTIME, 7);
CONSTANT(TFD_CLOEXEC, 524288);
CONSTANT(TFD_NONBLOCK, 2048);
CONSTANT(TFD_TIMER_ABSTIME, 1);
CONSTANT(TFD_TIMER_CANCEL_ON_SET, 2);
SIZE(struct itimerspec, 32);
FIELD(struct itimerspec, it_interval, 0, 16);
FIELD(struct itimerspec, it_value, 16, 16);
SIZE(struct timespec, 16);
FIELD(struct timespec, tv_sec, 0, 8);
FIELD(struct timespec, tv_nsec, 8, 8);
FUNCTION(clock_gettime, int(clockid_t, struct timespec *));
FUNCTION(timerfd_create, int(clockid_t, int));
FUNCTION(timerfd_settime, int(int, int, const struct itimerspec *, struct itimerspec *));
FUNCTION(timerfd_gettime, int(int, struct itimerspec *));

/* unistd.h */
CONSTANT(O_RDONLY, 0);
CONSTANT(O_WRONLY, 1);
CONSTANT(O_RDWR, 2);
CONSTANT(O_CREAT, 64);
CONSTANT(O_EXCL, 128);
CONSTANT(O_NOCTTY, 256);
CONSTANT(O_TRUNC, 512);
CONSTANT(O_APPEND, 1024);
CONSTANT(O_NONBLOCK, 2048);
CONSTANT(O_SYNC, 1052672);
CONSTANT(F_GETFD, 1);
CONSTANT(F_SETFD, 2);
CONSTANT(F_GETFL, 3);
CONSTANT(F_SETFL, 4);
CONSTANT(F_SETPIPE_SZ, 1031);
CONSTANT(F_GETPIPE_SZ, 1032);
CONSTANT(F_DUPFD_CLOEXEC, 1030);
CONSTANT(FD_CLOEXEC, 1);
CONSTANT(SPLICE_F_MOVE, 1);
CONSTANT(SPLICE_F_NONBLOCK, 2);
CONSTANT(SPLICE_F_MORE, 4);
CONSTANT(TIOCOUTQ, 21521);
CONSTANT(FIONREAD, 21531);
CONSTANT(O_CLOEXEC, 524288);
CONSTANT(O_PATH, 2097152);
CONSTANT(O_DSYNC, 4096);
CONSTANT(S_IFMT, 61440);
CONSTANT(S_IFDIR, 16384);
CONSTANT(S_IFCHR, 8192);
CONSTANT(S_IFBLK, 24576);
CONSTANT(S_IFREG, 32768);
CONSTANT(S_IFIFO, 4096);
CONSTANT(S_IFSOCK, 49152);
CONSTANT(IOV_MAX, 1024);
CONSTANT(SYS_pidfd_open, 434);
CONSTANT(SYS_pidfd_send_signal, 424);
FUNCTION(splice, ssize_t(int, off64_t *, int, off64_t *, size_t, unsigned int));
FUNCTION(fcntl, int(int, int, ...));
FUNCTION(open, int(const char *, int, ...));
#ifdef __GLIBC__
FUNCTION(ioctl, int(int, unsigned long, ...));
#else /* musl: takes an int, the low half of what is passed; the kernel reads no more */
FUNCTION(ioctl, int(int, int, ...));
#endif
FUNCTION(sendfile, ssize_t(int, int, off_t *, size_t));
FUNCTION(close, int(int));
FUNCTION(read, ssize_t(int, void *, size_t));
FUNCTION(write, ssize_t(int, const void *, size_t));
FUNCTION(pread, ssize_t(int, void *, size_t, off_t));
FUNCTION(pipe2, int(int *, int));
FUNCTION(syscall, long(long, ...));

/* epoll_event.h on x86_64 */
#ifdef __x86_64__
SIZE(union epoll_data, 8);
FIELD(union epoll_data, ptr, 0, 8);
FIELD(union epoll_data, fd, 0, 4);
FIELD(union epoll_data, u32, 0, 4);
FIELD(union epoll_data, u64, 0, 8);
SIZE(struct epoll_event, 12);
FIELD(struct epoll_event, events, 0, 4);
FIELD(struct epoll_event, data, 4, 8);
SIZE(epoll_data_t, 8);
FIELD(epoll_data_t, ptr, 0, 8);
FIELD(epoll_data_t, fd, 0, 4);
FIELD(epoll_data_t, u32, 0, 4);
FIELD(epoll_data_t, u64, 0, 8);
#endif

/* integers in prototypes, and what the descriptors pass them as */
INTEGER(clockid_t, 4);
INTEGER(id_t, 4);
INTEGER(idtype_t, 4);
INTEGER(int, 4);
INTEGER(long, 8);
INTEGER(nfds_t, 8);
INTEGER(off_t, 8);
INTEGER(size_t, 8);
INTEGER(socklen_t, 4);
INTEGER(ssize_t, 8);
INTEGER(uint32_t, 4);
INTEGER(unsigned int, 4);
INTEGER(unsigned long, 8);
