/*
 * Loads an echo server, and checks each byte that comes back.
 *
 *   load --port N [--host A] [--connections N] [--size BYTES] [--in-flight N] [--batches]
 *        [--idle N] [--warmup SECONDS] [--seconds SECONDS] [--rate MESSAGES | --response-times] [--pid PID]
 *        [--slices | --hold]
 *
 * First as fast as the server answers: each connection has so many messages under way, and asks again for each that
 * comes back; with --batches it asks in one write for all of them once all are back. Then, with --rate, so many
 * messages a second on a timetable that is fixed beforehand, whatever comes back: a message's latency counts from its
 * time in the table, so that a server which halts pays for each message that it kept waiting. The first half second of
 * the table, or as much as --seconds if that is less, is not recorded: the server has met the new pace by then, and has
 * answered who asked it something when the first part ended. Idle connections are opened, each has one message echoed,
 * and they are left alone. With --seconds 0 nothing else happens.
 *
 * With --response-times there is no timetable, and the latencies are those of the first part: how long each of so many
 * clients, who ask again as soon as they have their answer, waits for it. They are no answer to what a client meets who
 * comes when he likes.
 *
 * Prints a line when each span begins and ends, then what was measured, a name and a number in a line; latencies as
 * "latency NANOSECONDS COUNT". CPU time is what the process PID used, all its threads, in nanoseconds, and
 * what the load and the rest of the machine used in the meantime. With --hold it
 * prints "ready" once all are connected, and goes on when a line comes from standard input.
 *
 * With --slices several loads can alternate. After the warm-up it prints a line "second N" for each second of it, with
 * the number of messages, and "done". Then it waits for standard input: at each "s" it measures for --seconds, at each
 * "t" it runs the timetable, and prints the results and "done". It ends at the end of the input.
 *
 * It ends with the thread that started it.
 *
 * Exit status 2: it could not begin; 3: a byte was wrong or a connection was lost.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clocks.h"
#include "failure.h"
#include "histogram.h"
#include "load_options.h"
#include "parent.h"

enum { EVENTS = 256, BUFFER = 256 << 10, PERIOD = 65521, STALL_SECONDS = 10, SECONDS = 100 };

struct connection {
    int fd;
    bool watches_output;
    uint64_t wanted; /* bytes to be sent, sent, and come back */
    uint64_t sent;
    uint64_t back;
    uint64_t timed; /* messages of the timetable that came back */
    uint64_t base;  /* bytes that were back before the timetable */
    int64_t asked;  /* when the message was sent that is under way */
};

static struct connection *connections;
static int epfd;
/* What is sent: byte p of a connection's stream is pattern[(p + 31 * its number) % PERIOD]; longer than its period. */
static char pattern[PERIOD + BUFFER];
static char buffer[BUFFER];
static uint64_t messages;
/* The messages at the end of each second of the warm-up, and how many seconds there are. */
static uint64_t seconds[SECONDS];
static int full_seconds;
/* When the warm-up began; 0 if it has ended. */
static int64_t warmup_begun;
/* How long a slice runs before it is measured, as long as that: a server has been idle before it. */
static const double SETTLING = 0.1;
/* How long the timetable runs before latencies are kept, at most, in seconds. */
static const double MOST_UNRECORDED = 0.5;
/* Nanoseconds from one message of the timetable to the next, and when it began; 0 before. */
static double period;
static int64_t begun;
/* So many messages of the timetable come before the first whose latency is kept. */
static uint64_t unrecorded;
/* Whether response times are kept now. */
static bool timing;

static int64_t server_time(void) {
    int64_t time = options.pid == 0 ? 0 : cpu_time(options.pid);
    if (time < 0) {
        fail(3, "there is no process %d any more", options.pid);
    }
    return time;
}

static size_t place(const struct connection *connection, uint64_t position) {
    return (size_t)((position + 31 * (uint64_t)(connection - connections)) % PERIOD);
}

static void watch(struct connection *connection, bool output) {
    if (connection->watches_output != output) {
        struct epoll_event event = {.events = output ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = connection};
        check(epoll_ctl(epfd, EPOLL_CTL_MOD, connection->fd, &event), "epoll_ctl");
        connection->watches_output = output;
    }
}

/* Ends the program: the server has lost a connection. */
static void lost(const struct connection *connection, const char *how) {
    fail(3, "connection %td was lost after %llu bytes: %s", connection - connections,
         (unsigned long long)connection->back, how);
}

static void send_wanted(struct connection *connection) {
    while (connection->sent < connection->wanted) {
        uint64_t left = connection->wanted - connection->sent;
        size_t length = left < BUFFER ? (size_t)left : BUFFER;
        ssize_t count = send(connection->fd, pattern + place(connection, connection->sent), length, MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN) {
            lost(connection, strerror(errno));
        }
        connection->sent += count < 0 ? 0 : (uint64_t)count;
        if (count < 0 || (size_t)count < length) {
            break;
        }
    }
    watch(connection, connection->sent < connection->wanted);
}

static void compare(const struct connection *connection, size_t length) {
    const char *expected = pattern + place(connection, connection->back);
    if (memcmp(buffer, expected, length) != 0) {
        size_t i = 0;
        while (buffer[i] == expected[i]) {
            i++;
        }
        fail(3, "connection %td, byte %llu: expected %d, got %d", connection - connections,
             (unsigned long long)(connection->back + i), expected[i] & 0xff, buffer[i] & 0xff);
    }
}

/* Counts the messages of the timetable that have come back. The table deals them out in turn. */
static void keep_latencies(struct connection *connection) {
    uint64_t whole = (connection->back - connection->base) / (uint64_t)options.size;
    if (connection->timed < whole) {
        int64_t time = now();
        for (; connection->timed < whole; connection->timed++) {
            uint64_t number = connection->timed * (uint64_t)options.connections + (uint64_t)(connection - connections);
            if (number >= unrecorded) {
                keep_latency(time - begun - (int64_t)((double)number * period));
            }
        }
    }
}

/* Reads what is there; answers how many messages came to their ends. */
static uint64_t receive(struct connection *connection) {
    ssize_t count = recv(connection->fd, buffer, BUFFER, 0);
    if (count < 0 && errno == EAGAIN) {
        return 0;
    }
    if (count <= 0) {
        lost(connection, count == 0 ? "end of stream" : strerror(errno));
    }
    if (connection->back + (uint64_t)count > connection->sent) {
        fail(3, "connection %td: more came back than was sent", connection - connections);
    }
    compare(connection, (size_t)count);
    uint64_t before = connection->back / (uint64_t)options.size;
    connection->back += (uint64_t)count;
    if (begun != 0) {
        keep_latencies(connection);
    }
    return connection->back / (uint64_t)options.size - before;
}

/* Asks again for each message that came back; in batches once all are back. */
static void refill(struct connection *connection, uint64_t done) {
    if (!options.batches) {
        connection->wanted += done * (uint64_t)options.size;
    } else if (connection->back == connection->wanted) {
        connection->wanted += (uint64_t)options.in_flight * (uint64_t)options.size;
    }
    if (options.response_times && done > 0) {
        int64_t time = now();
        if (timing) {
            keep_latency(time - connection->asked);
        }
        connection->asked = time;
    }
}

/* Waits and reads; with again, another message is sent for each that came back. Ends the program if nothing moves. */
static void turn(int timeout, bool again) {
    static struct epoll_event events[EVENTS];
    int ready = epoll_wait(epfd, events, EVENTS, timeout);
    if (ready < 0 && errno != EINTR) {
        check(ready, "epoll_wait");
    }
    if (ready == 0 && timeout > 0) {
        fail(3, "nothing came back for %d seconds", STALL_SECONDS);
    }
    for (int i = 0; i < ready; i++) {
        struct connection *connection = events[i].data.ptr;
        if (events[i].events != EPOLLOUT) {
            uint64_t done = receive(connection);
            messages += done;
            if (again) {
                refill(connection, done);
            }
        }
        if (connection->sent < connection->wanted) {
            send_wanted(connection);
        } else {
            watch(connection, false);
        }
    }
}

static void open_connection(struct connection *connection) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
    int on = 1;
    struct linger reset = {.l_onoff = 1, .l_linger = 0}; /* leaves no port in TIME_WAIT behind */
    if (inet_pton(AF_INET, options.host, &address.sin_addr) != 1) {
        fail(2, "not an IPv4 address: %s", options.host);
    }
    connection->fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    check(setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
    check(setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), "SO_LINGER");
    if (connect(connection->fd, (struct sockaddr *)&address, sizeof address) != 0) {
        fail(2, "connection %td: %s%s", connection - connections, strerror(errno),
             errno == EADDRNOTAVAIL ? ": no port is free, widen net.ipv4.ip_local_port_range" : "");
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    check(epoll_ctl(epfd, EPOLL_CTL_ADD, connection->fd, &event), "epoll_ctl");
    check(fcntl(connection->fd, F_SETFL, O_NONBLOCK), "fcntl");
}

/* Opens all, and has each echo one message, a few at a time. */
static void connect_all(int count) {
    for (int i = 0; i < count; i++) {
        open_connection(&connections[i]);
        connections[i].wanted = (uint64_t)options.size;
        send_wanted(&connections[i]);
        while (messages + 64 < (uint64_t)i) {
            turn(STALL_SECONDS * 1000, false);
        }
    }
    while (messages < (uint64_t)count) {
        turn(STALL_SECONDS * 1000, false);
    }
}

/* As fast as the server answers, for a time. */
static void run_closed(double duration) {
    int64_t time = now();
    int64_t end = time + (int64_t)(duration * 1e9);
    while (time < end) {
        turn(STALL_SECONDS * 1000, true);
        time = now();
        while (warmup_begun != 0 && full_seconds < SECONDS
               && time - warmup_begun >= (full_seconds + 1) * 1000000000LL) {
            seconds[full_seconds++] = messages;
        }
    }
}

/* Lets everything come back. A message that is back in part is under way. */
static void drain(void) {
    uint64_t under_way = 0;
    for (int i = 0; i < options.connections; i++) {
        under_way += connections[i].wanted / (uint64_t)options.size - connections[i].back / (uint64_t)options.size;
    }
    for (uint64_t end = messages + under_way; messages < end;) {
        turn(STALL_SECONDS * 1000, false);
    }
}

/* Has each connection ask for the first time. */
static void ask(void) {
    for (int i = 0; i < options.connections; i++) {
        connections[i].wanted += (uint64_t)options.size * (uint64_t)options.in_flight;
        connections[i].asked = now();
        send_wanted(&connections[i]);
    }
}

/* Runs the closed loop, measures it for a while, and drains it. */
static void measure(double unmeasured) {
    ask();
    run_closed(unmeasured);
    printf("begin\n");
    fflush(stdout);
    int64_t own = cpu_time(getpid());
    int64_t machine = machine_time();
    int64_t cpu = server_time();
    int64_t start = now();
    uint64_t before = messages;
    timing = options.response_times;
    run_closed(options.seconds);
    timing = false;
    cpu = server_time() - cpu;
    int64_t nanos = now() - start;
    uint64_t done = messages - before;
    own = cpu_time(getpid()) - own;
    machine = machine_time() - machine;
    printf("end\nmessages %llu\nnanos %lld\ncpu %lld\nload_cpu %lld\nothers_cpu %lld\n", (unsigned long long)done,
           (long long)nanos, (long long)cpu, (long long)own, (long long)(machine - cpu - own));
    fflush(stdout);
    drain();
}

static void warm_up(void) {
    uint64_t before = messages;
    warmup_begun = now();
    ask();
    run_closed(options.warmup);
    warmup_begun = 0;
    drain();
    for (int i = 0; i < full_seconds; i++) {
        printf("second %llu\n", (unsigned long long)(seconds[i] - before));
        before = seconds[i];
    }
}

/* So many messages a second, as the timetable says: a while unrecorded, then for as long as the closed loop ran. */
static void run_timetable(void) {
    for (int i = 0; i < options.connections; i++) {
        connections[i].base = connections[i].back;
        connections[i].timed = 0;
    }
    memset(latencies, 0, sizeof latencies);
    period = 1e9 / options.rate;
    unrecorded = (uint64_t)(options.rate * (options.seconds < MOST_UNRECORDED ? options.seconds : MOST_UNRECORDED));
    uint64_t all = unrecorded + (uint64_t)(options.rate * options.seconds);
    begun = now();
    for (uint64_t number = 0; number < all;) {
        uint64_t due = (uint64_t)((double)(now() - begun) / period) + 1;
        for (; number < due && number < all; number++) {
            struct connection *connection = &connections[number % (uint64_t)options.connections];
            connection->wanted += (uint64_t)options.size;
            send_wanted(connection);
        }
        turn(0, false);
    }
    drain();
}

static void done(void) {
    printf("done\n");
    fflush(stdout);
}

/* Warms the server up, and does what standard input says. */
static void run_slices(void) {
    warm_up();
    done();
    for (int command = getchar(); command != EOF; command = getchar()) {
        if (command == 's') {
            measure(options.seconds < SETTLING ? options.seconds : SETTLING);
            done();
        } else if (command == 't') {
            run_timetable();
            begun = 0;
            print_latencies();
            done();
        }
    }
}

static void allow_descriptors(int wanted) {
    struct rlimit limit;
    check(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
    limit.rlim_cur = limit.rlim_max;
    check(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
    if (limit.rlim_max < (rlim_t)wanted) {
        fail(2, "%d descriptors are needed, and ulimit -n allows %llu: raise the hard limit, or ask for less", wanted,
             (unsigned long long)limit.rlim_max);
    }
}

int main(int argc, char **argv) {
    end_with_parent();
    parse(argc, argv);
    check_options();
    int count = options.connections + options.idle;
    allow_descriptors(count + 16);
    connections = calloc((size_t)count, sizeof *connections);
    if (connections == NULL) {
        fail(2, "no memory for %d connections", count);
    }
    uint32_t random = 1;
    for (int i = 0; i < PERIOD; i++) {
        random = random * 1664525 + 1013904223;
        pattern[i] = (char)(random >> 24);
    }
    for (int i = PERIOD; i < PERIOD + BUFFER; i++) {
        pattern[i] = pattern[i - PERIOD];
    }
    epfd = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    connect_all(count);
    if (options.hold) {
        printf("ready\n");
        fflush(stdout);
        getchar();
    }
    if (options.slices) {
        run_slices();
    } else if (options.seconds > 0 && options.connections > 0) {
        measure(options.warmup);
        if (options.rate > 0) {
            run_timetable();
        }
        print_latencies();
    }
    return 0;
}
