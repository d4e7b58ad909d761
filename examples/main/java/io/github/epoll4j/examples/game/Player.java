package io.github.epoll4j.examples.game;

/** A player who is in the world. For the game's loop. */
final class Player {
    private final int id;
    private final String name;
    private float x;
    private float y;

    Player(int id, String name, float x, float y) {
        this.id = id;
        this.name = name;
        this.x = x;
        this.y = y;
    }

    int id() {
        return id;
    }

    String name() {
        return name;
    }

    float x() {
        return x;
    }

    float y() {
        return y;
    }

    /** Moves the player to a position, or to the border of the field if that is outside. */
    void moveTo(float newX, float newY) {
        x = Math.clamp(newX, 0, World.WIDTH);
        y = Math.clamp(newY, 0, World.HEIGHT);
    }
}
