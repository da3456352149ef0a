import { shortJwtSchema } from './jwt.ts';
import { virtualHostOptionsSchema } from './options.ts';
import { rbacSchema } from './rbac.ts';
import { optionsConfigRefsSchema, routeSchema } from './route.ts';
import {
  bool,
  duration,
  later,
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

const sslConfig = obj(
  'Serve on TLS: such a VirtualService goes to TLS listeners only.',
  {
    secretRef: opt(refTo('A kubernetes.io/tls Secret.')),
    sslFiles: opt(
      unsupported(
        obj(
          'Certificate from files.',
          {
            tlsCert: opt(str('File of the certificate.')),
            tlsKey: opt(str('File of the key.')),
            rootCa: opt(str('File of the authorities for client certificates.')),
            ocspStaple: opt(str('File of the OCSP staple.')),
          },
          {
            together: [
              { field: 'tlsCert', needs: ['tlsKey'] },
              { field: 'tlsKey', needs: ['tlsCert'] },
            ],
          },
        ),
      ),
    ),
    sds: laterObject('Secret discovery service.'),
    sniDomains: opt(
      list('Server names: `host` or `*.suffix`. Default: any.', str('A name.', { maxLength: 253 })),
    ),
    verifySubjectAltName: opt(
      list(
        'Names of clients: their certificate has to have one of them as subject alternative name. Needs a ca.crt.',
        str('A host, URI, address or e-mail.', { minLength: 1, maxLength: 1024 }),
      ),
    ),
    parameters: opt(tlsParametersSchema),
    alpnProtocols: opt(
      list(
        'Protocols, the preferred first. Default: h2, http/1.1.',
        str('A protocol.', { minLength: 1, maxLength: 255 }),
        16,
      ),
    ),
    oneWayTls: opt(
      bool('Do not ask for client certificates, even if the secret has a ca.crt. Default false.'),
    ),
    disableTlsSessionResumption: opt(
      bool('Each connection begins with a whole handshake. Default false.'),
    ),
    transportSocketConnectTimeout: opt(duration('Time for the handshake. Default 10s.')),
    ocspStaplePolicy: later('OCSP stapling.'),
  },
  { oneOf: [{ fields: ['secretRef', 'sslFiles', 'sds'] }] },
);
export type SslConfig = Static<typeof sslConfig>;

const domains = list(
  'Hosts: exact, `*.suffix`, `prefix.*` or `*`. Default: `*`.',
  str('A host.', { maxLength: 261 }),
  512,
);
const routes = list('Routes; the first that matches is taken.', routeSchema, 2048);

const virtualHost = obj('Hosts and their routes.', {
  domains: opt(domains),
  routes: opt(routes),
  options: opt(virtualHostOptionsSchema),
  optionsConfigRefs: opt(optionsConfigRefsSchema),
});

export const virtualServiceSchema = obj(
  'Hosts, routes, and who may use them. Either virtualHost (as in Gloo), or the short form: jwt, rbac, domains, routes.',
  {
    virtualHost: opt(virtualHost),
    sslConfig: opt(sslConfig),
    displayName: opt(str('A name for people.', { maxLength: 253 })),
    jwt: opt(shortJwtSchema),
    rbac: opt(rbacSchema),
    domains: opt(domains),
    routes: opt(routes),
  },
  {
    oneOf: [
      { fields: ['virtualHost', 'jwt'] },
      { fields: ['virtualHost', 'rbac'] },
      { fields: ['virtualHost', 'domains'] },
      { fields: ['virtualHost', 'routes'] },
    ],
  },
);

/** `spec` of a VirtualService (Gloo `gateway.VirtualServiceSpec`, and the short form). */
export type VirtualServiceSpec = Static<typeof virtualServiceSchema>;
