import { readFile, stat } from 'node:fs/promises';
import { explainProblem, type LocatedProblem, type Problem } from '../api/problem.ts';
import type { Entry } from '../api/resource.ts';
import { validateManifest } from '../api/validate.ts';
import { messageOf } from '../base/errors.ts';
import { contentHash, stableJson } from '../base/stable-json.ts';
import { readYaml, type YamlDocument } from './yaml-documents.ts';

/** A resource of a file. */
export interface ManifestDocument {
  readonly entry: Entry;
  /** Hash of everything but `metadata`: it changes where Kubernetes would count `generation` up. */
  readonly contentHash: string;
  /** `file:line` of a path in the resource. */
  readonly originOf: (path: string) => string;
}

/** What one file holds. */
export interface ManifestFile {
  /** The file could not be read as YAML at all. */
  readonly malformed: boolean;
  /** It holds no document: also true for the moment in which an editor has emptied it and not written yet. */
  readonly empty: boolean;
  readonly documents: readonly ManifestDocument[];
  readonly problems: readonly LocatedProblem[];
}

/** No folder of manifests needs one that is larger; the API server refuses objects over 1.5 MiB. */
const maxFileBytes = 4 * 1024 * 1024;

/** Reads a file; every fault is in the result, nothing is thrown. */
export async function readManifestFile(
  path: string,
  defaultNamespace: string,
): Promise<ManifestFile> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > maxFileBytes) {
      const message = `file too large: ${explainProblem(`${size} bytes`, `${maxFileBytes} at most`)}`;
      return malformedFile(path, 1, message);
    }
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    return malformedFile(path, 1, `cannot be read: ${messageOf(thrown)}`);
  }
  return parseManifestFile(path, text, defaultNamespace);
}

/** Reads the text of a file. */
export function parseManifestFile(
  path: string,
  text: string,
  defaultNamespace: string,
): ManifestFile {
  const yaml = readYaml(text);
  if ('error' in yaml) return malformedFile(path, yaml.error.line, yaml.error.message);
  const documents: ManifestDocument[] = [];
  const problems: LocatedProblem[] = [];
  for (const document of yaml.documents) {
    const from = { origin: `${path}:${document.line}`, defaultNamespace };
    const checked = validateManifest(document.value, from);
    if (checked.entry) {
      documents.push(manifestDocument(path, document, checked.entry));
      continue;
    }
    for (const problem of checked.problems) {
      problems.push({ origin: `${path}:${document.lineOf(problem.path)}`, problem });
    }
  }
  return { malformed: false, empty: yaml.documents.length === 0, documents, problems };
}

function manifestDocument(path: string, document: YamlDocument, entry: Entry): ManifestDocument {
  const body = { ...(document.value as Record<string, unknown>), metadata: undefined };
  return {
    entry,
    contentHash: contentHash(stableJson(body)),
    originOf: (at) => `${path}:${document.lineOf(at)}`,
  };
}

function malformedFile(path: string, line: number, message: string): ManifestFile {
  const problem: Problem = {
    ref: { kind: 'File', namespace: '', name: path },
    severity: 'error',
    reason: 'Malformed',
    path: '',
    message,
  };
  const problems = [{ origin: `${path}:${line}`, problem }];
  return { malformed: true, empty: false, documents: [], problems };
}
