import { obj, opaque, opt, str, type Static } from './schema.ts';

/** A rewrite by an expression; `what` says of what. */
export function regexRewriteSchema(what: string) {
  return obj(
    what,
    {
      pattern: opt(
        obj('The expression.', {
          regex: opt(str('RE2.', { maxLength: 4096 })),
          googleRe2: opt(opaque('Ignored by Envoy.')),
        }),
      ),
      substitution: opt(str('Replacement, with \\1 for a group.', { maxLength: 4096 })),
    },
    { together: [{ field: 'substitution', needs: ['pattern'] }] },
  );
}

/** `regexRewrite` and `hostRewritePathRegex`. */
export type RegexRewriteSpec = Static<ReturnType<typeof regexRewriteSchema>>;
