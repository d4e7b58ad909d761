package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.testing.ChildJvm;
import io.github.epoll4j.testing.RunningJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees of a failure who has set up nothing, and how it is switched off; in a JVM of its own. */
@Timeout(60)
class FailureLogTest {
    private static final int DESCRIPTORS = 256;

    @Test
    @DisplayName("S11-7: a failure is logged once, as an error, with the call and the name of its errno")
    void shouldLogTheErrnoByItsNameWhenAHandlerFails() throws Exception {
        try (RunningJvm child = ChildJvm.of(Child.class).onClassPath().withDescriptors(DESCRIPTORS).start()) {
            assertThat(child.end()).containsExactly("0 registrations");
            assertThat(child.logged("SEVERE: failed: ")).isOne();
            assertThat(child.logged("read(fd=7): ECONNRESET (Connection reset by peer)")).isOne();
        }
    }

    @Test
    @DisplayName("S11-7: logging can be switched off by the name of the logger")
    void shouldLogNothingWhenItIsSwitchedOff(@TempDir Path folder) throws Exception {
        Path off = Files.writeString(folder.resolve("logging.properties"),
                "handlers = java.util.logging.ConsoleHandler\nio.github.epoll4j.reactor.level = OFF\n");
        try (RunningJvm child = ChildJvm.of(Child.class).onClassPath().withDescriptors(DESCRIPTORS)
                .start(off.toString())) {
            assertThat(child.end()).containsExactly("0 registrations");
            assertThat(child.err()).isEmpty();
        }
    }

    /** A loop that logs, and a handler that fails. */
    static final class Child {
        private Child() {
        }

        public static void main(String[] args) throws Exception {
            if (args.length > 0) {
                System.setProperty("java.util.logging.config.file", args[0]);
            }
            try (EventLoop loop = EventLoop.open(); EventFd ready = EventFd.open(1)) {
                loop.register(ready.fd(), EPOLLIN, (registration, events) -> {
                    loop.stop();
                    throw new ErrnoException("read", "fd=7", Errno.ECONNRESET);
                });
                loop.execute(() -> System.out.println(loop.registrations() + " registrations"));
                loop.run();
            }
        }
    }
}
