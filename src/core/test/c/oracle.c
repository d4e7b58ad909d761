/*
 * What select, poll and epoll answer about a descriptor, asked in C: the contract tests are to get the same answers in
 * Java. Built with cc -shared at test time; it sees the very descriptors of the test's process.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

enum { INTEREST = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP, ANSWERS = 8 };

/* 1: in the read set, 2: in the write set, 4: in the third; or -errno */
static int ask_select(int fd)
{
    fd_set sets[3];
    struct timeval now = {0, 0};
    int i, ready = 0;

    if (fd < 0 || fd >= FD_SETSIZE)
        return -ERANGE;
    for (i = 0; i < 3; i++) {
        FD_ZERO(&sets[i]);
        FD_SET(fd, &sets[i]);
    }
    if (select(fd + 1, &sets[0], &sets[1], &sets[2], &now) < 0)
        return -errno;
    for (i = 0; i < 3; i++)
        ready |= FD_ISSET(fd, &sets[i]) ? 1 << i : 0;
    return ready;
}

static int ask_poll(int fd)
{
    struct pollfd entry = {.fd = fd, .events = INTEREST};

    return poll(&entry, 1, 0) < 0 ? -errno : entry.revents;
}

/* two waits, one after the other: the mask, 0 for no event, or -errno */
static void ask_epoll(int fd, uint32_t trigger, int *answers)
{
    struct epoll_event event = {.events = INTEREST | trigger, .data.u64 = 0x0123456789abcdefULL};
    int epfd = epoll_create1(EPOLL_CLOEXEC);
    int i, ready;

    answers[0] = answers[1] = epfd < 0 || epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
    for (i = 0; i < 2 && answers[i] == 0; i++) {
        memset(&event, 0, sizeof event);
        ready = epoll_wait(epfd, &event, 1, 0);
        answers[i] = ready < 0 ? -errno : ready == 0 ? 0 : (int) event.events;
        if (ready == 1 && event.data.u64 != 0x0123456789abcdefULL)
            answers[i] = -ENOMSG;
    }
    if (epfd >= 0)
        close(epfd);
}

int ask(int fd, int *answers);

int ask(int fd, int *answers)
{
    answers[0] = ask_select(fd);
    answers[1] = ask_poll(fd);
    ask_epoll(fd, 0, answers + 2);
    ask_epoll(fd, EPOLLET, answers + 4);
    ask_epoll(fd, EPOLLONESHOT, answers + 6);
    return ANSWERS;
}
