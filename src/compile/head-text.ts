import { shown } from './findings.ts';
import type { HostScope } from './providers.ts';

/** Whether a text can stand in the head of a request or an answer: visible ASCII, no blank, no line break. */
export function isHeadText(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text);
}

/** Notes a text that is put into the path of a request or into `Location` and cannot stand there. */
export function checkHeadText(
  text: string | undefined,
  path: string,
  { findings }: Pick<HostScope, 'findings'>,
): void {
  if (text === undefined || isHeadText(text)) return;
  findings.error({
    reason: 'InvalidRoute',
    path,
    what: 'it cannot stand in the head of a request or an answer',
    found: shown(text),
    accepted: 'visible ASCII characters; percent-encode the others',
  });
}
