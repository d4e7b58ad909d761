import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Prints the ten test classes that took longest in a build, from the reports of Surefire and Failsafe.
 *
 * <p>Usage: {@code java SlowestTests.java ROOT SINCE}. Reports older than SINCE (an ISO instant) are of another build.
 */
final class SlowestTests {
    private static final int SHOWN = 10;
    private static final Pattern SUITE = Pattern.compile("<testsuite\\s[^>]*>");

    private SlowestTests() {
    }

    /** A test class. */
    private record Suite(String module, String name, double seconds) {
    }

    public static void main(String[] args) throws IOException {
        Path root = Path.of(args[0]).toAbsolutePath().normalize();
        Instant since = Instant.parse(args[1]);
        List<Suite> slowest;
        try (Stream<Path> files = Files.find(root, 6, (file, attributes) ->
                file.toString().matches(".*/target/(surefire|failsafe)-reports/TEST-[^/]+\\.xml")
                        && attributes.lastModifiedTime().toInstant().isAfter(since))) {
            slowest = files.map(file -> suite(root, file))
                    .sorted(Comparator.comparingDouble(Suite::seconds).reversed())
                    .limit(SHOWN)
                    .toList();
        }
        if (!slowest.isEmpty()) {
            System.out.println("The slowest test classes, in seconds:");
            slowest.forEach(suite ->
                    System.out.printf(Locale.ROOT, "%7.1f  %s, %s%n", suite.seconds, suite.name, suite.module));
        }
    }

    private static Suite suite(Path root, Path file) {
        try {
            Matcher start = SUITE.matcher(Files.readString(file));
            if (!start.find()) {
                throw new IOException(file + " has no testsuite");
            }
            return new Suite(root.relativize(file).getParent().getParent().getParent().toString(),
                    attribute(start.group(), "name"), Double.parseDouble(attribute(start.group(), "time")));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String attribute(String element, String name) {
        Matcher matcher = Pattern.compile("\\s" + name + "=\"([^\"]*)\"").matcher(element);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no " + name + " in " + element);
        }
        return matcher.group(1);
    }
}
