// Examples at the end of a command's help: people copy them before they read anything.

/** @param lines one example each */
export const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
