package io.github.epoll4j.examples;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.tls.Tls;
import io.github.epoll4j.reactor.tls.TlsConfig;
import io.github.epoll4j.reactor.tls.TlsIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Option;

/** The option --tls of servers. */
public final class TlsOptions {
    @Option(names = "--tls", arity = "2", paramLabel = "CERT KEY", hideParamSyntax = true,
            description = "Speak TLS: PEM files with the certificate and its chain, and with the key (PKCS#8).")
    private List<Path> files = List.of();

    /**
     * Returns what puts TLS under a server's handlers.
     *
     * @return a function of handler factories; it changes nothing if the option is not given
     * @throws IOException if a file cannot be used, with a message of one line
     */
    public UnaryOperator<Function<Connection, ConnectionHandler>> layer() throws IOException {
        if (files.isEmpty()) {
            return UnaryOperator.identity();
        }
        try {
            TlsConfig config = TlsConfig.DEFAULT.withIdentity(TlsIdentity.load(files.getFirst(), files.getLast()));
            return handlerFactory -> Tls.server(config, handlerFactory);
        } catch (IOException e) {
            throw new IOException("cannot use --tls " + files.getFirst() + " " + files.getLast() + ": "
                    + Failures.reason(e), e);
        }
    }

    /**
     * Returns whether the option is given.
     *
     * @return true for TLS
     */
    public boolean isGiven() {
        return !files.isEmpty();
    }

    /**
     * Returns the option in words, for a ready line.
     *
     * @return {@code ", TLS"} or nothing
     */
    @Override
    public String toString() {
        return files.isEmpty() ? "" : ", TLS";
    }
}
