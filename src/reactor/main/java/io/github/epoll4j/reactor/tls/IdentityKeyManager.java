package io.github.epoll4j.reactor.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Chooses among the identities whose key is of the wanted kind. Of these it is the first whose certificate has the name
 * that the client asks for (SNI), or else the first. An alias is the index of an identity.
 */
final class IdentityKeyManager extends X509ExtendedKeyManager {
    private static final int DNS_NAME = 2;

    private final List<TlsIdentity.Keys> identities;

    IdentityKeyManager(List<TlsIdentity.Keys> identities) {
        this.identities = identities;
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        String[] fitting = getServerAliases(keyType, issuers);
        if (fitting == null) {
            return null;
        }
        String requested = requestedName(engine.getHandshakeSession());
        if (requested == null) {
            return fitting[0];
        }
        String name = requested.toLowerCase(Locale.ROOT);
        boolean isOfAnotherKind = identities.stream().anyMatch(keys -> !keys.key().getAlgorithm().equals(keyType)
                && hasName(keys.certificate(), name) && isTaken(engine, keys.key().getAlgorithm()));
        return Arrays.stream(fitting).filter(alias -> hasName(keys(alias).certificate(), name))
                .findFirst().orElse(isOfAnotherKind ? null : fitting[0]); // the engine asks for the next kind then
    }

    /** Returns whether the peer takes signatures by a kind of key. */
    private static boolean isTaken(SSLEngine engine, String algorithm) {
        String part = switch (algorithm) {
            case "EC" -> "ECDSA";
            case "EdDSA" -> "Ed";
            default -> "RSA";
        };
        return engine.getHandshakeSession() instanceof ExtendedSSLSession session
                && Arrays.stream(session.getPeerSupportedSignatureAlgorithms()).anyMatch(name -> name.contains(part));
    }

    /** Returns the host name that the client asks for, in ASCII; null if it asks for none. */
    static String requestedName(SSLSession session) {
        if (session instanceof ExtendedSSLSession extended) {
            for (SNIServerName name : extended.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    return host.getAsciiName();
                }
            }
        }
        return null;
    }

    private static boolean hasName(X509Certificate certificate, String name) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names != null && names.stream().anyMatch(entry -> entry.getFirst().equals(DNS_NAME)
                    && matches(entry.get(1).toString().toLowerCase(Locale.ROOT), name));
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    /** A wildcard stands for one label (RFC 6125). */
    private static boolean matches(String pattern, String name) {
        int dot = name.indexOf('.');
        return pattern.equals(name)
                || pattern.startsWith("*.") && dot > 0 && pattern.substring(1).equals(name.substring(dot));
    }

    @Override
    public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
        for (String keyType : keyTypes) {
            String[] fitting = getClientAliases(keyType, issuers);
            if (fitting != null) {
                String known = Arrays.stream(fitting).filter(alias -> isIssuedBy(keys(alias), issuers))
                        .findFirst().orElse(null);
                if (known != null) {
                    return known;
                }
            }
        }
        return null;
    }

    private static boolean isIssuedBy(TlsIdentity.Keys keys, Principal[] issuers) {
        return issuers == null || issuers.length == 0 || keys.chain().stream()
                .anyMatch(certificate -> Arrays.asList(issuers).contains(certificate.getIssuerX500Principal()));
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return chooseEngineClientAlias(keyTypes, issuers, null);
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        String[] fitting = getServerAliases(keyType, issuers);
        return fitting == null ? null : fitting[0];
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return aliases(keyType);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return aliases(keyType);
    }

    private String[] aliases(String keyType) {
        String[] fitting = IntStream.range(0, identities.size())
                .filter(i -> identities.get(i).key().getAlgorithm().equals(keyType))
                .mapToObj(Integer::toString).toArray(String[]::new);
        return fitting.length == 0 ? null : fitting;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return keys(alias).chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return keys(alias).key();
    }

    private TlsIdentity.Keys keys(String alias) {
        return identities.get(Integer.parseInt(alias));
    }
}
