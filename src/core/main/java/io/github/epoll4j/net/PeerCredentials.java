package io.github.epoll4j.net;

/**
 * The process at the other end of a Unix stream, as it was when it connected or listened ({@code struct ucred}).
 *
 * @param pid the process, in this process's PID namespace; 0 if it is not visible there
 * @param uid the effective user, unsigned
 * @param gid the effective group, unsigned
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public record PeerCredentials(int pid, int uid, int gid) {
}
