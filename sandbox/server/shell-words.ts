/**
 * The words of a shell command without quotes and backslashes. Nothing is expanded, and `;`, `&`, `|`, `<`, `>` and parentheses
 * only end words: enough to see which files a command names, not to run it.
 */
export function shellWords(command: string): string[] {
  const word = /(?:'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s;&|<>()'"\\]+)+/g;
  return [...command.matchAll(word)].map(([quoted]) => withoutQuotes(quoted));
}

function withoutQuotes(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g,
    (_all, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replace(/\\([$`"\\\n])/g, '$1') ?? escaped ?? '',
  );
}
