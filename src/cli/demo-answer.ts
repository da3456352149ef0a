/** An answer as far as the demo looks at it. */
export interface Answer {
  /** Body of an answer that is no stream. */
  readonly text: string;
  /** A stream with reasoning, content and `[DONE]`, in more than one piece. */
  readonly completeStream: boolean;
}

interface Progress {
  pieces: number;
  reasoning: string;
  content: string;
  done: boolean;
}

/** Reads an answer and prints it as it comes: a stream word by word, thoughts in brackets. */
export async function readAnswer(
  response: Response,
  print: (text: string) => void,
): Promise<Answer> {
  if (!(response.headers.get('content-type') ?? '').startsWith('text/event-stream')) {
    const text = await response.text();
    print(text);
    return { text, completeStream: false };
  }
  const progress: Progress = { pieces: 0, reasoning: '', content: '', done: false };
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of response.body ?? []) {
    progress.pieces += 1;
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) readLine(line, progress, print);
  }
  const { pieces, reasoning, content, done } = progress;
  return { text: '', completeStream: done && pieces > 1 && reasoning !== '' && content !== '' };
}

function readLine(line: string, progress: Progress, print: (text: string) => void): void {
  if (!line.startsWith('data: ')) return;
  const data = line.slice('data: '.length);
  if (data === '[DONE]') {
    progress.done = true;
    return;
  }
  const { reasoning, content } = deltaOf(data);
  if (reasoning !== '') print(progress.reasoning === '' ? `[${reasoning.trimStart()}` : reasoning);
  if (content !== '') print(progress.content === '' ? `]\n      ${content.trimStart()}` : content);
  progress.reasoning += reasoning;
  progress.content += content;
}

interface Chunk {
  readonly choices?: readonly {
    readonly delta?: {
      readonly reasoning_content?: string | null;
      readonly content?: string | null;
    };
  }[];
}

function deltaOf(data: string): { readonly reasoning: string; readonly content: string } {
  const delta = (JSON.parse(data) as Chunk).choices?.[0]?.delta;
  return { reasoning: delta?.reasoning_content ?? '', content: delta?.content ?? '' };
}
