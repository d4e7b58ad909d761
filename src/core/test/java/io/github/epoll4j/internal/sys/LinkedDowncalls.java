package io.github.epoll4j.internal.sys;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.InvokeInstruction;
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
    /** The exit status if this C library lacks a function. */
    static final int SYMBOL_MISSING = 3;
    private static final String BINDINGS = "io/github/epoll4j/internal/gen/";

    private LinkedDowncalls() {
    }

    /** Takes the folder of the library's classes. */
    public static void main(String[] args) throws IOException, ReflectiveOperationException {
        Path classes = Path.of(args[0]);
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(LinkedDowncalls::isOwnClass).toList()) {
                initialize(ClassFile.of().parse(file));
            }
        }
        System.out.print(metadata());
    }

    private static boolean isOwnClass(Path file) {
        return file.toString().endsWith(".class") && !file.endsWith("module-info.class")
                && !file.toString().contains(BINDINGS);
    }

    /** Initialises a class, which links what it holds handles of, and jextract's holders of what it mentions. */
    private static void initialize(ClassModel model) throws ClassNotFoundException {
        Class.forName(model.thisClass().asInternalName().replace('/', '.'));
        for (MethodModel method : model.methods()) {
            refuseInvokersOf(method);
        }
        for (PoolEntry entry : model.constantPool()) {
            if (entry instanceof MethodRefEntry method && method.owner().asInternalName().startsWith(BINDINGS)) {
                String function = method.name().stringValue().replaceFirst("\\$(descriptor|handle|address)$", "");
                initializeHolder(method.owner().asInternalName().replace('/', '.') + "$" + function);
            }
        }
    }

    /** A variadic function is linked when an invoker is made, which only a class initialiser can be made to do here. */
    private static void refuseInvokersOf(MethodModel method) {
        boolean makes = !method.methodName().equalsString("<clinit>") && method.code().stream()
                .flatMap(CodeModel::elementStream)
                .anyMatch(element -> element instanceof InvokeInstruction call
                        && call.name().equalsString("makeInvoker"));
        if (makes) {
            throw new IllegalStateException(method + " makes an invoker; do so in a class's initialiser");
        }
    }

    private static void initializeHolder(String name) {
        try {
            Class.forName(name);
        } catch (ClassNotFoundException e) {
            return; // a constant or a field, which links nothing
        } catch (ExceptionInInitializerError e) {
            System.out.println(name + ": " + e.getCause().getMessage());
            System.exit(SYMBOL_MISSING);
        }
    }

    private static String metadata() throws ReflectiveOperationException {
        String entries = linked().stream().collect(Collectors.joining(",\n      "));
        return """
                {
                  "comment": "What epoll4j links. Written by NativeImageMetadataTest, and compared by it.",
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
