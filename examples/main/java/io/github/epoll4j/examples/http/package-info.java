/**
 * An HTTP/1.1 server for files: RFC 9110 and 9112, as far as a server of files needs them.
 *
 * <p>The path of a request: {@link io.github.epoll4j.examples.http.HttpConnection} handles the bytes of a connection.
 * {@link io.github.epoll4j.examples.http.RequestParser} parses a head, {@link
 * io.github.epoll4j.examples.http.BodyReader} reads a body. A {@link io.github.epoll4j.examples.http.Site} answers:
 * {@link io.github.epoll4j.examples.http.FileSite} has files, {@link io.github.epoll4j.examples.http.BuiltInSite} two
 * pages for a first look.
 *
 * <p>Each loop has its own pages, buffers, date and log ({@link io.github.epoll4j.examples.http.LoopResources}), so
 * that no lock is needed. Files are opened and read on the loop: a slow disk holds up the loop's other connections.
 *
 * <p>A new process takes the place of a running one without a lost request: {@link
 * io.github.epoll4j.examples.http.HandOver} passes the listening socket to {@link
 * io.github.epoll4j.examples.http.Predecessor}.
 *
 * <p>It is an example, not a framework: no multiple ranges, no compression, no TLS, no directory listing.
 */
package io.github.epoll4j.examples.http;
