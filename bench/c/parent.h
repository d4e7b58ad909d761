/* Programs that must not outlive who started them, however that ends. Wants _GNU_SOURCE. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Has the kernel kill this process once the thread that started it is gone. */
static void end_with_parent(void) {
    pid_t parent = getppid();
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
        perror("prctl");
        exit(2);
    }
    if (getppid() != parent) {
        exit(2); /* it ended before the kernel knew */
    }
}
