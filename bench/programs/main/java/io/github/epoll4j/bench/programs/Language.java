package io.github.epoll4j.bench.programs;

import java.util.Locale;

/** In what a program is written. */
public enum Language {
    /** Java, with this project's calls. */
    JAVA,
    /** C. */
    C;

    /**
     * Names it.
     *
     * @return java or c
     */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
