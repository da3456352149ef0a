import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { globSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** What a folder of src may import: folders (`x:type` only by `import type`) and packages. */
const rules: Readonly<Record<string, { folders: readonly string[]; packages: readonly string[] }>> =
  {
    base: { folders: [], packages: ['pino', 'typebox'] },
    api: { folders: ['base', 'ir'], packages: ['typebox', 'ajv', 'fastest-levenshtein'] },
    config: { folders: ['base', 'api', 'ir:type'], packages: ['typebox', 'ajv', 'js-yaml'] },
    ir: { folders: ['base', 'api:type'], packages: [] },
    compile: { folders: ['base', 'api', 'ir'], packages: [] },
    store: { folders: ['base', 'api', 'ir'], packages: [] },
    sources: { folders: ['base', 'api', 'ir', 'store:type'], packages: ['js-yaml', 'chokidar'] },
    control: { folders: ['base', 'api', 'ir', 'compile', 'store'], packages: [] },
    kube: {
      folders: ['base', 'api', 'ir:type', 'sources:type', 'store:type', 'control:type'],
      packages: ['@kubernetes/client-node', 'js-yaml', 'undici'],
    },
    jwt: { folders: ['base', 'ir'], packages: ['jose', 'ipaddr.js'] },
    rbac: { folders: ['base', 'ir'], packages: ['re2js'] },
    llm: { folders: ['base', 'ir'], packages: ['eventsource-parser'] },
    dataplane: { folders: ['base', 'ir', 'jwt', 'rbac', 'llm'], packages: ['undici'] },
    telemetry: {
      folders: ['base', 'config:type', 'dataplane:type'],
      packages: [
        '@opentelemetry/api',
        '@opentelemetry/core',
        '@opentelemetry/exporter-metrics-otlp-proto',
        '@opentelemetry/exporter-trace-otlp-proto',
        '@opentelemetry/resources',
        '@opentelemetry/sdk-metrics',
        '@opentelemetry/sdk-trace',
      ],
    },
    xds: { folders: ['base', 'ir'], packages: [] },
    admin: { folders: ['base', 'ir'], packages: ['express', 'prom-client'] },
    // A command brings what it is for; the composition root stays the only one that builds the gateway.
    cli: { folders: ['*'], packages: ['jose', 'js-yaml', 'chokidar', 'pino'] },
  };

interface Import {
  readonly from: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

const files = globSync('src/**/*.ts').filter((file) => !file.startsWith('src/gen/'));

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s)?[^'"`;]*?from\s+'([^']+)'|import\('([^']+)'\)/gm,
  );
  return [...statements].map(([, type, named, dynamic]) => ({
    from: file,
    target: named ?? dynamic ?? '',
    typeOnly: type !== undefined,
  }));
}

const imports = files.flatMap(importsOf);
const folderOf = (file: string): string => relative('src', file).split('/').slice(0, -1)[0] ?? '';

function violation({ from, target, typeOnly }: Import): string | undefined {
  const folder = folderOf(from);
  const rule = rules[folder];
  if (folder === '' || target.startsWith('node:')) return undefined;
  if (!rule) return `${from}: no rule for the folder ${folder}`;
  if (!target.startsWith('.')) {
    const name = target
      .split('/')
      .slice(0, target.startsWith('@') ? 2 : 1)
      .join('/');
    return rule.packages.includes(name) ? undefined : `${from} imports ${name}`;
  }
  const other = folderOf(join(dirname(from), target));
  const free = other === folder || rule.folders.includes('*') || rule.folders.includes(other);
  return free || (typeOnly && rule.folders.includes(`${other}:type`))
    ? undefined
    : `${from} imports ${target}`;
}

describe('architecture', () => {
  it('finds the sources', () => {
    expect(files.length).toBeGreaterThan(60);
    expect(imports.length).toBeGreaterThan(200);
  });

  it('keeps to the import rules', () => {
    expect(imports.flatMap((one) => violation(one) ?? [])).toEqual([]);
  });

  it('keeps process.env, the clock and the console in their places', () => {
    const places = [
      { text: /process\.env/, allowed: /^src\/config\// },
      { text: /process\.exit\(/, allowed: /^src\/main\.ts$/ },
      {
        text: /\b(?:Date\.now|performance\.now|setTimeout|setInterval)\(/,
        allowed: /^src\/(?:base\/clock\.ts|cli\/)/,
      },
      { text: /\bconsole\./, allowed: /^src\/cli\// },
    ];
    const found = files.flatMap((file) => {
      const text = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      return places.flatMap((place) =>
        place.text.test(text) && !place.allowed.test(file) ? [`${file}: ${place.text.source}`] : [],
      );
    });
    expect(found).toEqual([]);
  });

  it('has small files: median 120 lines, 95 of 100 under 300, none over 400', () => {
    const sizes = files.map((file) => ({
      file,
      lines: readFileSync(file, 'utf8').split('\n').length - 1,
    }));
    const sorted = sizes.map(({ lines }) => lines).toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(120);
    expect(sorted[Math.floor(sorted.length * 0.95)]).toBeLessThanOrEqual(300);
    expect(sizes.filter(({ lines }) => lines > 400)).toEqual([]);
  });

  it('has no barrels, no default exports, no catch-all names', () => {
    const names = files.filter((file) =>
      /\/(?:index|utils?|helpers?|common|misc|shared|types)\.ts$/.test(file),
    );
    const defaults = files.filter((file) => /^export default /m.test(readFileSync(file, 'utf8')));
    const cased = files.filter((file) => !/^src\/(?:[a-z0-9-]+\/)*[a-z0-9-]+\.ts$/.test(file));
    expect({ names, defaults, cased }).toEqual({ names: [], defaults: [], cased: [] });
  });

  it('has one sentence on every export', () => {
    const bare = files.flatMap((file) => {
      const lines = readFileSync(file, 'utf8').split('\n');
      return lines.flatMap((line, index) => {
        const exported = /^export (?:async )?(?:function|class|const) (\w+)/.exec(line);
        const above = lines[index - 1] ?? '';
        // A schema carries its sentence in itself, as the description that the docs and the CRDs show.
        const described = exported?.[1]?.endsWith('Schema') ?? false;
        return exported && !described && !above.trimEnd().endsWith('*/')
          ? [`${file}: ${exported[1]}`]
          : [];
      });
    });
    expect(bare).toEqual([]);
  });

  it('has a unit test for every file with logic', () => {
    const tests = new Set(globSync('test/**/*.test.ts').map((file) => file.replace(/^.*\//, '')));
    const integration = globSync('test/{unit,integration,golden,spec,support}/**/*.ts')
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const untested = files.filter((file) => {
      const text = readFileSync(file, 'utf8');
      const name = file.replace(/^.*\//, '');
      const logic = /^export (?:async )?function |^export class /m.test(text);
      // A file with logic has a test of its own name, or is imported by one.
      return (
        logic && !tests.has(name.replace(/\.ts$/, '.test.ts')) && !integration.includes(`/${name}'`)
      );
    });
    expect(untested).toEqual([]);
  });
});
