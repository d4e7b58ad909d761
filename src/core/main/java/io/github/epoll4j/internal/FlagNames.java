package io.github.epoll4j.internal;

import java.util.ArrayList;
import java.util.List;

/** Spells masks of C flags. */
public final class FlagNames {
    private FlagNames() {
    }

    /**
     * Spells a mask.
     *
     * @param mask  the mask
     * @param names the name of each bit, lowest first, null or too short where it has none
     * @return the names joined by {@code |}; a bit without a name in hexadecimal; {@code 0} for an empty mask
     */
    public static String spell(int mask, String[] names) {
        List<String> spelled = new ArrayList<>();
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            int bit = Integer.numberOfTrailingZeros(rest);
            boolean named = bit < names.length && names[bit] != null;
            spelled.add(named ? names[bit] : "0x" + Integer.toHexString(1 << bit));
        }
        return spelled.isEmpty() ? "0" : String.join("|", spelled);
    }
}
