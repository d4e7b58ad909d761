/** Byte transfers, deadlines, and addresses in the kernel's form. */
package io.github.epoll4j.internal.io;
