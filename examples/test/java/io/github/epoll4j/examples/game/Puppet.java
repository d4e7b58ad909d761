package io.github.epoll4j.examples.game;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A client that a test moves. */
final class Puppet implements AutoCloseable {
    private final Socket socket = new Socket();
    private final DataInputStream in;
    int player;
    private long ticks;

    /** A packet of the server. */
    record Packet(PacketType type, ByteBuffer fields) {
        int id() {
            return fields.getInt(0);
        }

        float x() {
            return fields.getFloat(4);
        }

        float y() {
            return fields.getFloat(8);
        }

        /** Returns the name of SAID, or of a player. */
        String name() {
            return text(type == PacketType.SAID ? 4 : 12, PacketType.NAME_BYTES);
        }

        String line() {
            return text(4 + PacketType.NAME_BYTES, PacketType.TEXT_BYTES);
        }

        private String text(int offset, int length) {
            byte[] bytes = new byte[length];
            fields.get(offset, bytes);
            String text = new String(bytes, UTF_8);
            return text.contains("\0") ? text.substring(0, text.indexOf(0)) : text;
        }
    }

    Puppet(InetSocketAddress address, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        socket.connect(address);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    void send(Consumer<Updates> packets) throws IOException {
        Updates updates = new Updates();
        packets.accept(updates);
        ByteBuffer view = updates.view();
        byte[] bytes = new byte[view.remaining()];
        view.get(bytes);
        send(bytes);
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Logs in, and returns the answer. */
    Packet logIn(int wanted) throws IOException {
        send(out -> out.login(wanted));
        Packet answer = await(packet -> packet.type() == PacketType.LOGGED_IN);
        player = answer.id();
        return answer;
    }

    void says(String line) throws IOException {
        send(out -> out.say(player, line));
    }

    void moves(float x, float y) throws IOException {
        send(out -> out.move(player, x, y));
    }

    Packet next() throws IOException {
        byte[] header = new byte[PacketType.HEADER_BYTES];
        in.readFully(header);
        ByteBuffer numbers = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        int size = numbers.getShort();
        PacketType type = PacketType.of(numbers.getShort(), size - Short.BYTES);
        byte[] fields = new byte[size - PacketType.HEADER_BYTES];
        in.readFully(fields);
        ticks += type == PacketType.TICK ? 1 : 0;
        return new Packet(type, ByteBuffer.wrap(fields).order(ByteOrder.LITTLE_ENDIAN));
    }

    Packet await(Predicate<Packet> wanted) throws IOException {
        Packet packet = next();
        while (!wanted.test(packet)) {
            packet = next();
        }
        return packet;
    }

    /** Reads up to the next packet of a type, of a player. */
    Packet await(PacketType type, int id) throws IOException {
        return await(packet -> packet.type() == type && packet.id() == id);
    }

    void hears(Puppet speaker, String name, String line) throws IOException {
        Packet said = await(packet -> packet.type() == PacketType.SAID);
        assertThat(said.id()).isEqualTo(speaker.player);
        assertThat(said.name()).isEqualTo(name);
        assertThat(said.line()).isEqualTo(line);
    }

    /** Reads to the end, and returns whether it was a reset. */
    boolean isReset() throws IOException {
        try {
            while (true) {
                next();
            }
        } catch (EOFException e) {
            return false;
        } catch (SocketException e) {
            return e.getMessage().contains("reset");
        }
    }

    /** Reads to the end, and returns the number of ticks since the connection was opened. */
    long ticksToTheEnd() throws IOException {
        isReset();
        return ticks;
    }

    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
