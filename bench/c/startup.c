/*
 * A process's first event in C: an eventfd, registered, written and waited for. Prints the monotonic clock, in
 * nanoseconds, at the beginning of main and after the event, as bench's Java programs do.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "failure.h"

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(void) {
    long long begun = now();
    int epfd = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    int counter = check(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 1};
    check(epoll_ctl(epfd, EPOLL_CTL_ADD, counter, &event), "epoll_ctl");
    uint64_t value = 1;
    check((int)write(counter, &value, sizeof value), "write");
    check(epoll_wait(epfd, &event, 1, -1), "epoll_wait");
    printf("main %lld\nevent %lld\n", begun, now());
    return 0;
}
