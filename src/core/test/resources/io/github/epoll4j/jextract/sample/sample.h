/* What Rebind.java must know of jextract's output, on one page; see RebindTest. */
#include <stddef.h>

#define SAMPLE_NUMBER 42
#define SAMPLE_BIT 0x80000000
#define SAMPLE_LONG 0x8048a01L

struct sample {
    short first;
    union {
        long whole;
        int halves[2];
    } second;
};

extern int sample_six(int one, struct sample *two, unsigned long three, int four, const char *five, long six);
extern long sample_move(int fd, void *memory, size_t count, int flags);
extern int sample_none(void);
extern int sample_variadic(int fixed, ...);
