/* <sys/select.h>: select, pselect, and the two time structures that they and others take. */
#define _GNU_SOURCE
#include <sys/select.h>
