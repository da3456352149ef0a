import type { TProperties } from 'typebox';
import { Type } from '../base/json-type.ts';
import { bool, int, list, map, opt, str } from './schema.ts';
import type { CoreKind } from './kinds.ts';

/** Objects of Kubernetes itself: only what is read is described, the rest may be anything. */
function open<P extends TProperties>(description: string, properties: P) {
  return Type.Object(properties, { description, additionalProperties: true });
}

const port = int('Port.', { minimum: 1, maximum: 65_535 });
const maxMembers = 16_384;

const secret = {
  type: opt(str('Type of the secret.')),
  data: opt(
    map(
      'Values in base64.',
      str('A value in base64.', { pattern: '^[A-Za-z0-9+/=\\s]*$' }),
      maxMembers,
    ),
  ),
  stringData: opt(map('Values as text.', str('A value.'), maxMembers)),
};

const service = {
  spec: open('What the Service does.', {
    type: opt(str('ClusterIP, NodePort, LoadBalancer or ExternalName.')),
    clusterIP: opt(str('Its address.')),
    externalName: opt(str('The name it stands for.')),
    selector: opt(map('Labels of its pods.', str('Value of a label.'), maxMembers)),
    ports: opt(
      list(
        'Ports.',
        open('A port.', {
          name: opt(str('Name of the port.')),
          port,
          targetPort: opt(
            Type.Unsafe<number | string>({
              type: ['integer', 'string'],
              description: 'Port of the pods, by number or name.',
            }),
          ),
        }),
        maxMembers,
      ),
    ),
  }),
};

const endpointSlice = {
  addressType: str('IPv4, IPv6 or FQDN.'),
  endpoints: opt(
    list(
      'Endpoints.',
      open('An endpoint.', {
        addresses: list('Addresses.', str('An address.'), maxMembers),
        conditions: opt(open('Its state.', { ready: opt(bool('Ready for requests.')) })),
        targetRef: opt(
          open('What has the addresses.', {
            kind: opt(str('Kind; for a pod, Pod.')),
            namespace: opt(str('Its namespace.')),
            name: opt(str('Its name.')),
          }),
        ),
      }),
      maxMembers,
    ),
  ),
  ports: opt(
    list(
      'Ports.',
      open('A port.', { name: opt(str('Name of the port.')), port: opt(port) }),
      maxMembers,
    ),
  ),
};

/** The members of the core kinds that are read, beside `metadata`. */
export const core: Readonly<Record<CoreKind, TProperties>> = {
  Secret: secret,
  Service: service,
  EndpointSlice: endpointSlice,
  Pod: {},
};
