/*
 * The yardstick of a chat: sends each line of a member to all others, as one writes it in C.
 *
 *   broadcast                      prints "listening on 127.0.0.1:PORT"
 *
 * One thread, level-triggered epoll, one send for each member and line. What a member does not take at once ends the
 * program with exit status 2: its load reads. It ends with the thread that started it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "failure.h"
#include "parent.h"

enum { EVENTS = 1024, MEMBERS = 1 << 16, BUFFER = 16 << 10, BACKLOG = 4096 };

static const char NAME[] = "guest1: ";

static int epfd;
static int listener;
static int members[MEMBERS];
static int count;
static char buffer[sizeof NAME + BUFFER];

static void watch(int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    check(epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

static void enter(void) {
    int fd = check(accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), "accept4");
    int on = 1;
    check(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
    if (count == MEMBERS) {
        fail(2, "more than %d members", MEMBERS);
    }
    members[count++] = fd;
    watch(fd);
}

static void leave(int fd) {
    for (int i = 0; i < count; i++) {
        if (members[i] == fd) {
            members[i] = members[--count];
        }
    }
    close(fd);
}

/* A read is a line: its load sends one and waits for the answers. */
static void say(int fd) {
    size_t name = sizeof NAME - 1;
    ssize_t length = recv(fd, buffer + name, BUFFER, 0);
    if (length <= 0) {
        leave(fd);
        return;
    }
    for (int i = 0; i < count; i++) {
        if (members[i] != fd && send(members[i], buffer, name + (size_t)length, MSG_NOSIGNAL) < 0 && errno == EAGAIN) {
            fail(2, "a member does not read");
        }
    }
}

int main(void) {
    end_with_parent();
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    struct epoll_event events[EVENTS];
    memcpy(buffer, NAME, sizeof NAME);
    check(epfd = epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    check(listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
    check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(listener, BACKLOG), "listen");
    check(getsockname(listener, (struct sockaddr *)&address, &length), "getsockname");
    watch(listener);
    printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        int ready = epoll_wait(epfd, events, EVENTS, -1);
        if (ready < 0 && errno != EINTR) {
            check(ready, "epoll_wait");
        }
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener) {
                enter();
            } else {
                say(events[i].data.fd);
            }
        }
    }
}
