package io.github.epoll4j.reactor.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.epoll4j.testing.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsIdentityTest {
    @TempDir
    private Path folder;

    private Path file(String name) throws IOException {
        return TestCertificates.file(folder, name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "server-rsa", "other", "client"})
    @DisplayName("a chain and its key are read, for EC, RSA and Ed25519")
    void shouldReadWhenTheFilesAreRight(String name) throws IOException {
        TlsIdentity identity = TlsIdentity.load(file(name + ".pem"), file(name + ".key"));

        assertThat(identity.certificates()).hasSize(2);
        assertThat(identity).hasToString("TlsIdentity[" + identity.certificates().getFirst().getSubjectX500Principal()
                + ", until " + identity.certificates().getFirst().getNotAfter().toInstant() + "]");
    }

    @Test
    @DisplayName("key and certificates may be in one file, with text between them")
    void shouldReadWhenBothAreInOneFile() throws IOException {
        Path both = folder.resolve("both.pem");
        Files.writeString(both, "subject: CN\n" + Files.readString(file("server.key")) + "\n\nand\n"
                + Files.readString(file("server.pem")));

        assertThat(TlsIdentity.load(both, both).certificates()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pkcs1.key", "sec1.key"})
    @DisplayName("a key in an older form is refused with the command that converts it")
    void shouldNameTheCommandWhenTheKeyIsInAnOlderForm(String key) throws IOException {
        Path keyFile = file(key);
        Path certificates = file("server.pem");

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> TlsIdentity.load(certificates, keyFile))
                .withMessageMatching("(?s).*BEGIN (RSA|EC) PRIVATE KEY.*openssl pkcs8 -topk8 -nocrypt -in .*");
    }

    @Test
    @DisplayName("an encrypted key is refused with the command that converts it")
    void shouldNameTheCommandWhenTheKeyIsEncrypted() throws IOException {
        Path certificates = file("server.pem");
        Path key = Files.writeString(folder.resolve("encrypted.key"),
                Files.readString(file("server.key")).replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> TlsIdentity.load(certificates, key))
                .withMessageContaining("ENCRYPTED PRIVATE KEY").withMessageContaining("openssl pkcs8 -topk8");
    }

    @Test
    @DisplayName("files that are swapped, empty, damaged, of another pair or missing are refused with their name")
    void shouldNameTheFileWhenItIsWrong() throws IOException {
        Path certificates = file("server.pem");
        Path key = file("server.key");
        Path other = file("other.key");
        Path rsa = file("server-rsa.key");
        Path empty = Files.writeString(folder.resolve("empty"), "");
        Path damaged = Files.writeString(folder.resolve("damaged"),
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
                        + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Path der = Files.write(folder.resolve("der"), Base64.getMimeDecoder().decode(
                Files.readString(certificates).split("-----")[2]));

        assertRefused(key, certificates, "no certificate in PEM form");
        assertRefused(certificates, certificates, "no private key in PEM form");
        assertRefused(empty, key, "no certificate in PEM form");
        assertRefused(der, key, "openssl x509 -inform DER");
        assertRefused(damaged, key, "cannot be read");
        assertRefused(certificates, damaged, "no private key for the algorithm of the certificate, EC");
        assertRefused(certificates, rsa, "no private key for the algorithm of the certificate, EC");
        assertRefused(certificates, other, "is not that of the first certificate");
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> TlsIdentity.load(folder.resolve("missing"), key));
    }

    private static void assertRefused(Path certificates, Path key, String message) {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> TlsIdentity.load(certificates, key))
                .withMessageContaining(message).withMessageContaining(certificates.getParent().toString());
    }
}
