package io.github.epoll4j.bench.programs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A program that exchanges messages, once from the first number of connections to the last. */
final class ExchangePass {
    private ExchangePass() {
    }

    /** Runs it; at each number of connections once before it is measured. */
    static List<Sample> run(ProgramSetting setting) throws IOException {
        List<Sample> samples = new ArrayList<>();
        Mechanism mechanism = setting.program().mechanism();
        int most = setting.connections();
        try (Pairs pairs = new Pairs(setting.transport());
                Server server = new Server(mechanism, setting.lookup(), most, setting.bytes());
                Client client = new Client(most, setting.bytes());
                ClientThread thread = new ClientThread()) {
            for (int count : setting.counts()) {
                pairs.grow(count);
                server.grow(pairs.near());
                client.grow(pairs.far());
                exchange(setting, count, server, client, thread);
                Counts before = server.counts();
                long nanos = exchange(setting, count, server, client, thread);
                long adds = mechanism.call().equals("epoll") ? count : 0;
                samples.add(new Sample(
                        count, setting.exchanges(count), nanos, server.counts().since(before, adds)));
            }
        }
        return samples;
    }

    private static long exchange(
            ProgramSetting setting, int count, Server server, Client client, ClientThread thread) throws IOException {
        long exchanges = setting.exchanges(count);
        return thread.run(() -> client.run(exchanges, setting.together(count)),
                other -> server.run(exchanges, other), client::abandon);
    }
}
