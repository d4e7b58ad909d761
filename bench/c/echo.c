/*
 * The yardstick of the servers: echo on epoll, in one thread, as one writes it in C.
 *
 *   echo [--port N] [--host A] [--edge]    port 0, the default, is a free one; prints "listening on A:N"
 *
 * Level-triggered, a connection is read once for each event. Edge-triggered, it is read until it is empty: a read that
 * does not fill the buffer has emptied it, unless the event says that the end of the stream is behind it (EPOLLRDHUP),
 * which would be no new edge. All connections read into one buffer. What a peer does not take is copied, and
 * watched for with EPOLLOUT; until it is gone, that peer is not read from. No call but the wait can be interrupted: the
 * others never block. It ends with the thread that started it, or with exit status 2 if a call fails that must not.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "failure.h"
#include "parent.h"

enum { EVENTS = 1024, BUFFER = 64 << 10, BACKLOG = 4096 };

static const uint32_t EVERY_EDGE = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
static const uint32_t ENDING = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

struct connection {
    int fd;
    int watched;
    char *waiting; /* null unless bytes wait for the peer */
    size_t from;
    size_t to;
};

static int epfd;
static int listener;
static bool listening;
static bool edge;
static char buffer[BUFFER];

static void listen_again(bool wanted) {
    if (wanted != listening) {
        struct epoll_event event = {.events = wanted ? EPOLLIN : 0};
        check(epoll_ctl(epfd, EPOLL_CTL_MOD, listener, &event), "epoll_ctl");
        listening = wanted;
    }
}

static void end(struct connection *connection) {
    close(connection->fd);
    free(connection->waiting);
    free(connection);
    listen_again(true);
}

static void watch(struct connection *connection, int events) {
    if (!edge && events != connection->watched) {
        struct epoll_event event = {.events = (uint32_t)events, .data.ptr = connection};
        check(epoll_ctl(epfd, EPOLL_CTL_MOD, connection->fd, &event), "epoll_ctl");
        connection->watched = events;
    }
}

static void welcome(void) {
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        int on = 1;
        struct connection *connection = malloc(sizeof *connection);
        if (connection == NULL) {
            close(fd);
            return;
        }
        *connection = (struct connection){.fd = fd, .watched = EPOLLIN};
        struct epoll_event event = {.events = edge ? EVERY_EDGE : EPOLLIN, .data.ptr = connection};
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        check(epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
    }
    if (errno == EMFILE || errno == ENFILE) {
        listen_again(false); /* until somebody leaves */
    }
}

/* Sends; the answer is how much was taken, or -1 if the peer is gone. */
static ssize_t give(int fd, const char *bytes, size_t length) {
    size_t given = 0;
    while (given < length) {
        ssize_t count = send(fd, bytes + given, length - given, MSG_NOSIGNAL);
        if (count < 0) {
            return errno == EAGAIN ? (ssize_t)given : -1;
        }
        given += (size_t)count;
    }
    return (ssize_t)given;
}

/* Sends what waits; false if the peer is gone. */
static bool flush(struct connection *connection) {
    ssize_t given = give(connection->fd, connection->waiting + connection->from, connection->to - connection->from);
    if (given < 0) {
        return false;
    }
    connection->from += (size_t)given;
    if (connection->from == connection->to) {
        free(connection->waiting);
        connection->waiting = NULL;
        watch(connection, EPOLLIN);
    }
    return true;
}

/* Keeps what the peer does not take yet; false if there is no memory for it. */
static bool keep(struct connection *connection, const char *bytes, size_t length) {
    connection->waiting = malloc(length);
    if (connection->waiting == NULL) {
        return false;
    }
    memcpy(connection->waiting, bytes, length);
    connection->from = 0;
    connection->to = length;
    watch(connection, EPOLLOUT);
    return true;
}

/* Serves one event; false if the connection has ended. An edge reports whatever is so now, also what it has before. */
static bool serve(struct connection *connection, uint32_t events) {
    if (connection->waiting != NULL && !flush(connection)) {
        return false;
    }
    while (connection->waiting == NULL) {
        ssize_t count = recv(connection->fd, buffer, BUFFER, 0);
        if (count <= 0) {
            return count < 0 && errno == EAGAIN;
        }
        ssize_t given = give(connection->fd, buffer, (size_t)count);
        if (given < 0 || (given < count && !keep(connection, buffer + given, (size_t)(count - given)))) {
            return false;
        }
        if (!edge || (count < BUFFER && (events & ENDING) == 0)) {
            return true;
        }
    }
    return true;
}

static void bind_to(const char *host, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t length = sizeof address;
    int on = 1;
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        fail(2, "not an IPv4 address: %s", host);
    }
    listener = check(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
    check(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "setsockopt");
    check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(listener, BACKLOG), "listen");
    check(getsockname(listener, (struct sockaddr *)&address, &length), "getsockname");
    printf("listening on %s:%d\n", host, ntohs(address.sin_port));
    fflush(stdout);
}

int main(int argc, char **argv) {
    end_with_parent();
    const char *host = "127.0.0.1";
    int port = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--edge") == 0) {
            edge = true;
        } else if (strcmp(argv[i], "--port") == 0 && i + 1 < argc) {
            port = atoi(argv[++i]);
        } else if (strcmp(argv[i], "--host") == 0 && i + 1 < argc) {
            host = argv[++i];
        } else {
            fail(2, "usage: echo [--port N] [--host A] [--edge]");
        }
    }
    struct rlimit limit;
    check(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
    limit.rlim_cur = limit.rlim_max;
    check(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
    bind_to(host, port);
    epfd = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    struct epoll_event interest = {.events = EPOLLIN};
    check(epoll_ctl(epfd, EPOLL_CTL_ADD, listener, &interest), "epoll_ctl");
    listening = true;
    static struct epoll_event events[EVENTS];
    for (;;) {
        int ready = epoll_wait(epfd, events, EVENTS, -1);
        if (ready < 0 && errno != EINTR) {
            check(ready, "epoll_wait");
        }
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection == NULL) {
                welcome();
            } else if (!serve(connection, events[i].events)) {
                end(connection);
            }
        }
    }
}
