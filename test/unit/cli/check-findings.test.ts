import { describe, expect, it } from '@jest/globals';
import { findingLine, type CheckFinding } from '../../../src/cli/check-findings.ts';

const finding: CheckFinding = {
  file: 'dir/a.yaml',
  line: 3,
  severity: 'error',
  reason: 'InvalidValue',
  ref: { kind: 'Upstream', namespace: 'default', name: 'u' },
  path: 'spec.static',
  message: 'no hosts',
};

describe('line of a finding', () => {
  const cases: readonly [name: string, different: Partial<CheckFinding>, line: string][] = [
    ['names place, resource and path', {}, 'Upstream default/u: spec.static: no hosts'],
    ['without a path', { path: '' }, 'Upstream default/u: no hosts'],
    [
      'of a file',
      { ref: { kind: 'File', namespace: '', name: 'dir/a.yaml' }, path: '' },
      'no hosts',
    ],
    [
      'of a document without kind and name',
      { ref: { kind: '', namespace: 'default', name: '' }, path: '' },
      'resource without a name: no hosts',
    ],
  ];
  it.each(cases)('%s', (_name, different, line) => {
    expect(findingLine({ ...finding, ...different })).toBe(`dir/a.yaml:3: error: ${line}\n`);
  });
});
