import {
  bool,
  laterObject,
  list,
  obj,
  opt,
  refTo,
  str,
  unsupported,
  type Static,
} from './schema.ts';
import { tlsParametersSchema } from './tls-parameters.ts';

export const upstreamSslSchema = obj(
  'TLS to the backend.',
  {
    secretRef: opt(
      refTo(
        'A Secret; its ca.crt is what server certificates are checked against, its tls.crt and tls.key are what the gateway shows.',
      ),
    ),
    sslFiles: laterObject('Certificates from files.'),
    sds: laterObject('Secret discovery service.'),
    sni: opt(str('Server name.', { maxLength: 253 })),
    verifySubjectAltName: opt(
      list(
        'Names of the server: its certificate has to have one of them as subject alternative name. Default: the name that is connected to.',
        str('A host, URI, address or e-mail.', { minLength: 1, maxLength: 1024 }),
      ),
    ),
    oneWayTls: opt(
      bool(
        'Gloo: ignore the authorities of the secret. Here certificates are checked all the same.',
      ),
    ),
    parameters: opt(tlsParametersSchema),
    alpnProtocols: opt(
      list(
        'ALPN protocols; http/1.1 is offered in any case.',
        str('A protocol.', { maxLength: 255 }),
      ),
    ),
    allowRenegotiation: opt(unsupported(bool('Allow renegotiation.'))),
  },
  { oneOf: [{ fields: ['secretRef', 'sslFiles', 'sds'] }] },
);
export type UpstreamSslSpec = Static<typeof upstreamSslSchema>;
