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

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(void) {
    long long begun = now();
    int epfd = epoll_create1(EPOLL_CLOEXEC);
    int counter = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 1};
    epoll_ctl(epfd, EPOLL_CTL_ADD, counter, &event);
    uint64_t value = 1;
    if (write(counter, &value, sizeof value) != sizeof value || epoll_wait(epfd, &event, 1, -1) != 1) {
        perror("startup");
        return 1;
    }
    printf("main %lld\nevent %lld\n", begun, now());
    return 0;
}
