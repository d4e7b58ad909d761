package io.github.epoll4j.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;

/** What a command leaves out, and why: a line each on standard error; the rest goes on, and the exit status tells. */
public final class Omissions {
    /** The exit status when something was left out. */
    public static final int EXIT_STATUS = 3;
    private final PrintWriter err;
    private boolean isEmpty = true;

    /**
     * Begins with nothing left out.
     *
     * @param err where the lines go
     */
    public Omissions(PrintWriter err) {
        this.err = err;
    }

    /**
     * Says what is left out.
     *
     * @param line what, why, and the way out
     */
    public void add(String line) {
        isEmpty = false;
        err.println(line.replace("\n", "; "));
        err.flush();
    }

    /**
     * Builds a program in C, or says why that cannot be.
     *
     * @param name        the program
     * @param consequence what is left out then
     * @return the program, if there is one
     */
    public Optional<CProgram> program(String name, String consequence) {
        try {
            Optional<CProgram> program = CProgram.build(name);
            if (program.isEmpty()) {
                add("no C compiler (cc on the PATH, or what CC names): " + consequence);
            }
            return program;
        } catch (IOException e) {
            add("the C compiler fails: " + consequence + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Compares a number of descriptors with what this process may have, at the most; says so if that is too few.
     *
     * @param what   what is left out then
     * @param needed how many descriptors it takes
     * @return whether they are there
     */
    public boolean allowsDescriptors(String what, long needed) {
        long limit = DescriptorLimit.most();
        if (needed > limit) {
            add(what + " is left out: it takes " + needed + " descriptors, and the hard limit is " + limit
                    + "; raise it (ulimit -Hn, LimitNOFILE= of a service, /etc/security/limits.conf)");
        }
        return needed <= limit;
    }

    /**
     * Gives the exit status.
     *
     * @return 0, or {@link #EXIT_STATUS} if something was left out
     */
    public int exitStatus() {
        return isEmpty ? 0 : EXIT_STATUS;
    }
}
