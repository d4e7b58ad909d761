package io.github.epoll4j.reactor;

class OneShotEchoAllocationTest extends EchoAllocation {
    OneShotEchoAllocationTest() {
        super(Trigger.ONESHOT);
    }
}
