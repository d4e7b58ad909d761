package io.github.epoll4j.examples.devices;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.examples.devices.RunningDevices.Client;
import io.github.epoll4j.testing.Eventually;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class DevicesTest {
    @Test
    @DisplayName("S10-1: one loop serves a device over TCP and over UDP")
    void shouldAnswerOverTcpAndUdpWhenADeviceIsLoggedIn() throws Exception {
        try (RunningDevices devices = new RunningDevices()) {
            Client client = devices.logIn("a");
            DatagramSocket datagrams = devices.openDatagrams();

            assertThat(client.ask(RunningDevices.beat(1, 41)).number("key")).isEqualTo(42);
            RunningDevices.send(datagrams, Message.request(Message.Type.HEARTBEAT, 2,
                    Map.of("key", 10, "session", client.session)).datagram());

            Message answer = RunningDevices.receive(datagrams);
            assertThat(answer.number("key")).isEqualTo(11);
            assertThat(answer.id()).isEqualTo(2);
            assertThat(devices.reactor.loops()).hasSize(1);
        }
    }

    @Test
    @DisplayName("S10-2: workers handle every message; the loop goes on accepting and receiving while all are busy")
    void shouldAnswerByWorkersWhenMessagesArrive() throws Exception {
        try (RunningDevices devices = new RunningDevices(2, 10, Duration.ofMinutes(1))) {
            Client client = devices.logIn("a");
            devices.blockWorkers();
            client.send(RunningDevices.beat(1, 1));
            Client other = devices.connect();
            other.send(Message.request(Message.Type.LOGIN, 1, Map.of("user", "b", "password", "right")));
            Eventually.await("both wait for a worker", () -> devices.waiting() >= 2);

            assertThat(client.socket.getInputStream().available()).isZero();
            assertThat(devices.server.devices()).isEqualTo(1);

            devices.freeWorkers();
            assertThat(client.receive().number("key")).isEqualTo(2);
            assertThat(other.receive().status()).isEqualTo(Message.Status.OK);
        }
    }

    @Test
    @DisplayName("S10-3: one worker at a time has a connection: the answers are in the order of the requests")
    void shouldAnswerInOrderWhenRequestsArePipelined() throws Exception {
        int count = 300;
        try (RunningDevices devices = new RunningDevices(4, 4, Duration.ofMinutes(1))) {
            List<FutureTask<List<Long>>> answers = new ArrayList<>();
            for (String user : List.of("a", "b", "c")) {
                Client client = devices.logIn(user);
                answers.add(new FutureTask<>(() -> {
                    List<Long> ids = new ArrayList<>();
                    while (ids.size() < count) {
                        ids.add(client.receive().id());
                    }
                    return ids;
                }));
                Thread.startVirtualThread(answers.getLast());
                Thread.startVirtualThread(new FutureTask<>(() -> {
                    for (int i = 0; i < count; i++) {
                        client.send(RunningDevices.beat(i, i));
                    }
                    return null;
                }));
            }
            List<Long> expected = Stream.iterate(0L, i -> i + 1).limit(count).toList();
            for (FutureTask<List<Long>> each : answers) {
                assertThat(each.get()).isEqualTo(expected);
            }
        }
    }

    @Test
    @DisplayName("S10-4: a full queue loses nothing: every datagram and every message is answered")
    void shouldAnswerEverythingWhenTheQueueIsFull() throws Exception {
        int count = 60; // the kernel holds more
        try (RunningDevices devices = new RunningDevices(1, 1, Duration.ofMinutes(1))) {
            Client client = devices.logIn("a");
            DatagramSocket datagrams = devices.openDatagrams();
            devices.blockWorkers();
            for (int i = 0; i < count; i++) {
                RunningDevices.send(datagrams, Message.request(Message.Type.HEARTBEAT, i,
                        Map.of("key", i, "session", client.session)).datagram());
                client.send(RunningDevices.beat(i, i));
            }
            Eventually.await("the queue is full", () -> devices.waiting() >= 1);
            devices.freeWorkers();

            for (int i = 0; i < count; i++) {
                assertThat(RunningDevices.receive(datagrams).number("key")).isEqualTo(i + 1);
                assertThat(client.receive().number("key")).isEqualTo(i + 1);
            }
        }
    }

    @Test
    @DisplayName("S10-5: a message that arrives byte by byte is one, and two in one segment are two")
    void shouldFindMessagesWhenTheyAreCutOrJoined() throws Exception {
        try (RunningDevices devices = new RunningDevices()) {
            Client client = devices.logIn("a");
            byte[] message = Client.bytes(RunningDevices.beat(5, 5));
            for (byte each : message) {
                client.send(new byte[] {each});
            }
            assertThat(client.receive().number("key")).isEqualTo(6);
            byte[] two = new byte[2 * message.length];
            System.arraycopy(message, 0, two, 0, message.length);
            System.arraycopy(message, 0, two, message.length, message.length);
            client.send(two);
            assertThat(client.receive().number("key")).isEqualTo(6);
            assertThat(client.receive().number("key")).isEqualTo(6);
        }
    }

    static Stream<Arguments> wrongFrames() {
        return Stream.of(
                Arguments.of("length 0", frame(0)),
                Arguments.of("a head of 11 bytes", frame(11, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0)),
                Arguments.of("a negative length", frame(-1)),
                Arguments.of("a length above the limit", frame(Message.MAX_BYTES + 1)),
                Arguments.of("the largest length", frame(Integer.MAX_VALUE)),
                Arguments.of("an unknown type", frame(12, 0, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
                Arguments.of("an unknown version", frame(12, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
                Arguments.of("an unknown status", frame(12, 0, 2, 1, 7, 0, 0, 0, 0, 0, 0, 0, 0)),
                Arguments.of("a notice", frame(12, 0, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
                Arguments.of("a heartbeat without a body", frame(12, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
                Arguments.of("no JSON", beat("hello")),
                Arguments.of("JSON that ends early", beat("{\"key\": 1")),
                Arguments.of("JSON with a tail", beat("{\"key\": 1} x")),
                Arguments.of("an array", beat("[1]")),
                Arguments.of("a key that is text", beat("{\"key\": \"1\"}")),
                Arguments.of("a key with a fraction", beat("{\"key\": 1.5}")),
                Arguments.of("a key beyond 64 bits", beat("{\"key\": 99999999999999999999}")),
                Arguments.of("a key without a successor", beat("{\"key\": " + Long.MAX_VALUE + "}")),
                Arguments.of("a key twice", beat("{\"key\": 1, \"key\": 2}")),
                Arguments.of("deep nesting", beat("{\"key\":" + "[".repeat(8000) + "]".repeat(8000) + "}")));
    }

    private static byte[] frame(int length, int... bytes) {
        ByteBuffer frame = ByteBuffer.allocate(4 + bytes.length).putInt(length);
        for (int each : bytes) {
            frame.put((byte) each);
        }
        return frame.array();
    }

    private static byte[] beat(String json) {
        byte[] body = json.getBytes(UTF_8);
        return ByteBuffer.allocate(16 + body.length).putInt(12 + body.length).putShort((short) 2).put((byte) 1)
                .put((byte) 0).putLong(1).put(body).array();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongFrames")
    @DisplayName("S10-5: a wrong frame, body or length closes that device alone")
    void shouldCloseTheDeviceWhenItsMessageIsWrong(String what, byte[] bytes) throws Exception {
        try (RunningDevices devices = new RunningDevices()) {
            Client other = devices.logIn("b");
            Client client = devices.logIn("a");
            client.send(bytes);

            assertThat(client.isEnded()).as(what).isTrue();
            assertThat(other.ask(RunningDevices.beat(1, 1)).number("key")).isEqualTo(2);
            Eventually.await("the session has ended", () -> devices.server.devices() == 1);
        }
    }

    @Test
    @DisplayName("S10-6: a device without a heartbeat is evicted, those that beat over TCP or UDP are kept")
    void shouldEvictADeviceWhenItIsSilent() throws Exception {
        Duration timeout = Duration.ofSeconds(1);
        try (RunningDevices devices = new RunningDevices(2, 5, timeout)) {
            Client silent = devices.logIn("a");
            Client beating = devices.logIn("b");
            Client datagramsOnly = devices.logIn("c");
            DatagramSocket datagrams = devices.openDatagrams();
            FutureTask<Boolean> evicted = new FutureTask<>(silent::isEnded);
            Thread.startVirtualThread(evicted);
            long start = System.nanoTime();
            long last = start;
            long longestGap = 0;
            for (int i = 0; !evicted.isDone() || System.nanoTime() - start < 2 * timeout.toNanos(); i++) {
                assertThat(beating.ask(RunningDevices.beat(i, i)).number("key")).isEqualTo(i + 1);
                RunningDevices.send(datagrams, Message.request(Message.Type.HEARTBEAT, i,
                        Map.of("key", i, "session", datagramsOnly.session)).datagram());
                assertThat(RunningDevices.receive(datagrams).number("key")).isEqualTo(i + 1);
                longestGap = Math.max(longestGap, System.nanoTime() - last);
                last = System.nanoTime();
            }
            assertThat(evicted.get()).isTrue();
            assumeTrue(longestGap < timeout.toNanos() / 2, "the machine let the heartbeats come in time");
            Eventually.await("the session has ended", () -> devices.server.devices() == 2);
            assertThat(datagramsOnly.ask(RunningDevices.beat(1, 1)).number("key")).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("S10-6: a heartbeat before the login, or after a refused one, closes the connection")
    void shouldCloseWhenADeviceIsNotLoggedIn() throws Exception {
        try (RunningDevices devices = new RunningDevices()) {
            Client early = devices.connect();
            assertThat(early.ask(RunningDevices.beat(1, 1)).status()).isEqualTo(Message.Status.NOT_LOGGED_IN);
            assertThat(early.isEnded()).isTrue();
            assertThat(devices.server.devices()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "A", "' OR '1'='1", "a'--", "x'; DROP TABLE users; --"})
    @DisplayName("S10-10: an unknown user is denied, whatever its name does to a concatenated statement")
    void shouldDenyWhenTheUserIsUnknown(String user) throws Exception {
        try (RunningDevices devices = new RunningDevices()) {
            Client client = devices.connect();
            assertThat(client.ask(Message.request(Message.Type.LOGIN, 1, Map.of("user", user, "password", "right")))
                    .status()).isEqualTo(Message.Status.DENIED);
            assertThat(client.isEnded()).isTrue();
            devices.logIn("a");
            assertThat(devices.server.devices()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("S10-5: a wrong password, or one that is no text, closes the connection")
    void shouldDenyWhenThePasswordIsWrong() throws Exception {
        try (RunningDevices devices = new RunningDevices()) {
            Client client = devices.connect();
            assertThat(client.ask(Message.request(Message.Type.LOGIN, 1, Map.of("user", "a", "password", "wrong")))
                    .status()).isEqualTo(Message.Status.DENIED);
            Client odd = devices.connect();
            odd.send(Message.request(Message.Type.LOGIN, 1, Map.of("user", "a", "password", List.of("right"))));
            assertThat(odd.isEnded()).isTrue();
        }
    }

    @Test
    @DisplayName("S10-5: a wrong datagram is dropped without an answer")
    void shouldDropADatagramWhenItIsWrong() throws Exception {
        try (RunningDevices devices = new RunningDevices()) {
            Client client = devices.logIn("a");
            DatagramSocket datagrams = devices.openDatagrams();
            ByteBuffer right = Message.request(Message.Type.HEARTBEAT, 1, Map.of("key", 1, "session", client.session))
                    .datagram();
            for (int length = 0; length < right.limit(); length++) {
                RunningDevices.send(datagrams, ByteBuffer.wrap(right.array(), 0, length));
            }
            RunningDevices.send(datagrams, Message.request(Message.Type.HEARTBEAT, 2,
                    Map.of("key", 1, "session", "no such session")).datagram());
            RunningDevices.send(datagrams, Message.request(Message.Type.LOGIN, 3,
                    Map.of("user", "a", "password", "right")).datagram());
            RunningDevices.send(datagrams, right);

            assertThat(RunningDevices.receive(datagrams).id()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("S10-7: an orderly stop handles the messages that wait for a worker")
    void shouldAnswerWhatWaitsWhenTheStopIsOrderly() throws Exception {
        try (RunningDevices devices = new RunningDevices(1, 5, Duration.ofMinutes(1))) {
            Client client = devices.logInAndWait("a");
            Thread stopping = Thread.startVirtualThread(devices.server::stop);
            devices.freeWorkers();

            assertThat(client.receive().number("key")).isEqualTo(2);
            assertThat(client.isEnded()).isTrue();
            client.close();
            stopping.join();
        }
    }

    @Test
    @DisplayName("S10-7: an orderly stop answers the datagrams that were received while the queue was full")
    void shouldAnswerDatagramsWhenTheStopIsOrderly() throws Exception {
        int count = 20;
        try (RunningDevices devices = new RunningDevices(1, 1, Duration.ofMinutes(1))) {
            Client client = devices.logIn("a");
            DatagramSocket datagrams = devices.openDatagrams();
            devices.blockWorkers();
            for (int i = 0; i < count; i++) {
                RunningDevices.send(datagrams, Message.request(Message.Type.HEARTBEAT, i,
                        Map.of("key", i, "session", client.session)).datagram());
            }
            Eventually.await("the queue is full", () -> devices.waiting() == 1);
            Thread stopping = Thread.startVirtualThread(devices.server::stop);
            devices.freeWorkers();

            assertThat(RunningDevices.receive(datagrams).number("key")).isEqualTo(1);
            assertThat(RunningDevices.receive(datagrams).number("key")).isEqualTo(2);
            client.close();
            stopping.join();
        }
    }

    @Test
    @DisplayName("S10-6: a login behind a refused message is not done")
    void shouldNotLogInWhenAMessageBeforeWasRefused() throws Exception {
        try (RunningDevices devices = new RunningDevices()) {
            Client present = devices.logIn("a");
            Client client = devices.connect();
            byte[] refused = Client.bytes(RunningDevices.beat(1, 1));
            byte[] login = Client.bytes(
                    Message.request(Message.Type.LOGIN, 2, Map.of("user", "a", "password", "right")));
            client.send(ByteBuffer.allocate(refused.length + login.length).put(refused).put(login).array());

            assertThat(client.receive().status()).isEqualTo(Message.Status.NOT_LOGGED_IN);
            assertThat(client.isEnded()).isTrue();
            assertThat(present.ask(RunningDevices.beat(1, 1)).number("key")).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("S10-7: an immediate stop does not handle the messages that wait for a worker")
    void shouldEndWithoutAnswersWhenTheStopIsImmediate() throws Exception {
        try (RunningDevices devices = new RunningDevices(1, 5, Duration.ofMinutes(1))) {
            Client client = devices.logInAndWait("a");
            devices.server.stopNow();

            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    @DisplayName("S10-8: a second login of a user replaces the first, which gets a notice and is closed")
    void shouldCloseTheFirstConnectionWhenAUserLogsInAgain() throws Exception {
        try (RunningDevices devices = new RunningDevices()) {
            Client first = devices.logIn("a");
            Client second = devices.logIn("a");

            Message notice = first.receive();
            assertThat(notice.type()).isEqualTo(Message.Type.NOTICE);
            assertThat(notice.status()).isEqualTo(Message.Status.REPLACED);
            assertThat(first.isEnded()).isTrue();
            first.close();
            assertThat(second.ask(RunningDevices.beat(1, 1)).number("key")).isEqualTo(2);
            assertThat(devices.server.devices()).isEqualTo(1);
        }
    }
}
