package io.github.epoll4j.examples.game;

/** The reasons why a login fails, as the packet has them. */
enum Refusal {
    UNKNOWN(-1, "there is no such player"),
    IN_USE(-2, "no player is free; the server has as many as its --players"),
    TRY_LATER(-3, "the server asks to try later");

    final int code;
    private final String reason;

    Refusal(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    /** Returns the reason in words, to one who asked for any player. */
    static String reason(int code) {
        for (Refusal refusal : values()) {
            if (refusal.code == code) {
                return refusal.reason;
            }
        }
        return "unknown reason " + code;
    }
}
