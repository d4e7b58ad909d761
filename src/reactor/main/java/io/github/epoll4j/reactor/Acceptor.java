package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLEXCLUSIVE;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.net.StreamSocket;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Accepts for a {@link Listener} on one loop, and looks away while it cannot. For the loop's thread, unless it says
 * otherwise.
 */
final class Acceptor {
    private static final int ACCEPT_BUDGET = 64;
    /** The log is rehearsed when so many clients have been accepted, or after a second, or when it is needed. */
    private static final int FIRST_CLIENTS = 4;
    private static final Duration FIRST_MOMENT = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    /** So long accepting goes well before a shortage is over; the next one is worth a log line again. */
    private static final Duration CALM = Duration.ofSeconds(1);

    private final Listener listener;
    private final LoopConnections connections;
    private final EventLoop loop;
    private final ListeningSocket socket;
    private final ListenerConfig config;
    private final int interest;
    // made beforehand: out of descriptors, no class can be loaded for them
    private final ReadyHandler ready = (registration, events) -> acceptOrPause();
    private final Runnable retry = this::retry;
    private final Runnable endEpisode = this::endEpisode;
    /** True while the maximum of connections keeps this from accepting. */
    private final AtomicBoolean isFull = new AtomicBoolean();
    /** True while a shortage does. */
    private final AtomicBoolean isShort = new AtomicBoolean();
    /** Null before the start, and while it looks away with EPOLLEXCLUSIVE, which cannot be modified. */
    private Registration registration;
    private LoopTimer timer;
    private LoopTimer calmTimer;
    private LoopTimer rehearsalTimer;
    private Rehearsal rehearsal;
    private int firstClients;
    private EventFd reserve;
    private Duration pause = FIRST_PAUSE;
    private boolean isEpisode;
    /** The listener is closed; its sockets may stay open until the last acceptor has stopped. */
    private boolean isStopped;
    private boolean isPauseTold;

    Acceptor(Listener listener, LoopConnections connections, ListeningSocket socket, ListenerConfig config) {
        this.listener = listener;
        this.connections = connections;
        this.loop = connections.loop();
        this.socket = socket;
        this.config = config;
        this.interest = config.placement() == Placement.EXCLUSIVE ? EPOLLIN | EPOLLEXCLUSIVE : EPOLLIN;
    }

    /** From any thread. */
    void start() {
        try {
            loop.execute(this::begin);
        } catch (RejectedExecutionException e) {
            listener.close(); // the loop has failed, and its reactor is about to close
        }
    }

    private void begin() {
        try {
            if (!isStopped && socket.isOpen()) {
                rehearsal = Rehearsal.open(loop.mechanism());
                rehearsalTimer = rehearsal.isPlayed() ? null : loop.schedule(FIRST_MOMENT, this::rehearse);
                openReserve();
                look();
            }
        } catch (Throwable e) {
            giveUp(e);
        }
    }

    private void look() throws ErrnoException {
        if (registration == null) {
            registration = loop.register(socket.fd(), interest, ready);
        } else {
            registration.interest(interest);
        }
    }

    private void lookAway() throws ErrnoException {
        if (registration != null && interest != EPOLLIN) {
            registration.cancel();
            registration = null;
        } else if (registration != null) {
            registration.interest(0);
        }
    }

    private void acceptOrPause() {
        try {
            accept();
        } catch (ErrnoException e) {
            giveUp(e);
        } catch (Throwable e) { // such as an OutOfMemoryError, which is not the end of the listener
            loop.report(listener, e);
            try {
                pause();
            } catch (Throwable second) {
                giveUp(second);
            }
        }
    }

    private void giveUp(Throwable cause) {
        try {
            listener.close();
        } finally {
            loop.report(listener, cause);
        }
    }

    private void accept() throws ErrnoException {
        for (int i = 0; i < ACCEPT_BUDGET && socket.isOpen(); i++) {
            boolean isAdmitted = listener.admit();
            if (!isAdmitted && config.acceptPolicy() == AcceptPolicy.PAUSE) {
                waitForRoom();
                return;
            }
            StreamSocket stream = null;
            try {
                stream = socket.accept();
            } catch (ErrnoException e) {
                pause = i > 0 ? FIRST_PAUSE : pause;
                fail(e);
                return;
            } finally {
                if (stream == null && isAdmitted) {
                    listener.takeBack();
                }
            }
            if (stream == null) {
                break;
            }
            if (isAdmitted) {
                listener.place(stream, connections);
            } else {
                stream.close();
                countRefused(1);
            }
            if (firstClients < FIRST_CLIENTS && ++firstClients == FIRST_CLIENTS) {
                rehearse();
            }
        }
        pause = FIRST_PAUSE;
        if (isEpisode && calmTimer == null && socket.isOpen()) {
            calmTimer = loop.schedule(CALM, endEpisode);
        }
    }

    private void rehearse() {
        rehearsal.play();
        if (rehearsalTimer != null) {
            rehearsalTimer.cancel();
            rehearsalTimer = null;
        }
    }

    private void waitForRoom() throws ErrnoException {
        lookAway();
        LoopEvents.acceptPaused(listener.localAddress(), null, Duration.ZERO);
        loop.metrics().acceptPause();
        isFull.set(true);
        tell(observer -> observer.paused(listener, null));
        if (listener.hasRoom()) { // since one has ended meanwhile, and found nobody waiting
            room();
        }
    }

    /** There is room in the maximum; from any thread. */
    void room() {
        if (isFull.get() && isFull.compareAndSet(true, false)) {
            retryOnLoop(() -> {
                if (!isStopped) {
                    tell(observer -> observer.resumed(listener));
                    retry();
                }
            });
        }
    }

    /** A connection has given back its descriptor; from any thread. */
    void ended() {
        room();
        if (isShort.get() && isShort.compareAndSet(true, false)) {
            retryOnLoop(retry);
        }
    }

    private void retryOnLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            isFull.set(false); // the loop has ended, and this with it
        }
    }

    /** No connection could be accepted: sheds those who wait, or looks away for a while. */
    private void fail(ErrnoException e) throws ErrnoException {
        boolean isOutOfDescriptors = e.errno() == Errno.EMFILE || e.errno() == Errno.ENFILE;
        boolean isExhausted = isOutOfDescriptors || e.errno() == Errno.ENOBUFS || e.errno() == Errno.ENOMEM;
        boolean isNew = !isEpisode;
        isEpisode = true;
        if (calmTimer != null) {
            calmTimer.cancel();
            calmTimer = null;
        }
        rehearse();
        boolean isShed = isOutOfDescriptors && config.acceptPolicy() == AcceptPolicy.SHED && shed();
        if (isNew && isExhausted) {
            String what = isShed ? " refuses connections" : " accepts no connections";
            warn(listener.toString().concat(what).concat(" until it goes again: ").concat(e.getMessage()));
        } else if (isNew) {
            loop.report(listener, e);
        }
        if (!isShed) {
            pause(e, isExhausted);
        }
    }

    private void warn(String text) {
        try {
            Rehearsal.logger().log(System.Logger.Level.WARNING, text);
        } catch (Throwable e) { // a log handler's own
            loop.report(listener, e);
        }
    }

    private void pause(ErrnoException e, boolean isExhausted) throws ErrnoException {
        LoopEvents.acceptPaused(listener.localAddress(), e, pause);
        pause();
        if (isExhausted) {
            loop.metrics().acceptPause();
            isShort.set(true);
        }
        if (!isPauseTold) {
            isPauseTold = true;
            tell(observer -> observer.paused(listener, e));
        }
    }

    private void pause() throws ErrnoException {
        lookAway();
        timer = loop.schedule(pause, retry);
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }

    private void retry() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        isShort.set(false);
        if (isStopped || !socket.isOpen()) {
            return;
        }
        try {
            openReserve();
            acceptOrPause();
            if (timer == null && !isFull.get() && socket.isOpen()) {
                lookAgain();
            }
        } catch (ErrnoException e) {
            giveUp(e);
        }
    }

    private void lookAgain() throws ErrnoException {
        try {
            look();
        } catch (ErrnoException e) {
            fail(e); // epoll has no memory: later
        }
    }

    private void endEpisode() {
        calmTimer = null;
        isEpisode = false;
        if (isPauseTold) {
            isPauseTold = false;
            tell(observer -> observer.resumed(listener));
        }
    }

    private void openReserve() {
        if (config.acceptPolicy() == AcceptPolicy.SHED && reserve == null) {
            try {
                reserve = EventFd.open();
            } catch (ErrnoException e) {
                reserve = null; // it pauses then, and comes here again
            }
        }
    }

    /** Accepts those who wait on the reserve's descriptor, and closes them; false if it cannot be had again. */
    private boolean shed() {
        if (reserve == null) {
            return false;
        }
        closeReserve();
        int count = 0;
        try {
            StreamSocket stream;
            while (count < ACCEPT_BUDGET && (stream = socket.accept()) != null) {
                stream.close();
                count++;
            }
        } catch (ErrnoException e) {
            pause = FIRST_PAUSE; // somebody else has taken the descriptor
        }
        openReserve();
        if (count > 0) {
            countRefused(count);
        }
        return reserve != null;
    }

    private void countRefused(int count) {
        for (int i = 0; i < count; i++) {
            loop.metrics().acceptRefused();
        }
        long total = listener.countRefused(count);
        tell(observer -> observer.refused(listener, total));
    }

    private void tell(Consumer<AcceptObserver> call) {
        try {
            call.accept(config.acceptObserver());
        } catch (Throwable e) {
            loop.report(config.acceptObserver(), e);
        }
    }

    /** Stops for good, and then runs a task on the loop's thread, or here if the loop has ended; from any thread. */
    void stop(Runnable whenStopped) {
        try {
            loop.execute(() -> {
                stop();
                whenStopped.run();
            });
        } catch (RejectedExecutionException e) {
            closeReserves();
            whenStopped.run();
        }
    }

    private void stop() {
        isStopped = true;
        if (registration != null) {
            registration.cancel();
            registration = null;
        }
        for (LoopTimer pending : new LoopTimer[] {timer, calmTimer, rehearsalTimer}) {
            if (pending != null) {
                pending.cancel();
            }
        }
        timer = null;
        calmTimer = null;
        rehearsalTimer = null;
        closeReserves();
    }

    private void closeReserves() {
        closeReserve();
        if (rehearsal != null) {
            rehearsal.close();
        }
    }

    private void closeReserve() {
        if (reserve != null) {
            reserve.close();
            reserve = null;
        }
    }
}
