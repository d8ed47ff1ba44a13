/** What a snippet is filled with. `password` may be a stand-in such as PASSWORD when it is not revealed. */
export type SnippetValues = Readonly<Record<'host' | 'port' | 'database' | 'user' | 'password' | 'caFile', string>>;

/** How a value is made safe for the place it stands in. */
const encoders: Readonly<Record<string, (value: string) => string>> = {
  /** A part of a URI. */
  uri: encodeURIComponent,
  /** A value in libpq's keyword=value string; quoted only where it must be. */
  conninfo: (value) => (/^[^\s'\\=]+$/.test(value) ? value : `'${value.replaceAll(/['\\]/g, '\\$&')}'`),
  /** Inside single quotes of a POSIX shell. */
  shell: (value) => value.replaceAll("'", `'\\''`),
  /** Inside single quotes of JavaScript. */
  single: (value) => value.replaceAll(/['\\]/g, '\\$&'),
  /** Inside double quotes of Python, Java, Go or JSON. */
  double: (value) => value.replaceAll(/["\\]/g, '\\$&'),
};

/** Fills a snippet's template. An unknown placeholder stays as it is: templates contain braces of their own languages. */
export function fillSnippet(template: string, values: SnippetValues): string {
  return template.replaceAll(/\{([a-zA-Z]+)((?:\|[a-z0-9]+)*)\}/g, (whole, name: string, chain: string) => {
    const value = Object.entries(values).find(([key]) => key === name)?.[1];
    if (value === undefined) return whole;
    return chain
      .split('|')
      .filter(Boolean)
      .reduce((text, encoder) => {
        const encode = encoders[encoder];
        if (!encode) throw new Error(`The snippet encoder ${encoder} does not exist.`);
        return encode(text);
      }, value);
  });
}
