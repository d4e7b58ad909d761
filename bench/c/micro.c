/*
 * The loops of the micro benchmarks in C: what waiting costs without Java. See micro.h for the command line.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>

#include "micro.h"

enum { WATCHED = 64, MOST = 1000, ONE_AND_A_HALF_MILLIS = 1500000, LONG_MILLIS = 1000 };

static int epfd;
static int fds[MOST];
static struct epoll_event events[WATCHED];
static struct pollfd entries[MOST];
static fd_set interest;
static fd_set ready;
static int polled;
static int wake;

/* Watches the first descriptors for reading, level-triggered, each with its index as the datum. */
static void watch(int count) {
    check(epfd = epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    for (int i = 0; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)i};
        check(epoll_ctl(epfd, EPOLL_CTL_ADD, fds[i], &event), "epoll_ctl");
    }
}

/* 64 eventfds, the first of which are ready. */
static void eventfds(int ready) {
    for (int i = 0; i < WATCHED; i++) {
        check(fds[i] = eventfd(i < ready, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
    }
    watch(WATCHED);
}

/* The read ends of 64 pipes, the first of which are ready. */
static void pipes(int ready) {
    for (int i = 0; i < WATCHED; i++) {
        int ends[2];
        check(pipe2(ends, O_NONBLOCK | O_CLOEXEC), "pipe2");
        fds[i] = ends[0];
        if (i < ready) {
            check((int)write(ends[1], "x", 1), "write");
        }
    }
    watch(WATCHED);
}

/* Eventfds for poll and select, of which the last is ready. */
static void polled_eventfds(int count) {
    polled = count;
    FD_ZERO(&interest);
    for (int i = 0; i < count; i++) {
        check(fds[i] = eventfd(i == count - 1, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
        entries[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
        FD_SET(fds[i], &interest);
    }
}

static int await(void) {
    int ready = epoll_wait(epfd, events, WATCHED, 0);
    check(ready, "epoll_wait");
    return ready;
}

static uint64_t scan(int ready) {
    uint64_t sum = 0;
    __asm__ volatile("" ::: "memory"); /* each scan reads the memory anew */
    for (int i = 0; i < ready; i++) {
        sum += events[i].data.u64;
    }
    return sum;
}

/* As an EpollInstance has it: a counter of its own, edge-triggered. */
static void waker(void) {
    eventfds(0);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = WATCHED};
    check(wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
    check(epoll_ctl(epfd, EPOLL_CTL_ADD, wake, &event), "epoll_ctl");
}

static void eventfds_0(void) { eventfds(0); }
static void eventfds_1(void) { eventfds(1); }
static void eventfds_64(void) { eventfds(WATCHED); }
static void lone_eventfd(void) { check(fds[0] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd"); }
static void watched_eventfd(void) {
    lone_eventfd();
    watch(1);
}
static void unwatched_eventfd(void) {
    lone_eventfd();
    watch(0);
}
static void polled_10(void) { polled_eventfds(10); }
static void polled_1000(void) { polled_eventfds(MOST); }
static void pipes_0(void) { pipes(0); }
static void pipes_1(void) { pipes(1); }
static void pipes_64(void) { pipes(WATCHED); }
static void filled_array(void) {
    eventfds(WATCHED);
    await();
}

static uint64_t do_await(void) { return (uint64_t)await(); }
static uint64_t do_await_scan(void) { return scan(await()); }
static uint64_t do_scan(void) { return scan(WATCHED); }

/* Both members of each event. */
static uint64_t do_scan_flags(void) {
    uint64_t sum = 0;
    __asm__ volatile("" ::: "memory");
    for (int i = 0; i < WATCHED; i++) {
        sum += events[i].events + events[i].data.u64;
    }
    return sum;
}

static uint64_t do_await_limit(void) {
    int ready = epoll_wait(epfd, events, WATCHED, LONG_MILLIS);
    check(ready, "epoll_wait");
    return (uint64_t)ready;
}

static uint64_t do_pwait2(void) {
    struct timespec limit = {0, ONE_AND_A_HALF_MILLIS};
    int ready = epoll_pwait2(epfd, events, WATCHED, &limit, NULL);
    check(ready, "epoll_pwait2");
    return (uint64_t)ready;
}

static uint64_t do_wakeup(void) {
    uint64_t value = 1;
    check((int)write(wake, &value, sizeof value), "write");
    return (uint64_t)await();
}

static uint64_t do_add_delete(void) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 0};
    check(epoll_ctl(epfd, EPOLL_CTL_ADD, fds[0], &event), "epoll_ctl");
    int result = epoll_ctl(epfd, EPOLL_CTL_DEL, fds[0], &event);
    check(result, "epoll_ctl");
    return (uint64_t)result;
}

static uint64_t do_modify(void) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 0};
    int result = epoll_ctl(epfd, EPOLL_CTL_MOD, fds[0], &event);
    check(result, "epoll_ctl");
    return (uint64_t)result;
}

static uint64_t do_write_read(void) {
    uint64_t value = 1;
    check((int)write(fds[0], &value, sizeof value), "write");
    check((int)read(fds[0], &value, sizeof value), "read");
    return value;
}

static uint64_t do_select(void) {
    struct timeval none = {0, 0};
    ready = interest;
    int result = select(fds[polled - 1] + 1, &ready, NULL, NULL, &none);
    check(result, "select");
    return (uint64_t)result;
}

static uint64_t do_poll(void) {
    int result = poll(entries, (nfds_t)polled, 0);
    check(result, "poll");
    return (uint64_t)result;
}

static uint64_t do_pselect(void) {
    struct timespec limit = {0, ONE_AND_A_HALF_MILLIS + 1};
    ready = interest;
    int result = pselect(fds[polled - 1] + 1, &ready, NULL, NULL, &limit, NULL);
    check(result, "pselect");
    return (uint64_t)result;
}

static uint64_t do_ppoll(void) {
    struct timespec limit = {0, ONE_AND_A_HALF_MILLIS};
    int result = ppoll(entries, (nfds_t)polled, &limit, NULL);
    check(result, "ppoll");
    return (uint64_t)result;
}

/* The numbers of the ready entries. */
static uint64_t do_scan_entries(void) {
    uint64_t sum = 0;
    __asm__ volatile("" ::: "memory");
    for (int i = 0; i < polled; i++) {
        if (entries[i].revents != 0) {
            sum += (uint64_t)entries[i].fd;
        }
    }
    return sum;
}

static void polled_once(void) {
    polled_eventfds(MOST);
    do_poll();
}

static uint64_t do_change_entry(void) {
    entries[0].events ^= POLLOUT;
    entries[0].revents = 0;
    __asm__ volatile("" ::: "memory");
    return (uint64_t)entries[0].events;
}

static void empty_set(void) { FD_ZERO(&interest); }
static void full_set(void) {
    for (int i = 0; i < MOST; i++) {
        FD_SET(i, &interest);
    }
}
static void set_of_one(void) {
    empty_set();
    FD_SET(MOST - 1, &interest);
}

static uint64_t do_set_clear(void) {
    uint64_t sum = 0;
    for (int i = 0; i < WATCHED; i++) {
        FD_SET(i, &interest);
    }
    __asm__ volatile("" ::: "memory");
    for (int i = 0; i < WATCHED; i++) {
        sum += FD_ISSET(i, &interest) != 0;
    }
    for (int i = 0; i < WATCHED; i++) {
        FD_CLR(i, &interest);
    }
    __asm__ volatile("" ::: "memory");
    return sum;
}

/* The numbers of the members, as C programs look for them: one after the other. */
static uint64_t do_members(void) {
    uint64_t sum = 0;
    __asm__ volatile("" ::: "memory");
    for (int i = 0; i < MOST; i++) {
        if (FD_ISSET(i, &interest)) {
            sum += (uint64_t)i;
        }
    }
    return sum;
}

static uint64_t do_copy_set(void) {
    ready = interest;
    __asm__ volatile("" ::: "memory");
    return 0;
}

static const struct subject subjects[] = {
    {"await-0", eventfds_0, do_await},
    {"await-1", eventfds_1, do_await},
    {"await-64", eventfds_64, do_await},
    {"await-scan-64", eventfds_64, do_await_scan},
    {"scan-64", filled_array, do_scan},
    {"scan-flags-64", filled_array, do_scan_flags},
    {"await-limit-1", eventfds_1, do_await_limit},
    {"pwait2-1", eventfds_1, do_pwait2},
    {"wakeup", waker, do_wakeup},
    {"add-delete", unwatched_eventfd, do_add_delete},
    {"modify", watched_eventfd, do_modify},
    {"write-read", lone_eventfd, do_write_read},
    {"select-10", polled_10, do_select},
    {"select-1000", polled_1000, do_select},
    {"poll-10", polled_10, do_poll},
    {"poll-1000", polled_1000, do_poll},
    {"pselect-10", polled_10, do_pselect},
    {"ppoll-10", polled_10, do_ppoll},
    {"poll-scan-1000", polled_once, do_scan_entries},
    {"poll-change", polled_10, do_change_entry},
    {"set-clear", empty_set, do_set_clear},
    {"members-1", set_of_one, do_members},
    {"members-1000", full_set, do_members},
    {"copy-set", full_set, do_copy_set},
    {"pipes-0", pipes_0, do_await},
    {"pipes-scan-1", pipes_1, do_await_scan},
    {"pipes-scan-64", pipes_64, do_await_scan},
};

int main(int argc, char **argv) {
    return measure_subject(argc, argv, subjects, sizeof subjects / sizeof subjects[0]);
}
