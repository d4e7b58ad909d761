package io.github.epoll4j.examples.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;

/**
 * The files below a folder. A directory is answered with its {@code index.html}.
 *
 * <p>A path that leaves the folder by {@code ..} is malformed. A symbolic link is followed if its target is below the
 * folder; one that leads out of it is answered as a file that does not exist. The check and the open are two steps, so
 * a process that may change the folder can have other files sent.
 *
 * <p>Small files are kept in memory, at most a second, until the next {@link #tick()}.
 */
final class FileSite implements Site {
    private static final int LARGEST_KEPT = 12 << 10;
    private static final int MOST_KEPT = 512;

    private final Path root;
    /** Small files by their paths, as these were sent. */
    private final Map<String, FileResource> kept = new HashMap<>();

    /**
     * Creates a site for one loop.
     *
     * @param root the real path of the folder
     */
    FileSite(Path root) {
        this.root = root;
    }

    @Override
    public void check(Request request) throws HttpException {
        request.requireGet();
    }

    @Override
    public void answer(Request request, ByteBuffer body, Answer answer) throws HttpException, IOException {
        String path = request.path();
        try {
            FileResource resource = kept.get(path);
            if (resource == null) {
                resource = open(path);
                if (resource.content() != null && kept.size() < MOST_KEPT) {
                    kept.put(path, resource);
                }
            }
            resource.answer(request, answer);
        } catch (NoSuchFileException | AccessDeniedException e) {
            throw HttpException.notFound();
        } catch (ErrnoException e) { // of an open
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.EACCES) {
                throw HttpException.notFound();
            }
            throw e;
        }
    }

    @Override
    public void tick() {
        kept.clear();
    }

    private FileResource open(String path) throws HttpException, IOException {
        String name = decode(path);
        Path file;
        try {
            file = root.resolve("." + name).normalize();
        } catch (InvalidPathException e) {
            throw HttpException.notFound();
        }
        if (!file.startsWith(root)) {
            throw HttpException.badRequest("the path leaves the root");
        }
        Path real = realPath(file);
        BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
        if (attributes.isDirectory()) {
            real = realPath(real.resolve("index.html"));
            attributes = Files.readAttributes(real, BasicFileAttributes.class);
        } else if (name.endsWith("/")) {
            throw HttpException.notFound();
        }
        if (!attributes.isRegularFile()) {
            throw HttpException.notFound();
        }
        byte[] content = attributes.size() > LARGEST_KEPT ? null : Files.readAllBytes(real);
        long size = content == null ? attributes.size() : content.length;
        return new FileResource(real, size, attributes.lastModifiedTime(), content);
    }

    /** Follows symbolic links; they may not leave the root. */
    private Path realPath(Path file) throws HttpException {
        Path real;
        try {
            real = file.toRealPath();
        } catch (IOException e) { // there is none, a directory may not be searched, or links form a loop
            throw HttpException.notFound();
        }
        if (!real.startsWith(root)) {
            throw HttpException.notFound();
        }
        return real;
    }

    /** Decodes percent-encoded bytes, once. */
    static String decode(String path) throws HttpException {
        if (path.indexOf('%') < 0) {
            return path;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(path.length());
        for (int i = 0; i < path.length(); i++) {
            int c = path.charAt(i);
            if (c == '%') {
                int high = i + 2 < path.length() ? Character.digit(path.charAt(i + 1), 16) : -1;
                int low = i + 2 < path.length() ? Character.digit(path.charAt(i + 2), 16) : -1;
                c = high << 4 | low;
                if (high < 0 || low < 0 || c == 0) {
                    throw HttpException.badRequest("the path is malformed");
                }
                i += 2;
            }
            bytes.write(c);
        }
        return bytes.toString(UTF_8);
    }
}
