/* The one structure whose layout depends on the architecture. */
#include <sys/epoll.h>
