package io.github.epoll4j.wait;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Errno;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs the table against a model of the kernel, in every order of the steps of a few threads. Each method of the table
 * is one step, since it runs under the table's lock. An event has two steps: the kernel reports it to the poller, and
 * the poller passes it to the table.
 */
@Timeout(120)
class WaitTableModelTest {
    private static final int FD = 5;

    @Test
    @DisplayName("as many units of data as readers: in every order, each reader gets one")
    void shouldWakeEveryReaderWhenThereIsDataForAll() {
        long orders = explore(world -> {
            world.reader("first");
            world.reader("second");
            world.write(1);
            world.write(1);
            world.end = () -> assertThat(world.consumers()).isEqualTo(2);
        });
        assertThat(orders).isGreaterThan(1000);
    }

    @Test
    @DisplayName("two units at once, and three readers: no reader waits beside data, in any order (J18)")
    void shouldLeaveNoDataWhenMoreReadersWait() {
        explore(world -> {
            world.reader("first");
            world.reader("second");
            world.reader("third");
            world.write(2);
            world.end = () -> assertThat(world.consumers()).isEqualTo(2);
        });
    }

    @Test
    @DisplayName("a reader that gives up, by a timeout or an interrupt, at any moment: another reader gets the data")
    void shouldWakeTheOtherReaderWhenOneGivesUp() {
        explore(world -> {
            world.reader("first").canGiveUp = true;
            world.reader("second");
            world.write(1);
            world.end = () -> assertThat(world.consumers()).isEqualTo(1);
        });
    }

    @Test
    @DisplayName("every waiter gives up: the registration is taken back, in every order with an event")
    void shouldTakeTheRegistrationBackWhenAllGiveUp() {
        explore(world -> {
            world.reader("first").canGiveUp = true;
            world.reader("second").canGiveUp = true;
            world.write(1);
            world.end = () -> assertThat(world.consumers()).isLessThanOrEqualTo(1);
        });
    }

    @Test
    @DisplayName("a reader and a writer of one descriptor: each is woken by its own event, and both by a hang-up")
    void shouldWakeBothDirectionsWhenADescriptorIsReadAndWritten() {
        explore(world -> {
            world.reader("reader");
            Actor writer = world.actor("writer", EPOLLOUT, null);
            world.write(1);
            world.step("writable", () -> world.file.isWritable = true);
            world.end = () -> {
                assertThat(world.consumers()).isEqualTo(1);
                assertThat(writer.waiter.result).isEqualTo(EPOLLOUT);
            };
        });
        explore(world -> {
            Actor reader = world.reader("reader");
            Actor writer = world.actor("writer", EPOLLOUT, null);
            world.step("writable", () -> world.file.isWritable = true);
            world.end = () -> {
                assertThat(reader.isDone).isFalse();
                assertThat(writer.waiter.result).isEqualTo(EPOLLOUT);
            };
        });
        explore(world -> {
            Actor reader = world.reader("reader");
            Actor writer = world.actor("writer", EPOLLOUT, null);
            world.step("hang-up", () -> world.file.isHungUp = true);
            world.end = () -> {
                assertThat(reader.waiter.result).isEqualTo(EPOLLHUP);
                assertThat(writer.waiter.result).isEqualTo(EPOLLHUP);
            };
        });
    }

    @Test
    @DisplayName("a close of the owner ends the waits through it, in every order with an event and the wait's start")
    void shouldEndTheWaitsWhenTheOwnerIsClosed() {
        explore(world -> {
            OwnedFd owner = new OwnedFd(FD, true) { };
            Actor owned = world.actor("owned", EPOLLIN, owner);
            Actor borrowed = world.actor("borrowed", EPOLLIN, null);
            world.write(1);
            world.steps("close", owner::close, () -> world.table.close(FD, owner));
            world.end = () -> {
                assertThat(owned.isDone).isTrue();
                assertThat(owned.consumed || owned.result == Waiter.CLOSED).isTrue();
                assertThat(borrowed.isDone || world.file.units == 0).isTrue();
                assertThat(borrowed.result).isNotEqualTo(Waiter.CLOSED);
            };
        });
    }

    @Test
    @DisplayName("a borrowed number that is announced, closed and used for another file: the new file's waiter is not "
            + "woken by the old file's event, also if a duplicate keeps the old file open")
    void shouldDropTheEventsOfTheOldFileWhenTheNumberIsReused() {
        for (boolean isDuplicated : List.of(false, true)) {
            explore(world -> {
                File old = world.file;
                world.step("write to the old file", () -> old.units++);
                world.actor("old", EPOLLIN, null).canConsume = false;
                Actor[] next = new Actor[1];
                world.steps("reuse", () -> world.table.close(FD, null), () -> {
                    world.replaceFile(isDuplicated);
                    next[0] = world.reader("new");
                    next[0].canConsume = false; // it does not wait again
                });
                world.end = () -> assertThat(next[0].isDone).as("nothing was written to the new file").isFalse();
            });
        }
    }

    @Test
    @DisplayName("a number that is closed without notice: the next wait leaves with EBADF, and all others with it")
    void shouldEndAllWaitsWhenTheKernelRefusesToArm() {
        explore(world -> {
            Actor first = world.reader("first");
            Actor second = world.reader("second");
            world.step("close", () -> {
                world.registrations.clear();
                world.file = null;
            });
            world.end = () -> {
                List<Integer> results = List.of(first.result, second.result);
                assertThat(results).isIn(List.of(0, 0), List.of(-Errno.EBADF, -Errno.EBADF));
            };
        });
    }

    /** Runs every order of the enabled steps, from a new world each, and returns their number. */
    private static long explore(Consumer<World> scenario) {
        int[] choices = new int[100];
        int depth = 0;
        long orders = 0;
        boolean isComplete = false;
        while (!isComplete) {
            World world = new World();
            scenario.accept(world);
            List<String> trace = new ArrayList<>();
            int[] widths = new int[choices.length];
            int length = 0;
            try {
                for (Map<String, Runnable> steps = world.enabled(); !steps.isEmpty(); steps = world.enabled()) {
                    int choice = length < depth ? choices[length] : 0;
                    choices[length] = choice;
                    widths[length++] = steps.size();
                    String name = new ArrayList<>(steps.keySet()).get(choice);
                    trace.add(name);
                    steps.get(name).run();
                }
                world.check();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("in the order " + trace, e);
            }
            orders++;
            depth = length;
            while (depth > 0 && choices[depth - 1] + 1 == widths[depth - 1]) {
                depth--;
            }
            isComplete = depth == 0;
            if (!isComplete) {
                choices[depth - 1]++;
            }
        }
        return orders;
    }

    /** An open file of the model. */
    private static final class File {
        int units;
        boolean isWritable;
        boolean isHungUp;

        int readiness() {
            return (units > 0 ? EPOLLIN : 0) | (isWritable ? EPOLLOUT : 0) | (isHungUp ? EPOLLHUP : 0);
        }
    }

    /** A registration of the model; the mask is 0 while it is disarmed. */
    private record Registration(int mask, long data) {
    }

    /** The kernel, one descriptor, and the threads that use it. */
    private static final class World {
        final Map<File, Registration> registrations = new LinkedHashMap<>();
        final Deque<Runnable> reported = new ArrayDeque<>();
        final List<Actor> actors = new ArrayList<>();
        final Map<String, Deque<Runnable>> others = new LinkedHashMap<>();
        File file = new File();
        /** True if a registration was armed again while an event of it was on its way to the table. */
        boolean isOvertaken;
        Runnable end;

        final WaitTable table = new WaitTable(0) {
            @Override
            int ctl(int op, int fd, int events, long data) {
                assertThat(fd).isEqualTo(FD);
                if (file == null) {
                    return -Errno.EBADF;
                }
                boolean isRegistered = registrations.containsKey(file);
                return switch (op) {
                    case epoll_h.EPOLL_CTL_ADD -> isRegistered ? -Errno.EEXIST : store(events, data);
                    case epoll_h.EPOLL_CTL_MOD -> isRegistered ? store(events, data) : -Errno.ENOENT;
                    default -> registrations.remove(file) == null ? -Errno.ENOENT : 0;
                };
            }

            private int store(int events, long data) {
                assertThat(events & EPOLLONESHOT).isNotZero();
                registrations.put(file, new Registration(events & ~EPOLLONESHOT | EPOLLERR | EPOLLHUP, data));
                return 0;
            }
        };

        Actor reader(String name) {
            return actor(name, EPOLLIN, null);
        }

        Actor actor(String name, int events, OwnedFd owner) {
            Actor actor = new Actor(this, name, events, owner);
            actors.add(actor);
            return actor;
        }

        void write(int units) {
            step("write " + others.size(), () -> file.units += units);
        }

        void step(String name, Runnable step) {
            steps(name, step);
        }

        /** Adds a thread with steps of its own. */
        void steps(String name, Runnable... steps) {
            others.put(name, new ArrayDeque<>(List.of(steps)));
        }

        void replaceFile(boolean isDuplicated) {
            if (!isDuplicated) {
                registrations.remove(file);
            }
            file = new File();
        }

        long consumers() {
            return actors.stream().filter(actor -> actor.consumed).count();
        }

        Map<String, Runnable> enabled() {
            Map<String, Runnable> steps = new LinkedHashMap<>();
            for (Actor actor : actors) {
                actor.addTo(steps);
            }
            others.forEach((name, left) -> {
                if (!left.isEmpty()) {
                    steps.put(name, () -> left.removeFirst().run());
                }
            });
            registrations.forEach((owner, registration) -> {
                if ((registration.mask & owner.readiness()) != 0) {
                    steps.put("report " + registration.data, () -> report(owner, registration));
                }
            });
            if (!reported.isEmpty()) {
                steps.put("dispatch", () -> reported.removeFirst().run());
            }
            return steps;
        }

        private void report(File owner, Registration registration) {
            int events = registration.mask & owner.readiness();
            Registration disarmed = new Registration(0, registration.data);
            registrations.put(owner, disarmed);
            reported.add(() -> {
                isOvertaken |= registrations.get(owner) != disarmed;
                table.fire(events, registration.data);
            });
        }

        /** What holds when no thread can take a step. */
        void check() {
            boolean isWaitedFor = false;
            for (Actor actor : actors) {
                if (!actor.isDone) {
                    isWaitedFor = true;
                    assertThat(actor.waiter.events & (file == null ? 0 : file.readiness())).as(actor.name).isZero();
                }
            }
            end.run();
            if (!isWaitedFor && file != null) {
                checkThatNothingIsArmed();
            }
        }

        /**
         * Checks that without waiters nothing is armed. After an overtaken event the registration may be: then the next
         * event, which wakes no thread, is the last.
         */
        private void checkThatNothingIsArmed() {
            file.units++;
            file.isWritable = true;
            Registration left = registrations.getOrDefault(file, new Registration(0, 0));
            assertThat(left.mask == 0 || isOvertaken).as("disarmed").isTrue();
            if (left.mask != 0) {
                report(file, left);
                reported.removeFirst().run();
            }
            assertThat(enabled()).as("steps without a waiter").isEmpty();
        }
    }

    /** A thread that waits until it gets a unit of data, or its event. */
    private static final class Actor {
        private final World world;
        private final String name;
        private final int events;
        private final OwnedFd owner;
        boolean canGiveUp;
        boolean canConsume = true;
        boolean isDone;
        boolean consumed;
        int result;
        Waiter waiter;

        Actor(World world, String name, int events, OwnedFd owner) {
            this.world = world;
            this.name = name;
            this.events = events;
            this.owner = owner;
        }

        void addTo(Map<String, Runnable> steps) {
            if (isDone) {
                return;
            }
            if (waiter == null) {
                steps.put(name + " waits", this::await);
            } else if (waiter.result != 0) {
                steps.put(name + " leaves", () -> leave(waiter.result));
            }
            if (waiter != null && canGiveUp) {
                steps.put(name + " gives up", () -> {
                    result = world.table.remove(waiter);
                    isDone = true;
                });
            }
        }

        private void await() {
            waiter = new Waiter(null, owner, FD, events);
            int refused = world.table.add(waiter);
            if (refused < 0) {
                leave(refused);
            }
        }

        private void leave(int outcome) {
            result = outcome;
            if (outcome < 0 || !canConsume || outcome != EPOLLIN) {
                isDone = true;
            } else if (world.file.units > 0) {
                world.file.units--;
                consumed = true;
                isDone = true;
            } else {
                waiter = null; // another reader was faster
            }
        }
    }
}
