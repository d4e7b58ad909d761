package io.github.epoll4j.contract;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text of docs/behaviours.md, made of the statements, of the tests that show them, and of the readiness table. */
final class BehavioursPage {
    private static final Pattern SEEN_ON = Pattern.compile("(?m)^Seen on: (.+)$");
    private static final String TABLE_HEAD = """

            | id | statement | verdict | what is so today | seen on | shown by |
            |---|---|---|---|---|---|
            """;

    private final List<Statement> statements;
    private final List<TestSource> sources;
    private final String seenOn;

    BehavioursPage(List<Statement> statements, List<TestSource> sources, String seenOn) {
        this.statements = statements;
        this.sources = sources;
        this.seenOn = seenOn;
    }

    /** Reads from a page where its statements were seen to be so. */
    static String seenOn(String page) {
        Matcher matcher = SEEN_ON.matcher(page);
        if (!matcher.find()) {
            throw new AssertionError("the page does not tell where it was seen");
        }
        return matcher.group(1);
    }

    String text() {
        StringBuilder text = new StringBuilder("""
                # What select, poll and epoll do

                Written by StatementsTest from `statements.txt` and from the display names of the tests. Do not edit it:
                run `mvn -pl src/core test -Dtest=StatementsTest -Depoll4j.write=true`. To see the statements shown on
                your own kernel, run `mvn -pl src/core test`.

                C: two textbook texts, statement by statement. J: what they leave out. K: facts of the kernel and its
                manual pages. The others are cases of the Linux Test Project, in short. "Wrong" and "dated" statements
                are tested for what is so instead. What `bench/run` shows is a matter of speed: its
                [reports](../bench/results) have the numbers.

                """);
        text.append("Seen on: ").append(seenOn).append("\n\n").append(figures());
        textbooks(text);
        String section = "";
        for (Statement statement : statements) {
            if (!statement.section().equals(section)) {
                section = statement.section();
                text.append("\n## ").append(section).append('\n').append(TABLE_HEAD);
            }
            row(text, statement);
        }
        text.append("\n## readiness, descriptor by descriptor\n\n```text\n")
                .append(Statement.resource("readiness.txt"))
                .append("```\n");
        return text.toString();
    }

    private String figures() {
        long not = statements.stream().filter(Statement::isNotShown).count();
        long tested = statements.stream().filter(statement -> !statement.tests(sources).isEmpty()).count();
        long measured = statements.size() - tested - not;
        return statements.size() + " statements: " + tested + " shown by tests, " + measured
                + " by benchmarks, " + not + " cannot be shown.\n";
    }

    /** What is told otherwise. */
    private void textbooks(StringBuilder text) {
        text.append("\n## what is told, and is not so\n");
        text.append("\n| id | told | so |\n|---|---|---|\n");
        for (Statement statement : statements) {
            if (statement.verdict() == Statement.Verdict.WRONG || statement.verdict() == Statement.Verdict.DATED) {
                text.append("| ").append(statement.id()).append(" | ").append(statement.statement()).append(" | ")
                        .append(statement.today()).append(" |\n");
            }
        }
    }

    private void row(StringBuilder text, Statement statement) {
        boolean seen = !statement.tests(sources).isEmpty();
        text.append("| ").append(statement.id())
                .append(" | ").append(statement.statement())
                .append(" | ").append(statement.verdict().words)
                .append(" | ").append(statement.today())
                .append(" | ").append(seen ? seenOn : "")
                .append(" | ").append(statement.links(sources))
                .append(" |\n");
    }
}
