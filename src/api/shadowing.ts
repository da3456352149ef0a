import { obj, opt, refTo, Type, type Static } from './schema.ts';

/** Gloo's `RouteShadowing`. */
export const shadowingSchema = obj(
  'A copy of requests goes to another Upstream, whose answers are thrown away.',
  {
    upstream: refTo('The Upstream; not a model server.'),
    percentage: opt(
      Type.Unsafe<number>({
        type: 'number',
        description: 'How many of a hundred requests. Default 0.',
        minimum: 0,
        maximum: 100,
      }),
    ),
  },
);
export type ShadowingSpec = Static<typeof shadowingSchema>;
