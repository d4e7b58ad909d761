/*
 * The yardstick of the example game: sends to all clients at each tick, as one writes it in C.
 *
 *   ticks CLIENTS BYTES MILLISECONDS SECONDS
 *
 * One thread: every so many milliseconds, by a deadline, one send of so many bytes to each client. The clients are in a
 * process of their own, which reads. Prints what was measured once all are connected, a name and a number in a line:
 * the ticks, the sends that took all bytes, those that did not, which are not repeated, and the CPU time of the sending
 * process alone, in nanoseconds. It ends with the thread that started it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clocks.h"
#include "failure.h"
#include "parent.h"

enum { CLIENTS = 1 << 16, BUFFER = 1 << 20, EVENTS = 1024, MILLION = 1000000 };

static int clients[CLIENTS];
static char buffer[BUFFER];

static int number(const char *text, int most) {
    char *end;
    long value = strtol(text, &end, 10);
    if (*end != '\0' || value < 1 || value > most) {
        fail(2, "not in 1..%d: %s", most, text);
    }
    return (int)value;
}

/* The clients: reads until all connections have ended. */
static void read_all(const struct sockaddr_in *address, int count) {
    int epfd = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    end_with_parent();
    for (int i = 0; i < count; i++) {
        int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        check(connect(fd, (const struct sockaddr *)address, sizeof *address), "connect");
        check(epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
    }
    while (count > 0) {
        struct epoll_event events[EVENTS];
        int ready = check(epoll_wait(epfd, events, EVENTS, -1), "epoll_wait");
        for (int i = 0; i < ready; i++) {
            if (recv(events[i].data.fd, buffer, BUFFER, 0) <= 0) {
                close(events[i].data.fd);
                count--;
            }
        }
    }
}

static void sleep_until(int64_t time) {
    struct timespec when = {.tv_sec = time / 1000 / MILLION, .tv_nsec = time % (1000LL * MILLION)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) == EINTR) {
    }
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fail(2, "usage: ticks CLIENTS BYTES MILLISECONDS SECONDS");
    }
    int count = number(argv[1], CLIENTS);
    size_t size = (size_t)number(argv[2], BUFFER);
    int64_t period = (int64_t)number(argv[3], MILLION) * MILLION;
    int64_t ticks = (int64_t)number(argv[4], MILLION) * 1000 * MILLION / period;
    end_with_parent();
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(listener, 4096), "listen");
    check(getsockname(listener, (struct sockaddr *)&address, &length), "getsockname");
    pid_t reader = check(fork(), "fork");
    if (reader == 0) {
        close(listener);
        read_all(&address, count);
        return 0;
    }
    for (int i = 0; i < count; i++) {
        int on = 1;
        clients[i] = check(accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), "accept4");
        check(setsockopt(clients[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
    }
    int64_t whole = 0;
    int64_t short_sends = 0;
    int64_t cpu = cpu_time(getpid());
    int64_t start = now();
    for (int64_t tick = 1; tick <= ticks; tick++) {
        sleep_until(start + tick * period);
        for (int i = 0; i < count; i++) {
            ssize_t sent = send(clients[i], buffer, size, MSG_NOSIGNAL);
            if (sent < 0 && errno != EAGAIN) {
                fail(3, "client %d: %s", i, strerror(errno));
            }
            if (sent == (ssize_t)size) {
                whole++;
            } else {
                short_sends++;
            }
        }
    }
    cpu = cpu_time(getpid()) - cpu;
    printf("nanos %lld\nticks %lld\nsends %lld\nshort %lld\ncpu %lld\n", (long long)(now() - start), (long long)ticks,
           (long long)whole, (long long)short_sends, (long long)cpu);
    for (int i = 0; i < count; i++) {
        close(clients[i]);
    }
    waitpid(reader, NULL, 0);
    return 0;
}
