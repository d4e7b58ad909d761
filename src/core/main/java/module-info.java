/**
 * Linux's readiness calls (select, poll, epoll) and the descriptors to use them with, in pure Java.
 *
 * <p>Requires {@code --enable-native-access=io.github.epoll4j}.
 */
module io.github.epoll4j {
    exports io.github.epoll4j;
    exports io.github.epoll4j.epoll;
    exports io.github.epoll4j.fd;
    exports io.github.epoll4j.net;
    exports io.github.epoll4j.poll;
    exports io.github.epoll4j.select;
    exports io.github.epoll4j.wait;
}
