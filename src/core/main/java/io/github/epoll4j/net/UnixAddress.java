package io.github.epoll4j.net;

import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.socket.sockaddr_un;
import io.github.epoll4j.internal.gen.socket.socket_h;
import java.io.Serial;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The address of a Unix socket: a path, an abstract name, or none.
 *
 * <p>The kernel takes any bytes but zero in a path, and any bytes at all in an abstract name, so that an address keeps
 * bytes. {@link #toString()} shows them as text.
 *
 * <p>Immutable, thread-safe.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class UnixAddress extends SocketAddress {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int PATH = sockaddr_un.sun_path$OFFSET;
    private static final int MAX_SIZE = sockaddr_un.SIZEOF - PATH;
    private static final UnixAddress UNNAMED = new UnixAddress(new byte[0]);

    /** The used bytes of sun_path: a path, or a zero byte and an abstract name, or nothing. */
    private final byte[] bytes;

    private UnixAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Returns the address of a path, for which bind(2) makes a file.
     *
     * @param path the bytes of the path, 1 to 108, none of them zero
     * @return the address
     * @throws IllegalArgumentException if the path is empty or too long, or has a zero byte
     */
    public static UnixAddress path(byte[] path) {
        if (path.length == 0) {
            throw new IllegalArgumentException("the path is empty");
        }
        requireSize("path", path.length, MAX_SIZE);
        byte[] bytes = path.clone();
        for (byte each : bytes) {
            if (each == 0) {
                throw new IllegalArgumentException("the path has a zero byte");
            }
        }
        return new UnixAddress(bytes);
    }

    /**
     * Returns the address of a path, for which bind(2) makes a file.
     *
     * @param path the path, which becomes bytes by the charset of file names
     * @return the address
     * @throws IllegalArgumentException if the path is empty or too long, or its bytes are not text:
     *     {@link #path(byte[])} takes those
     */
    public static UnixAddress path(Path path) {
        String text = path.toString();
        if (!Path.of(text).equals(path)) {
            throw new IllegalArgumentException("the path's bytes are not text, or not of this file system: " + path);
        }
        return path(text.getBytes(FileNames.CHARSET));
    }

    /**
     * Returns the address of a path, for which bind(2) makes a file.
     *
     * @param path the path, which becomes bytes by the charset of file names
     * @return the address
     * @throws IllegalArgumentException as {@link #path(Path)}; InvalidPathException if it cannot be a path
     */
    public static UnixAddress path(String path) {
        return path(Path.of(path));
    }

    /**
     * Returns the address of an abstract name, which is no file and goes with its socket.
     *
     * @param name the name without its leading zero byte, 0 to 107 bytes
     * @return the address
     * @throws IllegalArgumentException if the name is too long
     */
    public static UnixAddress abstractName(byte[] name) {
        requireSize("abstract name", name.length, MAX_SIZE - 1);
        byte[] bytes = new byte[name.length + 1];
        System.arraycopy(name, 0, bytes, 1, name.length);
        return new UnixAddress(bytes);
    }

    /**
     * Returns the address of an abstract name, which is no file and goes with its socket.
     *
     * @param name the name without its leading zero byte, at most 107 bytes of UTF-8
     * @return the address
     * @throws IllegalArgumentException if the name is too long
     */
    public static UnixAddress abstractName(String name) {
        return abstractName(name.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns the address of a socket without a name. To bind to it lets the kernel choose an abstract name.
     *
     * @return the address
     */
    public static UnixAddress unnamed() {
        return UNNAMED;
    }

    /**
     * Returns the address that one of the JDK's stands for.
     *
     * @param address the JDK's address; an empty path is no name
     * @return the address
     * @throws IllegalArgumentException as {@link #path(Path)}
     */
    public static UnixAddress of(UnixDomainSocketAddress address) {
        return address.getPath().toString().isEmpty() ? UNNAMED : path(address.getPath());
    }

    private static void requireSize(String what, int size, int limit) {
        if (size > limit) {
            throw new IllegalArgumentException("the " + what + " has " + size + " bytes; the limit is " + limit);
        }
    }

    /**
     * Returns whether this is a path.
     *
     * @return false for an abstract name and for none
     */
    public boolean isPath() {
        return bytes.length > 0 && bytes[0] != 0;
    }

    /**
     * Returns whether this is an abstract name.
     *
     * @return false for a path and for none
     */
    public boolean isAbstract() {
        return bytes.length > 0 && bytes[0] == 0;
    }

    /**
     * Returns whether this is the address of a socket without a name.
     *
     * @return false for a path and for an abstract name
     */
    public boolean isUnnamed() {
        return bytes.length == 0;
    }

    /**
     * Returns the bytes of the path, or of the abstract name without its leading zero byte.
     *
     * @return a copy; empty for no name
     */
    public byte[] bytes() {
        return isAbstract() ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes.clone();
    }

    /**
     * Returns the address as the JDK's, if that is possible.
     *
     * @return the path, if its bytes are text in the charset of file names; an empty path for no name; empty otherwise
     */
    public Optional<UnixDomainSocketAddress> toJdk() {
        if (isAbstract()) {
            return Optional.empty();
        }
        try {
            String text = FileNames.CHARSET.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return Optional.of(UnixDomainSocketAddress.of(Path.of(text)));
        } catch (CharacterCodingException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    /**
     * Writes the address into the scratch memory.
     *
     * @return its length
     */
    int write(CallState state) {
        state.bytes().putShort(sockaddr_un.sun_family$OFFSET, (short) socket_h.AF_UNIX);
        state.bytes().put(PATH, bytes);
        if (!isPath() || bytes.length == MAX_SIZE) {
            return PATH + bytes.length;
        }
        state.bytes().put(PATH + bytes.length, (byte) 0);
        return PATH + bytes.length + 1;
    }

    /** Reads the address that a call left in the scratch memory. */
    static UnixAddress read(CallState state) {
        ByteBuffer from = state.bytes();
        int size = Math.min(state.lengthValue(), CallState.SCRATCH_SIZE) - PATH;
        if (size <= 0) {
            return UNNAMED;
        }
        int end = size;
        if (from.get(PATH) != 0) { // a path may end with zero bytes, which are no part of it
            end = 1;
            while (end < size && from.get(PATH + end) != 0) {
                end++;
            }
        }
        byte[] bytes = new byte[end];
        from.get(PATH, bytes);
        return new UnixAddress(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UnixAddress address && Arrays.equals(bytes, address.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /**
     * Returns the address as text for a log. Bytes that are not printable UTF-8 text are written like {@code \x0a}, and
     * a backslash is doubled.
     *
     * @return a path as it is, an abstract name after {@code @}, or {@code (unnamed)}
     */
    @Override
    public String toString() {
        if (isUnnamed()) {
            return "(unnamed)";
        }
        StringBuilder text = new StringBuilder(isAbstract() ? "@" : "");
        ByteBuffer from = ByteBuffer.wrap(bytes());
        if (isPath() && (from.get(0) == '@' || from.get(0) == '(')) {
            escape(text, from, 1);
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer one = CharBuffer.allocate(2);
        while (from.hasRemaining()) {
            int start = from.position();
            CoderResult result = decodeOne(decoder, from, one.clear());
            int length = Math.max(1, result.isError() ? result.length() : from.position() - start);
            from.position(start);
            if (one.flip().hasRemaining() && isPrintable(Character.codePointAt(one, 0))) {
                text.append(one.charAt(0) == '\\' ? "\\\\" : one);
                from.position(start + length);
            } else {
                escape(text, from, length);
            }
        }
        return text.toString();
    }

    /** Decodes the next character alone: from as few bytes as it takes. */
    private static CoderResult decodeOne(CharsetDecoder decoder, ByteBuffer from, CharBuffer to) {
        CoderResult result = CoderResult.UNDERFLOW;
        int limit = from.limit();
        int start = from.position();
        for (int end = start + 1; end <= Math.min(limit, start + 4) && to.position() == 0; end++) {
            result = decoder.reset().decode(from.position(start).limit(end), to, end == limit);
            if (result.isError()) {
                break;
            }
        }
        from.limit(limit);
        return result;
    }

    private static boolean isPrintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE,
                    Character.UNASSIGNED, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static void escape(StringBuilder text, ByteBuffer from, int count) {
        for (int i = 0; i < count; i++) {
            int each = Byte.toUnsignedInt(from.get());
            text.append("\\x").append(Character.forDigit(each >> 4, 16)).append(Character.forDigit(each & 15, 16));
        }
    }

    /** The charset by which the JDK turns file names into bytes. */
    private static final class FileNames {
        static final Charset CHARSET = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    }
}
