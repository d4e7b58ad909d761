package io.github.epoll4j.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ChatDetachTest {
    @Test
    @DisplayName("a member whose connection ended while its node was joining is not in the chat afterwards")
    void shouldRemoveTheMemberWhenItsConnectionEndedWhileJoining() {
        Chat chat = new Chat(false, 0);
        chat.admit("a-1", Client.ELSEWHERE);
        chat.apply(new Op.Enter("a-1", "ann", 1, "games", false));
        chat.forget("a-1");
        assertThat(chat.detach()).isEmpty();
        assertThat(chat.snapshot().members()).isEmpty();
    }
}
