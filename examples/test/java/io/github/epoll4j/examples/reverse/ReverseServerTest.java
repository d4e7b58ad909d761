package io.github.epoll4j.examples.reverse;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.net.LinuxSocketOptions;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.testing.Eventually;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ReverseServerTest {
    @Test
    @DisplayName("S02-1: hello comes back as olleh, and the next chunk by itself")
    void shouldReverseEachChunkWhenAClientSendsOneAndWaits() throws Exception {
        try (RunningReverse server = RunningReverse.start(1024, Reverse::reverse); Socket client = server.connect()) {
            assertThat(ask(client, "hello")).isEqualTo("olleh");
            assertThat(ask(client, "a")).isEqualTo("a");
            assertThat(ask(client, "line\n")).isEqualTo("\nenil");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1024})
    @DisplayName("S02-2: 100 KB sent at once come back, a sum of reversed chunks of at most 4096 bytes")
    void shouldDrainWhenMoreHasComeThanOneRead(int capacity) throws Exception {
        AtomicInteger largest = new AtomicInteger();
        try (RunningReverse server = RunningReverse.start(capacity, bytes -> {
            largest.accumulateAndGet(bytes.length, Math::max);
            Reverse.reverse(bytes);
        }); Socket client = server.connect()) {
            byte[] message = random(100_000);
            client.getOutputStream().write(message);
            byte[] answer = client.getInputStream().readNBytes(message.length);
            assertThat(answer).hasSameSizeAs(message);
            assertThat(isSumOfReversedChunks(message, answer)).isTrue();
            assertThat(largest.get()).isBetween(2, ReverseServer.CHUNK_SIZE);
        }
    }

    /** Returns whether there are cuts between which each piece of the answer is the message's, reversed. */
    private static boolean isSumOfReversedChunks(byte[] message, byte[] answer) {
        BitSet cuts = new BitSet(message.length + 1);
        cuts.set(0);
        for (int from = 0; from < message.length; from = cuts.nextSetBit(from + 1)) {
            int end = Math.min(message.length, from + ReverseServer.CHUNK_SIZE);
            for (int to = from + 1; to <= end; to++) {
                int length = 0;
                while (from + length < to && answer[from + length] == message[to - 1 - length]) {
                    length++;
                }
                if (from + length == to) {
                    cuts.set(to);
                }
            }
            if (cuts.nextSetBit(from + 1) < 0) {
                return false;
            }
        }
        return cuts.get(message.length);
    }

    @Test
    @DisplayName("S02-3: three clients that connected before the first wait are all accepted from one edge")
    void shouldAcceptAllWhenOneEventReportsThem() throws Exception {
        TcpListener listener = RunningReverse.listen(0);
        int port = listener.localAddress().getPort();
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(RunningReverse.connect(port));
        }
        try (RunningReverse server = new RunningReverse(listener, 1024, Reverse::reverse)) {
            for (Socket client : clients) {
                assertThat(ask(client, "hello")).isEqualTo("olleh");
            }
            assertThat(server.processed()).isEqualTo(3);
        } finally {
            closeAll(clients);
        }
    }

    @Test
    @DisplayName("S02-4, S02-9: a thread of its own does the work, it parks when there is none, and the other waits")
    void shouldWorkInAThreadOfItsOwnThatParks() throws Exception {
        AtomicReference<Thread> worker = new AtomicReference<>();
        try (RunningReverse server = RunningReverse.start(1, bytes -> worker.set(Thread.currentThread()));
                Socket client = server.connect()) {
            ask(client, "hello");
            assertThat(worker.get().getName()).isEqualTo("reverse-worker");
            assertThat(worker.get()).isNotSameAs(server.thread());
            Eventually.await("the worker parks", () -> worker.get().getState() == Thread.State.WAITING);
            ask(client, "again");
        }
        assertThat(worker.get().isAlive()).isFalse();
    }

    @Test
    @DisplayName("S02-4: with one slot in each ring and a worker that is held, one chunk waits, and none is lost")
    void shouldLoseNothingWhenARingHasOneSlot() throws Exception {
        Semaphore permits = new Semaphore(0);
        AtomicInteger begun = new AtomicInteger();
        List<Socket> clients = new ArrayList<>();
        try (RunningReverse server = RunningReverse.start(1, bytes -> {
            begun.incrementAndGet();
            permits.acquireUninterruptibly();
            Reverse.reverse(bytes);
        })) {
            for (int i = 0; i < 20; i++) {
                clients.add(server.connect());
                clients.get(i).getOutputStream().write(("client " + i).getBytes(US_ASCII));
            }
            Eventually.await("the worker has a chunk", () -> begun.get() == 1);
            permits.release(10);
            Eventually.await("ten are done", () -> server.processed() == 10);
            Eventually.await("and one has begun", () -> begun.get() == 11);
            permits.release(1000);
            for (int i = 0; i < clients.size(); i++) {
                String sent = "client " + i;
                assertThat(read(clients.get(i), sent.length()))
                        .isEqualTo(new StringBuilder(sent).reverse().toString());
            }
            assertThat(server.processed()).isEqualTo(20);
        } finally {
            closeAll(clients);
        }
    }

    @Test
    @DisplayName("S02-4: a full ring holds as many chunks as it has slots, whatever its array holds")
    void shouldTakeNoMoreThanItsCapacity() {
        Ring ring = new Ring(1);
        Chunk chunk = new Chunk(null, new byte[0]);
        for (int i = 0; i < 10; i++) {
            assertThat(ring.isFull()).isFalse();
            assertThat(ring.offer(chunk)).isTrue();
            assertThat(ring.isFull()).isTrue();
            assertThat(ring.offer(chunk)).isFalse();
            assertThat(ring.poll()).isSameAs(chunk);
            assertThat(ring.poll()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1024})
    @DisplayName("S02-5: bytes that come with the end of the stream are answered, 100 times, before the close")
    void shouldAnswerBeforeItClosesWhenTheEndComesWithBytes(int capacity) throws Exception {
        try (RunningReverse server = RunningReverse.start(capacity, Reverse::reverse)) {
            for (int i = 0; i < 100; i++) {
                try (TcpStream client = TcpStream.connect(server.address())) {
                    Eventually.await("it is connected", client::finishConnect);
                    client.set(LinuxSocketOptions.TCP_CORK, true); // keeps the bytes back for the end to go with them
                    client.write(ByteBuffer.wrap("last".getBytes(US_ASCII)));
                    client.shutdownOutput();
                    ByteBuffer answer = ByteBuffer.allocate(100);
                    Eventually.await("the end", () -> client.read(answer) < 0);
                    assertThat(US_ASCII.decode(answer.flip()).toString()).isEqualTo("tsal");
                }
            }
        }
    }

    @Test
    @DisplayName("S02-6: a client that never reads costs a bounded queue and stops no other; later it gets every byte")
    void shouldServeOthersWhenAClientDoesNotRead() throws Exception {
        try (RunningReverse server = RunningReverse.start(4, bytes -> { });
                SocketChannel greedy = SocketChannel.open(server.address());
                Socket other = server.connect()) {
            greedy.configureBlocking(false);
            ByteBuffer piece = ByteBuffer.wrap(random(64 << 10));
            long sent = 0;
            long processed = -1;
            // at rest: the kernel takes no more, and during answers to another nothing of it was read
            for (int refusals = 0; refusals < 50; ) {
                int count = greedy.write(piece.rewind());
                sent += count;
                assertThat(sent).as("bytes that the server and the kernel take").isLessThan(128L << 20);
                ask(other, "me");
                refusals = count == 0 && server.processed() == processed + 1 ? refusals + 1 : 0;
                processed = server.processed();
            }
            greedy.shutdownOutput();
            greedy.configureBlocking(true);
            long received = 0;
            ByteBuffer answer = ByteBuffer.allocate(64 << 10);
            for (int count = greedy.read(answer); count >= 0; count = greedy.read(answer.clear())) {
                received += count;
            }
            assertThat(received).isEqualTo(sent);
        }
    }

    @ParameterizedTest
    @CsvSource({"'exit\n', ''", "'exit\r\n', ''", "'ex', 'it\n'", "'exit', '\n'", "'one\nexi', 't\nthree\n'",
        "'ex', 'it'"})
    @DisplayName("S02-7: the line exit, whole or split, ends the server: chunks are answered and counted, all closed")
    void shouldEndInOrderWhenAClientSaysExit(String first, String second) throws Exception {
        Fds.count(); // loads what counting needs
        long before = Fds.count();
        RunningReverse server = RunningReverse.start(16, Reverse::reverse);
        try (Socket client = server.connect(); Socket other = server.connect()) {
            ask(other, "hello");
            int chunks = 2;
            if (second.isEmpty()) {
                client.getOutputStream().write(first.getBytes(US_ASCII));
                assertThat(read(client, first.length())).isEqualTo(new StringBuilder(first).reverse().toString());
            } else {
                ask(client, first);
                client.getOutputStream().write(second.getBytes(US_ASCII));
                client.shutdownOutput(); // the end of the stream ends the line as well
                assertThat(read(client, second.length())).isEqualTo(new StringBuilder(second).reverse().toString());
                chunks++;
            }
            server.awaitEnd();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(other.getInputStream().read()).isEqualTo(-1);
            assertThat(server.processed()).isEqualTo(chunks);
        }
        assertThat(Fds.count()).isEqualTo(before);
        try (TcpListener next = RunningReverse.listen(server.port())) { // at once, as its end was the first
            assertThat(next.isOpen()).isTrue();
        }
    }

    @Test
    @DisplayName("S02-7: exit within a line is a chunk like any other")
    void shouldGoOnWhenExitIsNotALine() throws Exception {
        try (RunningReverse server = RunningReverse.start(16, Reverse::reverse); Socket client = server.connect()) {
            for (String text : List.of("exits\n", "no exit\n", "exi", "\nt\n", "exit", "exit\n", "exit\rx\n", "\n")) {
                assertThat(ask(client, text)).isEqualTo(new StringBuilder(text).reverse().toString());
            }
        }
    }

    @Test
    @DisplayName("S02-7: what was read before exit is processed, also if the worker is behind")
    void shouldProcessWhatWasReadWhenItEnds() throws Exception {
        Semaphore permits = new Semaphore(0);
        RunningReverse server = RunningReverse.start(16, bytes -> permits.acquireUninterruptibly());
        try (Socket first = server.connect(); Socket last = server.connect()) {
            first.getOutputStream().write("one".getBytes(US_ASCII));
            permits.release();
            read(first, 3);
            first.getOutputStream().write("two".getBytes(US_ASCII));
            last.getOutputStream().write("exit\n".getBytes(US_ASCII));
            permits.release(2);
            read(last, 5);
            server.awaitEnd();
            assertThat(server.processed()).isBetween(2L, 3L);
        }
    }

    @Test
    @DisplayName("S02-7: a worker that is to end works on all chunks of its ring first, answers taken or not")
    void shouldWorkOnAllRequestsWhenTheWorkerEnds() throws Exception {
        Semaphore permits = new Semaphore(0);
        Ring requests = new Ring(8);
        try (EpollInstance epoll = EpollInstance.open()) {
            Worker worker = new Worker(requests, new Ring(1), epoll, bytes -> permits.acquireUninterruptibly());
            for (int i = 0; i < 5; i++) {
                requests.offer(new Chunk(null, new byte[1]));
            }
            worker.start();
            Thread ending = Thread.ofPlatform().daemon().start(worker::end);
            Eventually.await("it waits for the worker", () -> ending.getState() == Thread.State.WAITING);
            permits.release(5);
            ending.join();
            assertThat(worker.processed()).isEqualTo(5);
            assertThat(worker.isOver()).isTrue();
        }
    }

    @Test
    @DisplayName("S02-8: an answer for a client that was reset reaches no other client, which may have its number")
    void shouldDropAnswersWhenTheirClientIsGone() throws Exception {
        Semaphore permits = new Semaphore(0);
        Queue<String> begun = new ConcurrentLinkedQueue<>();
        try (RunningReverse server = RunningReverse.start(8, bytes -> {
            begun.add(new String(bytes, US_ASCII));
            permits.acquireUninterruptibly();
        }); Socket stays = server.connect()) {
            permits.release();
            ask(stays, "me");
            long sockets = Fds.sockets();
            Socket gone = server.connect();
            gone.getOutputStream().write("secret".getBytes(US_ASCII));
            Eventually.await("the worker has it", () -> begun.contains("secret"));
            gone.setSoLinger(true, 0);
            gone.close();
            Eventually.await("the server has closed it", () -> Fds.sockets() == sockets);
            try (Socket next = server.connect()) {
                next.getOutputStream().write("mine".getBytes(US_ASCII));
                permits.release(2);
                assertThat(read(next, 4)).isEqualTo("mine");
            }
        }
    }

    @Test
    @DisplayName("S02-6: 200 resets with answers under way end their clients alone, and leave no descriptor")
    void shouldGoOnWhenClientsAreReset() throws Exception {
        try (RunningReverse server = RunningReverse.start(2, Reverse::reverse); Socket stays = server.connect()) {
            ask(stays, "me");
            long sockets = Fds.sockets();
            byte[] message = random(50_000);
            for (int i = 0; i < 200; i++) {
                try (Socket client = server.connect()) {
                    client.setSoLinger(true, 0);
                    client.getOutputStream().write(message);
                }
            }
            assertThat(ask(stays, "still")).isEqualTo("llits");
            Eventually.await("all are closed", () -> Fds.sockets() == sockets);
        }
    }

    @Test
    @DisplayName("a fault of the worker ends the server, which would wait for answers otherwise")
    void shouldEndWhenTheWorkerFails() throws Exception {
        Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
        RunningReverse server = RunningReverse.start(8, bytes -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, fault) -> faults.add(fault));
            throw new IllegalStateException("a fault");
        });
        try (Socket client = server.connect()) {
            client.getOutputStream().write(1);
            server.awaitEnd();
            assertThat(faults).singleElement().asString().contains("a fault");
        }
    }

    /** Sends a chunk, and waits for as many bytes. */
    private static String ask(Socket client, String chunk) throws IOException {
        client.getOutputStream().write(chunk.getBytes(US_ASCII));
        return read(client, chunk.length());
    }

    private static String read(Socket client, int count) throws IOException {
        return new String(client.getInputStream().readNBytes(count), US_ASCII);
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        for (int i = 0; i < size; i++) {
            bytes[i] = bytes[i] == '\n' ? 0 : bytes[i]; // and no line
        }
        return bytes;
    }

    private static void closeAll(List<Socket> clients) throws IOException {
        for (Socket client : clients) {
            client.close();
        }
    }
}
