/*
 * The programs that compare select, poll and epoll, in C: what bench/run does under the same names in Java.
 *
 *   programs NAME CONNECTIONS [ROUNDS BYTES] [--lookup linear|index|pointer] [--transport unix|tcp]
 *            [--per-connection] [--in-flight N] [--steps N]
 *   programs sweep MECHANISM CONNECTIONS ACTIVE CYCLES      MECHANISM: select, poll, level, edge, oneshot
 *
 * A server waits in the first thread, a client in a second one sends messages, and checks each byte that comes back; it
 * waits with edge-triggered epoll in all programs. Prints a line for each number of connections: the connections, the
 * messages, nanoseconds, and what the server did: waits, events, calls to epoll_ctl (of which one for each connection
 * is its ADD), reads and writes, and descriptors that linear searches looked at.
 *
 * A sweep has no client, and nobody watches the far ends: in each cycle ACTIVE connections are written a byte, and then
 * the time is taken that waits and reads take. A second thread sleeps throughout. It prints one such line.
 *
 * Exit status 2: it could not begin; 3: a byte was wrong or a connection was lost.
 */
#include "programs.h"
#include "../../c/sleeper.h"

/* ---- the client ---- */

static int64_t client_nanos;
static int client_count;
static long client_exchanges;

static void send_more(struct message *message) {
    while (message->sent < bytes) {
        size_t length = bytes - message->sent < CHUNK ? bytes - message->sent : CHUNK;
        ssize_t taken =
            send(message->fd, pattern + (message->start + message->sent) % PERIOD, length, MSG_NOSIGNAL);
        if (taken < 0 && errno == EAGAIN) {
            if (!message->watches_output) {
                struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = message};
                check(epoll_ctl(client_epfd, EPOLL_CTL_MOD, message->fd, &event), "epoll_ctl");
                message->watches_output = true;
            }
            return;
        }
        if (taken < 0) {
            fail(3, "connection %td: %s", message - messages, strerror(errno));
        }
        message->sent += (size_t)taken;
    }
}

static void receive_more(struct message *message) {
    static char buffer[CHUNK];
    while (message->received < bytes) {
        size_t most = bytes - message->received < CHUNK ? bytes - message->received : CHUNK;
        ssize_t length = recv(message->fd, buffer, most, 0);
        if (length < 0 && errno == EAGAIN) {
            return;
        }
        if (length <= 0) {
            fail(3, "connection %td ended after %zu bytes", message - messages, message->received);
        }
        if (memcmp(buffer, pattern + (message->start + message->received) % PERIOD, (size_t)length) != 0) {
            fail(3, "connection %td: a wrong byte after %zu", message - messages, message->received);
        }
        message->received += (size_t)length;
        under_way -= message->received == bytes;
    }
}

static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
}

static int stride(int count) {
    int step = (int)(count * 0.618);
    step = step < 1 ? 1 : step;
    while (gcd(step, count) != 1) {
        step++;
    }
    return step;
}

static void *run_client(void *unused) {
    static struct epoll_event events[EVENTS];
    int step = stride(client_count);
    int slot = 0;
    int together = in_flight > 0 ? in_flight : own_buffers ? client_count : 1;
    together = together < client_count ? together : client_count;
    int64_t begin = now();
    for (long rest = client_exchanges; rest > 0;) {
        int wave = rest < together ? (int)rest : together;
        under_way = wave;
        for (int i = 0; i < wave; i++) {
            slot = (slot + step) % client_count;
            struct message *message = &messages[slot];
            message->start = (size_t)((31L * slot + 7 * message_number++) % PERIOD);
            message->sent = message->received = 0;
            send_more(message);
        }
        while (under_way > 0) {
            int ready = check(epoll_wait(client_epfd, events, EVENTS, STALL_MILLIS), "epoll_wait");
            if (ready == 0) {
                fail(3, "nothing came back for %d seconds", STALL_MILLIS / 1000);
            }
            for (int i = 0; i < ready; i++) {
                send_more(events[i].data.ptr);
                receive_more(events[i].data.ptr);
            }
        }
        rest -= wave;
    }
    client_nanos = now() - begin;
    return unused;
}

/* ---- the server ---- */

static size_t read_some(struct session *session, char *buffer, size_t length) {
    counts.data++;
    ssize_t count = recv(session->fd, buffer, length, 0);
    if (count == 0 || (count < 0 && errno != EAGAIN)) {
        fail(3, "connection %td ended", session - sessions);
    }
    return count < 0 ? 0 : (size_t)count;
}

static size_t write_some(struct session *session, const char *buffer, size_t length) {
    counts.data++;
    ssize_t count = send(session->fd, buffer, length, MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN) {
        fail(3, "connection %td: %s", session - sessions, strerror(errno));
    }
    return count < 0 ? 0 : (size_t)count;
}

/* Sends back what comes, at once. */
static size_t pass(struct session *session) {
    size_t all = 0;
    size_t length;
    do {
        length = read_some(session, shared, bytes);
        for (size_t done = 0; done < length;) {
            size_t taken = write_some(session, shared + done, length - done);
            done += taken;
            if (taken == 0) {
                struct pollfd lone = {.fd = session->fd, .events = POLLOUT};
                counts.waits++;
                counts.events++;
                check(poll(&lone, 1, 1000), "poll");
            }
        }
        all += length;
    } while (mechanism == EDGE && length > 0);
    return all;
}

/* Sends back a message when it is whole. */
static size_t serve(struct session *session) {
    size_t length = 1;
    if (session->buffer == NULL) {
        session->buffer = allocate(1, bytes);
    }
    while (session->received < bytes && length > 0) {
        length = read_some(session, session->buffer + session->received, bytes - session->received);
        session->received += length;
        length = mechanism == EDGE ? length : 0;
    }
    if (session->received < bytes) {
        return 0;
    }
    do {
        length = write_some(session, session->buffer + session->sent, bytes - session->sent);
        session->sent += length;
    } while (mechanism == EDGE && length > 0 && session->sent < bytes);
    bool done = session->sent == bytes;
    if (done) {
        session->received = session->sent = 0;
    }
    if (session->watches_output == done && !(mechanism == EDGE && done)) {
        watch_output(session, !done);
    }
    return done ? bytes : 0;
}

static void exchange(int count) {
    pthread_t client;
    client_count = count;
    client_exchanges = per_connection ? rounds * count : rounds;
    if (pthread_create(&client, NULL, run_client, NULL) != 0) {
        fail(2, "no thread");
    }
    for (size_t rest = (size_t)client_exchanges * bytes; rest > 0;) {
        int ready = await(session_count);
        for (int i = 0; i < ready; i++) {
            struct session *session = next();
            rest -= own_buffers ? serve(session) : pass(session);
        }
    }
    pthread_join(client, NULL);
}

static void print_line(int count, long made, int64_t nanos, long adds) {
    printf("%d %ld %lld %ld %ld %ld %ld %ld\n", count, made, (long long)nanos, counts.waits, counts.events,
           counts.ctls + adds, counts.data, counts.comparisons);
}

static void forget_counts(void) {
    memset(&counts, 0, sizeof counts);
}

static void run_exchanges(void) {
    shared = own_buffers ? NULL : allocate(1, bytes);
    for (int step = 1; step <= steps; step++) {
        grow((int)((long)connections * step / steps), true);
        exchange(session_count);
        forget_counts();
        exchange(session_count);
        print_line(session_count, client_exchanges, client_nanos, mechanism >= LEVEL ? session_count : 0);
    }
}

/* ---- connecting ---- */

static void *run_connects(void *unused) {
    int64_t begin = now();
    while (message_count < client_count) {
        struct message *message = &messages[message_count++];
        unsigned char number;
        message->fd = connect_one();
        struct pollfd lone = {.fd = message->fd, .events = POLLIN};
        if (poll(&lone, 1, STALL_MILLIS) != 1 || recv(message->fd, &number, 1, 0) != 1 ||
            number != (unsigned char)message_count) {
            fail(3, "connection %d was not greeted by its number", message_count);
        }
    }
    client_nanos = now() - begin;
    return unused;
}

/* The listener is the first session. */
static void run_conn(void) {
    add_session(listener);
    forget_counts();
    for (int step = 1; step <= steps; step++) {
        pthread_t client;
        client_count = (int)((long)connections * step / steps);
        int before = session_count;
        if (pthread_create(&client, NULL, run_connects, NULL) != 0) {
            fail(2, "no thread");
        }
        while (session_count <= client_count) {
            int ready = await(session_count);
            for (int i = 0; i < ready; i++) {
                if (next() != sessions) {
                    fail(3, "a connection is ready that nobody writes to");
                }
                int fd;
                do {
                    fd = accept_one();
                    if (fd >= 0) {
                        add_session(fd);
                        unsigned char number = (unsigned char)(session_count - 1);
                        write_some(&sessions[session_count - 1], (char *)&number, 1);
                    }
                } while (mechanism == EDGE && fd >= 0);
            }
        }
        pthread_join(client, NULL);
        print_line(client_count, session_count - before, client_nanos, 0);
        forget_counts();
    }
}

/* ---- sweeps ---- */

static int64_t cycle(long number, int active) {
    static char byte[64];
    for (int k = 0; k < active; k++) {
        int slot = (int)((number + (long)k * connections / active) % connections);
        byte[0] = (char)(slot + number);
        if (send(messages[slot].fd, byte, 1, MSG_NOSIGNAL) != 1) {
            fail(3, "no room for a byte");
        }
    }
    int64_t begin = now();
    for (int rest = active; rest > 0;) {
        int ready = await(session_count);
        for (int i = 0; i < ready; i++, rest--) {
            struct session *session = next();
            if (read_some(session, byte, sizeof byte) != 1 || byte[0] != (char)(session - sessions + number)) {
                fail(3, "a wrong byte on connection %td", session - sessions);
            }
            while (mechanism == EDGE && read_some(session, byte, sizeof byte) > 0) {
            }
            if (mechanism == ONESHOT) {
                ctl(EPOLL_CTL_MOD, session, EPOLLIN, session->fd);
            }
        }
    }
    return now() - begin;
}

static int run_sweep(char **arguments) {
    static const char *const names[] = {"select", "poll", "level", "edge", "oneshot"};
    for (mechanism = SELECT; strcmp(names[mechanism], arguments[0]) != 0; mechanism++) {
        if (mechanism == ONESHOT) {
            fail(2, "no mechanism %s", arguments[0]);
        }
    }
    connections = atoi(arguments[1]);
    int active = atoi(arguments[2]);
    long cycles = atol(arguments[3]);
    if (connections < 1 || active < 1 || active > connections || cycles < 1) {
        fail(2, "these numbers are not positive, or more are active than there are");
    }
    lookup = mechanism <= POLL ? INDEX : POINTER;
    bytes = 1;
    prepare();
    if (start_sleeper() != 0) {
        fail(2, "no thread");
    }
    grow(connections, false);
    for (long number = 0; number < cycles; number++) {
        cycle(number, active);
    }
    forget_counts();
    int64_t nanos = 0;
    for (long number = 0; number < cycles; number++) {
        nanos += cycle(number, active);
    }
    print_line(connections, cycles * active, nanos, mechanism >= LEVEL ? connections : 0);
    return 0;
}

/* ---- arguments ---- */

static const char *parse_name(const char *name) {
    static const char *const prefixes[] = {"select_", "poll_", "epoll_level_", "epoll_edge_"};
    for (mechanism = SELECT; mechanism <= EDGE; mechanism++) {
        size_t length = strlen(prefixes[mechanism]);
        if (strncmp(name, prefixes[mechanism], length) == 0) {
            return name + length;
        }
    }
    fail(2, "no program %s", name);
}

static void parse_option(int argc, char **argv, int *i) {
    static const char *const lookups[] = {"linear", "index", "pointer"};
    if (strcmp(argv[*i], "--per-connection") == 0) {
        per_connection = true;
        return;
    }
    if (*i + 1 == argc) {
        fail(2, "%s needs a value, or is unknown", argv[*i]);
    }
    const char *name = argv[*i];
    const char *value = argv[++*i];
    if (strcmp(name, "--transport") == 0) {
        tcp = strcmp(value, "tcp") == 0;
    } else if (strcmp(name, "--in-flight") == 0) {
        in_flight = atoi(value);
    } else if (strcmp(name, "--steps") == 0) {
        steps = atoi(value);
    } else if (strcmp(name, "--lookup") == 0) {
        for (int j = 0; j < 3; j++) {
            lookup = strcmp(lookups[j], value) == 0 ? (enum lookup)(LINEAR + j) : lookup;
        }
    } else {
        fail(2, "unknown option %s", name);
    }
}

int main(int argc, char **argv) {
    if (argc == 6 && strcmp(argv[1], "sweep") == 0) {
        return run_sweep(argv + 2);
    }
    if (argc < 3) {
        fail(2, "NAME CONNECTIONS [ROUNDS BYTES] [options], or sweep MECHANISM CONNECTIONS ACTIVE CYCLES");
    }
    const char *work = parse_name(argv[1]);
    bool conn = strcmp(work, "conn") == 0;
    own_buffers = strcmp(work, "performance_2") == 0;
    if (!conn && !own_buffers && strcmp(work, "performance") != 0) {
        fail(2, "no program %s", argv[1]);
    }
    if (!conn && argc < 5) {
        fail(2, "%s CONNECTIONS ROUNDS BYTES", argv[1]);
    }
    lookup = conn ? POINTER : own_buffers && mechanism >= LEVEL ? LINEAR : INDEX;
    connections = atoi(argv[2]);
    rounds = conn ? 1 : atol(argv[3]);
    bytes = conn ? 1 : (size_t)atol(argv[4]);
    for (int i = conn ? 3 : 5; i < argc; i++) {
        parse_option(argc, argv, &i);
    }
    if (connections < 1 || rounds < 1 || bytes < 1 || steps < 1 || in_flight < 0) {
        fail(2, "connections, rounds, bytes and steps are positive");
    }
    steps = steps < connections ? steps : connections;
    prepare();
    if (conn) {
        run_conn();
    } else {
        run_exchanges();
    }
    return 0;
}
