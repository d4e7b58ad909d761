package io.github.epoll4j.reactor.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;

/**
 * A certificate with its chain, and the private key of it, read from PEM files.
 *
 * <p>{@link #reload()} replaces them while connections are served. Thread-safe.
 */
public final class TlsIdentity {
    private final Path certificatesFile;
    private final Path keyFile;
    private volatile Keys keys;

    /** The content of the files. */
    record Keys(List<X509Certificate> chain, PrivateKey key) {
        X509Certificate certificate() {
            return chain.getFirst();
        }
    }

    private TlsIdentity(Path certificatesFile, Path keyFile) throws IOException {
        this.certificatesFile = Objects.requireNonNull(certificatesFile);
        this.keyFile = Objects.requireNonNull(keyFile);
        this.keys = Pem.keys(certificatesFile, keyFile);
    }

    /**
     * Reads PEM files.
     *
     * @param certificates a file with the certificate and those that signed it, in this order
     * @param key          a file with the private key, in the unencrypted form of PKCS#8: {@code BEGIN PRIVATE KEY}. It
     *     may be the same file
     * @return the identity
     * @throws IOException if a file cannot be read or has another content, with the way to convert it where there is
     *     one; or if the key is not that of the certificate
     */
    public static TlsIdentity load(Path certificates, Path key) throws IOException {
        return new TlsIdentity(certificates, key);
    }

    /**
     * Reads the files again. Handshakes that begin afterwards use what is in them, and no session from before is
     * resumed; connections that are open go on.
     *
     * @throws IOException as {@link #load}; what was read before remains in use
     */
    public void reload() throws IOException {
        keys = Pem.keys(certificatesFile, keyFile);
    }

    /**
     * Returns the certificates in use.
     *
     * @return the certificate and those that signed it
     */
    public List<X509Certificate> certificates() {
        return keys.chain();
    }

    Keys keys() {
        return keys;
    }

    /**
     * Describes the identity for a log.
     *
     * @return such as {@code TlsIdentity[CN=example.org, until 2027-03-01T00:00:00Z]}
     */
    @Override
    public String toString() {
        X509Certificate certificate = keys.certificate();
        return "TlsIdentity[" + certificate.getSubjectX500Principal() + ", until "
                + certificate.getNotAfter().toInstant() + "]";
    }
}
