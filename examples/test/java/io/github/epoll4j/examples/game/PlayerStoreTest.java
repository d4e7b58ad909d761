package io.github.epoll4j.examples.game;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PlayerStoreTest {
    @Test
    @DisplayName("S13-1: each number has a player with a name and a place on the field; others have none")
    void shouldCreatePlayers() throws Exception {
        try (PlayerStore store = PlayerStore.open(null, 30)) {
            assertThat(store.ids()).hasSize(30);
            for (int id = 1; id <= 30; id++) {
                Player player = store.load(id).join();
                assertThat(player.id()).isEqualTo(id);
                assertThat(player.name()).matches(id <= 26 ? "[A-Z][a-z]+" : "[A-Z][a-z]+ 2");
                assertThat(player.x()).isBetween(0f, World.WIDTH);
                assertThat(player.y()).isBetween(0f, World.HEIGHT);
            }
            assertThat(store.load(31).join()).isNull();
        }
    }

    @Test
    @DisplayName("S13: a file keeps what was saved; players that it lacks are created, the others stay")
    void shouldKeepPositions(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("players");
        try (PlayerStore store = PlayerStore.open(file, 2)) {
            store.save(Map.of(1, new PlayerStore.Position(3, 4), 99, new PlayerStore.Position(5, 6))).join();
        }
        try (PlayerStore store = PlayerStore.open(file, 3)) {
            assertThat(store.ids()).containsExactly(1, 2, 3);
            assertThat(store.load(1).join().x()).isEqualTo(3);
            assertThat(store.load(1).join().y()).isEqualTo(4);
        }
    }

    @Test
    @DisplayName("S13-8: more statements than the queue has space for are refused at once")
    void shouldRefuseWhenTheQueueIsFull() throws Exception {
        try (PlayerStore store = PlayerStore.open(null, 1)) {
            assertThatThrownBy(() -> {
                for (int i = 0; i < 10_000_000; i++) {
                    store.load(1);
                }
            }).isInstanceOf(RejectedExecutionException.class);
        }
    }

    @Test
    @DisplayName("a file that is no database, and a path with a setting are refused in one line")
    void shouldSayWhyADatabaseDoesNotOpen(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("text.mv.db"), "not a database ".repeat(1000));
        assertRefused(folder.resolve("text"));
        assertRefused(folder.resolve("x;CACHE_SIZE=8192"));
        assertRefused(Path.of("/proc/none/players"));
    }

    private static void assertRefused(Path file) {
        assertThatThrownBy(() -> PlayerStore.open(file, 1)).isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot open the database " + file + ": ")
                .hasMessageNotContaining("\n");
    }
}
