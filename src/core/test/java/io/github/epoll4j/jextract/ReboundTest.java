package io.github.epoll4j.jextract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.Waiters;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Downcall;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The committed bindings: what {@code Rebind.java} made of jextract's text, against jextract's own descriptors. */
@Timeout(60)
class ReboundTest {
    private static final Path AUDIT = Path.of("../../jextract-config/audit.c");
    private static final Path INCLUDES = Path.of("../../jextract-config/includes");
    /** 1 name, 2 parameters, 3 handle, 4 arguments. */
    private static final Pattern METHOD = Pattern.compile(
            "public static (?:int|long) ([\\w$]+)\\((MemorySegment errno\\$[^)]*)\\) \\{\n        try \\{\n"
            + " *\\w+ result\\$ = \\(\\w+\\) ([\\w.$]+)\\.invokeExact\\((.*)\\);");
    private static final MemorySegment NONE = MemorySegment.NULL;

    private final CallState state = new CallState();

    @Test
    void shouldTakeWhatThePrototypeNames() throws IOException, ReflectiveOperationException {
        int functions = 0;
        for (Path file : Bindings.headers()) {
            Class<?> header = Bindings.type(file);
            for (Method descriptor : header.getDeclaredMethods()) {
                if (!descriptor.getName().endsWith("$descriptor")) {
                    continue;
                }
                String shape = descriptor.getName().replace("$descriptor", "");
                String name = shape.replaceFirst("\\$.*", "");
                FunctionDescriptor prototype = (FunctionDescriptor) descriptor.invoke(null);
                List<Method> methods = Arrays.stream(header.getDeclaredMethods())
                        .filter(method -> method.getName().equals(name) || method.getName().equals(name + "$held"))
                        .filter(method -> shape.equals(name) || signature(method).equals(carriers(prototype)))
                        .toList();
                assertThat(methods).as(shape).isNotEmpty();
                for (Method method : methods) {
                    assertThat(signature(method)).as(method.toString()).isEqualTo(carriers(prototype));
                }
                functions++;
            }
        }
        assertThat(functions).isGreaterThan(50);
    }

    /** The types of result and parameters, without those that rebinding added. */
    private static List<Class<?>> signature(Method method) {
        List<Class<?>> types = new ArrayList<>(List.of(method.getParameterTypes()));
        assertThat(types.removeFirst()).as("errno of " + method).isEqualTo(MemorySegment.class);
        boolean isTransfer = Arrays.stream(method.getDeclaringClass().getDeclaredMethods())
                .anyMatch(other -> other.getName().equals(method.getName().replace("$held", "") + "$held"));
        if (isTransfer) {
            assertThat(types.remove(2)).as("offset of " + method).isEqualTo(long.class);
        }
        types.addFirst(method.getReturnType());
        return types;
    }

    private static List<Class<?>> carriers(FunctionDescriptor prototype) {
        List<Class<?>> types = new ArrayList<>();
        types.add(carrier(prototype.returnLayout().orElseThrow()));
        prototype.argumentLayouts().forEach(layout -> types.add(carrier(layout)));
        return types;
    }

    private static Class<?> carrier(MemoryLayout layout) {
        return layout instanceof AddressLayout ? MemorySegment.class
                : layout instanceof ValueLayout.OfInt ? int.class : long.class;
    }

    @Test
    void shouldPassEachParameterInItsOrderAndPadWithZeros() throws IOException {
        int calls = 0;
        for (Path file : Bindings.headers()) {
            for (MatchResult method : METHOD.matcher(Files.readString(file)).results().toList()) {
                boolean isHeld = method.group(1).endsWith("$held");
                boolean isVariadic = !method.group(3).startsWith("Downcall.");
                List<String> parameters = List.of(method.group(2).split(", "));
                List<String> expected = new ArrayList<>(List.of(method.group(1).replace("$held", "") + ".ADDR"));
                for (String parameter : parameters) {
                    String name = parameter.split(" ")[1];
                    expected.add(isVariadic || name.equals("errno$") || parameter.startsWith("long ") ? name
                            : parameter.startsWith("int ") ? "(long) " + name : "Downcall.address(" + name + ")");
                }
                int offset = expected.indexOf("offset$");
                if (offset >= 0) { // one argument of three parameters
                    String name = parameters.get(2).split(" ")[1];
                    String count = parameters.get(4).split(" ")[1];
                    expected.remove(offset);
                    expected.set(offset - 1, isHeld ? name + ".asSlice(offset$, " + count + ")"
                            : "Downcall.address(" + name + ", offset$, " + count + ")");
                }
                while (!isVariadic && expected.size() < 8) {
                    expected.add("0L");
                }
                assertThat(method.group(4)).as(method.group(1)).isEqualTo(String.join(", ", expected));
                if (!isVariadic) {
                    assertThat(method.group(3)).isEqualTo(isHeld ? "Downcall.Held.HANDLE" : "Downcall.HANDLE");
                }
                calls++;
            }
        }
        assertThat(calls).isGreaterThan(50);
    }

    @Test
    void shouldHaveTheSizesAndOffsetsThatTheLayoutsHave() throws IOException, ReflectiveOperationException {
        int fields = 0;
        for (Class<?> group : Bindings.groups()) {
            GroupLayout layout = (GroupLayout) group.getMethod("layout").invoke(null);
            assertThat(group.getField("SIZEOF").getInt(null)).as(group.getName()).isEqualTo((int) layout.byteSize());
            List<String> names = layout.memberLayouts().stream().flatMap(member -> member.name().stream()).toList();
            for (String name : names) {
                assertThat((long) group.getField(name + "$OFFSET").getInt(null)).as(group.getName() + "." + name)
                        .isEqualTo(layout.byteOffset(PathElement.groupElement(name)));
                fields++;
            }
        }
        assertThat(fields).isGreaterThan(100);
    }

    @Test
    void shouldBeAssertedByTheAudit() throws IOException, ReflectiveOperationException {
        Set<String> lines = Files.readAllLines(AUDIT).stream().collect(Collectors.toSet());
        int constants = 0;
        for (Path file : Bindings.headers()) {
            for (Field constant : Bindings.type(file).getFields()) {
                if (constant.getDeclaringClass() == Bindings.type(file)) {
                    Number value = (Number) constant.get(null);
                    assertThat(lines).contains(value.longValue() < 0
                            ? "BITS(%s, 0x%x);".formatted(constant.getName(), value.intValue())
                            : "CONSTANT(%s, %d);".formatted(constant.getName(), value));
                    constants++;
                }
            }
            for (Method method : Bindings.type(file).getDeclaredMethods()) {
                String name = method.getName().replaceFirst("\\$.*", "");
                assertThat(lines).as(name).anyMatch(line -> line.startsWith("FUNCTION(" + name + ", "));
            }
        }
        assertThat(constants).isGreaterThan(350);
        for (Class<?> group : Bindings.groups()) {
            String type = "(?:(?:struct|union) )?" + group.getSimpleName();
            if (group.getDeclaringClass() == null) {
                assertThat(lines).anyMatch(line ->
                        line.matches("SIZE\\(" + type + ", " + size(group) + "\\);"));
                for (Field offset : group.getFields()) {
                    if (offset.getName().endsWith("$OFFSET")) {
                        String field = type + ", " + offset.getName().replace("$OFFSET", ", ") + offset.getInt(null);
                        assertThat(lines).anyMatch(line ->
                                line.matches("FIELD\\(" + field + ", \\d+\\);|FLEXIBLE\\(" + field + "\\);"));
                    }
                }
            }
        }
    }

    private static int size(Class<?> group) {
        try {
            return group.getField("SIZEOF").getInt(null);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldHoldNoHandleOfItsOwnWhenNotVariadic() throws IOException {
        for (Path file : Bindings.headers()) {
            for (Class<?> holder : Bindings.type(file).getDeclaredClasses()) {
                boolean hasHandle = Arrays.stream(holder.getFields()).map(Field::getName).anyMatch("HANDLE"::equals);
                assertThat(hasHandle).as(holder.getName()).isEqualTo(holder.getSimpleName().contains("$"));
            }
        }
    }

    @Test
    void shouldBeLiteralsWhenTheyAreConstants() throws IOException {
        for (Path file : Bindings.headers()) {
            for (Field constant : Bindings.type(file).getFields()) {
                if (constant.getDeclaringClass() == Bindings.type(file)) {
                    assertThat(Files.readString(file)).containsPattern("public static final (int|long) "
                            + constant.getName() + " = -?\\d+L?;");
                    assertThat(Modifier.isFinal(constant.getModifiers())).isTrue();
                }
            }
        }
    }

    @Test
    void shouldPassEachArgumentInItsPlaceWhenSixAreGiven() throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(100);
            MemorySegment format = arena.allocateFrom("%d %ld %d");
            MemorySegment snprintf = Linker.nativeLinker().defaultLookup().findOrThrow("snprintf");
            long length = (long) Downcall.HANDLE.invokeExact(snprintf, state.errno(), text.address(),
                    text.byteSize(), format.address(), -1L, Long.MIN_VALUE, (long) Integer.MAX_VALUE);

            assertThat((int) length).isEqualTo(text.getString(0).length());
            assertThat(text.getString(0)).isEqualTo("-1 " + Long.MIN_VALUE + " " + Integer.MAX_VALUE);
        }
    }

    @Test
    void shouldRefuseHeapMemoryAndClosedMemory() {
        MemorySegment heap = MemorySegment.ofArray(new long[2]);
        MemorySegment closed;
        try (Arena arena = Arena.ofConfined()) {
            closed = arena.allocate(16, Long.BYTES);
        }

        assertThatIllegalArgumentException().isThrownBy(() -> epoll_h.epoll_wait(state.errno(), -1, heap, 1, 0));
        assertThatIllegalStateException().isThrownBy(() -> epoll_h.epoll_wait(state.errno(), -1, closed, 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> unistd_h.read(state.errno(), -1, heap, 0, 8));
        assertThatIllegalStateException().isThrownBy(() -> unistd_h.read(state.errno(), -1, closed, 0, 8));
        assertThatIllegalArgumentException().isThrownBy(() -> unistd_h.read$held(state.errno(), -1, heap, 0, 8));
        assertThatIllegalStateException().isThrownBy(() -> unistd_h.read$held(state.errno(), -1, closed, 0, 8));
        assertThat(state.result(epoll_h.epoll_wait(state.errno(), -1, NONE, 1, 0))).isEqualTo(-Errno.EBADF);
    }

    @Test
    void shouldRefuseAPartThatIsNotInsideTheMemory() {
        MemorySegment memory = Arena.ofAuto().allocate(8);

        for (long[] part : new long[][] {{0, 9}, {1, 8}, {-1, 8}, {9, 0}, {0, -1}, {Long.MAX_VALUE, 1}}) {
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> unistd_h.read(state.errno(), -1, memory, part[0], part[1]));
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> unistd_h.read$held(state.errno(), -1, memory, part[0], part[1]));
        }
    }

    @Test
    void shouldHoldTheMemoryWhenItsArenaIsClosedDuringTheCall() throws Exception {
        try (Pipe pipe = Pipe.open(); Arena arena = Arena.ofShared()) {
            blocking(pipe.readFd());
            MemorySegment memory = arena.allocate(8);
            FutureTask<Long> reader = Waiters.start(() ->
                    unistd_h.read$held(new CallState().errno(), pipe.readFd(), memory, 0, 8));
            Waiters.awaitBlockedInRead(reader);

            assertThatIllegalStateException().isThrownBy(arena::close);

            pipe.write(ByteBuffer.allocateDirect(5));
            assertThat(reader.get()).isEqualTo(5);
        }
    }

    private void blocking(int fd) {
        assertThat(state.result(unistd_h.fcntl(state.errno(), fd, unistd_h.F_SETFL, 0))).isZero();
    }

    @Test
    void shouldBindNoSymbolThatMainCodeDoesNotUse() throws IOException {
        String main = text(Path.of("main/java"));
        Set<String> unused = new TreeSet<>();
        int symbols = 0;
        for (Path include : files(INCLUDES)) {
            String header = include.getFileName().toString().replace(".txt", "");
            for (String line : Files.readAllLines(include)) {
                String kind = line.split(" ")[0].replace("--include-", "");
                String symbol = line.split(" ")[1];
                symbols++;
                String use = switch (kind) {
                    case "function" -> "\\b" + symbol + "(\\$held)?\\(";
                    case "constant" -> "\\b" + symbol + "\\b";
                    default -> "\\b" + symbol + "\\.";
                };
                if (!Pattern.compile(use).matcher(main).find() && !isPartOfAnother(header, symbol)) {
                    unused.add(header + ".txt: " + symbol);
                }
            }
        }
        assertThat(symbols).isGreaterThan(400);
        assertThat(unused).isEmpty();
    }

    /** Whether another structure of the header has a field of this type, or is another name for it. */
    private static boolean isPartOfAnother(String header, String symbol) throws IOException {
        String folder = header.equals("epoll_event") ? "x86_64" : header;
        String text = text(Bindings.GENERATED.resolve("io/github/epoll4j/internal/gen").resolve(folder));
        return Pattern.compile("\\b" + symbol + "\\.layout\\(\\)|extends " + symbol + " |class " + symbol + " extends ")
                .matcher(text).find();
    }

    private static String text(Path folder) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : files(folder)) {
            text.append(Files.readString(file));
        }
        return text.toString();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
