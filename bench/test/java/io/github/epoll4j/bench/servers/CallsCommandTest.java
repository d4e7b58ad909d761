package io.github.epoll4j.bench.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The summary of strace. */
class CallsCommandTest {
    @Test
    void shouldAddUpCallsOfOneKindWhenTheyHaveSeveralNames() {
        List<String> summary = List.of(
                "% time     seconds  usecs/call     calls    errors syscall",
                "------ ----------- ----------- --------- --------- ----------------",
                " 60.00    1.000000          10       150           sendto",
                " 20.00    0.500000          10        50           writev",
                " 15.00    0.500000          10       100        20 recvfrom",
                "  4.00    0.100000          10        30           epoll_wait",
                "  1.00    0.000001          10        20           epoll_pwait2",
                "  0.00    0.000001          10        77           futex",
                "------ ----------- ----------- --------- --------- ----------------",
                "100.00    2.100002                   427        20 total");

        assertThat(CallsCommand.line(Contestant.NIO, summary, 100))
                .matches("JDK NIO Selector +1\\.00 +2\\.00 +0\\.50");
    }
}
