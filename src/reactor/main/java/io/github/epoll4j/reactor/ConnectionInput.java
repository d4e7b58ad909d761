package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;

import io.github.epoll4j.ErrnoException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/** The events of a connection's descriptor, and what comes in on it. For the loop's thread. */
final class ConnectionInput implements ReadyHandler {
    private static final int HANG_UP = EPOLLERR | EPOLLHUP;
    private static final int INPUT = EPOLLIN | EPOLLRDHUP | HANG_UP;
    private static final int EVERY_EDGE = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

    private final StreamConnection connection;
    /** Null while a hang-up waits for reading to be resumed: nothing hides it from epoll and poll but EPOLLET. */
    private Registration registration;
    /** What was reported and may not be read yet; an edge is not reported again. */
    private int unread;
    private boolean isPaused;
    private boolean isPausedByUser;
    private boolean isHeld;
    private boolean isEnded;
    /** Inside an event: what to watch for next is decided once, at its end. */
    private boolean isInEvent;
    /** Of one-shot: not reported since it was registered or changed. */
    private boolean isArmed;
    /** Of edges: the next turn reads on. */
    private boolean isGoingOn;

    ConnectionInput(StreamConnection connection) {
        this.connection = connection;
    }

    void register() throws ErrnoException {
        if (registration != null) {
            return; // by a call before the connection's own
        }
        registration = connection.loop().register(connection.socket.fd(), interest(), this);
        isArmed = true;
    }

    void cancel() {
        if (registration != null) {
            registration.cancel();
        }
    }

    void pause(boolean isWanted) {
        isPausedByUser = isWanted;
        isPaused = isPausedByUser || isHeld;
        watch();
    }

    /** Pauses while a worker has the connection, whatever the user wants. */
    void hold(boolean isWanted) {
        isHeld = isWanted;
        isPaused = isPausedByUser || isHeld;
        watch();
    }

    /** True when the peer's end of the stream was read. */
    boolean isEnded() {
        return isEnded;
    }

    /** True if what has come is read before the connection ends. */
    private boolean isWanted() {
        return !isPaused && !isEnded && !connection.isClosing();
    }

    /** True if what has come is read when reading goes on. */
    private boolean isPausedOnly() {
        return isPaused && !isEnded && !connection.isClosing();
    }

    /** After a failure of the output: true if the input is still to be read before the connection ends. */
    boolean outlivesOutput() {
        try {
            return connection.isOpen() && (isWanted() || isPausedOnly() && connection.socket.peek() > 0);
        } catch (ErrnoException e) {
            return false; // nothing has come
        }
    }

    /** True while bytes are read; in a close only to wait for the end of the stream, and to drop what comes before. */
    boolean isReading() {
        return connection.isOpen() && (connection.isClosing()
                ? !isEnded && connection.isOutputClosed()
                : isWanted() && !connection.output().isCongested());
    }

    private boolean mayRead() {
        // after a hang-up a full queue keeps nobody from reading what came before
        return isReading() || (unread & HANG_UP) != 0 && connection.isOpen() && isWanted();
    }

    private int interest() {
        int wanted = (isReading() ? EPOLLIN | EPOLLRDHUP : 0) | (connection.output().isEmpty() ? 0 : EPOLLOUT);
        return switch (connection.config.trigger()) {
            case LEVEL -> wanted;
            case EDGE -> EVERY_EDGE;
            case ONESHOT -> wanted | EPOLLONESHOT;
        };
    }

    private boolean isEdge() {
        return connection.config.trigger() == Trigger.EDGE;
    }

    /** Watches for what is wanted now. */
    void watch() {
        if (isInEvent || !connection.isOpen()) {
            return;
        }
        try {
            if (registration == null) {
                registerAgain();
            } else if (isEdge()) {
                goOnLater();
            } else if (!isArmed || registration.interest() != interest()) {
                registration.interest(interest());
                isArmed = true;
            }
        } catch (ErrnoException e) {
            connection.end(e);
        } catch (Throwable e) {
            connection.fail(e);
        }
    }

    private void registerAgain() throws ErrnoException {
        if (isReading() || !isPaused || connection.isClosing()) { // a full queue too learns of the hang-up
            register();
        }
    }

    /** Reads in the next turn what the budget or a pause has left, after the others have had theirs. */
    private void goOnLater() {
        if (unread != 0 && !isGoingOn && (mayRead() || (unread & HANG_UP) != 0 && connection.isClosing())) {
            isGoingOn = true;
            connection.loop().schedule(Duration.ZERO, this::goOn);
        }
    }

    private void goOn() {
        isGoingOn = false;
        if (connection.isOpen()) {
            handle(0);
        }
    }

    @Override
    public void ready(Registration ready, int events) {
        isArmed = connection.config.trigger() != Trigger.ONESHOT;
        handle(events);
    }

    private void handle(int events) {
        unread = events & INPUT | (isEdge() ? unread : 0);
        isInEvent = true;
        try {
            if ((unread & HANG_UP) != 0 && (!isWanted() && !isReading())) {
                hangUp();
            } else {
                transfer(events);
            }
        } catch (ErrnoException e) {
            connection.end(connection.output().failure() != null ? connection.output().failure() : e);
        } catch (Throwable e) { // such as an OutOfMemoryError outside the handler's calls
            connection.fail(e);
        } finally {
            isInEvent = false;
        }
        watch();
    }

    private void transfer(int events) throws ErrnoException {
        if ((unread & HANG_UP) != 0) {
            connection.output().flush(); // fails, and then the queue is empty
        }
        if (unread != 0) {
            read();
        }
        if ((events & EPOLLOUT) != 0 && connection.isOpen()) {
            connection.output().flush();
        }
    }

    /** A hang-up while nothing is to be read: the end, but what has arrived waits if reading is paused only. */
    private void hangUp() throws ErrnoException {
        connection.output().flush(); // fails, if anything is queued; who waits for it may have to go on reading
        if (!connection.isOpen() || isWanted()) {
            return; // resumed: the next event is read
        }
        // throws what a read would, and that is the end; behind the peer's end of the stream an error is still pending
        boolean isLeft = isPausedOnly() && connection.socket.peek() > 0;
        ErrnoException failure = isLeft ? null : failure();
        if (isLeft || isPausedOnly() && failure == null) {
            if (!isEdge()) {
                registration.cancel();
                registration = null;
            }
        } else {
            connection.end(failure);
        }
    }

    /** Why the connection cannot go on; null if nothing speaks against it but the hang-up. */
    private ErrnoException failure() throws ErrnoException {
        if (connection.output().failure() != null) {
            return connection.output().failure();
        }
        int errno = connection.socket.error();
        return errno == 0 ? null
                : new ErrnoException("getsockopt", "SO_ERROR, fd=" + connection.socket.fd(), errno);
    }

    private void read() throws ErrnoException {
        ByteBuffer buffer = connection.siblings.readBuffer();
        int count;
        for (int budget = connection.config.readBudget(); budget > 0 && mayRead(); budget -= count) {
            buffer.clear().order(ByteOrder.BIG_ENDIAN); // a handler may have changed it
            count = connection.socket.read(buffer);
            if (count < 0) {
                unread = 0;
                isEnded = true;
                connection.inputEnded();
                return;
            }
            // a short read has found everything, unless the end of the stream is behind it
            boolean isLast = count == 0 || buffer.hasRemaining() && (unread & (EPOLLRDHUP | HANG_UP)) == 0;
            if (isLast) {
                unread = 0;
            }
            if (count > 0) {
                received(buffer.flip());
            }
            if (isLast) {
                return;
            }
        }
    }

    private void received(ByteBuffer data) {
        connection.loop().metrics().bytesRead(data.remaining());
        if (connection.idle != null) {
            connection.idle.wasRead = true;
        }
        if (!connection.isClosing()) {
            connection.deliver(data);
        }
    }
}
