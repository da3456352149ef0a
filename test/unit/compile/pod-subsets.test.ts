import { describe, expect, it } from '@jest/globals';
import { createCompileMemory } from '../../../src/compile/compile-memory.ts';
import { randomOf } from '../../support/random-edits.ts';
import {
  compileResources,
  compileYaml,
  manifest,
  resourcesOf,
  withSpec,
} from '../../support/resources.ts';

const keys = (...selectors: readonly string[][]) => selectors.map((one) => ({ keys: one }));

function upstream(subsetSpec: object = { selectors: keys(['stage']) }): string {
  return withSpec('Upstream', 'up', { kube: { serviceName: 'svc', servicePort: 80, subsetSpec } });
}

function service(selector: object | undefined = { app: 'a', tier: 'b' }): string {
  return withSpec('Service', 'svc', { ports: [{ port: 80 }], selector });
}

function slice(...pods: readonly string[]): string {
  const endpoints = pods.map((name, index) => ({
    addresses: [`10.0.0.${index + 1}`],
    targetRef: { kind: 'Pod', name },
  }));
  const members = { addressType: 'IPv4', endpoints, ports: [{ port: 8080 }] };
  return manifest('EndpointSlice', 'e', members, {
    labels: { 'kubernetes.io/service-name': 'svc' },
  });
}

const pod = (name: string, labels: Record<string, string>) => manifest('Pod', name, {}, { labels });

const onlyOf = ({ table, outcomes, wanted }: Compiled) => ({ table, outcomes, wanted });

type Compiled = Awaited<ReturnType<typeof compileYaml>>;
const labelsOf = ({ table }: Compiled) =>
  table.clusters['up_default']?.endpoints.map(({ labels }) => labels);
const podsWanted = ({ wanted }: Compiled) => wanted.filter(({ kind }) => kind === 'Pod');

describe('subsets of a Service', () => {
  it('are by those labels of its pods that something is chosen by', async () => {
    const spec = {
      selectors: keys(['stage'], ['version', 'stage']),
      fallbackPolicy: 'DEFAULT_SUBSET',
      defaultSubset: { values: { batch: 'yes' } },
    };
    const pods =
      pod('p1', { app: 'a', stage: 'canary', version: '2', batch: 'yes', toString: 'x' }) +
      pod('p2', { app: 'a', 'pod-template-hash': '5d' });
    const compiled = await compileYaml(upstream(spec) + service() + slice('p1', 'p2', 'p3') + pods);
    expect(compiled.findings('Upstream/up')).toEqual([]);
    expect(labelsOf(compiled)).toEqual([
      { stage: 'canary', version: '2', batch: 'yes' },
      undefined,
      undefined,
    ]);
  });

  it('have the pods looked up by the selector of the Service, and by another one once it has that', async () => {
    const memory = createCompileMemory();
    const first = await compileYaml(upstream() + service() + slice('p1'), { memory });
    const ref = { kind: 'Pod', namespace: 'default', name: 'svc' };
    expect(podsWanted(first)).toEqual([{ ...ref, selector: 'app=a,tier=b' }]);
    const second = await compileYaml(upstream() + service({ app: 'c' }) + slice('p1'), { memory });
    expect(podsWanted(second)).toEqual([{ ...ref, selector: 'app=c' }]);
  });

  it('are the only reason to look pods up', async () => {
    const plain = withSpec('Upstream', 'up', { kube: { serviceName: 'svc', servicePort: 80 } });
    const compiled = await compileYaml(
      plain + service() + slice('p1') + pod('p1', { stage: 'one' }),
    );
    expect(podsWanted(compiled)).toEqual([]);
    expect(labelsOf(compiled)).toEqual([undefined]);
  });

  it('follow labels, and the table stays the same when others change', async () => {
    const memory = createCompileMemory();
    const rest = upstream() + service() + slice('p1');
    const compiled = (labels: Record<string, string>) =>
      compileYaml(rest + pod('p1', labels), { memory });
    const one = await compiled({ stage: 'one' });
    const other = await compiled({ stage: 'one', more: 'x' });
    expect(other.table.version).toBe(one.table.version);
    expect(labelsOf(await compiled({ stage: 'two' }))).toEqual([{ stage: 'two' }]);
    expect(labelsOf(await compileYaml(rest, { memory }))).toEqual([undefined]);
  });

  it('are the same from scratch and after any other compile', async () => {
    const memory = createCompileMemory();
    const random = randomOf(3);
    const pick = <T>(options: readonly T[]): T => options[Math.floor(random() * options.length)]!;
    const seen = new Set<string>();
    for (let step = 0; step < 200; step += 1) {
      const text =
        upstream(pick([{ selectors: keys(['stage']) }, { selectors: keys(['x']) }])) +
        pick(['', service(), service({ app: 'c' }), service({})]) +
        pick(['', slice('p1'), slice('p1', 'p2')]) +
        pick(['', pod('p1', { stage: 'one' }), pod('p1', { stage: 'two', x: 'y' })]) +
        pick(['', pod('p2', { stage: 'two' })]);
      const withheld = new Set(pick([[], [], ['Pod/default/svc']]));
      const resources = { ...resourcesOf(text), withheld };
      const { table, outcomes, wanted } = await compileResources(resources, { memory });
      expect({ table, outcomes, wanted }).toEqual(onlyOf(await compileResources(resources)));
      for (const { findings } of outcomes) for (const { reason } of findings) seen.add(reason);
    }
    expect([...seen].toSorted()).toEqual([
      'InvalidUpstream',
      'KindForbidden',
      'NoEndpoints',
      'ReferenceNotFound',
      'ServiceNotFound',
    ]);
  });

  it.each([
    ['no such Service', slice('p1'), ['warning ServiceNotFound spec.kube']],
    ['no endpoints', service(), ['warning NoEndpoints spec.kube']],
    [
      'no selector',
      service({}) + slice('p1') + pod('p1', { stage: 'one' }),
      ['warning InvalidUpstream spec.kube.subsetSpec'],
    ],
    [
      'no pod that is known',
      service() + slice('p1'),
      ['warning ReferenceNotFound spec.kube.subsetSpec'],
    ],
    ['a pod that is not known yet', service() + slice('p1', 'p2') + pod('p2', { app: 'a' }), []],
  ])('%s: says why there are none', async (_title, text, findings) => {
    const compiled = await compileYaml(upstream() + text);
    expect(compiled.findings('Upstream/up')).toEqual(findings);
    expect(labelsOf(compiled)?.filter(Boolean)).toEqual([]);
  });

  it.each([
    ['ANY_ENDPOINT', 'requests go to all of them'],
    ['DEFAULT_SUBSET', 'which has none then'],
    ['NO_FALLBACK', 'requests get 503'],
  ])('that may not be looked at go the way of %s', async (fallbackPolicy, text) => {
    const resources = {
      ...resourcesOf(
        upstream({ selectors: keys(['stage']), fallbackPolicy }) + service() + slice('p1'),
      ),
      withheld: new Set(['Pod/default/svc']),
    };
    const compiled = await compileResources(resources);
    const message = compiled.outcome('Upstream/up').findings.map(({ message: one }) => one);
    expect(message).toEqual([
      expect.stringMatching(
        new RegExp(`${text}: found no pod of default.svc that the gateway may`),
      ),
    ]);
  });
});
