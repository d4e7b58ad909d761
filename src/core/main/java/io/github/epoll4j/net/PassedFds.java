package io.github.epoll4j.net;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.gen.message.message_h;
import io.github.epoll4j.internal.gen.message.ucred;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.internal.io.MessageHeaders;
import io.github.epoll4j.internal.io.ThreadBuffers;
import io.github.epoll4j.internal.io.Transfer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Descriptors that go over a Unix socket with the bytes of a message (SCM_RIGHTS). */
final class PassedFds {
    /** On a socket that asked for them, credentials, a pidfd and a security label come before the descriptors. */
    private static final int OTHER_CONTROL = MessageHeaders.controlSpace(ucred.SIZEOF) + 256;

    private PassedFds() {
    }

    /** Sends once, and holds the owners meanwhile; the number of bytes, or {@code -errno}. */
    static long send(int socket, ByteBuffer buffer, int most, OwnedFd... fds) {
        int[] numbers = new int[fds.length];
        int held = 0;
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            for (; held < fds.length; held++) {
                numbers[held] = fds[held].acquire();
            }
            MessageHeaders header = thread.header(MessageHeaders.controlSpace(fds.length * Integer.BYTES));
            if (fds.length > 0) {
                header.descriptors(0, numbers);
            }
            return Transfer.SENDMSG.message(thread, socket, buffer, most, header, 0);
        } finally {
            while (held > 0) {
                fds[--held].release();
            }
        }
    }

    /**
     * Receives once. The array has the owners in front, and null behind them.
     *
     * @return the number of bytes, or {@code -errno}
     * @throws IOException if more came than the array, or this process, can have; those that came are closed
     */
    static long receive(int socket, ByteBuffer buffer, int most, FileFd[] fds) throws IOException {
        Arrays.fill(fds, null);
        int[] numbers;
        boolean isCut;
        long result;
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            MessageHeaders header = thread.header(
                    OTHER_CONTROL + MessageHeaders.controlSpace(fds.length * Integer.BYTES));
            header.expectControl(0);
            result = Transfer.RECVMSG.message(thread, socket, buffer, most, header, message_h.MSG_CMSG_CLOEXEC);
            if (result < 0) {
                return result;
            }
            numbers = header.descriptors(0);
            if (header.pidFd(0) >= 0) {
                FdCalls.close(header.pidFd(0)); // which was not asked for by this call
            }
            isCut = (header.flags(0) & message_h.MSG_CTRUNC) != 0;
        }
        if (isCut || numbers.length > fds.length) {
            for (int number : numbers) {
                FdCalls.close(number);
            }
            throw new IOException("recvmsg(fd=" + socket + "): MSG_CTRUNC: more descriptors came than the array of "
                    + fds.length + " or this process can have; " + numbers.length + " were closed");
        }
        for (int i = 0; i < numbers.length; i++) {
            fds[i] = FileFd.adopt(numbers[i]);
        }
        return result;
    }

    static void requireBytes(ByteBuffer buffer) {
        if (!buffer.hasRemaining()) {
            throw new IllegalArgumentException("descriptors need at least one byte to go with on a stream");
        }
    }

    /** Turns a result into NIO's. */
    static int sent(int fd, long result) throws ErrnoException {
        return (int) Transfer.SENDMSG.orWouldBlock(fd, result);
    }
}
