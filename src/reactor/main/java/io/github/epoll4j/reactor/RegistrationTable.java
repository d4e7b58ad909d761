package io.github.epoll4j.reactor;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A loop's registrations by slot. A cookie is a slot and the generation that the slot is in; a slot that is freed
 * enters its next generation, so that an event of the one before finds nobody.
 */
final class RegistrationTable {
    private static final int NONE = -1;

    private Registration[] slots = new Registration[64];
    private int[] generations = new int[64];
    /** The free slots below {@link #used} are a list: each tells the next one. */
    private int[] nextFree = new int[64];
    private int firstFree = NONE;
    private int used;
    private int size;

    int size() {
        return size;
    }

    /** The cookie that the next registration gets. */
    long nextCookie() {
        int slot = firstFree != NONE ? firstFree : used;
        if (slot == slots.length) {
            slots = Arrays.copyOf(slots, 2 * slot);
            generations = Arrays.copyOf(generations, 2 * slot);
            nextFree = Arrays.copyOf(nextFree, 2 * slot);
        }
        return (long) generations[slot] << Integer.SIZE | slot;
    }

    /** Puts the registration that has the next cookie into its slot. */
    void add(Registration registration) {
        int slot = (int) registration.cookie;
        if (slot == used) {
            used++;
        } else {
            firstFree = nextFree[slot];
        }
        slots[slot] = registration;
        size++;
    }

    /** Finds the registration that has a cookie; null if there is none any more. */
    Registration find(long cookie) {
        Registration registration = slots[(int) cookie];
        return registration != null && registration.cookie == cookie ? registration : null;
    }

    /** Lists the registrations, by slot. */
    List<Registration> list() {
        return Arrays.stream(slots).filter(Objects::nonNull).toList();
    }

    void remove(Registration registration) {
        int slot = (int) registration.cookie;
        slots[slot] = null;
        generations[slot]++;
        nextFree[slot] = firstFree;
        firstFree = slot;
        size--;
    }
}
