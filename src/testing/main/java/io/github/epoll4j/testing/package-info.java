/** Helpers that the tests of several modules share. They use the JDK, JUnit and AssertJ, and nothing of epoll4j. */
package io.github.epoll4j.testing;
