import { expect, it } from '@jest/globals';
import { compileYaml, echo, toEcho, withSpec } from '../../support/resources.ts';

const compiled = (route: object, host: object = {}) =>
  compileYaml(
    echo +
      withSpec('VirtualService', 'web', {
        virtualHost: {
          routes: [{ ...toEcho, options: { headerManipulation: route } }],
          options: { headerManipulation: host },
        },
      }),
  );

it('compiles route and virtual host, the route first', async () => {
  const { route } = await compiled(
    {
      requestHeadersToAdd: [{ header: { key: 'X-A', value: 'a' } }],
      requestHeadersToRemove: ['X-B', 'x-b', 'te'],
    },
    { responseHeadersToAdd: [{ header: { key: 'x-c' }, append: false }] },
  );
  expect(route('web').headers).toEqual([
    { request: { remove: ['x-b', 'te'], add: [{ name: 'x-a', value: ['a'], append: true }] } },
    { response: { remove: [], add: [{ name: 'x-c', value: [], append: false }] } },
  ]);
});

it('leaves nothing where nothing is changed', async () => {
  expect((await compiled({})).route('web')).not.toHaveProperty('headers');
});

it.each([
  ['requestHeadersToAdd', [{ header: { key: ':path', value: 'a' } }], '[0].header.key'],
  ['responseHeadersToAdd', [{ header: { key: 'x-a', value: '%X%' } }], '[0].header.value'],
  ['responseHeadersToRemove', ['x-a', 'host'], '[1]'],
  ['requestHeadersToRemove', ['content-length'], '[0]'],
])('refuses %s %j', async (field, value, place) => {
  const path = `spec.virtualHost.routes[0].options.headerManipulation.${field}${place}`;
  const result = await compiled({ [field]: value });
  expect(result.findings('VirtualService/web')).toEqual([`error InvalidValue ${path}`]);
});

it('compiles a share', async () => {
  const share = {
    destination: { upstream: { name: 'echo' } },
    weight: 1,
    options: { headerManipulation: { requestHeadersToRemove: ['x-a'] } },
  };
  const routes = [{ routeAction: { multi: { destinations: [share] } } }];
  const result = await compileYaml(
    echo + withSpec('VirtualService', 'web', { virtualHost: { routes } }),
  );
  expect(result.route('web').action).toMatchObject({
    destinations: [{ headers: { request: { remove: ['x-a'], add: [] } } }],
  });
});
