/** What the command says to the shell: one number for each way in which it can end. */

/** Exit codes by name. They are a public contract: scripts branch on them. */
export const EXIT = {
  fine: 0,
  findings: 1,
  usage: 2,
  configuration: 3,
  conflict: 4,
  limit: 5,
  internal: 70,
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What each code means, for people and for the documents. */
export const EXIT_SENTENCES: Readonly<Record<keyof typeof EXIT, string>> = {
  fine: 'done, and nothing to complain about',
  findings:
    'something was found: issues, failed tests, differences; or what was asked for is not there',
  usage: 'the command line is wrong; nothing was done',
  configuration: 'configuration, database, credentials or network: it could not be done',
  conflict: 'needs an approval, somebody else was faster, or something is in the way',
  limit: 'a limit of money or count would be passed',
  internal: 'a fault of this program',
  interrupted: 'stopped by Ctrl-C; `twin`, which ends in no other way, says 0',
}
