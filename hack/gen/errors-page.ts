import { appErrorTexts } from '../../src/base/errors.ts';
import { markdownNotice, type Generator } from './generator.ts';

export const errorsPage: Generator = {
  title: 'Errors of the program',
  files: () => new Map([['docs/reference/errors.md', page()]]),
};

function page(): string {
  const rows = Object.entries(appErrorTexts).map(([code, text]) => `| \`${code}\` | ${text} |`);
  return `${markdownNotice}
# Errors of the program

What is wrong with a manifest is a [reason](reasons.md), never an error. A command ends with 0 when it did what was asked, with 1
when it could not, and with 2 when it was asked wrongly (\`ERR_USAGE\`, \`ERR_SETTING\`). In the code each error is an \`AppError\`
with one of these codes.

| code | meaning |
| --- | --- |
${rows.join('\n')}
`;
}
