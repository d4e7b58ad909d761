/*
 * A second thread that sleeps throughout: the kernel looks up descriptors faster for a process of one thread, and the
 * C library locks less. A JVM never is such a process.
 */
#include <pthread.h>
#include <unistd.h>

static void *sleeper(void *unused) {
    for (;;) {
        pause();
    }
    return unused;
}

/* Starts it; the answer is 0, or an error number. */
static int start_sleeper(void) {
    pthread_t thread;
    return pthread_create(&thread, NULL, sleeper, NULL);
}
