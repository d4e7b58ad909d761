package io.github.epoll4j.jextract;

import io.github.epoll4j.jextract.Bindings.Constant;
import io.github.epoll4j.jextract.Bindings.Field;
import io.github.epoll4j.jextract.Bindings.Function;
import io.github.epoll4j.jextract.Bindings.Group;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.MemoryLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Writes {@code audit.c}: one assertion for whatever the bindings hold. */
final class AuditSource {
    private static final Set<String> ARCHITECTURES = Set.of("x86_64", "aarch64");

    /** The assertions that hold for glibc alone, with what musl has in its place. */
    private static final Map<String, Musl> DIFFERENCES = Map.ofEntries(
            lacks("FUNCTION(epoll_pwait2,"
                            + " int(int, struct epoll_event *, int, const struct timespec *, const sigset_t *));",
                    "lacks it; the millisecond call stands in"),
            differs("FUNCTION(ioctl, int(int, unsigned long, ...));",
                    "takes an int, the low half of what is passed; the kernel reads no more",
                    "FUNCTION(ioctl, int(int, int, ...));"),
            differs("CONSTANT(SOMAXCONN, 4096);", "has the value of older kernels, which each kernel takes",
                    "CONSTANT(SOMAXCONN, 128);"),
            differs("FIELD(struct msghdr, msg_iovlen, 24, 8);", "an int and padding, which it ignores",
                    "FIELD(struct msghdr, msg_iovlen, 24, 4);"),
            differs("FIELD(struct msghdr, msg_controllen, 40, 8);", "a socklen_t and padding, which it ignores",
                    "FIELD(struct msghdr, msg_controllen, 40, 4);"),
            differs("SIZE(__sigset_t, 128);", "a tag", "SIZE(struct __sigset_t, 128);"),
            differs("FIELD(__sigset_t, __val, 0, 128);", "another name",
                    "FIELD(struct __sigset_t, __bits, 0, 128);"),
            differs("FIELD(sigset_t, __val, 0, 128);", "another name", "FIELD(sigset_t, __bits, 0, 128);"),
            differs("FIELD(struct in6_addr, __in6_u, 0, 16);", "another name",
                    "FIELD(struct in6_addr, __in6_union, 0, 16);"),
            differs("FIELD(struct in6_addr, __in6_u.__u6_addr8, 0, 16);", "another name",
                    "FIELD(struct in6_addr, __in6_union.__s6_addr, 0, 16);"),
            differs("FIELD(struct in6_addr, __in6_u.__u6_addr16, 0, 16);", "another name",
                    "FIELD(struct in6_addr, __in6_union.__s6_addr16, 0, 16);"),
            differs("FIELD(struct in6_addr, __in6_u.__u6_addr32, 0, 16);", "another name",
                    "FIELD(struct in6_addr, __in6_union.__s6_addr32, 0, 16);"));

    private final StringBuilder text = new StringBuilder();
    /** What C's integer types take, by the descriptors of all functions so far. */
    private final Map<String, Long> sizes = new TreeMap<>();
    private final Set<String> unused = new HashSet<>(DIFFERENCES.keySet());

    private AuditSource() {
    }

    /** What stands for an assertion where there is no glibc: nothing, if the line is empty. */
    private record Musl(String reason, String line) {
    }

    private static Map.Entry<String, Musl> differs(String assertion, String reason, String line) {
        return Map.entry(assertion, new Musl(reason, line));
    }

    private static Map.Entry<String, Musl> lacks(String assertion, String reason) {
        return differs(assertion, reason, "");
    }

    static String of(List<Bindings> packages) {
        AuditSource source = new AuditSource();
        source.text.append(head(packages));
        packages.forEach(source::write);
        source.writeTypes();
        if (!source.unused.isEmpty()) {
            throw new IllegalStateException("differences from musl that nothing asks for: " + source.unused);
        }
        return source.text.toString();
    }

    private static String head(List<Bindings> packages) {
        StringBuilder includes = new StringBuilder();
        packages.stream()
                .filter(bindings -> !ARCHITECTURES.contains(bindings.name()))
                .forEach(bindings -> includes.append("#include \"headers/").append(bindings.name()).append(".h\"\n"));
        return """
                /*
                 * What the bindings under src/core/main/generated hold, asserted against this compiler's headers:
                 * the value of every constant, size and fields of every structure, the prototype of every function,
                 * and the size of every integer type in a prototype.
                 *
                 *     gcc -std=gnu11 -Wall -Wextra -Werror -fsyntax-only audit.c
                 *
                 * Written by AuditTest, which fails if it is not up to date; not to be edited. -DOFF_BY=1 falsifies
                 * every line, to show that each of them can fail.
                 */
                #define _GNU_SOURCE
                #include <stddef.h>
                #include <sys/types.h>

                """ + includes + """
                #include "headers/epoll_event.h"

                #ifndef OFF_BY
                #define OFF_BY 0
                #endif

                #define CONSTANT(name, value) _Static_assert((name) == (value) + OFF_BY, #name)
                #define BITS(name, value) _Static_assert((unsigned) (name) == (value) + OFF_BY, #name)
                #define SIZE(type, size) _Static_assert(sizeof(type) == (size) + OFF_BY, "size of " #type)
                #define FIELD(type, field, offset, size) \\
                    _Static_assert(offsetof(type, field) == (offset) + OFF_BY, "offset of " #type "." #field); \\
                    _Static_assert(sizeof(((type *) 0)->field) == (size) + OFF_BY, "size of " #type "." #field)
                #define FLEXIBLE(type, field, offset) \\
                    _Static_assert(offsetof(type, field) == (offset) + OFF_BY, "offset of " #type "." #field)
                #define INTEGER(type, size) \\
                    _Static_assert(sizeof(type) == (size) + OFF_BY && (type) 0.5 == 0, "integer " #type)
                #define FUNCTION(name, ...) \\
                    _Static_assert(__builtin_types_compatible_p(__typeof__(name), __VA_ARGS__) != OFF_BY, \\
                                   "prototype of " #name)
                """;
    }

    private void write(Bindings bindings) {
        boolean ofOne = ARCHITECTURES.contains(bindings.name());
        text.append("\n/* ").append(ofOne ? "epoll_event" : bindings.name()).append(".h");
        text.append(ofOne ? " on " + bindings.name() + " */\n#ifdef __" + bindings.name() + "__\n" : " */\n");
        bindings.constants().forEach(this::write);
        bindings.groups().forEach(this::write);
        bindings.functions().forEach(this::write);
        text.append(ofOne ? "#endif\n" : "");
    }

    private void write(Constant constant) {
        line(switch (constant.value()) {
            case Integer i when i < 0 -> "BITS(%s, 0x%x);".formatted(constant.name(), i); // C's may be unsigned
            case Number number -> "CONSTANT(%s, %d);".formatted(constant.name(), number);
        });
    }

    private void write(Group group) {
        line("SIZE(%s, %d);".formatted(group.type(), group.size()));
        for (Field field : group.fields()) {
            line(field.size() == 0
                    ? "FLEXIBLE(%s, %s, %d);".formatted(group.type(), field.name(), field.offset())
                    : "FIELD(%s, %s, %d, %d);".formatted(group.type(), field.name(), field.offset(), field.size()));
        }
    }

    /** Takes C's types from the prototype, and compares them with the layouts of the descriptor. */
    private void write(Function function) {
        String prototype = function.prototype();
        int open = prototype.indexOf('(');
        String result = portable(prototype.substring("extern ".length(), open).replace(function.name(), ""));
        List<String> parameters = new ArrayList<>();
        Arrays.stream(prototype.substring(open + 1, prototype.lastIndexOf(')')).split(", "))
                .filter(parameter -> !parameter.isEmpty())
                .forEach(parameter -> parameters.add(parameterType(parameter)));
        line("FUNCTION(%s, %s(%s));".formatted(function.name(), result,
                parameters.isEmpty() ? "void" : String.join(", ", parameters)));

        parameters.remove("...");
        List<MemoryLayout> layouts = function.descriptor().argumentLayouts();
        if (layouts.size() != parameters.size()) {
            throw new IllegalStateException(function + " takes " + parameters.size() + " parameters");
        }
        pass(function, result, function.descriptor().returnLayout().orElseThrow());
        for (int i = 0; i < layouts.size(); i++) {
            pass(function, parameters.get(i), layouts.get(i));
        }
    }

    /** Turns a declaration such as {@code const char *restrict __name} into its type. */
    private static String parameterType(String declaration) {
        if (declaration.equals("...")) {
            return declaration;
        }
        String withoutName = declaration.replace("restrict ", "").replaceFirst("\\w+(\\[\\d+])?$", "");
        return portable(declaration.endsWith("]") ? withoutName + "*" : withoutName);
    }

    /** Gives glibc's own names for types as all C libraries spell them. */
    private static String portable(String type) {
        return type.strip().replaceAll("\\b__(\\w+_t)\\b", "$1");
    }

    private void pass(Function function, String type, MemoryLayout layout) {
        if (type.endsWith("*") != layout instanceof AddressLayout) {
            throw new IllegalStateException(function + " passes " + type + " as " + layout);
        }
        if (!type.endsWith("*")) {
            Long before = sizes.put(type, layout.byteSize());
            if (before != null && before != layout.byteSize()) {
                throw new IllegalStateException(function + " passes " + type + " otherwise than others");
            }
        }
    }

    private void writeTypes() {
        text.append("\n/* integers in prototypes, and what the descriptors pass them as */\n");
        sizes.forEach((type, size) -> line("INTEGER(%s, %d);".formatted(type, size)));
    }

    private void line(String assertion) {
        Musl musl = DIFFERENCES.get(assertion);
        if (musl == null) {
            text.append(assertion).append('\n');
            return;
        }
        unused.remove(assertion);
        text.append("#ifdef __GLIBC__\n").append(assertion);
        text.append("\n#else /* musl: ").append(musl.reason()).append(" */\n");
        text.append(musl.line()).append(musl.line().isEmpty() ? "" : "\n").append("#endif\n");
    }
}
