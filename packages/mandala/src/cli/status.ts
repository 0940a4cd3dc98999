import type { Command } from 'commander'
import { addStoreCommand, answer, type StoreOptions } from './command.ts'

const PROGRAM = ['--program <file>', 'a module that defines the ops, to be loaded: values are known then, not only texts (default: that of mandala.config.ts)'] as const

/** `mandala status`: what has changed since calls used it. */
export function addStatus(program: Command): void {
  addStoreCommand(program, {
    name: 'status', description: 'show what has changed in the code since stored calls used it, and what that puts at stake', example: 'mandala status --store lab.db',
  })
    .option(...PROGRAM)
    .action((options: StoreOptions) => answer({ ...options, followsCode: true }, async ({ storage }) => {
      const status = await storage.status()
      return { data: status, text: String(status), isNo: status.changed.length > 0 }
    }))
}

/** `mandala mark`: what a change means. */
export function addMark(program: Command): void {
  addStoreCommand(program, {
    name: 'mark', description: 'say what the last change of a component means to the calls that used it before', example: 'mandala mark src/scale.ts#scale --same',
  })
    .argument('<component>', 'as `mandala status` names it: file#name')
    .option('--same', 'the calls hold for the new code too')
    .option('--different', 'they are executed again')
    .option(...PROGRAM)
    .action((component: string, options: StoreOptions & { readonly same?: boolean; readonly different?: boolean }) => {
      const meaning = options.same === options.different ? undefined : options.same ? 'same' : 'different'
      if (!meaning) return program.error('error: say --same or --different', { exitCode: 2 })
      return answer({ ...options, followsCode: true }, async ({ storage }) => {
        await storage.mark(component, meaning)
        return { data: { component, meaning }, text: `${component}: the change counts as ${meaning === 'same' ? 'none' : 'one'}` }
      })
    })
}
