/* <errno.h>: the numbers of errno. */
#define _GNU_SOURCE
#include <errno.h>
