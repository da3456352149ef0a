import { describe, expect, it } from '@jest/globals';

import type { UpgradesSpec } from '../../../src/api/upgrades.ts';
import { createFindings } from '../../../src/compile/findings.ts';
import { compileUpgrades } from '../../../src/compile/upgrades.ts';

describe('compileUpgrades', () => {
  it.each<[string, UpgradesSpec | undefined, readonly string[] | undefined, readonly string[]]>([
    ['nothing said', undefined, undefined, []],
    ['nothing said of WebSocket', [{ connect: {} }], undefined, []],
    ['on', [{ websocket: {} }], ['websocket'], []],
    ['on, as null', [{ websocket: { enabled: null } }], ['websocket'], []],
    ['off', [{ connect: {} }, { websocket: { enabled: false } }], [], []],
    [
      'said twice',
      [{ websocket: {} }, { websocket: { enabled: false } }],
      ['websocket'],
      ['at[1].websocket'],
    ],
  ])('%s', (_title, written, expected, errors) => {
    const findings = createFindings();
    expect(compileUpgrades(written, 'at', findings)).toEqual(expected);
    expect(findings.list.map(({ path }) => path)).toEqual(errors);
  });
});
