/**
 * A small online game: players walk on a field and talk. The server's loop owns the {@link
 * io.github.epoll4j.examples.game.World}, which moves on by ticks: input changes it at once, and all clients are sent
 * the changes of a tick together, in one write each. Positions are kept in a database, on a thread of its own.
 *
 * <p>The packets are little-endian. Each begins with its size, header included, and its type, both of 2 bytes. A size
 * that is not that of the type, an unknown type, or text that is not UTF-8 ends the connection. A packet for another
 * player than the client's own is ignored. Numbers have 4 bytes: players are integers, coordinates are floats from 0 to
 * 1000 (x) and 0 to 600 (y). Text is UTF-8, filled up with zeros: 30 bytes for a name, 256 for what is said.
 *
 * <table>
 * <caption>Packets</caption>
 * <tr><th>type</th><th>bytes</th><th>packet</th><th>fields after the header</th></tr>
 * <tr><td>1</td><td>8</td><td>client: log in</td><td>player, 0 for any that is free</td></tr>
 * <tr><td>2</td><td>46</td><td>server: logged in</td><td>player, x, y, name; or a failure in place of the player: -1 no
 *     such player, -2 plays already, or none is free, -3 try later</td></tr>
 * <tr><td>11</td><td>264</td><td>client: say</td><td>player, text</td></tr>
 * <tr><td>12</td><td>294</td><td>server: said</td><td>player, name, text; also to the one who said it</td></tr>
 * <tr><td>21</td><td>16</td><td>client: move</td><td>player, x, y</td></tr>
 * <tr><td>22</td><td>16</td><td>server: moved</td><td>player, x, y; also to the one who moved; the last position of a
 *     tick</td></tr>
 * <tr><td>31</td><td>12</td><td>server: end of a tick</td><td>number of the tick, number of players</td></tr>
 * <tr><td>32</td><td>46</td><td>server: entered</td><td>player, x, y, name; also of each who is there already</td></tr>
 * <tr><td>33</td><td>8</td><td>server: left</td><td>player</td></tr>
 * </table>
 *
 * <p>A client over TCP sees the world when it has logged in, for which it has ten seconds. Pages get the same packets
 * in binary messages of a WebSocket, and see the world at once. A client has four packets in each tick; more wait, and
 * are not read. A client that does not read is disconnected when more than 256 KB wait for it. A connection that ends
 * by a fault of the client is reset: the client gets nothing more, and the server's port keeps no TIME_WAIT.
 */
package io.github.epoll4j.examples.game;
