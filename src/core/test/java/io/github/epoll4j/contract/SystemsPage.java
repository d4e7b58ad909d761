package io.github.epoll4j.contract;

import java.util.List;
import java.util.Locale;

/** The text of docs/systems.md, made of the systems, of the statements about them, and of the tests that show them. */
final class SystemsPage {
    private final List<Statement> statements;
    private final List<TestSource> sources;

    SystemsPage(List<Statement> statements, List<TestSource> sources) {
        this.statements = statements;
        this.sources = sources;
    }

    String text() {
        StringBuilder text = new StringBuilder("""
                # Systems with select, poll and epoll, and their place here

                Written by StatementsTest from `systems.txt` and from the display names of the tests. Do not edit it:
                run `mvn -pl src/core test -Dtest=StatementsTest -Depoll4j.write=true`.

                Two textbook texts name these systems. None of their code is used; each is built here on its own, and
                the statements include what its original is known to do wrong. A test whose display name has the id
                shows the statement. What `bench/run` shows is a matter of speed: its [reports](../bench/results) have
                the numbers.

                | id | system | trigger | threads | here |
                |---|---|---|---|---|
                """);
        List<String> systems = statements.stream().map(Statement::section).distinct().toList();
        systems.forEach(system -> text.append("| [").append(id(system)).append("](#")
                .append(id(system).toLowerCase(Locale.ROOT)).append(") | ")
                .append(system.substring(system.indexOf('|') + 2)).append(" |\n"));
        systems.forEach(system -> section(text, system));
        return text.toString();
    }

    private void section(StringBuilder text, String system) {
        text.append("\n## ").append(id(system)).append("\n\n").append(system.split(" \\| ")[1])
                .append("\n\n| id | statement | shown by |\n|---|---|---|\n");
        statements.stream().filter(statement -> statement.section().equals(system))
                .forEach(statement -> text.append("| ").append(statement.id())
                        .append(" | ").append(statement.statement())
                        .append(" | ").append(statement.links(sources)).append(" |\n"));
    }

    private static String id(String system) {
        return system.split(" \\| ")[0];
    }
}
