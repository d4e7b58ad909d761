/* <sys/inotify.h>, and from <limits.h> the length of the longest name that an event can carry. */
#include <limits.h>
#include <sys/inotify.h>
