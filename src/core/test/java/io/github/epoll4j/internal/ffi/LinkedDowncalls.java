package io.github.epoll4j.internal.ffi;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A program that links whatever this library can link, and prints what the JVM was asked for, as native-image's
 * metadata. It is run in a JVM of its own, so that nothing else is linked there; the JVM's linker is asked through
 * {@code --add-opens java.base/jdk.internal.foreign.abi}, because its cache is the one complete record: production code
 * keeps none, and a method handle does not tell its options.
 */
final class LinkedDowncalls {
    private LinkedDowncalls() {
    }

    /** Takes the folder of the library's classes. */
    public static void main(String[] args) throws IOException, ReflectiveOperationException {
        Path classes = Path.of(args[0]);
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(LinkedDowncalls::isOwnClass).toList()) {
                initialize(classes.relativize(file).toString());
            }
        }
        System.out.print(metadata());
    }

    private static boolean isOwnClass(Path file) {
        return file.toString().endsWith(".class") && !file.endsWith("module-info.class");
    }

    /** Initialises a class, which links what it holds handles of. */
    private static void initialize(String file) throws ClassNotFoundException {
        Class.forName(file.replace(".class", "").replace('/', '.'));
    }

    private static String metadata() throws ReflectiveOperationException {
        String entries = linked().stream().collect(Collectors.joining(",\n      "));
        return """
                {
                  "comment": "The handles through which epoll4j calls C. Written by jextract-config/generate.sh.",
                  "foreign": {
                    "downcalls": [
                      %s
                    ]
                  }
                }
                """.formatted(entries);
    }

    private static TreeSet<String> linked() throws ReflectiveOperationException {
        Object cache = field(field(Linker.nativeLinker(), "DOWNCALL_CACHE"), "cache");
        TreeSet<String> entries = new TreeSet<>();
        for (Object request : ((Map<?, ?>) cache).keySet()) {
            entries.add(entry((FunctionDescriptor) call(request, "descriptor"), call(request, "options")));
        }
        return entries;
    }

    private static String entry(FunctionDescriptor descriptor, Object options) throws ReflectiveOperationException {
        String parameters = descriptor.argumentLayouts().stream()
                .map(layout -> '"' + typeName(layout) + '"')
                .collect(Collectors.joining(", "));
        List<String> chosen = options(options);
        return "{\"returnType\": \"%s\", \"parameterTypes\": [%s]%s}".formatted(
                descriptor.returnLayout().map(LinkedDowncalls::typeName).orElse("void"), parameters,
                chosen.isEmpty() ? "" : ", \"options\": {" + String.join(", ", chosen) + "}");
    }

    private static List<String> options(Object options) throws ReflectiveOperationException {
        List<String> chosen = new ArrayList<>();
        if ((boolean) call(options, "hasCapturedCallState")) {
            chosen.add("\"captureCallState\": true");
        }
        if ((boolean) call(options, "isCritical")) {
            chosen.add("\"critical\": {\"allowHeapAccess\": " + call(options, "allowsHeapAccess") + "}");
        }
        if ((boolean) call(options, "isVariadicFunction")) {
            chosen.add("\"firstVariadicArg\": " + call(options, "firstVariadicArgIndex"));
        }
        return chosen;
    }

    /** Gives the name of a canonical layout; structures by value are not passed by anything here. */
    private static String typeName(MemoryLayout layout) {
        return switch (layout) {
            case AddressLayout _ -> "void*";
            case ValueLayout.OfInt _ -> "int";
            case ValueLayout.OfLong _ -> "long";
            default -> throw new IllegalArgumentException("no name for " + layout);
        };
    }

    private static Object field(Object of, String name) throws ReflectiveOperationException {
        for (Class<?> type = of.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field.get(of);
                }
            }
        }
        throw new NoSuchFieldException(of.getClass() + "." + name);
    }

    private static Object call(Object on, String name) throws ReflectiveOperationException {
        Method method = on.getClass().getDeclaredMethod(name);
        method.setAccessible(true);
        return method.invoke(on);
    }
}
