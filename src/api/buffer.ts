import { bool, int, obj, opt, type Static } from './schema.ts';

/** Envoy's `Buffer`, as Gloo takes it over. */
export const bufferSchema = obj('Bodies are read as a whole before they are sent on.', {
  maxRequestBytes: int('The largest body, in bytes; a larger one gets 413. At most 64 MiB.', {
    minimum: 1,
  }),
});

/** Envoy's `BufferPerRoute`, of a route or a virtual host. */
export const bufferPerRouteSchema = obj(
  'Another bound than that of the Gateway, which has to have one: without its options.buffer this does nothing.',
  { disabled: opt(bool('Bodies are not read first.')), buffer: opt(bufferSchema) },
  { oneOf: [{ fields: ['disabled', 'buffer'] }] },
);
export type BufferPerRouteSpec = Static<typeof bufferPerRouteSchema>;
export type BufferSpec = Static<typeof bufferSchema>;
