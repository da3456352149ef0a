import type { Explanation, ExplainedAnswer } from '../ir/explanation.ts';

/** An explanation for people: what each stage found, and the answer. */
export function explainText(explanation: Explanation): string {
  const steps = explanation.steps.flatMap(({ stage, outcome, notes }) => [
    `${stage.padEnd(20)} ${outcome}`,
    ...notes.map((note) => `  ${printable(note)}`),
  ]);
  return [...steps, '', ...summary(explanation), ''].join('\n');
}

function summary(explanation: Explanation): readonly string[] {
  const { listener, virtualHost, route, provider, policy, clusters, answer } = explanation;
  const found = [
    ['listener', listener],
    ['virtual host', virtualHost],
    ['route', route],
    ['provider', provider],
    ['policy', policy],
  ] as const;
  return [
    ...found.flatMap(([name, value]) => (value === '' ? [] : [line(name, value)])),
    ...(answer === undefined
      ? clusters.map((one) => line('backend', backendText(one)))
      : answerLines(answer)),
  ];
}

function backendText(explained: Explanation['clusters'][number]): string {
  const { cluster, weight, priority, passedOver, endpoints, refusal } = explained;
  const where = refusal === undefined ? endpoints.join(', ') : `answers ${refusal.status}`;
  const order = priority === undefined ? '' : `, priority ${priority}`;
  const lately = passedOver === true ? ', passed over since it failed lately' : '';
  return `${cluster}${order}, weight ${weight}${lately}: ${where}`;
}

function answerLines({ status, body, headers, reason, detail }: ExplainedAnswer) {
  const pairs = headers.flatMap((name, at) =>
    at % 2 === 0 ? [line('header', `${name}: ${headers[at + 1] ?? ''}`)] : [],
  );
  return [
    line('answer', `${status} ${body}`.trimEnd()),
    ...pairs,
    ...(reason === '' ? [] : [line('reason', reason)]),
    ...(detail === '' ? [] : [line('detail', detail)]),
  ];
}

function line(name: string, value: string): string {
  return `${name.padEnd(13)} ${printable(value)}`;
}

/** A path or a claim must not write to the terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}
