package io.github.epoll4j.examples.chat;

import io.github.epoll4j.reactor.loop.EventLoop;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The order of operations of a chat on several machines: a stream in Redis. Each node adds its members' operations to
 * the stream, and applies all of it in order, its own included. So every node has the same members, names, rooms and
 * last lines, and a name is given to the first that asks.
 *
 * <p>A node that joins adds "hello", and takes the snapshot that another node adds in answer: the chat as it was at
 * that place of the stream. Without an answer for {@link #ANSWER} it is the first one. Each node adds "alive" every
 * second. One that has not been heard for {@link #LEASE} is declared gone by the others, and its members leave.
 *
 * <p>A node that does not see its own "alive" for so long is cut off: the members of other nodes leave here, its own
 * hear each other and a notice. It tries to join again. Then its members come back with their rooms and their names,
 * unless another member has the name by now: they get a guest's name and a notice. Lines of both sides of a partition
 * stay where they were said.
 *
 * <p>A thread of its own reads the stream, and passes on what it has read to the chat's loop, a bounded part at a time.
 * Methods are for the chat's loop.
 */
final class RedisLog implements Log, AutoCloseable {
    /** The time after which a silent node is gone. */
    static final Duration LEASE = Duration.ofSeconds(4);
    /** The time that a joining node waits for a snapshot. */
    private static final Duration ANSWER = Duration.ofSeconds(1);
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration READ_WAIT = Duration.ofMillis(500);
    private static final String STREAM = "epoll4j:chat";
    private static final int STREAM_LENGTH = 10_000;
    private static final int MAX_READ = 100;
    /** The number of operations of this node that may wait to come back; members' lines beyond it are refused. */
    static final int MAX_WAITING = 10_000;
    private static final System.Logger LOG = System.getLogger("chat");

    private final String node = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    private final Chat chat;
    private final EventLoop loop;
    private final RedisClient client;
    /** The connections for adding and for reading; new ones for each time that this node joins. */
    private volatile StatefulRedisConnection<String, String> adding;
    private volatile StatefulRedisConnection<String, String> reading;
    private final Thread reader = Thread.ofPlatform().daemon().name("chat-redis").unstarted(this::read);
    private final CompletableFuture<Void> joined = new CompletableFuture<>();
    private volatile boolean isClosed;
    /** True if the reader has to join, at the start and after a loss. */
    private volatile boolean mustJoin = true;

    private State state = State.JOINING;
    /** While joining: what came behind "hello". */
    private final List<Op> behindHello = new ArrayList<>();
    private Snapshot snapshot;
    private String hello = "";
    /** While joining: the operations of this node, for the time after. Otherwise those that have not come back. */
    private final Deque<Op> own = new ArrayDeque<>();
    private final Map<String, Long> lastHeard = new HashMap<>();
    private boolean wasCutOff;

    /** What this node does with its members' operations: keeps them, adds them to the stream, or applies them. */
    private enum State { JOINING, JOINED, CUT_OFF }

    /**
     * Connects to Redis.
     *
     * @param loop the chat's loop
     * @throws IOException if Redis cannot be reached, with a message of one line
     */
    RedisLog(InetSocketAddress redis, Chat chat, EventLoop loop) throws IOException {
        this.chat = chat;
        this.loop = loop;
        client = RedisClient.create(RedisURI.builder().withHost(redis.getHostString()).withPort(redis.getPort())
                .withTimeout(COMMAND_TIMEOUT).build());
        // a connection that is lost stays lost, and what was under way is not sent again
        client.setOptions(ClientOptions.builder().autoReconnect(false).build());
        try {
            connect();
        } catch (RedisException e) {
            client.shutdown();
            throw new IOException("cannot reach Redis at " + redis.getHostString() + ":" + redis.getPort() + ": "
                    + reason(e), e);
        }
    }

    private void connect() {
        adding = client.connect();
        reading = client.connect();
    }

    private void disconnect() {
        for (StatefulRedisConnection<String, String> connection : List.of(adding, reading)) {
            if (connection.isOpen()) {
                connection.close();
            }
        }
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }

    /**
     * Joins the other nodes, and waits for that. On another thread than the chat's loop.
     *
     * @throws IOException if Redis does not answer
     */
    void join() throws IOException {
        reader.start();
        loop.execute(() -> loop.scheduleAtFixedRate(BEAT, BEAT, this::beat));
        try {
            joined.get(2 * LEASE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("Redis does not answer", e);
        }
    }

    @Override
    public String node() {
        return node;
    }

    @Override
    public void append(Op op) {
        if (state == State.CUT_OFF) {
            chat.apply(op);
            return;
        }
        if (op instanceof Op.Line line && own.size() >= MAX_WAITING) {
            chat.notice(line.id(), "Sorry, too many lines wait for Redis.");
            return;
        }
        own.add(op);
        if (state == State.JOINED) {
            add("op", Ops.text(op));
        }
    }

    /** Adds an entry to the stream; a failure is noticed as the entry does not come back. */
    private void add(String kind, String value) {
        adding.async().xadd(STREAM, trimming(), Map.of("node", node, kind, value));
    }

    private static XAddArgs trimming() {
        return XAddArgs.Builder.maxlen(STREAM_LENGTH).approximateTrimming();
    }

    private void beat() {
        long now = System.nanoTime();
        if (state != State.CUT_OFF) {
            add("alive", "");
        }
        if (state != State.JOINED) {
            return;
        }
        if (now - lastHeard.get(node) > LEASE.toNanos()) {
            cutOff();
            return;
        }
        lastHeard.forEach((other, heard) -> {
            if (now - heard > LEASE.toNanos()) {
                add("op", Ops.text(new Op.Gone(other)));
            }
        });
    }

    private void cutOff() {
        mustJoin = true;
        if (state == State.JOINED) {
            LOG.log(System.Logger.Level.WARNING, "Redis is not reached: the members of this node are among themselves");
            wasCutOff = true;
            lastHeard.keySet().stream().filter(other -> !other.equals(node)).toList()
                    .forEach(other -> chat.apply(new Op.Gone(other)));
            lastHeard.clear();
            chat.noticeAll("The other servers cannot be reached. People here still hear you.");
        }
        if (wasCutOff) {
            state = State.CUT_OFF;
            own.forEach(chat::apply);
            own.clear();
        }
    }

    /** Reads the stream, in a thread of its own. */
    @SuppressWarnings("unchecked") // an array of one offset
    private void read() {
        String last = "";
        long pauseMillis = 100;
        while (!isClosed) {
            try {
                if (mustJoin) {
                    last = sayHello();
                }
                List<StreamMessage<String, String>> entries = reading.sync().xread(
                        XReadArgs.Builder.count(MAX_READ).block(READ_WAIT), XReadArgs.StreamOffset.from(STREAM, last));
                if (!entries.isEmpty()) {
                    last = entries.getLast().getId();
                    passOn(() -> entries.forEach(entry -> take(entry.getBody())));
                }
                pauseMillis = 100;
            } catch (RedisException e) {
                pauseMillis = cutOffAndPause(pauseMillis);
            } catch (RejectedExecutionException e) {
                return; // the chat has ended
            }
        }
    }

    /** Has the loop go on without the others, waits, and returns how long to wait the next time. */
    private long cutOffAndPause(long millis) {
        try {
            loop.execute(this::cutOff);
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (RejectedExecutionException e) {
            isClosed = true; // the chat has ended
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Math.min(2 * millis, LONGEST_PAUSE.toMillis());
    }

    private String sayHello() {
        disconnect();
        connect();
        String nonce = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        String place = reading.sync().xadd(STREAM, trimming(), Map.of("node", node, "hello", nonce));
        mustJoin = false;
        passOn(() -> beginJoining(nonce));
        return place;
    }

    /** Has the loop do something, and waits until it has. */
    private void passOn(Runnable task) {
        CompletableFuture.runAsync(task, loop).exceptionally(failure -> {
            LOG.log(System.Logger.Level.ERROR, "the chat's loop could not apply operations", failure);
            return null;
        }).join();
    }

    private void beginJoining(String nonce) {
        state = State.JOINING;
        hello = nonce;
        snapshot = null;
        behindHello.clear();
        lastHeard.clear();
        loop.schedule(ANSWER, () -> {
            if (hello.equals(nonce) && state == State.JOINING) {
                endJoining(); // no other node has answered: this is the first one
            }
        });
    }

    private void endJoining() {
        List<Op.Enter> returns = chat.detach();
        lastHeard.put(node, System.nanoTime());
        if (snapshot != null) {
            chat.load(snapshot);
            snapshot.members().forEach(member -> lastHeard.put(Op.node(member.id()), System.nanoTime()));
        }
        state = State.JOINED;
        List<Op> waiting = new ArrayList<>(returns);
        waiting.addAll(own);
        own.clear();
        behindHello.forEach(this::apply);
        behindHello.clear();
        waiting.forEach(this::append);
        if (wasCutOff) {
            wasCutOff = false;
            chat.noticeAll("The other servers are back.");
        }
        joined.complete(null);
    }

    /** Takes an entry of the stream. One that is malformed is dropped. */
    private void take(Map<String, String> entry) {
        String from = entry.getOrDefault("node", "");
        try {
            if (state == State.CUT_OFF) {
                return;
            }
            lastHeard.put(from, System.nanoTime());
            if (entry.containsKey("op")) {
                take(Ops.op(entry.get("op")));
            } else if (entry.containsKey("hello") && !from.equals(node)) {
                take(new Op.Gone(from)); // its members of before come back, if it has been here
                lastHeard.put(from, System.nanoTime());
                if (state == State.JOINED) {
                    add("for", entry.get("hello") + " " + Ops.text(chat.snapshot()));
                }
            } else if (entry.containsKey("for") && snapshot == null && entry.get("for").startsWith(hello + " ")) {
                if (state == State.JOINING) {
                    snapshot = Ops.snapshot(entry.get("for").substring(hello.length() + 1));
                    endJoining();
                } else {
                    cutOff(); // late: this node is not the first one, as it believed, and joins again
                }
            }
        } catch (IOException | RuntimeException e) { // the entries behind it are taken all the same
            LOG.log(System.Logger.Level.WARNING, "an entry of node {0} is dropped: {1}", from, e.getMessage());
        }
    }

    private void take(Op op) {
        if (state == State.JOINING) {
            behindHello.add(op);
        } else {
            if (op.equals(own.peek())) { // not for a "gone", which no member of this node has waited for
                own.remove();
            }
            apply(op);
        }
    }

    private void apply(Op op) {
        if (op instanceof Op.Gone(String gone)) {
            lastHeard.remove(gone);
            if (gone.equals(node)) {
                cutOff(); // the others have given this node up: it joins again
                return;
            }
        }
        chat.apply(op);
    }

    /** Ends the connections to Redis. On another thread than the chat's loop. */
    @Override
    public void close() {
        isClosed = true;
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
}
