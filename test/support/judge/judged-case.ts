import type { Provider, VhostExtension } from '../../../src/api/jwt.ts';
import type { RouteSpec } from '../../../src/api/route.ts';
import type { VirtualServiceSpec } from '../../../src/api/virtual-service.ts';
import type { GoldenToken } from '../golden-story.ts';

/** A request as it is written: `{name}` in target and headers stands for the token of that name. */
export interface JudgedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly tokens: Readonly<Record<string, GoldenToken>>;
}

/** What both engines are asked: plain data, so that parts of it can be left out one by one. */
export interface JudgedCase {
  readonly spec: VirtualServiceSpec;
  readonly request: JudgedRequest;
}

/** Where a provider looks for tokens. */
export interface TokenPlace {
  readonly kind: 'header' | 'query';
  /** Headers in lower case. */
  readonly name: string;
  readonly prefix: string;
}

export function routesOf({ virtualHost }: VirtualServiceSpec): readonly RouteSpec[] {
  return virtualHost?.routes ?? [];
}

/** Every verification that is written anywhere in a virtual service. */
function extensionsOf(spec: VirtualServiceSpec): readonly VhostExtension[] {
  const options = spec.virtualHost?.options;
  const staged = [
    options?.jwtStaged,
    ...routesOf(spec).map((one) => one.options?.jwtProvidersStaged),
  ];
  const all = [options?.jwt, ...staged.flatMap((one) => [one?.beforeExtAuth, one?.afterExtAuth])];
  return all.flatMap((one) => one ?? []);
}

export function providersOf(spec: VirtualServiceSpec): readonly Provider[] {
  return extensionsOf(spec).flatMap(({ providers }) => Object.values(providers ?? {}));
}

export function placesOf({ tokenSource }: Provider): readonly TokenPlace[] {
  const { headers = [], queryParams = [] } = tokenSource ?? {
    headers: [{ header: 'authorization', prefix: 'Bearer ' }],
    queryParams: ['access_token'],
  };
  return [
    ...headers.map(({ header, prefix = '' }): TokenPlace => ({
      kind: 'header',
      name: header.toLowerCase(),
      prefix,
    })),
    ...queryParams.map((name): TokenPlace => ({ kind: 'query', name, prefix: '' })),
  ];
}

/** Names of parameters of a query, decoded. */
export function parametersOf(target: string): readonly (readonly [string, string])[] {
  const mark = target.indexOf('?');
  if (mark === -1) return [];
  return target
    .slice(mark + 1)
    .split('&')
    .map((piece) => {
      const equals = piece.indexOf('=');
      const [name, value] =
        equals === -1 ? [piece, ''] : [piece.slice(0, equals), piece.slice(equals + 1)];
      return [decodeURIComponent(name), decodeURIComponent(value)] as const;
    });
}
