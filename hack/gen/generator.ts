/** Makes files that are committed but never edited. */
export interface Generator {
  readonly title: string;
  /** Content by path from the root of the project. */
  readonly files: () => ReadonlyMap<string, string>;
  /** Folder in which every file has to come from this generator. */
  readonly owns?: string;
}

/** First line of generated Markdown. */
export const markdownNotice = '<!-- Written by `npm run gen`; edits are lost. -->\n';
