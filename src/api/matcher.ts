import {
  bool,
  list,
  nullableBool,
  obj,
  opt,
  opaque,
  str,
  unsupported,
  type Static,
} from './schema.ts';

const header = obj('Condition on a request header.', {
  name: str('Name of the header.', { minLength: 1, maxLength: 256 }),
  value: opt(str('Required value. Default: the header has to be present.', { maxLength: 4096 })),
  regex: opt(bool('value is a RE2 expression for the whole header. Default false.')),
  invertMatch: opt(
    bool('The header must be there and different; without a value: must be absent. Default false.'),
  ),
});

const queryParameter = obj('Condition on a query parameter.', {
  name: str('Name of the parameter.', { minLength: 1, maxLength: 256 }),
  value: opt(str('Required value. Default: the parameter has to be present.', { maxLength: 4096 })),
  regex: opt(bool('value is a RE2 expression for the whole value. Default false.')),
});

export const matcherSchema = obj(
  'Which requests the route is for; all conditions have to hold.',
  {
    prefix: opt(
      str('Textual prefix of the path (`/get` also takes `/getter`).', { maxLength: 4096 }),
    ),
    exact: opt(str('The whole path.', { maxLength: 4096 })),
    regex: opt(str('RE2 expression for the whole path.', { maxLength: 4096 })),
    connectMatcher: opt(unsupported(opaque('CONNECT requests.'))),
    caseSensitive: opt(nullableBool('For prefix and exact. Default true.')),
    headers: opt(list('Conditions on headers; all have to hold.', header, 64)),
    queryParameters: opt(
      list('Conditions on query parameters; all have to hold.', queryParameter, 64),
    ),
    methods: opt(
      list(
        'One of these methods. Default: any.',
        str('An HTTP method, upper case.', { minLength: 1, maxLength: 32 }),
        32,
      ),
    ),
  },
  { oneOf: [{ fields: ['prefix', 'exact', 'regex', 'connectMatcher'] }] },
);

/** A matcher of a route (Gloo `core.matchers.Matcher`). */
export type MatcherSpec = Static<typeof matcherSchema>;
