package io.github.epoll4j.examples;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.TcpListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every server that tell where it listens. */
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
     * Listens, or says in one line why not.
     *
     * @return the listener, to be closed by the caller
     * @throws IOException if the host is unknown, or the address cannot be listened on
     */
    public TcpListener listen() throws IOException {
        return listen(address -> TcpListener.bind(address));
    }

    /**
     * Opens something that listens, or says in one line why not.
     *
     * @param <T>     what it is
     * @param opening what listens at an address
     * @return what it opened
     * @throws IOException if the host is unknown, or the address cannot be listened on
     */
    public <T> T listen(Opening<T> opening) throws IOException {
        if (port < 0 || port > 0xFFFF) {
            throw new ParameterException(spec.commandLine(), "--port is not in 0..65535: " + port);
        }
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IOException("cannot listen on " + withPort(port) + ": unknown host");
        }
        try {
            return opening.open(address);
        } catch (ErrnoException e) {
            throw new IOException("cannot listen on " + withPort(port) + ": " + Errno.describe(e.errno()), e);
        }
    }

    /**
     * Listens at an address.
     *
     * @param <T> what listens
     */
    @FunctionalInterface
    public interface Opening<T> {
        /**
         * Listens.
         *
         * @param address where
         * @return what listens
         * @throws ErrnoException if the kernel refuses it
         */
        T open(InetSocketAddress address) throws ErrnoException;
    }

    /**
     * Spells the address with the port that was taken.
     *
     * @param taken the port
     * @return such as {@code 127.0.0.1:7000} or {@code [::]:7000}
     */
    public String withPort(int taken) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + taken;
    }
}
