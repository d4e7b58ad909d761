/* The calls and constants of <sys/epoll.h>, and the busy-poll ioctl pair of Linux 6.9. */
#define _GNU_SOURCE
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

/* C libraries older than glibc 2.40 lack this pair; the kernel's ABI is fixed, see ioctl_eventpoll(2). */
#ifndef EPIOCSPARAMS
struct epoll_params {
    uint32_t busy_poll_usecs;
    uint16_t busy_poll_budget;
    uint8_t prefer_busy_poll;
    uint8_t __pad;
};
#define EPIOCSPARAMS _IOW(0x8A, 0x01, struct epoll_params)
#define EPIOCGPARAMS _IOR(0x8A, 0x02, struct epoll_params)
#endif
