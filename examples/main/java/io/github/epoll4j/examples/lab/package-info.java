/**
 * The lab: what select, poll and epoll do, played before one's eyes on one's own kernel.
 *
 * <p>A {@link io.github.epoll4j.examples.lab.Scenario} is a short story in code: it acts, and says what it expects of
 * each way to watch. {@link io.github.epoll4j.examples.lab.Lab} makes the calls and takes down what happened, which
 * {@link io.github.epoll4j.examples.lab.TextTimeline} prints and {@link io.github.epoll4j.examples.lab.HtmlPage} draws.
 */
package io.github.epoll4j.examples.lab;
