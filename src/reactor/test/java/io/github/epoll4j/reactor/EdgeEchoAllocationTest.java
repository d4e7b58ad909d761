package io.github.epoll4j.reactor;

class EdgeEchoAllocationTest extends EchoAllocation {
    EdgeEchoAllocationTest() {
        super(Trigger.EDGE);
    }
}
