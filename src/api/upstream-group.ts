import { weightedDestinationSchema } from './route.ts';
import { list, obj, opt, type Static } from './schema.ts';

export const upstreamGroupSchema = obj('Several destinations by weight, for use by name.', {
  destinations: opt(list('Destinations and their shares.', weightedDestinationSchema, 64)),
});

/** `spec` of an UpstreamGroup. */
export type UpstreamGroupSpec = Static<typeof upstreamGroupSchema>;
