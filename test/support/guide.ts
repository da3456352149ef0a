/** A fenced block of a guide that the test acts on. */
export interface GuideBlock {
  readonly line: number;
  /** `sh`: run it. `background`: start it and leave it running. `file`: write it. */
  readonly kind: 'sh' | 'background' | 'file';
  readonly text: string;
  /** For `file`: where, relative to the reader's folder. */
  readonly path: string;
  /** The `text` block that follows, which is what the commands print; absent: whatever they print. */
  readonly output?: string;
}

interface Fence {
  readonly line: number;
  readonly info: readonly string[];
  readonly text: string;
}

/**
 * Reads what a reader of a guide does. In the guide, `sh` is typed in, `sh background` is typed in in a terminal of its own,
 * `<language> file=PATH` is saved, and a `text` block shows what the block before it prints. Other languages are for reading only.
 */
export function readGuide(markdown: string): readonly GuideBlock[] {
  const all = fences(markdown);
  return all.flatMap((fence, index): GuideBlock[] => {
    const { line, text, info } = fence;
    const path = info.find((word) => word.startsWith('file='))?.slice('file='.length);
    if (path !== undefined) return [{ line, kind: 'file', text, path }];
    if (info[0] !== 'sh') return [];
    const next = all[index + 1];
    const kind = info[1] === 'background' ? 'background' : 'sh';
    const output = next?.info[0] === 'text' ? { output: next.text } : {};
    return [{ line, kind, text, path: '', ...output }];
  });
}

function fences(markdown: string): readonly Fence[] {
  const found: Fence[] = [];
  let open: { line: number; info: string[]; lines: string[] } | undefined;
  for (const [index, text] of markdown.split('\n').entries()) {
    if (!text.startsWith('```')) {
      open?.lines.push(text);
    } else if (open) {
      const { line, info, lines } = open;
      found.push({ line, info, text: lines.map((one) => `${one}\n`).join('') });
      open = undefined;
    } else {
      open = { line: index + 1, info: text.slice(3).trim().split(/\s+/), lines: [] };
    }
  }
  if (open) throw new Error(`the block of line ${open.line} is not closed`);
  return found;
}

/** Whether an output is what a guide shows: `…` inside a line is any text, a line of `…` alone is any lines. */
export function looksLike(expected: string, actual: string): boolean {
  const pattern = expected
    .trimEnd()
    .split('\n')
    .map((line) =>
      line.trim() === '…'
        ? '(?:.*\\n)*'
        : `${line
            .split('…')
            .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
            .join('.*')}\\n`,
    )
    .join('');
  return new RegExp(`^${pattern}$`).test(`${actual.trimEnd()}\n`);
}
