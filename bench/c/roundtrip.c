/*
 * Two threads that send each other a byte over a pair of Unix sockets, there and back, with blocking reads.
 *
 *   roundtrip WARMUP SECONDS       prints the nanoseconds, processor nanoseconds and context switches of a round trip
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "clocks.h"
#include "failure.h"
#include "parent.h"

enum { BATCH = 50 };

static int ends[2];

static void send_byte(int fd) {
    char byte = 0;
    check((int)write(fd, &byte, 1), "write");
}

static void receive_byte(int fd) {
    char byte;
    if (check((int)read(fd, &byte, 1), "read") == 0) {
        fail(2, "read: the end");
    }
}

static void *answer(void *unused) {
    for (;;) {
        receive_byte(ends[1]);
        send_byte(ends[1]);
    }
    return unused;
}

static int64_t exchange(double seconds) {
    int64_t limit = now() + (int64_t)(seconds * 1e9);
    int64_t count = 0;
    do {
        for (int i = 0; i < BATCH; i++) {
            send_byte(ends[0]);
            receive_byte(ends[0]);
        }
        count += BATCH;
    } while (now() < limit);
    return count;
}

static long switches(void) {
    struct rusage usage;
    check(getrusage(RUSAGE_SELF, &usage), "getrusage");
    return usage.ru_nvcsw + usage.ru_nivcsw;
}

int main(int argc, char **argv) {
    end_with_parent();
    pthread_t thread;
    if (argc != 3) {
        fail(2, "roundtrip WARMUP SECONDS");
    }
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "socketpair");
    int error = pthread_create(&thread, NULL, answer, NULL);
    if (error != 0) {
        fail(2, "pthread_create: %s", strerror(error));
    }
    exchange(atof(argv[1]));
    int64_t cpu = cpu_time(getpid());
    long before = switches();
    int64_t start = now();
    int64_t count = exchange(atof(argv[2]));
    double nanos = (double)(now() - start);
    printf("%.1f %.1f %.3f\n", nanos / (double)count, (double)(cpu_time(getpid()) - cpu) / (double)count,
           (double)(switches() - before) / (double)count);
    return 0;
}
