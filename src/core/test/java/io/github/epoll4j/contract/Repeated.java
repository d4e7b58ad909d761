package io.github.epoll4j.contract;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs a test class as often as {@code -Depoll4j.repeat=200} says, once without it; {@code -Depoll4j.busy=2} lets as
 * many threads burn the processors meanwhile.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ClassTemplate
@ExtendWith(Repeated.Rounds.class)
@interface Repeated {
    /** The rounds. */
    final class Rounds implements ClassTemplateInvocationContextProvider {
        private static final AtomicInteger BUSY = new AtomicInteger();
        private static final AtomicLong BURNT = new AtomicLong();

        @Override
        public boolean supportsClassTemplate(ExtensionContext context) {
            return true;
        }

        @Override
        public Stream<ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(ExtensionContext context) {
            while (BUSY.get() < Integer.getInteger("epoll4j.busy", 0)) {
                Thread.ofPlatform().daemon().name("busy-" + BUSY.incrementAndGet()).start(Rounds::burn);
            }
            return IntStream.range(0, Integer.getInteger("epoll4j.repeat", 1)).mapToObj(round -> new Round());
        }

        private static void burn() {
            while (true) {
                BURNT.setPlain(BURNT.getPlain() + 1);
            }
        }
    }

    /** One of them. */
    final class Round implements ClassTemplateInvocationContext {
        @Override
        public String getDisplayName(int round) {
            return "round " + round;
        }
    }
}
