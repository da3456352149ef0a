import { reasons } from '../../src/api/problem.ts';
import { reasonTexts } from '../../src/api/reason-texts.ts';
import { markdownNotice, type Generator } from './generator.ts';

export const reasonsPage: Generator = {
  title: 'Reasons',
  files: () => new Map([['docs/reference/reasons.md', page()]]),
};

function page(): string {
  const rows = reasons.map((reason) => `| \`${reason}\` | ${reasonTexts[reason]} |`);
  return `${markdownNotice}
# Reasons

Conditions in the status of a resource, and the problems that \`seekgate check\` prints, carry one of these
reasons; the message beside it says where, what was found and what would be accepted.

| reason | meaning |
| --- | --- |
${rows.join('\n')}
`;
}
