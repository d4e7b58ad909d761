/*
 * What the clock says, and what processes have computed, in nanoseconds.
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* What a process has computed; -1 if it has ended. */
static int64_t cpu_time(int pid) {
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) {
        return -1;
    }
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* What the whole machine has computed since its start, stolen time included, in nanoseconds. */
static int64_t machine_time(void) {
    long long user, nice, system, idle, iowait, irq, softirq, steal;
    FILE *file = fopen("/proc/stat", "r");
    if (file == NULL) {
        return 0;
    }
    int count = fscanf(file, "cpu %lld %lld %lld %lld %lld %lld %lld %lld", &user, &nice, &system, &idle, &iowait, &irq,
                       &softirq, &steal);
    fclose(file);
    return count < 8 ? 0 : (user + nice + system + irq + softirq + steal) * (1000000000LL / sysconf(_SC_CLK_TCK));
}
