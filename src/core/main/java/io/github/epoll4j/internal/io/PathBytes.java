package io.github.epoll4j.internal.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/** Paths as the kernel takes them: bytes in any encoding. */
public final class PathBytes {
    private PathBytes() {
    }

    /**
     * Returns the bytes of an absolute path. {@code Path.toString()} loses bytes that the JVM's encoding cannot
     * express; a URI keeps them.
     *
     * @throws IllegalArgumentException if the path is not of the default file system
     */
    public static byte[] of(Path path) {
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw new IllegalArgumentException("not a path of the default file system: " + path);
        }
        String text = path.toAbsolutePath().toString();
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        if (new String(ascii, StandardCharsets.US_ASCII).equals(text)) {
            return ascii; // the common case: toUri is slow, and queries whether the path is a directory
        }
        String uri = path.toUri().getRawPath();
        int end = uri.length();
        if (end > 1 && uri.charAt(end - 1) == '/') {
            end--; // marks a directory, and would follow a symbolic link to one
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(end);
        for (int i = 0; i < end; i++) {
            if (uri.charAt(i) == '%') {
                bytes.write(Integer.parseInt(uri, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(uri.charAt(i));
            }
        }
        return bytes.toByteArray();
    }

    /**
     * Copies a path to a C string.
     *
     * @throws IllegalArgumentException if the path contains a NUL, which would end it
     */
    public static MemorySegment cString(byte[] path, Arena arena) {
        MemorySegment cString = arena.allocate(path.length + 1L);
        MemorySegment.copy(path, 0, cString, JAVA_BYTE, 0, path.length);
        for (int i = 0; i < path.length; i++) {
            if (cString.get(JAVA_BYTE, i) == 0) {
                throw new IllegalArgumentException("NUL at index " + i + " of the path " + text(path));
            }
        }
        return cString;
    }

    /** Returns a path as text for a message. Bytes that are not UTF-8 are shown as U+FFFD. */
    public static String text(byte[] path) {
        return new String(path, StandardCharsets.UTF_8);
    }
}
