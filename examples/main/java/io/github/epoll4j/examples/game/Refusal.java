package io.github.epoll4j.examples.game;

/** The reasons why a login fails, as the packet has them. */
enum Refusal {
    UNKNOWN(-1),
    IN_USE(-2),
    TRY_LATER(-3);

    final int code;

    Refusal(int code) {
        this.code = code;
    }
}
