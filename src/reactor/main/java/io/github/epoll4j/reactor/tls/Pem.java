package io.github.epoll4j.reactor.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads PEM files (RFC 7468) with the JDK's factories. */
final class Pem {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----",
            Pattern.DOTALL);
    private static final String KEY = "PRIVATE KEY";

    private Pem() {
    }

    static List<X509Certificate> certificates(Path file) throws IOException {
        try {
            StringBuilder blocks = new StringBuilder();
            Matcher block = BLOCK.matcher(text(file));
            while (block.find()) {
                if (block.group(1).equals("CERTIFICATE")) {
                    blocks.append(block.group()).append('\n');
                }
            }
            if (blocks.isEmpty()) {
                throw new IOException(file + " has no certificate in PEM form (BEGIN CERTIFICATE); for one in DER: "
                        + "openssl x509 -inform DER -in " + file + " -out certificate.pem");
            }
            byte[] bytes = blocks.toString().getBytes(StandardCharsets.US_ASCII);
            return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes))
                    .stream().map(X509Certificate.class::cast).toList();
        } catch (CertificateException e) {
            throw new IOException(file + " has a certificate that cannot be read: " + e.getMessage(), e);
        }
    }

    static TlsIdentity.Keys keys(Path certificates, Path keyFile) throws IOException {
        List<X509Certificate> chain = certificates(certificates);
        PublicKey publicKey = chain.getFirst().getPublicKey();
        PrivateKey key = privateKey(keyFile, publicKey.getAlgorithm());
        if (!isPair(publicKey, key)) {
            throw new IOException("the key in " + keyFile + " is not that of the first certificate in " + certificates);
        }
        return new TlsIdentity.Keys(chain, key);
    }

    private static PrivateKey privateKey(Path file, String algorithm) throws IOException {
        Matcher block = BLOCK.matcher(text(file));
        String other = null;
        while (block.find()) {
            if (block.group(1).equals(KEY)) {
                try {
                    byte[] encoded = Base64.getMimeDecoder().decode(block.group(2));
                    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
                } catch (GeneralSecurityException | IllegalArgumentException e) {
                    throw new IOException(file + " has no private key for the algorithm of the certificate, "
                            + algorithm + ": " + e.getMessage(), e);
                }
            }
            other = block.group(1).endsWith(KEY) ? block.group(1) : other;
        }
        throw new IOException(file + " has " + (other == null ? "no private key in PEM form" : "a BEGIN " + other)
                + ", not a BEGIN " + KEY + " (PKCS#8); to convert it: openssl pkcs8 -topk8 -nocrypt -in " + file
                + " -out key.pem");
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    private static boolean isPair(PublicKey publicKey, PrivateKey key) throws IOException {
        String algorithm = switch (publicKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> publicKey.getAlgorithm(); // EdDSA, RSASSA-PSS
        };
        try {
            byte[] message = {1, 2, 3};
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(message);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(message);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot use the key: " + e.getMessage(), e);
        }
    }
}
