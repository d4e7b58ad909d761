/* <sys/signalfd.h>, and from <signal.h> what blocks a signal in one thread. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/signalfd.h>
