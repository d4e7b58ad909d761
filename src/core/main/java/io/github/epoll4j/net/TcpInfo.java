package io.github.epoll4j.net;

import io.github.epoll4j.internal.gen.socket.tcp_info;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;

/**
 * The state and the statistics of a TCP connection ({@code struct tcp_info}), as of one call.
 *
 * <p>A field is absent if the kernel returned fewer bytes. {@link #bytes()} has the fields of newer kernels too.
 *
 * <p>Immutable, thread-safe.
 *
 * @see LinuxSocketOptions#TCP_INFO
 * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</a>
 */
public final class TcpInfo {
    private final byte[] bytes;

    TcpInfo(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Returns the bytes that the kernel returned.
     *
     * @return a copy, in native byte order
     */
    public byte[] bytes() {
        return bytes.clone();
    }

    private OptionalLong unsignedByte(int offset) {
        return offset + Byte.BYTES <= bytes.length
                ? OptionalLong.of(Byte.toUnsignedLong(bytes[offset]))
                : OptionalLong.empty();
    }

    private OptionalLong unsignedInt(int offset) {
        return offset + Integer.BYTES <= bytes.length
                ? OptionalLong.of(Integer.toUnsignedLong(
                        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt(offset)))
                : OptionalLong.empty();
    }

    /**
     * Returns the state of the connection, as the kernel's {@code tcp_states.h} numbers it.
     *
     * @return 1 for ESTABLISHED, 2 for SYN_SENT, 7 for CLOSE, 8 for CLOSE_WAIT, 10 for LISTEN
     */
    public OptionalLong state() {
        return unsignedByte(tcp_info.tcpi_state$OFFSET);
    }

    /**
     * Returns the state of congestion control, 0 for open.
     *
     * @return {@code tcpi_ca_state}
     */
    public OptionalLong caState() {
        return unsignedByte(tcp_info.tcpi_ca_state$OFFSET);
    }

    /**
     * Returns the number of retransmissions of the oldest segment that is not acknowledged.
     *
     * @return {@code tcpi_retransmits}
     */
    public OptionalLong retransmits() {
        return unsignedByte(tcp_info.tcpi_retransmits$OFFSET);
    }

    /**
     * Returns the number of zero-window and keep-alive probes that are not answered.
     *
     * @return {@code tcpi_probes}
     */
    public OptionalLong probes() {
        return unsignedByte(tcp_info.tcpi_probes$OFFSET);
    }

    /**
     * Returns the number of times that the retransmission timer was doubled.
     *
     * @return {@code tcpi_backoff}
     */
    public OptionalLong backoff() {
        return unsignedByte(tcp_info.tcpi_backoff$OFFSET);
    }

    /**
     * Returns the retransmission timeout in microseconds.
     *
     * @return {@code tcpi_rto}
     */
    public OptionalLong rto() {
        return unsignedInt(tcp_info.tcpi_rto$OFFSET);
    }

    /**
     * Returns the delayed-acknowledgement timeout in microseconds.
     *
     * @return {@code tcpi_ato}
     */
    public OptionalLong ato() {
        return unsignedInt(tcp_info.tcpi_ato$OFFSET);
    }

    /**
     * Returns the size of the segments sent, in bytes.
     *
     * @return {@code tcpi_snd_mss}
     */
    public OptionalLong sndMss() {
        return unsignedInt(tcp_info.tcpi_snd_mss$OFFSET);
    }

    /**
     * Returns the size of the segments received, in bytes.
     *
     * @return {@code tcpi_rcv_mss}
     */
    public OptionalLong rcvMss() {
        return unsignedInt(tcp_info.tcpi_rcv_mss$OFFSET);
    }

    /**
     * Returns the number of segments that are not acknowledged; of a listener, the connections that wait.
     *
     * @return {@code tcpi_unacked}
     */
    public OptionalLong unacked() {
        return unsignedInt(tcp_info.tcpi_unacked$OFFSET);
    }

    /**
     * Returns the number of segments that are selectively acknowledged; of a listener, its backlog.
     *
     * @return {@code tcpi_sacked}
     */
    public OptionalLong sacked() {
        return unsignedInt(tcp_info.tcpi_sacked$OFFSET);
    }

    /**
     * Returns the number of segments that are taken for lost.
     *
     * @return {@code tcpi_lost}
     */
    public OptionalLong lost() {
        return unsignedInt(tcp_info.tcpi_lost$OFFSET);
    }

    /**
     * Returns the number of segments that are retransmitted and not acknowledged.
     *
     * @return {@code tcpi_retrans}
     */
    public OptionalLong retrans() {
        return unsignedInt(tcp_info.tcpi_retrans$OFFSET);
    }

    /**
     * Returns the time since the last data was sent, in milliseconds.
     *
     * @return {@code tcpi_last_data_sent}
     */
    public OptionalLong lastDataSent() {
        return unsignedInt(tcp_info.tcpi_last_data_sent$OFFSET);
    }

    /**
     * Returns the time since the last data was received, in milliseconds.
     *
     * @return {@code tcpi_last_data_recv}
     */
    public OptionalLong lastDataRecv() {
        return unsignedInt(tcp_info.tcpi_last_data_recv$OFFSET);
    }

    /**
     * Returns the time since the last acknowledgement was received, in milliseconds.
     *
     * @return {@code tcpi_last_ack_recv}
     */
    public OptionalLong lastAckRecv() {
        return unsignedInt(tcp_info.tcpi_last_ack_recv$OFFSET);
    }

    /**
     * Returns the path MTU in bytes.
     *
     * @return {@code tcpi_pmtu}
     */
    public OptionalLong pmtu() {
        return unsignedInt(tcp_info.tcpi_pmtu$OFFSET);
    }

    /**
     * Returns the clamp of the receive window, in bytes.
     *
     * @return {@code tcpi_rcv_ssthresh}
     */
    public OptionalLong rcvSsthresh() {
        return unsignedInt(tcp_info.tcpi_rcv_ssthresh$OFFSET);
    }

    /**
     * Returns the smoothed round-trip time in microseconds.
     *
     * @return {@code tcpi_rtt}
     */
    public OptionalLong rtt() {
        return unsignedInt(tcp_info.tcpi_rtt$OFFSET);
    }

    /**
     * Returns the variation of the round-trip time in microseconds.
     *
     * @return {@code tcpi_rttvar}
     */
    public OptionalLong rttvar() {
        return unsignedInt(tcp_info.tcpi_rttvar$OFFSET);
    }

    /**
     * Returns the slow-start threshold in segments.
     *
     * @return {@code tcpi_snd_ssthresh}
     */
    public OptionalLong sndSsthresh() {
        return unsignedInt(tcp_info.tcpi_snd_ssthresh$OFFSET);
    }

    /**
     * Returns the congestion window in segments.
     *
     * @return {@code tcpi_snd_cwnd}
     */
    public OptionalLong sndCwnd() {
        return unsignedInt(tcp_info.tcpi_snd_cwnd$OFFSET);
    }

    /**
     * Returns the segment size that is advertised, in bytes.
     *
     * @return {@code tcpi_advmss}
     */
    public OptionalLong advmss() {
        return unsignedInt(tcp_info.tcpi_advmss$OFFSET);
    }

    /**
     * Returns the degree of reordering that is tolerated, in segments.
     *
     * @return {@code tcpi_reordering}
     */
    public OptionalLong reordering() {
        return unsignedInt(tcp_info.tcpi_reordering$OFFSET);
    }

    /**
     * Returns the round-trip time as the receiver sees it, in microseconds.
     *
     * @return {@code tcpi_rcv_rtt}
     */
    public OptionalLong rcvRtt() {
        return unsignedInt(tcp_info.tcpi_rcv_rtt$OFFSET);
    }

    /**
     * Returns the space of the receive queue in bytes.
     *
     * @return {@code tcpi_rcv_space}
     */
    public OptionalLong rcvSpace() {
        return unsignedInt(tcp_info.tcpi_rcv_space$OFFSET);
    }

    /**
     * Returns the number of retransmissions in the life of the connection.
     *
     * @return {@code tcpi_total_retrans}
     */
    public OptionalLong totalRetrans() {
        return unsignedInt(tcp_info.tcpi_total_retrans$OFFSET);
    }

    /**
     * Returns the state, the round-trip time and the congestion window.
     *
     * @return text for a log
     */
    @Override
    public String toString() {
        return "TcpInfo[state=" + text(state()) + ", rtt=" + text(rtt()) + ", cwnd=" + text(sndCwnd()) + "]";
    }

    private static String text(OptionalLong field) {
        return field.isPresent() ? Long.toString(field.getAsLong()) : "?";
    }
}
