/* <sys/eventfd.h> */
#include <sys/eventfd.h>
