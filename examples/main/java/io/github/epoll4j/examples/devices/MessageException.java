package io.github.epoll4j.examples.devices;

import java.io.IOException;

/** A message that breaks the rules. Its sender is closed. */
final class MessageException extends IOException {
    private static final long serialVersionUID = 1;

    MessageException(String message) {
        super(message);
    }
}
