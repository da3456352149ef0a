import { describe, expect, it } from '@jest/globals';
import { createFindings } from '../../../src/compile/findings.ts';
import { withoutSpoofing } from '../../../src/compile/spoofed-headers.ts';
import type { AddedHeader, HeaderCommand } from '../../../src/ir/route-headers.ts';
import { route } from '../../support/envoy-table.ts';

const read = (name: string, alternative?: string): HeaderCommand => ({
  of: 'request',
  name,
  ...(alternative === undefined ? {} : { alternative }),
});
const header = (name: string, value: AddedHeader['value'], append = true): AddedHeader => ({
  name,
  value,
  append,
});

function checked(added: AddedHeader) {
  const findings = createFindings();
  const request = { remove: [], add: [added] };
  const uses = [{ header: added, path: 'p' }];
  const routes = [
    route({ headers: [{ request }] }),
    route({
      action: {
        kind: 'forward',
        timeoutMs: 0,
        destinations: [{ cluster: 'c', weight: 1, headers: { request } }],
      },
    }),
  ];
  const [first, second] = withoutSpoofing(routes, { claimHeaders: ['x-sub'], uses, findings });
  const share = second?.action.kind === 'forward' ? second.action.destinations[0] : undefined;
  expect(share?.headers?.request).toEqual(first?.headers?.[0]?.request);
  return { edit: first?.headers?.[0]?.request, said: findings.list.map(({ message }) => message) };
}

describe('withoutSpoofing', () => {
  it.each([
    ['another header', header('x-sub', [read('x-evil')])],
    ['the path', header('x-sub', ['a', read(':path')])],
    ['another header where there is no claim', header('x-sub', [read('x-sub', 'x-evil')])],
    ['another header, in the other spelling', header('x_sub', [read('x-evil')])],
  ])('takes out a claim header made of %s', (_title, added) => {
    const { edit, said } = checked(added);
    expect(edit).toEqual({ remove: [], add: [] });
    expect(said).toEqual([expect.stringContaining('it is left out')]);
  });

  it.each([
    ['a text', header('x-sub', ['nobody'])],
    ['a secret', header('x-sub', { secret: 'id' })],
    ['the claim itself', header('x-sub', [read('x-sub')])],
    ['the address', header('x-sub', [{ of: 'peer' }])],
    ['nothing of claims', header('x-other', [read('x-evil')])],
  ])('leaves %s', (_title, added) => {
    expect(checked(added)).toEqual({ edit: { remove: [], add: [added] }, said: [] });
  });

  it('has a copy of a claim replace what the client sends, also without a claim', () => {
    const added = header('x-user', [read('x-sub')], false);
    expect(checked(added)).toEqual({ edit: { remove: ['x-user'], add: [added] }, said: [] });
  });

  it('warns of a copy beside what the client sends', () => {
    const { edit, said } = checked(header('x-user', [read('x_sub')]));
    expect(edit?.add).toHaveLength(1);
    expect(said).toEqual([expect.stringContaining('unless append is false')]);
  });

  it('changes nothing without claims', () => {
    const routes = [route()];
    const scope = { claimHeaders: [], uses: [], findings: createFindings() };
    expect(withoutSpoofing(routes, scope)).toBe(routes);
  });
});
