package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLEXCLUSIVE;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.LoopTimer;
import io.github.epoll4j.reactor.loop.ReadyHandler;
import io.github.epoll4j.reactor.loop.Registration;
import java.io.IOException;
import java.time.Duration;
import java.util.TimeZone;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Accepts for a {@link Listener} on one loop, and pauses while it cannot. For the loop's thread, except where noted.
 *
 * <p>When descriptors run out, no file can be read and no class be loaded from a folder. So classes that are needed
 * then are loaded before, and a descriptor is held in reserve. A shortage frees it: for the log, for the clients that
 * are shed, and during a pause for handlers.
 */
final class Acceptor {
    private static final int ACCEPT_BUDGET = 64;
    /** The most clients that are served before a socket is closed; the kernel's queue is seldom longer. */
    private static final int MOST_LAST_CLIENTS = 4096;
    private static final Duration LOG_WARM_UP_DELAY = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    /** The time in which accepting succeeds before a shortage is over, and the next one is logged again. */
    private static final Duration CALM = Duration.ofSeconds(1);

    private final Listener listener;
    private final LoopContext context;
    private final EventLoop loop;
    private final ListeningSocket socket;
    private final ListenerConfig config;
    private final int interest;
    // created beforehand: they are needed when no class can be loaded
    private final ReadyHandler ready = (registration, events) -> acceptOrPause();
    private final Runnable retry = this::retry;
    private final Runnable resume = this::resume;
    private final Runnable endEpisode = this::endEpisode;
    /** True while the limit of connections stops this from accepting. */
    private final AtomicBoolean isFull = new AtomicBoolean();
    /** True while a shortage does. */
    private final AtomicBoolean isShort = new AtomicBoolean();
    /** Null before the start, and during a pause with EPOLLEXCLUSIVE, which cannot be modified. */
    private Registration registration;
    private LoopTimer retryTimer;
    private LoopTimer calmTimer;
    private LoopTimer logTimer;
    /** Null if there is none: at a shortage, and in a pause. */
    private volatile EventFd reserve;
    private Duration pause = FIRST_PAUSE;
    /** True from a shortage until accepting has succeeded for some time. */
    private boolean isEpisode;
    private boolean isPauseNotified;
    /** True when the listener is closed; the socket may stay open until the last acceptor has stopped. */
    private volatile boolean isStopped;

    Acceptor(Listener listener, LoopContext context, ListeningSocket socket, ListenerConfig config) {
        this.listener = listener;
        this.context = context;
        this.loop = context.loop();
        this.socket = socket;
        this.config = config;
        this.interest = config.placement() == Placement.EXCLUSIVE ? EPOLLIN | EPOLLEXCLUSIVE : EPOLLIN;
        socket.retain();
    }

    /** For any thread. */
    void start() {
        try {
            loop.execute(this::begin);
        } catch (RejectedExecutionException e) {
            listener.close(); // the loop has failed, and its reactor is about to close
        }
    }

    private void begin() {
        if (isStopped) {
            return;
        }
        try {
            warmUp();
            openReserve();
            logTimer = loop.schedule(LOG_WARM_UP_DELAY, Log::warmUp);
            resumeAccepting();
        } catch (Throwable e) {
            giveUp(e);
        }
    }

    private static void warmUp() {
        try {
            WarmUp.run();
        } catch (ErrnoException e) {
            return; // no descriptor is left from the start
        }
    }

    private void openReserve() {
        if (reserve == null) {
            try {
                reserve = EventFd.open();
            } catch (ErrnoException e) {
                reserve = null; // retried after the next pause
            }
        }
        if (isStopped) { // meanwhile, as the loop has stopped
            closeReserve();
        }
    }

    private void closeReserve() {
        EventFd held = reserve;
        if (held != null) {
            reserve = null;
            held.close();
        }
    }

    private void resumeAccepting() throws ErrnoException {
        if (registration == null) {
            registration = loop.register(socket.fd(), interest, ready);
        } else {
            registration.interest(interest);
        }
    }

    private void pauseAccepting() throws ErrnoException {
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
            if (isStopped) {
                return; // the socket was closed meanwhile, as the loop has stopped
            }
            loop.reportFailure(listener, e);
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
            loop.reportFailure(listener, cause);
        }
    }

    private void accept() throws ErrnoException {
        for (int i = 0; i < ACCEPT_BUDGET && socket.isOpen(); i++) {
            boolean isReserved = listener.reserve();
            if (!isReserved && config.acceptPolicy() == AcceptPolicy.PAUSE) {
                pauseAtLimit();
                return;
            }
            StreamSocket client = null;
            try {
                client = socket.accept();
            } catch (ErrnoException e) {
                pause = i > 0 ? FIRST_PAUSE : pause;
                handleShortage(e);
                return;
            } finally {
                if (client == null && isReserved) {
                    listener.release();
                }
            }
            if (client == null) {
                break;
            }
            if (!isReserved) {
                client.close();
                countRefused(1);
            } else if (!listener.place(client, context)) {
                countRefused(1);
            }
        }
        pause = FIRST_PAUSE;
        if (isEpisode && calmTimer == null && socket.isOpen()) {
            calmTimer = loop.schedule(CALM, endEpisode);
        }
    }

    private void pauseAtLimit() throws ErrnoException {
        pauseAccepting();
        ConnectionEvents.acceptPaused(listener.localAddress(), null, Duration.ZERO);
        context.countAcceptPause();
        isFull.set(true);
        notifyObserver(observer -> observer.paused(listener, null));
        if (listener.hasCapacity()) { // a connection has ended meanwhile, before isFull was set
            capacityReleased();
        }
    }

    /** Handles an increase of capacity within the limit of connections. For any thread. */
    void capacityReleased() {
        if (isFull.get() && isFull.compareAndSet(true, false)) {
            executeOrDrop(resume);
        }
    }

    /** Handles the end of a connection, which has closed its descriptor. For any thread. */
    void connectionEnded() {
        capacityReleased();
        if (isShort.get() && isShort.compareAndSet(true, false)) {
            executeOrDrop(retry);
        }
    }

    private void executeOrDrop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            isFull.set(false); // the loop has stopped, and this acceptor with it
        }
    }

    private void resume() {
        if (!isStopped) {
            notifyObserver(observer -> observer.resumed(listener));
            retry();
        }
    }

    /** Handles a failure of accept: sheds clients, or pauses. */
    private void handleShortage(ErrnoException e) throws ErrnoException {
        boolean isOutOfDescriptors = e.errno() == Errno.EMFILE || e.errno() == Errno.ENFILE;
        boolean isExhausted = isOutOfDescriptors || e.errno() == Errno.ENOBUFS || e.errno() == Errno.ENOMEM;
        boolean isShedding = isOutOfDescriptors && config.acceptPolicy() == AcceptPolicy.SHED && reserve != null;
        if (isOutOfDescriptors) {
            closeReserve();
        }
        if (calmTimer != null) {
            calmTimer.cancel();
            calmTimer = null;
        }
        if (!isEpisode) {
            isEpisode = true;
            logShortage(e, isExhausted, isShedding);
        }
        if (!isShedding || !shed()) {
            pause(e, isExhausted);
        }
    }

    private void logShortage(ErrnoException e, boolean isExhausted, boolean isShedding) {
        if (!isExhausted) {
            loop.reportFailure(listener, e);
            return;
        }
        try {
            String what = isShedding ? " refuses connections" : " accepts no connections";
            Log.warn(listener.toString().concat(what).concat(" until it goes again: ").concat(e.getMessage()));
        } catch (Throwable failure) { // of the log
            loop.reportFailure(listener, failure);
        }
    }

    /** Closes the clients that wait, on the reserve's descriptor; returns false if it cannot be opened again. */
    private boolean shed() {
        int count = 0;
        try {
            StreamSocket client;
            while (count < ACCEPT_BUDGET && (client = socket.accept()) != null) {
                client.close();
                count++;
            }
        } catch (ErrnoException e) {
            pause = FIRST_PAUSE; // another thread has taken the descriptor
        }
        openReserve();
        if (count > 0) {
            countRefused(count);
        }
        return reserve != null;
    }

    private void countRefused(int count) {
        context.countRefused(count);
        long total = listener.countRefused(count);
        notifyObserver(observer -> observer.refused(listener, total));
    }

    private void pause(ErrnoException e, boolean isExhausted) throws ErrnoException {
        ConnectionEvents.acceptPaused(listener.localAddress(), e, pause);
        pause();
        if (isExhausted) {
            context.countAcceptPause();
            isShort.set(true);
        }
        if (!isPauseNotified) {
            isPauseNotified = true;
            notifyObserver(observer -> observer.paused(listener, e));
        }
    }

    private void pause() throws ErrnoException {
        pauseAccepting();
        retryTimer = loop.schedule(pause, retry);
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }

    private void retry() {
        retryTimer = cancel(retryTimer);
        isShort.set(false);
        if (isStopped || !socket.isOpen()) {
            return;
        }
        openReserve();
        acceptOrPause();
        if (retryTimer == null && !isFull.get() && !isStopped) {
            try {
                resumeAccepting();
            } catch (ErrnoException e) {
                retryLater(e);
            }
        }
    }

    /** Pauses again, as epoll has no memory. */
    private void retryLater(ErrnoException e) {
        try {
            handleShortage(e);
        } catch (ErrnoException second) {
            giveUp(second);
        }
    }

    private void endEpisode() {
        calmTimer = null;
        isEpisode = false;
        if (isPauseNotified) {
            isPauseNotified = false;
            notifyObserver(observer -> observer.resumed(listener));
        }
    }

    private void notifyObserver(Consumer<AcceptObserver> call) {
        try {
            call.accept(config.acceptObserver());
        } catch (Throwable e) {
            loop.reportFailure(config.acceptObserver(), e);
        }
    }

    /** Stops for good, on the loop's thread, or here if the loop has stopped. For any thread. */
    void stop() {
        try {
            loop.execute(this::finish);
        } catch (RejectedExecutionException e) {
            finish(); // its last tasks may still run
        }
    }

    private void finish() {
        isStopped = true;
        try {
            closeReserve();
            if (loop.inLoop()) {
                release();
                acceptLastClients();
            }
        } catch (Throwable e) {
            loop.reportFailure(listener, e);
        } finally {
            socket.release();
            listener.acceptorStopped();
        }
    }

    private void release() {
        retryTimer = cancel(retryTimer);
        calmTimer = cancel(calmTimer);
        logTimer = cancel(logTimer);
        if (registration != null) {
            registration.cancel();
            registration = null;
        }
    }

    private static LoopTimer cancel(LoopTimer timer) {
        if (timer != null) {
            timer.cancel();
        }
        return null;
    }

    /** Serves the clients in the queue, which a close would reset. */
    private void acceptLastClients() throws IOException {
        socket.removeFile(); // first, so that no others come
        for (int i = 0; i < MOST_LAST_CLIENTS && socket.isOpen() && listener.reserve(); i++) {
            StreamSocket client = null;
            try {
                client = socket.accept();
            } catch (ErrnoException e) {
                return; // no descriptor is left
            } finally {
                if (client == null) {
                    listener.release();
                }
            }
            if (client == null) {
                return;
            }
            if (!listener.place(client, context)) {
                countRefused(1);
            }
        }
    }

    /** The log of shortages, whose first message reads files; so it is initialized earlier. */
    private static final class Log {
        private static final System.Logger LOGGER = System.getLogger("io.github.epoll4j.reactor");

        static {
            TimeZone.getDefault().toZoneId(); // a file that java.util.logging reads for its first line
            LOGGER.log(System.Logger.Level.TRACE, "warm-up");
        }

        private Log() {
        }

        /** Initializes this class. */
        static void warmUp() {
            LOGGER.isLoggable(System.Logger.Level.WARNING);
        }

        static void warn(String text) {
            LOGGER.log(System.Logger.Level.WARNING, text);
        }
    }
}
