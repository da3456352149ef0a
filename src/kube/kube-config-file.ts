import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  kubeConfigContent,
  kubeConfigFault,
  type KubeConfigContent,
} from './kube-config-content.ts';

/** Reads a kubeconfig; its paths are meant from its own folder on. */
export async function readKubeConfigFile(file: string): Promise<KubeConfigContent> {
  const text = await readFile(file, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    throw kubeConfigFault(file, `cannot be read (${thrown.code ?? 'unknown'})`);
  });
  const folder = dirname(file);
  return kubeConfigContent(await parsed(file, text), file, (path) => resolve(folder, path));
}

/**
 * Reads the kubeconfigs of a list, as `KUBECONFIG` may be one: of two with the same name the first counts, and files that are not
 * there are passed over as long as one is.
 */
export async function readKubeConfigFiles(files: readonly string[]): Promise<KubeConfigContent> {
  const read = await Promise.allSettled(files.map((file) => readKubeConfigFile(file)));
  const failed = read
    .filter((one) => one.status === 'rejected')
    .map(({ reason }) => reason as Error);
  const bad = failed.find(({ message }) => !message.endsWith('(ENOENT)'));
  const contents = read.filter((one) => one.status === 'fulfilled').map(({ value }) => value);
  const fatal = bad ?? (contents.length === 0 ? failed[0] : undefined);
  if (fatal) throw fatal;
  return {
    clusters: contents.flatMap(({ clusters }) => clusters),
    users: contents.flatMap(({ users }) => users),
    contexts: contents.flatMap(({ contexts }) => contexts),
    currentContext: contents.find(({ currentContext }) => currentContext !== undefined)
      ?.currentContext,
  };
}

/** A YAML parser quotes the lines around a mistake, and these may hold a token: only the number of the line is told. */
async function parsed(file: string, text: string): Promise<unknown> {
  // A pod has no kubeconfig.
  const { load } = await import('js-yaml');
  try {
    return text.trim() === '' ? undefined : load(text);
  } catch (thrown) {
    const { mark } = thrown as { readonly mark?: { readonly line?: number } };
    const line = mark?.line === undefined ? '' : ` (line ${mark.line + 1})`;
    throw kubeConfigFault(file, `is not YAML${line}`);
  }
}
