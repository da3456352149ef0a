import { readAnswer, type Answer } from './demo-answer.ts';
import type { CommandIo } from './command.ts';

/** One request of the demo: what is sent, and what has to come back. */
export interface DemoStep {
  readonly title: string;
  /** File of the token; absent: none is sent. */
  readonly tokenFile?: string;
  readonly token?: string;
  readonly expected: { readonly status: number; readonly body?: string };
}

const question = {
  model: 'deepseek-flash',
  stream: true,
  messages: [{ role: 'user', content: 'Who are you?' }],
};

/** Makes the request, prints it as a curl command and the answer as it comes; true if it is as expected. */
export async function runDemoStep(
  step: DemoStep,
  gatewayUrl: string,
  io: CommandIo,
): Promise<boolean> {
  io.stdout(`\n${step.title}\n  ${curlCommand(step, gatewayUrl)}\n`);
  const headers = {
    'content-type': 'application/json',
    ...(step.token === undefined ? {} : { authorization: `Bearer ${step.token}` }),
  };
  const response = await fetch(`${gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers,
    body: JSON.stringify(question),
    signal: io.signal,
  });
  io.stdout(`  ${response.status} `);
  const answer = await readAnswer(response, io.stdout);
  const good = isExpected(step, response.status, answer);
  io.stdout(good ? '\n' : `\n  UNEXPECTED: wanted ${expectation(step)}\n`);
  return good;
}

/** The token comes from its file, so that it does not stand on the screen and in the history of the shell. */
function curlCommand({ tokenFile }: DemoStep, gatewayUrl: string): string {
  const authorization =
    tokenFile === undefined ? '' : ` -H "Authorization: Bearer $(cat ${tokenFile})"`;
  const url = `${gatewayUrl}/v1/chat/completions`;
  return `curl -N ${url}${authorization} -H 'Content-Type: application/json' -d '${JSON.stringify(question)}'`;
}

function isExpected({ expected }: DemoStep, status: number, answer: Answer): boolean {
  if (status !== expected.status) return false;
  return expected.body === undefined ? answer.completeStream : answer.text === expected.body;
}

function expectation({ expected }: DemoStep): string {
  return `${expected.status} ${expected.body ?? 'and a streamed answer with thoughts, content and [DONE]'}`;
}
