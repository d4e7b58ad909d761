package io.github.epoll4j.reactor.loop;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A loop's registrations by slot. A cookie is a slot and its generation. A slot that is freed enters its next
 * generation, so that an event of the one before finds no registration.
 */
final class RegistrationTable {
    private static final int NONE = -1;

    private Registration[] slots = new Registration[64];
    private int[] generations = new int[64];
    /** The free slots below {@link #used} are a linked list of slots. */
    private int[] nextFree = new int[64];
    /** The slot of each descriptor number, plus one; 0 for a number that is not registered. */
    private int[] slotsByFd = new int[64];
    private int firstFree = NONE;
    private int used;
    private int size;

    int size() {
        return size;
    }

    /** Returns the cookie for the next registration. */
    long nextCookie() {
        int slot = firstFree != NONE ? firstFree : used;
        if (slot == slots.length) {
            int[] newGenerations = Arrays.copyOf(generations, 2 * slot);
            int[] newNextFree = Arrays.copyOf(nextFree, 2 * slot);
            slots = Arrays.copyOf(slots, 2 * slot);
            generations = newGenerations;
            nextFree = newNextFree;
        }
        return (long) generations[slot] << Integer.SIZE | slot;
    }

    /** Returns whether a descriptor with this number is registered, be it open or not. */
    boolean contains(int fd) {
        return fd >= 0 && fd < slotsByFd.length && slotsByFd[fd] != 0;
    }

    /** Puts the registration that has the next cookie into its slot; nothing has changed if that throws. */
    void add(Registration registration) {
        if (registration.fd >= slotsByFd.length) {
            slotsByFd = Arrays.copyOf(slotsByFd, Math.max(registration.fd + 1, 2 * slotsByFd.length));
        }
        int slot = (int) registration.cookie;
        slotsByFd[registration.fd] = slot + 1;
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
        slotsByFd[registration.fd] = 0;
        generations[slot]++;
        nextFree[slot] = firstFree;
        firstFree = slot;
        size--;
    }
}
