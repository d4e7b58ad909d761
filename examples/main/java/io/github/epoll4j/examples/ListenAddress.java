package io.github.epoll4j.examples;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.TcpListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options --host and --port of every server. */
public final class ListenAddress {
    @Option(names = "--host", defaultValue = "127.0.0.1", paramLabel = "HOST",
            description = "Address to listen on; :: is every address, IPv4 and IPv6 (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(names = "--port", defaultValue = "7000", paramLabel = "N",
            description = "Port to listen on; 0 takes a free one and prints it (default: ${DEFAULT-VALUE}).")
    private int port;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /**
     * Opens a listener; a failure has a message of one line.
     *
     * @return the listener, to be closed by the caller
     * @throws IOException if the host is unknown, or the address cannot be listened on
     */
    public TcpListener listen() throws IOException {
        return listen(address -> TcpListener.bind(address));
    }

    /**
     * Opens a listener of any kind; a failure has a message of one line.
     *
     * @param <T>     the kind
     * @param opening opens it at an address
     * @return the listener
     * @throws IOException if the host is unknown, or the address cannot be listened on
     */
    public <T> T listen(Opening<T> opening) throws IOException {
        return listen(port, opening);
    }

    /**
     * Opens a listener of any kind on a further port of the host; a failure has a message of one line.
     *
     * @param <T>         the kind
     * @param anotherPort the port; 0 for a free one
     * @param opening     opens it at an address
     * @return the listener
     * @throws IOException if the host is unknown, or the address cannot be listened on
     */
    public <T> T listen(int anotherPort, Opening<T> opening) throws IOException {
        InetSocketAddress address = new OptionValues(spec).address(host, anotherPort, 0, "cannot listen on ");
        try {
            return opening.open(address);
        } catch (ErrnoException e) {
            throw new IOException("cannot listen on " + withPort(anotherPort) + ": " + Errno.describe(e.errno()), e);
        }
    }

    /**
     * Opens a listener of some kind.
     *
     * @param <T> the kind
     */
    @FunctionalInterface
    public interface Opening<T> {
        /**
         * Opens a listener.
         *
         * @param address the address to listen on
         * @return the listener
         * @throws ErrnoException if the kernel refuses it
         */
        T open(InetSocketAddress address) throws ErrnoException;
    }

    /**
     * Returns the host with the port that was bound.
     *
     * @param taken the port
     * @return such as {@code 127.0.0.1:7000} or {@code [::]:7000}
     */
    public String withPort(int taken) {
        return OptionValues.hostAndPort(host, taken);
    }
}
