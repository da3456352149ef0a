import { list, nullableBool, obj, opt, unsupported, type Static } from './schema.ts';

/** Gloo's `ProtocolUpgradeConfig`, of a route or a listener. */
export const upgradesSchema = list(
  'Protocols that requests may change to. Default: WebSocket.',
  obj(
    'Exactly one of the fields.',
    {
      websocket: opt(obj('WebSocket.', { enabled: opt(nullableBool('Default true.')) })),
      connect: opt(
        unsupported(obj('Tunnels by CONNECT.', { enabled: opt(nullableBool('Default true.')) })),
      ),
    },
    { oneOf: [{ fields: ['websocket', 'connect'], required: true }] },
  ),
  16,
);
export type UpgradesSpec = Static<typeof upgradesSchema>;
