import { describe, expect, it } from '@jest/globals';
import { choosesByClaims, needsGuard } from '../../../src/xds/claim-choice.ts';
import { route, verified } from '../../support/envoy-table.ts';

const one = verified({ claimsToHeaders: [{ claim: 'org', header: 'x-org', append: false }] });
const [matcher] = route().matchers;
const header = (name: string) => ({ name, kind: 'present', value: '', invert: false }) as const;
const chosenBy = (name: string) => ({
  ...one.routes[0],
  ...route({ matchers: matcher ? [{ ...matcher, headers: [header(name)] }] : [] }),
});

describe('claims that choose routes', () => {
  it.each([
    ['no header', one, false, false],
    ['another header', { ...one, routes: [chosenBy('x-other'), ...one.routes] }, false, false],
    ['the header of a claim', { ...one, routes: [chosenBy('x-org')] }, true, false],
    [
      'the header, to another verification',
      { ...one, routes: [{ ...chosenBy('x-org'), jwt: {} }, ...one.routes] },
      true,
      true,
    ],
  ])('by %s', (_name, host, chooses, guard) => {
    expect([choosesByClaims(host), needsGuard(host)]).toEqual([chooses, guard]);
  });
});
