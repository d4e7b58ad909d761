/*
 * What the programs of the micro benchmarks share: how an operation is measured, and their command line.
 *
 *   PROGRAM NAME MILLIS REPEATS    measures one subject; prints a line "NAME NANOSECONDS" for each repeat
 *   PROGRAM                        lists the names
 *
 * A second thread sleeps throughout. The kernel looks up descriptors faster for a process of one thread, which a JVM
 * never is. Exit status 2: it could not measure. Wants _GNU_SOURCE.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "failure.h"
#include "sleeper.h"

enum { BATCH = 200 };

struct subject {
    const char *name;
    void (*set_up)(void);
    uint64_t (*operation)(void);
};

static volatile uint64_t sink;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Runs an operation for a time, and gives the nanoseconds of each. */
static double measure(uint64_t (*operation)(void), int64_t nanos) {
    int64_t start = now();
    int64_t end;
    uint64_t count = 0;
    do {
        uint64_t sum = 0;
        for (int i = 0; i < BATCH; i++) {
            sum += operation();
        }
        sink = sum;
        count += BATCH;
        end = now();
    } while (end - start < nanos);
    return (double)(end - start) / (double)count;
}

static int measure_subject(int argc, char **argv, const struct subject *subjects, size_t count) {
    if (argc != 4) {
        for (size_t i = 0; i < count; i++) {
            puts(subjects[i].name);
        }
        return argc == 1 ? 0 : 2;
    }
    int error = start_sleeper();
    if (error != 0) {
        fail(2, "the second thread: %s", strerror(error));
    }
    int64_t nanos = atoll(argv[2]) * 1000000;
    int repeats = atoi(argv[3]);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(subjects[i].name, argv[1]) == 0) {
            subjects[i].set_up();
            measure(subjects[i].operation, nanos / 2); /* warms caches and the clock of the processor */
            for (int repeat = 0; repeat < repeats; repeat++) {
                printf("%s %.3f\n", subjects[i].name, measure(subjects[i].operation, nanos));
            }
            return 0;
        }
    }
    fail(2, "no subject %s", argv[1]);
}
