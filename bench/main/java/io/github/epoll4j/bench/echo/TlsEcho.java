package io.github.epoll4j.bench.echo;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.reactor.tls.Tls;
import io.github.epoll4j.reactor.tls.TlsConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Echo servers with TLS: of the reactor, and a plain loop. Both have the JDK's engine, and one certificate. */
public final class TlsEcho {
    private static final String PASSWORD = "password";

    private TlsEcho() {
    }

    static void run(String way) throws IOException, InterruptedException {
        if (way.equals("nio")) {
            TlsSelectorEcho.run(context());
            return;
        }
        TlsConfig config = TlsConfig.DEFAULT.withContext(context());
        config = way.equals("reactor-inline") ? config.withTaskExecutor(Runnable::run) : config;
        try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1))) {
            Listener listener = reactor.listen(new InetSocketAddress("127.0.0.1", 0),
                    Tls.server(config, connection -> (on, data) -> on.write(data)));
            JavaServer.listening(listener.port());
            reactor.awaitClose();
        }
    }

    /**
     * Returns a context that has the certificate, and trusts it.
     *
     * @return the context
     * @throws IOException if the key store, which {@link #makeKeyStore} makes, cannot be read
     */
    public static SSLContext context() throws IOException {
        try (InputStream in = Files.newInputStream(keyStore())) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD.toCharArray());
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD.toCharArray());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the key store cannot be used: " + e.getMessage(), e);
        }
    }

    private static Path keyStore() {
        return CProgram.home().toAbsolutePath().normalize().resolve("target/tls.p12");
    }

    /**
     * Creates the key store with the JDK's keytool if it does not exist.
     *
     * @throws IOException if that fails
     */
    public static void makeKeyStore() throws IOException {
        if (Files.exists(keyStore())) {
            return;
        }
        Files.createDirectories(keyStore().getParent());
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "bench", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "36500",
                "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-storetype", "PKCS12", "-keystore",
                keyStore().toString(), "-storepass", PASSWORD).redirectErrorStream(true).start();
        String printed = new String(keytool.getInputStream().readAllBytes());
        try {
            if (keytool.waitFor() != 0) {
                throw new IOException("keytool has failed: " + printed.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
