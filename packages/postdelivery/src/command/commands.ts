/** Every command in the order in which help shows them. Loading one loads no other. */
import type { CommandEntry } from './command-definition.ts'

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'init',
    summary: 'make a folder with a configuration, rules, their tests and sample orders',
    load: async () => (await import('./init.ts')).initCommand,
  },
  {
    name: 'lint',
    summary: 'say all that is wrong with rules, and mend what is certain',
    load: async () => (await import('./lint.ts')).lintCommand,
  },
  {
    name: 'fmt',
    summary: 'format rules and their tests',
    load: async () => (await import('./fmt.ts')).fmtCommand,
  },
  {
    name: 'schema',
    summary: 'write JSON Schemas for editors',
    load: async () => (await import('./schema.ts')).schemaCommand,
  },
  {
    name: 'import',
    summary: 'take over rules that were written for json-rules-engine',
    load: async () => (await import('./import.ts')).importCommand,
  },
  {
    name: 'test',
    summary: 'run the tests that stand beside rules',
    load: async () => (await import('./test.ts')).testCommand,
  },
  {
    name: 'coverage',
    summary: 'show what tests of rules have not seen',
    load: async () => (await import('./coverage.ts')).coverageCommand,
  },
  {
    name: 'explain',
    summary: 'say why and why not, of an order or of rules and facts',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'diff',
    summary: 'show what changed in meaning between two versions of rules',
    load: async () => (await import('./diff.ts')).diffCommand,
  },
  {
    name: 'backtest',
    summary: 'replay past orders under rules, and see what would be done and what it would cost',
    load: async () => (await import('./backtest.ts')).backtestCommand,
  },
  {
    name: 'orders list',
    summary: 'list the orders that are registered',
    load: async () => (await import('./orders-list.ts')).ordersListCommand,
  },
  {
    name: 'orders show',
    summary: 'show an order: books, captures, commands',
    load: async () => (await import('./orders-show.ts')).ordersShowCommand,
  },
  {
    name: 'orders why',
    summary: 'say why an order was acted upon, or not',
    load: async () => (await import('./orders-why.ts')).ordersWhyCommand,
  },
  {
    name: 'orders timeline',
    summary: 'tell everything that happened to an order',
    load: async () => (await import('./orders-timeline.ts')).ordersTimelineCommand,
  },
  {
    name: 'work',
    summary: 'list what needs a person',
    load: async () => (await import('./work.ts')).workCommand,
  },
  {
    name: 'work show',
    summary: 'show one thing that needs a person',
    load: async () => (await import('./work-show.ts')).workShowCommand,
  },
  {
    name: 'work resolve',
    summary: 'say what became of a stuck or paused command',
    load: async () => (await import('./work-resolve.ts')).workResolveCommand,
  },
  {
    name: 'work resume',
    summary: 'let a paused command go on',
    load: async () => (await import('./work-resume.ts')).workResumeCommand,
  },
  {
    name: 'work confirm-books',
    summary: 'let refunds go on after comparing the books',
    load: async () => (await import('./work-confirm-books.ts')).workConfirmBooksCommand,
  },
  {
    name: 'work dismiss',
    summary: 'close what is looked at',
    load: async () => (await import('./work-dismiss.ts')).workDismissCommand,
  },
  {
    name: 'approve',
    summary: 'agree to a command that waits',
    load: async () => (await import('./approve.ts')).approveCommand,
  },
  {
    name: 'reject',
    summary: 'refuse a command that waits',
    load: async () => (await import('./reject.ts')).rejectCommand,
  },
  {
    name: 'stop',
    summary: 'stop everything, an action or a rule; or show what is stopped',
    load: async () => (await import('./stop.ts')).stopCommand,
  },
  {
    name: 'resume',
    summary: 'end a stop',
    load: async () => (await import('./resume.ts')).resumeCommand,
  },
  {
    name: 'reconcile',
    summary: "compare our books with Klarna's",
    load: async () => (await import('./reconcile.ts')).reconcileCommand,
  },
  {
    name: 'twin',
    summary: "start a stand-in for Klarna's order management on this machine",
    load: async () => (await import('./twin.ts')).twinCommand,
  },
  {
    name: 'doctor',
    summary: 'look whether everything that the engine needs is there',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  {
    name: 'completion',
    summary: 'print a script by which a shell completes this command',
    load: async () => (await import('./completion.ts')).completionCommand,
  },
]
