import { enumeration, list, obj, opt, str } from './schema.ts';

/** Versions of TLS by their names in Gloo. */
export const tlsVersions = ['TLS_AUTO', 'TLSv1_0', 'TLSv1_1', 'TLSv1_2', 'TLSv1_3'] as const;

/** `sslConfig.parameters` of a VirtualService and of an Upstream (Gloo `SslParameters`). */
export const tlsParametersSchema = obj('TLS versions and ciphers.', {
  minimumProtocolVersion: opt(
    enumeration('Oldest version. Default, and the oldest there is: TLSv1_2.', tlsVersions),
  ),
  maximumProtocolVersion: opt(enumeration('Newest version. Default: TLSv1_3.', tlsVersions)),
  cipherSuites: opt(
    list('Ciphers of TLSv1_2, by their names in OpenSSL.', str('A cipher.', { maxLength: 256 })),
  ),
  ecdhCurves: opt(list('Groups of the key exchange.', str('A group.', { maxLength: 64 }))),
});
