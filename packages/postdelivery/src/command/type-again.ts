/** Writes a command line so that it can be typed as it stands. */
import type { CommandContext } from './command-definition.ts'

/** What was typed, with more options. */
export function typeAgain(
  { program, words }: Pick<CommandContext, 'program' | 'words'>,
  more: readonly string[],
): string {
  const end = words.indexOf('--')
  const [before, after] = end < 0 ? [words, []] : [words.slice(0, end), words.slice(end)]
  return [program, ...[...before, ...more, ...after].map(quoted)].join(' ')
}

/** A word as a shell of Unix takes it. */
export const quoted = (word: string): string =>
  /^[\w.,:/=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
