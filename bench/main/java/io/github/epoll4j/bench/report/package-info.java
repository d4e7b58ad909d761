/** All measurements in a row, the charts and tables of their CSV files, and the ratios that are promised. */
package io.github.epoll4j.bench.report;
