package io.github.epoll4j.bench.programs;

/**
 * One measurement at a number of connections.
 *
 * @param connections how many connections there were
 * @param rounds      how many messages were exchanged, or connections made
 * @param nanos       how long it took
 * @param counts      what the server did
 */
record Sample(int connections, long rounds, long nanos, Counts counts) {
    /** Reads a line of the program in C. */
    static Sample parse(String line) {
        String[] fields = line.split(" ");
        long[] numbers = new long[fields.length];
        for (int i = 0; i < fields.length; i++) {
            numbers[i] = Long.parseLong(fields[i]);
        }
        return new Sample((int) numbers[0], numbers[1], numbers[2],
                new Counts(numbers[3], numbers[4], numbers[5], numbers[6], numbers[7]));
    }
}
