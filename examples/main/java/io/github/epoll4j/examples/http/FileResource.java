package io.github.epoll4j.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.OpenFlags;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A file to be sent, in whole or in part, or not at all if the client has it already: RFC 9110, 13 and 14. */
final class FileResource {
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"), Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("txt", "text/plain; charset=utf-8"), Map.entry("md", "text/markdown; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"), Map.entry("json", "application/json"),
            Map.entry("xml", "application/xml"), Map.entry("pdf", "application/pdf"),
            Map.entry("wasm", "application/wasm"), Map.entry("svg", "image/svg+xml"), Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"), Map.entry("gif", "image/gif"), Map.entry("webp", "image/webp"),
            Map.entry("ico", "image/x-icon"), Map.entry("woff2", "font/woff2"), Map.entry("mp4", "video/mp4"));

    private final Path path;
    private final long size;
    /** Null for a file that is not kept in memory. */
    private final byte[] content;
    private final long modifiedSeconds;
    private final String lastModified;
    private final String etag;
    /** The fields for 304, and those for the file as a whole. */
    private final byte[] validators;
    private final byte[] fields;

    FileResource(Path path, long size, FileTime modified, byte[] content) {
        this.path = path;
        this.size = size;
        this.content = content;
        this.modifiedSeconds = modified.to(TimeUnit.SECONDS);
        this.lastModified = HttpDate.field(modifiedSeconds);
        this.etag = "\"" + Long.toHexString(modified.to(TimeUnit.NANOSECONDS)) + "-" + Long.toHexString(size) + "\"";
        String both = "Last-Modified: " + lastModified + "\r\nETag: " + etag + "\r\n";
        this.validators = both.getBytes(US_ASCII);
        this.fields = ("Content-Type: " + type(path) + "\r\nAccept-Ranges: bytes\r\n" + both).getBytes(US_ASCII);
    }

    private static String type(Path path) {
        String name = path.getFileName().toString();
        String suffix = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return TYPES.getOrDefault(suffix, "application/octet-stream");
    }

    byte[] content() {
        return content;
    }

    void answer(Request request, Answer answer) throws HttpException, IOException {
        if (isUnchanged(request)) {
            answer.send(Status.NOT_MODIFIED, validators, ByteBuffer.allocate(0));
            return;
        }
        ByteRange range = isRangeWanted(request) ? ByteRange.parse(request.range(), size) : null;
        if (range == null) {
            send(Status.OK, fields, 0, size, answer);
            return;
        }
        byte[] part = (new String(fields, US_ASCII) + range.field(size)).getBytes(US_ASCII);
        send(Status.PARTIAL_CONTENT, part, range.first(), range.count(), answer);
    }

    private void send(Status status, byte[] head, long offset, long count, Answer answer) throws IOException {
        if (content != null) {
            answer.send(status, head, ByteBuffer.wrap(content, (int) offset, (int) count));
        } else {
            // O_NONBLOCK: another file may have taken the place, such as a FIFO, whose open would wait
            try (FileFd file = FileFd.open(path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK)) {
                answer.sendFile(status, head, file, offset, count);
            }
        }
    }

    private boolean isUnchanged(Request request) {
        if (request.ifNoneMatch() != null) {
            return isListed(request.ifNoneMatch());
        }
        String since = request.ifModifiedSince();
        return since != null && (since.equals(lastModified) || HttpDate.parse(since) >= modifiedSeconds);
    }

    private boolean isListed(String etags) {
        for (String each : etags.split(",")) {
            String tag = each.strip();
            if (tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag)) {
                return true;
            }
        }
        return false;
    }

    private boolean isRangeWanted(Request request) {
        String condition = request.ifRange();
        return request.range() != null && !request.isHead()
                && (condition == null || condition.equals(etag) || condition.equals(lastModified));
    }
}
