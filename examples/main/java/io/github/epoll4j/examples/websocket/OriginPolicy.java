package io.github.epoll4j.examples.websocket;

import java.util.Set;

/**
 * Decides from which sites a browser may open a WebSocket. Without it any page that the user visits could, with the
 * user's cookies and from the user's network. Clients that are no browsers send no origin, and are not checked.
 */
@FunctionalInterface
public interface OriginPolicy {
    /**
     * Returns whether pages of an origin may connect.
     *
     * @param origin such as {@code https://example.org} or {@code null}, in lower case
     * @param host   the host that the request is for, such as {@code example.org:8080}, in lower case
     * @return true if they may
     */
    boolean isAllowed(String origin, String host);

    /**
     * Returns the policy for a page of the server itself.
     *
     * @return a policy that allows the host that the request is for
     */
    static OriginPolicy sameHost() {
        return (origin, host) -> origin.equals("http://" + host) || origin.equals("https://" + host);
    }

    /**
     * Returns a policy that allows the same host, and a list of origins.
     *
     * @param origins such as {@code https://example.org}, in lower case
     * @return the policy
     */
    static OriginPolicy sameHostOr(Set<String> origins) {
        Set<String> listed = Set.copyOf(origins);
        return (origin, host) -> listed.contains(origin) || sameHost().isAllowed(origin, host);
    }
}
