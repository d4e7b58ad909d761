/* What programs.c watches: sessions and their mechanisms, and the connections of both ends. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "../../c/failure.h"

enum { EVENTS = 1024, CHUNK = 256 << 10, PERIOD = 65521, BATCH = 1024, STALL_MILLIS = 10000, SPARE = 8 };
enum mechanism { SELECT, POLL, LEVEL, EDGE, ONESHOT };
enum lookup { NONE, LINEAR, INDEX, POINTER };

struct session {
    int fd;
    bool watches_output;
    size_t received;
    size_t sent;
    char *buffer;
};

/* A message on the client's side. */
struct message {
    int fd;
    bool watches_output;
    size_t start;
    size_t sent;
    size_t received;
};

static enum mechanism mechanism;
static enum lookup lookup;
static bool tcp;
static bool per_connection;
static bool own_buffers;
static int connections;
static long rounds;
static size_t bytes;
static int in_flight;
static int steps = 10;

static struct session *sessions;
static struct session **by_fd;
static int session_count;
static struct message *messages;
static int message_count;
static char pattern[PERIOD + CHUNK];
static char *shared;
static struct {
    long waits, events, ctls, data, comparisons;
} counts;

static int epfd; /* the server's */
static struct epoll_event ready_events[EVENTS];
static struct pollfd *entries;
static fd_set input, output, readable, writable;
static int highest = -1;
static int last;
static int left;
static bool in_writable;
static int client_epfd;
static int under_way;
static long message_number;

static int listener;
static struct sockaddr_storage address;
static socklen_t address_length;

static void *allocate(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL) {
        fail(2, "no memory for %zu times %zu bytes: fewer connections or bytes", count, size);
    }
    return memory;
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* ---- watching ---- */

static uint32_t flags(void) {
    return mechanism == EDGE ? EPOLLET : mechanism == ONESHOT ? EPOLLONESHOT : 0;
}

static void ctl(int operation, struct session *session, uint32_t mask, int fd) {
    struct epoll_event event = {.events = mask | flags()};
    if (lookup == POINTER) {
        event.data.ptr = session;
    } else {
        event.data.fd = fd;
    }
    check(epoll_ctl(epfd, operation, fd, &event), "epoll_ctl");
    counts.ctls++;
}

/* Watches a descriptor for input; poll's entries are added in the order of the sessions. */
static void watch(struct session *session, int fd, int index) {
    if (mechanism == SELECT) {
        if (fd >= FD_SETSIZE) {
            fail(2, "select stops at descriptor %d: fewer connections", FD_SETSIZE - 1);
        }
        FD_SET(fd, &input);
        highest = fd > highest ? fd : highest;
    } else if (mechanism == POLL) {
        entries[index] = (struct pollfd){.fd = fd, .events = POLLIN};
    } else {
        ctl(EPOLL_CTL_ADD, session, EPOLLIN, fd);
    }
}

static void watch_output(struct session *session, bool on) {
    if (mechanism == SELECT) {
        FD_CLR(session->fd, on ? &input : &output);
        FD_SET(session->fd, on ? &output : &input);
    } else if (mechanism == POLL) {
        entries[session - sessions].events = on ? POLLOUT : POLLIN;
    } else {
        ctl(EPOLL_CTL_MOD, session, mechanism == EDGE ? EPOLLIN | EPOLLOUT : on ? EPOLLOUT : EPOLLIN, session->fd);
    }
    session->watches_output = on;
}

static int await(int count) {
    struct timeval limit = {1, 0};
    int result;
    last = -1;
    in_writable = false;
    if (mechanism == SELECT) {
        readable = input;
        writable = output;
        result = select(highest + 1, &readable, &writable, NULL, &limit);
    } else if (mechanism == POLL) {
        result = poll(entries, (nfds_t)count, 1000);
    } else {
        result = epoll_wait(epfd, ready_events, EVENTS, 1000);
    }
    check(result, "wait");
    counts.waits++;
    counts.events += result;
    left = result;
    return result;
}

static struct session *search(int fd) {
    int j;
    for (j = 0; sessions[j].fd != fd; j++) {
    }
    counts.comparisons += j + 1;
    return &sessions[j];
}

static struct session *find(int fd) {
    return lookup == LINEAR ? search(fd) : by_fd[fd];
}

/* The next descriptor that select reported. */
static int next_selected(void) {
    for (last++; !in_writable; last = 0, in_writable = true) {
        for (; last <= highest; last++) {
            if (FD_ISSET(last, &readable)) {
                return last;
            }
        }
    }
    while (!FD_ISSET(last, &writable)) {
        last++;
    }
    return last;
}

static int next_polled(void) {
    do {
        last++;
    } while (entries[last].revents == 0);
    return last;
}

static struct session *next(void) {
    if (mechanism == SELECT) {
        return find(next_selected());
    }
    if (mechanism == POLL) {
        int index = next_polled();
        return lookup == LINEAR ? search(entries[index].fd) : &sessions[index];
    }
    last++;
    return lookup == POINTER ? ready_events[last].data.ptr : find(ready_events[last].data.fd);
}

/* ---- connections ---- */

static void set_up_tcp(int fd) {
    int on = 1;
    struct linger reset = {.l_onoff = 1, .l_linger = 0}; /* leaves no port in TIME_WAIT behind */
    if (tcp) {
        check(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
        check(setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), "SO_LINGER");
    }
}

static void open_listener(void) {
    address.ss_family = tcp ? AF_INET : AF_UNIX;
    listener = check(socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
    address_length = sizeof(struct sockaddr_in);
    if (tcp) {
        ((struct sockaddr_in *)&address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else {
        struct sockaddr_un *name = (struct sockaddr_un *)&address;
        int length = snprintf(name->sun_path + 1, sizeof name->sun_path - 1, "epoll4j-bench-c-%d", getpid());
        address_length = (socklen_t)(sizeof name->sun_family + 1 + (size_t)length);
    }
    check(bind(listener, (struct sockaddr *)&address, address_length), "bind");
    check(listen(listener, SOMAXCONN), "listen");
    check(getsockname(listener, (struct sockaddr *)&address, &address_length), "getsockname");
}

static int connect_one(void) {
    int fd = check(socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
    set_up_tcp(fd);
    if (connect(fd, (struct sockaddr *)&address, address_length) != 0 && errno != EINPROGRESS) {
        fail(2, "connect: %s", strerror(errno));
    }
    return fd;
}

static int accept_one(void) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && errno != EAGAIN) {
        fail(2, "accept: %s", strerror(errno));
    }
    if (fd >= 0) {
        set_up_tcp(fd);
    }
    return fd;
}

static int queue_length(void) {
    int length = 128;
    FILE *file = fopen("/proc/sys/net/core/somaxconn", "r");
    if (file != NULL) {
        if (fscanf(file, "%d", &length) != 1) {
            length = 128;
        }
        fclose(file);
    }
    return length < BATCH ? length : BATCH;
}

static void add_session(int fd) {
    struct session *session = &sessions[session_count];
    session->fd = fd;
    by_fd[fd] = session;
    watch(session, fd, session_count);
    session_count++;
}

/* Opens pairs until there are so many: the ends that are watched first, many at a time. A client watches the others. */
static void grow(int count, bool has_client) {
    int most = queue_length();
    while (session_count < count) {
        int batch = count - session_count < most ? count - session_count : most;
        for (int i = 0; i < batch; i++) {
            add_session(connect_one());
        }
        while (message_count < session_count) {
            struct pollfd lone = {.fd = listener, .events = POLLIN};
            if (poll(&lone, 1, STALL_MILLIS) != 1) {
                fail(2, "a connection did not arrive");
            }
            struct message *message = &messages[message_count];
            message->fd = check(accept_one(), "accept");
            message->sent = message->received = bytes;
            if (has_client) {
                struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = message};
                check(epoll_ctl(client_epfd, EPOLL_CTL_ADD, message->fd, &event), "epoll_ctl");
            }
            message_count++;
        }
    }
}

static long open_descriptors(void) {
    long count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder != NULL && readdir(folder) != NULL) {
        count++;
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return count;
}

static void prepare(void) {
    struct rlimit limit;
    check(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
    if (2L * connections + open_descriptors() + SPARE > (long)limit.rlim_cur) {
        fail(2, "ulimit -n allows %ld descriptors, and %d connections take %ld: raise it, or take fewer",
             (long)limit.rlim_cur, connections, 2L * connections);
    }
    for (int i = 0; i < PERIOD + CHUNK; i++) {
        int place = i % PERIOD;
        pattern[i] = (char)(place ^ place >> 8);
    }
    size_t count = (size_t)connections + 1;
    sessions = allocate(count, sizeof *sessions);
    messages = allocate(count, sizeof *messages);
    entries = allocate(count, sizeof *entries);
    by_fd = allocate(limit.rlim_cur > INT32_MAX ? 2 * count + 1024 : limit.rlim_cur, sizeof *by_fd);
    check(epfd = epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    check(client_epfd = epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    open_listener();
}
