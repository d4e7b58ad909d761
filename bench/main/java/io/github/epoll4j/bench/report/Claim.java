package io.github.epoll4j.bench.report;

/**
 * A statement of the sources.
 *
 * @param id        its number
 * @param statement what they say
 * @param rule      from when on it holds
 * @param verdict   what was measured
 */
record Claim(String id, String statement, String rule, Verdict verdict) {
}
