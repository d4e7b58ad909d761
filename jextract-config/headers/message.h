/*
 * Messages with control data: <sys/socket.h>, <netinet/in.h>, <netinet/udp.h>, <sys/uio.h>.
 *
 * With _GNU_SOURCE, which headers/socket.h must do without: no function here takes an address.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Linux 6.5; newer C libraries name it. */
#ifndef SCM_PIDFD
#define SCM_PIDFD 0x04
#endif
