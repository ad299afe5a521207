/** How people type this program where it runs, so that what is printed can be typed as it is. */

/** The words before a subcommand: the script of a package manager, `npx`, or the bare name. */
export function programName(env: Readonly<Record<string, string | undefined>>): string {
  const isScript = env['npm_lifecycle_event'] === 'postdelivery'
  const agent = env['npm_config_user_agent'] ?? ''
  if (isScript && agent.startsWith('pnpm')) return 'npx pnpm postdelivery'
  if (isScript) return 'npm run postdelivery --'
  return env['npm_execpath'] === undefined ? 'postdelivery' : 'npx postdelivery'
}
