package io.github.epoll4j.fd;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.fd.InotifyFlags.IN_ALL_EVENTS;
import static io.github.epoll4j.fd.InotifyFlags.IN_CLOSE_NOWRITE;
import static io.github.epoll4j.fd.InotifyFlags.IN_CLOSE_WRITE;
import static io.github.epoll4j.fd.InotifyFlags.IN_CREATE;
import static io.github.epoll4j.fd.InotifyFlags.IN_DELETE;
import static io.github.epoll4j.fd.InotifyFlags.IN_DELETE_SELF;
import static io.github.epoll4j.fd.InotifyFlags.IN_DONT_FOLLOW;
import static io.github.epoll4j.fd.InotifyFlags.IN_IGNORED;
import static io.github.epoll4j.fd.InotifyFlags.IN_ISDIR;
import static io.github.epoll4j.fd.InotifyFlags.IN_MASK_CREATE;
import static io.github.epoll4j.fd.InotifyFlags.IN_MODIFY;
import static io.github.epoll4j.fd.InotifyFlags.IN_MOVE;
import static io.github.epoll4j.fd.InotifyFlags.IN_ONLYDIR;
import static io.github.epoll4j.fd.InotifyFlags.IN_OPEN;
import static io.github.epoll4j.fd.InotifyFlags.IN_Q_OVERFLOW;
import static io.github.epoll4j.internal.gen.unistd.unistd_h.O_CLOEXEC;
import static io.github.epoll4j.internal.gen.unistd.unistd_h.O_NONBLOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.testing.Fds;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class InotifyTest {
    @TempDir
    private Path directory;
    private long descriptors;
    private Inotify queue;

    @BeforeEach
    void open() throws IOException {
        descriptors = Fds.count();
        queue = Inotify.open();
    }

    @AfterEach
    void close() throws IOException {
        queue.close();
        assertThat(Fds.count()).as("open descriptors").isEqualTo(descriptors);
    }

    @Test
    void shouldTellWhatHappenedWhenAFileIsWrittenAndRemoved() throws IOException {
        int watch = queue.add(directory, IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_DELETE);
        assertThat(queue.read()).isEmpty();

        Path file = Files.writeString(directory.resolve("a"), "text");
        Files.delete(file);

        assertThat(queue.read()).containsExactly(
                new InotifyEvent(watch, IN_CREATE, 0, "a"),
                new InotifyEvent(watch, IN_MODIFY, 0, "a"),
                new InotifyEvent(watch, IN_CLOSE_WRITE, 0, "a"),
                new InotifyEvent(watch, IN_DELETE, 0, "a"));
        assertThat(queue.read()).isEmpty();
    }

    @Test
    void shouldBeReadableWhenThereAreEvents() throws IOException {
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(1)) {
            epoll.add(queue.fd(), EPOLLIN);
            queue.add(directory, IN_CREATE);
            assertThat(epoll.await(events, 0)).isZero();

            Files.createFile(directory.resolve("a"));

            assertThat(epoll.await(events, 0)).isOne();
            assertThat(events.get(0).isReadable()).isTrue();
            assertThat(queue.read()).hasSize(1);
            assertThat(epoll.await(events, 0)).isZero();
        }
    }

    @Test
    void shouldReportEachActivityWhenUnderEdgeTrigger() throws IOException {
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(1)) {
            epoll.add(queue.fd(), EPOLLIN | EPOLLET);
            queue.add(directory, IN_CREATE);
            Files.createFile(directory.resolve("a"));
            assertThat(epoll.await(events, 0)).isOne();
            assertThat(epoll.await(events, 0)).as("unread").isZero();

            Files.createFile(directory.resolve("b"));

            assertThat(epoll.await(events, 0)).isOne();
            assertThat(queue.read()).hasSize(2);
        }
    }

    @Test
    void shouldLinkTheHalvesWhenRenamed() throws IOException {
        Path from = Files.createDirectory(directory.resolve("from"));
        Path to = Files.createDirectory(directory.resolve("to"));
        Files.createDirectory(from.resolve("old"));
        int fromWatch = queue.add(from, IN_MOVE);
        int toWatch = queue.add(to, IN_MOVE);

        Files.move(from.resolve("old"), to.resolve("new"));

        List<InotifyEvent> events = queue.read();
        assertThat(events).extracting(InotifyEvent::watch).containsExactly(fromWatch, toWatch);
        assertThat(events).extracting(InotifyEvent::name).containsExactly("old", "new");
        assertThat(events.get(0).isMovedFrom()).isTrue();
        assertThat(events.get(1).isMovedTo()).isTrue();
        assertThat(events).allMatch(InotifyEvent::isDirectory);
        assertThat(events.get(0).cookie()).isNotZero().isEqualTo(events.get(1).cookie());
    }

    @Test
    void shouldHaveNoNameWhenTheWatchedFileItselfIsMeant() throws IOException {
        Path file = Files.createFile(directory.resolve("a"));
        int watch = queue.add(file, IN_DELETE_SELF);

        Files.delete(file);

        assertThat(queue.read()).containsExactly(new InotifyEvent(watch, IN_DELETE_SELF, 0, ""),
                new InotifyEvent(watch, IN_IGNORED, 0, ""));
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> queue.remove(watch))
                .returns(Errno.EINVAL, ErrnoException::errno);
    }

    @Test
    void shouldEndWithIgnoredWhenRemoved() throws IOException {
        int watch = queue.add(directory, IN_CREATE);
        assertThat(queue.add(directory, IN_CREATE | IN_DELETE)).as("the same file").isEqualTo(watch);
        Files.createFile(directory.resolve("a"));

        queue.remove(watch);
        Files.createFile(directory.resolve("b"));

        assertThat(queue.read()).containsExactly(
                new InotifyEvent(watch, IN_CREATE, 0, "a"), new InotifyEvent(watch, IN_IGNORED, 0, ""));
    }

    @Test
    @DisplayName("no event is lost or torn when there are more than a buffer holds, with names of every length")
    void shouldFetchAllWhenThereAreMoreThanFit() throws IOException {
        queue.add(directory, IN_CREATE);
        List<String> names = new ArrayList<>();
        for (int length = 1; length <= 255; length++) {
            names.add("x".repeat(length));
            Files.createFile(directory.resolve(names.getLast()));
        }

        List<String> read = new ArrayList<>();
        int reads = 0;
        for (List<InotifyEvent> events = queue.read(); !events.isEmpty(); events = queue.read()) {
            events.forEach(event -> read.add(event.name()));
            reads++;
        }

        assertThat(read).isEqualTo(names);
        assertThat(reads).isGreaterThan(2);
    }

    @Test
    @DisplayName("the bytes of a name that is not UTF-8 are kept: it is watched and opened by them")
    void shouldKeepTheBytesWhenANameIsNotUtf8() throws IOException {
        Path latin = Path.of(URI.create(directory.toUri() + "%E9t%E9"));
        assumeTrue(!latin.equals(directory.resolve(latin.getFileName().toString())), "the names here are Latin-1");
        int parent = queue.add(directory, IN_CREATE);

        Files.createDirectory(latin);
        int child = queue.add(latin, IN_CREATE);
        Files.createFile(latin.resolve("a"));

        List<InotifyEvent> events = queue.read();
        byte[] name = {(byte) 0xE9, 't', (byte) 0xE9};
        assertThat(events).containsExactly(new InotifyEvent(parent, IN_CREATE | IN_ISDIR, 0, name),
                new InotifyEvent(child, IN_CREATE, 0, "a"));
        assertThat(events.getFirst().name()).isEqualTo("\uFFFDt\uFFFD");
        assertThat(events.getFirst()).isNotEqualTo(
                new InotifyEvent(parent, IN_CREATE | IN_ISDIR, 0, "\uFFFDt\uFFFD"));
        events.getFirst().nameBytes()[0] = 0;
        byte[] path = path(directory, events.getFirst().nameBytes());
        assertThat(queue.add(path, IN_OPEN)).isEqualTo(child);
        try (FileFd file = FileFd.open(path, OpenFlags.O_RDONLY)) {
            assertThat(file.kind()).isEqualTo(FdKind.DIRECTORY);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> queue.add(new byte[] {'a', 0}, IN_OPEN));
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> queue.add(new byte[0], IN_OPEN))
                .withMessage("inotify_add_watch(, IN_OPEN): ENOENT (No such file or directory)");
    }

    private static byte[] path(Path directory, byte[] name) {
        byte[] folder = (directory + "/").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(folder.length + name.length).put(folder).put(name).array();
    }

    @Test
    void shouldDecodeNamesWhenTheyAreUtf8() throws IOException {
        Path path = Path.of(URI.create(directory.toUri() + "%C3%A9%20%25"));
        queue.add(directory, IN_CREATE);

        Files.createFile(path);

        assertThat(queue.read()).extracting(InotifyEvent::name).containsExactly("\u00E9 %");
        assertThat(queue.add(path, IN_OPEN)).isPositive();
    }

    @Test
    @DisplayName("IN_DONT_FOLLOW watches a link to a directory itself")
    void shouldWatchTheLinkWhenToldNotToFollow() throws IOException {
        Path target = Files.createDirectory(directory.resolve("target"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), target);

        int followed = queue.add(link, IN_CREATE);
        int notFollowed = queue.add(link, IN_CREATE | IN_DONT_FOLLOW);

        assertThat(queue.add(target, IN_CREATE)).isEqualTo(followed).isNotEqualTo(notFollowed);
    }

    @Test
    void shouldWatchTheRootAndRelativePaths() throws IOException {
        int root = queue.add(Path.of("/"), IN_DELETE_SELF);
        int here = queue.add(Path.of(""), IN_DELETE_SELF);

        assertThat(queue.add(Path.of("").toAbsolutePath(), IN_DELETE_SELF)).isEqualTo(here).isNotEqualTo(root);
    }

    @Test
    @DisplayName("IN_Q_OVERFLOW: when the queue is full one event says that others were lost")
    void shouldSayThatEventsWereLostWhenTheQueueIsFull() throws IOException {
        int limit;
        // with one large read: such a file has no second half, and Files.readString begins with one byte
        try (BufferedReader file = Files.newBufferedReader(Path.of("/proc/sys/fs/inotify/max_queued_events"))) {
            limit = Integer.parseInt(file.readLine());
        }
        assumeTrue(limit <= 100_000, "the queue is too long to be filled: " + limit);
        Path file = Files.createFile(directory.resolve("a"));
        queue.add(file, IN_OPEN | IN_CLOSE_NOWRITE);
        for (int i = 0; i < limit / 2 + 1; i++) {
            Files.newInputStream(file).close();
        }

        List<InotifyEvent> all = new ArrayList<>();
        for (List<InotifyEvent> events = queue.read(); !events.isEmpty(); events = queue.read()) {
            all.addAll(events);
        }

        assertThat(all).hasSize(limit + 1);
        assertThat(all.getLast()).isEqualTo(new InotifyEvent(-1, IN_Q_OVERFLOW, 0, ""))
                .matches(InotifyEvent::isOverflow);
        Files.newInputStream(file).close();
        assertThat(queue.read()).as("goes on").hasSize(2);
    }

    @Test
    void shouldNameTheErrorWhenAWatchIsRefused() throws IOException {
        Path file = Files.createFile(directory.resolve("a"));
        queue.add(file, IN_OPEN);

        assertRefused(directory.resolve("none"), IN_CREATE, Errno.ENOENT);
        assertRefused(file, IN_CREATE | IN_ONLYDIR, Errno.ENOTDIR);
        assertRefused(file, IN_CREATE | IN_MASK_CREATE, Errno.EEXIST);
        assertRefused(file, 0, Errno.EINVAL);
        assertRefused(directory.resolve("x".repeat(256)), IN_CREATE, Errno.ENAMETOOLONG);
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> queue.remove(99))
                .withMessage("inotify_rm_watch(fd=" + queue.fd() + ", watch=99): EINVAL (Invalid argument)");
    }

    private void assertRefused(Path path, int mask, int errno) {
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> queue.add(path, mask))
                .returns(errno, ErrnoException::errno)
                .withMessageStartingWith("inotify_add_watch(" + path + ", " + InotifyFlags.toString(mask) + "): ");
    }

    @Test
    void shouldRefuseWhenThePathIsOfAnotherFileSystem() throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(directory.resolve("a.zip"), Map.of("create", true))) {
            assertThatIllegalArgumentException().isThrownBy(() -> queue.add(zip.getPath("/"), IN_ALL_EVENTS))
                    .withMessageContaining("default file system");
        }
    }

    @Test
    void shouldBeCloseOnExecAndNonBlockingWhenOpened() throws IOException {
        assertThat(Fds.flags(queue.fd())).matches(flags -> (flags & O_CLOEXEC) != 0, "close-on-exec")
                .matches(flags -> (flags & O_NONBLOCK) != 0, "non-blocking");
    }

    @Test
    void shouldRefuseWhenClosed() {
        queue.close();

        assertThatIllegalStateException().isThrownBy(queue::read).withMessage("Inotify is closed");
        assertThatIllegalStateException().isThrownBy(() -> queue.add(directory, IN_CREATE));
        assertThatIllegalStateException().isThrownBy(() -> queue.remove(1));
    }
}
