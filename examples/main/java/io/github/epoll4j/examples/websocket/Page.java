package io.github.epoll4j.examples.websocket;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page that a server answers {@code GET /} with. Its policy (Content-Security-Policy) permits no resource of
 * another host, no frame around it, and no script or style but those inside of it, which are named by their hashes.
 */
public final class Page {
    private static final Pattern SCRIPT = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL);
    private static final Pattern STYLE = Pattern.compile("<style>(.*?)</style>", Pattern.DOTALL);

    private final byte[] fields;
    private final ByteBuffer content;

    private Page(byte[] fields, ByteBuffer content) {
        this.fields = fields;
        this.content = content;
    }

    /**
     * Returns an HTML page.
     *
     * @param html the page in UTF-8; its elements script and style have no attributes
     * @return the page
     */
    public static Page html(byte[] html) {
        String text = new String(html, UTF_8);
        return of(html, "text/html; charset=utf-8", "; script-src" + hashes(SCRIPT, text) + "; style-src"
                + hashes(STYLE, text) + "; connect-src 'self'; img-src data:");
    }

    /**
     * Returns an HTML page among the resources of a class.
     *
     * @param owner the class
     * @param name  the resource's name
     * @return the page
     * @throws IOException if there is no such resource
     */
    public static Page html(Class<?> owner, String name) throws IOException {
        try (InputStream in = owner.getResourceAsStream(name)) {
            if (in == null) {
                throw new FileNotFoundException("no resource " + name + " beside " + owner.getName());
            }
            return html(in.readAllBytes());
        }
    }

    /**
     * Returns a page of any type, without scripts and styles.
     *
     * @param content the content
     * @param type    its type, such as {@code text/plain; charset=utf-8}
     * @return the page
     */
    public static Page of(byte[] content, String type) {
        return of(content, type, "");
    }

    private static Page of(byte[] content, String type, String sources) {
        String fields = "Content-Type: " + type + "\r\n"
                + "Content-Security-Policy: default-src 'none'" + sources
                + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
                + "X-Content-Type-Options: nosniff\r\n"
                + "Referrer-Policy: no-referrer\r\n"
                + "Cache-Control: no-store\r\n";
        return new Page(fields.getBytes(US_ASCII), ByteBuffer.wrap(content.clone()));
    }

    private static String hashes(Pattern element, String html) {
        StringBuilder sources = new StringBuilder();
        for (Matcher matcher = element.matcher(html); matcher.find();) {
            sources.append(" 'sha256-").append(sha256(matcher.group(1))).append('\'');
        }
        return sources.isEmpty() ? " 'none'" : sources.toString();
    }

    private static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("each JDK has it", e);
        }
    }

    /** Returns the fields of the answer's head, each with CR LF. */
    byte[] fields() {
        return fields;
    }

    ByteBuffer content() {
        return content.duplicate();
    }
}
