package io.github.epoll4j.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.bench.report.Verdict.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verdicts follow from the numbers. */
class ClaimsTest {
    @TempDir
    private Path folder;

    private Map<String, Kind> verdicts(MadeUpResults results) throws IOException {
        results.write(folder);
        return Claims.of(Results.read(folder)).stream()
                .collect(Collectors.toMap(Claim::id, claim -> claim.verdict().kind()));
    }

    @Test
    @DisplayName("Each measured claim of the sources has a verdict")
    void shouldJudgeAllClaimsWhenNothingWasMeasured() {
        assertThat(Claims.of(new Results(Map.of()))).extracting(Claim::id)
                .containsExactlyElementsOf(IntStream.rangeClosed(93, 107).mapToObj(id -> "C" + id).toList());
        assertThat(Claims.of(new Results(Map.of()))).filteredOn(claim -> !claim.id().equals("C106"))
                .allSatisfy(claim -> assertThat(claim.verdict().kind()).as(claim.id()).isEqualTo(Kind.NOT_MEASURED));
    }

    @Test
    @DisplayName("The verdicts where poll scans, the search is slow and edge is fast, as the sources say")
    void shouldAgreeWithTheSourcesWhenTheNumbersDo() throws IOException {
        Map<String, Kind> verdicts = verdicts(new MadeUpResults(50, 5, 0.9, 1.02));

        assertThat(verdicts).containsEntry("C94", Kind.IN_PART).containsEntry("C98", Kind.IN_PART)
                .containsEntry("C106", Kind.NO_NUMBER);
        assertThat(verdicts.entrySet()).filteredOn(entry -> !entry.getKey().matches("C(94|98|106)"))
                .allSatisfy(entry -> assertThat(entry.getValue()).as(entry.getKey()).isEqualTo(Kind.HOLDS));
    }

    @Test
    @DisplayName("The verdicts where poll does not scan, nothing is searched for and edge is slow")
    void shouldDisagreeWithTheSourcesWhenTheNumbersDo() throws IOException {
        Map<String, Kind> verdicts = verdicts(new MadeUpResults(0, 0, 1.2, 1.02));

        assertThat(verdicts.entrySet()).filteredOn(entry -> !entry.getKey().equals("C106"))
                .allSatisfy(entry -> assertThat(entry.getValue()).as(entry.getKey()).isEqualTo(Kind.FAILS));
    }

    @Test
    @DisplayName("each verdict that is measured says of how many runs")
    void shouldSayOfHowManyRunsWhenJudged() throws IOException {
        new MadeUpResults(50, 5, 0.9, 1.02).write(folder);

        List<Claim> claims = Claims.of(Results.read(folder));

        assertThat(claims).filteredOn(claim -> !claim.id().matches("C(94|98|99|106)")).hasSize(11)
                .allSatisfy(claim -> assertThat(claim.verdict().evidence()).endsWith(" (medians of 3 runs)"));
        assertThat(claims).filteredOn(claim -> claim.id().equals("C94"))
                .allSatisfy(claim -> assertThat(claim.verdict().evidence()).endsWith(" (medians of 5 runs)"));
        assertThat(claims).filteredOn(claim -> claim.id().matches("C(98|99)")).hasSize(2)
                .allSatisfy(claim -> assertThat(claim.verdict().evidence()).endsWith(" (medians of 3 to 5 runs)"));
    }

    @Test
    @DisplayName("Three hundredths to either side are no difference")
    void shouldSeeNoDifferenceWhenEdgeIsAsFastAsLevel() throws IOException {
        new MadeUpResults(50, 5, 0.99, 1).write(folder);

        assertThat(Claims.of(Results.read(folder))).filteredOn(claim -> claim.id().equals("C99"))
                .singleElement().extracting(Claim::verdict)
                .satisfies(verdict -> assertThat(verdict.kind()).isEqualTo(Kind.FAILS))
                .satisfies(verdict -> assertThat(verdict.evidence()).startsWith("no difference"));
    }
}
