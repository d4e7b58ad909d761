package io.github.epoll4j.examples.game;

import io.github.epoll4j.examples.Failures;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** The players in a database (H2). One thread with a bounded queue makes all statements. */
final class PlayerStore implements AutoCloseable {
    static final String THREAD = "database";
    private static final int QUEUED = 1024;
    /** The server closes it behind the last save, not H2's own hook when a signal comes; H2 writes no log file. */
    private static final String SETTINGS = ";DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";
    private static final int END_SECONDS = 10;
    private static final String[] NAMES = {"Ada", "Bela", "Cleo", "Dario", "Edda", "Finn", "Greta", "Hugo", "Ines",
            "Juri", "Kaja", "Leo", "Mira", "Nico", "Olga", "Piet", "Quin", "Rosa", "Sami", "Tilda", "Ugo", "Vera",
            "Wim", "Xenia", "Yara", "Zeno"};

    private final Connection connection;
    private final ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUED), Thread.ofPlatform().name(THREAD).factory());

    /** A position to be saved. */
    record Position(float x, float y) {
    }

    private PlayerStore(Connection connection) {
        this.connection = connection;
    }

    /**
     * Opens a database, and creates the players from 1 on that it does not have.
     *
     * @param file    the database's file without the ending {@code .mv.db}; null for one in memory
     * @param players the number of players
     * @throws IOException if it cannot be opened, with a message of one line
     */
    static PlayerStore open(Path file, int players) throws IOException {
        String path = file == null ? "" : file.toAbsolutePath().normalize().toString();
        if (path.contains(";")) { // begins a setting in a JDBC URL
            throw new IOException("cannot open the database " + file + ": the path has a semicolon");
        }
        String url = (file == null ? "jdbc:h2:mem:" : "jdbc:h2:file:" + path) + SETTINGS;
        PlayerStore store = null;
        try {
            Connection connection = DriverManager.getConnection(url);
            store = new PlayerStore(connection);
            store.create(players);
            return store;
        } catch (SQLException e) {
            if (store != null) {
                store.close();
            }
            throw new IOException("cannot open the database " + (file == null ? "in memory" : file) + ": "
                    + Failures.reason(e), e);
        }
    }

    private void create(int players) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS players (id INT PRIMARY KEY, name VARCHAR("
                    + PacketType.NAME_BYTES + ") NOT NULL, x REAL NOT NULL, y REAL NOT NULL)");
        }
        NavigableSet<Integer> present = ids();
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(players);
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO players (id, name, x, y) VALUES (?, ?, ?, ?)")) {
            for (int id = 1; id <= players; id++) {
                if (!present.contains(id)) {
                    int round = (id - 1) / NAMES.length;
                    insert.setInt(1, id);
                    insert.setString(2, NAMES[(id - 1) % NAMES.length] + (round == 0 ? "" : " " + (round + 1)));
                    insert.setFloat(3, random.nextFloat(World.WIDTH));
                    insert.setFloat(4, random.nextFloat(World.HEIGHT));
                    insert.addBatch();
                }
            }
            insert.executeBatch();
        }
        connection.commit();
    }

    /** Returns the numbers of all players. Before the first statement of the thread. */
    NavigableSet<Integer> ids() throws SQLException {
        NavigableSet<Integer> ids = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id FROM players")) {
            while (rows.next()) {
                ids.add(rows.getInt(1));
            }
        }
        return ids;
    }

    /**
     * Loads a player.
     *
     * @return completed on the database's thread; with null if there is none
     * @throws RejectedExecutionException if the queue is full
     */
    CompletableFuture<Player> load(int id) {
        return submit(() -> {
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT name, x, y FROM players WHERE id = ?")) {
                select.setInt(1, id);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? new Player(id, row.getString(1), row.getFloat(2), row.getFloat(3)) : null;
                }
            } finally {
                connection.commit();
            }
        });
    }

    /**
     * Saves positions, all or none.
     *
     * @return completed on the database's thread
     * @throws RejectedExecutionException if the queue is full
     */
    CompletableFuture<Void> save(Map<Integer, Position> positions) {
        return submit(() -> {
            try (PreparedStatement update =
                    connection.prepareStatement("UPDATE players SET x = ?, y = ? WHERE id = ?")) {
                for (Map.Entry<Integer, Position> each : positions.entrySet()) {
                    update.setFloat(1, each.getValue().x());
                    update.setFloat(2, each.getValue().y());
                    update.setInt(3, each.getKey());
                    update.addBatch();
                }
                update.executeBatch();
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
            return null;
        });
    }

    @SuppressWarnings("checkstyle:IllegalCatch")
    private <T> CompletableFuture<T> submit(Callable<T> work) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return work.call();
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        }, executor);
    }

    /** Runs the statements that wait, and closes the database. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            executor.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            World.LOGGER.log(System.Logger.Level.WARNING, "the database does not close: " + e.getMessage());
        }
    }
}
