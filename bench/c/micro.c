/*
 * The loops of the micro benchmarks in C: what the calls cost without Java.
 *
 *   micro NAME MILLIS REPEATS    measures one subject; prints a line "NAME NANOSECONDS" for each repeat
 *   micro                        lists the names
 *
 * A second thread sleeps throughout. The kernel looks up descriptors faster for a process of one thread, which a JVM
 * never is.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

enum { WATCHED = 64, MOST = 1000, BATCH = 200 };

static int epfd;
static int fds[MOST];
static struct epoll_event events[WATCHED];
static struct pollfd entries[MOST];
static fd_set interest;
static fd_set ready;
static int polled;
static volatile uint64_t sink;

static void check(int result, const char *call) {
    if (result < 0) {
        perror(call);
        exit(1);
    }
}

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

static void eventfds_0(void) { eventfds(0); }
static void eventfds_1(void) { eventfds(1); }
static void eventfds_64(void) { eventfds(WATCHED); }
static void lone_eventfd(void) { check(fds[0] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd"); }
static void watched_eventfd(void) {
    lone_eventfd();
    watch(1);
}
static void polled_10(void) { polled_eventfds(10); }
static void polled_1000(void) { polled_eventfds(MOST); }
static void pipes_0(void) { pipes(0); }
static void pipes_64(void) { pipes(WATCHED); }
static void filled_array(void) {
    eventfds(WATCHED);
    await();
}

static uint64_t do_await(void) { return (uint64_t)await(); }
static uint64_t do_await_scan(void) { return scan(await()); }
static uint64_t do_scan(void) { return scan(WATCHED); }

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

static const struct subject {
    const char *name;
    void (*set_up)(void);
    uint64_t (*operation)(void);
} subjects[] = {
    {"await-0", eventfds_0, do_await},
    {"await-1", eventfds_1, do_await},
    {"await-64", eventfds_64, do_await},
    {"await-scan-64", eventfds_64, do_await_scan},
    {"scan-64", filled_array, do_scan},
    {"modify", watched_eventfd, do_modify},
    {"write-read", lone_eventfd, do_write_read},
    {"select-10", polled_10, do_select},
    {"select-1000", polled_1000, do_select},
    {"poll-10", polled_10, do_poll},
    {"poll-1000", polled_1000, do_poll},
    {"pipes-0", pipes_0, do_await},
    {"pipes-scan-64", pipes_64, do_await_scan},
};

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Runs an operation for a time, and gives the nanoseconds of each. */
static double measure(uint64_t (*operation)(void), int64_t nanos) {
    int64_t start = now();
    int64_t end;
    uint64_t count = 0;
    do {
        uint64_t sum = 0;
        for (int i = 0; i < BATCH; i++) {
            sum += operation();
        }
        sink = sum;
        count += BATCH;
        end = now();
    } while (end - start < nanos);
    return (double)(end - start) / (double)count;
}

static void *sleeper(void *unused) {
    for (;;) {
        pause();
    }
    return unused;
}

int main(int argc, char **argv) {
    size_t count = sizeof subjects / sizeof subjects[0];
    if (argc != 4) {
        for (size_t i = 0; i < count; i++) {
            puts(subjects[i].name);
        }
        return argc == 1 ? 0 : 2;
    }
    pthread_t thread;
    if (pthread_create(&thread, NULL, sleeper, NULL) != 0) {
        return 1;
    }
    int64_t nanos = atoll(argv[2]) * 1000000;
    int repeats = atoi(argv[3]);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(subjects[i].name, argv[1]) == 0) {
            subjects[i].set_up();
            measure(subjects[i].operation, nanos / 2); /* warms caches and the clock of the processor */
            for (int repeat = 0; repeat < repeats; repeat++) {
                printf("%s %.3f\n", subjects[i].name, measure(subjects[i].operation, nanos));
            }
            return 0;
        }
    }
    fprintf(stderr, "micro: no subject %s\n", argv[1]);
    return 2;
}
