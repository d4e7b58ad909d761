/* <poll.h>: poll and ppoll. */
#define _GNU_SOURCE
#include <poll.h>
