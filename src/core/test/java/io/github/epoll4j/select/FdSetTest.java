package io.github.epoll4j.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.internal.gen.select.select_h;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FdSetTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 1023})
    @DisplayName("C7, C8: FD_SET, FD_ISSET, FD_CLR, FD_ZERO on bit fd of the bitmap, also twice")
    void shouldHoldTheNumberWhenSet(int fd) {
        FdSet set = FdSet.allocate();
        assertThat(set.isSet(fd)).isFalse();

        set.set(fd);
        set.set(fd);

        assertThat(set.isSet(fd)).isTrue();
        assertThat(set.begin(1024).toArray(ValueLayout.JAVA_LONG)[fd / 64]).isEqualTo(1L << (fd % 64));
        assertThat(set.count()).isOne();
        assertThat(set.highest()).isEqualTo(fd);
        set.clear(fd);
        set.clear(fd);
        assertThat(set.isSet(fd)).isFalse();
        assertThat(set.highest()).isEqualTo(-1);
        set.set(fd);
        set.zero();
        assertThat(set.count()).isZero();
        assertThat(set.next(0)).isEqualTo(-1);
    }

    @Test
    @DisplayName("S16-5, C1: FD_SETSIZE is 1024, and a number beyond the capacity is an exception, never a write")
    void shouldRefuseTheNumberWhenItIsOutside() {
        FdSet set = FdSet.allocate();

        assertThat(set.capacity()).isEqualTo(FdSet.FD_SETSIZE).isEqualTo(select_h.FD_SETSIZE);
        for (int fd : new int[] {-1, 1024, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> set.set(fd))
                    .withMessage("descriptor " + fd + " does not fit a set of 1024"
                            + (fd < 0 ? "" : ": FdSet.allocate(n)"));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> set.clear(fd));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> set.isSet(fd));
        }
        assertThat(set.count()).isZero();
    }

    @Test
    void shouldCoverExactlyItsCapacityWhenThatIsNoMultipleOf64() {
        FdSet set = FdSet.allocate(70);
        set.set(69);

        assertThat(set.highest()).isEqualTo(69);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> set.set(70));
        assertThatIllegalArgumentException().isThrownBy(() -> FdSet.allocate(0));
    }

    @Test
    @DisplayName("C14: a copy is independent")
    void shouldBeIndependentWhenCopied() {
        FdSet set = FdSet.allocate();
        set.set(3);
        set.set(700);
        FdSet copy = set.copy();
        copy.clear(3);
        set.set(5);

        assertThat(set).hasToString("FdSet{3, 5, 700}");
        assertThat(copy).hasToString("FdSet{700}");
        copy.copyFrom(set);
        assertThat(copy).hasToString("FdSet{3, 5, 700}");
        copy.copyFrom(copy);
        assertThat(copy).hasToString("FdSet{3, 5, 700}");
    }

    @Test
    @DisplayName("a copy of a shorter set leaves nothing of what was there, also where members come back")
    void shouldForgetHighMembersWhenAShorterSetIsCopied() {
        FdSet set = FdSet.allocate();
        set.set(130);
        set.set(700);
        FdSet shorter = FdSet.allocate();
        shorter.set(3);

        set.copyFrom(shorter);
        set.set(701);

        assertThat(set).hasToString("FdSet{3, 701}");
    }

    @Test
    void shouldBeEqualWhenTheMembersAre() {
        FdSet set = FdSet.allocate();
        FdSet larger = FdSet.allocate(4096);
        assertThat(set).isEqualTo(larger).hasSameHashCodeAs(larger);
        set.set(64);
        assertThat(set).isNotEqualTo(larger);
        larger.set(64);
        larger.set(4000);
        assertThat(set).isNotEqualTo(larger);
        larger.clear(4000);
        assertThat(set).isEqualTo(larger).hasSameHashCodeAs(larger);
        larger.set(63);
        larger.clear(64);
        assertThat(set).isNotEqualTo(larger);
    }

    @Test
    void shouldFitOrRefuseWhenCopiedIntoASmallerOne() {
        FdSet large = FdSet.allocate(4096);
        FdSet small = FdSet.allocate(100);
        small.set(9);
        large.set(99);
        small.copyFrom(large);
        assertThat(small).hasToString("FdSet{99}");

        large.set(100);

        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> small.copyFrom(large));
        assertThat(small).hasToString("FdSet{99}");
    }

    @Test
    @DisplayName("a visit sees what its action changes ahead of it, in the same word of the bitmap and in others")
    void shouldVisitWhatIsThereWhenTheActionChangesTheSet() {
        FdSet set = FdSet.allocate();
        for (int fd : new int[] {3, 5, 63, 64, 130}) {
            set.set(fd);
        }
        List<Integer> visited = new ArrayList<>();

        set.forEach(fd -> {
            visited.add(fd);
            switch (fd) {
                case 3 -> {
                    set.clear(5);
                    set.set(1);
                    set.set(9);
                }
                case 9 -> set.clear(64);
                case 63 -> set.set(700);
                case 130 -> set.zero();
                default -> throw new AssertionError(fd);
            }
        });

        assertThat(visited).containsExactly(3, 9, 63, 130);
        assertThat(set.count()).isZero();
    }

    @Test
    void shouldAgreeWithATreeSetWhenChangedAtRandom() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        FdSet set = FdSet.allocate(500);
        TreeSet<Integer> expected = new TreeSet<>();
        for (int i = 0; i < 5000; i++) {
            int fd = random.nextInt(500);
            if (random.nextBoolean()) {
                set.set(fd);
                expected.add(fd);
            } else {
                set.clear(fd);
                expected.remove(fd);
            }
            List<Integer> members = new ArrayList<>();
            set.forEach(members::add);
            assertThat(members).as("seed %d", seed).isEqualTo(List.copyOf(expected));
            members.clear();
            for (int member = set.next(0); member >= 0; member = set.next(member + 1)) {
                members.add(member);
            }
            assertThat(members).as("seed %d", seed).isEqualTo(List.copyOf(expected));
            assertThat(set.count()).isEqualTo(expected.size());
            assertThat(set.highest()).isEqualTo(expected.isEmpty() ? -1 : expected.last());
        }
    }

    @Test
    void shouldUseTheNumberWhenAnOwnerIsPassed() throws IOException {
        FdSet set = FdSet.allocate();
        EventFd counter = EventFd.open();
        set.set(counter);
        assertThat(set.isSet(counter)).isTrue();
        assertThat(set.highest()).isEqualTo(counter.fd());
        set.clear(counter);
        assertThat(set.isSet(counter)).isFalse();
        counter.close();

        assertThatIllegalStateException().isThrownBy(() -> set.set(counter)).withMessage("EventFd is closed");
        assertThatIllegalStateException().isThrownBy(() -> set.clear(counter));
        assertThatIllegalStateException().isThrownBy(() -> set.isSet(counter));
    }
}
