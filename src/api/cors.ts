import { bool, enumeration, list, obj, opt, str, type Static } from './schema.ts';

const origin = str('An origin: scheme, host and port; `*` is any.', { maxLength: 2048 });
const token = (description: string) => str(description, { maxLength: 256 });

export const corsSchema = obj(
  'What other origins may do; preflights of an allowed origin are answered before a token is looked for.',
  {
    allowOrigin: opt(list('Origins.', origin)),
    allowOriginRegex: opt(
      list('RE2 expressions that cover whole origins.', str('RE2.', { maxLength: 4096 }), 64),
    ),
    allowMethods: opt(list('Methods.', token('A method.'))),
    allowHeaders: opt(list('Headers of requests.', token('A header.'))),
    exposeHeaders: opt(list('Headers of answers that scripts may read.', token('A header.'))),
    maxAge: opt(str('Seconds that a preflight holds.', { maxLength: 256 })),
    allowCredentials: opt(bool('With cookies and the like. Default false.')),
    disableForRoute: opt(bool('On a route: none of this here. Default false.')),
  },
);

/** `options.cors`. */
export type Cors = Static<typeof corsSchema>;

/** How one field of virtual host and route is merged, in the order of Gloo's numbers. */
export const corsMergeStrategies = ['DEFAULT', 'UNION'] as const;

export const corsMergeSchema = obj('How cors of virtual host and route are merged.', {
  exposeHeaders: opt(
    enumeration('DEFAULT: those of the route, if it has any. UNION: both.', corsMergeStrategies),
  ),
});
