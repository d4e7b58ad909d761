package io.github.epoll4j.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class ScenariosTest {
    static Stream<Arguments> scenarios() {
        return Scenarios.ALL.stream()
                .map(scenario -> Arguments.of(String.join(" ", scenario.statements()), scenario.name(), scenario));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("scenarios")
    void shouldHappenAsExpectedWhenAScenarioIsPlayed(String ids, String name, Scenario scenario) {
        Play play = Lab.play(scenario, Kernel.running());

        assumeTrue(play.skipped() == null, play.skipped());
        assertThat(play.steps()).filteredOn(step -> !step.matches()).as("%s %s", ids, name).isEmpty();
        assertThat(play.steps()).anySatisfy(step -> assertThat(step.checks()).isNotEmpty())
                .allSatisfy(step -> assertThat(step.signals()).hasSameSizeAs(play.signals()));
    }

    @Test
    @DisplayName("a crowd's counts are the same whenever they are taken")
    void shouldCountTheSameWhenThreadsAreWokenAgainAndAgain() {
        List<Scenario> crowds = Scenarios.ALL.stream().filter(scenario -> scenario.answersTo("C81")).toList();
        assertThat(crowds).hasSize(3);
        for (int i = 0; i < 20; i++) {
            for (Scenario scenario : crowds) {
                assertThat(Lab.play(scenario, Kernel.running()).steps()).allMatch(Step::matches);
            }
        }
    }

    @Test
    void shouldBeFoundByItsNameAloneWhenIdsAreShared() {
        assertThat(Scenarios.ALL).extracting(Scenario::name).doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z]+(-[a-z]+)*") && !name.equals("all"));
        assertThat(Scenarios.ALL).flatExtracting(Scenario::statements).allMatch(id -> id.matches("[CJ]\\d+"));
    }

    @Test
    @DisplayName("C77 C74 C71 C14 C88 C81 C42 C38 C65 C48 C87: what a lecture asks for is there")
    void shouldHaveWhatALectureAsksFor() {
        assertThat(Scenarios.ALL).extracting(Scenario::id)
                .contains("C77", "C74", "C71", "C14", "C88", "C81", "C42", "C38", "C65", "C48", "C87");
    }
}
