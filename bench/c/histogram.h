/*
 * How long messages took: a table of counts with a constant relative precision, as HdrHistogram has it.
 */
#include <stdint.h>
#include <stdio.h>

/* A histogram's buckets: each doubling of the time is cut into 1 << BITS parts. */
enum { BITS = 8, BUCKETS = 64 << BITS };

static uint64_t latencies[BUCKETS];

static void keep_latency(int64_t nanos) {
    uint64_t value = nanos < 1 ? 1 : (uint64_t)nanos;
    int doublings = 63 - __builtin_clzll(value);
    uint64_t part = doublings <= BITS ? value : value >> (doublings - BITS);
    latencies[doublings <= BITS ? part : ((uint64_t)(doublings - BITS) << BITS) + part]++;
}

/* The largest time that a bucket holds. */
static uint64_t bucket_limit(uint64_t bucket) {
    if (bucket < 2 << BITS) {
        return bucket;
    }
    int doublings = (int)(bucket >> BITS) - 1;
    return (((bucket & ((1 << BITS) - 1)) + (1 << BITS) + 1) << doublings) - 1;
}

/* Prints a line "latency NANOSECONDS COUNT" for each bucket that has any. */
static void print_latencies(void) {
    for (uint64_t i = 0; i < BUCKETS; i++) {
        if (latencies[i] != 0) {
            printf("latency %llu %llu\n", (unsigned long long)bucket_limit(i), (unsigned long long)latencies[i]);
        }
    }
}
