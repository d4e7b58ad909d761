package io.github.epoll4j.examples.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;

/**
 * Parses the heads of one connection's requests, RFC 9112. A head that is not whole yet stays in the connection's
 * buffer; no byte of it is searched twice.
 *
 * <p>It is strict where two readers of one message could disagree about its end (request smuggling): each line ends
 * with CR LF, no blank precedes a colon, no line is folded, and the length of the body is given once.
 */
public final class RequestParser {
    /** The most bytes of a head. */
    public static final int MAX_BYTES = 16 << 10;
    /** The most fields of a head. */
    static final int MAX_FIELDS = 100;
    /** The memory that a parser needs: a head, and the bytes behind it that a malformed one has it read. */
    public static final int SCRATCH_BYTES = MAX_BYTES + 16;
    private static final int MAX_LENGTH_DIGITS = 18;
    private static final byte CR = '\r';
    private static final byte LF = '\n';
    private static final String[] FREQUENT_METHODS = {"GET", "HEAD", "POST"};
    /** The characters of a token: those of methods and field names. */
    private static final boolean[] IS_TOKEN = new boolean[256];

    static {
        for (int c = '!'; c <= '~'; c++) {
            IS_TOKEN[c] = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
        }
    }

    /** The memory to parse in, shared by the connections of a loop. Behind a head are bytes of others. */
    private final byte[] head;
    /** The bytes of an incomplete head that were searched, and the index of the line that they end in. */
    private int searched;
    private int lineStart;

    // the fields of the current head
    private boolean hasHost;
    private boolean isClose;
    private boolean isKeepAlive;
    private boolean isChunked;
    private long contentLength;
    private boolean isContinueExpected;
    private String range;
    private String ifRange;
    private String ifNoneMatch;
    private String ifModifiedSince;
    private boolean isUpgradeOption;
    private String upgrade;
    private String origin;
    private String webSocketKey;
    private String webSocketVersion;
    /** The range of the value of Host. */
    private int hostStart;
    private int hostEnd;

    /**
     * Creates a parser for one connection.
     *
     * @param head memory of {@link #SCRATCH_BYTES}, used during a call only
     */
    public RequestParser(byte[] head) {
        this.head = head;
    }

    /**
     * Returns the next head if it is whole by now, and moves the position behind it.
     *
     * @param data the bytes that have come
     * @return the head; null if it is not whole yet
     * @throws HttpException if it is malformed
     */
    public Request next(ByteBuffer data) throws HttpException {
        int length = searchEnd(data);
        if (length == 0) {
            return null;
        }
        data.get(head, 0, length);
        searched = 0;
        lineStart = 0;
        return parse(length);
    }

    /** Returns the length of the head, 0 if it is not whole. Skips empty lines before it. */
    private int searchEnd(ByteBuffer data) throws HttpException {
        int start = data.position();
        int limit = Math.min(data.limit(), start + MAX_BYTES);
        for (int i = start + searched; i < limit; i++) {
            if (data.get(i) != LF) {
                continue;
            }
            int length = i - start - lineStart; // with CR
            if (length == 0 || data.get(i - 1) != CR) {
                throw HttpException.badRequest("a line ends without CR");
            }
            if (length == 1 && lineStart > 0) {
                return i + 1 - start;
            }
            lineStart = i + 1 - start;
            if (length == 1) {
                start = i + 1;
                lineStart = 0;
                data.position(start);
                limit = Math.min(data.limit(), start + MAX_BYTES);
            }
        }
        searched = limit - start;
        if (searched == MAX_BYTES) {
            throw new HttpException(Status.HEAD_TOO_LARGE, "a head has at most " + MAX_BYTES + " bytes");
        }
        return 0;
    }

    /** Parses a whole head, which ends with CR LF CR LF. */
    private Request parse(int length) throws HttpException {
        hasHost = false;
        isClose = false;
        isKeepAlive = false;
        isChunked = false;
        contentLength = -1;
        isContinueExpected = false;
        range = null;
        ifRange = null;
        ifNoneMatch = null;
        ifModifiedSince = null;
        isUpgradeOption = false;
        upgrade = null;
        origin = null;
        webSocketKey = null;
        webSocketVersion = null;

        int methodEnd = tokenEnd(0);
        int target = methodEnd + 1;
        int targetEnd = target;
        while (head[targetEnd] > ' ' && head[targetEnd] < 0x7F) {
            targetEnd++;
        }
        if (methodEnd == 0 || head[methodEnd] != ' ' || targetEnd == target || head[targetEnd] != ' ') {
            throw HttpException.badRequest("the request line is malformed");
        }
        boolean isHttp10 = isHttp10(targetEnd + 1);
        int index = targetEnd + 11;
        for (int fields = 0; index < length - 2; fields++) {
            if (fields == MAX_FIELDS) {
                throw new HttpException(Status.HEAD_TOO_LARGE, "a head has at most " + MAX_FIELDS + " fields");
            }
            index = field(index);
        }
        requireConsistent(isHttp10);
        boolean isPersistent = isHttp10 ? isKeepAlive && !isClose : !isClose;
        return new Request(method(methodEnd), text(target, targetEnd), isHttp10, isPersistent, isChunked,
                Math.max(contentLength, 0), isContinueExpected && !isHttp10, range, ifRange, ifNoneMatch,
                ifModifiedSince, upgrade == null ? null : upgrade());
    }

    private Upgrade upgrade() {
        return new Upgrade(upgrade, isUpgradeOption, hasHost ? text(hostStart, hostEnd) : null, origin, webSocketKey,
                webSocketVersion);
    }

    private void requireConsistent(boolean isHttp10) throws HttpException {
        if (!hasHost && !isHttp10) {
            throw HttpException.badRequest("Host is missing");
        }
        if (isChunked && contentLength >= 0) {
            throw HttpException.badRequest("both Content-Length and Transfer-Encoding");
        }
        if (isChunked && isHttp10) {
            throw HttpException.badRequest("Transfer-Encoding in HTTP/1.0");
        }
    }

    /** Returns whether the version is 1.0; a later one with the same major number counts as 1.1. */
    private boolean isHttp10(int index) throws HttpException {
        boolean isVersion = matches("HTTP/", index, index + 5) && isDigit(head[index + 5]) && head[index + 6] == '.'
                && isDigit(head[index + 7]) && head[index + 8] == CR && head[index + 9] == LF;
        if (!isVersion) {
            throw HttpException.badRequest("the request line is malformed");
        }
        if (head[index + 5] != '1') {
            throw new HttpException(Status.VERSION_NOT_SUPPORTED, "this is HTTP/1.1");
        }
        return head[index + 7] == '0';
    }

    /** Parses a field, and returns the index of the next line. */
    private int field(int start) throws HttpException {
        int nameEnd = tokenEnd(start);
        if (nameEnd == start || head[nameEnd] != ':') {
            throw HttpException.badRequest("a field has no name, a blank before its colon, or a folded line");
        }
        int value = nameEnd + 1;
        while (isBlank(head[value])) {
            value++;
        }
        int lineEnd = value;
        while (head[lineEnd] >= ' ' && head[lineEnd] != 0x7F || head[lineEnd] < 0 || head[lineEnd] == '\t') {
            lineEnd++;
        }
        if (head[lineEnd] != CR || head[lineEnd + 1] != LF) {
            throw HttpException.badRequest("a field has a control character");
        }
        int valueEnd = lineEnd;
        while (valueEnd > value && isBlank(head[valueEnd - 1])) {
            valueEnd--;
        }
        interpret(start, nameEnd, value, valueEnd);
        return lineEnd + 2;
    }

    private void interpret(int name, int nameEnd, int value, int end) throws HttpException {
        switch (nameEnd - name) {
            case 4 -> {
                if (is("host", name, nameEnd)) {
                    host(value, end);
                }
            }
            case 5 -> range = is("range", name, nameEnd) ? text(value, end) : range;
            case 6 -> {
                isContinueExpected |= is("expect", name, nameEnd) && is("100-continue", value, end);
                origin = is("origin", name, nameEnd) ? join(origin, text(value, end)) : origin;
            }
            case 7 -> upgrade = is("upgrade", name, nameEnd) ? join(upgrade, text(value, end)) : upgrade;
            case 8 -> ifRange = is("if-range", name, nameEnd) ? text(value, end) : ifRange;
            case 10 -> {
                if (is("connection", name, nameEnd)) {
                    connection(value, end);
                }
            }
            case 13 -> ifNoneMatch = is("if-none-match", name, nameEnd)
                    ? join(ifNoneMatch, text(value, end)) : ifNoneMatch;
            case 14 -> {
                if (is("content-length", name, nameEnd)) {
                    contentLength(value, end);
                }
            }
            case 17 -> {
                if (is("transfer-encoding", name, nameEnd)) {
                    transferEncoding(value, end);
                } else if (is("if-modified-since", name, nameEnd)) {
                    ifModifiedSince = text(value, end);
                } else if (is("sec-websocket-key", name, nameEnd)) {
                    webSocketKey = join(webSocketKey, text(value, end));
                }
            }
            case 21 -> webSocketVersion = is("sec-websocket-version", name, nameEnd)
                    ? join(webSocketVersion, text(value, end)) : webSocketVersion;
            default -> { }
        }
    }

    private void host(int value, int end) throws HttpException {
        if (hasHost) {
            throw HttpException.badRequest("two Host fields");
        }
        for (int i = value; i < end; i++) {
            if (head[i] <= ' ' || "/?#@,\\".indexOf(head[i]) >= 0) {
                throw HttpException.badRequest("Host is malformed");
            }
        }
        hasHost = true;
        hostStart = value;
        hostEnd = end;
    }

    private void connection(int value, int end) {
        for (String option : text(value, end).split(",")) {
            isClose |= option.strip().equalsIgnoreCase("close");
            isKeepAlive |= option.strip().equalsIgnoreCase("keep-alive");
            isUpgradeOption |= option.strip().equalsIgnoreCase("upgrade");
        }
    }

    private void contentLength(int value, int end) throws HttpException {
        if (contentLength >= 0) {
            throw HttpException.badRequest("two Content-Length fields");
        }
        contentLength = 0;
        for (int i = value; i < end; i++) {
            if (!isDigit(head[i])) {
                throw HttpException.badRequest("Content-Length is not a number");
            }
            contentLength = 10 * contentLength + head[i] - '0';
        }
        if (end == value) {
            throw HttpException.badRequest("Content-Length is not a number");
        }
        if (end - value > MAX_LENGTH_DIGITS) {
            throw new HttpException(Status.CONTENT_TOO_LARGE, "the body is too long");
        }
    }

    private void transferEncoding(int value, int end) throws HttpException {
        if (isChunked) {
            throw HttpException.badRequest("two Transfer-Encoding fields");
        }
        if (!is("chunked", value, end)) {
            throw new HttpException(Status.NOT_IMPLEMENTED, "the only transfer coding is chunked");
        }
        isChunked = true;
    }

    private static String join(String list, String more) {
        return list == null ? more : list + "," + more;
    }

    private String method(int end) {
        for (String method : FREQUENT_METHODS) {
            if (matches(method, 0, end)) {
                return method;
            }
        }
        return text(0, end);
    }

    private boolean matches(String text, int start, int end) {
        if (end - start != text.length()) {
            return false;
        }
        for (int i = start; i < end; i++) {
            if (head[i] != text.charAt(i - start)) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether the bytes are a text of lower-case letters, digits and hyphens, in any case. */
    private boolean is(String text, int start, int end) {
        if (end - start != text.length()) {
            return false;
        }
        for (int i = start; i < end; i++) {
            byte c = head[i];
            if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != text.charAt(i - start)) {
                return false;
            }
        }
        return true;
    }

    private String text(int start, int end) {
        return new String(head, start, end - start, ISO_8859_1);
    }

    private int tokenEnd(int start) {
        int end = start;
        while (IS_TOKEN[head[end] & 0xFF]) {
            end++;
        }
        return end;
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }
}
