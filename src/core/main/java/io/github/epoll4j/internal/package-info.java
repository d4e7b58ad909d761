/** What the exported packages share and do not show. */
package io.github.epoll4j.internal;
