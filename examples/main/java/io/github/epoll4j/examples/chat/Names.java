package io.github.epoll4j.examples.chat;

import java.util.Locale;
import java.util.regex.Pattern;

/** Which names members and rooms can have. */
final class Names {
    /** The rule, as members are told it. */
    static final String RULE = "a name has 1 to 20 letters, digits, - or _";

    private static final Pattern VALID = Pattern.compile("[\\p{L}\\p{N}_-]{1,20}");

    private Names() {
    }

    static boolean isValid(String name) {
        return VALID.matcher(name).matches();
    }

    /** What two names have in common that are the same but for upper and lower case. */
    static String key(String name) {
        return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }
}
