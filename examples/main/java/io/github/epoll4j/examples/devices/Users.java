package io.github.epoll4j.examples.devices;

import io.github.epoll4j.examples.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.h2.jdbcx.JdbcConnectionPool;

/** The users, in an embedded database, with salted hashes of their passwords. Blocks: for workers. */
final class Users implements AutoCloseable {
    private static final String HASH = "PBKDF2WithHmacSHA256";
    private static final int ITERATIONS = 4096;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BITS = 256;
    private static final String SUFFIX = ".mv.db";

    private final JdbcConnectionPool pool;
    private final SecureRandom random = new SecureRandom();

    /**
     * Opens the users.
     *
     * @param file     the database, without the suffix {@value #SUFFIX}; null for one in memory
     * @param isCreate whether the file is created if it does not exist
     * @throws IOException if the file does not exist, or is no database, with a message of one line
     */
    Users(Path file, boolean isCreate) throws IOException {
        String place = file == null ? "mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"
                : "file:" + file.toAbsolutePath();
        if (file != null && !isCreate && !Files.exists(Path.of(file + SUFFIX))) {
            throw new NoSuchFileException(file + SUFFIX, null, "there is no such database; --create makes it");
        }
        // without a shutdown hook of its own, which would close it under the workers
        pool = JdbcConnectionPool.create("jdbc:h2:" + place + ";DB_CLOSE_ON_EXIT=FALSE", "devices", "");
        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS users (name VARCHAR(64) PRIMARY KEY, "
                    + "salt VARBINARY(16) NOT NULL, hash VARBINARY(32) NOT NULL)");
        } catch (SQLException e) {
            pool.dispose();
            throw failure(e);
        }
    }

    private static IOException failure(SQLException e) {
        return new IOException("the database: " + Failures.reason(e), e);
    }

    /** Adds a user, unless there is one of the name. */
    void add(String name, String password) throws IOException {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        try (Connection connection = pool.getConnection(); PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO users SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM users WHERE name = ?)")) {
            insert.setString(1, name);
            insert.setBytes(2, salt);
            insert.setBytes(3, hash(password, salt));
            insert.setString(4, name);
            insert.executeUpdate();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Returns whether there is such a user with such a password. */
    boolean verify(String name, String password) throws IOException {
        try (Connection connection = pool.getConnection(); PreparedStatement select = connection.prepareStatement(
                "SELECT salt, hash FROM users WHERE name = ?")) {
            select.setString(1, name);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() && MessageDigest.isEqual(rows.getBytes(2), hash(password, rows.getBytes(1)));
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private static byte[] hash(String password, byte[] salt) {
        try {
            return SecretKeyFactory.getInstance(HASH)
                    .generateSecret(new PBEKeySpec(password.toCharArray(), salt, ITERATIONS, HASH_BITS)).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    @Override
    public void close() {
        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN");
        } catch (SQLException e) {
            System.getLogger("devices").log(System.Logger.Level.WARNING, "cannot close the database", e);
        } finally {
            pool.dispose();
        }
    }
}
