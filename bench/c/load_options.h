/* The command line of load, which its own heading explains. Wants failure.h. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct options {
    const char *host;
    int port;
    int connections;
    int size;
    int in_flight;
    int idle;
    double warmup;
    double seconds;
    double rate;
    int pid;
    bool hold;
    bool response_times;
    bool batches;
    bool slices;
};

static struct options options = {"127.0.0.1", 0, 64, 64, 1, 0, 1, 3, 0, 0, false, false, false, false};

static void parse(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--hold") == 0) {
            options.hold = true;
            continue;
        } else if (strcmp(argv[i], "--response-times") == 0) {
            options.response_times = true;
            continue;
        } else if (strcmp(argv[i], "--batches") == 0) {
            options.batches = true;
            continue;
        } else if (strcmp(argv[i], "--slices") == 0) {
            options.slices = true;
            continue;
        } else if (strcmp(argv[i], "--host") == 0) {
            options.host = value;
        } else if (strcmp(argv[i], "--port") == 0) {
            options.port = atoi(value);
        } else if (strcmp(argv[i], "--connections") == 0) {
            options.connections = atoi(value);
        } else if (strcmp(argv[i], "--size") == 0) {
            options.size = atoi(value);
        } else if (strcmp(argv[i], "--in-flight") == 0) {
            options.in_flight = atoi(value);
        } else if (strcmp(argv[i], "--idle") == 0) {
            options.idle = atoi(value);
        } else if (strcmp(argv[i], "--warmup") == 0) {
            options.warmup = atof(value);
        } else if (strcmp(argv[i], "--seconds") == 0) {
            options.seconds = atof(value);
        } else if (strcmp(argv[i], "--rate") == 0) {
            options.rate = atof(value);
        } else if (strcmp(argv[i], "--pid") == 0) {
            options.pid = atoi(value);
        } else {
            fail(2, "unknown option %s", argv[i]);
        }
        i++;
    }
    if (options.port <= 0 || options.connections < 0 || options.size <= 0 || options.in_flight <= 0
        || options.idle < 0 || options.connections + options.idle == 0) {
        fail(2, "--port, --size and --in-flight must be above 0, and there must be a connection");
    }
}

/* Checks what the numbers have to do with each other. */
static void check_options(void) {
    if (options.response_times && (options.in_flight != 1 || options.rate > 0)) {
        fail(2, "--response-times goes with one message under way, and not with --rate");
    }
}
