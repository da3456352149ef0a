import { list, nullableBool, obj, opt, refTo, str, type Static } from './schema.ts';

const name = (description: string) => str(description, { minLength: 1, maxLength: 256 });

const header = obj('A header.', {
  key: name('Name of the header.'),
  value: opt(
    str(
      'Its value; %REQ(name)% and the like stand for pieces of the request, %% for a percent sign.',
      {
        maxLength: 16_384,
      },
    ),
  ),
});

const append = opt(
  nullableBool('False: lines of that name that are there already go. Default true.'),
);

const manipulation = (most: number) =>
  obj('Headers to add or remove: of a share, then of the route, then of the virtual host.', {
    requestHeadersToAdd: opt(
      list(
        'For the upstream.',
        obj(
          'A header, or all those of a Secret.',
          {
            header: opt(header),
            headerSecretRef: opt(refTo('A Secret whose keys are names of headers.')),
            append,
          },
          { oneOf: [{ fields: ['header', 'headerSecretRef'], required: true }] },
        ),
        most,
      ),
    ),
    requestHeadersToRemove: opt(list('Not for the upstream.', name('Name of a header.'), most)),
    responseHeadersToAdd: opt(list('For the client.', obj('A header.', { header, append }), most)),
    responseHeadersToRemove: opt(list('Not for the client.', name('Name of a header.'), most)),
  });

export const headerManipulationSchema = manipulation(64);

/** The API server has a budget for what rules between fields may cost, counted at the bounds of all lists around them. */
export const shareHeaderManipulationSchema = manipulation(16);

/** `options.headerManipulation`. */
export type HeaderManipulation = Static<typeof headerManipulationSchema>;
