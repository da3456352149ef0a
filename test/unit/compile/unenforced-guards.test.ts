import { describe, expect, it } from '@jest/globals';
import type { VirtualHostOptions } from '../../../src/api/options.ts';
import type { RouteSpec } from '../../../src/api/route.ts';
import { unenforcedGuard } from '../../../src/compile/unenforced-guards.ts';

type Case = readonly [string, RouteSpec['options'], VirtualHostOptions, string | undefined];

const cases: readonly Case[] = [
  ['nothing', {}, {}, undefined],
  ['options that guard nothing', { retries: {}, cors: {} }, { cors: {} }, undefined],
  ['extauth', { extauth: { configRef: {} } }, {}, 'options.extauth'],
  ['extauth of the virtual host', {}, { extauth: {} }, 'options.extauth'],
  ['extauth turned off', { extauth: { disable: true } }, { extauth: {} }, undefined],
  ['extauth that is not turned off', { extauth: { disable: false } }, {}, 'options.extauth'],
  ['waf', { waf: {} }, {}, 'options.waf'],
  ['waf turned off', { waf: { disabled: true } }, { waf: {} }, undefined],
  ['dlp', {}, { dlp: {} }, 'options.dlp'],
  ['csrf', { csrf: { disable: true } }, {}, 'options.csrf'],
  ['extProc', {}, { extProc: {} }, 'options.extProc'],
  ['extProc that the route turns off', { extProc: { disabled: true } }, { extProc: {} }, undefined],
  ['a prompt guard', { ai: { promptGuard: {} } }, {}, 'options.ai.promptGuard'],
  ['other model options', { ai: { defaults: [] } }, {}, undefined],
];

describe('unenforcedGuard', () => {
  it.each(cases)('%s', (_title, options, host, expected) => {
    const route = options === undefined ? {} : { options };
    expect(unenforcedGuard(route, host)).toBe(expected);
  });

  it.each([
    [{ extauth: {} }, 'routeAction.multi.destinations[1].options.extauth'],
    [{ extauth: { disable: true } }, undefined],
    [{ csrf: {} }, 'routeAction.multi.destinations[1].options.csrf'],
    [{ headerManipulation: {} }, undefined],
  ])('options of a share: %j', (options, expected) => {
    const destination = { upstream: { name: 'a' } };
    const destinations = [{ destination }, { destination, options }];
    expect(unenforcedGuard({ routeAction: { multi: { destinations } } }, {})).toBe(expected);
  });
});
