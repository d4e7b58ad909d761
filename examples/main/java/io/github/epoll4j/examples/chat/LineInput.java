package io.github.epoll4j.examples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.epoll4j.examples.Printable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Cuts what a person sends into lines, and takes telnet's commands out of it.
 *
 * <p>The reactor's {@link io.github.epoll4j.reactor.codec.LineDecoder} takes the first fault for the end, as a protocol
 * between programs should. People mistype: here a line that is too long, or is no text, is refused, and the next one is
 * a line again. A line ends with LF, CR LF, or the CR NUL of a telnet client that sends each key. Memory is held only
 * for a line that is not whole yet.
 */
final class LineInput {
    /** The most bytes that a line has without its ending. */
    static final int MAX_LINE_BYTES = 1000;

    private static final String TOO_LONG = "a line has at most " + MAX_LINE_BYTES + " bytes; yours was dropped";
    private static final int FIRST_CAPACITY = 80;
    // RFC 854
    private static final int SE = 240;
    private static final int SB = 250;
    private static final int WILL = 251;
    private static final int WONT = 252;
    private static final int DO = 253;
    private static final int DONT = 254;
    private static final int IAC = 255;

    private final LineHandler handler;
    private State state = State.TEXT;
    private int verb;
    private byte[] line;
    private int length;
    private boolean isTooLong;

    LineInput(LineHandler handler) {
        this.handler = handler;
    }

    /** What becomes of the input. */
    interface LineHandler {
        /** A line of printable text, without its ending. */
        void onLine(String text);

        /** A line was dropped. */
        void onRefused(String why);

        /** A telnet client asks (DO, DONT) or offers (WILL, WONT) an option. */
        void onTelnetOption(int verb, int option);
    }

    /** Where in the bytes the input is. */
    private enum State { TEXT, COMMAND, OPTION, PARAMETERS, PARAMETERS_COMMAND }

    /** Takes bytes as they came. */
    void take(ByteBuffer data) {
        while (data.hasRemaining()) {
            take(data.get() & 0xFF);
        }
    }

    /** The input has ended: what came last is a line, even without an ending. */
    void finish() {
        if (length > 0) {
            endLine();
        }
    }

    /** The answer to a telnet client that asks or offers something: no. What is a refusal already needs none. */
    static Optional<ByteBuffer> refusal(int verb, int option) {
        return switch (verb) {
            case WILL -> Optional.of(ByteBuffer.wrap(new byte[] {(byte) IAC, (byte) DONT, (byte) option}));
            case DO -> Optional.of(ByteBuffer.wrap(new byte[] {(byte) IAC, (byte) WONT, (byte) option}));
            default -> Optional.empty();
        };
    }

    private void take(int octet) {
        state = switch (state) {
            case TEXT -> text(octet);
            case COMMAND -> {
                verb = octet;
                yield octet == SB ? State.PARAMETERS : WILL <= octet && octet <= DONT ? State.OPTION : State.TEXT;
            }
            case OPTION -> {
                handler.onTelnetOption(verb, octet);
                yield State.TEXT;
            }
            case PARAMETERS -> octet == IAC ? State.PARAMETERS_COMMAND : State.PARAMETERS;
            case PARAMETERS_COMMAND -> octet == SE ? State.TEXT : State.PARAMETERS;
        };
    }

    private State text(int octet) {
        if (octet == IAC) { // never a byte of UTF-8
            return State.COMMAND;
        }
        if (octet == '\n' || octet == 0 && endsWithCr()) {
            endLine();
        } else if (!isTooLong) {
            keep(octet);
        }
        return State.TEXT;
    }

    private boolean endsWithCr() {
        return length > 0 && line[length - 1] == '\r';
    }

    private void keep(int octet) {
        if (line == null) {
            line = new byte[FIRST_CAPACITY];
        } else if (length == line.length) {
            line = Arrays.copyOf(line, 2 * length);
        }
        line[length++] = (byte) octet;
        // one more may be the CR of the ending
        isTooLong = length > MAX_LINE_BYTES + 1 || length > MAX_LINE_BYTES && octet != '\r';
    }

    private void endLine() {
        byte[] bytes = line;
        int end = endsWithCr() ? length - 1 : length;
        boolean wasTooLong = isTooLong;
        line = null;
        length = 0;
        isTooLong = false;
        if (wasTooLong) {
            handler.onRefused(TOO_LONG);
        } else if (end > 0) {
            pass(ByteBuffer.wrap(bytes, 0, end));
        }
    }

    private void pass(ByteBuffer bytes) {
        String text;
        try {
            text = UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            handler.onRefused("that line was not UTF-8, and was dropped");
            return;
        }
        String fault = fault(text);
        if (fault == null) {
            handler.onLine(text);
        } else {
            handler.onRefused(fault);
        }
    }

    /** Returns why a text is no line; null if it is one. */
    static String fault(String text) {
        if (text.length() > MAX_LINE_BYTES || text.getBytes(UTF_8).length > MAX_LINE_BYTES) {
            return TOO_LONG;
        }
        return text.codePoints().allMatch(Printable::isPrintable) ? null
                : "that line had control characters, and was dropped";
    }
}
