package io.github.epoll4j.reactor;

class LevelEchoAllocationTest extends EchoAllocation {
    LevelEchoAllocationTest() {
        super(Trigger.LEVEL);
    }
}
