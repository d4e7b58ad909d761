package io.github.epoll4j.examples.lab;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLEXCLUSIVE;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Threads that accept from one listener, each by an epoll instance of its own with EPOLLEXCLUSIVE. */
final class Acceptors {
    private final TcpListener listener;
    private final AtomicIntegerArray accepted;
    private final Semaphore accepts = new Semaphore(0);
    private final List<EpollInstance> instances = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /** Opens the listener and the instances, until the end. */
    Acceptors(Lab lab, int count) throws IOException {
        listener = lab.own(TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        accepted = new AtomicIntegerArray(count);
        for (int i = 0; i < count; i++) {
            EpollInstance epoll = lab.own(EpollInstance.open());
            epoll.add(listener, EPOLLIN | EPOLLEXCLUSIVE);
            instances.add(epoll);
            int index = i;
            threads.add(new Thread(() -> accept(epoll, index), Sleep.nextName()));
        }
        lab.atEnd(this::dismiss);
    }

    /** Starts the threads. Returns the number of those that sleep. */
    int fallAsleep() throws IOException {
        threads.forEach(thread -> {
            thread.setDaemon(true);
            thread.start();
        });
        return asleep();
    }

    private int asleep() throws IOException {
        int asleep = 0;
        for (Thread thread : threads) {
            asleep += Sleep.await(thread) ? 1 : 0;
        }
        return asleep;
    }

    /** Connects clients one after the other, each when the one before was accepted and all threads sleep. */
    void connect(int clients) throws IOException {
        for (int i = 0; i < clients && asleep() == threads.size(); i++) {
            TcpStream client = TcpStream.connect(listener.localAddress());
            boolean wasAccepted = awaitAccept();
            client.close();
            if (!wasAccepted) {
                return;
            }
        }
    }

    private boolean awaitAccept() {
        try {
            return accepts.tryAcquire(Watch.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Returns the numbers of connections that the threads accepted, the highest first. */
    List<Integer> accepted() {
        List<Integer> counts = new ArrayList<>();
        for (int i = 0; i < accepted.length(); i++) {
            counts.add(accepted.get(i));
        }
        counts.sort(Collections.reverseOrder());
        return counts;
    }

    private void accept(EpollInstance epoll, int index) {
        try (EpollEventArray events = EpollEventArray.allocate(1)) {
            while (true) {
                epoll.await(events);
                for (TcpStream stream = listener.accept(); stream != null; stream = listener.accept()) {
                    stream.close();
                    accepted.incrementAndGet(index);
                    accepts.release();
                }
            }
        } catch (IOException | IllegalStateException e) {
            return; // closed: the scenario is over
        }
    }

    private void dismiss() {
        instances.forEach(EpollInstance::close);
        threads.forEach(Sleep::join);
    }
}
