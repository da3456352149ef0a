import { duration, later, obj, opt } from './schema.ts';

/** Gloo's `MaxStreamDuration` of a route. */
export const maxStreamDurationSchema = obj('How long a request may take, from its head on.', {
  maxStreamDuration: opt(duration('Until the response is complete; 0s = none. Default: none.')),
  grpcTimeoutHeaderMax: later('Limit of grpc-timeout.'),
  grpcTimeoutHeaderOffset: later('Taken off grpc-timeout.'),
});
