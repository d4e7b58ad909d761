package io.github.epoll4j.examples;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;

/** The reasons of failures, for a line of output. */
public final class Failures {
    private Failures() {
    }

    /**
     * Returns the reason of a failure.
     *
     * @param failure a failure of a connection, or the CompletionException around it
     * @return such as {@code ECONNREFUSED (Connection refused)} or {@code unknown host}
     */
    public static String reason(Throwable failure) {
        return switch (failure) {
            case CompletionException e when e.getCause() != null -> reason(e.getCause());
            case ErrnoException e -> Errno.describe(e.errno());
            case UnknownHostException e -> "unknown host";
            case NoSuchFileException e -> "no such file: " + e.getMessage();
            case SQLException e -> e.getMessage().lines().findFirst().orElse(""); // the others are the statement
            default -> failure.getMessage();
        };
    }
}
