package io.github.epoll4j.jextract;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.UnionLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One package of the committed bindings, as reflection finds it: what jextract printed for one C header. Whatever is
 * neither constant nor function nor structure is refused, so that nothing is overlooked.
 *
 * @param name      the header's, without its suffix, or the architecture's
 * @param constants in the order of the source
 * @param functions in the order of the source
 * @param groups    structures, unions and names for them, in alphabetical order
 */
public record Bindings(String name, List<Constant> constants, List<Function> functions, List<Group> groups) {
    private static final Path GENERATED = Path.of("main/generated");
    private static final Path PACKAGES = GENERATED.resolve("io/github/epoll4j/internal/gen");

    /** A constant of C: a macro or an enumerator. */
    public record Constant(String name, Number value) {
    }

    /**
     * A function of C.
     *
     * @param prototype  as jextract wrote it beside the method, from "extern" on
     * @param descriptor what the linker is given; of a variadic function, without what is variadic
     */
    public record Function(String name, String prototype, FunctionDescriptor descriptor) {
    }

    /**
     * A structure or union.
     *
     * @param type how C names it
     */
    public record Group(String type, long size, List<Field> fields) {
    }

    /**
     * A field.
     *
     * @param name with the names of the unnamed structures around it, as in {@code a.b}
     */
    public record Field(String name, long offset, long size) {
    }

    /** Reads all packages, in alphabetical order. */
    public static List<Bindings> all() throws IOException, ReflectiveOperationException {
        List<Bindings> all = new ArrayList<>();
        for (Path folder : sorted(PACKAGES)) {
            all.add(read(folder));
        }
        return all;
    }

    private static Bindings read(Path folder) throws IOException, ReflectiveOperationException {
        List<Constant> constants = new ArrayList<>();
        List<Function> functions = new ArrayList<>();
        List<Group> groups = new ArrayList<>();
        for (Path file : sorted(folder)) {
            String name = GENERATED.relativize(file).toString().replace(".java", "").replace('/', '.');
            if (name.endsWith("_h")) {
                readHeader(Class.forName(name), Files.readString(file), constants, functions);
            } else if (!name.endsWith("_h$shared")) { // which holds the names of C's types alone
                groups.add(group(Class.forName(name)));
            }
        }
        return new Bindings(folder.getFileName().toString(), constants, functions, groups);
    }

    private static List<Path> sorted(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }

    private static void readHeader(Class<?> header, String source, List<Constant> constants,
            List<Function> functions) throws ReflectiveOperationException {
        Set<String> holders = Arrays.stream(header.getDeclaredClasses())
                .map(Class::getSimpleName)
                .collect(Collectors.toSet());
        for (String holder : inOrderOf(source, holders.stream(), " class %s {")) {
            functions.add(new Function(holder, prototype(source, holder), descriptor(header, holder)));
        }
        Stream<String> others = Arrays.stream(header.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(Method::getName)
                .filter(name -> !holders.contains(name.replaceFirst("\\$(descriptor|handle|address)$", "")));
        for (String name : inOrderOf(source, others, " %s()")) {
            Object value = header.getMethod(name).invoke(null);
            if (!(value instanceof Integer || value instanceof Long)) {
                throw new IllegalStateException(header + "." + name + " is " + value + ", which the audit cannot tell");
            }
            constants.add(new Constant(name, (Number) value));
        }
    }

    private static List<String> inOrderOf(String source, Stream<String> names, String form) {
        return names.sorted(Comparator.comparing(name -> source.indexOf(form.formatted(name)))).toList();
    }

    private static String prototype(String source, String function) {
        Matcher line = Pattern.compile("\\* (extern .*\\b" + function + "\\(.*\\))").matcher(source);
        if (!line.find()) {
            throw new IllegalStateException("no prototype of " + function);
        }
        return line.group(1);
    }

    private static FunctionDescriptor descriptor(Class<?> header, String function)
            throws ReflectiveOperationException {
        Optional<Class<?>> variadic = Arrays.stream(header.getClasses())
                .filter(nested -> nested.getSimpleName().equals(function))
                .findFirst();
        if (variadic.isEmpty()) {
            return (FunctionDescriptor) header.getMethod(function + "$descriptor").invoke(null);
        }
        Object invoker = variadic.get().getMethod("makeInvoker", MemoryLayout[].class)
                .invoke(null, (Object) new MemoryLayout[0]);
        return (FunctionDescriptor) variadic.get().getMethod("descriptor").invoke(invoker);
    }

    private static Group group(Class<?> binding) throws ReflectiveOperationException {
        GroupLayout layout = (GroupLayout) binding.getMethod("layout").invoke(null);
        String name = binding.getSimpleName();
        boolean isTag = layout.name().equals(Optional.of(name)); // else a typedef
        String type = isTag ? (layout instanceof UnionLayout ? "union " : "struct ") + name : name;
        List<Field> fields = new ArrayList<>();
        addFields(binding, layout, "", 0, fields);
        return new Group(type, (long) binding.getMethod("sizeof").invoke(null), fields);
    }

    private static void addFields(Class<?> binding, GroupLayout layout, String prefix, long start,
            List<Field> fields) throws ReflectiveOperationException {
        List<String> names = layout.memberLayouts().stream().flatMap(member -> member.name().stream()).toList();
        Set<String> methods = Arrays.stream(binding.getMethods())
                .map(Method::getName)
                .filter(name -> name.endsWith("$offset"))
                .map(name -> name.replace("$offset", ""))
                .collect(Collectors.toSet());
        if (!methods.equals(Set.copyOf(names))) {
            throw new IllegalStateException(binding + " has the fields " + names + " but the methods " + methods);
        }
        for (String name : names) {
            long offset = start + (long) binding.getMethod(name + "$offset").invoke(null);
            MemoryLayout field = (MemoryLayout) binding.getMethod(name + "$layout").invoke(null);
            fields.add(new Field(prefix + name, offset, field.byteSize()));
        }
        for (Class<?> unnamed : binding.getDeclaredClasses()) { // bears the name of its field
            String name = unnamed.getSimpleName();
            long offset = start + (long) binding.getMethod(name + "$offset").invoke(null);
            GroupLayout inner = (GroupLayout) unnamed.getMethod("layout").invoke(null);
            addFields(unnamed, inner, prefix + name + ".", offset, fields);
        }
    }

    /** Tells what a reading failed for, if it is a function that this host's C library lacks. */
    static Optional<String> missingSymbol(InvocationTargetException failure) {
        return failure.getCause() instanceof ExceptionInInitializerError error
                ? Optional.ofNullable(error.getCause()).map(Throwable::getMessage)
                : Optional.empty();
    }
}
