package io.github.epoll4j.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The keys and certificates of the tests; see the README beside them. */
public final class TestCertificates {
    private TestCertificates() {
    }

    /**
     * Copies a file into a folder.
     *
     * @param name the file, such as {@code server.pem}
     */
    public static Path file(Path folder, String name) throws IOException {
        Path copy = folder.resolve(name);
        try (InputStream in = open(name)) {
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        }
        return copy;
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = TestCertificates.class.getResourceAsStream("tls/" + name);
        if (in == null) {
            throw new IOException("no such file: " + name);
        }
        return in;
    }

    /** Returns a context of the JDK that trusts the authority and has no identity. */
    public static SSLContext context() throws IOException, GeneralSecurityException {
        return context(null, null);
    }

    /**
     * Returns a context of the JDK that trusts the authority.
     *
     * @param identity  the files of the identity without the suffix, or null for none
     * @param algorithm the algorithm of its key
     */
    public static SSLContext context(String identity, String algorithm) throws IOException, GeneralSecurityException {
        CertificateFactory certificates = CertificateFactory.getInstance("X.509");
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        try (InputStream in = open("ca.pem")) {
            trust.setCertificateEntry("ca", certificates.generateCertificate(in));
        }
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(trust);
        KeyManagerFactory keys = null;
        if (identity != null) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            char[] password = new char[0];
            try (InputStream in = open(identity + ".pem"); InputStream key = open(identity + ".key")) {
                String text = new String(key.readAllBytes()).replaceAll("-----.*-----", "");
                store.setKeyEntry("key", KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text))), password,
                        certificates.generateCertificates(in).toArray(Certificate[]::new));
            }
            keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password);
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys == null ? null : keys.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }
}
