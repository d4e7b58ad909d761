package io.github.epoll4j.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("memory is passed by its address only if its kind is known not to be closed; all other is held")
class DirectMemoryTest {
    /** An arena of a program's own. */
    private record Wrapped(Arena inner) implements Arena {
        @Override
        public MemorySegment allocate(long byteSize, long byteAlignment) {
            return inner.allocate(byteSize, byteAlignment);
        }

        @Override
        public MemorySegment.Scope scope() {
            return inner.scope();
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    private static boolean isAddress(MemorySegment segment) {
        return new DirectMemory(segment.asByteBuffer()).isAddress();
    }

    @Test
    void shouldBeHeldWhenAnArenaCanBeClosed() {
        try (Arena shared = Arena.ofShared(); Arena confined = Arena.ofConfined();
                Arena wrapped = new Wrapped(Arena.ofShared())) {
            for (Arena arena : new Arena[] {shared, confined, wrapped}) {
                MemorySegment segment = arena.allocate(64);
                assertThat(isAddress(segment)).isFalse();
                assertThat(isAddress(segment.asSlice(8, 8))).isFalse();
                assertThat(new DirectMemory(segment.asByteBuffer().slice(8, 8).asReadOnlyBuffer()).isAddress())
                        .isFalse();
            }
        }
    }

    @Test
    @SuppressWarnings("restricted")
    void shouldBeHeldWhenAnAddressWasGivenAnArena() {
        MemorySegment foreign = Arena.global().allocate(64);
        try (Arena shared = Arena.ofShared(); Arena wrapped = new Wrapped(Arena.ofShared())) {
            for (Arena arena : new Arena[] {shared, wrapped}) {
                MemorySegment segment = MemorySegment.ofAddress(foreign.address()).reinterpret(64, arena, null);
                assertThat(isAddress(segment)).isFalse();
            }
        }
        assertThat(isAddress(MemorySegment.ofAddress(foreign.address()).reinterpret(64))).isTrue();
    }

    @Test
    void shouldBeHeldWhenAFileIsMappedInAnArenaThatCanBeClosed(@TempDir Path folder) throws IOException {
        Path path = Files.write(folder.resolve("mapped"), new byte[64]);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
                Arena shared = Arena.ofShared();
                Arena wrapped = new Wrapped(Arena.ofShared())) {
            for (Arena arena : new Arena[] {shared, wrapped}) {
                assertThat(isAddress(channel.map(FileChannel.MapMode.READ_ONLY, 0, 64, arena))).isFalse();
            }
            assertThat(new DirectMemory(channel.map(FileChannel.MapMode.READ_ONLY, 0, 64)).isAddress()).isTrue();
        }
    }

    @Test
    void shouldBeAnAddressWhenItLastsAsLongAsItIsReachable() {
        assertThat(new DirectMemory(ByteBuffer.allocateDirect(8)).isAddress()).isTrue();
        assertThat(isAddress(Arena.ofAuto().allocate(8))).isTrue();
        assertThat(isAddress(Arena.global().allocate(8))).isTrue();
    }

    @Test
    void shouldRefuseWhenAPartIsNotInside() {
        DirectMemory memory = new DirectMemory(ByteBuffer.allocateDirect(8));
        assertThat(memory.offset(8, 0)).isPositive();
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> memory.offset(4, 5));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> memory.offset(-1, 2));
    }
}
