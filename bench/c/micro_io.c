/*
 * The loops of the micro benchmarks in C: what moving bytes, opening and closing cost without Java. See micro.h for the
 * command line.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

#include "micro.h"

enum { SMALL = 64, LARGE = 16 << 10, FILE_SIZE = 1 << 20, PARTS = 4, BURST = 32, HOUR = 3600, EVENTS = 16 };

/* What is written into one end comes out of the other. */
static int in;
static int out;
static int listener;
static int timer;
static int signals;
static int file;
static int queue;
static int self;
static char path[] = "/tmp/epoll4j-bench-XXXXXX";
static struct sockaddr_in address;
static char buffer[LARGE];
static struct mmsghdr burst[BURST];
static struct iovec burst_parts[BURST];
static struct sockaddr_storage burst_peers[BURST];

static void pipe_ends(void) {
    int ends[2];
    check(pipe2(ends, O_NONBLOCK | O_CLOEXEC), "pipe2");
    in = ends[1];
    out = ends[0];
}

static void unix_pair(void) {
    int ends[2];
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), "socketpair");
    in = ends[1];
    out = ends[0];
}

/* Binds a socket to a free port of the loopback interface, and keeps its address. */
static int bound(int type) {
    socklen_t length = sizeof address;
    int fd = check(socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
    address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    check(bind(fd, (struct sockaddr *)&address, sizeof address), "bind");
    check(getsockname(fd, (struct sockaddr *)&address, &length), "getsockname");
    return fd;
}

static void tcp_listener(void) {
    listener = bound(SOCK_STREAM);
    check(listen(listener, SOMAXCONN), "listen");
}

static void tcp_pair(void) {
    int on = 1;
    tcp_listener();
    in = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    check(connect(in, (struct sockaddr *)&address, sizeof address), "connect");
    check(fcntl(in, F_SETFL, O_NONBLOCK), "fcntl");
    out = check(accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), "accept4");
    check(setsockopt(in, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
}

static void udp_pair(void) {
    in = bound(SOCK_DGRAM);
    out = bound(SOCK_DGRAM);
}

static void connected_udp_pair(void) {
    udp_pair();
    check(connect(in, (struct sockaddr *)&address, sizeof address), "connect");
}

/* Messages of their own memory, for sendmmsg and recvmmsg. */
static void udp_burst(void) {
    udp_pair();
    for (int i = 0; i < BURST; i++) {
        burst_parts[i].iov_base = buffer + i * SMALL;
    }
}

static void remove_file(void) { unlink(path); }

static void tcp_and_file(void) {
    tcp_pair();
    file = check(mkstemp(path), "mkstemp");
    atexit(remove_file);
    check(ftruncate(file, FILE_SIZE), "ftruncate");
}

static void timer_alone(void) {
    timer = check(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd_create");
}

static void blocked_signal(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    check(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0 ? 0 : -1, "pthread_sigmask");
    signals = check(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd");
}

static void inotify_queue(void) {
    file = check(mkstemp(path), "mkstemp");
    atexit(remove_file);
    queue = check(inotify_init1(IN_NONBLOCK | IN_CLOEXEC), "inotify_init1");
}

static void watched_file(void) {
    inotify_queue();
    check(inotify_add_watch(queue, path, IN_MODIFY), "inotify_add_watch");
}

static void own_number(void) { self = getpid(); }
static void nothing(void) { }

/* Takes out what was put in. */
static uint64_t take_by_read(size_t length) {
    for (size_t left = length; left > 0;) {
        left -= (size_t)check((int)read(out, buffer, left), "read");
    }
    return length;
}

static uint64_t take(size_t length) {
    for (size_t left = length; left > 0;) {
        left -= (size_t)check((int)recv(out, buffer, left, 0), "recv");
    }
    return length;
}

static uint64_t through_pipe(size_t length) {
    check((int)write(in, buffer, length), "write");
    return take_by_read(length);
}

static uint64_t through_socket(size_t length) {
    check((int)send(in, buffer, length, MSG_NOSIGNAL), "send");
    return take(length);
}

static uint64_t do_pipe_small(void) { return through_pipe(SMALL); }
static uint64_t do_pipe_large(void) { return through_pipe(LARGE); }
static uint64_t do_socket_small(void) { return through_socket(SMALL); }
static uint64_t do_socket_large(void) { return through_socket(LARGE); }

static uint64_t do_gather(void) {
    struct iovec parts[PARTS];
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = PARTS};
    for (int i = 0; i < PARTS; i++) {
        parts[i] = (struct iovec){.iov_base = buffer + i * SMALL, .iov_len = SMALL};
    }
    check((int)sendmsg(in, &message, MSG_NOSIGNAL), "sendmsg");
    return take(PARTS * SMALL);
}

static uint64_t do_udp(void) {
    struct sockaddr_storage sender;
    socklen_t length = sizeof sender;
    check((int)sendto(in, buffer, SMALL, MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof address), "sendto");
    return (uint64_t)check((int)recvfrom(out, buffer, SMALL, 0, (struct sockaddr *)&sender, &length), "recvfrom");
}

/* One sendmmsg, and recvmmsg until all have come. */
static uint64_t do_udp_burst(void) {
    for (int i = 0; i < BURST; i++) {
        burst_parts[i].iov_len = SMALL;
        burst[i].msg_hdr = (struct msghdr){.msg_name = &address, .msg_namelen = sizeof address,
                                           .msg_iov = &burst_parts[i], .msg_iovlen = 1};
    }
    check(sendmmsg(in, burst, BURST, MSG_NOSIGNAL), "sendmmsg");
    uint64_t sum = 0;
    for (int left = BURST; left > 0;) {
        for (int i = 0; i < left; i++) {
            burst[i].msg_hdr = (struct msghdr){.msg_name = &burst_peers[i], .msg_namelen = sizeof burst_peers[i],
                                               .msg_iov = &burst_parts[i], .msg_iovlen = 1};
        }
        int received = check(recvmmsg(out, burst, (unsigned)left, 0, NULL), "recvmmsg");
        for (int i = 0; i < received; i++) {
            sum += burst[i].msg_len;
        }
        left -= received;
    }
    return sum;
}

/* Sends a file of 1 MB, as far as the socket takes it, and discards it at the other end. */
static uint64_t do_sendfile(void) {
    off_t offset = 0;
    size_t taken = 0;
    while (taken < FILE_SIZE) {
        if (offset < FILE_SIZE && sendfile(in, file, &offset, (size_t)(FILE_SIZE - offset)) < 0 && errno != EAGAIN) {
            fail(2, "sendfile: %s", strerror(errno));
        }
        for (ssize_t count; (count = recv(out, buffer, LARGE, 0)) > 0;) {
            taken += (size_t)count;
        }
    }
    return taken;
}

/* Arms a timer that does not expire meanwhile, and reads it. */
static uint64_t do_timer(void) {
    struct itimerspec time = {.it_value.tv_sec = HOUR};
    uint64_t expirations = 0;
    check(timerfd_settime(timer, 0, &time, NULL), "timerfd_settime");
    if (read(timer, &expirations, sizeof expirations) >= 0) {
        fail(2, "the timer expired");
    }
    return expirations;
}

static uint64_t do_signal(void) {
    struct signalfd_siginfo info;
    check(raise(SIGUSR1), "raise");
    check((int)read(signals, &info, sizeof info), "read");
    return info.ssi_signo;
}

/* The events that there are, with all that they say. */
static uint64_t read_events(void) {
    static char events[EVENTS * (sizeof(struct inotify_event) + NAME_MAX + 1)] __attribute__((aligned(8)));
    int length = check((int)read(queue, events, sizeof events), "read");
    uint64_t sum = 0;
    for (int at = 0; at < length;) {
        struct inotify_event *event = (struct inotify_event *)(events + at);
        sum += (uint64_t)event->wd + event->mask + event->cookie + (event->len > 0 ? strlen(event->name) : 0);
        at += (int)(sizeof *event + event->len);
    }
    return sum;
}

static uint64_t do_inotify(void) {
    check((int)pwrite(file, buffer, 1, 0), "pwrite");
    return read_events();
}

/* The watch's last event says that it is removed. */
static uint64_t do_watch(void) {
    int watch = check(inotify_add_watch(queue, path, IN_MODIFY), "inotify_add_watch");
    check(inotify_rm_watch(queue, watch), "inotify_rm_watch");
    return read_events();
}

static uint64_t do_pidfd(void) {
    int fd = check((int)syscall(SYS_pidfd_open, self, 0), "pidfd_open");
    close(fd);
    return (uint64_t)fd;
}

static uint64_t do_eventfd(void) {
    int fd = check(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
    close(fd);
    return (uint64_t)fd;
}

/* Connects, accepts, and closes both ends; the client's with a reset, which leaves no port in TIME_WAIT. */
static uint64_t do_connect(void) {
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    int client = check(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
    check(setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), "SO_LINGER");
    connect(client, (struct sockaddr *)&address, sizeof address); /* EINPROGRESS: accept shows how it ended */
    int server = check(accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), "accept4");
    close(client);
    close(server);
    return (uint64_t)server;
}

static uint64_t do_set_option(void) {
    int on = 1;
    return (uint64_t)check(setsockopt(in, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
}

static uint64_t do_get_option(void) {
    int value = 0;
    socklen_t length = sizeof value;
    check(getsockopt(in, SOL_SOCKET, SO_RCVBUF, &value, &length), "SO_RCVBUF");
    return (uint64_t)value;
}

static const struct subject subjects[] = {
    {"pipe-64", pipe_ends, do_pipe_small},
    {"pipe-16k", pipe_ends, do_pipe_large},
    {"unix-64", unix_pair, do_socket_small},
    {"unix-16k", unix_pair, do_socket_large},
    {"tcp-64", tcp_pair, do_socket_small},
    {"tcp-16k", tcp_pair, do_socket_large},
    {"unix-gather", unix_pair, do_gather},
    {"udp-64", udp_pair, do_udp},
    {"udp-connected-64", connected_udp_pair, do_socket_small},
    {"udp-burst", udp_burst, do_udp_burst},
    {"sendfile", tcp_and_file, do_sendfile},
    {"timer", timer_alone, do_timer},
    {"signal", blocked_signal, do_signal},
    {"inotify", watched_file, do_inotify},
    {"watch", inotify_queue, do_watch},
    {"pidfd", own_number, do_pidfd},
    {"eventfd", nothing, do_eventfd},
    {"connect", tcp_listener, do_connect},
    {"set-option", tcp_pair, do_set_option},
    {"get-option", tcp_pair, do_get_option},
};

int main(int argc, char **argv) {
    return measure_subject(argc, argv, subjects, sizeof subjects / sizeof subjects[0]);
}
