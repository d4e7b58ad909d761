package io.github.epoll4j.bench.programs;

import java.util.ArrayList;
import java.util.List;

/**
 * A program with its arguments.
 *
 * @param program       which program
 * @param connections   how many connections there are in the end
 * @param rounds        messages at each number of connections
 * @param bytes         the length of a message
 * @param lookup        the way to a connection's state
 * @param transport     what connects both ends
 * @param perConnection whether rounds are those of each connection instead
 * @param inFlight      how many messages are under way at a time; 0: one through a shared buffer, all through own ones
 * @param steps         at how many numbers of connections it is measured, up to the last
 */
public record ProgramSetting(Program program, int connections, int rounds, int bytes, Lookup lookup,
        Transport transport, boolean perConnection, int inFlight, int steps) {
    /** The default number of steps. */
    public static final int STEPS = 10;

    /**
     * Gives a program the options that the sources' one has.
     *
     * @param program     which program
     * @param connections how many connections there are in the end
     * @param rounds      messages at each number of connections; of no account when connecting
     * @param bytes       the length of a message; of no account when connecting
     * @return the setting
     */
    public static ProgramSetting of(Program program, int connections, int rounds, int bytes) {
        boolean isConnecting = program.kind() == Program.Kind.CONNECT;
        return new ProgramSetting(program, connections, isConnecting ? 1 : rounds, isConnecting ? 1 : bytes,
                program.lookup(), Transport.UNIX, false, 0, STEPS);
    }

    /**
     * Gives the same with another number of connections.
     *
     * @param fewer how many
     * @return the setting
     */
    public ProgramSetting withConnections(int fewer) {
        return new ProgramSetting(
                program, fewer, rounds, bytes, lookup, transport, perConnection, inFlight, steps);
    }

    /** Gives the numbers of connections at which it is measured. */
    List<Integer> counts() {
        List<Integer> counts = new ArrayList<>();
        int number = Math.min(steps, connections);
        for (int i = 1; i <= number; i++) {
            counts.add((int) ((long) connections * i / number));
        }
        return counts;
    }

    /** Gives how many messages are exchanged at a number of connections. */
    long exchanges(int count) {
        return perConnection ? (long) rounds * count : rounds;
    }

    /** Gives how many of them are under way at a time. */
    int together(int count) {
        int wanted = inFlight > 0 ? inFlight : program.kind() == Program.Kind.OWN_BUFFERS ? count : 1;
        return (int) Math.min(Math.min(wanted, count), exchanges(count));
    }
}
