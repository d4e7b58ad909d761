package io.github.epoll4j.reactor.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * The identity, trust, protocols and limits of TLS connections. Begin with {@link #DEFAULT} and change what is to be
 * different. Immutable and thread-safe.
 *
 * {@snippet :
 * TlsConfig server = TlsConfig.DEFAULT.withIdentity(identity).withApplicationProtocols("h2", "http/1.1");
 * TlsConfig client = TlsConfig.DEFAULT.withTrust(Path.of("ca.pem"));
 * }
 *
 * <p>What is not set here is as the JDK has it: TLS 1.3 and 1.2 with their cipher suites, and the authorities of its
 * {@code cacerts}. Sessions are resumed as the JDK does, among the connections of one configuration.
 */
public final class TlsConfig {
    /** The demand for a client's certificate. */
    public enum ClientAuthentication {
        /** The client is not asked. */
        NONE,
        /** The client is asked, and may have none; a wrong one ends the handshake. */
        WANTED,
        /** A client without a certificate is refused. Set the trust, too: without it any public authority will do. */
        REQUIRED
    }

    /**
     * No identity, the JDK's trust and protocols, no application protocols, no client certificates. Clients check the
     * host name. A handshake has 10 seconds, and its expensive steps run on {@link ForkJoinPool#commonPool()}.
     */
    public static final TlsConfig DEFAULT = new TlsConfig(new Values(List.of(), null, null, List.of(), List.of(),
            List.of(), ClientAuthentication.NONE, true, Duration.ofSeconds(10), ForkJoinPool.commonPool()));

    private static final int MOST_SESSIONS = 10_000;
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

    private final Values values;
    /** Null before the first connection, and after a reload. */
    private SSLContext context;
    /** The keys that the context has. */
    private List<TlsIdentity.Keys> contextKeys = List.of();

    private record Values(List<TlsIdentity> identities, List<X509Certificate> trust, SSLContext given,
            List<String> applicationProtocols, List<String> protocols, List<String> cipherSuites,
            ClientAuthentication clientAuthentication, boolean isHostNameChecked, Duration handshakeTimeout,
            Executor taskExecutor) {
    }

    private TlsConfig(Values values) {
        this.values = values;
    }

    /**
     * Returns this configuration with identities: of a server, which has one at least, or of a client that is asked for
     * a certificate.
     *
     * @param identities the identities. A server presents the first whose certificate has the name that the client asks
     *     for (SNI) among its alternative names, or else the first, among those of a kind of key that the client takes
     * @return the new configuration
     */
    public TlsConfig withIdentity(TlsIdentity... identities) {
        return new TlsConfig(new Values(List.of(identities), values.trust, null, values.applicationProtocols,
                values.protocols, values.cipherSuites, values.clientAuthentication, values.isHostNameChecked,
                values.handshakeTimeout, values.taskExecutor));
    }

    /**
     * Returns this configuration with other trusted certificates in place of the JDK's.
     *
     * @param certificates a PEM file with the certificates of the authorities
     * @return the new configuration
     * @throws IOException if the file cannot be read, or has no certificate
     */
    public TlsConfig withTrust(Path certificates) throws IOException {
        return new TlsConfig(new Values(values.identities, Pem.certificates(certificates), null,
                values.applicationProtocols, values.protocols, values.cipherSuites, values.clientAuthentication,
                values.isHostNameChecked, values.handshakeTimeout, values.taskExecutor));
    }

    /**
     * Returns this configuration with a context of the JDK, such as one on a key store. It takes the place of
     * identities and trust, as these take its place when they are set later.
     *
     * @param context the context
     * @return the new configuration
     */
    public TlsConfig withContext(SSLContext context) {
        return new TlsConfig(new Values(List.of(), null, Objects.requireNonNull(context), values.applicationProtocols,
                values.protocols, values.cipherSuites, values.clientAuthentication, values.isHostNameChecked,
                values.handshakeTimeout, values.taskExecutor));
    }

    /**
     * Returns this configuration with application protocols (ALPN). If both sides name some and none is common, the
     * handshake fails.
     *
     * @param names the protocols in the order of preference, such as {@code "h2", "http/1.1"}; none is without ALPN
     * @return the new configuration
     */
    public TlsConfig withApplicationProtocols(String... names) {
        return new TlsConfig(new Values(values.identities, values.trust, values.given, List.of(names),
                values.protocols, values.cipherSuites, values.clientAuthentication, values.isHostNameChecked,
                values.handshakeTimeout, values.taskExecutor));
    }

    /**
     * Returns this configuration with other versions of TLS.
     *
     * @param names the versions by the JDK's names, such as {@code "TLSv1.3"}
     * @return the new configuration
     */
    public TlsConfig withProtocols(String... names) {
        return new TlsConfig(new Values(values.identities, values.trust, values.given, values.applicationProtocols,
                List.of(names), values.cipherSuites, values.clientAuthentication, values.isHostNameChecked,
                values.handshakeTimeout, values.taskExecutor));
    }

    /**
     * Returns this configuration with other cipher suites.
     *
     * @param names the suites by the JDK's names, such as {@code "TLS_AES_128_GCM_SHA256"}
     * @return the new configuration
     */
    public TlsConfig withCipherSuites(String... names) {
        return new TlsConfig(new Values(values.identities, values.trust, values.given, values.applicationProtocols,
                values.protocols, List.of(names), values.clientAuthentication, values.isHostNameChecked,
                values.handshakeTimeout, values.taskExecutor));
    }

    /**
     * Returns this configuration with another demand for clients' certificates.
     *
     * @param demand the demand of a server
     * @return the new configuration
     */
    public TlsConfig withClientAuthentication(ClientAuthentication demand) {
        return new TlsConfig(new Values(values.identities, values.trust, values.given, values.applicationProtocols,
                values.protocols, values.cipherSuites, Objects.requireNonNull(demand), values.isHostNameChecked,
                values.handshakeTimeout, values.taskExecutor));
    }

    /**
     * Returns this configuration with or without the check of a server's name. Without it any server whose certificate
     * is trusted can pretend to be the one that was meant.
     *
     * @param isChecked whether a client checks that the server's certificate has the host name
     * @return the new configuration
     */
    public TlsConfig withHostNameCheck(boolean isChecked) {
        return new TlsConfig(new Values(values.identities, values.trust, values.given, values.applicationProtocols,
                values.protocols, values.cipherSuites, values.clientAuthentication, isChecked,
                values.handshakeTimeout, values.taskExecutor));
    }

    /**
     * Returns this configuration with another handshake timeout.
     *
     * @param timeout the longest time of a handshake; zero is disabled
     * @return the new configuration
     * @throws IllegalArgumentException if it is negative
     */
    public TlsConfig withHandshakeTimeout(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("negative handshake timeout: " + timeout);
        }
        return new TlsConfig(new Values(values.identities, values.trust, values.given, values.applicationProtocols,
                values.protocols, values.cipherSuites, values.clientAuthentication, values.isHostNameChecked, timeout,
                values.taskExecutor));
    }

    /**
     * Returns this configuration with another executor for the expensive steps of handshakes, such as signatures.
     *
     * @param executor the executor; {@code Runnable::run} for the loop itself, which they then hold up
     * @return the new configuration
     */
    public TlsConfig withTaskExecutor(Executor executor) {
        return new TlsConfig(new Values(values.identities, values.trust, values.given, values.applicationProtocols,
                values.protocols, values.cipherSuites, values.clientAuthentication, values.isHostNameChecked,
                values.handshakeTimeout, Objects.requireNonNull(executor)));
    }

    Duration handshakeTimeout() {
        return values.handshakeTimeout;
    }

    Executor taskExecutor() {
        return values.taskExecutor;
    }

    void requireIdentity() {
        if (values.identities.isEmpty() && values.given == null) {
            throw new IllegalArgumentException("a server needs an identity: TlsConfig.withIdentity");
        }
    }

    SSLEngine serverEngine() {
        SSLEngine engine = context().createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = parameters(engine);
        if (values.clientAuthentication == ClientAuthentication.WANTED) {
            parameters.setWantClientAuth(true);
        } else {
            parameters.setNeedClientAuth(values.clientAuthentication == ClientAuthentication.REQUIRED);
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    SSLEngine clientEngine(String host, int port) {
        SSLEngine engine = context().createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = parameters(engine);
        if (values.isHostNameChecked) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        parameters.setServerNames(serverNames(host));
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** Returns none for an address, and for a name that is none of DNS. */
    private static List<SNIServerName> serverNames(String host) {
        try {
            return ADDRESS.matcher(host).matches() ? List.of()
                    : List.of(new SNIHostName(host.endsWith(".") ? host.substring(0, host.length() - 1) : host));
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    private SSLParameters parameters(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(values.applicationProtocols.toArray(String[]::new));
        if (!values.protocols.isEmpty()) {
            parameters.setProtocols(values.protocols.toArray(String[]::new));
        }
        if (!values.cipherSuites.isEmpty()) {
            parameters.setCipherSuites(values.cipherSuites.toArray(String[]::new));
        }
        return parameters;
    }

    /** Returns the context, a new one if the keys were reloaded, so that no session of the old ones is resumed. */
    private synchronized SSLContext context() {
        if (values.given != null) {
            return values.given;
        }
        List<TlsIdentity.Keys> keys = values.identities.stream().map(TlsIdentity::keys).toList();
        if (context == null || !isSame(keys, contextKeys)) {
            context = newContext(keys);
            contextKeys = keys;
        }
        return context;
    }

    private static boolean isSame(List<TlsIdentity.Keys> keys, List<TlsIdentity.Keys> others) {
        for (int i = 0; i < keys.size(); i++) {
            if (keys.get(i) != others.get(i)) {
                return false;
            }
        }
        return true;
    }

    private SSLContext newContext(List<TlsIdentity.Keys> keys) {
        try {
            SSLContext created = SSLContext.getInstance("TLS");
            created.init(new KeyManager[] {new IdentityKeyManager(keys)}, trustManagers(), null);
            created.getServerSessionContext().setSessionCacheSize(MOST_SESSIONS);
            created.getClientSessionContext().setSessionCacheSize(MOST_SESSIONS);
            return created;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the JDK has no TLS: " + e.getMessage(), e);
        }
    }

    /** Returns null for the JDK's own. */
    private TrustManager[] trustManagers() throws GeneralSecurityException, IOException {
        if (values.trust == null) {
            return null;
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (X509Certificate certificate : values.trust) {
            store.setCertificateEntry(Integer.toString(store.size()), certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /**
     * Describes the configuration for a log.
     *
     * @return the identities, and the demand for clients' certificates
     */
    @Override
    public String toString() {
        return "TlsConfig[" + values.identities + ", client authentication " + values.clientAuthentication + "]";
    }
}
