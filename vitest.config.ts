import { defineConfig } from 'vitest/config'

const projects = [
  ...['core', 'rules', 'adapters', 'postdelivery'].map((name) => [name, `packages/${name}/test`]),
  ['examples', 'examples'],
  ['proof', 'proof/test'],
  ['repository', 'test'],
] as const

export default defineConfig({
  test: {
    // xstate and node:sqlite (on Node 22) warn on stderr; only a failing test shows its output.
    silent: 'passed-only',
    coverage: {
      include: ['packages/*/src/**'],
      exclude: ['**/generated/**'],
    },
    projects: projects.map(([name, folder]) => ({
      extends: true as const,
      test: {
        name,
        include: [`${folder}/**/*.test.ts`],
        typecheck: {
          enabled: true,
          // A clean clone has no build of the packages that the tests refer to.
          build: true,
          include: [`${folder}/**/*.test-d.ts`],
          // The root tsconfig only refers to others; without this a type test checks nothing.
          tsconfig: `${folder}/tsconfig.json`,
        },
      },
    })),
  },
})
