package io.github.epoll4j.epoll;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.poll.PollFlags.POLLIN;
import static io.github.epoll4j.poll.PollFlags.POLLOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are always ready: epoll refuses them, select and poll report them. */
class UnpollableFileTest {
    @TempDir
    private Path folder;

    @Test
    @DisplayName("epoll_ctl(2) EPERM: a regular file, a directory, /dev/null; select and poll say ready at once")
    void shouldBeRefusedByEpollAloneWhenTheFileCannotBePolled() throws IOException {
        Path file = Files.createFile(folder.resolve("regular"));
        Map<Path, String> kinds = Map.of(
                file, "a regular file", folder, "a directory", Path.of("/dev/null"), "a character device");
        for (Path path : kinds.keySet()) {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                assertThat(channel.isOpen()).isTrue();
                int fd = numberOf(path.toRealPath());
                assertRefusedByEpoll(fd, kinds.get(path));
                assertReadyForSelect(fd);
                assertReadyForPoll(fd);
            }
        }
    }

    private static int numberOf(Path path) throws IOException {
        try (Stream<Path> numbers = Files.list(Path.of("/proc/self/fd"))) {
            return numbers.filter(number -> pointsTo(number, path))
                    .mapToInt(number -> Integer.parseInt(number.getFileName().toString()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static boolean pointsTo(Path number, Path path) {
        try {
            return Files.readSymbolicLink(number).equals(path);
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    private static void assertRefusedByEpoll(int fd, String kind) throws IOException {
        try (EpollInstance epoll = EpollInstance.open()) {
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> epoll.add(fd, EPOLLIN))
                    .returns(Errno.EPERM, ErrnoException::errno)
                    .withMessage("epoll_ctl(ADD, fd=%d (%s), EPOLLIN): EPERM (Operation not permitted)", fd, kind);
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> epoll.modify(fd, EPOLLIN))
                    .withMessage("epoll_ctl(MOD, fd=%d (%s), EPOLLIN): EPERM (Operation not permitted)", fd, kind);
        }
    }

    private static void assertReadyForSelect(int fd) throws IOException {
        FdSet read = FdSet.allocate();
        read.set(fd);
        FdSet write = read.copy();
        assertThat(Select.select(read, write, null)).isEqualTo(2);
    }

    private static void assertReadyForPoll(int fd) throws IOException {
        try (PollFdArray fds = PollFdArray.allocate(1)) {
            fds.add(fd, POLLIN | POLLOUT);
            assertThat(Poll.poll(fds)).isOne();
            assertThat(fds.revents(0)).isEqualTo(POLLIN | POLLOUT);
        }
    }
}
