package io.github.epoll4j.internal.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {
    @ParameterizedTest
    @ValueSource(strings = {"amd64", "x86_64", "aarch64", "arm64"})
    void shouldBeSupportedWhenTheArchitectureWasProved(String architecture) {
        assertThat(Platform.problem("Linux", architecture)).isNull();
    }

    @Test
    void shouldNameSystemAndArchitectureWhenUnsupported() {
        assertThat(Platform.problem("Mac OS X", "aarch64"))
                .isEqualTo("epoll4j needs Linux on x86-64 or aarch64; this is Mac OS X on aarch64");
        assertThat(Platform.problem("Linux", "riscv64")).endsWith("this is Linux on riscv64");
    }

    @Test
    void shouldNameTheFlagWhenAccessIsDenied() {
        assertThat(Platform.accessDenied(Platform.class.getModule()))
                .endsWith("start java with --enable-native-access=io.github.epoll4j");
        assertThat(Platform.accessDenied(ClassLoader.getPlatformClassLoader().getUnnamedModule()))
                .endsWith("--enable-native-access=ALL-UNNAMED");
    }

    @Test
    void shouldPassWhenThisPlatformIsSupported() {
        assertThatCode(Platform::require).doesNotThrowAnyException();
        assertThat(Platform.class.getModule().getName()).isEqualTo("io.github.epoll4j");
        assertThat(Platform.class.getModule().isNativeAccessEnabled()).isTrue();
    }
}
