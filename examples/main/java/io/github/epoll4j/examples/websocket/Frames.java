package io.github.epoll4j.examples.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Netty's codec without its channels: both directions need no more of a channel than an allocator, so that all share
 * one. Buffers are on the heap, and need no release.
 */
final class Frames {
    static {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE); // not SLF4J, which may lack a backend
    }

    private static final ChannelHandlerContext CONTEXT = context();
    private static final Encoder ENCODER = new Encoder();

    private Frames() {
    }

    private static ChannelHandlerContext context() {
        EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
        channel.config().setAllocator(new UnpooledByteBufAllocator(false, true));
        return channel.pipeline().firstContext();
    }

    /** Returns what the decoders of a server share. */
    static WebSocketDecoderConfig decoderConfig(int maxFrameBytes) {
        return WebSocketDecoderConfig.newBuilder().expectMaskedFrames(true).allowExtensions(false)
                .maxFramePayloadLength(maxFrameBytes).closeOnProtocolViolation(false).build();
    }

    static ByteBuffer text(String text) {
        return ENCODER.encode(new TextWebSocketFrame(text));
    }

    static ByteBuffer binary(ByteBuffer bytes) {
        ByteBuffer frame = ENCODER.encode(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)));
        bytes.position(bytes.limit());
        return frame;
    }

    static ByteBuffer ping() {
        return ENCODER.encode(new PingWebSocketFrame());
    }

    static ByteBuffer pong(ByteBuf content) {
        return ENCODER.encode(new PongWebSocketFrame(content));
    }

    static ByteBuffer close(int code, String reason) {
        return ENCODER.encode(new CloseWebSocketFrame(code, reason));
    }

    /** Returns the answer to a close frame, which has the same code. */
    static ByteBuffer close(CloseWebSocketFrame received) {
        return ENCODER.encode(received.statusCode() < 0 ? new CloseWebSocketFrame()
                : new CloseWebSocketFrame(received.statusCode(), ""));
    }

    /** Encodes the frames of a server. It has no state, as these are not masked. */
    private static final class Encoder extends WebSocket13FrameEncoder {
        Encoder() {
            super(false);
        }

        ByteBuffer encode(WebSocketFrame frame) {
            List<Object> parts = new ArrayList<>(2);
            encode(CONTEXT, frame, parts);
            int size = parts.stream().mapToInt(part -> ((ByteBuf) part).readableBytes()).sum();
            ByteBuffer encoded = ByteBuffer.allocate(size);
            for (Object part : parts) {
                ByteBuf bytes = (ByteBuf) part;
                encoded.put(bytes.nioBuffer());
            }
            return encoded.flip();
        }

        @Override
        @SuppressWarnings("checkstyle:IllegalCatch")
        protected void encode(ChannelHandlerContext context, WebSocketFrame frame, List<Object> out) {
            try {
                super.encode(context, frame, out);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError("in memory", e);
            }
        }
    }

    /** Cuts the frames of one client out of its bytes, and checks them. */
    static final class Decoder extends WebSocket13FrameDecoder {
        private final List<Object> decoded = new ArrayList<>(1);
        private boolean isInside;

        Decoder(WebSocketDecoderConfig config) {
            super(config);
        }

        /** Returns the next frame, or null until more bytes have come; the head of a frame is taken at once. */
        @SuppressWarnings("checkstyle:IllegalCatch")
        WebSocketFrame next(ByteBuf in) throws WebSocketException {
            int before = in.readableBytes();
            try {
                decode(CONTEXT, in, decoded);
            } catch (CorruptedWebSocketFrameException e) {
                throw new WebSocketException(e.closeStatus().code(), e.getMessage());
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError("declared, and not thrown", e);
            }
            isInside = decoded.isEmpty() && (isInside || in.readableBytes() < before);
            return decoded.isEmpty() ? null : (WebSocketFrame) decoded.removeLast();
        }

        /** Returns whether a frame has begun. */
        boolean isInside() {
            return isInside;
        }
    }
}
