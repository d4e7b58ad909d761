package io.github.epoll4j.examples.chat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.epoll4j.examples.websocket.Page;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A chat on a free port, and people in it. */
final class RunningChat implements AutoCloseable {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);

    final Reactor reactor;
    final InetSocketAddress web;
    private final ChatServer server;
    private final InetSocketAddress address;
    private final List<Person> people = new ArrayList<>();

    private RunningChat(Kind kind, Chat chat, int webPort,
            UnaryOperator<Function<Connection, ConnectionHandler>> layer) throws IOException {
        reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(kind.loops).withMechanism(kind.mechanism));
        server = new ChatServer(reactor, chat, kind.trigger, layer);
        address = new InetSocketAddress("127.0.0.1", server.listen(ANY_PORT));
        web = new InetSocketAddress("127.0.0.1", server.listenWeb(new InetSocketAddress("127.0.0.1", webPort),
                Page.html(ChatCommand.class, "chat.html")));
    }

    static RunningChat start(Kind kind) throws IOException {
        return start(kind, false, 0);
    }

    static RunningChat start(Kind kind, boolean isSenderIncluded, int maxMembers) throws IOException {
        return new RunningChat(kind, new Chat(isSenderIncluded, maxMembers), 0, UnaryOperator.identity());
    }

    /** Starts a chat whose page has a port that was free a moment ago. */
    static RunningChat startAgain(int webPort) throws IOException {
        return new RunningChat(Kind.EPOLL_LEVEL, new Chat(false, 0), webPort, UnaryOperator.identity());
    }

    /** Starts a chat on a layer, such as TLS. */
    static RunningChat startOn(UnaryOperator<Function<Connection, ConnectionHandler>> layer) throws IOException {
        return new RunningChat(Kind.EPOLL_LEVEL, new Chat(false, 0), 0, layer);
    }

    String url() {
        return "http://127.0.0.1:" + web.getPort() + "/";
    }

    InetSocketAddress address() {
        return address;
    }

    /** Connects somebody, and reads nothing. */
    Person connect() throws IOException {
        Person person = new Person(address, 0, UTF_8);
        people.add(person);
        return person;
    }

    /** Connects somebody who takes each byte for a character. */
    Person connectRaw() throws IOException {
        Person person = new Person(address, 0, ISO_8859_1);
        people.add(person);
        return person;
    }

    /** Connects somebody with a small receive buffer, who reads nothing. */
    Person connectNarrow() throws IOException {
        Person person = new Person(address, 4096, UTF_8);
        people.add(person);
        return person;
    }

    /** Connects somebody, gives the name, and reads up to the answer. */
    Person enter(String name) throws IOException {
        Person person = connect();
        person.says("/nick " + name);
        person.readsUpTo("* You are now " + name + ".");
        return person;
    }

    /** Connects people who know of each other when this returns. */
    List<Person> enter(String... names) throws IOException {
        List<Person> entered = new ArrayList<>();
        for (String name : names) {
            entered.add(enter(name));
        }
        for (Person person : entered) {
            person.readsToNow();
        }
        return entered;
    }

    void stop() {
        server.close();
    }

    @Override
    public void close() throws IOException {
        for (Person person : people) {
            person.close();
        }
        server.close();
    }
}
