/* <sys/inotify.h> */
#include <sys/inotify.h>
