import type { Command } from 'commander'
import { MandalaError } from '../base/mandala-error.ts'
import { renderCallList } from '../render/call-table.ts'
import { renderOps } from '../render/op-table.ts'
import { addStoreCommand, answer, collect, toCount, type StoreOptions } from './command.ts'

interface LsOptions extends StoreOptions {
  readonly where?: readonly string[]
  readonly sort?: string
  readonly limit?: number
  readonly offset?: number
  readonly columns?: string
}

/** `mandala ls`: the ops of a store, or the calls of one. */
export function addLs(program: Command): void {
  addStoreCommand(program, {
    name: 'ls', description: 'list the ops of a store, or the calls of an op',
    example: ['mandala ls', "mandala ls score --where 'acc > 0.1' --sort -acc --limit 5"],
  })
    .argument('[op]', 'the op whose calls are listed, latest first (default: all ops with what their calls come to)')
    .option('--where <condition>', "a column, one of = != < <= > >=, and a value in JSON, such as 'depth > 1'; several hold together", collect)
    .option('--sort <column>', 'sort by an input, output or note, by time or when; -column: the highest first')
    .option('--limit <n>', 'so many calls at most (default: 20)', toCount)
    .option('--offset <n>', 'skip so many', toCount)
    .option('--columns <names>', 'only these inputs, outputs and notes, separated by commas')
    .action((op: string | undefined, { store, json, columns, ...options }: LsOptions) => answer({ store, json }, async ({ storage }) => {
      if (op === undefined) {
        if (columns !== undefined || Object.keys(options).length > 0) throw whichOp()
        const ops = await storage.ops()
        return { data: ops, text: (width) => renderOps(ops, width) }
      }
      const calls = await storage.listCalls(op, { ...options, ...(columns === undefined ? {} : { columns: columns.split(',') }) })
      return { data: calls, text: (width) => renderCallList(calls, width) }
    }))
}

function whichOp(): MandalaError {
  return new MandalaError('OPTION_INVALID', 'mandala ls: these options are about the calls of an op', { hint: 'name it: mandala ls <op>; mandala ls lists the ops' })
}
