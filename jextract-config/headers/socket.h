/*
 * Sockets: <sys/socket.h>, <netinet/in.h>, <netinet/tcp.h>, <sys/un.h>, <sys/uio.h>.
 *
 * Without _GNU_SOURCE: glibc would then declare every address parameter as a transparent union, which jextract takes
 * for a union passed by value. The one call that this hides is declared here.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

extern int accept4(int fd, struct sockaddr *addr, socklen_t *addr_len, int flags);
