package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.fd.FileFd;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ForwardingConnectionTest {
    /** A layer that changes nothing. */
    private static final class Layer extends ForwardingConnection {
        Layer(Connection target) {
            super(target);
        }

        @Override
        public ConnectionHandler handler() {
            throw new AssertionError("not called");
        }

        @Override
        public void handler(ConnectionHandler next) {
            throw new AssertionError("not called");
        }
    }

    private static Stream<Method> methods() {
        return Stream.of(Connection.class.getDeclaredMethods()).filter(method -> !method.isSynthetic());
    }

    private static boolean movesBytes(Method method) {
        return Stream.of(method.getParameterTypes()).anyMatch(
                type -> type == ByteBuffer.class || type == ByteBuffer[].class || type == FileFd.class);
    }

    private static boolean isOverridden(Method method) {
        try {
            Method found = ForwardingConnection.class.getDeclaredMethod(method.getName(), method.getParameterTypes());
            return !Modifier.isAbstract(found.getModifiers());
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    @Test
    @DisplayName("no default is forwarded: those that move bytes end in the layer's own primitive")
    void shouldNotOverrideWhenAMethodHasADefault() {
        List<Method> defaults = methods().filter(Method::isDefault).toList();
        assertThat(defaults.stream().filter(ForwardingConnectionTest::movesBytes)).extracting(Method::getName)
                .contains("write", "writeAsync", "sendFile");
        assertThat(defaults).noneMatch(ForwardingConnectionTest::isOverridden);
    }

    @Test
    @DisplayName("all abstract methods are forwarded, but for the handler, which a layer wraps")
    void shouldOverrideWhenAMethodIsAbstract() {
        List<Method> forwarded = methods().filter(method -> !method.isDefault())
                .filter(method -> !method.getName().equals("handler")).toList();
        assertThat(forwarded).isNotEmpty().allMatch(ForwardingConnectionTest::isOverridden);
        assertThat(methods().filter(method -> method.getName().equals("handler"))).hasSize(2)
                .noneMatch(ForwardingConnectionTest::isOverridden);
    }

    @Test
    @DisplayName("an overridden method calls the same one of the other connection and returns its result")
    void shouldCallTheTargetWhenAMethodIsOverridden() throws Exception {
        for (Method method : methods().filter(ForwardingConnectionTest::isOverridden).toList()) {
            List<Object> calls = new ArrayList<>();
            Object[] result = new Object[1];
            Connection target = (Connection) Proxy.newProxyInstance(Connection.class.getClassLoader(),
                    new Class<?>[] {Connection.class}, (proxy, called, arguments) -> {
                        calls.add(called);
                        calls.addAll(arguments == null ? List.of() : Arrays.asList(arguments));
                        result[0] = value(called.getReturnType());
                        return result[0];
                    });
            Object[] arguments = Stream.of(method.getParameterTypes()).map(ForwardingConnectionTest::value).toArray();
            Object returned = invoke(method, new Layer(target), arguments);
            List<Object> expected = new ArrayList<>(List.of(method));
            expected.addAll(Arrays.asList(arguments));
            assertThat(calls).as(method.toString()).isEqualTo(expected);
            assertThat(returned).as(method.toString()).isEqualTo(result[0]);
        }
    }

    private static Object invoke(Method method, Connection connection, Object... arguments) throws Exception {
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw new AssertionError(method.toString(), e);
        }
    }

    /** Returns a value of a type that differs from the one that a forgotten call would return, if there is one. */
    private static Object value(Class<?> type) {
        if (type == boolean.class) {
            return true;
        }
        if (type == long.class) {
            return 42L;
        }
        if (type == ByteBuffer.class) {
            return ByteBuffer.allocate(3);
        }
        if (type == WriteCompletion.class) {
            return WriteCompletion.NONE;
        }
        if (type == ConnectionConfig.class) {
            return ConnectionConfig.DEFAULT.withBudget(42);
        }
        return null;
    }

    @Test
    @DisplayName("a completion gets the layer, and its failure")
    void shouldGetTheLayerWhenAWriteIsComplete() {
        IllegalStateException failure = new IllegalStateException("failure");
        Connection target = (Connection) Proxy.newProxyInstance(Connection.class.getClassLoader(),
                new Class<?>[] {Connection.class}, (proxy, called, arguments) -> {
                    ((WriteCompletion) arguments[1]).completed((Connection) proxy, failure);
                    return null;
                });
        List<Object> got = new ArrayList<>();
        Layer layer = new Layer(target);
        layer.write(ByteBuffer.allocate(1), (connection, cause) -> {
            got.add(connection);
            got.add(cause);
        });
        assertThat(got).containsExactly(layer, failure);
    }
}
