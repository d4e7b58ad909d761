/* <sys/timerfd.h> and the clocks that it takes. */
#define _GNU_SOURCE
#include <sys/timerfd.h>
#include <time.h>

/* Not named by every C library's header; the kernel's value, see timerfd_create(2). */
#ifndef TFD_TIMER_CANCEL_ON_SET
#define TFD_TIMER_CANCEL_ON_SET (1 << 1)
#endif
