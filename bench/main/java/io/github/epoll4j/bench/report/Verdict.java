package io.github.epoll4j.bench.report;

/**
 * What measurements say about a claim.
 *
 * @param kind     the verdict
 * @param evidence the numbers from which it follows
 */
record Verdict(Kind kind, String evidence) {
    /** In short. */
    enum Kind {
        HOLDS("holds"),
        IN_PART("holds in part"),
        FAILS("does not hold"),
        NOT_MEASURED("not measured"),
        NO_NUMBER("no matter of measurement");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    static Verdict notMeasured(String what) {
        return new Verdict(Kind.NOT_MEASURED, "no line for " + what);
    }

    /** Judges a claim that something is faster, by how many times as long the other takes. */
    static Verdict faster(double ratio, double least, String evidence) {
        if (Double.isNaN(ratio)) {
            return new Verdict(Kind.NOT_MEASURED, evidence);
        }
        return new Verdict(ratio >= least ? Kind.HOLDS : Kind.FAILS, evidence);
    }
}
