package io.github.epoll4j.examples.game;

import io.github.epoll4j.reactor.loop.EventLoop;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;

/** The players, where they are and what they say. For the game's loop. */
final class World {
    static final float WIDTH = 1000;
    static final float HEIGHT = 600;
    static final System.Logger LOGGER = System.getLogger("io.github.epoll4j.examples.game");

    private final EventLoop loop;
    private final PlayerStore store;
    private final Set<Session> sessions = new LinkedHashSet<>();
    private final Map<Integer, Player> players = new TreeMap<>();
    /** The players that are neither here nor being loaded. */
    private final NavigableSet<Integer> free;
    /** All numbers of players. */
    private final Set<Integer> known;
    private final Set<Player> moved = new LinkedHashSet<>();
    /** Positions since the last save, also of players who have left. */
    private Map<Integer, PlayerStore.Position> unsaved = new HashMap<>();
    private boolean isSaving;
    private int ticks;
    /** What has happened since the last tick, for all clients. */
    private final Updates updates = new Updates();

    /**
     * Creates a world without players.
     *
     * @param known the numbers of the players in the store
     */
    World(EventLoop loop, PlayerStore store, Set<Integer> known) {
        this.loop = loop;
        this.store = store;
        this.known = Set.copyOf(known);
        this.free = new TreeSet<>(known);
    }

    Map<Integer, Player> players() {
        return players;
    }

    /** Returns the number of ticks until now. */
    int ticks() {
        return ticks;
    }

    /** Returns the clients. */
    Set<Session> sessions() {
        return sessions;
    }

    void enter(Session session) {
        sessions.add(session);
    }

    /** Loads a player for a client, which gets the answer at a tick. */
    void login(Session session, int wanted) {
        Integer id = wanted == 0 ? free.pollFirst() : free.remove(wanted) ? (Integer) wanted : null;
        if (id == null) {
            session.refuse(wanted == 0 || known.contains(wanted) ? Refusal.IN_USE : Refusal.UNKNOWN);
            return;
        }
        try {
            store.load(id).whenCompleteAsync((player, failure) -> loaded(session, id, player, failure), loop);
        } catch (RejectedExecutionException e) {
            free.add(id);
            session.refuse(Refusal.TRY_LATER);
        }
    }

    private void loaded(Session session, int id, Player player, Throwable failure) {
        if (player == null || !session.isOpen()) {
            if (failure != null) {
                LOGGER.log(System.Logger.Level.WARNING, "player " + id + " is not loaded: " + failure.getMessage());
            }
            free.add(id);
            session.refuse(failure == null ? Refusal.UNKNOWN : Refusal.TRY_LATER);
            return;
        }
        PlayerStore.Position position = unsaved.get(id);
        if (position != null) {
            player.moveTo(position.x(), position.y());
        }
        players.put(id, player);
        updates.entered(player);
        session.accept(player);
    }

    /** Removes a client, and its player; nothing happens the second time. */
    void leave(Session session) {
        sessions.remove(session);
        Player player = session.release();
        if (player != null) {
            players.remove(player.id());
            moved.remove(player);
            free.add(player.id());
            updates.left(player);
        }
    }

    void say(Player player, String text) {
        if (!text.isEmpty()) {
            updates.said(player, text);
        }
    }

    void move(Player player, float x, float y) {
        player.moveTo(x, y);
        moved.add(player);
        unsaved.put(player.id(), new PlayerStore.Position(player.x(), player.y()));
    }

    /** Sends what has happened since the last tick: the same bytes to all, in one write each. */
    void tick() {
        ticks++;
        moved.forEach(updates::moved);
        moved.clear();
        updates.tick(ticks, players.size());
        Tick tick = new Tick(updates.view(), players.values());
        sessions.forEach(each -> each.tick(tick));
        updates.clear();
    }

    /** Saves the positions that have changed; on failure they are kept for the next time. */
    void save() {
        if (isSaving || unsaved.isEmpty()) {
            return;
        }
        Map<Integer, PlayerStore.Position> positions = unsaved;
        unsaved = new HashMap<>();
        isSaving = true;
        try {
            store.save(positions).whenCompleteAsync((nothing, failure) -> saved(positions, failure), loop);
        } catch (RejectedExecutionException e) {
            saved(positions, e);
        }
    }

    private void saved(Map<Integer, PlayerStore.Position> positions, Throwable failure) {
        isSaving = false;
        if (failure != null) {
            LOGGER.log(System.Logger.Level.WARNING, "positions are not saved: " + failure.getMessage());
            positions.forEach(unsaved::putIfAbsent);
        }
    }

    /** Saves what is not saved yet, and waits for it. When the loop has ended. */
    void saveLast() {
        if (!unsaved.isEmpty()) {
            store.save(unsaved).join();
        }
    }
}
