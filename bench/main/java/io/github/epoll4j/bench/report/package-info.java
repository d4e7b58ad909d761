/**
 * The report: all measurements in a row, the charts and the tables of their files, what the sources claim beside what
 * was measured, and the ratios that are promised.
 */
package io.github.epoll4j.bench.report;
