import { bool, enumeration, list, map, obj, opt, scalar, str, type Static } from './schema.ts';
import { claimMatchers } from '../ir/rbac.ts';

const principal = obj('Who: claims of a verified token.', {
  jwtPrincipal: opt(
    obj('All of these claims have to match.', {
      claims: opt(
        map('Claim name to required value.', scalar('Required value: text, or true/false.')),
      ),
      matcher: opt(enumeration('How claims are compared. Default EXACT_STRING.', claimMatchers)),
      provider: opt(
        str('Only claims of a token that this provider verified. Default: any provider.', {
          maxLength: 253,
        }),
      ),
    }),
  ),
});

const permissions = obj('What they may do; an empty field allows all.', {
  pathPrefix: opt(str('Textual prefix of the path.', { maxLength: 2048 })),
  methods: opt(
    list('HTTP methods.', str('An HTTP method, upper case.', { minLength: 1, maxLength: 32 }), 32),
  ),
  models: opt(
    list(
      'Only requests for one of these models, by the name that is billed.',
      str('Name of a model.', { minLength: 1, maxLength: 256 }),
      256,
    ),
  ),
});

const policy = obj('Allows its principals its permissions.', {
  principals: opt(list('One of these has to match.', principal, 128)),
  permissions: opt(permissions),
  nestedClaimDelimiter: opt(
    str('Makes `a.b` in a claim name a path, usually `.`. Default: names are literal.', {
      maxLength: 16,
    }),
  ),
});

export const rbacSchema = obj(
  'Authorization by claims: one policy has to allow the request, else 403.',
  {
    disable: opt(
      bool('True: no authorization here, also none of the virtual host. Default false.'),
    ),
    policies: opt(map('Policies by name. Set but empty: everybody is refused.', policy, 256)),
  },
);

/** `options.rbac` (Gloo `rbac.ExtensionSettings`). */
export type Rbac = Static<typeof rbacSchema>;
export type RbacPolicySpec = Static<typeof policy>;
