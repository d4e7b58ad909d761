package io.github.epoll4j.examples.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

@Timeout(60)
class HtmlPageTest {
    /** Every scenario, and such as differ and are skipped, with letters that have to be escaped. */
    static final List<Play> PLAYS = Stream.concat(
            Stream.concat(Scenarios.ALL.stream(), Stream.of(Played.BROKEN, Played.SURPRISED))
                    .map(scenario -> Lab.play(scenario, Kernel.running())),
            Stream.of(Lab.play(Played.NEW, Played.OLD))).toList();

    @Test
    void shouldHaveEveryStepAndItsDrawingWhenItIsReadAsXml() throws Exception {
        Document page = parse(new HtmlPage(Kernel.running(), PLAYS).toString());

        assertThat(page.getElementsByTagName("section").getLength()).isEqualTo(PLAYS.size());
        for (Play play : PLAYS) {
            Element section = byId(page, play.scenario().name());
            assertThat(section.getTextContent()).contains(play.scenario().title(), play.scenario().shows(),
                    play.outcome().text());
            List<String> rows = texts(section, "tr");
            assertThat(rows).hasSize(play.steps().isEmpty() ? 0 : play.steps().size() + 1);
            for (int i = 0; i < play.steps().size(); i++) {
                Step step = play.steps().get(i);
                assertThat(rows.get(i + 1)).startsWith(Integer.toString(i + 1))
                        .contains(step.title().strip().replace('\u0001', '\uFFFD'), step.expected(), step.happened());
            }
            drawing(play, section);
        }
    }

    /** What each was asked is in the drawing, as a report, as silence, or as a difference. */
    private static void drawing(Play play, Element section) {
        assertThat(section.getElementsByTagName("svg").getLength()).isEqualTo(play.steps().isEmpty() ? 0 : 1);
        List<Moment> moments = Moment.of(play);
        long drawn = moments.stream().mapToLong(moment -> moment.checks().size()).sum();
        assertThat(section.getElementsByTagName("g").getLength()).isEqualTo((int) drawn);
        assertThat(withClass(section, "circle", "silent")).isEqualTo(moments.stream()
                .flatMap(moment -> moment.checks().values().stream()).filter(c -> c.matches() && c.isSilent()).count());
        assertThat(withClass(section, "rect", "differs")).isEqualTo(play.differing());
        assertThat(section.getElementsByTagName("polyline").getLength())
                .isEqualTo(play.steps().isEmpty() ? 0 : play.signals().size());
    }

    @Test
    void shouldEscapeWhenTextHasLettersOfMarkup() throws Exception {
        Play play = Lab.play(Played.BROKEN, new Kernel("<script>alert(1)</script>", "\"'"));
        String page = new HtmlPage(play.kernel(), List.of(play)).toString();

        assertThat(page).contains("write 1 byte &lt;&amp;&gt;", "&lt;wrong&gt; &amp; &quot;quoted&quot;")
                .doesNotContain("<script", "\u0001");
        assertThat(parse(page).getElementsByTagName("h2").item(0).getTextContent()).isEqualTo("A wrong expectation");
    }

    @Test
    void shouldNeedNothingElseWhenItIsOpened() throws Exception {
        String text = new HtmlPage(Kernel.running(), PLAYS).toString();
        Document page = parse(text);

        assertThat(text.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xhtml", ""))
                .doesNotContain("http", "url(", "@import", "src=", "<script", "<link");
        NodeList links = page.getElementsByTagName("a");
        assertThat(links.getLength()).isGreaterThan(Scenarios.ALL.size());
        for (int i = 0; i < links.getLength(); i++) {
            String target = ((Element) links.item(i)).getAttribute("href");
            assertThat(target).startsWith("#");
            assertThat(byId(page, target.substring(1))).isNotNull();
        }
        // in a style element, HTML reads what XML escapes as it stands
        assertThat(page.getElementsByTagName("style").item(0).getTextContent()).doesNotContainPattern("[<>&\"']");
    }

    @Test
    void shouldNameEverythingOnceAndForEverybody() throws Exception {
        Document page = parse(new HtmlPage(Kernel.running(), PLAYS).toString());
        List<String> ids = new ArrayList<>();
        NodeList all = page.getElementsByTagName("*");
        for (int i = 0; i < all.getLength(); i++) {
            if (((Element) all.item(i)).hasAttribute("id")) {
                ids.add(((Element) all.item(i)).getAttribute("id"));
            }
        }
        assertThat(ids).doesNotHaveDuplicates();
        NodeList drawings = page.getElementsByTagName("svg");
        for (int i = 0; i < drawings.getLength(); i++) {
            Element drawing = (Element) drawings.item(i);
            assertThat(drawing.getAttribute("role")).isEqualTo("img");
            assertThat(drawing.getAttribute("aria-labelledby").split(" ")).hasSize(2).allMatch(ids::contains);
        }
    }

    private static Document parse(String page) throws Exception {
        DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        builder.setErrorHandler(new DefaultHandler() {
            @Override
            public void fatalError(SAXParseException e) throws SAXException {
                throw new SAXException("line " + e.getLineNumber() + ": " + e.getMessage());
            }
        });
        return builder.parse(new ByteArrayInputStream(page.getBytes(UTF_8)));
    }

    private static Element byId(Document page, String id) {
        NodeList all = page.getElementsByTagName("*");
        for (int i = 0; i < all.getLength(); i++) {
            if (((Element) all.item(i)).getAttribute("id").equals(id)) {
                return (Element) all.item(i);
            }
        }
        throw new AssertionError("nothing has the id " + id);
    }

    private static List<String> texts(Element parent, String tag) {
        List<String> texts = new ArrayList<>();
        NodeList found = parent.getElementsByTagName(tag);
        for (int i = 0; i < found.getLength(); i++) {
            texts.add(found.item(i).getTextContent());
        }
        return texts;
    }

    private static long withClass(Element parent, String tag, String type) {
        NodeList found = parent.getElementsByTagName(tag);
        long count = 0;
        for (int i = 0; i < found.getLength(); i++) {
            count += ((Element) found.item(i)).getAttribute("class").equals(type) ? 1 : 0;
        }
        return count;
    }
}
