/*
 * The members of a chat: one of them says a line, and all others receive it, again and again.
 *
 *   members PORT PID MEMBERS SIZE  prints "ready" when all have joined and nothing more arrives
 *
 * Then each number of seconds that it reads from standard input makes it talk for so long, and print the lines in a
 * second and the nanoseconds that the server, process PID, computed for each. A line has SIZE bytes, its ending
 * included. It ends with the thread that started it, or at the end of standard input.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clocks.h"
#include "failure.h"
#include "parent.h"

enum { EVENTS = 1024, BUFFER = 64 << 10, QUIET_MILLIS = 500, LOST_MILLIS = 10000, MOST = 900 };

static int epfd;
static int speaker;
static char line[MOST];
static size_t size;
static char buffer[BUFFER];

/* Reads what has arrived within a time, and returns the number of lines; -1 if nothing has. */
static int take_lines(int millis) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(epfd, events, EVENTS, millis);
    int lines = 0;
    check(ready, "epoll_wait");
    for (int i = 0; i < ready; i++) {
        ssize_t length = recv(events[i].data.fd, buffer, BUFFER, 0);
        if (length <= 0) {
            fail(2, "the server has ended a connection");
        }
        for (char *end = buffer; (end = memchr(end, '\n', (size_t)(buffer + length - end))) != NULL; end++) {
            lines++;
        }
    }
    return ready == 0 ? -1 : lines;
}

static void join_all(int port, int count) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 0; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN};
        int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
        check(connect(fd, (struct sockaddr *)&address, sizeof address), "connect");
        check(fcntl(fd, F_SETFL, O_NONBLOCK), "fcntl");
        event.data.fd = fd;
        check(epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
        speaker = fd;
        take_lines(0); /* each is told of the next */
    }
    while (take_lines(QUIET_MILLIS) >= 0) {
    }
}

/* Says a line, and waits until all others have it. */
static void say(int others) {
    check((int)send(speaker, line, size, MSG_NOSIGNAL), "send");
    while (others > 0) {
        int lines = take_lines(LOST_MILLIS);
        if (lines < 0) {
            fail(2, "%d members did not receive a line", others);
        }
        others -= lines;
    }
    if (others < 0) {
        fail(2, "there were more lines than members");
    }
}

int main(int argc, char **argv) {
    end_with_parent();
    if (argc != 5) {
        fail(2, "members PORT PID MEMBERS SIZE");
    }
    int pid = atoi(argv[2]);
    int count = atoi(argv[3]);
    size = (size_t)atol(argv[4]);
    if (count < 2 || size < 2 || size > MOST) {
        fail(2, "2 members or more, and 2 to %d bytes", MOST);
    }
    memset(line, 'x', size - 1);
    line[size - 1] = '\n';
    check(epfd = epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    join_all(atoi(argv[1]), count);
    puts("ready");
    fflush(stdout);
    double seconds;
    while (scanf("%lf", &seconds) == 1) {
        int64_t cpu = cpu_time(pid);
        int64_t start = now();
        int64_t end = start + (int64_t)(seconds * 1e9);
        int64_t said = 0;
        do {
            say(count - 1);
            said++;
        } while (now() < end);
        printf("%.1f %.0f\n", (double)said * 1e9 / (double)(now() - start), (double)(cpu_time(pid) - cpu) / (double)said);
        fflush(stdout);
    }
    return 0;
}
