/** A door into Netty's own package, for what it shows to nobody else. */
package io.netty.channel.epoll;
