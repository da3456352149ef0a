import { settingsReference } from '../../src/config/settings-reference.ts';
import { markdownNotice, type Generator } from './generator.ts';

export const settingsPage: Generator = {
  title: 'Settings of the process',
  files: () =>
    new Map([['docs/reference/settings.md', `${markdownNotice}\n${settingsReference()}`]]),
};
