package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.LibC;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import io.github.epoll4j.testing.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a process of few descriptors meets, and one whose standard input is closed. */
class LimitsTest {
    @Test
    @DisplayName("C25, K3, epoll_create03: descriptors are not without limit: EMFILE at RLIMIT_NOFILE")
    void shouldEndWhenTheDescriptorsDo() throws Exception {
        List<String> lines = ChildJvm.of(FullTable.class).withDescriptors(64)
                .run().lines();

        assertThat(lines).containsExactly("EMFILE", "EMFILE");
    }

    @Test
    @DisplayName("C31: 0 is a descriptor like others: epoll_create answers it when it is free")
    void shouldUseNumberZeroWhenItIsFree() throws Exception {
        assertThat(ChildJvm.of(NumberZero.class).run().lines()).containsExactly("0", "1 event");
    }

    /** Opens counters until there is no descriptor left, and then an instance. */
    static final class FullTable {
        public static void main(String[] args) throws Exception {
            EpollInstance.open().close();
            Raw.call(errno -> epoll_h.epoll_create(errno, 0));
            new ErrnoException("loads", "its classes", 1).getMessage();
            Raw.name(-1);
            List<EventFd> counters = new ArrayList<>();
            int error = 0;
            while (error == 0) {
                try {
                    counters.add(EventFd.open());
                } catch (ErrnoException e) {
                    error = e.errno();
                }
            }
            int created = Raw.call(errno -> epoll_h.epoll_create(errno, 1));
            int created1 = Raw.call(errno -> epoll_h.epoll_create1(errno, 0));
            counters.forEach(EventFd::close);
            System.out.println(Raw.name(created));
            System.out.println(Raw.name(created1));
        }
    }

    /** Opens an instance while standard input is closed. */
    static final class NumberZero {
        public static void main(String[] args) throws Exception {
            EventFd counter = EventFd.open(1);
            EpollInstance.open().close(); // loads what is needed, which opens files
            LibC.call("close", -1);
            LibC.call("close", 0);
            try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(1)) {
                System.out.println(epoll.fd());
                epoll.add(counter.fd(), EPOLLIN);
                System.out.println(epoll.await(events) + " event");
            }
        }
    }
}
