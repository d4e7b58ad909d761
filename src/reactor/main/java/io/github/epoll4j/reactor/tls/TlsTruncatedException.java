package io.github.epoll4j.reactor.tls;

import java.io.Serial;
import javax.net.ssl.SSLException;

/**
 * A TLS connection ended without the peer's close_notify, so bytes may be missing at its end. Some peers never send it;
 * a protocol whose messages have lengths can ignore this between two messages.
 */
public final class TlsTruncatedException extends SSLException {
    @Serial
    private static final long serialVersionUID = 1L;

    TlsTruncatedException() {
        super("the stream has ended without a close_notify; it may be truncated");
    }
}
