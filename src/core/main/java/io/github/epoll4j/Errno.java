package io.github.epoll4j;

import io.github.epoll4j.internal.gen.errno.errno_h;
import java.util.HashMap;
import java.util.Map;

/**
 * The numbers of {@code errno}: an open set of {@code int}s with names.
 *
 * <p>The constants are those that the calls of this library document. {@link #name} and {@link #text} cover all numbers
 * of Linux, which are the same on x86-64 and aarch64, and accept any other number.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/errno.3.html">errno(3)</a>
 */
public final class Errno {
    /** The operation, or the kind of file, is not permitted. */
    public static final int EPERM = errno_h.EPERM;
    /** No such file, or no such registration. */
    public static final int ENOENT = errno_h.ENOENT;
    /** No such process. */
    public static final int ESRCH = errno_h.ESRCH;
    /** A signal handler interrupted the call. */
    public static final int EINTR = errno_h.EINTR;
    /** Input or output failed. */
    public static final int EIO = errno_h.EIO;
    /** No such device or address. */
    public static final int ENXIO = errno_h.ENXIO;
    /** The number is not an open descriptor. */
    public static final int EBADF = errno_h.EBADF;
    /** The call would block; {@code EWOULDBLOCK} is the same number. */
    public static final int EAGAIN = errno_h.EAGAIN;
    /** The kernel is out of memory. */
    public static final int ENOMEM = errno_h.ENOMEM;
    /** Permission denied. */
    public static final int EACCES = errno_h.EACCES;
    /** A pointer is outside the process's memory. */
    public static final int EFAULT = errno_h.EFAULT;
    /** The device or resource is in use. */
    public static final int EBUSY = errno_h.EBUSY;
    /** A file or a registration exists already. */
    public static final int EEXIST = errno_h.EEXIST;
    /** No such device. */
    public static final int ENODEV = errno_h.ENODEV;
    /** Not a directory. */
    public static final int ENOTDIR = errno_h.ENOTDIR;
    /** A directory. */
    public static final int EISDIR = errno_h.EISDIR;
    /** An argument is not valid. */
    public static final int EINVAL = errno_h.EINVAL;
    /** The system has too many open files. */
    public static final int ENFILE = errno_h.ENFILE;
    /** The process has too many open descriptors. */
    public static final int EMFILE = errno_h.EMFILE;
    /** The file does not support this ioctl. */
    public static final int ENOTTY = errno_h.ENOTTY;
    /** The file would be too large. */
    public static final int EFBIG = errno_h.EFBIG;
    /** No space is left, or the limit of registrations is reached. */
    public static final int ENOSPC = errno_h.ENOSPC;
    /** The file has no position. */
    public static final int ESPIPE = errno_h.ESPIPE;
    /** The file system is read-only. */
    public static final int EROFS = errno_h.EROFS;
    /** The reading end is closed. */
    public static final int EPIPE = errno_h.EPIPE;
    /** A name is too long. */
    public static final int ENAMETOOLONG = errno_h.ENAMETOOLONG;
    /** The kernel lacks the call. */
    public static final int ENOSYS = errno_h.ENOSYS;
    /** A cycle, or nested too deep. */
    public static final int ELOOP = errno_h.ELOOP;
    /** The machine is not on the network. */
    public static final int ENONET = errno_h.ENONET;
    /** The protocol failed. */
    public static final int EPROTO = errno_h.EPROTO;
    /** A value is too large for its type. */
    public static final int EOVERFLOW = errno_h.EOVERFLOW;
    /** The descriptor is not a socket. */
    public static final int ENOTSOCK = errno_h.ENOTSOCK;
    /** A destination address is missing. */
    public static final int EDESTADDRREQ = errno_h.EDESTADDRREQ;
    /** The message is too long. */
    public static final int EMSGSIZE = errno_h.EMSGSIZE;
    /** The protocol does not match the socket. */
    public static final int EPROTOTYPE = errno_h.EPROTOTYPE;
    /** The protocol lacks the option. */
    public static final int ENOPROTOOPT = errno_h.ENOPROTOOPT;
    /** The protocol is not supported. */
    public static final int EPROTONOSUPPORT = errno_h.EPROTONOSUPPORT;
    /** The operation is not supported; {@code ENOTSUP} is the same number. */
    public static final int EOPNOTSUPP = errno_h.EOPNOTSUPP;
    /** The address family is not supported. */
    public static final int EAFNOSUPPORT = errno_h.EAFNOSUPPORT;
    /** The address is in use. */
    public static final int EADDRINUSE = errno_h.EADDRINUSE;
    /** The address is not one of this host. */
    public static final int EADDRNOTAVAIL = errno_h.EADDRNOTAVAIL;
    /** The network is down. */
    public static final int ENETDOWN = errno_h.ENETDOWN;
    /** The network cannot be reached. */
    public static final int ENETUNREACH = errno_h.ENETUNREACH;
    /** The connection ended before it was accepted. */
    public static final int ECONNABORTED = errno_h.ECONNABORTED;
    /** The peer reset the connection. */
    public static final int ECONNRESET = errno_h.ECONNRESET;
    /** No buffer space is left. */
    public static final int ENOBUFS = errno_h.ENOBUFS;
    /** The socket is connected already. */
    public static final int EISCONN = errno_h.EISCONN;
    /** The socket is not connected. */
    public static final int ENOTCONN = errno_h.ENOTCONN;
    /** Too many descriptors are on their way. */
    public static final int ETOOMANYREFS = errno_h.ETOOMANYREFS;
    /** The connection timed out. */
    public static final int ETIMEDOUT = errno_h.ETIMEDOUT;
    /** The connection was refused. */
    public static final int ECONNREFUSED = errno_h.ECONNREFUSED;
    /** The host is down. */
    public static final int EHOSTDOWN = errno_h.EHOSTDOWN;
    /** The host cannot be reached. */
    public static final int EHOSTUNREACH = errno_h.EHOSTUNREACH;
    /** A connection attempt is under way already. */
    public static final int EALREADY = errno_h.EALREADY;
    /** The connection attempt continues in the background. */
    public static final int EINPROGRESS = errno_h.EINPROGRESS;
    /** The user's quota of the file system is reached. */
    public static final int EDQUOT = errno_h.EDQUOT;
    /** The operation was canceled. */
    public static final int ECANCELED = errno_h.ECANCELED;

    private Errno() {
    }

    /**
     * Returns the symbolic name of a number, such as {@code EEXIST} for 17.
     *
     * @param errno a value of {@code errno}, positive
     * @return the name, or the decimal number if Linux has no name for it
     */
    public static String name(int errno) {
        Entry entry = Table.ENTRIES.get(errno);
        return entry == null ? Integer.toString(errno) : entry.name();
    }

    /**
     * Returns the C library's English text for a number, such as {@code File exists} for 17, in every locale.
     *
     * @param errno a value of {@code errno}, positive
     * @return the text, or {@code Unknown error} if Linux has none for it
     */
    public static String text(int errno) {
        Entry entry = Table.ENTRIES.get(errno);
        return entry == null ? "Unknown error" : entry.text();
    }

    /**
     * Returns name and text as in the messages of {@link ErrnoException}, such as {@code EEXIST (File exists)}.
     *
     * @param errno a value of {@code errno}, positive
     * @return the name, and the text in parentheses
     */
    public static String describe(int errno) {
        return name(errno) + " (" + text(errno) + ")";
    }

    private record Entry(String name, String text) {
    }

    /** Parsed for the first message. */
    private static final class Table {
        static final Map<Integer, Entry> ENTRIES = new HashMap<>();

        static {
            NAMES_AND_TEXTS.lines().forEach(line -> {
                String[] parts = line.split(" ", 3);
                ENTRIES.put(Integer.valueOf(parts[0]), new Entry(parts[1], parts[2]));
            });
        }
    }

    private static final String NAMES_AND_TEXTS = """
            1 EPERM Operation not permitted
            2 ENOENT No such file or directory
            3 ESRCH No such process
            4 EINTR Interrupted system call
            5 EIO Input/output error
            6 ENXIO No such device or address
            7 E2BIG Argument list too long
            8 ENOEXEC Exec format error
            9 EBADF Bad file descriptor
            10 ECHILD No child processes
            11 EAGAIN Resource temporarily unavailable
            12 ENOMEM Cannot allocate memory
            13 EACCES Permission denied
            14 EFAULT Bad address
            15 ENOTBLK Block device required
            16 EBUSY Device or resource busy
            17 EEXIST File exists
            18 EXDEV Invalid cross-device link
            19 ENODEV No such device
            20 ENOTDIR Not a directory
            21 EISDIR Is a directory
            22 EINVAL Invalid argument
            23 ENFILE Too many open files in system
            24 EMFILE Too many open files
            25 ENOTTY Inappropriate ioctl for device
            26 ETXTBSY Text file busy
            27 EFBIG File too large
            28 ENOSPC No space left on device
            29 ESPIPE Illegal seek
            30 EROFS Read-only file system
            31 EMLINK Too many links
            32 EPIPE Broken pipe
            33 EDOM Numerical argument out of domain
            34 ERANGE Numerical result out of range
            35 EDEADLK Resource deadlock avoided
            36 ENAMETOOLONG File name too long
            37 ENOLCK No locks available
            38 ENOSYS Function not implemented
            39 ENOTEMPTY Directory not empty
            40 ELOOP Too many levels of symbolic links
            42 ENOMSG No message of desired type
            43 EIDRM Identifier removed
            44 ECHRNG Channel number out of range
            45 EL2NSYNC Level 2 not synchronized
            46 EL3HLT Level 3 halted
            47 EL3RST Level 3 reset
            48 ELNRNG Link number out of range
            49 EUNATCH Protocol driver not attached
            50 ENOCSI No CSI structure available
            51 EL2HLT Level 2 halted
            52 EBADE Invalid exchange
            53 EBADR Invalid request descriptor
            54 EXFULL Exchange full
            55 ENOANO No anode
            56 EBADRQC Invalid request code
            57 EBADSLT Invalid slot
            59 EBFONT Bad font file format
            60 ENOSTR Device not a stream
            61 ENODATA No data available
            62 ETIME Timer expired
            63 ENOSR Out of streams resources
            64 ENONET Machine is not on the network
            65 ENOPKG Package not installed
            66 EREMOTE Object is remote
            67 ENOLINK Link has been severed
            68 EADV Advertise error
            69 ESRMNT Srmount error
            70 ECOMM Communication error on send
            71 EPROTO Protocol error
            72 EMULTIHOP Multihop attempted
            73 EDOTDOT RFS specific error
            74 EBADMSG Bad message
            75 EOVERFLOW Value too large for defined data type
            76 ENOTUNIQ Name not unique on network
            77 EBADFD File descriptor in bad state
            78 EREMCHG Remote address changed
            79 ELIBACC Can not access a needed shared library
            80 ELIBBAD Accessing a corrupted shared library
            81 ELIBSCN .lib section in a.out corrupted
            82 ELIBMAX Attempting to link in too many shared libraries
            83 ELIBEXEC Cannot exec a shared library directly
            84 EILSEQ Invalid or incomplete multibyte or wide character
            85 ERESTART Interrupted system call should be restarted
            86 ESTRPIPE Streams pipe error
            87 EUSERS Too many users
            88 ENOTSOCK Socket operation on non-socket
            89 EDESTADDRREQ Destination address required
            90 EMSGSIZE Message too long
            91 EPROTOTYPE Protocol wrong type for socket
            92 ENOPROTOOPT Protocol not available
            93 EPROTONOSUPPORT Protocol not supported
            94 ESOCKTNOSUPPORT Socket type not supported
            95 EOPNOTSUPP Operation not supported
            96 EPFNOSUPPORT Protocol family not supported
            97 EAFNOSUPPORT Address family not supported by protocol
            98 EADDRINUSE Address already in use
            99 EADDRNOTAVAIL Cannot assign requested address
            100 ENETDOWN Network is down
            101 ENETUNREACH Network is unreachable
            102 ENETRESET Network dropped connection on reset
            103 ECONNABORTED Software caused connection abort
            104 ECONNRESET Connection reset by peer
            105 ENOBUFS No buffer space available
            106 EISCONN Transport endpoint is already connected
            107 ENOTCONN Transport endpoint is not connected
            108 ESHUTDOWN Cannot send after transport endpoint shutdown
            109 ETOOMANYREFS Too many references: cannot splice
            110 ETIMEDOUT Connection timed out
            111 ECONNREFUSED Connection refused
            112 EHOSTDOWN Host is down
            113 EHOSTUNREACH No route to host
            114 EALREADY Operation already in progress
            115 EINPROGRESS Operation now in progress
            116 ESTALE Stale file handle
            117 EUCLEAN Structure needs cleaning
            118 ENOTNAM Not a XENIX named type file
            119 ENAVAIL No XENIX semaphores available
            120 EISNAM Is a named type file
            121 EREMOTEIO Remote I/O error
            122 EDQUOT Disk quota exceeded
            123 ENOMEDIUM No medium found
            124 EMEDIUMTYPE Wrong medium type
            125 ECANCELED Operation canceled
            126 ENOKEY Required key not available
            127 EKEYEXPIRED Key has expired
            128 EKEYREVOKED Key has been revoked
            129 EKEYREJECTED Key was rejected by service
            130 EOWNERDEAD Owner died
            131 ENOTRECOVERABLE State not recoverable
            132 ERFKILL Operation not possible due to RF-kill
            133 EHWPOISON Memory page has hardware error
            """;
}
