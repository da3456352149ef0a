import { describe, expect, it } from '@jest/globals';
import { fieldHint, nearestName } from '../../../src/api/field-hint.ts';
import { schemaNode } from '../../../src/api/schema-node.ts';
import { list, obj, opt, str } from '../../../src/api/schema.ts';

const text = opt(str('Text.'));
const matcher = obj('A matcher.', { prefix: text });
const options = obj('Options.', { timeout: text, remoteJwks: text });
const route = obj('A route.', { matchers: opt(list('Matchers.', matcher)), options: opt(options) });
const root = schemaNode(
  obj('All.', { spec: obj('The spec.', { routes: list('Routes.', route) }) }),
);
const inRoute = ['spec', 'routes', 0];

describe('fieldHint', () => {
  it.each([
    ['a slip', [...inRoute, 'options'], 'timout', 'did you mean timeout'],
    ['another spelling', [...inRoute, 'options'], 'remote_JWKS', 'did you mean remoteJwks'],
    ['too high', inRoute, 'timeout', 'it belongs under spec.routes[0].options'],
    ['too high above a list', inRoute, 'prefix', 'it belongs under spec.routes[0].matchers[]'],
    ['too deep', [...inRoute, 'options'], 'matchers', 'it belongs under spec.routes[0]'],
    ['nothing near', inRoute, 'xyz', 'accepted matchers, options'],
    ['a member of Object', inRoute, 'constructor', 'accepted matchers, options'],
  ])('%s', (_title, parent, name, hint) => {
    expect(fieldHint(root, parent, name)).toBe(hint);
  });

  it('says so where no field is known', () => {
    expect(fieldHint(schemaNode(obj('Empty.', {})), [], 'a')).toBe('accepted no fields');
  });
});

describe('nearestName', () => {
  it.each([
    ['one edit', 'Gatway', 'Gateway'],
    ['another case', 'upstream', 'Upstream'],
    ['too far', 'Deployment', undefined],
  ])('%s', (_title, name, nearest) => {
    expect(nearestName(name, ['Gateway', 'Upstream'])).toBe(nearest);
  });
});
