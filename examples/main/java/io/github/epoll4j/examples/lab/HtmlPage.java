package io.github.epoll4j.examples.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A page with everything that was played: drawn, and as tables. It is XML as well as HTML, and needs nothing else. */
final class HtmlPage {
    private final Markup page = new Markup();

    HtmlPage(Kernel kernel, List<Play> plays) {
        page.add("<!DOCTYPE html>")
                .add("<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">")
                .add("<head>")
                .add("<meta charset=\"utf-8\"/>")
                .add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>")
                .add("<meta name=\"color-scheme\" content=\"light dark\"/>")
                .add("<title>select, poll and epoll on {}</title>", kernel)
                .add("<style>{}</style>", style())
                .add("</head>")
                .add("<body>");
        header(kernel, plays);
        page.add("<main>");
        plays.forEach(this::section);
        page.add("</main>").add("</body>").add("</html>");
    }

    private void header(Kernel kernel, List<Play> plays) {
        page.add("<header>")
                .add("<h1>select, poll and epoll, played</h1>")
                .add("<p>On {}, by epoll4j. {}.</p>", kernel, Summary.of(plays));
        legend();
        if (plays.size() > 1) {
            page.add("<nav aria-label=\"Scenarios\">").add("<ol>");
            for (Play play : plays) {
                page.add("<li><a href=\"#{}\">{}</a>{}</li>", play.scenario().name(), play.scenario().title(),
                        play.outcome() == Play.Outcome.MATCHES ? "" : " (" + play.outcome().text() + ")");
            }
            page.add("</ol>").add("</nav>");
        }
        page.add("</header>");
    }

    private void legend() {
        page.add("<ul class=\"legend\" aria-label=\"Legend\">")
                .add("<li><span class=\"report\">IN</span> a wait reported this</li>")
                .add("<li><span class=\"silent\"></span> a wait reported nothing</li>")
                .add("<li><span class=\"rail\"></span> nobody asked</li>")
                .add("<li><span class=\"answer\">EAGAIN</span> a call answered this</li>")
                .add("<li><span class=\"differs\">✗</span> not as expected</li>")
                .add("</ul>");
    }

    private void section(Play play) {
        Scenario scenario = play.scenario();
        page.add("<section id=\"{}\" aria-labelledby=\"{}-name\">", scenario.name(), scenario.name())
                .add("<h2 id=\"{}-name\">{}</h2>", scenario.name(), scenario.title())
                .add("<p class=\"ids\"><code>lab {}</code> {}</p>", scenario.name(),
                        String.join(", ", scenario.statements()))
                .add("<p>{}</p>", scenario.shows());
        if (!play.steps().isEmpty()) {
            page.add("<div class=\"timeline\" tabindex=\"0\" role=\"group\" aria-label=\"Timeline of {}\">",
                    scenario.name());
            page.add(new SvgTimeline(play).draw()).add("</div>");
        }
        verdict(play);
        if (!play.steps().isEmpty()) {
            page.add(play.outcome() == Play.Outcome.DIFFERS ? "<details open=\"open\">" : "<details>")
                    .add("<summary>{}</summary>",
                            play.steps().size() == 1 ? "1 step" : play.steps().size() + " steps");
            table(play);
            page.add("</details>");
        }
        page.add("</section>");
    }

    private void verdict(Play play) {
        page.add(switch (play.outcome()) {
            case MATCHES -> new Markup().add("<p class=\"verdict matches\">✓ as expected</p>");
            case DIFFERS -> new Markup().add("<p class=\"verdict differing\">✗ differs in {} of {} steps, on {}</p>",
                    play.differing(), play.steps().size(), play.kernel());
            case SKIPPED -> new Markup().add("<p class=\"verdict skipped\">skipped: {}</p>", play.skipped());
        });
    }

    private void table(Play play) {
        String name = play.scenario().name();
        page.add("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Steps of {}\">", name)
                .add("<table>")
                .add("<thead><tr><th scope=\"col\">#</th>");
        play.signals().forEach(signal -> page.add("<th scope=\"col\" class=\"amount\">{}</th>", signal));
        page.add("<th scope=\"col\">step</th><th scope=\"col\">expected</th><th scope=\"col\">happened</th>"
                + "<th scope=\"col\"><span class=\"unseen\">verdict</span></th></tr></thead>").add("<tbody>");
        for (int i = 0; i < play.steps().size(); i++) {
            Step step = play.steps().get(i);
            page.add("<tr class=\"{}\"><td>{}</td>", step.action() ? "action" : "question", i + 1);
            step.signals().forEach(value -> page.add("<td class=\"amount\">{}</td>", value));
            page.add("<td>{}</td><td>{}</td><td>{}</td>", step.title().strip(), step.expected(), step.happened());
            if (step.checks().isEmpty()) {
                page.add("<td></td></tr>");
            } else {
                page.add(step.matches() ? "<td class=\"matches\">✓</td></tr>"
                        : "<td class=\"differing\">✗ differs</td></tr>");
            }
        }
        page.add("</tbody>").add("</table>").add("</div>");
    }

    private static String style() {
        try (InputStream in = HtmlPage.class.getResourceAsStream("lab.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
