package io.github.epoll4j.examples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MessageTest {
    @Test
    @DisplayName("a line for a room is encoded once in each form, whatever the number of members")
    void shouldEncodeOnceInEachFormWhenManyGetIt() {
        List<String> encoded = new ArrayList<>();
        Form first = event -> {
            encoded.add("first " + event);
            return ByteBuffer.wrap("one".getBytes(UTF_8));
        };
        Form second = event -> {
            encoded.add("second " + event);
            return ByteBuffer.wrap("two".getBytes(UTF_8));
        };
        List<String> received = new ArrayList<>();
        Room room = new Room("lobby");
        for (int i = 0; i < 10; i++) {
            room.add(new Member(new Reader(i % 2 == 0 ? first : second, received), "guest" + i));
        }
        room.send(new Event.Notice("hello"), null);
        assertThat(received).hasSize(10).startsWith("one", "two", "one", "two");
        assertThat(encoded).containsExactly("first Notice[text=hello]", "second Notice[text=hello]");
    }

    private record Reader(Form form, List<String> received) implements Client {
        @Override
        public void send(Message message) {
            ByteBuffer bytes = message.in(form);
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy); // and moves the position, as a connection does
            received.add(new String(copy, UTF_8));
        }

        @Override
        public void close() {
            throw new AssertionError("not closed here");
        }
    }
}
