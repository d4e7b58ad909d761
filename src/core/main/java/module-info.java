/**
 * Linux's readiness calls (select, poll, epoll) and what one can wait for with them, in pure Java.
 *
 * <p>Run with {@code --enable-native-access=io.github.epoll4j}.
 */
module io.github.epoll4j {
    exports io.github.epoll4j;
    exports io.github.epoll4j.epoll;
    exports io.github.epoll4j.fd;
    exports io.github.epoll4j.net;
    exports io.github.epoll4j.poll;
    exports io.github.epoll4j.select;
}
