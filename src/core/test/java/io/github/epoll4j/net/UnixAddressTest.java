package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.net.Sockets.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UnixAddressTest {
    private static final byte[] NOT_TEXT = {'a', (byte) 0xff, '\n', (byte) 0xc3};

    @TempDir
    private Path folder;

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Names that no program should have, and any program can have. */
    static List<byte[]> oddNames() {
        return List.of(NOT_TEXT, latin1("line\nbreak"),
                latin1("\0zero\0"), latin1("\u001b[2J"), latin1("x".repeat(107)));
    }

    @ParameterizedTest
    @MethodSource("oddNames")
    @DisplayName("a peer's abstract name keeps its bytes, whatever they are")
    void shouldKnowThePeerWhenItsAbstractNameIsOdd(byte[] name) throws IOException {
        UnixAddress listening = UnixAddress.abstractName("epoll4j-" + UUID.randomUUID());
        try (UnixListener listener = UnixListener.bind(listening); UnixStream client = UnixStream.open()) {
            client.bindTo(UnixAddress.abstractName(name));
            client.connectTo(listening);
            await(listener, EPOLLIN);
            UnixStream server = listener.accept();
            server.close();
            assertThat(server.remoteAddress()).isEqualTo(UnixAddress.abstractName(name)).returns(true,
                    UnixAddress::isAbstract);
            assertThat(server.remoteAddress().bytes()).isEqualTo(name);
            assertThat(client.localAddress()).isEqualTo(server.remoteAddress());
        }
    }

    @Test
    @DisplayName("a path that is not text is bound, connected to and returned")
    void shouldKeepTheBytesWhenAPathIsNotText() throws IOException {
        byte[] parent = (folder + "/").getBytes(StandardCharsets.UTF_8);
        byte[] path = new byte[parent.length + NOT_TEXT.length];
        System.arraycopy(parent, 0, path, 0, parent.length);
        System.arraycopy(NOT_TEXT, 0, path, parent.length, NOT_TEXT.length);
        UnixAddress address = UnixAddress.path(path);
        try (UnixListener listener = UnixListener.bind(address); UnixStream client = UnixStream.connect(address)) {
            assertThat(listener.localAddress()).isEqualTo(address);
            assertThat(listener.localAddress().bytes()).isEqualTo(path);
            assertThat(client.remoteAddress()).isEqualTo(address).hasToString(folder + "/a\\xff\\x0a\\xc3");
            assertThat(address.toJdk()).isEmpty();
        }
        try (var files = Files.list(folder)) {
            Path file = files.findFirst().orElseThrow();
            assertThatIllegalArgumentException().isThrownBy(() -> UnixAddress.path(file))
                    .withMessageContaining("not text");
            Files.delete(file);
        }
    }

    @Test
    @DisplayName("autobind: bound to no name, a socket gets an abstract one of the kernel's")
    void shouldHaveANameOfTheKernelsWhenBoundToNone() throws IOException {
        try (UnixListener listener = UnixListener.bind(UnixAddress.unnamed())) {
            UnixAddress given = listener.localAddress();
            assertThat(given.isAbstract()).isTrue();
            assertThat(new String(given.bytes(), StandardCharsets.US_ASCII)).matches("[0-9a-f]{5}");
            try (UnixStream client = UnixStream.connect(given)) {
                assertThat(client.remoteAddress()).isEqualTo(given);
            }
        }
    }

    @Test
    void shouldBeEqualWhenKindAndBytesAre() {
        UnixAddress path = UnixAddress.path("/run/x");
        assertThat(path).isEqualTo(UnixAddress.path(Path.of("/run/x"))).isEqualTo(UnixAddress.path(latin1("/run/x")))
                .hasSameHashCodeAs(UnixAddress.path("/run/x")).returns(true, UnixAddress::isPath);
        assertThat(path).isNotEqualTo(UnixAddress.abstractName("/run/x")).isNotEqualTo(UnixAddress.unnamed());
        assertThat(UnixAddress.abstractName("")).isNotEqualTo(UnixAddress.unnamed())
                .returns(false, UnixAddress::isUnnamed);
        assertThat(UnixAddress.unnamed()).returns(true, UnixAddress::isUnnamed).returns(false, UnixAddress::isPath);
    }

    @Test
    void shouldBecomeTheJdksWhenItIsAPathOrNone() {
        UnixDomainSocketAddress jdk = UnixDomainSocketAddress.of("/run/x");
        assertThat(UnixAddress.of(jdk)).isEqualTo(UnixAddress.path("/run/x"));
        assertThat(UnixAddress.path("/run/x").toJdk()).contains(jdk);
        assertThat(UnixAddress.of(UnixDomainSocketAddress.of(""))).isSameAs(UnixAddress.unnamed());
        assertThat(UnixAddress.unnamed().toJdk()).contains(UnixDomainSocketAddress.of(""));
        assertThat(UnixAddress.abstractName("x").toJdk()).isEmpty();
    }

    @Test
    @DisplayName("toString: printable text as it is, all other bytes escaped")
    void shouldEscapeWhatIsNotPrintableInText() {
        assertThat(UnixAddress.path(latin1("/a b"))).hasToString("/a b");
        assertThat(UnixAddress.path("\u00e9\u20ac\ud83d\ude00".getBytes(StandardCharsets.UTF_8)))
                .hasToString("\u00e9\u20ac\ud83d\ude00");
        assertThat(UnixAddress.path(latin1("a\\\n\u001b"))).hasToString("a\\\\\\x0a\\x1b");
        assertThat(UnixAddress.path(latin1("@x"))).hasToString("\\x40x");
        assertThat(UnixAddress.abstractName("x\0y")).hasToString("@x\\x00y");
        assertThat(UnixAddress.abstractName("\u202ex")).hasToString("@\\xe2\\x80\\xaex");
        assertThat(UnixAddress.abstractName(new byte[] {(byte) 0xe2, (byte) 0x82, 'x', (byte) 0xf0}))
                .hasToString("@\\xe2\\x82x\\xf0");
        assertThat(UnixAddress.unnamed()).hasToString("(unnamed)");
    }

    @Test
    void shouldRefuseWhenTheNameIsTooLongOrNoPath() {
        assertThatIllegalArgumentException().isThrownBy(() -> UnixAddress.path("x".repeat(109)))
                .withMessage("the path has 109 bytes; the limit is 108");
        assertThatIllegalArgumentException().isThrownBy(() -> UnixAddress.abstractName("\u20ac".repeat(36)))
                .withMessage("the abstract name has 108 bytes; the limit is 107");
        assertThatIllegalArgumentException().isThrownBy(() -> UnixAddress.path("")).withMessage("the path is empty");
        assertThatIllegalArgumentException().isThrownBy(() -> UnixAddress.path(new byte[] {'a', 0}))
                .withMessage("the path has a zero byte");
        assertThatIllegalArgumentException().isThrownBy(() -> UnixAddress.path("a\0"));
    }
}
